"""Wrong and unusual right answers to the exercises of chapter 02."""

import math

import numpy as np

from tests.mutants import right, wrong

# --- 2.1 a softmax that does not overflow ---------------------------------------------------------------------------


def stable(s, axis=-1):
    e = np.exp(s - s.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


@wrong("2.1", "with scores around 1000 there is a NaN")
def overflows(scores):
    e = np.exp(scores)
    return e / e.sum(-1, keepdims=True)


@wrong("2.1", "each row needs its own maximum")
def one_maximum_for_all(scores):
    e = np.exp(scores - scores.max())
    return e / e.sum(-1, keepdims=True)


@wrong("2.1", "do not sum to one yet")
def only_powers(scores):
    return np.exp(scores - scores.max(-1, keepdims=True))


@wrong("2.1", "the columns sum to one")
def over_the_queries(scores):
    return stable(scores, 0)


@wrong("2.1", "this works along axis 1")
def axis_one(scores):
    return stable(scores, 1 if scores.ndim > 1 else 0)


@wrong("2.1", "of the table together")
def whole_table(scores):
    e = np.exp(scores - scores.max())
    return e / e.sum()


@wrong("2.1", "see keepdims")
def no_keepdims(scores):
    e = np.exp(scores - scores.max(-1))
    return e / e.sum(-1)


@wrong("2.1", "exponential is missing")
def divided_by_the_sum(scores):
    return scores / scores.sum(-1, keepdims=True)


@wrong("2.1", "order is upside down")
def negative(scores):
    return stable(-scores)


@wrong("2.1", "changed the array")
def in_place(scores):
    scores -= scores.max(-1, keepdims=True)
    return stable(scores)


@wrong("2.1", "the scores were divided")
def divided_by_the_root(scores):
    return stable(scores / np.sqrt(scores.shape[-1]))


@wrong("2.1", "were large scores cut off")
def clipped(scores):
    return stable(np.clip(scores, -500, 500))


@wrong("2.1", "must be the row's largest score")
def minus_the_mean(scores):
    e = np.exp(scores - scores.mean(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


@wrong("2.1", "must be the row's largest score")
def minus_the_last(scores):
    e = np.exp(scores - scores[..., -1:])
    return e / e.sum(-1, keepdims=True)


@wrong("2.1", "of the table together")
def right_maximum_wrong_sum(scores):
    e = np.exp(scores - scores.max(-1, keepdims=True))
    return e / e.sum()


@wrong("2.1", "not of 2")
def base_two(scores):
    return stable(scores * np.log(2))


@right("2.1")
def by_differences(scores):
    return 1 / np.exp(np.clip(scores[..., None, :] - scores[..., :, None], None, 700)).sum(-1)


@right("2.1")
def logsumexp(scores):
    top = np.amax(scores, axis=-1)[..., None]
    return np.exp(scores - (top + np.log(np.exp(scores - top).sum(axis=-1)[..., None])))


# --- 2.2 temperature ------------------------------------------------------------------------------------------------


@wrong("2.2", "should flatten")
def multiplied(scores, T):
    return stable(scores * T)


@wrong("2.2", "the weights were divided")
def weights_divided(scores, T):
    return stable(scores) / T


@wrong("2.2", "no effect")
def ignored(scores, T):
    return stable(scores)


@wrong("2.2", "softmax was taken twice")
def twice(scores, T):
    return stable(stable(scores) / T)


@wrong("2.2", "at T = 0.001 there is a NaN")
def unstable(scores, T):
    e = np.exp(scores / T)
    return e / e.sum(-1, keepdims=True)


@wrong("2.2", "no effect")
def subtracted(scores, T):
    return stable(scores - T)


@wrong("2.2", "the columns sum to one")
def along_columns(scores, T):
    return stable(scores / T, 0)


@wrong("2.2", "at T = 0.001 there is a NaN")
def weights_to_a_power(scores, T):
    p = stable(scores) ** (1 / T)
    return p / p.sum(-1, keepdims=True)


@wrong("2.2", "even so small a T")
def never_colder_than(scores, T):
    return stable(scores / max(T, 0.01))


@wrong("2.2", "softmax is missing")
def only_divided(scores, T):
    return scores / T


@right("2.2")
def powers_of_weights(scores, T):
    w = np.log(stable(scores)) / T
    w = np.exp(w - w.max(-1, keepdims=True))
    return w / w.sum(-1)[..., None]


# --- 2.3 entropy ----------------------------------------------------------------------------------------------------


@wrong("2.3", "made it NaN")
def zero_times_infinity(weights):
    return -(weights * np.log2(weights)).sum(-1)


@wrong("2.3", "to base 2")
def nats(weights):
    return -(weights * np.log(np.where(weights > 0, weights, 1))).sum(-1)


@wrong("2.3", "never negative")
def sign(weights):
    return (weights * np.log2(np.where(weights > 0, weights, 1))).sum(-1)


@wrong("2.3", "one number came back")
def whole(weights):
    return -(weights * np.log2(np.where(weights > 0, weights, 1))).sum()


@wrong("2.3", "adds down the columns")
def down(weights):
    h = -(weights * np.log2(np.where(weights > 0, weights, 1)))
    return h.sum(0) if weights.shape[0] == weights.shape[-1] else h.sum(-1)


@wrong("2.3", "the mean over the keys")
def mean(weights):
    return -(weights * np.log2(np.where(weights > 0, weights, 1))).mean(-1)


@wrong("2.3", "sum over the keys is missing")
def not_summed(weights):
    return -(weights * np.log2(np.where(weights > 0, weights, 1)))


@wrong("2.3", "how many it listens to")
def perplexity(weights):
    return 2 ** -(weights * np.log2(np.where(weights > 0, weights, 1))).sum(-1)


@wrong("2.3", "should count with its weight")
def unweighted(weights):
    return -np.log2(np.where(weights > 0, weights, 1)).sum(-1)


@wrong("2.3", "inside the logarithm")
def a_little_added(weights):
    return -(weights * np.log2(weights + 1e-3)).sum(-1)


@right("2.3")
def plain_python(weights):
    def h(row):
        return math.fsum(p * math.log2(1 / p) for p in row if p > 0)

    return h(weights) if weights.ndim == 1 else [plain_python(part) for part in weights]


@right("2.3")
def nan_to_num(weights):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nansum(-weights * np.log(weights), axis=-1) / np.log(2)


# --- 2.4 the additive scorer ----------------------------------------------------------------------------------------


@wrong("2.4", "tanh is missing")
def linear(q, k, W_q, W_k, w):
    return ((q @ W_q.T)[:, None] + k @ W_k.T) @ w


@wrong("2.4", "before w")
def tanh_too_late(q, k, W_q, W_k, w):
    return np.tanh(((q @ W_q.T)[:, None] + k @ W_k.T) @ w)


@wrong("2.4", "w is missing")
def without_w(q, k, W_q, W_k, w):
    return np.tanh((q @ W_q.T)[:, None] + k @ W_k.T).sum(-1)


@wrong("2.4", "a row is a query")
def transposed(q, k, W_q, W_k, w):
    return (np.tanh((q @ W_q.T)[:, None] + k @ W_k.T) @ w).T


@wrong("2.4", "which one must be turned")
def only_pairs_of_the_same_place(q, k, W_q, W_k, w):
    return np.tanh(q @ W_q.T + k @ W_k.T) @ w


@wrong("2.4", "takes the last axis away")
def not_projected(q, k, W_q, W_k, w):
    return np.tanh((q @ W_q.T)[:, None] + k @ W_k.T) * w


@wrong("2.4", "weights already")
def weights_already(q, k, W_q, W_k, w):
    return stable(np.tanh((q @ W_q.T)[:, None] + k @ W_k.T) @ w)


@wrong("2.4", "or they never meet")
def apart(q, k, W_q, W_k, w):
    return (np.tanh(q @ W_q.T) @ w)[:, None] + np.tanh(k @ W_k.T) @ w


@wrong("2.4", "are subtracted")
def subtracted_inside(q, k, W_q, W_k, w):
    return np.tanh((q @ W_q.T)[:, None] - k @ W_k.T) @ w


@right("2.4")
def loops(q, k, W_q, W_k, w):
    return [[sum(w * np.tanh(W_q @ a + W_k @ b)) for b in k] for a in q]


@right("2.4")
def concatenated(q, k, W_q, W_k, w):
    W = np.concatenate([W_q, W_k], axis=1)
    return np.array([[w @ np.tanh(W @ np.concatenate([a, b])) for b in k] for a in q])


# --- 2.5 what leaves α alone? ---------------------------------------------------------------------------------------

wrong("2.5", "Look at a again", False, False, False, True, False, True)
wrong("2.5", "Look at b again", True, True, False, True, False, True)
wrong("2.5", "Look at c again", True, False, True, True, False, True)
wrong("2.5", "Look at d again", True, False, False, False, False, True)
wrong("2.5", "Look at e again", True, False, False, True, True, True)
wrong("2.5", "Look at f again", True, False, False, True, False, False)
wrong("2.5", "should be True or False", "yes", "no", "no", "yes", "no", "yes")
wrong("2.5", "2 of the six are wrong. Look at b again", True, True, True, True, False, True)
right("2.5", True, False, False, True, False, True)
right("2.5", np.True_, np.False_, np.False_, np.True_, np.False_, np.True_)

# --- 2.6 the slope of softmax ---------------------------------------------------------------------------------------


@wrong("2.6", "own score; the others move")
def own_only(w):
    return w * (1 - w)


@wrong("2.6", "off the diagonal")
def diagonal_only(w):
    return np.diag(w * (1 - w))


@wrong("2.6", "the diagonal part is missing: a weight")
def outer_only(w):
    return -np.outer(w, w)


@wrong("2.6", "minus, not plus")
def plus(w):
    return np.diag(w) + np.outer(w, w)


@wrong("2.6", "stands only where i = j")
def one_everywhere(w):
    return w[:, None] * (1 - w[None, :])


@wrong("2.6", "signs are upside down")
def upside_down(w):
    return np.outer(w, w) - np.diag(w)


@wrong("2.6", "not 1 - α_i²")
def identity(w):
    return np.eye(len(w)) - np.outer(w, w)


@wrong("2.6", "two different weights meet")
def own_weight_twice(w):
    return w * (np.eye(len(w)) - w)


@wrong("2.6", "return inside a loop")
def returns_too_early(w):
    for i in range(len(w)):
        return w[i] * ((np.arange(len(w)) == i) - w)


@wrong("2.6", "a single number is subtracted")
def inner_product(w):
    return np.diag(w) - w @ w


@wrong("2.6", "minus, not plus")
def others_rise(w):
    return np.where(np.eye(len(w), dtype=bool), np.diag(w * (1 - w)), np.outer(w, w))


@right("2.6")
def kronecker(w):
    return [[float(a) * ((i == j) - float(b)) for j, b in enumerate(w)] for i, a in enumerate(w)]


@right("2.6")
def by_small_steps(w):
    s, h = np.log(w), 1e-5
    step = np.eye(len(w)) * h
    return np.stack([(stable(s + d) - stable(s - d)) / (2 * h) for d in step], axis=1)


# --- 2.7 a distance is a dot product --------------------------------------------------------------------------------


def tables(q_first, q_second, k_second, divide_keys=False):
    """Make an answer that returns (q_first, q_second) and (k, k_second), each a function of its numbers and of h."""

    def answer(q, k, h):
        keys = np.stack([k, k_second(k, h)], 1)
        return np.stack([q_first(q, h), q_second(q, h)], 1), keys / h**2 if divide_keys else keys

    return answer


wrong("2.7", "bandwidth is missing", tables(lambda q, h: q, lambda q, h: q**0, lambda k, h: -(k**2) / 2))
wrong("2.7", "bandwidth should be squared", tables(lambda q, h: q / h, lambda q, h: q**0 / h, lambda k, h: -(k**2) / 2))
wrong("2.7", "sign of k²/2", tables(lambda q, h: q / h**2, lambda q, h: q**0 / h**2, lambda k, h: k**2 / 2))
wrong("2.7", "½ before k²", tables(lambda q, h: q / h**2, lambda q, h: q**0 / h**2, lambda k, h: -(k**2)))
wrong("2.7", "part with k² is missing", tables(lambda q, h: q / h**2, lambda q, h: q * 0, lambda k, h: k))
wrong(
    "2.7", "used up already", tables(lambda q, h: q / h**2 / 2, lambda q, h: q**0 / h**2 / 2, lambda k, h: -(k**2) / 2)
)
wrong("2.7", "k² part must be divided", tables(lambda q, h: q / h**2, lambda q, h: q**0, lambda k, h: -(k**2) / 2))
wrong(
    "2.7",
    "h² was divided out twice",
    tables(lambda q, h: q / h**2, lambda q, h: q**0 / h**2, lambda k, h: -(k**2) / 2, True),
)
wrong("2.7", "two tables", lambda q, k, h: np.outer(q, k) / h**2)
wrong("2.7", "two axes", lambda q, k, h: (q / h**2, k))


@wrong("2.7", "stack along axis 1")
def stacked_the_other_way(q, k, h):
    return np.stack([q, q**0]) / h**2, np.stack([k, -(k**2) / 2])


@wrong("2.7", "exchanged")
def keys_first(q, k, h):
    return np.stack([k, -(k**2) / 2], 1), np.stack([q, q**0], 1) / h**2


@right("2.7")
def with_the_shared_part(q, k, h):
    a = np.column_stack([q * q, q, q**0]) / h
    b = np.column_stack([-(k**0) / 2, k, -k * k / 2]) / h
    return a, b


@right("2.7")
def lists(q, k, h):
    return [[x / h, -0.5 / h] for x in q.tolist()], [[y / h, y * y / h] for y in k.tolist()]


# --- 2.8 drowned in a crowd -----------------------------------------------------------------------------------------


@wrong("2.8", "counts the others only")
def others(lead):
    return int(math.exp(lead))


@wrong("2.8", "whole number: round down")
def not_rounded(lead):
    return math.exp(lead) + 1


@wrong("2.8", "one too many")
def rounded_up(lead):
    return math.ceil(math.exp(lead)) + 1


@wrong("2.8", "powers count, not the scores")
def no_exponential(lead):
    return int(lead) + 1


@wrong("2.8", "no more: e^lead")
def twice_the_power(lead):
    return int(2 * math.exp(lead))


@wrong("2.8", "exactly half counts")
def more_than_half(lead):
    n = 1
    while math.exp(lead) / (math.exp(lead) + n) > 0.5:
        n += 1
    return n


@right("2.8")
def counting(lead):
    n = 1
    while math.exp(lead) / (math.exp(lead) + n) >= 0.5:
        n += 1
    return n
