"""The language models of chapter 10 and the text they are asked about: one trained while you wait, one trained before.

gpt, history = learn(steps=400)
bits(gpt)                             bits per character of the held-out topics
"""

from functools import cache, partial

import numpy as np
import torch

from utils import recipes
from utils.chapters.ch10_transformer import language, ngrams
from utils.conversion import as_numpy
from utils.data import topics
from utils.models.gpt import GPT
from utils.training import cosine, train

SENTENCE = "the value of the name is the value"  # what the α of the figures look at
SMALL = {"context": 48, "d_model": 64, "n_heads": 4, "n_layers": 2, "positions": "rotary"}


@cache
def tokens(part):
    """Return a part of the handbook as numbers, int64: "train", "validation" or "held_out"   (N,)."""
    texts = {"train": topics.train_text, "validation": topics.validation_text, "held_out": topics.held_out_text}
    return topics.encode(texts[part]())


def count_bits(order, part="held_out", *, learnt=None):
    """Return the bits per character of n-grams; order: the n      learnt: a text instead of the training topics."""
    learnt = tokens("train") if learnt is None else topics.encode(learnt)
    return ngrams.surprise(learnt, tokens(part), order, topics.VOCAB_SIZE).mean().item()


def bits(gpt, part="held_out"):
    """Return the bits per character of a GPT."""
    return language.surprise(gpt, tokens(part), stride=gpt.context // 2).mean().item()


def looks(gpt, text=SENTENCE):
    """Return α of a text, of all layers and heads   (n_layers, n_heads, N, N), NumPy."""
    with torch.no_grad():
        return as_numpy(gpt(torch.as_tensor(topics.encode(text))[None])[1][0])


def near(weights, count=3):
    """Return which part of the weight falls on a character itself and the ones just before it, on average.

    weights: causal   (..., N, N)      count: how many characters, itself included
    Returns the part   (...,), over all rows but the first five

    >>> near(np.eye(9)).item(), near(np.tri(9) / np.arange(1, 10)[:, None]).round(2).item()
    (1.0, 0.41)
    """
    weights = as_numpy(weights)
    rows = np.arange(5, weights.shape[-1])
    return sum(weights[..., rows, rows - back] for back in range(count)).mean(axis=-1)


def learn(*, steps, block="today", seed=0, lr=5e-3, notes=20):
    """Train a small GPT on the training topics; return (gpt, history), with "bits" and "looks" at every note.

    The bits of the notes are those of the first 6,000 characters of the validation topics.
    """
    gpt, some = GPT(topics.VOCAB_SIZE, **SMALL, block=block, seed=seed), tokens("validation")[:6000]

    def note(gpt):
        return {"bits": language.surprise(gpt, some, stride=gpt.context).mean().item(), "looks": looks(gpt)}

    history = train(
        gpt,
        language.next_token_loss(tokens("train"), gpt.context, batch=24),
        steps=steps,
        lr=lr,
        seed=seed,
        schedule=cosine,
        optimizer=partial(torch.optim.AdamW, weight_decay=0.1, betas=(0.9, 0.95)),
        evaluate=note,
        every=max(steps // notes, 1),
        name="a small GPT",
    )
    return gpt, history


@cache
def shipped():
    """Return the GPT that utils/chapters/ch10_transformer/recipes/gpt.py trained."""
    return recipes.shipped("10_gpt", GPT)


@cache
def shipped_costs():
    """Return the bits of each held-out character but the first, by the shipped GPT   (N - 1,)."""
    return language.surprise(shipped(), tokens("held_out"), stride=shipped().context // 2)


def shipped_story():
    """Return how the shipped GPT was trained: (steps, bits, looks) at every note, and all that was written down.

    Returns (steps, bits, looks, facts)   (n_notes,), (n_notes,), (n_notes, n_layers, n_heads, N, N), a dictionary
    """
    facts = recipes.measured("10_gpt")
    with np.load(recipes.place("10_gpt_alpha", ".npz"), allow_pickle=False) as kept:
        seen = kept["alpha"] / np.float32(255)
    curve = [each["bits"] for each in facts["curve"]]
    return np.linspace(0, facts["steps"], len(curve)).round().astype(int), curve, seen, facts
