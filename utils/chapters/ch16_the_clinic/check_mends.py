"""Checks of the second half of the clinic: time, places, the cache, and the scale."""

import numpy as np

from utils.attention import attention, rotary, softmax
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers


@exercise(
    "16.6",
    "the leaked future",
    reveals="One place too many, and a model that should guess the next word can read it. Change the future, and see who notices.",
    broken="utils.chapters.ch16_the_clinic.broken:look_back",
)
def look_back(answer):
    """Check the learner's mended ``look_back(q, k, v)``."""
    rng = np.random.default_rng(166)
    for n, d, d_v in ((5, 4, 3), (1, 2, 2), (7, 3, 7)):
        q, k, v = rng.normal(size=(n, d)), rng.normal(size=(n, d)), rng.normal(size=(n, d_v))
        got = call(answer, q, k, v)
        need(not isinstance(got, tuple), "only the answers are asked for, and two things came back")
        got = numbers(got, (n, d_v), "the array of answers")
        past = np.tri(n, dtype=bool)
        compare(
            got,
            attention(q, k, v, past)[0],
            mistakes={
                "every place still sees the one after it": attention(q, k, v, np.tri(n, k=1, dtype=bool))[0],
                "a place does not see itself any more: at and before its own place, it may look": attention(
                    q, k, v, np.tri(n, k=-1, dtype=bool)
                )[0],
                "it sees the future instead of the past": (
                    attention(q, k, v, past.T)[0],
                    attention(q, k, v, ~past)[0],
                ),
                "now nothing is forbidden, and the whole future is seen": attention(q, k, v)[0],
                "every place sees itself alone": v,
                "all places get what the last one gets": np.repeat(attention(q, k, v)[0][-1:], n, 0),
            },
            otherwise="at least one place does not hear itself and its past, and nothing else",
        )


@exercise(
    "16.7",
    "codes for the wrong axis",
    reveals="Broadcasting fits shapes, not meanings. A batch of another size than the row would have complained.",
    broken="utils.chapters.ch16_the_clinic.broken:add_places",
)
def add_places(answer):
    """Check the learner's mended ``add_places(x, codes)``."""
    rng = np.random.default_rng(167)
    for B, T, d in ((4, 4, 3), (3, 5, 4), (6, 2, 2), (1, 3, 5), (9, 4, 2)):
        x, codes = rng.normal(size=(B, T, d)), rng.normal(size=(8, d))
        got = call(answer, x, codes, shapes="x has three axes, codes two: which of x's axes counts the places?")
        got = numbers(got, (B, T, d), f"x {x.shape} with its codes")
        mistakes = {
            "each row of the batch still gets one code for all its places": x + codes[:B, None] if B <= 8 else (),
            "every item got the code of the first place": x + codes[0],
            "the codes are taken from the end of the table: place 0 has the first": x + codes[-T:],
            "the codes run backwards: place 0 has the first": x + codes[:T][::-1],
            "the codes start at 1: place 0 has the first": x + codes[1 : T + 1],
            "the items were multiplied by their codes; add them": x * codes[:T],
            "nothing was added: x came back as it was": x,
            "the sum of all codes was added everywhere": x + codes[:T].sum(0),
        }
        compare(got, x + codes[:T], mistakes=mistakes, otherwise="at least one item did not get the code of its place")


@exercise(
    "16.8",
    "is_causal, with a cache",
    reveals="is_causal lays the first query beside the first key. With a cache the last query belongs to the last key.",
    broken="utils.chapters.ch16_the_clinic.broken_torch:newest",
)
def newest(answer):
    """Check the learner's mended ``newest(q, k, v)``."""
    import torch

    rng = np.random.default_rng(168)
    for n_q, n_k in ((5, 5), (3, 7), (1, 6), (1, 1)):
        q, k, v = (rng.normal(size=(n, 4)) for n in (n_q, n_k, n_k))
        got = call(answer, *(torch.tensor(x) for x in (q, k, v)))
        got = numbers(got, (n_q, 4), f"the array of answers to {n_q} queries with {n_k} keys")
        i, j = np.arange(n_q)[:, None], np.arange(n_k)
        behind = n_k - n_q

        def seen(mask, q=q, k=k, v=v):
            return attention(q, k, v, np.broadcast_to(mask, (len(q), len(k))).copy())[0]

        compare(
            got,
            seen(j <= i + behind),
            mistakes={
                f"with {n_q} new of {n_k} places the first query is still laid beside the first key, and the newest keys are missed": seen(
                    j <= i
                ),
                "one new query alone is right; of several at once the earlier ones now hear what comes after them": seen(
                    j >= 0
                ),
                "the newest places do not see themselves: a query's own key is among those it may look at": seen(
                    j < i + behind
                ),
                "every query sees one place too many": seen(j <= i + behind + 1),
                "only the new places are seen, and the cache is not looked at": seen((j >= behind) & (j <= i + behind)),
                "the cache is seen, but none of the new places": seen(j < behind) if behind else (),
            },
            otherwise=f"with {n_q} new of {n_k} places, at least one query does not hear its own place and all before it, and nothing else",
        )


