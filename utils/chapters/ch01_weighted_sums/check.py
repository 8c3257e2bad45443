"""What a right answer is in chapter 01, weighted sums: a check for each exercise, and the questions."""

import numpy as np

from utils.attention.kernel_regression import (
    to_weights as rows_to_one,
)
from utils.chapters.ch01_weighted_sums.check_votes import leave_one_out_error, reached
from utils.chapters.ch01_weighted_sums.questions import recall, yourself
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers

__all__ = [
    "causal_average",
    "gaussian_weights",
    "leave_one_out_error",
    "moving_average",
    "reached",
    "recall",
    "to_weights",
    "yourself",
]

KEEPDIMS = "the totals of the rows were laid along the columns: they need the shape (n, 1), see keepdims"


def _is_row_weights(weights):
    """The two conditions every α of the chapter keeps, each with its own sentence."""
    need(np.isfinite(weights).all(), "there is a NaN or an infinity among the weights: was something divided by 0?")
    need((weights >= 0).all(), "a weight is negative; listening less than not at all is not allowed here")


def _along_columns(table):
    """What dividing by the rows' totals gives without keepdims, where that is possible at all."""
    n, m = table.shape
    return table / np.maximum(table.sum(1), 1e-300) if n == m else np.zeros(0)


@exercise("1.1", "rows to one", reveals="Rows sum to one, and a row with nobody to listen to stays silent.")
def to_weights(answer):
    """Check the learner's ``to_weights(table)``."""
    rng = np.random.default_rng(11)
    for table in (rng.uniform(size=(3, 5)), rng.uniform(size=(4, 4)), rng.integers(1, 9, size=(2, 3))):
        totals = f"The totals must have the shape ({len(table)}, 1), one for each row."
        weights = numbers(call(answer, table, shapes=totals), table.shape, "the result")
        right, powers = rows_to_one(table), np.exp(table - table.max(1, keepdims=True))
        need((weights != 0).any(), "everything became 0: is there a // or an int?")
        compare(
            weights,
            right,
            mistakes={
                "now every column sums to one; it is the rows that should: which axis do you add along?": table
                / table.sum(0),
                "the whole table sums to one; each row should do so by itself": table / table.sum(),
                "you divided by the largest vote of each row, not by the sum of its votes": table
                / table.max(1, keepdims=True),
                "you divided by the mean of each row, not by the sum of its votes": right * table.shape[1],
                "softmax changes the proportions; votes 1 and 3 should become 1/4 and 3/4": powers
                / powers.sum(1, keepdims=True),
                "you divided by the number of votes, not by their sum": table / table.shape[1],
                "nothing has changed: the rows do not sum to one yet": table,
                KEEPDIMS: _along_columns(table),
            },
            otherwise="the rows do not sum to one in the right proportions: votes 1 and 3 should become 1/4 and 3/4",
        )
    lonely = np.array([[1.0, 3.0], [0.0, 0.0]])
    weights = numbers(call(answer, lonely), (2, 2), "the result")
    need(np.isfinite(weights).all(), "the row without a vote became NaN: 0 / 0 has no answer, so do not divide there")
    compare(
        weights,
        rows_to_one(lonely),
        mistakes={
            "the row without a vote became an equal share for all; it should stay zeros": [[0.25, 0.75], [0.5, 0.5]]
        },
        otherwise="look at a table with one row of zeros: that row should stay zeros, the others should still sum to one",
    )
    mixed = np.array([[1.0, 0.0, 3.0], [0.0, 0.2, 0.3], [0.0, 0.0, 0.0]])
    totals = mixed.sum(1, keepdims=True)
    compare(
        numbers(call(answer, mixed), (3, 3), "the result"),
        rows_to_one(mixed),
        mistakes={
            "a row whose votes sum to less than one was left as it is; it should grow": mixed / np.maximum(totals, 1),
            "a vote of zero was counted in the sum": mixed / np.where(mixed == 0, 1, mixed).sum(1, keepdims=True),
        },
        otherwise="a row with a zero beside other votes came out wrong: only a row of nothing but zeros is special",
    )


@exercise(
    "1.2", "a moving average is a matrix", reveals="A filter is a matrix: each row says whom its place listens to."
)
def moving_average(answer):
    """Check the learner's ``moving_average(n, reach)``."""
    for n, reach in ((8, 2), (7, 1), (5, 0), (3, 5)):
        weights = numbers(call(answer, n, reach), (n, n), f"moving_average({n}, {reach})")
        _is_row_weights(weights)
        silent = np.flatnonzero(weights.sum(1) == 0)
        need(
            not len(silent),
            f"row {silent[:1].sum()} listens to nobody: mind the ends, a negative index counts from the back",
        )
        steps = np.arange(n) - np.arange(n)[:, None]
        near, wider = abs(steps) <= reach, abs(steps) <= reach + 1
        ring = np.minimum(steps % n, -steps % n) <= reach
        one_side = "it listens to one side only; a moving average looks both ways"
        compare(
            weights,
            _share(near),
            mistakes={
                "these are marks for who may listen to whom; the rows do not sum to one yet": near,
                "at the ends the rows do not sum to one: fewer neighbours, so each must get more": near
                / (2 * reach + 1),
                "the columns sum to one, not the rows: a row is the place that asks": _share(near).T,
                "the first place listens to the last one; the corridor is no ring": _share(ring),
                "the places exactly `reach` steps away belong to it too": _share(abs(steps) < max(reach, 1)),
                "it reaches one step too far: `reach` steps on each side, no more": _share(wider),
                "one of the two far ends is missing: slices and ranges stop one early": (
                    _share((-reach <= steps) & (steps < max(reach, 1))),
                    _share((-max(reach, 1) < steps) & (steps <= reach)),
                ),
                one_side: (_share(near & (steps <= 0)), _share(near & (steps >= 0))),
                "the reach is kept on one side only: it counts for |i - j|, in both directions": (
                    _share(steps <= reach),
                    _share(-steps <= reach),
                ),
                "a place should also listen to itself": _share(near & (steps != 0)),
                "`reach` is not used: it always goes one step": _share(abs(steps) <= 1),
            },
            otherwise=f"for n = {n} and reach = {reach} at least one row is not an equal share among the places in reach",
        )


