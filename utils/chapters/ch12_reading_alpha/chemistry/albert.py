"""ALBERT: a Transformer whose layers are one and the same, applied again and again."""

import torch
from torch import nn

from utils.models.layers import MultiHeadAttention

EPS = 1e-12


class Albert(nn.Module):
    """Tokens in, features and every α out; each pass through the one layer is called a layer.

    Source: Lan et al. 2020, "ALBERT: a lite BERT for self-supervised learning of language representations".

    >>> h, weights = Albert(vocab_size=9, n_layers=3)(torch.zeros(1, 4, dtype=torch.int64))
    >>> tuple(h.shape), tuple(weights.shape)
    ((1, 4, 256), (1, 3, 8, 4, 4))
    """

    def __init__(self, vocab_size, *, d_embed=128, d_model=256, d_hidden=512, n_heads=8, n_layers=12, places=512):
        """Make it with torch's own first weights.

        vocab_size: how many tokens there are     places: the longest row
        d_embed: features of a token in the table, fewer than d_model: one matrix widens them
        d_hidden: width inside the feed-forward part
        n_layers: how often the layer is applied
        """
        super().__init__()
        self.n_layers = n_layers
        self.token, self.place = nn.Embedding(vocab_size, d_embed), nn.Embedding(places, d_embed)
        self.kind = nn.Parameter(torch.zeros(d_embed))  # BERT's "which of two texts": here there is one
        self.norm_tokens, self.widen = nn.LayerNorm(d_embed, EPS), nn.Linear(d_embed, d_model)
        self.attend, self.norm_attend = MultiHeadAttention(d_model, n_heads), nn.LayerNorm(d_model, EPS)
        self.up, self.down = nn.Linear(d_model, d_hidden), nn.Linear(d_hidden, d_model)
        self.norm_out = nn.LayerNorm(d_model, EPS)
        self.narrow, self.norm_guess = nn.Linear(d_model, d_embed), nn.LayerNorm(d_embed, EPS)
        self.likely = nn.Parameter(torch.zeros(vocab_size))

    def forward(self, x):
        """Return the features of every token after the last layer, and all α, from the same pass.

        x: tokens, int64                   (B, T)

        Returns (h, weights)               (B, T, d_model), (B, n_layers, n_heads, T, T)
        Raises ValueError for an x that is no table of tokens, or longer than there are places.
        """
        most = self.place.num_embeddings
        if not isinstance(x, torch.Tensor) or x.ndim != 2 or x.dtype != torch.int64 or not 0 < x.shape[1] <= most:
            found = f"{tuple(x.shape)} of {x.dtype}" if isinstance(x, torch.Tensor) else type(x).__name__
            raise ValueError(f"x is {found}: it must be int64, (B, T) with T from 1 to {most}")
        places = torch.arange(x.shape[1], device=x.device)
        h, seen = self.widen(self.norm_tokens(self.token(x) + self.place(places) + self.kind)), []
        for _ in range(self.n_layers):
            h, weights = self.layer(h)
            seen.append(weights)
        return h, torch.stack(seen, dim=1)

    def layer(self, h):
        """Apply the one layer once; each part is added to what was there, then normed.

        h: (B, T, d_model)      Returns (h, weights)   (B, T, d_model), (B, n_heads, T, T)
        """
        found, weights = self.attend(h)
        h = self.norm_attend(h + found)
        return self.norm_out(h + self.down(nn.functional.gelu(self.up(h)))), weights

    def guess(self, h):
        """Return the scores of every token of the vocabulary, at every place: what might stand there?

        h: (B, T, d_model)      Returns (B, T, vocab_size)
        """
        narrow = self.norm_guess(nn.functional.gelu(self.narrow(h)))
        return narrow @ self.token.weight.T + self.likely
