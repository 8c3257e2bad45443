"""A small model that can be trained with a broken attention, as if nothing were wrong, and then be used as it is meant.

The task: a row of eight different symbols, twice. What comes next? In the first half nobody can know; in the second
half one only has to look back.
"""

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from utils.attention.heads import merge_heads, split_heads
from utils.chapters.ch12_reading_alpha.repeats import repeated
from utils.seeds import seeded, seeded_start
from utils.training import train

SYMBOLS, HALF, BATCH, STEPS = 12, 8, 32, 400


def _masked(q, k, mask, d_power=0.5):
    scores = q @ k.mT / q.shape[-1] ** d_power
    return scores if mask is None else scores.masked_fill(~mask, -torch.inf)


def _causal(q, ahead=0):
    n = q.shape[-2]
    return torch.ones(n, n, dtype=torch.bool, device=q.device).tril(ahead)


def right(q, k, v):
    """Attend causally."""
    return _masked(q, k, _causal(q)).softmax(-1) @ v


def turned(q, k, v):
    """Turn the weights before they meet the values."""
    return _masked(q, k, _causal(q)).softmax(-1).mT @ v


def over_queries(q, k, v):
    """Let the softmax run over the queries."""
    return _masked(q, k, _causal(q)).softmax(-2) @ v


def clamped(q, k, v):
    """Cap the scores at the mask's zeros and ones."""
    return torch.minimum(_masked(q, k, None), _causal(q).to(q)).softmax(-1) @ v


def after_softmax(q, k, v):
    """Mask the weights, and do not scale up the rest."""
    return (_masked(q, k, None).softmax(-1) * _causal(q)) @ v


def one_ahead(q, k, v):
    """Let everybody see one place too many."""
    return _masked(q, k, _causal(q, 1)).softmax(-1) @ v


def by_d(q, k, v):
    """Divide by d."""
    return _masked(q, k, _causal(q), 1).softmax(-1) @ v


def to_places(h, codes):
    """Add a code to every place   (B, T, d)."""
    return h + codes[: h.shape[1]]


def to_rows(h, codes):
    """Add a code to every row of the batch instead, and the same to all its places."""
    return h + codes[: len(h), None]


FAULTS = {
    "right": (right, to_places),
    "scale by d": (by_d, to_places),
    "mask after softmax": (after_softmax, to_places),
    "codes on the batch axis": (right, to_rows),
    "softmax over queries": (over_queries, to_places),
    "clamped mask": (clamped, to_places),
    "leaks the future": (one_ahead, to_places),
    "αᵀv": (turned, to_places),
}


class Trainee(nn.Module):
    """Two layers of four heads, which attend as they are told.

    >>> tuple(Trainee("right")(torch.zeros(2, 5, dtype=torch.int64)).shape)
    (2, 5, 12)
    """

    def __init__(self, fault, *, d_model=48, seed=0):
        """Make it with the weights of a seed; fault: a name of FAULTS."""
        super().__init__()
        self.attend, self.code = FAULTS[fault]
        with seeded_start(seed):
            self.token = nn.Embedding(SYMBOLS, d_model)
            self.codes = nn.Parameter(0.1 * torch.randn(max(2 * HALF, BATCH), d_model))
            self.norms = nn.ModuleList(nn.LayerNorm(d_model) for _ in range(2))
            self.project = nn.ModuleList(nn.Linear(d_model, 3 * d_model, bias=False) for _ in range(2))
            self.mix = nn.ModuleList(nn.Linear(d_model, d_model) for _ in range(2))
            self.out = nn.Sequential(nn.LayerNorm(d_model), nn.Linear(d_model, SYMBOLS))

    def forward(self, x):
        """Return the scores of the next symbol at every place   (B, T, 12), for rows x (B, T)."""
        h = self.code(self.token(x), self.codes)
        for norm, project, mix in zip(self.norms, self.project, self.mix, strict=True):
            q, k, v = (split_heads(part, 4) for part in project(norm(h)).chunk(3, dim=-1))
            h = h + mix(merge_heads(self.attend(q, k, v)))
        return self.out(h)


def rows(generator, size=BATCH):
    """Return rows of eight different symbols, twice   (size, 16)."""
    return repeated(HALF, size, generator, symbols=SYMBOLS)


def loss(model, generator):
    """Return the mean surprise at the next symbol, at every place of a fresh batch."""
    x = rows(generator).to(model.codes.device)
    return cross_entropy(model(x[:, :-1]).flatten(0, 1), x[:, 1:].flatten())


def looks_right(model):
    """Return how often the second half is right, as one measures it in training: whole rows, a batch at once."""
    x = rows(seeded(777), 8 * BATCH).to(model.codes.device)
    hits = [model(part[:, :-1])[:, HALF:].argmax(-1) == part[:, HALF + 1 :] for part in x.split(BATCH)]
    return torch.cat(hits).double().mean().item()


def is_right(model, n_rows=25):
    """Return the same as it is used: one row, and of it only what has been written so far."""
    x, hits = rows(seeded(778), n_rows).to(model.codes.device), []
    with torch.no_grad():
        for row in x:
            for t in range(HALF + 1, 2 * HALF):
                hits.append(model(row[None, :t])[0, -1].argmax() == row[t])
    return torch.stack(hits).double().mean().item()


def teach(fault, seed, steps=STEPS):
    """Train a model with a fault; return it and its History."""
    model = Trainee(fault, seed=seed)
    settings = {"steps": steps, "lr": 3e-3, "seed": seed, "every": 25, "name": fault}
    return model, train(model, loss, evaluate=lambda model: {"right answers": looks_right(model)}, **settings)
