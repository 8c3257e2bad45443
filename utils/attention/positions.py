"""Codes that tell attention where things stand: added to the items, turned into queries and keys, or put on the scores.

    sinusoidal   a vector for each place, to be added to the item that stands there
    rotary       turns queries and keys by an angle that grows with their place: scores then depend on distance only
    alibi        lowers the scores of far keys; a floating mask

`rotary` takes NumPy arrays or torch tensors and answers in kind; the others are NumPy unless ``like=x`` says otherwise.
"""

import math

from utils.attention.arrays import cast, library, library_and_device, truth
from utils.validation import check_choice, check_number, check_whole

PAIRINGS = {"interleaved": -1, "halves": -2}  # which axis holds the two numbers of a pair, once the features are split


def sinusoidal(n, d, base=10000, *, like=None):
    """Return a vector for each place, the hands of d/2 clocks, each slower than the one before.

    n: places, from 0
    d: features of each vector, an even number
    base: how much slower the last clock is than the first, nearly
    like: the table gets this array's library, device and type   (NumPy and float64 if left out)

    Returns the table   (n, d): in row p stand sin(p·w₀), cos(p·w₀), sin(p·w₁), cos(p·w₁), … with wᵢ = base^(-2i/d)
    Raises ValueError for sizes and a base that make no sense.
    Source: Vaswani et al. 2017, "Attention is all you need", section 3.5.

    >>> sinusoidal(2, 4, base=100).round(2)
    array([[0.  , 1.  , 0.  , 1.  ],
           [0.84, 0.54, 0.1 , 1.  ]])
    """
    check_whole(least=0, n=n)
    _check_features("d", d)
    check_number(above=0, base=base)
    xp, device = library_and_device(like)
    angles = _angles(xp, xp.arange(n, device=device), d, base)  # (n, d/2)
    table = xp.stack([xp.sin(angles), xp.cos(angles)], -1).reshape(n, d)
    return table if like is None else cast(table, like.dtype)


def rotary(x, positions, base=10000, pairing="interleaved"):
    """Turn each pair of features by an angle that grows with the place: scores of queries and keys see distance only.

    x: queries or keys, never values   (..., n, d), d even
    positions: the place of each, whole or floating numbers; it broadcasts to x without its features and may not
        enlarge them: (n,) serves every row and head; with heads write positions[:, None]   (..., n)
    base: how much slower the last pair turns than the first, nearly
    pairing: which features make a pair: "interleaved" 0 and 1, 2 and 3, …; "halves" 0 and d/2, 1 and d/2 + 1, …
        Weights trained with one are silently wrong with the other.

    Returns x turned: the same shape and type, every length (norm) kept. Half precision is computed in float32.
    Raises ValueError for shapes, types and values that make no sense.
    Source: Su et al. 2021, "RoFormer", section 3.2.2 (interleaved).

    >>> import numpy as np
    >>> rotary(np.array([[3.0, 4.0]]), np.array([np.pi / 2])).round(2)
    array([[-4.,  3.]])
    """
    xp = _check_rotary(x, positions, base, pairing)
    half = x.shape[-1] // 2
    wide = cast(x, xp.float32) if x.dtype.itemsize == 2 else x
    angles = _angles(xp, positions, 2 * half, base)  # (..., n, d/2)
    cos, sin = cast(xp.cos(angles), wide.dtype), cast(xp.sin(angles), wide.dtype)
    axis = PAIRINGS[pairing]
    pairs = wide.reshape(*x.shape[:-1], *((half, 2) if axis == -1 else (2, half)))
    a, b = xp.moveaxis(pairs, axis, 0)  # (..., n, d/2) both
    turned = xp.stack([a * cos - b * sin, a * sin + b * cos], axis)
    return cast(turned.reshape(x.shape), x.dtype)


