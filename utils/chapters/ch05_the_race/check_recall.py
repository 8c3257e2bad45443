"""Check of exercise 5.1: rows for associative recall, and the ways in which they give the answer away."""

import numpy as np

from utils.checks.framework import exercise
from utils.checks.reading import call, need, numbers

N, ROWS = 5, 4000


@exercise("5.1", "rows without a leak", reveals="No place, no key and no value tells the answer; only looking does.")
def recall_rows(answer):
    """Check the learner's ``recall_rows(n, batch, rng)``."""
    for n, batch in ((3, 1), (16, 8), (N, ROWS)):
        x, y = _two(call(answer, n, batch, np.random.default_rng(51)), n, batch)
        _makes_sense(x, y, n)
    _leaks_nothing(x, y)
    again, _ = _two(call(answer, N, ROWS, np.random.default_rng(51)), N, ROWS)
    need((again == x).all(), "the same seed gave other rows: draw everything with the rng that is handed in")
    other, _ = _two(call(answer, N, ROWS, np.random.default_rng(52)), N, ROWS)
    need((other != x).any(), "another seed gave the same rows: draw everything with the rng that is handed in")


def _two(result, n, batch):
    need(
        isinstance(result, tuple | list) and len(result) == 2,
        "two things are asked for: return x, y",
    )
    x, y = numbers(result[0], None, "x"), numbers(result[1], None, "y")
    need(x.shape != (batch, n, 2), "the last item is missing: after the n pairs comes one that asks")
    need(x.shape == (batch, n + 1, 2), f"x should be of shape {(batch, n + 1, 2)}; yours is {x.shape}")
    need(y.shape == (batch,), f"y should be of shape {(batch,)}, one answer a row; yours is {y.shape}")
    need(np.isfinite(x).all() and (x == x.round()).all(), "x should hold whole numbers")
    return x.astype(int), y


def _makes_sense(x, y, n):
    keys, values, asked = x[:, :-1, 0], x[:, :-1, 1], x[:, -1, 0]
    in_range = ((x[..., 0] >= 0) & (x[..., 0] < 16)).all() and ((values >= 0) & (values < 16)).all()
    need(in_range, "keys and values are whole numbers from 0 to 15")
    need((x[:, -1, 1] != y).any(), "the answer stands in the row: the last item's value must be the blank, 16")
    need((x[:, -1, 1] == 16).all(), "the last item has no value: there should be the blank, 16")
    need(_distinct(keys), "in some row a key comes twice: which of its values is right then?")
    found = keys == asked[:, None]
    need(found.any(1).all(), "in some row the key that is asked for is not among the pairs")
    right = (values * found).sum(1)
    need((y == right).all() or not (y == asked).all(), "y is the key that is asked for; its value is the answer")
    place = found.argmax(1)
    need((y == right).all() or not (y == place).all(), "y is the place of the pair; its value is the answer")
    need((y == right).all(), "in some row y is not the value that went with the key")
    need(_distinct(values), "in some row a value comes twice: then guessing it is right more often than it should be")


def _distinct(table):
    ordered = np.sort(table, axis=1)
    return (ordered[:, 1:] != ordered[:, :-1]).all()


def _leaks_nothing(x, y):
    keys, values, asked = x[:, :-1, 0], x[:, :-1, 1], x[:, -1, 0]
    need((x != x[:1]).any(), "all rows of the batch are the same row")
    shares = np.bincount((keys == asked[:, None]).argmax(1), minlength=N) / ROWS
    need(
        shares.max() < 0.9,
        f"in the whole batch it is always the pair at place {shares.argmax()} that is asked for: a model need only look there, whatever the key",
    )
    need(
        abs(shares - 1 / N).max() < 0.05,
        "some places are asked for more often than others: every pair should have the same chance",
    )
    pairs = np.zeros((16, 16))
    np.add.at(pairs, (keys.ravel(), values.ravel()), 1)
    for_key = pairs.max(1) / np.maximum(pairs.sum(1), 1)
    need(
        for_key.max() < 0.3,
        "a key tends to have the same value in every row: a model can learn the table by heart and never look",
    )
    need(
        (pairs.sum(1) > 0).all() and (pairs.sum(0) > 0).all(),
        "some of the 16 keys or values never come: in every row they should be drawn from all of them",
    )
    at_place = max((np.bincount(values[:, j], minlength=16) / ROWS).max() for j in range(N))
    need(at_place < 0.3, "at some place nearly always the same value stands: then the place tells the value")
