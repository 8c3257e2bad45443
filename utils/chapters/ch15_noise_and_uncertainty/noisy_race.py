"""The race's first task with noise on what is read: who is still right, and what does α say meanwhile?

The first of 20 symbols is asked for (chapter 05). Each symbol is eight numbers, one of them 1; here each number has
noise added to it. Nobody can tell more about the first symbol than its own eight numbers do: the largest of them is the
best guess there is, and ``limit`` counts how often it is right.
"""

import torch

from utils.chapters.ch05_the_race import race
from utils.seeds import seeded
from utils.training import train
from utils.validation import check_number

TASK, LENGTH, ROWS = "first symbol", 20, 2000
NOISES = (0.0, 0.25, 0.5, 0.75, 1.0)


def draw(noise, batch, generator):
    """Draw rows and add noise to every number   (batch, 20, 8), (batch,).

    Raises ValueError for noise below zero.

    >>> tuple(draw(0.5, 3, seeded(0))[0].shape)
    (3, 20, 8)
    """
    check_number(least=0, noise=noise)
    x, y = race.draw(TASK, LENGTH, batch, generator)
    return x + noise * torch.randn(x.shape, generator=generator), y


def teach(name, *, noise=0.0, seed=0, lr=1e-2, steps=300, **options):
    """Let an entrant of the race learn the task, with noise or without; return it, and its History."""
    model = race.enter(name, TASK, LENGTH, seed=seed)

    def loss(model, generator):
        x, y = draw(noise, 32, generator)
        return torch.nn.functional.cross_entropy(model(x), y)

    return model, train(model, loss, steps=steps, lr=lr, seed=seed, **options)


def measure(model, noise, *, seed=77):
    """Return what a model does at a noise, as shares of 2,000 new rows.

    Returns {"right"}, and for a model with an α also {"largest weight": its mean; "at the first": how often the largest
        weight stands at the first symbol; "sharp and wrong": rows in which it is above 0.9 and the answer is wrong}
    """
    x, y = draw(noise, ROWS, seeded(seed))
    with torch.no_grad():
        right = model(x).argmax(-1) == y
        found = {"right": right}
        if hasattr(model, "weights"):
            largest, place = model.weights(x)[:, 0].max(-1)
            found |= {
                "largest weight": largest,
                "at the first": place == 0,
                "sharp and wrong": (largest > 0.9) & ~right,
            }
    return {name: each.float().mean().item() for name, each in found.items()}


def limit(noise, *, seed=77):
    """Return how often the largest of the first symbol's own numbers is the right one: nobody can do better.

    >>> limit(0)
    1.0
    """
    x, y = draw(noise, ROWS, seeded(seed))
    return (x[:, 0].argmax(-1) == y).float().mean().item()
