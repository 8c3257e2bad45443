"""A panel's text control in a real JupyterLab: what is typed reaches the kernel, and no key reaches the notebook."""

import pytest

pytestmark = pytest.mark.browser

PANEL = """
from utils import plots
from utils.widgets import Text, panel

def picture(word):
    ax = plots.new_axes(5, 2)
    ax.set(title=f"{len(word)} letters")
    return ax

shown = panel(picture, alt=lambda word: f"The word is “{word}”.", word=Text("knight", label="a word", longest=20))
shown
"""


def test_what_is_typed_arrives_and_stays(lab):
    page = lab.run([PANEL])
    field, says = page.get_by_role("textbox", name="a word"), page.locator(".course-panel .says")
    cells = page.locator(".jp-Cell").count()
    for word in ("ddxx ii", "Zoë 🙂 <b>", "", "a" * 30):  # d d deletes a cell, where the notebook gets the keys
        field.fill("")
        field.press_sequentially(word)
        shown = word[:20]
        page.wait_for_function(
            "text => document.querySelector('.course-panel .says').textContent.includes(text)", arg=f"“{shown}”"
        )
        assert field.input_value() == shown
    assert page.locator(".jp-Cell").count() == cells and page.locator(".says b").count() == 0
    page.get_by_role("button", name="reset").click()
    page.wait_for_function("() => document.querySelector('.course-panel input').value === 'knight'")
    field.press("Escape")
    assert page.evaluate("document.activeElement.classList.contains('jp-Cell')")
    assert "knight" in says.inner_text() and page.problems == []
