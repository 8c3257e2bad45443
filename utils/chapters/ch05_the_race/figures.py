"""Pictures of a race: how long each took, with an arrow for who did not get there, and what a step costs."""

import numpy as np
from matplotlib.ticker import NullFormatter
from matplotlib.transforms import offset_copy

from utils.chapters.ch05_the_race.leaderboard import middle
from utils.conversion import as_numpy
from utils.plots.base import ALPHA, INK, KEY, QUERY, RED, SOFT, VALUE, ink, new_axes, titled

RACERS = {
    "mean": (SOFT, "P", ":"),
    "RNN": (RED, "o", "-"),
    "RNN, orthogonal": (KEY, "v", "--"),
    "GRU": (VALUE, "^", "-"),
    "LSTM": (QUERY, "s", "-"),
    "attention read": (ALPHA(0.9), "D", "-"),
    "full self-attention": (INK, "X", "-."),
}
WEIGHED = ("mean", "attention read")  # these have an α; a memory has none


def plot_standings(table, *, budget, ylabel="steps to 97 %", xlabel="symbols in a row, N", ax=None, title=None):
    """Draw how long each entrant took at each length, both axes logarithmic; an arrow: not within the budget.

    table: as ``utils.chapters.ch05_the_race.leaderboard.table`` makes it; the line follows the middle one of the seeds, the dots are the seeds,
        and an arrow is the thicker the more of them it stands for
    budget: where the arrows stand: one number, or {name: {n: number}} where it differs
    """
    ax = ax or new_axes(9, 4.4)
    lengths = sorted({n for row in table.values() for n in row})
    apart = (lengths[-1] / lengths[0]) ** 0.014  # side by side, or arrows would hide each other
    for place, (name, row) in enumerate(table.items()):
        colour, marker, dash = RACERS[name]
        ceiling = {n: budget[name][n] if isinstance(budget, dict) else budget for n in row}
        style = {"color": colour, "marker": marker, "ls": dash}
        _draw_entrant(ax, name, row, ceiling, apart ** (place - (len(table) - 1) / 2), style)
    ax.set(xscale="log", yscale="log", xlabel=xlabel, ylabel=ylabel)
    ax.set_xticks(lengths, [str(n) for n in lengths])
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.margins(x=0.08, y=0.1)
    ax.set_ylim(top=ax.get_ylim()[1] * 1.25)  # room for arrows
    ax.yaxis.grid(True, color=SOFT, alpha=0.2)
    ax.legend(
        loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=10, title="↑ not within the budget", frameon=False
    )
    return titled(ax, title)


def _draw_entrant(ax, name, row, ceiling, shift, style):
    line = {n: middle(values) for n, values in row.items()}
    ends = [np.nan if line[n] is None else line[n] for n in row]
    ax.plot([n * shift for n in row], ends, lw=2, ms=7, label=name, **style)
    for n, values in row.items():
        for value in values:
            if value is not None:
                ax.plot(n * shift, value, color=style["color"], marker=style["marker"], ms=4, alpha=0.5, ls="")
        missing = sum(value is None for value in values)
        if missing:
            at = (n * shift, ceiling[n])
            tip = offset_copy(ax.transData, ax.figure, y=16, units="points")
            arrow = {
                "arrowstyle": "-|>",
                "color": style["color"],
                "lw": 0.5 + 0.7 * missing,
                "shrinkA": 0,
                "shrinkB": 0,
            }
            ax.annotate("", xytext=at, xy=at, xycoords=tip, textcoords="data", arrowprops=arrow)
            ax.plot(*at, color=style["color"], marker=style["marker"], ms=5, mfc="white", ls="")


def plot_prices(prices, *, what="ms", ylabel="milliseconds per training step", ax=None, title=None):
    """Draw what one training step costs against the length, both axes logarithmic.

    prices: dicts with name, n, and ``what``, as "05_race" stores them
    """
    ax = ax or new_axes(8, 4)
    for name in dict.fromkeys(price["name"] for price in prices):
        mine = sorted((price["n"], price[what]) for price in prices if price["name"] == name)
        colour, marker, dash = RACERS[name]
        ax.plot(*zip(*mine, strict=True), color=colour, marker=marker, ls=dash, lw=2, ms=6, label=name)
    lengths = sorted({price["n"] for price in prices})
    ax.set(xscale="log", yscale="log", xlabel="symbols in a row, N", ylabel=ylabel)
    ax.set_xticks(lengths, [str(n) for n in lengths])
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.yaxis.grid(True, color=SOFT, alpha=0.2)
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=10, frameon=False)
    return titled(ax, title)


def plot_learning(curves, looks, *, goal=0.97, ax=None, title=None):
    """Draw accuracy against steps for every entrant, and beside it, for each, what counts at the end of one row.

    curves: {name: (steps, accuracy)}, one seed
    looks: {name: shares of one row}   (T,); purple where they are an α, red where they are a sensitivity
    ax: two axes
    """
    left, right = new_axes(10, 4.6, 2, width_ratios=[1.15, 1]) if ax is None else ax
    for name, (steps, accuracy) in curves.items():
        colour, marker, dash = RACERS[name]
        every = max(len(steps) // 6, 1)
        left.plot(steps, accuracy, color=colour, ls=dash, marker=marker, ms=5, markevery=every, lw=2, label=name)
    left.axhline(goal, color=SOFT, ls=":", lw=1)
    left.set(xlabel="steps", ylabel="right answers, held-out rows", ylim=(0, 1.04))
    left.legend(fontsize=9, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3, frameon=False)
    for row, (name, shares) in enumerate(looks.items()):
        colour = ALPHA(0.8) if name in WEIGHED else RED
        right.axhline(-row, color=SOFT, lw=0.6)
        right.bar(np.arange(len(shares)), 0.85 * as_numpy(shares), bottom=-row, width=0.85, color=colour)
    names = [f"{name}\n{'α' if name in WEIGHED else 'sensitivity'}" for name in looks]
    right.set_yticks(0.3 - np.arange(len(names)), names, fontsize=9)
    right.tick_params(axis="y", length=0)
    right.spines["left"].set_visible(False)
    right.set(xlim=(-0.7, len(shares) - 0.3), ylim=(0.05 - len(names) + 0.9, 0.95))
    right.set_xticks([0, len(shares) - 1], ["first item", "last item"])
    titled(right, "what counts at the end of one row")
    return titled(left, title)


def plot_line_up(pictures, *, ax=None):
    """Draw ten maps without names, a letter over each and under it what its last row sums to.

    pictures: {letter: weights}   (n, n) each
    ax: one axes for each
    """
    if ax is None:
        ax = new_axes(10, 4.9).figure
        ax.clear()
        ax = ax.subplots(2, (len(pictures) + 1) // 2).ravel()
    for panel, (letter, weights) in zip(ax, pictures.items(), strict=False):
        weights = as_numpy(weights)
        ink(panel, weights)
        panel.set(xticks=[], yticks=[], xlabel=f"last row sums to {np.sum(weights[-1]):.2f}")
        panel.xaxis.label.set_fontsize(9)
        panel.set_title(letter, fontsize=13, fontweight="bold")
    return ax[0]
