"""Every example in a docstring of the library says what really happens."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import utils

MODULES = sorted(module.name for module in pkgutil.walk_packages(utils.__path__, "utils."))


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name):
    module = importlib.import_module(name)
    results = doctest.testmod(module)
    assert results.failed == 0
    assert results.attempted > 0 or ">>>" not in Path(module.__file__).read_text(encoding="utf-8")
