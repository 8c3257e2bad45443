"""The whole race of chapter 05, some twenty minutes of one processor.

    python -m utils.chapters.ch05_the_race.recipes.race "first symbol"           runs of one task, each kept as soon as it is done;
                                                             lengths may follow:  "first symbol" 200
    python -m utils.chapters.ch05_the_race.recipes.race "associative recall"
    python -m utils.chapters.ch05_the_race.recipes.race longer                   more steps for some (the second line above does it, too)
    python -m utils.chapters.ch05_the_race.recipes.race price                    time and memory, each in a process of its own
    python -m utils.chapters.ch05_the_race.recipes.race collect                  puts all that is there into race.json

Seconds are seconds of one processor, with denormal numbers flushed; the time of asking the held-out rows is in them.
All notes must be of one machine and of as many threads: else nothing is collected.
"""

import json
import sys
import time
from pathlib import Path

import torch

from utils.chapters.ch05_the_race import race
from utils.chapters.ch05_the_race.step_costs import prices
from utils.recipes import keep, provenance
from utils.seeds import seeded
from utils.training import flush_denormals

NOTES = Path(__file__).with_name("race.notes.jsonl")  # one line a run; left out of the repository
SETTINGS = {
    "steps": 1000,
    "batch": 32,
    "goal": race.GOAL,
    "parameters": race.PARAMETERS,
    "learning rates": [0.001, 0.003, 0.01],
    "validation seed": 0,
    "test seeds": [1, 2, 3],
    "searched at": "first symbol 20 (for 5, 10, 20), 50, 100 (for 100, 200); associative recall 5, 10, 20",
    "threads": 1,
}
ABOUT = ("task", "n", "name", "seed", "lr", "budget")  # what makes a run itself
LONG = [("LSTM", 5, 8000), ("GRU", 5, 8000)]  # more time, at five pairs, for two that did not get there


ELSEWHERE = {  # seen once on another machine: one training step of an LSTM with 64 units, 200 items, batch 64
    "processor": "Intel Xeon",
    "flushed, ms": 52,
    "not flushed, ms": "282 to 314",
    "LSTM of 64 units, steps to 97 %": 6140,  # five pairs, batch 64, keys as fixed random codes, eight values
}


def main(what, *lengths):
    torch.set_num_threads(SETTINGS["threads"])
    flush_denormals()
    if what == "collect":
        collect()
    elif what == "longer":
        longer()
    elif what == "price":
        for price in prices():
            note(price)
    else:
        grid(what, [int(n) for n in lengths] or [*race.SEARCHED[what]])


def grid(task, lengths):
    """Search the learning rate of every entrant, then run these lengths on the test seeds."""
    for n in lengths:
        for name in race.ENTRANTS:
            lr = rate(task, n, name)
            for seed in SETTINGS["test seeds"]:
                one(task, n, name, seed, lr, SETTINGS["steps"])
    if task == "associative recall":
        longer()


def longer():
    """Give some that did not get there eight times as many steps."""
    for name, n, steps in LONG:
        for seed in SETTINGS["test seeds"]:
            one("associative recall", n, name, seed, rate("associative recall", n, name), steps)


def rate(task, n, name):
    """Return the learning rate that did best on the validation seed, at the length that is searched for this one."""
    at, seed = race.SEARCHED[task][n], SETTINGS["validation seed"]
    tried = {lr: one(task, at, name, seed, lr, SETTINGS["steps"]) for lr in SETTINGS["learning rates"]}
    return max(tried, key=lambda lr: score(tried[lr]))


def is_chosen(run, runs):
    """Return whether a run has the learning rate that the search chose for it; one that was not searched has none."""
    at, seed = race.SEARCHED[run["task"]][run["n"]], SETTINGS["validation seed"]
    about = {"task": run["task"], "n": at, "name": run["name"], "seed": seed}
    tried = [other for other in runs if about.items() <= other.items()]
    return len(tried) == len(SETTINGS["learning rates"]) and max(tried, key=score)["lr"] == run["lr"]


def score(run):
    """Order runs: first who got there, by how soon; below them the others, by how near they came."""
    return (True, -run["done"]) if run["reached"] else (False, run["accuracy"][-1])


def one(task, n, name, seed, lr, steps):
    """Return a run, from the notes if it is there already."""
    about = dict(zip(ABOUT, (task, n, name, seed, lr, steps), strict=True))
    for kept in notes():
        if about.items() <= kept.items():
            return kept
    began = time.process_time()
    model, history = race.run(name, task, n, seed, lr=lr, steps=steps)
    seconds = time.process_time() - began
    found = {"reached": history.status == "reached", "done": history.done, "seconds": round(seconds, 2)}
    curve = {"steps": history.steps, "accuracy": [round(value, 3) for value in history.metric()]}
    row = race.draw(task, n, 1, seeded(5))
    shares = {"look": [round(float(share), 3) for share in race.look(model, *row)]} if seed == 1 and n <= 50 else {}
    return note(about | found | {"parameters": race.count(model)} | curve | shares)


def note(line):
    """Add a line to the notes, with what ``provenance`` says of now, and return it."""
    seeds = [SETTINGS["validation seed"], *SETTINGS["test seeds"]]
    line |= {"noted": provenance(__spec__.name, seeds=seeds)}
    with NOTES.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    return line


def notes():
    return [json.loads(line) for line in NOTES.read_text(encoding="utf-8").splitlines()] if NOTES.exists() else []


def collect():
    """Write the search, the runs at the rates that it chose, and the prices, with the day of the last of them."""
    lines, names = notes(), list(race.ENTRANTS)
    told = [line.pop("noted") for line in lines]
    if any(each["machine"] != told[0]["machine"] or each["threads"] != told[0]["threads"] for each in told):
        sys.exit(f"{NOTES.name} holds notes of more than one machine: delete those of the other")
    each = {tuple(line[key] for key in ABOUT): line for line in lines if "seed" in line}
    runs = sorted(each.values(), key=lambda run: (run["task"], run["n"], names.index(run["name"]), run["seed"]))
    runs = [run for run in runs if run["seed"] == SETTINGS["validation seed"] or is_chosen(run, runs)]
    prices, spent = [line for line in lines if "ms" in line], round(sum(run["seconds"] for run in runs), 1)
    results = {"processor": processor(), "elsewhere": ELSEWHERE, "runs": runs, "prices": prices}
    keep("05_race", SETTINGS, results, max(told, key=lambda each: each["date"]) | {"cpu_seconds": spent})


def processor():
    """Return what the processor calls itself, where the system tells."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown processor")


if __name__ == "__main__":
    main(*sys.argv[1:])
