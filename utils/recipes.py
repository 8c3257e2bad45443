"""What takes minutes, done once: recipes/name.py of a chapter makes name.json and name.npz (measured, and trained).

    python -m utils.chapters.ch04_gates.recipes.steps       does it again, and writes it

The .json says with which settings, on which machine, when, and in how many seconds. Nobody needs these scripts to take
the course. Weights are stored in half precision, without pickle, and measured after that.
"""

import json
from pathlib import Path

import numpy as np

CHAPTERS = Path(__file__).parent / "chapters"


def place(name, end=""):
    """Return where a recipe keeps a file: "04_steps" and ".json" lie in chapter 04, beside the script steps.py."""
    number, _, rest = name.partition("_")
    room = next(CHAPTERS.glob(f"ch{number}_*"), CHAPTERS / f"ch{number}")
    return room / "recipes" / (rest + end)


def _path(name, end, folder):
    return place(name, end) if folder is None else folder / (name + end)


def measured(name, *, folder=None):
    """Return what a recipe wrote, as a dictionary.

    name: of its file, such as "04_steps"
    Raises ValueError where there is no such file.

    >>> sorted(measured("04_steps"))
    ['by_length', 'cpu_seconds', 'date', 'machine', 'settings']
    """
    path = _path(name, ".json", folder)
    if not path.is_file():
        raise ValueError(f"name is {name!r}: there is no {path.name} in {path.parent.parent.name}")
    return json.loads(path.read_text(encoding="utf-8"))


def keep(name, settings, results, *, cpu_seconds):
    """Write what a recipe measured, with all it needs to be told: settings, machine, date, seconds.

    settings, results: dictionaries of numbers, text and lists
    cpu_seconds: of the processor, on one thread
    """
    from datetime import date

    told = {"machine": "two virtual cores, one thread", "date": date.today().isoformat(), "cpu_seconds": cpu_seconds}
    _write(name, {**told, "settings": settings, **results}, None)


def ship(name, model, facts, *, folder=None):
    """Write the weights of a model, one that keeps its ``settings``, and what is known about it."""
    arrays = {key: value.detach().cpu().numpy().astype(np.float16) for key, value in model.state_dict().items()}
    np.savez_compressed(_path(name, ".npz", folder), **arrays)
    _write(name, {"settings": model.settings} | facts, folder)


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


def _write(name, facts, folder):
    _path(name, ".json", folder).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
