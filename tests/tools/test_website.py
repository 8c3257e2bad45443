"""The course as pages and as one file: what is written, and that a page leads nowhere into the void."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from tests.notebooks import solution_copies
from utils import widgets
from utils.tools.build import read, sources
from utils.tools.home import HOME, ROOT
from utils.tools.website import __main__ as command_line, cells, pages
from utils.tools.website.text import MarkdownWriter, formula

STEMS = [path.stem for path in sources()]
HOSTILE = "</script><script>alert(1)</script><!-- "


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course with the committed solutions."""
    folder = tmp_path_factory.mktemp("course")
    solution_copies(folder)
    shutil.copytree(ROOT / "chapters", folder / "chapters", ignore=shutil.ignore_patterns("mine", "*.ipynb"))
    shutil.copy(ROOT / "README.md", folder)
    return folder


@pytest.fixture(scope="module")
def built(course):
    return pages.site(root=course)


class Seen(HTMLParser):
    """Everything on a page that refers to something, and every id, with the element that holds it."""

    def __init__(self, html):
        super().__init__()
        self.links, self.sources, self.ids, self.pictures, self.tags = [], [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append(tag)
        self.links += [found["href"]] if tag == "a" else []
        self.sources += [found[name] for name in ("src", "href", "srcset", "poster") if name in found and tag != "a"]
        self.ids += [found["id"]] if "id" in found else []
        self.pictures += [found] if tag == "img" else []


def seen(path):
    return Seen(path.read_text(encoding="utf-8"))


def test_every_chapter_the_front_page_and_what_lies_beside_become_pages(course, built):
    beside = [path.stem for end in ("md", "html") for path in (course / "chapters").glob(f"*.{end}")]
    assert sorted(path.stem for path in built.glob("*.html")) == sorted(["index", *STEMS, *beside])
    front = seen(built / "index.html")
    linked = dict.fromkeys(link for link in front.links if link.removesuffix(".html") in STEMS)
    assert list(linked) == [f"{stem}.html" for stem in STEMS]


def test_pages_ask_for_nothing_but_what_lies_beside_them(built):
    for path in built.glob("*.html"):
        for source in seen(path).sources:
            assert source.startswith("data:") or (built / source).is_file(), (path.name, source)
    for path in (built / "assets").glob("*.css"):
        assert not re.search(r"@import|url\(\s*[\"']?(?!data:)", path.read_text(encoding="utf-8"))


def test_every_link_resolves_and_leads_to_a_page_or_away(built):
    all_ids = {path.name: set(seen(path).ids) for path in built.glob("*.html")}
    for path in built.glob("*.html"):
        for link in seen(path).links:
            if re.match("https?:", link):
                continue
            name, _, anchor = link.partition("#")
            assert (name or path.name) in all_ids and (not anchor or anchor in all_ids[name or path.name]), (path, link)


def test_a_word_leads_to_the_glossary_of_the_site_under_its_own_name(built):
    links = {link for path in built.glob("[01]*.html") for link in seen(path).links if "glossary" in link}
    assert len(links) > 50 and all(link.startswith("glossary.html") for link in links)
    assert {"glossary.html#implied-alpha", "glossary.html#self-attention"} <= links
    assert "why-divide-by-d" in seen(built / "02_scores_and_softmax.html").ids


def test_ids_stand_once_and_every_picture_has_its_words_and_its_size(built):
    for path in built.glob("*.html"):
        page = seen(path)
        assert len(page.ids) == len(set(page.ids)), path.name
        assert all(len(picture["alt"]) > 5 and int(picture["width"]) > 50 for picture in page.pictures), path.name


def test_chapters_turn_to_their_neighbours(built):
    for at, stem in enumerate(STEMS):
        turns = dict(re.findall(r'rel="(prev|next)" href="([^"]+)"', (built / f"{stem}.html").read_text("utf-8")))
        near = {"prev": STEMS[at - 1] if at else None, "next": [*STEMS, None][at + 1]}
        assert turns == {way: f"{other}.html" for way, other in near.items() if other}


@pytest.mark.parametrize("stem", STEMS)
def test_exercises_are_folded_and_show_their_stub(built, course, stem):
    html = (built / f"{stem}.html").read_text(encoding="utf-8")
    book = nbformat.read(course / "solutions" / f"{stem}.ipynb", as_version=4)
    numbers = {found[1] for cell in book.cells if (found := re.match(r"ex-(\d+-\w+?)-check$", cell.id))}
    folded = re.findall(r"<summary>Solution of exercise ([\d.a-z]+),", html)
    assert sorted(folded) == sorted(number.replace("-", ".") for number in numbers)
    in_the_open = re.sub(r'<details class="answer">.*?</details>', "", html, flags=re.S)
    assert "passed." in html and "</b> · passed." not in in_the_open


@pytest.mark.parametrize("stem", STEMS)
def test_nothing_that_the_solution_says_is_lost(built, course, stem):
    html = (built / f"{stem}.html").read_text(encoding="utf-8")
    book = nbformat.read(course / "solutions" / f"{stem}.ipynb", as_version=4)
    outputs = [output for cell in book.cells for output in cell.get("outputs", [])]
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(seen(built / f"{stem}.html").pictures) == len(pictures)
    assert html.count('<script type="application/json">') == sum(widgets.KEPT_AS in o.metadata for o in pictures)
    assert html.count('class="kind">Predict<') == sum(cell.source.startswith("predict(") for cell in book.cells)
    told = sum(text.startswith("Panel: ") for o in pictures for text in [o.data.get("text/plain", "")])
    assert html.count(cells.NOTEBOOK) >= told


def test_every_formula_of_the_course_is_drawn_without_a_leftover():
    for path in sources():
        for cell in read(path):
            if cell.cell_type == "markdown":
                html = MarkdownWriter(str).html(cell.source)
                assert not re.search(r"\\[a-zA-Z]|\$", re.sub(r"<(code|pre)\b.*?</\1>", "", html, flags=re.S)), cell.id


def test_formulas_side_by_side_wrap():
    html = MarkdownWriter(str).html(r"$$a = b \qquad c \quad\text{with}\quad d$$")
    assert html.count("<math ") == 4 and "<mtext>with</mtext>" in html
    assert MarkdownWriter(str).html("$$\\begin{matrix} a \\quad b \\end{matrix}$$").count("<math ") == 1
    assert 'width="-0.167em"' in formula(r"a \! b")


@pytest.mark.parametrize(
    ("link", "leads"),
    [
        ("02_b.ipynb", "02_b.html"),
        ("02_b.ipynb#why", "02_b.html#why"),
        ("01_a.ipynb", "#main"),
        ("01_a.ipynb#why", "#why"),
        ("#here", "#here"),
        ("https://arxiv.org/abs/1409.0473", "https://arxiv.org/abs/1409.0473"),
        ("mailto:a@b.c", "mailto:a@b.c"),
        ("../chapters/02_b.ipynb#Why-√d?", "02_b.html#why-d"),
        ("../README.md", f"{HOME}/blob/main/README.md"),
        ("99_gone.ipynb#x", f"{HOME}/blob/main/chapters/99_gone.ipynb#x"),
    ],
)
def test_links_of_a_notebook_become_links_of_a_page(link, leads):
    assert pages.lead(link, {"02_b.ipynb": "02_b.html", "01_a.ipynb": ""}) == leads


def test_one_file_needs_nothing_beside_it(course):
    path = pages.export("02", root=course)
    page = seen(path)
    assert path == course / "export" / "02_scores_and_softmax.html"
    assert all(source.startswith("data:") for source in page.sources) and "link" in page.tags
    assert page.pictures and "math" in page.tags and "followTheAlpha" in path.read_text(encoding="utf-8")
    for link in page.links:
        assert re.match("https?:", link) or link[1:] in page.ids, link
    assert pages.export("02", course / "mail" / "me.html", root=course).read_bytes() == path.read_bytes()


def test_what_cannot_be_written_is_said(course, tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="there is no chapter 99"):
        pages.export("99", root=course)
    (tmp_path / "letters").write_text("mine")
    with pytest.raises(ValueError, match="choose an empty folder"):
        pages.site(tmp_path, root=course)
    assert (tmp_path / "letters").read_text() == "mine"
    with pytest.raises(ValueError, match="imports another"):
        pages.classic("import x from 'y';")
    with pytest.raises(SystemExit, match="there is no chapter 99"):
        command_line.main(["export", "99"])


def test_a_solution_that_did_not_run_is_refused(course, tmp_path):
    stem = STEMS[0]
    (tmp_path / "solutions").mkdir()
    shutil.copytree(course / "chapters", tmp_path / "chapters")
    book = nbformat.read(course / "solutions" / f"{stem}.ipynb", as_version=4)
    for cell in book.cells:
        cell |= {"execution_count": None} if cell.cell_type == "code" else {}
    nbformat.write(book, tmp_path / "solutions" / f"{stem}.ipynb")
    with pytest.raises(ValueError, match=f"build {stem[:2]} --execute"):
        pages.export(stem[:2], root=tmp_path)


def test_a_site_is_written_over_its_elder(course, tmp_path):
    old = pages.site(tmp_path / "site", root=course)
    (old / "17_gone.html").write_text("gone")
    before = {path: path.read_bytes() for path in old.rglob("*") if path.is_file()}
    pages.site(old, root=course)
    after = {path: path.read_bytes() for path in old.rglob("*") if path.is_file()}
    assert after == {path: text for path, text in before.items() if path.name != "17_gone.html"}


def test_the_command_line_says_where_the_file_is(course, capsys, monkeypatch):
    monkeypatch.setattr(command_line, "export", lambda number, to: pages.export(number, to, root=course))
    command_line.main(["export", "0"])
    assert (course / "export" / f"{STEMS[0]}.html").as_uri() in capsys.readouterr().out


def test_the_text_of_a_token_never_becomes_html():
    data = json.dumps({"queries": [HOSTILE]})
    html = cells.mounted('<img src="x" alt="x">', data)
    assert html.count("<script") == html.count("</script") == 1 and "<!--" not in html
    assert json.loads(re.search(r"json\">(.*)</script>", html)[1]) == {"queries": [HOSTILE]}
    card = cells._asked(SimpleNamespace(get=lambda *_: {"text/plain": f"Predict: A {HOSTILE} · B `x`"}))
    assert "<script" not in card and "<code>x</code>" in card


def test_only_the_build_keeps_the_data_of_a_view(monkeypatch):
    view = widgets.alpha([[1.0, 2.0]], keys="ab", queries="q")
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    assert cells.KEPT_AS == widgets.KEPT_AS  # the tools know nothing of the library, so both say it
    assert widgets.KEPT_AS not in view._repr_mimebundle_()[1]
    monkeypatch.setenv("COURSE_STRICT", "1")
    kept = json.loads(view._repr_mimebundle_()[1][widgets.KEPT_AS])
    assert kept["numbers"] == [1.0, 2.0] and kept["keys"] == ["a", "b"] and widgets.KEPT_AS == cells.KEPT_AS


def test_a_training_that_drew_itself_says_where():
    text = nbformat.v4.new_output("display_data", {"text/plain": "Two <runs>"})
    assert "<b>Two &lt;runs&gt;</b> In the notebook" in cells._Maker(MarkdownWriter(str), None, "", {}).output(text)


@pytest.mark.parametrize("trace", [["\x1b[0;31mTraceback\x1b[0m", f"Sad: {HOSTILE}"], [], ["only <here>"]])
def test_an_error_that_was_saved_is_shown(trace):
    error = nbformat.v4.new_output("error", ename="Sad", evalue=HOSTILE, traceback=trace)
    html = cells._Maker(MarkdownWriter(str), None, "", {}).cell(nbformat.v4.new_code_cell("1 / 0", outputs=[error]))
    seen = Seen(html)
    assert "script" not in seen.tags and "\x1b" not in html and 'class="text error"' in html
    assert html.count("Sad: &lt;/script&gt;") == 1 and all(line.replace("<", "&lt;")[:4] in html for line in trace[1:])


def test_the_search_index_holds_every_section(built):
    text = (built / "assets" / "index.js").read_text(encoding="utf-8")
    index = json.loads(text.removeprefix("var courseIndex = ").removesuffix(";\n"))
    assert {Path(entry[2].split("#")[0]).stem for entry in index} >= set(STEMS)
    assert all(len(entry) == 4 and entry[1] and "<" not in entry[1] for entry in index)
