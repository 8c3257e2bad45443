"""Every link of the notebooks and texts: it holds in JupyterLab and on GitHub; of the site see tools/test_website."""

import re
from urllib.parse import unquote

import nbformat
import pytest

from utils.tools.build import notebook, read, solved, sources
from utils.tools.home import ROOT
from utils.tools.website.text import plain, slug

CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.M | re.S)
LINK = re.compile(r"""\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)|(?:href|src)=["']([^"']+)""")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.M)
NAMED = re.compile(r'<\w+ [^>]*\bid="([^"]+)"')
TEXTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(ROOT.glob("chapters/*.md"))]
BOOKS = [ROOT / folder / f"{path.stem}.ipynb" for folder in ("chapters", "solutions") for path in sources()]
READ = {}


def prose(path):
    """Return the Markdown of a notebook or a text, without its code."""
    if path not in READ:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            cells = nbformat.reads(text, as_version=4).cells
            text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        READ[path] = CODE.sub("", text) if path.suffix != ".html" else text
    return READ[path]


def links(path):
    """Return the links that stay in the course."""
    found = [one or other for one, other in LINK.findall(prose(path))]
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def in_jupyterlab(path):
    """Return what JupyterLab 4 can scroll to: ids, and headings with "-" for a space.

    An address reaches it with %-signs for all letters outside ASCII, and it does not turn them back.
    """
    words = [plain(heading).replace(" ", "-") for heading in HEADING.findall(prose(path))]
    return {name for name in [*words, *NAMED.findall(prose(path))] if name.isascii()}


def on_github(path):
    """Return what GitHub can scroll to: ids, headings in small letters; in a notebook headings as JupyterLab's."""
    if path.suffix == ".ipynb":
        return in_jupyterlab(path)
    return {*map(slug, map(plain, HEADING.findall(prose(path)))), *NAMED.findall(prose(path))}


def dead(path, targets, rule):
    """Return the links of a file that lead nowhere by one of the rules above."""
    wrong = []
    for link in links(path):
        name, _, anchor = link.partition("#")
        to = (path.parent / unquote(name)).resolve() if name else path
        inside = to.is_relative_to(ROOT) and (to.is_dir() or to in targets)
        if not inside or (anchor and unquote(anchor) not in rule(to)):
            wrong.append(link)
    return wrong


@pytest.fixture(scope="module")
def listed():
    """Everything that belongs to the course, as paths."""
    return {ROOT / line for line in (ROOT / "utils" / "tools" / "contents.txt").read_text("utf-8").splitlines()}


@pytest.mark.parametrize("path", [*TEXTS, *BOOKS], ids=lambda path: path.relative_to(ROOT).as_posix())
@pytest.mark.parametrize("rule", [in_jupyterlab, on_github])
def test_every_link_holds(path, rule, listed):
    assert dead(path, listed, rule) == []


def test_the_solution_of_a_source_links_what_its_chapter_links():
    for path in sources():
        text = "\n\n".join(cell.source for cell in notebook(read(path), solved).cells if cell.cell_type == "markdown")
        theirs = [one or other for one, other in LINK.findall(CODE.sub("", text))]
        ours = links(ROOT / "chapters" / f"{path.stem}.ipynb")
        theirs = [link for link in theirs if not re.match(r"[a-z]+:", link)]
        assert [link.removeprefix("../chapters/") for link in theirs] == ours
        assert all(link.startswith("../chapters/") or ".ipynb" in link.split("#")[0] for link in theirs)


def test_the_rules_find_what_is_dead(tmp_path):
    path = tmp_path / "a.md"
    path.write_text('# A word\n\n### <a id="alpha-x"></a>α x\n', encoding="utf-8")
    assert in_jupyterlab(path) == {"A-word", "alpha-x"}
    assert on_github(path) == {"a-word", "α-x", "alpha-x"}
    assert sum(len(links(path)) for path in [*TEXTS, *BOOKS]) > 350
