"""What a right answer is in chapter 15, noise and uncertainty: a check for each exercise, and the questions."""

import numpy as np

from utils.attention.kernel_regression import to_weights
from utils.chapters.ch15_noise_and_uncertainty import calibration, noisy_lookup, uncertainty as course
from utils.chapters.ch15_noise_and_uncertainty.check_doubt import cautious, log_score, sure_from
from utils.chapters.ch15_noise_and_uncertainty.questions import recall, yourself
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers

__all__ = [
    "cautious",
    "coverage",
    "log_score",
    "promise_and_count",
    "recall",
    "sure_from",
    "weighted_variance",
    "yourself",
]


@exercise(
    "15.1", "weighted variance", reveals="A row of α is a small opinion poll: it has a mean, and a spread around it."
)
def weighted_variance(answer):
    """Check the learner's ``weighted_variance(weights, values)``."""
    rng = np.random.default_rng(151)
    for n_q, n_k in ((3, 5), (4, 4), (1, 6), (5, 2)):
        weights, values = to_weights(rng.uniform(size=(n_q, n_k)) ** 2), rng.normal(3, 2, size=n_k)
        got = numbers(call(answer, weights, values), None, "the answer")
        means = weights @ values
        off = values - means[:, None]
        need(
            got.shape != () or n_q == 1,
            "it is one number for all queries: every row of weights has a variance of its own",
        )
        need(got.shape != (n_q, n_k) or n_k == 1, "there is a number for every weight: add them up along each row")
        need(got.shape != (n_k,) or n_q == n_k, "there is one number for each key: the sum goes along a row")
        want = course.weighted_variance(weights, values)
        compare(
            numbers(got, (n_q,), f"with weights {weights.shape} the answer"),
            want,
            mistakes={
                "this is the spread around the plain mean of all values; each row has its own, weighted mean": (
                    weights * (values - values.mean()) ** 2
                ).sum(axis=1),
                "all rows were compared with one mean, that of all answers; each row has its own": (
                    weights * (values - means.mean()) ** 2
                ).sum(axis=1),
                "these are standard deviations, the roots; the variance itself is asked for": np.sqrt(want),
                "the weights are missing: every value counts alike here": (
                    (off**2).mean(axis=1),
                    (off**2).sum(axis=1),
                    np.full(n_q, values.var()),
                ),
                "divided by the number of keys, too; the weights already sum to one": want / n_k,
                "the distances are not squared: this is the mean distance": (
                    (weights * np.abs(off)).sum(axis=1),
                    (weights * off).sum(axis=1),
                ),
                "these are the means; how far from them do the values lie?": means,
                "this is the mean of the squares; the square of the mean must still go off": weights @ values**2,
                "the sign is the other way round: a variance is never below zero": -want,
                "the weights were squared, too": (weights**2 * off**2).sum(axis=1),
            },
            otherwise="these are not the weighted mean squares of the distances from the weighted mean",
        )


@exercise("15.2", "promise against count", reveals="A promise about doubt can be tested like any other: count.")
def coverage(answer):
    """Check the learner's ``coverage(mean, sd, y, widths)``."""
    rng = np.random.default_rng(152)
    for n, m in ((400, 3), (300, 1), (50, 4)):
        mean, sd = rng.normal(5, 2, size=n), rng.uniform(0.3, 3, size=n)
        y, widths = mean + sd * rng.normal(0.3, 1.3, size=n), np.sort(rng.uniform(0.3, 2.5, size=m))
        got = numbers(call(answer, mean, sd, y, widths), None, "the answer")
        need(got.shape != () or m == 1, "it is one number: every width has a share of its own")
        need(got.shape != (m, n) and got.shape != (n, m), "there is a verdict for every reading: how many are inside?")
        away, sides = y - mean, widths[:, None]
        share = lambda inside: inside.mean(axis=1)  # noqa: E731
        want = calibration.coverage(mean, sd, y, widths)
        compare(
            numbers(got.reshape(-1) if m == 1 else got, (m,), f"with {m} widths the answer"),
            want,
            mistakes={
                "only one side is looked at: a reading far below the band counts as inside": share(away <= sides * sd),
                "only one side is looked at: a reading far above the band counts as inside": share(away >= -sides * sd),
                "readings below the mean are never counted": share((away >= 0) & (away <= sides * sd)),
                "this is how many are outside": 1 - want,
                "these are counts; a share lies between 0 and 1": want * n,
                "these are percentages; a share lies between 0 and 1": want * 100,
                "this is the promise; it must be counted how often it is kept": calibration.promised(widths),
                "the sd was squared on the way: the band is mean ± width times sd": share(
                    np.abs(away) <= sides * sd**2
                ),
                "the band goes to both sides by the whole width, not by half of it": share(
                    np.abs(away) <= sides * sd / 2
                ),
                "every reading has its own sd; one for all was used": (
                    share(np.abs(away) <= sides * sd.mean()),
                    share(np.abs(away) <= sides * np.std(away)),
                ),
                "the width is not used: every band reaches one sd to both sides": np.full(
                    m, (np.abs(away) <= sd).mean()
                ),
                "the sd is not used: a width counts standard deviations, not the unit of y": share(
                    np.abs(away) <= sides
                ),
            },
            otherwise="this is not the share of readings with mean - width·sd <= y <= mean + width·sd",
            tolerance=0.1 / n,
        )


@exercise("15.5", "noise sweep", reveals="Sharpness is what α promises. How often it is right is another number.")
def promise_and_count(answer):
    """Check the learner's ``promise_and_count(weights, right)``."""
    rng = np.random.default_rng(155)
    for n, n_k in ((400, 5), (300, 8), (6, 6)):
        weights = to_weights(rng.uniform(size=(n, n_k)) ** 4 + 1e-3)
        right = np.where(rng.uniform(size=n) < 0.4, weights.argmax(axis=1), rng.integers(n_k, size=n))
        got = numbers(call(answer, weights, right), None, "the answer")
        need(got.shape == (2,), f"two numbers are asked for, the promise and the count; yours has shape {got.shape}")
        want = list(noisy_lookup.promise_and_count(weights, right))
        at = weights[np.arange(n), right]
        compare(
            got[:1],
            want[:1],
            mistakes={
                "the two are in the wrong order: the promise comes first": want[1:],
                "the promise is the mean of the largest weight of each row; this is the mean weight at the right key": [
                    at.mean()
                ],
                "the largest weight was taken of every column: each query is a row": [weights.max(axis=0).mean()],
                "this is one weight for all, the largest; take the largest of every row, and their mean": [
                    weights.max()
                ],
                "this is the mean of all weights, and that is the same for every α": [weights.mean()],
                "the largest weights of all rows were added up; their mean is asked for": [want[0] * n],
                "this is the middle one of the largest weights, not their mean": [np.median(weights.max(axis=1))],
            },
            otherwise="the first number is not the mean of the rows' largest weights",
        )
        compare(
            got[1:],
            want[1:],
            mistakes={
                "the second number is how many rows are right; the share is asked for": [want[1] * n],
                "a row counts as right where the largest weight stands at the right key, even if it is below one half": [
                    (at > 0.5).mean()
                ],
                "the second number is the mean weight at the right key; count the rows whose largest weight stands there": [
                    at.mean()
                ],
                "the second number is the share of wrong rows": [1 - want[1]],
                "the smallest weight was looked for, not the largest": [(weights.argmin(axis=1) == right).mean()],
                "the second number is the promise once more; it must be counted": want[:1],
            },
            otherwise="the second number is not the share of rows whose largest weight stands at the right key",
        )
