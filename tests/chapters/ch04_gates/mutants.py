"""Wrong and unusual right answers to the exercises of chapter 04."""

import math

import numpy as np
import torch

from tests.mutants import right, wrong


def sigmoid(s):
    return 1 / (1 + np.exp(-s))


def softmax(s):
    return np.exp(s) / np.exp(s).sum()


def parts(x, h, w):
    return w["weight_ih_l0"] @ x + w["bias_ih_l0"], w["weight_hh_l0"] @ h + w["bias_hh_l0"]


def four(x, h, w):
    return np.split(sum(parts(x, h, w)), 4)


# --- 4.1 one step of an LSTM ----------------------------------------------------------------------------------------


def lstm(
    cell=lambda i, f, g, o, c: sigmoid(f) * c + sigmoid(i) * np.tanh(g), show=lambda o, c: sigmoid(o) * np.tanh(c)
):
    """Make an answer whose cell and whose state are computed so."""

    def answer(x, h, c, weights):
        i, f, g, o = four(x, h, weights)
        new = cell(i, f, g, o, c)
        return show(o, new), new

    return answer


wrong("4.1", "candidate went through the sigmoid", lstm(lambda i, f, g, o, c: sigmoid(f) * c + sigmoid(i) * sigmoid(g)))
wrong("4.1", "did not go through the tanh", lstm(lambda i, f, g, o, c: sigmoid(f) * c + sigmoid(i) * g))
wrong("4.1", "which block is which", lstm(lambda i, o, f, g, c: sigmoid(f) * c + sigmoid(i) * np.tanh(g)))
wrong("4.1", "through a softmax", lstm(lambda i, f, g, o, c: softmax(f) * c + softmax(i) * np.tanh(g)))
wrong("4.1", "write and keep are exchanged", lstm(lambda f, i, g, o, c: sigmoid(f) * c + sigmoid(i) * np.tanh(g)))
wrong(
    "4.1", "candidate and show gate are exchanged", lstm(lambda i, f, o, g, c: sigmoid(f) * c + sigmoid(i) * np.tanh(g))
)
wrong("4.1", "each goes through the sigmoid", lstm(lambda i, f, g, o, c: f * c + i * np.tanh(g)))
wrong("4.1", "the gates went through tanh", lstm(lambda i, f, g, o, c: np.tanh(f) * c + np.tanh(i) * np.tanh(g)))
wrong("4.1", "old cell is missing", lstm(lambda i, f, g, o, c: sigmoid(i) * np.tanh(g)))
wrong("4.1", "kept whole", lstm(lambda i, f, g, o, c: c + sigmoid(i) * np.tanh(g)))
wrong("4.1", "written whole", lstm(lambda i, f, g, o, c: sigmoid(f) * c + np.tanh(g)))
wrong("4.1", "1 - f is written", lstm(lambda i, f, g, o, c: sigmoid(f) * c + (1 - sigmoid(f)) * np.tanh(g)))
wrong("4.1", "belongs to the state only", lstm(lambda i, f, g, o, c: np.tanh(sigmoid(f) * c + sigmoid(i) * np.tanh(g))))
wrong("4.1", "through a tanh, and it is missing", lstm(show=lambda o, c: sigmoid(o) * c))
wrong("4.1", "show gate is missing", lstm(show=lambda o, c: np.tanh(c)))
wrong("4.1", "show gate went through tanh", lstm(show=lambda o, c: np.tanh(o) * np.tanh(c)))
wrong("4.1", "show gate did not go", lstm(show=lambda o, c: o * np.tanh(c)))
wrong("4.1", "not round the product", lstm(show=lambda o, c: np.tanh(sigmoid(o) * c)))


@wrong("4.1", "made from the old cell")
def shows_the_old_cell(x, h, c, weights):
    i, f, g, o = four(x, h, weights)
    return sigmoid(o) * np.tanh(c), sigmoid(f) * c + sigmoid(i) * np.tanh(g)


@wrong("4.1", "every fourth number")
def every_fourth(x, h, c, weights):
    i, f, g, o = sum(parts(x, h, weights)).reshape(-1, 4).T
    new = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(new), new


@wrong("4.1", "two are exchanged")
def cell_first(x, h, c, weights):
    return lstm()(x, h, c, weights)[::-1]


@wrong("4.1", "two things are asked for")
def state_only(x, h, c, weights):
    return lstm()(x, h, c, weights)[0]


