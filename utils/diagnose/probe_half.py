"""Probes in half precision: sixteen bits hold no number above 65,504, and beside 2,048 a 1 is not noticed."""

import math
import time

import numpy as np

from utils.diagnose.patient import Failed, Finding, Skipped
from utils.diagnose.probe_shapes import front, ordinary
from utils.diagnose.reference import apart, near, values

REFUSALS = ("TypeError", "ValueError", "NotImplementedError")  # raised on purpose; all else is an accident
MANY, LIGHT = 1024, -8.3  # keys, and the score of each: e to it is less than half of the smallest step above 1


def half(patient):
    """Ask in half precision what was answered in 64 bits: ordinary scores, then what is hard for sixteen bits."""
    patient.need_scale()
    refused = []
    types = ["float16", "bfloat16"] if patient.library == "torch" else ["float16"]
    for dtype in types:
        why = _refusal(patient, dtype)
        if why:
            refused.append(why)
            continue
        for question in QUESTIONS:
            found = question(patient, dtype)
            if found:
                yield found
                return
    if len(refused) == len(types):
        raise Skipped(f"it takes no half precision: {refused[0]}")


def _refusal(patient, dtype):
    """Return what it says where it refuses the type, or None."""
    q, k = ordinary(patient)
    try:
        patient.ask(q, k, values(k, k.shape[-1]), dtype=dtype)
    except Failed as failed:
        told = str(failed)
        if any(told.startswith(f"it raised {kind}") for kind in REFUSALS) or "not implemented for" in told:
            return told
    return None


def _ordinary(patient, dtype):
    """Ask with ordinary inputs, with a mask where it takes one."""
    q, k = ordinary(patient)
    v, allowed = values(k, k.shape[-1]), np.tri(q.shape[-2], k.shape[-2], dtype=bool)
    return _compare(patient, dtype, "half precision", "", q, k, v, allowed if patient.mask_holds else None)


def _empty_row(patient, dtype):
    """Let a query look nowhere: a large constant in the place of -inf may become -inf."""
    if not patient.mask_holds:
        return None
    q, k = ordinary(patient)
    v, allowed = values(k, k.shape[-1]), np.tri(q.shape[-2], k.shape[-2], dtype=bool)
    allowed[1] = False
    told = "where query 1 may look nowhere "
    return _compare(patient, dtype, "half precision", told, q, k, v, allowed)


def _large_products(patient, dtype):
    """Let q·k be too large for float16, and the scaled score not."""
    q, k = ordinary(patient)
    d = q.shape[-1]
    entry = round(math.sqrt(1e5 / d))
    product = entry**2 * d
    if abs(product * patient.scale) > 50_000:  # without a scale the score itself is too large
        return None
    told = f"every number of q and k is {entry}, so q·k is {product:,} (the score {product * patient.scale:,.0f}), and "
    q[:], k[:] = entry, entry
    return _compare(patient, dtype, "products in half precision", told, q, k, values(k, d))


def _large_exponentials(patient, dtype):
    """Let one score be 14, whose exponential is too large for float16."""
    q, k = (np.zeros_like(x) for x in ordinary(patient))
    q[..., 0], k[..., 0, 0] = 1, 14 / patient.scale
    told = "one score is 14 (e¹⁴ = 1,202,604), the others are 0, and "
    return _compare(patient, dtype, "exponentials in half precision", told, q, k, values(k, k.shape[-1]))


def _long_sums(patient, dtype):
    """Let very many keys have little weight each, and much together, after one of great weight."""
    square = patient.causal or patient.sizes["n_q"] == patient.sizes["n_k"]
    if _slow(patient, square):
        return None
    q, k, v = _many(patient, MANY, square)
    try:
        want, found = patient.ask(q, k, v).out[..., -1, :2], patient.ask(q, k, v, dtype=dtype).out[..., -1, :2]
    except Failed:
        return None  # as many keys do not suit it
    if near(found, want, 2e-2):
        return None
    (both, others), (sums, heard) = want.reshape(-1, 2)[0], found.reshape(-1, 2)[0]
    told = f"one score is 0, {MANY:,} are {LIGHT}: the weights sum to {sums:.2f} and not {both:.2f}, "
    return Finding("sums in half precision", f"in {dtype} {told}those of the many to {heard:.2f} and not {others:.2f}")


def _many(patient, many, square):
    """Return q, k and v for one key of score 0, then many light ones; v is 1, and in column 1 only for these."""
    d = patient.sizes["d"]
    q = np.zeros((*front(patient), many + 1 if square else 1, d))
    k = np.zeros((*front(patient), many + 1, d))
    q[..., 0], k[..., 1:, 0] = 1, LIGHT / patient.scale
    v = np.ones_like(k)
    v[..., 0, 1] = 0
    return q, k, v


def _slow(patient, square):
    """Return whether so many keys would take a function that is written in loops too long."""
    q, k, v = _many(patient, MANY // 8, square)
    took = []
    for _ in range(2):
        start = time.perf_counter()
        try:
            patient.ask(q, k, v)
        except Failed:
            return True
        took.append(time.perf_counter() - start)
    return min(took) > (0.01 if square else 0.05)


def _compare(patient, dtype, name, told, *asked):
    """Return a Finding where the answers in half precision are not those of 64 bits, as far as these are numbers."""
    want = patient.ask(*asked).out
    try:
        found = patient.ask(*asked, dtype=dtype).out
    except Failed as failed:
        return Finding(name, f"in {dtype} {told}{failed}")
    known = np.isfinite(want)
    if near(found[known], want[known], 5e-2):
        return None
    off = apart(found[known], want[known])
    what = f"the answers are up to {off:.2f} off" if math.isfinite(off) else "answers are NaN or infinite"
    return Finding(name, f"in {dtype} {told}{what}")


QUESTIONS = (_ordinary, _empty_row, _large_products, _large_exponentials, _long_sums)
PROBES = [("half precision", half)]
