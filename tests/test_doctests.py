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
        "classroom",
        "cache",
        "calibration",
        "capacity",
        "chemistry.mapping",
        "chemistry.reactions",
        "chemistry.smiles",
        "clinic.cards",
        "clinic.claims",
        "clinic.trainee",
        "clinic.ward",
        "costs",
        "curves",
        "data.digits",
        "depth",
        "device",
        "diagnose",
        "diagnose.reference",
        "dialects",
        "edits",
        "fairness",
        "faith",
        "first_recall",
        "fixed_gates",
        "gated",
        "generation",
        "gradients",
        "graphs",
        "hand_heads",
        "handbook",
        "heads",
        "history",
        "implied",
        "induction",
        "kernel_regression",
        "language",
        "layers",
        "line_up",
        "linear",
        "masks",
        "models.albert",
        "models.attention_only",
        "models.block",
        "models.digit_reader",
        "models.gpt",
        "models.pooled",
        "ngrams",
        "noisy_lookup",
        "noisy_race",
        "online",
        "order",
        "patches",
        "plots.costs",
        "positions",
        "price_list",
        "race",
        "reading_alpha",
        "recipes",
        "recurrent.gates",
        "recurrent.rnn",
        "recurrent.starts",
        "recurrent.weights",
        "rollout",
        "sampling",
        "scoring",
        "search",
        "self_attention",
        "sentences",
        "spelling",
        "standings",
        "syllables",
        "tasks.colours",
        "tasks.dates",
        "tasks.functions",
        "tasks.graphs",
        "tasks.order",
        "tasks.recall",
        "tasks.repeats",
        "tasks.symbols",
        "tasks.topics",
        "tiled",
        "training",
        "transformer",
        "uncertainty",
    )
}


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name):
    results = doctest.testmod(importlib.import_module(name))
    assert results.failed == 0
    assert results.attempted > 0 or name not in WITH_EXAMPLES
