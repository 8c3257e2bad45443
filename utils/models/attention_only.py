"""A model of nothing but attention: tokens and places in, one layer of heads after the other, scores out."""

from functools import partial

import torch
from torch import nn

from utils.attention import causal_mask
from utils.attention.heads import split_heads
from utils.models.layers import MultiHeadAttention
from utils.seeds import seeded_start


class AttentionOnly(nn.Module):
    """Each layer lets every token look back and adds what it finds to the token; the last one's sum is read off.

    >>> scores, weights = AttentionOnly(5, 3, places=4)(torch.zeros(1, 4, dtype=torch.int64))
    >>> tuple(scores.shape), tuple(weights.shape)
    ((1, 4, 3), (1, 2, 4, 4, 4))
    """

    def __init__(self, vocab_size, n_out, *, places, d_model=64, n_heads=4, n_layers=2, seed=0):
        """Make it with the weights of a seed.

        vocab_size: how many tokens there are      n_out: how many answers
        places: the longest row; each place has a vector of its own, added to the token
        """
        super().__init__()
        self.settings = {"vocab_size": vocab_size, "n_out": n_out, "places": places, "d_model": d_model}
        self.settings |= {"n_heads": n_heads, "n_layers": n_layers}
        with seeded_start(seed):
            self.token = nn.Embedding(vocab_size, d_model)
            self.place = nn.Parameter(0.1 * torch.randn(places, d_model))
            self.norms = nn.ModuleList(nn.LayerNorm(d_model) for _ in range(n_layers))
            self.layers = nn.ModuleList(MultiHeadAttention(d_model, n_heads) for _ in range(n_layers))
            self.out = nn.Sequential(nn.LayerNorm(d_model), nn.Linear(d_model, n_out))

    def values(self, x):
        """Return what every token hands over in every head, as features of the token that looks: v W_o.

        Returns values   (B, n_layers, n_heads, T, d_model): place i is given Σ_j α_ij · values_j by a head
        """
        caught = []
        hooks = [layer.W_v.register_forward_hook(lambda *about: caught.append(about[2])) for layer in self.layers]
        try:
            self(x)
        finally:
            for hook in hooks:
                hook.remove()
        each = zip(self.layers, caught, strict=True)
        return torch.stack([layer.handed(split_heads(v, layer.n_heads)) for layer, v in each], dim=1)

    def forward(self, x, *, change=None):
        """Return the scores of the answers at every place, and all α, layer by layer, head by head.

        x: tokens, int64                            (B, T)
        change: change(layer, weights) -> the weights that this layer shall use, for experiments

        Returns (scores, weights)                   (B, T, n_out), (B, n_layers, n_heads, T, T)
        Raises ValueError for an x that is no table of tokens, or longer than there are places.
        """
        if x.ndim != 2 or x.dtype != torch.int64 or x.shape[1] > len(self.place):
            most = f"int64, (B, T) with T at most {len(self.place)}"
            raise ValueError(f"x has shape {tuple(x.shape)} and holds {x.dtype}: it must be {most}")
        h, seen = self.token(x) + self.place.narrow(0, 0, x.shape[1]), []
        mask = causal_mask(x.shape[1], like=h)
        for number, (norm, layer) in enumerate(zip(self.norms, self.layers, strict=True)):
            found, weights = layer(norm(h), mask=mask, change=change and partial(change, number))
            h = h + found  # (B, T, d_model)
            seen.append(weights)
        return self.out(h), torch.stack(seen, dim=1)
