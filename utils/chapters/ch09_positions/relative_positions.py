"""Does a code for places see distance only? What chapter 09 asks of codes."""

import numpy as np


def distance_only(encode, *, d=8, trials=20, tolerance=1e-6, seed=0):
    """Return whether scores of coded queries and keys stay the same when both places move by the same amount.

    encode: encode(x, positions) -> x coded; x (n, d), positions (n,)
    d: how many features to try it with   trials: how many random pairs of a query and a key

    >>> from utils.attention import rotary, sinusoidal
    >>> distance_only(rotary), distance_only(lambda x, positions: x + sinusoidal(200, 8)[positions])
    (True, False)
    """
    rng = np.random.default_rng(seed)
    for _ in range(trials):
        q, k = rng.normal(size=(2, 1, d))
        i, j, shift = rng.integers(1, 60, size=(3, 1))
        here = encode(q, i) @ encode(k, j).T
        there = encode(q, i + shift) @ encode(k, j + shift).T
        if not np.allclose(here, there, atol=tolerance):
            return False
    return True
