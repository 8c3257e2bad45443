"""Guessing curves from a few readings: how the neural processes of chapter 15 are taught, and how they are measured."""

import torch

from utils import calibration
from utils.models.neural_process import NeuralProcess
from utils.tasks.functions import draw, exact
from utils.training import cosine, seeded, train

FEWEST, MOST, NEW = 3, 20, 20  # readings given, and further ones to guess
BATCH = 16


def teach(model, *, steps, lr=3e-3, seed=0, **options):
    """Teach a model to guess curves, by the log score of all readings, also those it was given; return a History."""
    return train(model, score, steps=steps, lr=lr, seed=seed, schedule=cosine, **options)


def score(model, generator):
    """Return the log score of one batch: new functions, and as many readings given as the generator says."""
    n = int(torch.randint(FEWEST, MOST + 1, (1,), generator=generator))
    x, y = draw(BATCH, n + NEW, generator)
    return calibration.log_score(*model(x[:, :n], y[:, :n], x), y).mean()


def held_out(functions=256, given=10, *, seed=99):
    """Draw functions to test with: (x, y) of the readings given, and (x, y) of 30 new ones of the same functions."""
    x, y = draw(functions, given + 30, seeded(seed))
    return (x[:, :given], y[:, :given]), (x[:, given:], y[:, given:])


def measure(model, *, seed=99):
    """Return what a model does on held-out functions, ten readings given: four numbers, by name.

    model: a NeuralProcess, or ``exact``

    Returns {"error at the readings", "error elsewhere": root mean squares, "log score": elsewhere, in nats,
        "inside 2 sd": the share of new readings there}
    """
    (x, y), (asked, new) = held_out(seed=seed)
    with torch.no_grad():
        at, _ = model(x, y, x)
        mean, sd = model(x, y, asked)
    return {
        "error at the readings": (at - y).square().mean().sqrt().item(),
        "error elsewhere": (mean - new).square().mean().sqrt().item(),
        "log score": calibration.log_score(mean, sd, new).mean().item(),
        "inside 2 sd": calibration.coverage(mean, sd, new, [2.0])[0].item(),
    }


__all__ = ["NeuralProcess", "exact", "held_out", "measure", "score", "teach"]
