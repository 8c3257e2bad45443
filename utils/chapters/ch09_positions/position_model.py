"""A small causal machine of attention whose knowledge of order can be chosen: it answers at every place of a row.

Each layer is multi-head attention, added to what came in, and a small network, added again. The codes:

    none         no code: order comes from the causal mask alone, if at all
    learned      a vector for each place, trained, added to the item; there is none beyond ``places``
    sinusoidal   clock hands, added to the item
    rotary       queries and keys turned by their place
    alibi        scores lowered by distance
"""

import math

import torch
from torch import nn

from utils import attention as kernel
from utils.seeds import seeded_start
from utils.validation import check_choice

CODES = ("none", "learned", "sinusoidal", "rotary", "alibi")


class Layer(nn.Module):
    """Attention and a small network, each on normalised input, each added to what came in."""

    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.qkv, self.out = nn.Linear(d_model, 3 * d_model), nn.Linear(d_model, d_model)
        self.norms = nn.ModuleList([nn.LayerNorm(d_model) for _ in range(2)])
        self.mlp = nn.Sequential(nn.Linear(d_model, 2 * d_model), nn.ReLU(), nn.Linear(2 * d_model, d_model))

    def forward(self, h, mask, turn):
        B, T, d = h.shape
        split = self.qkv(self.norms[0](h)).reshape(B, T, 3, self.n_heads, -1)
        q, k, v = split.permute(2, 0, 3, 1, 4)  # (B, H, T, d_head) each
        out, weights = kernel.attention(turn(q), turn(k), v, mask)  # (B, H, T, d_head), (B, H, T, T)
        h = h + self.out(out.transpose(1, 2).reshape(B, T, d))
        return h + self.mlp(self.norms[1](h)), weights


class Places(nn.Module):
    """Layers of attention under a causal mask, with one of CODES to tell order."""

    def __init__(self, code, symbols, n_out, places, *, d_model=32, n_heads=4, n_layers=2, causal=True, base=10000,
                 seed=0):  # fmt: skip
        """Make it with the weights of a seed; places: how many places a learned code has a vector for."""
        super().__init__()
        check_choice(CODES, code=code)
        self.code, self.causal, self.base, self.pairing, self.n_heads = code, causal, base, "interleaved", n_heads
        with seeded_start(seed):
            self.item = nn.Embedding(symbols, d_model)
            self.layers = nn.ModuleList([Layer(d_model, n_heads) for _ in range(n_layers)])
            self.read = nn.Linear(d_model, n_out)
            self.place = nn.Parameter(0.1 * torch.randn(places, d_model)) if code == "learned" else None
        self.places = places if code == "learned" else None  # how long a row may be; None: as long as you like

    def forward(self, x):
        return self.run(x)[0]

    def run(self, x):
        """Return the scores of the answers (B, T, n_out), and α of each layer, a list of (B, H, T, T)."""
        n, h = x.shape[1], self.item(x)
        if self.code == "learned" and n > len(self.place):
            raise ValueError(f"there are {len(self.place)} learned places, and the row has {n}")
        if self.code in ("learned", "sinusoidal"):
            h = h + (self.place[:n] if self.code == "learned" else kernel.sinusoidal(n, h.shape[-1], self.base, like=h))
        alphas = []
        for layer in self.layers:
            h, weights = layer(h, self._mask(n, h), self._turn(n, h))
            alphas.append(weights)
        return self.read(h), alphas

    def _mask(self, n, h):
        allowed = kernel.causal_mask(n, like=h) | (not self.causal)
        if self.code != "alibi":
            return allowed
        return torch.where(allowed, kernel.alibi(self.n_heads, n, like=h), -math.inf)

    def _turn(self, n, h):
        if self.code != "rotary":
            return lambda x: x
        places = torch.arange(n, device=h.device)
        return lambda x: kernel.rotary(x, places, self.base, self.pairing)
