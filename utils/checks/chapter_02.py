"""Checks and questions of chapter 02, scores and softmax."""

import numpy as np

from utils import scoring
from utils.attention import softmax as true_softmax
from utils.checks.framework import exercise
from utils.checks.questions_02 import recall, yourself  # noqa: F401  (the chapter asks for them here)
from utils.checks.reading import call, compare, need, numbers
from utils.kernel_regression import gaussian_weights


@exercise(
    "2.1", "a softmax that does not overflow", reveals="Large scores do no harm: only differences within a row count."
)
def softmax(answer):
    """Check the learner's ``softmax(scores)``."""
    rng = np.random.default_rng(21)
    for shape in ((4,), (3, 5), (4, 4), (2, 3, 4)):
        scores = rng.normal(size=shape)
        keep = "Each row's maximum and sum must keep an axis of length 1: see keepdims."
        weights = numbers(call(answer, scores, shapes=keep), shape, f"softmax of scores of shape {shape}")
        powers, top = np.exp(scores), scores.max(-1, keepdims=True)
        by_row = np.allclose(weights.sum(-1), 1)
        need(
            by_row or not np.allclose(weights.sum(0), 1),
            "the columns sum to one, not the rows: the keys stand along the last axis",
        )
        need(
            by_row or not np.isclose(weights.sum(), 1),
            "all weights of the table together sum to one; each row should by itself",
        )
        compare(
            weights,
            true_softmax(scores),
            mistakes={
                "these are the powers; they do not sum to one yet": (
                    powers,
                    np.exp(scores - top),
                    np.exp(scores - scores.max()),
                ),
                "this works along axis 1; the keys stand along the last axis, -1": true_softmax(scores, 1)
                if len(shape) > 2
                else (),
                "the order is upside down: the largest score should get the most": true_softmax(-scores),
                "the exponential is missing: these are the scores divided by their sum": scores
                / scores.sum(-1, keepdims=True),
                "the scores were divided: that changes the weights. Subtracting does not": (
                    true_softmax(scores / np.sqrt(shape[-1])),
                    true_softmax(scores / top),
                ),
                "the powers of e are asked for, not of 2": true_softmax(scores * np.log(2)),
                "these are the logarithms of the weights": np.log(true_softmax(scores)),
                "each score was treated by itself; the keys of a row must share": 1 / (1 + np.exp(-scores)),
            },
            otherwise=f"for scores of shape {shape} the rows are not the powers of e divided by their sum",
        )
    _survives_large_scores(answer)


def _survives_large_scores(answer):
    large = np.array([0.0, 1000.0, 1001.0])
    weights = numbers(call(answer, large), (3,), "softmax of scores around 1000")
    need(np.isfinite(weights).all(), "with scores around 1000 there is a NaN: the powers overflow, or a sum is zero")
    cut = "with scores around 1000 the weights are wrong: were large scores cut off? Then their differences are gone"
    compare(weights, true_softmax(large), otherwise=cut)
    apart = np.array([[1.0, 2.0], [2001.0, 2002.0]])
    weights = numbers(call(answer, apart), (2, 2), "softmax of two rows far apart")
    lost = "one row has scores around 1, the other around 2000, and one of them is lost: each row needs its own maximum"
    compare(np.nan_to_num(weights), true_softmax(apart), otherwise=lost)
    mixed = np.array([[0.0, 3000.0, 0.0, 1.0], [-2001.0, -2000.0, -2003.0, -2000.5]])
    weights = numbers(call(answer, mixed), (2, 4), "softmax of a row with one large score")
    other = "one score far above the rest, or all far below zero, breaks it: what is subtracted must be the row's largest score"
    compare(np.nan_to_num(weights), true_softmax(mixed), otherwise=other)


