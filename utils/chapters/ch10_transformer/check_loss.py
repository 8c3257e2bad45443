"""Check of exercise 10.3: the loss of the next token, and the ways to shift it wrongly."""

import numpy as np

from utils.chapters.ch10_transformer import transformer as course
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers

SHIFT = "At N places stand N scores, but only N - 1 of them have a next token."


@exercise("10.3", "the loss of the next token", reveals="The answers were in the text all along, one place further on.")
def next_token_loss(answer):
    """Check the learner's ``next_token_loss(logits, tokens)``."""
    rng = np.random.default_rng(103)
    for B, N, V in ((3, 5, 4), (1, 6, 6), (2, 2, 7), (4, 4, 4)):
        logits, tokens = 2 * rng.normal(size=(B, N, V)), rng.integers(V, size=(B, N))
        given = call(answer, logits, tokens, shapes=SHIFT)
        got = numbers(given, None, "the loss")
        need(got.shape != (B, N - 1) or N == 2, "these are the losses of all places; their mean is asked for")
        got = numbers(got, (), "the loss")
        compare(
            got,
            course.next_token_loss(logits, tokens),
            mistakes=_not_the_loss(logits, tokens),
            otherwise="not the mean of -ln of the chance of each next token",
        )
    logits, tokens = np.array([[[1000.0, 0.0], [0.0, 0.0]]]), np.array([[1, 0]])
    with np.errstate(all="ignore"):
        got = numbers(call(answer, logits, tokens), (), "the loss of large scores")
    need(
        np.isfinite(got) or got == np.inf,
        "with a score of 1000 it gives NaN: subtract the largest score before the exponential",
    )
    logits[0, 0] = 1000.0, 1000.0
    with np.errstate(all="ignore"):
        got = numbers(call(answer, logits, tokens), (), "the loss of large scores")
    need(np.isfinite(got), "with scores of 1000 it gives NaN or infinity: subtract the largest score first")


def _logs(logits, axis=-1):
    wide = logits - logits.max(axis=axis, keepdims=True)
    return wide - np.log(np.exp(wide).sum(axis=axis, keepdims=True))


def _picked(logs, came):
    return np.take_along_axis(logs, came[..., None], axis=-1)[..., 0]


def _not_the_loss(logits, tokens):
    logs, V = _logs(logits), logits.shape[-1]
    right = _picked(logs[:, :-1], tokens[:, 1:])
    flat_logs, flat_tokens = logs.reshape(-1, V), tokens.reshape(-1)
    later = {
        "the answer is the very next token, not the one after it": -_picked(logs[:, :-2], tokens[:, 2:]).mean()
        if logs.shape[1] > 2
        else (),
        "only the first row of the batch is asked": -right[0].mean() if len(right) > 1 else (),
    }
    over_places = _picked(_logs(logits, axis=1)[:, :-1], tokens[:, 1:])
    return {
        "nothing is shifted: every place is asked for the token that stands there, which it can see": (
            -_picked(logs, tokens).mean(),
            -_picked(logs[:, :-1], tokens[:, :-1]).mean(),
            -_picked(logs[:, 1:], tokens[:, 1:]).mean(),
        ),
        "the shift goes the wrong way: every place is asked for the token before it": -_picked(
            logs[:, 1:], tokens[:, :-1]
        ).mean(),
        "the end of one row is asked for the beginning of the next: shift within each row": -_picked(
            flat_logs[:-1], flat_tokens[1:]
        ).mean(),
        "the last place is asked for the first token of its row: nothing follows it, leave it out": (
            -_picked(logs, np.roll(tokens, -1, axis=1)).mean(),
            -_picked(flat_logs, np.roll(flat_tokens, -1)).mean(),
        ),
        "the sign is wrong: a loss is large where the chance was small": right.mean(),
        "the losses are added up; their mean is asked for": (-right.sum(), -right.sum(1).mean(), -right.mean(1).sum()),
        "the mean is over all N places, but only N - 1 are asked": -right.sum() / tokens.size,
        "this is in bits; nats are asked for, with the natural logarithm": -right.mean() / np.log(2),
        "the logarithm is missing: this is a mean of chances": (np.exp(right).mean(), -np.exp(right).mean()),
        "the mean was taken before the logarithm: each place has a loss of its own": -np.log(np.exp(right).mean()),
        "the scores are used as if they were chances: they have to go through a softmax first": (
            -_picked(logits[:, :-1], tokens[:, 1:]).mean(),
            _picked(logits[:, :-1], tokens[:, 1:]).mean(),
        ),
        "the softmax goes over the places; the chances of all tokens at one place should sum to one": -over_places.mean(),
        "only the last prediction of each row is asked; every place has a next token but the last": -right[
            :, -1
        ].mean(),
        "this is e to the loss, the perplexity": np.exp(-right.mean()),
    } | later
