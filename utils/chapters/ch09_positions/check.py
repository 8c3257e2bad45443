"""What a right answer is in chapter 09, positions: a check for each exercise, and the questions."""

import numpy as np

from utils import recipes
from utils.attention import attention, causal_mask
from utils.attention.positions import rotary, sinusoidal
from utils.chapters.ch09_positions.check_codes import biases, rotate, sinusoid
from utils.chapters.ch09_positions.questions import recall, yourself
from utils.checks.framework import exercise
from utils.checks.reading import call, need, numbers

__all__ = ["biases", "distance_only", "order_from_the_mask", "recall", "rotate", "sinusoid", "survives", "yourself"]

ONE_ANSWER = "distance_only should answer True or False, one verdict for the whole code"


def _wrong_frequencies(x, positions):
    """Turn with cosines repeated in one order and features swapped in the other: a fault seen in real programs."""
    angles = positions[:, None] * 10000 ** (-np.arange(0, 8, 2) / 8)
    angles = np.repeat(angles, 2, axis=1)  # for neighbours
    swapped = np.concatenate([-x[:, 4:], x[:, :4]], axis=1)  # for halves
    return x * np.cos(angles) + swapped * np.sin(angles)


def _grows(x, positions):
    return rotary(x, positions) * (1 + 0.01 * positions[:, None])


SHARED = "a turn that the places share two by two"
TO_AND_FRO = "a turn to and fro, odd places turned and even ones not"
AGAIN = {
    SHARED: "one move from two places proves little, try several",
    TO_AND_FRO: "the query and the key should be two different random vectors, moved by odd and by even amounts",
}

TRUE_CODES = {
    "rotary with neighbours as pairs": rotary,
    "rotary with halves": lambda x, positions: rotary(x, positions, 100, "halves"),
    "rotary that begins to count at 7": lambda x, positions: rotary(x, positions + 7),
    "no code at all": lambda x, positions: x,
}
FALSE_CODES = {
    "a sinusoidal code that is added": lambda x, positions: x + sinusoidal(400, 8)[np.asarray(positions, int)],
    "a turn by the square of the place": lambda x, positions: rotary(x, np.asarray(positions) ** 2),
    "a turn that pairs features one way and angles the other": _wrong_frequencies,
    "a turn that makes vectors longer with their place": _grows,
    SHARED: lambda x, positions: rotary(x, np.asarray(positions) // 2),
    TO_AND_FRO: lambda x, positions: rotary(x, np.asarray(positions) % 2),
    "a turn by the row's index, whatever the positions say, and the place added": (
        lambda x, positions: rotary(x, np.arange(len(x))) + 0.1 * np.asarray(positions)[:, None]
    ),
}


@exercise(
    "9.3", "only distance?", reveals="You can now test any code that somebody hands you, whatever its author says."
)
def distance_only(answer):
    """Check the learner's ``distance_only(encode)``."""
    found = {}
    for name, code in (TRUE_CODES | FALSE_CODES).items():
        verdict = call(answer, code, shapes="encode wants x (n, 8) and positions (n,), one for each row of x.")
        verdict = verdict.item() if isinstance(verdict, np.bool_) else verdict
        need(isinstance(verdict, bool), ONE_ANSWER)
        found[name] = verdict
    need(any(found.values()), "it says False to everything, even to rotary: are numbers compared without a tolerance?")
    need(not all(found.values()), "it says True to everything: is anything moved, and are the scores compared at all?")
    doubted = [name for name in TRUE_CODES if not found[name]]
    need(not doubted, f"it says False to {', '.join(doubted)}; there the score does depend on the distance only")
    believed = [name for name in FALSE_CODES if found[name]]
    lengths = [name for name in believed if "longer" in name]
    need(
        believed != lengths or not lengths,
        "it believes a code that makes far vectors longer: compare scores, not angles",
    )
    for name, advice in AGAIN.items():
        need(believed[:1] != [name], f"it says True to {name}: {advice}")
    need(not believed, f"it says True to {believed[0] if believed else ''}; there the score changes when both move")


@exercise(
    "9.4",
    "order without a code",
    reveals="The mask lets each word hear one more than the word before, and a mean of more is another mean.",
)
def order_from_the_mask(q, k, v):
    """Check the learner's tables for `start la la la la la`."""
    tables = {"q": _table("q", q), "k": _table("k", k), "v": _table("v", v)}
    need(tables["v"].shape == (6, 1), f"v should be of shape (6, 1), one number a word; yours is {tables['v'].shape}")
    shapes = tables["q"].shape, tables["k"].shape
    need(shapes[0] == shapes[1], f"queries and keys need equally many features; yours are {shapes[0]} and {shapes[1]}")
    for name, table in tables.items():
        told = f"the five la should be equal in {name}; yours differ, so somebody has told them their places"
        need(np.allclose(table[1:], table[1]), told)
    v = tables["v"]
    need(not np.allclose(v, v[0]), "all six values are equal, and a mean of equal values is that value, however many")
    out, weights = attention(tables["q"], tables["k"], v, causal_mask(6))
    gaps = np.abs(np.subtract.outer(out[:, 0], out[:, 0]))[np.triu_indices(6, 1)]
    start = weights[1:, 0]
    need(start.max() > 0.01, "no la looks at start, so all la hear the same: why should a key of start score so low?")
    need(start.min() < 0.99, "every la looks at start alone, so all la hear the same: its share should shrink")
    small = "the answers differ by less than 0.01 somewhere: make the two values differ by more, or the scores less"
    need(gaps.min() >= 0.01 - 1e-9, small)


def _table(name, value):
    table = numbers(value, None, name)
    rows = f"{name} should have six rows, one a word, and two axes; yours is of shape {table.shape}"
    need(table.ndim == 2 and len(table) == 6 and table.shape[1], rows)
    need(np.isfinite(table).all(), f"there is a NaN or an infinity in {name}")
    need(np.abs(table).max() < 1e100, f"{name} holds numbers that no computer can multiply")
    return table


WHY = {
    "no_code": "under the mask alone, can it tell two back from three back sharply, even at 16?",
    "learned": "how many rows has its table after training on 16 places?",
    "sinusoidal": "the vectors added at places 16 to 31 never came up in training; must a layer of weights know them?",
    "rotary": "two back is the same turn at place 5 and at place 30",
    "alibi": "a score that falls with distance is highest at the word itself; where should the peak be here?",
}


@exercise(
    "9.5",
    "which code survives twice the length?",
    reveals="Here rotary does. At four times the length it does not, either: see the figures below.",
)
def survives(no_code, learned, sinusoidal, rotary, alibi):
    """Check the learner's five forecasts against what was measured."""
    given = dict(zip(WHY, (no_code, learned, sinusoidal, rotary, alibi), strict=True))
    for name, verdict in given.items():
        need(isinstance(verdict, bool | np.bool_), f"{name} should be True or False, without quotation marks")
    seen = recipes.measured("09_positions")["accuracy"]["2 back, one layer"]
    right = {name: _holds(seen["none" if name == "no_code" else name]["accuracy"]["32"]) for name in given}
    wrong = [name for name, verdict in given.items() if bool(verdict) != right[name]]
    if wrong:
        count = "One of the five is" if len(wrong) == 1 else f"{len(wrong)} of the five are"
        need(False, f"{count} not what was measured. Think about {wrong[0]} again: {WHY[wrong[0]]}")


def _holds(accuracies):
    return all(accuracy is not None and accuracy >= 0.9 for accuracy in accuracies)
