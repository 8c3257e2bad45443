"""Checks of chapter 14 about bills: FLOPs and bytes, a cache from a model card, and which remedy cuts what."""

import numpy as np

from utils.chapters.ch14_what_it_costs import costs
from utils.checks.framework import exercise
from utils.checks.reading import NUMBERS, Hint, call, compare, need, numbers


@exercise("14.1", "FLOPs and bytes", reveals="Each FLOP needs few bytes or many: that decides what one waits for.")
def attend_bill(answer):
    """Check the learner's ``attend_bill(n, d, n_bytes)``."""
    for n, d, size in ((10, 3, 3), (7, 5, 2), (100, 64, 4), (3, 8, 8)):
        result = call(answer, n, d, size)
        two = "two numbers are asked for: FLOPs, and bytes to and from memory"
        need((isinstance(result, tuple | list) or getattr(result, "ndim", 0) == 1) and len(result) == 2, two)
        flops, moved = numbers(result, (2,), "the bill")
        right, bytes_right = costs.attend_bill(n, d, size)
        at = f"for n = {n}, d = {d}, n_bytes = {size}"
        exchanged = {"these are exchanged: FLOPs first, then bytes": bytes_right}
        compare(flops, right, mistakes=_flops(n, d) | exchanged, otherwise=f"the FLOPs are not right {at}")
        compare(moved, bytes_right, mistakes=_moved(n, d, size), otherwise=f"the bytes are not right {at}")


def _flops(n, d):
    one = n * n * d
    return {
        "half of the FLOPs are missing: a multiplication and an addition are two, and α v costs as much as the scores": 2
        * one,
        "a quarter of the FLOPs: count additions as well as multiplications, and α v as well as the scores": one,
        "n and d are exchanged: every query meets every key": 4 * n * d * d,
        "the projections are counted; here q, k and v are there already": (
            4 * one + 6 * n * d * d,
            4 * one + 8 * n * d * d,
        ),
        "here a product of n numbers counts as n additions, not n − 1": 4 * one - n * n - n * d,
        "twice too many FLOPs: two products, and two FLOPs for each number multiplied": 8 * one,
        "the softmax is counted; here only the two products are": tuple(4 * one + k * n * n for k in (1, 2, 3, 4, 5)),
    }


def _moved(n, d, size):
    pairs, row = n * n, n * d
    return {
        "these are numbers; each takes n_bytes bytes": 4 * pairs + 4 * row if size != 1 else (),
        "each number takes n_bytes bytes, whatever it was in the examples": tuple(
            k * (4 * pairs + 4 * row) for k in (2, 4, 8) if k != size
        ),
        "these are bits; bytes are asked for": 8 * size * (4 * pairs + 4 * row),
        "only q, k, v and out are moved here: but the scores and α are written and read, too": size * 4 * row,
        "the scores and α are counted once each; what is written must also be read": size * (2 * pairs + 4 * row),
        "one trip of n² numbers is missing: the softmax reads the scores and writes α; the products write and read them": size
        * (3 * pairs + 4 * row),
        "the scores are written and read, but where is α?": size * (2 * pairs + 2 * row),
        "of q, k, v and out at least one is missing": (
            size * (4 * pairs + 3 * row),
            size * (4 * pairs + 2 * row),
            size * 4 * pairs,
        ),
        "there are more trips of n² numbers here than needed: four in all": (
            size * (5 * pairs + 4 * row),
            size * (6 * pairs + 4 * row),
        ),
    }


CARDS = (
    {"layers": 6, "heads": 12, "kv_heads": 3, "d_model": 768, "bytes": 4},
    {"layers": 32, "heads": 32, "kv_heads": 8, "d_model": 4096, "bytes": 2},
    {"layers": 80, "heads": 64, "kv_heads": 8, "d_model": 8192, "bytes": 1},
)


@exercise(
    "14.5",
    "the cache of a real model",
    reveals="The cache counts the heads of keys and values, and grows with every token.",
)
def cache_gib(answer):
    """Check the learner's ``cache_gib(card, n_tokens)``."""
    for card, n in zip(CARDS, (1000, 8192, 131072), strict=True):
        got = numbers(call(answer, card, n), None, "the size")
        need(got.size == 1, f"one number is asked for, in GiB; yours has shape {got.shape}")
        right = costs.cache_gib(card, n)
        share = card["heads"] / card["kv_heads"]
        layers, d_head = card["layers"], card["d_model"] // card["heads"]
        compare(
            got.reshape(()),
            right,
            mistakes={
                "half is missing: only keys, or only values, are counted, or not the card's own bytes": right / 2,
                "queries are counted as well; nobody asks for them again": (right * 1.5, right / 2 * (2 + share)),
                "as large as if every query head had keys of its own: kv_heads are kept, each of d_model / heads features": right
                * share,
                "one layer only: each has a cache of its own": right / layers,
                "a head is counted with all d_model features; it has a part of them": right * card["heads"],
                "kv_heads counts heads; each of them has several features": right / d_head,
                "these are bytes; a GiB is 2³⁰ of them": right * 2**30,
                "these are MiB: divide once more": right * 2**10,
                "these are GB of 10⁹ bytes; a GiB has 2³⁰": right * 2**30 / 10**9,
                "these are numbers; how many bytes does each take?": right / card["bytes"] if card["bytes"] > 1 else (),
                "bits and bytes: the card tells bytes": (right * 8, right / 8),
                "a cache grows with the tokens once, not twice: α is not kept": right * n,
                "the tokens are missing": right / n,
            },
            otherwise="the size is not right: keys and values, of every layer, every kv head, every token",
            tolerance=1e-6,
        )


