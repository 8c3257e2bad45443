"""Training: one loop for the whole course. What is learnt, a chapter says with a function ``loss(model, generator)``.

    history = train(model, loss, steps=600, evaluate=accuracy)

What comes out depends on the model's first weights, the loss and the settings, not on what was run before. So a cell
may run again: a finished run is given back at once, an interrupted one goes on as if nothing had happened.
"""

import copy
import math
import os
from time import monotonic

from utils.training.history import SAYS
from utils.training.live_plot import View
from utils.training.runs import Run, recall, remember, undisturbed
from utils.validation import check_number, check_whole


def train(
    model,
    loss,
    *,
    steps,
    lr=3e-3,
    clip=1.0,
    seed=0,
    schedule=None,
    optimizer=None,
    evaluate=None,
    every=None,
    until=None,
    max_seconds=None,
    fresh=False,
    name=None,
    show=True,
):
    """Train a model by gradient descent, keep what it learns whatever happens, and tell how it went.

    model: a torch module; its weights are changed
    loss: loss(model, generator) -> one number to make small, as a tensor; it draws its batch with the CPU generator
    steps: how many to make in all; COURSE_BUDGET multiplies it
    lr: the learning rate            clip: the largest norm of the gradient, or None
    seed: what the generator begins with
    schedule: schedule(part) -> a factor of lr, part being how much is done, 0 to 1; for example ``cosine``
    optimizer: called as optimizer(parameters, lr=lr)   (Adam if left out)
    evaluate: evaluate(model) -> a number, or {name: anything}; asked in evaluation mode, without gradients
    every: steps between two notes in the history   (about 50 notes if left out)
    until: stop as soon as the first metric is at least this
    max_seconds: end this call early, and say so; never the way to say how much to train
    fresh: begin again, with the weights the model had before it was trained
    name: what the page calls it   (the model's class if left out)
    show: whether the page shows the progress

    Returns a History. An interrupt (the ■ of the notebook) ends the call, loses nothing, and shows in its status.
        What is kept lives as long as the kernel. A run goes on exactly where it was, unless the model has dropout.
    Raises ValueError for settings that make no sense, and for a loss that is not one number.

    >>> import torch
    >>> line = torch.nn.Linear(1, 1)
    >>> train(line, lambda model, generator: (model(torch.ones(1, 1)) - 2).square().sum(), steps=300, lr=0.05)
    History: 300 of 300 steps, finished
    >>> round(line(torch.ones(1, 1)).item(), 2)
    2.0
    """
    _check(steps=steps, every=every, until=until, max_seconds=max_seconds, evaluate=evaluate)
    total, training = scaled(steps), model.training
    run = Run(model, loss, evaluate, _optimizer(model, optimizer, lr), clip=clip, seed=seed)
    plan = _plan(run, every, until, schedule, total)
    recall(run, plan, total, fresh=fresh)
    run.history.planned = total
    view = View(run, name or type(model).__name__, show)
    status, before = "interrupted", run.history.done
    try:
        status = _loop(run, view, schedule, every or max(total // 50, 1), until, max_seconds or math.inf)
    except KeyboardInterrupt:
        pass  # the status says it
    finally:
        with undisturbed():
            model.train(training)
            run.history.status = status
            remember(run, plan)
            view.show(_closing(run, before))
    return copy.deepcopy(run.history)


def scaled(steps):
    """Return how many of these steps COURSE_BUDGET grants: their product with it, but two at least, and one of one.

    >>> scaled(1)
    1
    """
    return max(round(steps * _budget()), min(steps, 2))


def expect(condition, message):
    """Assert what training should have reached, but only where it had its whole budget.

    condition: true or false, or a function that tells, called at the whole budget only
    Raises AssertionError with the message.
    """
    if _budget() >= 1 and not (condition() if callable(condition) else condition):
        raise AssertionError(message)


def cosine(part, warm=0.1):
    """Return a factor for the learning rate: up a straight line, then down half a cosine wave to a tenth.

    >>> [round(cosine(part), 2) for part in (0.05, 0.1, 0.55, 1)]
    [0.5, 1.0, 0.55, 0.1]
    """
    return max(part / warm, 0.01) if part < warm else 0.55 + 0.45 * math.cos(math.pi * (part - warm) / (1 - warm))


def flush_denormals():
    """Let the processor take numbers below 10⁻³⁸ for zero; return whether all threads of torch now do.

    Gradients that vanish end down there, and such numbers are many times slower to compute: without this, a step of an
    LSTM over 200 items took 300 ms instead of 52, which tells nothing about LSTMs. Call it before anything else in
    torch: threads that have already worked keep their old way, and the answer is then False.
    """
    import torch

    torch.set_flush_denormal(True)
    tiny = torch.full((2**17 * torch.get_num_threads(),), 1e-39)  # long enough for every thread to get a share
    return not (tiny * 0.5).count_nonzero()


def _loop(run, view, schedule, every, until, max_seconds):
    """Step until there is a reason to stop; return it."""
    history, deadline, first = run.history, monotonic() + max_seconds, run.history.done
    while True:
        ends = history.done >= history.planned
        if (ends or history.done % every == 0) and history.done not in history.steps[-1:]:
            run.note()
        view.show()
        if until is not None and history.metric()[-1] >= until:
            return "reached"
        if ends:
            return "finished"
        if history.done > first and monotonic() > deadline:
            return "out of time"
        if not run.step(schedule(history.done / history.planned) if schedule else 1.0):
            return "diverged"


def _optimizer(model, make, lr):
    import torch

    return (make or torch.optim.Adam)([each for each in model.parameters() if each.requires_grad], lr=lr)


def _plan(run, every, until, schedule, total):
    """Return a text that differs for runs with different settings; steps count only where the schedule follows them."""
    groups = [{key: value for key, value in group.items() if key != "params"} for group in run.optimizer.param_groups]
    factors = schedule and (total, [schedule(i / 16) for i in range(17)])
    return repr((type(run.optimizer), groups, run.clip, run.seed, every, until, factors))


def _closing(run, before):
    """Return the last sentence on the page."""
    if run.history.done == before and run.history.status in ("finished", "reached"):
        return "finished earlier; fresh=True trains it again"
    return SAYS[run.history.status] + "; it began with trained weights" * run.trained


def _budget():
    text = os.environ.get("COURSE_BUDGET", "").strip() or "1"
    try:
        budget = float(text)
    except ValueError:
        budget = math.nan
    if not 0 < budget < math.inf:
        raise ValueError(f"COURSE_BUDGET is {text!r}: it must be a number above 0; 1 is the whole budget")
    return budget


def _check(*, steps, every, until, max_seconds, evaluate):
    check_whole(steps=steps)
    if every is not None:
        check_whole(every=every, hint=", or None")
    if max_seconds is not None:
        check_number(above=0, hint=", or None", max_seconds=max_seconds)
    if until is not None and evaluate is None:
        raise ValueError(f"until={until!r} is a bound for what evaluate answers: give evaluate as well")
