"""One layer or two, with 4,000 steps each: python -m utils.chapters.ch08_many_heads.recipes.depth writes depth.json beside itself.

Every model gets the same small search on seed 0, and is then measured on seeds 1, 2 and 3.
"""

import time

import torch

from utils import recipes
from utils.chapters.ch08_many_heads.one_or_two_layers import GOAL, make, teach
from utils.training import steps_to
from utils.training.comparison import search

MODELS = {"one layer": (1, 64), "one layer, wide": (1, 92), "two layers": (2, 64)}  # layers, d_model
GRID = {"n_heads": [1, 4], "lr": [1e-3, 3e-3]}
STEPS, TESTS = 4000, (1, 2, 3)


def run(name, seed, n_heads, lr):
    """Train one model until its goal, or as long as the budget lasts."""
    n_layers, d_model = MODELS[name]
    model = make(n_layers, n_heads=n_heads, d_model=d_model, seed=seed)
    return teach(model, steps=STEPS, seed=seed, lr=lr, every=50)


def describe(name, found, seconds):
    """Return what one model reached, as plain data."""
    n_layers, d_model = MODELS[name]
    model = make(n_layers, n_heads=1, d_model=d_model)
    tests = [{"best": max(h.metric()), "steps": steps_to(h, GOAL)} for h in found.tests]
    trials = [setting | {"best": max(h.metric()), "steps": steps_to(h, GOAL)} for setting, h in found.trials]
    parameters = sum(p.numel() for p in model.parameters())
    return {"setting": found.setting, "parameters": parameters, "tests": tests, "trials": trials, "seconds": seconds}


def main():
    """Search, measure and write."""
    torch.set_num_threads(1)
    results, start = {}, time.process_time()
    for name in MODELS:
        began = time.process_time()
        found = search({name: GRID}, run, tests=TESTS)[name]
        results[name] = describe(name, found, round(time.process_time() - began))
        print(name, results[name], flush=True)
    settings = {"steps": STEPS, "goal": GOAL, "grid": GRID, "validation seed": 0, "test seeds": TESTS}
    told = recipes.provenance(__spec__.name, seeds=[0, *TESTS], cpu_seconds=time.process_time() - start)
    recipes.keep("08_depth", settings, {"models": results}, told)


if __name__ == "__main__":
    main()
