"""What a learner wrote is never lost: tell whether a chapter was edited, and copy it before it is replaced.

Standard library only, because ``course.py`` uses it before anything is installed.
"""

import hashlib
import json
import shutil
from datetime import datetime
from pathlib import Path, PurePosixPath


def digest(notebook):
    """Return a fingerprint of what stands in the cells of a notebook (a dict): their ids, kinds and text.

    Outputs and execution counts do not count: running a chapter is not editing it.
    """
    cells = [[cell.get("id"), cell["cell_type"], "".join(cell["source"])] for cell in notebook["cells"]]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()[:16]


def edited(path):
    """Return whether the notebook at ``path`` differs from what the build wrote there (a damaged file does)."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        return notebook["metadata"]["course"]["digest"] != digest(notebook)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return path.exists()


def keep(path):
    """Copy an edited notebook to the folder ``mine`` beside it; return the copy's path, or None if unedited."""
    if not edited(path):
        return None
    mine = path.parent / "mine"
    mine.mkdir(exist_ok=True)
    stamp = datetime.now().strftime("%Y-%m-%d-%H%M%S")
    number, copy = 1, mine / f"{path.stem}-{stamp}.ipynb"
    while copy.exists():
        number, copy = number + 1, mine / f"{path.stem}-{stamp}-{number}.ipynb"
    return Path(shutil.copy2(path, copy))


def is_notebook(name):
    """Return whether ``name`` is a notebook that learners open: a chapter or a solution."""
    path = PurePosixPath(name)
    return path.parent.as_posix() in ("chapters", "solutions") and path.suffix == ".ipynb"
