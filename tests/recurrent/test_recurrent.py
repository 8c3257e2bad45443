"""RNN, GRU and LSTM against torch's own layers; the way back by hand against autograd; the α they imply; their starts.

All properties are checked in float64 on random sizes, weights, initial states and lengths.
"""

import math
import re
import subprocess
import sys
from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from utils.attention.masks import padding_mask
from utils.recurrent import (
    bias_to_half_life,
    chrono,
    default_weights,
    from_torch,
    gru,
    gru_step,
    half_life_to_bias,
    lstm,
    lstm_step,
    named_weights,
    orthogonal,
    rnn,
    rnn_backward,
    rnn_step,
    scale_to_radius,
    spectral_radius,
    to_torch,
    with_forget_bias,
)
from utils.recurrent.implied import ema_weights, gru_weights, lstm_weights, rnn_sensitivity, sensitivity, weighted_sum
from utils.tools.home import ROOT

SETTINGS = settings(max_examples=25, deadline=None, derandomize=True, database=None)
MODULES = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
BLOCKS = {"rnn": 1, "gru": 3, "lstm": 4}
CLOSE = {"rtol": 1e-9, "atol": 1e-10}
each_machine = pytest.mark.parametrize("machine", MODULES)
each_activation = pytest.mark.parametrize("activation", ["tanh", "linear"])


def run(machine, x, weights, h0=None, c0=None, *, mask=None):
    """The states of any machine; c0 is for the LSTM."""
    if machine == "lstm":
        return lstm(x, weights, h0, c0, mask=mask)[0]
    return gru(x, weights, h0, mask=mask)[0] if machine == "gru" else rnn(x, weights, h0, mask=mask)


def problem(seed, machine="lstm", *, B=2, T=5, d_in=3, d_hidden=4, bias=True, spread=1.0):
    """Return x, weights, and two initial states, all NumPy."""
    rng = np.random.default_rng(seed)
    weights = default_weights(machine, d_in, d_hidden, rng=rng, bias=bias)
    weights = {name: spread * w for name, w in weights.items()}
    return rng.normal(size=(B, T, d_in)), weights, rng.normal(size=(B, d_hidden)), rng.normal(size=(B, d_hidden))


def tensors(*arrays, grad=False):
    return [torch.from_numpy(array.copy()).requires_grad_(grad) for array in arrays]


def as_tensors(weights, grad=False):
    return {name: torch.from_numpy(w.copy()).requires_grad_(grad) for name, w in weights.items()}


@st.composite
def problems(draw, machine):
    sizes = {"B": (1, 3), "T": (1, 6), "d_in": (1, 4), "d_hidden": (1, 5)}
    sizes = {name: draw(st.integers(*ends)) for name, ends in sizes.items()}
    options = {"bias": draw(st.booleans()), "spread": draw(st.sampled_from([0.3, 1.0, 3.0]))}
    return problem(draw(st.integers(0, 2**32 - 1)), machine, **sizes, **options)


any_machine = st.sampled_from([*MODULES]).flatmap(lambda name: st.tuples(st.just(name), problems(name)))


# --- equal to torch's own layers --------------------------------------------------------------------------------------


def layer_of(machine, weights):
    d_in, d_hidden = weights["weight_ih_l0"].shape[1], weights["weight_hh_l0"].shape[1]
    module = MODULES[machine](d_in, d_hidden, bias="bias_ih_l0" in weights, batch_first=True, dtype=torch.float64)
    return to_torch(weights, module)


def initial(machine, h0, c0):
    """The initial states as torch's layers want them."""
    h0, c0 = (state[None] for state in tensors(h0, c0))
    return (h0, c0) if machine == "lstm" else h0


@SETTINGS
@given(any_machine, st.booleans())
def test_states_equal_torch_in_both_libraries(case, zeros):
    machine, (x, weights, h0, c0) = case
    start = None if zeros else initial(machine, h0, c0)
    expected, last = layer_of(machine, weights)(torch.from_numpy(x), start)
    states = () if zeros else (h0, c0)
    ours = run(machine, x, weights, *states)
    assert isinstance(ours, np.ndarray) and ours.dtype == np.float64
    np.testing.assert_allclose(ours, expected.detach(), **CLOSE)
    in_torch = run(machine, torch.from_numpy(x), as_tensors(weights), *tensors(*states))
    torch.testing.assert_close(in_torch, expected.detach(), **CLOSE)
    if machine == "lstm":
        np.testing.assert_allclose(lstm(x, weights, *states)[1][:, -1], last[1][0].detach(), **CLOSE)


