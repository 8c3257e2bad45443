"""Train the two readers of dates of chapter 06, with attention and with a bottleneck: a quarter of a minute each.

python -m utils.chapters.ch06_alignments.recipes.dates
"""

import time

import torch

from utils import recipes
from utils.chapters.ch06_alignments.date_reader import LR, STEPS, train_dates, wrong_dates
from utils.models.speller import Speller


def main():
    """Train and save both."""
    torch.set_num_threads(1)
    for kind in ("attention", "bottleneck"):
        began = time.process_time()
        model, _ = train_dates(kind == "attention", show=False)
        told = recipes.provenance(__spec__.name, seeds=[0], cpu_seconds=time.process_time() - began)
        known = {"steps": STEPS, "lr": LR}
        recipes.ship(f"06_dates_{kind}", model, known, told)
        known["wrong_percent"] = wrong_dates(recipes.shipped(f"06_dates_{kind}", Speller))
        recipes.ship(f"06_dates_{kind}", model, known, told)
        print(kind, known, flush=True)


if __name__ == "__main__":
    main()
