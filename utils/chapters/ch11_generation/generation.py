"""Writing with a language model, token after token, with a key-value cache or without one.

rows = generate(gpt, encode("The ")[None], 40, sampling.greedy)

The cache saves work where it can: inside the context of the model. Beyond it, every step runs the last ``context``
tokens anew. So the text is the same with the cache and without.
"""

import math
from copy import copy
from time import perf_counter

import numpy as np

from utils.attention.cache import KVCache
from utils.conversion import as_numpy
from utils.validation import check_whole


def generate(gpt, tokens, n, choose, *, cached=True):
    """Let a model write n more tokens behind each row.

    gpt: a GPT
    tokens: how each row begins, int64, an array or a tensor   (B, N)
    choose: choose(scores (V,), tokens so far, a list) -> the next token; one function, or a list of one for each row
    cached: whether keys and values are kept while they can be

    Returns all tokens, NumPy int64   (B, N + n)
    Raises ValueError for rows that are empty or no whole numbers, and for an n that is no whole number.
    """
    check_whole(n=n)
    rows = _rows(tokens)
    choices = choose if isinstance(choose, list | tuple) else [choose] * len(rows)
    if len(choices) != len(rows):
        raise ValueError(f"choose holds {len(choices)} functions: there are {len(rows)} rows")
    caches = None
    for _ in range(n):
        scores, caches, _ = next_scores(gpt, rows, caches if cached else None)
        for row, mine, each in zip(rows, scores, choices, strict=True):
            row.append(int(each(mine, row)))
    return np.array(rows)


def next_scores(gpt, rows, caches=None, *, with_weights=False):
    """Return the scores of the next token of each row, the caches to go on with, and α of what was run.

    rows: all tokens so far, equally long lists   (B, N)
    caches: what was returned before, or None: then the last ``context`` tokens are run anew

    Returns (scores, caches, weights)   (B, V) NumPy, a list, (B, n_layers, n_heads, n, M) or None
    """
    import torch

    full = len(rows[0]) > gpt.context  # a token would stand beyond the learned places
    caches = gpt.new_caches() if caches is None or full else caches
    device = next(gpt.parameters()).device
    new = torch.tensor(rows, device=device)[:, -gpt.context :][:, caches[0].seen :]
    with torch.no_grad():
        logits, weights = gpt(new, caches=caches, with_weights=with_weights)
    return as_numpy(logits[:, -1]), caches, weights


def passes(prompt, new, context):
    """Count the tokens that go through a model with a cache, for each token that it writes.

    prompt: tokens it begins with      new: how many it writes      context: how many places it has
    Returns a list of ``new`` numbers: first the prompt, then one each, and all of the context once it is full.
    Raises ValueError for sizes that are no whole numbers.

    >>> passes(3, 5, context=5)
    [3, 1, 1, 5, 5]
    """
    check_whole(prompt=prompt, new=new, context=context)
    seen = range(prompt, prompt + new)  # tokens there are when the next one is asked for
    return [min(prompt, context)] + [1 if n <= context else context for n in seen[1:]]


def seconds_a_token(gpt, n, *, cached, repeats=5):
    """Return how long a pass for one more token takes, n tokens in all: the quickest of some repeats, wall clock.

    n: up to the context, the last one included      cached: whether the first n - 1 are kept
    """
    import torch

    check_whole(n=n, repeats=repeats)
    tokens, times, filled = torch.zeros(1, n, dtype=torch.int64), [], gpt.new_caches()
    with torch.no_grad():
        if cached and n > 1:
            gpt(tokens[:, :-1], caches=filled, with_weights=False)
        for _ in range(repeats):
            caches, start = [copy(cache) for cache in filled], perf_counter()  # what a pass adds stays in the copies
            gpt(tokens[:, -1:] if cached else tokens, caches=caches, with_weights=False)
            times.append(perf_counter() - start)
    return min(times)  # whatever else runs on the machine only adds to it


def beyond(gpt, tokens, *, kept):
    """Read texts past the context of a model, and return what each further token costs.

    tokens: int64, more than the context   (B, N)
    kept: False runs the last ``context`` tokens anew for every token. True keeps the cache, forgets its oldest key and
        gives each new token, run alone, the last learned place; rotary places go on counting.

    Returns bits of the tokens from place ``context`` on, NumPy   (B, N - context)
    Raises ValueError for tokens that do not go past the context.
    """
    import torch

    rows, n = torch.tensor(_rows(tokens), device=next(gpt.parameters()).device), gpt.context
    if rows.shape[1] <= n:
        raise ValueError(f"tokens has {rows.shape[1]} places: it must have more than the context, {n}")
    with torch.no_grad():
        if kept:
            caches = [KVCache(left=n - 1) for _ in gpt.new_caches()]
            place = torch.tensor([n - 1], device=rows.device) if gpt.settings["positions"] == "learned" else None
            logits = [gpt(rows[:, :n], caches=caches, with_weights=False)[0]]
            logits += [
                gpt(rows[:, i : i + 1], caches=caches, places=place, with_weights=False)[0]
                for i in range(n, rows.shape[1] - 1)
            ]
        else:
            logits = [gpt(rows[:, i - n : i], with_weights=False)[0] for i in range(n, rows.shape[1])]
        chances = torch.stack([each[:, -1] for each in logits], dim=1).double().log_softmax(-1)
    return as_numpy(-chances.gather(-1, rows[:, n:, None])[..., 0] / math.log(2))


def _rows(tokens):
    table = as_numpy(tokens)
    if table.ndim != 2 or 0 in table.shape or table.dtype.kind not in "iu":
        raise ValueError(f"tokens must be a table (B, N) of whole numbers: found shape {table.shape}, {table.dtype}")
    return table.tolist()
