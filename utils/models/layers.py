"""Attention with weights to learn: torch modules round the kernel of ``utils.attention``."""

import torch
from torch import nn

from utils.attention import attention
from utils.attention.heads import merge_heads, split_heads
from utils.validation import check_whole

NAMES = ("W_q", "W_k", "W_v")  # in the order in which torch stacks them


class MultiHeadAttention(nn.Module):
    """Several attentions side by side, each with its own α: project, split, attend, merge, project.

    >>> attend = MultiHeadAttention(8, 2)
    >>> out, weights = attend(torch.ones(1, 3, 8))
    >>> tuple(out.shape), tuple(weights.shape), sum(p.numel() for p in attend.parameters()) == 4 * (8 * 8 + 8)
    ((1, 3, 8), (1, 2, 3, 3), True)
    """

    def __init__(self, d_model, n_heads, *, n_kv_heads=None, d_head=None, d_v=None, d_context=None, bias=True):
        """Make it with random weights (``seeded_start`` makes them repeatable).

        d_model: features of what asks, and of the answer       n_heads: heads of the queries
        n_kv_heads: heads of keys and values, a divisor of n_heads; 1 is multi-query   (n_heads if left out)
        d_head: features of a query and a key in one head       (d_model / n_heads if left out)
        d_v: features of a value in one head                    (d_head if left out)
        d_context: features of what is looked at                (d_model if left out)
        bias: whether each projection adds a vector
        Raises ValueError for sizes that do not fit, and names them.
        Source: Vaswani et al. 2017, section 3.2.2; shared heads: Shazeer 2019, "Fast transformer decoding".
        """
        super().__init__()
        check_whole(d_model=d_model, n_heads=n_heads)
        if d_head is None and d_model % n_heads:
            raise ValueError(f"n_heads is {n_heads}: it must divide d_model = {d_model}, unless d_head is given")
        self.d_head = d_model // n_heads if d_head is None else d_head
        self.n_heads, self.n_kv_heads = n_heads, n_heads if n_kv_heads is None else n_kv_heads
        self.d_v, self.d_context = self.d_head if d_v is None else d_v, d_model if d_context is None else d_context
        check_whole(d_head=self.d_head, n_kv_heads=self.n_kv_heads, d_v=self.d_v, d_context=self.d_context)
        if n_heads % self.n_kv_heads:
            raise ValueError(f"n_kv_heads is {n_kv_heads}: it must divide n_heads = {n_heads}")
        self.W_q = nn.Linear(d_model, n_heads * self.d_head, bias)
        self.W_k = nn.Linear(self.d_context, self.n_kv_heads * self.d_head, bias)
        self.W_v = nn.Linear(self.d_context, self.n_kv_heads * self.d_v, bias)
        self.W_o = nn.Linear(n_heads * self.d_v, d_model, bias)

    def forward(self, x, context=None, mask=None, *, change=None):
        """Let every token of x look at the context, or at x itself.

        x: who asks                       (..., n_q, d_model)
        context: who is looked at         (..., n_k, d_context)   (x if left out)
        mask: boolean, True = may look, or floating, added to the scores; broadcasts to (..., n_heads, n_q, n_k):
            for a mask a sequence (B, n_q, n_k) write mask[:, None]
        change: change(weights) -> the weights to use in place of the layer's own, for experiments

        Returns (out, weights)            (..., n_q, d_model), (..., n_heads, n_q, n_k)
        Raises ValueError for inputs that do not fit, and names them.
        """
        context = x if context is None else context
        self._check(x, context, mask)
        q = split_heads(self.W_q(x), self.n_heads)  # (..., H, n_q, d_head)
        k = split_heads(self.W_k(context), self.n_kv_heads)
        v = split_heads(self.W_v(context), self.n_kv_heads)
        out, weights = attention(q, k, v, mask)
        if change is not None:
            weights = change(weights)
            out = weights @ v.repeat_interleave(self.n_heads // self.n_kv_heads, dim=-3)
        return self.W_o(merge_heads(out)), weights

    def handed(self, v):
        """Return what each value adds to the answer where its head gives it all the weight: its features through W_o.

        v: values, one set for each head   (..., n_heads, n_k, d_v)
        Returns (..., n_heads, n_k, d_model)
        """
        return v @ split_heads(self.W_o.weight, self.n_heads).mT

    def _check(self, x, context, mask):
        weight = self.W_q.weight
        for name, given, layer in (("x", x, self.W_q), ("context", context, self.W_k)):
            if not isinstance(given, torch.Tensor):
                raise ValueError(f"{name} is a {type(given).__name__}: pass a tensor, as torch.from_numpy(x) does")
            if given.ndim < 2 or given.shape[-1] != layer.in_features:
                shape = tuple(given.shape)
                raise ValueError(f"{name} has shape {shape}: it must be (..., T, {layer.in_features})")
            if (given.dtype, given.device) != (weight.dtype, weight.device):
                here, there = f"{given.dtype} on {given.device}", f"{weight.dtype} on {weight.device}"
                raise ValueError(f"{name} holds {here}, the weights {there}: move one with x.to(…)")
        if x.shape[:-2] != context.shape[:-2]:
            shapes = f"x {tuple(x.shape)}, context {tuple(context.shape)}"
            raise ValueError(f"x and context must have the same batch (all axes but the last two): {shapes}")
        if isinstance(mask, torch.Tensor) and mask.ndim == x.ndim > 2:
            raise ValueError(
                f"mask has shape {tuple(mask.shape)}: a mask a sequence needs an axis for the heads, mask[:, None]"
            )

    @classmethod
    def from_torch(cls, other):
        """Return a copy of a torch.nn.MultiheadAttention, with its weights; dropout is left out.

        Called with ``mask`` it gives what the other gives with ``attn_mask=~mask``, as long as every row allows a key.
        Raises ValueError for what this module does not have: bias_kv, zero_attn, keys and values of different width.
        """
        if not isinstance(other, nn.MultiheadAttention):
            raise ValueError(f"other is a {type(other).__name__}: it must be a torch.nn.MultiheadAttention")
        if other.bias_k is not None or other.add_zero_attn or other.kdim != other.vdim:
            raise ValueError("other has add_bias_kv, add_zero_attn or kdim unlike vdim: this module has none of these")
        sizes = {"d_context": other.kdim, "bias": other.in_proj_bias is not None}
        mine = cls(other.embed_dim, other.num_heads, **sizes).to(other.out_proj.weight)
        mine._copy(other, mine)
        return mine

    def to_torch(self):
        """Return a torch.nn.MultiheadAttention (batch first) with these weights.

        Raises ValueError where torch's has no such sizes: shared heads, d_head or d_v unlike d_model / n_heads.
        """
        d_model = self.W_q.in_features
        if self.n_kv_heads != self.n_heads or not self.d_head == self.d_v == d_model / self.n_heads:
            sizes = f"n_kv_heads {self.n_kv_heads}, n_heads {self.n_heads}, d_head {self.d_head}, d_v {self.d_v}"
            raise ValueError(f"torch needs n_kv_heads = n_heads and d_head = d_v = {d_model} / n_heads: {sizes}")
        options = {"bias": self.W_q.bias is not None, "kdim": self.d_context, "vdim": self.d_context}
        other = nn.MultiheadAttention(d_model, self.n_heads, batch_first=True, **options).to(self.W_q.weight)
        self._copy(self, other)
        return other

    @torch.no_grad()
    def _copy(self, source, target):
        """Copy all weights from one kind of module to the other."""
        for get, put in zip(_parts(source), _parts(target), strict=True):
            put.copy_(get)


def _parts(module):
    """Return the weights of either kind of module in one order, as views into it."""
    if isinstance(module, MultiHeadAttention):
        layers = [getattr(module, name) for name in (*NAMES, "W_o")]
        return [layer.weight for layer in layers] + [layer.bias for layer in layers if layer.bias is not None]
    stacked = module.in_proj_weight
    three = [module.q_proj_weight, module.k_proj_weight, module.v_proj_weight] if stacked is None else stacked.chunk(3)
    biases = [] if module.in_proj_bias is None else [*module.in_proj_bias.chunk(3), module.out_proj.bias]
    return [*three, module.out_proj.weight, *biases]


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
        >>> tuple(out.shape), weights[0, 0].detach().numpy().round(6).tolist()
        ((1, 2, 5), [0.25, 0.25, 0.25, 0.25])
        """
        pairs = torch.tanh(self.query(q)[:, :, None] + self.key(h)[:, None])  # (B, n_q, n_k, d_hidden)
        scores = self.score(pairs).squeeze(-1)
        if mask is not None:
            scores = scores.masked_fill(~mask, -torch.inf)
        weights = scores.softmax(-1)
        return weights @ h, weights
