"""A fair comparison: the same small search for every model, and the same tests."""

import itertools
import math
from dataclasses import dataclass

from utils.training import live_plot


@dataclass
class Found:
    """What ``search`` found for one model."""

    setting: dict  # the best of those tried on the validation seed
    trials: list  # (setting, History) for each that was tried
    tests: list  # the History of the best setting on each test seed


def search(models, run, *, validation=0, tests=(1, 2, 3), score=None):
    """Choose each model's setting on one seed, after equally many trials, and run it on the test seeds.

    models: {name: {setting: values to try}}; values are combined, as many combinations for every model
    run: run(name, seed, **setting) -> History; makes that model from the seed and trains it, as long as all others
    score: score(history) -> anything that can be compared, the larger the better
        (if left out: who reached ``until`` first, else the last of the first metric, else the lowest loss)

    Returns {name: Found}. An interrupt stops it; run again, it goes on where it was.
    Raises ValueError where it would not be fair: unequal numbers of trials or steps, a test seed that also chooses.

    >>> from utils.training.history import History
    >>> run = lambda name, seed, lr: History(losses=[abs(lr - 3) + seed], planned=10, status="finished")
    >>> search({"line": {"lr": [1, 3, 9]}}, run)["line"].setting
    {'lr': 3}
    """
    settings = {name: combinations(name, grid) for name, grid in models.items()}
    counts = {name: len(each) for name, each in settings.items()}
    if len(set(counts.values())) != 1 or 0 in counts.values():
        raise ValueError(f"every model needs equally many trials, at least one: {counts}")
    if not tests or validation in tests:
        raise ValueError(f"the test seeds {list(tests)} must be others than the validation seed {validation}")
    with live_plot.board(f"Searching: {', '.join(models)}") as board:
        trial = _Trial(run, board, sum(counts.values()) + len(models) * len(tests))
        return {name: _found(name, each, trial, validation, tests, score or _soon) for name, each in settings.items()}


class _Trial:
    """Runs one trial after the other, and refuses those that are not equal."""

    def __init__(self, run, board, count):
        self.run, self.board, self.count, self.number, self.planned = run, board, count, 0, None

    def __call__(self, name, seed, setting):
        self.number += 1
        said = ", ".join([name, *(f"{key} {value}" for key, value in setting.items()), f"seed {seed}"])
        self.board.title = f"Run {self.number} of {self.count}: {said}"
        history = self.run(name, seed, **setting)
        if history.status == "interrupted":
            raise KeyboardInterrupt(f"in run {self.number} of {self.count}, {said}; run the cell again to go on")
        self.planned = self.planned or history.planned
        if history.planned != self.planned:
            raise ValueError(
                f"all runs need the same number of steps: {said} has {history.planned}, not {self.planned}"
            )
        return history


def _found(name, settings, trial, validation, tests, score):
    trials = [(setting, trial(name, validation, setting)) for setting in settings]
    best, _ = max(trials, key=lambda tried: score(tried[1]))
    return Found(best, trials, [trial(name, seed, best) for seed in tests])


def combinations(name, grid):
    """Return every combination of the values in a grid {setting: values}, each as a dictionary.

    Raises ValueError for values that are no list, and says of which model.
    """
    for setting, values in grid.items():
        if isinstance(values, str) or not hasattr(values, "__iter__"):
            raise ValueError(f"{name}: the values of {setting} should be a list of values to try, not {values!r}")
    return [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]


def _soon(history):
    """Order runs: those that reached their goal by how soon, below them the others by how near they came."""
    if history.status == "reached":
        return True, -history.done
    last = history.metric()[-1] if history.metrics else -history.losses[-1]
    return False, -math.inf if math.isnan(last) or history.status == "diverged" else last
