"""The controls of a panel: what each one can stand at, and how that travels to the browser and back."""

import math
from decimal import Decimal
from numbers import Integral

import numpy as np

from utils.conversion import as_text


class Slider:
    """A number between ``low`` and ``high``."""

    def __init__(self, low, high, value, step=None, *, log=False, label=None, unit="", play=False):
        """Keep the places the slider can take; ``value``, where it starts, is always one of them.

        step: what one key press adds, or with ``log`` multiplies by; whole numbers all through stay whole
        unit: text after the number
        play: with buttons that let it run to the end by itself, about four places a second
        """
        if not isinstance(play, bool):
            raise ValueError(f"play should be True or False, not {play!r}")
        if not low <= value <= high or low == high or not all(map(math.isfinite, (low, high))):
            raise ValueError(f"a slider needs low <= value <= high, not {low}, {value}, {high}")
        if log and low <= 0:
            raise ValueError(f"a slider with log=True needs low > 0, not {low}")
        whole = all(isinstance(number, Integral) for number in (low, high, value, *([] if step is None else [step])))
        if step is None:
            step = (2 if whole else 10**0.05) if log else (1 if whole else (high - low) / 100)
        if not step > (1 if log else 0):
            raise ValueError(f"step should be above {1 if log else 0}, not {step}")
        count = math.floor((math.log(high / low) / math.log(step) if log else (high - low) / step) + 1e-9)
        if count > 1000:
            raise ValueError(f"a slider with {count} steps is too fine; at most 1000")
        grid = [low * step**i if log else low + step * i for i in range(count + 1)]
        finest = max(2, 2 - math.floor(math.log10(step)))  # a step of 1/3 shows two or three digits, not sixteen
        digits = min(finest, max(map(_decimals, (low, high, value, step))))
        tidy = int if whole else (lambda x: float(f"{x:.3g}")) if log else (lambda x: round(float(x), digits) + 0.0)
        self.places = sorted({*map(tidy, grid), *(int(x) if whole else float(x) for x in (value, high))})
        self.start, self.label, self.play = (int if whole else float)(value), label, play
        show = (lambda x: f"{x:.{digits}f}") if not (whole or log) else short
        self.texts = [f"{show(place)} {unit}".strip() for place in self.places]

    def spec(self):
        return {"kind": "slider", "texts": self.texts, "play": self.play}

    def to_browser(self, value, axes):
        return self.places.index(value)

    def from_browser(self, raw, axes):
        return self.places[min(max(int(raw), 0), len(self.places) - 1)]


class Toggle:
    """Something that is on or off."""

    def __init__(self, value, label=None):
        self.start, self.label = bool(value), label

    def spec(self):
        return {"kind": "toggle"}

    def to_browser(self, value, axes):
        return value

    def from_browser(self, raw, axes):
        return bool(raw)


class Choice:
    """One of a few ``options``, any values; their text is what one sees."""

    def __init__(self, options, value=None, label=None):
        self.options, self.label = list(options), label
        texts = [str(option) for option in self.options]
        if len(texts) < 2 or len(set(texts)) < len(texts):
            raise ValueError(f"a choice needs two or more different options, not {texts}")
        self.start = self.options[0] if value is None else value
        if self.start not in self.options:
            raise ValueError(f"value={value!r} is not among the options {texts}")

    def spec(self):
        return {"kind": "choice", "texts": list(map(as_text, self.options))}

    def to_browser(self, value, axes):
        return self.options.index(value)

    def from_browser(self, raw, axes):
        return self.options[min(max(int(raw), 0), len(self.options) - 1)]


class Text:
    """A line of text to type, ``longest`` letters at most; ``draw`` gets it as it stands, whatever it is."""

    def __init__(self, value, label=None, *, longest=80):
        if not isinstance(value, str):
            raise ValueError(f"a text control starts with some text, not {value!r}")
        self.start, self.label, self.longest = as_text(value), label, longest

    def spec(self):
        return {"kind": "text", "longest": self.longest}

    def to_browser(self, value, axes):
        return value

    def from_browser(self, raw, axes):
        return as_text(raw)[: self.longest]


class Point:
    """A place on the picture to drag, by mouse, finger or arrow keys; ``draw`` gets (x, y) in data coordinates.

    Draw on axes with fixed limits: where they follow the point, it seems to stand still.
    """

    def __init__(self, x, y, label=None, color="#5b3a9e"):
        if not (math.isfinite(x) and math.isfinite(y)):
            raise ValueError(f"a point needs finite coordinates, not ({x}, {y})")
        self.start, self.label, self.color = (float(x), float(y)), label, color

    def spec(self):
        return {"kind": "point", "color": self.color}

    def to_browser(self, value, axes):
        """Return the place as fractions of the axes, from their lower left corner."""
        if axes is None:
            return [0.5, 0.5]
        place = np.nan_to_num(axes.transAxes.inverted().transform(axes.transData.transform(value)), nan=0.5)
        return np.clip(place, 0, 1).tolist()

    def from_browser(self, raw, axes):
        if axes is None:
            return self.start
        place = np.clip(np.asarray(raw, dtype=float), 0, 1)
        if place.shape != (2,) or np.isnan(place).any():
            raise ValueError(f"a place on the picture is two fractions, not {raw}")
        return tuple(axes.transData.inverted().transform(axes.transAxes.transform(place)).tolist())


class Cell:
    """One place of a grid that lies over the picture's first axes, to click, or to reach with the arrow keys.

    ``draw`` gets (row, column), both from 0 at the upper left.
    """

    def __init__(self, rows, columns, value=(0, 0), label=None):
        self.rows, self.columns, self.start, self.label = rows, columns, tuple(value), label
        row, column = self.start
        if not (0 <= row < rows and 0 <= column < columns):
            raise ValueError(f"value={value!r} is no place in a grid of {rows} rows and {columns} columns")

    def spec(self):
        return {"kind": "cell", "rows": self.rows, "columns": self.columns}

    def to_browser(self, value, axes):
        return value[0] * self.columns + value[1]

    def from_browser(self, raw, axes):
        return divmod(min(max(int(raw), 0), self.rows * self.columns - 1), self.columns)


def short(number):
    """Return a number as a reader wants it: whole, or with three digits that matter."""
    return f"{number:.0f}" if isinstance(number, Integral) or abs(number) >= 1000 else f"{number:.3g}"


def _decimals(number):
    return max(-Decimal(str(number)).normalize().as_tuple().exponent, 0)
