"""Probes of the mask: does it do what it says, whatever the scores, and does nothing of the future get through?"""

import sys

import numpy as np

from utils.diagnose.patient import Failed, Finding, Skipped
from utils.diagnose.probe_shapes import front, ordinary
from utils.diagnose.reference import TOLERANCE, apart, dots, inputs, near, softmax, span, values

NOWHERE = -np.inf


def obeyed(patient):
    """Give it a mask, and name what it makes of it."""
    patient.need_mask()
    patient.need_scale()
    q, k = ordinary(patient, size=2.0)
    allowed = _some(q.shape[-2], k.shape[-2])
    try:
        found = patient.alpha(q, k, allowed)
    except Failed as failed:
        yield Finding("mask", f"given a mask of shape {allowed.shape}, {failed}")
        return
    scores = patient.scale * dots(q, k)
    patient.mask_holds = near(found, softmax(np.where(allowed, scores, NOWHERE)))
    if patient.mask_holds:
        return
    name = _which(found, scores, dots(q, k), patient.scale, allowed)
    heard, sums = found[..., ~allowed], found.sum(-1)
    yield Finding(name, f"forbidden keys get weights of {span(heard)}; rows sum to {span(sums)}")


def _which(found, scores, bare, scale, allowed):
    """Return the name of the mistake that gives these weights."""
    plain = softmax(scores)
    candidates = [
        ("mask ignored", plain),
        ("mask polarity", softmax(np.where(allowed, NOWHERE, scores))),
        ("mask polarity", plain * ~allowed),
        ("mask after softmax", plain * allowed),
        ("mask by zero scores", softmax(scores * allowed)),
        ("clamped mask", softmax(np.minimum(scores, allowed))),
        ("clamped mask", softmax(scale * np.minimum(bare, allowed))),
        ("mask added as 0 and 1", softmax(scores + allowed)),
    ]
    return next((name for name, weights in candidates if near(found, weights)), "mask")


def _some(n_q, n_k):
    """Return a mask with something allowed and something forbidden in every row."""
    allowed = np.random.default_rng(3).random((n_q, n_k)) < 0.6
    rows = np.arange(n_q)
    allowed[rows, rows % n_k], allowed[rows, (rows + 2) % n_k] = True, False
    return allowed


def _need_mask_that_holds(patient):
    patient.need_mask()
    if not patient.mask_holds:
        raise Skipped("its weights, or its mask, should be mended first")


def whatever_the_scores(patient):
    """Let allowed scores lie far below zero: a finite number in the place of -inf then wins."""
    _need_mask_that_holds(patient)
    q, k = (np.zeros_like(x) for x in ordinary(patient))
    allowed = _some(q.shape[-2], k.shape[-2])
    allowed[:] = allowed[0]
    reach = (4e10 / abs(patient.scale)) ** 0.5
    q[..., 0], k[..., 0] = -reach, reach * allowed[0]
    found = patient.alpha(q, k, allowed)
    if not np.isfinite(found).all():
        raise Skipped("its answers are not finite there")
    heard = found[..., ~allowed].max()
    if heard > TOLERANCE:
        yield Finding("finite mask", f"where allowed scores are -4e10, a forbidden key gets the weight {heard:.2f}")


def empty_row(patient):
    """Let one query look nowhere."""
    _need_mask_that_holds(patient)
    q, k = ordinary(patient)
    v, allowed = values(k, k.shape[-1]), _some(q.shape[-2], k.shape[-2])
    allowed[1] = False
    out = patient.ask(q, k, v, allowed).out
    if np.isnan(out[..., 1, :]).any():
        more = ", and other rows are spoilt, too" if np.isnan(np.delete(out, 1, axis=-2)).any() else ""
        yield Finding("empty row", f"query 1 may look nowhere, and gets NaN{more}")
    elif np.abs(out[..., 1, :]).max() > TOLERANCE:
        heard = np.abs(patient.alpha(q, k, allowed)[..., 1, :]).max()
        yield Finding("empty row", f"query 1 may look nowhere, and hears keys with weights up to {heard:.2f}")


def future(patient):
    """Change the future, and see whether the past notices: by moving it, and by its slope."""
    if not patient.causal:
        patient.need_mask()
    n = 6
    q, k = inputs(*front(patient), n_q=n, n_k=n, d=patient.sizes["d"])
    v, allowed = values(k, patient.sizes["d"]), None if patient.causal else np.tri(n, dtype=bool)
    k2, v2 = k.copy(), v.copy()
    k2[..., 3:, :] += 5
    v2[..., 3:, :] -= 5
    moved = apart(*(patient.ask(q, keys, told, allowed).out[..., :3, :] for keys, told in ((k, v), (k2, v2))))
    slope = _slope(patient, q, k, v, allowed)
    if moved > TOLERANCE or (slope or 0) > 1e-9:
        steep = "" if slope is None else f", and they have a slope of {slope:.2f} towards it"
        yield Finding(
            "leaks the future",
            f"places 3 to 5 were changed, and the answers at places 0 to 2 moved by up to {moved:.2f}{steep}",
        )


def _slope(patient, q, k, v, allowed):
    """Return the steepest slope of the first three answers towards later values and keys, or None without torch."""
    if not patient.torch:
        return None
    torch = sys.modules["torch"]
    tensors = [torch.tensor(x, requires_grad=True) for x in (q, k, v)]
    mask = [] if allowed is None else [patient.mask_array("torch", allowed, "float64")]
    try:
        result = patient.attend(*tensors, *mask)
        out = result[0] if isinstance(result, tuple) else result
        out[..., :3, :].square().sum().backward()
        return max(x.grad[..., 3:, :].abs().max().item() for x in tensors[1:])
    except Exception:
        return None


PROBES = [
    ("mask", obeyed),
    ("finite mask", whatever_the_scores),
    ("empty row", empty_row),
    ("leaks the future", future),
]