@exercise("2.2", "temperature", reveals="Cold sharpens and hot flattens, because differences of scores grow or shrink.")
def at_temperature(answer):
    """Check the learner's ``at_temperature(scores, T)``."""
    rng = np.random.default_rng(22)
    for T, shape in ((0.5, (3, 4)), (3.0, (4, 4)), (2.0, (2, 3, 4))):
        scores = rng.normal(size=shape)
        plain = true_softmax(scores)
        got = numbers(call(answer, scores, T), shape, f"the weights at T = {T:g}")
        compare(
            got,
            true_softmax(scores / T),
            mistakes={
                "here a higher temperature makes the weights sharper: it should flatten them": true_softmax(scores * T),
                "the weights were divided; the rows no longer sum to one. Temperature acts on the scores": plain / T,
                "the temperature has no effect: was it used, and was it more than a shift of the whole row?": plain,
                "softmax was taken twice: temperature acts on the scores, not on the weights": true_softmax(plain / T),
                "powers of weights do not sum to one yet; acting on the scores is simpler": plain ** (1 / T),
                "the columns sum to one, not the rows": true_softmax(scores / T, 0),
                "divide by T itself, not by its root": true_softmax(scores / np.sqrt(T)),
                "divide by T itself, not by its square": true_softmax(scores / T**2),
                "the order is upside down: the largest score should get the most": true_softmax(-scores / T),
                "these are the divided scores; the softmax is missing": scores / T,
            },
            otherwise=f"at T = {T:g} the weights are not the softmax of the scores divided by T",
        )
    close = np.array([[0.0, 0.002, 0.001, -0.001], [3.0, 3.003, 3.001, 3.0]])
    for scores in (close, rng.normal(size=(3, 4))):
        cold = numbers(call(answer, scores, 0.001), scores.shape, "the weights at T = 0.001")
        broken = "at T = 0.001 there is a NaN: a power is too large, or all powers of a row are too small. Act on the scores, with a softmax that does not overflow"
        need(np.isfinite(cold).all(), broken)
        compare(
            cold,
            true_softmax(scores / 0.001),
            otherwise="at T = 0.001 the weights are wrong: even so small a T should count",
        )


@exercise("2.3", "entropy", reveals="Two to the entropy is how many a row listens to.")
def entropy(answer):
    """Check the learner's ``entropy(weights)``."""
    rng = np.random.default_rng(23)
    for shape in ((5,), (3, 4), (4, 4), (2, 3, 4)):
        w = rng.dirichlet(np.ones(shape[-1]), size=shape[:-1])
        logs = np.log2(w)
        got = numbers(call(answer, w), None, "the entropy")
        need(
            len(shape) == 1 or got.shape != (), f"one number came back; weights of shape {shape} need one for each row"
        )
        need(got.shape != shape, "one number for each row is asked for: the sum over the keys is missing")
        got = numbers(got, shape[:-1], f"the entropy of weights of shape {shape}")
        want = -(w * logs).sum(-1)
        compare(
            got,
            want,
            mistakes={
                "the sign is upside down: an entropy is never negative": -want,
                "this is in another unit: bits need the logarithm to base 2": (want * np.log(2), want / np.log2(10)),
                "the sign is upside down, and bits need the logarithm to base 2": -want * np.log(2),
                "this adds down the columns; a row's keys stand along the last axis": -(w * logs).sum(0),
                "each logarithm should count with its weight": (-logs.sum(-1), -logs.mean(-1)),
                "this is the mean over the keys; the sum is asked for": -(w * logs).mean(-1),
                "this is how many it listens to; the entropy itself is asked for": 2**want,
                "something was added inside the logarithm; it shifts every term": tuple(
                    -(w * np.log2(w + small)).sum(-1) for small in (1e-3, 1e-4, 1e-5, 1e-6)
                ),
            },
            otherwise="it is not minus the sum of weight times log2 of the weight, row by row",
        )
    sparse = np.array([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0]])
    got = numbers(call(answer, sparse), (2,), "the entropy")
    need(np.isfinite(got).all(), "a weight of zero made it NaN; it should add nothing")
    compare(got, [1.0, 0.0], otherwise="a weight of zero should add nothing: half and half and nothing is 1 bit")


