"""Every planted fault is found and named; right attentions, however written, raise no alarm; garbage is survived."""

import re
import time

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from tests.garbage import endless, leaving, recursing
from utils.attention import KVCache, attention, causal_mask, fused_attention, rotary, softmax, tiled_attention
from utils.checks import limits
from utils.diagnose import diagnose

# --- right attentions, each written in its own way ------------------------------------------------------------------


def by_loops(q, k, v, mask=None):
    out = np.zeros((len(q), v.shape[1]))
    for i in range(len(q)):
        scores = [float(q[i] / q.shape[1] ** 0.5 @ k[j]) for j in range(len(k))]
        seen = [j for j in range(len(k)) if mask is None or mask[i, j]]
        most = max((scores[j] for j in seen), default=0)
        e = {j: np.exp(scores[j] - most) for j in seen}
        for j in seen:
            out[i] += e[j] / sum(e.values()) * v[j]
    return out.astype(v.dtype)


def by_einsum(q, k, v, mask=None):
    scores = np.einsum("...id,...jd->...ij", q * q.shape[-1] ** -0.5, k)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    e = np.exp(scores - np.maximum(scores.max(-1, keepdims=True), -1e30 if scores.dtype.itemsize > 2 else -6e4))
    weights = np.nan_to_num(e / e.sum(-1, keepdims=True)).astype(v.dtype)
    wide = np.promote_types(v.dtype, np.float32)  # in float16 einsum adds up in float16
    return np.einsum("...ij,...jd->...id", weights, v, dtype=wide).astype(v.dtype), weights


def by_torch(q, k, v, mask=None):
    scores = torch.matmul(q / q.shape[-1] ** 0.5, k.transpose(-2, -1))
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return torch.matmul(torch.softmax(scores, -1).nan_to_num(), v)


def with_forbidden(q, k, v, mask=None):
    return attention(q, k, v, None if mask is None else ~mask)


def with_added(q, k, v, bias=None):
    return attention(q, k, v, bias)


def causal_by_itself(q, k, v):
    return attention(q, k, v, causal_mask(q.shape[-2], k.shape[-2], like=q))[0]


def batches_only(q, k, v, mask=None):
    assert q.ndim == 3
    return attention(q, k, v, mask)


def by_the_librarys_heads(q, k, v):
    """Let one head of torch's module attend, its projections the identity."""
    d = q.shape[-1]
    layer = torch.nn.MultiheadAttention(d, 1, bias=False, batch_first=True).to(q.dtype).requires_grad_(False)
    for weights in (*layer.in_proj_weight.chunk(3), layer.out_proj.weight):
        weights.copy_(torch.eye(d))
    return layer(q, k, v)


def by_tiles(q, k, v, mask=None):
    return tiled_attention(q, k, v, mask)


def no_sixteen_bits(q, k, v, mask=None):
    if q.dtype.itemsize < 4:
        raise ValueError(f"q is {q.dtype}: pass 32 or 64 bits")
    return attention(q, k, v, mask)


RIGHT = {
    "loops": (by_loops, {}),
    "einsum": (by_einsum, {}),
    "torch matmul": (by_torch, {}),
    "torch SDPA": (F.scaled_dot_product_attention, {}),
    "the course's kernel": (attention, {}),
    "fused": (fused_attention, {}),
    "True means forbidden": (with_forbidden, {"mask": "forbidden"}),
    "an added mask": (with_added, {"mask": "added"}),
    "causal by itself": (causal_by_itself, {"causal": True}),
    "without a mask": (lambda q, k, v: attention(q, k, v), {}),
    "batches only": (batches_only, {}),
    "tiles": (by_tiles, {}),
    "no half precision": (no_sixteen_bits, {}),
}


@pytest.mark.parametrize("name", RIGHT)
def test_no_false_alarm(name):
    attend, how = RIGHT[name]
    report = diagnose(attend, **how)
    assert report.findings == []
    assert len(report.passed) > 10


# --- planted faults ---------------------------------------------------------------------------------------------------


def scaled(q, k):
    """Return scores that are scaled before the product: afterwards, float16 may have overflown."""
    return (q / q.shape[-1] ** 0.5) @ k.mT


def make(*, turn=False, axis=-1, scale=0.5, mask="inf", stable=True, library=np, extra=None):
    """Return an attention with the faults asked for; scale is the power of d that divides."""

    def attend(q, k, v, allowed=None):
        scores = q @ np.swapaxes(k, -1, -2) / q.shape[-1] ** scale
        if allowed is not None:
            scores = BEFORE.get(mask, lambda s, m: s)(scores, allowed)
        weights = _softmax(scores, axis, stable)
        if allowed is not None and mask in AFTER:
            weights = AFTER[mask](weights, allowed)
        return (np.swapaxes(weights, -1, -2) if turn else weights) @ v

    return attend


