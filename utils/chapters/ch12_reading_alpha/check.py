"""What a right answer is in chapter 12, reading α: a check for each exercise, and the questions."""

import numpy as np

from utils.attention import softmax
from utils.chapters.ch12_reading_alpha import reading_alpha as course
from utils.chapters.ch12_reading_alpha.check_cuts import smallest_cut
from utils.chapters.ch12_reading_alpha.check_faithfulness import kendall, other_weights, spoken
from utils.chapters.ch12_reading_alpha.questions import recall, yourself
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers

__all__ = [
    "induction_score",
    "kendall",
    "layer_without",
    "other_weights",
    "recall",
    "smallest_cut",
    "spoken",
    "yourself",
]

ROWS = ([7, 3, 9, 5, 7, 3, 9, 5], [4, 8, 1, 6, 2, 9, 8, 4, 6], [5, 0, 2, 5, 3, 7, 0], [3, 1, 4, 2, 6, 5, 3])


@exercise("12.1", "the induction score", reveals="A story about a picture is now a number that can be wrong.")
def induction_score(answer):
    """Check the learner's ``induction_score(weights, tokens)``."""
    rng = np.random.default_rng(121)
    for row in ROWS:
        tokens, T = np.array(row), len(row)
        weights = softmax(np.where(np.tri(T) > 0, 1.5 * rng.normal(size=(T, T)), -np.inf))
        got = numbers(call(answer, weights, tokens), (), "the score")
        same = np.tril(tokens[:, None] == tokens, -1)
        after, count = np.roll(same, 1, axis=1), same.sum()
        second = np.arange(T) >= T - count
        compare(
            got,
            course.induction_score(weights, tokens),
            mistakes={
                "this is the weight on the earlier copy itself: it is the token after it that tells what came next": weights[
                    same
                ].mean(),
                "this is the weight on the token before the earlier copy, one place on the wrong side": weights[
                    np.roll(same, -1, axis=1)
                ].mean(),
                "this is how much each token looks at the one before it, whatever stands there": np.diagonal(
                    weights, -1
                ).mean(),
                "this is a sum; a score is a mean over the tokens that have an earlier copy": weights[after].sum(),
                "this was divided by the number of all tokens; only those with an earlier copy count": weights[
                    after
                ].sum()
                / T,
                "rows and columns are exchanged: the row is the token that looks": (
                    weights.T[after].mean(),
                    weights.T[after].sum(),
                ),
                "this is how often the right place gets the most; asked for is the weight that stands there": (
                    weights.argmax(1) == after.argmax(1)
                )[after.any(1)].mean(),
                "this takes for granted that the second copy begins in the middle; look for the earlier copy of each token": _by_place(
                    weights, T
                ),
                "the last token was left out, and it has an earlier copy, too": weights[:-1][after[:-1]].mean()
                if after[:-1].any()
                else np.nan,
                "the tokens without an earlier copy were counted as zeros": weights[after].sum() / max(second.sum(), 1)
                if second.sum() != count
                else np.nan,
            },
            otherwise="this is not the mean weight on the token after the earlier copy, over all tokens that have one",
        )


def _by_place(weights, T):
    n = T // 2
    places = np.arange(n, T)
    return weights[places, places - n + 1].mean()


@exercise("12.2", "ablate", reveals="A removed head says nothing, and all others go on as before.")
def layer_without(answer):
    """Check the learner's ``layer_without(weights, v, W_o, removed)``."""
    rng = np.random.default_rng(122)
    for H, T, d_head, d_model, removed in (
        (3, 4, 2, 5, [1]),
        (4, 3, 3, 6, [0, 3]),
        (2, 5, 2, 4, []),
        (2, 3, 3, 4, [0, 1]),
    ):
        weights = softmax(1.5 * rng.normal(size=(H, T, T)))
        v, W_o = rng.normal(size=(H, T, d_head)), rng.normal(size=(H * d_head, d_model))
        fit = "What the heads found stands side by side, (T, H · d_head), before W_o."
        got = numbers(call(answer, weights, v, W_o, removed, shapes=fit), None, "what the layer adds")
        need(
            got.shape != (H, T, d_model),
            "one answer for each head: what the heads hand over must be added up, as the product with all of W_o does",
        )
        need(
            got.shape != (H, T, d_head),
            "this is what the heads found; W_o, which mixes it, is missing",
        )
        need(
            got.shape != (T, H * d_head) or H * d_head == d_model,
            "the heads stand side by side, and W_o, which mixes them, is missing",
        )
        got = numbers(got, (T, d_model), f"with {H} heads, what the layer adds")
        kept = np.array([head not in removed for head in range(H)])
        compare(
            got,
            course.layer_without(weights, v, W_o, removed),
            mistakes=_removals(weights, v, W_o, kept) if removed else _merges(weights @ v, W_o),
            otherwise=f"with heads {removed} of {H} removed, the layer does not add what the other heads alone hand over",
        )


def _merged(found, W_o):
    return np.concatenate(list(found), axis=-1) @ W_o


def _merges(found, W_o):
    H, T, d_head = found.shape
    return {
        "nothing was to be removed here, and the numbers of different tokens are mixed: exchange two axes before you reshape": found.reshape(
            T, H * d_head
        )
        @ W_o,
        "nothing was to be removed here, and the features of the heads alternate: all of head 0 should come first": found.transpose(
            1, 2, 0
        ).reshape(T, -1)
        @ W_o,
    }


def _removals(weights, v, W_o, kept):
    found, keep = weights @ v, kept[:, None, None]
    flat = np.where(keep, weights, 1 / weights.shape[-1])
    own = np.where(keep, weights, np.eye(weights.shape[-1]))
    left, mean = max(kept.sum(), 1), found[kept].mean(0) if kept.any() else 0 * found[0]
    return {
        "the head still talks: nothing was removed": _merged(found, W_o),
        "the removed head looks at all tokens alike, and so it still hands over their mean; it should hand over nothing": _merged(
            flat @ v, W_o
        ),
        "the removed head looks at its own token, and so it still hands something over": _merged(own @ v, W_o),
        "the wrong way round: only the removed heads are left": _merged(found * ~keep, W_o),
        "the other heads were made louder to fill the gap; they should stay as they are": _merged(
            found * keep * len(kept) / left, W_o
        ),
        "the removed head speaks with the mean of the others; it should say nothing": _merged(
            np.where(keep, found, mean), W_o
        ),
        "the removed head speaks with its own mean over the tokens; it should say nothing": _merged(
            np.where(keep, found, found.mean(1, keepdims=True)), W_o
        ),
        "values were set to one, not to zero": _merged(weights @ np.where(keep, v, 1), W_o),
        "the heads are removed, but the numbers of different tokens are mixed: exchange two axes before you reshape": (
            found * keep
        ).reshape(found.shape[1], -1)
        @ W_o,
    }
