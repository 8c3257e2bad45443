"""Pictures of memory: a stream and who follows it, and what still arrives from far back."""

import numpy as np

from utils.plots.base import ALPHA, INK, KEY, QUERY, RED, SOFT, VALUE, new_axes, titled

LINES = [(RED, "o"), (QUERY, "s"), (VALUE, "^"), (ALPHA(0.85), "D"), (KEY, "v"), (INK, "P")]


def plot_by_distance(curves, *, ylabel="size of the gradient", floor=1e-15, ax=None, title=None):
    """Draw how sizes fall with the distance from the end, on a log axis: a line in the middle of a band, one a name.

    curves: {name: sizes by place, of several seeds}   (seeds, T) each; the last place has distance 0
    floor: what is smaller is drawn here, at the lower edge
    """
    ax = ax or new_axes(8, 4)
    longest = max(np.shape(sizes)[-1] for sizes in curves.values())
    for (name, sizes), (colour, marker) in zip(curves.items(), LINES, strict=False):
        sizes = np.maximum(np.atleast_2d(sizes)[:, ::-1], floor)  # (seeds, T), nearest first
        distance = np.arange(sizes.shape[1])
        middle = np.exp(np.log(sizes).mean(axis=0))
        ax.fill_between(distance, sizes.min(axis=0), sizes.max(axis=0), color=colour, alpha=0.18, lw=0)
        ax.plot(distance, middle, color=colour, lw=2, marker=marker, ms=5, markevery=max(longest // 8, 1), label=name)
    ax.set(yscale="log", xlabel="steps back from the end", ylabel=ylabel, xlim=(0, longest - 1))
    ax.set_ylim(bottom=floor)
    ax.yaxis.grid(True, color=SOFT, alpha=0.2)
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=10)
    return titled(ax, title)
