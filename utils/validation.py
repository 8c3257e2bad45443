"""What public functions refuse: an argument that makes no sense is a ValueError that names it and shows its value."""

import math
from numbers import Integral, Real


def check_whole(least=1, most=math.inf, hint="", **sizes):
    """Raise ValueError unless every size is a whole number from ``least`` to ``most``; True and False are none.

    hint: how the sentence goes on

    >>> check_whole(n=3, batch=1)
    >>> check_whole(least=0, gap=-1)
    Traceback (most recent call last):
    ValueError: gap is -1: it must be a whole number, not negative
    """
    for name, size in sizes.items():
        if isinstance(size, bool) or not isinstance(size, Integral) or not least <= size <= most:
            raise ValueError(f"{name} is {size!r}: it must be a whole number{_range(least, most)}{hint}")


def _range(least, most):
    if most < math.inf:
        return f" from {least} to {most}"
    return ", not negative" if least == 0 else f", at least {least}" if least > -math.inf else ""


def check_number(allowed, meaning, **numbers):
    """Raise ValueError unless every one is a number for which allowed(number) is true; ``meaning`` says which are.

    >>> check_number(lambda share: 0 <= share <= 1, "from 0 to 1", keep=2)
    Traceback (most recent call last):
    ValueError: keep is 2: it must be a number from 0 to 1
    """
    for name, number in numbers.items():
        if isinstance(number, bool) or not isinstance(number, Real) or not allowed(number):
            raise ValueError(f"{name} is {number!r}: it must be a number {meaning}")


def check_choice(choices, **chosen):
    """Raise ValueError unless every one is among the texts ``choices``.

    >>> check_choice(("before", "after"), reset="never")
    Traceback (most recent call last):
    ValueError: reset is 'never': it must be one of 'before', 'after'
    """
    for name, value in chosen.items():
        if not isinstance(value, str) or value not in choices:
            raise ValueError(f"{name} is {value!r}: it must be one of {', '.join(map(repr, choices))}")


def check_generator(generator):
    """Raise ValueError unless it is a torch.Generator on the CPU: CPU and GPU then draw the same numbers."""
    import torch

    if not isinstance(generator, torch.Generator) or generator.device.type != "cpu":
        given = f"one on {generator.device}" if isinstance(generator, torch.Generator) else repr(generator)
        raise ValueError(f"generator must be a torch.Generator on the CPU, such as seeded(0), not {given}")