@wrong("4.1", "only the input speaks")
def input_only(x, h, c, weights):
    return lstm()(x, h * 0, c, weights | {"bias_hh_l0": 0 * weights["bias_hh_l0"]})


@wrong("4.1", "equal division")
def three_blocks(x, h, c, weights):
    i, f, g = np.split(np.concatenate(parts(x, h, weights)), 3)
    return sigmoid(f) * c + sigmoid(i) * np.tanh(g), c


@right("4.1")
def by_torch(x, h, c, weights):
    cell = torch.nn.LSTMCell(len(x), len(h), dtype=torch.float64)
    cell.load_state_dict({name.removesuffix("_l0"): torch.from_numpy(w) for name, w in weights.items()})
    return cell(*[torch.from_numpy(x), (torch.from_numpy(h), torch.from_numpy(c))])


@right("4.1")
def unit_by_unit(x, h, c, weights):
    said, H, new_h, new_c = sum(parts(x, h, weights)), len(h), [], []
    for k in range(H):
        i, f, o = (1 / (1 + math.exp(-said[k + at * H])) for at in (0, 1, 3))
        new_c.append(f * c[k] + i * math.tanh(said[k + 2 * H]))
        new_h.append(o * math.tanh(new_c[-1]))
    return [new_h, new_c]


# --- 4.2 the α of a cell --------------------------------------------------------------------------------------------


def cell(i, f):
    T = len(f)
    rows, row = [], np.eye(1 + T)[0]
    for t in range(T):
        row = f[t] * row
        row[t + 1] = i[t]
        rows.append(row)
    return np.array(rows)


@wrong("4.2", "start's column is missing")
def no_column_for_the_start(i, f):
    return cell(i, f)[:, 1:]


@wrong("4.2", "stands on its side")
def turned(i, f):
    return cell(i, f).T


@wrong("4.2", "a row too many")
def with_the_first_row(i, f):
    return np.vstack([np.eye(1 + len(f))[0], cell(i, f)])


@wrong("4.2", "write gates are missing")
def no_writing(i, f):
    return cell(np.ones_like(i), f)


@wrong("4.2", "at the step that writes it")
def faded_at_once(i, f):
    weights = cell(i, f)
    weights[:, 1:] *= f
    return weights


@wrong("4.2", "one step late")
def faded_late(i, f):
    rows, row = [], np.eye(1 + len(f))[0]
    for t in range(len(f)):
        row[t + 1] = i[t]
        rows.append(row.copy())
        row = f[t] * row
    return np.array(rows)


@wrong("4.2", "the first column is zero")
def start_forgotten(i, f):
    weights = cell(i, f)
    weights[:, 0] = 0
    return weights


@wrong("4.2", "the start is not faded")
def start_whole(i, f):
    weights = cell(i, f)
    weights[:, 0] = 1
    return weights


@wrong("4.2", "made to sum to one")
def normalised(i, f):
    weights = cell(i, f)
    return weights / weights.sum(1, keepdims=True)


@wrong("4.2", "exchanged")
def gates_exchanged(i, f):
    return cell(f, i)


@wrong("4.2", "all rows are alike")
def the_same_row(i, f):
    rows, row = [], np.eye(1 + len(f))[0]
    for t in range(len(f)):
        row *= f[t]
        row[t + 1] = i[t]
        rows.append(row)
    return np.array(rows)


@wrong("4.2", "written later")
def whole_square(i, f):
    return np.outer(np.cumprod(f), [1, *(i / np.cumprod(f))])


@wrong("4.2", "not faded at all")
def never_faded(i, f):
    return np.tril(np.ones((len(f), 1)) * [1, *i], 1)


@right("4.2")
def ratios_of_products(i, f):
    kept = np.cumprod([1, *f])
    return np.tril(np.outer(kept[1:], 1 / kept) * [1, *i], 1)


@right("4.2")
def by_recursion(i, f):
    def share(t, s):
        return (i[s - 1] if s else 1.0) if t == s else f[t - 1] * share(t - 1, s) if s < t else 0.0

    return [[share(t, s) for s in range(len(f) + 1)] for t in range(1, len(f) + 1)]


# --- 4.3 a forget bias for a half-life ------------------------------------------------------------------------------

