"""What a right answer is in chapter 02, scores and softmax: a check for each exercise, and the questions."""

import numpy as np

from utils.attention import softmax as true_softmax
from utils.chapters.ch02_scores_and_softmax.check_scorers import additive_scores, as_dot_products, softmax_slope
from utils.chapters.ch02_scores_and_softmax.questions import recall, yourself
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers, verdicts

__all__ = [
    "additive_scores",
    "as_dot_products",
    "at_temperature",
    "entropy",
    "invariances",
    "largest_crowd",
    "recall",
    "softmax",
    "softmax_slope",
    "yourself",
]


@exercise(
    "2.1", "a softmax that does not overflow", reveals="Large scores do no harm: only differences within a row count."
)
def softmax(answer):
    """Check the learner's ``softmax(scores)``."""
    rng = np.random.default_rng(21)
    for shape in ((4,), (3, 5), (4, 4), (2, 3, 4)):
        scores = rng.normal(size=shape)
        keep = "Each row's maximum and sum must keep an axis of length 1: see keepdims."
        weights = numbers(call(answer, scores, shapes=keep), shape, f"softmax of scores of shape {shape}")
        powers, top = np.exp(scores), scores.max(-1, keepdims=True)
        by_row = np.allclose(weights.sum(-1), 1)
        need(
            by_row or not np.allclose(weights.sum(0), 1),
            "the columns sum to one, not the rows: the keys stand along the last axis",
        )
        need(
            by_row or not np.isclose(weights.sum(), 1),
            "all weights of the table together sum to one; each row should by itself",
        )
        compare(
            weights,
            true_softmax(scores),
            mistakes={
                "these are the powers; they do not sum to one yet": (
                    powers,
                    np.exp(scores - top),
                    np.exp(scores - scores.max()),
                ),
                "this works along axis 1; the keys stand along the last axis, -1": true_softmax(scores, 1)
                if len(shape) > 2
                else (),
                "the order is upside down: the largest score should get the most": true_softmax(-scores),
                "the exponential is missing: these are the scores divided by their sum": scores
                / scores.sum(-1, keepdims=True),
                "the scores were divided: that changes the weights. Subtracting does not": (
                    true_softmax(scores / np.sqrt(shape[-1])),
                    true_softmax(scores / top),
                ),
                "the powers of e are asked for, not of 2": true_softmax(scores * np.log(2)),
                "these are the logarithms of the weights": np.log(true_softmax(scores)),
                "each score was treated by itself; the keys of a row must share": 1 / (1 + np.exp(-scores)),
            },
            otherwise=f"for scores of shape {shape} the rows are not the powers of e divided by their sum",
        )
    _survives_large_scores(answer)


def _survives_large_scores(answer):
    large = np.array([0.0, 1000.0, 1001.0])
    weights = numbers(call(answer, large), (3,), "softmax of scores around 1000")
    need(np.isfinite(weights).all(), "with scores around 1000 there is a NaN: the powers overflow, or a sum is zero")
    cut = "with scores around 1000 the weights are wrong: were large scores cut off? Then their differences are gone"
    compare(weights, true_softmax(large), otherwise=cut)
    apart = np.array([[1.0, 2.0], [2001.0, 2002.0]])
    weights = numbers(call(answer, apart), (2, 2), "softmax of two rows far apart")
    lost = "one row has scores around 1, the other around 2000, and one of them is lost: each row needs its own maximum"
    compare(np.nan_to_num(weights), true_softmax(apart), otherwise=lost)
    mixed = np.array([[0.0, 3000.0, 0.0, 1.0], [-2001.0, -2000.0, -2003.0, -2000.5]])
    weights = numbers(call(answer, mixed), (2, 4), "softmax of a row with one large score")
    other = "one score far above the rest, or all far below zero, breaks it: what is subtracted must be the row's largest score"
    compare(np.nan_to_num(weights), true_softmax(mixed), otherwise=other)


@exercise("2.2", "temperature", reveals="Cold sharpens and hot flattens, because differences of scores grow or shrink.")
def at_temperature(answer):
    """Check the learner's ``at_temperature(scores, T)``."""
    rng = np.random.default_rng(22)
    for T, shape in ((0.5, (3, 4)), (3.0, (4, 4)), (2.0, (2, 3, 4))):
        scores = rng.normal(size=shape)
        plain = true_softmax(scores)
        got = numbers(call(answer, scores, T), shape, f"the weights at T = {T:g}")
        compare(
            got,
            true_softmax(scores / T),
            mistakes={
                "here a higher temperature makes the weights sharper: it should flatten them": true_softmax(scores * T),
                "the weights were divided; the rows no longer sum to one. Temperature acts on the scores": plain / T,
                "the temperature has no effect: was it used, and was it more than a shift of the whole row?": plain,
                "softmax was taken twice: temperature acts on the scores, not on the weights": true_softmax(plain / T),
                "powers of weights do not sum to one yet; acting on the scores is simpler": plain ** (1 / T),
                "the columns sum to one, not the rows": true_softmax(scores / T, 0),
                "divide by T itself, not by its root": true_softmax(scores / np.sqrt(T)),
                "divide by T itself, not by its square": true_softmax(scores / T**2),
                "the order is upside down: the largest score should get the most": true_softmax(-scores / T),
                "these are the divided scores; the softmax is missing": scores / T,
            },
            otherwise=f"at T = {T:g} the weights are not the softmax of the scores divided by T",
        )
    close = np.array([[0.0, 0.002, 0.001, -0.001], [3.0, 3.003, 3.001, 3.0]])
    for scores in (close, rng.normal(size=(3, 4))):
        cold = numbers(call(answer, scores, 0.001), scores.shape, "the weights at T = 0.001")
        broken = "at T = 0.001 there is a NaN: a power is too large, or all powers of a row are too small. Act on the scores, with a softmax that does not overflow"
        need(np.isfinite(cold).all(), broken)
        compare(
            cold,
            true_softmax(scores / 0.001),
            otherwise="at T = 0.001 the weights are wrong: even so small a T should count",
        )


