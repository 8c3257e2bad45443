"""What a right answer is in chapter 04, gates: a check for each exercise, and the questions."""

import numpy as np

from utils.attention import softmax
from utils.chapters.ch04_gates.check_gru import SIZES, gru_step, gru_weights, problem, sigmoid, unroll, where
from utils.chapters.ch04_gates.check_hidden import hidden
from utils.chapters.ch04_gates.questions import recall, yourself
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers
from utils.recurrent import half_life_to_bias, lstm_step as true_lstm_step
from utils.recurrent.weights import affine

__all__ = ["cell_weights", "forget_bias", "gru_step", "gru_weights", "hidden", "lstm_step", "recall", "yourself"]


@exercise("4.1", "one step of an LSTM", reveals="Keep some, write some, show some: that is all an LSTM does.")
def lstm_step(answer):
    """Check the learner's ``lstm_step(x, h, c, weights)``."""
    rng = np.random.default_rng(41)
    for d_in, H in SIZES:
        x, h, c, weights = problem(rng, "lstm", d_in, H)
        four = f"Cut the sum of both parts, of length 4H = {4 * H}, into four blocks."
        result = call(answer, x, h, c, weights, shapes=four)
        pair = isinstance(result, tuple | list | np.ndarray) and len(result) == 2 and np.ndim(result[0]) > 0
        need(pair, "two things are asked for: the new state, then the new cell")
        got_h, got_c = (numbers(part, (H,), name) for part, name in zip(result, ("the state", "the cell"), strict=True))
        want_h, want_c, _ = true_lstm_step(x, h, c, weights)
        need(
            not (np.allclose(got_h, want_c) and np.allclose(got_c, want_h)),
            "the two are exchanged: first the state, then the cell",
        )
        from_x, from_h = affine(x, "ih", weights), affine(h, "hh", weights)
        blocks = np.split(from_x + from_h, 4)
        compare(
            got_c,
            want_c,
            mistakes=_cell_mistakes(c, blocks, from_x, from_h),
            otherwise="the cell is not what comes out of f c + i g: which block is which, and what does each go through?",
        )
        _, _, _, o = blocks
        compare(
            got_h,
            want_h,
            mistakes={
                "the state shows the cell through a tanh, and it is missing": sigmoid(o) * want_c,
                "the state is made from the old cell; it should show the new one": sigmoid(o) * np.tanh(c),
                "the show gate is missing: the state is all of the cell's tanh": np.tanh(want_c),
                "the show gate went through tanh; a gate lies between 0 and 1": np.tanh(o) * np.tanh(want_c),
                "the show gate did not go through the sigmoid": o * np.tanh(want_c),
                "the tanh goes round the cell, not round the product with the show gate": np.tanh(sigmoid(o) * want_c),
                "the cell went through a sigmoid where a tanh belongs": sigmoid(o) * sigmoid(want_c),
                "this is the state before, unchanged": h,
            },
            otherwise="the cell is right; the state should be o times the tanh of the new cell",
        )


def _cell_mistakes(c, blocks, from_x, from_h):
    def cell(i, f, g):
        return sigmoid(f) * c + sigmoid(i) * np.tanh(g)

    (i, f, g, o), gate = blocks, sigmoid
    strided = np.concatenate(blocks).reshape(-1, 4).T
    return {
        "the candidate went through the sigmoid, like a gate; it may be negative": gate(f) * c + gate(i) * gate(g),
        "the candidate did not go through the tanh": gate(f) * c + gate(i) * g,
        "a block is H numbers in a row; this took every fourth number": cell(*strided[:3]),
        "the gates went through a softmax: each unit has a gate of its own, from 0 to 1": softmax(f) * c
        + softmax(i) * np.tanh(g),
        "write and keep are exchanged: the blocks stand in the order i, f, g, o": cell(f, i, g),
        "candidate and show gate are exchanged: the blocks stand in the order i, f, g, o": cell(i, f, o),
        "the gates were used as they are; each goes through the sigmoid": f * c + i * np.tanh(g),
        "the gates went through tanh; a gate lies between 0 and 1": np.tanh(f) * c + np.tanh(i) * np.tanh(g),
        "the old cell is missing: the keep gate says how much of it stays": gate(i) * np.tanh(g),
        "the old cell was kept whole: the keep gate is missing": c + gate(i) * np.tanh(g),
        "the candidate was written whole: the write gate is missing": gate(f) * c + np.tanh(g),
        "here 1 - f is written, as in a GRU; an LSTM has a write gate of its own": gate(f) * c
        + (1 - gate(f)) * np.tanh(g),
        "only the input speaks here: the part from the state is missing": cell(*np.split(from_x, 4)[:3]),
        "only the state speaks here: the part from the input is missing": cell(*np.split(from_h, 4)[:3]),
        "the cell went through a tanh; that belongs to the state only": np.tanh(cell(i, f, g)),
        "this is the old cell, unchanged: nothing was kept or written": c,
    }


