"""How many pairs fit into a matrix: a linear memory of d features against softmax, on random keys, nothing learnt."""

import numpy as np

from utils.attention import linear_attention, softmax
from utils.validation import check_whole

SYMBOLS = 16  # values are one of these, each a 1 among zeros


def pairs(n, d, rng):
    """Draw n pairs: keys of length 1 in random directions, and symbols.

    Returns keys, values   (n, d), (n, 16)

    >>> keys, values = pairs(3, 5, np.random.default_rng(0))
    >>> keys.shape, values.sum(axis=1).tolist()
    ((3, 5), [1.0, 1.0, 1.0])
    """
    check_whole(n=n, d=d)
    keys = rng.normal(size=(n, d))
    keys /= np.linalg.norm(keys, axis=1, keepdims=True)
    return keys, np.eye(SYMBOLS)[rng.integers(SYMBOLS, size=n)]


def recalled(keys, values):
    """Write all pairs into one matrix, ask it for every key, and return how often the right symbol comes out largest.

    keys, values: as ``pairs`` draws them   (n, d), (n, m)

    >>> recalled(np.eye(2), np.eye(2))
    1.0
    """
    state = keys.T @ values  # Σ key valueᵀ: (d, m), however many pairs there are
    return _right(keys @ state, values)


def recalled_by_features(keys, values):
    """The same with the features of linear attention, φ(x) = elu(x) + 1, and its division by the row's sum."""
    return _right(linear_attention(keys, keys, values), values)


def recalled_by_softmax(keys, values, sharpness=30.0):
    """Keep all keys instead, and look among them with a sharp softmax."""
    return _right(softmax(sharpness * keys @ keys.T) @ values, values)


def shares(recall, d, counts, *, repeats=40, seed=0):
    """Return for each number of pairs the share recalled, a mean of many draws.

    recall: one of the functions above, or the learner's   d: features of a key   counts: numbers of pairs

    >>> shares(recalled_by_softmax, 16, [8, 64], repeats=2)
    [1.0, 1.0]
    """
    rng = np.random.default_rng(seed)
    return [float(np.mean([recall(*pairs(n, d, rng)) for _ in range(repeats)])) for n in counts]


def _right(found, values):
    return float((found.argmax(axis=1) == values.argmax(axis=1)).mean())
