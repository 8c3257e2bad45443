"""What a right answer is in chapter 08, many heads: a check for each exercise, and the questions."""

import numpy as np

from utils.chapters.ch08_many_heads import multi_head as course
from utils.chapters.ch08_many_heads.check_bills import bill, layers_needed, splits_well
from utils.chapters.ch08_many_heads.questions import recall, yourself
from utils.checks.framework import exercise
from utils.checks.reading import Hint, NotAttempted, call, compare, need, numbers

__all__ = ["bill", "layers_needed", "recall", "share_heads", "split_and_merge", "splits_well", "two_heads", "yourself"]

AXES = "Count the axes: which one was cut in two, and which two change places?"


@exercise("8.1", "split and merge", reveals="A head owns some features of every token, and no token is lost to it.")
def split_and_merge(split, merge):
    """Check the learner's ``split_heads(x, n_heads)`` and ``merge_heads(heads)``."""
    rng = np.random.default_rng(81)
    sizes = ((2, 3, 8, 2), (3, 4, 12, 4), (1, 5, 6, 3), (2, 2, 4, 2), (2, 4, 6, 1))  # B, T, d_model, n_heads
    for B, T, d, H in sizes:
        _check_split(split, rng.normal(size=(B, T, d)), H)
    for B, T, d, H in sizes:
        _check_merge(merge, rng.normal(size=(B, H, T, d // H)))


def _check_split(split, x, H):
    B, T, d = x.shape
    got = numbers(call(split, x, H, shapes=AXES), None, "the split")
    cut = x.reshape(B, T, H, d // H)
    wrong_order = {
        "the heads are split, but they stand behind the tokens: (B, T, n_heads, d_head). Batch first, heads second": cut,
        "the heads stand before the batch: batch first, heads second": np.moveaxis(cut, 2, 0),
        "the last two axes are exchanged: within a head, tokens come first and features last": cut.transpose(
            0, 2, 3, 1
        ),
        "n_heads is the number of heads, not the features of one": x.reshape(B, T, d // H, H).swapaxes(1, 2),
        "nothing was split: x came back as it was": x,
    }
    for sentence, wrong in wrong_order.items():
        if got.shape == wrong.shape != (B, H, T, d // H):
            need(not np.allclose(got, wrong), sentence)
    got = numbers(got, (B, H, T, d // H), f"the split of x {x.shape} into {H} heads")
    compare(
        got,
        course.split_heads(x, H),
        mistakes={
            "the shape is right, but the tokens were cut: head 0 got whole tokens, and misses the others. Cut the last axis only": x.reshape(
                B, H, T, d // H
            ),
            "the features are dealt out in turn, like cards: neighbouring features should stay in one head": x.reshape(
                B, T, d // H, H
            ).transpose(0, 3, 1, 2),
            "the heads are in the opposite order: the first features belong to head 0": course.split_heads(x, H)[
                :, ::-1
            ],
            **{sentence: wrong for sentence, wrong in wrong_order.items() if wrong.shape == got.shape},
        },
        otherwise="the shape is right, but not every head holds its own features of every token",
    )


def _check_merge(merge, heads):
    B, H, T, d_head = heads.shape
    try:
        given = call(merge, heads, shapes=AXES)
    except NotAttempted:
        raise NotAttempted("split_heads is right; merge_heads is not attempted yet") from None
    except Hint as hint:
        raise Hint(f"split_heads is right; merge_heads: {hint}") from None
    got = numbers(given, None, "the merged heads")
    beside = "a token's features of all heads should stand side by side on the last axis"
    added = heads.sum(1), heads.mean(1)
    need(
        got.shape != (B, T, d_head) or H == 1 or not any(np.allclose(got, wrong) for wrong in added),
        f"the heads were added up, and nobody can tell them apart any more: {beside}",
    )
    need(
        got.shape != (B, H * T, d_head) or H == 1,
        f"the heads were put one below the other, so there are {H * T} tokens: {beside}",
    )
    got = numbers(got, (B, T, H * d_head), f"heads {heads.shape}, merged,")
    compare(
        got,
        course.merge_heads(heads),
        mistakes={
            "merged without exchanging axes back: the shape is right, and the numbers of different tokens are mixed": heads.reshape(
                B, T, H * d_head
            ),
            "the features of the heads alternate: all of head 0 should come first": heads.transpose(0, 2, 3, 1).reshape(
                B, T, -1
            ),
            "merged in the opposite order: head 0 comes first": course.merge_heads(heads[:, ::-1]),
        },
        otherwise="split_heads is right, but merging does not undo it",
    )


@exercise("8.2", "two heads subtract", reveals="What one average cannot do, two averages and a minus sign can.")
def two_heads(answer):
    """Check the learner's ``two_heads(n)``."""
    for n in (6, 3, 4):
        weights, mix = _weights_and_mix(call(answer, n), n)
        need(
            (weights >= -1e-9).all(),
            "there is a weight below zero: a head can only average. Where else may the minus sign stand?",
        )
        ends = [0, n - 1]
        need(
            np.allclose(weights.sum(-1)[:, 1:-1], 1),
            "at least one row of weights does not sum to one, so it is no average",
        )
        need(
            np.allclose(weights.sum(-1)[:, ends], 1),
            "at an end a row does not sum to one: there the day itself should stand in",
        )
        ahead, behind, own = np.eye(n, k=1), np.eye(n, k=-1), np.eye(n)
        round_about = np.roll(own, 1, axis=1) - np.roll(own, -1, axis=1)
        ahead[-1, -1] = behind[0, 0] = 1
        inner = (ahead - behind) * (own.sum(1) - own[0] - own[-1])[:, None]
        compare(
            np.einsum("h,hij->ij", mix, weights),
            ahead - behind,
            mistakes={
                "this is yesterday minus tomorrow: look at the signs, or at the order of the heads": behind - ahead,
                "both heads are added: one of the two needs a minus sign in W_o": ahead + behind,
                "this is tomorrow minus today; yesterday was asked for": ahead - own,
                "this is today minus yesterday; tomorrow was asked for": own - behind,
                "the days are closed to a ring: the first day took the last one for yesterday": round_about,
                "this is half of the difference: W_o should not average": (ahead - behind) / 2,
                "at the ends replace only the missing day: the first day has a tomorrow, the last a yesterday": inner,
                "the two heads cancel: they look at the same day": 0 * own,
            },
            otherwise=f"with n = {n}, the mixed heads are not tomorrow minus yesterday on every day, with the day itself at the ends",
        )


def _weights_and_mix(result, n):
    need(
        isinstance(result, tuple | list) and len(result) == 2,
        "two things are asked for: the weights of both heads, and W_o",
    )
    weights = numbers(result[0], None, "the weights")
    need(weights.shape != (n, n), "these are the weights of one head; two heads are asked for, (2, n, n)")
    weights = numbers(weights, (2, n, n), "the array of weights")
    mix = numbers(result[1], None, "W_o")
    need(mix.size == 2, f"W_o should hold one number for each of the two heads; yours has shape {mix.shape}")
    need(np.isfinite(weights).all() and np.isfinite(mix).all(), "there is a NaN or an infinity in it")
    return weights, mix.ravel()


@exercise("8.3", "who shares with whom", reveals="Many questions, few keys and values: only the few go into the cache.")
def share_heads(answer):
    """Check the learner's ``share_heads(k, n_heads)``."""
    rng = np.random.default_rng(83)
    for B, G, T, d_head, H in ((2, 2, 3, 5, 4), (2, 3, 4, 2, 6), (1, 1, 3, 4, 4), (2, 4, 3, 3, 4), (4, 2, 2, 2, 8)):
        k = rng.normal(size=(B, G, T, d_head))
        got = numbers(call(answer, k, H), None, "the shared keys")
        times = H // G
        elsewhere = {
            "everything was laid out in one row: repeat along an axis": (k.size * times,),
            "the sequences of the batch were repeated, not the heads": (B * times, G, T, d_head),
            "the tokens were repeated: the heads stand on axis 1": (B, G, T * times, d_head),
            "the features were repeated: the heads stand on axis 1": (B, G, T, d_head * times),
            "each head was copied n_heads times: there should be n_heads in all": (B, G * H, T, d_head),
            "the copies stand on an axis of their own: they should become heads, n_heads of them on axis 1": (
                B,
                G,
                times,
                T,
                d_head,
            ),
        }
        for sentence, shape in elsewhere.items():
            need(times == 1 or got.shape != shape or shape == (B, H, T, d_head), sentence)
        got = numbers(got, (B, H, T, d_head), f"the keys for {H} heads")
        compare(
            got,
            np.repeat(k, times, axis=1),
            mistakes={
                "neighbours should share: here query heads 0 and 1 got different key heads, though each key head serves several": np.tile(
                    k, (1, times, 1, 1)
                ),
                "all query heads got key head 0: the others are lost": np.repeat(k[:, :1], H, axis=1),
                "the key heads were averaged: every query head should get one of them, unchanged": np.repeat(
                    k.mean(1, keepdims=True), H, axis=1
                ),
                "the key heads come in the opposite order": np.repeat(k, times, axis=1)[:, ::-1],
                "only the first query head of a group has keys, the others got zeros": np.where(
                    (np.arange(H) % times == 0)[:, None, None], np.repeat(k, times, axis=1), 0
                ),
            },
            otherwise="at least one query head did not get the key head that it shares with its neighbours",
        )
