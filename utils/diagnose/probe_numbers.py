"""Probes of size and type: large scores, the type of what comes back."""

import numpy as np

from utils.diagnose import probe_half
from utils.diagnose.patient import Finding, Skipped
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


def type_of_answer(patient):
    """Compare the type that comes back with the one that went in."""
    q, k = ordinary(patient)
    raw = patient.ask(q, k, values(k, k.shape[-1]), dtype="float32").raw
    dtype = getattr(raw, "dtype", None)
    if dtype is None:
        raise Skipped("it returns lists")
    if "float32" not in str(dtype):
        yield Finding("type", f"float32 went in, {str(dtype).removeprefix('torch.')} came out")


PROBES = [("overflow", large_scores), *probe_half.PROBES, ("type", type_of_answer)]
