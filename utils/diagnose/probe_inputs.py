"""Probes of what goes along: the batch, the heads, the inputs themselves, and a cache."""

import copy

import numpy as np

from utils.diagnose.patient import Failed, Finding, Skipped, floats, made_in
from utils.diagnose.probe_shapes import front
from utils.diagnose.reference import TOLERANCE, apart, dots, fitted_scale, inputs, near, values


def batch(patient):
    """Compare three sequences at once with the same three, one by one."""
    if patient.ranks[3] is not None:
        raise Skipped("it takes no batch")
    q, k = inputs(3, **patient.sizes)
    v = values(k, patient.sizes["d"])
    together = patient.ask(q, k, v).out
    if patient.ranks[2] is None:
        alone = np.stack([patient.ask(*each).out for each in zip(q, k, v, strict=True)])
    else:
        alone = np.concatenate([patient.ask(q[i : i + 1], k[i : i + 1], v[i : i + 1]).out for i in range(3)])
    if not near(together, alone):
        off = apart(together, alone)
        yield Finding(_which_axis(patient, q, k), f"three sequences at once and one by one differ by up to {off:.2f}")


def _which_axis(patient, q, k):
    found = patient.alpha(q, k)
    if np.abs(found.sum(0) - 1).max() < TOLERANCE:
        return "softmax over the batch"
    return "batch" if fitted_scale(found, dots(q, k), axis=-2) is None else "softmax over queries"


def heads(patient):
    """Change one head, and see whether another one notices."""
    if patient.ranks[4] is not None:
        raise Skipped("it takes no heads")
    q, k = inputs(2, 3, **patient.sizes)
    v = values(k, patient.sizes["d"])
    others = [x.copy() for x in (q, k, v)]
    for x in others:
        x[:, 1] += np.random.default_rng(5).normal(size=x[:, 1].shape)
    moved = apart(patient.ask(q, k, v).out[:, [0, 2]], patient.ask(*others).out[:, [0, 2]])
    if moved > TOLERANCE:
        yield Finding("heads mixed", f"head 1 was changed, and heads 0 and 2 moved by up to {moved:.2f}")


def untouched(patient):
    """See whether the inputs are the same afterwards."""
    q, k = inputs(*front(patient), **patient.sizes)
    v = values(k, patient.sizes["d"])
    allowed = np.tri(q.shape[-2], k.shape[-2], dtype=bool)
    masks = [patient.mask_array(patient.library, allowed, "float64")] if patient.mask_holds else []
    given = [made_in(patient.library, x, "float64") for x in (q, k, v)] + masks
    before = copy.deepcopy(given)
    try:
        patient.attend(*given)
    except Exception as error:
        raise Skipped(f"it raised {type(error).__name__} where it was asked") from None
    pairs = zip(("q", "k", "v", "mask"), given, before, strict=False)
    moved = {name: apart(floats(x), floats(y)) for name, x, y in pairs if not _same(x, y)}
    if moved:
        yield Finding(
            "changed inputs", f"after the call {' and '.join(moved)} had changed by up to {max(moved.values()):.2f}"
        )


def _same(one, other):
    return np.array_equal(floats(one), floats(other))


def cache(patient):
    """Compare the steps with a cache with one full causal pass."""
    if not patient.causal:
        patient.need_mask()
    n, d = 5, patient.sizes["d"]
    q, k = inputs(n_q=n, n_k=n, d=d + d % 2)
    v = values(k, d + d % 2)
    full = _full_pass(patient, q, k, v)
    off = np.abs(_steps(patient, q, k, v) - full).max(axis=-1)
    wrong = np.flatnonzero(~(off < TOLERANCE))
    if len(wrong):
        most = np.nan_to_num(off, nan=np.inf).max()
        yield Finding("cache", f"steps and one pass differ from place {wrong[0]} on, by up to {most:.2f}")


def _full_pass(patient, q, k, v):
    arrays = [x.reshape(*front(patient), *x.shape) for x in (q, k, v)]
    return patient.ask(*arrays, None if patient.causal else np.tri(len(q), dtype=bool)).out.reshape(len(q), -1)


def _steps(patient, q, k, v):
    kept, answers = None, []
    for place in range(len(q)):
        new = [made_in(patient.library, x[place : place + 1], "float64") for x in (q, k, v)]
        try:
            out, kept = patient.step(kept, *new)
            answers.append(floats(out).reshape(v.shape[-1]))
        except (KeyboardInterrupt, TimeoutError):
            raise
        except Exception as error:
            raise Failed(f"the step at place {place} raised {type(error).__name__}: {str(error)[:100]}") from None
    return np.stack(answers)


PROBES = [("batch", batch), ("heads", heads), ("changed inputs", untouched)]
