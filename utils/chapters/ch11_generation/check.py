"""What a right answer is in chapter 11, generation: a check for each exercise, and the questions."""

import math

import numpy as np

from utils.chapters.ch11_generation import sampling as course
from utils.chapters.ch11_generation.check_texts import bits_and_perplexity, block_repeats, passes
from utils.chapters.ch11_generation.questions import recall, yourself
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers

__all__ = ["bits_and_perplexity", "block_repeats", "passes", "recall", "sample", "top_p", "yourself"]

SHAPES = "Scores and chances are one row, (V,)."


@exercise("11.1", "temperature in a sampler", reveals="One random number decides, and temperature sizes the pieces.")
def sample(answer):
    """Check the learner's ``sample(scores, temperature, luck)``."""
    rng = np.random.default_rng(111)
    for T in (0.5, 2.0, 1.0):
        scores = rng.normal(size=6) * 1.5
        ends = np.cumsum(course.chances(scores, temperature=T))
        lucks = [float(each) for each in rng.random(25) if abs(ends - each).min() > 1e-3]
        got = np.array([_token(answer, scores, T, luck) for luck in lucks])
        at = f"with temperature {T:g}, some values of luck fall on another piece than the one you return"
        compare(
            got, _fall(course.chances(scores, temperature=T), lucks), mistakes=_drawn(scores, T, lucks), otherwise=at
        )
    large = np.array([1000.0, 998.0, -1000.0])
    got = [_token(answer, large, 0.5, luck) for luck in (0.2, 0.99)]
    need(got == [0, 1], "scores of 1000 at temperature 0.5 are not drawn rightly: do the powers overflow?")
    got = _token(answer, np.array([-2000.0, 0.0, 0.0]), 1.0, 0.0)
    need(got > 0, "luck is 0, token 0 has no chance at all, and it came: a piece that ends at luck is behind it")


def _token(answer, scores, T, luck):
    got = numbers(call(answer, scores, T, luck, shapes=SHAPES), None, "the token")
    need(got.size == 1, f"one token is asked for, a single whole number; yours has shape {got.shape}")
    token = got.item()
    need(np.isfinite(token), f"the token is {token}: do the powers overflow, or is something divided by 0?")
    need(token == int(token), f"a token is the number of its place, 0, 1, 2 …, and not {token:.3g}")
    need(
        0 <= token < len(scores),
        f"luck = {luck:.2f} gave token {int(token)}, but there are only the tokens 0 to {len(scores) - 1}",
    )
    return int(token)


def _fall(p, lucks):
    return np.searchsorted(np.cumsum(p), lucks, side="right")


def _drawn(scores, T, lucks):
    p, cold = course.chances(scores), course.chances(scores, temperature=T)
    last, order = len(scores) - 1, np.argsort(-cold)
    return {
        "the temperature has no say: nothing is divided by it": _fall(p, lucks),
        "the temperature works the wrong way round: cold should make the likely ones likelier": _fall(
            course.chances(scores * T), lucks
        ),
        "the chances are divided by the temperature; it acts on the scores, before the softmax": (
            np.minimum(_fall(p / T, lucks), last),
            _fall(p / T, lucks) % len(scores),
            (np.cumsum(p / T) > np.array(lucks)[:, None]).argmax(1),
        ),
        "it returns the likeliest token, whatever the luck: nothing is drawn": np.full(len(lucks), scores.argmax()),
        "every token has the same chance here: the scores have no say": (np.array(lucks) * len(scores)).astype(int),
        "the pieces lie in another order: token 0 should lie first, then token 1": (
            order[_fall(cold[order], lucks)],
            last - _fall(cold[::-1], lucks),
            order[::-1][_fall(cold[order[::-1]], lucks)],
        ),
        "it returns a place in the sorted row, and not the token that stands there": (
            _fall(cold[order], lucks),
            _fall(cold[order[::-1]], lucks),
        ),
        "it returns the token before the right one: on which side of its end does luck fall?": np.maximum(
            _fall(cold, lucks) - 1, 0
        ),
        "it returns the token after the right one: on which side of its end does luck fall?": np.minimum(
            _fall(cold, lucks) + 1, last
        ),
    }


@exercise("11.2", "top-p", reveals="How many are kept depends on how sure the model is; one is always kept.")
def top_p(answer):
    """Check the learner's ``top_p(p, mass)``."""
    rng = np.random.default_rng(112)
    wide = [0.054, 0.18, 0.042, 0.05, 0.2, 0.058, 0.046, 0.17, 0.052, 0.044, 0.056, 0.048]  # here mistakes differ
    cases = [(np.array(wide), 0.5)]
    cases += [(rng.permutation([0.4, 0.3, 0.14, 0.1, 0.06]), mass) for mass in (0.6, 0.75, 0.9)]
    cases += [(rng.permutation([0.72, 0.13, 0.09, 0.06]), 0.5), (rng.dirichlet(np.ones(12)), 0.8)]
    for p, mass in cases:
        got = numbers(call(answer, p, mass, shapes=SHAPES), None, "what is kept")
        need(
            got.shape != (int((course.keep_top_p(p, mass) > 0).sum()),) or len(p) == len(got),
            "only the kept chances came back: the row should stay as long as it was, with 0 for what is left out",
        )
        got = numbers(got, p.shape, f"what is kept of {len(p)} tokens")
        nothing = "nothing is left when the likeliest token alone is above the mass: the crossing token is kept"
        need(p.max() <= mass or (np.isfinite(got).all() and got.any()), nothing)
        compare(
            got,
            course.keep_top_p(p, mass),
            mistakes=_kept(p, mass),
            otherwise=f"of the chances {p.round(2).tolist()} not the right ones are kept for a mass of {mass}",
        )
    p = np.array([0.2, 0.5, 0.3])
    got = numbers(call(answer, p, 1.0), (3,), "what is kept for a mass of 1")
    need(np.allclose(got, p), "for a mass of 1 every token should be kept")


def _kept(p, mass):
    order = np.argsort(-p)
    ends = np.cumsum(p[order])
    right = course.keep_top_p(p, mass)
    crossing = int((ends < mass).sum())

    def only(places):
        left = np.zeros_like(p)
        left[places] = p[places]
        return left / max(left.sum(), 1e-300)

    def fewer(count):
        return only(order[:count])

    return {
        "the token that crosses the mass is left out: together the kept ones should reach it": fewer(crossing),
        "one token too many is kept: stop at the one that crosses the mass": fewer(crossing + 2),
        "the kept chances do not sum to one: divide by what is left": np.where(right > 0, p, 0),
        "the chances came back sorted: every token should keep its place in the row": np.sort(right)[::-1],
        "the tokens are taken in the order in which they stand, and not the likeliest first": (
            only(np.arange(len(p)) <= int((np.cumsum(p) < mass).sum())),
            only(np.cumsum(p) <= mass),
        ),
        "the unlikeliest tokens are kept: begin with the likeliest": only(
            order[::-1][: int((np.cumsum(p[order[::-1]]) < mass).sum()) + 1]
        ),
        "each chance is compared with the mass by itself; it is their sum that should reach it": (
            only(p >= mass),
            only(p >= 1 - mass),
            np.where(p >= mass, p, math.nan),
        ),
        "a fixed part of the tokens is kept, whatever their chances: this is top-k": fewer(int(mass * len(p))),
        "nothing is left out: all chances came back as they were": p,
    }
