"""A conditional neural process: it reads a few points of a curve and says what it expects elsewhere, and how surely.

    encode     every reading (x, y) becomes a vector, by itself
    gather     the mean of them all, or attention: each place that is asked for weighs the readings by their places
    decode     what was gathered, and the place, become two numbers: a mean and a standard deviation

Sources: Garnelo et al. 2018, "Conditional neural processes"; Kim et al. 2019, "Attentive neural processes" (here
without the latent variable of that paper).
"""

import math
from itertools import pairwise

import torch
from torch import nn
from torch.nn.functional import softplus

from utils.attention import attention
from utils.attention.heads import merge_heads, split_heads
from utils.seeds import seeded_start
from utils.validation import check_choice

LEAST = 0.01  # the smallest standard deviation a model may promise


class NeuralProcess(nn.Module):
    """A conditional neural process that gathers with attention, or with a mean of about as many parameters."""

    def __init__(self, gather="attention", d_hidden=64, n_heads=4, *, seed=0):
        """Make it with the weights of a seed.

        gather: "attention" or "mean"; the mean needs no keys, so it gets wider layers instead
        d_hidden: features of a reading       n_heads: heads of the attention, each with its slice of them
        """
        super().__init__()
        check_choice(("attention", "mean"), gather=gather)
        self.settings = {"gather": gather, "d_hidden": d_hidden, "n_heads": n_heads}
        d = d_hidden if gather == "attention" else round(d_hidden * math.sqrt(5 / 4))  # 4 tables of d², not 5
        self.n_heads = n_heads
        with seeded_start(seed):
            self.encode, self.decode = _network(2, d, d, d), _network(d + 1, d, d, 2)
            self.place = _network(1, d, d) if gather == "attention" else None

    def weights(self, x, asked):
        """Return α, how each place asked for weighs the readings   (B, H, m, n); for the mean, one head, all alike.

        x: where the readings are (B, n)      asked: (B, m)
        """
        if self.place is None:
            return x.new_full((len(x), 1, asked.shape[1], x.shape[1]), 1 / x.shape[1])
        return self._look(x, asked, x[..., None].expand(-1, -1, self.n_heads))[1]

    def forward(self, x, y, asked):
        """Return the mean and the standard deviation of a reading at each place asked for   (B, m), (B, m).

        x, y: the readings   (B, n), (B, n)
        """
        told = self.encode(torch.stack([x, y], -1))  # (B, n, d)
        if self.place is None:
            heard = told.mean(1, keepdim=True).expand(-1, asked.shape[1], -1)  # (B, m, d)
        else:
            heard = merge_heads(self._look(x, asked, told)[0])
        mean, width = self.decode(torch.cat([heard, asked[..., None]], -1)).unbind(-1)
        return mean, LEAST + softplus(width)

    def _look(self, x, asked, values):
        q, k = (split_heads(self.place(places[..., None]), self.n_heads) for places in (asked, x))
        return attention(q, k, split_heads(values, self.n_heads))


def _network(*sizes):
    """Return linear layers of these sizes, with what is negative set to 0 between them."""
    layers = [part for a, b in pairwise(sizes) for part in (nn.Linear(a, b), nn.ReLU())]
    return nn.Sequential(*layers[:-1])
