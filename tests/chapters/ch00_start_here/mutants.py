"""Wrong and unusual right answers to the toy exercise of chapter 00."""

from fractions import Fraction

import numpy as np

from tests.mutants import right, wrong

wrong("0.1", "sum to 100", [20, 60, 20])
wrong("0.1", "sum to 1.1, not to 1", [0.3, 0.5, 0.3])
wrong("0.1", "is negative", [-0.5, 1.0, 0.5])
wrong("0.1", "the middle one", [0.5, 0.3, 0.2])
wrong("0.1", "the middle one", [1 / 3, 1 / 3, 1 / 3])
wrong("0.1", "should be of shape (3,)", [0.5, 0.5])
wrong("0.1", "text in it", ["0.2", "0.6", "0.2"])
wrong("0.1", "NaN", [0.2, float("nan"), 0.2])
wrong("0.1", "sum to 1.01, not to 1", [0.2, 0.6, 0.21])
right("0.1", [0, 1, 0])
right("0.1", np.array([1, 2, 1]) / 4)
right("0.1", (0.3, 0.4, 0.3))
right("0.1", [Fraction(1, 4), Fraction(1, 2), Fraction(1, 4)])
right("0.1", [0.33, 0.34, 0.33])
