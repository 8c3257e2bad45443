"""Pure functions that draw: each takes data and returns Axes. ``show`` puts them on the page."""

from utils.plots.alignments import plot_moved, plot_race, plot_said, plot_wall
from utils.plots.alpha import plot_alpha, plot_twins
from utils.plots.base import ALPHA, KEY, QUERY, STYLE, VALUE, new_axes, png, show, titled
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
    "plot_fit",
    "plot_moved",
    "plot_race",
    "plot_said",
    "plot_scores",
    "plot_simplex",
    "plot_sqrt",
    "plot_twins",
    "plot_wall",
    "png",
    "show",
    "titled",
]
