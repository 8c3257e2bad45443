"""Every example in a docstring of the library says what really happens."""

import doctest
import importlib
import pkgutil

import pytest

import utils

MODULES = sorted(module.name for module in pkgutil.walk_packages(utils.__path__, "utils."))
WITH_EXAMPLES = {
    f"utils.{name}"
    for name in (
        "alignments",
        "arrays",
        "attention",
        "bench",
        "cache",
        "depth",
        "device",
        "dialects",
        "edits",
        "fairness",
        "first_recall",
        "fixed_gates",
        "gradients",
        "hand_heads",
        "heads",
        "history",
        "implied",
        "kernel_regression",
        "layers",
        "line_up",
        "linear",
        "masks",
        "models.attention_only",
        "order",
        "positions",
        "race",
        "recipes",
        "recurrent.gates",
        "recurrent.rnn",
        "recurrent.starts",
        "recurrent.weights",
        "scoring",
        "search",
        "self_attention",
        "sentences",
        "spelling",
        "standings",
        "tasks.colours",
        "tasks.dates",
        "tasks.order",
        "tasks.recall",
        "tasks.symbols",
        "training",
    )
}


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name):
    results = doctest.testmod(importlib.import_module(name))
    assert results.failed == 0
    assert results.attempted > 0 or name not in WITH_EXAMPLES
