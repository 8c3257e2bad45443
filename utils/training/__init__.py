"""Training: one loop for the whole course, and what it notes, shows, and compares."""

from utils.seeds import seeded, seeded_start
from utils.training.comparison import Found, search
from utils.training.history import History, seconds_to, steps_to
from utils.training.live_plot import board
from utils.training.loop import cosine, expect, flush_denormals, scaled, train

__all__ = [
    "Found",
    "History",
    "board",
    "cosine",
    "expect",
    "flush_denormals",
    "scaled",
    "search",
    "seconds_to",
    "seeded",
    "seeded_start",
    "steps_to",
    "train",
]
