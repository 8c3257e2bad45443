"""One layer or two: associative recall with key and value as tokens of their own, and a model to learn it."""

from torch.nn.functional import cross_entropy

from utils.data.recall import associative_recall
from utils.models.attention_only import AttentionOnly
from utils.seeds import seeded
from utils.training import train

PAIRS, SYMBOLS, GOAL = 8, 16, 0.97


def make(n_layers, *, n_heads=1, d_model=64, seed=0):
    """Return an untrained model for rows of 8 pairs and a question: 32 tokens, 17 places, 16 answers."""
    sizes = {"places": 2 * PAIRS + 1, "d_model": d_model, "n_heads": n_heads, "n_layers": n_layers}
    return AttentionOnly(2 * SYMBOLS, SYMBOLS, **sizes, seed=seed)


def batch(generator, size=64):
    """Return rows of pairs and the answers   (B, 17), (B,)."""
    return associative_recall(PAIRS, size, generator, keys=SYMBOLS, values=SYMBOLS, separate=True)


def loss(model, generator):
    """Return the cross-entropy of the last place's answer, on a fresh batch."""
    x, y = batch(generator)
    return cross_entropy(model(x)[0][:, -1], y)


def accuracy(model):
    """Return how often the answer is right, on 512 rows that are always the same and never trained on."""
    x, y = batch(seeded(10_000), 512)
    return (model(x)[0][:, -1].argmax(-1) == y).float().mean().item()


def teach(model, *, steps, seed, lr=3e-3, every=25):
    """Train a model until its goal, or as long as the steps last; return the History."""
    return train(model, loss, steps=steps, lr=lr, seed=seed, evaluate=accuracy, every=every, until=GOAL)


def ask(pairs, asked):
    """Return one row: pairs of key and value, and last the key of the pair that is asked for   (1, 2 n + 1).

    pairs: a row of the task   (17,)
    asked: which pair, from 0
    """
    row = pairs.clone()
    row[-1] = row[2 * asked]
    return row[None]


def names(row):
    """Return how the tokens of a row are written: keys as letters, values as numbers.

    >>> import torch
    >>> names(torch.tensor([2, 16, 0]))
    ['C', '0', 'A']
    """
    return [chr(65 + token) if token < SYMBOLS else str(token - SYMBOLS) for token in row.tolist()]
