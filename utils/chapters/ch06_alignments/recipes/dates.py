"""Train the two readers of dates of chapter 06, with attention and with a bottleneck: a quarter of a minute each.

python -m utils.chapters.ch06_alignments.recipes.dates
"""

import datetime
import platform
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
        known = {"script": "06_dates.py", "seed": 0, "steps": STEPS, "lr": LR, "torch": torch.__version__}
        known |= {"cpu_seconds": round(time.process_time() - began, 1), "date": datetime.date.today().isoformat()}
        known |= {"machine": f"{platform.machine()}, one thread of the CPU"}
        recipes.ship(f"06_dates_{kind}", model, known)
        known["wrong_percent"] = wrong_dates(recipes.shipped(f"06_dates_{kind}", Speller))
        recipes.ship(f"06_dates_{kind}", model, known)
        print(kind, known, flush=True)


if __name__ == "__main__":
    main()
