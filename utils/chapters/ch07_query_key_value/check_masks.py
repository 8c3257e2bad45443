"""Checks of chapter 07 about masks: padding, causal with an offset, packed sentences, and what weight 0 cannot stop."""

import numpy as np

from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers
from utils.checks.tables import as_mask, equal_masks


@exercise(
    "7.4",
    "the padding mask",
    reveals="Padding is a matter of the keys: one row for each sentence, shared by all its queries.",
)
def padding_mask(answer):
    """Check the learner's ``padding_mask(lengths, n)``."""
    for lengths, n in (([2, 4, 3], 5), ([1, 3, 2], 3), ([4, 4], 4)):
        lengths = np.array(lengths)
        B = len(lengths)
        mask = as_mask(
            call(answer, lengths, n, shapes="lengths (B,) and places (n,) need an axis of length 1 each to meet.")
        )
        flat = np.arange(n) < lengths[:, None]  # (B, n)
        need(
            mask.shape != (B, n),
            "of shape (B, n) it meets the scores (B, n, n) along the queries: an axis for them is missing",
        )
        need(
            mask.shape != (n,) and mask.shape != (n, n),
            "every sentence has a length of its own; one mask for all cannot do",
        )
        need(
            mask.shape != (B, n, 1) or B == 1 or n == 1,
            "this forbids padded queries to ask; nobody may look at padded keys, the last axis",
        )
        need(mask.shape != (B, 1, 1, n), "four axes are for several heads; the scores here are (B, n, n)")
        try:
            full = np.broadcast_to(mask, (B, n, n))
        except ValueError:
            need(False, f"a mask of shape {mask.shape} does not broadcast to scores of shape {(B, n, n)}")
        real = flat[:, :, None] & np.ones((1, 1, n), bool)  # rows of real queries
        want = np.broadcast_to(flat[:, None], full.shape)
        if (full[real] == want[real]).all() and not (full & ~want).any():
            continue
        need(not (full == ~want).all(), "upside down: True means may look")
        later = np.arange(n) <= lengths[:, None]
        need(
            not (full == later[:, None]).all(),
            "one place too many: places count from 0, so the last real one is length − 1",
        )
        need(
            not (full == (np.arange(n) < lengths[:, None] - 1)[:, None]).all(),
            "one place too few: the last real word is forbidden",
        )
        need(
            not (full == (np.arange(n) >= n - lengths[:, None])[:, None]).all(),
            "the padding stands at the end, not at the beginning",
        )
        need(
            not (full == flat[:, :, None]).all(),
            "this forbids padded queries to ask; nobody may look at padded keys, the last axis",
        )
        need(
            (full == full[:, :1]).all() or not (full & ~want).any(),
            "somebody may look at padding, and it is not the same for all queries",
        )
        need(not (full & ~want).any(), "somebody may look at padding")
        need(False, "a real word is forbidden to a real word")


@exercise(
    "7.5", "the causal mask", reveals="A query sees itself and the past; where it stands among the keys is the offset."
)
def causal_mask(answer):
    """Check the learner's ``causal_mask(n_q, n_k)``."""
    for n_q, n_k in ((4, 4), (2, 5), (1, 3), (3, 4)):
        mask = as_mask(call(answer, n_q, n_k))
        want = np.tri(n_q, n_k, n_k - n_q, dtype=bool)
        where = f"for {n_q} queries and {n_k} keys "
        equal_masks(
            mask,
            want,
            {
                "a word may not look at itself here; nothing about it is in the future": np.tri(
                    n_q, n_k, n_k - n_q - 1, dtype=bool
                ),
                "each word may look at the next one: one place too far": np.tri(n_q, n_k, n_k - n_q + 1, dtype=bool),
                "upside down: the past is forbidden and the future allowed": ~want,
                "this allows the future and forbids the past": np.triu(np.ones((n_q, n_k), bool), n_k - n_q),
                "the first query is put beside the first key; but the queries are the last of the places": np.tri(
                    n_q, n_k, dtype=bool
                ),
                "the shift goes the wrong way: it should let the queries see more": np.tri(
                    n_q, n_k, n_q - n_k, dtype=bool
                ),
                "rows are queries and columns keys; the table is turned": np.tri(n_k, n_q, dtype=bool),
                "a row for each key came back; there are fewer queries than keys": np.tri(n_k, n_k, dtype=bool),
                "everything is allowed here": np.ones((n_q, n_k), bool) if n_q > 1 else np.zeros((0, 0), bool),
            },
            where + "the mask does not let each query see its own place and all before it, and nothing else",
        )