@exercise(
    "2.4", "the additive scorer", reveals="Query and key meet inside the tanh; that is what lets the query choose."
)
def additive_scores(answer):
    """Check the learner's ``additive_scores(queries, keys, W_q, W_k, w)``."""
    rng = np.random.default_rng(24)
    for n_q, n_k, d_q, d_k, d in ((3, 5, 2, 4, 6), (4, 4, 3, 3, 3)):
        q, k = rng.normal(size=(n_q, d_q)), rng.normal(size=(n_k, d_k))
        W_q, W_k, w = rng.normal(size=(d, d_q)), rng.normal(size=(d, d_k)), rng.normal(size=d)
        turn = "W_q is (d, d_q) and queries (n_q, d_q): which one must be turned? And every query meets every key."
        got = numbers(call(answer, q, k, W_q, W_k, w, shapes=turn), None, "the scores")
        turned = "the scores stand the wrong way: a row is a query, a column a key"
        need(n_q == n_k or got.shape != (n_k, n_q), turned)
        need(got.shape != (n_q, n_k, d), "one number for each pair is asked for: what takes the last axis away?")
        got = numbers(got, (n_q, n_k), "the scores")
        want = scoring.additive_scores(q, k, W_q, W_k, w)
        from_q, from_k = (q @ W_q.T)[:, None], k @ W_k.T
        pairs = from_q + from_k
        compare(
            got,
            want,
            mistakes={
                "the tanh is missing: without it the query has no say": pairs @ w,
                "the tanh comes before w, on each of the d entries, not after the sum": np.tanh(pairs @ w),
                "w is missing: each of the d entries counts with its own weight": np.tanh(pairs).sum(-1),
                turned: want.T if n_q == n_k else (),
                "query and key are multiplied; this scorer adds them": np.tanh(from_q * from_k) @ w,
                "query and key are subtracted; this scorer adds them": np.tanh(from_q - from_k) @ w,
                "the sum over the d entries is asked for, not the mean": want / d,
                "these are weights already; the scores are asked for": true_softmax(want),
                "query and key must be added before the tanh, or they never meet": np.tanh(from_q) @ w
                + np.tanh(from_k) @ w,
            },
            otherwise="at least one score is not w · tanh(W_q q + W_k k)",
        )


@exercise(
    "2.5",
    "what leaves α alone?",
    reveals="Whatever a whole row shares cancels: so shifts of keys vanish, and shifts of queries do not.",
)
def invariances(a, b, c, d, e, f):
    """Check the learner's six verdicts."""
    right = {"a": True, "b": False, "c": False, "d": True, "e": False, "f": True}
    why = {
        "a": "write e^(s + 5) as e^5 · e^s for the whole row, and see what happens to e^5",
        "b": "in each row only one score has changed; do the differences within the row stay?",
        "c": "take the scores 0 and 1, double them, and compare the weights",
        "d": "q · (k + u) = q · k + q · u: is the last part the same along a row, or along a column?",
        "e": "(q + u) · k = q · k + u · k: is the last part the same along a row, or along a column?",
        "f": "write out one score: the 2 stands once on top, once below",
    }
    given = dict(zip(right, (a, b, c, d, e, f), strict=True))
    for name, verdict in given.items():
        need(isinstance(verdict, bool | np.bool_), f"{name} should be True or False, without quotation marks")
    wrong = [name for name, verdict in given.items() if bool(verdict) != right[name]]
    if wrong:
        count = "One of the six is wrong" if len(wrong) == 1 else f"{len(wrong)} of the six are wrong"
        need(False, f"{count}. Look at {wrong[0]} again: {why[wrong[0]]}")


@exercise(
    "2.6", "the slope of softmax", reveals="Rows and columns of it sum to zero: what one key wins, the others lose."
)
def softmax_slope(answer):
    """Check the learner's ``softmax_slope(weights)``."""
    for n in (4, 3):
        w = np.random.default_rng(26).dirichlet(np.ones(n))
        got = numbers(call(answer, w), None, "the slopes")
        own = got.shape == (n,) and np.allclose(got, w * (1 - w))
        need(not own, "these are the slopes for a key's own score; the others move as well: (n, n) is asked for")
        need(got.shape != (n,), "only one row came back: is there a return inside a loop?")
        got = numbers(got, (n, n), "the slopes")
        products = np.outer(w, w)
        compare(
            got,
            scoring.softmax_gradient(w),
            mistakes={
                "the others fall when one rises: off the diagonal the slopes are negative, not zero": np.diag(
                    w * (1 - w)
                ),
                "the second part, minus α_i α_j, is missing": np.diag(w),
                "the diagonal part is missing: a weight rises with its own score": -products,
                "the diagonal part is missing, and the others should fall, not rise": products,
                "all signs are upside down: a weight rises with its own score": products - np.diag(w),
                "the others should fall when one rises: minus, not plus": (
                    np.diag(w) + products,
                    np.diag(w * (1 - w)) + products * (1 - np.eye(n)),
                ),
                "on the diagonal it is α_i times (1 - α_i), not 1 - α_i²": np.eye(n) - products,
                "the 1 stands only where i = j": w[:, None] * (1 - w),
                "off the diagonal two different weights meet, α_i and α_j; here one meets itself": (
                    w * (np.eye(n) - w),
                    np.diag(w) - w * w,
                    np.diag(w) - (w * w)[:, None],
                ),
                "α_i α_j is one number for each pair; here a single number is subtracted everywhere": np.diag(w)
                - w @ w,
            },
            otherwise="it is not α_i (1[i = j] - α_j) everywhere",
        )


