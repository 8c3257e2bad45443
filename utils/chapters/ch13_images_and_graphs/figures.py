"""Pictures of things with parts: digits and their patches, a graph with α on its ties, and who reads digits best."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from utils.conversion import as_numpy
from utils.plots.base import ALPHA, INK, QUERY, RED, SOFT, VALUE, ink, new_axes, readable, titled
from utils.plots.text import literal

SIDE_LOOKS = (("#1B7F8C", "o"), ("#8C5A1B", "s"))  # class 0, class 1: never by colour alone


def plot_digits(images, titles, *, ax=None):
    """Draw images of grey levels side by side, ink dark.

    images: 0 paper to 1 ink   (m, height, width)
    titles: what each is   (m)
    ax: as many axes as images
    """
    if ax is None:
        ax = np.atleast_1d(new_axes(2.2 * len(images), 2.5, len(images)))
    for panel, image, title in zip(ax, images, titles, strict=True):
        _picture(panel, image)
        panel.set_title(literal(title), fontsize=11)
    return ax[0]


def plot_patch_alpha(image, weights, chosen, *, ax=None, title=None):
    """Draw a picture in patches with the α of one of them over it, and the same α as numbers beside it.

    image: 0 paper to 1 ink   (height, width)
    weights: how much the chosen patch looks at each   (rows, columns)
    chosen: the patch that asks, (row, column); None where the weights are not those of one patch
    ax: two axes
    """
    image, weights = map(as_numpy, (image, weights))
    if ax is None:
        ax = new_axes(7.4, 3.7, 2)
    rows, columns = weights.shape
    height, width = len(image) / rows, len(image[0]) / columns
    _picture(ax[0], image)
    for (i, j), weight in np.ndenumerate(weights):
        side = np.sqrt(max(weight, 0) / max(weights.max(), 1e-9)) * 0.8  # the area is the weight
        corner = ((j + 0.5 - side / 2) * width - 0.5, (i + 0.5 - side / 2) * height - 0.5)
        box = Rectangle(corner, side * width, side * height, facecolor=ALPHA(0.75), alpha=0.6, edgecolor="white")
        ax[0].add_patch(box)
    ink(ax[1], weights)
    for (i, j), weight in np.ndenumerate(weights):
        ax[1].text(j, i, f"{weight:.2f}".replace("0.", "."), ha="center", va="center", color=readable(weight))
    for panel, high, wide in ((ax[0], height, width), (ax[1], 1, 1)) if chosen else ():
        corner = (chosen[1] * wide - 0.5, chosen[0] * high - 0.5)
        panel.add_patch(Rectangle(corner, wide, high, fill=False, edgecolor=QUERY, lw=3))
    ax[1].set_aspect("equal")
    ax[1].set(xticks=[], yticks=[])
    ax[1].spines[:].set_visible(False)
    titled(ax[0], title)
    titled(ax[1], "its α, patch by patch" if chosen else "patch by patch")
    return ax[0]


def plot_graph(places, mask, *, weights=None, looks=None, names=None, wrong=(), ax=None, title=None):
    """Draw a graph; the half of a tie that starts at i shows how much i listens to the other end.

    places: where the nodes lie   (n, 2)
    mask: who may look at whom   (n, n)
    weights: α; without it all ties are drawn alike   (n, n)
    looks: 0 or 1 for each node: a disc or a square   (n)
    names: what stands in the nodes   (n)
    wrong: nodes to be ringed in red
    """
    ax = ax or new_axes(7.2, 4.6)
    places = as_numpy(places, float)
    i, j = np.nonzero(as_numpy(mask) & ~np.eye(len(places), dtype=bool))
    halves = np.stack([places[i], (places[i] + places[j]) / 2], axis=1)  # (m, 2, 2)
    if weights is None:
        ax.add_collection(LineCollection(halves, colors=SOFT, linewidths=1.2, zorder=1))
    else:
        heard = as_numpy(weights)[i, j]
        ax.add_collection(LineCollection(halves, colors=SOFT, linewidths=0.4, alpha=0.5, zorder=1))
        thick = LineCollection(halves, colors=ALPHA(0.35 + 0.65 * heard), linewidths=0.3 + 8 * heard, zorder=2)
        thick.set_capstyle("butt")
        ax.add_collection(thick)
    looks = np.zeros(len(places), int) if looks is None else np.asarray(looks)
    for kind, (colour, marker) in enumerate(SIDE_LOOKS):
        ax.scatter(*places[looks == kind].T, s=210, c=colour, marker=marker, edgecolors="white", zorder=3)
    ax.scatter(*places[list(wrong)].T, s=430, facecolors="none", edgecolors=RED, linewidths=2.5, zorder=4)
    for node, place in enumerate(places):
        name = node if names is None else names[node]
        ax.text(*place, literal(name), ha="center", va="center", color="white", fontsize=8, fontweight="bold", zorder=5)
    ax.autoscale_view()
    ax.margins(0.06)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    return titled(ax, title)


def plot_readers(readers, columns, *, ax=None, title=None):
    """Draw how often each reader was right, a dot a split, under several conditions side by side.

    readers: {name: for each split, {column: the share that is right}}
    columns: {column: what its picture is called}
    ax: as many axes as columns
    """
    if ax is None:
        ax = np.atleast_1d(new_axes(9.6, 2.9, len(columns), sharey=True))
    for panel, (column, said) in zip(ax, columns.items(), strict=True):
        for row, (name, splits) in enumerate(readers.items()):
            colour, marker = (ALPHA(0.85), "D") if "attention" in name else (VALUE, "o")
            shares = [100 * each[column] for each in splits]
            panel.plot(shares, [row] * len(shares), marker, color=colour, ms=7, alpha=0.7)
        panel.set_yticks(range(len(readers)), readers)
        panel.set(xlabel="right answers, %")
        panel.grid(axis="x", color=SOFT, alpha=0.2)
        panel.set_title(literal(said), loc="left", fontsize=11, fontweight="bold")
    ax[0].invert_yaxis()
    if title:
        ax[0].figure.suptitle(literal(title), x=0.01, ha="left", fontsize=12, fontweight="bold")
    return ax[0]


def plot_clubs(right, *, ax=None, title=None):
    """Draw how many members each model placed rightly; the number in a dot says how many seeds did so.

    right: {name: how many of the 32, one for each seed}
    """
    ax = ax or new_axes(7.4, 3.4)
    for row, counts in enumerate(right.values()):
        for count, seeds in zip(*np.unique(counts, return_counts=True), strict=True):
            ax.plot(count, row, "o", color=ALPHA(0.8), ms=9 + 1.1 * seeds)
            ax.text(count, row, str(seeds), ha="center", va="center", color="white", fontsize=9, fontweight="bold")
        ax.plot([np.mean(counts)] * 2, [row - 0.45, row + 0.45], color=INK, lw=1.5, zorder=0)
    ax.set_yticks(range(len(right)), right)
    ax.set(
        xlabel="members placed rightly, of 32 (bar: the mean)",
        ylim=(len(right) - 0.5, -0.5),
    )
    ax.grid(axis="x", color=SOFT, alpha=0.2)
    return titled(ax, title)


def _picture(ax, image):
    ax.imshow(image, cmap="Greys", vmin=0, vmax=1.15, interpolation="nearest")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set(visible=True, color=SOFT, linewidth=0.8)
