"""The machines of the race with one look and with a mean, the terms of the race, and what its recipe stored."""

import re

import numpy as np
import pytest
import torch

from utils import recipes
from utils.chapters.ch05_the_race import fairness, leaderboard, race
from utils.chapters.ch05_the_race.figures import plot_learning, plot_line_up, plot_prices, plot_standings
from utils.chapters.ch05_the_race.line_up import MACHINES, ORDER, pictures
from utils.models.memory import AttentionRead, Mean
from utils.plots import base
from utils.seeds import seeded
from utils.tools.home import ROOT

X = torch.eye(8)[torch.tensor([[3, 1, 4, 1, 5], [2, 6, 5, 3, 5]])]  # (2, 5, 8)
BACKWARDS = X[:, [3, 2, 1, 0, 4]]  # all but the last item, which asks
STORED = recipes.measured("05_race")


@pytest.mark.parametrize("kind", [AttentionRead, Mean])
@pytest.mark.parametrize("places", [None, 5])
def test_weights_are_one_row_that_sums_to_one_and_the_answer_has_a_score_each(kind, places):
    model = kind(8, 16, 3, places=places)
    weights = model.weights(X)
    assert weights.shape == (2, 1, 5) and torch.allclose(weights.sum(-1), torch.ones(2, 1))
    assert model(X).shape == (2, 3)


@pytest.mark.parametrize("kind", [AttentionRead, Mean])
def test_without_places_a_look_sees_a_heap_and_with_them_a_row(kind):
    heap, row = kind(8, 16, 3), kind(8, 16, 3, places=5)
    assert torch.allclose(heap(X), heap(BACKWARDS), atol=1e-6)
    assert not torch.allclose(row(X), row(BACKWARDS), atol=1e-6)


def test_the_read_is_a_softmax_of_scaled_scores():
    read = AttentionRead(8, 16, 3)
    h = read.item(X)
    scores = (read.query(h[:, -1]) * read.key(h).transpose(0, 1)).sum(-1).T / 4  # the root of 16
    assert torch.allclose(read.weights(X)[:, 0], scores.softmax(-1), atol=1e-6)


def test_the_mean_weighs_all_alike_whatever_it_learnt():
    mean = Mean(8, 16, 3, seed=1)
    assert torch.allclose(mean.weights(X), torch.full((2, 1, 5), 0.2))


@pytest.mark.parametrize("kind", [AttentionRead, Mean])
def test_a_seed_gives_the_same_weights_and_leaves_other_random_numbers_alone(kind):
    torch.manual_seed(0)
    before = torch.random.get_rng_state()
    one, two, other = kind(8, 16, 3, seed=4), kind(8, 16, 3, seed=4), kind(8, 16, 3, seed=5)
    assert torch.equal(one(X), two(X)) and not torch.equal(one(X), other(X))
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize("task, n", [("first symbol", 200), ("associative recall", 20)])
def test_entrants_have_equally_many_parameters_but_for_the_places(task, n):
    for name in race.ENTRANTS:
        model = race.enter(name, task, n)
        places = getattr(model, "place", None)
        size = race.count(model) - (0 if places is None else places.numel())
        assert abs(size / race.PARAMETERS - 1) < 0.04, (name, size)


def test_all_entrants_are_asked_the_same_rows():
    asked = []

    class Listening(torch.nn.Linear):
        def forward(self, x):
            asked.append(x.clone())
            return super().forward(x[:, -1])

    for name in ("RNN", "mean"):
        race.run(name, "first symbol", 4, 3, lr=0.01, steps=2, model=Listening(8, 8), show=False, fresh=True)
    half = len(asked) // 2
    assert half and all(torch.equal(one, two) for one, two in zip(asked[:half], asked[half:], strict=True))


def test_what_counts_in_a_row_are_shares():
    for name in race.ENTRANTS:
        model = race.enter(name, "associative recall", 4)
        shares = race.look(model, *race.draw("associative recall", 4, 1, seeded(0)))
        assert shares.shape == (5,) and abs(shares.sum() - 1) < 1e-5 and (shares >= 0).all()


