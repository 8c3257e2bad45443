"""n-grams: the next character guessed from the few before it, by counting. The rival a language model has to beat.

    bits = surprise(train, test, order=5, vocab_size=97)        what each character of the test costs

A context that was never seen asks the one that is shorter by a character. So do all others, a little: the more
different characters followed a context, the more it listens to the shorter one.
"""

import numpy as np

from utils.validation import check_whole

BITS = 63  # a few characters together are one whole number, and it must fit


def surprise(train, test, order, vocab_size):
    """Return how many bits each character of the test costs, but the first.

    train, test: characters as numbers below vocab_size, int64   (N,)
    order: how many characters count together: 5 guesses from the 4 before, 1 from none, 0 knows nothing

    Returns bits   (len(test) - 1,)
    Raises ValueError for an order or texts that make no sense.
    Source: Witten and Bell 1991, "The zero-frequency problem", method C, here interpolated.

    >>> train, test = np.array([0, 0, 0, 1, 0, 0]), np.array([0, 1])
    >>> chance = (1 + 2 * 0.5) / (6 + 2)        # one of six was a 1; two kinds were seen, they ask the shorter context
    >>> surprise(train, test, 1, 2).tolist() == [-np.log2(chance)]
    True
    """
    _check(train, test, order, vocab_size)
    chance = np.full(len(test) - 1, 1 / vocab_size)
    for n in range(1, order + 1):
        skip = max(n - 2, 0)  # the first characters have no context so long
        shorter = chance[skip:]
        together, total, kinds = _counts(train, test, n, vocab_size)
        chance[skip:] = np.where(total > 0, (together + kinds * shorter) / np.maximum(total + kinds, 1), shorter)
    return -np.log2(chance)


def _counts(train, test, n, vocab_size):
    """Count, for each character of the test: it after its n - 1 before, these alone, and what kinds followed them."""
    grams, times = np.unique(_codes(train, n, vocab_size), return_counts=True)
    contexts, first = np.unique(
        grams // vocab_size, return_index=True
    )  # grams are in order, so contexts stand together
    total, kinds = np.add.reduceat(times, first), np.diff(first, append=len(grams))
    asked = _codes(test, n, vocab_size)[int(n == 1) :]
    return _find(grams, times, asked), *(_find(contexts, x, asked // vocab_size) for x in (total, kinds))


def _codes(tokens, n, vocab_size):
    """Return a number for every n characters that stand together   (N - n + 1,)."""
    code = np.zeros(len(tokens) - n + 1, dtype=np.int64)
    for i in range(n):
        code = code * vocab_size + tokens[i : len(tokens) - n + 1 + i]
    return code


def _find(keys, values, asked):
    """Look each asked key up; what is not there has the value 0."""
    at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    return np.where(keys[at] == asked, values[at], 0)


def _check(train, test, order, vocab_size):
    most = int(BITS // np.log2(max(vocab_size, 2)))
    check_whole(least=0, most=most, order=order)
    for name, tokens in {"train": train, "test": test}.items():
        if not isinstance(tokens, np.ndarray) or tokens.ndim != 1 or tokens.dtype.kind not in "iu":
            raise ValueError(f"{name} must be an array (N,) of whole numbers, as encode(text) gives")
        if len(tokens) <= max(order, 1) or tokens.min() < 0 or tokens.max() >= vocab_size:
            raise ValueError(f"{name} must hold more than {max(order, 1)} numbers, each from 0 to {vocab_size - 1}")
