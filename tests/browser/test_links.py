"""Links in a real JupyterLab: a click on a word opens the glossary, and the word is in view."""

import shutil

import pytest

from utils.tools.home import ROOT

pytestmark = pytest.mark.browser
IN_VIEW = """word => [...document.querySelectorAll('.jp-MarkdownViewer h3')].some(heading => {
    const { top, bottom, height } = heading.getBoundingClientRect();
    return heading.textContent.startsWith(word) && height && top >= 0 && bottom <= innerHeight;
})"""


def test_a_click_on_a_word_shows_it(lab):
    (lab.course / "chapters").mkdir(exist_ok=True)
    shutil.copy(ROOT / "chapters" / "glossary.md", lab.course / "chapters")
    page = lab.open("solutions/03_recurrent_networks.ipynb", run=False)
    for word in ("Implied α", "Spectral radius"):  # a letter outside ASCII, and a capital and a space
        page.get_by_role("tab", name="03_recurrent").click()
        page.get_by_role("link", name=word, exact=True).click()
        page.wait_for_function(IN_VIEW, arg=word)
    page.get_by_role("tab", name="glossary").click()
    assert not page.evaluate(IN_VIEW, "Ablation") and page.problems == []
