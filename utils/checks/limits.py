"""What a check allows an answer: ten seconds, and no trace left behind."""

import _thread
import itertools
import signal
import sys
import threading
import warnings
from contextlib import contextmanager

import numpy as np

LIMIT = 10  # seconds a check may take


@contextmanager
def time_limit():
    """Raise TimeoutError in the main thread once the block has run longer than ``LIMIT`` seconds.

    The interrupt comes again and again, for an answer may swallow it; once the block has ended, it does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    finished, fired, swallowed, tracing = threading.Event(), threading.Event(), itertools.count(), sys.gettrace()

    def interrupted(_, frame):
        if not finished.is_set():
            _raise_after(next(swallowed), frame)

    before = signal.signal(signal.SIGINT, interrupted)
    watcher = threading.Thread(target=_watch, args=(finished, fired), daemon=True)
    watcher.start()
    try:
        yield
        finished.set()
    except KeyboardInterrupt:
        if not fired.is_set():
            raise
    finally:
        finished.set()
        sys.settrace(tracing)
        watcher.join()
        signal.signal(signal.SIGINT, before)
    if fired.is_set():
        raise TimeoutError


def _raise_after(lines, frame):
    """Raise KeyboardInterrupt now, or that many lines later: a bare ``except`` cannot guard every line of its loop."""
    if not lines:
        raise KeyboardInterrupt
    left = itertools.count(lines % 50, -1)

    def trace(_, event, __):
        if event == "line" and next(left) <= 0:
            raise KeyboardInterrupt
        return trace

    sys.settrace(lambda *_: None)
    while frame:
        if not frame.f_code.co_filename.startswith((sys.prefix, sys.base_prefix)):  # not the lines of a library
            frame.f_trace = trace
        frame = frame.f_back


def _watch(finished, fired):
    wait = LIMIT
    while not finished.wait(wait):
        fired.set()
        wait = 0.1
        if hasattr(signal, "pthread_kill"):
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)  # wakes a sleep, too
        else:
            _thread.interrupt_main()


@contextmanager
def nothing_leaks():
    """Leave NumPy's warnings and random numbers as they were, whatever an answer did to them."""
    state = np.random.get_state()
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(state)
