"""Guessing curves from a few readings: how the neural processes of chapter 15 are taught, and how they are measured."""

import torch

from utils.chapters.ch15_noise_and_uncertainty import calibration
from utils.chapters.ch15_noise_and_uncertainty.functions import draw, exact, exact_weights
from utils.chapters.ch15_noise_and_uncertainty.neural_process import NeuralProcess
from utils.conversion import as_numpy
from utils.seeds import seeded
from utils.training import cosine, train

FEWEST, MOST, NEW = 3, 20, 20  # readings given, and further ones to guess
BATCH = 16
SHELF = -3.0  # in the widget: points below this height are not given to the model


def teach(model, *, steps, lr=5e-3, seed=0, **options):
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


def in_use(points, names, *, shelf=SHELF):
    """Return x, y and the names of the points that stand above the shelf, in order of x.

    points: (x, y) for each      names: what they are called
    Raises ValueError where no point does.

    >>> in_use([(1.0, 0.5), (0.0, -3.0), (-1.0, 2.0)], "abc")
    ([-1.0, 1.0], [2.0, 0.5], ['c', 'a'])
    """
    used = sorted((x, y, name) for (x, y), name in zip(points, names, strict=True) if y > shelf)
    if not used:
        raise ValueError("all points lie on the shelf; lift one of them above it")
    return tuple(map(list, zip(*used, strict=True)))


def on_shelf(points, names, *, shelf=SHELF):
    """Return (x, y, name) of each point that is not in use.

    >>> on_shelf([(1.0, 0.5), (0.0, -3.0), (-1.0, 2.0)], "abc")
    [(0.0, -3.0, 'b')]
    """
    return [(x, y, name) for (x, y), name in zip(points, names, strict=True) if y <= shelf]


def guess(model, x, y, asked):
    """Return mean (m,), sd (m,) and the weights of the readings (m, n) for one function, in NumPy.

    model: a NeuralProcess (its weights are those of its heads, averaged), or ``exact``
    x, y, asked: (n,), (n,), (m,)
    """
    x, y, asked = (torch.as_tensor(each, dtype=torch.float32)[None] for each in (x, y, asked))
    with torch.no_grad():
        mean, sd = model(x, y, asked)
        weights = exact_weights(x[0], asked[0]) if model is exact else model.weights(x, asked)[0].mean(0)
    return as_numpy(mean[0]), as_numpy(sd[0]), as_numpy(weights)


def describe(model, points, names, asked):
    """Return in a sentence what a model guesses at one place, and how much each point in use counts there."""
    x, y, names = in_use(points, names)
    mean, sd, weights = guess(model, x, y, [asked])
    counts = ", ".join(f"{name} {weight:z.2f}" for name, weight in zip(names, weights[0], strict=True))
    expects = f"At {asked:.1f} it expects {mean[0]:.2f}, give or take {sd[0]:.2f}."
    return f"{len(x)} readings in use. {expects} Weights: {counts}."


__all__ = ["NeuralProcess", "describe", "exact", "guess", "held_out", "in_use", "measure", "on_shelf", "score", "teach"]
