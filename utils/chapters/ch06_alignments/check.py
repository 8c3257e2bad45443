"""What a right answer is in chapter 06, alignments: a check for each exercise, and the questions."""

import numpy as np

from utils.chapters.ch06_alignments import alignments
from utils.chapters.ch06_alignments.check_speaking import edit_distance, greedy, move_row
from utils.chapters.ch06_alignments.questions import recall, yourself
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers

__all__ = ["edit_distance", "fed", "greedy", "look", "move_row", "pad_and_mask", "recall", "yourself"]


def _two(result, names):
    need(isinstance(result, tuple | list) and len(result) == 2, f"two things are asked for: {names}")
    return result


@exercise("6.1", "pad and mask", reveals="Padding is no letter: whether a place is real, only the lengths know.")
def pad_and_mask(answer):
    """Check the learner's ``pad_and_mask(rows)``."""
    for rows in ([[4, 9, 2], [7], [5, 6]], [[3, 0, 8, 0], [0, 1], [6, 2, 2]], [[1, 2], [3, 4]]):
        table, mask = _two(call(answer, rows), "the padded table, and the mask")
        table, mask = numbers(table, None, "the table"), numbers(mask, None, "the mask")
        want, real = alignments.pad_and_mask(rows)
        need(
            table.shape == real.shape,
            f"the table should have a row a word, as wide as the longest word: {real.shape}; yours is {table.shape}",
        )
        need(mask.shape == real.shape, f"the mask should have the table's shape, {real.shape}; yours is {mask.shape}")
        front = np.array([[0] * (len(row_mask) - len(row)) + row for row, row_mask in zip(rows, real, strict=True)])
        last = np.array([row + row[-1:] * (len(row_mask) - len(row)) for row, row_mask in zip(rows, real, strict=True)])
        swapped = np.allclose(mask, want) and np.allclose(table, real)
        need(not swapped, "table and mask are exchanged: the table comes first")
        compare(
            table,
            want,
            mistakes={
                "the padding stands in front of the words; it belongs after their end": front,
                "the shorter words go on with their last number; 0 should stand there": last,
                "the words have changed their order": want[np.argsort([-len(row) for row in rows], kind="stable")],
                "the padding is not 0": np.where(real, want, -1),
            },
            otherwise="the table does not hold the words from the left, and 0 after their end",
        )
        compare(
            mask,
            real,
            mistakes={
                "the mask is upside down: True means that this place may be looked at": ~real,
                "a symbol whose number is 0 was taken for padding: ask how long the word is, not what stands there": want
                != 0,
                "every place may be looked at, the padding, too": np.ones_like(real),
                "the last symbol of each word is masked as well": np.arange(real.shape[1]) < real.sum(1)[:, None] - 1,
                "one place after the end of a shorter word is still open": np.arange(real.shape[1])
                <= real.sum(1)[:, None],
            },
            otherwise="the mask is not True exactly where a word has a symbol",
        )


