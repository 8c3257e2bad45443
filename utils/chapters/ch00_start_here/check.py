"""What a right answer is in chapter 00: three weights, the toy exercise."""

import numpy as np

from utils.checks.framework import exercise
from utils.checks.reading import need, numbers

__all__ = ["three_weights"]


@exercise("0.1", "three weights", reveals="A row of α is nothing more than this. You are ready for chapter 1.")
def three_weights(answer):
    """Check the learner's three weights."""
    weights = numbers(answer, (3,), "your list")
    need(np.isfinite(weights).all(), "one of them is NaN or infinite")
    need((weights >= 0).all(), "one of them is negative; a weight says how much, so it is zero or more")
    total = weights.sum()
    need(abs(total - 100) > 1e-3, "they sum to 100: write parts of one, 0.5 instead of 50")
    need(abs(total - 1) < 1e-3, f"they sum to {total:.10g}, not to 1")
    need(weights[1] > max(weights[0], weights[2]), "the middle one should be the largest of the three")
