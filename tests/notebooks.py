"""Copies of the notebooks, made for testing in a folder of their own, with the library beside them."""

import contextlib
import copy
import os
import shutil
import subprocess
from pathlib import Path

import nbformat

from utils.tools.build import for_learner, notebook, read, sources
from utils.tools.home import ROOT

MOST = 1024  # MiB that a chapter may take: what Binder lends
PEAK = """
from utils.device import peak
if sys.platform != "win32":
    taken = round(peak())
    Path("{name}.peak").write_text(str(taken))
    assert taken < {most}, f"this chapter takes {{taken}} MiB"
"""


def is_check(cell):
    """Return whether a cell is the call of an exercise's check."""
    return cell.cell_type == "code" and cell.id.startswith("ex-") and cell.id.endswith("-check")


def learner_copies(folder):
    """Write what a learner opens, each cell twice, then every check again, then the memory it took."""
    target = _course(folder, "chapters")
    for source in sources():
        book = notebook(read(source), for_learner)
        book.cells = [twin for cell in book.cells for twin in _twice(cell)]
        for cell in [cell for cell in book.cells if is_check(cell)]:
            still_open = f'assert ({cell.source}).state == "open", "an unsolved exercise is not open any more"'
            book.cells.append(nbformat.v4.new_code_cell(still_open, id=f"{cell.id}-still"))
        code = [cell.source for cell in book.cells if cell.cell_type == "code"]
        if not any(word in cell for cell in code for word in ("torch", "train")):  # it costs 1.5 s and 220 MB
            book.cells.append(nbformat.v4.new_code_cell('assert "torch" not in sys.modules', id="no-torch"))
        last = PEAK.format(name=source.stem, most=MOST)
        book.cells.append(nbformat.v4.new_code_cell(last, id="peak"))
        nbformat.write(book, target / f"{source.stem}.ipynb")
    return target


def solution_copies(folder):
    """Copy the executed solutions as they are committed."""
    target = _course(folder, "solutions")
    for path in sorted((ROOT / "solutions").glob("*.ipynb")):
        (target / path.name).write_bytes(solution(path.name))
    return target


def solution(name):
    """Return the bytes of an executed solution: an author's as it stands, a learner's as it was committed.

    A learner may open a solution, run it and save it; that must not turn a test red.
    """
    if os.environ.get("COURSE_AUTHOR") == "0":
        with contextlib.suppress(OSError, subprocess.CalledProcessError):  # no git, or a folder that was downloaded
            show = ["git", "show", f"HEAD:solutions/{name}"]
            return subprocess.run(show, cwd=ROOT, capture_output=True, check=True).stdout
    return (ROOT / "solutions" / name).read_bytes()


def _twice(cell):
    if cell.cell_type != "code":
        return [cell]
    again = copy.deepcopy(cell)
    again.id = f"{cell.id}-twice"
    return [cell, again]


def _course(folder, name):
    shutil.copytree(ROOT / "utils", Path(folder) / "utils", ignore=shutil.ignore_patterns("__pycache__"))
    (Path(folder) / name).mkdir()
    return Path(folder) / name
