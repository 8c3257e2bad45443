"""Pure functions that draw: each takes data and returns Axes. ``show`` puts them on the page.

What only one chapter draws is in that chapter's ``figures``.
"""

from utils.plots.alpha import plot_alpha, plot_alphas
from utils.plots.base import ALPHA, KEY, QUERY, VALUE, new_axes, png, show, titled
from utils.plots.style import STYLE
from utils.plots.text import literal

__all__ = [
    "ALPHA",
    "KEY",
    "QUERY",
    "STYLE",
    "VALUE",
    "literal",
    "new_axes",
    "plot_alpha",
    "plot_alphas",
    "png",
    "show",
    "titled",
]
