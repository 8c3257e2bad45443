"""What a right answer is in chapter 14, what it costs: a check for each exercise, and the questions."""

import math
import tracemalloc

import numpy as np

from utils.chapters.ch14_what_it_costs import online_softmax
from utils.chapters.ch14_what_it_costs.check_bills import attend_bill, cache_gib, which_bills
from utils.chapters.ch14_what_it_costs.check_memories import recalled, step
from utils.chapters.ch14_what_it_costs.questions import recall, yourself
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers

__all__ = ["attend_bill", "cache_gib", "recall", "recalled", "step", "take_tile", "which_bills", "window", "yourself"]

PARTS = ("peak", "total", "out")
SHAPES = "How many numbers does a tile hold, and which of the three that are kept is a vector?"


@exercise(
    "14.2", "a softmax that never sees its row", reveals="A softmax needs no whole row. Tiles give its exact answer."
)
def take_tile(answer):
    """Check the learner's ``take_tile(peak, total, out, scores, values)``."""
    rng = np.random.default_rng(142)
    values = rng.normal(size=(9, 2))
    rising, falling = np.linspace(-1, 2, 9), np.linspace(2, -1, 9)
    for scores, tile in (
        (rising[[4, 8, 0, 6, 2, 7, 1, 5, 3]], 4),
        (rising, 3),
        (falling, 3),
        (1000 + 20 * rising, 2),
        (rising - 900, 9),
    ):
        kept = (-math.inf, 0.0, np.zeros(2))
        for at in range(0, 9, tile):
            some = scores[at : at + tile], values[at : at + tile]
            _check_tile(answer, kept, some, start=at == 0)
            kept = online_softmax.take_tile(*kept, *some)


def _check_tile(answer, kept, some, start):
    result = call(answer, *kept, *some, shapes=SHAPES)
    need(
        isinstance(result, tuple | list) and len(result) == 3, "three things are kept after a tile: peak, total and out"
    )
    which = "the first tile" if start else "a later tile"
    got = [numbers(part, None, f"{name} after {which}") for name, part in zip(PARTS, result, strict=True)]
    old = start and np.isinf(got[1]).any()
    need(not old, "the tile is measured with the old peak, which is −∞ at the start; take the new one")
    want, classic = online_softmax.take_tile(*kept, *some), _tile_mistakes(*kept, *some)
    for name, part, right in zip(PARTS, got, want, strict=True):
        otherwise = f"after {which}, {name} is not what the definition says"
        if not np.isfinite(part).all():
            otherwise = "take e to the power of a difference, never of a score alone"
        part = numbers(part.reshape(()) if part.size == 1 and name != "out" else part, np.shape(right), name)
        compare(part, right, mistakes=classic[name], otherwise=otherwise)


def _tile_mistakes(peak, total, out, scores, values):
    """Return {part: {sentence: what that mistake gives}}."""
    top = scores.max().item()
    highest = max(peak, top)
    with np.errstate(all="ignore"):
        fade, up = np.exp(peak - highest), np.exp(highest - peak)
        weights, own = np.exp(scores - highest), np.exp(scores - top)
        bare = np.exp(scores)
        return {
            "peak": {
                "peak forgets the earlier tiles: a tile with smaller scores must not lower it": top,
                "peak is the largest so far only of the earlier tiles; this one counts as well": peak,
                "peak should be a score, the largest; this is the smallest": (min(peak, scores.min()), scores.min()),
                "only the first score of the tile was looked at": max(peak, scores[0]),
                "the three come in the order peak, total, out": fade * total + weights.sum(),
                "peak should be the largest score, not its power of e": np.exp(highest),
            },
            "total": {
                "total lacks the rescaling: what was summed before was measured with the old peak": total
                + weights.sum(),
                "this tile is measured with its own largest score, not with the largest so far": (
                    fade * total + own.sum(),
                    total + own.sum(),
                ),
                "total is rescaled the wrong way round: a larger peak makes old powers smaller": up * total
                + weights.sum(),
                "the factor was put on the new tile as well; only what was kept before needs it": fade
                * (total + weights.sum()),
                "total forgets the earlier tiles": weights.sum(),
                "nothing was subtracted in the exponent, so larger scores will overflow": (
                    fade * total + bare.sum(),
                    total + bare.sum(),
                ),
                "total adds scores; it should add their powers of e": (
                    total + scores.sum(),
                    fade * total + scores.sum(),
                ),
            },
            "out": {
                "total is right, but out lacks the rescaling: both were measured with the old peak": out
                + weights @ values,
                "out is divided already: keep the sum, and divide once, after the last tile": (
                    (fade * out + weights @ values) / (fade * total + weights.sum()),
                    out + weights @ values / weights.sum(),
                    fade * out + weights @ values / weights.sum(),
                ),
                "out is rescaled the wrong way round": up * out + weights @ values,
                "the factor was put on the new part of out as well": fade * (out + weights @ values),
                "out forgets the earlier tiles": weights @ values,
                "out adds values without their weights": (out + values.sum(0), fade * out + values.sum(0)),
                "the new part of out is measured with the tile's own largest score": fade * out + own @ values,
            },
        }


