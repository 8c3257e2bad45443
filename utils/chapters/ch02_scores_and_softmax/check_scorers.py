"""Checks of chapter 02 about scorers: the additive one, the slope it learns by, and a distance as a dot product."""

import numpy as np

from utils.attention import softmax as true_softmax
from utils.attention.kernel_regression import gaussian_weights
from utils.chapters.ch02_scores_and_softmax import softmax_analysis
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers


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
        want = softmax_analysis.additive_scores(q, k, W_q, W_k, w)
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
            softmax_analysis.softmax_gradient(w),
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
