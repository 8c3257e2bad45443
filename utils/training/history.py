"""What a training run noted, and how soon it got somewhere."""

from dataclasses import dataclass, field

SAYS = {
    "finished": "finished",
    "reached": "stopped at its goal",
    "interrupted": "interrupted; run the cell again to go on",
    "out of time": "out of time; run the cell again to go on",
    "diverged": "stopped: the loss is not a finite number any more",
}


@dataclass
class History:
    """What a run noted now and then, from step 0 on: lists of one length."""

    steps: list = field(default_factory=list)  # made so far
    losses: list = field(default_factory=list)  # mean of the steps since the note before
    seconds: list = field(default_factory=list)  # spent on these steps; evaluation does not count
    metrics: dict = field(default_factory=dict)  # {name: what `evaluate` answered each time}
    done: int = 0  # steps made in all
    planned: int = 0  # steps asked for, after COURSE_BUDGET
    status: str = "interrupted"  # a word of SAYS

    def __repr__(self):
        return f"History: {self.done} of {self.planned} steps, {SAYS[self.status]}"

    def metric(self, name=None):
        """Return the notes of one metric; without a name, of the first."""
        if not self.metrics or name not in (None, *self.metrics):
            raise ValueError(f"no metric {name or ''} in this history: it has {', '.join(self.metrics) or 'none'}")
        return self.metrics[name or next(iter(self.metrics))]


def steps_to(history, threshold, metric=None):
    """Return the first step noted at which a metric is at least the threshold, or None: not within the budget.

    metric: its name   (the first one if left out)

    >>> steps_to(History(steps=[0, 20, 40], metrics={"accuracy": [0.1, 0.98, 1.0]}), 0.97)
    20
    """
    return _at_least(history, threshold, metric, history.steps)


def seconds_to(history, threshold, metric=None):
    """Return the seconds of training after which a metric is at least the threshold, or None: not within the budget.

    metric: its name   (the first one if left out)
    """
    return _at_least(history, threshold, metric, history.seconds)


def _at_least(history, threshold, metric, answers):
    reached = (answer for answer, value in zip(answers, history.metric(metric), strict=True) if value >= threshold)
    return next(reached, None)
