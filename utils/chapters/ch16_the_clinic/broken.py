"""Ten broken attentions, each as chapter 16 hands it to the learner: here they stay broken, to show what they do.

The cell of each exercise holds the same code; a check knows by that that nobody has mended it yet.
"""

import numpy as np

from utils import attention as course


def average(q, k, v):
    """Return the answers (n_q, d_v) to queries (n_q, d), from keys (n_k, d) and values (n_k, d_v)."""
    weights = course.softmax(q @ k.T / q.shape[-1] ** 0.5)
    return weights.T @ v


def share_out(scores):
    """Return the weights of a batch of scores (B, n_q, n_k)."""
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def weigh_allowed(scores, mask):
    """Return weights (n_q, n_k); where the mask is False, a query may not look."""
    return course.softmax(np.minimum(scores, mask))


def average_allowed(q, k, v, mask):
    """Return the answers (n_q, d_v); a query that may look nowhere gets zeros."""
    weights = course.softmax(q @ k.T / q.shape[-1] ** 0.5)
    return (weights * mask) @ v


def weigh(scores):
    """Return the weights of scores (n_q, n_k), however large these are."""
    e = np.exp(scores)
    return e / e.sum(axis=-1, keepdims=True)


def look_back(q, k, v):
    """Return the answers (n, d_v), where every place looks at itself and at what came before."""
    n = len(q)
    mask = np.arange(n) <= np.arange(1, n + 1)[:, None]
    return course.attention(q, k, v, mask)[0]


def add_places(x, codes):
    """Return the rows x (B, T, d) with the code of its place added to every item; codes (places, d)."""
    return x + codes[: len(x), None]


def step(cache, q, k, v):
    """Return the answer (1, d_v) at the newest place, and the cache with its key and value added."""
    keys, values = np.concatenate([cache[0], k]), np.concatenate([cache[1], v])
    keys = course.rotary(keys, np.arange(len(keys)))
    q = course.rotary(q, np.array([len(keys) - 1]))
    return course.attention(q, keys, values)[0], (keys, values)


def score(q, k):
    """Return the scores (n_q, n_k) of queries (n_q, d) and keys (n_k, d)."""
    return q @ k.T / q.shape[-1]
