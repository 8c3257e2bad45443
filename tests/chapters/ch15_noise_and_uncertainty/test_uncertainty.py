"""Doubt: exact answers against slow ones, what a neural process may see, and what makes no sense."""

import numpy as np
import pytest
import torch

from utils import plots
from utils.chapters.ch15_noise_and_uncertainty import (
    calibration,
    curves,
    functions,
    noisy_lookup,
    noisy_race,
    uncertainty,
)
from utils.chapters.ch15_noise_and_uncertainty.figures import plot_bands, plot_noise, plot_promises, plot_reading
from utils.chapters.ch15_noise_and_uncertainty.neural_process import NeuralProcess
from utils.seeds import seeded


def test_the_exact_answer_is_what_conditioning_gives():
    """Against the formula for two blocks of one normal distribution, by its inverse matrix."""
    x, y = functions.draw(1, 8, seeded(0))
    places, given = x[0].double(), y[0].double()
    joint = torch.exp(-((places[:, None] - places) ** 2) / (2 * functions.LENGTH**2))
    joint += functions.NOISE**2 * torch.eye(8, dtype=torch.float64)
    precision = torch.linalg.inv(joint)[5:, 5:]  # of the last three, given the first five
    want = torch.linalg.inv(precision)
    mean, sd = functions.exact(places[:5], given[:5], places[5:])
    assert torch.allclose(sd, want.diagonal().sqrt(), atol=1e-6)
    assert torch.allclose(mean, joint[5:, :5] @ torch.linalg.solve(joint[:5, :5], given[:5]), atol=1e-6)
    assert torch.allclose(functions.exact_weights(places[:5], places[5:]) @ given[:5], mean, atol=1e-6)


def test_curves_are_drawn_as_they_say():
    _, y = functions.draw(4000, 3, seeded(1))
    assert abs(y.std() - 1) < 0.05 and abs(y.mean()) < 0.05
    assert torch.equal(functions.draw(2, 5, seeded(3))[1], functions.draw(2, 5, seeded(3))[1])


def test_the_exact_answer_keeps_its_promises_and_no_band_scores_better():
    (x, y), (asked, new) = curves.held_out(200, 6, seed=1)
    mean, sd = functions.exact(x, y, asked)
    assert abs(calibration.coverage(mean, sd, new, [1.0])[0] - 0.683) < 0.02
    score = lambda width: calibration.log_score(mean, width * sd, new).mean()  # noqa: E731
    assert score(1) < min(score(0.7), score(1.4))


@pytest.mark.parametrize("gather", ["attention", "mean"])
def test_the_order_of_the_readings_does_not_matter(gather):
    model, (x, y) = NeuralProcess(gather), functions.draw(2, 7, seeded(0))
    order = torch.randperm(7, generator=seeded(0))
    for one, other in zip(model(x, y, x), model(x[:, order], y[:, order], x), strict=True):
        assert torch.allclose(one, other, atol=1e-5)
    assert torch.allclose(model.weights(x, x).sum(-1), torch.ones(()), atol=1e-5)
    assert (model(x, y, x)[1] > 0).all()


def test_both_ways_to_gather_have_about_as_many_parameters():
    sizes = [sum(p.numel() for p in NeuralProcess(gather).parameters()) for gather in ("attention", "mean")]
    assert abs(sizes[0] / sizes[1] - 1) < 0.02


def test_weights_at_the_noise_squared_are_probabilities():
    noise = 1.5
    queries, keys, meant = noisy_lookup.draw(noise, 20_000, np.random.default_rng(5))
    at = noisy_lookup.weigh(queries, keys, noise**2)
    for low, high in ((0.2, 0.3), (0.5, 0.6), (0.8, 0.9)):
        rows, places = np.nonzero((at > low) & (at < high))
        assert abs((meant[rows] == places).mean() - at[rows, places].mean()) < 0.03


