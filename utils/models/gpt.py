"""A GPT: the Transformer that writes. Tokens in; out come the scores of every next token, and α of the same pass.

gpt = GPT(97, block="today")
logits, weights = gpt(tokens)
"""

import torch
from torch import nn
from torch.nn.functional import linear

from utils.attention import KVCache, rotary
from utils.models.block import Block, choose, make_norm
from utils.seeds import seeded_start
from utils.validation import check_choice, check_whole


class GPT(nn.Module):
    """Blocks of causal attention between an embedding and the scores of the next token, which share their weights.

    >>> logits, weights = GPT(5, context=4, d_model=8, n_heads=2, n_layers=3)(torch.zeros(1, 4, dtype=torch.int64))
    >>> tuple(logits.shape), tuple(weights.shape)
    ((1, 4, 5), (1, 3, 2, 4, 4))
    """

    def __init__(self, vocab_size, *, context=128, d_model=128, n_heads=4, n_layers=4, block="today",
                 positions="learned", dropout=0.0, seed=0):  # fmt: skip
        """Make it with the weights of a seed.

        vocab_size: how many tokens there are      context: how many places it is made for
        block: "2017", "today", or a dictionary like those in ``block.BLOCKS``
        positions: "learned", a vector for each place, and none beyond the context; or "rotary"
        dropout: how often, in training, a number is left out of what a part adds
        Raises ValueError for sizes and choices that make no sense, and names them.
        Source: Radford et al. 2019, "Language models are unsupervised multitask learners", section 2.3.
        """
        super().__init__()
        check_whole(vocab_size=vocab_size, context=context, d_model=d_model, n_heads=n_heads, n_layers=n_layers)
        check_choice(("learned", "rotary"), positions=positions)
        sizes = {"vocab_size": vocab_size, "context": context, "d_model": d_model, "n_heads": n_heads}
        rest = {"n_layers": n_layers, "block": block, "positions": positions, "dropout": dropout, "seed": seed}
        self.settings, self.recipe, self.context, self.n_heads = sizes | rest, choose(block), context, n_heads
        with seeded_start(seed):
            self.token = nn.Embedding(vocab_size, d_model)
            self.place = nn.Embedding(context, d_model) if positions == "learned" else None
            self.blocks = nn.ModuleList(Block(d_model, n_heads, block, dropout) for _ in range(n_layers))
            for table in (self.token, self.place)[: 1 + (positions == "learned")]:
                nn.init.normal_(table.weight, std=0.02)
        self.norm = make_norm(self.recipe["norm"] if self.recipe["place"] == "before" else "none", d_model)
        self.drop = nn.Dropout(dropout)

    def forward(self, tokens, *, caches=None, heads=None, places=None, with_weights=True):
        """Return the scores of the next token at every place, and all α, layer by layer, head by head.

        tokens: int64                            (B, N)
        caches: of ``new_caches``: the tokens then go on where the earlier ones ended; M places in all
        heads: 1 to keep a head, 0 to remove it (its answer becomes zero)   (n_layers, n_heads)
        places: where the tokens stand           (N,)   (in a row, from 0 or where the caches end, if left out)
        with_weights: False leaves α out, and is faster

        Returns (logits, weights)                (B, N, vocab_size), (B, n_layers, n_heads, N, M) or None
        Raises ValueError for tokens that are no table of whole numbers, or that stand beyond the learned places.
        """
        logits, weights, _ = self._run(tokens, caches, heads, places, with_weights)
        return logits, torch.stack(weights, dim=1) if with_weights else None

    def values(self, tokens, *, heads=None):
        """Return what every token hands over in every head, as features of the answer: W_o v.

        Returns values   (B, n_layers, n_heads, N, d_model): place i is given Σ_j α_ij · values_j by a head
        """
        values = self._run(tokens, None, heads, None, False)[2]
        return torch.stack([block.attend.handed(v) for block, v in zip(self.blocks, values, strict=True)], dim=1)

    def new_caches(self):
        """Return an empty KVCache for each layer."""
        return [KVCache() for _ in self.blocks]

    def _run(self, tokens, caches, heads, places, with_weights):
        """Return (logits, α of each layer, values of each layer)."""
        places = self._places(tokens, caches[0].seen if caches else 0, places)
        x = self.token(tokens) if self.place is None else self.token(tokens) + self.place(places)
        x, seen = self.drop(x), []
        look = {"with_weights": with_weights, "turn": (lambda x: x) if self.place else (lambda x: rotary(x, places))}
        each = zip(self.blocks, caches or [None] * len(self.blocks), self._heads(heads), strict=True)
        for block, cache, kept in each:
            x, *more = block(x, cache=cache, heads=kept, **look)
            seen.append(more)
        logits, cap = linear(self.norm(x), self.token.weight), self.recipe["softcap"]
        return logits if cap is None else cap * torch.tanh(logits / cap), *zip(*seen, strict=True)

    def _heads(self, heads):
        if heads is None:
            return [None] * len(self.blocks)
        heads = torch.as_tensor(heads, dtype=self.token.weight.dtype, device=self.token.weight.device)
        if heads.shape != (len(self.blocks), self.n_heads):
            raise ValueError(f"heads has shape {tuple(heads.shape)}: it must be {(len(self.blocks), self.n_heads)}")
        return heads

    def _places(self, tokens, start, places):
        if not isinstance(tokens, torch.Tensor) or tokens.ndim != 2 or tokens.dtype != torch.int64:
            shape = f"shape {tuple(tokens.shape)}, {tokens.dtype}" if isinstance(tokens, torch.Tensor) else repr(tokens)
            raise ValueError(f"tokens must be a tensor (B, N) of int64: found {shape}")
        places = torch.arange(start, start + tokens.shape[1], device=tokens.device) if places is None else places
        last = int(places.max()) if places.numel() else 0
        if self.place is not None and last >= self.context:
            raise ValueError(
                f"place {last} has no vector: this model learned {self.context} places, 0 to {self.context - 1}"
            )
        return places