wrong("4.3", "this is the gate f", lambda n: 0.5 ** (1 / n))
wrong("4.3", "σ was taken of the gate", lambda n: sigmoid(0.5 ** (1 / n)))
wrong("4.3", "sign is upside down", lambda n: np.log(0.5 ** (-1 / n) - 1))
wrong("4.3", "logarithm of f only", lambda n: np.log(0.5 ** (1 / n)))
wrong("4.3", "to base e", lambda n: np.log2(1 / (2 ** (1 / n) - 1)))
wrong("4.3", "still to be taken", lambda n: 1 / (2 ** (1 / n) - 1))
wrong("4.3", "1/e is left", lambda n: -np.log(np.exp(1 / n) - 1))
wrong("4.3", "not the n-th root", lambda n: np.log((1 - 1 / n) / (1 / n)))
wrong("4.3", "chrono would say so", lambda n: np.log(n))
wrong("4.3", "to the power of n", lambda n: np.log(0.5**n / (1 - 0.5**n)))
wrong("4.3", "is left after", lambda n: n / 10)
right("4.3", lambda n: -np.log(np.expm1(np.log(2) / n)))
right("4.3", lambda n: torch.logit(torch.tensor(0.5, dtype=torch.float64) ** (1 / n)))


@right("4.3")
def by_trying(n):
    biases = np.linspace(-5, 12, 100_001)
    return biases[np.abs(sigmoid(biases) ** n - 0.5).argmin()]


@right("4.3")
def by_search(n):
    low, high = -50.0, 50.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if n * math.log1p(math.exp(-middle)) > math.log(2) else (low, middle)
    return low


# --- 4.4 one step of a GRU ------------------------------------------------------------------------------------------


def gru(mix, order=(0, 1, 2)):
    """Make an answer that mixes so: mix(r, z, n's part from x, n's part from h, h)."""

    def answer(x, h, weights):
        from_x, from_h = (np.split(part, 3) for part in parts(x, h, weights))
        xs, hs = [from_x[at] for at in order], [from_h[at] for at in order]
        return mix(sigmoid(xs[0] + hs[0]), sigmoid(xs[1] + hs[1]), xs[2], hs[2], h)

    return answer


def mixed(r, z, x, s, h):
    return (1 - z) * np.tanh(x + r * s) + z * h


wrong("4.4", "in which z writes", gru(lambda r, z, x, s, h: z * np.tanh(x + r * s) + (1 - z) * h))
wrong("4.4", "did not go through the tanh", gru(lambda r, z, x, s, h: (1 - z) * (x + r * s) + z * h))
wrong("4.4", "it acts on the state's", gru(lambda r, z, x, s, h: (1 - z) * np.tanh(r * x + s) + z * h))
wrong("4.4", "which block is which", gru(mixed, (1, 2, 0)))
wrong("4.4", "r and z are exchanged", gru(mixed, (1, 0, 2)))
wrong("4.4", "r is missing", gru(lambda r, z, x, s, h: (1 - z) * np.tanh(x + s) + z * h))
wrong("4.4", "r multiplies the input's part", gru(lambda r, z, x, s, h: (1 - z) * np.tanh(r * (x + s)) + z * h))
wrong("4.4", "the old state is missing", gru(lambda r, z, x, s, h: (1 - z) * np.tanh(x + r * s)))
wrong("4.4", "added whole", gru(lambda r, z, x, s, h: np.tanh(x + r * s) + z * h))
wrong("4.4", "z multiplies both", gru(lambda r, z, x, s, h: z * np.tanh(x + r * s) + z * h))
wrong("4.4", "this is the candidate", gru(lambda r, z, x, s, h: np.tanh(x + r * s)))
wrong("4.4", "through the sigmoid, like a gate", gru(lambda r, z, x, s, h: (1 - z) * sigmoid(x + r * s) + z * h))
wrong("4.4", "has no cell beside it", gru(lambda r, z, x, s, h: (mixed(r, z, x, s, h), h)))
right("4.4", gru(lambda r, z, x, s, h: h + (1 - z) * (np.tanh(x + r * s) - h)))


def before(x, h, weights, keep):
    (x_r, x_z, x_n), (h_r, h_z, _) = (np.split(part, 3) for part in parts(x, h, weights))
    r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
    n = np.tanh(x_n + weights["weight_hh_l0"][2 * len(h) :] @ (r * h) + weights["bias_hh_l0"][2 * len(h) :])
    return (1 - z) * n + z * h if keep else z * n + (1 - z) * h


