"""Pictures of memory: a stream and who follows it, and what still arrives from far back."""

import numpy as np
from matplotlib.colors import Normalize

from utils.attention.kernel_regression import to_weights
from utils.conversion import as_numpy
from utils.plots.base import ALPHA, INK, KEY, KEY_TEXT, QUERY, RED, SOFT, VALUE, ink, new_axes, titled

LINES = [(RED, "o"), ("#56B4E9", "X"), (QUERY, "s"), (VALUE, "^"), (ALPHA(0.85), "D"), (KEY, "v"), (INK, "P")]


def plot_by_distance(curves, *, ylabel="size of the gradient", floor=1e-15, ax=None, title=None):
    """Draw how sizes fall with the distance from the end, on a log axis: a line in the middle of a band, one a name.

    curves: {name: sizes by place, of several seeds}   (seeds, T) each; the last place has distance 0
    floor: what is smaller is drawn here, at the lower edge
    """
    ax = ax or new_axes(8, 4)
    curves = {name: as_numpy(sizes) for name, sizes in curves.items()}
    longest = max(sizes.shape[-1] for sizes in curves.values())
    for (name, sizes), (colour, marker) in zip(curves.items(), LINES, strict=False):
        sizes = np.maximum(np.atleast_2d(sizes)[:, ::-1], floor)  # (seeds, T), nearest first
        distance = np.arange(sizes.shape[1])
        middle = np.exp(np.log(sizes).mean(axis=0))
        ax.fill_between(distance, sizes.min(axis=0), sizes.max(axis=0), color=colour, alpha=0.18, lw=0)
        ax.plot(distance, middle, color=colour, lw=2, marker=marker, ms=5, markevery=max(longest // 8, 1), label=name)
    ax.set(yscale="log", xlabel="steps back from the end", ylabel=ylabel, xlim=(0, longest - 1))
    ax.set_ylim(bottom=floor)
    ax.yaxis.grid(True, color=SOFT, alpha=0.2)
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=10, frameon=False)
    return titled(ax, title)


def plot_stream(levels, curves, *, ax=None, title=None):
    """Draw a stream of readings as points, and those who follow it as lines.

    levels: one reading a step   (T)
    curves: {name: what it says after every step}   (T) each
    """
    ax = ax or new_axes(8, 3.6)
    ax.plot(as_numpy(levels), ".", color=SOFT, ms=6, label="reading")
    for (name, line), (colour, style) in zip(curves.items(), ((QUERY, "--"), (ALPHA(0.85), "-")), strict=False):
        ax.plot(as_numpy(line), color=colour, ls=style, lw=2.5, label=name)
    ax.set(xlabel="hour", ylabel="level, metres")
    ax.legend(loc="upper left", frameon=False)
    return titled(ax, title)


def plot_sensitivity(sizes, *, ax=None):
    """Draw what every state feels of every input, twice: as it is, on a log scale, and each row as shares of its sum.

    sizes: |∂h_t/∂x_s|, zero where s > t   (T, T)
    ax: two axes
    """
    sizes = as_numpy(sizes)
    left, right = new_axes(9, 4, 2) if ax is None else ax
    past, felt = np.tri(len(sizes), dtype=bool), np.maximum(sizes, 1e-30)
    norm = Normalize(-6, 6)
    shown = left.imshow(np.where(past, np.log10(felt), np.nan), cmap="cividis", norm=norm, aspect="auto")
    bar = left.figure.colorbar(shown, ax=left, extend="both", ticks=[-6, -3, 0, 3, 6])
    bar.ax.set_yticklabels(["10⁻⁶", "10⁻³", "1", "10³", "10⁶"])
    ink(right, np.where(past, to_weights(felt * past), np.nan))
    for panel, name in ((left, "how much it is felt"), (right, "each row as shares")):
        panel.set_xlabel("came in at step (key)", color=KEY_TEXT)
        panel.set_ylabel("after step (query)", color=QUERY)
        titled(panel, name)
    return left
