"""Pure functions that draw: each takes data and returns Axes. ``show`` puts them on the page."""

from utils.plots.alignments import plot_moved, plot_race, plot_said, plot_wall
from utils.plots.alpha import plot_alpha, plot_twins
from utils.plots.base import ALPHA, KEY, QUERY, STYLE, VALUE, new_axes, png, show, titled
from utils.plots.clinic import plot_faults, plot_masks, plot_patient
from utils.plots.gates import plot_gates, plot_share_and_slope
from utils.plots.heads import plot_accuracy, plot_heads, plot_layers, plot_split, plot_steps
from utils.plots.positions import plot_by_places, plot_places, plot_shuffle, plot_survival
from utils.plots.query_key import plot_alphas, plot_query_keys
from utils.plots.race import RACERS, plot_learning, plot_line_up, plot_prices, plot_standings
from utils.plots.recurrence import plot_by_distance, plot_sensitivity, plot_stream
from utils.plots.scores import plot_scores, plot_sqrt
from utils.plots.weighted_sums import plot_fit, plot_simplex

__all__ = [
    "ALPHA",
    "KEY",
    "QUERY",
    "RACERS",
    "STYLE",
    "VALUE",
    "new_axes",
    "plot_accuracy",
    "plot_alpha",
    "plot_alphas",
    "plot_by_distance",
    "plot_by_places",
    "plot_faults",
    "plot_fit",
    "plot_gates",
    "plot_heads",
    "plot_layers",
    "plot_learning",
    "plot_line_up",
    "plot_masks",
    "plot_moved",
    "plot_patient",
    "plot_places",
    "plot_prices",
    "plot_query_keys",
    "plot_race",
    "plot_said",
    "plot_scores",
    "plot_sensitivity",
    "plot_share_and_slope",
    "plot_shuffle",
    "plot_simplex",
    "plot_split",
    "plot_sqrt",
    "plot_standings",
    "plot_steps",
    "plot_stream",
    "plot_survival",
    "plot_twins",
    "plot_wall",
    "png",
    "show",
    "titled",
]
