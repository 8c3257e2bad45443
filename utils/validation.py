"""What public functions refuse, and in which words: the argument's name, its value, and what it must be.

The keywords ``least``, ``most``, ``above``, ``below`` and ``hint`` say what is right; all others are the arguments.
Needs the standard library alone.
"""

import math
import reprlib
import sys
from numbers import Integral, Real

LARGEST = sys.float_info.max


def check_whole(*, least=1, most=math.inf, hint="", **sizes):
    """Raise ValueError unless every size is a whole number from ``least`` to ``most``; True and False are none.

    hint: how the sentence goes on

    >>> check_whole(n=3, batch=1)
    >>> check_whole(least=0, gap=-1)
    Traceback (most recent call last):
    ValueError: gap is -1: it must be a whole number, not negative
    """
    for name, size in sizes.items():
        if isinstance(size, bool) or not isinstance(size, Integral) or not least <= size <= most:
            raise ValueError(_refusal(name, size, f"a whole number{_range(least=least, most=most)}{hint}"))


def check_number(*, least=-math.inf, most=math.inf, above=-math.inf, below=math.inf, hint="", **numbers):
    """Raise ValueError unless every one is a finite number within these bounds; True and False are none.

    hint: how the sentence goes on

    >>> check_number(least=0, most=1, keep=0.5)
    >>> check_number(above=0, temperature=0)
    Traceback (most recent call last):
    ValueError: temperature is 0: it must be a finite number, above 0
    """
    for name, number in numbers.items():
        size = _plain(number)
        if not (-LARGEST <= size <= LARGEST and least <= size <= most and above < size < below):
            bounds = _range(least=least, most=most, above=above, below=below)
            raise ValueError(_refusal(name, number, f"a finite number{bounds}{hint}"))


def check_choice(choices, /, **chosen):
    """Raise ValueError unless every one is among the texts ``choices``.

    >>> check_choice(("before", "after"), reset="never")
    Traceback (most recent call last):
    ValueError: reset is 'never': it must be one of 'before', 'after'
    """
    for name, value in chosen.items():
        if not isinstance(value, str) or value not in choices:
            raise ValueError(_refusal(name, value, f"one of {', '.join(map(repr, choices))}"))


def _refusal(name, value, meaning):
    return f"{name} is {_SHORT.repr(value)}: it must be {meaning}"


_SHORT = reprlib.Repr()  # shortens what is long
_SHORT.maxstring = _SHORT.maxother = 60


def _plain(number):
    """Return a real number as Python has it, since NumPy's small types cannot hold the bounds, and NaN for all else."""
    if isinstance(number, bool) or not isinstance(number, Real):
        return math.nan
    return number.item() if hasattr(number, "item") else number


def _range(*, least=-math.inf, most=math.inf, above=-math.inf, below=math.inf):
    if least > -math.inf and most < math.inf:
        return f" from {least} to {most}"
    bounds = [
        f"above {above}" if above > -math.inf else "",
        ("not negative" if least == 0 else f"at least {least}") if least > -math.inf else "",
        f"below {below}" if below < math.inf else "",
        f"at most {most}" if most < math.inf else "",
    ]
    said = " and ".join(filter(None, bounds))
    return f", {said}" if said else ""
