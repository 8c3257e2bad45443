"""Wrong and unusual right answers to the exercises of chapter 15."""

import math

import numpy as np
import torch

from tests.mutants import right, wrong

# --- 15.1 weighted variance -----------------------------------------------------------------------------------------


def off(w, v):
    return v - (w @ v)[:, None]


wrong("15.1", "plain mean of all values", lambda w, v: (w * (v - v.mean()) ** 2).sum(axis=1))
wrong("15.1", "that of all answers", lambda w, v: (w * (v - (w @ v).mean()) ** 2).sum(axis=1))
wrong("15.1", "the roots", lambda w, v: np.sqrt((w * off(w, v) ** 2).sum(axis=1)))
wrong("15.1", "the weights are missing", lambda w, v: (off(w, v) ** 2).mean(axis=1))
wrong("15.1", "the weights are missing", lambda w, v: np.full(len(w), v.var()))
wrong("15.1", "number of keys, too", lambda w, v: (w * off(w, v) ** 2).mean(axis=1))
wrong("15.1", "not squared", lambda w, v: (w * np.abs(off(w, v))).sum(axis=1))
wrong("15.1", "not squared", lambda w, v: (w * off(w, v)).sum(axis=1))
wrong("15.1", "these are the means", lambda w, v: w @ v)
wrong("15.1", "must still go off", lambda w, v: w @ v**2)
wrong("15.1", "never below zero", lambda w, v: (w @ v) ** 2 - w @ v**2)
wrong("15.1", "squared, too", lambda w, v: ((w * off(w, v)) ** 2).sum(axis=1))
wrong("15.1", "one number for all queries", lambda w, v: (w * off(w, v) ** 2).sum())
wrong("15.1", "a number for every weight", lambda w, v: w * off(w, v) ** 2)
wrong("15.1", "one number for each key", lambda w, v: (w * off(w, v) ** 2).sum(axis=0))
right("15.1", lambda w, v: w @ v**2 - (w @ v) ** 2)
right("15.1", lambda w, v: [sum(a * (x - sum(row * v)) ** 2 for a, x in zip(row, v, strict=True)) for row in w])
right("15.1", lambda w, v: np.array([np.cov(v, aweights=row, ddof=0) for row in w]))


@right("15.1")
def half_of_all_pairs(w, v):
    """The variance is half the mean square distance of two readings drawn by these weights."""
    pairs = (torch.tensor(v)[:, None] - torch.tensor(v)) ** 2
    return torch.einsum("qi,qj,ij->q", torch.tensor(w), torch.tensor(w), pairs) / 2


# --- 15.2 promise against count -------------------------------------------------------------------------------------


def inside(test):
    return lambda mean, sd, y, widths: np.array([test(y - mean, sd, k).mean() for k in widths])


wrong("15.2", "far below the band", inside(lambda d, sd, k: d <= k * sd))
wrong("15.2", "far above the band", inside(lambda d, sd, k: d >= -k * sd))
wrong("15.2", "never counted", inside(lambda d, sd, k: (d >= 0) & (d <= k * sd)))
wrong("15.2", "how many are outside", inside(lambda d, sd, k: np.abs(d) > k * sd))
wrong("15.2", "these are counts", inside(lambda d, sd, k: (np.abs(d) <= k * sd) * float(len(d))))
wrong("15.2", "these are percentages", inside(lambda d, sd, k: (np.abs(d) <= k * sd) * 100.0))
wrong("15.2", "this is the promise", lambda mean, sd, y, widths: [math.erf(k / 2**0.5) for k in widths])
wrong("15.2", "squared on the way", inside(lambda d, sd, k: np.abs(d) <= k * sd**2))
wrong("15.2", "not by half of it", inside(lambda d, sd, k: np.abs(d) <= k * sd / 2))
wrong("15.2", "one for all was used", inside(lambda d, sd, k: np.abs(d) <= k * sd.mean()))
wrong("15.2", "the sd is not used", inside(lambda d, sd, k: np.abs(d) <= k))
wrong("15.2", "the width is not used", inside(lambda d, sd, k: np.abs(d) <= sd))
wrong("15.2", "one number", lambda mean, sd, y, widths: (np.abs(y - mean) <= widths[0] * sd).mean())
wrong("15.2", "a verdict for every reading", lambda mean, sd, y, widths: np.abs(y - mean) <= widths[:, None] * sd)
right("15.2", inside(lambda d, sd, k: (d / sd) ** 2 < k**2))
right("15.2", lambda mean, sd, y, widths: (np.abs((y - mean) / sd)[None] <= np.array(widths)[:, None]).mean(axis=1))