def alibi(n_heads, n_q, n_k=None, offset=0, *, like=None):
    """Lower the score of a key by its distance, in each head with a slope of its own.

    n_heads, n_q, n_k: how many heads, queries, keys (n_q + offset keys if left out)
    offset: place of the first query among the keys
    like: the mask gets this array's library, device and type   (NumPy and float64 if left out)

    Returns a floating mask   (n_heads, n_q, n_k): minus slope times distance, to both sides. It forbids nothing: for
        a causal model write where(causal_mask(n_q, n_k, offset), alibi(…), -inf). The slopes are
        2^(-8h/n_heads), h = 1 … n_heads; for other counts than powers of two, those of the power below, and between
        them every second one of the power above.
    Raises ValueError for sizes that make no sense.
    Source: Press et al. 2021, "Train short, test long", section 3; other counts: its authors' code.

    >>> alibi(2, 3)[0, 2].tolist()
    [-0.125, -0.0625, 0.0]
    """
    check_whole(n_heads=n_heads)
    check_whole(least=0, n_q=n_q)
    check_whole(least=-math.inf, offset=offset)
    n_k = max(n_q + offset, 0) if n_k is None else n_k
    check_whole(least=0, n_k=n_k)
    xp, device = library_and_device(like)
    places = offset + xp.arange(n_q, device=device).reshape(n_q, 1)
    nearness = -abs(xp.arange(n_k, device=device) - places)  # (n_q, n_k)
    dtype = _widest(xp, device) if like is None else like.dtype
    slopes = xp.asarray(_slopes(n_heads), dtype=_widest(xp, device), device=device).reshape(n_heads, 1, 1)
    return cast(slopes * nearness, dtype)


def _slopes(n_heads):
    below = 2 ** int(math.log2(n_heads))
    first = [2 ** (-8 * h / below) for h in range(1, below + 1)]
    return first + [2 ** (-4 * h / below) for h in range(1, 2 * (n_heads - below), 2)]


def _angles(xp, positions, d, base):
    """Return place times frequency, in as many digits as there are: far places need them   (..., d/2)."""
    dtype = _widest(xp, positions.device)
    frequencies = float(base) ** (-xp.arange(0, d, 2, dtype=dtype, device=positions.device) / d)
    return cast(positions, dtype).reshape(*positions.shape, 1) * frequencies


def _widest(xp, device):
    return xp.float32 if getattr(device, "type", device) == "mps" else xp.float64  # an Apple GPU knows no float64


# --- what is refused, and in which words ------------------------------------------------------------------------------


def _check_rotary(x, positions, base, pairing):
    xp = library(x=x, positions=positions)
    floating = (xp.float32, xp.float64, xp.float16, getattr(xp, "bfloat16", xp.float16))
    whole = (xp.uint8, xp.int8, xp.int16, xp.int32, xp.int64)
    if x.dtype not in floating:
        raise ValueError(f"x holds {x.dtype}: it must hold floating numbers")
    if positions.dtype not in floating + whole:
        raise ValueError(f"positions holds {positions.dtype}: it must hold whole or floating numbers")
    _check_rotary_shapes(tuple(x.shape), tuple(positions.shape))
    check_number(above=0, base=base)
    check_choice(PAIRINGS, pairing=pairing)
    for name, array in {"x": x, "positions": positions}.items():
        if not truth(xp.isfinite(array).all(), otherwise=True):
            raise ValueError(f"found NaN or infinity in {name}: only finite numbers make sense there")
    return xp


def _check_rotary_shapes(shape, places):
    if len(shape) < 2:
        raise ValueError(f"x has shape {shape}: it must have two axes or more, (..., n, d)")
    _check_features("the last axis of x", shape[-1])
    sizes = zip(places[::-1], shape[-2::-1], strict=False)
    if len(places) >= len(shape) or any(p not in (1, n) for p, n in sizes):
        raise ValueError(f"positions has shape {places}: it must broadcast to x without its features, {shape[:-1]}")


def _check_features(name, d):
    check_whole(least=0, **{name: d})
    if d % 2 or not d:
        raise ValueError(f"{name} is {d}: features come in pairs, so it must be an even number, two or more")
