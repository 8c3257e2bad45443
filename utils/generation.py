"""Writing with a language model, token after token, with a key-value cache or without one.

rows = generate(gpt, encode("The ")[None], 40, sampling.greedy)

The cache saves work where it can: inside the context of the model. Beyond it, every step runs the last ``context``
tokens anew. So the text is the same with the cache and without.
"""

from time import perf_counter

import numpy as np

from utils.heads import check_whole


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
    new = torch.tensor(rows)[:, -gpt.context :][:, caches[0].seen :]
    with torch.no_grad():
        logits, weights = gpt(new, caches=caches, with_weights=with_weights)
    return logits[:, -1].numpy(), caches, weights


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
    """Return how long one more token takes when n stand there already: the median of some repeats, wall clock.

    n: up to the context, the last one included      cached: whether the first n - 1 are kept
    """
    import torch

    check_whole(n=n, repeats=repeats)
    tokens, times = torch.zeros(1, n, dtype=torch.int64), []
    for _ in range(repeats):
        caches = gpt.new_caches()
        with torch.no_grad():
            if cached and n > 1:
                gpt(tokens[:, :-1], caches=caches, with_weights=False)
            start = perf_counter()
            gpt(tokens[:, -1:] if cached else tokens, caches=caches, with_weights=False)
            times.append(perf_counter() - start)
    return float(np.median(times))


def _rows(tokens):
    table = np.asarray(tokens.cpu() if hasattr(tokens, "cpu") else tokens)
    if table.ndim != 2 or 0 in table.shape or table.dtype.kind not in "iu":
        raise ValueError(f"tokens must be a table (B, N) of whole numbers: found shape {table.shape}, {table.dtype}")
    return table.tolist()
