"""Heads: the features of every token, dealt out to several attentions that work side by side."""

import numpy as np

from utils.attention.arrays import library
from utils.validation import check_whole


def split_heads(x, n_heads):
    """Deal the features of every token out to heads: the first d_head of them to head 0, the next to head 1, …

    x: queries, keys or values of all heads, an array or a tensor   (..., T, n_heads · d_head)
    n_heads: how many heads

    Returns the same numbers, a matrix for each head   (..., n_heads, T, d_head)
    Raises ValueError where the features cannot be dealt out evenly.
    Source: Vaswani et al. 2017, "Attention is all you need", section 3.2.2.

    >>> split_heads(np.array([[1, 2, 3, 4], [5, 6, 7, 8]]), 2).tolist()
    [[[1, 2], [5, 6]], [[3, 4], [7, 8]]]
    """
    library(x=x)
    check_whole(n_heads=n_heads)
    if x.ndim < 2 or x.shape[-1] % n_heads:
        raise ValueError(f"x must be (..., T, d) with features that {n_heads} heads can share: found {tuple(x.shape)}")
    return x.reshape(*x.shape[:-1], n_heads, x.shape[-1] // n_heads).swapaxes(-3, -2)


def merge_heads(heads):
    """Put what the heads found side by side again, token by token: undo ``split_heads``.

    heads: a matrix for each head, an array or a tensor   (..., n_heads, T, d_head)

    Returns the features of all heads   (..., T, n_heads · d_head)
    Raises ValueError for anything with fewer than three axes.

    >>> merge_heads(np.array([[[1, 2], [5, 6]], [[3, 4], [7, 8]]])).tolist()
    [[1, 2, 3, 4], [5, 6, 7, 8]]
    """
    library(heads=heads)
    if heads.ndim < 3:
        raise ValueError(f"heads must be (..., n_heads, T, d_head): found {tuple(heads.shape)}")
    *batch, n_heads, n, d_head = heads.shape
    return heads.swapaxes(-3, -2).reshape(*batch, n, n_heads * d_head)


def share_heads(k, n_heads):
    """Give every query head its key head: neighbours share one.

    k: keys or values of the few heads, an array   (..., n_kv_heads, T, d_head)
    n_heads: of the queries; a multiple of n_kv_heads

    Returns a matrix for each query head   (..., n_heads, T, d_head)
    Raises ValueError where the heads cannot be shared evenly.
    Source: Ainslie et al. 2023, "GQA", section 2.2.

    >>> share_heads(np.array([[[1.0]], [[2.0]]]), 4).ravel().tolist()
    [1.0, 1.0, 2.0, 2.0]
    """
    library(k=k)
    check_whole(n_heads=n_heads)
    if k.ndim < 3 or not k.shape[-3] or n_heads % k.shape[-3]:
        raise ValueError(f"k must be (..., n_kv_heads, T, d_head), and n_kv_heads divide {n_heads}: {tuple(k.shape)}")
    return np.repeat(k, n_heads // k.shape[-3], axis=-3)
