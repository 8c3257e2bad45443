"""First-symbol recall, from the batch to a trained memory: the task on which chapters compare machines."""

from utils.data.recall import first_symbol
from utils.seeds import seeded
from utils.training import train

SYMBOLS = 8  # chance is one in eight
HELD_OUT = 10_000  # the seed of the rows that only measure


def one_hot_batch(n, rows, generator):
    """Draw rows of symbols, each a vector with a single 1, and their answers: the first symbol of each row.

    n: length of a row       rows: how many, B       generator: torch.Generator on the CPU

    Returns x (B, n, 8) floating, y (B,)
    Raises ValueError as `first_symbol` does.

    >>> x, y = one_hot_batch(5, 3, seeded(0))
    >>> tuple(x.shape), bool((x[:, 0].argmax(-1) == y).all())
    ((3, 5, 8), True)
    """
    import torch

    x, y = first_symbol(n, rows, generator, symbols=SYMBOLS)
    return torch.nn.functional.one_hot(x, SYMBOLS).float(), y


def accuracy_on(n, rows=500):
    """Return a function that tells which part of the answers a model gets right, on rows that it never trains on."""
    x, y = one_hot_batch(n, rows, seeded(HELD_OUT))

    def accuracy(model):
        return (model(x).argmax(-1) == y).float().mean().item()

    return accuracy


def learn(model, n, *, steps, lr, seed=0, until=0.97, batch=64, **options):
    """Train a model to recall the first of n symbols, until it gets so many right; look every 20 steps.

    model: takes x (B, n, 8), answers with (B, 8) scores
    steps, lr, seed, and options: as in ``training.train``

    Returns a History
    """
    import torch

    def loss(model, generator):
        x, y = one_hot_batch(n, batch, generator)
        return torch.nn.functional.cross_entropy(model(x), y)

    measure = accuracy_on(n)
    return train(model, loss, steps=steps, lr=lr, seed=seed, evaluate=measure, every=20, until=until, **options)
