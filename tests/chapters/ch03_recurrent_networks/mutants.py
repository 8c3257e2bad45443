"""Wrong and unusual right answers to the exercises of chapter 03."""

import math

import numpy as np

from tests.mutants import right, wrong

# --- 3.1 the α of a memory that fades -------------------------------------------------------------------------------


def _ema(n, keep, write=None, start=1.0):
    rows, row = [], np.eye(1 + n)[0] * start
    for t in range(1, n + 1):
        row = keep * row
        row[t] = 1 - keep if write is None else write
        rows.append(row)
    return np.array(rows)


@wrong("3.1", "exchanged")
def keep_for_write(n, keep):
    return _ema(n, 1 - keep)


@wrong("3.1", "written whole")
def whole(n, keep):
    return _ema(n, keep, write=1.0)


@wrong("3.1", "no factor 1 - keep")
def start_written(n, keep):
    return _ema(n, keep, start=1 - keep)


@wrong("3.1", "no column for the start")
def no_start_column(n, keep):
    return _ema(n, keep)[:, 1:]


@wrong("3.1", "before the first step")
def with_row_zero(n, keep):
    return np.vstack([np.eye(1 + n)[0], _ema(n, keep)])


@wrong("3.1", "run backwards")
def backwards(n, keep):
    return _ema(n, keep)[:, ::-1]


@wrong("3.1", "its place is column 0")
def start_last(n, keep):
    return np.roll(_ema(n, keep), -1, axis=1)


@wrong("3.1", "keep a copy")
def one_row(n, keep):
    row = np.eye(1 + n)[0]
    rows = []
    for t in range(1, n + 1):
        row *= keep
        row[t] = 1 - keep
        rows.append(row)
    return np.array(rows)


@wrong("3.1", "column 0 should hold")
def start_forgotten(n, keep):
    return _ema(n, keep, start=0.0)


@wrong("3.1", "already faded once")
def late(n, keep):
    weights = _ema(n, keep)
    weights[:, 1:] *= keep
    return weights


@wrong("3.1", "by dividing")
def normalised(n, keep):
    table = _ema(n, keep, write=1.0)
    return table / table.sum(1, keepdims=True)


@right("3.1")
def by_formula(n, keep):
    return [
        [keep**t] + [(1 - keep) * keep ** (t - s) if s <= t else 0 for s in range(1, n + 1)] for t in range(1, n + 1)
    ]


# --- 3.2 carry the state --------------------------------------------------------------------------------------------


@wrong("3.2", "not carried")
def not_carried(xs, h, W_in, W_rec):
    return np.array([np.tanh(W_in @ x + W_rec @ h) for x in xs])


@wrong("3.2", "only one state")
def last_only(xs, h, W_in, W_rec):
    for x in xs:
        h = np.tanh(W_in @ x + W_rec @ h)
    return h


@wrong("3.2", "T rows")
def start_too(xs, h, W_in, W_rec):
    states = [h]
    for x in xs:
        states.append(np.tanh(W_in @ x + W_rec @ states[-1]))
    return np.array(states)


@wrong("3.2", "the tanh is missing")
def no_tanh(xs, h, W_in, W_rec):
    states = []
    for x in xs:
        h = W_in @ x + W_rec @ h
        states.append(h)
    return np.array(states)


@wrong("3.2", "came after the loop")
def tanh_at_the_end(xs, h, W_in, W_rec):
    return np.tanh(no_tanh(xs, h, W_in, W_rec))


@wrong("3.2", "was not used")
def from_zeros(xs, h, W_in, W_rec):
    return carried(xs, 0 * h, W_in, W_rec)


@wrong("3.2", "old state is not in it")
def input_only(xs, h, W_in, W_rec):
    return np.tanh(xs @ W_in.T)


@wrong("3.2", "on its side")
def transposed(xs, h, W_in, W_rec):
    return carried(xs, h, W_in, W_rec.T)


@wrong("3.2", "from its end")
def reversed_in_time(xs, h, W_in, W_rec):
    return carried(xs[::-1], h, W_in, W_rec)


@wrong("3.2", "again and again")
def same_array(xs, h, W_in, W_rec):
    h, states = h.copy(), []
    for x in xs:
        h[:] = np.tanh(W_in @ x + W_rec @ h)
        states.append(h)
    return np.array(states)


@wrong("3.2", "inside the loop")
def returned_too_soon(xs, h, W_in, W_rec):
    return carried(xs, h, W_in, W_rec)[:1]


@wrong("3.2", "W_rec is missing")
def no_matrix_for_the_state(xs, h, W_in, W_rec):
    return carried(xs, h, W_in, np.eye(len(h)))


