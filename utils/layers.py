"""Layers of torch that hold an attention, one idea a class."""

import torch
from torch import nn


class AdditiveAttention(nn.Module):
    """A little network scores every pair of query and key: v · tanh(W_q q + W_k k). What is asked is also fetched."""

    def __init__(self, d_query, d_key, d_hidden):
        """Make it with torch's own first weights.

        d_query, d_key: features of a query, of a key      d_hidden: width of the little network
        """
        super().__init__()
        self.query = nn.Linear(d_query, d_hidden)
        self.key = nn.Linear(d_key, d_hidden, bias=False)  # the query's bias serves both
        self.score = nn.Linear(d_hidden, 1, bias=False)

    def forward(self, q, h, mask=None):
        """Let every query look at all states, which are keys and values at once.

        q: who asks (B, n_q, d_query)        h: whom to ask (B, n_k, d_key)
        mask: boolean, True = may look, at least one key for every query   (B, 1, n_k)
        Returns (out, weights)   (B, n_q, d_key), (B, n_q, n_k)
        Source: Bahdanau, Cho and Bengio 2015, section A.1.2.

        >>> q, h = torch.ones(1, 2, 3), torch.ones(1, 4, 5)
        >>> out, weights = AdditiveAttention(3, 5, 6)(q, h)
        >>> tuple(out.shape), weights[0, 0].tolist()
        ((1, 2, 5), [0.25, 0.25, 0.25, 0.25])
        """
        pairs = torch.tanh(self.query(q)[:, :, None] + self.key(h)[:, None])  # (B, n_q, n_k, d_hidden)
        scores = self.score(pairs).squeeze(-1)
        if mask is not None:
            scores = scores.masked_fill(~mask, -torch.inf)
        weights = scores.softmax(-1)
        return weights @ h, weights
