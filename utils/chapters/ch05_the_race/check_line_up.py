"""Check of exercise 5.5: ten maps, ten machines."""

from utils.chapters.ch05_the_race.line_up import MACHINES, ORDER
from utils.checks.framework import exercise
from utils.checks.reading import need

LOOK = {
    "mean": "how much do the items of a row differ from each other?",
    "moving average": "how far back does a row look, and does that change from row to row?",
    "fading average": "follow a diagonal: does it change its shade?",
    "kernel regression": "may a row look ahead, at columns to its right?",
    "RNN": "how many steps back is there anything to see?",
    "RNN, orthogonal": "is it exactly even, or only nearly?",
    "GRU": "follow one column downward: what happens to all columns at once in some rows?",
    "LSTM": "read what the last row sums to: who may write without giving anything up?",
    "attention read, first symbol": "where would a machine look that is asked for the first item?",
    "attention read, pairs": "does the dark cell stand at the same place in every row?",
}


@exercise("5.5", "the line-up", reveals="Mean, fade, gates, attention: each is another way to fill the same matrix.")
def line_up(answer):
    """Check the learner's {letter: machine}."""
    need(isinstance(answer, dict), "a dictionary is asked for: a letter and a machine for each of the ten maps")
    letters = list(ORDER)
    missing = [letter for letter in letters if letter not in answer]
    need(not missing, f"there is no answer for {', '.join(missing)}")
    strange = [name for name in answer.values() if name not in MACHINES]
    need(not strange, f"{strange[0] if strange else ''!r} is not one of the ten machines: {', '.join(MACHINES)}"[:200])
    names = [answer[letter] for letter in letters]
    twice = [name for name in MACHINES if names.count(name) > 1]
    need(not twice, f"{twice[0] if twice else ''} stands for more than one map; every machine drew one")
    wrong = [letter for letter in letters if answer[letter] != ORDER[letter]]
    if wrong:
        first = wrong[0]
        said = f"{10 - len(wrong)} of ten are right. You call map {first} {answer[first]!r}: {LOOK[answer[first]]}"
        need(False, said)