@wrong("3.2", "before its step")
def kept_too_soon(xs, h, W_in, W_rec):
    return [h, *carried(xs, h, W_in, W_rec)[:-1]]


@wrong("3.2", "round the whole sum")
def input_bent_only(xs, h, W_in, W_rec):
    states = []
    for x in xs:
        h = np.tanh(W_in @ x) + W_rec @ h
        states.append(h)
    return states


@right("3.2")
def carried(xs, h, W_in, W_rec):
    if not len(xs):
        return np.zeros((0, len(h)))
    both = np.hstack([W_in, W_rec])
    out = [np.tanh(both @ np.concatenate([xs[0], h]))]
    for x in xs[1:]:
        out = [*out, np.tanh(both @ np.concatenate([x, out[-1]]))]
    return out


# --- 3.3 one step back ----------------------------------------------------------------------------------------------


@wrong("3.3", "way forward")
def forward(d_h, h, W):
    return W @ (d_h * (1 - h**2))


@wrong("3.3", "slope of the tanh is missing")
def no_slope(d_h, h, W):
    return W.T @ d_h


@wrong("3.3", "slope came after the matrix")
def slope_last(d_h, h, W):
    return (W.T @ d_h) * (1 - h**2)


@wrong("3.3", "matrix is missing")
def no_matrix(d_h, h, W):
    return d_h * (1 - h**2)


@wrong("3.3", "h squared")
def squared(d_h, h, W):
    return W.T @ (d_h * h**2)


@wrong("3.3", "tanh already")
def tanh_twice(d_h, h, W):
    return W.T @ (d_h * (1 - np.tanh(h) ** 2))


@wrong("3.3", "not 1 minus h")
def linear_slope(d_h, h, W):
    return W.T @ (d_h * (1 - h))


@wrong("3.3", "unchanged")
def passed_on(d_h, h, W):
    return d_h.copy()


@right("3.3")
def by_loops(d_h, h, W):
    return [sum(d_h[i] * (1 - h[i]) * (1 + h[i]) * W[i, j] for i in range(len(h))) for j in range(len(h))]


# --- 3.4 clip -------------------------------------------------------------------------------------------------------


@wrong("3.4", "changes the direction")
def by_entry(gradient, most):
    return np.clip(gradient, -most, most)


@wrong("3.4", "leave it alone")
def always(gradient, most):
    return gradient * most / max(np.linalg.norm(gradient), 1e-12)


@wrong("3.4", "as long as 1")
def to_one(gradient, most):
    length = np.linalg.norm(gradient)
    return gradient / length if length > most else gradient


@wrong("3.4", "it is unchanged")
def nothing_done(gradient, most):
    return gradient.copy()


@wrong("3.4", "the root is missing")
def square_length(gradient, most):
    length = (gradient**2).sum()
    return gradient * most / length if length > most else gradient


@wrong("3.4", "largest entry")
def largest(gradient, most):
    length = abs(gradient).max()
    return gradient * most / length if length > most else gradient


@wrong("3.4", "sum of the entries")
def summed(gradient, most):
    length = abs(gradient).sum()
    return gradient * most / length if length > most else gradient


@wrong("3.4", "no length to divide by")
def zero_by_zero(gradient, most):
    with np.errstate(invalid="ignore"):
        return gradient * np.minimum(1, most / np.linalg.norm(gradient)) if gradient.any() else gradient / 0.0


@wrong("3.4", "should become shorter")
def thrown_away(gradient, most):
    return gradient if np.linalg.norm(gradient) <= most else np.zeros_like(gradient)


@right("3.4")
def by_factor(gradient, most):
    factor = min(1.0, most / (math.sqrt(sum(x * x for x in gradient)) or 1.0))
    return [factor * x for x in gradient]


# --- 3.5 sensitivity ------------------------------------------------------------------------------------------------


def _felt(h, W_in, W_rec, slope=None, size=np.linalg.norm):
    slope = 1 - h**2 if slope is None else slope
    sizes = np.zeros((len(h), len(h)))
    for s in range(len(h)):
        J = slope[s][:, None] * W_in
        sizes[s, s] = size(J)
        for t in range(s + 1, len(h)):
            J = slope[t][:, None] * (W_rec @ J)
            sizes[t, s] = size(J)
    return sizes


@wrong("3.5", "slopes of the tanh are missing")
def straight(h, W_in, W_rec):
    return _felt(h, W_in, W_rec, slope=np.ones_like(h))


@wrong("3.5", "1 minus the square")
def wrong_slope(h, W_in, W_rec):
    return _felt(h, W_in, W_rec, slope=np.abs(1 - h))


