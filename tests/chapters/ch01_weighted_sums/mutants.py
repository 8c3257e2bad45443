"""Wrong and unusual right answers to the exercises of chapter 01."""

import numpy as np

from tests.mutants import right, wrong

# --- 1.1 rows to one ------------------------------------------------------------------------------------------------


@wrong("1.1", "every column sums to one")
def columns(table):
    return table / np.where(table.sum(0) > 0, table.sum(0), 1)


@wrong("1.1", "whole table sums to one")
def grand_total(table):
    return table / table.sum()


@wrong("1.1", "0 / 0")
def nan_rows(table):
    with np.errstate(invalid="ignore"):
        return table / table.sum(1, keepdims=True)


@wrong("1.1", "equal share for all")
def uniform_where_silent(table):
    totals = table.sum(1, keepdims=True)
    return np.where(totals > 0, table / np.where(totals > 0, totals, 1), 1 / table.shape[1])


@wrong("1.1", "must have the shape (3, 1)")
def no_keepdims(table):
    return table / table.sum(1)


@wrong("1.1", "largest vote")
def by_maximum(table):
    return table / np.maximum(table.max(1, keepdims=True), 1e-12)


@wrong("1.1", "proportions")
def softmax(table):
    e = np.exp(table)
    return e / e.sum(1, keepdims=True)


@wrong("1.1", "number of votes")
def by_count(table):
    return table / table.shape[1]


@wrong("1.1", "changed the array")
def in_place(table):
    for row in table:
        row[:] = row / row.sum() if row.sum() else 0
    return table


@wrong("1.1", "returned nothing")
def forgot_return(table):
    table / table.sum(1, keepdims=True)


@wrong("1.1", "nothing has changed")
def unchanged(table):
    return table.copy()


@wrong("1.1", "left as it is; it should grow")
def small_rows_forgotten(table):
    return table / np.maximum(table.sum(1, keepdims=True), 1)


@wrong("1.1", "counted in the sum")
def zeros_counted_as_ones(table):
    return table / np.where(table == 0, 1, table).sum(1, keepdims=True)


@wrong("1.1", "only a row of nothing but zeros is special")
def only_rows_without_zeros(table):
    return np.array([row / row.sum() if row.all() else row for row in table])


@wrong("1.1", "mean of each row")
def by_mean(table):
    return table / np.maximum(table.mean(1, keepdims=True), 1e-300)


@wrong("1.1", "everything became 0")
def whole_numbers(table):
    return table // np.maximum(table.sum(1, keepdims=True), 1)


@right("1.1")
def fractions(table):
    from fractions import Fraction

    rows = [[Fraction(float(x)) for x in row] for row in table]
    return [[x / sum(row) if sum(row) else x for x in row] for row in rows]


@right("1.1")
def with_a_loop(table):
    rows = []
    for row in table.tolist():
        total = sum(row)
        rows.append([x / total for x in row] if total else row)
    return rows


@right("1.1")
def with_nan_to_num(table):
    with np.errstate(invalid="ignore"):
        return np.nan_to_num((table.T / table.sum(axis=1)).T)


# --- 1.2 a moving average is a matrix -------------------------------------------------------------------------------


def band(n, reach):
    return (abs(np.arange(n)[:, None] - np.arange(n)) <= reach).astype(float)


@wrong("1.2", "who may listen to whom")
def only_marks(n, reach):
    return band(n, reach)


@wrong("1.2", "at the ends the rows do not sum to one")
def same_divisor(n, reach):
    return band(n, reach) / (2 * reach + 1)


@wrong("1.2", "the columns sum to one")
def columns_to_one(n, reach):
    return band(n, reach) / band(n, reach).sum(0)


@wrong("1.2", "no ring")
def wraps_around(n, reach):
    first = np.isin(np.arange(n), np.arange(-reach, reach + 1) % n).astype(float)
    rows = np.stack([np.roll(first, i) for i in range(n)])
    return rows / rows.sum(1, keepdims=True)


@wrong("1.2", "exactly `reach` steps away")
def too_short(n, reach):
    rows = band(n, max(reach - 1, 0))
    return rows / rows.sum(1, keepdims=True)


@wrong("1.2", "one side only")
def only_the_past(n, reach):
    rows = np.tril(band(n, reach))
    return rows / rows.sum(1, keepdims=True)


@wrong("1.2", "listen to itself")
def without_itself(n, reach):
    rows = band(n, reach) - np.eye(n)
    return rows / np.maximum(rows.sum(1, keepdims=True), 1)


@wrong("1.2", "one step too far")
def too_long(n, reach):
    rows = band(n, reach + 1)
    return rows / rows.sum(1, keepdims=True)


