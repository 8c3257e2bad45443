"""Networks on a graph: each node takes a weighted mean of its neighbours; the models differ in the weights only."""

import torch
from torch import nn
from torch.nn.functional import elu, leaky_relu

from utils.attention.heads import split_heads
from utils.seeds import seeded_start
from utils.validation import check_choice

KINDS = ("uniform", "by degree", "2018", "mended", "dot product")


class GraphLayer(nn.Module):
    """One look along the ties.

    uniform     everybody allowed counts the same
    by degree   1 / √(ties of i · ties of j), as in Kipf and Welling 2017
    2018        LeakyReLU(a · W h_i + b · W h_j), then softmax: Velickovic et al. 2018
    mended      a · LeakyReLU(W_q h_i + W_k h_j), then softmax: Brody, Alon and Yahav 2022
    dot product the scores of all other chapters, W_q h_i · W_k h_j / √d
    """

    def __init__(self, kind, d_in, d_out, *, n_heads=1):
        super().__init__()
        check_choice(KINDS, kind=kind)
        self.kind, self.n_heads = kind, n_heads
        self.value = nn.Linear(d_in, n_heads * d_out, bias=False)
        if kind == "2018":
            self.asks, self.answers = (nn.Parameter(torch.randn(n_heads, d_out) / d_out**0.5) for _ in range(2))
        if kind in ("mended", "dot product"):
            self.query, self.key = (nn.Linear(d_in, n_heads * d_out) for _ in range(2))
        if kind == "mended":
            self.asks = nn.Parameter(torch.randn(n_heads, d_out) / d_out**0.5)

    def forward(self, h, mask):
        """Return what each node heard, head by head, and α.

        h: features of the nodes (..., n, d_in)      mask: True = may look   (n, n)
        Returns (out, weights)   (..., n, n_heads, d_out), (..., n_heads, n, n)
        """
        values = split_heads(self.value(h), self.n_heads)  # (..., H, n, d_out)
        weights = self._weights(h, values, mask)
        return (weights @ values).transpose(-3, -2), weights

    def scores(self, h, values):
        """Return the scores of a kind that attends   (..., n_heads, n, n)."""
        if self.kind == "2018":
            asks, answers = ((values * each[:, None]).sum(-1) for each in (self.asks, self.answers))
            return leaky_relu(asks[..., None] + answers[..., None, :], 0.2)
        q, k = (split_heads(project(h), self.n_heads) for project in (self.query, self.key))
        if self.kind == "dot product":
            return q @ k.mT / q.shape[-1] ** 0.5
        pairs = leaky_relu(q[..., None, :] + k[..., None, :, :], 0.2)  # (..., H, n, n, d_out)
        return (pairs * self.asks[:, None, None]).sum(-1)

    def _weights(self, h, values, mask):
        if self.kind not in ("uniform", "by degree"):
            return self.scores(h, values).masked_fill(~mask, -torch.inf).softmax(-1)
        ties = mask.sum(-1).to(h.dtype)
        even = mask / ties[:, None] if self.kind == "uniform" else mask / (ties[:, None] * ties).sqrt()
        return even.expand(*values.shape[:-2], *mask.shape)


class GraphReader(nn.Module):
    """Two looks along the ties, then a score for each class."""

    def __init__(self, kind, d_in, classes, *, d_hidden=8, n_heads=4, seed=0):
        """Make it with the weights of a seed; d_hidden: features of each head of the first look."""
        super().__init__()
        with seeded_start(seed):
            self.first = GraphLayer(kind, d_in, d_hidden, n_heads=n_heads)
            self.second = GraphLayer(kind, n_heads * d_hidden, classes)

    def forward(self, h, mask):
        return self.run(h, mask)[0]

    def run(self, h, mask):
        """Return the scores (n, classes), and α of both looks (n_heads, n, n), (1, n, n)."""
        heard, one = self.first(h, mask)
        scores, two = self.second(elu(heard.flatten(-2)), mask)
        return scores.squeeze(-2), (one, two)
