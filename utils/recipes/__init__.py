"""What took too long to run in a chapter: scripts, and beside each what it found, with settings, machine and date."""

import json
from pathlib import Path


def load(name):
    """Return what a recipe stored, such as ``load("race_05")``.

    Raises ValueError for a recipe that is not there.
    """
    path = Path(__file__).parent / f"{name}.json"
    if not path.is_file():
        raise ValueError(f"name is {name!r}: there is no {path.name} among the recipes")
    return json.loads(path.read_text(encoding="utf-8"))
