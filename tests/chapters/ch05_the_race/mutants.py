"""Wrong and unusual right answers to the exercises of chapter 05."""

import random

import numpy as np

from tests.mutants import right, wrong
from utils.chapters.ch05_the_race.line_up import ORDER

# --- 5.1 rows without a leak ----------------------------------------------------------------------------------------


def rows(n, batch, rng, *, asked=None, keys=None, values=None, blank=16):
    keys = rng.permuted(np.tile(np.arange(16), (batch, 1)), axis=1)[:, :n] if keys is None else keys
    values = rng.permuted(np.tile(np.arange(16), (batch, 1)), axis=1)[:, :n] if values is None else values
    asked = rng.integers(n, size=batch) if asked is None else asked
    every = np.arange(batch)
    y = values[every, asked]
    last = np.stack([keys[every, asked], y if blank is None else np.full(batch, blank)], -1)
    return np.concatenate([np.stack([keys, values], -1), last[:, None]], 1), y


@wrong("5.1", "the answer stands in the row")
def answer_left_in(n, batch, rng):
    return rows(n, batch, rng, blank=None)


@wrong("5.1", "should be the blank, 16")
def another_blank(n, batch, rng):
    return rows(n, batch, rng, blank=0)


@wrong("5.1", "always the pair at place 4")
def always_the_last(n, batch, rng):
    return rows(n, batch, rng, asked=np.full(batch, n - 1))


@wrong("5.1", "more often than others")
def never_the_first(n, batch, rng):
    return rows(n, batch, rng, asked=rng.integers(min(1, n - 1), n, size=batch))


@wrong("5.1", "a key comes twice")
def repeated_keys(n, batch, rng):
    return rows(n, batch, rng, keys=rng.integers(16, size=(batch, n)))


@wrong("5.1", "a value comes twice")
def repeated_values(n, batch, rng):
    return rows(n, batch, rng, values=rng.integers(16, size=(batch, n)))


@wrong("5.1", "learn the table by heart")
def one_dictionary(n, batch, rng):
    keys = rng.permuted(np.tile(np.arange(16), (batch, 1)), axis=1)[:, :n]
    return rows(n, batch, rng, keys=keys, values=np.random.default_rng(0).permutation(16)[keys])


@wrong("5.1", "all rows of the batch are the same")
def one_row_for_all(n, batch, rng):
    x, y = rows(n, 1, rng)
    return np.repeat(x, batch, 0), np.repeat(y, batch)


@wrong("5.1", "never come")
def few_keys(n, batch, rng):
    return rows(n, batch, rng, keys=rng.permuted(np.tile(np.arange(n), (batch, 1)), axis=1))


@wrong("5.1", "then the place tells the value")
def values_in_order(n, batch, rng):
    if n < 16:
        values = np.sort(rng.permuted(np.tile(np.arange(16), (batch, 1)), axis=1)[:, :n], axis=1)
        return rows(n, batch, rng, values=values)
    return rows(n, batch, rng)


@wrong("5.1", "not among the pairs")
def any_key_asked(n, batch, rng):
    x, y = rows(n, batch, rng)
    x[:, -1, 0] = (x[:, 0, 0] + 1) % 16
    return x, y


@wrong("5.1", "y is the key")
def key_as_answer(n, batch, rng):
    x, _ = rows(n, batch, rng)
    return x, x[:, -1, 0]


@wrong("5.1", "y is the place")
def place_as_answer(n, batch, rng):
    asked = rng.integers(n, size=batch)
    x, _ = rows(n, batch, rng, asked=asked)
    return x, asked


@wrong("5.1", "not the value that went with the key")
def first_value_as_answer(n, batch, rng):
    x, _ = rows(n, batch, rng)
    return x, x[:, 0, 1]


@wrong("5.1", "the last item is missing")
def nobody_asks(n, batch, rng):
    x, y = rows(n, batch, rng)
    return x[:, :-1], y


@wrong("5.1", "the same seed gave other rows")
def own_dice(n, batch, rng):
    return rows(n, batch, np.random.default_rng())


@wrong("5.1", "another seed gave the same rows")
def dice_of_its_own_seed(n, batch, rng):
    return rows(n, batch, np.random.default_rng(0))


