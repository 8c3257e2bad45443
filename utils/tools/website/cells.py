"""A chapter's executed solution as the body of a page: exercises folded, α views with their data, stills elsewhere."""

import base64
import json
import re
import struct
from dataclasses import dataclass, field
from html import escape
from itertools import groupby

import nbformat

from utils.tools.build import for_learner, read
from utils.tools.home import ROOT
from utils.tools.website.text import MarkdownWriter, code, headed, plain

KEPT_AS = "application/vnd.course.alpha+json"  # utils/widgets/alpha_view.py keeps the data of a view there
EXERCISE = re.compile(r"ex-(\d+-\w+?)(?:-\w+)?$")
CAPTION = re.compile(r'<p style="margin:0;opacity[^"]*">')
OPTIONS = re.compile(r" · (?=[A-H] )")
COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")  # what a traceback has for terminals
NOTEBOOK = "It runs in the notebook; this is a still picture."
DRAWN = '<p class="note"><b>{}</b> In the notebook the curve is drawn here while it trains.</p>'
PIXELS = 120 / 96  # figures have 120 dots an inch, pages 96


@dataclass
class Page:
    """What the template needs of a page: words for its head, HTML for its body, headings for its contents."""

    name: str
    title: str = ""
    number: str = ""
    promise: str = ""
    minutes: str = ""
    exercises: int = 0
    alive: int = 0
    body: str = ""
    headings: list = field(default_factory=list)
    view: str = ""

    @property
    def contents(self):
        """The headings of the largest size below the title, as (id, words)."""
        sizes = [level for level, _, _ in self.headings if level > 1]
        return [(id_, words) for level, id_, words in self.headings if level == min(sizes)] if sizes else []


def chapter(stem, *, link, keep, root=ROOT):
    """Return the page of the chapter whose files are called ``stem``.

    link: says where a link of the notebook leads on this page
    keep: takes the bytes of a picture and a name, returns the address to show it from
    Raises ValueError for a solution that was not executed.
    """
    book = nbformat.read(root / "solutions" / f"{stem}.ipynb", as_version=4)
    cells = [cell for cell in book.cells if not cell.metadata.get("jupyter", {}).get("source_hidden")]
    if not all(cell.execution_count for cell in cells if cell.cell_type == "code"):
        raise ValueError(f"the solution of {stem} was not executed: python course.py build {stem[:2]} --execute")
    learner = filter(None, map(for_learner, read(root / "chapters" / "source" / f"{stem}.py")))
    maker = _Maker(MarkdownWriter(link), keep, stem, {cell.id: cell.source for cell in learner})
    body = "".join(maker.group(name, list(each)) for name, each in groupby(cells, _exercise))
    first = cells[0].source
    number, title = re.match(r"# (\d+) · (.+)", first).groups()
    promise = re.search(r"^\*(?!\*)(.+)\*$", first, re.M)
    minutes = re.search(r"About (\d+) minutes", "\n".join(cell.source for cell in cells[:3]))
    found = {"number": number, "promise": promise[1] if promise else "", "minutes": minutes[1] if minutes else ""}
    found |= {"exercises": len(maker.exercises), "alive": maker.alive, "view": maker.view}
    return Page(stem, title, body=body, headings=maker.writer.headings, **found)


def _exercise(cell):
    """Return the number of the exercise a code cell belongs to, such as 7-1, or None."""
    found = EXERCISE.match(cell.id) if cell.cell_type == "code" else None
    return found and found[1]


