"""Gradients that go back through time agree with torch's own, and the pictures of them stand."""

import numpy as np
import pytest
import torch

from utils.chapters.ch03_recurrent_networks.figures import plot_by_distance, plot_sensitivity, plot_stream
from utils.chapters.ch03_recurrent_networks.first_recall import one_hot_batch
from utils.models import memory
from utils.recurrent.gradients import clip, gradient_by_place, one_step_back
from utils.seeds import seeded


@pytest.fixture(scope="module")
def batch():
    return one_hot_batch(6, 4, seeded(0))


def test_a_gradient_by_place_is_what_autograd_says_and_leaves_no_trace(batch):
    model, (x, y) = memory.Recurrent("rnn", 8, 5, 8, seed=1), batch
    sizes = gradient_by_place(model, x, y)
    mine = x.clone().requires_grad_()
    torch.nn.functional.cross_entropy(model(mine), y, reduction="sum").backward()
    assert np.allclose(sizes, mine.grad.norm(dim=-1).mean(0), atol=1e-7)
    model.zero_grad()
    gradient_by_place(model, x, y)
    assert all(parameter.grad is None for parameter in model.parameters()) and not x.requires_grad


@pytest.mark.parametrize("change", [lambda x: x[0], lambda x: x.long()], ids=["two axes", "whole numbers"])
def test_a_gradient_by_place_refuses_what_has_none(batch, change):
    model, (x, y) = memory.Recurrent("rnn", 8, 5, 8), batch
    with pytest.raises(ValueError, match=r"x has shape .* \(B, T, d_in\), floating"):
        gradient_by_place(model, change(x), y)


def test_one_step_back_is_what_autograd_says():
    rng = np.random.default_rng(0)
    W, before, d_h = rng.normal(size=(4, 4)), rng.normal(size=4), rng.normal(size=4)
    start = torch.tensor(before, requires_grad=True)
    h = torch.tanh(torch.tensor(W) @ start)
    h.backward(torch.tensor(d_h))
    assert np.allclose(one_step_back(d_h, h.detach().numpy(), W), start.grad)


def test_clip_keeps_the_direction_and_short_gradients():
    rng = np.random.default_rng(1)
    for scale in (0.01, 1, 100):
        gradient = scale * rng.normal(size=7)
        clipped = clip(gradient, 1.0)
        assert np.linalg.norm(clipped) <= 1 + 1e-12
        assert np.allclose(clipped * np.linalg.norm(gradient), gradient * np.linalg.norm(clipped))
    assert not clip(np.zeros(3), 1.0).any()
    with pytest.raises(ValueError, match="most is 0"):
        clip(np.ones(2), 0)


def test_an_orthogonal_start_replaces_one_matrix_and_nothing_else():
    plain, turned = (memory.Recurrent("rnn", 8, 6, 8, start=s, seed=3) for s in (None, memory.start_orthogonal))
    W = turned.machine.weight_hh_l0.detach()
    assert torch.allclose(W @ W.T, torch.eye(6), atol=1e-5)
    for name, parameter in plain.named_parameters():
        same = torch.equal(parameter, turned.get_parameter(name))
        assert same == (name != "machine.weight_hh_l0"), name


def test_pictures_of_a_memory_have_their_words():
    lines = plot_by_distance({"a": np.full((3, 5), 0.1), "b": np.full((3, 5), 1e-20)}, floor=1e-6)
    assert [text.get_text() for text in lines.get_legend().get_texts()] == ["a", "b"]
    assert lines.get_ylim()[0] == pytest.approx(1e-6)
    left = plot_sensitivity(np.tri(5) * 1e-40)
    assert "felt" in left.get_title(loc="left")
    assert plot_stream(np.arange(4), {"it": np.arange(4)}).get_xlabel() == "hour"
