"""What chapter 04 needs of its own: the smallest LSTM, its pictures, the table that was measured earlier."""

import json
import time

import numpy as np
import pytest
import torch

from utils.chapters.ch03_recurrent_networks.first_recall import accuracy_on, learn, one_hot_batch
from utils.chapters.ch04_gates.figures import plot_gates, plot_share_and_slope
from utils.chapters.ch04_gates.fixed_gates import fixed_gates
from utils.models.memory import Recurrent
from utils.recipes import measured, place
from utils.recurrent import implied, lstm, named_weights
from utils.seeds import seeded

GATES = np.array([0.9, 0.1, 0.2]), np.array([0.1, 0.9, 0.8])


def test_fixed_gates_are_an_lstm():
    x, (i, f, w, u) = np.array([1.0, -0.5, 0.3, 0.0]), (0.7, 0.9, 1.5, -2.0)
    W, U = np.array([[0.0], [0.0], [w], [0.0]]), np.array([[0.0], [0.0], [u], [0.0]])
    bias = np.array([np.log(i / (1 - i)), np.log(f / (1 - f)), 0.0, 40.0])
    _, c, _ = lstm(x[:, None], named_weights(W, U, bias, 0 * bias))
    np.testing.assert_allclose(fixed_gates(x, i=i, f=f, w=w, u=u), c[:, 0])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"i": 1.5}, "i is 1.5"),
        ({"f": -0.1}, "f is -0.1"),
        ({"w": float("inf")}, "w is inf"),
        ({"u": "far"}, "u is 'far'"),
        ({"x": [[1.0]]}, r"x has shape \(1, 1\)"),
    ],
)
def test_fixed_gates_refuse_nonsense(change, says):
    with pytest.raises(ValueError, match=says):
        fixed_gates(**({"x": [1.0], "i": 1, "f": 1, "w": 1, "u": 1} | change))


def test_the_picture_of_the_gates_shows_the_past_only_and_is_quick():
    weights = implied.lstm_weights(*(gate[:, None] for gate in GATES))[0]
    began = time.process_time()
    axes = plot_gates("abc", *GATES, np.array([0.6, 0.5, 0.4]), weights, 1)
    matrix = axes.figure.axes[1].images[0].get_array()
    assert np.isnan(matrix[2].filled(np.nan)).all() and np.allclose(matrix[:2], weights[:2])
    assert "0.50" in axes.get_title(loc="left") and time.process_time() - began < 1


def test_a_share_and_a_slope_never_share_a_scale():
    axes = plot_share_and_slope(np.eye(3), np.tri(3) + 0.1, "abc")
    left, right = (panel.images[0] for panel in axes.figure.axes[:2])
    assert left.get_clim() == (0, 1) and right.get_clim() != (0, 1) and left.cmap.name != right.cmap.name


def test_a_model_that_copies_the_first_symbol_is_right():
    x, _ = one_hot_batch(6, 9, seeded(1))
    assert x.shape == (9, 6, 8) and x.sum(-1).eq(1).all() and x.dtype == torch.float32
    assert accuracy_on(6)(lambda x: x[:, 0]) == 1.0
    assert 0 < accuracy_on(6)(lambda x: x[:, 1]) < 0.3


def test_learn_stops_at_its_goal():
    history = learn(Recurrent("rnn", 8, 16, 8), 2, steps=60, lr=1e-2, show=False)
    assert history.status in ("reached", "finished") and len(history.steps) >= 2


def test_what_was_measured_earlier_is_whole():
    table = measured("04_steps")
    assert json.loads(place("04_steps", ".json").read_text()) == table
    assert set(table) == {"provenance", "settings", "by_length"}
    for starts in table["by_length"].values():
        for each in starts.values():
            assert len(each["steps"]) == 3 and each["lr"] in table["settings"]["rates"]


def test_a_recipe_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="'05_nothing'"):
        measured("05_nothing")