@SETTINGS
@given(any_machine, st.data())
def test_lengths_equal_torchs_packed_sequences(case, data):
    machine, (x, weights, h0, c0) = case
    lengths = data.draw(st.lists(st.integers(1, x.shape[1]), min_size=len(x), max_size=len(x)))
    packed = pack_padded_sequence(torch.from_numpy(x), lengths, batch_first=True, enforce_sorted=False)
    out, last = layer_of(machine, weights)(packed, initial(machine, h0, c0))
    out, _ = pad_packed_sequence(out, batch_first=True, total_length=x.shape[1])
    mask = padding_mask(lengths, x.shape[1])[:, 0]
    ours = run(machine, x, weights, h0, c0, mask=mask)
    np.testing.assert_allclose(np.where(mask[..., None], ours, 0), out.detach(), **CLOSE)
    last = last if machine != "lstm" else last[0]
    np.testing.assert_allclose(ours[:, -1], last[0].detach(), **CLOSE)  # carried past the padding


@SETTINGS
@given(any_machine)
def test_gradients_equal_torchs(case):
    machine, (x, weights, h0, c0) = case
    layer, theirs = layer_of(machine, weights), torch.from_numpy(x.copy()).requires_grad_()
    (layer(theirs, initial(machine, h0, c0))[0] ** 2).sum().backward()
    leaves, (ours, *states) = as_tensors(weights, grad=True), tensors(x, h0, c0, grad=True)
    (run(machine, ours, leaves, *states) ** 2).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad, **CLOSE)
    for name, parameter in layer.named_parameters():
        torch.testing.assert_close(leaves[name].grad, parameter.grad, **CLOSE)


@each_machine
def test_a_step_at_a_time_equals_the_whole(machine):
    x, weights, h0, c0 = problem(0, machine)
    whole = lstm(x, weights, h0, c0) if machine == "lstm" else None
    h, c = h0, c0
    for t in range(x.shape[1]):
        if machine == "lstm":
            h, c, gates = lstm_step(x[:, t], h, c, weights)
            np.testing.assert_allclose(c, whole[1][:, t], **CLOSE)
            np.testing.assert_allclose(gates.o, whole[2].o[:, t], **CLOSE)
        else:
            h = gru_step(x[:, t], h, weights)[0] if machine == "gru" else rnn_step(x[:, t], h, weights)
        np.testing.assert_allclose(h, run(machine, x, weights, h0, c0)[:, t], **CLOSE)


@each_machine
def test_a_sequence_in_two_halves_equals_the_whole(machine):
    x, weights, h0, c0 = problem(1, machine, T=7)
    whole = run(machine, x, weights, h0, c0)
    cell = lstm(x[:, :3], weights, h0, c0)[1][:, -1] if machine == "lstm" else None
    np.testing.assert_allclose(run(machine, x[:, 3:], weights, whole[:, 2], cell), whole[:, 3:], **CLOSE)


@each_machine
def test_any_leading_axes_will_do(machine):
    x, weights, h0, c0 = problem(2, machine, B=6)
    whole = run(machine, x, weights, h0, c0)
    np.testing.assert_allclose(run(machine, x[0], weights, h0[0], c0[0]), whole[0], **CLOSE)
    folded = (array.reshape(2, 3, *array.shape[1:]) for array in (x, h0, c0))
    np.testing.assert_allclose(run(machine, next(folded), weights, *folded), whole.reshape(2, 3, 5, 4), **CLOSE)


@each_machine
def test_nothing_that_goes_in_is_changed_and_types_are_kept(machine):
    for dtype in (np.float16, np.float32, np.float64):
        x, weights, h0, c0 = problem(3, machine)
        x, h0, c0 = (array.astype(dtype) for array in (x, h0, c0))
        weights = {name: w.astype(dtype) for name, w in weights.items()}
        mask = padding_mask([2, 5], 5)[:, 0]
        before = [array.copy() for array in (x, h0, c0, mask, *weights.values())]
        assert run(machine, x, weights, h0, c0, mask=mask).dtype == dtype
        for old, now in zip(before, (x, h0, c0, mask, *weights.values()), strict=True):
            np.testing.assert_array_equal(old, now)


@SETTINGS
@given(problems("gru"))
def test_the_two_gru_conventions(case):
    """The first published one, written out; they agree where r has no say, and else they do not."""
    x, weights, h, _ = case
    W, U = (np.split(weights[f"weight_{side}_l0"], 3) for side in ("ih", "hh"))
    b, d = (np.split(weights.get(f"bias_{side}_l0", np.zeros(3 * h.shape[1])), 3) for side in ("ih", "hh"))
    states, _ = gru(x, weights, h, reset="before")
    for t in range(x.shape[1]):
        r, z = (1 / (1 + np.exp(-(x[:, t] @ W[k].T + b[k] + h @ U[k].T + d[k]))) for k in range(2))
        n = np.tanh(x[:, t] @ W[2].T + b[2] + (r * h) @ U[2].T + d[2])
        h = z * h + (1 - z) * n
        np.testing.assert_allclose(states[:, t], h, **CLOSE)


def test_the_two_gru_conventions_differ_unless_reset_is_wide_open():
    x, weights, h0, _ = problem(0, "gru")
    assert not np.allclose(gru(x, weights, h0)[0], gru(x, weights, h0, reset="before")[0], atol=1e-3)
    weights["bias_ih_l0"][:4] = 50  # r = 1
    np.testing.assert_allclose(gru(x, weights, h0)[0], gru(x, weights, h0, reset="before")[0], **CLOSE)


