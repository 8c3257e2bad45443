"""Checks of chapter 11 about the cache at the edge, perplexity, and a text that repeats itself."""

import math

import numpy as np

from utils.chapters.ch11_generation import generation, sampling as course
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers


@exercise(
    "11.3",
    "the cache at the edge",
    reveals="A cache saves work as long as no place changes; when the window slides, every place does.",
)
def passes(answer):
    """Check the learner's ``passes(prompt, new, context)``."""
    for prompt, new, context in ((3, 6, 5), (4, 3, 10), (1, 7, 4), (5, 3, 5), (8, 4, 5), (2, 1, 6)):
        at = f"for a prompt of {prompt}, {new} new tokens and a context of {context}"
        got = numbers(call(answer, prompt, new, context), None, "the list")
        need(got.ndim == 1, f"a list is asked for, one number for each new token {at}; yours has shape {got.shape}")
        need(
            len(got) != new + 1,
            f"there is one number too many {at}: the pass over the prompt already gives the first new token",
        )
        need(len(got) == new, f"there should be {new} numbers {at}, one for each new token; yours has {len(got)}")
        compare(got, generation.passes(prompt, new, context), mistakes=_ran(prompt, new, context), otherwise=_wrong(at))


def _wrong(at):
    return f"{at} the numbers are not right: go through it token by token, and ask what is kept and still true"


def _ran(p, n, c):
    seen = list(range(p, p + n))
    first = [min(p, c)]
    rest = seen[1:]
    return {
        "everything is run anew at every step: inside the context the cache holds all but the newest token": (
            [min(s, c) for s in seen],
            seen,
        ),
        "the cache is used for ever: beyond the context every token gets another place, and its key is no longer true": (
            first + [1] * (n - 1),
            [p] + [1] * (n - 1),
        ),
        "the cache is given up one token too early: the last place of the context is still there": first
        + [1 if s < c else c for s in rest],
        "the cache is given up one token too late: there is no place for that token": first
        + [1 if s <= c + 1 else c for s in rest],
        "the prompt is not counted: all its tokens go through the model once": [1] + [1 if s <= c else c for s in rest],
        "more tokens are run than there are places: only the last ones of the context fit": (
            [p] + [1 if s <= c else c for s in rest],
            [p] + [1 if s <= c else s for s in rest],
            first + [1 if s <= c else s for s in rest],
        ),
        "beyond the edge it is run anew only once; the window slides again with the next token": _once(p, n, c),
        "these are totals so far; the tokens of each single step are asked for": np.cumsum(
            generation.passes(p, n, c)
        ).tolist(),
        "these are the tokens that stand there, not those that have to be run": (
            [min(s + 1, c) for s in seen],
            [s + 1 for s in seen],
        ),
    }


def _once(p, n, c):
    over = [s > c for s in range(p, p + n)]
    return [min(p, c)] + [c if over[i] and not over[i - 1] else 1 for i in range(1, n)]


@exercise(
    "11.4", "perplexity by hand", reveals="Perplexity is 2 to the bits: the same fact, on a scale one can picture."
)
def bits_and_perplexity(answer):
    """Check the learner's ``bits_and_perplexity(p)``."""
    rng = np.random.default_rng(114)
    for p in (np.array([0.5, 0.125, 0.25, 0.0625, 1.0]), rng.uniform(0.05, 0.9, size=9), rng.uniform(0.1, 0.9, 3)):
        bits, perplexity = _two(call(answer, p))
        right, many = course.bits_and_perplexity(p)
        need(
            not np.isclose(perplexity, right) or not np.isclose(bits, many),
            "the two are exchanged: bits come first, then the perplexity",
        )
        compare(bits, right, mistakes=_bits(p), otherwise="the bits are not right: the mean of -log2 of each chance")
        compare(perplexity, many, mistakes=_perplexity(p), otherwise="the bits are right, the perplexity is not")
    long = rng.uniform(0.1, 0.9, size=5000)
    bits, perplexity = _two(call(answer, long))
    right, many = course.bits_and_perplexity(long)
    need(
        np.isclose(bits, right) and np.isclose(perplexity, many),
        "with 5,000 characters it fails: a product of so many chances is too small for a number, a sum of logarithms is not",
    )


def _two(result):
    two = (isinstance(result, tuple | list) and len(result) == 2) or getattr(result, "shape", None) == (2,)
    need(two, "two numbers are asked for: bits per character, and perplexity")
    bits, perplexity = (numbers(each, None, name) for each, name in zip(result, ("bits", "perplexity"), strict=True))
    need(bits.size == perplexity.size == 1, "bits and perplexity should be one number each, for the whole text")
    return bits.reshape(()), perplexity.reshape(())


def _bits(p):
    logs = np.log2(p)
    return {
        "the bits are negative: a chance is below 1, so its logarithm is below 0": logs.mean(),
        "the natural logarithm is taken: these are nats, and a bit is a logarithm to the base 2": (
            -np.log(p).mean(),
            np.log(p).mean(),
        ),
        "the bits are added up; per character means their mean": (-logs.sum(), logs.sum()),
        "the chances are averaged before the logarithm: each character has bits of its own, and those are averaged": -np.log2(
            p.mean()
        ),
        "each character's bits are weighted by its chance, as in an entropy; every character that came counts once": (
            -(p * logs).sum(),
            -(p * logs).mean(),
        ),
    }


