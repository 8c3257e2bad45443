"""Probes of size and precision: large scores, half precision, the type of what comes back."""

import numpy as np

from utils.diagnose.patient import Failed, Finding, Skipped
from utils.diagnose.probe_shapes import ordinary
from utils.diagnose.reference import apart, dots, near, softmax, values


def large_scores(patient):
    """Ask with scores of thousands, above and below zero."""
    patient.need_scale()
    q, k = ordinary(patient)
    for sign in (1, -1):
        long = 3000 / patient.scale
        q[..., 0], k[..., 0] = np.sqrt(abs(long)), sign * np.sqrt(abs(long))
        found, allowed = patient.alpha(q, k), np.tri(q.shape[-2], k.shape[-2], dtype=bool) | (not patient.causal)
        want = softmax(np.where(allowed, patient.scale * dots(q, k), -np.inf))
        if near(found, want, 1e-3) or (patient.causal and np.isfinite(found).all()):
            continue
        off = apart(found, want)
        what = f"weights that are up to {off:.2f} off" if np.isfinite(off) else "NaN or infinity"
        yield Finding("overflow", f"scores around {sign * 3000} give {what}")
        return


def half(patient):
    """Ask in half precision, with a mask where it takes one."""
    patient.need_scale()
    q, k = ordinary(patient)
    v, allowed = values(k, k.shape[-1]), np.tri(q.shape[-2], k.shape[-2], dtype=bool)
    seen = allowed if patient.mask_holds else None
    if seen is None:
        allowed = allowed | (not patient.causal)
    want = patient.ask(q, k, v, seen).out
    types = ["float16", "bfloat16"] if patient.library == "torch" else ["float16"]
    for dtype in types:
        try:
            found = patient.ask(q, k, v, seen, dtype=dtype).out
            problem = None if near(found, want, 5e-2) else f"the answers are up to {apart(found, want):.2f} off"
        except Failed as failed:
            problem = str(failed)
        if problem:
            yield Finding("half precision", f"in {dtype} {problem}")
            return


def type_of_answer(patient):
    """Compare the type that comes back with the one that went in."""
    q, k = ordinary(patient)
    raw = patient.ask(q, k, values(k, k.shape[-1]), dtype="float32").raw
    dtype = getattr(raw, "dtype", None)
    if dtype is None:
        raise Skipped("it returns lists")
    if "float32" not in str(dtype):
        yield Finding("type", f"float32 went in, {str(dtype).removeprefix('torch.')} came out")


PROBES = [("overflow", large_scores), ("half precision", half), ("type", type_of_answer)]
