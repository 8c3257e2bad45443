"""The writer of chapter 11 in a real JupyterLab: it writes by keyboard, stops, and shows odd prompts as they are."""

import pytest

pytestmark = pytest.mark.browser

WRITER = """
from utils.chapters.ch11_generation import sampling
from utils.chapters.ch11_generation.figures import plot_writing
from utils.models.gpt import GPT
from utils.widgets import Slider, Text, panel
from utils.data import topics
from utils.chapters.ch11_generation.step_writer import MOST, StepWriter

writer, names = StepWriter(GPT(topics.VOCAB_SIZE, d_model=16, n_heads=2, n_layers=2)), [*topics.SYMBOLS, "▯"]

def draw(prompt, written):
    page = writer.page(prompt, written)
    return plot_writing(page, names, plain=sampling.chances(page.scores))

def say(prompt, written):
    page = writer.page(prompt, written)
    return f"{len(page.written)} after “{page.prompt}”"

panel(
    draw, alt=say,
    prompt=Text("The ", label="prompt", longest=40), written=Slider(0, MOST, 0, play=True, label="characters"),
)
"""
SAYS = "text => document.querySelector('.course-panel .says').textContent.includes(text)"


def test_it_writes_stops_and_takes_any_prompt(lab):
    page = lab.run([WRITER])
    output = page.locator(".course-panel output")
    page.get_by_role("button", name="play characters").press("Enter")
    page.wait_for_function("() => +document.querySelector('.course-panel output').textContent >= 3")
    page.get_by_role("button", name="pause characters").press("Enter")
    page.get_by_role("button", name="play characters").wait_for()
    written = output.inner_text()
    page.wait_for_function(SAYS, arg=f"{written} after “The ”")
    page.wait_for_timeout(700)
    assert output.inner_text() == written and 3 <= int(written) < 80  # it stands still
    page.get_by_role("textbox", name="prompt").fill("<b>$é")
    page.wait_for_function(SAYS, arg=f"{written} after “<b>$▯”")
    assert page.locator(".says b").count() == 0 and page.problems == []
