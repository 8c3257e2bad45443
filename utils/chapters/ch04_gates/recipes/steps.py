"""How many steps an LSTM needs to recall the first of N symbols, by its start: python -m utils.chapters.ch04_gates.recipes.steps

Every start gets the same search: three learning rates on one validation seed, then the best of them on three others.
Takes about a quarter of an hour on one core.
"""

import time

import torch

from utils.chapters.ch03_recurrent_networks.first_recall import learn
from utils.models.memory import Recurrent, start_chrono, start_forget
from utils.recipes import keep, provenance
from utils.training import flush_denormals, search, steps_to

STEPS, RATES, LENGTHS, TESTS = 1500, [1e-2, 3e-3, 1e-3], [20, 50, 100], (1, 2, 3)
STARTS = {
    "torch's own": lambda n: None,
    "forget bias 1": lambda n: start_forget(1.0),
    "forget bias 3": lambda n: start_forget(3.0),
    "chrono": start_chrono,
}


def measure(n):
    """Return {start: {"lr": chosen, "steps": one a seed, null where not within the budget, "accuracy": at the end}}."""

    def run(name, seed, lr):
        model = Recurrent("lstm", 8, 64, 8, start=STARTS[name](n), seed=seed)
        history = learn(model, n, steps=STEPS, lr=lr, seed=seed, show=False)
        print(n, name, seed, lr, history, round(history.metric()[-1], 3), flush=True)
        return history

    found = search({name: {"lr": RATES} for name in STARTS}, run, tests=TESTS)
    return {
        name: {
            "lr": each.setting["lr"],
            "steps": [steps_to(history, 0.97) for history in each.tests],
            "accuracy": [round(history.metric()[-1], 3) for history in each.tests],
        }
        for name, each in found.items()
    }


def main():
    """Measure and write steps.json."""
    flush_denormals()
    torch.set_num_threads(1)
    began = time.process_time()
    steps = {str(n): measure(n) for n in LENGTHS}
    settings = {"hidden": 64, "batch": 64, "budget": STEPS, "rates": RATES, "goal": 0.97, "test seeds": TESTS}
    told = provenance(__spec__.name, seeds=[0, *TESTS], cpu_seconds=time.process_time() - began)
    keep("04_steps", settings, {"by_length": steps}, told)


if __name__ == "__main__":
    main()