@right("5.1")
def with_python(n, batch, rng):
    dice = random.Random(int(rng.integers(2**31)))
    x, y = [], []
    for _ in range(batch):
        keys, values = dice.sample(range(16), n), dice.sample(range(16), n)
        asked = dice.randrange(n)
        x.append([*map(list, zip(keys, values, strict=True)), [keys[asked], 16]])
        y.append(values[asked])
    return x, y


@right("5.1")
def asks_the_first_then_shuffles(n, batch, rng):
    keys, values = (rng.random((batch, 16)).argsort(1)[:, :n] for _ in range(2))
    asked = rng.choice(n, batch)[:, None]
    y = np.take_along_axis(values, asked, 1)[:, 0]
    last = np.stack([np.take_along_axis(keys, asked, 1), np.full((batch, 1), 16)], -1)
    return np.concatenate([np.stack([keys, values], -1), last], 1), y


# --- 5.2 a fair width -----------------------------------------------------------------------------------------------


def widest(budget, size):
    width = 0
    while size(width + 1) <= budget:
        width += 1
    return width


@wrong("5.2", "over the budget by a little")
def one_too_many(g, d, n, budget):
    return widest(budget, lambda h: g * h * (d + h + 2) + (h + 1) * n) + 1


@wrong("5.2", "one unit more")
def one_too_few(g, d, n, budget):
    return widest(budget, lambda h: g * h * (d + h + 2) + (h + 1) * n) - 1


@wrong("5.2", "exactly at the budget")
def below_and_never_equal(g, d, n, budget):
    return widest(budget - 1, lambda h: g * h * (d + h + 2) + (h + 1) * n)


@wrong("5.2", "a bias for each answer")
def no_bias_in_the_answers(g, d, n, budget):
    return widest(budget, lambda h: g * h * (d + h + 2) + h * n)


@wrong("5.2", "biases are missing")
def no_biases(g, d, n, budget):
    return widest(budget, lambda h: g * h * (d + h) + (h + 1) * n)


@wrong("5.2", "that reads the last state is missing")
def no_reading_layer(g, d, n, budget):
    return widest(budget, lambda h: g * h * (d + h + 2))


@wrong("5.2", "number of gates is not used")
def gates_ignored(g, d, n, budget):
    return widest(budget, lambda h: h * (d + h + 2) + (h + 1) * n)


@wrong("5.2", "grow with the square")
def width_divided(g, d, n, budget):
    return widest(budget, lambda h: h * (d + h + 2) + (h + 1) * n) // g


@wrong("5.2", "from the inputs is missing")
def no_inputs(g, d, n, budget):
    return widest(budget, lambda h: g * h * (h + 2) + (h + 1) * n)


@wrong("5.2", "from the state to the state is missing")
def no_square(g, d, n, budget):
    return widest(budget, lambda h: g * h * (d + 2) + (h + 1) * n)


@wrong("5.2", "the width is asked for")
def the_count(g, d, n, budget):
    return budget


@right("5.2")
def by_the_quadratic_formula(g, d, n, budget):
    p = g * (d + 2) + n
    return int(np.floor((-p + np.sqrt(p * p + 4 * g * (budget - n))) / (2 * g)))


@right("5.2")
def from_above(g, d, n, budget):
    for h in range(2000, 0, -1):
        matrices, biases = g * (h * d + h * h), g * (h + h)
        if matrices + biases + n * h + n <= budget:
            return np.int64(h)


# --- 5.3 two rows that tell no order --------------------------------------------------------------------------------

wrong("5.3", "both rows begin with 1", [1, 2, 3, 4, 5], [1, 3, 2, 4, 5])
wrong("5.3", "the last items differ", [1, 2, 3, 4, 5], [5, 4, 3, 2, 1])
wrong("5.3", "is in twin and not in row", [1, 2, 3, 4, 5], [2, 1, 3, 6, 5])
wrong("5.3", "is in row and missing in twin", [1, 2, 3, 4, 5], [2, 1, 4, 4, 5])
wrong("5.3", "not equally often", [1, 2, 2, 3, 4], [2, 1, 1, 3, 4])
wrong("5.3", "should hold five symbols", [1, 2, 3], [2, 1, 3])
wrong("5.3", "from 0 to 7", [1, 9, 3, 4, 5], [9, 1, 3, 4, 5])
wrong("5.3", "not text", "12345", "21345")
right("5.3", [1, 2, 3, 4, 5], [2, 1, 3, 4, 5])
right("5.3", (0, 0, 0, 7, 7), np.array([7.0, 0, 0, 0, 7]))

