"""Checks of chapter 04 about the GRU, and the slow, plain α that the checks compare with."""

import numpy as np

from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers
from utils.recurrent import default_weights, gru_step as true_gru_step
from utils.recurrent.weights import affine

SIZES = ((3, 4), (2, 2), (4, 6))  # d_in, H


def sigmoid(s):
    return 1 / (1 + np.exp(-s))


def problem(rng, machine, d_in, H):
    """Return x, h, c and weights, wide enough for the gates to differ."""
    weights = {name: 2 * array for name, array in default_weights(machine, d_in, H, rng=rng).items()}
    return rng.normal(size=d_in), rng.uniform(-0.9, 0.9, H), rng.normal(size=H), weights


def unroll(i, f, fade=lambda f, s, t: np.prod(f[s + 1 : t + 1])):
    """Return α of one unit, entry by entry, as the formula says it   (T, 1 + T).

    fade(f, s, t): what is left after step t of what step s wrote, counted from 0; s = -1 is the start
    """
    T = len(f)
    weights = np.zeros((T, 1 + T))
    for t in range(T):
        for s in range(-1, t + 1):
            weights[t, s + 1] = (i[s] if s >= 0 else 1) * fade(f, s, t)
    return weights


def where(got, want):
    """Say which entry goes wrong first."""
    wrong = np.argwhere(~np.isclose(got, want)).tolist() or [(0, 0)]
    t, s = wrong[0]
    return f"after step {t + 1}, the share of {'the start' if s == 0 else f'step {s}'} is not right: follow it by hand"


@exercise(
    "4.4", "one step of a GRU", reveals="It agrees with torch's. With another convention the same weights are wrong."
)
def gru_step(answer):
    """Check the learner's ``gru_step(x, h, weights)``."""
    rng = np.random.default_rng(44)
    for d_in, H in SIZES:
        x, h, _, weights = problem(rng, "gru", d_in, H)
        three = f"Each part has the length 3H = {3 * H}: cut each into three blocks."
        result = call(answer, x, h, weights, shapes=three)
        need(not isinstance(result, tuple), "only the new state is asked for; a GRU has no cell beside it")
        got = numbers(result, (H,), "the state")
        want, gates = true_gru_step(x, h, weights)
        before, _ = true_gru_step(x, h, weights, reset="before")
        compare(
            got,
            want,
            mistakes=_gru_mistakes(x, h, weights, gates, before),
            otherwise="not what comes out of (1 - z) n + z h: which block is which, and what does each go through?",
        )


def _gru_mistakes(x, h, weights, gates, before):
    r, z, n = gates
    from_x, from_h = affine(x, "ih", weights), affine(h, "hh", weights)
    xs, hs = np.split(from_x, 3), np.split(from_h, 3)
    W, b = weights["weight_hh_l0"][2 * len(h) :], weights["bias_hh_l0"][2 * len(h) :]
    z_first = sigmoid(xs[1] + hs[1]), sigmoid(xs[0] + hs[0])
    swapped = np.tanh(xs[2] + z_first[0] * hs[2])
    free, inside = np.tanh(xs[2] + hs[2]), np.tanh(r * (xs[2] + hs[2]))
    raw_r, raw_z = xs[0] + hs[0], xs[1] + hs[1]
    raw_n = np.tanh(xs[2] + raw_r * hs[2])
    return {
        "the gates were used as they are; each goes through the sigmoid": (1 - raw_z) * raw_n + raw_z * h,
        "the candidate did not go through the tanh": (1 - z) * (xs[2] + r * hs[2]) + z * h,
        "r multiplies the input's part; it acts on the state's": (1 - z) * np.tanh(r * xs[2] + hs[2]) + z * h,
        "this is the other convention, in which z writes and 1 - z keeps; here z = 1 keeps": z * n + (1 - z) * h,
        "this is the other convention, as first published: r acts before the matrix; here it acts after": (
            before,
            (1 - z) * np.tanh(xs[2] + W @ (r * h)) + z * h,
        ),
        "both conventions are the other ones: r before the matrix, and z writes": z * np.tanh(xs[2] + W @ (r * h) + b)
        + (1 - z) * h,
        "r and z are exchanged: the blocks stand in the order r, z, n": (1 - z_first[1]) * swapped + z_first[1] * h,
        "r is missing: the candidate sees all of the old state": (1 - z) * free + z * h,
        "r multiplies the input's part, too; it acts on the state's only": (1 - z) * inside + z * h,
        "r misses the bias of the state's part; it multiplies that as well": (1 - z) * np.tanh(xs[2] + r * (W @ h) + b)
        + z * h,
        "the old state is missing: z of it stays": (1 - z) * n,
        "the candidate was added whole; only 1 - z of it is": n + z * h,
        "z multiplies both; the two shares together are one": z * n + z * h,
        "this is the candidate; it is not mixed with the old state yet": n,
        "the candidate went through the sigmoid, like a gate; it may be negative": (1 - z) * sigmoid(xs[2] + r * hs[2])
        + z * h,
    }


@exercise(
    "4.5", "the GRU's rows sum to one", reveals="What is not kept is written, so nothing of the unit is lost or added."
)
def gru_weights(answer):
    """Check the learner's ``gru_weights(z)``."""
    rng = np.random.default_rng(45)
    for T in (4, 1, 5):
        z = rng.uniform(0.1, 0.9, T)
        got = numbers(call(answer, z), None, "the weights")
        need(got.shape != (T, T), f"the start's column is missing: {T} rows and {T + 1} columns are asked for")
        need(got.shape != (1 + T, T), "it stands on its side: a row is a step that asks, a column what was written")
        got = numbers(got, (T, 1 + T), "the weights")
        need(T == 1 or not np.allclose(got, got[-1]), "all rows are alike: keep a copy of each row, not the row itself")
        right, start = unroll(1 - z, z), np.eye(1 + T)[0]
        compare(
            got,
            right,
            mistakes={
                "here z is written and 1 - z is kept; in our convention z = 1 keeps": unroll(z, 1 - z),
                "z plays both parts here; what is not kept is written": unroll(z, z),
                "everything is written whole; only the part that is not kept should be": unroll(np.ones(T), z),
                "1 - z plays both parts here; z is kept": unroll(1 - z, 1 - z),
                "the first column is zero, so the rows fall short of one: the start has its share": right * (1 - start),
                "the start was given what is missing to one without the z": right * (1 - start) + start,
                "dividing each row by its sum is not needed, and changes the shares: was the start left out?": (
                    right * (1 - start) / (right * (1 - start)).sum(1, keepdims=True),
                    unroll(np.ones(T), z) / unroll(np.ones(T), z).sum(1, keepdims=True),
                    unroll(z, z) / unroll(z, z).sum(1, keepdims=True),
                ),
            },
            otherwise=where(got, right)
            if np.isfinite(got).all()
            else "every weight follows from products of z and 1 - z",
        )