@right("15.2")
def by_counting(mean, sd, y, widths):
    shares = []
    for k in widths.tolist():
        low, high = torch.tensor(mean - k * sd), torch.tensor(mean + k * sd)
        shares.append(((low <= torch.tensor(y)) & (torch.tensor(y) <= high)).sum().item() / len(y))
    return shares


# --- 15.3 far from the data -----------------------------------------------------------------------------------------


def odds(share):
    return math.log(share / (1 - share))


wrong("15.3", "a distance below zero", lambda g, h, p: h**2 * odds(p) / g - g / 2)
wrong("15.3", "start at the last one", lambda g, h, p: max(h**2 * odds(p) / g - g / 2, 0) + g)
wrong("15.3", "2 of 2h²", lambda g, h, p: max(h**2 * odds(p) / g / 2 - g / 2, 0))
wrong("15.3", "bandwidth is not squared", lambda g, h, p: max(h * odds(p) / g - g / 2, 0))
wrong("15.3", "own gap is forgotten", lambda g, h, p: h**2 * odds(p) / g)
wrong("15.3", "only dropped", lambda g, h, p: abs(h**2 * odds(p) / g - g / 2))
wrong("15.3", "turned round", lambda g, h, p: -(h**2) * odds(p) / g + g / 2)
wrong("15.3", "look at the sign", lambda g, h, p: -(h**2) * odds(p) / g - g / 2)
wrong("15.3", "the share against the rest", lambda g, h, p: max(h**2 * -math.log(1 - p) / g - g / 2, 0))
wrong("15.3", "the share against the rest", lambda g, h, p: h**2 * math.log(p) / g - g / 2)
wrong("15.3", "another base", lambda g, h, p: max(h**2 * math.log2(p / (1 - p)) / g - g / 2, 0))
wrong("15.3", "need not go so far", lambda g, h, p: max(h**2 * odds(p) / g - g / 2, 0) + 0.07)
wrong("15.3", "one distance is asked for", lambda g, h, p: [0, 1])
wrong("15.3", "of the weight, not", lambda g, h, p: 0.0)
right("15.3", lambda g, h, p: np.array([max((2 * h * h * odds(p) - g * g) / (2 * g), 0)]))
right("15.3", lambda g, h, p: torch.tensor(h**2 * np.arctanh(2 * p - 1) * 2 / g - g / 2).clamp(min=0))


@right("15.3")
def by_halving(g, h, p):
    low, high = 0.0, 1e6
    for _ in range(200):
        t = (low + high) / 2
        more = ((t + g) ** 2 - t**2) / (2 * h**2)
        low, high = (low, t) if more >= odds(p) else (t, high)
    return high


# --- 15.4 repair it -------------------------------------------------------------------------------------------------


def voices(power, *, says=None, own=True, between=True, root=True, around=None, share=None):
    """Make an answer from parts: power(scores) are the readings' powers, share(powers) the extra voice's share."""

    def answer(queries, keys, values, h, mean, sd):
        powers = power(-((queries[:, None] - keys) ** 2) / (2 * h**2))
        rest = (share or (lambda p: 1 / (1 + p.sum(axis=1))))(powers)
        weights = powers / powers.sum(axis=1, keepdims=True) * (1 - rest)[:, None]
        said = mean if says is None else says
        out = weights @ values + rest * said
        centre = out if around is None else around(powers, values)
        extra = own * sd**2 + between * (mean - centre) ** 2
        variance = (weights * (values - centre[:, None]) ** 2).sum(axis=1) + rest * extra
        return out, np.sqrt(variance) if root else variance

    return answer


def tiny(scores):
    return np.exp(scores) + 1e-300


def shifted(scores):
    return np.exp(scores - scores.max(axis=1, keepdims=True))