# --- 5.4 a mean that knows the first --------------------------------------------------------------------------------


@wrong("5.4", "the commonest symbol wins")
def every_item_alike(x):
    return np.eye(8)[x]


@wrong("5.4", "no item says anything")
def first_row_only(x):
    return np.eye(8)[x] * (np.arange(len(x)) == 0)[:, None, None]


@wrong("5.4", "finds the last symbol")
def the_last(x):
    return np.eye(8)[x] * (np.arange(x.shape[1]) == x.shape[1] - 1)[:, None]


@wrong("5.4", "counts places from 0")
def the_second(x):
    return np.eye(8)[x] * (np.arange(x.shape[1]) == 1)[:, None]


@wrong("5.4", "too loud together")
def a_gentle_fade(x):
    return np.eye(8)[x] * 0.9 ** np.arange(x.shape[1])[:, None]


@wrong("5.4", "at other places change as well")
def copied_everywhere(x):
    return np.repeat(np.eye(8)[x[:, :1]], x.shape[1], axis=1)


@wrong("5.4", "the mean is taken outside")
def mean_inside(x):
    return np.eye(8)[x[:, 0]]


@wrong("5.4", "the mean says nothing")
def silence(x):
    return np.zeros((*x.shape, 8))


@wrong("5.4", "should be of shape")
def numbers_not_answers(x):
    return x * (np.arange(x.shape[1]) == 0)


@wrong("5.4", "when the others do")
def first_minus_the_others(x):
    values = np.zeros((*x.shape, 8))
    values[:, 0] = np.eye(8)[x].sum(1) + 9 * np.eye(8)[x[:, 0]]
    return values


@right("5.4")
def loud_first(x):
    values = np.eye(8)[x]
    values[:, 0] *= 10 * x.shape[1]
    return values


@right("5.4")
def steep_fade(x):
    one_hot = (x[:, :, None] == np.arange(8)).astype(np.float32)
    return one_hot * (0.4 ** np.arange(x.shape[1], dtype=np.float32))[:, None]


# --- 5.5 the line-up ------------------------------------------------------------------------------------------------


def swapped(one, other):
    return ORDER | {one: ORDER[other], other: ORDER[one]}


wrong("5.5", "You call map A 'GRU'", swapped("A", "J"))
wrong("5.5", "You call map D 'mean'", swapped("D", "F"))
wrong("5.5", "You call map E 'RNN, orthogonal'", swapped("E", "H"))
wrong("5.5", "You call map C 'attention read, first symbol'", swapped("C", "G"))
wrong("5.5", "You call map B 'moving average'", swapped("B", "I"))
wrong("5.5", "there is no answer for J", {key: ORDER[key] for key in "ABCDEFGHI"})
wrong("5.5", "is not one of the ten machines", ORDER | {"A": "transformer"})
wrong("5.5", "more than one map", ORDER | {"A": "mean"})
right("5.5", dict(ORDER))
right("5.5", dict(reversed(ORDER.items())))

# --- 5.6 may I conclude? --------------------------------------------------------------------------------------------

wrong("5.6", "Look at a again", True, True, True, False, False, False)
wrong("5.6", "Look at b again", False, False, True, False, False, False)
wrong("5.6", "Look at c again", False, True, False, False, False, False)
wrong("5.6", "Look at d again", False, True, True, True, False, False)
wrong("5.6", "Look at e again", False, True, True, False, True, False)
wrong("5.6", "Look at f again", False, True, True, False, False, True)
wrong("5.6", "yours is 0", 0, 1, 1, 0, 0, 0)
wrong("5.6", "should be True or False", "no", "yes", "yes", "no", "no", "no")
wrong("5.6", "3 of the six are wrong. Look at a again", True, False, False, False, False, False)
right("5.6", False, True, True, False, False, False)
right("5.6", *map(np.bool_, (False, True, True, False, False, False)))
