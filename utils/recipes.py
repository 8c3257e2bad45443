"""What takes minutes is done once: a chapter's recipes, scripts that nobody needs to run to take the course.

    python -m utils.chapters.ch04_gates.recipes.steps       does it again, and writes what it found beside itself

A name is the number of a chapter and what follows: "04_steps" is steps.json in utils/chapters/ch04_gates/recipes.
Where a model was trained, its weights lie in the .npz of the same name, in half precision and without pickle.
Every .json says under "settings" how it was made, and under "provenance" by what, when and where (`provenance`).
"""

import json
import os
import re
import sys
from collections.abc import Iterable
from datetime import date
from numbers import Integral, Real
from pathlib import Path

import numpy as np

from utils.device import machine

CHAPTERS = Path(__file__).parent / "chapters"
NOT_RECORDED = "not recorded"  # in place of the machine, where nobody wrote it down


def provenance(script, *, seeds, cpu_seconds=None):
    """Describe the run that calls this: what a file must tell of itself, in the one form that all have.

    script: the dotted name of the module that runs, ``__spec__.name`` in a recipe
    seeds: all that its random numbers began with, an empty list where it draws none
    cpu_seconds: of the processor, as ``time.process_time`` counts them; None where nobody counted

    Returns {"script", "date", "machine", "threads", "cpu_seconds", "seeds"}; machine is that of ``device.machine``, and
    threads is None where neither torch nor OMP_NUM_THREADS tells how many. Raises ValueError for what cannot be.

    >>> provenance(__name__, seeds=[0], cpu_seconds=1.23)["cpu_seconds"]
    1.2
    """
    known = Path(__file__).parents[1] / (str(script).replace(".", "/") + ".py")
    if not re.fullmatch(r"utils(\.\w+)+", str(script)) or not known.is_file():
        raise ValueError(f"script is {script!r}: it must be a module of utils, such as __spec__.name")
    if not isinstance(seeds, Iterable) or not all(isinstance(seed, Integral) for seed in seeds):
        raise ValueError(f"seeds is {seeds!r}: it must be a list of whole numbers")
    if cpu_seconds is not None and not (isinstance(cpu_seconds, Real) and 0 <= cpu_seconds < float("inf")):
        raise ValueError(f"cpu_seconds is {cpu_seconds!r}: it must be a number from 0, or None")
    return {
        "script": script,
        "date": date.today().isoformat(),
        "machine": machine(),
        "threads": _threads(),
        "cpu_seconds": None if cpu_seconds is None else round(cpu_seconds, 1),
        "seeds": list(seeds),
    }


def place(name, end=""):
    """Return where a recipe keeps a file: "04_steps" and ".json" lie in chapter 04, beside the script steps.py.

    Raises ValueError for a name that does not begin with the number of a chapter.

    >>> place("04_steps", ".json").relative_to(CHAPTERS).as_posix()
    'ch04_gates/recipes/steps.json'
    """
    parts = re.fullmatch(r"(\d\d)_(\w+)", str(name))
    room = next(CHAPTERS.glob(f"ch{parts[1]}_*"), None) if parts else None
    if room is None:
        raise ValueError(f"name is {name!r}: it must begin with the number of a chapter, such as '04_steps'")
    return room / "recipes" / (parts[2] + end)


def measured(name, *, folder=None):
    """Return what a recipe wrote, as a dictionary.

    name: of its file, such as "04_steps"     folder: where it lies, if not in its chapter
    Raises ValueError where there is no such file.

    >>> sorted(measured("04_steps"))
    ['by_length', 'provenance', 'settings']
    """
    path = _path(name, ".json", folder)
    if not path.is_file():
        raise ValueError(f"name is {name!r}: there is no {path.name} in {path.parent.parent.name}")
    return json.loads(path.read_text(encoding="utf-8"))


def keep(name, settings, results, provenance, *, folder=None):
    """Write what a recipe measured, with its settings, and what ``provenance`` says of the run.

    settings, results: dictionaries of numbers, text and lists
    """
    facts = {"provenance": provenance, "settings": settings} | results
    _path(name, ".json", folder).write_text(_laid_out(facts) + "\n", encoding="utf-8")


def ship(name, model, facts, provenance, *, folder=None):
    """Write the weights of a model, one that keeps its ``settings``, and what is known about it."""
    arrays = {key: value.detach().cpu().numpy().astype(np.float16) for key, value in model.state_dict().items()}
    np.savez_compressed(_path(name, ".npz", folder), **arrays)
    keep(name, model.settings, facts, provenance, folder=folder)


def shipped(name, make, *, folder=None):
    """Return a model that was trained before, ready to be used.

    make: make(**settings) -> the model without these weights, such as Speller
    Raises ValueError where there is no such file.
    """
    import torch

    model = make(**measured(name, folder=folder)["settings"])
    with np.load(_path(name, ".npz", folder), allow_pickle=False) as arrays:
        model.load_state_dict({key: torch.from_numpy(arrays[key].astype(np.float32)) for key in arrays.files})
    return model.eval()


def _path(name, end, folder):
    return place(name, end) if folder is None else folder / (name + end)


def _threads():
    """Return how many threads compute here, as torch says where it is loaded, or None where nothing tells."""
    if torch := sys.modules.get("torch"):
        return torch.get_num_threads()
    wish = os.environ.get("OMP_NUM_THREADS", "")
    return int(wish) if wish.isdecimal() else None


def _laid_out(value, levels=2):
    """Return JSON in which each entry of so many outer levels has a line of its own; a list of mere numbers has one."""
    rows = []
    if levels and isinstance(value, dict):
        rows = [f"{json.dumps(str(key), ensure_ascii=False)}: {_laid_out(value[key], levels - 1)}" for key in value]
    elif levels and isinstance(value, list | tuple) and any(isinstance(each, dict | list | tuple) for each in value):
        rows = [_laid_out(each, levels - 1) for each in value]
    if not rows:
        return json.dumps(value, ensure_ascii=False)
    start, end = "{}" if isinstance(value, dict) else "[]"
    line = "\n" + " " * (3 - levels)
    return start + line + f",{line}".join(rows) + line[:-1] + end
