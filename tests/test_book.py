"""The course as one book: its glossary, its cheat sheet, and that their words and links hold."""

import re

import pytest

from utils.tools.build import read, sources
from utils.tools.home import ROOT
from utils.tools.website.text import slug

GLOSSARY = (ROOT / "chapters" / "glossary.md").read_text(encoding="utf-8")
ANCHORS = dict(re.findall(r'^### <a id="([a-z-]+)"></a>(.+)$', GLOSSARY, re.M))
ENTRIES = dict(re.findall(r"^### <a .+></a>(.+)\n((?:.+\n)+)", GLOSSARY, re.M))
CHAPTERS = {path.stem: path for path in sources()}
LINK = re.compile(r"\[Chapter (\d+)\]\((\d\d_\w+)\.ipynb\)$")
WORDS = re.compile(r"^Words of this chapter: (.+)\.$", re.M)


def prose(path):
    return "\n\n".join(cell.source for cell in read(path) if cell.cell_type == "markdown")


def test_the_glossary_is_in_order_and_each_word_names_one_chapter_that_exists():
    assert 40 <= len(ENTRIES) <= 60 and GLOSSARY.count("\n### ") == len(ENTRIES)
    names = [name.lower().replace("α", "alpha") for name in ENTRIES]
    assert names == sorted(names) and list(ANCHORS) == [slug(name) for name in names]
    for name, text in ENTRIES.items():
        number, stem = LINK.search(text.strip()).groups()
        assert stem in CHAPTERS and int(stem[:2]) == int(number), name


@pytest.mark.parametrize("stem", CHAPTERS)
def test_a_chapter_links_the_words_that_it_introduces_and_uses_them(stem):
    own = [name for name, text in ENTRIES.items() if LINK.search(text.strip())[2] == stem]
    text = prose(CHAPTERS[stem])
    found = WORDS.findall(text)
    assert len(found) == bool(own)
    anchors = {name: anchor for anchor, name in ANCHORS.items()}
    assert not own or found[0] == " · ".join(f"[{name}](glossary.md#{anchors[name]})" for name in own)
    without = re.sub(WORDS, "", text).lower()
    for name in own:
        assert name.split(" and ")[0].lower() in without, f"{name} is not in the text of {stem}"


def test_every_question_is_a_heading_of_the_chapter_it_leads_to():
    questions = re.findall(r"^- \[(.+)\]\((\d\d_\w+)\.ipynb#(.+)\)$", GLOSSARY, re.M)
    assert len(questions) >= 10
    for question, stem, anchor in questions:
        found = re.search(rf'^##+ (?:<a id="(.+)"></a>)?{re.escape(question)}$', prose(CHAPTERS[stem]), re.M)
        assert found and anchor == (found[1] or question.replace(" ", "-")), question


@pytest.mark.browser
def test_the_cheat_sheet_prints_on_one_page_and_fits_a_phone(browser):
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto((ROOT / "chapters" / "cheat_sheet.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1
    page.close()
