"""Decoding with a cache, one place at a time or in chunks, equals one pass over everything."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st

from utils.attention import (
    KVCache,
    attention,
    causal_mask,
    fused_attention,
    linear_attention,
    linear_step,
    window_mask,
)

SETTINGS = settings(max_examples=60, deadline=None, derandomize=True, database=None)
FUNCTIONS = [lambda *args: attention(*args)[0], fused_attention]
chunks = st.lists(st.integers(0, 4), min_size=1, max_size=5).filter(any)


def random(shape, seed, library=np):
    x = np.random.default_rng(seed).normal(size=shape)
    return x if library is np else torch.tensor(x)


def pieces(x, sizes):
    """Cut x along its places into chunks of these sizes."""
    ends = np.cumsum(sizes)
    return [x[..., end - size : end, :] for size, end in zip(sizes, ends, strict=True)]


@pytest.mark.parametrize("function", FUNCTIONS, ids=["attention", "fused"])
@pytest.mark.parametrize("library", [np, torch])
@SETTINGS
@given(
    chunks, st.one_of(st.none(), st.integers(0, 6)), st.sampled_from([((), ()), ((2, 4), (2, 2))]), st.integers(0, 99)
)
def test_chunks_equal_the_full_pass(function, library, sizes, left, leads, seed):
    n, (many, few) = sum(sizes), leads
    q, k, v = (random((*lead, n, d), seed + i, library) for i, (lead, d) in enumerate([(many, 4), (few, 4), (few, 3)]))
    full = function(q, k, v, window_mask(n, n, left, like=q))
    cache = KVCache(left)
    steps = zip(pieces(q, sizes), pieces(k, sizes), pieces(v, sizes), strict=True)
    out = library.concatenate([function(a, *cache.append(b, c)) for a, b, c in steps], axis=-2)
    np.testing.assert_allclose(out, full, rtol=0, atol=1e-12)
    assert cache.seen == n
    assert len(cache) <= (n if left is None else left + max(sizes))


@SETTINGS
@given(st.integers(0, 6), st.integers(0, 6), st.one_of(st.none(), st.integers(0, 6)), st.integers(0, 6))
def test_a_mask_with_an_offset_is_the_last_rows_of_the_whole_mask(offset, n_q, left, beyond):
    n_k = offset + n_q + beyond
    whole = window_mask(n_k, n_k, left)
    np.testing.assert_array_equal(window_mask(n_q, n_k, left, offset=offset), whole[offset : offset + n_q])
    np.testing.assert_array_equal(causal_mask(n_q, n_k, offset), causal_mask(n_k)[offset : offset + n_q])


def test_a_cache_keeps_the_gradient_of_earlier_places():
    k = torch.ones(2, 3, requires_grad=True)
    cache = KVCache()
    cache.append(k[:1], k[:1])
    attention(k[1:], *cache.append(k[1:], k[1:]))[0].sum().backward()
    assert k.grad[0].any()


def test_what_was_given_stays_as_it_was():
    x = random((3, 2), 0)
    before = x.copy()
    cache = KVCache(left=1)
    for _ in range(3):
        cache.append(x, x)
    np.testing.assert_array_equal(x, before)


# --- linear attention -------------------------------------------------------------------------------------------------


def slow_linear(q, k, v, causal):
    """Compute it pair by pair, as the equation stands."""
    rich_q, rich_k = (np.where(x > 0, x + 1, np.exp(np.minimum(x, 0))) for x in (q, k))
    weights = rich_q @ rich_k.swapaxes(-1, -2) * (np.tri(q.shape[-2], k.shape[-2]) if causal else 1)
    return weights / weights.sum(-1, keepdims=True) @ v


@pytest.mark.parametrize("library", [np, torch])
@pytest.mark.parametrize("causal", [False, True])
@SETTINGS
@given(st.integers(1, 6), st.integers(1, 6), st.sampled_from([(), (2,), (2, 3)]), st.integers(0, 99))
def test_linear_equals_the_pairs(library, causal, n_q, n_k, lead, seed):
    n_q = n_k if causal else n_q
    q, k, v = (random((*lead, n, d), seed + n + d, library) for n, d in ((n_q, 4), (n_k, 4), (n_k, 3)))
    got = linear_attention(q, k, v, causal=causal)
    np.testing.assert_allclose(got, slow_linear(*map(np.asarray, (q, k, v)), causal), rtol=0, atol=1e-12)


def test_a_long_causal_pass_crosses_its_blocks():
    q, k, v = (random((2, 150, 4), seed) for seed in range(3))
    np.testing.assert_allclose(linear_attention(q, k, v, causal=True), slow_linear(q, k, v, True), rtol=0, atol=1e-12)


@pytest.mark.parametrize("library", [np, torch])
@SETTINGS
@given(chunks, st.integers(0, 99))
def test_steps_equal_the_causal_pass(library, sizes, seed):
    q, k, v = (random((2, sum(sizes), d), seed + i, library) for i, d in enumerate((4, 4, 3)))
    outs, state = [], None
    for chunk in zip(*(pieces(x, sizes) for x in (q, k, v)), strict=True):
        out, state = linear_step(*chunk, state)
        outs.append(out)
    full = linear_attention(q, k, v, causal=True)
    np.testing.assert_allclose(library.concatenate(outs, axis=-2), full, rtol=0, atol=1e-12)
    assert [tuple(x.shape) for x in state] == [(2, 4, 3), (2, 4, 1)]


def test_linear_shares_heads():
    q, k, v = (random((2, heads, 5, 3), heads) for heads in (4, 2, 2))
    shared = linear_attention(q, k, v, causal=True)
    np.testing.assert_array_equal(shared, linear_attention(q, k.repeat(2, 1), v.repeat(2, 1), causal=True))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_linear_computes_half_precision_in_float32(dtype):
    q, k, v = (torch.tensor(random((300, 8), seed)).to(dtype) for seed in range(3))
    for causal in (False, True):
        out = linear_attention(q, k, v, causal=causal)
        assert out.dtype == dtype
        wide = slow_linear(*(x.double().numpy() for x in (q, k, v)), causal)
        np.testing.assert_allclose(out.double(), wide, rtol=0, atol=8 * torch.finfo(dtype).eps)
    assert linear_step(q, k, v)[1][0].dtype == torch.float32


def test_linear_where_no_key_has_any_weight_is_zero_with_finite_gradients():
    k = torch.full((3, 2), -1e4, requires_grad=True)  # φ is e to the -10000, which is 0
    out = linear_attention(torch.ones(2, 2), k, torch.ones(3, 2))
    out.sum().backward()
    assert not out.any() and k.grad.isfinite().all()
    none = np.ones((0, 2))
    assert not linear_attention(np.ones((2, 2)), none, none).any()
    assert linear_attention(none, none, none, causal=True).shape == (0, 2)


def test_gradcheck_of_linear():
    q, k, v = (torch.tensor(random((2, 3, 2), seed), requires_grad=True) for seed in range(3))
    for causal in (False, True):
        assert torch.autograd.gradcheck(lambda *x, c=causal: linear_attention(*x, causal=c), (q, k, v))


@pytest.mark.parametrize("causal", [False, True])
def test_linear_compiles_without_a_break(causal):
    torch._dynamo.reset()
    x = torch.tensor(random((2, 5, 4), 0))
    compiled = torch.compile(lambda x: linear_attention(x, x, x, causal=causal), backend="eager", fullgraph=True)
    torch.testing.assert_close(compiled(x), linear_attention(x, x, x, causal=causal))