@exercise(
    "4.2", "the α of a cell", reveals="Written with i, and multiplied by every later f: a recurrence is a matrix."
)
def cell_weights(answer):
    """Check the learner's ``cell_weights(i, f)``."""
    rng = np.random.default_rng(42)
    for T in (4, 1, 6):
        i, f = rng.uniform(0.2, 1, T), rng.uniform(0.2, 1, T)
        got = numbers(call(answer, i, f), None, "the weights")
        need(got.shape != (T, T), f"the start's column is missing: {T} rows and {T + 1} columns are asked for")
        need(got.shape != (1 + T, T), "it stands on its side: a row is a step that asks, a column what was written")
        need(
            got.shape != (1 + T, 1 + T), "there is a row too many: the first row is the one after step 1, not the start"
        )
        got = numbers(got, (T, 1 + T), "the weights")
        need(T == 1 or not np.allclose(got, got[-1]), "all rows are alike: keep a copy of each row, not the row itself")
        need(T == 1 or not np.any(np.triu(got, 2)), "a row gives weight to what is written later")
        compare(got, unroll(i, f), mistakes=_unrolled_wrongly(i, f), otherwise=where(got, unroll(i, f)))


def _unrolled_wrongly(i, f):
    right, start, ones = unroll(i, f), np.eye(1 + len(f))[0], np.ones_like(i)
    return {
        "the first column is zero: the start fades with every f, but it was there": right * (1 - start),
        "the start is not faded: it is multiplied by every f up to the row's step": right * (1 - start) + start,
        "the write gates are missing": unroll(ones, f),
        "a candidate is faded at the step that writes it; only the later steps do that": unroll(i, f)
        * np.concatenate([[1], f]),
        "the f are one step late: the step that asks fades what was there, before it writes": (
            unroll(i, f, lambda f, s, t: np.prod(f[max(s, 0) : t])),
            unroll(i, f, lambda f, s, t: np.prod(f[s + 1 : t])),
        ),
        "only the newest f counts here; every step in between fades it once more": unroll(
            i, f, lambda f, s, t: f[t] if s < t else 1
        ),
        "the f are added up; keeping twice is a product": unroll(
            i, f, lambda f, s, t: f[s + 1 : t + 1].sum() if s < t else 1
        ),
        "every row was made to sum to one; a cell's rows need not": right / right.sum(1, keepdims=True),
        "this fades with i and writes with f: the two gates are exchanged": unroll(f, i),
        "written is 1 - f here; the LSTM has a gate i for that": unroll(1 - f, f),
        "what was there is not faded at all": unroll(i, ones),
    }


@exercise(
    "4.3", "a forget bias for a half-life", reveals="A bias is a half-life; 1 is two steps, and 3 is fourteen already."
)
def forget_bias(answer):
    """Check the learner's ``forget_bias(half_life)``."""
    for n in (5.0, 1.0, 40, 1000.0):
        got = numbers(call(answer, n), (), f"the bias for a half-life of {n:g}")
        f = 0.5 ** (1 / n)
        e_fold = np.exp(-1 / n)
        compare(
            got,
            half_life_to_bias(n),
            mistakes={
                "this is the gate f; the score that σ turns into it is asked for": f,
                "σ was taken of the gate; σ turns the bias into the gate, so its inverse is asked for": sigmoid(f),
                "the sign is upside down: with this bias the gate is 1 - f": -half_life_to_bias(n),
                "this is the logarithm of f only; what about 1 - f?": (np.log(f), np.log2(f), np.log10(f)),
                "the logarithm to base e is asked for; σ is made with e": (np.log2(f / (1 - f)), np.log10(f / (1 - f))),
                "this is f / (1 - f); its logarithm is still to be taken": f / (1 - f),
                "after these steps 1/e is left, not one half": np.log(e_fold / (1 - e_fold)),
                "1 - 1/n is near, but not the n-th root of one half": np.log(n - 1) if n > 1 else (),
                "chrono would say so, but it is not the half-life: here fⁿ should be one half": np.log(n)
                if n > 1
                else (),
                "one half was raised to the power of n, not to that of 1/n": np.log(0.5**n / (1 - 0.5**n)),
            },
            otherwise=f"with this bias {_left(got, n):.3g} is left after {n:g} steps, not one half",
            tolerance=1e-3,
        )


def _left(bias, n):
    return float(np.exp(-n * np.logaddexp(0, -bias))) if np.isfinite(bias) else np.nan