def _perplexity(p):
    bits = -np.log2(p).mean()
    with np.errstate(all="ignore"):
        return {
            "the bits are right; the perplexity is e to the bits: the logarithm to base 2 is undone by powers of 2": math.exp(
                bits
            ),
            "the bits are right; for the perplexity 1/p is averaged, and large values then rule": (1 / p).mean(),
            "the bits are right; the perplexity is 1 over the mean chance: a single impossible character would not show": 1
            / p.mean(),
            "the bits are right; the perplexity grows with the length of the text: where is the mean?": (
                1 / p.prod(),
                2 ** -np.log2(p).sum(),
            ),
            "the bits are right; the perplexity is below 1: mind the sign": 2**-bits,
            "the bits are right; the perplexity is the square of the bits: 2 is what is raised, not the power": bits**2,
            "the bits are right; the perplexity is 2 to the nats: the power must fit the logarithm": 2
            ** (-np.log(p).mean()),
        }


@exercise(
    "11.5",
    "make it repeat itself, and stop it",
    reveals="A rule outside the model can stop a loop; it does not make the model know better.",
)
def block_repeats(answer):
    """Check the learner's ``block_repeats(scores, tokens, n)``."""
    rng = np.random.default_rng(115)
    cases = [
        ([5, 0, 1, 3, 2, 0, 1, 4, 1, 2, 4, 0, 1, 5, 2, 0, 1], 3),
        ([0, 1, 2, 0, 1], 3),
        ([4, 1, 2, 5, 1, 2, 3, 1, 2], 3),
        ([3, 3, 3], 2),
        ([1, 2, 1, 3, 1], 2),
    ]
    cases += [([0, 1, 2, 3], 3), ([5, 0, 5, 2], 1), ([2, 4], 4), (rng.integers(0, 3, size=40).tolist(), 4)]
    for tokens, n in cases:
        scores = rng.normal(size=6)
        got = numbers(call(answer, scores, tokens, n), None, "the scores")
        need(
            got.shape == scores.shape,
            f"all scores should come back, one for each token, {scores.shape}; yours has shape {got.shape}",
        )
        need(not np.isnan(got).any(), "there is a NaN in the scores that came back")
        want = course.block_repeats(scores, tokens, n)
        at = f"after {tokens if len(tokens) < 12 else 'a longer text'} with n = {n}"
        need(
            not (np.isin(want, -math.inf) & (got == 0)).any(),
            f"{at} a forbidden token has the score 0, and e⁰ is 1: forbidding needs minus infinity",
        )
        compare(
            _low(got),
            _low(want),
            mistakes={said: tuple(map(_low, wrongs)) for said, wrongs in _blocked(scores, tokens, n).items()},
            otherwise=f"{at} the right tokens are not forbidden, or other scores have changed",
        )


def _low(scores):
    return np.where(np.asarray(scores) < -1e4, -1e9, scores)


def _forbid(scores, tokens):
    out = scores.copy()
    out[list(tokens)] = -math.inf
    return out


def _blocked(scores, tokens, n):
    right = [t for t in range(len(scores)) if course.block_repeats(scores, tokens, n)[t] == -math.inf]
    ends = {m: _forbid(scores, _following(tokens, m)) for m in (n - 1, n + 1) if m > 0}
    order = [tokens[i] for i in range(n - 1, len(tokens)) if tokens[i - n + 1 : i] == tokens[len(tokens) - n + 1 :]]
    inverse = np.full_like(scores, -math.inf)
    inverse[right] = scores[right]
    penalty = scores.copy()
    penalty[right] -= 1
    return {
        "every token that was used is forbidden, also where no stretch would repeat": (_forbid(scores, tokens),),
        "one token too few is compared: a stretch of n tokens is n - 1 that stand there, and the next one": (
            ends.get(n - 1, scores + 1),
        ),
        "one token too many is compared: the last n - 1 tokens and the next one make n": (ends[n + 1],),
        "only the first place where these tokens stand is found; what came after each of them is forbidden": (
            _forbid(scores, order[:1]),
        ),
        "only the latest place where these tokens stand is found; what came after each of them is forbidden": (
            _forbid(scores, order[-1:]),
        ),
        "the token before the repeated one is forbidden: it stands there already, the next one does not": (
            _forbid(scores, tokens[-1:]),
        ),
        "it is the other way round: only what would repeat is still allowed": (inverse,),
        "the scores are only lowered a little: a very sure model repeats itself all the same": (penalty, scores - 1),
        "nothing is forbidden where a stretch would repeat": (scores,),
    }


def _following(tokens, n):
    return {tokens[i] for i in range(n - 1, len(tokens)) if tokens[i - n + 1 : i] == tokens[len(tokens) - n + 1 :]}