@wrong("1.2", "row 0 listens to nobody")
def slices_from_the_back(n, reach):
    rows = np.zeros((n, n))
    for i in range(n):
        rows[i, i - reach : i + reach + 1] = 1
        rows[i] /= max(rows[i].sum(), 1)
    return rows


@wrong("1.2", "|i - j|")
def no_absolute_value(n, reach):
    rows = (np.arange(n)[:, None] - np.arange(n) <= reach).astype(float)
    return rows / rows.sum(1, keepdims=True)


@wrong("1.2", "stop one early")
def slice_stops_early(n, reach):
    rows = np.zeros((n, n))
    for i in range(n):
        rows[i, max(0, i - reach) : i + max(reach, 1)] = 1
    return rows / rows.sum(1, keepdims=True)


@right("1.2")
def slice_by_slice(n, reach):
    rows = np.zeros((n, n))
    for i in range(n):
        start, stop = max(0, i - reach), min(n, i + reach + 1)
        rows[i, start:stop] = 1 / (stop - start)
    return rows


# --- 1.3 weights from distance --------------------------------------------------------------------------------------


def closeness(q, k, h):
    return np.exp(-((q[:, None] - k) ** 2) / (2 * h**2))


@wrong("1.3", "rows do not sum to one yet")
def not_normalised(q, k, h):
    return closeness(q, k, h)


@wrong("1.3", "the columns sum to one")
def normalised_over_queries(q, k, h):
    c = closeness(q, k, h)
    return c / c.sum(0)


@wrong("1.3", "a row for each key")
def transposed(q, k, h):
    c = closeness(q, k, h)
    return (c / c.sum(1, keepdims=True)).T


@wrong("1.3", "2 is missing")
def without_the_two(q, k, h):
    c = np.exp(-((q[:, None] - k) ** 2) / h**2)
    return c / c.sum(1, keepdims=True)


@wrong("1.3", "bandwidth should be squared")
def bandwidth_not_squared(q, k, h):
    c = np.exp(-((q[:, None] - k) ** 2) / (2 * h))
    return c / c.sum(1, keepdims=True)


@wrong("1.3", "put brackets around")
def missing_brackets(q, k, h):
    c = np.exp(-((q[:, None] - k) ** 2) / 2 * h**2)
    return c / c.sum(1, keepdims=True)


@wrong("1.3", "distance should be squared")
def absolute_distance(q, k, h):
    c = np.exp(-abs(q[:, None] - k) / (2 * h**2))
    return c / c.sum(1, keepdims=True)


@wrong("1.3", "where is the minus")
def plus_sign(q, k, h):
    c = np.exp((q[:, None] - k) ** 2 / (2 * h**2))
    return c / c.sum(1, keepdims=True)


@wrong("1.3", "bandwidth is not used")
def no_bandwidth(q, k, h):
    c = closeness(q, k, 1)
    return c / c.sum(1, keepdims=True)


@wrong("1.3", "probability density")
def a_density(q, k, h):
    return closeness(q, k, h) / (h * np.sqrt(2 * np.pi))


@wrong("1.3", "give one of them a new axis")
def subtracts_without_axes(q, k, h):
    c = np.exp(-((q - k) ** 2) / (2 * h**2))
    return c / c.sum()


@wrong("1.3", "all weights together")
def whole_table_and_missing_brackets(q, k, h):
    c = np.exp(-((q[:, None] - k) ** 2) / 2 * h**2)
    return c / c.sum()


