"""What weights tell about how sure an average is, and what they do not: spread, mass, and an extra voice for doubt."""

import math

import numpy as np

from utils.attention.kernel_regression import gaussian_scores, gaussian_weights
from utils.conversion import as_numpy
from utils.validation import check_number


def wall(rng, n=30):
    """Read n thermometers that hang at random places along the first metre of a wall.

    Returns where they hang, in metres (n,), in order, and what they say, in °C (n,)
    The truth is 20 + 2 sin 2πx, and a reading is off by 0.5, give or take.

    >>> keys, values = wall(np.random.default_rng(0), 4)
    >>> bool((np.diff(keys) > 0).all()), values.shape
    (True, (4,))
    """
    keys = np.sort(rng.uniform(size=n))
    return keys, read(keys, rng)


def truth(places):
    """Return the true temperature of the wall, in °C, at any places."""
    return 20 + 2 * np.sin(2 * np.pi * np.asarray(places, dtype=float))


def read(places, rng):
    """Return one reading at each place: the truth, and an error of 0.5 °C, give or take."""
    return truth(places) + 0.5 * rng.normal(size=np.shape(places))


def weighted_variance(weights, values):
    """Return for every row of weights how far the values it listens to lie around their weighted mean.

    weights: rows that sum to one   (n_q, n_k)
    values: one number for each key   (n_k,)
    Returns the variances, in the square of the values' unit   (n_q,)
    Raises ValueError for shapes that do not fit.

    >>> weighted_variance(np.array([[0.5, 0.5], [1.0, 0.0]]), np.array([1.0, 3.0]))
    array([1., 0.])
    """
    weights, values = as_numpy(weights, float), as_numpy(values, float)
    if weights.ndim != 2 or values.shape != weights.shape[1:]:
        raise ValueError(f"weights should be (n_q, n_k) and values (n_k,), not {weights.shape} and {values.shape}")
    off = values - (weights @ values)[:, None]  # (n_q, n_k)
    return (weights * off**2).sum(axis=1)


def sure_from(gap, bandwidth, share):
    """Return how far beyond the last reading one must ask until that one alone gets this share of the weight.

    gap: between the last reading and the one before it      bandwidth: of the Gaussian, both in metres
    share: of the weight of these two, between 0.5 and 1
    Returns metres, 0 where the last reading has that share as soon as one stands at it
    Raises ValueError for a gap or a bandwidth that is not positive, and for a share outside 0.5 … 1.

    >>> round(sure_from(0.1, 0.1, 0.9), 3)
    0.17
    """
    check_number(above=0, gap=gap, bandwidth=bandwidth)
    check_number(above=0.5, below=1, share=share)
    return max(bandwidth**2 * math.log(share / (1 - share)) / gap - gap / 2, 0.0)


def mass(queries, keys, bandwidth):
    """Return the sum of the powers before they are divided by it: how much there is to listen to at each query.

    1 is what one reading gives that hangs where one asks. Meaningful only where a score of 0 means something by itself.

    queries, keys: places (n_q,), (n_k,)
    Returns (n_q,)
    Raises ValueError when ``bandwidth`` is not positive.

    >>> mass(np.array([0.0, 9.0]), np.array([0.0, 0.0]), 1.0).round(6)
    array([2., 0.])
    """
    return np.exp(gaussian_scores(queries, keys, bandwidth)).sum(axis=1)


def heard(weights):
    """Return how many keys each row listens to, 1 / Σ α²: 1 for all weight on one key, n for n alike.

    weights: (..., n_k)
    Source: Kish 1965, "Survey Sampling" (the effective sample size).

    >>> heard(np.array([[0.25, 0.25, 0.25, 0.25], [1, 0, 0, 0]]))
    array([4., 1.])
    """
    return 1 / (as_numpy(weights, float) ** 2).sum(axis=-1)


def cautious(queries, keys, values, bandwidth, mean, sd):
    """Return kernel regression with an extra voice: it always has the power 1, and says ``mean``, give or take ``sd``.

    queries, keys, values: (n_q,), (n_k,), (n_k,)          bandwidth: as in ``gaussian_weights``
    mean, sd: what one expects of a reading where nothing is known
    Returns mean (n_q,) and sd (n_q,): near readings theirs, far from all of them the extra voice's
    Raises ValueError when ``bandwidth`` is not positive.

    >>> [each.round(2).tolist() for each in cautious([0.0, 9.0], [0.0], [22.0], 1.0, 20.0, 2.0)]
    [[21.0, 20.0], [1.73, 2.0]]
    """
    values, rest = np.asarray(values, dtype=float), 1 / (1 + mass(queries, keys, bandwidth))
    weights = gaussian_weights(queries, keys, bandwidth) * (1 - rest)[:, None]  # with the rest, rows sum to one
    out = weights @ values + rest * mean
    off = values - out[:, None]
    variance = (weights * off**2).sum(axis=1) + rest * (sd**2 + (mean - out) ** 2)
    return out, np.sqrt(variance)


def surest(queries, keys, values, bandwidth):
    """Return mean and sd as kernel regression gives them, weights divided by their sum: sure where it knows nothing.

    >>> [each.round(2).tolist() for each in surest([0.0, 9.0], [0.0], [22.0], 1.0)]
    [[22.0, 22.0], [0.0, 0.0]]
    """
    weights = gaussian_weights(queries, keys, bandwidth)
    return weights @ np.asarray(values, dtype=float), np.sqrt(weighted_variance(weights, values))


__all__ = [
    "cautious",
    "heard",
    "mass",
    "read",
    "sure_from",
    "surest",
    "truth",
    "wall",
    "weighted_variance",
]
