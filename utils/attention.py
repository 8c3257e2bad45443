"""Attention: every query asks all keys, and takes the average of their values, weighted by how well they answer.

    scores = q kᵀ / √d_k        how well key j answers query i
    α      = softmax(scores)    the weights; each row sums to 1
    out    = α v                the weighted averages

Every function takes NumPy arrays or torch tensors, answers in kind, and leaves what it was given as it was.
"""

import math
import sys
from numbers import Integral, Real

import numpy as np

from utils.arrays import library, truth
from utils.masks import causal_mask, padding_mask, window_mask
from utils.positions import alibi, rotary, sinusoidal

__all__ = [
    "alibi",
    "attention",
    "causal_mask",
    "fused_attention",
    "padding_mask",
    "rotary",
    "sinusoidal",
    "softmax",
    "window_mask",
]


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
    xp = _check_scores(scores, axis)
    if 0 in scores.shape:
        return scores
    if xp is not np:  # torch does all that follows at once, but says NaN where every score is -inf
        weights = xp.softmax(scores, axis)
        if truth(xp.isfinite(weights.select(axis, 0)).all(), otherwise=False):
            return weights
    wide = _widen(xp, scores)
    peak = xp.amax(wide, axis=axis, keepdims=True)
    _check_values(xp, "scores", peak, forbids=True)
    nowhere = peak == -math.inf
    weights = xp.exp(wide - xp.where(nowhere, 0.0, peak))  # at most e⁰ = 1: never too large
    weights = weights / xp.where(nowhere, 1.0, weights.sum(axis=axis, keepdims=True))
    return _cast(weights, scores.dtype)


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
    xp = _check(q, k, v, mask, scale, softcap)
    dtype = q.dtype
    q, k, v = (_widen(xp, x) for x in _share_heads(xp, q, k, v))
    scores = (q * _scale(q, scale)) @ k.mT  # (..., n_q, n_k)
    if softcap is not None:
        scores = float(softcap) * xp.tanh(scores / float(softcap))
    if mask is not None:
        scores += _bias(xp, mask, dtype)  # in place: these scores are nobody else's
    weights = softmax(scores)
    return _cast(weights @ v, dtype), _cast(weights, dtype)


def fused_attention(q, k, v, mask=None, *, scale=None, softcap=None):
    """Answer as `attention` does, without α: torch's fused kernel never holds all (n_q, n_k) weights at once.

    q, k, v, mask, scale, softcap: as in `attention`, which does the work for NumPy and for a softcap

    Returns out   (..., n_q, d_v)
    Raises ValueError as `attention` does.
    Source: Dao et al. 2022, "FlashAttention", algorithm 1.

    >>> fused_attention(np.array([[1.0]]), np.log([[1.0], [3.0]]), np.array([[0.0], [8.0]])).round(2)
    array([[6.]])
    """
    xp = _check(q, k, v, mask, scale, softcap)
    if xp is np or softcap is not None or 0 in (*q.shape, *v.shape):
        return attention(q, k, v, mask, scale=scale, softcap=softcap)[0]
    heads = [_with_axes(4, x) for x in _share_heads(xp, q, k, v)]  # (B, H, n, d), as the fused kernels want it
    if mask is None:
        out = xp.nn.functional.scaled_dot_product_attention(*heads, scale=_scale(q, scale))
    else:
        out = _fused_under_mask(xp, *heads, _bias(xp, mask, q.dtype), _scale(q, scale))
    _check_values(xp, "out", out)
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


def _scale(q, scale):
    return 1 / math.sqrt(q.shape[-1]) if scale is None else float(scale)


def _bias(xp, mask, dtype):
    """Return what a mask adds to the scores: nothing where it allows, -inf where it forbids."""
    return _cast(xp.where(mask, 0.0, -math.inf) if mask.dtype == xp.bool else mask, dtype)


