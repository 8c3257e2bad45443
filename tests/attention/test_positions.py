"""Codes for places against their definitions, in NumPy and torch, and the small machine that uses them."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st

from utils import attention as kernel
from utils.attention import attention, causal_mask
from utils.attention.positions import PAIRINGS, alibi, rotary, sinusoidal
from utils.chapters.ch09_positions.order_tasks import (
    NOT_ASKED,
    accuracy_back,
    accuracy_place,
    loss_back,
    loss_place,
    own_place,
    symbol_back,
)
from utils.chapters.ch09_positions.position_model import CODES, Places
from utils.recipes import measured
from utils.seeds import seeded

SETTINGS = settings(max_examples=60, deadline=None, derandomize=True, database=None)
halves, seeds, bases = st.integers(1, 6), st.integers(0, 2**32 - 1), st.sampled_from([2, 100, 10000.0, 5e5])
pairings, places = st.sampled_from(sorted(PAIRINGS)), st.integers(-300, 3000)


def normal(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


# --- rotary -----------------------------------------------------------------------------------------------------------


@SETTINGS
@given(seeds, halves, bases, pairings, places, places, places)
def test_rotary_scores_depend_on_distance_only(seed, half, base, pairing, i, j, shift):
    q, k = normal(seed, 2, 1, 2 * half)

    def score(i, j):
        at = [np.array([float(p)]) for p in (i, j)]
        return (rotary(q, at[0], base, pairing) @ rotary(k, at[1], base, pairing).T).item()

    assert math.isclose(score(i, j), score(i + shift, j + shift), abs_tol=1e-9 * half)
    assert math.isclose(score(i, j), (rotary(q, np.array([i - j]), base, pairing) @ k.T).item(), abs_tol=1e-9 * half)


@SETTINGS
@given(seeds, halves, bases, pairings)
def test_rotary_keeps_norms_and_leaves_place_zero(seed, half, base, pairing):
    x, at = normal(seed, 5, 2 * half), np.random.default_rng(seed).integers(0, 1000, 5)
    turned = rotary(x, at, base, pairing)
    np.testing.assert_allclose(np.linalg.norm(turned, axis=1), np.linalg.norm(x, axis=1), atol=1e-12)
    np.testing.assert_array_equal(rotary(x, np.zeros(5), base, pairing), x)


@SETTINGS
@given(seeds, halves, bases)
def test_the_pairings_are_equal_up_to_the_order_of_features(seed, half, base):
    x, at = normal(seed, 4, 2 * half), np.arange(4) * 7
    order = [*range(0, 2 * half, 2), *range(1, 2 * half, 2)]
    one, other = rotary(x, at, base), rotary(x[:, order], at, base, "halves")
    np.testing.assert_allclose(one[:, order], other, atol=1e-12)


@SETTINGS
@given(seeds, halves, bases)
def test_rotary_is_what_its_formula_says_number_by_number(seed, half, base):
    x, at = normal(seed, 3, 2 * half), normal(seed + 1, 3) * 50
    turned = rotary(x, at, base)
    for n, i in np.ndindex(3, half):
        angle = at[n] * float(base) ** (-2 * i / (2 * half))
        a, b = x[n, 2 * i], x[n, 2 * i + 1]
        wanted = a * math.cos(angle) - b * math.sin(angle), a * math.sin(angle) + b * math.cos(angle)
        np.testing.assert_allclose(turned[n, 2 * i : 2 * i + 2], wanted, atol=1e-9)


def test_turning_twice_is_turning_by_the_sum():
    x, at = normal(0, 2, 3, 4, 8), np.arange(4)
    np.testing.assert_allclose(rotary(rotary(x, at), 2 * at), rotary(x, 3 * at), atol=1e-12)


def test_positions_may_differ_by_row_and_serve_all_heads():
    x, at = normal(1, 2, 3, 4, 8), np.array([[0, 1, 2, 3], [5, 6, 7, 8]])  # (B, H, n, d), (B, n)
    turned = rotary(x, at[:, None])
    for b in range(2):
        for h in range(3):
            np.testing.assert_allclose(turned[b, h], rotary(x[b, h], at[b]), atol=1e-12)
    np.testing.assert_allclose(rotary(x, np.array(3.0)), rotary(x, np.full(4, 3)), atol=1e-12)


@pytest.mark.parametrize("pairing", PAIRINGS)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16], ids=str)
def test_torch_says_what_numpy_says(dtype, pairing):
    x = normal(2, 2, 3, 5, 8)
    given_x = torch.from_numpy(x).to(dtype)
    turned = rotary(given_x, torch.arange(5) + 1000, pairing=pairing)
    assert turned.dtype == dtype
    wanted = rotary(given_x.double().numpy(), np.arange(5) + 1000, pairing=pairing)
    np.testing.assert_allclose(turned.double().numpy(), wanted, atol=8 * torch.finfo(dtype).eps * np.abs(wanted).max())


def test_half_precision_is_right_far_away():
    x, at = normal(3, 4, 8).astype(np.float16), np.arange(4) + 100_000
    turned = rotary(x, at)
    assert turned.dtype == np.float16
    np.testing.assert_allclose(turned.astype(float), rotary(x.astype(float), at), atol=4e-3)
    half_places = rotary(x, np.array([0.5, 1, 2, 3], dtype=np.float16))
    np.testing.assert_allclose(half_places.astype(float), rotary(x.astype(float), np.array([0.5, 1, 2, 3])), atol=4e-3)


def test_nothing_given_is_changed_and_gradients_pass():
    x, at = normal(4, 3, 4), np.arange(3)
    before = x.copy()
    rotary(x, at)
    np.testing.assert_array_equal(x, before)
    tensor = torch.from_numpy(x).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: rotary(x, torch.arange(3)), (tensor,))


# --- sinusoidal -------------------------------------------------------------------------------------------------------


@SETTINGS
@given(st.integers(0, 12), halves, bases)
def test_sinusoids_are_what_their_formula_says(n, half, base):
    table, d = sinusoidal(n, 2 * half, base), 2 * half
    assert table.shape == (n, d) and table.dtype == np.float64
    for p, j in np.ndindex(n, d):
        angle = p / float(base) ** ((j - j % 2) / d)
        assert math.isclose(table[p, j], math.cos(angle) if j % 2 else math.sin(angle), abs_tol=1e-12)


@SETTINGS
@given(st.integers(1, 9), halves, bases)
def test_a_shift_of_a_sinusoid_is_a_rotation(shift, half, base):
    """A hand (cos, sin) moved on by some places is the hand turned: so rotary turns one place's code into another's."""
    table = sinusoidal(20, 2 * half, base).reshape(20, half, 2)[..., ::-1].reshape(20, 2 * half)
    moved = rotary(table[:-shift], np.full(20 - shift, shift), base)
    np.testing.assert_allclose(moved, table[shift:], atol=1e-12)


def test_like_decides_library_and_type():
    for dtype in (torch.float64, torch.float32, torch.bfloat16):
        like = torch.zeros(1, dtype=dtype)
        table, mask = sinusoidal(5, 4, like=like), alibi(2, 3, like=like)
        assert table.dtype == mask.dtype == dtype
        np.testing.assert_allclose(table.double().numpy(), sinusoidal(5, 4), atol=torch.finfo(dtype).eps)
    assert sinusoidal(5, 4, like=np.zeros(1, np.float32)).dtype == np.float32


# --- alibi ------------------------------------------------------------------------------------------------------------

SLOPES = {
    1: [2**-8],
    2: [2**-4, 2**-8],
    8: [2.0**-h for h in range(1, 9)],
    16: [2 ** (-h / 2) for h in range(1, 17)],
    3: [2**-4, 2**-8, 2**-2],
    6: [2**-2, 2**-4, 2**-6, 2**-8, 2**-1, 2**-3],
    12: [*(2.0**-h for h in range(1, 9)), 2**-0.5, 2**-1.5, 2**-2.5, 2**-3.5],
}


@pytest.mark.parametrize("heads", SLOPES)
def test_the_slopes_are_those_of_the_paper_and_its_code(heads):
    np.testing.assert_allclose(-alibi(heads, 2)[:, 1, 0], SLOPES[heads], rtol=1e-12)


@pytest.mark.parametrize(("n_q", "n_k", "offset"), [(4, 4, 0), (1, 6, 5), (2, 5, 1), (3, None, 2), (0, 3, 0)])
def test_alibi_is_minus_slope_times_distance(n_q, n_k, offset):
    mask = alibi(3, n_q, n_k, offset)
    n_k = n_q + offset if n_k is None else n_k
    assert mask.shape == (3, n_q, n_k)
    for h, i, j in np.ndindex(mask.shape):
        assert math.isclose(mask[h, i, j], -SLOPES[3][h] * abs(i + offset - j))


def test_alibi_is_a_mask_that_attention_takes():
    q, k, v = normal(5, 3, 2, 4, 8)  # (H, n, d) each
    mask = np.where(causal_mask(4), alibi(2, 4), -np.inf)
    _, weights = attention(q, k, v, mask)
    assert (weights[:, ~causal_mask(4)] == 0).all()
    plain = q @ k.mT / np.sqrt(8)
    np.testing.assert_allclose(np.diff(np.log(weights[0, 3])), np.diff(plain[0, 3] + mask[0, 3]), atol=1e-12)


def test_the_kernel_hands_them_on():
    assert (kernel.rotary, kernel.sinusoidal, kernel.alibi) == (rotary, sinusoidal, alibi)


# --- tasks and the machine --------------------------------------------------------------------------------------------


def test_the_answers_of_symbol_back_stand_where_it_says():
    x, y = symbol_back(7, 50, seeded(0), back=3)
    assert (y[:, :3] == NOT_ASKED).all() and (y[:, 3:] == x[:, :-3]).all()
    assert set(x.flatten().tolist()) == set(range(8))


def test_own_place_begins_with_the_start_and_nothing_else_tells():
    x, y = own_place(5, 200, seeded(0), symbols=3)
    assert (x[:, 0] == 0).all() and set(x[:, 1:].flatten().tolist()) == {1, 2, 3}
    assert (y == torch.arange(5)).all()


@pytest.mark.parametrize("code", CODES)
def test_alpha_comes_from_the_same_pass_and_the_future_never_leaks(code):
    model, (x, _) = Places(code, 8, 8, 10, seed=1), symbol_back(10, 3, seeded(1))
    answers, alphas = model.run(x)
    assert answers.shape == (3, 10, 8) and torch.equal(answers, model(x))
    assert len(alphas) == 2 and all(each.shape == (3, 4, 10, 10) for each in alphas)
    assert all(torch.allclose(each.sum(-1), torch.ones(3, 4, 10)) for each in alphas)
    torch.testing.assert_close(model(x[:, :6]), answers[:, :6])
    changed = x.clone()
    changed[:, 6:] = (x[:, 6:] + 1) % 8
    torch.testing.assert_close(model(changed)[:, :6], answers[:, :6])


def test_without_code_and_mask_the_machine_is_a_bag():
    model, x = Places("none", 8, 8, 10, causal=False, seed=2), symbol_back(10, 3, seeded(2))[0]
    torch.testing.assert_close(model(x.flip(1)), model(x).flip(1))
    assert not torch.allclose(Places("none", 8, 8, 10, seed=2)(x.flip(1)), model(x).flip(1))


def test_learned_places_end_where_training_ended():
    model = Places("learned", 8, 8, 10)
    with pytest.raises(ValueError, match="10 learned places, and the row has 11"):
        model(torch.zeros(1, 11, dtype=torch.int64))
    assert accuracy_back(2, 20)(model) is None
    with pytest.raises(ValueError, match=r"code is 'clock'.*rotary"):
        Places("clock", 8, 8, 10)


def test_losses_and_accuracies_begin_at_chance():
    model, other = Places("rotary", 8, 8, 16), Places("none", 9, 16, 16)
    assert 1.5 < loss_back(2, 16)(model, seeded(0)).item() < 3 and accuracy_back(2, 16)(model) < 0.3
    assert 2 < loss_place(16)(other, seeded(0)).item() < 4 and accuracy_place(16)(other) < 0.3


def test_what_was_measured_earlier_is_complete():
    stored = measured("09_positions")
    assert stored["settings"]["steps"] == 600
    for task in ("1 back, one layer", "2 back, one layer", "2 back, two layers"):
        table = stored["accuracy"][task]
        assert set(CODES) < set(table)
        assert all(len(values) == 3 for found in table.values() for values in found["accuracy"].values())
        assert table["learned"]["accuracy"]["32"] == [None] * 3
