"""What a right answer is in chapter 05, the race: a check for each exercise, and the questions."""

import numpy as np

from utils.chapters.ch05_the_race.check_line_up import line_up
from utils.chapters.ch05_the_race.check_recall import recall_rows
from utils.chapters.ch05_the_race.fairness import fair_width as true_width, parameters
from utils.chapters.ch05_the_race.questions import recall, yourself
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers, verdicts

__all__ = ["conclusions", "fair_width", "first_only", "line_up", "recall", "recall_rows", "same_heap", "yourself"]

CASES = (
    (1, 8, 8, 6000),
    (4, 8, 8, 6000),
    (3, 90, 40, 20_000),
    (2, 5, 60, 7000),
    (4, 3, 2, 100_000),
    (2, 5, 60, 2340),
    (2, 5, 60, 2339),
)


@exercise(
    "5.2", "a fair width", reveals="Four gates share what one matrix has: an equal LSTM has about half the width."
)
def fair_width(answer):
    """Check the learner's ``fair_width(gates, d_in, n_out, budget)``."""
    got = np.array([numbers(call(answer, *case), (), "the width") for case in CASES])
    single = np.array([true_width(1, *case[1:]) for case in CASES])
    gates = np.array([case[0] for case in CASES])
    width = _widths(lambda g, d, h, n: g * h * (d + h + 2) + (h + 1) * n)
    compare(
        got,
        width,
        mistakes={
            "these widths are over the budget by a little: the largest that still fits is asked for": width + 1,
            "there is room for one unit more; a machine exactly at the budget fits": width - 1,
            "a width is a whole number, rounded down": _widths_unrounded(),
            "the biases are missing: each gate has two for every unit": _widths(
                lambda g, d, h, n: g * h * (d + h) + (h + 1) * n
            ),
            "each gate has two biases for every unit, not one": _widths(
                lambda g, d, h, n: g * h * (d + h + 1) + (h + 1) * n
            ),
            "a machine exactly at the budget fits: at most means that it may be equal": _widths(
                lambda g, d, h, n: g * h * (d + h + 2) + (h + 1) * n + 1
            ),
            "the layer that reads the last state has a bias for each answer, too": _widths(
                lambda g, d, h, n: g * h * (d + h + 2) + h * n
            ),
            "the layer that reads the last state is missing: it has parameters, too": _widths(
                lambda g, d, h, n: g * h * (d + h + 2)
            ),
            "the number of gates is not used: this is the width of a machine with one": single,
            "dividing an RNN's width by the number of gates is not enough: the matrices grow with the square": (
                single // gates,
                single / gates,
            ),
            "the matrix from the inputs is missing: h by d_in, for every gate": _widths(
                lambda g, d, h, n: g * h * (h + 2) + (h + 1) * n
            ),
            "the matrix from the state to the state is missing: h by h, for every gate": _widths(
                lambda g, d, h, n: g * h * (d + 2) + (h + 1) * n
            ),
            "this is a number of parameters; the width is asked for": (
                [case[-1] for case in CASES],
                [parameters(g, d, true_width(g, d, n, b), n) for g, d, n, b in CASES],
            ),
        },
        otherwise="for at least one machine this is not the largest width: count its parameters by hand, gate by gate",
    )


def _widths(size):
    return np.array([max((h for h in range(1, 10_000) if size(g, d, h, n) <= b), default=0) for g, d, n, b in CASES])


def _widths_unrounded():
    p = np.array([g * (d + 2) + n for g, d, n, _ in CASES])
    g, n, b = (np.array([case[i] for case in CASES]) for i in (0, 2, 3))
    return (-p + np.sqrt(p * p + 4 * g * (b - n))) / (2 * g)


