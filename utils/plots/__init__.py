"""Pure functions that draw: each takes data and returns Axes. ``show`` puts them on the page."""

from utils.plots.alignments import plot_moved, plot_race, plot_said, plot_wall
from utils.plots.alpha import plot_alpha, plot_twins
from utils.plots.base import ALPHA, KEY, QUERY, STYLE, VALUE, new_axes, png, show, titled
from utils.plots.clinic import plot_faults, plot_masks, plot_patient
from utils.plots.costs import KERNELS, plot_cache, plot_capacity, plot_costs, plot_shares, plot_walk, told, told_gib
from utils.plots.gates import plot_gates, plot_share_and_slope
from utils.plots.heads import plot_accuracy, plot_heads, plot_layers, plot_split, plot_steps
from utils.plots.language import plot_apart, plot_bits, plot_character_bits, plot_growing
from utils.plots.parts import plot_clubs, plot_digits, plot_graph, plot_patch_alpha, plot_readers
from utils.plots.positions import plot_by_places, plot_places, plot_shuffle, plot_survival
from utils.plots.query_key import plot_alphas, plot_query_keys
from utils.plots.race import RACERS, plot_learning, plot_line_up, plot_prices, plot_standings
from utils.plots.reactions import plot_arcs, plot_head_table
from utils.plots.reading import plot_before_after, plot_birth, plot_removed, plot_says, plot_two_rows
from utils.plots.recurrence import plot_by_distance, plot_sensitivity, plot_stream
from utils.plots.scores import plot_scores, plot_sqrt
from utils.plots.uncertainty import plot_bands, plot_noise, plot_promises, plot_reading
from utils.plots.weighted_sums import plot_fit, plot_simplex
from utils.plots.writing import (
    plot_all_heads,
    plot_next,
    plot_speed,
    plot_surprise,
    plot_temperatures,
    plot_writing,
)

__all__ = [
    "ALPHA",
    "KERNELS",
    "KEY",
    "QUERY",
    "RACERS",
    "STYLE",
    "VALUE",
    "new_axes",
    "plot_accuracy",
    "plot_all_heads",
    "plot_alpha",
    "plot_alphas",
    "plot_apart",
    "plot_arcs",
    "plot_bands",
    "plot_before_after",
    "plot_birth",
    "plot_bits",
    "plot_by_distance",
    "plot_by_places",
    "plot_cache",
    "plot_capacity",
    "plot_character_bits",
    "plot_clubs",
    "plot_costs",
    "plot_digits",
    "plot_faults",
    "plot_fit",
    "plot_gates",
    "plot_graph",
    "plot_growing",
    "plot_head_table",
    "plot_heads",
    "plot_layers",
    "plot_learning",
    "plot_line_up",
    "plot_masks",
    "plot_moved",
    "plot_next",
    "plot_noise",
    "plot_patch_alpha",
    "plot_patient",
    "plot_places",
    "plot_prices",
    "plot_promises",
    "plot_query_keys",
    "plot_race",
    "plot_readers",
    "plot_reading",
    "plot_removed",
    "plot_said",
    "plot_says",
    "plot_scores",
    "plot_sensitivity",
    "plot_share_and_slope",
    "plot_shares",
    "plot_shuffle",
    "plot_simplex",
    "plot_speed",
    "plot_split",
    "plot_sqrt",
    "plot_standings",
    "plot_steps",
    "plot_stream",
    "plot_surprise",
    "plot_survival",
    "plot_temperatures",
    "plot_twins",
    "plot_two_rows",
    "plot_walk",
    "plot_wall",
    "plot_writing",
    "png",
    "show",
    "titled",
    "told",
    "told_gib",
]
