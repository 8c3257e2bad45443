"""Pictures of queries and keys: points in a plane with the weights they make, and several α side by side."""

import numpy as np

from utils.conversion import as_numpy
from utils.plots.base import ALPHA, INK, KEY, KEY_TEXT, QUERY, SOFT, VALUE, VALUE_TEXT, new_axes, titled
from utils.plots.text import literal


def plot_query_keys(query, keys, values, weights, names, *, ax=None, title=None):
    """Draw a query and keys as points, the weights they make as bars, and the values with the answer among them.

    query: a point   (2)
    keys, values: points   (n, 2) both
    weights: α of the query   (n)
    names: labels of the keys   (n)
    ax: three axes
    """
    names = list(map(literal, names))
    query, keys, values, weights = map(as_numpy, (query, keys, values, weights))
    ax = new_axes(10.2, 3.6, 3, width_ratios=[1.25, 0.9, 1.1]) if ax is None else ax
    plane, bars, answers = ax
    _plane(plane, "first number", "second number")
    for key, name in zip(keys, names, strict=True):
        _label(plane, key, name, KEY_TEXT)
    plane.plot(*np.transpose(keys), "s", ms=10, color=KEY, label="keys")
    plane.annotate("", query, (0, 0), arrowprops={"arrowstyle": "-|>", "color": QUERY, "lw": 2})
    plane.plot(*query, "o", ms=11, color=QUERY, label="query")
    plane.legend(loc="upper left", fontsize=9, frameon=False)
    titled(plane, title or "query and keys")
    drawn = bars.bar(names, weights, color=ALPHA(0.8), width=0.6)
    bars.bar_label(drawn, [f"{w:.2f}" for w in weights], padding=2)
    bars.set(ylim=(0, 1.12), ylabel="weight α")
    titled(bars, "who is heard")
    _plane(answers, "first number", "")
    answers.plot(*np.transpose(values), "^", ms=10, color=VALUE, label="values")
    for value, name in zip(values, names, strict=True):
        _label(answers, value, name, VALUE_TEXT)
    answers.plot(*(weights @ values), "D", ms=10, color=INK, label="answer")
    answers.legend(loc="upper left", fontsize=9, frameon=False)
    titled(answers, "values and answer")
    return plane


def _plane(ax, xlabel, ylabel):
    ax.set(xlim=(-3.2, 3.2), ylim=(-3.2, 3.6), xlabel=xlabel, ylabel=ylabel)
    ax.axhline(0, color=SOFT, lw=0.7, alpha=0.6)
    ax.axvline(0, color=SOFT, lw=0.7, alpha=0.6)


def _label(ax, point, name, color):
    ax.annotate(name, point, textcoords="offset points", xytext=(9, 7), color=color, fontweight="bold")
