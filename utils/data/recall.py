"""Two tasks of memory: what came first, and what went with this key. Answers are drawn anew for every row.

Random numbers come from a generator on the CPU and are then moved: CPU and GPU see the same task.
"""

from utils.seeds import check_generator
from utils.validation import check_whole


def first_symbol(n, batch, generator, *, symbols=8, device=None):
    """Draw rows of symbols; the answer is each row's first. It must be carried over, or looked up from, n - 1 places.

    n: length of a row, at least 2       batch: rows, B
    generator: torch.Generator on the CPU
    symbols: how many there are          device: where the answer goes   (the CPU if left out)

    Returns (x, y), both int64
        x   (B, n)  symbols 0 … symbols - 1, all drawn independently and equally often
        y   (B,)    the symbol at place 0
    Chance is 1 / symbols. Places 1 … n - 1 tell nothing about the answer; a model is asked at the last one.
    Raises ValueError for sizes that make no sense and for a generator that is not on the CPU.

    >>> import torch
    >>> x, y = first_symbol(20, 3, torch.Generator().manual_seed(0))
    >>> tuple(x.shape), bool((x[:, 0] == y).all())
    ((3, 20), True)
    """
    import torch

    check_generator(generator)
    check_whole(batch=batch)
    check_whole(least=2, n=n, symbols=symbols)
    x = torch.randint(symbols, (batch, n), generator=generator)
    return x.to(device), x[:, 0].clone().to(device)


def associative_recall(n_pairs, batch, generator, *, keys=None, values=None, separate=False, device=None):
    """Draw rows of (key, value) pairs, and then one of these keys alone; the answer is the value that went with it.

    n_pairs: pairs in a row, n           batch: rows, B
    generator: torch.Generator on the CPU
    keys, values: how many there are of each, n or more   (16, or n if that is more, if left out)
    separate: give key and value as two tokens of one row, rather than together as one item
    device: where the answer goes        (the CPU if left out)

    Returns (x, y), both int64
        x   (B, n + 1, 2)   x[..., 0] keys 0 … keys - 1;  x[..., 1] values 0 … values - 1
                            the last item holds the key that is asked for, and in the value's place a blank: `values`
        x   (B, 2 n + 1)    if separate: key, value, key, value, …, and last the key that is asked for;
                            a value v is the token keys + v: there are keys + values tokens
        y   (B,)            the value asked for, 0 … values - 1 in both forms
    Within a row no key and no value comes twice, and every pair is asked for equally often. So chance is 1 / values,
    and 1 / n for a model that knows which values came, but not with which key.
    Raises ValueError for sizes that make no sense and for a generator that is not on the CPU.
    Source: Ba et al. 2016, "Using fast weights to attend to the recent past", section 4.1.

    >>> import torch
    >>> x, y = associative_recall(1, 3, torch.Generator().manual_seed(0))
    >>> tuple(x.shape), bool((x[:, 0, 0] == x[:, 1, 0]).all()), bool((x[:, 0, 1] == y).all()), x[:, 1, 1].tolist()
    ((3, 2, 2), True, True, [16, 16, 16])
    """
    import torch

    check_generator(generator)
    check_whole(n_pairs=n_pairs, batch=batch)
    keys, values = (max(16, n_pairs) if size is None else size for size in (keys, values))
    check_whole(least=max(n_pairs, 2), keys=keys, values=values)
    key, value = (_distinct(n_pairs, batch, size, generator) for size in (keys, values))  # (B, n) each
    asked = torch.randint(n_pairs, (batch, 1), generator=generator)
    query, y = key.gather(1, asked), value.gather(1, asked)  # (B, 1) each
    if separate:
        pairs = torch.stack([key, keys + value], dim=-1).flatten(1)  # (B, 2 n)
        x = torch.cat([pairs, query], dim=1)
    else:
        blank = torch.full_like(y, values)
        x = torch.stack([torch.cat([key, query], dim=1), torch.cat([value, blank], dim=1)], dim=-1)
    return x.to(device), y.squeeze(1).to(device)


def _distinct(n, batch, size, generator):
    """Draw n different numbers below size for each row, in any order   (B, n)."""
    import torch

    return torch.rand(batch, size, generator=generator).argsort(dim=1)[:, :n]
