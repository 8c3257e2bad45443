"""Checks of chapter 14 about linear memories: a step of the recurrence, and how many pairs fit."""

import numpy as np

from utils.chapters.ch14_what_it_costs import capacity
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers

SIZES = (
    "S has a row for each feature of a key and a column for each number of a value; z has one number for each feature."
)


@exercise(
    "14.4", "attention as a recurrence", reveals="One matrix and one vector hold all the past, however long it is."
)
def step(answer):
    """Check the learner's ``step(S, z, q, k, v)`` over a few places."""
    rng = np.random.default_rng(144)
    S, z = np.zeros((3, 2)), np.zeros(3)
    for place in range(4):
        q, k, v = rng.uniform(0.2, 2, size=3), rng.uniform(0.2, 2, size=3), rng.normal(size=2)
        result = call(answer, S, z, q, k, v, shapes=SIZES)
        need(
            isinstance(result, tuple | list) and len(result) == 3,
            "three things are asked for: out, the new S, the new z",
        )
        new_S, new_z = S + np.outer(k, v), z + k
        at = "at the first place" if place == 0 else "at a later place"
        given = numbers(result[1], None, "S")
        need(given.shape != (3,), "the three come in the order out, S, z")
        need(given.shape != (2, 3), "S lies on its side: (d_k, d_v), a row for each feature of the key")
        compare(
            numbers(given, (3, 2), "S"), new_S, mistakes=_state_mistakes(S, q, k, v), otherwise=f"S is not right {at}"
        )
        compare(numbers(result[2], (3,), "z"), new_z, mistakes=_sum_mistakes(z, q, k), otherwise=f"z is not right {at}")
        out = numbers(result[0], (2,), "out")
        need(not np.isinf(out).any(), "out is divided by the z from before this place, and at the start that is 0")
        compare(
            out, q @ new_S / (q @ new_z), mistakes=_read_mistakes(S, z, q, k, v), otherwise=f"out is not right {at}"
        )
        S, z = new_S, new_z


def _state_mistakes(S, q, k, v):
    return {
        "S was not changed: the new pair must be written into it": S,
        "S holds only the new pair: the earlier ones are lost": np.outer(k, v) if S.any() else (),
        "the query was written into S; what is stored is the key with its value": S + np.outer(q, v),
        "φ was put on the key once more; q and k are features already": S + np.outer(k + 1, v),
        "the new pair was taken away from S; it should be added": S - np.outer(k, v),
        "the value was added to every row: each row counts it by one feature of the key": S + v,
        "S is averaged over the places: keep plain sums, out divides": (S + np.outer(k, v)) / 2,
    }


def _sum_mistakes(z, q, k):
    return {
        "z was not changed: it adds up the keys": z,
        "z holds only the new key: the earlier ones are lost": k if z.any() else (),
        "z adds up the queries; it is the keys that weigh": z + q,
        "φ was put on the key once more; k is features already": z + k + 1,
        "z counts places; it should add up the keys": z + 1,
        "z was taken down by the key; it should grow": z - k,
    }


def _read_mistakes(S, z, q, k, v):
    new_S, new_z = S + np.outer(k, v), z + k
    with np.errstate(all="ignore"):
        return {
            "S and z are right, but out was read before the new pair was written: a token sees its own place": (
                q @ S / (q @ z),
                q @ S / (q @ new_z),
                np.zeros(2) if not S.any() else (),
            ),
            "S and z are right, but out is not divided: its weights must sum to one": q @ new_S,
            "out is divided by the sum of z; the query weighs z, as it weighs S": q @ new_S / new_z.sum(),
            "S and z are right, but they were asked with the key instead of the query": k @ new_S / (k @ new_z),
            "out is divided by the z from before this place": q @ new_S / (q @ z) if z.any() else (),
        }


@exercise("14.7", "how many pairs fit?", reveals="A matrix of d rows blurs at a few times d pairs; kept keys do not.")
def recalled(answer):
    """Check the learner's ``recalled(keys, values)`` on few pairs and on far too many."""
    rng = np.random.default_rng(147)
    for n, d in ((30, 8), (60, 12), (40, 6), (4, 16)):
        keys, values = capacity.pairs(n, d, rng)
        got = numbers(call(answer, keys, values), None, "the share")
        need(got.size == 1, f"one share is asked for, a number from 0 to 1; yours has shape {got.shape}")
        compare(
            got.reshape(()),
            capacity.recalled(keys, values),
            mistakes=_recall_mistakes(keys, values),
            otherwise=f"with {n} pairs and d = {d}, this is not the share of keys that bring back their own symbol",
            tolerance=1e-4,
        )


def _recall_mistakes(keys, values):
    n = len(keys)
    share, right = capacity.recalled(keys, values), values.argmax(1)
    close = (keys @ keys.T).argmax(1)
    first = values[(keys @ keys[:1].T).ravel().argmax()].argmax()
    columns = (keys @ (keys.T @ values)).argmax(0)
    return {
        "this is a count; a share lies between 0 and 1": share * n if share * n > 1 else (),
        "this is the share that comes back wrong": 1 - share if share != 0.5 else (),
        "this is a percentage; a share lies between 0 and 1": 100 * share,
        "everything comes back: were the keys kept and compared one by one? Only the matrix may be asked": (
            1.0 if share < 1 else (),
            float((right[close] == right).mean()) if share < 1 else (),
        ),
        "only one key was asked; ask for all of them": float((right == first).mean()),
        "the largest was looked for among the keys, not among the symbols": float(
            np.mean(columns == np.arange(values.shape[1]))
        ),
        "nothing comes back at all: is every key written together with its own value?": 0.0 if share > 0 else (),
    }
