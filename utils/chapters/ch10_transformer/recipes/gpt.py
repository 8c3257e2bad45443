"""Train the GPT that chapters 10, 11 and 12 read. One thread; seconds are the processor's, for training alone.

    python -m utils.chapters.ch10_transformer.recipes.gpt [steps]

The settings were chosen, and the best step was taken, on the validation topics; the held-out ones were asked once.
gpt_alpha.npz keeps α of one short text, at every note: how it came to look where it looks.
"""

import sys
import time
from functools import partial

import numpy as np
import torch

from utils import recipes
from utils.chapters.ch10_transformer.language import next_token_loss, surprise
from utils.data import topics
from utils.models.gpt import GPT
from utils.training import cosine, train

NAME, TEXT = "10_gpt", "the value of the name is the value"
SETTINGS = {"steps": 4800, "lr": 3e-3, "batch": 16, "dropout": 0.1, "weight_decay": 0.1, "seed": 0}
MODEL = {"context": 128, "d_model": 128, "n_heads": 4, "n_layers": 4, "block": "today", "positions": "learned"}


def run(name=NAME, notes=24, model=MODEL, *, steps, lr, batch, dropout, weight_decay, seed):
    """Train one model, note how it goes, and save it whenever it is better than before; return its curve."""
    gpt = GPT(topics.VOCAB_SIZE, **model, dropout=dropout, seed=seed)
    tokens, checked = topics.encode(topics.train_text()), topics.encode(topics.validation_text())
    torch.manual_seed(seed)  # the dropout
    curve, looks, began, away = [], [], time.process_time(), 0.0

    def note(gpt):
        nonlocal away
        now = time.process_time()
        bits = float(surprise(gpt, checked, stride=128 if name != NAME else 64).mean())
        better = not curve or bits < min(each["bits"] for each in curve)
        curve.append({"seconds": round(now - began - away, 1), "bits": round(bits, 4)})
        looks.append(gpt(torch.as_tensor(topics.encode(TEXT))[None])[1][0].numpy())  # (n_layers, n_heads, N, N)
        print(name, len(curve) - 1, curve[-1], flush=True)
        if better and name == NAME:
            recipes.ship(NAME, gpt, known | {"curve": curve}, told())
        away += time.process_time() - now
        return -bits

    known = {"steps": steps, "lr": lr, "batch": batch, "weight_decay": weight_decay}
    known |= {"characters": len(tokens), "weights": sum(p.numel() for p in gpt.parameters())}
    told = lambda: recipes.provenance(__spec__.name, seeds=[seed], cpu_seconds=curve[-1]["seconds"])  # noqa: E731
    train(
        gpt,
        next_token_loss(tokens, gpt.context, batch),
        steps=steps,
        lr=lr,
        seed=seed,
        schedule=partial(cosine, warm=0.02),
        optimizer=partial(torch.optim.AdamW, weight_decay=weight_decay, betas=(0.9, 0.95)),
        evaluate=note,
        every=max(steps // notes, 1),
        show=False,
    )
    if name == NAME:
        alpha = (255 * np.stack(looks)).round().astype(np.uint8)
        np.savez_compressed(recipes.place(f"{NAME}_alpha", ".npz"), alpha=alpha)
        finish(known | {"curve": curve}, told())


def finish(known, told):
    """Measure what was saved, in half precision, on the held-out topics."""
    gpt = recipes.shipped(NAME, GPT)
    bits = surprise(gpt, topics.encode(topics.held_out_text()))
    known |= {"held_out_bits": round(float(bits.mean()), 4)}
    recipes.ship(NAME, gpt, known, told)
    print(NAME, told["cpu_seconds"], known["held_out_bits"], flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    run(**SETTINGS | ({"steps": int(sys.argv[1])} if sys.argv[1:] else {}))
