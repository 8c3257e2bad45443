"""What chapter 8 asks of heads: what they cost, and two that subtract. Cutting and sharing are the kernel's."""

import numpy as np

from utils.attention.heads import merge_heads, share_heads, split_heads
from utils.validation import check_whole

__all__ = ["bill", "merge_heads", "share_heads", "split_heads", "two_heads"]


def bill(n, d_model, n_heads, n_kv_heads):
    """Count what multi-head self-attention without biases costs.

    n: tokens      d_model: their features      n_heads, n_kv_heads: of the queries, and of keys and values

    Returns (parameters, multiplications, weights): entries of W_q, W_k, W_v and W_o; products of one pass over n
        tokens, in the projections, in the scores and in α v; numbers in α, of all heads
    Raises ValueError for sizes that are no whole numbers, and for heads that do not divide.

    >>> bill(10, 8, 2, 2), bill(10, 8, 2, 1)
    ((256, 4160, 200), (192, 3520, 200))
    """
    check_whole(n=n, d_model=d_model, n_heads=n_heads, n_kv_heads=n_kv_heads)
    if d_model % n_heads or n_heads % n_kv_heads:
        raise ValueError(f"n_heads must divide d_model, n_kv_heads n_heads: {d_model}, {n_heads}, {n_kv_heads}")
    parameters = 2 * d_model**2 + 2 * d_model * n_kv_heads * (d_model // n_heads)
    return parameters, n * parameters + 2 * n**2 * d_model, n_heads * n**2


def two_heads(n):
    """Return two heads, and how to mix them, that make x[i + 1] - x[i - 1]; the ends use themselves.

    n: how many places

    Returns (weights, W_o)   (2, n, n), (2,)
    Raises ValueError for anything but a whole number above 0.

    >>> weights, W_o = two_heads(3)
    >>> (W_o @ (weights @ np.array([4.0, 6.0, 9.0]))).tolist()
    [2.0, 5.0, 3.0]
    """
    check_whole(n=n)
    places = np.arange(n)
    neighbours = np.clip([places + 1, places - 1], 0, n - 1)
    return np.eye(n)[neighbours], np.array([1.0, -1.0])
