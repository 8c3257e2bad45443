"""Words and how they are said, for the speller: numbers for letters and phonemes, and how wrong a model is.

pronounce(model, "knight")      Said(word='knight', phonemes=('N', 'AY', 'T'), weights=(3 or more, 6), …)
"""

from dataclasses import dataclass
from functools import cache
from string import ascii_lowercase

import numpy as np

from utils import recipes
from utils.chapters.ch06_alignments.edit_distances import error_rates
from utils.conversion import as_numpy
from utils.data.pronunciations import PHONEMES, held_out_words, pronunciations, training_pairs
from utils.data.symbols import Pairs, Symbols, padded

LETTERS, SOUNDS = Symbols(ascii_lowercase), Symbols(PHONEMES)
LONGEST_SEEN, LONGEST = 10, 24  # letters: in any word of the training, in a word that is answered at all


@dataclass(frozen=True)
class Said:
    """What a model said of a word."""

    word: str
    phonemes: tuple  # without the stop
    weights: object  # α, a row for each phoneme and one for the stop (T, letters), NumPy; None where there is none

    def __str__(self):
        return " ".join(self.phonemes) or "nothing"


@cache
def training_words():
    """Return the training pairs as numbers, ready to be drawn from."""
    words, said = zip(*training_pairs(), strict=True)
    return Pairs(words, [each.split() for each in said], LETTERS, SOUNDS)


def new_speller(**options):
    """Return a Speller for letters and phonemes that has learnt nothing; options as there."""
    from utils.models.speller import Speller

    return Speller(len(LETTERS), len(SOUNDS), **options)


def shipped(name):
    """Return a speller of ``utils/chapters/ch06_alignments/recipes/speller.py``, such as "attention_long"."""
    from utils.models.speller import Speller

    return recipes.shipped(f"06_speller_{name}", Speller)


def facts(name):
    """Return what is known about it: settings, seed, seconds, held-out figures."""
    return recipes.measured(f"06_speller_{name}")


def readable(text):
    """Return (the word to read, or None, and a sentence about it, or "").

    >>> readable(" Zoë ")
    (None, 'I know the letters a to z only, and cannot read “ë”.')
    >>> readable("Alpha")
    ('alpha', '')
    """
    word = str(text).strip().lower()
    if not word:
        return None, "Type a word: any name will do."
    if any(each.isspace() for each in word):
        return None, "One word at a time, please: there is a space in this."
    if strange := next((each for each in word if each not in ascii_lowercase), None):
        return None, f"I know the letters a to z only, and cannot read “{strange}”."
    if len(word) > LONGEST:
        return None, f"That has {len(word)} letters; I stop at {LONGEST}."
    unseen = len(word) > LONGEST_SEEN or len(word) < 2
    return word, "I never saw a word of this length: I learnt from 2 to 10 letters." if unseen else ""


def answer(model, text):
    """Let a model say whatever was typed.

    Returns (Said, or None where there is no word, a sentence for the reader)

    >>> answer(None, "R2D2")
    (None, 'I know the letters a to z only, and cannot read “2”.')
    """
    word, sentence = readable(text)
    if word is None:
        return None, sentence
    said = pronounce(model, word)
    return said, f"{word}: it says {said}. {sentence}".strip()


def pronounce(model, word, rows=None):
    """Let a model say a word of letters a-z.

    rows: {step: weights (letters,)}, rows of α to use in place of the model's own
    Returns Said. Raises ValueError for other words, and for a row that does not fit.
    """
    return pronounce_all(model, [word], rows)[0]


def pronounce_all(model, words, rows=None):
    """Let a model say many words at once; shorter ones are padded, which changes nothing."""
    import torch

    for word in words:
        if not word or any(letter not in ascii_lowercase for letter in word):
            raise ValueError(f"word is {word!r}: it must be of the letters a to z")
    training = model.training
    model.eval()
    rows = {step: torch.as_tensor(row, dtype=torch.float32) for step, row in (rows or {}).items()}
    bad = next((row for row in rows.values() if row.shape != (max(map(len, words)),)), None)
    if bad is not None:
        raise ValueError(f"a row has shape {tuple(bad.shape)}: it must have a weight for each letter")
    numbers, looks = model.say(padded([LETTERS.encode(word) for word in words]), rows=rows)
    model.train(training)
    said = [SOUNDS.decode(row) for row in numbers]
    shown = [None] * len(words) if looks is None else as_numpy(looks)
    return [_said(*each) for each in zip(words, said, shown, strict=True)]


def measure(model, words=None, *, batch=512):
    """Return how wrong a model is on held-out words, {"phonemes": PER, "words": percent wrong}.

    words: all the held-out words if left out; several pronunciations count as right where the dictionary has them
    """
    words = held_out_words() if words is None else words
    words = sorted(words, key=lambda word: (len(word), word))
    said = [each for i in range(0, len(words), batch) for each in pronounce_all(model, words[i : i + batch])]
    return error_rates([each.phonemes for each in said], [right(word) for word in words])


def look_at(model, words, letters, phoneme):
    """Return how much a model looks at each of some neighbouring letters when it says their phoneme.

    words: those without these letters, or in which the phoneme is not said, are left out
    letters: such as "ph"         phoneme: such as "F"
    Returns weights, a row a word; where the phoneme comes twice, the row that looks there most   (n, len(letters))
    """
    found = []
    for said in pronounce_all(model, [word for word in words if letters in word]):
        place = said.word.index(letters)
        rows = [
            row[place : place + len(letters)]
            for row, each in zip(said.weights, said.phonemes, strict=False)
            if each == phoneme
        ]
        found += [max(rows, key=sum)] if rows else []
    return np.array(found)


def right(word):
    """Return all right pronunciations of a word of the dictionary, as tuples of phonemes."""
    return [tuple(each.split()) for each in pronunciations()[word]]


def _said(word, phonemes, looks):
    return Said(word, phonemes, None if looks is None else looks[: len(phonemes) + 1, : len(word)])
