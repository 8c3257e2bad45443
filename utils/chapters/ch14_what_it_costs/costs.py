"""The four bills of attention on paper: FLOPs, peak memory, traffic, cache; and how to fit an exponent."""

import math

import numpy as np

from utils.validation import check_whole

GIB = 2**30  # bytes


def attend_bill(n, d, n_bytes=4):
    """Count what one head costs that writes down all its scores: FLOPs, and bytes to and from memory.

    n: tokens   d: features of q, k and v   n_bytes: of one number

    Returns (flops, bytes): a multiplication and an addition are two FLOPs, the softmax counts none; q kᵀ, softmax and
        α v each read what they need and write what they made
    Raises ValueError for sizes that are no whole numbers above 0.

    >>> attend_bill(10, 2, 4)
    (800, 1920)
    """
    check_whole(n=n, d=d, n_bytes=n_bytes)
    scores, softmax, values = 2 * n * d + n * n, 2 * n * n, n * n + 2 * n * d
    return 4 * n * n * d, n_bytes * (scores + softmax + values)


def layer_bills(n, d_model, *, n_heads, n_kv_heads=None, n_bytes=2, tile=None):
    """Return for each of the four bills of one layer the part that grows with n and the part that grows with n².

    n: tokens   d_model: features   n_heads, n_kv_heads: of queries, and of keys and values (as many if left out)
    n_bytes: of one number   tile: queries and keys of a tile; None writes all weights down

    Returns {"FLOPs": (n part, n² part), "peak": …, "traffic": …, "cache": …}; the last three in bytes
        FLOPs: four projections, a feed-forward layer four times as wide, scores and α v. Peak and traffic: of the
        attending alone; with tiles, keys and values are read once for every block of queries.
    Raises ValueError for sizes that are no whole numbers above 0.

    >>> layer_bills(6, 1, n_heads=1)["FLOPs"]
    (144, 144)
    """
    check_whole(n=n, d_model=d_model, n_heads=n_heads, n_bytes=n_bytes)
    n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
    check_whole(n_kv_heads=n_kv_heads, tile=1 if tile is None else tile)
    pairs, row = n_heads * n**2, n * d_model
    held = (4 * row, 2 * pairs) if tile is None else (4 * row + 2 * n_heads * min(n, tile) ** 2, 0)
    moved = (4 * row, 4 * pairs) if tile is None else (2 * row, 2 * row * math.ceil(n / tile))
    return {
        "FLOPs": (24 * n * d_model**2, 4 * n**2 * d_model),
        "peak": tuple(n_bytes * part for part in held),
        "traffic": tuple(n_bytes * part for part in moved),
        "cache": (2 * n_bytes * row * n_kv_heads // n_heads, 0),
    }


def cache_gib(card, n_tokens):
    """Return how many GiB the keys and values of one text take.

    card: a dictionary with layers, heads, kv_heads, d_model, bytes; the size of a head is d_model / heads
    n_tokens: kept

    Raises ValueError for a card that lacks one of them, and for sizes that are no whole numbers above 0.

    >>> cache_gib({"layers": 32, "heads": 32, "kv_heads": 8, "d_model": 4096, "bytes": 2}, 8192)
    1.0
    """
    missing = [name for name in ("layers", "heads", "kv_heads", "d_model", "bytes") if name not in card]
    if missing:
        raise ValueError(f"card lacks {', '.join(missing)}: it has {', '.join(card)}")
    check_whole(n_tokens=n_tokens, **card)
    d_head = card["d_model"] // card["heads"]
    return 2 * card["layers"] * card["kv_heads"] * d_head * n_tokens * card["bytes"] / GIB


def fit_power(lengths, costs):
    """Fit cost = a · length^p by least squares on logarithms.

    lengths, costs: positive numbers, three or more, lengths rising   (m), (m)

    Returns (p, error, top): the exponent over the whole range, its standard error, and the slope between the last two
    Raises ValueError for fewer than three points, different numbers of them, or numbers that are not positive.

    >>> [round(x, 6) for x in fit_power([1, 2, 4, 8], [3, 12, 48, 192])]
    [2.0, 0.0, 2.0]
    """
    x, y = (np.asarray(each, dtype=float) for each in (lengths, costs))
    if x.ndim != 1 or x.shape != y.shape or len(x) < 3:
        raise ValueError(f"lengths and costs must be equally many, three or more: found {x.shape}, {y.shape}")
    if not ((x > 0).all() and (y > 0).all() and (np.diff(x) > 0).all()):
        raise ValueError(
            "lengths must rise, and lengths and costs must be positive, for their logarithms to make sense"
        )
    x, y = np.log(x), np.log(y)
    centred = x - x.mean()
    slope = (centred @ y) / (centred @ centred)
    left = y - y.mean() - slope * centred
    error = math.sqrt(left @ left / (len(x) - 2) / (centred @ centred))
    return float(slope), error, float((y[-1] - y[-2]) / (x[-1] - x[-2]))


def crossing(lengths, one, other):
    """Return from which length on `other` stays the cheaper one, read between the points on logarithmic axes.

    lengths, one, other: as in ``fit_power``   (m)

    Returns None where it is not cheaper at the end, and the first length where it is cheaper all along.

    >>> round(crossing([1, 2, 4, 8], [1, 4, 16, 64], [6, 12, 24, 48]), 3)
    6.0
    """
    x = np.log(np.asarray(lengths, dtype=float))
    ahead = np.log(np.asarray(other, dtype=float)) - np.log(np.asarray(one, dtype=float))
    if not ahead[-1] < 0:
        return None
    dearer = np.flatnonzero(ahead >= 0)
    if not len(dearer):
        return float(lengths[0])
    i = dearer[-1]
    return float(np.exp(x[i] + (x[i + 1] - x[i]) * ahead[i] / (ahead[i] - ahead[i + 1])))
