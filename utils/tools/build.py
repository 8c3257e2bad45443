"""Build the notebooks: one text source per chapter, two notebooks out.

    python -m utils.tools.build                 write chapters/ and solutions/ from chapters/source/
    python -m utils.tools.build --execute       and run the solutions that changed, keeping their outputs
    python -m utils.tools.build 03 --execute    only chapter 03, run in any case
    python -m utils.tools.build 03 --fresh      only the learner's notebook of chapter 03
    python -m utils.tools.build --check         write nothing; fail if a notebook is not what its source says

A chapter that a learner edited is copied to chapters/mine/ before it is written again.
"""

import argparse
import ast
import copy
import os
import re
import sys

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from utils.tools import contents
from utils.tools.backup import digest, keep
from utils.tools.home import HOME, ROOT

BLOCK = re.compile(r"^( *)### BEGIN SOLUTION\n(.*?)^ *### END SOLUTION(?:\n|\Z)", re.M | re.S)
INSTEAD = re.compile(r"^ *### INSTEAD\n", re.M)
CELL = re.compile(r"^# %%.*$", re.M)
BESIDE = re.compile(r"(?<=\]\()(?=[\w-]+\.(?:md|html)\b)")  # before a link to what lies in chapters/ only
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
SETUP = f"""\
# Set-up: finds the course's folder and puts it first on Python's path. Nothing here to change.
import subprocess
import sys
from pathlib import Path

HOME = "{HOME}"
if "google.colab" in sys.modules and not Path("course").exists():  # Colab opens a notebook without its folder
    subprocess.run(["git", "clone", "--quiet", "--depth=1", HOME, "course"], check=True)
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "anywidget"], check=True)

places = [Path.cwd(), *Path.cwd().parents, Path.cwd() / "course"]
root = next((str(place) for place in places if (place / "utils" / "__init__.py").exists()), None)
if root is None:
    raise FileNotFoundError(f"This notebook needs the folders beside it. Download the whole course: {{HOME}}")
sys.path[:] = [root] + [place for place in sys.path if place != root]"""


def sources(root=ROOT, numbers=()):
    """Return the paths of the chapters' sources, all or those whose two-digit numbers are asked for."""
    found = sorted((root / "chapters" / "source").glob("[0-9][0-9]_*.py"))
    unknown = set(numbers) - {path.name[:2] for path in found}
    if unknown:
        have = ", ".join(path.name[:2] for path in found)
        raise ValueError(f"there is no chapter {', '.join(sorted(unknown))}; there are {have}")
    return [path for path in found if not numbers or path.name[:2] in numbers]


def with_ids(text):
    """Return the text of a source in which every cell has an id, new ones made from the cell's first words."""
    taken = set(re.findall(r'^# %%.*\bid="([^"]+)"', text, re.M))
    pieces = CELL.split(text)
    markers = CELL.findall(text)
    for place, marker in enumerate(markers):
        if 'id="' not in marker:
            words = re.findall(r"[a-z0-9]+", re.sub(r'^\s*r?"""', "", pieces[place + 1]).lower())[:4]
            stem = "-".join(words)[:40] or "cell"
            new = next(name for name in [stem, *(f"{stem}-{n}" for n in range(2, 999))] if name not in taken)
            taken.add(new)
            markers[place] = f'{marker.rstrip()} id="{new}"'
    return pieces[0] + "".join(marker + piece for marker, piece in zip(markers, pieces[1:], strict=True))


def read(source):
    """Return the cells of a source, each with the id that the source gives it, the set-up cell after the title."""
    text = with_ids(source.read_text(encoding="utf-8"))
    cells = jupytext.reads(text, fmt="py:percent").cells
    for cell in cells:
        cell.id = cell.metadata.pop("id")
    folded = {"jupyter": {"source_hidden": True}}
    cells.insert(1, nbformat.v4.new_code_cell(SETUP, id="set-up", metadata=folded))
    names = [cell.id for cell in cells]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"{source.name}: the cell id {', '.join(sorted(twice))} stands more than once")
    return cells


def for_learner(cell):
    """Return the learner's view of a cell: every solution becomes a stub; None for a cell tagged ``solution``."""
    if "solution" in cell.metadata.get("tags", []):
        return None
    cell.source = BLOCK.sub(_stub, cell.source).rstrip()
    return cell


def _stub(match):
    indent, body = match.groups()
    if INSTEAD.search(body):  # something to mend
        return INSTEAD.split(body)[1]
    if indent:
        return f'{indent}raise NotImplementedError("your turn")\n'
    targets = [target for node in ast.parse(body).body if isinstance(node, ast.Assign) for target in node.targets]
    names = [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
    if not names:
        raise ValueError(f"a solution at top level should assign a name: {body!r}")
    return "".join(f"{name} = ...\n" for name in dict.fromkeys(names))


def solved(cell):
    """Return the solved view of a cell: the same without the markers, its links as they lead from solutions/."""
    if cell.cell_type == "markdown":
        cell.source = BESIDE.sub("../chapters/", cell.source)
    cell.source = BLOCK.sub(lambda match: INSTEAD.split(match[2])[0], cell.source).rstrip()
    return cell


def notebook(cells, view):
    """Return one view of ``cells`` as a notebook with its digest, the same bytes every time."""
    kept = [cell for cell in map(view, copy.deepcopy(cells)) if cell is not None]
    book = nbformat.v4.new_notebook(cells=kept, metadata=copy.deepcopy(METADATA))
    book.metadata["course"] = {"digest": digest(book)}
    nbformat.validate(book)
    return book


def execute(book, folder):
    """Run a notebook in ``folder`` with strict checks and full budgets; keep only outputs that are always the same."""
    environment = {**os.environ, "COURSE_STRICT": "1", "COURSE_PROGRESS": "off"}
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(book, timeout=300, kernel_name="python3", record_timing=False, resources=resources)
    client.execute(env=environment)
    for cell in book.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    book.metadata = {**copy.deepcopy(METADATA), "course": book.metadata["course"]}
    return book


def _text(book):
    return nbformat.writes(book, indent=1, sort_keys=True) + "\n"


def _load(path):
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError, KeyError, AttributeError):
        return None