def test_weights_travel_to_torch_and_back():
    for machine, make in MODULES.items():
        module = make(3, 4)
        weights = from_torch(module)
        assert all(isinstance(w, np.ndarray) and w.dtype == np.float32 for w in weights.values())
        assert [w.shape[0] for w in weights.values()] == [4 * BLOCKS[machine]] * 4
        weights["weight_hh_l0"][:] = 7  # a copy: the module does not notice
        assert not (module.weight_hh_l0 == 7).any()
        wide = {name: w.astype(np.float64) for name, w in weights.items()}
        assert to_torch(wide, module) is module and (module.weight_hh_l0 == 7).all()
        assert module.weight_hh_l0.dtype == torch.float32 and module.weight_hh_l0.requires_grad
        parameters = dict(module.named_parameters())
        assert run(machine, torch.ones(2, 5, 3), parameters).requires_grad


# --- padding ----------------------------------------------------------------------------------------------------------


@each_machine
@pytest.mark.parametrize("filling", [0.0, 1e308, math.nan])
def test_what_stands_in_the_padding_is_never_read(machine, filling):
    x, weights, h0, c0 = problem(4, machine, B=3)
    lengths = [0, 2, 5]
    mask = padding_mask(lengths, 5)[:, 0]
    filled = np.where(mask[..., None], x, filling)
    states = run(machine, filled, weights, h0, c0, mask=mask)
    np.testing.assert_allclose(states, run(machine, x, weights, h0, c0, mask=mask), **CLOSE)
    np.testing.assert_array_equal(states[0], np.broadcast_to(h0[0], (5, 4)))  # no step at all: the start is carried
    for b, length in enumerate(lengths[1:], 1):
        alone = run(machine, x[b, :length], weights, h0[b], c0[b])
        np.testing.assert_allclose(states[b, :length], alone, **CLOSE)
        np.testing.assert_array_equal(states[b, length:], np.broadcast_to(states[b, length - 1], (5 - length, 4)))
    leaves, (ours, *start) = as_tensors(weights, grad=True), tensors(filled, h0, c0, grad=True)
    run(machine, ours, leaves, *start, mask=torch.from_numpy(mask)).sum().backward()
    assert not ours.grad[~torch.from_numpy(mask)].any()
    assert all(leaf.grad.isfinite().all() for leaf in (*leaves.values(), ours))


def test_in_the_padding_the_gates_keep_all_and_write_nothing():
    mask = padding_mask([2], 5)[:, 0]
    x, weights, *_ = problem(5, "gru", B=1)
    assert (gru(x, weights, mask=mask)[1].z[:, 2:] == 1).all()
    x, weights, *_ = problem(5, "lstm", B=1)
    _, cells, gates = lstm(x, weights, mask=mask)
    assert (gates.f[:, 2:] == 1).all() and not gates.i[:, 2:].any()
    np.testing.assert_array_equal(cells[:, 2:], cells[:, [1, 1, 1]])


def test_padding_may_also_stand_in_front_or_between():
    x, weights, h0, c0 = problem(6, "lstm", B=1)
    mask = np.array([[False, True, False, True, True]])
    np.testing.assert_allclose(
        lstm(x, weights, h0, c0, mask=mask)[0][:, mask[0]], lstm(x[:, mask[0]], weights, h0, c0)[0], **CLOSE
    )


# --- the way back, by hand --------------------------------------------------------------------------------------------


@each_activation
@SETTINGS
@given(problems("rnn"), st.data())
def test_backward_equals_autograd(activation, case, data):
    x, weights, h0, _ = case
    lengths = data.draw(st.none() | st.lists(st.integers(0, x.shape[1]), min_size=len(x), max_size=len(x)))
    mask = None if lengths is None else padding_mask(lengths, x.shape[1])[:, 0]
    options = {"mask": mask, "activation": activation}
    h = rnn(x, weights, h0, **options)
    d_h = np.random.default_rng(0).normal(size=h.shape)
    ours = rnn_backward(x, weights, h, d_h, h0, **options)
    leaves, (x, h0) = as_tensors(weights, grad=True), tensors(x, h0, grad=True)
    options["mask"] = None if mask is None else torch.from_numpy(mask)
    (rnn(x, leaves, h0, **options) * torch.from_numpy(d_h)).sum().backward()
    assert {*ours} == {"x", "h0", *weights}
    for name, leaf in {"x": x, "h0": h0, **leaves}.items():
        np.testing.assert_allclose(ours[name], leaf.grad, rtol=1e-9, atol=1e-9 * max(1, leaf.grad.abs().max()))


