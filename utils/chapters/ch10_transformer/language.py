"""Language models in training: windows cut from a text, the loss of every next token, and bits per character.

loss = next_token_loss(encode(train_text()), context=128)
train(gpt, loss, steps=500)
surprise(gpt, encode(held_out_text())).mean()        bits per character
"""

import math

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from utils.validation import check_whole


def windows(tokens, n, batch, generator):
    """Cut windows out of a text, at places drawn at random.

    tokens: a text as numbers, int64   (N,)
    n: length of a window              batch: how many
    generator: a torch.Generator on the CPU

    Returns windows, int64   (batch, n)
    Raises ValueError for a text that is shorter than a window.

    >>> windows(np.arange(5), 5, 2, torch.Generator().manual_seed(0)).tolist()
    [[0, 1, 2, 3, 4], [0, 1, 2, 3, 4]]
    """
    if len(tokens) < n:
        raise ValueError(f"tokens has {len(tokens)} places: it must have {n} at least, one window")
    starts = torch.randint(len(tokens) - n + 1, (batch, 1), generator=generator)
    return torch.as_tensor(tokens)[starts + torch.arange(n)]


def next_token_loss(tokens, context, batch=16):
    """Return loss(model, generator) for ``train``: the mean surprise of every next token, in nats, on fresh windows."""

    def loss(model, generator):
        cut = windows(tokens, context + 1, batch, generator).to(next(model.parameters()).device)
        logits, _ = model(cut[:, :-1], with_weights=False)
        return cross_entropy(logits.flatten(0, 1), cut[:, 1:].flatten())

    return loss


@torch.no_grad()
def surprise(model, tokens, *, stride=64):
    """Return how many bits each token of a text costs, but the first, each seen once.

    model: a GPT          tokens: int64   (N,)
    stride: how many tokens a window is asked for; before them stand context - stride others, or more

    Returns bits   (N - 1,), NumPy, float64
    Raises ValueError for texts of one token, and for a stride that is no whole number from 1 to the context.
    """
    n, total = min(model.context, len(tokens) - 1), len(tokens) - 1
    if total < 1:
        raise ValueError(f"tokens has {len(tokens)} places: it must have two at least")
    check_whole(most=model.context, stride=stride)
    starts, bits, training = [*range(0, total - n, stride), total - n], np.zeros(total), model.training
    model.eval()
    asked = 0  # so many have their bits
    for some in (starts[i : i + 32] for i in range(0, len(starts), 32)):
        cut = torch.stack([torch.as_tensor(tokens[start : start + n + 1]) for start in some])
        logits, _ = model(cut[:, :-1], with_weights=False)
        costs = cross_entropy(logits.mT, cut[:, 1:], reduction="none").double().numpy() / math.log(2)  # (B, n)
        for start, cost in zip(some, costs, strict=True):
            bits[asked : start + n] = cost[asked - start :]
            asked = start + n
    model.train(training)
    return bits
