"""Pure functions that draw: each takes data and returns Axes. ``show`` puts them on the page."""

from utils.plots.alpha import plot_alpha, plot_twins
from utils.plots.base import ALPHA, KEY, QUERY, STYLE, VALUE, new_axes, png, show, titled
from utils.plots.positions import plot_by_places, plot_places, plot_shuffle, plot_survival
from utils.plots.scores import plot_scores, plot_sqrt
from utils.plots.weighted_sums import plot_fit, plot_simplex

__all__ = [
    "ALPHA",
    "KEY",
    "QUERY",
    "STYLE",
    "VALUE",
    "new_axes",
    "plot_alpha",
    "plot_by_places",
    "plot_fit",
    "plot_places",
    "plot_scores",
    "plot_shuffle",
    "plot_simplex",
    "plot_sqrt",
    "plot_survival",
    "plot_twins",
    "png",
    "show",
    "titled",
]