@each_activation
def test_backward_equals_finite_differences(activation):
    x, weights, h0, _ = problem(7, "rnn", B=2, T=4, d_in=2, d_hidden=3)
    mask = padding_mask([3, 4], 4)[:, 0]
    options = {"mask": mask, "activation": activation}
    d_h = np.random.default_rng(1).normal(size=(2, 4, 3))

    def loss(**changed):
        inputs = {"x": x, "h0": h0, **weights, **changed}
        h = rnn(inputs.pop("x"), h0=inputs.pop("h0"), weights=inputs, **options)
        return (h * d_h).sum()

    gradients = rnn_backward(x, weights, rnn(x, weights, h0, **options), d_h, h0, **options)
    for name, start in {"x": x, "h0": h0, **weights}.items():
        for at in np.ndindex(start.shape):
            nudge = np.zeros(start.shape)
            nudge[at] = 1e-6
            slope = (loss(**{name: start + nudge}) - loss(**{name: start - nudge})) / 2e-6
            assert abs(slope - gradients[name][at]) < 1e-7


# --- implied α --------------------------------------------------------------------------------------------------------


@SETTINGS
@given(st.integers(1, 30), st.floats(0, 1), st.floats(-9, 9))
def test_the_ema_is_its_weights(n, keep, start):
    x = np.random.default_rng(n).normal(size=n)
    weights, h, expected = ema_weights(n, keep), start, []
    for value in x:
        h = keep * h + (1 - keep) * value
        expected.append(h)
    np.testing.assert_allclose(weights @ [start, *x], expected, atol=1e-12)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-14)
    np.testing.assert_allclose(weights[:, 0], keep ** np.arange(1, n + 1), atol=1e-14)  # the share of the start
    assert not np.triu(weights[:, 1:], 1).any()


@SETTINGS
@given(problems("gru"), st.sampled_from(["after", "before"]))
def test_a_gru_is_a_weighted_average_of_its_candidates(case, reset):
    x, weights, h0, _ = case
    h, gates = gru(x, weights, h0, reset=reset)
    alpha = gru_weights(gates.z)
    assert alpha.shape == (*h.shape[:1], h.shape[2], h.shape[1], 1 + h.shape[1])
    assert (alpha >= 0).all() and not np.triu(alpha[..., 1:], 1).any()
    np.testing.assert_allclose(alpha.sum(axis=-1), 1, atol=1e-14)
    np.testing.assert_allclose(weighted_sum(alpha, h0, gates.n), h, **CLOSE)


@SETTINGS
@given(st.lists(st.integers(0, 8), min_size=1, max_size=16))
def test_rows_of_a_gru_sum_to_exactly_one(eighths):
    """Gates of eighths: products of 16 of them have at most 48 binary digits, so nothing is rounded."""
    z = np.array(eighths)[:, None] / 8
    assert (gru_weights(z).sum(axis=-1) == 1).all()


@SETTINGS
@given(problems("lstm"))
def test_an_lstm_cell_is_a_weighted_sum_of_its_candidates(case):
    x, weights, h0, c0 = case
    _, cells, gates = lstm(x, weights, h0, c0)
    alpha = lstm_weights(gates.i, gates.f)
    np.testing.assert_allclose(weighted_sum(alpha, c0, gates.g), cells, **CLOSE)
    np.testing.assert_allclose(alpha[..., 0], np.cumprod(gates.f, axis=-2).swapaxes(-1, -2), **CLOSE)  # c_0's share
    for t in range(x.shape[1]):
        for s in range(t + 1):
            product = gates.i[:, s] * gates.f[:, s + 1 : t + 1].prod(axis=1)
            np.testing.assert_allclose(alpha[..., t, 1 + s], product, **CLOSE)


@pytest.mark.parametrize("start", [with_forget_bias, lambda w, b: chrono(w, 100, rng=np.random.default_rng(0))])
@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_an_lstm_cell_is_its_weighted_sum_in_float32(start, library):
    x, weights, h0, c0 = problem(8, "lstm", T=100, d_hidden=16)
    weights = start(weights, 3.0)
    x, h0, c0 = (array.astype(np.float32) for array in (x, h0, c0))
    weights = {name: w.astype(np.float32) for name, w in weights.items()}
    if library == "torch":
        x, h0, c0, weights = *tensors(x, h0, c0), as_tensors(weights)
    _, cells, gates = lstm(x, weights, h0, c0)
    again = weighted_sum(lstm_weights(gates.i, gates.f), c0, gates.g)
    assert again.dtype == cells.dtype == x.dtype and type(again) is type(x)
    assert abs(again - cells).max() <= 1e-6 * max(1, abs(cells).max())


def test_rows_of_an_lstm_need_not_sum_to_one_but_do_where_it_writes_what_it_does_not_keep():
    x, weights, *_ = problem(9, "lstm")
    gates = lstm(x, weights)[2]
    assert abs(lstm_weights(gates.i, gates.f).sum(axis=-1) - 1).max() > 0.05
    np.testing.assert_allclose(lstm_weights(1 - gates.f, gates.f).sum(axis=-1), 1, atol=1e-14)


