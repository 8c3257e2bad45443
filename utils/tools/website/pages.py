"""Write the pages: the whole course into a folder, or one chapter into one file that needs nothing beside it."""

import base64
import json
import posixpath
import re
import shutil
from functools import partial
from html import escape
from pathlib import Path
from urllib.parse import unquote

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from utils.tools.build import sources
from utils.tools.home import HOME, ROOT
from utils.tools.website.cells import Page, chapter, entries
from utils.tools.website.text import MarkdownWriter, slug

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "widgets" / "static"
EARLY = """\
try { document.documentElement.dataset.theme = localStorage.getItem("theme"); } catch {}
if (!/^(light|dark)$/.test(document.documentElement.dataset.theme))
  document.documentElement.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
"""
TEMPLATES = Environment(loader=FileSystemLoader(HERE), autoescape=True, trim_blocks=True)


def classic(module):
    """Return an ES module without imports as a classic script that sets ``followTheAlpha``.

    >>> classic("export const one = 1;\\nexport function mount() {}\\nexport default { one };\\n").split("\\n")[1]
    'const one = 1;'
    """
    if re.search(r"^import\b", module, re.M):
        raise ValueError("a module that imports another cannot become a classic script")
    body = re.sub(r"^export default .*$", "", module, flags=re.M)
    body = re.sub(r"^export (?=const|function|class)", "", body, flags=re.M)
    return f"const followTheAlpha = (() => {{\n{body}\nreturn {{ mount }};\n}})();\n"


def script():
    """Return the script of every page."""
    return classic(_text(STATIC / "keys.js") + _text(STATIC / "alpha.js")) + _text(HERE / "site.js")


def style():
    """Return the style sheet of every page."""
    return _text(HERE / "site.css") + _text(STATIC / "alpha.css")


def _text(path):
    return path.read_text(encoding="utf-8")


def _render(page, *, inline, before=None, after=None):
    parts = {"inline": inline, "early": Markup(EARLY)}
    parts |= {"css": Markup(style()), "js": Markup(script().replace("</", "<\\/"))} if inline else {}
    return TEMPLATES.get_template("page.html").render(page=page, parts=parts, before=before, after=after, home=HOME)


def lead(href, here):
    """Return where a link of a notebook leads: to a page in ``here``, or to the course's home.

    here: {name of a file in chapters/: its address on this site}
    """
    if re.match(r"[a-z]+:", href):
        return href
    path, mark, anchor = href.partition("#")
    anchor = slug(unquote(anchor))  # JupyterLab's addresses keep capitals and commas
    if not path:
        return mark + anchor
    path = posixpath.normpath("chapters/" + path)  # solutions/ lies beside it: ../chapters/ is the same from both
    name = path.removeprefix("chapters/")
    if name in here:
        return here[name] + mark + anchor if here[name] or anchor else "#main"
    return f"{HOME}/blob/main/{path}{mark}{anchor}"


# ---- one file --------------------------------------------------------------------------------------------------------


def export(number, to=None, root=ROOT):
    """Write the executed solution of a chapter as one HTML file; return its path.

    number: two digits, such as "07"      to: the file; without it export/NN_title.html
    Raises ValueError where there is no such chapter, or where its solution was not executed.
    """
    (source,) = sources(root, [number])
    page = chapter(source.stem, link=partial(lead, here={f"{source.stem}.ipynb": ""}), keep=_inside, root=root)
    to = Path(to) if to else root / "export" / f"{source.stem}.html"
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(_render(page, inline=True), encoding="utf-8", newline="\n")
    return to


def _inside(png, _):
    return "data:image/png;base64," + base64.b64encode(png).decode()


# ---- the whole site --------------------------------------------------------------------------------------------------


def site(to=None, root=ROOT):
    """Write all chapters, the front page and what lies beside them into a folder; return its path.

    A folder that holds an earlier site is emptied first. Raises ValueError for a folder that holds anything else.
    """
    to = Path(to) if to else root / "site"
    if to.exists() and any(to.iterdir()) and not (to / "assets" / "site.js").exists():
        raise ValueError(f"{to} holds something that is no site of this course: choose an empty folder")
    if to.exists():
        shutil.rmtree(to)
    (to / "assets").mkdir(parents=True)
    (to / "figures").mkdir()
    folder = root / "chapters"
    texts, sheets = sorted(folder.glob("*.md")), sorted(folder.glob("*.html"))
    here = {f"{path.stem}.ipynb": f"{path.stem}.html" for path in sources(root)}
    here |= {path.name: f"{path.stem}.html" for path in [*texts, *sheets]}
    link, keep = partial(lead, here=here), partial(_beside, to)
    chapters = [chapter(path.stem, link=link, keep=keep, root=root) for path in sources(root)]
    others = [_prose(path, link) for path in texts]
    titles = [(f"{page.name}.html", page.title) for page in others]
    titles += [(path.name, _title(path)) for path in sheets]
    pages = [_front(chapters, titles, root), *chapters, *others]
    for at, page in enumerate(pages):
        near = {"before": chapters[at - 2] if 1 < at <= len(chapters) else None}
        near["after"] = chapters[at] if at < len(chapters) else None
        (to / f"{page.name}.html").write_text(_render(page, inline=False, **near), encoding="utf-8", newline="\n")
    for path in sheets:
        shutil.copyfile(path, to / path.name)
    index = json.dumps([entry for page in pages[1:] for entry in entries(page)], ensure_ascii=False)
    for name, text in (("site.js", script()), ("site.css", style()), ("index.js", f"var courseIndex = {index};\n")):
        (to / "assets" / name).write_text(text, encoding="utf-8", newline="\n")
    return to


def _beside(to, png, name):
    (to / "figures" / name).write_bytes(png)
    return f"figures/{name}"


def _prose(path, link):
    """Return the page of a Markdown file."""
    writer = MarkdownWriter(link)
    body = writer.html(_text(path))
    return Page(path.stem, writer.headings[0][2] if writer.headings else path.stem, body=body, headings=writer.headings)


def _title(path):
    found = re.search(r"<h1[^>]*>([^<]+)", _text(path))
    return found[1] if found else path.stem.replace("_", " ")


def _front(chapters, others, root):
    """Return the front page; its routes are those of the README."""
    routes = re.search(r"^\*\*The short route\*\*.*$", _text(root / "README.md"), re.M)
    routes = MarkdownWriter(escape).html(routes[0]) if routes else ""
    words = {"chapters": chapters, "others": others, "routes": routes, "view": chapters[0].view, "home": HOME}
    return Page("index", body=TEMPLATES.get_template("front.html").render(words))
