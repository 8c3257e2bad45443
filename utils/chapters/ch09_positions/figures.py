"""Pictures of places: clock hands, scores against distance, words shuffled, and what longer rows do to a code."""

import numpy as np

from utils.conversion import as_numpy
from utils.plots.alpha import plot_alpha
from utils.plots.base import ALPHA, INK, KEY, QUERY, RED, SOFT, VALUE, new_axes, titled
from utils.plots.text import literal

LOOKS = [
    (SOFT, "x", ":"),
    (RED, "o", "-"),
    (KEY, "v", "--"),
    (QUERY, "s", "-"),
    (VALUE, "^", "-"),
    (ALPHA(0.85), "D", "--"),
]


def plot_places(table, *, ax=None):
    """Draw a table of sinusoids: a few of its columns as waves, and beside them all of it.

    table: a row for each place   (n, d)
    ax: two axes
    """
    table = as_numpy(table)
    if ax is None:
        ax = new_axes(9.5, 3.6, 2)
    left, right = ax
    n, d = table.shape
    columns = [0, d // 4 // 2 * 2, d // 2 // 2 * 2]
    for column, (colour, _, style) in zip(
        columns, [(QUERY, "", "-"), (KEY, "", "--"), (VALUE, "", "-.")], strict=False
    ):
        left.plot(table[:, column], color=colour, ls=style, lw=1.8, label=f"feature {column}")
    left.set(xlabel="place", ylabel="value", xlim=(0, n - 1), ylim=(-1.1, 1.1))
    left.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=3, fontsize=10, frameon=False)
    titled(left, "three hands: quick, slower, slow")
    drawn = right.imshow(table, cmap="BrBG", vmin=-1, vmax=1, aspect="auto", interpolation="nearest")
    right.set(xlabel="feature", ylabel="place")
    right.figure.colorbar(drawn, ax=right, label="value")
    titled(right, "a row is the code of one place")
    return left


def plot_by_places(distances, scores, *, label="score", seen=None, ax=None, title=None):
    """Draw how the score of one query and one key changes with the distance between them.

    distances, scores: the line   (n), (n)
    seen: the longest distance that training showed; a dotted line marks it
    """
    distances, scores = map(as_numpy, (distances, scores))
    ax = ax or new_axes(8, 3.6)
    ax.axhline(0, color=SOFT, lw=1)
    ax.plot(distances, scores, color=ALPHA(0.85), lw=1.8)
    if seen is not None:
        ax.axvline(seen, color=KEY, ls=":", lw=1.5)
        ax.text(seen, 1.04, f" trained up to {seen}", color=INK, fontsize=10)
    ax.set(xlim=(distances[0], distances[-1]), ylim=(-1.1, 1.15), xlabel="distance, in places", ylabel=label)
    return titled(ax, title)


def plot_shuffle(weights, words, answers, *, ax=None, title=None):
    """Draw α of a sentence in some order, and beside it what each word hears, as numbers.

    weights: α   (n, n)
    words: in the order in which they stand   (n)
    answers: the output of each word   (n, d)
    ax: two axes
    """
    weights, answers = map(as_numpy, (weights, answers))
    if ax is None:
        ax = new_axes(9.5, 3.9, 2, width_ratios=[1.25, 1])
    left, right = ax
    plot_alpha(weights, words, ax=left)
    titled(left, title or "α")
    right.imshow(answers, cmap="BrBG", vmin=-2, vmax=2, aspect="auto")
    for i, j in np.ndindex(*answers.shape):
        dark = abs(answers[i, j]) > 1.2
        right.text(j, i, f"{answers[i, j]:.2f}", ha="center", va="center", color="white" if dark else INK, fontsize=10)
    right.set_yticks(range(len(words)), list(map(literal, words)), color=QUERY)
    right.set_xticks(range(answers.shape[1]), range(1, answers.shape[1] + 1))
    right.xaxis.tick_top()
    right.tick_params(length=0)
    right.spines[:].set_visible(False)
    titled(right, "what each word hears")
    return left


def plot_survival(accuracies, trained, *, chance=None, ax=None, title=None):
    """Draw how often machines are right on rows longer than those they were trained on: a line a code, a dot a seed.

    accuracies: {code: {length: one number for each seed, or None where the code has no such places}}
    trained: the length of the rows in training
    """
    ax = ax or new_axes(8.5, 4)
    for (code, by_length), (colour, marker, style) in zip(accuracies.items(), LOOKS, strict=False):
        lengths = [n for n, values in by_length.items() if values[0] is not None]
        means = [np.mean(by_length[n]) for n in lengths]
        label = code if len(lengths) == len(by_length) else f"{code} (no vectors beyond {lengths[-1]})"
        ring = {"ms": 14, "mfc": "none", "mew": 2} if len(lengths) == 1 else {"ms": 7}  # else the others would hide it
        ax.plot(lengths, means, color=colour, ls=style, lw=1.8, marker=marker, label=label, **ring)
        for n in lengths:
            ax.plot([n] * len(by_length[n]), by_length[n], ls="", marker=marker, ms=4, color=colour, alpha=0.5)
    if chance is not None:
        ax.axhline(chance, color=SOFT, ls=":", lw=1)
        ax.text(0.01, chance + 0.01, "chance", color=SOFT, fontsize=10, transform=ax.get_yaxis_transform())
    lengths = sorted({n for by_length in accuracies.values() for n in by_length})
    ax.set_xscale("log", base=2)
    names = [f"{n}\n(trained)" if n == trained else f"{n}\n({n // trained} times)" for n in lengths]
    ax.set_xticks(lengths, names)
    ax.set(xlabel="length of the row", ylabel="right answers", ylim=(0, 1.05))
    ax.yaxis.grid(True, color=SOFT, alpha=0.2)
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=10, frameon=False)
    return titled(ax, title)
