"""What a page shows while a model trains: how far it is, how long it may take, and the loss so far."""

import math
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import anywidget
from traitlets import Dict

PAUSE = 0.2  # seconds between two pictures
POINTS = 200  # of a curve, at most
_boards = []  # the board of a search under way: what trains inside it shows there


class LivePlot(anywidget.AnyWidget):
    """The picture of a training; its saved form is one constant text."""

    _esm = Path(__file__).parent / "static" / "training.js"
    state = Dict().tag(sync=True)

    def __init__(self, text):
        super().__init__(state={"title": text})
        self._text = text

    def _repr_mimebundle_(self, **kwargs):
        bundle, metadata = super()._repr_mimebundle_(**kwargs)
        return bundle | {"text/plain": self._text}, metadata


class View:
    """What one call of ``train`` tells about a run, at most five times a second; without a page, nothing."""

    def __init__(self, run, name, shown=True):
        board = _boards[-1] if _boards else None
        self.title = board.title if board else f"Training {name}"
        self.widget = board.widget if board else _show(self.title) if shown else None
        self.run, self.first, self.began, self.last = run, run.history.done, time.monotonic(), -math.inf

    def show(self, note=""):
        """Show where the run is, unless the last picture is too fresh; one with a note is always shown."""
        if self.widget is None or (not note and time.monotonic() - self.last < PAUSE):
            return
        self.last = time.monotonic()
        self.widget.state = {"title": self.title, "note": note, "left": self._left(), **picture(self.run)}

    def _left(self):
        """Return the seconds that the rest will take at the pace so far, or None."""
        history = self.run.history
        made = history.done - self.first
        return (time.monotonic() - self.began) / made * (history.planned - history.done) if made else None


class Board:
    """One picture for many runs, each under a title of its own."""

    def __init__(self, text):
        self.title, self.widget = text, _show(text)


@contextmanager
def board(text):
    """Show all that trains inside the block on one board."""
    _boards.append(Board(text))
    try:
        yield _boards[-1]
    finally:
        _boards.pop()


def picture(run):
    """Return what the browser draws of a run: numbers only, and None for those that are not finite."""
    history, pending = run.history, run.pending
    stride = max(math.ceil(len(history.steps) / POINTS), 1)
    thin = lambda values: [_finite(value) for value in [*values[:-1:stride], *values[-1:]]]  # noqa: E731
    metrics = {name: thin(values) for name, values in history.metrics.items() if isinstance(values[0], (int, float))}
    losses = [sum(pending) / len(pending)] if pending else history.losses[-1:]
    now = {"done": history.done, "planned": history.planned, "loss": _finite(*losses) if losses else None}
    return now | {"steps": thin(history.steps), "losses": thin(history.losses), "metrics": metrics}


def _finite(value):
    return value if math.isfinite(value) else None


def _show(text):
    """Put a picture on the page and return it; where there is no page, return None."""
    ask = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)
    if not hasattr(ask(), "kernel"):
        return None
    from IPython.display import display

    widget = LivePlot(text)
    display(widget)
    return widget