def _softmax(scores, axis, stable):
    peak = scores.max(axis, keepdims=True) if stable else 0
    e = np.exp(scores - np.where(np.isfinite(peak), peak, 0))
    total = e.sum(axis, keepdims=True)
    return e / np.where(total == 0, 1, total)


BEFORE = {
    "inf": lambda s, m: np.where(m, s, -np.inf),
    "polarity": lambda s, m: np.where(m, -np.inf, s),
    "zero": lambda s, m: s * m,
    "clamped": lambda s, m: np.minimum(s, m),
    "added 0 and 1": lambda s, m: s + m,
    "-10": lambda s, m: np.where(m, s, -4.0),
    "-1e9": lambda s, m: np.where(m, s, -1e9),
    "plus -1e9": lambda s, m: s + (~m) * -1e9,
    "turned": lambda s, m: np.where(m.T, s, -np.inf),
    "one ahead": lambda s, m: np.where(m | np.roll(m, 1, axis=-1), s, -np.inf),
}
AFTER = {
    "after": lambda w, m: w * m,
    "renormalised": lambda w, m: w * m / (w * m).sum(-1, keepdims=True),
}


def square_only(q, k, v):
    return attention(q, k, v)[0] + np.zeros((len(k), 1))


def values_like_keys(q, k, v):
    out = np.zeros_like(q)
    out[:] = attention(q, k, v)[0]
    return out


def changes_q(q, k, v):
    q /= np.sqrt(q.shape[-1])
    return attention(q, k, v, scale=1)


def changes_mask(q, k, v, mask=None):
    out = attention(q, k, v, mask)
    if mask is not None:
        mask |= True
    return out


def drops_out(q, k, v):
    weights = attention(q, k, v)[1]
    return (weights * (np.random.default_rng().random(weights.shape) < 0.9) / 0.9) @ v


def other_weights(q, k, v):
    out, weights = attention(q, k, v)
    return out, weights**2


def in_64_bits(q, k, v):
    return attention(*(x.astype(float) for x in (q, k, v)))


def no_half(q, k, v, mask=None):
    scores = q @ k.mT / q.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e9)
    return torch.softmax(scores, -1) @ v


def scales_late(q, k, v):
    return torch.softmax(q @ k.mT / q.shape[-1] ** 0.5, -1) @ v


def scales_late_in_numpy(q, k, v):
    return softmax(q @ k.mT / q.shape[-1] ** 0.5) @ v


def sums_in_its_type(q, k, v):
    e = np.exp(scaled(q, k) - scaled(q, k).max(-1, keepdims=True))
    return (e / np.cumsum(e, -1)[..., -1:]) @ v


def averages_in_its_type(q, k, v):
    return np.cumsum(softmax(scaled(q, k))[..., None] * v[..., None, :, :], -2)[..., -1, :]


def both_in_its_type(q, k, v):
    e = np.exp(scaled(q, k) - scaled(q, k).max(-1, keepdims=True))
    return np.cumsum((e / np.cumsum(e, -1)[..., -1:])[..., None] * v[..., None, :, :], -2)[..., -1, :]


def sums_in_bfloat16(q, k, v):
    weights = torch.softmax(scaled(q, k), -1)
    out = torch.zeros_like(weights[..., :1] * v[..., :1, :])
    for j in range(k.shape[-2]):
        out = out + weights[..., j : j + 1] * v[..., j : j + 1, :]
    return out


def no_maximum_below_80(q, k, v):
    scores = scaled(q, k)
    peak = scores.max(-1, keepdims=True)
    e = np.exp(scores - np.where(peak > 80, peak, 0).astype(scores.dtype))
    return e / e.sum(-1, keepdims=True) @ v


def bans_by_a_constant(q, k, v, mask=None):
    scores = scaled(q, k)
    if mask is not None:
        scores = torch.where(mask, scores, torch.tensor(-1e30).to(q.dtype))
    weights = torch.softmax(scores, -1)
    return (weights if mask is None else weights * mask.any(-1, keepdim=True)) @ v


