"""``panel``: labelled controls in front of one picture that a pure Python function draws."""

import base64
import io
import math
import os
from decimal import Decimal
from numbers import Integral
from pathlib import Path

import anywidget
import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image
from traitlets import Bytes, Dict

from utils import plots

PIXELS = 100  # pixels of the page for one inch of the figure
IN_SIGHT = 4  # controls after the fourth are folded


class Slider:
    """A number between ``low`` and ``high``."""

    def __init__(self, low, high, value, step=None, *, log=False, label=None, unit=""):
        """Keep the places the slider can take; ``value``, where it starts, is always one of them.

        step: what one key press adds, or with ``log`` multiplies by; whole numbers all through stay whole
        unit: text after the number
        """
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
        self.start, self.label = (int if whole else float)(value), label
        show = (lambda x: f"{x:.{digits}f}") if not (whole or log) else _short
        self.texts = [f"{show(place)} {unit}".strip() for place in self.places]

    def spec(self):
        return {"kind": "slider", "texts": self.texts}

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
        return {"kind": "choice", "texts": [str(option) for option in self.options]}

    def to_browser(self, value, axes):
        return self.options.index(value)

    def from_browser(self, raw, axes):
        return self.options[min(max(int(raw), 0), len(self.options) - 1)]


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


class Panel(anywidget.AnyWidget):
    """Controls and the picture that follows them; see ``panel``."""

    _esm = Path(__file__).parent / "static" / "panel.js"
    data = Dict().tag(sync=True)  # what never changes: name, controls, size
    state = Dict().tag(sync=True)  # where the controls stand, where the axes lie, what the picture shows
    picture = Bytes().tag(sync=True)

    def __init__(self, draw, alt, name, controls):
        super().__init__()
        self._controls, self._draw, self._alt, self._axes = controls, draw, alt, None
        self._values, self._problem, self._said = self._start(), "", ""
        self._redraw({}, sharp=1.2)
        width, height = self._axes.figure.get_size_inches() if self._axes else (6.4, 3.6)
        labels = {key: each.label or key.replace("_", " ") for key, each in controls.items()}
        specs = [{"name": key, "label": labels[key], **each.spec()} for key, each in controls.items()]
        size = {"width": round(width * PIXELS), "height": round(height * PIXELS)}
        self.data = {"name": name, "controls": specs, "inSight": IN_SIGHT, **size}
        self._tell("")
        self._still = (self.picture, self._said)
        self.on_msg(self._receive)

    @property
    def values(self):
        """What the controls stand at now, by name."""
        return dict(self._values)

    def _start(self):
        return {name: control.start for name, control in self._controls.items()}

    def _receive(self, _, message, buffers):
        """Take what the browser changed; sharp=0 asks for a quick draft, because more may follow."""
        if message.get("reset"):
            self._values = self._start()
        with self.hold_sync():
            self._redraw(message.get("values", {}), min(message.get("sharp", 0), 3))
            self._tell(message.get("id", ""))

    def _redraw(self, changes, sharp):
        """Draw the values after ``changes``; what goes wrong becomes a sentence, and the last picture stays."""
        try:
            for name, raw in changes.items():
                self._values[name] = self._controls[name].from_browser(raw, self._axes)
            axes = self._draw(**self._values)
            if not isinstance(axes, Axes):
                raise ValueError(f"the drawing function should return axes, not {type(axes).__name__}")
            said = self._alt(**self._values) if callable(self._alt) else self._alt
            draft = self._axes is not None and not sharp
            self.picture = _draft(axes, self._axes) if draft else plots.png(axes, dpi=PIXELS * (sharp or 1))
            self._axes, self._said, self._problem = axes, str(said), ""
        except (Exception, KeyboardInterrupt) as error:
            if os.environ.get("COURSE_STRICT") == "1":
                raise
            self._problem = f"✗ no picture for this: {error or type(error).__name__}"
            if isinstance(error, NotImplementedError):
                self._problem = "○ not attempted yet: this picture needs your code"

    def _tell(self, number):
        """Send where everything stands; ``number`` names the request this answers."""
        stands = {name: self._controls[name].to_browser(value, self._axes) for name, value in self._values.items()}
        points = {name: value for name, value in self._values.items() if isinstance(self._controls[name], Point)}
        places = {name: f"x {_short(x)}, y {_short(y)}" for name, (x, y) in points.items()}
        frame = list(self._axes.get_position().bounds) if self._axes else [0, 0, 1, 1]
        shown = {"values": stands, "places": places, "frame": frame, "alt": self._said, "problem": self._problem}
        self.state = {"id": number, **shown}

    def _repr_mimebundle_(self, **kwargs):
        bundle, metadata = super()._repr_mimebundle_(**kwargs)
        bundle["text/plain"] = f"Panel: {self.data['name']}"
        picture, alt = self._still
        if picture:
            bundle["image/png"] = base64.b64encode(picture).decode()
            metadata = metadata | {"image/png": {"alt": alt}}
        return bundle, metadata


def panel(draw, *, alt, name=None, **controls):
    """Put controls in front of a picture: each change calls ``draw`` with all values and shows what it returns.

    draw: a pure function; takes the controls by name and returns axes (``plots.new_axes``)
    alt: what one sees, a sentence, or a function of the same values that returns it
    name: what the panel is called where it cannot be seen; without it, the name of ``draw`` in words
    controls: Slider, Toggle, Choice or Point, by the name ``draw`` gives it
    """
    if not callable(draw) or not (callable(alt) or (isinstance(alt, str) and alt.strip())):
        raise ValueError("panel(draw, alt=…) needs a function that draws and a sentence, or a function, for alt")
    for key, control in controls.items():
        if not isinstance(control, (Slider, Toggle, Choice, Point)):
            raise ValueError(f"{key} should be a Slider, Toggle, Choice or Point, not {control!r}")
    if not controls:
        raise ValueError("panel needs at least one control, such as width=Slider(0, 1, 0.5)")
    name = name or getattr(draw, "__name__", "picture").replace("_", " ").strip("<>")
    return Panel(draw, alt, name, controls)


def _draft(axes, before):
    """Return the figure as PNG quickly: its axes stay where the last full drawing put them."""
    figure, places = axes.figure, [each.get_position(original=True) for each in before.figure.axes]
    if len(places) == len(figure.axes):
        figure.set_layout_engine("none")
        for each, place in zip(figure.axes, places, strict=True):
            each.set_position(place)
    with matplotlib.rc_context(plots.STYLE):
        figure.dpi = PIXELS
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3]).save(buffer, "png", compress_level=1)
    return buffer.getvalue()


def _decimals(number):
    return max(-Decimal(str(number)).normalize().as_tuple().exponent, 0)


def _short(number):
    return f"{number:.0f}" if isinstance(number, Integral) or abs(number) >= 1000 else f"{number:.3g}"
