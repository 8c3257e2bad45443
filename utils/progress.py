"""Remember which exercises are done and what was predicted, in one small file at the course's root.

It is written only from a kernel that works in ``chapters`` or in ``chapters/mine``, where kept copies lie;
``COURSE_PROGRESS`` names another file, or ``off``.
A damaged or read-only file costs a sentence, never an answer.
"""

import contextlib
import itertools
import json
import os
import time
from pathlib import Path

PATIENCE = 2  # seconds to wait for another kernel that is writing


def path():
    """Return where progress is kept, or None where it is not."""
    chosen = os.environ.get("COURSE_PROGRESS")
    if chosen:
        return None if chosen == "off" else Path(chosen)
    here = Path.cwd()
    here = here.parent if here.name == "mine" else here
    learning = here.name == "chapters" and not os.environ.get("COURSE_STRICT")
    return here.parent / ".progress.json" if learning else None


def get(key):
    """Return what was kept under ``key``, or None."""
    return _look()["predictions"].get(key)


def put(key, value):
    """Keep ``value`` (anything JSON can hold) under ``key``; return a sentence if that failed, else ""."""
    return _change(lambda kept: kept["predictions"].update({key: value}))


def passed(number):
    """Keep that exercise ``number`` is done; return a sentence if that failed, else ""."""
    return _change(lambda kept: kept["exercises"].update({number: "passed"}))


def done():
    """Return the numbers of the exercises done so far, as a set of text."""
    return set(_look()["exercises"])


def _look():
    with contextlib.suppress(OSError):
        return _read(path())[0]
    return _empty()


def _empty():
    return {"exercises": {}, "predictions": {}}


def _read(file):
    """Return what ``file`` keeps, and whether it was damaged. OSError: it could not be read just now."""
    if file is None or not file.is_file():
        return _empty(), False
    try:
        kept = json.loads(file.read_bytes())
        return {part: dict(kept[part]) for part in _empty()}, False
    except (ValueError, KeyError, TypeError, RecursionError):
        return _empty(), True


def _change(change):
    try:
        file = path()
        if file is None:
            return ""
        with _alone(file):
            return _write(file, change)
    except (OSError, TypeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        return f"Progress was not kept ({reason}); your answer is in this notebook all the same."


def _write(file, change):
    kept, damaged = _read(file)
    change(kept)
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    fresh.write_text(json.dumps(kept, indent=1, sort_keys=True), encoding="utf-8")
    aside = next(name for n in itertools.count(1) if not (name := file.with_name(f"{file.name}.damaged{n}")).exists())
    if damaged:
        file.replace(aside)
    fresh.replace(file)  # all or nothing: a crash half-way leaves the old file
    return f"The progress file was damaged; it now stands beside the new one as {aside.name}." if damaged else ""


@contextlib.contextmanager
def _alone(file):
    """Hold a lock beside ``file``, for two chapters may be open at once; a lock left by a crash is soon ignored."""
    lock = file.with_name(file.name + ".lock")
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with contextlib.suppress(FileExistsError, PermissionError):  # the latter: Windows, while it is being removed
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
            break
        if not os.access(file.parent, os.W_OK):
            break
        time.sleep(0.01)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            lock.unlink()
