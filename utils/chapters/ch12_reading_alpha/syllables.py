"""Has a word three syllables or more? A task for the pooled classifier, from the words of chapter 06."""

from functools import cache

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from utils.chapters.ch06_alignments.spelling import LETTERS
from utils.data.pronunciations import held_out_words, pronunciations, training_pairs
from utils.models.layers import AdditiveAttention
from utils.seeds import seeded_start
from utils.training import scaled, train

SHORTEST = 4  # letters
VOWELS = frozenset(["AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"])


def is_long(said):
    """Return whether a pronunciation has three vowels or more, one for each syllable.

    >>> is_long("AH L AY N M AH N T"), is_long("N AY T")
    (True, False)
    """
    return sum(phoneme in VOWELS for phoneme in said.split()) >= 3


def make(seed=0):
    """Return an untrained classifier for words."""
    return Pooled(len(LETTERS), seed=seed)


@cache
def training_words():
    """Return the words to learn from by length, {length: (numbers (n, length), answers (n,))}."""
    return _by_length(training_pairs())


@cache
def test_words():
    """Return the words that are kept back, likewise."""
    said = pronunciations()
    return _by_length([(word, said[word][0]) for word in held_out_words()])


def draw(generator, size=64):
    """Draw words of one length, each length as often as it has words   -> x (size, length), y (size,)."""
    groups = list(training_words().values())
    sizes = torch.tensor([len(y) for _, y in groups]).double()
    x, y = groups[torch.multinomial(sizes, 1, generator=generator)]
    rows = torch.randint(len(x), (size,), generator=generator)
    return x[rows], y[rows]


def teach(model, *, steps=400, seed=0, show=True):
    """Train a classifier; return the History."""

    def loss(model, generator):
        x, y = draw(generator)
        return cross_entropy(model(x)[0], y)

    return train(model, loss, steps=steps, lr=5e-3, seed=seed, name="a classifier", show=show)


@torch.no_grad()
def accuracy(model, change=None):
    """Return how often the answer is right on all words kept back, as many of each length as COURSE_BUDGET grants.

    change: change(weights) -> the weights to use
    """
    right = count = 0
    for x, y in test_words().values():
        x, y = x[: scaled(len(x))], y[: scaled(len(y))]
        scores, weights = model(x)
        if change is not None:
            scores, _ = model(x, rows=change(weights))
        right, count = right + ((scores > 0) == (y > 0)).sum().item(), count + len(y)
    return right / count


def _by_length(pairs):
    groups = {}
    for word, said in pairs:
        if len(word) >= SHORTEST:
            groups.setdefault(len(word), []).append((LETTERS.encode(word), float(is_long(said))))
    return {n: tuple(torch.tensor(side) for side in zip(*group, strict=True)) for n, group in sorted(groups.items())}


class Pooled(nn.Module):
    """A GRU in both directions, one learnt query that asks all its states once, and a score from what it fetched.

    >>> scores, weights = Pooled(9, 4)(torch.zeros(1, 6, dtype=torch.int64))
    >>> tuple(scores.shape), tuple(weights.shape)
    ((1,), (1, 6))
    """

    def __init__(self, n_in, hidden=48, *, embed=32, seed=0):
        """Make it with the weights of a seed; n_in: symbols to read      hidden, embed: features"""
        super().__init__()
        with seeded_start(seed):
            self.symbol = nn.Embedding(n_in, embed)
            self.encoder = nn.GRU(embed, hidden, batch_first=True, bidirectional=True)
            self.query = nn.Parameter(0.1 * torch.randn(1, 1, hidden))
            self.attention = AdditiveAttention(hidden, 2 * hidden, hidden)
            self.out = nn.Linear(2 * hidden, 1)

    def forward(self, x, *, rows=None):
        """Return a score for each word, above 0 for yes, and α.

        x: symbols, int64 (B, T), or their embeddings, floating (B, T, embed)
        rows: weights to use in place of the model's own, for experiments   (B, T)

        Returns (scores, weights)   (B,), (B, T)
        """
        h, _ = self.encoder(x if x.is_floating_point() else self.symbol(x))  # (B, T, 2 hidden)
        fetched, weights = self.attention(self.query.expand(len(x), -1, -1), h)
        if rows is not None:
            weights = rows[:, None]
            fetched = weights @ h
        return self.out(fetched[:, 0])[:, 0], weights[:, 0]
