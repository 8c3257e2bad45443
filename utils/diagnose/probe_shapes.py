"""Probes of what the function can be called with, and what it returns."""

import sys

import numpy as np

from utils.diagnose.patient import Failed, Finding
from utils.diagnose.reference import inputs, values

SQUARE = {"n_q": 6, "n_k": 6, "d": 6}
AXES = {2: (), 3: (3,), 4: (2, 3)}  # number of axes -> batch, heads


def callable_at_all(patient):
    """Find a library and a number of axes with which the function answers."""
    patient.hopeless = True  # until it answers
    if not callable(patient.attend):
        kind = type(patient.attend).__name__
        yield Finding("no function", f"this is a {kind}")
        return
    libraries = ["numpy", *(["torch"] if "torch" in sys.modules else [])]
    reasons = []
    for library in libraries:
        ranks = {rank: _why_not(patient, library, axes) for rank, axes in AXES.items()}
        reasons += [why for why in ranks.values() if why]
        if None in ranks.values():
            patient.library, patient.ranks, patient.sizes, patient.hopeless = library, ranks, SQUARE, False
            patient.torch = "torch" in libraries and (
                library == "torch" or _why_not(patient, "torch", AXES[patient_rank(patient)]) is None
            )
            return
    told = next((why for why in reasons if "numpy.ndarray" not in why), reasons[0])
    yield Finding("no answer", f"called with q, k and v of shape (6, 6): {told}")


def patient_rank(patient):
    """Return the smallest number of axes with which the function answers."""
    return min(rank for rank, why in patient.ranks.items() if why is None)


def front(patient, size=1):
    """Return the axes before the last two that the function needs, at least."""
    return (size,) * (patient_rank(patient) - 2)


def _why_not(patient, library, axes):
    q, k = inputs(*axes, **SQUARE)
    try:
        patient.ask(q, k, values(k, 6), library=library)
    except Failed as failed:
        return str(failed)
    return None


def another_number_of_queries(patient):
    """Ask with five queries and seven keys: a square table hides much."""
    q, k = inputs(*front(patient), n_q=5, n_k=7, d=6)
    if patient.causal:
        return
    try:
        patient.ask(q, k, values(k, 6))
        patient.sizes = {**patient.sizes, "n_q": 5, "n_k": 7}
    except Failed as failed:
        yield Finding("n_q ≠ n_k", f"with 5 queries and 7 keys {failed}")


def another_length_of_values(patient):
    """Ask with values that are not as long as the keys."""
    q, k = inputs(*front(patient), **SQUARE)
    try:
        patient.ask(q, k, values(k, 4))
        patient.sizes = {**patient.sizes, "d": 9}
    except Failed as failed:
        patient.sizes = {**patient.sizes, "d": patient.sizes["n_k"]}
        yield Finding("d_v ≠ d", f"with keys of 6 numbers and values of 4 {failed}")


def finite_answer(patient):
    """Look for NaN where the inputs are ordinary."""
    q, k = ordinary(patient)
    out = patient.ask(q, k, values(k, k.shape[-1])).out
    if not np.isfinite(out).all():
        patient.hopeless = True
        bad = int((~np.isfinite(out)).sum())
        yield Finding("NaN", f"{bad} of {out.size} numbers are NaN or infinite, for ordinary inputs")


def ordinary(patient, seed=0, size=1.0):
    """Return q and k as general as the function takes them."""
    return inputs(*front(patient), **patient.sizes, seed=seed, size=size)


PROBES = [
    ("can be called", callable_at_all),
    ("n_q ≠ n_k", another_number_of_queries),
    ("d_v ≠ d", another_length_of_values),
    ("NaN", finite_answer),
]
