"""Which code for order survives rows longer than it was trained on? Writes positions.json beside itself.

    python -m utils.chapters.ch09_positions.recipes.positions        some eight minutes of one thread

Every code gets the same search: three learning rates, chosen by the accuracy at the trained length on the validation
seed, then three test seeds with other weights and other rows. What is kept is the accuracy in the second half of rows
of the trained length, of twice and of four times that length.
"""

import time

import torch

from utils.chapters.ch09_positions.order_tasks import accuracy_back, loss_back
from utils.chapters.ch09_positions.position_model import Places
from utils.recipes import keep, provenance
from utils.training import cosine, search, train

LENGTH, STEPS, RATES, TESTS = 16, 600, (1e-3, 3e-3, 1e-2), (1, 2, 3)
CODES = {code: (code, 10000) for code in ("none", "learned", "sinusoidal", "rotary", "alibi")}
CODES |= {"rotary, base 100": ("rotary", 100)}


def run(back, layers):
    """Return a function that trains a machine with one code, and notes its accuracy at the trained length."""

    def go(name, seed, lr):
        code, base = CODES[name]
        model = Places(code, 8, 8, LENGTH, n_layers=layers, base=base, seed=seed)
        models[name, seed, lr] = model
        evaluate = accuracy_back(back, LENGTH, seed=1000 + seed)
        return train(model, loss_back(back, LENGTH), steps=STEPS, lr=lr, seed=seed, schedule=cosine,
                     evaluate=evaluate, every=STEPS, show=False)  # fmt: skip

    models = {}
    return go, models


def measure(back, layers):
    """Return {code: {"lr": chosen, "accuracy": {length: one for each test seed, or None}}}."""
    go, models = run(back, layers)
    found = search({name: {"lr": list(RATES)} for name in CODES}, go, tests=TESTS)
    table = {}
    for name, each in found.items():
        lr = each.setting["lr"]
        table[name] = {"lr": lr, "accuracy": {}}
        for times in (1, 2, 4):
            n = times * LENGTH
            accuracies = [accuracy_back(back, n, seed=2000 + seed)(models[name, seed, lr]) for seed in TESTS]
            table[name]["accuracy"][n] = [None if a is None else round(a, 3) for a in accuracies]
        print(back, layers, name, table[name], flush=True)
    return table


def main():
    """Measure the three tables, and write them with what each took."""
    torch.set_num_threads(1)
    tasks = {"1 back, one layer": (1, 1), "2 back, one layer": (2, 1), "2 back, two layers": (2, 2)}
    tables, seconds, start = {}, {}, time.process_time()
    for name in tasks:
        began = time.process_time()
        tables[name] = measure(*tasks[name])
        seconds[name] = round(time.process_time() - began)
    settings = {"trained length": LENGTH, "steps": STEPS, "batch": 64, "learning rates": RATES, "validation seed": 0,
                "test seeds": TESTS, "symbols": 8, "d_model": 32, "heads": 4, "schedule": "cosine"}  # fmt: skip
    told = provenance(__spec__.name, seeds=[0, *TESTS], cpu_seconds=time.process_time() - start)
    keep("09_positions", settings, {"accuracy": tables, "cpu_seconds": seconds}, told)


if __name__ == "__main__":
    main()