def normal(scores):
    return shifted(scores) / shifted(scores).sum(axis=1, keepdims=True)


wrong("15.4", "taken after dividing", voices(normal))
wrong("15.4", "largest score was subtracted", voices(shifted))
wrong("15.4", "is not heard", voices(shifted, share=lambda p: np.zeros(len(p))))
wrong("15.4", "but it says 0", voices(tiny, says=0.0))
wrong("15.4", "always says 20", voices(tiny, says=20.0))
wrong("15.4", "always has the sd 1.5", lambda q, k, v, h, mean, sd: voices(tiny)(q, k, v, h, mean, 1.5))
wrong("15.4", "the 2 of 2h²", lambda q, k, v, h, mean, sd: voices(tiny)(q, k, v, h / 2**0.5, mean, sd))
wrong("15.4", "have changed shares", voices(tiny, share=lambda p: p.sum(axis=1) / (1 + p.sum(axis=1))))
wrong("15.4", "1 - mass is no share", voices(tiny, share=lambda p: np.clip(1 - p.sum(axis=1), 0, 1)))
wrong("15.4", "this is the variance", voices(tiny, root=False))
wrong("15.4", "its own sd is missing", voices(tiny, own=False))
wrong("15.4", "adds to the spread", voices(tiny, between=False))
wrong("15.4", "not around the new one", voices(tiny, around=lambda p, v: p / p.sum(axis=1, keepdims=True) @ v))
wrong("15.4", "wrong order", lambda *a: voices(tiny)(*a)[::-1])
wrong("15.4", "two things", lambda *a: voices(tiny)(*a)[0])
wrong("15.4", "for each of the 6 queries", lambda *a: (voices(tiny)(*a)[0][:1], voices(tiny)(*a)[1]))


@wrong("15.4", "does not count at all")
def only_the_readings(*given):
    powers = tiny(-((given[0][:, None] - given[1]) ** 2) / (2 * given[3] ** 2))
    weights, out = powers / (1 + powers.sum(axis=1, keepdims=True)), voices(tiny)(*given)[0]
    return out, np.sqrt((weights * (given[2] - out[:, None]) ** 2).sum(axis=1))


@wrong("15.4", "sum to more than one")
def on_top(queries, keys, values, h, mean, sd):
    powers = tiny(-((queries[:, None] - keys) ** 2) / (2 * h**2))
    return powers / powers.sum(axis=1, keepdims=True) @ values + mean / (1 + powers.sum(axis=1)), np.ones(6)


@right("15.4")
def one_more_column(queries, keys, values, h, mean, sd):
    """One more score, 0, and one more value; then softmax as ever."""
    scores = torch.tensor(-((queries[:, None] - keys) ** 2) / (2 * h**2))
    weights = torch.cat([scores, torch.zeros(len(scores), 1)], 1).softmax(-1)
    said = torch.tensor([*values, mean])
    out = weights @ said
    return out, ((weights * (said - out[:, None]) ** 2).sum(1) + weights[:, -1] * sd**2).sqrt()


@right("15.4")
def square_by_square(queries, keys, values, h, mean, sd):
    """The mean of the squares, less the square of the mean."""
    means, sds = [], []
    for q in queries:
        powers = [math.exp(-((q - k) ** 2) / (2 * h**2)) for k in keys] + [1]
        first = sum(p * v for p, v in zip(powers, [*values, mean], strict=True)) / sum(powers)
        second = (sum(p * v**2 for p, v in zip(powers, values, strict=False)) + mean**2 + sd**2) / sum(powers)
        means.append(first)
        sds.append(math.sqrt(second - first**2))
    return [means, sds]


# --- 15.5 noise sweep -----------------------------------------------------------------------------------------------


def promise(w):
    return w.max(axis=1).mean()


def count(w, r):
    return (w.argmax(axis=1) == r).mean()


def at(w, r):
    return w[np.arange(len(w)), r]


