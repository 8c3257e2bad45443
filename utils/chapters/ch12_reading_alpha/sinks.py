"""The look-up task with a start symbol in front: where does a head look while there is nothing to look up?"""

import torch
from torch.nn.functional import cross_entropy

from utils import recipes
from utils.chapters.ch12_reading_alpha import induction
from utils.chapters.ch12_reading_alpha.induction import LONGEST, SHORTEST, SYMBOLS, USUAL
from utils.chapters.ch12_reading_alpha.repeats import repeated
from utils.models.attention_only import AttentionOnly
from utils.seeds import seeded
from utils.training import train

START = SYMBOLS  # a symbol that stands first in every row, and nowhere else


def make(seed=0):
    """Return an untrained model of two layers, one head each, for rows that begin with a start symbol."""
    return AttentionOnly(SYMBOLS + 1, SYMBOLS, places=induction.PLACES, n_heads=1, seed=seed)


def rows(n, batch, generator):
    """Draw rows: the start symbol, n symbols, the same n again   (B, 2 n + 1)."""
    return torch.cat([torch.full((batch, 1), START), repeated(n, batch, generator, symbols=SYMBOLS)], dim=1)


def losses(model, x, change=None):
    """Return the cross-entropy of the next symbol in the first copy, where nobody can know it, and in the second.

    x: of ``rows``        change: as for the model
    """
    n, (scores, _) = x.shape[1] // 2, model(x[:, :-1], change=change)
    parts = (scores[:, :n], x[:, 1 : n + 1]), (scores[:, n + 1 :], x[:, n + 2 :])
    return [cross_entropy(said.flatten(0, 1), right.flatten()) for said, right in parts]


def teach(model, *, steps=1000, seed=0, show=True):
    """Train a model on both copies, the first one with 0.3 of the weight; return the History."""

    def loss(model, generator):
        n = int(torch.randint(SHORTEST, LONGEST + 1, (1,), generator=generator))
        first, second = losses(model, rows(n, 64, generator))
        return second + 0.3 * first

    return train(model, loss, steps=steps, seed=seed, show=show)


def shipped():
    """Return the model of seed 0 that ``utils/chapters/ch12_reading_alpha/recipes/sink.py`` trained."""
    return recipes.shipped("12_sink", AttentionOnly)


def example(seed=3):
    """Return one row that no model was trained on, without its last symbol   (1, 2 n)."""
    return rows(USUAL, 1, seeded(seed))[:, :-1]


def names(row):
    """Return how symbols are written; the start is ▷."""
    return ["▷" if symbol == START else induction.names([symbol])[0] for symbol in row]


def mute_start(layer, weights):
    """Change α: in layer 2 the start symbol hands over nothing; the other weights stay as they are."""
    if layer == 0:
        return weights
    return weights * (torch.arange(weights.shape[-1]) > 0)


@torch.no_grad()
def measure(model, size=256):
    """Return how much of layer 2's weight stands on the start symbol, how long values are, and what silence costs."""
    x = rows(USUAL, size, seeded(30_000))
    n, weights, lengths = USUAL, model(x[:, :-1])[1][:, 1, 0], model.values(x[:, :-1])[:, 1, 0].norm(dim=-1)
    whole, muted = losses(model, x), losses(model, x, mute_start)
    return {
        "weight in the first copy": weights[:, 1 : n + 1, 0].mean().item(),
        "weight in the second copy": weights[:, n + 1 :, 0].mean().item(),
        "length of the start's value": lengths[:, 0].mean().item(),
        "length of the others": lengths[:, 1:].mean().item(),
        "loss in the first copy": whole[0].item(),
        "the same, start muted": muted[0].item(),
        "loss in the second copy": whole[1].item(),
        "the same, start muted, second": muted[1].item(),
    }