@exercise("7.6", "two sentences, one row", reveals="Masks combine with and: what one forbids, the other cannot allow.")
def packed_mask(answer):
    """Check the learner's ``packed_mask(documents)``."""
    for documents in ([1, 1, 2, 2, 0], [3, 3, 5, 5, 5, 9], [0, 0, 1, 1, 0], [4, 4, 4]):
        documents = np.array(documents)
        T = len(documents)
        mask = as_mask(call(answer, documents, shapes="One of the two must stand as a column: documents[:, None]."))
        same, past = documents[:, None] == documents, np.tri(T, dtype=bool)
        equal_masks(
            mask,
            same & past,
            {
                "each sentence sees itself alone, and it also sees its future": same,
                "the future is forbidden; looking into another sentence is not": past,
                "one of the two masks is enough here to be allowed; both must allow": same | past,
                "upside down: True means may look": ~(same & past),
                "a word may not look at itself here": same & np.tri(T, k=-1, dtype=bool),
                "the future is allowed and the past forbidden": same & past.T,
                "other sentences are allowed, and one's own is forbidden": (documents[:, None] != documents) & past,
                "one row came back; a table (T, T) is asked for": documents == documents[0],
                "a later sentence sees the earlier ones here": (documents[:, None] >= documents) & past,
                "places that follow each other are compared; a sentence has more than two words": _neighbours(documents)
                & past,
            },
            "a place must see its own sentence up to itself, and nothing else",
        )


def _neighbours(documents):
    near = np.abs(np.subtract.outer(np.arange(len(documents)), np.arange(len(documents)))) <= 1
    return near & (documents[:, None] == documents)


@exercise("7.8", "does a mask stop a NaN?", reveals="A weight of 0 silences every number, and no NaN: 0 · NaN is NaN.")
def heard(answer):
    """Check the learner's ``heard(weights, values)``."""
    rng = np.random.default_rng(78)
    for n_q, n_k, d_v in ((3, 4, 2), (4, 4, 3)):
        weights, values = rng.dirichlet(np.ones(n_k), size=n_q), rng.normal(size=(n_k, d_v))
        got = numbers(call(answer, weights, values), (n_q, d_v), "the answers")
        plain = "without any NaN it should be the plain weighted sum, weights @ values"
        turned = {"the weights are turned: row i of them makes answer i": weights.T @ values if n_q == n_k else ()}
        compare(got, weights @ values, mistakes=turned, otherwise=plain)
    weights = np.array([[0.5, 0.5, 0.0], [0.0, 0.25, 0.75], [0.0, 1.0, 0.0]])
    for bad in (np.nan, np.inf):
        values = np.array([[1.0, 2.0], [3.0, 4.0], [bad, 6.0]])
        got = numbers(call(answer, weights, values), (3, 2), "the answers")
        _silenced(got, bad)
    values = np.array([[np.nan, 2.0], [3.0, 4.0], [5.0, 6.0]])
    got = numbers(call(answer, weights, values), (3, 2), "the answers")
    need(np.isnan(got[0, 0]), "somebody listens to this NaN with weight 0.5, and the answer hides it")
    need(np.isfinite(got[1:]).all(), "a value may be silent for one query and heard by another: choose for each pair")
    got = numbers(call(answer, np.array([[1e-6, 1 - 1e-6]]), np.array([[1e6], [1.0]])), (1, 1), "the answers")
    need(np.isclose(got[0, 0], 2.0 - 1e-6), "a weight of 0.000001 is small and not 0: its value still has a say")


def _silenced(got, bad):
    name = "NaN" if np.isnan(bad) else "infinity"
    need(
        np.isfinite(got[2]).all() and np.isfinite(got[0]).all(),
        f"the third value holds a {name}; queries that give it weight 0 still hear it",
    )
    need(
        np.allclose(got[[0, 2]], [[2.0, 3.0], [3.0, 4.0]]),
        "where the NaN has weight 0, the answer should be the weighted sum of the other values, and it is not",
    )
    need(not np.isfinite(got[1, 0]), f"the second query gives the {name} a weight of 0.75, and its answer hides it")
    need(np.isclose(got[1, 1], 5.5), f"the {name} stands in one column; the other column of that answer is lost")