wrong("15.5", "wrong order", lambda w, r: (count(w, r), promise(w)))
wrong("15.5", "this is the mean weight at the right key", lambda w, r: (at(w, r).mean(), count(w, r)))
wrong("15.5", "of every column", lambda w, r: (w.max(axis=0).mean(), count(w, r)))
wrong("15.5", "one weight for all", lambda w, r: (w.max(), count(w, r)))
wrong("15.5", "mean of all weights", lambda w, r: (w.mean(), count(w, r)))
wrong("15.5", "added up", lambda w, r: (w.max(axis=1).sum(), count(w, r)))
wrong("15.5", "middle one", lambda w, r: (np.median(w.max(axis=1)), count(w, r)))
wrong("15.5", "how many rows", lambda w, r: (promise(w), (w.argmax(axis=1) == r).sum()))
wrong("15.5", "below one half", lambda w, r: (promise(w), (at(w, r) > 0.5).mean()))
wrong("15.5", "count the rows", lambda w, r: (promise(w), at(w, r).mean()))
wrong("15.5", "share of wrong rows", lambda w, r: (promise(w), 1 - count(w, r)))
wrong("15.5", "smallest weight", lambda w, r: (promise(w), (w.argmin(axis=1) == r).mean()))
wrong("15.5", "promise once more", lambda w, r: (promise(w), promise(w)))
wrong("15.5", "two numbers", lambda w, r: promise(w))
right("15.5", lambda w, r: (promise(w), (at(w, r) >= w.max(axis=1)).mean()))
right(
    "15.5",
    lambda w, r: torch.stack(
        [torch.tensor(w).amax(1).mean(), (torch.tensor(w).argmax(1) == torch.tensor(r)).double().mean()]
    ),
)


@right("15.5")
def row_by_row(w, r):
    rows = w.tolist()
    return [
        sum(map(max, rows)) / len(rows),
        sum(row.index(max(row)) == i for row, i in zip(rows, r, strict=True)) / len(r),
    ]


# --- 15.6 a score that cannot be talked up --------------------------------------------------------------------------

C = math.log(2 * math.pi) / 2

wrong("15.6", "the sign", lambda m, s, y: -(((y - m) / s) ** 2) / 2 - np.log(s) - C)
wrong("15.6", "huge sd wins", lambda m, s, y: ((y - m) / s) ** 2 / 2 + C)
wrong("15.6", "the constant", lambda m, s, y: ((y - m) / s) ** 2 / 2 + np.log(s))
wrong("15.6", "both are squared", lambda m, s, y: (y - m) ** 2 / s / 2 + np.log(s) + C)
wrong("15.6", "lacks its half", lambda m, s, y: ((y - m) / s) ** 2 + np.log(s) + C)
wrong("15.6", "not the whole", lambda m, s, y: ((y - m) / s) ** 2 / 2 + np.log(s) + 2 * C)
wrong("15.6", "divides by 2 alone", lambda m, s, y: (y - m) ** 2 / 2 * s**2 + np.log(s) + C)
wrong("15.6", "the 2 was squared", lambda m, s, y: ((y - m) / (2 * s)) ** 2 + np.log(s) + C)
wrong("15.6", "base 10", lambda m, s, y: ((y - m) / s) ** 2 / 2 + np.log10(s) + C)
wrong("15.6", "logarithm of the variance", lambda m, s, y: ((y - m) / s) ** 2 / 2 + np.log(s**2) + C)
wrong("15.6", "not divided by sd", lambda m, s, y: (y - m) ** 2 / 2 + np.log(s) + C)
wrong("15.6", "density itself", lambda m, s, y: np.exp(-(((y - m) / s) ** 2) / 2) / s / math.sqrt(2 * math.pi))
wrong("15.6", "in bits", lambda m, s, y: (((y - m) / s) ** 2 / 2 + np.log(s) + C) / math.log(2))
wrong("15.6", "nothing is averaged", lambda m, s, y: (((y - m) / s) ** 2 / 2 + np.log(s) + C).mean())
right("15.6", lambda m, s, y: -np.log(np.exp(-(((y - m) / s) ** 2) / 2) / s / math.sqrt(2 * math.pi)))
right("15.6", lambda m, s, y: -torch.distributions.Normal(torch.tensor(m), torch.tensor(s)).log_prob(torch.tensor(y)))
right(
    "15.6",
    lambda m, s, y: [(math.log(2 * math.pi * b**2) + ((c - a) / b) ** 2) / 2 for a, b, c in zip(m, s, y, strict=True)],
)