def test_padding_has_no_weight_and_no_sensitivity():
    mask = padding_mask([2, 4], 4)[:, 0]
    x, weights, h0, _ = problem(10, "gru", T=4)
    _, gates = gru(x, weights, h0, mask=mask)
    alpha = gru_weights(gates.z)
    assert not alpha[0, ..., 3:].any() and alpha[1, ..., 3:].any()
    np.testing.assert_array_equal(alpha[0, :, 2:], alpha[0, :, [1, 1]].swapaxes(0, 1))
    x, weights, *_ = problem(10, "rnn", T=4)
    slope = rnn_sensitivity(x, weights, mask=mask)
    assert not slope[0, :, 2:].any() and slope[1, 3, 2:].all()
    np.testing.assert_array_equal(slope[0, 2:], slope[0, [1, 1]])


@each_activation
@pytest.mark.parametrize("norm", ["frobenius", "spectral"])
@SETTINGS
@given(problems("rnn"))
def test_sensitivity_by_hand_equals_autograd(activation, norm, case):
    x, weights, h0, _ = case
    ours = rnn_sensitivity(x, weights, h0, activation=activation, norm=norm)
    assert ours.shape == (*x.shape[:2], x.shape[1]) and not np.triu(ours, 1).any()
    (x, h0), weights = tensors(x, h0), as_tensors(weights)
    by_autograd = sensitivity(lambda x: rnn(x, weights, h0[0], activation=activation), x[0], norm=norm)
    np.testing.assert_allclose(ours[0], by_autograd, rtol=1e-8, atol=1e-12)


def test_sensitivity_of_gated_machines_equals_finite_differences():
    for machine in ("gru", "lstm"):
        x, weights, *_ = problem(11, machine, B=1, T=4, d_in=1, d_hidden=3)
        in_torch = partial(run, machine, weights=as_tensors(weights))
        ours = sensitivity(in_torch, torch.from_numpy(x[0]))
        for s in range(4):
            nudge = np.zeros_like(x)
            nudge[:, s] = 1e-6
            slope = (run(machine, x + nudge, weights) - run(machine, x - nudge, weights)) / 2e-6
            np.testing.assert_allclose(ours[:, s], np.linalg.norm(slope[0], axis=-1), atol=1e-8)


