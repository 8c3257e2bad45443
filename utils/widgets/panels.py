"""``panel``: labelled controls in front of one picture that a pure Python function draws."""

import base64
import io
import os

import anywidget
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image
from traitlets import Bytes, Dict

from utils import plots
from utils.conversion import as_text
from utils.plots.style import course_style
from utils.plots.text import legible
from utils.widgets.controls import Cell, Choice, Point, Slider, Text, Toggle, short
from utils.widgets.scripts import script

PIXELS = 100  # pixels of the page for one inch of the figure
IN_SIGHT = 4  # controls after the fourth are folded


class Panel(anywidget.AnyWidget):
    """Controls and the picture that follows them; see ``panel``."""

    _esm = script("panel.js", "panel.css")
    data = Dict().tag(sync=True)  # what never changes: name, controls, size
    state = Dict().tag(sync=True)  # where the controls stand, where the axes lie, what the picture shows
    picture = Bytes().tag(sync=True)

    def __init__(self, draw, alt, name, controls):
        super().__init__()
        self._controls, self._draw, self._alt, self._axes = controls, draw, alt, None
        self._values, self._problem, self._said = self._start(), "", ""
        self._redraw({}, sharp=1.2)
        width, height = self._axes.figure.get_size_inches() if self._axes else (6.4, 3.6)
        labels = {key: as_text(each.label or key.replace("_", " ")) for key, each in controls.items()}
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
            self._axes, self._said, self._problem = axes, as_text(said), ""
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
        places = {name: f"x {short(x)}, y {short(y)}" for name, (x, y) in points.items()}
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
    controls: Slider, Toggle, Choice, Text, Point or Cell, by the name ``draw`` gives it
    """
    if not callable(draw) or not (callable(alt) or (isinstance(alt, str) and alt.strip())):
        raise ValueError("panel(draw, alt=…) needs a function that draws and a sentence, or a function, for alt")
    for key, control in controls.items():
        if not isinstance(control, (Slider, Toggle, Choice, Text, Point, Cell)):
            raise ValueError(f"{key} should be a Slider, Toggle, Choice, Text, Point or Cell, not {control!r}")
    if not controls:
        raise ValueError("panel needs at least one control, such as width=Slider(0, 1, 0.5)")
    name = as_text(name or getattr(draw, "__name__", "picture").replace("_", " ").strip("<>"))
    return Panel(draw, alt, name, controls)


def _draft(axes, before):
    """Return the figure as PNG quickly: its axes stay where the last full drawing put them."""
    figure, places = axes.figure, [each.get_position(original=True) for each in before.figure.axes]
    if len(places) == len(figure.axes):
        figure.set_layout_engine("none")
        for each, place in zip(figure.axes, places, strict=True):
            each.set_position(place)
    with course_style(), legible(figure):
        figure.dpi = PIXELS
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3]).save(buffer, "png", compress_level=1)
    return buffer.getvalue()
