"""Pictures of scores and of the weights that softmax makes of them."""

import numpy as np

from utils.chapters.ch01_weighted_sums.figures import label_ends
from utils.conversion import as_numpy
from utils.plots.base import ALPHA, KEY, RED, SOFT, ink, new_axes, titled
from utils.plots.text import literal


def plot_scores(names, scores, weights, *, ax=None, title=None):
    """Draw one row's scores as bars from zero, and beside them the weights that softmax makes of them.

    names: of the keys   (n)
    scores, weights: one row each   (n), (n)
    ax: two axes, the scores' and the weights'
    """
    names = list(map(literal, names))
    scores, weights = map(as_numpy, (scores, weights))
    if ax is None:
        ax = new_axes(8, 3.4, 2)
    left, right = ax
    places = np.arange(len(scores))
    largest = np.abs(scores).max()
    reach = 4 if largest <= 4 else 1.15 * largest
    left.bar(places, scores, color=KEY, width=0.6)
    left.axhline(0, color=SOFT, lw=1)
    left.set(xlim=(-0.7, len(scores) - 0.3), ylim=(-reach, reach), xlabel="key", ylabel="score")
    left.set_xticks(places, names)
    titled(left, title or "scores: any number")
    drawn = right.bar(places, weights, color=ALPHA(0.8), width=0.6)
    if len(scores) <= 8:
        right.bar_label(drawn, [f"{w:.2f}" for w in weights], padding=2)
    right.set(xlim=(-0.7, len(scores) - 0.3), ylim=(0, 1.12), xlabel="key", ylabel="weight α")
    right.set_xticks(places, names)
    titled(right, "weights: they share one unit")
    return left


def plot_sqrt(lengths, without, divided, *, ax=None):
    """Draw what the length d does to a row at the start: spread of scores, keys heard, slope; each seed a line.

    lengths: values of d   (n)
    without, divided: the three figures for every seed, not divided and divided by √d   (n, seeds, 3)
    ax: three axes
    """
    without, divided = map(as_numpy, (without, divided))
    if ax is None:
        ax = new_axes(9.5, 3.2, 3)
    titles = ["spread of the scores", "keys heard, of 16", "slope of a typical row"]
    for panel, name, figure in zip(ax, titles, range(3), strict=True):
        for table, colour, marker, label in ((without, RED, "o", "q·k"), (divided, ALPHA(0.8), "s", "q·k / √d")):
            lines = panel.plot(lengths, table[:, :, figure], color=colour, marker=marker, ms=4, lw=1.5)
            lines[0].set_label(label)
        panel.set_xscale("log", base=2)
        panel.set_xticks(lengths, [str(d) for d in lengths])
        panel.set_xlabel("length d of query and key")
        panel.set_ylim(bottom=0)
        titled(panel, name)
    ax[0].legend()
    ax[1].axhline(16, color=SOFT, ls=":", lw=1)
    ax[1].set_ylim(0, 17)
    return ax[0]


def plot_twins(one, other, queries, titles, *, ax=None):
    """Draw two matrices of weights side by side, in the same colours.

    one, other: weights   (n_q, n_k) both
    queries: where each row asks, in metres   (n_q)
    titles: what the two are   (2)
    ax: two axes
    """
    one, other = map(as_numpy, (one, other))
    if ax is None:
        ax = new_axes(8, 3.8, 2, sharey=True)
    for panel, weights, title in zip(ax, (one, other), titles, strict=True):
        ink(panel, weights)
        label_ends(panel, queries, weights.shape[1])
        titled(panel, title)
    ax[1].set_ylabel("")
    return ax[0]
