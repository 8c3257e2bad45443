"""What chapter 07 stands on: its words, its task, its pictures, and the masks one can choose in the α view."""

import json

import numpy as np
import pytest
import torch

from utils import plots, widgets
from utils.attention import causal_mask, prefix_mask
from utils.chapters.ch07_query_key_value import self_attention, sentences
from utils.chapters.ch07_query_key_value.colours import COLOURS, VOCABULARY, two_colours

SCORES = np.arange(9.0).reshape(3, 3)


def test_an_unknown_word_is_zeros_and_a_sentence_may_be_a_list():
    assert not sentences.embed(["zyx"]).any()
    np.testing.assert_array_equal(sentences.embed("The red bird"), sentences.embed(["the", "red", "bird"]))
    assert sentences.embed("").shape == (0, 5)


def test_the_hand_made_head_does_what_it_is_said_to_do():
    x = sentences.embed("the red bird chased the blue bird")
    _, weights = self_attention.self_attention(x, *sentences.tables())
    assert weights[1].argmax() == 5 and weights[5].argmax() == 1
    np.testing.assert_allclose(weights[0], 1 / 7)
    np.testing.assert_allclose(weights[2, [1, 5]].sum(), 0.965, atol=0.001)


@pytest.mark.parametrize("seed", range(5))
def test_with_one_table_two_words_never_prefer_each_other(seed):
    rng = np.random.default_rng(seed)
    x, W = rng.normal(size=(6, 4)), rng.normal(size=(4, 3))
    most = self_attention.self_attention(x, W, W, np.eye(4))[1].argmax(axis=1)
    assert all(most[most[i]] != i or most[i] == i for i in range(6))


def test_two_different_colours_stand_where_the_task_says():
    words, places = two_colours(2000, torch.Generator().manual_seed(0), n=5)
    colours = words.gather(1, places)
    assert (colours < COLOURS).all() and (colours[:, 0] != colours[:, 1]).all() and (places[:, 0] != places[:, 1]).all()
    assert ((words < COLOURS).sum(1) == 2).all() and words.max() == len(VOCABULARY) - 1
    assert all(400 / 1.3 < count < 400 * 1.3 for count in torch.bincount(places[:, 0], minlength=5))


def test_misuse_of_the_task_is_named():
    for call, says in (
        (lambda g: two_colours(0, g), "batch is 0"),
        (lambda g: two_colours(3, g, n=1), "n is 1"),
        (lambda g: two_colours(3, None), "generator must be"),
    ):
        with pytest.raises(ValueError, match=says):
            call(torch.Generator())


def test_several_alphas_stand_side_by_side():
    masks = [None, causal_mask(3)]
    axes = plots.plot_alphas([np.eye(3), np.eye(3)], ["a", "b"], list("xyz"), masks=masks)
    assert len(axes.figure.axes) == 2 and axes.get_title(loc="left") == "a"


def test_presets_travel_with_the_view_and_into_json():
    view = widgets.alpha(SCORES, presets={"prefix": prefix_mask(3, 2)}, name="presets")
    [[name, mask]] = view.data["presets"]
    assert name == "prefix" and widgets.unpack(mask).tolist() == prefix_mask(3, 2).ravel().tolist()
    assert json.loads(json.dumps(widgets.REGISTERED.pop("presets")))["presets"][0][0] == "prefix"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"scores": SCORES, "presets": {"p": np.eye(3)}}, "mask should be boolean"),
        ({"scores": SCORES, "presets": {"p": np.ones((4, 4), bool)}}, "does not broadcast"),
        ({"scores": SCORES, "presets": {"p": "causal"}}, "'p' should be a boolean table"),
        ({"weights": np.eye(3), "presets": {"p": causal_mask(3)}}, "with weights leave them out"),
    ],
)
def test_a_preset_that_is_no_mask_is_refused(options, says):
    with pytest.raises(ValueError, match=says):
        widgets.alpha(**options)


@pytest.mark.browser
def test_a_preset_is_chosen_and_drawn_on(lab):
    page = lab.run(
        [
            "import numpy as np; from utils import widgets",
            "widgets.alpha(np.zeros((3, 3)), presets={'packed': np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1]]) == 1})",
        ]
    )
    view = page.locator(".alpha-view").first
    view.wait_for()
    weights = "e => e.alphaWeights().map(w => Math.round(100 * w))"
    view.get_by_text("packed", exact=True).click()
    page.wait_for_timeout(150)
    assert view.evaluate(weights) == [50, 50, 0, 50, 50, 0, 0, 0, 100]
    view.get_by_text("draw", exact=True).click()
    view.locator(".cell").nth(2).click()
    page.wait_for_timeout(150)
    assert view.evaluate(weights)[:3] == [33, 33, 33]
    view.get_by_text("packed", exact=True).click()
    page.wait_for_timeout(150)
    assert view.evaluate(weights)[:3] == [50, 50, 0]  # the preset itself was not drawn on
    assert page.problems == []
