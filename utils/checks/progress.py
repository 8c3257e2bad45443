"""Remember which exercises are done and what was predicted, in one small file at the course's root.

It is written only from a kernel that works in ``chapters``; ``COURSE_PROGRESS`` names another file, or ``off``.
A damaged or read-only file costs a sentence, never an answer.
"""

import json
import os
from pathlib import Path


def path():
    """Return where progress is kept, or None where it is not."""
    chosen = os.environ.get("COURSE_PROGRESS")
    if chosen:
        return None if chosen == "off" else Path(chosen)
    here = Path.cwd()
    learning = here.name == "chapters" and not os.environ.get("COURSE_STRICT")
    return here.parent / ".progress.json" if learning else None


def get(key):
    """Return what was kept under ``key``, or None."""
    return _read()[0]["predictions"].get(key)


def put(key, value):
    """Keep ``value`` (anything JSON can hold) under ``key``; return a sentence if that failed, else ""."""
    return _change(lambda kept: kept["predictions"].update({key: value}))


def passed(number):
    """Keep that exercise ``number`` is done; return a sentence if that failed, else ""."""
    return _change(lambda kept: kept["exercises"].update({number: "passed"}))


def done():
    """Return the numbers of the exercises done so far, as a set of text."""
    return set(_read()[0]["exercises"])


def _read():
    """Return what is kept and a sentence about it: "" unless the file was damaged."""
    empty = {"exercises": {}, "predictions": {}}
    file = path()
    if file is None or not file.is_file():
        return empty, ""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return {part: dict(kept[part]) for part in empty}, ""
    except (OSError, ValueError, KeyError, TypeError):
        return empty, f"The progress file was damaged; it now stands beside the new one as {file.name}.damaged."


def _change(change):
    file = path()
    if file is None:
        return ""
    kept, trouble = _read()
    change(kept)
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        if trouble:
            file.replace(file.with_name(file.name + ".damaged"))
        fresh.write_text(json.dumps(kept, indent=1, sort_keys=True), encoding="utf-8")
        fresh.replace(file)  # all or nothing: a crash half-way leaves the old file
    except OSError as error:
        return f"Progress was not kept ({error.strerror or error}); your answer is in this notebook all the same."
    return trouble
