"""The same kernels on a GPU:  python -m utils.chapters.ch14_what_it_costs.recipes.gpu  writes gpu.json, where there is one."""

import sys
import time

from utils import recipes
from utils.chapters.ch14_what_it_costs.measured_costs import on_gpu
from utils.device import pick_device


def main():
    """Measure and write; return 1 without a GPU."""
    if pick_device().type != "cuda":
        print("no GPU here: nothing was written")
        return 1
    began = time.process_time()
    table, _ = on_gpu()
    told = recipes.provenance(__spec__.name, seeds=[0], cpu_seconds=time.process_time() - began)
    recipes.keep("14_gpu", {"rounds": 5}, {"table": table}, told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
