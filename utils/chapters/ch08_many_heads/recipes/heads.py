"""1 to 16 heads in each of two layers, equal parameters: python -m utils.chapters.ch08_many_heads.recipes.heads writes heads.json."""

import time

import torch

from utils import recipes
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
    settings = {"budget": STEPS, "goal": GOAL, "lr": LR, "layers": 2, "d_model": 64}
    told = recipes.provenance(__spec__.name, seeds=SEEDS, cpu_seconds=time.process_time() - began)
    recipes.keep("08_heads", settings, {"steps": steps}, told)


if __name__ == "__main__":
    main()
