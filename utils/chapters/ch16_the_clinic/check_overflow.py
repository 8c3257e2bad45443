"""Exercise 16.5: a softmax of scores that are too large for e."""

import numpy as np

from utils.attention import softmax
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, numbers


@exercise(
    "16.5",
    "too large for e",
    reveals="What all scores of a row have in common cancels, so the largest may be taken off before e is.",
    broken="utils.chapters.ch16_the_clinic.broken:weigh",
)
def weigh(answer):
    """Check the learner's mended ``weigh(scores)``."""
    rng = np.random.default_rng(165)
    small = rng.normal(size=(3, 4))
    cases = {
        "small": small,
        "large": np.array([[1000.0, 1001.0, 1000.0], [0.0, 1.0, 2.0]]),
        "low": np.array([[-1000.0, -1001.0, -1002.0], [-5000.0, -5001.0, -5000.0]]),
        "apart": np.array([[5000.0, 5001.0], [-5000.0, -5001.0]]),
        "far": np.array([[2000.0, 1000.0, 0.0], [20000.0, -20000.0, 19999.0]]),
    }
    for name, scores in cases.items():
        got = numbers(call(answer, scores), scores.shape, "the array of weights")
        compare(got, softmax(scores), mistakes=_overflows(scores, got), otherwise=OVERFLOWS[name])


OVERFLOWS = {
    "small": "for small scores these are not the weights that softmax gives",
    "large": "with scores of 1000 the weights are not right yet: e to the 1000 is too large for the computer",
    "low": "with scores of −1000 the weights are not right yet: e to the −1000 is 0, and 0 is divided by 0",
    "apart": "one row lies 10,000 below the other, and its weights are lost: what suits one row need not suit the next",
    "far": "within one row the scores lie thousands apart, and the weights are not those of softmax any more",
}


def _overflows(scores, got):
    """Return what classic ways to dodge an overflow would give."""
    size = np.abs(scores).max(-1, keepdims=True)
    painted = np.nan_to_num(np.exp(scores) / np.exp(scores).sum(-1, keepdims=True))
    return {
        "the scores were cut off at a ceiling: 1000 and 1001 have become alike": tuple(
            softmax(np.clip(scores, -top, top)) for top in (20, 30, 50, 60, 80, 88, 100, 500, 600, 700, 709)
        ),
        "the scores were divided by the largest: that changes how far they lie apart, and so the weights": (
            softmax(scores / size),
            softmax(scores / np.abs(scores).max()),
            softmax(scores / scores.max(-1, keepdims=True)),
            softmax(scores / scores.max()),
        ),
        "no NaN any more, but the row does not sum to one: the sum of its e's is still too large for the computer, or 0": painted
        if not np.allclose(painted.sum(-1), 1)
        else (),
        "the weights run down the columns now": softmax(scores, 0),
    }
