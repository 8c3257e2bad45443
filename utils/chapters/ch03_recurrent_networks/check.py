"""What a right answer is in chapter 03, recurrent networks: a check for each exercise, and the questions."""

import numpy as np

from utils.chapters.ch03_recurrent_networks.check_sensitivity import SIZES, problem, sensitivity
from utils.chapters.ch03_recurrent_networks.questions import recall, yourself
from utils.checks.framework import exercise
from utils.checks.reading import Hint, call, compare, need, numbers
from utils.recurrent import named_weights, rnn
from utils.recurrent.gradients import clip as true_clip, one_step_back as true_step_back
from utils.recurrent.implied import ema_weights

__all__ = ["clip", "ema_alpha", "half_life", "learners", "one_step_back", "read", "recall", "sensitivity", "yourself"]

LEARN = {0.7: False, 1.0: True, 1.5: True, 3.0: False}  # measured: 40 symbols, 700 steps, rate 3e-3, seeds 0, 1, 2


@exercise("3.1", "the α of a memory that fades", reveals="A recurrence is a weighted sum that nobody wrote down.")
def ema_alpha(answer):
    """Check the learner's ``ema_alpha(n, keep)``."""
    for n, keep in ((5, 0.7), (3, 0.25), (1, 0.9), (6, 0.5)):
        name = f"ema_alpha({n}, {keep})"
        got = numbers(call(answer, n, keep))
        need(got.shape != (n, n), f"{name} has no column for the start: it needs {n} rows and {1 + n} columns")
        need(
            got.shape != (1 + n, 1 + n),
            f"{name} has a row for the time before the first step: it needs {n} rows, {1 + n} columns",
        )
        got = numbers(got, (n, 1 + n), name)
        right, t = ema_weights(n, keep), np.arange(1, 1 + n)[:, None]
        age = np.where(t >= np.arange(1 + n), t - np.arange(1 + n), np.inf)
        powers = np.where(np.isfinite(age), keep ** np.where(np.isfinite(age), age, 0), 0)
        unscaled, flipped = powers.copy(), ema_weights(n, 1 - keep)
        started = np.where(np.arange(1 + n) == 0, (1 - keep) * powers, right)
        late = np.where(np.arange(1 + n) == 0, right, right * keep)
        compare(
            got,
            right,
            mistakes={
                "keep and 1 - keep are exchanged: keep is the part of the memory that stays": flipped,
                "each input is written with 1 - keep, and here it was written whole": unscaled,
                "the start was not written by a step, so it has no factor 1 - keep": started,
                "the newest input has already faded once; at its own step it has 1 - keep": late,
                "the columns run backwards: column 0 belongs to the start, the last one to the newest": right[:, ::-1],
                "the start is in the last column; its place is column 0": np.roll(right, -1, axis=1),
                "all rows are the last one; keep a copy of each row before you change it": np.tile(right[-1], (n, 1)),
                "the start is not there: column 0 should hold what is left of it": right * (np.arange(1 + n) > 0),
                "rows were made to sum to one by dividing; here they do so by themselves": powers
                / powers.sum(1, keepdims=True),
            },
            otherwise="an entry is wrong: what came in at s has faded t - s times since it was written",
        )


@exercise("3.2", "carry the state", reveals="One loop, one state: all that a recurrent network knows has to fit in it.")
def read(answer):
    """Check the learner's ``read(xs, h, W_in, W_rec)``."""
    rng = np.random.default_rng(32)
    for T, d_in, H in SIZES:
        xs, h, W_in, W_rec = problem(rng, T, d_in, H)
        got = numbers(call(answer, xs, h, W_in, W_rec, shapes=f"W_in is ({H}, {d_in}) and W_rec is ({H}, {H})."))
        weights = named_weights(W_in, W_rec)
        right = rnn(xs, weights, h)
        need(got.shape != (H,), "only one state came back; the state after every step is asked for")
        need(got.shape != (1, H), "it stopped after one step: does return stand inside the loop?")
        need(got.shape != (T + 1, H), "the state before the first step is not asked for: T rows, one for each step")
        got = numbers(got, (T, H), "the states")
        said, linear = xs @ W_in.T, rnn(xs, weights, h, activation="linear")
        unbent = [h]
        for line in said:
            unbent.append(np.tanh(line) + W_rec @ unbent[-1])
        compare(
            got,
            right,
            mistakes={
                "the state is not carried: each step began with the same h": np.tanh(said + W_rec @ h),
                "all rows are the last state: was one array changed again and again?": np.tile(right[-1], (T, 1)),
                "the tanh is missing": linear,
                "the tanh came after the loop; it belongs inside, at every step": np.tanh(linear),
                "the state before the first step was not used": rnn(xs, weights),
                "the old state is not in it: only the input was written": np.tanh(said),
                "W_rec is missing: the old state went in as it was": rnn(xs, named_weights(W_in, np.eye(H)), h),
                "each state was kept before its step, not after it": np.vstack([h, right[:-1]]),
                "the tanh bends the input only; it goes round the whole sum": np.array(unbent[1:]),
                "W_rec was used on its side: its row i says how number i of the new state is made": rnn(
                    xs, named_weights(W_in, W_rec.T), h
                ),
                "the sequence was read from its end": (rnn(xs[::-1], weights, h), rnn(xs[::-1], weights, h)[::-1]),
            },
            otherwise="a state is not tanh of what the input writes plus what the state before writes",
        )


