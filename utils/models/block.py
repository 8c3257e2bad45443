"""A block of a Transformer, from parts that can be swapped: residual, norm, feed-forward network, biases, QK-norm.

Two recipes, the paper's and the one most models of the 2020s share. Each is a dictionary, so one choice can be changed:

    BLOCKS["2017"] | {"place": "before"}
"""

import torch
from torch import nn
from torch.nn.functional import silu

from utils.attention import attention, causal_mask, fused_attention
from utils.attention.heads import merge_heads, split_heads
from utils.models.layers import MultiHeadAttention

CHOICES = {
    "residual": (True, False),  # whether a part adds to what came in, or replaces it
    "place": ("before", "after"),  # where the norm stands: before each part, or after the sum
    "norm": ("LayerNorm", "RMSNorm", "none"),
    "feed": ("ReLU", "SwiGLU"),
    "bias": (True, False),
    "qk_norm": (True, False),  # whether queries and keys are normalised, head by head
    "softcap": (None, 30.0),  # how far from 0 the scores of the next token can get
}
KEYS = tuple(CHOICES)
BLOCKS = {
    "2017": dict(zip(KEYS, (True, "after", "LayerNorm", "ReLU", True, False, None), strict=True)),
    "today": dict(zip(KEYS, (True, "before", "RMSNorm", "SwiGLU", False, True, 30.0), strict=True)),
}


def choose(block):
    """Return the recipe of a name, "2017" or "today", or the recipe itself.

    Raises ValueError for any other name, and for a choice that there is not.

    >>> choose("2017")["norm"]
    'LayerNorm'
    """
    recipe = BLOCKS.get(block) if isinstance(block, str) else block
    if not isinstance(recipe, dict) or set(recipe) != set(KEYS):
        raise ValueError(f"block is {block!r}: it must be '2017', 'today' or a dictionary with the keys of those")
    for key, choices in CHOICES.items():
        if recipe[key] not in choices:
            raise ValueError(f"block[{key!r}] is {recipe[key]!r}: it must be one of {choices}")
    return recipe


def make_norm(kind, size):
    """Return a module that normalises the features of each token: "LayerNorm", "RMSNorm", or "none", which does not."""
    kinds = {"LayerNorm": nn.LayerNorm, "RMSNorm": nn.RMSNorm, "none": nn.Identity}
    return kinds[kind](size, **({} if kind == "none" else {"eps": 1e-5}))


class FeedForward(nn.Module):
    """A small network for each token alone: the same for all, and no other token can reach it.

    >>> [sum(p.numel() for p in FeedForward(128, kind, False).parameters()) for kind in ("ReLU", "SwiGLU")]
    [131072, 132096]
    """

    def __init__(self, d_model, kind, bias):
        super().__init__()
        wide = 4 * d_model if kind == "ReLU" else 8 * round(d_model / 3)  # three matrices then hold what two hold
        self.up, self.down = nn.Linear(d_model, wide, bias), nn.Linear(wide, d_model, bias)
        self.gate = nn.Linear(d_model, wide, bias) if kind == "SwiGLU" else None

    def forward(self, x):
        """Return as many features as came in   (..., d_model)."""
        return self.down(torch.relu(self.up(x)) if self.gate is None else silu(self.gate(x)) * self.up(x))


class Block(nn.Module):
    """Attention, where tokens meet, and then a feed-forward network, where each is alone."""

    def __init__(self, d_model, n_heads, recipe, dropout=0.0):
        """Make it by a recipe of BLOCKS; dropout: how often, in training, a number is left out of what a part adds."""
        super().__init__()
        self.recipe = choose(recipe)
        self.attend = MultiHeadAttention(d_model, n_heads, bias=self.recipe["bias"])
        self.feed = FeedForward(d_model, self.recipe["feed"], self.recipe["bias"])
        self.norms = nn.ModuleList(make_norm(self.recipe["norm"], d_model) for _ in range(2))
        kind = "RMSNorm" if self.recipe["qk_norm"] else "none"
        self.norm_q, self.norm_k = make_norm(kind, self.attend.d_head), make_norm(kind, self.attend.d_head)
        self.drop = nn.Dropout(dropout)

    def forward(self, x, *, turn=lambda x: x, cache=None, heads=None, with_weights=True):
        """Return what the block makes of x, its α, and its values.

        x: tokens                                     (B, N, d_model)
        turn: what rotary positions do to queries and keys
        cache: a KVCache with the earlier places      heads: 1 to keep a head, 0 to remove it   (H,)

        Returns (x, weights, v)   (B, N, d_model), (B, H, N, M) or None, (B, H, M, d_head)
        """
        found, weights, v = self._look(self._enter(0, x), turn, cache, heads, with_weights)
        x = self._join(0, x, found)
        return self._join(1, x, self.feed(self._enter(1, x))), weights, v

    def _enter(self, part, x):
        return self.norms[part](x) if self.recipe["place"] == "before" else x

    def _join(self, part, x, change):
        change = self.drop(change)
        x = x + change if self.recipe["residual"] else change
        return self.norms[part](x) if self.recipe["place"] == "after" else x

    def _look(self, x, turn, cache, heads, with_weights):
        own = self.attend
        q, k, v = (split_heads(project(x), own.n_heads) for project in (own.W_q, own.W_k, own.W_v))
        q, k = turn(self.norm_q(q)), turn(self.norm_k(k))  # (B, H, N, d_head)
        k, v, mask = (k, v, causal_mask(x.shape[-2], like=x)) if cache is None else cache.append(k, v)
        out, weights = attention(q, k, v, mask) if with_weights else (fused_attention(q, k, v, mask), None)
        if heads is not None:
            out = out * heads[:, None, None]
        return own.W_o(merge_heads(out)), weights, v