def test_sensitivity_takes_torchs_own_layers():
    layer = torch.nn.LSTM(2, 3, batch_first=True, dtype=torch.float64)
    x = torch.randn(4, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    ours = sensitivity(lambda x: lstm(x, dict(layer.named_parameters()))[0], x).detach()
    torch.testing.assert_close(sensitivity(lambda x: layer(x)[0], x).detach(), ours, **CLOSE)


def test_orthogonal_weights_hand_a_linear_gradient_on_unchanged_and_tanh_only_shrinks_it():
    rng = np.random.default_rng(0)
    x, W_ih = rng.normal(size=(60, 3)), rng.normal(size=(8, 3))
    weights = named_weights(W_ih, orthogonal(8, rng=rng))
    linear = rnn_sensitivity(x, weights, activation="linear")
    np.testing.assert_allclose(linear[np.tril_indices(60)], np.linalg.norm(W_ih), rtol=1e-12)
    bent = rnn_sensitivity(x, weights)
    assert (np.diff(bent, axis=0)[np.tril_indices(59, -1)] <= 0).all()  # further back can only be less


@pytest.mark.parametrize("radius", [0.5, 1.5])
def test_the_spectral_radius_rules_a_linear_rnn(radius):
    rng = np.random.default_rng(0)
    weights = named_weights(rng.normal(size=(8, 3)), scale_to_radius(rng.normal(size=(8, 8)), radius))
    last = rnn_sensitivity(np.zeros((200, 3)), weights, activation="linear")[-1]
    assert abs((last[0] / last[100]) ** 0.01 - radius) < 0.02


# --- starts -----------------------------------------------------------------------------------------------------------


def test_default_weights_are_drawn_as_torch_does():
    for machine, make in MODULES.items():
        weights = default_weights(machine, 5, 64, rng=np.random.default_rng(0))
        for name, parameter in make(5, 64).named_parameters():
            assert weights[name].shape == tuple(parameter.shape)
            assert abs(weights[name]).max() <= 1 / 8 and abs(weights[name].std() / parameter.std().item() - 1) < 0.2
    weights = default_weights("rnn", 5, 64, rng=np.random.default_rng(0))
    assert 0.5 < spectral_radius(weights["weight_hh_l0"]) < 0.7  # why torch's RNN forgets from the start


@SETTINGS
@given(st.integers(1, 12), st.integers(0, 1000), st.floats(0, 3))
def test_orthogonal_and_scaled(n, seed, radius):
    rng = np.random.default_rng(seed)
    Q = orthogonal(n, rng=rng)
    np.testing.assert_allclose(Q @ Q.T, np.eye(n), atol=1e-12)
    np.testing.assert_allclose(spectral_radius(Q), 1, atol=1e-12)
    np.testing.assert_allclose(spectral_radius(scale_to_radius(rng.normal(size=(n, n)), radius)), radius, atol=1e-9)


def test_orthogonal_matrices_are_drawn_without_a_preference():
    rng = np.random.default_rng(0)
    draws = np.array([orthogonal(3, rng=rng) for _ in range(4000)])
    assert abs(draws.mean(axis=0)).max() < 0.05 and abs((draws**2).mean(axis=0) - 1 / 3).max() < 0.03


@SETTINGS
@given(st.floats(1e-2, 1e12))
def test_half_life_and_bias_are_inverses(steps):
    bias = half_life_to_bias(steps)
    assert math.isclose(bias_to_half_life(bias), steps, rel_tol=1e-6)
    if 0.1 < steps < 1e4:
        keep = 1 / (1 + math.exp(-bias))
        assert math.isclose(keep**steps, 0.5, rel_tol=1e-9)


def test_half_lives_take_arrays_and_extremes():
    np.testing.assert_allclose(bias_to_half_life(half_life_to_bias([0.001, 0.1, 1, 7, 1e9])), [0.001, 0.1, 1, 7, 1e9])
    assert bias_to_half_life(1000) == math.inf and bias_to_half_life(-1000) > 0


def at_rest(machine, weights):
    """The gates after one step on nothing, from nothing: what the biases alone say."""
    nothing = np.zeros((1, weights["weight_ih_l0"].shape[1]))
    return (lstm if machine == "lstm" else gru)(nothing, weights)[-1]


@pytest.mark.parametrize("machine", ["gru", "lstm"])
def test_the_forget_bias_sets_the_keep_gate_and_nothing_else(machine):
    weights = default_weights(machine, 3, 8, rng=np.random.default_rng(0))
    start = with_forget_bias(weights, half_life_to_bias(20.0))
    before, after = at_rest(machine, weights), at_rest(machine, start)
    keep, others = {"gru": ("z", "r"), "lstm": ("f", "igo")}[machine]
    np.testing.assert_allclose(getattr(after, keep) ** 20, 0.5, rtol=1e-9)
    for gate in others:
        np.testing.assert_array_equal(getattr(after, gate), getattr(before, gate))
    module = to_torch(start, MODULES[machine](3, 8))
    total = (module.bias_ih_l0 + module.bias_hh_l0)[8:16]
    torch.testing.assert_close(total, torch.full((8,), half_life_to_bias(20.0)))
    own = with_forget_bias(weights, np.arange(8.0))["bias_ih_l0"][8:16]
    np.testing.assert_array_equal(own, np.arange(8.0))
    assert not np.array_equal(weights["bias_ih_l0"][8:16], own)  # what went in is as it was


def test_chrono_starts_with_memories_up_to_the_longest():
    rng = np.random.default_rng(0)
    gates = at_rest("lstm", chrono(default_weights("lstm", 3, 500, rng=rng), 100, rng=rng))
    np.testing.assert_allclose(gates.i + gates.f, 1, atol=1e-14)  # as in a GRU: what is written is what is not kept
    lives = gates.f / (1 - gates.f)
    assert 1 <= lives.min() < 3 and 97 < lives.max() <= 99 and abs(lives.mean() - 50) < 5
    kept = at_rest("gru", chrono(default_weights("gru", 3, 500, rng=rng), 100, rng=rng)).z
    assert kept.min() >= 0.5 and abs((kept / (1 - kept)).mean() - 50) < 5


# --- torch's other ways of calling, and what importing costs ----------------------------------------------------------


@each_machine
def test_vmap_over_sequences(machine):
    x, weights, h0, c0 = problem(12, machine)
    x, h0, c0, weights = *tensors(x, h0, c0), as_tensors(weights)
    together = torch.func.vmap(lambda x, h0, c0: run(machine, x, weights, h0, c0))(x, h0, c0)
    torch.testing.assert_close(together, run(machine, x, weights, h0, c0))


def test_saturated_gates_neither_warn_nor_round_to_zero():
    nothing = {"weight_ih_l0": np.zeros((4, 1)), "weight_hh_l0": np.zeros((4, 1))}
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        biased = {**nothing, "bias_ih_l0": np.array([-700.0, 700.0, 1.0, -40.0])}
        gates = lstm(np.ones((2, 1)), biased)[2]
    assert gates.f[0] == 1 and 0 < gates.i[0] < 1e-300
    assert math.isclose(gates.o[0, 0], math.exp(-40), rel_tol=1e-9)


def test_importing_loads_neither_torch_nor_matplotlib():
    code = "import utils.recurrent.implied, sys; print([m for m in ('torch', 'matplotlib') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- what is refused --------------------------------------------------------------------------------------------------

X, W, H0, C0 = problem(0)
_, RNN_W, _, _ = problem(0, "rnn")
NAN = np.where(np.arange(3) == 1, np.nan, X)
Z = np.full((5, 4), 0.5)


def without(name):
    return {key: w for key, w in W.items() if key != name}


REFUSED = {
    "x a list": (lambda: lstm(X.tolist(), W), "x is a list"),
    "x of whole numbers": (lambda: lstm(X.astype(int), W), "x holds int64"),
    "x with other features": (lambda: lstm(X[..., :2], W), "x has shape (2, 5, 2)", "3 features"),
    "x one step only": (lambda: lstm(X[0, 0], W), "x has shape (3,)", "(..., T, d_in)"),
    "x without steps": (lambda: lstm(X[:, :0], W), "x has shape (2, 0, 3)", "one step"),
    "x with NaN": (lambda: lstm(NAN, W), "found nan in x"),
    "x in another precision": (lambda: lstm(X.astype(np.float32), W), "one type", "x float32", "float64"),
    "x in another library": (lambda: lstm(torch.from_numpy(X), W), "x is torch", "weight_ih_l0 is NumPy"),
    "h0 without a batch": (lambda: lstm(X, W, H0[0]), "h0 has shape (4,)", "(2, 4)"),
    "h0 as torch shapes it": (lambda: lstm(X, W, H0[None]), "h0 has shape (1, 2, 4)", "(2, 4)"),
    "c0 too wide": (lambda: lstm(X, W, H0, np.ones((2, 5))), "c0 has shape (2, 5)", "(2, 4)"),
    "h0 infinite": (lambda: lstm(X, W, H0 + math.inf), "found inf in h0"),
    "weights a list": (lambda: lstm(X, [*W.values()]), "weights must be a dictionary", "list"),
    "weights incomplete": (lambda: lstm(X, without("weight_hh_l0")), "weights must", "weight_hh_l0"),
    "weights of two layers": (lambda: lstm(X, {**W, "weight_ih_l1": Z}), "weights must", "weight_ih_l1"),
    "an LSTM's weights for a GRU": (lambda: gru(X, W), "weight_ih_l0 has shape (16, 3)", "a GRU wants 3 × 4"),
    "an LSTM's weights for an RNN": (lambda: rnn(X, W), "weight_ih_l0 has shape (16, 3)", "an RNN wants 1 × 4"),
    "weights turned": (lambda: lstm(X, {**W, "weight_hh_l0": W["weight_hh_l0"].T}), "weight_ih_l0", "(4, 16)"),
    "a bias too short": (lambda: lstm(X, {**W, "bias_hh_l0": np.ones(4)}), "bias_hh_l0 has shape (4,)"),
    "weights with NaN": (lambda: lstm(X, {**W, "bias_hh_l0": W["bias_hh_l0"] * np.nan}), "found nan in bias_hh_l0"),
    "mask of lengths": (lambda: lstm(X, W, mask=np.array([2, 5])), "mask has shape (2,)", "(2, 5)", "padding_mask"),
    "mask for attention": (lambda: lstm(X, W, mask=padding_mask([2, 5], 5)), "mask has shape (2, 1, 5)", "[:, 0]"),
    "mask of whole numbers": (lambda: lstm(X, W, mask=np.ones((2, 5), int)), "mask", "int64", "boolean"),
    "mask a list": (lambda: lstm(X, W, mask=[True]), "mask is a list"),
    "activation unknown": (lambda: rnn(X, RNN_W, activation="relu"), "activation is 'relu'", "'linear'"),
    "reset unknown": (lambda: gru(X, problem(0, "gru")[1], reset="torch"), "reset is 'torch'", "'before'"),
    "a step with T": (lambda: lstm_step(X, H0, C0, W), "h has shape (2, 4)", "(2, 5, 4)"),
    "a step's x": (lambda: rnn_step(X[:, 0, :2], H0, RNN_W), "x has shape (2, 2)", "3 features"),
    "backward, h of another shape": (lambda: rnn_backward(X, RNN_W, H0, H0), "h has shape (2, 4)", "(2, 5, 4)"),
    "backward, d_h for the last only": (
        lambda: rnn_backward(X, RNN_W, rnn(X, RNN_W), H0),
        "d_h has shape (2, 4)",
        "(2, 5, 4)",
    ),
    "backward, tensors": (
        lambda: rnn_backward(torch.from_numpy(X), as_tensors(RNN_W), H0, H0),
        "x is a tensor",
        ".backward()",
    ),
    "backward, d_h a list": (lambda: rnn_backward(X, RNN_W, rnn(X, RNN_W), [1.0]), "d_h is a list"),
    "ema, no step": (lambda: ema_weights(0, 0.5), "n is 0"),
    "ema, keep too large": (lambda: ema_weights(3, 1.5), "keep is 1.5", "from 0 to 1"),
    "ema, keep a word": (lambda: ema_weights(3, "half"), "keep is 'half'"),
    "gates before the sigmoid": (lambda: gru_weights(3 * Z), "found 1.5 in z", "between 0 and 1"),
    "gates of two shapes": (lambda: lstm_weights(Z, Z[:3]), "i has shape (5, 4), f has shape (3, 4)"),
    "gates with one axis": (lambda: gru_weights(Z[0]), "z has shape (4,)", "(..., T, d_hidden)"),
    "gates with NaN": (lambda: gru_weights(Z * np.nan), "found nan in z"),
    "gates of whole numbers": (lambda: gru_weights(np.ones((2, 2), int)), "z holds int64"),
    "weighted sum, weights turned": (
        lambda: weighted_sum(gru_weights(Z).swapaxes(0, 1), Z[0], Z),
        "weights has shape (5, 4, 6)",
        "(4, 5, 6)",
    ),
    "weighted sum, start": (lambda: weighted_sum(gru_weights(Z), Z, Z), "start has shape (5, 4)", "(4,)"),
    "sensitivity, norm": (lambda: rnn_sensitivity(X, RNN_W, norm=2), "norm is 2", "'spectral'"),
    "sensitivity by hand, tensors": (
        lambda: rnn_sensitivity(torch.from_numpy(X), as_tensors(RNN_W)),
        "x is a tensor",
        "sensitivity(run, x)",
    ),
    "sensitivity, arrays": (lambda: sensitivity(lambda x: x, X[0]), "x is a ndarray", "tensor"),
    "sensitivity, a batch": (lambda: sensitivity(lambda x: x, torch.ones(2, 3, 4)), "x is a Tensor", "(2, 3, 4)"),
    "sensitivity, last state only": (lambda: sensitivity(lambda x: x[-1], torch.ones(3, 4)), "run answers", "(4,)"),
    "sensitivity, state and gates": (lambda: sensitivity(lambda x: (x, x), torch.ones(3, 4)), "2 things, not one"),
    "sensitivity, whole numbers": (lambda: sensitivity(lambda x: x, torch.ones(3, 4).long()), "x holds torch.int64"),
    "another module": (lambda: from_torch(torch.nn.Linear(2, 3)), "module is Linear", "nn.LSTM"),
    "relu": (lambda: from_torch(torch.nn.RNN(2, 3, nonlinearity="relu")), "module is RNN", "tanh"),
    "two layers": (lambda: from_torch(torch.nn.LSTM(2, 3, num_layers=2)), "one layer"),
    "two directions": (lambda: from_torch(torch.nn.GRU(2, 3, bidirectional=True)), "one direction"),
    "a projection": (lambda: from_torch(torch.nn.LSTM(2, 3, proj_size=2)), "no projection"),
    "a module of another size": (lambda: to_torch(W, torch.nn.LSTM(3, 5)), "same names and shapes", "(16, 3)"),
    "a module without biases": (lambda: to_torch(W, torch.nn.LSTM(3, 4, bias=False)), "same names", "bias_hh_l0"),
    "machine unknown": (lambda: default_weights("LSTM", 2, 3, rng=None), "machine is 'LSTM'", "'lstm'"),
    "no units": (lambda: default_weights("rnn", 2, 0, rng=None), "d_hidden is 0"),
    "orthogonal, size": (lambda: orthogonal(2.5, rng=None), "n is 2.5"),
    "radius of a vector": (lambda: spectral_radius(np.ones(3)), "W has shape (3,)", "square"),
    "radius of three gates": (lambda: spectral_radius(np.ones((6, 2))), "W has shape (6, 2)", "square"),
    "radius of a tensor": (lambda: spectral_radius(torch.eye(2)), "W is a Tensor"),
    "radius of NaN": (lambda: spectral_radius(np.eye(2) * np.nan), "W holds NaN"),
    "a radius below zero": (lambda: scale_to_radius(np.eye(2), -1), "radius is -1"),
    "nothing to scale": (lambda: scale_to_radius(np.triu(np.ones((2, 2)), 1), 1), "spectral radius 0"),
    "half-life zero": (lambda: half_life_to_bias(0), "steps is 0"),
    "half-life NaN": (lambda: half_life_to_bias([1, math.nan]), "steps is [1.0, nan]"),
    "bias infinite": (lambda: bias_to_half_life(math.inf), "bias is inf"),
    "forget bias of an RNN": (lambda: with_forget_bias(RNN_W, 1), "an LSTM wants", "weight_ih_l0 (4, 3)"),
    "forget bias without biases": (lambda: with_forget_bias(problem(0, bias=False)[1], 1), "with both biases"),
    "forget bias of tensors": (lambda: with_forget_bias(as_tensors(W), 1), "must be NumPy", "torch"),
    "forget bias of a module": (lambda: with_forget_bias(torch.nn.LSTM(3, 4), 1), "weights must", "LSTM"),
    "forget bias, three for four": (lambda: with_forget_bias(W, np.ones(3)), "bias has shape (3,)", "(4,)"),
    "chrono, too short": (lambda: chrono(W, 2, rng=np.random.default_rng(0)), "longest is 2", "above 2"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused_with_a_message_that_names_it(what):
    call, *words = REFUSED[what]
    with pytest.raises(ValueError) as refusal:
        call()
    for word in words:
        assert re.search(re.escape(word), str(refusal.value)), f"{word!r} is not in: {refusal.value}"
