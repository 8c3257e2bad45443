"""The checks of chapter 15 about what is far away: certainty from distance, an extra voice, and a score for doubt."""

import math

import numpy as np

from utils.attention.kernel_regression import gaussian_weights
from utils.chapters.ch15_noise_and_uncertainty import calibration, uncertainty as course
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers


@exercise(
    "15.3", "far from the data", reveals="Far away, the differences of scores grow: softmax takes them for a verdict."
)
def sure_from(answer):
    """Check the learner's ``sure_from(gap, bandwidth, share)``."""
    cases = ((0.1, 0.1, 0.9), (0.02, 0.1, 0.99), (0.3, 0.5, 0.8), (1.0, 2.0, 0.95), (0.5, 0.1, 0.9), (2.0, 1.0, 0.75))
    for gap, h, share in cases:
        got = numbers(call(answer, gap, h, share), None, "the answer")
        need(got.size == 1, f"one distance is asked for; yours has shape {got.shape}")
        log = math.log(share / (1 - share))
        far, want = h**2 * log / gap - gap / 2, course.sure_from(gap, h, share)
        negative = "a distance below zero: there the last reading has the share already as one stands at it. How far must one go then?"
        compare(
            got.reshape(()),
            want,
            mistakes={
                negative: far,
                "this is measured from the reading before the last; start at the last one": (far + gap, want + gap),
                "the 2 of 2h² is missing in the scores": (
                    h**2 * log / gap / 2 - gap / 2,
                    max(h**2 * log / gap / 2 - gap / 2, 0),
                ),
                "the bandwidth is not squared": (h * log / gap - gap / 2, max(h * log / gap - gap / 2, 0)),
                "the nearer reading's own gap is forgotten: the squares of the distances differ by more than 2 · gap · t": h
                ** 2
                * log
                / gap,
                "the minus was only dropped: a solution below zero means that it has the share at once": abs(far),
                "the sign is turned round: further beyond the last reading is a larger number": -far,
                "this is where the share is gone to the other one: look at the sign": h**2 * -log / gap - gap / 2,
                "the logarithm of the share alone: what counts is the share against the rest, share / (1 - share)": (
                    -(h**2) * math.log(1 - share) / gap - gap / 2,
                    max(-(h**2) * math.log(1 - share) / gap - gap / 2, 0),
                    h**2 * math.log(share) / gap - gap / 2,
                ),
                "scores are differences of natural logarithms; this one has another base": (
                    h**2 * log / math.log(2) / gap - gap / 2,
                    h**2 * log / math.log(10) / gap - gap / 2,
                ),
            },
            otherwise=_where(got, gap, h, share),
            tolerance=2e-3,
        )


def _where(got, gap, h, share):
    """Say what share the last reading has at the learner's distance."""
    t = float(got.ravel()[0])
    if not math.isfinite(t):
        return "a finite distance is asked for"
    if t < 0:
        return "a distance below zero lies on the other side of the last reading"
    there = gaussian_weights([t], [0.0, -gap], h)[0, 0]
    return f"with gap {gap}, bandwidth {h}: {t:.3g} m beyond the last reading it has {there:.3f} of the weight, " + (
        f"not {share}" if there < share else f"more than {share}: one need not go so far"
    )


@exercise(
    "15.4",
    "repair it",
    reveals="The weights forget how much there was to hear. The mass, before dividing, still knows.",
)
def cautious(answer):
    """Check the learner's ``cautious(queries, keys, values, bandwidth, mean, sd)``."""
    rng = np.random.default_rng(154)
    for n_k, h, mean, sd in ((6, 0.15, 20.0, 1.5), (1, 0.2, 18.0, 0.8), (12, 0.1, 25.0, 3.0)):
        keys, values = rng.uniform(size=n_k), rng.normal(22, 2, size=n_k)
        queries = np.array([0.1, 0.5, 0.9, 1.2, 1.3, 4.0])
        given = call(answer, queries, keys, values, h, mean, sd)
        need(isinstance(given, tuple | list) or np.ndim(given) == 2, "two things are asked for: the mean and the sd")
        need(len(given) == 2, f"two things are asked for, the mean and the sd; yours has {len(given)}")
        got = [numbers(each, None, name) for each, name in zip(given, ("the mean", "the sd"), strict=True)]
        for each, name in zip(got, ("the mean", "the sd"), strict=True):
            need(each.shape == (6,), f"{name} should have one number for each of the 6 queries; yours is {each.shape}")
        _compare_both(got, queries, keys, values, h, mean, sd)


