"""A training run that can stop anywhere and go on: how it steps, what it notes, and how it is found again.

A run is recognised by what it does, not by a name: by the weights it begins with, its settings, and its first loss
and metrics, in which changed code or data show. ``utils.training`` is what chapters call.
"""

import copy
import hashlib
import math
import signal
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass

from utils.seeds import seeded
from utils.training.history import History

KEEP = 200  # runs that are remembered
_kept = []


class Run:
    """A model in training."""

    def __init__(self, model, loss, evaluate, optimizer, *, clip, seed):
        self.model, self.loss, self.evaluate, self.optimizer = model, loss, evaluate, optimizer
        self.clip, self.seed, self.generator = clip, seed, seeded(seed)
        self.rates = [group["lr"] for group in optimizer.param_groups]
        self.history, self.pending, self.seconds = History(), [], 0.0  # pending: losses since the last note

    def step(self, factor=1.0):
        """Make one whole step and return True; where the loss is not finite, or at an interrupt, make none."""
        began, before = time.perf_counter(), self.generator.get_state()
        loss = math.nan
        try:
            loss = self._gradient()
        finally:
            if not math.isfinite(loss):
                self.generator.set_state(before)
        if not math.isfinite(loss):
            return False
        with undisturbed():
            self._move(factor)
            self.history.done += 1
            self.pending.append(loss)
            self.seconds += time.perf_counter() - began
        return True

    def _gradient(self):
        """Leave the gradient of a fresh batch in the parameters, and return its loss."""
        import torch

        self.model.train()
        loss = _checked(self.loss(self.model, self.generator))
        if math.isfinite(loss.item()):
            self.optimizer.zero_grad()
            loss.backward()
            if self.clip is not None:
                torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.clip)
        return loss.item()

    def _move(self, factor):
        for group, rate in zip(self.optimizer.param_groups, self.rates, strict=True):
            group["lr"] = rate * factor
        self.optimizer.step()

    def note(self):
        """Write down where the run stands."""
        losses = self.pending or [self.first_loss()]
        metrics = self.measure()
        with undisturbed():
            self.history.steps.append(self.history.done)
            self.history.losses.append(sum(losses) / len(losses))
            self.history.seconds.append(self.seconds)
            for name, value in metrics.items():
                self.history.metrics.setdefault(name, []).append(value)
            self.pending = []

    def first_loss(self):
        """Return the loss of the first batch, as the model is."""
        with _looking(self.model):
            return _checked(self.loss(self.model, seeded(self.seed))).item()

    def measure(self):
        """Return what ``evaluate`` says of the model, as {name: value}."""
        if self.evaluate is None:
            return {}
        with _looking(self.model):
            answer = self.evaluate(self.model)
        name = getattr(self.evaluate, "__name__", "metric").replace("<lambda>", "metric")
        answer = answer if isinstance(answer, dict) else {name: answer}
        return {key: _own(value) for key, value in answer.items()}

    def moment(self):
        """Return a copy of everything needed to go on from here."""
        states = self.model.state_dict(), self.optimizer.state_dict(), self.generator.get_state()
        return copy.deepcopy((states, (self.history, self.pending, self.seconds)))

    def go_back(self, moment):
        """Return to what ``moment`` copied."""
        states, notes = copy.deepcopy(moment)
        with undisturbed():
            for part, state in zip((self.model, self.optimizer), states, strict=False):
                part.load_state_dict(state)
            self.generator.set_state(states[2])
            self.history, self.pending, self.seconds = notes


@dataclass(eq=False)
class Kept:
    """A run that is remembered."""

    plan: str  # its settings
    start: dict  # the weights it began with
    began: str  # their fingerprint
    ended: str  # the fingerprint of the weights it left
    moment: tuple  # everything needed to go on

    def is_begun_by(self, run):
        """Return whether ``run``, whose model has the weights of the start, begins as this one did."""
        history = self.moment[1][0]
        then = {name: values[0] for name, values in [("", history.losses), *history.metrics.items()] if values}
        now = {"": run.first_loss(), **run.measure()}
        return then.keys() == now.keys() and all(_close(then[name], now[name]) for name in then)


def recall(run, plan, steps, *, fresh):
    """Put ``run`` where it was left, if it is a run that we know; or its model back to the start, if that is asked for.

    fresh: go back to where the weights come from; so does a run that has already gone beyond ``steps``
    Sets run.start, the weights it begins with, and run.trained: whether an earlier run left these.
    """
    weights = copy.deepcopy(run.model.state_dict())
    now = fingerprint(weights)
    known = [kept for kept in reversed(_kept) if now in (kept.began, kept.ended) and (fresh or kept.plan == plan)]
    for kept in sorted(known, key=lambda kept: kept.plan != plan):
        _load(run.model, kept.start)
        run.start, run.trained, run.kept = kept.start, False, kept if kept.plan == plan else None
        same = not fresh and kept.is_begun_by(run)
        if same and kept.moment[1][0].done <= steps:
            run.go_back(kept.moment)
        if fresh or same:
            return
    _load(run.model, weights)
    run.kept, run.start, run.trained = None, weights, any(kept.ended == now != kept.began for kept in _kept)


def remember(run, plan):
    """Keep where ``run`` stands, in the place of what was kept of it before."""
    began, ended = fingerprint(run.start), fingerprint(run.model.state_dict())
    others = [kept for kept in _kept if kept is not run.kept]
    _kept[:] = [*others[1 - KEEP :], Kept(plan, run.start, began, ended, run.moment())]


def fingerprint(weights):
    """Return a few letters that differ when any of the weights (a state_dict) do."""
    import torch

    digest = hashlib.blake2b(digest_size=16)
    for name, each in weights.items():
        digest.update(f"{name} {tuple(each.shape)} {each.dtype}".encode())
        digest.update(each.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
    return digest.hexdigest()


@contextmanager
def undisturbed():
    """Let an interrupt wait until the block is done: no half step, no half note."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is ever interrupted
        return
    waiting = []
    before = signal.signal(signal.SIGINT, lambda *about: waiting.append(about))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)
    if waiting and callable(before):
        before(*waiting[0])


@contextmanager
def _looking(model):
    """Look at a model as it is: no gradients, nothing random in it."""
    import torch

    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        model.train(training)


def _load(model, weights):
    with undisturbed():
        model.load_state_dict(weights)


def _close(a, b):
    return not isinstance(a, float) or math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)


def _own(value):
    """Return a number as Python's, and a copy of anything else."""
    if getattr(value, "shape", None) == ():
        return value.item()
    return value.detach().clone() if hasattr(value, "detach") else copy.deepcopy(value)


def _checked(loss):
    if not hasattr(loss, "backward") or loss.numel() != 1:
        what = f"a tensor of shape {tuple(loss.shape)}" if hasattr(loss, "shape") else repr(loss)
        raise ValueError(f"loss(model, generator) should return one number, as a tensor, not {what}")
    return loss
