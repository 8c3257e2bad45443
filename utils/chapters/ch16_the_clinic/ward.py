"""The patients of chapter 16 as whole attentions: to be looked at in a picture, or handed to ``diagnose``."""

import functools

import numpy as np

from utils.attention import attention, causal_mask, rotary, softmax
from utils.chapters.ch16_the_clinic import broken
from utils.diagnose import diagnose
from utils.validation import check_choice


def _scores(q, k):
    return q @ k.mT / q.shape[-1] ** 0.5


def _turning(q, k, v, mask=None):
    """Attend with queries and keys turned to their places: what a step with a cache should come to."""
    places = np.arange(q.shape[-2]), np.arange(k.shape[-2])
    even = q.shape[-1] - q.shape[-1] % 2
    turned = [
        np.concatenate([rotary(x[..., :even], p), x[..., even:]], -1) for x, p in zip((q, k), places, strict=True)
    ]
    return attention(*turned, v, mask)


WHOLE = {  # name -> (attention made of the part, options of diagnose)
    "average": (lambda part: part, {}),
    "share_out": (lambda part: lambda q, k, v: part(_scores(q, k)) @ v, {}),
    "weigh_allowed": (lambda part: lambda q, k, v, mask: part(_scores(q, k), mask) @ v, {}),
    "average_allowed": (lambda part: lambda q, k, v, mask: part(q, k, v, mask), {}),
    "weigh": (lambda part: lambda q, k, v: part(_scores(q, k)) @ v, {}),
    "look_back": (lambda part: part, {"causal": True}),
    "score": (lambda part: lambda q, k, v: softmax(part(q, k)) @ v, {}),
}


def examine(name, part=None):
    """Diagnose the attention that a patient is part of.

    name: of the broken function, such as "average"
    part: the same function, mended   (the broken one if left out)

    Returns the Diagnosis of ``diagnose``.
    Raises ValueError for a name that is no patient.

    >>> examine("score").names()
    ['scale']
    """
    check_choice([*WHOLE, *STEPS], name=name)
    if name in STEPS:
        report = STEPS[name](part)
    else:
        make, options = WHOLE[name]
        report = diagnose(_in_32_bits(_optional(make(part or getattr(broken, name)), name)), **options)
    report.name = name
    return report


def _optional(attend, name):
    """Let an attention that insists on a mask be asked without one."""
    if name not in ("weigh_allowed", "average_allowed"):
        return attend
    return lambda q, k, v, mask=None: attention(q, k, v)[0] if mask is None else attend(q, k, v, mask)


def _in_32_bits(attend):
    """Let half precision be computed in float32, as in the course's attention: no patient is here for that."""

    @functools.wraps(attend)  # by its signature it is known whether it takes a mask
    def wide(q, k, v, *mask):
        if q.dtype != np.float16:
            return attend(q, k, v, *mask)
        return attend(*(x.astype(np.float32) for x in (q, k, v)), *mask).astype(q.dtype)

    return wide


def _step(part):
    step = part or broken.step

    def starting(cache, q, k, v):
        return step((k[:0], v[:0]) if cache is None else cache, q, k, v)

    report = diagnose(_turning, step=starting)
    report.findings = [each for each in report.findings if each.name == "cache"]  # that places count is meant here
    return report


def _newest(part):
    from utils.chapters.ch16_the_clinic import broken_torch  # only for who asks: it loads torch

    def step(cache, q, k, v):
        kept = (k, v) if cache is None else [np.concatenate(pair) for pair in zip(cache, (k, v), strict=True)]
        tensors = [broken_torch.torch.from_numpy(x) for x in (q, *kept)]
        return (part or broken_torch.newest)(*tensors), kept

    return diagnose(attention, step=step)


STEPS = {"step": _step, "newest": _newest}


# --- what a picture of α shows, and what it hides ---------------------------------------------------------------------

WORDS = ["the", "dog", "saw", "the", "cat", "run"]
PAST = causal_mask(6)


def _unsafe(scores):
    with np.errstate(all="ignore"):
        return broken.weigh(np.where(PAST, scores, -np.inf))


def _ban(scores, mask=PAST):
    return np.where(mask, scores, -np.inf)


PICTURES = {
    "right": lambda s: softmax(_ban(s)),
    "weights turned": lambda s: softmax(_ban(s)),
    "softmax over the queries": lambda s: softmax(_ban(s), 0),
    "clamped mask": lambda s: softmax(np.minimum(s, PAST)),
    "mask after the softmax": lambda s: softmax(s) * PAST,
    "one place too many": lambda s: softmax(_ban(s, np.tri(6, k=1, dtype=bool))),
    "divided by d": lambda s: softmax(_ban(s / 4)),
    "no maximum taken off": _unsafe,
}


def look(fault, size):
    """Return the weights that a broken attention returns, and those that really make its answers   (6, 6) both.

    fault: a name of PICTURES       size: what the scores, near 1 before, are multiplied by

    >>> shown, used = look("weights turned", 1.0)
    >>> shown.sum(1).round(2).tolist(), used.sum(1).round(2).tolist() == shown.sum(0).round(2).tolist()
    ([1.0, 1.0, 1.0, 1.0, 1.0, 1.0], True)
    """
    check_choice(PICTURES, fault=fault)
    shown = PICTURES[fault](size * np.random.default_rng(5).normal(size=(6, 6)))
    return shown, shown.T if fault == "weights turned" else shown


def ends(faults):
    """Return how each attention of recipe 16_faults ended, as means of its seeds: last loss, right in training, in use.

    >>> run = {"losses": [2.0, 1.0], "seen": 0.5, "used": 0.25}
    >>> ends({"late": [run, run]})
    {'late': (1.0, 0.5, 0.25)}
    """
    parts = {name: [(run["losses"][-1], run["seen"], run["used"]) for run in runs] for name, runs in faults.items()}
    return {name: tuple(np.mean(each, axis=0).tolist()) for name, each in parts.items()}