class _Maker:
    def __init__(self, writer, keep, stem, stubs):
        self.writer, self.keep, self.stem, self.stubs = writer, keep, stem, stubs
        self.exercises, self.alive, self.pictures, self.view = set(), 0, 0, ""

    def group(self, exercise, cells):
        """Return neighbouring cells as HTML; those of one exercise stand behind its stub, folded."""
        inside = "".join(map(self.cell, cells))
        if not exercise:
            return inside
        self.exercises.add(exercise)
        stub = code(self.stubs[cells[0].id]) if cells[0].id in self.stubs else ""
        name = exercise.replace("-", ".")
        summary = f"<summary>Solution of exercise {name}, and what the check says</summary>"
        return f'<div class="step stub">{stub}</div><details class="answer">{summary}{inside}</details>\n'

    def cell(self, cell):
        """Return one cell as HTML."""
        if cell.cell_type != "code":
            return self.writer.html(cell.source)
        asked = [_asked(output) for output in cell.outputs]
        if any(asked):
            return "".join(filter(None, asked))
        out = "".join(map(self.output, cell.outputs))
        return f'<div class="step">{code(cell.source)}{out and f"""<div class="out">{out}</div>"""}</div>\n'

    def output(self, output):
        """Return one output of a cell as HTML."""
        if output.output_type == "stream":
            return f'<pre class="text">{escape(output.text.rstrip())}</pre>' if output.name == "stdout" else ""
        if output.output_type == "error":
            said, trace = f"{output.ename}: {output.evalue}", COLOUR.sub("", "\n".join(output.traceback)).rstrip()
            whole = trace if said.strip() in trace else f"{trace}\n{said}".strip()
            return f'<pre class="text error">{escape(whole)}</pre>'
        data = output.get("data", {})
        if "image/png" in data:
            return self.picture(data, output.metadata)
        if "text/html" in data:
            return headed(CAPTION.sub('<p class="caption">', data["text/html"]))
        text = data.get("text/plain", "")
        board = output.output_type == "display_data" and "\n" not in text  # saved, a training's live plot is its title
        return DRAWN.format(escape(text)) if board else f'<pre class="text">{escape(text)}</pre>'

    def picture(self, data, metadata):
        """Return a figure; an α view takes its data along, and comes alive; other widgets say where they run."""
        png, text = base64.b64decode(data["image/png"]), data.get("text/plain", "")
        self.pictures += 1
        source = self.keep(png, f"{self.stem}_{self.pictures:02}.png")
        width, height = (round(side / PIXELS) for side in struct.unpack(">II", png[16:24]))
        alt = escape(metadata.get("image/png", {}).get("alt") or text)
        image = f'<img src="{source}" alt="{alt}" width="{width}" height="{height}">'
        if KEPT_AS in metadata:
            self.alive += 1
            view = mounted(image, metadata[KEPT_AS])
            self.view = self.view or view
            return view
        note = f"<figcaption>{NOTEBOOK}</figcaption>" if text.startswith(("Panel: ", "α view: ")) else ""
        return f"<figure>{image}{note}</figure>"


def mounted(image, data):
    """Return an α view: its still picture, and the data from which site.js makes it alive."""
    safe = json.dumps(json.loads(data), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    script = f'<script type="application/json">{safe}</script>'
    return f'<div class="alive" tabindex="-1"><figure>{image}</figure>{script}</div>'


def _asked(output):
    """Return a prediction or a quiz as a card with its options, None for any other output.

    Both are widgets whose saved form is a text: "Predict: A … · B …", or a title and then, for each question, a line
    with its number and one with its options.
    """
    text = output.get("data", {}).get("text/plain", "")
    if text.startswith("Predict: A "):
        return _card("Predict", "", [(None, text.removeprefix("Predict: "))])
    title, *lines = text.split("\n")
    if len(lines) < 2 or not lines[0].startswith("1. ") or not lines[1].startswith("   A "):
        return None
    note = "In the notebook you choose, and each option tells why it is right or wrong."
    return _card(title, note, zip(lines[::2], lines[1::2], strict=True))


def _card(title, note, questions):
    parts = [f'<div class="card"><p class="kind">{escape(title)}</p>']
    for question, options in questions:
        items = "".join(f"<li>{_ticks(option[2:])}</li>" for option in OPTIONS.split(options.strip()))
        parts.append((f"<p>{_ticks(question)}</p>" if question else "") + f'<ol class="options">{items}</ol>')
    return "".join(parts) + (f'<p class="note">{note}</p>' if note else "") + "</div>\n"


def _ticks(text):
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def entries(page):
    """Return what the search looks through: [title of the page, heading, address, words] for each section."""
    pieces = re.split(r'<h[123] id="([^"]+)">(.*?)</h[123]>', page.body, flags=re.S)
    titled = zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True)
    return [[page.title, plain(title), f"{page.name}.html#{id_}", plain(words)] for id_, title, words in titled]