WORDS = ("same answer", "FLOPs", "peak", "traffic", "cache")
TABLE = {  # what each remedy does: True, False; absent where it depends
    "tiles": {"same answer": True, "FLOPs": False, "peak": True, "traffic": True, "cache": False},
    "window": {"same answer": False, "FLOPs": True, "peak": True, "traffic": True, "cache": True},
    "linear": {"same answer": False, "FLOPs": True, "peak": True, "traffic": True, "cache": True},
    "kept": {"same answer": True, "FLOPs": True, "cache": False},
    "grouped": {"same answer": False, "FLOPs": False, "peak": False, "traffic": True, "cache": True},
}
WHY = {
    ("tiles", "same answer"): "does the online softmax round off anything but the last digits?",
    ("tiles", "FLOPs"): "without a mask, is there a score that it need not compute?",
    ("tiles", "peak"): "how many weights are held at one time?",
    ("tiles", "traffic"): "are the scores written to memory and read again?",
    ("tiles", "cache"): "are fewer keys and values kept for the next token?",
    ("window", "same answer"): "what has become of the keys outside?",
    ("window", "FLOPs"): "how many scores does a query need, if the rest is skipped?",
    ("window", "peak"): "how many weights does a query have?",
    ("window", "traffic"): "are keys far away fetched at all?",
    ("window", "cache"): "who will ever ask a key that has left the window?",
    ("linear", "same answer"): "is there still a softmax in it?",
    ("linear", "FLOPs"): "with what power of N does its work grow?",
    ("linear", "peak"): "does it ever make an N × N table?",
    ("linear", "traffic"): "what does a new token fetch, apart from itself?",
    ("linear", "cache"): "how large is its state after a million tokens?",
    ("kept", "same answer"): "are the kept keys others than those one would compute again?",
    ("kept", "FLOPs"): "without it, what is computed again for every new token?",
    ("kept", "cache"): "it *is* the cache; compare with keeping nothing.",
    ("grouped", "same answer"): "with fewer tables for keys and values, is it still the same model?",
    ("grouped", "FLOPs"): "of scores and α v only: does a query head skip any key?",
    ("grouped", "peak"): "how many query heads have an α of their own?",
    ("grouped", "traffic"): "how many keys and values does a new token fetch?",
    ("grouped", "cache"): "how many heads of keys and values are kept?",
}


@exercise(
    "14.6",
    "which cost does it cut?",
    reveals="No remedy cuts every bill and keeps the answer. Ask first which bill is too high.",
)
def which_bills(tiles, window, linear, kept, grouped):
    """Check the learner's five sets of words."""
    given = {
        name: _words(name, answer) for name, answer in zip(TABLE, (tiles, window, linear, kept, grouped), strict=True)
    }
    wrong = [
        (remedy, word)
        for remedy, row in TABLE.items()
        for word, right in row.items()
        if (word in given[remedy]) != right
    ]
    if wrong:
        remedy, word = wrong[0]
        count = "One cell is wrong" if len(wrong) == 1 else f"{len(wrong)} cells are wrong"
        raise Hint(f"{count}. Look at {remedy}, {word}: {WHY[remedy, word]}")


def _words(name, answer):
    """Return the words of a row, however they were put together."""
    words = answer.split(",") if isinstance(answer, str) else answer
    as_words = f"{name} should be a set of words, out of {', '.join(WORDS)}"
    need(isinstance(words, list | tuple | set | frozenset | dict | np.ndarray), as_words)
    words = list(np.ravel(words)) if isinstance(words, np.ndarray) else list(words)
    need(all(isinstance(word, str) for word in words), as_words)
    known = {word.lower().replace(" ", ""): word for word in WORDS} | {"same": "same answer", "flop": "FLOPs"}
    found = {word.lower().replace(" ", "").replace("_", "") for word in words} - {""}
    strange = sorted(found - set(known))
    many = NUMBERS[len(WORDS)]
    need(not strange, f"{name} holds {', '.join(strange)!r}: only these {many} words are known: {', '.join(WORDS)}")
    return {known[word] for word in found}
