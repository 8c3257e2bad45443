"""A small model that learns to look up what came next the last time, its life in snapshots, and what removal does."""

import torch
from torch.nn.functional import cross_entropy

from utils.attention.heads import split_heads
from utils.chapters.ch12_reading_alpha.reading_alpha import shuffled
from utils.chapters.ch12_reading_alpha.repeats import repeated
from utils.conversion import as_numpy
from utils.models.attention_only import AttentionOnly
from utils.seeds import seeded
from utils.training import train

SYMBOLS, PLACES, SHORTEST, LONGEST, USUAL = 32, 64, 8, 16, 12


def make(n_heads=1, *, seed=0, d_model=64):
    """Return an untrained model of two layers for rows of 32 symbols."""
    return AttentionOnly(SYMBOLS, SYMBOLS, places=PLACES, d_model=d_model, n_heads=n_heads, n_layers=2, seed=seed)


def loss(model, generator):
    """Return the cross-entropy of every symbol of the second copy but its first, on fresh rows."""
    n = int(torch.randint(SHORTEST, LONGEST + 1, (1,), generator=generator))
    x = repeated(n, 64, generator, symbols=SYMBOLS)
    scores, _ = model(x[:, :-1])
    return cross_entropy(scores[:, n:].flatten(0, 1), x[:, n + 1 :].flatten())


@torch.no_grad()
def accuracy(model, n=USUAL, *, gap=0, change=None, rows=256):
    """Return how often the next symbol is right in the second copy, on rows that are never trained on.

    n, gap: as for ``repeated``
    change: as for the model: what to do to α first
    """
    x = repeated(n, rows, seeded(10_000), gap=gap, symbols=SYMBOLS)
    scores, _ = model(x[:, :-1], change=change)
    return (scores[:, n + gap :].argmax(-1) == x[:, n + gap + 1 :]).float().mean().item()


@torch.no_grad()
def scores(model, n=USUAL):
    """Return where the heads look, each number a mean over 64 fresh rows.

    Returns {"induction": layer 2 on the token after the earlier copy   (H,),
             "previous": layer 1 on the token before, in the first copy and in the second   (2, H)}
    """
    weights = model(repeated(n, 64, seeded(20_000), symbols=SYMBOLS)[:, :-1])[1]  # (B, 2, H, T, T)
    again, before = torch.arange(n, 2 * n - 1), weights[:, 0].diagonal(-1, -2, -1).mean(0)  # (H, T - 1)
    found = weights[:, 1][:, :, again, again - n + 1].mean((0, 2))
    halves = torch.stack([before[:, : n - 1].mean(1), before[:, n - 1 :].mean(1)])
    return {"induction": found.tolist(), "previous": halves.tolist()}


def without(*heads):
    """Return a change that takes heads out: with an α of zeros a head finds nothing, and adds nothing.

    heads: pairs (layer, head), from 0

    >>> without((1, 0))(1, torch.ones(2, 1, 1)).flatten().tolist()
    [0.0, 1.0]
    """

    def change(layer, weights):
        gone = [head for at, head in heads if at == layer]
        kept = torch.ones(weights.shape[-3], 1, 1)
        kept[gone] = 0
        return weights * kept

    return change


def second_layer(model, removed=None):
    """Return a change that takes heads of the second layer out: these, or all   (numbers from 0)."""
    return without(*[(1, head) for head in (range(model.layers[1].n_heads) if removed is None else removed)])


def shuffle_second(seed=0):
    """Return a change that shuffles each row of the second layer's α among the places it may look at."""
    generator = seeded(seed)
    return lambda layer, weights: shuffled(weights, generator, causal=True) if layer == 1 else weights


def teach(model, *, steps=200, seed=0, row=None, watch=None, until=None, name="two layers", show=True):
    """Train a model and keep what it was like on the way; return the History.

    row: tokens (1, T), never trained on: the history then holds α of it at every note, in metric("α")
    watch: called with that α, (2, T, T), at every note
    """

    def note(model):
        kept = {"right": accuracy(model, rows=64)}
        if row is not None:
            kept["α"] = model(row)[1][0, :, 0]  # (2, T, T): head 0 of each layer
            if watch is not None:
                watch(kept["α"])
        return kept

    each = {"evaluate": note, "every": 5, "until": until, "name": name, "show": show}
    return train(model, loss, steps=steps, lr=3e-3, seed=seed, **each)


def example(seed=3, n=USUAL, gap=0):
    """Return one row of symbols that no model was trained on, without its last   (1, 2 n + gap - 1)."""
    return repeated(n, 1, seeded(seed), gap=gap, symbols=SYMBOLS)[:, :-1]


def names(row):
    """Return how symbols are written: 26 capital letters, then six Greek ones.

    >>> names([0, 25, 26])
    ['A', 'Z', 'β']
    """
    return ["ABCDEFGHIJKLMNOPQRSTUVWXYZβγδεζη"[symbol] for symbol in row]


@torch.no_grad()
def says(model, head=0):
    """Return which answers a head of layer 2 raises when it looks at a symbol, by the symbol's own vector alone.

    Returns the rise of each answer's score, without the last norm   (symbol looked at, answer), NumPy
    Source: Elhage et al. 2021, "A mathematical framework for transformer circuits": the OV circuit.
    """
    layer, norm = model.layers[1], model.norms[1]
    v = split_heads(layer.W_v(norm(model.token.weight)), layer.n_heads)[head]  # (V, d_head)
    handed = v @ split_heads(layer.W_o.weight, layer.n_heads)[head].mT  # (V, d_model)
    return as_numpy(handed @ model.out[1].weight.T)
