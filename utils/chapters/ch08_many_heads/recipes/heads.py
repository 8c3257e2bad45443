"""1 to 16 heads in each of two layers, equal parameters: python -m utils.chapters.ch08_many_heads.recipes.heads writes 08_heads.json."""

import json
import time
from pathlib import Path

import torch

from utils import device
from utils.chapters.ch08_many_heads.one_or_two_layers import GOAL, make, teach
from utils.training import steps_to

HEADS, SEEDS, STEPS, LR = (1, 2, 4, 8, 16), (1, 2, 3), 4000, 3e-3


def run(n_heads, seed):
    """Return the steps to the goal, or None: not within the budget."""
    model = make(2, n_heads=n_heads, seed=seed)
    return steps_to(teach(model, steps=STEPS, seed=seed, lr=LR), GOAL)


def main():
    """Measure and write."""
    torch.set_num_threads(1)
    began = time.process_time()
    steps = {n_heads: [run(n_heads, seed) for seed in SEEDS] for n_heads in HEADS}
    facts = {"budget": STEPS, "goal": GOAL, "lr": LR, "seeds": SEEDS, "layers": 2, "d_model": 64, "threads": 1}
    facts |= {"date": time.strftime("%Y-%m-%d"), "seconds": round(time.process_time() - began)}
    text = json.dumps(facts | {"machine": device.machine(), "steps": steps}, indent=1)
    Path(__file__).with_suffix(".json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
