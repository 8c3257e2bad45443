"""What a right answer is in chapter 16, the clinic: each accepts any mending, because it looks at behaviour alone."""

import numpy as np

from utils.attention import softmax
from utils.chapters.ch16_the_clinic.check_mends import add_places, look_back, newest, score, step
from utils.chapters.ch16_the_clinic.check_overflow import weigh
from utils.chapters.ch16_the_clinic.questions import recall, yourself
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers

__all__ = [
    "add_places",
    "average",
    "average_allowed",
    "look_back",
    "newest",
    "recall",
    "score",
    "share_out",
    "step",
    "weigh",
    "weigh_allowed",
    "yourself",
]

ZERO_SCORE = "a forbidden key got the score 0, and e⁰ = 1: it is still heard"
QUERIES = "the weights sum to one over the queries: look at axis 1 of a batch"


@exercise(
    "16.1",
    "the turned weights",
    reveals="With as many queries as keys nothing complained. A test with n_q ≠ n_k would have.",
    broken="utils.chapters.ch16_the_clinic.broken:average",
)
def average(answer):
    """Check the learner's mended ``average(q, k, v)``."""
    rng = np.random.default_rng(161)
    for n_q, n_k, d, d_v in ((4, 4, 3, 4), (3, 5, 4, 2), (6, 2, 5, 5), (1, 4, 2, 3)):
        q, k, v = rng.normal(size=(n_q, d)), rng.normal(size=(n_k, d)), rng.normal(size=(n_k, d_v))
        got = call(answer, q, k, v, shapes="Which of the two axes of the weights belongs to the keys?")
        need(not isinstance(got, tuple), "only the answers are asked for, and two things came back")
        products = q @ k.T
        scores = products / np.sqrt(d)
        weights = softmax(scores)
        got = numbers(got, (n_q, d_v), f"the array of answers to {n_q} queries with {n_k} keys")
        compare(
            got,
            weights @ v,
            mistakes={
                "the answers are still sums down the columns of α: row i of the weights should make answer i": (
                    weights.T @ v if n_q == n_k else (),
                ),
                "the turn is gone, but now the softmax runs down the columns": softmax(scores, 0) @ v,
                "queries and keys have changed places: a row of scores belongs to a query": (
                    softmax(scores.T) @ v if n_q == n_k else (),
                ),
                "the turn is gone, and the division by √d has gone with it": softmax(products) @ v,
                "every query hears everybody alike: where have the scores gone?": np.ones_like(scores) / n_k @ v,
                "the sum over the keys is a mean now: a row of weights sums to one already": weights @ v / n_k,
                "these are the weights; what do the values say?": weights if d_v == n_k else (),
            },
            otherwise="the answers are not the averages of the values, weighted by α",
        )


@exercise(
    "16.2",
    "the wrong axis of a batch",
    reveals="A batch moves every axis by one. Counted from the end, they stay.",
    broken="utils.chapters.ch16_the_clinic.broken:share_out",
)
def share_out(answer):
    """Check the learner's mended ``share_out(scores)``."""
    rng = np.random.default_rng(162)
    for shape in ((2, 4, 4), (3, 2, 5), (5, 6, 3), (1, 3, 4)):
        scores = 3 * rng.normal(size=shape)
        got = call(answer, scores, shapes="With keepdims=True the axis that is summed over stays, with length one.")
        got = numbers(got, shape, "the weights")
        e_queries = np.exp(scores - scores.max(1, keepdims=True))
        e_keys = np.exp(scores - scores.max(-1, keepdims=True))
        compare(
            got,
            softmax(scores),
            mistakes={
                QUERIES: (softmax(scores, 1), e_keys / e_keys.sum(1, keepdims=True)),
                "the sum runs over the keys now, but the maximum is still taken over the queries": e_queries
                / e_queries.sum(-1, keepdims=True),
                "the sequences of the batch share out one unit among each other": softmax(scores, 0),
                "a whole sequence shares one unit: every single query should have one of its own": (
                    softmax(scores.reshape(shape[0], -1)).reshape(shape),
                    e_keys / e_keys.sum((1, 2), keepdims=True),
                ),
                "everything together sums to one: every single query should have a unit of its own": (
                    softmax(scores.ravel()).reshape(shape),
                    e_keys / e_keys.sum(),
                ),
                "the weights are turned: rows are queries, columns are keys": (
                    softmax(scores).swapaxes(1, 2) if shape[1] == shape[2] else ()
                ),
                "nothing was divided: a row of weights should sum to one": (e_keys, np.exp(scores)),
            },
            otherwise="at least one query does not share out one unit among its keys, as softmax would",
        )


