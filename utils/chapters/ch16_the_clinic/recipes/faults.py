"""Eight attentions, seven of them broken, trained alike: python -m utils.chapters.ch16_the_clinic.recipes.faults writes faults.json."""

import time

import torch

from utils.chapters.ch16_the_clinic.trainee import BATCH, FAULTS, HALF, STEPS, SYMBOLS, is_right, teach
from utils.recipes import keep, provenance

SEEDS = (1, 2, 3)


def run(fault, seed):
    """Return the curve of one run, and both measures of its end."""
    model, history = teach(fault, seed)
    losses = [round(each, 4) for each in history.losses]
    seen, used = (round(each, 3) for each in (history.metric()[-1], is_right(model.eval())))
    return {"losses": losses, "seen": seen, "used": used, "steps": history.steps}


def main():
    """Train, measure and write."""
    torch.set_num_threads(1)
    began, faults = time.process_time(), {}
    for fault in FAULTS:
        runs = [run(fault, seed) for seed in SEEDS]
        faults[fault] = [{key: each[key] for key in ("losses", "seen", "used")} for each in runs]
        print(fault, [(each["losses"][-1], each["seen"], each["used"]) for each in runs], flush=True)
    settings = {"symbols": SYMBOLS, "half": HALF, "batch": BATCH, "steps": STEPS, "lr": 3e-3}
    results = {"steps": runs[0]["steps"], "faults": faults}
    told = provenance(__spec__.name, seeds=SEEDS, cpu_seconds=time.process_time() - began)
    keep("16_faults", settings, results, told)


if __name__ == "__main__":
    main()
