"""Checks of chapter 09 about the codes themselves: sinusoids, rotary, ALiBi."""

import numpy as np

from utils.attention.positions import rotary, sinusoidal
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers


def _weave(angles, first=np.sin, second=np.cos):
    return np.stack([first(angles), second(angles)], -1).reshape(len(angles), -1)


@exercise("9.1", "the hands of a clock", reveals="Quick hands tell neighbours apart, slow hands tell far places apart.")
def sinusoid(answer):
    """Check the learner's ``sinusoid(n, d, base)``."""
    for n, d, base in ((7, 6, 70), (5, 8, 10000), (6, 6, 50)):
        got = numbers(call(answer, n, d, base, shapes="Angles are (n, d/2): a column times a row."), None, "the table")
        need(got.shape != (n, d // 2), "only half of the features are there: each hand needs a sine and a cosine")
        turned = f"the table stands the wrong way: {n} rows for the places, {d} columns for the features"
        need(n == d or got.shape != (d, n), turned)
        got = numbers(got, (n, d), "the table")
        compare(
            got,
            sinusoidal(n, d, base),
            mistakes=_not_a_clock(n, d, base),
            otherwise=f"for n = {n}, d = {d}, base = {base} it is not sin and cos of place times base^(-2i/d)",
        )


def _not_a_clock(n, d, base):
    places, twice = np.arange(n)[:, None], np.arange(0, d, 2)
    angles = places * float(base) ** (-twice / d)
    wave = lambda exponent, p=places: _weave(p * float(base) ** exponent)  # noqa: E731
    return {
        "all sines come first, then all cosines: they should take turns": np.hstack([np.sin(angles), np.cos(angles)]),
        "the cosines stand where the sines should": _weave(angles, np.cos, np.sin),
        "the first place is 0, not 1": wave(-twice / d, places + 1),
        "the exponent is 2i/d, not i/d: the hands are too quick": wave(-twice / 2 / d),
        "the exponent is 2i/d, not 4i/d: the hands are too slow": wave(-2 * twice / d),
        "the first hand has i = 0, so frequency 1": wave(-(twice + 2) / d),
        "the hands get quicker: the exponent is negative": wave(twice / d),
        "all hands run equally fast: base and i have no effect": wave(0.0 * twice),
        "every feature got a frequency of its own; sine and cosine of one hand share it": _own_frequency(n, d, base),
        "both features of a hand are sines": _weave(angles, np.sin, np.sin),
        "both features of a hand are cosines": _weave(angles, np.cos, np.cos),
        "the base is fixed at 10000; it should be the one that was given": sinusoidal(n, d, 10000)
        if base != 10000
        else (),
        "these are the angles; their sines and cosines are asked for": np.repeat(angles, 2, axis=1),
        "the angles are taken for degrees": _weave(np.radians(angles)),
    }


def _own_frequency(n, d, base):
    angles = np.arange(n)[:, None] * float(base) ** (-np.arange(d) / d)
    return np.where(np.arange(d) % 2, np.cos(angles), np.sin(angles))


@exercise(
    "9.2",
    "turn by place",
    reveals="Nothing was added, no length has changed, and yet every score now sees the distance.",
)
def rotate(answer):
    """Check the learner's ``rotate(x, positions, base)``."""
    rng = np.random.default_rng(92)
    for n, d, base in ((5, 6, 70), (4, 8, 10000), (6, 4, 50)):
        x, positions = rng.normal(size=(n, d)), rng.permutation(60)[:n].astype(float)
        fit = "Angles are (n, d/2): the positions as a column, times the frequencies."
        got = numbers(call(answer, x, positions, base, shapes=fit), (n, d), "the turned table")
        compare(got, rotary(x, positions, base), mistakes=_not_turned(x, positions, base), otherwise=_strange(got, x))
    x = rng.normal(size=(3, 4))
    got = numbers(call(answer, x, np.zeros(3), 100), (3, 4), "the table turned by nothing")
    compare(got, x, otherwise="at place 0 nothing should turn")
    places = np.array([0.5, 1.25, 3.75])
    got = numbers(call(answer, x, places, 100), (3, 4), "the table at places between the whole ones")
    compare(
        got, rotary(x, places, 100), otherwise="places may be fractions, such as 1.25; here they seem to be rounded"
    )


def _strange(got, x):
    kept = np.allclose(np.linalg.norm(got, axis=1), np.linalg.norm(x, axis=1))
    if kept:
        return "lengths are kept, so something is turned, but not each pair of neighbours by place times frequency"
    return "it is no turn: the rows change their lengths. Look at the signs, and at which a and b are used"


def _not_turned(x, positions, base):
    d = x.shape[1]
    places, twice = positions[:, None], np.arange(0, d, 2)
    angles = places * float(base) ** (-twice / d)
    a, b, cos, sin = x[:, 0::2], x[:, 1::2], np.cos(angles), np.sin(angles)
    weave = lambda one, two: np.stack([one, two], -1).reshape(x.shape)  # noqa: E731
    at = lambda exponent: rotary_by(x, places * float(base) ** exponent)  # noqa: E731
    new_a = a * cos - b * sin
    return {
        "it turns the wrong way round: look at the signs": rotary(x, -positions, base),
        "the halves make the pairs here; neighbouring features should": rotary(x, positions, base, "halves"),
        "these are the right numbers in the wrong columns: the two of a pair should stay neighbours": np.hstack(
            [new_a, a * sin + b * cos]
        ),
        "the second number of a pair was made with the new a; it needs the old one": weave(
            new_a, new_a * sin + b * cos
        ),
        "the rows are turned by their index, not by the positions": rotary(x, np.arange(len(x)), base),
        "the code was added; it should turn": x + _weave(angles),
        "both signs are plus, which is no turn": weave(a * cos + b * sin, a * sin + b * cos),
        "sine and cosine are exchanged": weave(a * sin - b * cos, a * cos + b * sin),
        "nothing is turned: these are the rows as they came": x,
        "the exponent is 2i/d, not i/d: the slow pairs turn too quickly": at(-twice / 2 / d),
        "the exponent is negative: later pairs turn more slowly": at(twice / d),
        "all pairs turn equally fast": at(0.0 * twice),
        "the first pair has i = 0, so frequency 1": at(-(twice + 2) / d),
        "the base is fixed at 10000; it should be the one that was given": rotary(x, positions)
        if base != 10000
        else (),
        "positions begin at 0: one was added to each": rotary(x, positions + 1, base),
    }


def rotary_by(x, angles):
    """Turn the neighbouring pairs of x (n, d) by any angles (n, d/2)."""
    a, b, cos, sin = x[:, 0::2], x[:, 1::2], np.cos(angles), np.sin(angles)
    return np.stack([a * cos - b * sin, a * sin + b * cos], -1).reshape(x.shape)


@exercise("9.6", "ALiBi", reveals="A steep head hears its neighbours, a flat one the whole row, however long it is.")
def biases(answer):
    """Check the learner's ``biases(slopes, n)``."""
    for slopes, n in ((np.array([0.5, 0.25]), 5), (np.array([0.3, 0.2, 0.1]), 3), (np.array([0.7]), 4)):
        H = len(slopes)
        got = numbers(call(answer, slopes, n, shapes="slopes (H, 1, 1) meet distances (n, n)."), None, "the biases")
        need(n == H or got.shape != (n, n, H), "the heads stand last; they come first: (H, n, n)")
        need(got.shape != (n, n), "one table for all heads came back; each head has its own slope: (H, n, n)")
        got = numbers(got, (H, n, n), "the biases")
        wrongs = {said: _plain(wrong) for said, wrong in _not_alibi(slopes, n).items()}
        strange = "somewhere it is not minus slope times (i - j), or what lies ahead is not -inf"
        right = np.where(np.tri(n, dtype=bool), alibi_of(slopes, n), -np.inf)
        compare(_plain(got), _plain(right), mistakes=wrongs, otherwise=strange)


def _plain(table):
    """Put a number that nobody would write in the place of -inf, so that tables with it can be compared."""
    if isinstance(table, tuple):
        return tuple(map(_plain, table))
    return np.where(np.isneginf(table), -314159.27, table)


def alibi_of(slopes, n):
    """Return minus slope times distance, to both sides   (H, n, n)."""
    return -slopes[:, None, None] * abs(np.subtract.outer(np.arange(n), np.arange(n)))


def _not_alibi(slopes, n):
    distance = np.arange(n)[:, None] - np.arange(n)
    ahead, m = distance < 0, slopes[:, None, None]
    hide = lambda table: np.where(ahead, -np.inf, table)  # noqa: E731
    return {
        "far keys are favoured: the sign should be minus": hide(m * distance),
        "what lies ahead is not forbidden, it is favoured": -m * distance,
        "what lies ahead is lowered by its distance, but not forbidden": -m * abs(distance),
        "what lies ahead gets 0, and 0 forbids nothing": np.where(ahead, 0, -m * distance),
        "rows are queries and columns keys: here the past is forbidden": np.where(distance > 0, -np.inf, m * distance),
        "the diagonal is forbidden: a word may look at itself": np.where(distance <= 0, -np.inf, -m * distance),
        "the distance counts as it is, not squared": hide(-m * distance**2),
        "the slopes have no effect": hide(-np.ones_like(m) * distance),
        "the distance is divided by the slope; it should be multiplied": hide(-distance / m),
        "a large number is not minus infinity: a large score could outweigh it": tuple(
            np.where(ahead, low, -m * distance) for low in (-1e4, -1e6, -1e9)
        ),
    }
