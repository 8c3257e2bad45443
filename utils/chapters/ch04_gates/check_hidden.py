"""The check of chapter 04's last exercise: two machines whose α hides what matters."""

import math
from collections.abc import Mapping

import numpy as np

from utils.chapters.ch04_gates.fixed_gates import fixed_gates
from utils.checks.framework import exercise
from utils.checks.reading import need, numbers

NAMES, STEPS = ("i", "f", "w", "u"), 6


@exercise(
    "4.6", "what α of the cell hides", reveals="α follows what was written. What a candidate has seen, it cannot tell."
)
def hidden(A, B):
    """Check the learner's two machines, each a dictionary with i, f, w and u."""
    share, moved = _read(A, "A")
    need(share < 0.01, f"A: α still gives step 1 a weight of {share:.2g} in the last row; it is i times f five times")
    need(moved > 1e-12, "A: the last cell does not move at all: step 1 has no way to reach it")
    need(moved > 0.2, f"A: step 1 reaches the last cell, but moves it by {moved:.2g} only; its way is too narrow")
    share, moved = _read(B, "B")
    need(share >= 0.5, f"B: α gives step 1 a weight of {share:.2g} in the last row; at least 0.5 is asked for")
    need(moved < 1e-9, f"B: step 1 moves the last cell by {moved:.2g}, so its candidate has looked at the input")


def _read(machine, name):
    """Return the share of step 1 in the last row of α, and how far the last cell moves with the first input."""
    i, f, w, u = _four(machine, name)
    for which, gate in {"i": i, "f": f}.items():
        need(0 <= gate <= 1, f"{name}: {which} is {gate:g}, and a gate lies between 0 and 1")
    first = np.eye(STEPS)[0]
    ends = [fixed_gates(sign * first, i=i, f=f, w=w, u=u)[-1] for sign in (1, -1)]
    return i * f ** (STEPS - 1), abs(ends[0] - ends[1])


def _four(machine, name):
    """Return the four numbers, from a dictionary or in their order, or say what is missing."""
    if isinstance(machine, Mapping):
        missing = [key for key in NAMES if key not in machine]
        need(not missing, f"{name}: the dictionary lacks {', '.join(missing)}")
        machine = [machine[key] for key in NAMES]
    need(not isinstance(machine, str), f"{name} should be a dictionary with i, f, w and u, not text")
    four = numbers(machine, None, name).tolist()
    shape = np.shape(four)
    need(shape == (4,), f"{name} should hold four numbers, i, f, w and u; yours has the shape {shape}")
    need(all(map(math.isfinite, four)), f"{name} holds a NaN or an infinity; all four numbers should be finite")
    return four