def _share_heads(xp, q, k, v):
    """Return q, k and v with each head of k and v repeated, so that every head of q has one of its own."""
    if q.shape[:-2] == k.shape[:-2]:
        return q, k, v
    return q, *(_repeat_heads(xp, x, q.shape[-3] // k.shape[-3]) for x in (k, v))


def _repeat_heads(xp, x, times):
    *batch, heads, n, d = x.shape
    repeated = xp.broadcast_to(x.reshape(*batch, heads, 1, n, d), (*batch, heads, times, n, d))
    return repeated.reshape(*batch, heads * times, n, d)


def _with_axes(count, x):
    """Give x axes of size one in front until it has `count` axes."""
    return x.reshape(*(1,) * (count - x.ndim), *x.shape)


def _widen(xp, x):
    """Compute in float32 what comes in half precision."""
    return _cast(x, xp.float32) if x.dtype.itemsize == 2 else x


def _cast(x, dtype):
    return x.astype(dtype, copy=False) if isinstance(x, np.ndarray) else x.to(dtype)


# --- what is refused, and in which words ------------------------------------------------------------------------------


def _check(q, k, v, mask, scale, softcap):
    """Refuse what makes no sense, and return the library of the rest."""
    masks = {} if mask is None else {"mask": mask}
    xp = library(q=q, k=k, v=v, **masks)
    for name, x in {"q": q, "k": k, "v": v}.items():
        _check_float(xp, name, x)
    if not q.dtype == k.dtype == v.dtype:
        raise ValueError(f"q, k and v must be of one type: q {q.dtype}, k {k.dtype}, v {v.dtype}")
    _check_shapes(q, k, v)
    _check_number("scale", scale)
    _check_number("softcap", softcap, positive=True)
    if mask is not None:
        _check_mask(xp, mask, (*q.shape[:-1], k.shape[-2]))
    for name, x in {"q": q, "k": k, "v": v}.items():
        _check_values(xp, name, x)
    return xp


def _check_shapes(q, k, v):
    many, few = (x.shape[-3] if x.ndim > 2 else 1 for x in (q, k))
    rules = {
        "q, k and v must have the same number of axes, two or more": q.ndim == k.ndim == v.ndim > 1,
        "q and k must have the same number of features (last axis), one or more": q.shape[-1:] == k.shape[-1:] != (0,),
        "k and v must have all axes but the last in common": k.shape[:-1] == v.shape[:-1],
        "q and k must have the same batch (all axes before the heads, axis -3)": q.shape[:-3] == k.shape[:-3],
        "the heads of k and v (axis -3) must divide those of q": many == few or (few and many % few == 0),
    }
    for rule, holds in rules.items():
        if not holds:
            shapes = ", ".join(f"{name} {tuple(x.shape)}" for name, x in {"q": q, "k": k, "v": v}.items())
            raise ValueError(f"{rule}: {shapes}")


def _check_float(xp, name, x):
    if x.dtype not in (xp.float32, xp.float64, xp.float16, getattr(xp, "bfloat16", xp.float16)):
        convert = f"{name}.astype(np.float32)" if xp is np else f"{name}.float()"
        raise ValueError(f"{name} holds {x.dtype}: it must hold floating numbers, as {convert} does")


def _check_scores(scores, axis):
    xp = library(scores=scores)
    _check_float(xp, "scores", scores)
    if isinstance(axis, bool) or not isinstance(axis, Integral) or not -scores.ndim <= axis < scores.ndim:
        raise ValueError(f"axis is {axis!r}: scores of shape {tuple(scores.shape)} have {scores.ndim} axes, from 0")
    return xp


def _check_number(name, value, positive=False):
    if value is None:
        return
    least = sys.float_info.min if positive else -sys.float_info.max
    number = value.item() if isinstance(value, np.generic) else value  # NumPy's small types cannot hold the bounds
    if isinstance(number, bool) or not isinstance(number, Real) or not least <= number <= sys.float_info.max:
        raise ValueError(f"{name} is {value!r}: it must be a {'positive' if positive else 'finite'} number, or None")


def _check_mask(xp, mask, shape):
    if mask.dtype != xp.bool and mask.dtype in (xp.uint8, xp.int8, xp.int16, xp.int32, xp.int64):
        raise ValueError(f"mask holds {mask.dtype}: write mask == 1 if 1 means may look, mask == 0 if 1 forbids")
    if mask.dtype != xp.bool:
        _check_float(xp, "mask", mask)
        _check_values(xp, "mask", mask, forbids=True)
    sizes = tuple(mask.shape)
    if len(sizes) > len(shape) or any(m not in (1, n) for m, n in zip(sizes[::-1], shape[::-1], strict=False)):
        raise ValueError(f"mask has shape {sizes}: it must broadcast to the scores, {shape}, without enlarging them")


def _check_values(xp, name, x, forbids=False):
    """Refuse NaN and infinity in x, but not -inf where it `forbids`; where values cannot be read, let them pass."""
    if xp is not np and truth(xp.isfinite(x.sum()), otherwise=True):  # a quick look; in NumPy an overflow would warn
        return
    bad = ~(x < math.inf) if forbids else ~xp.isfinite(x)
    if truth(bad.any(), otherwise=False):
        allowed = "finite numbers, and -inf to forbid," if forbids else "finite numbers"
        raise ValueError(f"found {x[bad][0].item()} in {name}: only {allowed} make sense there")
