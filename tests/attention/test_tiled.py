"""Attention in tiles equals attention, at every edge; gated linear attention equals its recurrence."""

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st

from tests.attention.test_scaled_dot_product import DTYPES, SETTINGS, as_dtype, numbers, problems, slow, tolerance
from utils.attention import (
    attention,
    gated_linear_attention,
    gated_step,
    linear_attention,
    tiled_attention,
    window_mask,
)
from utils.chapters.ch14_what_it_costs.costs import fit_power, layer_bills
from utils.chapters.ch14_what_it_costs.measured_costs import alone, kernels, lines, on_gpu, times
from utils.chapters.ch14_what_it_costs.online_softmax import walk

reach = st.one_of(st.none(), st.integers(0, 4))


def random(*shape, seed=0, library=np):
    x = np.random.default_rng(seed).normal(size=shape)
    return x if library is np else torch.tensor(x)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@SETTINGS
@given(problems(), st.integers(1, 3))
def test_tiles_equal_the_loop(dtype, problem, block):
    arrays, tensors, options = as_dtype(problem, dtype)
    out, _, largest = slow(*arrays, **options)
    got = tiled_attention(*tensors, **options, block=block)
    assert got.dtype == dtype
    np.testing.assert_allclose(numbers(got), out, rtol=0, atol=tolerance(dtype, largest, arrays[2]))


@pytest.mark.parametrize("library", [np, torch])
@SETTINGS
@given(st.integers(0, 7), st.integers(0, 7), reach, reach, st.integers(-3, 4), st.integers(1, 4), st.booleans())
def test_skipping_equals_a_window_mask(library, n_q, n_k, left, right, offset, block, masked):
    q, k, v = random(2, n_q, 3, library=library), random(2, n_k, 3, library=library), random(2, n_k, 2, library=library)
    allowed = np.random.default_rng(1).random((n_q, n_k)) < 0.6
    mask = (allowed if library is np else torch.tensor(allowed)) if masked else None
    beyond = n_q + n_k + 9 if right is None else right
    whole = window_mask(n_q, n_k, left, beyond, offset, like=q)
    want = attention(q, k, v, whole if mask is None else whole & mask)[0]
    got = tiled_attention(q, k, v, mask, left=left, right=right, offset=offset, block=block)
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-12)


def test_tiles_are_as_near_as_promised():
    """1e-5 in float32, 1e-10 in float64, rows that may look nowhere being zero."""
    mask = np.random.default_rng(2).random((300, 300)) < 0.3
    mask[7] = False
    for dtype, most in ((torch.float32, 1e-5), (torch.float64, 1e-10)):
        q, k, v = (random(2, 300, 16, seed=seed, library=torch).to(dtype) for seed in range(3))
        got, want = tiled_attention(q, k, v, torch.tensor(mask), block=64), attention(q, k, v, torch.tensor(mask))[0]
        assert (got - want).abs().max() < most and not got[:, 7].any()


def test_large_scores_stay_finite():
    q = 1e4 * random(9, 4)
    np.testing.assert_allclose(tiled_attention(q, q, q, block=2), attention(q, q, q)[0], rtol=1e-9)


def test_gradients_of_tiles_equal_those_of_attention():
    mask = torch.tensor(np.random.default_rng(3).random((5, 6)) < 0.6)
    mask[2] = False
    start = [random(2, n, 3, seed=n, library=torch) for n in (5, 6, 6)]
    grads = []
    for function in (lambda *x: attention(*x, mask)[0], lambda *x: tiled_attention(*x, mask, block=2)):
        inputs = [x.clone().requires_grad_() for x in start]
        function(*inputs).square().sum().backward()
        grads.append([x.grad for x in inputs])
    for mine, theirs in zip(*grads, strict=True):
        torch.testing.assert_close(mine, theirs)
        assert mine.isfinite().all()