@exercise(
    "16.3",
    "the mask that only clamps",
    reveals="A ban is the score −∞, for e to the −∞ is 0. A large negative score does it only while all others lie far above, and 0 does not at all.",
    broken="utils.chapters.ch16_the_clinic.broken:weigh_allowed",
)
def weigh_allowed(answer):
    """Check the learner's mended ``weigh_allowed(scores, mask)``."""
    rng = np.random.default_rng(163)
    for n_q, n_k, size in ((4, 4, 2.0), (3, 6, 5.0), (5, 2, 1.0), (2, 3, 60.0)):
        scores, mask = size * rng.normal(size=(n_q, n_k)), rng.random((n_q, n_k)) < 0.5
        mask[:, 0] |= ~mask.any(1)
        mask[0, -1] = mask[0, :-1].all()  # somebody is forbidden
        got = numbers(call(answer, scores, mask), (n_q, n_k), "the array of weights")
        plain = softmax(scores)
        compare(
            got,
            softmax(np.where(mask, scores, -np.inf)),
            mistakes={
                "the mask still caps the scores at 0 and 1, and e⁰ = 1 is heard": softmax(np.minimum(scores, mask)),
                ZERO_SCORE: (softmax(np.where(mask, scores, 0)), softmax(np.minimum(scores, np.where(mask, 1e9, 0)))),
                "it forbids what is allowed: True means may look": softmax(np.where(mask, -np.inf, scores)),
                "the mask comes after the softmax, and what is left does not sum to one": plain * mask,
                "adding 0 or 1 shifts a score a little, and forbids nothing": softmax(scores + mask),
                "nothing is forbidden any more": plain,
                "forbidden keys are silent, but the allowed scores were cut off at 1": softmax(
                    np.where(mask, np.minimum(scores, 1), -np.inf)
                ),
            },
            otherwise=_heard(got, mask),
        )


def _heard(got, mask):
    """Return what to say of weights that are wrong in no classic way."""
    most = np.abs(got[~mask]).max(initial=0)
    if np.isinf(most):
        return "weights lie between 0 and 1; these look like scores that no softmax has seen"
    if most > 1e-6:
        return (
            f"a forbidden key still gets a weight of {most:.1g}: no finite score is low enough, whatever the others are"
        )
    return "forbidden keys are silent, but the others do not get what a softmax among them would give"


@exercise(
    "16.4",
    "the mask that comes too late",
    reveals="After the softmax the unit is already shared out, so what is left has to be scaled up, or the mask has to come first.",
    broken="utils.chapters.ch16_the_clinic.broken:average_allowed",
)
def average_allowed(answer):
    """Check the learner's mended ``average_allowed(q, k, v, mask)``."""
    rng = np.random.default_rng(164)
    for n_q, n_k, d, d_v in ((4, 4, 3, 4), (3, 5, 4, 2), (6, 3, 5, 5)):
        q, k, v = rng.normal(size=(n_q, d)), rng.normal(size=(n_k, d)), rng.normal(size=(n_k, d_v))
        mask = np.tri(n_q, n_k, dtype=bool)
        mask[-1] = rng.random(n_k) < 0.5
        mask[-1, 0] = True
        for empty in (False, True):
            mask[1] &= not empty
            _check_allowed(answer, (q, k, v, mask))


def _check_allowed(answer, given):
    q, k, v, mask = given
    got = numbers(call(answer, *given), (len(q), v.shape[1]), "the array of answers")
    products = q @ k.T
    scores = products / np.sqrt(q.shape[1])
    after = softmax(scores) * mask
    want = softmax(np.where(mask, scores, -np.inf))
    empty = ~mask.any(1)
    if empty.any():
        need(
            np.isfinite(got[empty]).all(),
            "right where somebody may be heard; a query that may look nowhere gets NaN: the rest of nothing was divided by nothing",
        )
        need(
            np.allclose(got[empty], 0, atol=1e-6),
            "a query that may look nowhere should get zeros; here it hears keys that are forbidden",
        )
    compare(
        got,
        want @ v,
        mistakes={
            "what is forbidden is silent, but what is left of a row does not sum to one": after @ v,
            ZERO_SCORE: (softmax(np.where(mask, scores, 0)) @ v, softmax(scores * mask) @ v),
            "the weights were scaled up along the columns; every query should have one unit again": after
            / np.where(after.sum(0) == 0, 1, after.sum(0))
            @ v,
            "it forbids what is allowed: True means may look": softmax(np.where(mask, -np.inf, scores)) @ v,
            "nothing is forbidden any more": softmax(scores) @ v,
            "what is left of a row was divided by the number of allowed keys, not by its sum": after
            / np.maximum(mask.sum(1, keepdims=True), 1)
            @ v,
            "the mask is right, and the division by √d is gone": softmax(np.where(mask, products, -np.inf)) @ v,
        },
        otherwise="at least one query does not hear the average of the allowed values, weighted by a softmax among them",
    )
