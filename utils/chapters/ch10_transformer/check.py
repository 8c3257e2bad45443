"""What a right answer is in chapter 10, the Transformer: a check for each exercise, and the questions."""

import numpy as np

from utils.chapters.ch10_transformer import transformer as course
from utils.chapters.ch10_transformer.check_bills import count_weights, share_of_scores
from utils.chapters.ch10_transformer.check_loss import next_token_loss
from utils.chapters.ch10_transformer.questions import recall, yourself
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers

__all__ = ["block", "count_weights", "layer_norm", "next_token_loss", "recall", "share_of_scores", "yourself"]

KEEP = "The mean and the variance need an axis of length 1 to meet x again."


@exercise("10.1", "layer norm", reveals="Each token is scaled by itself; no other token, and no other row, has a say.")
def layer_norm(answer):
    """Check the learner's ``layer_norm(x)``."""
    rng = np.random.default_rng(101)
    for B, T, d in ((2, 3, 4), (4, 5, 6), (3, 3, 3)):
        x = 5 * rng.normal(size=(B, T, d)) + rng.normal(size=(B, T, 1))
        got = numbers(call(answer, x, shapes=KEEP), (B, T, d), "the normalised x")
        compare(
            got,
            course.layer_norm(x, eps=0),
            mistakes=_not_normed(x),
            otherwise="the features of a token do not have the mean 0 and the variance 1",
            tolerance=1e-3,
        )
    got = numbers(call(answer, np.full((1, 2, 4), 3.0)), (1, 2, 4), "the norm of a token with equal features")
    need(
        np.isfinite(got).all(),
        "a token whose features are all equal gives NaN or infinity: its variance is 0, so a little must be added to it",
    )
    compare(got, np.zeros((1, 2, 4)), otherwise="a token whose features are all equal should become zeros")


def _not_normed(x):
    def norm(axis, power=0.5, ddof=0):
        return (x - x.mean(axis=axis, keepdims=True)) / x.var(axis=axis, keepdims=True, ddof=ddof) ** power

    centred = x - x.mean(-1, keepdims=True)
    e = np.exp(x - x.max(-1, keepdims=True))
    return {
        "each feature is normalised over the tokens: then a token's answer depends on the others. Which axis holds the features?": norm(
            1
        ),
        "each feature is normalised over the batch: then a row's answer depends on the other rows": norm(0),
        "mean and variance are taken over rows and tokens together: each token should be scaled by itself": norm(
            (0, 1)
        ),
        "there is one mean and one variance for all tokens of a row; each token has its own": norm((1, 2)),
        "there is one mean and one variance for everything; each token has its own": norm((0, 1, 2)),
        "it is divided by the variance, not by its square root": norm(-1, power=1),
        "the mean is subtracted, and the size left as it was: divide, too": centred,
        "the size is right, but the mean was not subtracted first: this is the other norm, RMS": course.rms_norm(x, 0),
        "the features were divided by the root of the variance, and the mean is still in them": x
        / x.std(-1, keepdims=True),
        "the variance is divided by d - 1, as for a sample; here it is the plain mean of the squares": norm(-1, ddof=1),
        "each token has length 1 now; its variance should be 1": centred
        / np.linalg.norm(centred, axis=-1, keepdims=True),
        "this is a softmax: it makes weights, no mean of 0": e / e.sum(-1, keepdims=True),
        "nothing was changed: x came back as it was": x,
    }


@exercise("10.2", "a block", reveals="What a token was is never thrown away: each part only adds to it.")
def block(answer):
    """Check the learner's ``block(x, attend, feed, norm)``."""
    rng = np.random.default_rng(102)
    for B, T, d in ((2, 3, 4), (1, 5, 6)):
        x, W, V = rng.normal(size=(B, T, d)), rng.normal(size=(T, T)), rng.normal(size=(d, d))
        shift = rng.normal(size=d)

        def attend(x, W=W):
            return np.tanh(W @ np.asarray(x, float))

        def feed(x, V=V):
            return np.maximum(np.asarray(x, float) @ V, 0) + 0.3

        def norm(x, shift=shift):
            return 0.2 * np.asarray(x, float) ** 2 + shift  # no norm, but a function like any other

        got = numbers(call(answer, x, attend, feed, norm), (B, T, d), "the tokens after the block")
        compare(
            got,
            course.block(x, attend, feed, norm),
            mistakes=_not_a_block(x, attend, feed, norm),
            otherwise="not what comes out of two parts, each of which sees normalised tokens and adds to what came in",
        )


def _not_a_block(x, attend, feed, norm):
    met, whole = x + attend(norm(x)), course.block(x, attend, feed, norm)
    n, swapped = norm(x), x + feed(norm(x))
    after, first = norm(x + attend(x)), n + attend(n)
    return {
        "nothing is added: each part replaces what came in, so the token itself is lost": feed(norm(attend(norm(x)))),
        "attention replaces the tokens, only the second part adds": attend(n) + feed(norm(attend(n))),
        "the feed-forward network replaces what attention found; it should be added": feed(norm(met)),
        "the sum starts from the normalised tokens; it should start from the tokens as they came": (
            norm(first) + feed(norm(first)),
            first + feed(norm(first)),
            norm(met) + feed(norm(met)),
        ),
        "the norms stand after the sums, as in 2017; here each stands before its part": norm(after + feed(after)),
        "there are no norms in it": (x + attend(x) + feed(x + attend(x))),
        "the second part sees tokens that are not normalised": met + feed(met),
        "the first part sees tokens that are not normalised": x + attend(x) + feed(norm(x + attend(x))),
        "both parts see the same x: the second should see what the first has added": (
            x + attend(n) + feed(n),
            met + feed(n),
        ),
        "the feed-forward network comes first here; tokens should meet first": swapped + attend(norm(swapped)),
        "x is added twice, once by each part, and what attention found is lost or doubled": (
            x + feed(norm(met)),
            x + met + feed(norm(met)),
        ),
        "only the first part is there": met,
        "only the second part is there": swapped,
        "there is one norm too many, at the end": norm(whole),
        "the norm is put on what a part returns; it belongs before the part": (
            x + norm(attend(x)) + norm(feed(x + norm(attend(x))))
        ),
    }
