"""Training in a real JupyterLab: the picture lives while the kernel works, ■ stops it, and the cell goes on again."""

import re

import pytest

pytestmark = pytest.mark.browser

SETTING = """
import os, time, torch
os.environ["COURSE_BUDGET"] = "1"
from utils.training import seeded_start, train
def loss(model, generator):
    x = torch.randn(16, 3, generator=generator)
    time.sleep(0.01)
    return (model(x) - x.sum(1, keepdim=True)).square().mean()
def fit(model):
    return 1 - (model.weight - 1).abs().mean().clamp(max=1)
"""
CELL = """
with seeded_start(0):
    model = torch.nn.Linear(3, 1)
history = train(model, loss, steps=600, lr=0.01, evaluate=fit, every=20, name="<b>a line</b>")
history
"""
SHORT = CELL.replace("600", "60").replace("seeded_start(0)", "seeded_start(1)")
WATCH = """() => {
    const root = document.querySelector('.jp-CodeCell:last-of-type .course-training');
    window.seen = [];
    new MutationObserver(() => window.seen.push([performance.now(), root.querySelector('progress').value]))
        .observe(root.querySelector('.where'), {childList: true});
}"""


@pytest.fixture(scope="module")
def page(lab):
    page = lab.run([SETTING, SHORT, "None"], size=(1000, 1500))
    page.wait_for_selector(".course-training .note:has-text('finished')")
    return page


def start(page, code):
    """Run ``code`` in the last cell, and do not wait for it."""
    page.locator(".jp-Notebook .jp-CodeCell .cm-content").last.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)
    page.keyboard.press("Control+Enter")
    last = page.locator(".jp-CodeCell").last.locator(".course-training")
    last.wait_for()
    return last


def steps(widget):
    return int(widget.locator("progress").get_attribute("value"))


def test_a_finished_training_shows_its_curves_as_words_too(page):
    widget = page.locator(".course-training").first
    assert widget.get_attribute("aria-label") == "Training <b>a line</b>" == widget.locator(".title").inner_text()
    assert re.fullmatch(r"60 of 60 steps · loss [\d.]+ · fit [\d.]+", widget.locator(".where").inner_text())
    told = widget.locator("svg").get_attribute("aria-label")
    assert re.fullmatch(r"Curves over 60 steps: loss from [\d.]+ to [\d.]+; fit from [\d.]+ to [\d.]+", told)
    assert len(widget.locator("polyline.loss").get_attribute("points").split()) == 4
    assert page.locator(".jp-OutputArea-output", has_text="History: 60 of 60 steps, finished").count()


def test_the_picture_lives_the_stop_button_stops_and_the_cell_goes_on(page):
    widget = start(page, CELL)
    page.wait_for_function("() => document.querySelectorAll('.course-training progress')[1].value > 20")
    page.evaluate(WATCH)
    height = widget.bounding_box()["height"]
    page.wait_for_timeout(2000)
    assert re.fullmatch(r"about \d+ s left; ■ in the toolbar stops, and nothing is lost", note(widget))
    seen = page.evaluate("window.seen")
    assert 5 <= len(seen) <= 12 and seen[-1][1] > seen[0][1]  # about five pictures a second
    page.locator(
        ".jp-NotebookPanel-toolbar [data-command='notebook:interrupt-kernel'], "
        "[data-jp-item-name=interrupt] button, [data-jp-item-name=interrupt] jp-button"
    ).first.click()
    widget.locator(".note", has_text="interrupted; run the cell again to go on").wait_for(timeout=5000)
    stopped = steps(widget)
    assert 20 < stopped < 600 and widget.bounding_box()["height"] == height
    again = start(page, CELL)
    page.wait_for_function(f"() => document.querySelectorAll('.course-training progress')[1].value > {stopped}")
    assert again.locator(".note", has_text="finished").wait_for(timeout=15_000) is None
    assert steps(again) == 600 and "600 of 600 steps" in again.locator("[aria-live]").text_content()
    assert again.bounding_box()["height"] == height
    once_more = start(page, CELL)
    once_more.locator(".note", has_text="finished earlier; fresh=True trains it again").wait_for(timeout=3000)


def note(widget):
    return widget.locator(".note").inner_text()


def test_it_reads_well_in_both_themes_and_on_a_narrow_page(page, lab):
    colours = {}
    for theme in ("dark", "light"):
        lab.set_theme(page, theme)
        widget = page.locator(".course-training").last
        colours[theme] = widget.evaluate("e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]")
    assert colours["dark"] == ["rgb(22, 21, 27)", "rgb(236, 234, 242)"]
    assert colours["light"] == ["rgb(255, 255, 255)", "rgb(29, 27, 34)"]
    assert not widget.evaluate("e => e.scrollWidth > e.clientWidth + 1")
    assert page.problems == []
