"""Two neural processes taught for longer, one with a mean, one with attention: python -m utils.chapters.ch15_noise_and_uncertainty.recipes.curves

Both get the same search: two learning rates on one validation seed, then the best of them on three others. All runs
are equally long. Takes about three minutes on one core.
"""

import time

import torch

from utils.chapters.ch15_noise_and_uncertainty import curves
from utils.recipes import keep, provenance, ship
from utils.training import flush_denormals, search

STEPS, RATES, TESTS = 4000, [1e-3, 3e-3], (1, 2, 3)
GATHERS = ("mean", "attention")
models = {}


def run(name, seed, lr):
    """Teach one model; the functions that choose the rate are not those that measure it afterwards."""
    model = curves.NeuralProcess(name, seed=seed)
    options = {"evaluate": lambda model: -curves.measure(model, seed=98)["log score"], "every": STEPS // 10}
    history = curves.teach(model, steps=STEPS, lr=lr, seed=seed, show=False, **options)
    print(name, seed, lr, round(history.metric()[-1], 3), round(time.process_time()), flush=True)
    models[name, seed] = model
    return history


def main():
    """Teach, measure, and write curves.json and the weights of the first test seed."""
    flush_denormals()
    torch.set_num_threads(1)
    began = time.process_time()
    found = search({name: {"lr": RATES} for name in GATHERS}, run, tests=TESTS)
    told = provenance(__spec__.name, seeds=[0, *TESTS], cpu_seconds=time.process_time() - began)
    results = {}
    for name, each in found.items():
        tests = [curves.measure(models[name, seed]) for seed in TESTS]
        results[name] = {"lr": each.setting["lr"], "tests": [_rounded(test) for test in tests]}
        facts = {"steps": STEPS, "lr": each.setting["lr"], "seed": TESTS[0]}
        ship(f"15_curves_{name}", models[name, TESTS[0]], facts, told)
    results["exact"] = {"tests": [_rounded(curves.measure(curves.exact))]}
    settings = {"steps": STEPS, "batch": curves.BATCH, "rates": RATES, "test seeds": TESTS}
    keep("15_curves", settings, {"models": results}, told)


def _rounded(measured):
    return {name: round(value, 4) for name, value in measured.items()}


if __name__ == "__main__":
    main()
