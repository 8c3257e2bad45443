"""Has a word three syllables or more? A task for the pooled classifier, from the words of chapter 06."""

from functools import cache

import torch
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from utils.chapters.ch06_alignments.spelling import LETTERS
from utils.chapters.ch12_reading_alpha.pooled import Pooled
from utils.data.pronunciations import held_out_words, pronunciations, training_pairs
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
