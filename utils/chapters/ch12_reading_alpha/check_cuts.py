"""The check of exercise 12.3: the smallest set of heads that a model cannot do without."""

from itertools import combinations

from utils.checks.framework import exercise
from utils.checks.reading import call, need

MODELS = (  # heads, the bound, and what is right without which heads: the first that fits
    (4, 0.5, (({0, 1, 2, 3}, 0.05),), 0.98),
    (4, 0.5, (({1, 3}, 0.1),), 0.95),
    (5, 0.6, (({0, 2, 4}, 0.2), ({1, 2, 3, 4}, 0.1), ({3}, 0.7)), 0.99),  # head 3 hurts most, and is no part of it
    (3, 0.5, (({2}, 0.3),), 0.9),
    (4, 0.4, (({0, 1}, 0.4), ({1, 2, 3}, 0.2)), 0.9),  # exactly the bound is not below it
    (3, 0.2, (({0, 1, 2}, 0.3),), 0.9),  # no set does it
)


def accuracy_of(rules, whole):
    """Return a made-up accuracy_without(heads)."""

    def accuracy_without(heads):
        if isinstance(heads, int):
            raise TypeError(f"accuracy_without takes a tuple of heads, such as ({heads},), and got a single number")
        gone = set(heads)
        return next((right for needed, right in rules if needed <= gone), whole)

    return accuracy_without


@exercise("12.3", "one of four", reveals="A part with a stand-in is found only by removing both.")
def smallest_cut(answer):
    """Check the learner's ``smallest_cut(accuracy_without, n_heads, below)``."""
    for n, below, rules, whole in MODELS:
        accuracy = accuracy_of(rules, whole)
        sets = [heads for size in range(1, n + 1) for heads in combinations(range(n), size) if accuracy(heads) < below]
        got = _call(answer, accuracy, n, below)
        if not sets:
            need(got is None, "here no set of heads brings it below the bound; then the answer is None")
            continue
        need(got is not None, f"None was returned, but here a set of {len(sets[0])} heads does it")
        heads = _heads(got, n)
        value, size = accuracy(heads), len(sets[0])
        exactly = "it falls to the bound exactly, and not below it"
        need(value != below, f"without {heads}, {exactly}")
        need(
            value < below, f"without {heads} it is still right in {value:.0%} of the cases: that is not below the bound"
        )
        need(
            len(heads) == size,
            f"without {heads} it falls below the bound, but {size} {'head is' if size == 1 else 'heads are'} enough here",
        )


def _call(answer, accuracy, n, below):
    """Return what the answer returns; None is one of the right answers, which ``call`` would refuse."""
    result = []

    def keep(*_):
        result.append(answer(accuracy, n, below))
        return 0

    need(callable(answer), f"a function was expected here, not a {type(answer).__name__}")
    keep.__name__ = getattr(answer, "__name__", "keep")  # so that a stub is known as one
    call(keep)
    need(result[0] is not ..., "not attempted yet")
    return result[0]


def _heads(got, n):
    if isinstance(got, int) and not isinstance(got, bool):
        need(False, "this is a number; asked for is the set of heads, as a tuple")
    try:
        heads = tuple(sorted({int(head) for head in got if int(head) == head}))
        fits = len(heads) == len(list(got)) and all(0 <= head < n for head in heads)
    except Exception:
        fits = False
    need(fits, f"the answer should be a tuple of different heads, numbers from 0 to {n - 1}, such as (0, 2)")
    return heads
