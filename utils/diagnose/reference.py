"""What is compared with: random inputs, the softmax, and the scale that weights were made with."""

import numpy as np

TOLERANCE = 1e-4  # some compute in 32 bits inside


def inputs(*axes, n_q=5, n_k=7, d=9, seed=0, size=1.0):
    """Return random q (..., n_q, d) and k (..., n_k, d)."""
    rng = np.random.default_rng(seed)
    return size * rng.normal(size=(*axes, n_q, d)), rng.normal(size=(*axes, n_k, d))


def values(k, d_v, seed=1):
    """Return random values for these keys   (..., n_k, d_v)."""
    return np.random.default_rng(seed).normal(size=(*k.shape[:-1], d_v))


def softmax(scores, axis=-1):
    """Return weights, all zero where every score is -inf.

    >>> softmax(np.array([0.0, 0.0])).tolist()
    [0.5, 0.5]
    """
    peak = scores.max(axis=axis, keepdims=True)
    e = np.exp(scores - np.where(np.isfinite(peak), peak, 0))
    total = e.sum(axis=axis, keepdims=True)
    return e / np.where(total == 0, 1, total)


def dots(q, k):
    """Return the bare products q·k   (..., n_q, n_k)."""
    return q @ k.swapaxes(-1, -2)


def fitted_scale(weights, products, axis=-1):
    """Return the number c for which the weights are softmax(c · products) along the axis, or None where there is none.

    >>> s = np.array([[1.0, 2.0, 4.0]])
    >>> round(fitted_scale(softmax(0.5 * s), s), 6)
    0.5
    """
    if not (np.isfinite(weights).all() and (weights > 0).all()):
        return None
    if np.abs(weights.sum(axis=axis) - 1).max() > TOLERANCE:
        return None
    x = products - products.mean(axis=axis, keepdims=True)
    y = np.log(weights)
    y = y - y.mean(axis=axis, keepdims=True)
    c = float((x * y).sum() / max((x * x).sum(), 1e-300))
    close = np.abs(softmax(c * products, axis) - weights).max() < TOLERANCE
    return c if close and abs(c) > 1e-6 else None


def near(one, other, tolerance=TOLERANCE):
    """Return whether two arrays of one shape agree, NaN agreeing with nothing."""
    return one.shape == other.shape and bool(np.allclose(one, other, rtol=tolerance, atol=tolerance))


def apart(one, other):
    """Return the largest difference of two arrays; infinite where there is a NaN."""
    return float(np.nan_to_num(np.abs(one - other), nan=np.inf).max(initial=0.0))


def span(numbers):
    """Return the smallest and the largest of some numbers, as text.

    >>> span(np.array([0.5, 2.0]))
    '0.50 to 2.00'
    >>> span(np.zeros(3))
    '0.00'
    """
    numbers = np.asarray(numbers, float)
    if not np.isfinite(numbers).all():
        return "NaN or infinity"
    low, high = (f"{x:.2f}" if abs(x) >= 0.005 or x == 0 else f"{x:.0e}" for x in (numbers.min(), numbers.max()))
    return low if low == high else f"{low} to {high}"
