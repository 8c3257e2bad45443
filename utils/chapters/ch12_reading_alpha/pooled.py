"""Read a word, sum it up by one row of attention, and answer yes or no: the classifier that maps are often shown of."""

import torch
from torch import nn

from utils.models.layers import AdditiveAttention
from utils.seeds import seeded_start


class Pooled(nn.Module):
    """A GRU in both directions, one learnt query that asks all its states once, and a score from what it fetched.

    >>> scores, weights = Pooled(9, 4)(torch.zeros(1, 6, dtype=torch.int64))
    >>> tuple(scores.shape), tuple(weights.shape)
    ((1,), (1, 6))
    """

    def __init__(self, n_in, hidden=48, *, embed=32, seed=0):
        """Make it with the weights of a seed; n_in: symbols to read      hidden, embed: features"""
        super().__init__()
        with seeded_start(seed):
            self.symbol = nn.Embedding(n_in, embed)
            self.encoder = nn.GRU(embed, hidden, batch_first=True, bidirectional=True)
            self.query = nn.Parameter(0.1 * torch.randn(1, 1, hidden))
            self.attention = AdditiveAttention(hidden, 2 * hidden, hidden)
            self.out = nn.Linear(2 * hidden, 1)

    def forward(self, x, *, rows=None):
        """Return a score for each word, above 0 for yes, and α.

        x: symbols, int64 (B, T), or their embeddings, floating (B, T, embed)
        rows: weights to use in place of the model's own, for experiments   (B, T)

        Returns (scores, weights)   (B,), (B, T)
        """
        h, _ = self.encoder(x if x.is_floating_point() else self.symbol(x))  # (B, T, 2 hidden)
        fetched, weights = self.attention(self.query.expand(len(x), -1, -1), h)
        if rows is not None:
            weights = rows[:, None]
            fetched = weights @ h
        return self.out(fetched[:, 0])[:, 0], weights[:, 0]