def test_gradcheck_of_tiles_and_gates():
    q, k, v = (random(4, 2, seed=seed, library=torch).requires_grad_() for seed in range(3))
    assert torch.autograd.gradcheck(lambda *x: tiled_attention(*x, right=0, softcap=2.0, block=3), (q, k, v))
    gates = torch.tensor([0.5, 0.9, 0.2, 0.8], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(gated_linear_attention, (q, k, v, gates))


def test_tiles_leave_what_they_were_given():
    x = random(5, 3)
    before = x.copy()
    tiled_attention(x, x, x, np.zeros((5, 5)), block=2)
    np.testing.assert_array_equal(x, before)


# --- gates ------------------------------------------------------------------------------------------------------------


def recurrence(q, k, v, gates):
    """One place after the other, as the equation stands."""
    rich_q, rich_k = (np.where(x > 0, x + 1, np.exp(np.minimum(x, 0))) for x in (q, k))
    S, z, rows = 0.0, 0.0, []
    for i in range(q.shape[-2]):
        S = gates[..., i, None, None] * S + rich_k[..., i, :, None] * v[..., i, None, :]
        z = gates[..., i, None] * z + rich_k[..., i, :]
        rows.append(np.einsum("...d,...de->...e", rich_q[..., i, :], S) / (rich_q[..., i, :] * z).sum(-1)[..., None])
    return np.stack(rows, axis=-2)


@pytest.mark.parametrize("library", [np, torch])
@pytest.mark.parametrize("n", [1, 5, 150])
def test_gates_equal_the_recurrence(library, n):
    q, k, v = (random(2, n, 3, seed=seed, library=library) for seed in range(3))
    gates = np.random.default_rng(4).uniform(0.2, 1, size=(2, n))
    gates[0, n // 2] = 0  # forgets all
    got = gated_linear_attention(q, k, v, gates if library is np else torch.tensor(gates))
    np.testing.assert_allclose(got, recurrence(*map(np.asarray, (q, k, v)), gates), rtol=0, atol=1e-12)


def test_open_gates_are_linear_attention_and_steps_equal_the_pass():
    q, k, v = random(4, 7, 3), random(2, 7, 3, seed=1), random(2, 7, 2, seed=2)  # shared heads
    gates = np.random.default_rng(5).uniform(size=(2, 7))
    np.testing.assert_allclose(
        gated_linear_attention(q, k, v, np.ones((2, 7))), linear_attention(q, k, v, causal=True), rtol=0, atol=1e-13
    )
    first, state = gated_step(q[:, :3], k[:, :3], v[:, :3], gates[:, :3])
    nothing, state = gated_step(q[:, :0], k[:, :0], v[:, :0], gates[:, :0], state)
    rest, _ = gated_step(q[:, 3:], k[:, 3:], v[:, 3:], gates[:, 3:], state)
    whole = gated_linear_attention(q, k, v, gates)
    np.testing.assert_allclose(np.concatenate([first, nothing, rest], 1), whole, rtol=0, atol=1e-13)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_gates_in_half_precision(dtype):
    q, k, v = (random(70, 4, seed=seed, library=torch).to(dtype) for seed in range(3))
    gates = torch.full((70,), 0.5, dtype=dtype)
    got = gated_linear_attention(q, k, v, gates)
    want = recurrence(*(x.double().numpy() for x in (q, k, v)), gates.double().numpy())
    assert got.dtype == dtype
    np.testing.assert_allclose(got.double(), want, rtol=0, atol=8 * torch.finfo(dtype).eps)


# --- bills and prices -------------------------------------------------------------------------------------------------


def test_the_kernels_that_are_timed_give_one_answer():
    made = kernels(70)
    for name in ("tiles", "library"):
        torch.testing.assert_close(made[name](), made["all weights"](), rtol=0, atol=1e-5)
    torch.testing.assert_close(made["window by tiles"](), made["window by mask"](), rtol=0, atol=1e-5)
    torch.testing.assert_close(made["one cached step"](), made["library"]()[:, :, -1:], rtol=0, atol=1e-5)


def test_times_have_three_numbers_in_order_and_threads_are_as_before():
    before = torch.get_num_threads()
    found = times(16, names=["tiles", "linear"], rounds=3, grad=True)
    assert all(low <= middle <= high for low, middle, high in found.values()) and list(found) == ["tiles", "linear"]
    assert torch.get_num_threads() == before


def test_no_gpu_is_said(monkeypatch):
    monkeypatch.setenv("COURSE_DEVICE", "cpu")
    table, source = on_gpu()
    assert (not table and "no GPU here" in source) or "stored" in source


def test_lines_leave_out_what_was_not_measured():
    rows = [{"name": "tiles", "n": 8, "direction": "forward", "ms": [1, 2, 9], "MB": None}]
    assert lines(rows, ["tiles"], what="MB") == {"tiles": {}}


def test_a_walk_ends_at_the_softmax():
    scores, values = random(11), random(11, 2, seed=1)
    for tile in (1, 4, 20):
        _, total, out = walk(scores, values, tile)[-1]
        np.testing.assert_allclose(out / total, np.exp(scores) @ values / np.exp(scores).sum())


def test_the_square_part_wins_past_six_d():
    for d in (8, 4096):
        once, twice = layer_bills(6 * d, d, n_heads=8)["FLOPs"]
        assert once == twice
    assert abs(fit_power([1, 2, 4], [5, 5, 5])[0]) < 1e-12


def test_a_direction_nobody_knows():
    with pytest.raises(ValueError, match="direction is 'up'"):
        alone("tiles", 8, "up")
