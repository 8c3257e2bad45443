"""Ten seeds of the karate club for each kind of weights: python -m utils.chapters.ch13_images_and_graphs.recipes.karate writes karate.json."""

import time

import torch

from utils.chapters.ch13_images_and_graphs import graph_trials as trials
from utils.chapters.ch13_images_and_graphs.graph_networks import KINDS
from utils.chapters.ch13_images_and_graphs.graphs import spread
from utils.data import karate
from utils.recipes import keep, provenance

SEEDS, STEPS, LR = range(10), 100, 1e-2


def right(kind, seed):
    """Return how many of the 32 members are placed rightly after the last step."""
    _, history = trials.club(kind, seed, steps=STEPS, lr=LR, show=False)
    return round(history.metric("right")[-1] * 32)


def main():
    """Measure and write."""
    torch.set_num_threads(1)
    began = time.process_time()
    found = {kind: [right(kind, seed) for seed in SEEDS] for kind in KINDS}
    arrived = spread(trials.MASK.numpy(), {karate.TEACHER: 0, karate.OFFICER: 1}).argmax(-1)
    by_hand = int((arrived == karate.SIDES)[trials.ASKED].sum())
    settings = {"steps": STEPS, "lr": LR, "known": 2, "asked": 32}
    results = {"right": found, "labels spread, nothing learnt": by_hand}
    told = provenance(__spec__.name, seeds=SEEDS, cpu_seconds=time.process_time() - began)
    keep("13_karate", settings, results, told)


if __name__ == "__main__":
    main()
