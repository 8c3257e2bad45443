"""The check of exercise 3.5, sensitivity, and the small networks that other checks of chapter 03 use too."""

import numpy as np

from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers
from utils.recurrent import named_weights, rnn
from utils.recurrent.implied import rnn_sensitivity

SIZES = ((5, 2, 3), (4, 3, 3), (6, 1, 4))  # T, d_in, H


def problem(rng, T, d_in, H):
    """Return inputs, a first state and the two matrices of a small RNN."""
    return rng.normal(size=(T, d_in)), np.tanh(rng.normal(size=H)), rng.normal(size=(H, d_in)), rng.normal(size=(H, H))


@exercise("3.5", "sensitivity", reveals="One number for each pair of steps: a slope, not a share.")
def sensitivity(answer):
    """Check the learner's ``sensitivity(h, W_in, W_rec)``."""
    rng = np.random.default_rng(35)
    for T, d_in, H in SIZES:
        xs, start, W_in, W_rec = problem(rng, T, d_in, H)
        weights = named_weights(W_in, W_rec)
        h = rnn(xs, weights, start)
        fits = f"D W_rec J: ({H}, {H}) times ({H}, {d_in}); the order matters."
        got = numbers(call(answer, h, W_in, W_rec, shapes=fits), (T, T), "the table")
        right = rnn_sensitivity(xs, weights, start)
        need(np.isfinite(got).all(), "there is a NaN or an infinity in the table; every size is a plain number")
        need((got >= 0).all(), "a size is negative; take the norm of the matrix")
        need(
            not np.allclose(got, right.T) or T == 1,
            "rows and columns are exchanged: a row is the state, a column the input",
        )
        future = np.triu(np.ones((T, T), bool), 1)
        need(not got[future].any(), "a state feels the future: above the diagonal stand zeros")
        compare(
            got,
            right,
            mistakes={
                "the slopes of the tanh are missing": _table(np.ones_like(h), W_in, W_rec),
                "the slope is 1 minus the square of h; this took 1 minus h, or h squared": (
                    _table(1 - h, W_in, W_rec),
                    _table(h**2, W_in, W_rec),
                ),
                "the slope of the first step is missing: the input goes through the tanh of its own step, too": _table(
                    1 - h**2, W_in, W_rec, first=False
                ),
                "the slopes of the later steps are missing": _table(1 - h**2, W_in, W_rec, later=False),
                "h has been through the tanh already; its slope needs no tanh again": _table(
                    1 - np.tanh(h) ** 2, W_in, W_rec
                ),
                "the slope is one step late: row t takes the slope of step t": _table(1 - h**2, W_in, W_rec, late=1),
                "D stands on the wrong side of W_rec: its slopes multiply rows, not columns": _table(
                    1 - h**2, W_in, W_rec, by_columns=True
                ),
                "the input's matrix is missing: this is how far the state before would be felt": _table(
                    1 - h**2, np.eye(H), W_rec
                ),
                "the matrix W_rec was used on its side": _table(1 - h**2, W_in, W_rec.T),
                "each row was made to sum to one; the sizes as they are were asked for": right
                / right.sum(1, keepdims=True),
                "these are squares of the sizes; the root is missing": right**2,
                "this is the stretch in the worst direction; the root of the sum of all squares is asked for": rnn_sensitivity(
                    xs, weights, start, norm="spectral"
                ),
                "only the diagonal is there: each input is felt by the later states, too": np.diag(np.diag(right)),
            },
            otherwise="an entry is not the size of D W_rec … D W_in: begin at the diagonal, and go down one column",
        )


def _table(slope, W_in, W_rec, *, first=True, later=True, late=0, by_columns=False):
    sizes = np.zeros((len(slope), len(slope)))
    for s in range(len(slope)):
        J = (slope[s][:, None] if first else 1) * W_in
        sizes[s, s] = np.linalg.norm(J)
        for t in range(s + 1, len(slope)):
            D = slope[t - late] if later else np.ones(len(W_rec))
            J = (W_rec * D if by_columns else D[:, None] * W_rec) @ J
            sizes[t, s] = np.linalg.norm(J)
    return sizes
