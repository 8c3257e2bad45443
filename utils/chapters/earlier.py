"""Find what the learner wrote in an earlier chapter, so that a later one can build on it."""

import contextlib
import importlib
import io
import json
import os
from pathlib import Path

from utils.checks import framework


def earlier(number, name, course):
    """Return the learner's function from exercise ``number``, if it passes its check today, else the course's.

    number: such as "1.3"; its chapter is looked for in the folder the kernel works in, from ``mine`` also above it
    name: what the function is called there
    course: the course's own version
    Returns the function, and whose it is: "yours" or "the course's"
    """
    chapter, place = number.split(".")
    try:
        notebook = min(_copies(f"{int(chapter):02}_*.ipynb"), key=lambda path: len(path.name))  # not a duplicate of it
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        mine = _run(cells, f"ex-{chapter}-{place}").get(name)
    except (OSError, ValueError, KeyError, TypeError):  # not there, or damaged
        return course, "the course's"
    return (mine, "yours") if _passes(number, mine) else (course, "the course's")


def _copies(pattern):
    here = Path.cwd()
    return [*here.glob(pattern), *(here.parent.glob(pattern) if here.name == "mine" else ())]


def _run(cells, last):
    """Run the cell "imports" and the exercises up to ``last``: an answer may call an earlier answer."""
    space = {}
    for cell in cells:
        name = cell.get("id", "")
        if name == "imports" or (name.startswith("ex-") and not name.endswith(("-check", "-text"))):
            with contextlib.suppress(BaseException), contextlib.redirect_stdout(io.StringIO()):
                exec("".join(cell["source"]), space)
        if name == last:
            break
    return space


def _passes(number, answer):
    number_of_chapter = int(number.split(".")[0])
    room = next(Path(__file__).parent.glob(f"ch{number_of_chapter:02}_*")).name
    importlib.import_module(f"utils.chapters.{room}.check")
    before = {name: os.environ.get(name, "") for name in ("COURSE_STRICT", "COURSE_PROGRESS")}  # empty counts as unset
    os.environ.update(COURSE_STRICT="", COURSE_PROGRESS="off")  # a tick is only for who asks for the check
    try:
        return framework.EXERCISES[number](answer).state == "passed"
    finally:
        os.environ.update(before)
