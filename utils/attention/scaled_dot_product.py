"""Attention: every query asks all keys, and takes the average of their values, weighted by how well they answer.

    scores = q kᵀ / √d_k        how well key j answers query i
    α      = softmax(scores)    the weights; each row sums to 1
    out    = α v                the weighted averages

Every function takes NumPy arrays or torch tensors, answers in kind, and leaves what it was given as it was.
"""

import math

import numpy as np

from utils.attention.arrays import cast, truth, widen
from utils.attention.validation import bias, check_inputs, check_scores, check_values, repeat_kv, scale_of


def softmax(scores, axis=-1):
    """Turn scores into weights, none negative, that sum to one: e to the score, divided by the sum of them all.

    scores: numbers of any size; -inf means weight zero   (..., n, ...)
    axis: the axis along which the weights sum to one

    Returns weights like the scores; they are all zero where every score is -inf.
    Raises ValueError for NaN, for +inf, for anything but a floating array, for an axis that is not there.
    Source: Bridle 1990, "Probabilistic interpretation of feedforward classification network outputs", section 3.

    >>> softmax(np.log([1.0, 2.0, 1.0])).round(2)
    array([0.25, 0.5 , 0.25])
    """
    xp = check_scores(scores, axis)
    if 0 in scores.shape:
        return scores
    if xp is not np:  # torch does all that follows at once, but says NaN where every score is -inf
        weights = xp.softmax(scores, axis)
        if truth(xp.isfinite(weights.select(axis, 0)).all(), otherwise=False):
            return weights
    wide = widen(xp, scores)
    peak = xp.amax(wide, axis=axis, keepdims=True)
    check_values(xp, "scores", peak, forbids=True)
    nowhere = peak == -math.inf
    weights = xp.exp(wide - xp.where(nowhere, 0.0, peak))  # at most e⁰ = 1: never too large
    weights = weights / xp.where(nowhere, 1.0, weights.sum(axis=axis, keepdims=True))
    return cast(weights, scores.dtype)


def attention(q, k, v, mask=None, *, scale=None, softcap=None):
    """Let every query look at all keys and take the average of their values, weighted by α.

    q: what each query asks for      (..., n_q, d_k)
    k: what each key answers to      (..., n_k, d_k)
    v: what each value says          (..., n_k, d_v)
    mask: who may look at whom; boolean (True = may look) or floating (added to the scores, -inf forbids);
        it broadcasts to the scores and may not enlarge them   (..., n_q, n_k)
    scale: what the scores are multiplied by   (1/√d_k if left out)
    softcap: bends the scores, before the mask, so that they stay between -softcap and softcap   (no bend if left out)

    Returns (out, weights)           (..., n_q, d_v), (..., n_q, n_k)
        A row of weights sums to one; where a query may look nowhere it is all zero, and so is its row of out.
        k and v may have fewer heads (axis -3) than q, if they divide q's: neighbouring queries then share a head.
        Half precision is computed in float32 and rounded at the end; a floating mask is first read in q's type.
    Raises ValueError for shapes, types and values that make no sense; also for NaN or infinity that a mask would hide,
        because it would not: 0·NaN is NaN.
    Source: Vaswani et al. 2017, "Attention is all you need", equation 1. Shared heads: Ainslie et al. 2023, "GQA",
        section 2.2. Softcap: Gemma Team 2024, "Gemma 2", section 2.

    >>> q, k, v = np.array([[1.0]]), np.log([[1.0], [3.0]]), np.array([[0.0], [8.0]])
    >>> out, weights = attention(q, k, v)
    >>> weights.round(2), out.round(2)
    (array([[0.25, 0.75]]), array([[6.]]))
    """
    xp = check_inputs(q, k, v, mask, scale, softcap)
    dtype = q.dtype
    q, k, v = (widen(xp, x) for x in repeat_kv(xp, q, k, v))
    scores = (q * scale_of(q, scale)) @ k.mT  # (..., n_q, n_k)
    if softcap is not None:
        scores = float(softcap) * xp.tanh(scores / float(softcap))
    if mask is not None:
        scores += bias(xp, mask, dtype)  # in place: these scores are nobody else's
    weights = softmax(scores)
    return cast(weights @ v, dtype), cast(weights, dtype)


def fused_attention(q, k, v, mask=None, *, scale=None, softcap=None):
    """Answer as `attention` does, without α: torch's fused kernel never holds all (n_q, n_k) weights at once.

    q, k, v, mask, scale, softcap: as in `attention`, which does the work for NumPy and for a softcap

    Returns out   (..., n_q, d_v)
    Raises ValueError as `attention` does.
    Source: Dao et al. 2022, "FlashAttention", algorithm 1.

    >>> fused_attention(np.array([[1.0]]), np.log([[1.0], [3.0]]), np.array([[0.0], [8.0]])).round(2)
    array([[6.]])
    """
    xp = check_inputs(q, k, v, mask, scale, softcap)
    if xp is np or softcap is not None or 0 in (*q.shape, *v.shape):
        return attention(q, k, v, mask, scale=scale, softcap=softcap)[0]
    heads = [_with_axes(4, x) for x in repeat_kv(xp, q, k, v)]  # (B, H, n, d), as the fused kernels want it
    if mask is None:
        out = xp.nn.functional.scaled_dot_product_attention(*heads, scale=scale_of(q, scale))
    else:
        out = _fused_under_mask(xp, *heads, bias(xp, mask, q.dtype), scale_of(q, scale))
    check_values(xp, "out", out)
    return out.reshape(*q.shape[:-1], v.shape[-1])


def _fused_under_mask(xp, q, k, v, bias, scale):
    """Keep rows that may look nowhere from the fused kernel, which may answer NaN, and answer zero for them."""
    fused = xp.nn.functional.scaled_dot_product_attention
    bias = _with_axes(q.ndim, bias)
    nowhere = xp.amax(bias, axis=-1, keepdims=True) == -math.inf
    if not truth(nowhere.any(), otherwise=True):
        return fused(q, k, v, attn_mask=bias, scale=scale)
    out = fused(q, k, v, attn_mask=xp.where(nowhere, 0.0, bias), scale=scale)
    return xp.where(nowhere, 0.0, out)


# --- the small steps of the kernel ------------------------------------------------------------------------------------


def _with_axes(count, x):
    """Give x axes of size one in front until it has `count` axes."""
    return x.reshape(*(1,) * (count - x.ndim), *x.shape)
