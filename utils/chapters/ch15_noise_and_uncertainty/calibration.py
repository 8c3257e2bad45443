"""Does a model keep its promises? Count how often it is right, and score what it said with a score it cannot fool."""

import math

import numpy as np

from utils.conversion import as_numpy


def promised(widths):
    """Return the share of a normal distribution that lies within so many standard deviations of its mean.

    widths: numbers, none negative   (n,)

    >>> promised([1, 2, 3]).round(3)
    array([0.683, 0.954, 0.997])
    """
    return np.array([math.erf(width / math.sqrt(2)) for width in np.atleast_1d(np.asarray(widths, dtype=float))])


def coverage(mean, sd, y, widths):
    """Return the share of readings that lie within so many standard deviations of the mean, for each width.

    mean, sd, y: what was expected, how surely, and what came   (all of one shape, any)
    widths: how many standard deviations, to both sides   (n,)

    Returns the shares   (n,)
    Raises ValueError for shapes that differ, and for an sd below zero.

    >>> coverage([0, 0, 0, 0], [1, 1, 1, 2], [0.5, -1.5, 3.0, 3.0], [1, 2])
    array([0.25, 0.75])
    """
    mean, sd, y = _same_shape(mean=mean, sd=sd, y=y)
    away = np.abs(y - mean)
    return np.array([(away <= width * sd).mean() for width in np.atleast_1d(np.asarray(widths, dtype=float))])


def log_score(mean, sd, y):
    """Return -log of the density that a normal distribution gave to what came, in nats: small is good.

    It is proper: on average nothing beats saying what one believes, for a band too narrow costs by misses and one too
    wide costs by its width. An error of z standard deviations costs z² / 2, and the width costs its logarithm.

    mean, sd, y: arrays or tensors of one shape; sd above 0
    Source: Gneiting and Raftery 2007, "Strictly proper scoring rules, prediction, and estimation".

    >>> round(log_score(np.array(0.0), np.array(1.0), np.array(0.0)).item(), 3)  # log √(2π)
    0.919
    """
    log = np.log(sd) if isinstance(sd, np.ndarray | float) else sd.log()
    return ((y - mean) / sd) ** 2 / 2 + log + math.log(2 * math.pi) / 2


def _same_shape(**arrays):
    arrays = {name: as_numpy(array, float) for name, array in arrays.items()}
    if len({array.shape for array in arrays.values()}) > 1:
        listed = ", ".join(f"{name} has shape {array.shape}" for name, array in arrays.items())
        raise ValueError(f"mean, sd and y must have one shape: {listed}")
    if (arrays["sd"] < 0).any():
        raise ValueError(f"sd holds {arrays['sd'].min()}: a standard deviation is never below 0")
    return arrays.values()