REFUSED = {
    "a task that is not there": (lambda: race.draw("adding", 5, 2, seeded(0)), "task is 'adding'"),
    "no symbols": (lambda: race.draw("first symbol", 0, 2, seeded(0)), "n is 0"),
    "no generator": (lambda: race.draw("first symbol", 5, 2, None), "generator"),
    "an entrant that is not there": (lambda: race.enter("snail", "first symbol", 5), "name is 'snail'"),
    "the width of nobody": (lambda: race.fitting_width("snail", 8, 8), "name is 'snail'"),
    "a recipe that is not there": (lambda: recipes.measured("05_soup"), "name is '05_soup'"),
    "runs that are not there": (lambda: leaderboard.table([], "first symbol", budget=9), "budget is 9"),
    "more pairs than keys": (lambda: fairness.recall_rows(17, 2, np.random.default_rng(0)), "n is 17"),
    "no room for a unit": (lambda: fairness.fair_width(4, 8, 8, 20), "budget is 20"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case):
    call, words = REFUSED[case]
    with pytest.raises(ValueError, match=re.escape(words)):
        call()


# --- what the recipe stored ---


def test_the_stored_race_names_its_settings():
    settings = STORED["settings"]
    assert settings["goal"] == race.GOAL and settings["parameters"] == race.PARAMETERS
    assert not set(settings["test seeds"]) & {settings["validation seed"]}


def test_every_entrant_was_searched_and_tested_alike():
    settings = STORED["settings"]
    for task in race.TASKS:
        rows = leaderboard.table(STORED["runs"], task, budget=settings["steps"])
        assert set(rows) == set(race.ENTRANTS)
        assert len({tuple(row) for row in rows.values()}) == 1, "the same lengths for all"
        assert {len(seeds) for row in rows.values() for seeds in row.values()} == {len(settings["test seeds"])}
        for name, row in rows.items():
            for n in row:
                tried = rates(task, race.SEARCHED[task][n], name, [settings["validation seed"]])
                assert sorted(tried) == settings["learning rates"], (task, name)
                assert len(set(rates(task, n, name, settings["test seeds"]))) == 1 and len(tried) == 3


def rates(task, n, name, seeds):
    mine = {"task": task, "n": n, "name": name, "budget": STORED["settings"]["steps"]}
    return [run["lr"] for run in STORED["runs"] if mine.items() <= run.items() and run["seed"] in seeds]


def test_a_stored_run_stopped_at_its_goal_or_at_the_budget():
    for run in STORED["runs"]:
        assert run["reached"] == (run["accuracy"][-1] >= race.GOAL)
        assert run["reached"] or run["done"] == run["budget"]
        assert run["steps"][-1] == run["done"] and len(run["steps"]) == len(run["accuracy"])


def test_the_chapter_shows_what_is_stored():
    source = (ROOT / "chapters" / "source" / "05_the_race.py").read_text(encoding="utf-8")
    shown = ('recipes.measured("05_race")', 'stored["settings"]', 'stored["provenance"]')
    assert all(each in source for each in shown)


# --- figures ---


def test_the_line_up_has_ten_maps_and_only_the_lstm_gives_more_than_it_has():
    maps = pictures()
    assert len(MACHINES) == 10 and {weights.shape for weights in maps.values()} == {(12, 12)}
    assert [letter for letter in maps if maps[letter][-1].sum() > 1.1] == [k for k, v in ORDER.items() if v == "LSTM"]
    assert np.allclose(maps["F"][-1], 1 / 12, atol=1e-3)


def test_an_arrow_stands_for_every_length_with_a_run_that_did_not_get_there():
    table = {"RNN": {5: [20, 40, None], 10: [None, None, None]}, "LSTM": {5: [20, 20, 20], 10: [60, 60, 60]}}
    ax = plot_standings(table, budget=100)
    assert len(ax.texts) == 2
    assert "not within the budget" in ax.get_legend().get_title().get_text()


def test_the_figures_of_the_race_can_be_drawn():
    runs = leaderboard.of_seed(
        STORED["runs"], *leaderboard.shown(STORED["runs"])[0], budget=STORED["settings"]["steps"]
    )
    curves, looks = {r["name"]: (r["steps"], r["accuracy"]) for r in runs}, {r["name"]: r["look"] for r in runs}
    for ax in (
        plot_learning(curves, looks),
        plot_prices(STORED["prices"][:20]),
        plot_line_up(pictures()),
    ):
        assert len(base.png(ax)) > 5000
