"""Every chapter as a learner meets it: opened in JupyterLab, run from top to bottom, nothing solved."""

import nbformat
import pytest

from tests.notebooks import is_check
from utils.tools.build import sources

pytestmark = pytest.mark.browser
NAMES = [path.stem for path in sources()]


@pytest.mark.parametrize("name", NAMES)
def test_an_unsolved_chapter_runs_from_top_to_bottom(lab, name):
    page = lab.open(f"chapters/{name}.ipynb")
    assert page.problems == []
    page.keyboard.press("Control+s")
    page.wait_for_function("() => !document.querySelector('.jp-mod-dirty')", timeout=10_000)
    saved = nbformat.read(lab.course / "chapters" / f"{name}.ipynb", as_version=4)
    checks = [cell for cell in saved.cells if is_check(cell)]
    assert checks and all(cell.outputs[0].data["text/plain"].startswith("○") for cell in checks)


def test_a_solution_shows_its_pictures_without_being_run(lab):
    """What GitHub, a PDF and an untrusted notebook show: every widget stands there as a still picture."""
    name = "01_weighted_sums"
    page = lab.open(f"solutions/{name}.ipynb", run=False)
    book = nbformat.read(lab.course / "solutions" / f"{name}.ipynb", as_version=4)
    pictures = [o for c in book.cells for o in c.get("outputs", []) if "image/png" in o.get("data", {})]
    seen = set()
    scroller = page.locator(".jp-WindowedPanel-outer").first
    for _ in range(60):
        seen |= set(page.locator(".jp-OutputArea img").evaluate_all("all => all.map(i => i.src.slice(-99))"))
        assert page.get_by_text("Error displaying widget").count() == 0
        scroller.evaluate("e => e.scrollBy(0, 500)")
        page.wait_for_timeout(120)
    assert len(seen) == len(pictures) >= 5