@exercise("2.3", "entropy", reveals="Two to the entropy is how many a row listens to.")
def entropy(answer):
    """Check the learner's ``entropy(weights)``."""
    rng = np.random.default_rng(23)
    for shape in ((5,), (3, 4), (4, 4), (2, 3, 4)):
        w = rng.dirichlet(np.ones(shape[-1]), size=shape[:-1])
        logs = np.log2(w)
        got = numbers(call(answer, w), None, "the entropy")
        need(
            len(shape) == 1 or got.shape != (), f"one number came back; weights of shape {shape} need one for each row"
        )
        need(got.shape != shape, "one number for each row is asked for: the sum over the keys is missing")
        got = numbers(got, shape[:-1], f"the entropy of weights of shape {shape}")
        want = -(w * logs).sum(-1)
        compare(
            got,
            want,
            mistakes={
                "the sign is upside down: an entropy is never negative": -want,
                "this is in another unit: bits need the logarithm to base 2": (want * np.log(2), want / np.log2(10)),
                "the sign is upside down, and bits need the logarithm to base 2": -want * np.log(2),
                "this adds down the columns; a row's keys stand along the last axis": -(w * logs).sum(0),
                "each logarithm should count with its weight": (-logs.sum(-1), -logs.mean(-1)),
                "this is the mean over the keys; the sum is asked for": -(w * logs).mean(-1),
                "this is how many it listens to; the entropy itself is asked for": 2**want,
                "something was added inside the logarithm; it shifts every term": tuple(
                    -(w * np.log2(w + small)).sum(-1) for small in (1e-3, 1e-4, 1e-5, 1e-6)
                ),
            },
            otherwise="it is not minus the sum of weight times log2 of the weight, row by row",
        )
    sparse = np.array([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0]])
    got = numbers(call(answer, sparse), (2,), "the entropy")
    need(np.isfinite(got).all(), "a weight of zero made it NaN; it should add nothing")
    compare(got, [1.0, 0.0], otherwise="a weight of zero should add nothing: half and half and nothing is 1 bit")


@exercise(
    "2.5",
    "what leaves α alone?",
    reveals="Whatever a whole row shares cancels: so shifts of keys vanish, and shifts of queries do not.",
)
def invariances(a, b, c, d, e, f):
    """Check the learner's six verdicts."""
    right = {"a": True, "b": False, "c": False, "d": True, "e": False, "f": True}
    why = {
        "a": "write e^(s + 5) as e^5 · e^s for the whole row, and see what happens to e^5",
        "b": "in each row only one score has changed; do the differences within the row stay?",
        "c": "take the scores 0 and 1, double them, and compare the weights",
        "d": "q · (k + u) = q · k + q · u: is the last part the same along a row, or along a column?",
        "e": "(q + u) · k = q · k + u · k: is the last part the same along a row, or along a column?",
        "f": "write out one score: the 2 stands once on top, once below",
    }
    verdicts((a, b, c, d, e, f), right, why)


@exercise(
    "2.8",
    "drowned in a crowd",
    reveals="A lead of 5 rules a crowd of 149, and no more: with enough keys every winner drowns.",
)
def largest_crowd(answer):
    """Check the learner's ``largest_crowd(lead)``."""
    for lead in (2.5, 1.0, 5.0, 7.0, 0.0):
        got = numbers(call(answer, lead), (), f"largest_crowd({lead:g})")
        power = np.exp(lead)
        need(lead != 0 or got != 1, "exactly half counts as well: with a lead of 0, two keys share equally")
        compare(
            got,
            np.floor(power) + 1,
            mistakes={
                "this counts the others only; the winner is one of the N, too": np.floor(power),
                "N is a whole number: round down": power + 1,
                "N is a whole number, and the winner is one of them": power,
                "one too many: with this N the winner has just under half": np.floor(power) + 2,
                "half of the weight: the others' powers together may equal the winner's, not half of it": np.floor(
                    power / 2
                )
                + 1,
                "the others' powers together may equal the winner's, no more: e^lead / (e^lead + N - 1) ≥ 1/2": np.floor(
                    2 * power
                ),
                "the powers count, not the scores: where is e?": np.floor(lead) + 1,
                "the powers of e count, not of 2": np.floor(2**lead) + 1,
            },
            otherwise=f"with a lead of {lead:g}, try N = {got:.6g} and N + 1 in the formula: the first should give 1/2 or more, the second less",
        )