@exercise(
    "2.7",
    "a distance is a dot product",
    reveals="What the whole row shares has vanished, and a dot product does a distance's work.",
)
def as_dot_products(answer):
    """Check the learner's ``as_dot_products(queries, keys, bandwidth)``."""
    rng = np.random.default_rng(27)
    for n_q, n_k, h in ((4, 6, 0.8), (5, 5, 1.7)):
        x, y = rng.uniform(0, 3, size=n_q), rng.uniform(0, 3, size=n_k)
        q, k = _two_tables(call(answer, x, y, h, shapes="Both columns of a table need the same length."), n_q, n_k)
        cross, square = np.outer(x, y), y**2 / 2
        compare(
            true_softmax(q @ k.T),
            gaussian_weights(x, y, h),
            mistakes={
                "the bandwidth is missing: everything is divided by h²": true_softmax(cross - square),
                "the bandwidth should be squared": true_softmax((cross - square) / h),
                "h² was divided out twice, once on each side": true_softmax((cross - square) / h**4),
                "the part with k² is missing; it does not vanish, for it differs from key to key": (
                    true_softmax(cross / h**2),
                    true_softmax(cross),
                ),
                "the sign of k²/2 is upside down: far keys win": true_softmax((cross + square) / h**2),
                "the ½ before k² is missing": true_softmax((cross - 2 * square) / h**2),
                "multiplying out turns -(q-k)²/2 into q·k - k²/2: the 2 is used up already": true_softmax(
                    (cross - square) / (2 * h**2)
                ),
                "the k² part must be divided by h², too": true_softmax(cross / h**2 - square),
                "the q·k part must be divided by h², too": true_softmax(cross - square / h**2),
                "all signs are upside down: far keys win": true_softmax((square - cross) / h**2),
            },
            otherwise="the softmax of the dot products is not the weights from distance: compare with (q·k - k²/2) / h²",
        )


def _two_tables(result, n_q, n_k):
    """Return the learner's vectors for queries and keys as arrays, or say what is wrong with their shapes."""
    need(
        isinstance(result, tuple | list | np.ndarray) and len(result) == 2,
        "two tables are asked for: return new_queries, new_keys",
    )
    q, k = numbers(result[0], None, "the table of queries"), numbers(result[1], None, "the table of keys")
    need(q.ndim == k.ndim == 2, f"both should have two axes, (n_q, d) and (n_k, d); yours have {q.shape} and {k.shape}")
    need((len(q), len(k)) != (2, 2), "each query is one row: stack along axis 1")
    need(n_q == n_k or (len(q), len(k)) != (n_k, n_q), "the tables are exchanged: queries first, then keys")
    rows = f"there should be a row for each of the {n_q} queries and {n_k} keys; yours have {q.shape} and {k.shape}"
    need((len(q), len(k)) == (n_q, n_k), rows)
    need(
        q.shape[1] == k.shape[1], f"queries of length {q.shape[1]} and keys of length {k.shape[1]} have no dot product"
    )
    need(np.isfinite(q).all() and np.isfinite(k).all(), "there is a NaN or an infinity in the tables")
    return q, k


@exercise(
    "2.8",
    "drowned in a crowd",
    reveals="A lead of 5 rules a crowd of 149, and no more: with enough keys every winner drowns.",
)
def largest_crowd(answer):
    """Check the learner's ``largest_crowd(lead)``."""
    for lead in (2.5, 1.0, 5.0, 7.0, 0.0):
        got = numbers(call(answer, lead), (), f"largest_crowd({lead:g})")
        power = np.exp(lead)
        need(lead != 0 or got != 1, "exactly half counts as well: with a lead of 0, two keys share equally")
        compare(
            got,
            np.floor(power) + 1,
            mistakes={
                "this counts the others only; the winner is one of the N, too": np.floor(power),
                "N is a whole number: round down": power + 1,
                "N is a whole number, and the winner is one of them": power,
                "one too many: with this N the winner has just under half": np.floor(power) + 2,
                "half of the weight: the others' powers together may equal the winner's, not half of it": np.floor(
                    power / 2
                )
                + 1,
                "the others' powers together may equal the winner's, no more: e^lead / (e^lead + N - 1) ≥ 1/2": np.floor(
                    2 * power
                ),
                "the powers count, not the scores: where is e?": np.floor(lead) + 1,
                "the powers of e count, not of 2": np.floor(2**lead) + 1,
            },
            otherwise=f"with a lead of {lead:g}, try N = {got:.6g} and N + 1 in the formula: the first should give 1/2 or more, the second less",
        )