def _cells(book):
    return [(cell.get("id"), cell.cell_type, cell.source, cell.metadata) for cell in book.cells]


def _same_cells(path, book, *, executed):
    """Return whether the solution at ``path`` has the cells of ``book`` and, where asked for, was executed."""
    old = _load(path)
    if old is None or _cells(old) != _cells(book):
        return False
    return not executed or all(cell.execution_count for cell in old.cells if cell.cell_type == "code")


def build(root=ROOT, numbers=(), *, fresh=False, run=False):
    """Write the notebooks of the chapters asked for; return sentences about what was done."""
    said = []
    for source in sources(root, numbers):
        if not fresh:
            text = source.read_text(encoding="utf-8")
            if (named := with_ids(text)) != text:
                source.write_text(named, encoding="utf-8", newline="\n")
        cells = read(source)
        said += _write_chapter(root / "chapters" / f"{source.stem}.ipynb", notebook(cells, for_learner))
        if not fresh:
            said += _write_solution(root / "solutions" / f"{source.stem}.ipynb", notebook(cells, solved), run, numbers)
    if not fresh and _outdated_contents(root):
        (root / contents.NAME).parent.mkdir(exist_ok=True)
        (root / contents.NAME).write_text(contents.listing(root), encoding="utf-8", newline="\n")
        said.append(f"wrote {contents.NAME}")
    return said


def _outdated_contents(root):
    path, names = root / contents.NAME, contents.listing(root)
    fine = names is None or (path.exists() and path.read_text(encoding="utf-8") == names)
    return [] if fine else [path]


def _write_chapter(path, book):
    copied, text = keep(path), _text(book)
    if path.exists() and path.read_text(encoding="utf-8", errors="replace") == text:
        return []
    path.write_text(text, encoding="utf-8", newline="\n")
    where = f"; your version is kept as {copied.relative_to(path.parent.parent)}" if copied else ""
    return [f"wrote {path.parent.name}/{path.name}{where}"]


def _write_solution(path, book, run, named):
    if _same_cells(path, book, executed=run) and not (run and named):
        return []
    if run:
        execute(book, path.parent)
    path.write_text(_text(book), encoding="utf-8", newline="\n")
    return [f"wrote {path.parent.name}/{path.name}" + (" and ran it" if run else ", not executed: use --execute")]


def stale(root=ROOT):
    """Return the files under ``root`` that are not what the sources say, as paths relative to it."""
    wrong, wanted = _outdated_contents(root), set()
    for source in sources(root):
        cells = read(source)
        chapter, solution = (root / folder / f"{source.stem}.ipynb" for folder in ("chapters", "solutions"))
        wanted |= {chapter, solution}
        text = chapter.read_text(encoding="utf-8") if chapter.exists() else ""
        wrong += [] if text == _text(notebook(cells, for_learner)) else [chapter]
        wrong += [] if _same_cells(solution, notebook(cells, solved), executed=True) else [solution]
    found = {path for folder in ("chapters", "solutions") for path in (root / folder).glob("*.ipynb")}
    return [str(path.relative_to(root)) for path in sorted({*wrong, *(found - wanted)})]


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="course.py build", description="Build the notebooks from their sources.")
    parser.add_argument("numbers", nargs="*", metavar="NN", help="chapters, by their two digits (all without)")
    parser.add_argument("--execute", action="store_true", help="run the solutions that changed, or those named")
    parser.add_argument("--fresh", action="store_true", help="write only the learner's notebooks of the chapters named")
    parser.add_argument("--check", action="store_true", help="write nothing, fail if a notebook is out of date")
    chosen = parser.parse_args(arguments)
    if chosen.fresh and not chosen.numbers:
        parser.error("which chapter? for instance: python course.py reset 03")
    if chosen.check:
        wrong = stale()
        sys.exit("out of date, run `python course.py build --execute`: " + ", ".join(wrong) if wrong else 0)
    try:
        said = build(numbers=[number.zfill(2) for number in chosen.numbers], fresh=chosen.fresh, run=chosen.execute)
    except (ValueError, CellExecutionError) as error:  # the latter says which cell failed, and how
        sys.exit(str(error))
    if chosen.fresh:
        said = said or ["this chapter is fresh already"]
        said += ["If it is open in JupyterLab: File > Reload Notebook from Disk. Ticks and guesses stay as they are."]
    print("\n".join(said) or "nothing to do: the notebooks are what their sources say")


if __name__ == "__main__":
    main()
