"""Does a map say what mattered? α beside the gradient and beside leaving a letter out; a speller with another α."""

import numpy as np
import torch

from utils.chapters.ch06_alignments.spelling import LETTERS, SOUNDS
from utils.chapters.ch12_reading_alpha.reading_alpha import kendall
from utils.conversion import as_numpy
from utils.data.pronunciations import held_out_words, pronunciations
from utils.data.symbols import PAD, START, STOP, padded


@torch.no_grad()
def weights(model, x):
    """Return α of a pooled classifier for words x (B, T)   (B, T), NumPy."""
    return as_numpy(model(x)[1])


def gradients(model, x):
    """Return how much a classifier's score would move if a letter's embedding moved a little   (B, T), NumPy."""
    letters = model.symbol(x).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(model(letters)[0].sum(), letters)
    return as_numpy(gradient.norm(dim=-1))


@torch.no_grad()
def left_out(model, x):
    """Return how far a classifier's score moves when a letter is taken out of the word   (B, T), NumPy."""
    whole = model(x)[0]
    shorter = [torch.cat([x[:, :place], x[:, place + 1 :]], dim=1) for place in range(x.shape[1])]
    return as_numpy(torch.stack([(model(each)[0] - whole).abs() for each in shorter], dim=1))


def agreement(one, other):
    """Return the mean rank correlation of two tables, row by row   (B, T) both.

    >>> agreement([[1, 2, 3], [1, 2, 3]], [[4, 5, 6], [6, 5, 4]])
    0.0
    """
    return float(np.mean([kendall(*rows) for rows in zip(one, other, strict=True)]))


@torch.no_grad()
def speller_right(model, change=None, *, letters=8, most=300):
    """Return how often a speller says the right phoneme after what is right before it, on words that are kept back.

    change: change(weights (B, n_q, n_k)) -> the weights to use       letters: of the words      most: words
    """
    words = [word for word in held_out_words() if len(word) == letters][:most]
    x = padded([LETTERS.encode(word) for word in words])
    y = padded([[*SOUNDS.encode(pronunciations()[word][0].split()), STOP] for word in words])
    said = torch.cat([torch.full_like(y[:, :1], START), y[:, :-1]], dim=1)
    h, summary = model.encode(x)
    scores, _, looks = model.step(said, summary[None], h, summary)
    if change is not None:
        scores, _, _ = model.step(said, summary[None], h, summary, rows=change(looks))
    return (scores.argmax(-1) == y)[y != PAD].float().mean().item()