@wrong("4.4", "each goes through the sigmoid")
def gates_as_they_are(x, h, weights):
    (x_r, x_z, x_n), (h_r, h_z, h_n) = (np.split(part, 3) for part in parts(x, h, weights))
    return mixed(x_r + h_r, x_z + h_z, x_n, h_n, h)


@wrong("4.4", "r acts before the matrix")
def as_first_published(x, h, weights):
    return before(x, h, weights, True)


@wrong("4.4", "both conventions are the other ones")
def both_conventions(x, h, weights):
    return before(x, h, weights, False)


@wrong("4.4", "misses the bias")
def bias_outside(x, h, weights):
    b = weights["bias_hh_l0"][2 * len(h) :]
    return gru(lambda r, z, x, s, h: (1 - z) * np.tanh(x + r * (s - b) + b) + z * h)(x, h, weights)


@wrong("4.4", "cut each into three blocks")
def four_blocks(x, h, weights):
    from_x, from_h = parts(x, h, weights)
    return mixed(*(np.split(from_x, 3)[:2]), from_x, np.split(from_h, 3)[2], h)


@right("4.4")
def torch_cell(x, h, weights):
    cell = torch.nn.GRUCell(len(x), len(h), dtype=torch.float64)
    cell.load_state_dict({name.removesuffix("_l0"): torch.from_numpy(w) for name, w in weights.items()})
    return cell(torch.from_numpy(x), torch.from_numpy(h))


# --- 4.5 the GRU's rows sum to one ----------------------------------------------------------------------------------


def without_start(z):
    weights = cell(1 - z, z)
    weights[:, 0] = 0
    return weights


wrong("4.5", "z is written", lambda z: cell(z, 1 - z))
wrong("4.5", "z plays both parts", lambda z: cell(z, z))
wrong("4.5", "written whole", lambda z: cell(np.ones_like(z), z))
wrong("4.5", "1 - z plays both", lambda z: cell(1 - z, 1 - z))
wrong("4.5", "start's column is missing", lambda z: cell(1 - z, z)[:, 1:])
wrong("4.5", "stands on its side", lambda z: cell(1 - z, z).T)
wrong("4.5", "all rows are alike", lambda z: np.tile(cell(1 - z, z)[-1], (len(z), 1)))
wrong("4.5", "rows fall short", without_start)
wrong("4.5", "dividing each row", lambda z: without_start(z) / without_start(z).sum(1, keepdims=True))
wrong("4.5", "without the z", lambda z: without_start(z) + np.eye(1 + len(z))[0])
wrong("4.5", "follow it by hand", lambda z: cell(1 - z, z**2))
right("4.5", lambda z: np.diff(np.concatenate([ratios(z), np.ones((len(z), 1))], 1), prepend=0, axis=1))


def ratios(z):
    """Return what is left of the start and of all that stood before each step: the rows, added up from the left."""
    T = len(z)
    return np.array([[np.prod(z[s : t + 1]) if s <= t else 1 for s in range(T)] for t in range(T)])


@right("4.5")
def mixing_rows(z):
    rows = [[1.0] + [0.0] * len(z)]
    for t, keep in enumerate(z.tolist()):
        rows.append([keep * w + (1 - keep) * (s == t + 1) for s, w in enumerate(rows[-1])])
    return rows[1:]


# --- 4.6 what α of the cell hides -----------------------------------------------------------------------------------

RNN, DEAF = {"i": 1, "f": 0, "w": 1, "u": 3}, {"i": 1, "f": 1, "w": 0, "u": 1}
wrong("4.6", "α still gives step 1 a weight", RNN | {"f": 0.5}, DEAF)
wrong("4.6", "does not move at all", RNN | {"u": 0}, DEAF)
wrong("4.6", "too narrow", RNN | {"u": 0.5}, DEAF)
wrong("4.6", "a gate lies between 0 and 1", RNN | {"i": 5}, DEAF)
wrong("4.6", "at least 0.5 is asked for", RNN, DEAF | {"f": 0.5})
wrong("4.6", "its candidate has looked at the input", RNN, DEAF | {"w": 1})
wrong("4.6", "the dictionary lacks u", RNN, {"i": 1, "f": 1, "w": 0})
wrong("4.6", "should hold four numbers", [1, 0, 1], DEAF)
right("4.6", (1, 0.1, -2, 4.0), np.array([0.5, 1.0, 0.0, 0.0]))
right("4.6", {"i": 0.9, "f": 0.3, "w": 5, "u": 8}, [0.6, 0.99, 0, 7])
