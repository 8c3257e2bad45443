"""Patches, graphs and the data that chapter 13 ships."""

import importlib

import numpy as np
import pytest
import torch

from utils.chapters.ch13_images_and_graphs import graph_trials, graphs
from utils.chapters.ch13_images_and_graphs.digit_race import PatchReader, window_reader
from utils.chapters.ch13_images_and_graphs.figures import plot_patch_alpha
from utils.chapters.ch13_images_and_graphs.graph_networks import KINDS, GraphLayer, GraphReader
from utils.chapters.ch13_images_and_graphs.patches import patchify
from utils.data import digits, karate
from utils.recipes import measured
from utils.seeds import seeded
from utils.widgets import panel


def test_the_data_are_those_of_their_sources():
    images, answers = digits.load()
    assert np.bincount(answers).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert len(karate.EDGES) == len(set(karate.EDGES)) == 78 and karate.SIDES.sum() == 17
    ties = graphs.mask_from_edges(karate.EDGES, 34).sum(axis=1) - 1
    assert (ties[0], ties[33], ties[11], ties.min()) == (16, 17, 1, 1)
    images[0] = 0
    assert digits.load()[0][0].any()  # a copy each time


def test_patches_of_a_tensor_are_those_of_an_array():
    images = np.random.default_rng(0).normal(size=(2, 4, 6))
    assert np.array_equal(patchify(torch.tensor(images), 2).numpy(), patchify(images, 2))


def test_readers_take_images_as_they_are():
    assert PatchReader()(torch.zeros(3, 8, 8)).shape == window_reader()(torch.zeros(3, 8, 8)).shape == (3, 10)


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_listens_along_a_tie_that_is_not_there(kind):
    mask = torch.tensor(graphs.mask_from_edges([(0, 1), (1, 2)], 4))
    out, weights = GraphLayer(kind, 3, 5, n_heads=2)(torch.randn(6, 4, 3, generator=seeded(0)), mask)
    assert out.shape == (6, 4, 2, 5) and weights.shape == (6, 2, 4, 4)
    assert (weights[:, :, ~mask] == 0).all() and (weights[:, :, mask] > 0).all()
    assert kind == "by degree" or torch.allclose(weights.sum(-1), torch.ones(6, 2, 4))


def test_a_layer_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="kind is 'gat'"):
        GraphLayer("gat", 3, 5)


def test_a_look_of_2018_ranks_keys_alike_in_every_row():
    layer, h = GraphLayer("2018", 3, 5), torch.randn(7, 3, generator=seeded(1))
    _, weights = layer(h, torch.ones(7, 7, dtype=torch.bool))
    assert (weights[0].argsort(-1) == weights[0, 0].argsort(-1)).all()


def test_the_mended_scores_are_those_of_the_exercise():
    layer, h = GraphLayer("mended", 3, 5), torch.randn(4, 3, generator=seeded(1))
    layer.query.bias.data.zero_(), layer.key.bias.data.zero_()
    tables = [each.detach().numpy() for each in (layer.query.weight.T, layer.key.weight.T, layer.asks[0])]
    by_hand = graphs.pair_scores(h.numpy(), *tables)
    assert np.allclose(layer.scores(h, None)[0].detach().numpy(), by_hand, atol=1e-5)


def test_twins_stay_twins_in_any_graph_network():
    towns = [[(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)], [(i, (i + 1) % 6) for i in range(6)]]
    masks = [torch.tensor(graphs.mask_from_edges(edges, 6)) for edges in towns]
    for kind in KINDS:
        network = GraphReader(kind, 2, 3, seed=1)
        assert torch.allclose(*(network(torch.ones(6, 2), mask) for mask in masks), atol=1e-6)


def test_the_club_is_retold_step_by_step():
    _, history = graph_trials.club("mended", 0, steps=10, every=5, show=False)
    assert [len(values) for values in history.metrics.values()] == [3, 3, 3]
    assert history.metric("weights")[0].shape == (5, 34, 34)


def test_the_recipes_tell_what_the_chapter_reads():
    readers = measured("13_digits")["readers"]
    assert [len(splits) for splits in readers.values()] == [3] * 5
    assert {len(one["tried"]) for splits in readers.values() for one in splits} == {4}
    assert set(measured("13_karate")["right"]) == set(KINDS)
    assert importlib.import_module("utils.chapters.ch13_images_and_graphs.recipes.digits").SPLITS == (1, 2, 3)


def test_the_pictures_stand_in_a_panel():
    from utils.widgets import Cell

    def draw(patch):
        return plot_patch_alpha(np.zeros((8, 8)), np.full((4, 4), 1 / 16), patch)

    shown = panel(draw, alt="Patches.", patch=Cell(4, 4, (2, 1)))
    left, _, wide, high = shown.state["frame"]
    size = shown.data["width"], shown.data["height"]
    assert left < 0.2 and wide * size[0] == pytest.approx(high * size[1], rel=0.02)  # the grid lies on a square picture