@exercise(
    "16.9",
    "turned twice",
    reveals="Keep the keys as they were, or keep them turned: both are right. Turning what is already turned is not.",
    broken="utils.chapters.ch16_the_clinic.broken:step",
)
def step(answer):
    """Check the learner's mended ``step(cache, q, k, v)``: whatever the cache holds, the answers must be those of one pass."""
    rng = np.random.default_rng(169)
    for n, d, d_v in ((5, 6, 3), (3, 4, 4)):
        q, k, v = rng.normal(size=(n, d)), rng.normal(size=(n, d)), rng.normal(size=(n, d_v))
        got = _in_steps(answer, q, k, v)
        turned = {"the keys are turned again and again: an old key is turned once for every step": _again(q, k, v)}
        places, past = np.arange(n), np.tri(n, dtype=bool)
        tq, tk = rotary(q, places), rotary(k, places)
        compare(
            got,
            attention(tq, tk, v, past)[0],
            mistakes=turned
            | {
                "the query is not turned to its place": attention(q, tk, v, past)[0],
                "the keys are not turned to their places": attention(tq, k, v, past)[0],
                "nothing is turned any more, so the order of the keys is lost": attention(q, k, v, past)[0],
                "the newest key is turned to the place after its own": attention(tq, rotary(k, places + 1), v, past)[0],
                "the query is turned to the place after its own": attention(rotary(q, places + 1), tk, v, past)[0],
                "values carry no place: only queries and keys are turned": attention(tq, tk, rotary(v, places), past)[0]
                if d_v % 2 == 0
                else (),
                "only the newest place is heard: the cache has forgotten the others": v,
            },
            otherwise="step by step, the answers are not those of one causal pass with keys turned to their places once",
        )


def _in_steps(answer, q, k, v):
    cache, answers = (k[:0], v[:0]), []
    for place in range(len(q)):
        result = call(answer, cache, *(x[place : place + 1] for x in (q, k, v)))
        pair = isinstance(result, tuple | list) and len(result) == 2
        need(pair, "two things are asked for: the answer at the newest place, and the cache for the next step")
        out, cache = result
        need(cache is not None, "the cache for the next step came back as None: what is it to remember?")
        answers.append(numbers(out, (1, v.shape[1]), "the answer at the newest place"))
    return np.concatenate(answers)


def _again(q, k, v):
    """Return the answers if the kept keys are turned once more in every step."""
    kept, answers = k[:0], []
    for place in range(len(q)):
        kept = rotary(np.concatenate([kept, k[place : place + 1]]), np.arange(place + 1))
        answers.append(attention(rotary(q[place : place + 1], np.array([place])), kept, v[: place + 1])[0])
    return np.concatenate(answers)


@exercise(
    "16.10",
    "divided by d",
    reveals="q·k of random vectors spreads like √d, so √d brings it back to 1. Divided by d, every row starts out as a mean.",
    broken="utils.chapters.ch16_the_clinic.broken:score",
)
def score(answer):
    """Check the learner's mended ``score(q, k)``."""
    rng = np.random.default_rng(170)
    for n_q, n_k, d in ((2, 6, 5), (3, 5, 16), (4, 4, 256)):
        q, k = rng.normal(size=(n_q, d)), rng.normal(size=(n_k, d))
        got = numbers(call(answer, q, k), (n_q, n_k), "the table of scores")
        products = q @ k.T
        compare(
            got,
            products / np.sqrt(d),
            mistakes={
                "the scores are still divided by d: at d = 256 hardly anything is left of them": products / d,
                "the scores are not divided at all: their spread grows with d": products,
                "the scores were multiplied by √d": products * np.sqrt(d),
                "the root is that of the number of queries or keys; d is the number of features": (
                    products / np.sqrt(n_q),
                    products / np.sqrt(n_k),
                ),
                "these are the weights; the scores are asked for": (
                    softmax(products / np.sqrt(d)),
                    softmax(products / d),
                ),
                "the lengths of queries and keys were divided out: this is a cosine": products
                / np.linalg.norm(q, axis=1)[:, None]
                / np.linalg.norm(k, axis=1),
            },
            otherwise="the scores are not q·k, brought back to a spread near 1 for every d",
        )
