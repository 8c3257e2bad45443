"""Checks of chapter 06 about speaking: greedily, how far from right, and with one row of α moved."""

import numpy as np

from utils.chapters.ch06_alignments import alignments, edit_distances
from utils.checks.framework import exercise
from utils.checks.reading import Hint, call, compare, need, numbers

CASES = (
    *("N IH T/K N AY T", "T AH M AA/T AH M EY T OW", "AY/AY", "TH R AW/TH R UW", "S K EH/S T EH JH", "/F OW"),
    *("P F OW/F OW", "F AH OW N/OW N F AH"),
)


def _speaker(script, calls, most):
    """Return a step that says the script if it is fed rightly, and notes what it was fed."""

    def step(symbol, state):
        calls.append((symbol, state))
        if len(calls) > most:
            raise RuntimeError("asked too often")
        scores = np.full(9, -3.0)
        scores[script[min(len(calls), len(script)) - 1]] = -0.5
        return scores, state + 1

    return step


@exercise("6.4", "greedy", reveals="It hears itself, and one wrong symbol is heard by all that follow.")
def greedy(answer):
    """Check the learner's ``greedy(step, state, start, stop, longest)``."""
    for script, start, stop, longest in (
        ([5, 4, 7, 2], 1, 2, 10),
        ([6, 6, 3, 8, 5, 4], 2, 1, 4),
        ([3, 8], 7, 3, 5),
        ([4, 2, 0], 1, 0, 2),
    ):
        calls = []
        try:
            said = call(answer, _speaker(script, calls, longest + 3), 10, start, stop, longest)
        except Hint:
            need(
                len(calls) <= longest + 3,
                "it goes on after it should have ended: at the stop, or after `longest` symbols",
            )
            raise
        said = numbers(said, None, "what was said").reshape(-1)
        need(np.isfinite(said).all(), "what was said should be a list of symbols, which are whole numbers")
        said = [int(x) for x in said]
        want = script[: script.index(stop) if stop in script else None][:longest]
        fed_symbols, states = [c[0] for c in calls], [c[1] for c in calls]
        need(calls, "it never asked the model: step was not called")
        need(said[:1] != [start] or want[:1] == [start], "the start is fed, never said")
        need(
            len(calls) == 1 or [int(s) for s in fed_symbols[1:]] != [start] * (len(calls) - 1) or script[0] == start,
            "every step was fed the start: feed back what was said last",
        )
        need(
            len(calls) == 1 or set(states) != {10},
            "every step began from the first state: keep the state that step returns",
        )
        need(said != [*want, stop], "the stop is a sign to end, no symbol of the word: leave it out")
        need(len(calls) == 1 or int(fed_symbols[0]) == start, "the first step should be fed the start")
        need(said != want[:-1] or not want, "the last symbol before the end is missing")
        need(len(said) <= longest, f"{len(said)} symbols were said; no more than longest = {longest} are allowed")
        need(said == want, "what was said is not the symbol of the highest score at each step, up to the stop")


@exercise(
    "6.5", "how far from right", reveals="Edits divided by the length of what is right: that is the phoneme error rate."
)
def edit_distance(answer):
    """Check the learner's ``edit_distance(said, right)``: all cases at once, for one case may fit several mistakes."""
    pairs = [tuple(side.split() for side in case.split("/")) for case in CASES]
    got = np.array([numbers(call(answer, *pair), (), "the number of edits") for pair in pairs])

    def each(rule):
        return np.array([rule(*pair) for pair in pairs], float)

    want = each(edit_distances.edit_distance)
    lengths = each(lambda said, right: abs(len(said) - len(right)))
    cut = each(lambda said, right: sum(a != b for a, b in zip(said, right, strict=False)))
    rights, longest = each(lambda said, right: max(len(right), 1)), each(lambda said, right: max(len(said), len(right)))
    wrong = np.flatnonzero(~np.isclose(got, want))
    said, right = pairs[wrong[0] if len(wrong) else 0]
    compare(
        got,
        want,
        mistakes={
            "place is compared with place: one missing phoneme makes all that follow wrong": (cut + lengths, cut),
            "only the lengths were compared": lengths,
            "replacing is one edit, not two": each(lambda said, right: _edits(said, right, replace=2)),
            "what is missing at the beginning costs as well: the first row and the first column count up from 0": each(
                lambda said, right: _edits(said, right, free=True)
            ),
            "the number of edits is asked for, not their rate": (want / rights, want / longest),
            "the order counts, too: this compares which phonemes there are": (
                each(lambda said, right: len(set(said) ^ set(right))),
                each(lambda said, right: len(set(right) - set(said))),
            ),
            "this counts what is equal, not what must be changed": longest - want,
        },
        otherwise=f"from “{' '.join(said)}” to “{' '.join(right)}” it takes another number of edits",
    )


def _edits(said, right, replace=1, free=False):
    """Return the edit distance as two classic mistakes have it."""
    table = np.zeros((len(said) + 1, len(right) + 1))
    if not free:
        table[:, 0], table[0] = np.arange(len(said) + 1), np.arange(len(right) + 1)
    for i, a in enumerate(said, 1):
        for j, b in enumerate(right, 1):
            ways = table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + replace * (a != b)
            table[i, j] = min(ways)
    return table[-1, -1]


@exercise(
    "6.6", "move one row", reveals="One row is moved and nothing else: whatever changes now, this row has caused."
)
def move_row(answer):
    """Check the learner's ``move_row(weights, step, letter)``."""
    rng = np.random.default_rng(66)
    for n_q, n_k, step, letter in ((4, 6, 2, 3), (5, 5, 1, 4), (3, 4, 0, 0)):
        alpha = rng.dirichlet(np.ones(n_k), size=n_q)
        got = numbers(call(answer, alpha, step, letter), None, "the new α")
        need(got.shape != (n_k,), "only the row came back; the whole α is asked for")
        got = numbers(got, (n_q, n_k), "the new α")
        one, added, emptied = np.eye(n_k)[letter], alpha.copy(), alpha.copy()
        added[step, letter] = 1.0
        emptied[step, letter] = 0.0
        plus = alpha.copy()
        plus[step] = (alpha[step] + one) / 2
        alone = np.zeros_like(alpha)
        alone[step, letter] = 1.0
        column = alpha.copy()
        column[:, letter] = np.eye(n_q)[step]
        turned = alpha.copy()
        if letter < n_q and step < n_k:
            turned[letter] = np.eye(n_k)[step]
        compare(
            got,
            alignments.move_row(alpha, step, letter),
            mistakes={
                "nothing has changed: α came back as it was": alpha,
                "the row now sums to more than one: the other letters must give up theirs": added,
                "some ink stays behind: all of the row's should move": (plus, added / added.sum(1, keepdims=True)),
                "this takes the ink away from the letter; it should get all of it": (
                    emptied,
                    emptied / emptied.sum(1, keepdims=True),
                ),
                "the other rows have lost their ink; they should stay as they are": alone,
                "every row was moved, not one": np.tile(one, (n_q, 1)),
                "a column was changed: a step is a row": column,
                "step and letter are exchanged": turned,
            },
            otherwise="the row should have all its ink on the one letter, and every other row should be as before",
        )
