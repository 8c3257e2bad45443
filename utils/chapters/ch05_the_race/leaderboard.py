"""Who got how far in a race: runs in, a table of steps or seconds out, with None for those who did not get there."""


def table(runs, task, *, budget, what="done"):
    """Return how long each entrant took to its goal, at every length, one number for each test seed.

    runs: dicts with task, name, n, seed, budget, reached and ``what``, as "05_race" stores them
    budget: the steps that were allowed; runs with another budget, and those of the validation seed 0, do not count
    what: "done" for steps, "seconds" for seconds of one processor

    Returns {name: {n: [number, or None: not within the budget]}}
    Raises ValueError where no run fits.

    >>> a = {"task": "t", "name": "RNN", "n": 5, "seed": 1, "budget": 90, "reached": True, "done": 40}
    >>> table([a, a | {"seed": 2, "reached": False, "done": 90}], "t", budget=90)
    {'RNN': {5: [40, None]}}
    """
    found = {}
    for run in sorted(runs, key=lambda run: (run["n"], run["seed"])):
        if (run["task"], run["budget"]) == (task, budget) and run["seed"] > 0:
            row = found.setdefault(run["name"], {})
            row.setdefault(run["n"], []).append(run[what] if run["reached"] else None)
    if not found:
        raise ValueError(f"task is {task!r}, budget is {budget!r}: no run has both")
    return found


def middle(values):
    """Return the middle of three runs, counting those that did not get there as last; None if it did not either.

    >>> middle([40, None, 60]), middle([40, None, None])
    (60, None)
    """
    reached = sorted(value for value in values if value is not None)
    place = len(values) // 2
    return reached[place] if place < len(reached) else None


def spent(runs, task, name, n, budget):
    """Return the most seconds that one of the runs took: where an arrow stands.

    >>> spent([{"task": "t", "name": "RNN", "n": 5, "budget": 90, "seconds": 1.5}], "t", "RNN", 5, 90)
    1.5
    """
    mine = {"task": task, "name": name, "n": n, "budget": budget}
    return max(run["seconds"] for run in runs if mine.items() <= run.items())


def shown(runs):
    """Return the (task, n) for which the runs kept what counts at the end of a row, in order.

    >>> shown([{"task": "t", "n": 9, "look": []}, {"task": "t", "n": 5, "look": []}, {"task": "t", "n": 7}])
    [('t', 5), ('t', 9)]
    """
    return sorted(
        {(run["task"], run["n"]) for run in runs if "look" in run}, key=lambda what: (-ord(what[0][0]), what[1])
    )


def of_seed(runs, task, n, *, budget, seed=1):
    """Return the runs of one seed, one for each entrant that has one."""
    mine = {"task": task, "n": n, "budget": budget, "seed": seed}
    return [run for run in runs if mine.items() <= run.items()]
