"""Wrong and unusual right answers to the exercises of chapter 06."""

import functools
from itertools import zip_longest

import numpy as np
import torch

from tests.mutants import right, wrong

# --- 6.1 pad and mask -----------------------------------------------------------------------------------------------


def padded(rows, real=None):
    longest = max(len(row) for row in rows)
    table = np.array([list(row) + [0] * (longest - len(row)) for row in rows])
    mask = np.array([[j < len(row) for j in range(longest)] for row in rows])
    return table, mask if real is None else real(table, rows)


@wrong("6.1", "whose number is 0 was taken for padding")
def mask_from_the_numbers(rows):
    return padded(rows, lambda table, rows: table != 0)


@wrong("6.1", "upside down")
def mask_says_forbidden(rows):
    table, mask = padded(rows)
    return table, ~mask


@wrong("6.1", "in front of the words")
def padding_in_front(rows):
    longest = max(map(len, rows))
    table = np.array([[0] * (longest - len(row)) + row for row in rows])
    return table, padded(rows)[1]


@wrong("6.1", "two things are asked for")
def no_mask(rows):
    return padded(rows)[0]


@wrong("6.1", "the padding, too")
def everything_is_real(rows):
    return padded(rows, lambda table, rows: np.ones(table.shape, dtype=bool))


@wrong("6.1", "exchanged")
def mask_first(rows):
    return padded(rows)[::-1]


@wrong("6.1", "the padding is not 0")
def minus_one(rows):
    table, mask = padded(rows)
    return np.where(mask, table, -1), mask


@wrong("6.1", "one place after the end")
def one_too_many(rows):
    return padded(rows, lambda t, rows: np.array([[j <= len(r) for j in range(t.shape[1])] for r in rows]))


@wrong("6.1", "go on with their last number")
def repeats_the_last(rows):
    longest = max(map(len, rows))
    return np.array([row + row[-1:] * (longest - len(row)) for row in rows]), padded(rows)[1]


@right("6.1")
def with_zip_and_lists(rows):
    turned = list(zip_longest(*rows, fillvalue=None))
    table = [[0 if x is None else x for x in row] for row in zip(*turned, strict=True)]
    return table, [[int(x is not None) for x in row] for row in zip(*turned, strict=True)]


@right("6.1")
def with_torch(rows):
    table = torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True)
    return table, torch.arange(table.shape[1]) < torch.tensor([len(row) for row in rows])[:, None]


# --- 6.2 one look ---------------------------------------------------------------------------------------------------


