"""Attention in tiles: the same answer as `utils.attention.attention`, without ever holding all the weights.

A softmax seems to need the whole row: its largest score, and the sum. The online softmax needs neither. It reads the
row tile by tile and keeps three things: the largest score so far, the sum of the powers, the weighted sum of values.
Where a larger score turns up, what was kept is rescaled.
"""

import functools
import math

from utils.attention.arrays import cast, places, widen
from utils.attention.masks import window_mask
from utils.attention.validation import bias, check_inputs, check_values, repeat_kv, scale_of
from utils.validation import check_whole


def tiled_attention(q, k, v, mask=None, *, left=None, right=None, offset=0, scale=None, softcap=None, block=256):
    """Answer as `attention` does, tile by tile, and never look at a tile that nobody may see.

    q, k, v, mask, scale, softcap: as in `attention`
    left, right: how far a query sees to each side, as in `window_mask`; None: without a limit; right=0 is causal
    offset: place of the first query among the keys, as in `window_mask`
    block: how many queries and how many keys make a tile

    Returns out   (..., n_q, d_v); zero where a query may look nowhere
        The memory beside q, k, v and out is that of one tile. A backward pass computes the tiles again, a block of
        queries at a time, and then holds that block's weights, block · n_k of them. It goes back once, not twice, and
        for every block hands back a gradient of all keys: so a window's way back grows faster than n.
    Raises ValueError as `attention` and `window_mask` do, and for a block that is no whole number above 0.
    Source: Milakov and Gimelshein 2018, "Online normalizer calculation for softmax", algorithm 3; Dao et al. 2022,
        "FlashAttention", algorithm 1; Dao 2023, "FlashAttention-2", section 3.1: divide once, at the end.

    >>> import numpy as np
    >>> q, k, v = np.array([[1.0]]), np.log([[1.0], [3.0]]), np.array([[0.0], [8.0]])
    >>> tiled_attention(q, k, v, block=1)
    array([[6.]])
    """
    xp = check_inputs(q, k, v, mask, scale, softcap)
    window_mask(0, 0, left, 0 if right is None else right, offset)  # refuses a reach that makes no sense
    check_whole(block=block)
    view = _View(xp, q.dtype, left, right, offset, softcap, block)
    if mask is not None and mask.ndim < 2:
        mask = mask.reshape(*(1,) * (2 - mask.ndim), *mask.shape)
    dtype, scale = q.dtype, scale_of(q, scale)
    q, k, v = (widen(xp, x) for x in repeat_kv(xp, q, k, v))
    strips = []
    for start in range(0, max(q.shape[-2], 1), block):
        strips.append(_again_later(xp, view.strip, start, scale * places(q, start, start + block), k, v, mask))
    out = strips[0] if len(strips) == 1 else xp.concatenate(strips, axis=-2)
    check_values(xp, "out", out)
    return cast(out, dtype)


class _View:
    """Who may look at whom, and the work on one strip: a block of queries, and all keys that one of them may see."""

    def __init__(self, xp, dtype, left, right, offset, softcap, block):
        self.xp, self.dtype, self.softcap, self.block = xp, dtype, softcap, block
        self.left, self.right = (math.inf if reach is None else reach for reach in (left, right))
        self.offset = offset

    def strip(self, start, q, k, v, mask):
        """Return the answers to scaled queries q, the first of which is query number ``start``."""
        xp, n_q, n_k = self.xp, q.shape[-2], k.shape[-2]
        here = start + self.offset  # the place of the first query among the keys
        first, last = (min(max(edge, 0), n_k) for edge in (here - self.left, here + n_q + self.right))
        peak = total = out = None
        for at in range(first, last, self.block):  # outside of first … last nobody in this strip may look
            stop = min(at + self.block, last)
            scores = self._scores(q, places(k, at, stop), mask, start, at)
            highest = _still(xp.amax(scores, axis=-1, keepdims=True))  # a constant: out does not depend on it
            highest = highest if peak is None else xp.maximum(peak, highest)
            shift = xp.where(highest == -math.inf, 0.0, highest)
            weights = _exp(xp, scores - shift)
            sums, found = weights.sum(axis=-1, keepdims=True), weights @ places(v, at, stop)
            if peak is not None:
                fade = xp.exp(peak - shift)  # what was kept, measured with the new largest score
                sums, found = sums + fade * total, found + fade * out
            peak, total, out = highest, sums, found
        if peak is None:  # no key in sight
            return q @ places(k, 0, 0).mT @ places(v, 0, 0)
        return out / xp.where(total == 0, 1.0, total)

    def _scores(self, q, k, mask, start, at):
        """Return the scores of one tile, -inf where looking is forbidden."""
        xp, n_q, n_k = self.xp, q.shape[-2], k.shape[-2]
        scores = q @ k.mT
        if self.softcap is not None:
            scores = float(self.softcap) * xp.tanh(scores / float(self.softcap))
        if mask is not None:
            tile = mask if mask.shape[-2] == 1 else places(mask, start, start + n_q)
            tile = tile if tile.shape[-1] == 1 else places(tile.mT, at, at + n_k).mT
            scores = scores + bias(xp, tile, self.dtype)
        ahead = at - start - self.offset  # how far the tile's first key lies ahead of its first query
        if ahead - n_q + 1 >= -self.left and ahead + n_k - 1 <= self.right:
            return scores  # all of it may be seen
        left, right = (None if math.isinf(reach) else reach for reach in (self.left, self.right))
        may = window_mask(n_q, n_k, left, n_k + n_q + abs(ahead) if right is None else right, -ahead, like=q)
        return xp.where(may, scores, -math.inf)


def _again_later(xp, strip, start, *inputs):
    """Compute a strip; where gradients are wanted, keep none of its tiles, and compute them again on the way back."""
    wanted = [getattr(x, "requires_grad", False) for x in inputs]
    if not any(wanted) or not xp.is_grad_enabled():
        return strip(start, *inputs)
    return _recomputed().apply(strip, start, *inputs)


@functools.cache
def _recomputed():
    """Return the torch function that keeps only its inputs. (torch's own checkpoint would load 800 modules for it.)"""
    from torch import autograd, enable_grad

    class Recomputed(autograd.Function):
        @staticmethod
        def forward(ctx, strip, start, *inputs):
            ctx.strip, ctx.start = strip, start
            ctx.save_for_backward(*inputs)
            return strip(start, *inputs)

        @staticmethod
        @autograd.function.once_differentiable
        def backward(ctx, grad):
            wanted = ctx.needs_input_grad[2:]
            with enable_grad():
                inputs = [None if x is None else x.detach() for x in ctx.saved_tensors]
                leaves = [x.requires_grad_() for x, needs in zip(inputs, wanted, strict=True) if needs]
                found = iter(autograd.grad(ctx.strip(ctx.start, *inputs), leaves, grad, allow_unused=True))
            return None, None, *(next(found) if needs else None for needs in wanted)

    return Recomputed


def _exp(xp, scores):
    """Return e to the scores, in their own memory: they are nobody else's."""
    return scores.exp_() if hasattr(scores, "exp_") else xp.exp(scores, out=scores)


def _still(x):
    return x.detach() if hasattr(x, "detach") else x