def test_far_from_all_readings_the_extra_voice_is_all_there_is():
    mean, sd = uncertainty.cautious([50.0], [0.0, 1.0], [25.0, 26.0], 0.1, 20.0, 1.5)
    assert (mean.item(), sd.item()) == (20.0, 1.5)
    assert uncertainty.surest([50.0], [0.0, 1.0], [25.0, 26.0], 0.1)[1].item() == 0


def test_what_a_machine_does_under_noise_is_told_in_shares():
    model, _ = noisy_race.teach("attention read", steps=1, show=False)
    found = noisy_race.measure(model, 0.5)
    assert set(found) == {"right", "largest weight", "at the first", "sharp and wrong"}
    assert all(0 <= share <= 1 for share in found.values())
    assert set(noisy_race.measure(noisy_race.teach("GRU", steps=1, show=False)[0], 0)) == {"right"}


def test_the_pictures_can_be_drawn():
    grid = np.linspace(-2, 2, 9)
    x, y, names = curves.in_use([(0, 1), (1, -1), (0, -3.5)], "abc")
    for model in (NeuralProcess(), curves.exact):
        mean, sd, weights = curves.guess(model, x, y, grid)
        plot_reading(grid, mean, sd, x, y, names, 0.0, weights[4], shelf=curves.SHELF, waiting=[(0, -3.5, "c")])
        assert "2 readings in use" in curves.describe(model, [(0, 1), (1, -1)], "ab", 0.0)
    assert plot_bands(grid, {"one": (grid, grid**2)}, grid, grid, ax=plots.new_axes(columns=2)[:1]).get_ylabel()
    assert plot_promises([0.5, 0.9], {"a": [0.4, 0.8]}).get_xlabel()
    assert len(plot_noise([0, 1], {"a": [1, 0.5], "b": np.ones((2, 3))}).lines) == 5


REFUSED = {
    "no functions": (lambda: functions.draw(0, 3, seeded(0)), "batch is 0"),
    "half a reading": (lambda: functions.draw(2, 2.5, seeded(0)), "n is 2.5"),
    "no generator": (lambda: functions.draw(2, 3, None), "generator"),
    "a length below zero": (lambda: functions.draw(2, 3, seeded(0), length=-1), "length is -1"),
    "noise NaN": (lambda: functions.exact([0.0], [1.0], [0.0], noise=np.nan), "noise is nan"),
    "fewer values than places": (lambda: functions.exact([0.0, 1.0], [1.0], [0.0]), "(2,)", "(1,)"),
    "another way to gather": (lambda: NeuralProcess("sum"), "gather is 'sum'"),
    "all on the shelf": (lambda: curves.in_use([(0, -4)], "a"), "shelf"),
    "values without a key": (lambda: uncertainty.weighted_variance(np.ones((2, 3)), np.ones(2)), "(2, 3)", "(2,)"),
    "no gap": (lambda: uncertainty.sure_from(0, 0.1, 0.9), "gap"),
    "a share of one": (lambda: uncertainty.sure_from(0.1, 0.1, 1), "share"),
    "no bandwidth": (lambda: uncertainty.mass([0.0], [0.0], 0), "bandwidth", "0"),
    "shapes that differ": (lambda: calibration.coverage(np.ones(2), np.ones(2), np.ones(3), [1]), "y has shape (3,)"),
    "an sd below zero": (lambda: calibration.coverage([0], [-1], [0], [1]), "sd holds -1"),
    "noise below zero": (lambda: noisy_lookup.draw(-1, 3, np.random.default_rng(0)), "noise"),
    "no temperature": (lambda: noisy_lookup.weigh(np.zeros((1, 2)), np.zeros((1, 3, 2)), 0), "temperature", "0"),
    "a place too many": (lambda: noisy_lookup.promise_and_count(np.ones((2, 3)), np.zeros(3)), "(2, 3)", "(3,)"),
    "noise below zero in the race": (lambda: noisy_race.draw(-0.5, 3, seeded(0)), "noise is -0.5"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case):
    call, *must_say = REFUSED[case]
    with pytest.raises(ValueError) as error:
        call()
    assert all(words in str(error.value) for words in must_say), error.value
