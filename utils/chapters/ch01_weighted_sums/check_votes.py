"""Exercises 1.4 and 1.6: who may vote, and what a vote can reach."""

import numpy as np

from utils.attention.kernel_regression import (
    gaussian_weights as true_gaussian_weights,
    leave_one_out_error as true_leave_one_out_error,
    to_weights as rows_to_one,
)
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers


@exercise("1.4", "leave one out", reveals="Only the others may vote, so a bandwidth near zero no longer looks perfect.")
def leave_one_out_error(answer):
    """Check the learner's ``leave_one_out_error(positions, readings, bandwidth)``."""
    rng = np.random.default_rng(14)
    x, h, n = rng.uniform(0, 6, size=12), 0.8, 12
    x[7] = x[2]  # two thermometers in one place, and no order
    y = np.sin(x) + rng.normal(scale=0.3, size=n) + 20
    got = numbers(call(answer, x, y, h), (), "the error")
    want = true_leave_one_out_error(x, y, h)
    voted = true_gaussian_weights(x, x, h)
    d, others = x[:, None] - x, 1 - np.eye(n)
    closeness = np.exp(-(d**2) / (2 * h**2)) * others
    misses = rows_to_one(closeness) @ y - y
    doubled = rows_to_one(np.exp(-(d**2) / h**2) * others) @ y - y
    compare(
        got,
        want,
        mistakes={
            "each reading voted for itself: take the own votes off the diagonal": np.mean((voted @ y - y) ** 2),
            "the own votes were removed after the rows had been made to sum to one; do it before": np.mean(
                (voted * others @ y - y) ** 2
            ),
            "the votes of the others must sum to one again": np.mean((closeness @ y - y) ** 2),
            "this is the root of it; the mean of the squares is asked for": np.sqrt(want),
            "this is the sum of the squares; the mean is asked for": want * n,
            "you divided by n - 1; the mean divides by n": want * n / (n - 1),
            "these are absolute errors; square them": np.mean(abs(misses)),
            "errors of both signs cancel out: square them before the mean": (
                np.mean(misses),
                -np.mean(misses),
                np.mean(misses) ** 2,
            ),
            "the 2 in 2 h² is missing": np.mean(doubled**2),
            "another reading in the same place may vote; only the own vote is taken away": np.mean(
                (rows_to_one(closeness * (d != 0)) @ y - y) ** 2
            ),
        },
        otherwise="the error is not the mean of the squared differences between each reading and what the others predict",
    )


@exercise("1.6", "can it be reached?", reveals="Everything inside the rubber band can be reached, and nothing outside.")
def reached(K, L, M, N):
    """Check the learner's four rows of weights, or None where there are none."""
    corners = np.array([[0, 0], [4, 0], [4, 4], [0, 4]])
    targets = {"K": (K, (4, 4)), "L": (L, (2, 2)), "M": (M, (1, 0)), "N": (N, (5, 1))}
    for name, (row, target) in targets.items():
        if row is None:
            need(name == "N", f"{name} lies inside the rubber band or on it, so a row exists")
            continue
        need(not isinstance(row, str | bool), f"{name} should be four weights, or None without quotation marks")
        weights = numbers(row, (4,), f"the row for {name}")
        need(np.isfinite(weights).all(), f"the row for {name} has a NaN or an infinity in it")
        need((weights >= -1e-9).all(), f"the row for {name} has a negative weight; that is not allowed here")
        need(abs(weights.sum() - 1) < 1e-6, f"the row for {name} sums to {weights.sum():.10g}, not to one")
        place = weights @ corners
        need(
            np.allclose(place, target, atol=1e-6),
            f"the row for {name} leads to ({place[0]:.10g}, {place[1]:.10g}), not to {target}"
            + ("; or is there no such row?" if name == "N" else ""),
        )