def over_the_batch(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / q.shape[-1] ** 0.5
    return _softmax(scores, 0 if q.ndim == 3 else -1, True) @ v


def axis_one(q, k, v):
    return _softmax(q @ np.swapaxes(k, -1, -2) / q.shape[-1] ** 0.5, 1, True) @ v


def first_key_for_all(q, k, v):
    if q.ndim == 3:
        k = k[:1] + 0 * k
    return attention(q, k, v)


def heads_share(q, k, v):
    if q.ndim == 4:
        k = k.mean(1, keepdims=True) + 0 * k
    return attention(q, k, v)


def with_places(q, k, v):
    place = np.linspace(0, 1, k.shape[-2])[:, None]
    return attention(q, k + place, v)


def negative(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2)
    return scores / scores.sum(-1, keepdims=True) @ v


def no_causality(q, k, v):
    return attention(q, k, v)


def top_left(q, k, v):
    return attention(q, k, v, causal_mask(q.shape[-2], k.shape[-2], like=q))[0]


FAULTS = {
    "turned weights": (make(turn=True), {}),
    "softmax over queries": (make(axis=-2), {}),
    "scale: at d = 9, q·k is multiplied by 1.00 (no": (make(scale=0), {}),
    "scale: at d = 9, q·k is multiplied by 0.11 (1/d)": (make(scale=1), {}),
    "scale: at d = 9, q·k is multiplied by 3.00 (√d)": (make(scale=-0.5), {}),
    "overflow": (make(stable=False), {}),
    "mask polarity": (make(mask="polarity"), {}),
    "mask by zero scores": (make(mask="zero"), {}),
    "clamped mask": (make(mask="clamped"), {}),
    "mask added as 0 and 1": (make(mask="added 0 and 1"), {}),
    "mask": (make(mask="-10"), {}),
    "finite mask": (make(mask="-1e9"), {}),
    "finite mask ": (make(mask="plus -1e9"), {}),
    "mask: given a mask of shape (5, 7)": (make(mask="turned"), {}),
    "leaks the future": (make(mask="one ahead"), {}),
    "mask after softmax": (make(mask="after"), {}),
    "empty row": (make(mask="renormalised"), {}),
    "mask ignored": (make(mask="ignored"), {}),
    "n_q ≠ n_k": (square_only, {}),
    "d_v ≠ d": (values_like_keys, {}),
    "changed inputs": (changes_q, {}),
    "changed inputs: after the call mask": (changes_mask, {}),
    "random": (drops_out, {}),
    "weights and answers": (other_weights, {}),
    "type": (in_64_bits, {}),
    "half precision": (no_half, {}),
    "products in half precision: in float16 every number of q and k is 105": (scales_late, {}),
    "products in half precision": (scales_late_in_numpy, {}),
    "exponentials in half precision: in float16 one score is 14": (no_maximum_below_80, {}),
    "the weights sum to 1.26 and not 1.00, those of the many to 0.26 and not 0.20": (sums_in_its_type, {}),
    "the weights sum to 0.80 and not 1.00": (averages_in_its_type, {}),
    "those of the many to 0.25 and not 0.20": (both_in_its_type, {}),
    "sums in half precision": (sums_in_bfloat16, {}),
    "half precision: in float16 where query 1 may look nowhere": (bans_by_a_constant, {}),
    "softmax over the batch": (over_the_batch, {}),
    "softmax over queries ": (axis_one, {}),
    "batch": (first_key_for_all, {}),
    "heads mixed": (heads_share, {}),
    "permutation": (with_places, {}),
    "negative weights": (negative, {}),
    "leaks the future ": (no_causality, {"causal": True}),
    "NaN": (lambda q, k, v: v[..., :1, :] * np.nan + 0 * (q @ k.mT @ v), {}),
    "not a softmax": (lambda q, k, v: (np.ones((len(q), len(k))) / len(k)) @ v, {}),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_named(name):
    attend, how = FAULTS[name]
    found = [f"{each.name}: {each.evidence}" for each in diagnose(attend, **how).findings]
    assert any(text.startswith(name.strip()) or name in text for text in found), found
    assert all(re.search(r"\d|raised", text) for text in found)


def test_the_librarys_module_is_in_order_in_half_precision():
    report = diagnose(by_the_librarys_heads)
    assert report.names() == ["d_v ≠ d"] and "half precision" in report.passed


def test_half_precision_is_skipped_where_it_is_refused():
    report = diagnose(no_sixteen_bits)
    assert ("half precision", "it takes no half precision: it raised ValueError: q is float16: pass 32 or 64 bits") in (
        report.skipped
    )


def test_bfloat16_is_asked_where_float16_is_refused():
    def attend(q, k, v):
        if q.dtype == torch.float16:
            raise TypeError("no float16")
        return sums_in_bfloat16(q, k, v)

    assert diagnose(attend).findings[0].evidence.startswith("in bfloat16 one score is 0")


def test_slow_loops_are_not_asked_for_a_thousand_keys():
    """They are right, and ten seconds would not do."""

    def attend(q, k, v):
        time.sleep(1e-3 * k.shape[-2])
        return attention(q, k, v)

    report = diagnose(attend)
    assert report.findings == [] and "half precision" in report.passed


def test_the_first_finding_is_the_fault():
    """Consequences come after their cause."""
    assert diagnose(FAULTS["turned weights"][0]).names()[:2] == ["n_q ≠ n_k", "turned weights"]
    for name in ("softmax over queries", "mask after softmax", "clamped mask", "mask by zero scores"):
        assert diagnose(FAULTS[name][0]).names()[0] == name


def test_a_cache_is_compared_with_the_full_pass():
    def steps(turn_again):
        def step(cache, q, k, v):
            old_k, old_v = cache if cache is not None else (k[:0], v[:0])
            place = np.array([len(old_k)])
            raw = np.concatenate([old_k, k])
            turned = rotary(raw, np.arange(len(raw)))
            values = np.concatenate([old_v, v])
            out = attention(rotary(q, place), turned, values)[0]
            return out, (turned if turn_again else raw, values)

        return step

    def full(q, k, v, mask=None):
        places = np.arange(q.shape[-2]), np.arange(k.shape[-2])
        if q.shape[-1] % 2:
            return attention(q, k, v, mask)
        return attention(rotary(q, places[0]), rotary(k, places[1]), v, mask)

    assert "cache" not in diagnose(full, step=steps(False)).names()
    assert "cache" in diagnose(full, step=steps(True)).names()


def test_the_courses_cache_passes():
    def step(cache, q, k, v):
        cache = cache or KVCache()
        return attention(q, *cache.append(k, v))[0], cache

    report = diagnose(attention, step=step)
    assert report.findings == [] and "cache" in report.passed


def test_a_step_that_fails_is_reported():
    assert "raised ValueError" in diagnose(attention, step=lambda *a: int("x")).findings[0].evidence


# --- garbage ----------------------------------------------------------------------------------------------------------


GARBAGE = [
    None,
    "attention",
    7,
    lambda: 1,
    lambda q: q,
    lambda *a: None,
    lambda *a: "text",
    lambda q, k, v: q * np.nan,
    lambda q, k, v: (q, k, v),
    lambda q, k, v: [[1], [2, 3]],
    lambda q, k, v: object(),
    lambda q, k, v: v,
    lambda q, k, v: {"out": v},
    lambda q, k, v: 1 / 0,
    recursing,
    leaving,
    dict,
    np.linalg.inv,
]


@pytest.mark.parametrize("answer", GARBAGE, ids=lambda answer: getattr(answer, "__name__", repr(answer)))
def test_garbage_is_reported(answer):
    report = diagnose(answer)
    assert report.findings and all(each.name and each.evidence and each.hint for each in report.findings)
    assert "finding" in repr(report)


def test_an_endless_loop_is_stopped(monkeypatch):
    monkeypatch.setattr(limits, "LIMIT", 0.2)
    assert "endless" in diagnose(endless).names()


def test_an_unknown_convention_is_refused():
    with pytest.raises(ValueError, match="mask is 'yes': it must be one of"):
        diagnose(attention, mask="yes")


def test_a_report_is_text_never_html():
    def attend(q, k, v):
        raise ValueError("<img src=x>")

    assert "<img" not in diagnose(attend)._repr_html_() and "&lt;img" in diagnose(attend)._repr_html_()


def test_random_numbers_and_warnings_stay_as_they_were():
    before = np.random.get_state()[1].tolist()
    diagnose(make(stable=False))
    assert np.random.get_state()[1].tolist() == before


def test_keys_in_the_place_of_values_are_named_and_called_no_weights():
    report = diagnose(lambda q, k, v: softmax(q @ k.mT / q.shape[-1] ** 0.5) @ k)
    assert report.names() == ["d_v ≠ d", "values unheard"]


def test_the_root_of_the_number_of_queries_is_named():
    report = diagnose(lambda q, k, v: softmax(q @ k.mT / q.shape[-2] ** 0.5) @ v)
    assert "number of queries" in report.findings[0].evidence


def test_what_was_not_tried_takes_one_line():
    report = diagnose(lambda q, k, v: softmax(q @ k.T / q.shape[-1] ** 0.5) @ v)
    assert len(report.skipped) > 3 and sum("not tried" in line for line in report._others()) == 1


def test_a_module_that_wants_tensors_is_told_what_it_said_of_tensors():
    report = diagnose(torch.nn.MultiheadAttention(8, 2, batch_first=True))
    assert report.names() == ["no answer"] and "numpy" not in report.findings[0].evidence
