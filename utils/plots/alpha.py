"""The α matrix as a picture: one, or two side by side."""

import numpy as np
from matplotlib.patches import Rectangle

from utils.conversion import as_numpy
from utils.plots.base import KEY_TEXT, QUERY, ink, new_axes, readable, titled
from utils.plots.text import literal


def plot_alpha(weights, queries=None, keys=None, *, mask=None, ax=None, title=None):
    """Draw a matrix of weights: a row is who asks, a column whom it listens to; forbidden cells are hatched.

    weights: numbers, normally 0..1   (n_q, n_k)
    queries, keys: labels of rows and columns, text   (n_q), (n_k); without ``keys`` the queries' labels serve both
    mask: True = may look   (n_q, n_k)
    """
    weights = as_numpy(weights, float)
    if weights.ndim != 2:
        raise ValueError(f"weights should have two axes (n_q, n_k), not shape {weights.shape}")
    n_q, n_k = weights.shape
    queries = _labels("queries", queries, n_q)
    keys = _labels("keys", keys if keys is not None or n_q != n_k else queries, n_k)
    allowed = np.ones((n_q, n_k), bool) if mask is None else np.broadcast_to(as_numpy(mask, bool), (n_q, n_k))
    if ax is None:
        ax = new_axes(min(1.8 + 0.55 * n_k, 9.5), min(1.2 + 0.45 * n_q, 8))
    ink(ax, np.where(allowed, weights, np.nan))
    _draw_cells(ax, weights, allowed)
    slanted = max((len(k) for k in keys), default=0) > 6
    ax.set_xticks(range(n_k), keys, color=KEY_TEXT, rotation=40 if slanted else 0, ha="left" if slanted else "center")
    ax.set_yticks(range(n_q), queries, color=QUERY)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    _thin_out(ax, n_q, n_k)
    return titled(ax, title)


def _labels(name, labels, count):
    labels = list(range(count)) if labels is None else list(labels)
    if len(labels) != count:
        raise ValueError(f"{name} should name {count} places, one each, not {len(labels)}")
    return list(map(literal, labels))


def _draw_cells(ax, weights, allowed):
    n_q, n_k = weights.shape
    small = max(n_q, n_k) <= 8
    for i in range(n_q):
        for j in range(n_k):
            if not allowed[i, j]:
                box = Rectangle((j - 0.48, i - 0.48), 0.96, 0.96, fill=False, hatch="////", edgecolor="#c9c6d2", lw=0)
                ax.add_patch(box)
            elif small:
                ax.text(j, i, _short(weights[i, j]), ha="center", va="center", color=readable(weights[i, j]))
    gap = 2 if max(n_q, n_k) <= 16 else 0.5
    for edge in range(n_q + 1):
        ax.axhline(edge - 0.5, color="white", lw=gap)
    for edge in range(n_k + 1):
        ax.axvline(edge - 0.5, color="white", lw=gap)


def _short(weight):
    text = f"{weight:.2f}".replace("-0.00", "0.00")
    return {"1.00": "1", "0.00": "0"}.get(text, text.replace("0.", ".", 1))


def _thin_out(ax, n_q, n_k, most=30):
    """Hide labels that could not be read: with many rows or columns every second, third … keeps its name."""
    for axis, count in ((ax.yaxis, n_q), (ax.xaxis, n_k)):
        step = -(-count // most)
        for place, label in enumerate(axis.get_ticklabels()):
            label.set_visible(place % step == 0)


def plot_alphas(matrices, titles, queries=None, keys=None, *, masks=None, ax=None):
    """Draw matrices of weights side by side, with the same labels and in the same colours.

    matrices: weights   (m, n_q, n_k), or a list of them
    titles: what each one is   (m)
    queries, keys, masks: as for ``plot_alpha``; a mask each
    ax: m axes
    """
    matrices = list(map(as_numpy, matrices))
    count, (n_q, n_k) = len(matrices), matrices[0].shape
    if ax is None:
        width = min(1.2 + 0.5 * n_k, 10.5 / count)
        ax = np.atleast_1d(new_axes(width * count, min(1.4 + 0.45 * n_q, 5), count))
    for at, (weights, title, axes) in enumerate(zip(matrices, titles, ax, strict=True)):
        plot_alpha(weights, queries, keys, mask=None if masks is None else masks[at], ax=axes, title=title)
        axes.tick_params(axis="x", labelsize=9 if count > 2 else 10)  # long words side by side
        if at:
            axes.set_yticks([])
    return ax[0]
