"""Pictures of weighted sums: a curve through readings, and a point between corners."""

import numpy as np

from utils.conversion import as_numpy
from utils.plots.base import ALPHA, INK, KEY_TEXT, QUERY, RED, SOFT, VALUE, VALUE_TEXT, ink, new_axes, titled
from utils.plots.text import literal


def plot_fit(keys, values, queries, weights, *, truth=None, ax=None, title=None):
    """Draw readings with the curve ``weights @ values`` through them, and under it the weights that made it.

    keys, values: where the readings hang, and what they say   (n_k,), (n_k,)
    queries: where the curve is asked for   (n_q,)
    weights: α   (n_q, n_k)
    truth: the true curve at the queries, where it is known   (n_q,)
    ax: two axes, the curve's and the weights'
    """
    keys, values, queries, weights = map(as_numpy, (keys, values, queries, weights))
    if ax is None:
        ax = new_axes(8, 3.6, 2, width_ratios=[1.3, 1])
    curve, matrix = ax
    if truth is not None:
        curve.plot(queries, truth, color=SOFT, ls=":", lw=1.5, label="truth")
    curve.plot(keys, values, "o", color=VALUE, ms=5, label="readings (values)")
    curve.plot(queries, weights @ values, color=INK, lw=2, label="answers, α @ values")
    curve.set(xlabel="position, in metres", ylabel="temperature, in °C")
    curve.legend(loc="upper left", fontsize=9)
    titled(curve, title)
    ink(matrix, weights)
    label_ends(matrix, queries, len(keys))
    titled(matrix, f"darkest cell: weight {weights.max():.2f}")
    return curve


def plot_simplex(corners, names, point, weights, *, ax=None, title=None):
    """Draw three values as a triangle, their weighted sum as a point, and the weights as bars, negative ones in red.

    corners: the values   (3, 2)
    names: their labels   (3)
    point: the weighted sum   (2,)
    weights: of the corners, summing to one   (3,)
    ax: two axes, the triangle's and the bars'
    """
    names = list(map(literal, names))
    corners, point, weights = map(as_numpy, (corners, point, weights))
    if ax is None:
        ax = new_axes(8, 3.6, 2, width_ratios=[1.5, 1])
    plane, bars = ax
    plane.fill(*corners.T, color=VALUE, alpha=0.12)
    plane.plot(*np.vstack([corners, corners[:1]]).T, color=VALUE, lw=1.5)
    for corner, name, weight in zip(corners, names, weights, strict=True):
        plane.plot(
            *zip(point, corner, strict=True),
            color=ALPHA(min(max(weight, 0), 1) * 0.9 + 0.1),
            lw=1 + 5 * abs(weight),
            zorder=1,
        )
        outward = corner - corners.mean(axis=0)
        plane.text(
            *(corner + 0.3 * outward / np.hypot(*outward)),
            name,
            color=VALUE_TEXT,
            fontweight="bold",
            ha="center",
            va="center",
        )
    plane.plot(*point, "o", ms=11, color=INK)
    plane.annotate("P", point, textcoords="offset points", xytext=(9, 6), fontweight="bold")
    plane.set(xlim=(-1.5, 5.5), ylim=(-1.2, 4.2), aspect="equal", xlabel="first coordinate", ylabel="second coordinate")
    titled(plane, title)
    drawn = bars.bar(list(names), weights, color=[ALPHA(0.8) if w >= 0 else RED for w in weights])
    bars.bar_label(drawn, [f"{w:.2f}" for w in weights], padding=2)
    bars.axhline(0, color=SOFT, lw=1)
    bars.set(ylim=(-1.2, 2.2), ylabel="weight")
    titled(bars, "no weight is negative" if min(weights) >= -1e-9 else "a weight is negative")
    return plane


def label_ends(ax, queries, n_keys):
    """Label a matrix of many rows: a few places along the queries' axis, the first and the last key."""
    some = np.linspace(0, len(queries) - 1, 6).round().astype(int)
    ax.set_yticks(some, [f"{queries[i]:g} m" for i in some], color=QUERY)
    ax.set_xticks([0, n_keys - 1], ["first", "last"], color=KEY_TEXT)
    ax.set_xlabel("thermometer (key)", color=KEY_TEXT)
    ax.set_ylabel("asked at (query)", color=QUERY)
