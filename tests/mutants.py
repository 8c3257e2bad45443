"""Answers learners give, wrong and right: ``wrong`` says which sentence each must get, ``right`` that it must pass.

A check that refuses a right answer, or meets a wrong one with the wrong sentence, is a defect.
"""

WRONG, RIGHT = [], []


def wrong(number, sentence, *answer):
    """Record a wrong answer to exercise ``number`` and a part of the sentence it must get; also a decorator."""
    return _record(WRONG, (number, sentence), answer)


def right(number, *answer):
    """Record a right answer to exercise ``number``, written in an unusual way; also a decorator."""
    return _record(RIGHT, (number,), answer)


def _record(where, what, answer):
    if answer:
        where.append((*what, answer))
        return None

    def decorate(function):
        where.append((*what, (function,)))
        return function

    return decorate