@exercise(
    "3.3",
    "one step back",
    reveals="Each step back: times a slope below 1, times the same matrix. That is why it fades.",
)
def one_step_back(answer):
    """Check the learner's ``one_step_back(d_h, h, W_rec)``."""
    rng = np.random.default_rng(33)
    for H in (4, 3, 1, 6):
        d_h, h, W = rng.normal(size=H), np.tanh(rng.normal(size=H)), rng.normal(size=(H, H))
        got = numbers(call(answer, d_h, h, W), (H,), "the gradient")
        slope = 1 - h**2
        compare(
            got,
            true_step_back(d_h, h, W),
            mistakes={
                "this is the way forward: going back, number j adds up what it did to all the others": W
                @ (d_h * slope),
                "the slope of the tanh is missing": (W.T @ d_h, W @ d_h),
                "the slope came after the matrix; going back, the tanh is met first": (
                    slope * (W.T @ d_h),
                    slope * (W @ d_h),
                ),
                "the matrix is missing: this went through the tanh only": d_h * slope,
                "this multiplies by h squared; the slope of the tanh is what is left of 1": W.T @ (d_h * h**2),
                "h has been through the tanh already; its slope needs no tanh again": W.T
                @ (d_h * (1 - np.tanh(h) ** 2)),
                "the slope is 1 minus the square of h, not 1 minus h": W.T @ (d_h * (1 - h)),
                "this is d_h, unchanged": d_h,
            },
            otherwise="it is not the gradient by the state before: first the tanh's slope, then the matrix, going back",
        )


@exercise("3.4", "clip", reveals="A clipped step is shorter, and still goes where the gradient points.")
def clip(answer):
    """Check the learner's ``clip(gradient, most)``."""
    rng = np.random.default_rng(34)
    for scale, most in ((9, 1.5), (0.01, 2.0), (3, 0.7), (20, 5.0)):
        gradient = scale * rng.normal(size=5)
        got = numbers(call(answer, gradient, most), (5,), "the clipped gradient")
        length, right = np.linalg.norm(gradient), true_clip(gradient, most)
        compare(
            got,
            right,
            mistakes={
                "each entry was clipped by itself, and that changes the direction": (
                    np.clip(gradient, -most, most),
                    np.minimum(gradient, most),
                ),
                "this one was shorter than allowed, and it was made longer; leave it alone": gradient * most / length,
                "it was made as long as 1; as long as `most` is asked for": gradient / length,
                "this one is too long, and it is unchanged": gradient,
                "length is the root of the sum of squares; the root is missing": gradient * min(1, most / length**2),
                "you divided by the largest entry; the length of the vector is asked for": gradient
                * min(1, most / abs(gradient).max()),
                "you divided by the sum of the entries; the length is the root of the sum of squares": (
                    gradient * min(1, most / abs(gradient).sum()),
                    gradient * most / gradient.sum(),
                ),
                "a gradient that is too long became nothing; it should become shorter": np.zeros(5),
            },
            otherwise="the direction or the length is wrong: the same direction, and no longer than `most`",
        )
    got = numbers(call(answer, np.zeros(3), 1.0), (3,), "a gradient of zeros")
    need(np.isfinite(got).all(), "a gradient of zeros became NaN: it has no length to divide by")
    need(not got.any(), "a gradient of zeros should stay zeros")


@exercise(
    "3.6", "half-life", reveals="Keep 0.9, and half is gone after seven steps; keep 0.99, and it takes sixty-nine."
)
def half_life(answer):
    """Check the learner's ``half_life(keep)``."""
    for keep in (0.9, 0.5, 0.99, 0.3):
        got = numbers(call(answer, keep), (), f"half_life({keep})")
        right = np.log(0.5) / np.log(keep)
        compare(
            got,
            right,
            mistakes={
                "it is negative: both logarithms are, so the quotient should not be": -right,
                "the fraction is upside down": 1 / right,
                "this is how long a memory lasts that loses the same amount each step; this one loses a part": (
                    0.5 / (1 - keep),
                    1 / (1 - keep),
                ),
                "this is what is left after so many steps, not how many steps it takes": (keep**0.5, 0.5**keep),
                "it was rounded; the answer need not be whole": (np.ceil(right), np.floor(right), np.round(right)),
                "a number was taken for its logarithm: the exponent has to come down": (0.5 / keep, np.log(0.5) / keep),
            },
            otherwise="it is not the n for which keep to the power of n is one half",
        )


@exercise(
    "3.7", "which start will learn?", reveals="There is a middle between vanishing and chaos, and tanh makes it wide."
)
def learners(answer):
    """Check the learner's list of radii."""
    chosen = [radius for radius, learns in answer.items() if learns] if isinstance(answer, dict) else answer
    need(isinstance(chosen, list | tuple | set | np.ndarray), "a list of radii was expected, such as [0.7, 3]")
    try:
        radii = {float(radius) for radius in chosen}
    except (TypeError, ValueError):
        raise Hint("the list should hold numbers, the radii themselves") from None
    need(radii <= set(LEARN), "there is a number in it that is none of the four radii: 0.7, 1, 1.5, 3")
    need(radii, "none of them? One start you have seen learning; which radius has an orthogonal matrix?")
    need(1.0 in radii, "the orthogonal matrix itself has radius 1, and you have seen it learn")
    need(0.7 not in radii, "0.7: how much is left of a gradient after 39 steps at 0.7? Train it, and look")
    need(1.5 in radii, "one is missing. Did you expect it to explode? Look at the panel again, with tanh, or train it")
    need(3.0 not in radii, "3 is too much of a good thing: train it with the seeds 0, 1 and 2, and count")
