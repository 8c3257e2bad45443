"""Checks of exercises 12.4 to 12.6: another α, rank correlation, and what is really handed over."""

import numpy as np

from utils.attention import softmax
from utils.chapters.ch12_reading_alpha import reading_alpha as course
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers


@exercise(
    "12.4",
    "another α, the same answer",
    reveals="With more keys than features, and weights that are not zero, α can move and the answer stays.",
)
def other_weights(answer):
    """Check the learner's ``other_weights(weights, v)``."""
    rng = np.random.default_rng(124)
    for n_k, d_v in ((5, 1), (7, 3), (12, 4), (6, 4)):
        weights, v = rng.dirichlet(np.full(n_k, 3.0)), rng.normal(size=(n_k, d_v))
        fit = f"The weights are ({n_k},), the values ({n_k}, {d_v}), and a direction has one entry for each key."
        got = numbers(call(answer, weights, v, shapes=fit), None, "the other row")
        need(
            got.shape != (d_v,) or d_v == n_k,
            "this has as many numbers as a value: it is the answer; asked for is another row of weights",
        )
        got = numbers(got, (n_k,), "the other row")
        need(np.isfinite(got).all(), "there is a NaN or an infinity in it: was something divided by zero?")
        _another(got, weights, v)


def _another(got, weights, v):
    moved = np.abs(got - weights).sum() / 2
    need(moved > 1e-9, "this is the same row again; there is another one with the same answer")
    sums = np.isclose(got.sum(), 1, atol=1e-6)
    right = np.allclose(got @ v, weights @ v, atol=1e-6)
    need(
        sums or not right,
        "the answer is the same, but the weights no longer sum to one: that is one more thing that must not change",
    )
    need(
        right or not np.allclose(np.sort(got), np.sort(weights)),
        "these are the same weights in another order; for most values that gives another answer",
    )
    need(sums, f"these weights sum to {got.sum():.3f}, not to one")
    need(right, "the weights sum to one, but they give another answer: in which directions does the answer not move?")
    need(
        got.min() >= -1e-7,
        "the answer is the same, but a weight is below zero: you went too far in this direction",
    )
    need(
        got.min() < 1e-6,
        f"right so far, but it moved only {moved:.0%} of the ink; go on in this direction until a weight becomes zero",
    )


@exercise("12.5", "rank correlation", reveals="Two measures can be compared though they have no unit in common.")
def kendall(answer):
    """Check the learner's ``kendall(a, b)``."""
    rng = np.random.default_rng(125)
    for n, noise in ((7, 0.4), (9, 0.4), (4, 3.0), (2, 0.1), (12, 2.0)):
        a = rng.permutation(n) + rng.uniform(0, 0.5, n)
        b = (a + noise * n * rng.normal(size=n)) ** 3
        want = course.kendall(a, b)
        got = numbers(call(answer, a, b), (), "τ")
        pairs, agree = n * (n - 1) / 2, (want + 1) / 2
        ranks = [np.argsort(np.argsort(each)) for each in (a, b)]
        compare(
            got,
            want,
            mistakes={
                "this is the share of the pairs that agree; those that do not should count against it": agree,
                "this is the number of pairs that agree, less the others; divide it by the number of all pairs": want
                * pairs,
                "this is the number of pairs that agree": agree * pairs,
                "the differences were multiplied and added, so that large ones count more; only their sign should count": (
                    n * np.dot(a, b) - a.sum() * b.sum()
                )
                / pairs,
                "this is a correlation of the numbers themselves (Pearson's); only their order should count": np.corrcoef(
                    a, b
                )[0, 1],
                "this correlates the ranks (Spearman's ρ); Kendall's τ counts pairs": np.corrcoef(*ranks)[0, 1],
                "the sign is turned: pairs that agree count for it": -want,
                "each pair was counted twice, and divided by the number of pairs counted once": 2 * want,
                "each pair was counted once, and divided by the number of pairs counted twice": want / 2,
                "this was divided by n², but a place makes no pair with itself": want * pairs * 2 / n**2,
                "only neighbouring places were compared; all pairs count": np.mean(np.sign(np.diff(a) * np.diff(b))),
                "this is how many places have the same rank in both lists; compare pairs of places": np.mean(
                    ranks[0] == ranks[1]
                ),
            },
            otherwise="this is not the pairs that agree, less those that do not, of all pairs",
        )


@exercise("12.6", "what is really handed over", reveals="A large weight on a short value is a whisper.")
def spoken(answer):
    """Check the learner's ``spoken(weights, v, W_o)``."""
    rng = np.random.default_rng(126)
    for H, n_q, n_k, d_head, d_model in ((2, 3, 4, 3, 5), (3, 4, 4, 2, 6), (1, 2, 3, 4, 4), (4, 3, 5, 2, 3)):
        weights, v = softmax(rng.normal(size=(H, n_q, n_k))), rng.normal(size=(H, n_k, d_head))
        W_o = rng.normal(size=(H * d_head, d_model))
        fit = "Each head has its own part of W_o, d_head rows of it."
        got = numbers(call(answer, weights, v, W_o, shapes=fit), None, "the lengths")
        own = v @ W_o.reshape(H, d_head, d_model)  # (H, n_k, d_model)
        need(
            got.shape != (H, n_k) or n_q == 1,
            "these are the lengths of the values alone; each query multiplies them by its weights",
        )
        need(
            got.shape != (H, n_q, n_k, d_model),
            "these are the vectors themselves; asked for is the length of each",
        )
        need(
            got.shape not in {(H, n_q, d_model), (H, n_q)},
            "this was summed over the keys; asked for is what each key hands over by itself",
        )
        got = numbers(got, (H, n_q, n_k), f"with {H} heads, {n_q} queries and {n_k} keys, the lengths")
        length = np.linalg.norm(own, axis=-1)[:, None]
        cards = v @ W_o.reshape(d_head, H, d_model).transpose(1, 0, 2)
        compare(
            got,
            weights * length,
            mistakes={
                "this is the length of v, before W_o: what W_o makes of it is handed over": weights
                * np.linalg.norm(v, axis=-1)[:, None],
                "these are the weights alone": weights,
                "these are the lengths alone, the same for each query; its weights are missing": np.broadcast_to(
                    length, weights.shape
                ),
                "the length is squared: the root is missing": weights * length**2,
                "the length should be that of a vector: squares, summed, and the root; here sizes were summed": weights
                * np.abs(own).sum(-1)[:, None],
                "the numbers of the vector were summed; they have signs, so take its length": weights
                * own.sum(-1)[:, None],
                "every head was given the part of head 0": weights * np.linalg.norm(v @ W_o[:d_head], axis=-1)[:, None]
                if H > 1
                else np.nan,
                "W_o was dealt out like cards: its first d_head rows belong to head 0": weights
                * np.linalg.norm(cards, axis=-1)[:, None]
                if H > 1
                else np.nan,
                "each row was scaled to sum to one; asked for are the lengths themselves": weights
                * length
                / (weights * length).sum(-1, keepdims=True),
            },
            otherwise="this is not the weight times the length of v_j W_o, each head with its own part of W_o",
        )
