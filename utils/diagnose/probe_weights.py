"""Probes of the weights, without a mask: read off the answers, since the values may be the identity."""

import math

import numpy as np

from utils.diagnose.patient import Finding, Skipped
from utils.diagnose.probe_shapes import front, ordinary
from utils.diagnose.reference import TOLERANCE, apart, dots, fitted_scale, inputs, near, softmax, span, values

SCALES = {  # of the number of features, of keys, of queries
    "no scale at all": lambda d, n_k, n_q: 1.0,
    "1/d": lambda d, n_k, n_q: 1 / d,
    "√d": lambda d, n_k, n_q: math.sqrt(d),
    "1/√n_k, the number of keys": lambda d, n_k, n_q: 1 / math.sqrt(n_k),
    "1/√n_q, the number of queries": lambda d, n_k, n_q: 1 / math.sqrt(n_q),
    "1/n_k, the number of keys": lambda d, n_k, n_q: 1 / n_k,
    "1/d²": lambda d, n_k, n_q: 1 / d**2,
}


def same_twice(patient):
    """Ask the same twice."""
    q, k = ordinary(patient)
    v = values(k, k.shape[-1])
    moved = apart(patient.ask(q, k, v).out, patient.ask(q, k, v).out)
    if moved > 1e-9 and math.isfinite(moved):
        patient.hopeless = True  # every comparison would find a difference
        yield Finding("random", f"asked the same twice, the answers differ by up to {moved:.2f}")


def sums_and_softmax(patient):
    """Find out what the weights are a softmax of, if anything."""
    q, k = _square(patient)
    v = values(k, k.shape[-2])
    if near(patient.ask(q, k, v).out, patient.ask(q, k, -v).out):
        yield Finding("values unheard", "other values, the same answers")
        return  # what it answers says nothing about its weights
    if patient.causal:
        yield from _causal_weights(patient)
        return
    found, products = patient.alpha(q, k), dots(q, k)
    if not np.isfinite(found).all():
        raise Skipped("its answers are not finite")
    if found.min() < -TOLERANCE:
        less = f"the smallest weight is {found.min():.2f}"
        yield Finding("negative weights", less)
    patient.scale = fitted_scale(found, products)
    if patient.scale is None:
        yield from _what_else(found, products)


def _causal_weights(patient):
    """Read the scale off the last row, which may look at everything."""
    q, k = _square(patient)
    found = patient.alpha(q, k)
    last = fitted_scale(found[..., -1:, :], dots(q, k)[..., -1:, :])
    sums = found.sum(-1)
    if np.abs(sums - 1).max() > TOLERANCE:
        yield Finding("row sums", f"the weights of a query sum to {span(sums)}")
    patient.causal_scale = last


def _square(patient):
    """Return as many queries as keys: what is wrong with the axes then runs, and shows."""
    n = patient.sizes["n_k"]
    return inputs(*front(patient), n_q=n, n_k=n, d=patient.sizes["d"])


def _what_else(found, products):
    """Name weights that are no softmax over the keys."""
    rows, columns = found.sum(-1), found.sum(-2)
    turned = found.swapaxes(-1, -2)
    sums = f"the weights that make an answer sum to {span(rows)}"
    if fitted_scale(turned, products) is not None:
        yield Finding(
            "turned weights", f"{sums}, and its columns to {span(columns)}: they are the right weights, turned"
        )
    elif fitted_scale(found, products, axis=-2) is not None:
        yield Finding("softmax over queries", f"{sums}, and over the queries they sum to {span(columns)}")
    elif fitted_scale(turned, products, axis=-2) is not None:
        yield Finding(
            "softmax over queries", f"{sums}; the softmax runs over the queries, and then the weights are turned"
        )
    elif np.abs(rows - 1).max() > TOLERANCE:
        yield Finding("row sums", sums)
    elif found.min() >= -TOLERANCE:
        off = apart(found, softmax(products / math.sqrt(6)))
        yield Finding(
            "not a softmax of q·k",
            f"rows sum to one, but no scale makes them a softmax of q·k; they are up to {off:.2f} off",
        )


def scale(patient):
    """Compare the scale that was found with 1/√d."""
    if patient.causal:
        patient.scale = patient.causal_scale
    patient.need_scale()
    q, k = ordinary(patient)
    d, n_k = q.shape[-1], k.shape[-2]
    found = patient.scale if patient.causal else fitted_scale(patient.alpha(q, k), dots(q, k))
    if found is None:
        off = "with as many queries as keys the weights are a softmax over the keys, otherwise they are not"
        yield Finding("n_q ≠ n_k", off)
    elif not math.isclose(found, 1 / math.sqrt(d), rel_tol=0.01):
        names = [name for name, make in SCALES.items() if math.isclose(found, make(d, n_k, q.shape[-2]), rel_tol=0.01)]
        what = f" ({names[0]})" if names else ""
        yield Finding(
            "scale", f"at d = {d}, q·k is multiplied by {found:.2f}{what}, and not by {1 / math.sqrt(d):.2f} (1/√d)"
        )


def returned_weights(patient):
    """Compare the weights that were returned with those that made the answers."""
    q, k = ordinary(patient)
    v = values(k, k.shape[-1])
    answer = patient.ask(q, k, v)
    if answer.weights is None:
        raise Skipped("it returns no weights of shape (n_q, n_k)")
    made = answer.weights @ v
    if not near(made, answer.out):
        yield Finding(
            "weights and answers",
            f"the weights it returns, times the values, miss its answers by up to {apart(made, answer.out):.2f}",
        )


def permuted_keys(patient):
    """Permute the keys together with their values."""
    if patient.causal:
        raise Skipped("order counts under its own causal mask")
    q, k = ordinary(patient)
    v, order = values(k, k.shape[-1]), np.random.default_rng(2).permutation(k.shape[-2])
    moved = apart(patient.ask(q, k, v).out, patient.ask(q, k[..., order, :], v[..., order, :]).out)
    if moved > TOLERANCE:
        yield Finding("permutation", f"with keys and values in another order the answers change by up to {moved:.2f}")


PROBES = [
    ("random", same_twice),
    ("row sums and softmax", sums_and_softmax),
    ("scale", scale),
    ("weights and answers", returned_weights),
    ("permutation", permuted_keys),
]
