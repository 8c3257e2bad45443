"""What learners move: the α view, panels of controls, predictions and quizzes."""

from utils.widgets.alpha_view import KEPT_AS, REGISTERED, AlphaView, alpha
from utils.widgets.choices import Prediction, Question, Quiz, predict, quiz
from utils.widgets.controls import Cell, Choice, Point, Slider, Text, Toggle
from utils.widgets.packing import MOST_HEADS, MOST_TOKENS, initial_mask, initial_weights, pack, unpack

__all__ = [
    "KEPT_AS", "MOST_HEADS", "MOST_TOKENS", "REGISTERED", "AlphaView", "Cell", "Choice", "Panel", "Point", "Prediction",
    "Question", "Quiz", "Slider", "Text", "Toggle", "alpha", "initial_mask", "initial_weights", "pack", "panel",
    "predict", "quiz", "unpack",
]  # fmt: skip


def __getattr__(name):
    """Load the panels, and with them Matplotlib, only for who asks."""
    if name in ("Panel", "panel"):
        from utils.widgets import panels

        return getattr(panels, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
