"""Readers of dates: the speller's machine on a smaller task, where every answer is known."""

import numpy as np

from utils import recipes
from utils.chapters.ch06_alignments.dates import ISO, WRITTEN, written_dates
from utils.conversion import as_numpy
from utils.data.symbols import Pairs, Symbols, padded
from utils.models.speller import Speller
from utils.training import cosine, train

READS, SAYS = Symbols(WRITTEN), Symbols(ISO)
STEPS, LR, HIDDEN = 400, 4e-3, 64


def shipped(kind):
    """Return the reader of ``utils/chapters/ch06_alignments/recipes/dates.py`` that was trained with "attention" or a "bottleneck"."""
    return recipes.shipped(f"06_dates_{kind}", Speller)


def read_dates(model, written):
    """Return (what a model makes of each written date, as text, and its α (B, T, letters) or None)."""
    numbers, looks = model.eval().say(padded([READS.encode(text) for text in written]), longest=14)
    return ["".join(SAYS.decode(row)) for row in numbers], None if looks is None else as_numpy(looks)


def train_dates(attention, seed=0, *, steps=STEPS, show=True):
    """Return a model trained on 20,000 written dates, a quarter of a minute on one processor, and its history."""
    model = Speller(len(READS), len(SAYS), HIDDEN, dropout=0.0, attention=attention, seed=seed)
    pairs = Pairs(*written_dates(20_000, np.random.default_rng(seed)), READS, SAYS)
    name = "with attention" if attention else "with a bottleneck"
    history = train(
        model,
        lambda model, generator: model.loss(*pairs.draw(64, generator)),
        steps=steps,
        lr=LR,
        schedule=cosine,
        seed=seed,
        name=name,
        show=show,
    )
    return model, history


def wrong_dates(model, count=2000):
    """Return how many percent of dates that were never trained on a model gets wrong."""
    written, iso = written_dates(count, np.random.default_rng(99), held_out=True)
    said, _ = read_dates(model, written)
    return 100 * sum(a != b for a, b in zip(said, iso, strict=True)) / count
