"""Train the spellers of chapter 06. One thread; seconds are the processor's, for training alone.

    python -m utils.chapters.ch06_alignments.recipes.speller attention_short [seed]

The short ones take a minute, the middle ones three, the long ones ten. All train on the first
pronunciation of 95,922 words.
"""

import math
import sys
import time
from functools import partial

import torch

from utils import recipes
from utils.chapters.ch06_alignments.spelling import LETTERS, SOUNDS, held_out_words, measure, training_words
from utils.models.speller import Speller
from utils.seeds import seeded
from utils.training import train

SHORT = {"steps": 1900, "lr": 3e-3, "hidden": 128, "dropout": 0.1}
MIDDLE = SHORT | {"steps": 5700}
LONG = {"steps": 12300, "lr": 2e-3, "hidden": 192, "dropout": 0.15}
RUNS = {
    "attention_short": SHORT | {"attention": True},
    "bottleneck_short": SHORT | {"attention": False},
    "attention_middle": MIDDLE | {"attention": True},
    "bottleneck_middle": MIDDLE | {"attention": False},
    "attention_long": LONG | {"attention": True},
    "bottleneck_long": LONG | {"attention": False},
}
BATCH = 64


def schedule(part, steps):
    """Return a factor for the learning rate: up in a hundred steps, then down half a cosine wave to a fiftieth."""
    return min(1, (part * steps + 1) / 100) * (0.51 + 0.49 * math.cos(math.pi * part))


def run(name, seed=0, *, steps, lr, hidden, dropout, attention):
    """Train one model, note how it goes, and save it on the way."""
    model = Speller(len(LETTERS), len(SOUNDS), hidden, dropout=dropout, attention=attention, seed=seed)
    batches, some = training_words().rounds(BATCH, seeded(seed)), held_out_words()[::10]
    torch.manual_seed(seed)  # the dropout
    began, away = time.process_time(), 0.0

    def note(model):
        nonlocal away
        now = time.process_time()
        spent, rates = now - began - away, measure(model, some)
        curve.append({"seconds": round(spent, 1)} | {key: round(value, 2) for key, value in rates.items()})
        print(name, curve[-1], flush=True)
        told = recipes.provenance(__spec__.name, seeds=[seed], cpu_seconds=spent)
        recipes.ship(f"06_speller_{name}", model, known | {"curve": curve}, told)
        away += time.process_time() - now
        return rates

    known = {"run": name, "steps": steps, "lr": lr, "dropout": dropout}
    known |= {"weights": sum(p.numel() for p in model.parameters()), "batch": BATCH}
    curve = []
    train(
        model,
        lambda model, generator: model.loss(*next(batches)),
        steps=steps,
        lr=lr,
        schedule=partial(schedule, steps=steps),
        optimizer=partial(torch.optim.AdamW, weight_decay=0.01, betas=(0.9, 0.98)),
        evaluate=note,
        every=max(steps // 12, 1),
        show=False,
    )
    finish(name, known | {"curve": curve})


def finish(name, known):
    """Measure what was saved, in half precision, on all held-out words and by their length."""
    model, told = recipes.shipped(f"06_speller_{name}", Speller), recipes.measured(f"06_speller_{name}")["provenance"]
    by_length = {n: [word for word in held_out_words() if len(word) == n] for n in range(2, 11)}
    known["held_out"] = measure(model) | {"n": len(held_out_words())}
    known["by_length"] = {n: measure(model, words) | {"n": len(words)} for n, words in by_length.items()}
    recipes.ship(f"06_speller_{name}", model, known, told)
    print(name, told["cpu_seconds"], known["held_out"], flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    run(sys.argv[1], int(sys.argv[2]) if sys.argv[2:] else 0, **RUNS[sys.argv[1]])
