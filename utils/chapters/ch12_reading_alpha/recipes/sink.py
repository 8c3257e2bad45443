"""Train the model with a start symbol, three seeds: python -m utils.chapters.ch12_reading_alpha.recipes.sink writes sink.json and .npz.

Half a minute of one thread. The weights of seed 0 are kept.
"""

import time

import torch

from utils import recipes
from utils.chapters.ch12_reading_alpha import sinks

SEEDS = (0, 1, 2)


def main():
    """Train, keep the first model, measure all three."""
    torch.set_num_threads(1)
    began, models = time.process_time(), []
    for seed in SEEDS:
        models.append(sinks.make(seed))
        sinks.teach(models[-1], seed=seed, show=False)
    told = recipes.provenance(__spec__.name, seeds=SEEDS, cpu_seconds=time.process_time() - began)
    facts = {"steps": 1000, "lr": 3e-3, "seeds_measured": [sinks.measure(model) for model in models]}
    recipes.ship("12_sink", models[0], facts, told)


if __name__ == "__main__":
    main()