@exercise("6.2", "one look", reveals="The state asks all states; what it fetches is their average, weighted by α.")
def look(answer):
    """Check the learner's ``look(query, states, W_q, W_k, v, mask)``."""
    rng = np.random.default_rng(62)
    for n_k, d_q, d_h, d, padded in ((5, 3, 4, 6, 2), (4, 3, 3, 3, 1), (3, 2, 5, 4, 0)):
        q, h = rng.normal(size=d_q), rng.normal(size=(n_k, d_h))
        W_q, W_k, v = rng.normal(size=(d, d_q)), rng.normal(size=(d, d_h)), 2 * rng.normal(size=d)
        mask = np.arange(n_k) < n_k - padded
        turn = (
            "W_q is (d, d_q), the query (d_q,); the states are (n_k, d_h), W_k is (d, d_h): which one must be turned?"
        )
        fetched, weights = _two(call(answer, q, h, W_q, W_k, v, mask, shapes=turn), "what was fetched, and the weights")
        fetched, weights = numbers(fetched, None, "what was fetched"), numbers(weights, None, "the weights")
        exchanged = "what is fetched comes first, then the weights: they are exchanged"
        need(d_h == n_k or (fetched.shape, weights.shape) != ((n_k,), (d_h,)), exchanged)
        need(
            weights.shape == (n_k,),
            f"there should be one weight for each of the {n_k} states; yours have shape {weights.shape}",
        )
        need(
            fetched.shape != (d,) or d == d_h,
            "the states are values as they are: what W_k makes of them only serves the score",
        )
        need(
            fetched.shape == (d_h,),
            f"what is fetched is one vector like a state, ({d_h},); yours has shape {fetched.shape}",
        )
        want, alpha = alignments.look(q, h, W_q, W_k, v, mask)
        inside = W_q @ q + h @ W_k.T
        scores = np.tanh(inside) @ v
        soft = lambda s: np.exp(s - s.max()) / np.exp(s - s.max()).sum()  # noqa: E731
        compare(
            weights,
            alpha,
            mistakes={
                "these are the scores; the weights are their softmax": (scores, np.where(mask, scores, -np.inf)),
                "the padding is still heard: the mask was not used": soft(scores),
                "a score of 0 forbids nothing: a forbidden score is minus infinity": soft(scores * mask),
                "the weights no longer sum to one: mask the scores, before the softmax": soft(scores) * mask,
                "the mask is upside down: True means may look": soft(np.where(mask, -np.inf, scores)) if padded else (),
                "the tanh is missing: without it the query has no say": soft(np.where(mask, inside @ v, -np.inf)),
                "the query has no part in these scores": soft(np.where(mask, np.tanh(h @ W_k.T) @ v, -np.inf)),
                "v is missing: each of the d entries counts with its own weight": soft(
                    np.where(mask, np.tanh(inside).sum(-1), -np.inf)
                ),
                "all weight stands on one state: softmax shares it": np.eye(n_k)[
                    np.where(mask, scores, -np.inf).argmax()
                ],
                "all states count alike: where are the scores?": (mask / mask.sum(), np.full(n_k, 1 / n_k)),
            },
            otherwise="the weights are not the softmax of v · tanh(W_q query + W_k state), over the states that may be looked at",
        )
        compare(
            fetched,
            want,
            mistakes={
                "the states are values as they are: what W_k makes of them only serves the score": alpha @ (h @ W_k.T)
                if d == d_h
                else (),
                "this is the best state alone; all states count, each with its weight": h[alpha.argmax()],
                "this is the plain mean: the weights have no part in it": (h.mean(0), h[mask].mean(0)),
                "the weights stand on the wrong side: sum over the states, not over their features": h @ alpha
                if d_h == n_k
                else (),
                "this is a vector per state, not their sum": (),
            },
            otherwise="what is fetched is not the sum of weight times state",
        )


@exercise(
    "6.3",
    "teacher forcing",
    reveals="At every step it is fed what should have been said before, never what it must say.",
)
def fed(answer):
    """Check the learner's ``fed(targets, start)``."""
    for targets, start in (
        (np.array([[7, 8, 9, 2], [5, 2, 0, 0]]), 1),
        (np.array([[4, 6, 2], [9, 3, 2], [8, 2, 0]]), 11),
    ):
        got = numbers(call(answer, targets, start), None, "what is fed")
        begin = np.full((len(targets), 1), start)
        need(
            got.shape != (len(targets), targets.shape[1] + 1),
            "one column too many: nothing is said after the last symbol, so it is never fed",
        )
        need(got.shape != (len(targets), targets.shape[1] - 1), "one column too few: there is a step for every target")
        got = numbers(got, targets.shape, "what is fed")
        down = np.vstack([np.full((1, targets.shape[1]), start), targets[:-1]])
        compare(
            got,
            alignments.fed(targets, start),
            mistakes={
                "the step that must say a symbol is fed this very symbol: it would learn to copy": targets,
                "the shift goes the wrong way: each step is fed what comes after it": (
                    np.hstack([targets[:, 1:], begin]),
                    np.hstack([targets[:, 1:], 0 * begin]),
                ),
                "the end of each word has come round to its beginning": np.roll(targets, 1, 1),
                "the start overwrites the first symbol; the others must move to make room": np.hstack(
                    [begin, targets[:, 1:]]
                ),
                "the first step is fed 0, not the start": np.hstack([0 * begin, targets[:, :-1]]),
                "the words were shifted, not the symbols: time runs along the second axis": (
                    down,
                    np.roll(targets, 1, 0),
                ),
                "every step is fed the start: it never hears what came before": np.full_like(targets, start),
            },
            otherwise="a step is not fed the symbol that should have been said one step before",
        )