def _share(marks):
    return rows_to_one(marks.astype(float))


@exercise(
    "1.3", "weights from distance", reveals="Queries and keys make the weights; the values have not been touched yet."
)
def gaussian_weights(answer):
    """Check the learner's ``gaussian_weights(queries, keys, bandwidth)``."""
    rng = np.random.default_rng(13)
    for n_q, n_k, h in ((3, 5, 0.7), (4, 4, 1.6)):
        queries, keys = rng.uniform(0, 4, size=n_q), rng.uniform(0, 4, size=n_k)
        meet = "Every query meets every key: give one of them a new axis."
        got = numbers(call(answer, queries, keys, h, shapes=meet), None, "α")
        turned = f"α has shape {got.shape}: a row for each key. It should have a row for each query, {(n_q, n_k)}"
        need(n_q == n_k or got.shape != (n_k, n_q), turned)
        weights = numbers(got, (n_q, n_k), "α")
        _is_row_weights(weights)
        whole = np.isclose(weights.sum(), 1) and not np.allclose(weights.sum(1), 1)
        need(not whole, "all weights together sum to one; each row should by itself")
        d = queries[:, None] - keys
        close = np.exp(-(d**2) / (2 * h**2))

        def rows(scores):
            return rows_to_one(np.exp(scores))

        compare(
            weights,
            rows_to_one(close),
            mistakes={
                "this is the closeness; the rows do not sum to one yet": close,
                "the columns sum to one; each row, one query, should": close / close.sum(0),
                "rows and columns are exchanged: a row is a query, a column a key": rows_to_one(close).T,
                KEEPDIMS: _along_columns(close),
                "the factor of a probability density is not needed; rows must sum to one instead": close
                / (h * np.sqrt(2 * np.pi)),
                "the 2 is missing: closeness is exp(-d² / (2 h²))": (rows(-(d**2) / h**2), np.exp(-(d**2) / h**2)),
                "only h is squared in 2 h², not the 2": rows(-(d**2) / (2 * h) ** 2),
                "the bandwidth should be squared: h², as the distance is": rows(-(d**2) / (2 * h)),
                "the bandwidth stands in the denominator: put brackets around 2 h²": rows(-(d**2) / 2 * h**2),
                "the bandwidth is not used": (rows(-(d**2)), rows(-(d**2) / 2)),
                "the distance should be squared": (rows(-abs(d) / (2 * h**2)), rows(-d / (2 * h**2))),
                "the distance should be squared, and divided by 2 h²": (rows(-abs(d) / h), rows(-abs(d))),
                "far keys get more than near ones: where is the minus?": rows(d**2 / (2 * h**2)),
                "far keys get more than near ones: these are the distances, not yet the closeness": rows_to_one(d**2),
            },
            otherwise="the rows are not the closeness exp(-d² / (2 h²)) divided by its sum",
        )


@exercise("1.5", "the average so far", reveals="A causal α is a lower triangle: row i has i + 1 voices.")
def causal_average(answer):
    """Check the learner's ``causal_average(n)``."""
    for n in (4, 7, 1):
        weights = numbers(call(answer, n), (n, n), f"causal_average({n})")
        lower = np.tri(n)
        need(not np.isinf(weights).any(), "row 0 was divided by 0: row i has i + 1 voices, not i")
        need(
            np.isfinite(weights).all(),
            "there is a NaN: the first row had nobody to listen to. It should listen to itself",
        )
        _is_row_weights(weights)
        compare(
            weights,
            rows_to_one(lower),
            mistakes={
                "these are marks for who may speak; the rows do not sum to one yet": lower,
                "each row hears the future instead of the past: the triangle points the wrong way": (
                    rows_to_one(lower.T),
                    lower.T,
                ),
                "rows and columns are exchanged: the columns sum to one and the future speaks": rows_to_one(lower).T,
                "the columns sum to one; each row should: divide along the other axis": lower / lower.sum(0),
                KEEPDIMS: _along_columns(lower),
                "row i has only i + 1 voices, so divide by i + 1 and not by n": lower / n,
                "each row should listen to itself, too; row 0 has no one else": rows_to_one(np.tri(n, k=-1)),
                "each row hears one place of the future": rows_to_one(np.tri(n, k=1)),
                "this is the plain mean: row 0 hears the future": np.full((n, n), 1 / n),
                "each row listens only to itself; the earlier places should be heard as well": np.eye(n),
            },
            otherwise="row i should be i + 1 equal shares and then zeros",
        )
