"""What chapter 12 asks of a map: scores, removal, other maps with the same answer, and the models it is asked of."""

import re

import numpy as np
import pytest
import torch

from utils import recipes
from utils.chapters.ch12_reading_alpha import faithfulness, induction, reading_alpha as course, sinks, syllables
from utils.chapters.ch12_reading_alpha.figures import plot_birth
from utils.chapters.ch12_reading_alpha.induction_view import window
from utils.chapters.ch12_reading_alpha.repeats import repeated
from utils.models.layers import MultiHeadAttention
from utils.seeds import seeded
from utils.training.history import History

REFUSED = {
    "a score of a table that is not square": (lambda: course.previous_score(np.ones((2, 3))), "(2, 3)"),
    "a score of one token": (lambda: course.previous_score(np.ones((1, 1))), "T at least 2"),
    "tokens that do not fit": (lambda: course.induction_score(np.eye(3), [1, 2]), "tokens has shape (2,)"),
    "no token comes twice": (lambda: course.induction_score(np.eye(3), [1, 2, 3]), "[1, 2, 3]"),
    "another α of a matrix": (lambda: course.other_weights(np.eye(2), np.eye(2)), "weights has shape (2, 2)"),
    "another α, values missing": (lambda: course.other_weights(np.ones(3) / 3, np.eye(2)), "v (2, 2)"),
    "τ of lists of two lengths": (lambda: course.kendall([1, 2], [1, 2, 3]), "b (3,)"),
    "τ of one number": (lambda: course.kendall([1], [1]), "n at least 2"),
    "one symbol twice": (lambda: repeated(1, 2, seeded(0)), "n is 1"),
    "more symbols than there are": (lambda: repeated(20, 2, seeded(0), gap=20), "n + gap is 40"),
    "a negative gap": (lambda: repeated(3, 2, seeded(0), gap=-1), "gap is -1"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_makes_no_sense_is_refused(case):
    call, says = REFUSED[case]
    with pytest.raises(ValueError, match=re.escape(says)):
        call()


@pytest.fixture(scope="module")
def model():
    return induction.make(4, seed=1)


@pytest.fixture
def row():
    return induction.example()


def test_a_repeated_row_says_everything_twice():
    x = repeated(5, 64, seeded(0), gap=3)
    assert torch.equal(x[:, :5], x[:, 8:])
    assert all(len(set(each.tolist())) == 8 for each in x)


def test_a_head_without_weights_hands_over_nothing():
    """Zero weights, a zero part of W_o, and leaving the head out are the same."""
    layer, x = MultiHeadAttention(8, 2), torch.randn(1, 5, 8)
    silent, _ = layer(x, change=lambda weights: weights * torch.tensor([1.0, 0.0])[:, None, None])
    with torch.no_grad():
        layer.W_o.weight[:, 4:] = 0
    assert torch.allclose(layer(x)[0], silent, atol=1e-6)


def test_a_change_that_changes_nothing(model, row):
    plain, weights = model(row)
    same, again = model(row, change=lambda layer, weights: weights)
    assert torch.allclose(plain, same, atol=1e-6) and torch.equal(weights, again)


def test_a_change_with_shared_heads():
    layer, x = MultiHeadAttention(8, 4, n_kv_heads=2), torch.randn(2, 5, 8)
    assert torch.allclose(layer(x, change=lambda weights: weights)[0], layer(x)[0], atol=1e-6)


def test_only_the_heads_that_were_named_are_removed(model, row):
    _, weights = model(row, change=induction.without((1, 2)))
    gone = weights.sum((0, 3, 4)) == 0
    assert gone.tolist() == [[False] * 4, [False, False, True, False]]


def test_the_values_of_a_model_make_its_answer(model, row):
    """What all heads of a layer hand over, weighted by α, is what the layer adds."""
    h = model.token(row) + model.place[: row.shape[1]]
    found, weights = model.layers[0](model.norms[0](h), mask=torch.ones(row.shape[1], row.shape[1]).tril() > 0)
    handed = (weights[0] @ model.values(row)[0, 0]).sum(0) + model.layers[0].W_o.bias
    assert torch.allclose(handed, found[0], atol=1e-5)


def test_a_shuffled_row_holds_the_same_weights():
    weights = torch.rand(3, 6, 6).tril()
    mixed = course.shuffled(weights, seeded(0), causal=True)
    assert torch.equal(mixed.sort(-1).values, weights.sort(-1).values)
    assert not mixed.triu(1).any() and not torch.equal(mixed, weights)


@pytest.mark.parametrize("n_k, d_v", [(5, 2), (30, 8), (64, 20)])
def test_other_weights_give_the_same_answer(n_k, d_v):
    rng = np.random.default_rng(n_k)
    row, v = rng.dirichlet(np.ones(n_k)), rng.normal(size=(n_k, d_v)).astype(np.float32)
    other = course.other_weights(row, v)
    assert np.allclose(row @ v, other @ v, atol=1e-5) and np.isclose(other.sum(), 1) and other.min() >= 0
    assert other[row.argmax()] < row.max()


def test_without_room_the_row_stays():
    row, v = np.full(4, 0.25), np.random.default_rng(0).normal(size=(4, 3))
    assert np.allclose(course.other_weights(row, v), row)


def test_a_run_keeps_its_maps(row):
    model = induction.make(seed=5)
    view, follow = window(model, row)
    before = view.weights()
    run = induction.teach(model, steps=10, seed=5, row=row, watch=follow, show=False)
    assert len(run.metric("α")) == len(run.steps) == len(run.metric("right"))
    assert view.weights().shape == before.shape and not np.array_equal(view.weights(), before)
    assert np.allclose(view.weights()[0], run.metric("α")[-1][1], atol=1e-6)


def test_the_birth_is_drawn_at_any_note(row):
    looks = torch.rand(2, 23, 23).tril()
    history = History([0, 5], [3.5, 3.0], [0.0, 1.0], {"right": [0.0, 0.1], "α": [looks, looks]}, 5, 5)
    for at in (0, 1, 99):
        assert "step" in plot_birth(history, at, induction.names(row[0].tolist())).get_title(loc="left")


def test_the_shipped_sink_does_what_its_facts_say():
    found, then = sinks.measure(sinks.shipped(), size=64), recipes.measured("12_sink")["seeds_measured"][0]
    assert all(abs(found[key] - then[key]) < 0.1 * max(1, then[key]) for key in then)


def test_a_classifier_obeys_the_rows_it_is_given():
    model, (x, _) = syllables.make(), syllables.test_words()[6]
    _, weights = model(x[:5])
    assert torch.allclose(model(x[:5], rows=weights)[0], model(x[:5])[0], atol=1e-6)
    assert faithfulness.gradients(model, x[:5]).shape == faithfulness.left_out(model, x[:5]).shape == (5, 6)


def test_what_was_measured_earlier_is_all_there():
    ten = recipes.measured("12_reading")
    assert all(len(ten[name]) == 10 for name in ("one head", "four heads", "classifier"))
