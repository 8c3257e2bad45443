"""Masks say who may look at whom: boolean, one row a query, one column a key, True = may look.

A mask is NumPy unless told otherwise. ``like=q`` makes it of q's library and on q's device, so one line serves NumPy,
torch and a GPU: ``attention(q, k, v, causal_mask(n, like=q))``. Masks combine with ``&``.

Elsewhere the words differ. torch's ``scaled_dot_product_attention`` means the same by True, but its ``is_causal`` puts
the first query beside the first key, which is wrong with a key-value cache: make the mask instead. In
``nn.MultiheadAttention`` True means forbidden: pass ``~mask``. Where a query may look nowhere, it says NaN, we say 0.
"""

import math

from utils.attention.arrays import library, library_and_device, truth
from utils.validation import check_whole


def causal_mask(n_q, n_k=None, offset=0, *, like=None):
    """Let every query look at its own place and at what came before it, never ahead.

    n_q: how many queries
    n_k: how many keys (n_q + offset if left out: the last query then sees them all)
    offset: place of the first query among the keys, such as the number of keys kept from earlier steps; where it is
        negative, the first queries stand before every key and may look nowhere
    like: the mask gets this array's library and device   (NumPy if left out)

    Returns the mask   (n_q, n_k)
    Raises ValueError for a size that is negative or no whole number.
    Source: Vaswani et al. 2017, "Attention is all you need", section 3.2.3.

    >>> causal_mask(2, offset=1).astype(int)
    array([[1, 1, 0],
           [1, 1, 1]])
    """
    check_whole(least=0, n_q=n_q)
    check_whole(least=-math.inf, offset=offset)
    n_k = max(n_q + offset, 0) if n_k is None else n_k
    return window_mask(n_q, n_k, left=None, right=0, offset=offset, like=like)


def window_mask(n_q, n_k, left, right=0, offset=0, *, like=None):
    """Let every query look at its own place and a few keys around it: `left` before, `right` after.

    n_q, n_k: how many queries, how many keys
    left, right: how far a query sees to each side; None: as far as there are keys   (keys)
    offset, like: as in `causal_mask`

    Returns the mask   (n_q, n_k)
    Raises ValueError for a size or a reach that is negative or no whole number.
    Source: Beltagy et al. 2020, "Longformer", section 3.1.

    >>> window_mask(3, 4, left=1).astype(int)
    array([[1, 0, 0, 0],
           [1, 1, 0, 0],
           [0, 1, 1, 0]])
    """
    check_whole(least=0, n_q=n_q, n_k=n_k)
    check_whole(least=-math.inf, offset=offset)
    left, right = _reach("left", left), _reach("right", right)
    xp, device = library_and_device(like)
    places = offset + xp.arange(n_q, device=device).reshape(n_q, 1)
    ahead = xp.arange(n_k, device=device) - places  # (n_q, n_k): how far key j lies ahead of query i
    return (-left <= ahead) & (ahead <= right)


def padding_mask(lengths, n_k, *, like=None):
    """Let nobody look at the padding that fills the shorter sequences of a batch up to `n_k` places.

    lengths: how many places of each sequence are real: a list, or an array of whole numbers   (B,)
    n_k: places in the padded batch
    like: the mask of a list gets this array's library and device; the mask of an array has those of the array

    Returns the mask   (B, 1, n_k): the same for every query; where there are heads write mask[:, None]
    Raises ValueError for lengths that are no whole numbers or do not lie between 0 and n_k.

    >>> padding_mask([1, 3], 4)[:, 0].astype(int)
    array([[1, 0, 0, 0],
           [1, 1, 1, 0]])
    """
    check_whole(least=0, n_k=n_k)
    if isinstance(lengths, list | tuple):
        for i, length in enumerate(lengths):
            check_whole(least=0, **{f"lengths[{i}]": length})
        xp, device = library_and_device(like)
        lengths = xp.asarray(lengths, dtype=xp.int64, device=device)
    xp = library(lengths=lengths, **({} if like is None else {"like": like}))
    _check_lengths(xp, lengths, n_k)
    return xp.arange(n_k, device=lengths.device) < lengths.reshape(-1, 1, 1)


def prefix_mask(n, prefix, *, like=None):
    """Let everybody see the first `prefix` places, such as a question, and beyond them only what came before.

    n: places       prefix: how many of them all may see
    like: as in `causal_mask`

    Returns the mask   (n, n)
    Raises ValueError for sizes that are negative or no whole numbers.
    Source: Raffel et al. 2020, "Exploring the limits of transfer learning", section 3.2.1.

    >>> prefix_mask(3, 2).astype(int)
    array([[1, 1, 0],
           [1, 1, 0],
           [1, 1, 1]])
    """
    check_whole(least=0, n=n, prefix=prefix)
    xp, device = library_and_device(like)
    return causal_mask(n, like=like) | (xp.arange(n, device=device) < prefix)


def document_mask(documents, *, like=None):
    """Let nobody look out of their own document, where several are packed into one row.

    documents: the number of the document each place belongs to: a list, or an array of whole numbers   (T,) or (B, T)
    like: the mask of a list gets this array's library and device; the mask of an array has those of the array

    Returns the mask   (T, T) or (B, T, T); for a causal model combine it: document_mask(d) & causal_mask(T)
    Raises ValueError for documents that are no whole numbers.
    Source: Krell et al. 2021, "Efficient sequence packing without cross-contamination", section 3.

    >>> document_mask([0, 0, 1]).astype(int)
    array([[1, 1, 0],
           [1, 1, 0],
           [0, 0, 1]])
    """
    if isinstance(documents, list | tuple):
        for i, number in enumerate(documents):
            check_whole(least=-math.inf, **{f"documents[{i}]": number})
        xp, device = library_and_device(like)
        documents = xp.asarray(documents, dtype=xp.int64, device=device)
    xp = library(documents=documents, **({} if like is None else {"like": like}))
    if documents.ndim < 1 or documents.dtype not in (xp.int8, xp.int16, xp.int32, xp.int64, xp.uint8):
        found = f"shape {tuple(documents.shape)}, type {documents.dtype}"
        raise ValueError(f"documents must hold one whole number for each place, shape (T,) or (B, T): found {found}")
    *batch, n = documents.shape
    return documents.reshape(*batch, n, 1) == documents.reshape(*batch, 1, n)


def _reach(name, keys):
    if keys is None:
        return math.inf
    check_whole(least=0, hint=" (None: without a limit)", **{name: keys})
    return keys


def _check_lengths(xp, lengths, n_k):
    if lengths.ndim != 1 or lengths.dtype not in (xp.int8, xp.int16, xp.int32, xp.int64, xp.uint8):
        found = f"shape {tuple(lengths.shape)}, type {lengths.dtype}"
        raise ValueError(f"lengths must hold one whole number for each sequence, shape (B,): found {found}")
    if not truth(((lengths >= 0) & (lengths <= n_k)).all(), otherwise=True):
        raise ValueError(f"lengths is {lengths.tolist()}: every length must lie between 0 and n_k = {n_k}")