@exercise(
    "14.3", "a window that works less", reveals="A mask gives a window its shape; only skipping gives it its price."
)
def window(answer):
    """Check the learner's ``window(q, k, v, w)``: its answers, then how much it held at once."""
    rng = np.random.default_rng(143)
    for n, w, d in ((7, 3, 4), (6, 1, 3), (4, 9, 2), (8, 2, 4)):
        q, k, v = rng.normal(size=(n, d)), rng.normal(size=(n, d)), rng.normal(size=(n, 3))
        got = numbers(call(answer, q, k, v, w), (n, 3), f"the answers for n = {n}, w = {w}")
        want, classic = _windowed(q, k, v, w), _window_mistakes(q, k, v, w)
        otherwise = f"for n = {n}, w = {w} the answers are not those of a causal window of w keys"
        compare(got, want, mistakes=classic, otherwise=otherwise)
    n = 512
    most = _bytes_held(answer, rng.normal(size=(n, 4)), rng.normal(size=(n, 4)), rng.normal(size=(n, 4)), 8)
    need(
        most < 8 * n * n / 2,
        f"the answers are right, but for {n} tokens and a window of 8 it held {most / 8:,.0f} numbers at once: "
        "that is the bill of all pairs, and the mask only threw most of them away",
    )


def _allowed(n, left, right=0):
    ahead = np.arange(n) - np.arange(n)[:, None]
    return (-left <= ahead) & (ahead <= right)


def _attend(scores, v, may):
    powers = np.where(may, np.exp(scores), 0)
    return powers / np.maximum(powers.sum(1, keepdims=True), 1e-300) @ v


def _windowed(q, k, v, w):
    return _attend(q @ k.T / math.sqrt(q.shape[1]), v, _allowed(len(q), w - 1))


def _window_mistakes(q, k, v, w):
    n, d = q.shape
    scores = q @ k.T / math.sqrt(d)
    whole = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    return {
        "the window holds one key too many: w keys, the query's own among them": _attend(scores, v, _allowed(n, w)),
        "the window holds one key too few: w keys, the query's own among them": _attend(scores, v, _allowed(n, w - 2)),
        "a query may not look at itself here; its own place is one of the w": _attend(scores, v, _allowed(n, w, -1)),
        "queries look ahead: the window lies before the query": (
            _attend(scores, v, _allowed(n, 0, w - 1)),
            _attend(scores, v, _allowed(n, w - 1, w - 1)),
            _attend(scores, v, _allowed(n, w // 2, w // 2)),
        ),
        "it is causal, but there is no window: early keys are still seen": _attend(scores, v, _allowed(n, n)),
        "neither causal nor a window: this is plain attention": whole @ v,
        "the scores are divided by √w; d counts the features": _attend(
            scores * math.sqrt(d / w), v, _allowed(n, w - 1)
        ),
        "the division by √d is missing": _attend(scores * math.sqrt(d), v, _allowed(n, w - 1)),
        "the scores outside are 0, and e⁰ is 1: they still get weight": _attend(scores * _allowed(n, w - 1), v, True),
        "the mask came after the softmax: rows no longer sum to one": np.where(_allowed(n, w - 1), whole, 0) @ v,
    }


def _bytes_held(answer, *args):
    """Return the most bytes that Python and NumPy held at once for a call, beyond what was there."""
    traced = tracemalloc.is_tracing()
    if not traced:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        call(answer, *args)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if not traced:
            tracemalloc.stop()
