"""What takes minutes to measure, measured once: NN_name.py makes NN_name.json beside it, settings and machine inside.

python -m utils.recipes.04_steps       measures that table again and writes it
"""

import json
from pathlib import Path

HERE = Path(__file__).parent


def measured(name):
    """Return what a recipe wrote, as a dictionary.

    name: of its file, such as "04_steps"
    Raises ValueError where there is no such file.

    >>> measured("04_steps")["settings"]["goal"]
    0.97
    """
    path = HERE / f"{name}.json"
    if not path.is_file():
        raise ValueError(f"name is {name!r}: there is no {path.name} in utils/recipes")
    return json.loads(path.read_text(encoding="utf-8"))


def keep(name, settings, results, *, cpu_seconds):
    """Write what a recipe measured, with all it needs to be told: settings, machine, date, seconds.

    settings, results: dictionaries of numbers, text and lists
    cpu_seconds: of the processor, on one thread
    """
    from datetime import date

    told = {"machine": "two virtual cores, one thread", "date": date.today().isoformat(), "cpu_seconds": cpu_seconds}
    text = json.dumps({**told, "settings": settings, **results}, indent=1)
    (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")
