"""Property: whatever is no size, no number, no choice is a ValueError that names the argument and shows its value."""

import math
import random
import re
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
import torch

from utils.seeds import check_generator, seeded
from utils.tools.home import ROOT
from utils.validation import check_choice, check_number, check_whole

HUGE = 10**400  # beyond all floating numbers
NEITHER = (
    *(True, False, None, "3", "", 1j, math.nan, [3], (), {}, print),
    *(np.array(3), np.bool_(True), torch.tensor(3)),
)
BOUNDS = [tuple(sorted(random.Random(seed).sample(range(-50, 50), 2))) for seed in range(10)]


def refused(check, value, **bounds):
    """Return the sentence that refuses this value, which must name the argument first and then show the value."""
    with pytest.raises(ValueError, match=r"^width is .+: it must be ") as error:
        check(**bounds, width=value)
    shown = re.match(r"width is (.+?)(\.\.\..*)?: it must be ", str(error.value), re.DOTALL)[1]
    assert repr(value).startswith(shown)
    return str(error.value)


def among(**chosen):
    check_choice({"before": 1, "after": 2}, **chosen)


@pytest.mark.parametrize("value", [*NEITHER, 2.0, np.float32(2), math.inf, Fraction(4, 2)], ids=repr)
def test_what_is_no_whole_number_is_no_size(value):
    assert "a whole number, at least 1" in refused(check_whole, value)
    refused(check_whole, value, least=-math.inf)


@pytest.mark.parametrize("value", [*NEITHER, math.inf, -math.inf, np.float16(math.inf), HUGE, -HUGE], ids=repr)
def test_what_is_not_finite_or_no_number_is_no_number(value):
    assert refused(check_number, value).endswith("it must be a finite number")
    refused(check_number, value, least=0, most=1)


@pytest.mark.parametrize(
    "value", [*NEITHER, 2, "Before", ["before"], b"before", np.array(["before", "after"])], ids=repr
)
def test_what_is_no_such_text_is_no_choice(value):
    assert refused(among, value).endswith("it must be one of 'before', 'after'")


@pytest.mark.parametrize(("least", "most"), BOUNDS)
def test_sizes_keep_to_their_bounds(least, most):
    for kind in (int, np.int8, np.int64):
        check_whole(least=least, most=most, low=kind(least), high=kind(most))
        for beyond in (least - 1, most + 1):
            assert f" from {least} to {most}" in refused(check_whole, kind(beyond), least=least, most=most)
    check_whole(least=least, size=HUGE)
    refused(check_whole, HUGE, most=most)
    refused(check_whole, -HUGE, least=least)


@pytest.mark.parametrize(("low", "high"), BOUNDS)
def test_numbers_keep_to_their_bounds(low, high):
    middle = (low + high) / 2
    for kind in (float, int, Fraction, np.float16, np.float32, np.float64, np.longdouble, np.int8):
        check_number(least=low, most=high, low=kind(low), high=kind(high))
        check_number(above=low - 1, below=high + 1, low=kind(low), high=kind(high))
        assert f"above {low}" in refused(check_number, kind(low), above=low)
        assert f"below {high}" in refused(check_number, kind(high), below=high)
        refused(check_number, kind(low - 1), least=low)
        assert f"at most {high}" in refused(check_number, kind(high + 1), most=high)
    check_number(least=low, below=high, middle=middle)
    check_number(anything=middle)


def test_the_bounds_are_said_in_words():
    assert refused(check_whole, -1, least=0) == "width is -1: it must be a whole number, not negative"
    assert refused(check_number, 2, least=0, most=1) == "width is 2: it must be a finite number from 0 to 1"
    assert refused(check_number, 1, least=0, below=1).endswith("a finite number, not negative and below 1")
    assert refused(check_number, 0, above=0, most=1, hint=", or None").endswith(", above 0 and at most 1, or None")


def test_the_first_wrong_one_of_several_is_named():
    with pytest.raises(ValueError, match=r"^batch is 0"):
        check_whole(n=3, batch=0, heads=-1)
    with pytest.raises(ValueError, match=r"^scores\[1\] is 'x'"):
        check_number(**{"scores[0]": 1.0, "scores[1]": "x"})


def test_a_long_value_is_shortened():
    for value in (HUGE, "word" * 1000, list(range(1000)), np.arange(1000.0), torch.zeros(1000), range(10**60)):
        assert len(refused(among, value)) < 250


@pytest.mark.parametrize("value", [None, 0, "cpu", np.random.default_rng(0), torch.Generator])
def test_what_is_no_generator_is_refused(value):
    check_generator(seeded(0))
    with pytest.raises(ValueError, match=r"^generator must be a torch.Generator on the CPU.+not ") as error:
        check_generator(value)
    assert repr(value) in str(error.value)


def test_it_needs_the_standard_library_alone():
    asks = "import sys; had = {*sys.modules}; import utils.validation; print(*{*sys.modules} - had)"
    new = subprocess.run(
        [sys.executable, "-c", asks], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert "utils.validation" in new
    assert {name.partition(".")[0] for name in new} <= {*sys.stdlib_module_names, "utils"}
