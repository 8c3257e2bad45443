"""Panels without a browser: controls map what the browser sends, errors become sentences, a still comes along."""

import base64
import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from utils import plots
from utils.widgets import Cell, Choice, Point, Slider, Toggle, panel


def drawn(**values):
    ax = plots.new_axes(5, 3)
    ax.set(xlim=(0, 10), ylim=(-1, 1))
    return ax


def send(shown, sharp=0, **values):
    """Do what the browser does when ``values`` changed; return the answer."""
    shown._receive(shown, {"id": "view-1", "sharp": sharp, "values": values}, [])
    return shown.state


def test_values_follow_what_the_browser_sends():
    shown = panel(drawn, alt="A line.", n=Slider(1, 5, 2), on=Toggle(True), word=Choice(["the", None, 3]))
    assert shown.values == {"n": 2, "on": True, "word": "the"}
    answer = send(shown, n=3, on=False, word=2)
    assert shown.values == {"n": 4, "on": False, "word": 3}
    assert (answer["id"], answer["values"]) == ("view-1", {"n": 3, "on": False, "word": 2})
    send(shown, n=99, word=-4)  # beyond the ends: the ends
    assert shown.values == {"n": 5, "on": False, "word": "the"}
    shown.values["n"] = 1  # a copy
    assert shown.values["n"] == 5
    shown._receive(shown, {"reset": True, "id": "x"}, [])
    assert shown.values == {"n": 2, "on": True, "word": "the"}


@pytest.mark.parametrize(
    "slider, first, last, texts",
    [
        (Slider(0, 1, 0.3, 0.1), [0, 0.1, 0.2, 0.3], 1.0, ["0.0", "0.1", "0.2", "0.3"]),
        (Slider(0, 1, 0.2), [0, 0.01, 0.02], 1.0, ["0.00", "0.01", "0.02"]),
        (Slider(-2, 2, 0), [-2, -1, 0], 2, ["-2", "-1", "0"]),
        (Slider(1, 1024, 32, log=True, unit="keys"), [1, 2, 4], 1024, ["1 keys", "2 keys", "4 keys"]),
        (Slider(1, 9, 3, step=2, log=True), [1, 2, 3, 4, 8, 9], 9, ["1", "2", "3"]),
        (Slider(0.01, 100, 1, log=True), [0.01, 0.0112, 0.0126], 100.0, ["0.01", "0.0112", "0.0126"]),
        (Slider(1e-5, 1e-3, 1e-4), [1e-5, 1.99e-5, 2.98e-5], 1e-3, ["0.0000100", "0.0000199", "0.0000298"]),
        (Slider(-0.3, 0.3, 0, 0.1), [-0.3, -0.2, -0.1, 0, 0.1], 0.3, ["-0.3", "-0.2", "-0.1", "0.0"]),
        (Slider(0, 1, 0.5, 0.3), [0, 0.3, 0.5, 0.6, 0.9, 1], 1.0, ["0.0", "0.3", "0.5"]),
    ],
)
def test_slider_places(slider, first, last, texts):
    assert slider.places[: len(first)] == pytest.approx(first, abs=1e-9)
    assert slider.places[-1] == last and slider.start in slider.places
    assert slider.texts[: len(texts)] == texts
    assert len({type(place) for place in slider.places}) == 1
    assert all(slider.from_browser(slider.to_browser(place, None), None) == place for place in slider.places)


def test_only_a_slider_that_is_asked_to_plays():
    shown = panel(drawn, alt="A line.", n=Slider(1, 5, 2), t=Slider(0, 9, 0, play=True))
    assert [control["play"] for control in shown.data["controls"]] == [False, True]


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_a_point_is_mapped_through_the_axes(scale):
    def draw(at):
        ax = plots.new_axes()
        ax.set(xlim=(1, 100), ylim=(-1, 1), xscale=scale)
        return ax

    shown = panel(draw, alt="A point.", at=Point(10, 0))
    at = shown.state["values"]["at"]
    assert at == pytest.approx([0.5 if scale == "log" else 9 / 99, 0.5])
    send(shown, at=[0.5, 0.75])
    assert shown.values["at"] == pytest.approx((10 if scale == "log" else 50.5, 0.5))
    send(shown, at=[1.7, -3])
    assert shown.values["at"] == pytest.approx((100, -1))
    left, bottom, width, height = shown.state["frame"]
    assert 0 < left < 0.2 and 0 < bottom < 0.25 and left + width <= 1 and bottom + height <= 1
    assert shown.state["places"] == {"at": "x 100, y -1"}


def test_a_draft_keeps_the_layout_and_a_sharp_picture_is_larger():
    shown = panel(drawn, alt="A line.", n=Slider(1, 5, 2))
    frame = shown.state["frame"]
    assert (shown.data["width"], shown.data["height"]) == (500, 300)
    assert send(shown, n=3)["frame"] == pytest.approx(frame)
    assert Image.open(io.BytesIO(shown.picture)).size == (500, 300)
    send(shown, sharp=2)
    assert Image.open(io.BytesIO(shown.picture)).size == (1000, 600)