@exercise(
    "5.3", "two rows that tell no order", reveals="Without places a read sees a heap of items: who came first is lost."
)
def same_heap(row, twin):
    """Check the learner's two rows of five symbols."""
    one, other = (_row(name, each) for name, each in (("row", row), ("twin", twin)))
    need(one[0] != other[0], f"both rows begin with {one[0]}: then the right answer is the same, and nothing is proven")
    need(
        one[-1] == other[-1],
        f"the last items differ, {one[-1]} and {other[-1]}: the last item asks, and another question may get another answer",
    )
    again = sorted(set(other.tolist()) - set(one.tolist()))
    need(
        not again,
        f"{again[0] if again else ''} is in twin and not in row: a read can see who is there, so the heap must be the same",
    )
    gone = sorted(set(one.tolist()) - set(other.tolist()))
    need(
        not gone,
        f"{gone[0] if gone else ''} is in row and missing in twin: a read can see who is there, so the heap must be the same",
    )
    need(
        sorted(one) == sorted(other),
        "the same symbols, but not equally often: a weighted sum counts how often, so that it may tell them apart",
    )


def _row(name, row):
    need(not isinstance(row, str), f"{name} should be a list of five whole numbers, not text")
    row = numbers(row, None, name)
    need(row.shape == (5,), f"{name} should hold five symbols; its shape is {row.shape}")
    need(
        np.isfinite(row).all() and (row == row.round()).all() and (row >= 0).all() and (row <= 7).all(),
        f"the symbols of {name} should be whole numbers from 0 to 7",
    )
    return row.astype(int)


@exercise(
    "5.4",
    "a mean that knows the first",
    reveals="Equal weights are enough: the task asks for access, not for weighting.",
)
def first_only(answer):
    """Check the learner's ``first_only(x)``."""
    rng = np.random.default_rng(54)
    for n in (5, 40, 200):
        x = rng.integers(8, size=(64, n))
        values = numbers(call(answer, x), None, "the values")
        need(values.shape != (64, 8), "one value for every item is asked for, (B, N, 8); the mean is taken outside")
        values = numbers(values, (64, n, 8), "the values")
        need(np.isfinite(values).all(), "there is a NaN or an infinity in the values")
        _looks_at_one_item(answer, x, values)
        got = values.mean(axis=1).argmax(axis=-1)
        right = got == x[:, 0]
        counts = np.stack([(x == s).sum(1) for s in range(8)], axis=1)
        need(
            right.all() or not np.allclose(values.mean(1) * n, counts),
            "every item speaks alike, so the commonest symbol wins: what may the first place do that others may not?",
        )
        need(right.all() or np.ptp(values) > 0, "all values are equal, so the mean says nothing")
        need(
            right.all() or values.any(axis=(1, 2)).all(),
            "in some rows no item says anything: let place 0 of every row speak, axis 1, not the first row of the batch",
        )
        need(right.all() or not (got == x[:, -1]).all(), "this finds the last symbol; the first one is asked for")
        need(right.all() or not (got == x[:, 1]).all(), "this finds the second symbol: Python counts places from 0")
        need(
            right.all(),
            f"in rows of {n} the mean points at the first symbol in {right.mean():.0%} of the rows: the others are too loud together",
        )


def _looks_at_one_item(answer, x, values):
    other = x.copy()
    other[:, 0] = (x[:, 0] + 3) % 8
    changed = numbers(call(answer, other), values.shape, "the values")
    need(
        np.allclose(changed[:, 1:], values[:, 1:]),
        "when the first symbol changes, values at other places change as well: each may look at its own item and place only",
    )
    other = x.copy()
    other[:, 1:] = (x[:, 1:] + 3) % 8
    changed = numbers(call(answer, other), values.shape, "the values")
    need(
        np.allclose(changed[:, 0], values[:, 0]),
        "the first item's value changes when the others do: each may look at its own item and place only",
    )


@exercise(
    "5.6",
    "may I conclude?",
    reveals="A race measures machines under terms. It says who was faster, never who is unable.",
)
def conclusions(a, b, c, d, e, f):
    """Check the learner's six verdicts."""
    right = {"a": False, "b": True, "c": True, "d": False, "e": False, "f": False}
    why = {
        "a": "what would have to happen for it to be wrong, and was that ever ruled out?",
        "b": "it names the task, the length, the budget and the seeds, and claims nothing beyond them",
        "c": "what do the mean's weights know about the row? And still it solves the task",
        "d": "the two RNNs differ in one thing only, and how do they compare with each other?",
        "e": "who had more chances to be lucky?",
        "f": "how many scores does one question make, and how many do N questions make?",
    }
    verdicts((a, b, c, d, e, f), right, why)
