"""Any text in a figure: dollars, half letters, letters that the usual font lacks. A picture, no error, no warning."""

import json

import numpy as np
import pytest
from matplotlib.font_manager import findfont
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text

from utils import plots, widgets
from utils.conversion import as_text
from utils.plots.text import FOUND, literal
from utils.widgets import panel

pytestmark = pytest.mark.filterwarnings("error")
DOLLARS = ["Ba$$in", "from $5 to $6", "a $ b", r"a$\foo$b", r"$\alpha$", "$x_1$", r"\$", "$", r"\\$5$"]
ODD = ["\ud83d", "a\udcc3b", "\udc00\ud800", "中文", "🙂", "\x00\t\n", "<b>&amp;</b>", ""]
SHARED = [chr(code) for code in FT2Font(findfont("STIXGeneral")).get_charmap() if 0x2000 < code < 0xE000]
USUAL = FT2Font(findfont("DejaVu Sans")).get_charmap()
LACKED = next((letter for letter in SHARED if ord(letter) not in USUAL), None)


def drawn(ax):
    """Return the texts of a figure as they are drawn."""
    assert len(plots.png(ax)) > 1000
    told = []
    for text in ax.figure.findobj(Text):
        shown, formula = text._preprocess_math(text.get_text())
        told.append((shown, formula))
    return told


@pytest.mark.parametrize("text", DOLLARS + ODD)
def test_a_title_and_a_label_are_shown_as_they_are(text):
    told = drawn(plots.plot_alpha(np.eye(2), [text, "b"], title=text or None))
    assert (as_text(text), False) in told
    assert not any(formula for _, formula in told)


@pytest.mark.parametrize("text", ["a$b$$", "from $5 to $6", "\ud83d", "Q$7"])
def test_what_one_writes_oneself_is_shown_as_it_is_wherever_it_stands(text):
    ax = plots.new_axes()
    ax.plot([1, 100], [1, 2], label=text)
    ax.set(xscale="log", xlabel=text, title=text)
    ax.set_yticks([1, 2], [text, "b"])
    ax.text(1, 1, text)
    ax.figure.suptitle(text)
    ax.legend()
    told = drawn(ax)
    assert [formula for shown, formula in told if shown == as_text(text)].count(False) >= 6
    assert {formula for shown, formula in told if "mathdefault" in shown} == {True}  # 10² on the axis


def test_a_formula_is_a_formula():
    ax = plots.new_axes()
    ax.set_title(r"$\sqrt{d}$ and $x_1$")
    assert (ax.get_title(), True) in drawn(ax)


@pytest.mark.skipif(LACKED is None, reason="no second font")
def test_a_letter_that_the_font_lacks_comes_from_one_that_has_it():
    ax = plots.plot_alpha(np.eye(2), ["a", LACKED], title=f"中{LACKED}")
    assert drawn(ax) and FOUND[LACKED] in ax.get_yticklabels()[1].get_fontfamily()
    missing = plots.plot_alpha(np.eye(2), ["a", "中"], title="中")
    assert (plots.png(ax) != plots.png(missing)) and "Last Resort" not in str(FOUND)


@pytest.mark.parametrize("text", [DOLLARS[0], *ODD[:6], "a" * 200])
def test_a_view_takes_any_label_and_any_title(text, monkeypatch):
    monkeypatch.setenv("COURSE_STRICT", "1")
    view = widgets.alpha(np.eye(2), queries=[text, "b"], title=text, presets={text: np.eye(2) > 0})
    bundle, metadata = view._repr_mimebundle_()
    kept = json.loads(metadata[widgets.KEPT_AS].encode())
    assert kept["queries"][0] == kept["title"] == as_text(text) and bundle["image/png"]
    json.dumps([view.data["queries"], metadata["image/png"]["alt"]], ensure_ascii=False).encode()


@pytest.mark.parametrize("text", DOLLARS[:4] + ODD[:3])
def test_a_panel_takes_any_text(text):
    def picture(word):
        ax = plots.new_axes(3, 2)
        ax.set(title=word)
        return ax

    shown = panel(picture, alt=lambda word: f"it says {word}", word=widgets.Text("knight", longest=300))
    for sharp in (0, 1):
        shown._receive(None, {"values": {"word": text}, "sharp": sharp, "id": "1"}, [])
        assert shown.state["problem"] == "" and shown.state["alt"] == f"it says {as_text(text)}"
    json.dumps(shown.state, ensure_ascii=False).encode()


def test_halves_are_replaced_and_pairs_put_together():
    assert as_text("\ud83d\ude42 \ud83dx") == "🙂 \ufffdx" and as_text(7) == "7"
    assert literal("$5") == r"\$5"
