"""Take the README's pictures, which move, from the real thing:  python -m tests.browser.screenshots"""

import io
import os
import tempfile

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.lab import Lab, launch
from utils.tools.home import ROOT

IMAGES = ROOT / ".github" / "images"
SENTENCE = """
import numpy as np
from utils import widgets
words = "the cat sat because it slept".split()
scores = np.array([
    [2.0, 0, 0, 0, 0, 0], [0.6, 1.6, 0, 0, 0, 0], [0.2, 2.1, 0.6, 0, 0, 0],
    [0.1, 0.5, 1.4, 0.9, 0, 0], [0.9, 2.6, 0.4, -0.2, 1.2, 0], [0.1, 1.9, 0.3, 0.4, 1.6, 0.7],
])
values = np.random.default_rng(4).uniform(0, 1, size=(6, 4)).round(1)
widgets.alpha(scores, queries=words, values=values, mask="causal", temperature=0.8, row=4)
"""
BIRTH = """
from utils.chapters.ch12_reading_alpha import induction
from utils.chapters.ch12_reading_alpha.figures import plot_birth
from utils.widgets import Slider, panel
row = induction.example()
model = induction.make(n_heads=1, seed=0)
history = induction.teach(model, steps=160, seed=0, row=row)
letters = induction.names(row[0].tolist())
draw = lambda note: plot_birth(history, note, letters)
panel(draw, name="birth", alt="α while it is learnt", note=Slider(0, 32, 0, label="note, one each five steps"))
"""


def still(view):
    """Return what an element looks like."""
    return Image.open(io.BytesIO(view.screenshot())).convert("RGB")


def film(name, view, keys, *, ms):
    """Press ``keys`` one by one and keep what the view looks like after each, as a picture that moves."""
    frames = [still(view)]
    for key in keys:
        view.page.keyboard.press(key)
        view.page.wait_for_timeout(500)
        frames.append(still(view))
    frames[0].save(IMAGES / name, save_all=True, append_images=frames[1:], duration=ms, loop=0, quality=60, method=6)


def main():
    """Write .github/images."""
    os.environ |= {"COURSE_PROGRESS": "off", "COURSE_BUDGET": "1"}
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = launch(playwright)
        lab = Lab(folder, browser)
        try:
            view = lab.run([SENTENCE]).locator(".alpha-view").first
            view.wait_for()
            view.get_by_role("slider", name="temperature").focus()
            film("alpha_view.webp", view, ["ArrowLeft"] * 6 + ["ArrowRight"] * 12 + ["ArrowLeft"] * 6, ms=250)
            view = lab.run([BIRTH], size=(1300, 1600)).locator(".course-panel").first
            view.get_by_role("slider").focus()
            film("birth.webp", view, ["ArrowRight"] * 30, ms=200)
        finally:
            lab.close()
            browser.close()


if __name__ == "__main__":
    main()
