"""How a check runs: it says in one sentence what is right or wrong, whatever the learner handed it.

A check never raises in a chapter, so *Run All* reaches the end. With ``COURSE_STRICT=1``, as the solutions are
built, anything but a pass is an error.
"""

import _thread
import copy
import functools
import html
import inspect
import os
import signal
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from utils.checks import progress

LIMIT = 10  # seconds a check may take
STATES = {"passed": ("✓", "#00795a"), "failed": ("✗", "#c0392b"), "open": ("○", "#77738a")}
EXERCISES = {}  # number -> check, of every exercise whose chapter's checks were imported


class Hint(Exception):
    """What is wrong with an answer, in one sentence for the learner."""


class NotAttempted(Exception):
    """The answer is still the stub, or not the learner's own."""


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


def exercise(number, title, *, reveals):
    """Turn a function that raises ``Hint`` into a check that reports.

    number, title: as they stand in the chapter, e.g. "1.1", "rows to one"
    reveals: the sentence a learner reads after passing
    """

    def make(examine):
        @functools.wraps(examine)
        def check(*answers):
            state, message = _examine(examine, answers, reveals)
            if state == "passed" and (trouble := progress.passed(number)):
                message = f"{message} {trouble}"
            report = Report(number, title, state, message)
            if state != "passed" and os.environ.get("COURSE_STRICT"):
                raise AssertionError(repr(report))
            return report

        check.number, check.title = number, title
        EXERCISES[number] = check
        return check

    return make


def _examine(examine, answers, reveals):
    try:
        _refuse_stubs(answers)
        with _time_limit():
            examine(*answers)
    except (NotAttempted, NotImplementedError) as reason:
        return "open", str(reason) if isinstance(reason, NotAttempted) else "not attempted yet"
    except Hint as hint:
        return "failed", str(hint)
    except TimeoutError:
        return "failed", f"still running after {LIMIT} seconds, so it was stopped: is there a loop that never ends?"
    except KeyboardInterrupt:
        return "open", "interrupted before the check had finished"
    except BaseException as error:  # nothing a learner hands over may stop the notebook, not even exit()
        return "failed", f"could not be checked, {type(error).__name__} was raised: {_first_line(error)}"
    return "passed", f"passed. {reveals}"


def _refuse_stubs(answer):
    if answer is ...:
        raise NotAttempted("not attempted yet")
    if isinstance(answer, dict):
        answer = list(answer.values())
    if isinstance(answer, list | tuple):
        for part in answer:
            _refuse_stubs(part)
    elif callable(answer):
        origin = getattr(answer, "func", inspect.unwrap(answer))  # look through functools.partial and wrappers
        if str(getattr(origin, "__module__", "")).split(".")[0] == "utils":
            raise NotAttempted("this is the course's own version; run your cell first")


@contextmanager
def _time_limit():
    """Raise TimeoutError in the main thread if the block runs longer than ``LIMIT`` seconds."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    finished, fired = threading.Event(), threading.Event()

    def watch():
        if not finished.wait(LIMIT):
            fired.set()
            _thread.interrupt_main()

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
        finished.set()
        watcher.join()
        if fired.is_set():  # the answer came in the same moment: take the interrupt here, not in the next cell
            time.sleep(0.2)
    except KeyboardInterrupt:
        if fired.is_set():
            raise TimeoutError from None
        raise
    finally:
        finished.set()
        signal.signal(signal.SIGINT, before)


def need(condition, sentence):
    """Raise ``Hint(sentence)`` unless ``condition`` holds."""
    if not condition:
        raise Hint(sentence)


def call(function, *args, **kwargs):
    """Return ``function(*args)``, called on copies; what goes wrong inside becomes a sentence."""
    need(callable(function), f"a function was expected here, not {_kind(function)}")
    given, named = copy.deepcopy((args, kwargs))
    try:
        result = function(*given, **named)
    except (NotImplementedError, KeyboardInterrupt):
        raise
    except BaseException as error:
        called = ", ".join([_kind(arg) for arg in args] + [f"{name}={value!r}" for name, value in kwargs.items()])
        raise Hint(f"called with {called}, it raised {type(error).__name__}: {_first_line(error)}") from error
    if result is ...:
        raise NotAttempted("not attempted yet")
    need(result is not None, "it returned nothing (None): does it end with return?")
    unchanged = all(_same(mine, yours) for mine, yours in zip(args, given, strict=True))
    need(unchanged, "it changed the array it was given; work on a new one, others may still need the old")
    return result


def numbers(value, shape=None, name="the answer"):
    """Return ``value`` as an array of floats of ``shape`` (an int in it is exact, None is any); else a Hint."""
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "biuf":
            raise TypeError
        array = array.astype(float)
    except Exception:
        raise Hint(f"{name} should be made of numbers, not {_kind(value)}") from None
    if shape is not None:
        fits = array.ndim == len(shape) and all(
            want in (None, got) for want, got in zip(shape, array.shape, strict=True)
        )
        wanted = "a single number" if shape == () else f"of shape {_shape(shape)}"
        got = "a single number" if array.shape == () else f"of shape {array.shape}"
        need(fits, f"{name} should be {wanted}; yours is {got}")
    return array


def compare(got, want, *, mistakes=(), otherwise, tolerance=1e-6):
    """Pass if ``got`` equals ``want``; else raise the sentence of the classic mistake it equals, or ``otherwise``.

    mistakes: pairs (what that mistake would give, the sentence for it)
    """
    want = np.asarray(want, float)
    if _close(got, want, tolerance):
        return
    for wrong, sentence in mistakes:
        if not _close(want, wrong, tolerance) and _close(got, wrong, tolerance):
            raise Hint(sentence)
    need(np.isfinite(got).all(), f"there is a NaN or an infinity in it. {otherwise}")
    raise Hint(otherwise)


def _close(got, want, tolerance):
    want = np.asarray(want, float)
    return got.shape == want.shape and np.allclose(got, want, rtol=tolerance, atol=tolerance, equal_nan=True)


def _same(one, other):
    if isinstance(one, np.ndarray):
        return one.shape == other.shape and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    return True


def _shape(shape):
    return (
        "(" + ", ".join("any" if size is None else str(size) for size in shape) + ("," if len(shape) == 1 else "") + ")"
    )


def _kind(value):
    shape = getattr(value, "shape", None)
    if shape is not None:
        return f"an array of shape {tuple(shape)}" if shape != () else "a number"
    if isinstance(value, bool | int | float | str) and len(repr(value)) < 20:
        return repr(value)
    return f"a {type(value).__name__}"


def _first_line(error):
    return (str(error).strip() or "no message").splitlines()[0][:200]
