"""How a check runs: it says in one sentence what is right or wrong, whatever the learner handed it.

A check never raises in a chapter, so *Run All* reaches the end. With ``COURSE_STRICT=1``, as the solutions are
built, anything but a pass is an error.
"""

import dis
import functools
import html
import importlib
import inspect
import os
from dataclasses import dataclass

from utils import progress
from utils.checks import limits
from utils.checks.reading import Hint, NotAttempted, first_line

STATES = {"passed": ("✓", "#00795a"), "failed": ("✗", "#c0392b"), "open": ("○", "#77738a")}
EXERCISES = {}  # number -> check, of every exercise whose chapter's checks were imported


@dataclass(frozen=True)
class Report:
    """What a check found: ``state`` is passed, failed or open; ``message`` is for the learner."""

    number: str
    title: str
    state: str
    message: str

    def __repr__(self):
        return f"{STATES[self.state][0]} {self.number} {self.title}: {self.message}"

    def _repr_html_(self):
        mark, colour = STATES[self.state]
        name = html.escape(f"{mark} {self.number} {self.title}")
        return (
            f'<div role="status" style="border-left:4px solid {colour};padding:.35em .9em">'
            f"<b>{name}</b> · {html.escape(self.message)}</div>"
        )


def exercise(number, title, *, reveals, broken=None):
    """Turn a function that raises ``Hint`` into a check that reports.

    number, title: as they stand in the chapter, e.g. "1.1", "rows to one"
    reveals: the sentence a learner reads after passing
    broken: where the task is to mend something, the code that the learner finds, as "module:function"
    """

    def make(examine):
        @functools.wraps(examine)
        def check(*answers):
            state, message = _examine(examine, answers, reveals, broken)
            if state == "passed":
                message = " ".join(filter(None, [message, progress.passed(number), _so_far(number)]))
            report = Report(number, title, state, message)
            if state != "passed" and os.environ.get("COURSE_STRICT"):
                raise AssertionError(repr(report))
            return report

        check.number, check.title = number, title
        EXERCISES[number] = check
        return check

    return make


def _so_far(number):
    """Return how much of the chapter is done, as far as that is kept."""
    done, chapter = progress.done(), [n for n in EXERCISES if n.split(".")[0] == number.split(".")[0]]
    return f"({len(done & set(chapter))} of {len(chapter)} in this chapter)" if number in done else ""


def _examine(examine, answers, reveals, broken=None):
    try:
        _refuse_stubs(examine, answers)
        _refuse_unmended(broken, answers)
        with limits.nothing_leaks(), limits.time_limit():
            examine(*answers)
    except (NotAttempted, NotImplementedError) as reason:
        return "open", str(reason) if isinstance(reason, NotAttempted) else "not attempted yet"
    except Hint as hint:
        return "failed", str(hint)
    except TimeoutError:
        return (
            "failed",
            f"still running after {limits.LIMIT} seconds, so it was stopped: is there a loop that never ends?",
        )
    except KeyboardInterrupt:
        return "open", "interrupted before the check had finished"
    except BaseException as error:  # nothing a learner hands over may stop the notebook, not even exit()
        return "failed", f"could not be checked, {type(error).__name__} was raised: {first_line(error)}"
    return "passed", f"passed. {reveals}"


def _refuse_stubs(examine, answers):
    """Raise NotAttempted where an answer is still open; where only some are, say which."""
    names = inspect.signature(examine).parameters
    still_open = [name for name, answer in zip(names, answers, strict=False) if _is_open(answer)]
    if still_open:
        some = len(still_open) < len(answers)
        raise NotAttempted("not attempted yet" + (f": {', '.join(still_open)}" if some else ""))
    if any(_is_ours(answer) for answer in answers):
        raise NotAttempted("this is the course's own version; run your cell first")


def _refuse_unmended(broken, answers):
    """Raise NotAttempted where an answer is still the code that the learner found."""
    if broken and not any(_is_ours(answer) for answer in answers):
        module, name = broken.split(":")
        found = getattr(importlib.import_module(module), name)
        if any(_instructions(answer) == _instructions(found) for answer in answers):
            raise NotAttempted("not attempted yet: this is the code as you found it")


def _instructions(function):
    """Return what a function does, step by step, whatever its comments say; None for anything that Python cannot read.

    How a call is prepared depends on where the called module was imported, so that is left out.
    """
    code = getattr(function, "__code__", function)
    if not inspect.iscode(code):
        return None
    steps = [step for step in dis.get_instructions(code) if step.opname not in ("PRECALL", "PUSH_NULL", "RESUME")]
    return [(step.opname.replace("LOAD_METHOD", "LOAD_ATTR"), _meant(step)) for step in steps]


def _meant(step):
    """Return what one instruction is about: a name, a constant, or the instructions of a function inside."""
    if inspect.iscode(step.argval):
        return _instructions(step.argval)
    return None if "JUMP" in step.opname else repr(step.argval)


def _is_open(answer, depth=0):
    parts = list(answer.values()) if isinstance(answer, dict) else answer
    inside = isinstance(parts, list | tuple) and depth < 5  # no deeper: a list may hold itself
    return answer is ... or (inside and any(_is_open(part, depth + 1) for part in parts))


def _is_ours(answer):
    origin = answer.func if isinstance(answer, functools.partial) else inspect.unwrap(answer)
    return callable(origin) and str(getattr(origin, "__module__", "")).split(".")[0] == "utils"
