"""How a check reads an answer: it calls it, takes its numbers, compares them, and says in words what is wrong."""

import copy

import numpy as np

from utils.conversion import as_numpy

NUMBERS = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight"]


class Hint(Exception):
    """What is wrong with an answer, in one sentence for the learner."""


class NotAttempted(Exception):
    """The answer is still the stub, or not the learner's own."""


def need(condition, sentence):
    """Raise ``Hint(sentence)`` unless ``condition`` holds."""
    if not condition:
        raise Hint(sentence)


def call(function, *args, shapes="The shapes do not fit each other."):
    """Return ``function(*args)``, called on copies; what goes wrong inside becomes a sentence.

    shapes: the sentence added where NumPy could not fit two shapes together
    """
    need(callable(function), f"a function was expected here, not {_kind(function)}")
    given = copy.deepcopy(args)
    try:
        result = function(*given)
    except NotImplementedError as error:
        raise NotAttempted(_not_attempted(function, error)) from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        more = (
            f". {shapes}" if any(word in str(error) for word in ("broadcast", "matmul", "aligned", "inhomog")) else ""
        )
        called = ", ".join(map(_kind, args))
        raise Hint(
            f"{f'called with {called}, it' if args else 'it'} raised {type(error).__name__}: {first_line(error)}{more}"
        ) from error
    if result is ...:
        raise NotAttempted("not attempted yet")
    need(result is not None, "it returned nothing (None): does it end with return?")
    unchanged = all(_same(mine, yours) for mine, yours in zip(args, given, strict=True))
    need(unchanged, "it changed the array it was given; work on a new one, others may still need the old")
    return result


def _not_attempted(function, error):
    trace = error.__traceback__
    while trace.tb_next:
        trace = trace.tb_next
    name = trace.tb_frame.f_code.co_name
    if name == getattr(function, "__name__", name):
        return "not attempted yet"
    return f"it calls {name}, which is not attempted yet"


def numbers(value, shape=None, name="the answer"):
    """Return ``value`` as an array of floats of ``shape``, of any without one; else a Hint."""
    try:
        array = _as_floats(value)
    except Hint as hint:
        raise Hint(f"{name} {hint}") from None
    except Exception:
        raise Hint(f"{name} should be made of numbers, not {_kind(value)}") from None
    if shape is not None:
        wanted, got = ("a single number" if s == () else f"of shape {s}" for s in (shape, array.shape))
        need(array.shape == shape, f"{name} should be {wanted}; yours is {got}")
    return array


def _as_floats(value):
    value = as_numpy(value) if hasattr(value, "detach") else value
    if isinstance(value, list | tuple):
        lengths = {len(row) if isinstance(row, list | tuple) else None for row in value}
        need(len(lengths) <= 1, "should have rows that are all equally long")
    array = as_numpy(value)
    need(array.dtype.kind not in "US", "should be made of numbers, and there is text in it")
    if array.dtype.kind == "O" and not any(part is None for part in array.flat):
        array = array.astype(float)  # fractions and the like
    if array.dtype.kind not in "biuf":
        raise TypeError
    return array.astype(float)


def verdicts(given, right, why):
    """Pass if all verdicts are right; else say how many are wrong, and what to ask about the first of them.

    given: what the learner said, each True or False, in the order of ``right``
    right, why: {name: the verdict}, {name: a question that helps}
    """
    given = dict(zip(right, given, strict=True))
    for name, verdict in given.items():
        marks = ", without quotation marks" if isinstance(verdict, str) else f"; yours is {_kind(verdict)}"
        need(isinstance(verdict, bool | np.bool_), f"{name} should be True or False{marks}")
    agree(given, right, why)


def agree(given, right, why):
    """Pass if all that is given is right; else say how many are wrong, and what to ask about the first; see above."""
    wrong = [name for name in given if given[name] != right[name]]
    if wrong:
        many = f"of the {NUMBERS[len(right)]}"
        count = f"One {many} is wrong" if len(wrong) == 1 else f"{len(wrong)} {many} are wrong"
        raise Hint(f"{count}. Look at {wrong[0]} again: {why[wrong[0]]}")


def compare(got, want, *, mistakes=None, otherwise, tolerance=1e-6):
    """Pass if ``got`` equals ``want``; else raise the sentence of the classic mistake it equals, or ``otherwise``.

    mistakes: {sentence: what that mistake would give; several ways to make it stand in a tuple}
    """
    want = np.asarray(want, float)
    if _close(got, want, tolerance):
        return
    for sentence, wrongs in (mistakes or {}).items():
        for wrong in wrongs if isinstance(wrongs, tuple) else (wrongs,):
            if not _close(want, wrong, tolerance) and _close(got, wrong, tolerance):
                raise Hint(sentence)
    need(np.isfinite(got).all(), f"there is a NaN or an infinity in it: {otherwise}")
    raise Hint(otherwise)


def _close(got, want, tolerance):
    want = np.asarray(want, float)
    return got.shape == want.shape and np.allclose(got, want, rtol=tolerance, atol=tolerance, equal_nan=True)


def _same(one, other):
    if isinstance(one, np.ndarray):
        return one.shape == other.shape and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    return True


def _kind(value):
    shape = getattr(value, "shape", None)
    if shape is not None:
        return f"an array of shape {tuple(shape)}" if shape != () else "a number"
    if isinstance(value, bool | int | float | str) and len(repr(value)) < 20:
        return repr(value)
    return f"a {type(value).__name__}"


def first_line(error):
    line = (str(error).strip() or "no message").splitlines()[0][:200]
    return line.encode("utf-8", "replace").decode()
