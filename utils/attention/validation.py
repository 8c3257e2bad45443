"""What the kernels take: inputs that make no sense are refused, in words that name them; heads are shared out."""

import math

import numpy as np

from utils.attention.arrays import cast, library, truth
from utils.validation import check_number, check_whole


def repeat_kv(xp, q, k, v):
    """Return q, k and v with each head of k and v repeated, so that every head of q has one of its own."""
    if q.shape[:-2] == k.shape[:-2]:
        return q, k, v
    return q, *(_repeat_heads(xp, x, q.shape[-3] // k.shape[-3]) for x in (k, v))


def _repeat_heads(xp, x, times):
    *batch, heads, n, d = x.shape
    repeated = xp.broadcast_to(x.reshape(*batch, heads, 1, n, d), (*batch, heads, times, n, d))
    return repeated.reshape(*batch, heads * times, n, d)


def scale_of(q, scale):
    """Return what the scores are multiplied by: 1/√d_k unless told otherwise."""
    return 1 / math.sqrt(q.shape[-1]) if scale is None else float(scale)


def bias(xp, mask, dtype):
    """Return what a mask adds to the scores: nothing where it allows, -inf where it forbids."""
    return cast(xp.where(mask, 0.0, -math.inf) if mask.dtype == xp.bool else mask, dtype)


def check_inputs(q, k, v, mask=None, scale=None, softcap=None):
    """Refuse what makes no sense, and return the library of the rest."""
    masks = {} if mask is None else {"mask": mask}
    xp = library(q=q, k=k, v=v, **masks)
    for name, x in {"q": q, "k": k, "v": v}.items():
        check_float(xp, name, x)
    if not q.dtype == k.dtype == v.dtype:
        raise ValueError(f"q, k and v must be of one type: q {q.dtype}, k {k.dtype}, v {v.dtype}")
    _check_shapes(q, k, v)
    if scale is not None:
        check_number(hint=", or None", scale=scale)
    if softcap is not None:
        check_number(above=0, hint=", or None", softcap=softcap)
    if mask is not None:
        _check_mask(xp, mask, (*q.shape[:-1], k.shape[-2]))
    for name, x in {"q": q, "k": k, "v": v}.items():
        check_values(xp, name, x)
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


def check_float(xp, name, x):
    """Refuse an array that does not hold floating numbers."""
    if x.dtype not in (xp.float32, xp.float64, xp.float16, getattr(xp, "bfloat16", xp.float16)):
        convert = f"{name}.astype(np.float32)" if xp is np else f"{name}.float()"
        raise ValueError(f"{name} holds {x.dtype}: it must hold floating numbers, as {convert} does")


def check_scores(scores, axis):
    """Refuse scores without such an axis, or that are no floating numbers, and return their library."""
    xp = library(scores=scores)
    check_float(xp, "scores", scores)
    if not scores.ndim:
        raise ValueError(f"axis is {axis!r}: scores of shape () have no axis")
    check_whole(least=-scores.ndim, most=scores.ndim - 1, hint=f" for scores of shape {tuple(scores.shape)}", axis=axis)
    return xp


def _check_mask(xp, mask, shape):
    if mask.dtype != xp.bool and mask.dtype in (xp.uint8, xp.int8, xp.int16, xp.int32, xp.int64):
        raise ValueError(f"mask holds {mask.dtype}: write mask == 1 if 1 means may look, mask == 0 if 1 forbids")
    if mask.dtype != xp.bool:
        check_float(xp, "mask", mask)
        check_values(xp, "mask", mask, forbids=True)
    sizes = tuple(mask.shape)
    if len(sizes) > len(shape) or any(m not in (1, n) for m, n in zip(sizes[::-1], shape[::-1], strict=False)):
        raise ValueError(f"mask has shape {sizes}: it must broadcast to the scores, {shape}, without enlarging them")


def check_values(xp, name, x, forbids=False):
    """Refuse NaN and infinity in x, but not -inf where it `forbids`; where values cannot be read, let them pass."""
    if xp is not np and truth(xp.isfinite(x.sum()), otherwise=True):  # a quick look; in NumPy an overflow would warn
        return
    bad = ~(x < math.inf) if forbids else ~xp.isfinite(x)
    if truth(bad.any(), otherwise=False):
        allowed = "finite numbers, and -inf to forbid," if forbids else "finite numbers"
        raise ValueError(f"found {x[bad][0].item()} in {name}: only {allowed} make sense there")


def check_state(xp, state, sums):
    """Refuse a state of linear attention that is not a pair shaped like ``sums``, of the same library and type."""
    shapes = tuple(tuple(x.shape) for x in sums)
    if not isinstance(state, tuple | list) or len(state) != 2:
        raise ValueError(f"state is a {type(state).__name__}: pass the pair that the step before returned, or None")
    library(q=sums[0], **{"state[0]": state[0], "state[1]": state[1]})
    found = tuple(tuple(x.shape) for x in state)
    if found != shapes or any(x.dtype != sums[0].dtype for x in state):
        types = f"{state[0].dtype}, not {sums[0].dtype}"
        raise ValueError(f"state holds shapes {found}, types {types}: for these q, k and v it must hold {shapes}")
