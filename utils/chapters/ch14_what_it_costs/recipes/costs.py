"""Time and memory of every kernel against N, some ten minutes of one processor.

    python -m utils.chapters.ch14_what_it_costs.recipes.costs              writes costs.json

Milliseconds are those of one processor, not of the clock on the wall: [smallest, median, largest] of rounds in which
the kernels took turns. MB are by how much a fresh process grew at its peak, the smaller of two processes.
"""

import time

import torch

from utils import recipes
from utils.chapters.ch14_what_it_costs.measured_costs import (
    BATCH,
    D_HEAD,
    DIRECTIONS,
    HEADS,
    SQUARE,
    WINDOW,
    alone,
    kernels,
    times,
)

LENGTHS = [128, 256, 512, 1024, 2048, 4096, 8192]
ROUNDS = {128: 41, 256: 41, 512: 31, 1024: 21, 2048: 11, 4096: 9, 8192: 7}
MOST = {"forward": 8192, "forward and backward": 4096}  # where all N² weights are held: 5 GB and more come after it


def names_at(n, direction):
    """Return which kernels are measured there."""
    everyone = [name for name in kernels(8) if direction == "forward" or name != "one cached step"]
    return [name for name in everyone if n <= MOST[direction] or name not in SQUARE]


def prices():
    """Yield one dictionary for each kernel, length and direction."""
    for direction in DIRECTIONS:
        for n in LENGTHS:
            names = names_at(n, direction)
            found = times(n, names=names, rounds=ROUNDS[n], grad=direction != "forward")
            for name in names:
                ms = [round(each, 3) for each in found[name]]
                size = min(alone(name, n, direction) for _ in range(2)) if n >= 512 else None
                print(direction, n, name, ms, size, flush=True)
                yield {"name": name, "n": n, "direction": direction, "ms": ms, "MB": size}


def main():
    """Measure and write."""
    torch.set_num_threads(1)
    began = time.process_time()
    rows = list(prices())
    settings = {"batch": BATCH, "heads": HEADS, "d_head": D_HEAD, "window": WINDOW, "type": "float32", "rounds": ROUNDS}
    told = recipes.provenance(__spec__.name, seeds=[0], cpu_seconds=time.process_time() - began)
    recipes.keep("14_costs", settings, {"prices": rows}, told)


if __name__ == "__main__":
    main()
