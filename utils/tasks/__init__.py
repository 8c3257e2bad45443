"""Tasks that make their own data: endless, known to the last symbol, and with an answer no shortcut gives away."""

from utils.tasks.recall import associative_recall, first_symbol

__all__ = ["associative_recall", "first_symbol"]