@right("1.3")
def softmax_of_scores(q, k, h):
    scores = -0.5 * np.square(np.subtract.outer(q, k) / h)
    e = np.exp(scores - scores.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


@right("1.3")
def two_loops(q, k, h):
    rows = []
    for a in q:
        row = [2.718281828459045 ** (-((a - b) ** 2) / (2 * h * h)) for b in k]
        rows.append([x / sum(row) for x in row])
    return rows


# --- 1.4 leave one out ----------------------------------------------------------------------------------------------


def without_own_vote(x, h):
    c = closeness(x, x, h) * (1 - np.eye(len(x)))
    return c / c.sum(1, keepdims=True)


@wrong("1.4", "voted for itself")
def own_vote(x, y, h):
    c = closeness(x, x, h)
    return np.mean((c / c.sum(1, keepdims=True) @ y - y) ** 2)


@wrong("1.4", "after the rows had been made")
def removed_too_late(x, y, h):
    c = closeness(x, x, h)
    c = c / c.sum(1, keepdims=True)
    np.fill_diagonal(c, 0)
    return np.mean((c @ y - y) ** 2)


@wrong("1.4", "this is the root")
def root(x, y, h):
    return np.sqrt(np.mean((without_own_vote(x, h) @ y - y) ** 2))


@wrong("1.4", "this is the sum")
def summed(x, y, h):
    return np.sum((without_own_vote(x, h) @ y - y) ** 2)


@wrong("1.4", "absolute errors")
def absolute(x, y, h):
    return np.mean(abs(without_own_vote(x, h) @ y - y))


@wrong("1.4", "both signs cancel")
def signed(x, y, h):
    return np.mean(without_own_vote(x, h) @ y - y)


@wrong("1.4", "should be a single number; yours is of shape (12,)")
def one_error_each(x, y, h):
    return (without_own_vote(x, h) @ y - y) ** 2


@wrong("1.4", "must sum to one again")
def never_summed_to_one(x, y, h):
    return np.mean((closeness(x, x, h) * (1 - np.eye(len(x))) @ y - y) ** 2)


@wrong("1.4", "both signs cancel")
def signed_the_other_way(x, y, h):
    return np.mean(y - without_own_vote(x, h) @ y)


@wrong("1.4", "another reading in the same place")
def everybody_at_the_same_place(x, y, h):
    c = closeness(x, x, h) * (x[:, None] != x)
    return np.mean((c / c.sum(1, keepdims=True) @ y - y) ** 2)


@wrong("1.4", "changed the array")
def sorts_the_positions(x, y, h):
    x.sort()
    return 0.0


@right("1.4")
def really_leave_one_out(x, y, h):
    total = 0
    for i in range(len(x)):
        others = np.arange(len(x)) != i
        total += (np.average(y[others], weights=np.exp(-((x[others] - x[i]) ** 2) / 2 / h**2)) - y[i]) ** 2
    return total / len(x)


# --- 1.5 the average so far -----------------------------------------------------------------------------------------


@wrong("1.5", "do not sum to one yet")
def marks(n):
    return np.tri(n)


@wrong("1.5", "points the wrong way")
def upper(n):
    return np.triu(np.ones((n, n))) / np.arange(n, 0, -1)[:, None]


@wrong("1.5", "the columns sum to one; each row should")
def normalised_down(n):
    return np.tri(n) / np.tri(n).sum(0)


@wrong("1.5", "row i has only i + 1 voices")
def by_n(n):
    return np.tri(n) / n


@wrong("1.5", "there is a NaN")
def strictly_before(n):
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.tri(n, k=-1) / np.arange(n)[:, None]


@wrong("1.5", "listen to itself, too")
def strictly_before_guarded(n):
    return np.tri(n, k=-1) / np.maximum(np.arange(n), 1)[:, None]


@wrong("1.5", "plain mean")
def everyone(n):
    return np.full((n, n), 1 / n)


@wrong("1.5", "rows and columns are exchanged")
def exchanged(n):
    return (np.tri(n) / np.arange(1, n + 1)[:, None]).T


@wrong("1.5", "divided by 0")
def one_voice_too_few(n):
    with np.errstate(all="ignore"):
        return np.tri(n) / np.arange(n)[:, None]


@wrong("1.5", "see keepdims")
def totals_along_the_columns(n):
    return np.tri(n) / np.tri(n).sum(1)


@wrong("1.5", "one place of the future")
def one_ahead(n):
    return np.tri(n, k=1) / np.tri(n, k=1).sum(1, keepdims=True)


@right("1.5")
def running_mean_of_unit_vectors(n):
    return np.cumsum(np.eye(n), axis=1).T / (1 + np.arange(n)).reshape(-1, 1)


# --- 1.6 can it be reached? -----------------------------------------------------------------------------------------

K, L, M = [0, 0, 1, 0], [0.25] * 4, [0.75, 0.25, 0, 0]
wrong("1.6", "has a negative weight", K, L, M, [-0.5, 1.25, 0.25, 0])
wrong("1.6", "sums to", K, L, M, [0, 1, 0.25, 0])
wrong("1.6", "K lies inside", None, L, M, None)
wrong("1.6", "leads to (3, 0), not to (1, 0)", K, L, [0.25, 0.75, 0, 0], None)
wrong("1.6", "leads to (0, 4), not to (4, 4)", [0, 0, 0, 1], L, M, None)
wrong("1.6", "is there no such row", K, L, M, [0, 0.75, 0.25, 0])
wrong("1.6", "should be of shape (4,)", K, [0.5, 0.5], M, None)
right("1.6", np.eye(4)[2], [0.5, 0, 0.5, 0], (0.75, 0.25, 0, 0), None)
wrong("1.6", "sums to 0.999997", K, L, [0.75, 0.249997, 0, 0], None)
wrong("1.6", "without quotation marks", K, L, M, "None")
right("1.6", K, [0.1, 0.4, 0.1, 0.4], M, None)