def _compare_both(got, queries, keys, values, h, mean, sd):
    mass, weights = course.mass(queries, keys, h), gaussian_weights(queries, keys, h)
    want, wide = course.cautious(queries, keys, values, h, mean, sd)
    plain, distances = weights @ values, (queries[:, None] - keys) ** 2 / (2 * h**2)
    shifted = np.exp(-distances + distances.min(axis=1, keepdims=True)).sum(axis=1)
    blend = lambda rest: (1 - rest) * plain + rest * mean  # noqa: E731
    compare(
        got[0],
        want,
        mistakes={
            "the mean and the sd are in the wrong order": wide,
            "the extra voice has the same share everywhere: the mass was taken after dividing, where it is always 1": blend(
                0.5
            ),
            "the largest score was subtracted before the mass was taken: then every query seems to stand at a reading": blend(
                1 / (1 + shifted)
            ),
            "the extra voice is not heard: this is the plain weighted mean": plain,
            "the extra voice has a share, but it says 0; it should say the mean it was given": (1 - 1 / (1 + mass))
            * plain,
            "the readings and the extra voice have changed shares: near readings the extra voice should have little": blend(
                mass / (1 + mass)
            ),
            "1 - mass is no share: with several readings near, it falls below 0. Divide by everything there is to hear": (
                blend(1 - mass),
                blend(np.clip(1 - mass, 0, 1)),
            ),
            "the shares sum to more than one: the readings must give up what the extra voice gets": plain
            + mean / (1 + mass),
            "the extra voice always says 20; it should say the mean it was given": blend(1 / (1 + mass))
            + (20 - mean) / (1 + mass),
            "the 2 of 2h² is missing in the scores": course.cautious(queries, keys, values, h / 2**0.5, mean, sd)[0],
            "the powers were not divided by anything": np.exp(-distances) @ values + mean,
        },
        otherwise="the mean is not the weighted mean of the readings and the extra voice, with powers e^score and 1",
    )
    rest = 1 / (1 + mass)
    share, off = weights * (1 - rest)[:, None], values - want[:, None]
    heard = (share * off**2).sum(axis=1)
    compare(
        got[1],
        wide,
        mistakes={
            "the mean is right, but this is the variance: take the root": wide**2,
            "the mean is right; in the spread the extra voice does not count at all": (
                np.sqrt(heard),
                np.sqrt(course.weighted_variance(weights, values)),
            ),
            "the mean is right; the extra voice counts as if it were sure: its own sd is missing": np.sqrt(
                heard + rest * (mean - want) ** 2
            ),
            "the mean is right; the extra voice always has the sd 1.5; it should have the one it was given": np.sqrt(
                heard + rest * (1.5**2 + (mean - want) ** 2)
            ),
            "the mean is right; that the extra voice and the mean differ adds to the spread, too": np.sqrt(
                heard + rest * sd**2
            ),
            "the mean is right; the spread is taken around the plain weighted mean, not around the new one": np.sqrt(
                (share * (values - plain[:, None]) ** 2).sum(axis=1) + rest * (sd**2 + (mean - plain) ** 2)
            ),
            "the mean is right; standard deviations do not average, variances do": (
                (1 - rest) * np.sqrt(course.weighted_variance(weights, values)) + rest * sd,
                np.sqrt(heard) + rest * sd,
            ),
            "the mean is right; sd stands where its square should": np.sqrt(heard + rest * (sd + (mean - want) ** 2)),
        },
        otherwise="the mean is right; the sd is not the root of the weighted mean square around it",
    )


@exercise(
    "15.6",
    "a score that cannot be talked up",
    reveals="Too narrow costs by misses, too wide by its width. Honest is cheapest.",
)
def log_score(answer):
    """Check the learner's ``log_score(mean, sd, y)``."""
    rng = np.random.default_rng(156)
    for n in (5, 1, 8):
        mean, sd, y = rng.normal(size=n), rng.uniform(0.2, 3, size=n), rng.normal(size=n)
        got = numbers(call(answer, mean, sd, y), None, "the answer")
        need(
            got.shape != () or n == 1,
            "it is one number: a score for each reading is asked for, nothing is averaged yet",
        )
        want, z = calibration.log_score(mean, sd, y), (y - mean) / sd
        constant = math.log(2 * math.pi) / 2
        compare(
            numbers(got.reshape(-1) if n == 1 else got, (n,), f"with {n} readings the answer"),
            want,
            mistakes={
                "the sign is the other way round: an unlikely reading should cost more": -want,
                "the width costs nothing here: whoever promises a huge sd wins": (z**2 / 2 + constant, z**2 / 2),
                "the constant is missing: half the logarithm of 2π": want - constant,
                "the distance is divided by sd once; both are squared": (
                    (y - mean) ** 2 / sd / 2 + np.log(sd) + constant,
                    np.abs(z) / 2 + np.log(sd) + constant,
                ),
                "the constant is half the logarithm of 2π, not the whole": want + constant,
                "the square is multiplied by sd², not divided: / 2 * sd**2 divides by 2 alone": (y - mean) ** 2
                / 2
                * sd**2
                + np.log(sd)
                + constant,
                "the 2 was squared, too": z**2 / 4 + np.log(sd) + constant,
                "this is with the logarithm to base 10; the natural one is asked for": (
                    z**2 / 2 + np.log10(sd) + constant,
                    z**2 / 2 + np.log10(sd) + constant / math.log(10),
                ),
                "the square lacks its half": z**2 + np.log(sd) + constant,
                "the logarithm of the variance needs a half, or take that of sd": z**2 / 2 + 2 * np.log(sd) + constant,
                "the distance is not divided by sd": (y - mean) ** 2 / 2 + np.log(sd) + constant,
                "this is the density itself; its logarithm, with a minus, is asked for": np.exp(-want),
                "this is in bits; nats are asked for, with the natural logarithm": want / math.log(2),
            },
            otherwise="this is not minus the logarithm of the normal density at y",
        )
