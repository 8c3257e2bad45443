"""The online softmax of one row, in plain NumPy, so that each step can be seen; `tiled` does it in earnest."""

import math

import numpy as np

from utils.conversion import as_numpy
from utils.validation import check_whole

START = (-math.inf, 0.0, 0.0)  # nothing seen: no largest score, no sum, no weighted sum of values


def take_tile(peak, total, out, scores, values):
    """Read one tile of a row, and return what is kept afterwards.

    peak, total, out: kept so far: the largest score, Σ e^(score − peak), Σ e^(score − peak) · value   (), (), (d,)
    scores, values: of the tile's keys   (m,), (m, d)

    Returns (peak, total, out); the answer of the row is out / total, once all tiles were read
    Raises ValueError for a tile without keys, or with another number of values.
    Source: Milakov and Gimelshein 2018, "Online normalizer calculation for softmax", algorithm 3.

    >>> state = take_tile(*START, np.log([1.0, 2.0]), np.array([[4.0], [4.0]]))
    >>> peak, total, out = take_tile(*state, np.log([5.0]), np.array([[8.0]]))
    >>> round(math.exp(peak), 3), round(total, 3), (out / total).round(3).tolist()
    (5.0, 1.6, [6.5])
    """
    scores, values = as_numpy(scores, float), as_numpy(values, float)
    if scores.ndim != 1 or not len(scores) or len(values) != len(scores):
        raise ValueError(f"a tile needs as many values as scores, one or more: found {values.shape}, {scores.shape}")
    highest = max(peak, scores.max().item())
    fade = math.exp(peak - highest)
    weights = np.exp(scores - highest)
    return highest, fade * total + weights.sum().item(), fade * out + weights @ values


def walk(scores, values, tile):
    """Return what is kept before the first tile and after each: a list of (peak, total, out).

    scores, values: of all keys of a row   (n,), (n, d)      tile: keys in a tile; the last may have fewer

    >>> [round(total, 2) for _, total, _ in walk(np.zeros(5), np.ones((5, 1)), 2)]
    [0.0, 2.0, 4.0, 5.0]
    """
    check_whole(tile=tile)
    states = [START]
    for at in range(0, len(scores), tile):
        states.append(take_tile(*states[-1], scores[at : at + tile], values[at : at + tile]))
    return states
