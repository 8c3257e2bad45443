"""Take the README's picture of the α view from the real thing:  python -m tests.screenshots"""

import os
import tempfile

from playwright.sync_api import sync_playwright

from tests.lab import Lab, launch
from utils.build import ROOT

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


def main():
    """Write .github/images/alpha_view.png."""
    os.environ["COURSE_PROGRESS"] = "off"
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = launch(playwright)
        lab = Lab(folder, browser)
        try:
            view = lab.run([SENTENCE]).locator(".alpha-view").first
            view.wait_for()
            view.screenshot(path=ROOT / ".github" / "images" / "alpha_view.png")
        finally:
            lab.close()
            browser.close()


if __name__ == "__main__":
    main()
