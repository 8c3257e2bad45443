"""A look-up with a noisy query: which of eight keys was meant? Here the right weights are known exactly."""

import numpy as np

from utils.attention import softmax
from utils.conversion import as_numpy
from utils.validation import check_number, check_whole

KEYS, FEATURES = 8, 4


def draw(noise, n, rng):
    """Draw n look-ups: eight random keys each, and a query that is one of them with noise on every feature.

    noise: the standard deviation of what is added to the query
    Returns queries (n, 4), keys (n, 8, 4), and which key was meant (n,)
    Raises ValueError for noise below zero, and for no look-ups.

    >>> queries, keys, meant = draw(0, 2, np.random.default_rng(0))
    >>> bool((keys[[0, 1], meant] == queries).all())
    True
    """
    check_number(least=0, noise=noise)
    check_whole(n=n)
    keys, meant = rng.normal(size=(n, KEYS, FEATURES)), rng.integers(KEYS, size=n)
    return keys[np.arange(n), meant] + noise * rng.normal(size=(n, FEATURES)), keys, meant


def weigh(queries, keys, temperature):
    """Return α: softmax of -|q - k|² / 2, divided by the temperature   (n, 8).

    At the temperature noise², α_j is the probability that key j was meant: Bayes' rule, with all keys equally likely.

    >>> weigh(np.zeros((1, 1)), np.array([[[0.0], [2.0]]]), 1.0).round(2)
    array([[0.88, 0.12]])
    """
    check_number(above=0, temperature=temperature)
    return softmax(-((queries[:, None] - keys) ** 2).sum(axis=-1) / (2 * temperature))


def promise_and_count(weights, right):
    """Return how much weight the largest entry of a row has, on average, and how often it stands at the right place.

    weights: (n, n_k)         right: the right place in each row (n,)
    Returns two numbers, both between 0 and 1
    Raises ValueError for shapes that do not fit.

    >>> promise_and_count(np.array([[0.75, 0.25], [0.75, 0.25]]), np.array([0, 1]))
    (0.75, 0.5)
    """
    weights, right = as_numpy(weights, float), as_numpy(right)
    if weights.ndim != 2 or right.shape != weights.shape[:1]:
        raise ValueError(f"weights should be (n, n_k) and right (n,), not {weights.shape} and {right.shape}")
    return weights.max(axis=1).mean().item(), (weights.argmax(axis=1) == right).mean().item()


def sweep(noises, temperature, n=4000, seed=0):
    """Return promise and count for each noise; temperature is a number, or a function of the noise   (n_noises, 2).

    >>> sweep([0.01], 1e-4, n=100).tolist()
    [[1.0, 1.0]]
    """
    rows = []
    for noise in noises:
        queries, keys, meant = draw(noise, n, np.random.default_rng(seed))
        rows.append(
            promise_and_count(weigh(queries, keys, temperature(noise) if callable(temperature) else temperature), meant)
        )
    return np.array(rows)