def soft(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def looking(weigh, inside=np.tanh):
    def answer(query, states, W_q, W_k, v, mask):
        weights = weigh(inside(W_q @ query + states @ W_k.T) @ v, mask)
        return weights @ states, weights

    return answer


wrong("6.2", "the mask was not used", looking(lambda s, mask: soft(s)))
wrong("6.2", "a score of 0 forbids nothing", looking(lambda s, mask: soft(s * mask)))
wrong("6.2", "no longer sum to one", looking(lambda s, mask: soft(s) * mask))
wrong(
    "6.2",
    "True means may look",
    looking(lambda s, mask: soft(np.where(mask, -np.inf, s)) if not mask.all() else soft(s)),
)
wrong("6.2", "the tanh is missing", looking(lambda s, mask: soft(np.where(mask, s, -np.inf)), inside=lambda x: x))
wrong("6.2", "these are the scores", looking(lambda s, mask: s))
wrong("6.2", "all states count alike", looking(lambda s, mask: mask / mask.sum()))


@wrong("6.2", "the query has no part")
def deaf(query, states, W_q, W_k, v, mask):
    weights = soft(np.where(mask, np.tanh(states @ W_k.T) @ v, -np.inf))
    return weights @ states, weights


@wrong("6.2", "what W_k makes of them only serves the score")
def fetches_keys(query, states, W_q, W_k, v, mask):
    keys = states @ W_k.T
    weights = soft(np.where(mask, np.tanh(W_q @ query + keys) @ v, -np.inf))
    return weights @ keys, weights


@wrong("6.2", "then the weights: they are exchanged")
def weights_first(*a):
    return looking(lambda s, mask: soft(np.where(mask, s, -np.inf)))(*a)[::-1]


@wrong("6.2", "which one must be turned")
def not_turned(query, states, W_q, W_k, v, mask):
    return np.tanh(query @ W_q + states @ W_k) @ v, None


@right("6.2")
def with_loops(query, states, W_q, W_k, v, mask):
    powers = [
        float(np.exp(v @ np.tanh(W_q @ query + W_k @ state))) if may else 0.0
        for state, may in zip(states, mask, strict=True)
    ]
    weights = [power / sum(powers) for power in powers]
    return sum(w * state for w, state in zip(weights, states, strict=True)), weights


@right("6.2")
def renormalised(query, states, W_q, W_k, v, mask):
    weights = soft(np.tanh(W_q @ query + states @ W_k.T) @ v) * mask
    weights = torch.tensor(weights / weights.sum())
    return weights @ torch.tensor(states), weights


# --- 6.3 teacher forcing --------------------------------------------------------------------------------------------


@wrong("6.3", "it would learn to copy")
def not_shifted(targets, start):
    return targets


@wrong("6.3", "one column too many")
def only_put_in_front(targets, start):
    return np.hstack([np.full((len(targets), 1), start), targets])


@wrong("6.3", "the wrong way")
def shifted_ahead(targets, start):
    return np.hstack([targets[:, 1:], np.full((len(targets), 1), start)])


@wrong("6.3", "come round to its beginning")
def rolled(targets, start):
    return np.roll(targets, 1, axis=1)


@wrong("6.3", "overwrites the first symbol")
def overwritten(targets, start):
    said = targets.copy()
    said[:, 0] = start
    return said


@wrong("6.3", "fed 0, not the start")
def zero_first(targets, start):
    return np.hstack([np.zeros((len(targets), 1), int), targets[:, :-1]])


@wrong("6.3", "the words were shifted")
def wrong_axis(targets, start):
    return np.roll(targets, 1, axis=0)


@wrong("6.3", "one column too few")
def start_forgotten(targets, start):
    return targets[:, :-1]


@right("6.3")
def as_lists(targets, start):
    return [[start, *(int(x) for x in row[:-1])] for row in targets]


@right("6.3")
def rolled_then_started(targets, start):
    said = torch.roll(torch.as_tensor(targets), 1, dims=1)
    said[:, 0] = start
    return said


# --- 6.4 greedy -----------------------------------------------------------------------------------------------------


@wrong("6.4", "leave it out")
def says_the_stop(step, state, start, stop, longest):
    said, symbol = [], start
    for _ in range(longest):
        scores, state = step(symbol, state)
        symbol = int(np.argmax(scores))
        said.append(symbol)
        if symbol == stop:
            break
    return said


@wrong("6.4", "it goes on after it should have ended")
def never_too_long(step, state, start, stop, longest):
    said, symbol = [], start
    while True:
        scores, state = step(symbol, state)
        symbol = int(np.argmax(scores))
        if symbol == stop:
            return said
        said.append(symbol)


@wrong("6.4", "feed back what was said last")
def deaf_to_itself(step, state, start, stop, longest):
    said = []
    for _ in range(longest):
        scores, state = step(start, state)
        if (symbol := int(np.argmax(scores))) == stop:
            break
        said.append(symbol)
    return said


@wrong("6.4", "keep the state that step returns")
def forgets(step, state, start, stop, longest):
    said, symbol = [], start
    for _ in range(longest):
        scores, _ = step(symbol, state)
        if (symbol := int(np.argmax(scores))) == stop:
            break
        said.append(symbol)
    return said


@wrong("6.4", "never said")
def says_the_start(step, state, start, stop, longest):
    said = [start]
    while len(said) <= longest:
        scores, state = step(said[-1], state)
        if (symbol := int(np.argmax(scores))) == stop:
            break
        said.append(symbol)
    return said


@wrong("6.4", "not the symbol of the highest score")
def the_least_likely(step, state, start, stop, longest):
    said, symbol = [], start
    for _ in range(longest):
        scores, state = step(symbol, state)
        symbol = int(np.argmin(scores))
        if symbol == stop:
            break
        said.append(symbol)
    return said


@wrong("6.4", "the last symbol before the end is missing")
def loses_one(*a):
    return by_recursion(*a)[:-1]


@right("6.4")
def by_recursion(step, state, start, stop, longest):
    if longest == 0:
        return []
    scores, state = step(start, state)
    best = max(range(len(scores)), key=scores.__getitem__)
    return [] if best == stop else [best, *by_recursion(step, state, best, stop, longest - 1)]


@right("6.4")
def into_an_array(step, state, start, stop, longest):
    said = np.array([start])
    while len(said) <= longest and (len(said) == 1 or said[-1] != stop):
        scores, state = step(said[-1], state)
        said = np.append(said, np.argmax(scores))
    return said[1:][said[1:] != stop]


# --- 6.5 how far from right -----------------------------------------------------------------------------------------


def table(said, right, replace=1, first=True):
    t = np.zeros((len(said) + 1, len(right) + 1))
    if first:
        t[:, 0], t[0] = range(len(said) + 1), range(len(right) + 1)
    for i in range(1, len(said) + 1):
        for j in range(1, len(right) + 1):
            same = said[i - 1] == right[j - 1]
            t[i, j] = min(t[i - 1, j] + 1, t[i, j - 1] + 1, t[i - 1, j - 1] + (0 if same else replace))
    return int(t[-1, -1])


@wrong("6.5", "place is compared with place")
def place_by_place(said, right):
    return sum(a != b for a, b in zip_longest(said, right))


@wrong("6.5", "only the lengths")
def lengths(said, right):
    return abs(len(said) - len(right))


@wrong("6.5", "one edit, not two")
def replacing_is_dear(said, right):
    return table(said, right, replace=2)


@wrong("6.5", "the first row and the first column")
def free_beginnings(said, right):
    return table(said, right, first=False)


@wrong("6.5", "not their rate")
def rate(said, right):
    return table(said, right) / max(len(right), 1)


@wrong("6.5", "the order counts, too")
def as_sets(said, right):
    return len(set(said) ^ set(right))


@right("6.5")
def recursive(said, right):
    @functools.cache
    def edits(i, j):
        if i == 0 or j == 0:
            return i + j
        return min(edits(i - 1, j) + 1, edits(i, j - 1) + 1, edits(i - 1, j - 1) + (said[i - 1] != right[j - 1]))

    return edits(len(said), len(right))


@right("6.5")
def plain_recursion(said, right):
    if not said or not right:
        return len(said) + len(right)
    a, b = plain_recursion(said[1:], right), plain_recursion(said, right[1:])
    return min(a + 1, b + 1, plain_recursion(said[1:], right[1:]) + (said[0] != right[0]))


# --- 6.6 move one row -----------------------------------------------------------------------------------------------


@wrong("6.6", "sums to more than one")
def only_adds(weights, step, letter):
    new = weights.copy()
    new[step, letter] = 1
    return new


@wrong("6.6", "a column was changed")
def moves_a_column(weights, step, letter):
    new = weights.copy()
    new[:, letter] = 0
    new[step, letter] = 1
    return new


@wrong("6.6", "every row was moved")
def moves_all(weights, step, letter):
    new = np.zeros_like(weights)
    new[:, letter] = 1
    return new


@wrong("6.6", "it changed the array it was given")
def in_place(weights, step, letter):
    weights[step] = 0
    weights[step, letter] = 1
    return weights


@wrong("6.6", "the other rows have lost their ink")
def one_cell(weights, step, letter):
    new = np.zeros_like(weights)
    new[step, letter] = 1
    return new


@wrong("6.6", "takes the ink away")
def forbids_the_letter(weights, step, letter):
    new = weights.copy()
    new[step, letter] = 0
    return new / new.sum(1, keepdims=True)


@wrong("6.6", "only the row came back")
def one_row(weights, step, letter):
    return np.eye(weights.shape[1])[letter]


@wrong("6.6", "some ink stays behind")
def half(weights, step, letter):
    new = weights.copy()
    new[step] /= 2
    new[step, letter] += 0.5
    return new


@right("6.6")
def with_where(weights, step, letter):
    rows, columns = np.indices(weights.shape)
    return np.where(rows == step, columns == letter, weights)


@right("6.6")
def stacked(weights, step, letter):
    one = torch.nn.functional.one_hot(torch.tensor(letter), weights.shape[1]).double()
    w = torch.tensor(weights)
    return torch.stack([one if i == step else row for i, row in enumerate(w)])
