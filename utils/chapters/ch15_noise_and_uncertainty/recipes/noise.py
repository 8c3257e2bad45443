"""Who is still right under noise, trained without it and trained with it: python -m utils.chapters.ch15_noise_and_uncertainty.recipes.noise

Every entrant gets the same search both times: three learning rates on one validation seed, judged at the noise it was
trained with, then the best of them on three other seeds. Takes about three minutes on one core.
"""

import time

import torch

from utils.chapters.ch15_noise_and_uncertainty import noisy_race
from utils.recipes import keep, provenance
from utils.training import flush_denormals, search

STEPS, RATES, TESTS, TRAINED = 600, [1e-3, 3e-3, 1e-2], (1, 2, 3), (0.0, 0.5)
ENTRANTS = ("attention read", "RNN, orthogonal", "GRU", "mean")


def measure(noise):
    """Return {entrant: {"lr": chosen, "tests": for each seed a list over NOISES of what it does}}."""
    models = {}

    def run(name, seed, lr):
        options = {"evaluate": lambda model: noisy_race.measure(model, noise, seed=66)["right"], "every": STEPS}
        model, history = noisy_race.teach(name, noise=noise, seed=seed, lr=lr, steps=STEPS, show=False, **options)
        print(noise, name, seed, lr, round(history.metric()[-1], 3), round(time.process_time()), flush=True)
        models[name, seed] = model
        return history

    found = search({name: {"lr": RATES} for name in ENTRANTS}, run, tests=TESTS)
    tests = {
        name: [[noisy_race.measure(models[name, seed], n) for n in noisy_race.NOISES] for seed in TESTS]
        for name in found
    }
    return {name: {"lr": each.setting["lr"], "tests": _rounded(tests[name])} for name, each in found.items()}


def _rounded(tests):
    return [[{key: round(value, 3) for key, value in each.items()} for each in test] for test in tests]


def main():
    """Measure and write noise.json."""
    flush_denormals()
    torch.set_num_threads(1)
    began = time.process_time()
    results = {str(noise): measure(noise) for noise in TRAINED}
    limits = [round(noisy_race.limit(noise), 3) for noise in noisy_race.NOISES]
    settings = {"steps": STEPS, "batch": 32, "rates": RATES, "test seeds": TESTS, "noises": noisy_race.NOISES}
    told = provenance(__spec__.name, seeds=[0, *TESTS], cpu_seconds=time.process_time() - began)
    keep("15_noise", settings, {"limit": limits, "trained": results}, told)


if __name__ == "__main__":
    main()