@wrong("3.5", "the first step")
def no_first_slope(h, W_in, W_rec):
    slope, sizes = 1 - h**2, np.zeros((len(h), len(h)))
    for s in range(len(h)):
        J = W_in
        sizes[s, s] = np.linalg.norm(J)
        for t in range(s + 1, len(h)):
            J = slope[t][:, None] * (W_rec @ J)
            sizes[t, s] = np.linalg.norm(J)
    return sizes


@wrong("3.5", "no tanh again")
def tanh_of_h(h, W_in, W_rec):
    return _felt(np.tanh(h), W_in, W_rec)


@wrong("3.5", "one step late")
def slope_before(h, W_in, W_rec):
    slope, sizes = 1 - h**2, np.zeros((len(h), len(h)))
    for s in range(len(h)):
        J = slope[s][:, None] * W_in
        sizes[s, s] = np.linalg.norm(J)
        for t in range(s + 1, len(h)):
            J = slope[t - 1][:, None] * (W_rec @ J)
            sizes[t, s] = np.linalg.norm(J)
    return sizes


@wrong("3.5", "wrong side")
def slope_by_columns(h, W_in, W_rec):
    slope, sizes = 1 - h**2, np.zeros((len(h), len(h)))
    for s in range(len(h)):
        J = slope[s][:, None] * W_in
        sizes[s, s] = np.linalg.norm(J)
        for t in range(s + 1, len(h)):
            J = (W_rec * slope[t]) @ J
            sizes[t, s] = np.linalg.norm(J)
    return sizes


@wrong("3.5", "input's matrix")
def no_input(h, W_in, W_rec):
    return _felt(h, np.eye(h.shape[1]), W_rec)


@wrong("3.5", "on its side")
def matrix_on_its_side(h, W_in, W_rec):
    return _felt(h, W_in, W_rec.T)


@wrong("3.5", "rows and columns are exchanged")
def turned(h, W_in, W_rec):
    return _felt(h, W_in, W_rec).T


@wrong("3.5", "sum to one")
def shares(h, W_in, W_rec):
    sizes = _felt(h, W_in, W_rec)
    return sizes / sizes.sum(1, keepdims=True)


@wrong("3.5", "squares")
def squares(h, W_in, W_rec):
    return _felt(h, W_in, W_rec) ** 2


@wrong("3.5", "worst direction")
def spectral(h, W_in, W_rec):
    return _felt(h, W_in, W_rec, size=lambda J: np.linalg.norm(J, 2))


@wrong("3.5", "only the diagonal")
def diagonal(h, W_in, W_rec):
    return np.diag(np.diag(_felt(h, W_in, W_rec)))


@wrong("3.5", "the order matters")
def wrong_order(h, W_in, W_rec):
    return np.full((len(h),) * 2, np.linalg.norm((W_in * 1.0) @ W_rec[: W_in.shape[1] + 1]))


@wrong("3.5", "NaN or an infinity")
def without_numbers(h, W_in, W_rec):
    return np.full((len(h),) * 2, np.nan)


@right("3.5")
def by_rows(h, W_in, W_rec):
    T, by_input = len(h), []
    table = []
    for t in range(T):
        D = np.diag(1 - h[t] ** 2)
        by_input = [D @ W_rec @ J for J in by_input] + [D @ W_in]
        table.append([float(np.sqrt((J**2).sum())) for J in by_input] + [0.0] * (T - 1 - t))
    return table


# --- 3.6 half-life --------------------------------------------------------------------------------------------------

wrong("3.6", "it is negative", lambda keep: math.log(2) / math.log(keep))
wrong("3.6", "upside down", lambda keep: math.log(keep) / math.log(0.5))
wrong("3.6", "the same amount each step", lambda keep: 0.5 / (1 - keep))
wrong("3.6", "what is left", lambda keep: keep**0.5)
wrong("3.6", "it was rounded", lambda keep: math.ceil(math.log(0.5) / math.log(keep)))
wrong("3.6", "taken for its logarithm", lambda keep: math.log(0.5) / keep)
right("3.6", lambda keep: -1 / math.log2(keep))

# --- 3.7 which start will learn? ------------------------------------------------------------------------------------

wrong("3.7", "one is missing", [1])
wrong("3.7", "after 39 steps", [0.7, 1])
wrong("3.7", "too much of a good thing", [1, 1.5, 3])
wrong("3.7", "the orthogonal matrix itself", [1.5])
wrong("3.7", "none of them?", [])
wrong("3.7", "none of the four radii", [1, 2])
wrong("3.7", "hold numbers", ["one"])
right("3.7", (1.5, 1.0, 1))
right("3.7", {0.7: False, 1: True, 1.5: True, 3: False})