def test_an_error_is_a_sentence_and_the_next_value_recovers():
    def draw(n, at):
        if n == 3:
            raise ValueError("three is too many")
        return None if n == 4 else drawn()

    shown = panel(draw, alt=lambda n, at: f"n is {n}.", n=Slider(1, 5, 2), at=Point(5, 0))
    before = shown.picture
    assert send(shown, n=2)["problem"] == "✗ no picture for this: three is too many"
    assert shown.picture == before and shown.values["n"] == 3
    assert "should return axes, not NoneType" in send(shown, n=3)["problem"]
    assert "two fractions" in send(shown, n=0, at=[0.5, float("nan")])["problem"]
    assert "no_such_control" in send(shown, no_such_control=1)["problem"]
    answer = send(shown, n=4)
    assert answer["problem"] == "" and answer["alt"] == "n is 5."


def test_an_exercise_not_yet_done_leaves_the_place_free(monkeypatch):
    def draw(n, at):
        raise NotImplementedError("your turn")

    shown = panel(draw, alt="Nothing yet.", n=Slider(1, 5, 2), at=Point(5, 0))
    assert shown.state["problem"].startswith("○ not attempted yet")
    assert (shown.data["width"], shown.data["height"]) == (640, 360)
    assert send(shown, at=[0, 0])["values"]["at"] == [0.5, 0.5]
    assert set(shown._repr_mimebundle_()[0]) == {"text/plain", "application/vnd.jupyter.widget-view+json"}
    monkeypatch.setenv("COURSE_STRICT", "1")  # solutions are built so: there it must not pass unseen
    with pytest.raises(NotImplementedError):
        panel(draw, alt="Nothing yet.", n=Slider(1, 5, 2), at=Point(5, 0))


def test_the_saved_form_is_the_first_picture_whatever_happened_since():
    shown = panel(drawn, alt=lambda n: f"n is {n}.", name="a line", n=Slider(1, 5, 2))
    still = shown._repr_mimebundle_()
    send(shown, n=4)
    assert shown._repr_mimebundle_() == still
    bundle, metadata = still
    assert bundle["text/plain"] == "Panel: a line"
    assert metadata["image/png"] == {"alt": "n is 2."}
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))))
    assert picture.shape[:2] == (360, 600) and picture.std() > 0
    assert panel(drawn, alt="x", n=Slider(1, 5, 2))._repr_mimebundle_()[0]["text/plain"] == "Panel: drawn"


@pytest.mark.parametrize(
    "wrong, says",
    [
        (lambda: panel(drawn, alt="x"), "at least one control"),
        (lambda: panel(drawn, alt=" ", n=Slider(0, 1, 0)), "for alt"),
        (lambda: panel(None, alt="x", n=Slider(0, 1, 0)), "a function that draws"),
        (lambda: panel(drawn, alt="x", n=3), "n should be a Slider, Toggle, Choice, Text, Point or Cell, not 3"),
        (lambda: Slider(0, 1, 2), "low <= value <= high, not 0, 2, 1"),
        (lambda: Slider(1, 1, 1), "low <= value <= high"),
        (lambda: Slider(0, float("inf"), 1), "low <= value <= high"),
        (lambda: Slider(0, 1, 0.5, log=True), "low > 0, not 0"),
        (lambda: Slider(0, 1, 0.5, step=0), "step should be above 0, not 0"),
        (lambda: Slider(1, 9, 3, step=1, log=True), "step should be above 1, not 1"),
        (lambda: Slider(0, 1, 0.5, step=1e-6), "at most 1000"),
        (lambda: Slider(0, 9, 0, play="fast"), "play should be True or False, not 'fast'"),
        (lambda: Slider(0, 9, 0, play=4), "play should be True or False, not 4"),
        (lambda: Choice(["one"]), "two or more"),
        (lambda: Choice(["1", 1]), "different options"),
        (lambda: Choice(["a", "b"], "c"), "value='c' is not among"),
        (lambda: Point(float("nan"), 0), "finite coordinates"),
    ],
)
def test_misuse_is_named(wrong, says):
    with pytest.raises(ValueError) as error:
        wrong()
    assert says in str(error.value)


def test_torch_is_not_loaded():
    code = "import sys, utils.widgets.panels; print({'torch', 'matplotlib.pyplot'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"


def test_a_cell_is_a_row_and_a_column_and_never_leaves_its_grid():
    shown = panel(drawn, alt="A line.", patch=Cell(2, 3, (1, 0), label="patch"))
    assert shown.values == {"patch": (1, 0)} and shown.state["values"] == {"patch": 3}
    assert send(shown, patch=5)["values"] == {"patch": 5} and shown.values == {"patch": (1, 2)}
    send(shown, patch=99)
    assert shown.values == {"patch": (1, 2)}
    with pytest.raises(ValueError, match="2 rows and 3 columns"):
        Cell(2, 3, (2, 0))
