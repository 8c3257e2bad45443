"""The Python half of the α view: what is packed for the browser, what is refused, what stands still."""

import base64
import json
import re
import subprocess
import sys

import numpy as np
import pytest

from utils import widgets
from utils.attention import causal_mask, softmax

HOSTILE = ["<img src=x onerror=alert(1)>", "$x^2$", "שלום", "🙂", "\"quo'te", "  ", "a\nb"]
SCORES = np.arange(12.0).reshape(3, 4) / 5


def numbers(data, name):
    return widgets.unpack(data[name])


def test_scores_travel_once_as_float32():
    data = widgets.pack(SCORES, queries="abc", values=np.ones((4, 2)), d=16, temperature=0.5, title="T")
    assert np.array_equal(numbers(data, "numbers"), SCORES.astype(np.float32).ravel())
    assert data["shape"] == [1, 3, 4] and data["width"] == 2 and data["mode"] == "none" and "mask" not in data
    assert data["queries"] == ["a", "b", "c"] and data["keys"] == ["0", "1", "2", "3"]
    assert (data["d"], data["temperature"], data["title"]) == (16.0, 0.5, "T")


def test_one_list_of_labels_serves_rows_and_columns():
    assert widgets.pack(np.eye(3), queries="abc")["keys"] == ["a", "b", "c"]
    assert widgets.pack(np.eye(3), keys="abc")["queries"] == ["a", "b", "c"]


def test_values_of_one_number_or_one_for_all_heads():
    heads = np.stack([SCORES, SCORES])
    assert widgets.pack(SCORES, values=[1, 2, 3, 4])["width"] == 1
    assert numbers(widgets.pack(heads, values=np.ones((4, 3))), "values").size == 2 * 4 * 3
    assert numbers(widgets.pack(heads, values=np.ones((2, 4, 3))), "values").size == 2 * 4 * 3


def test_initial_weights_are_those_of_the_kernel():
    expected = softmax(np.where(causal_mask(3, 4), SCORES.astype(np.float32).astype(float), -np.inf))
    assert np.allclose(widgets.alpha(SCORES, d=4, temperature=0.25).weights()[0], softmax(2 * SCORES), atol=1e-6)
    assert np.allclose(widgets.alpha(SCORES, mask="causal").weights()[0], expected)


def test_a_row_that_may_look_nowhere_weighs_nothing():
    mask = np.ones((3, 4), bool)
    mask[1] = False
    weights = widgets.alpha(SCORES, mask=mask).weights()[0]
    assert not weights[1].any() and np.allclose(weights[[0, 2]].sum(axis=-1), 1)


def test_masks_broadcast():
    data = widgets.pack(np.stack([SCORES, SCORES]), mask=[True, False, True, True])
    assert data["mode"] == "draw"
    assert np.array_equal(numbers(data, "mask").reshape(2, 3, 4)[1, 2], [1, 0, 1, 1])


def test_the_first_row_is_one_that_shows_something():
    assert widgets.pack(SCORES)["row"] == 0
    assert widgets.pack(SCORES, mask="causal")["row"] == 2  # the first sees only itself
    assert widgets.pack(SCORES, row=-1)["row"] == 2


def test_torch_tensors_come_in():
    torch = pytest.importorskip("torch")
    scores = torch.tensor(SCORES, dtype=torch.bfloat16, requires_grad=True)
    data = widgets.pack(scores, mask=torch.ones(3, 4, dtype=torch.bool), values=torch.ones(4, 2, requires_grad=True))
    assert np.allclose(numbers(data, "numbers"), SCORES.ravel(), atol=0.02)


def test_importing_widgets_loads_neither_torch_nor_matplotlib():
    code = "import sys, utils.widgets; print([m for m in ('torch', 'matplotlib') if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


BAD = [
    ({}, "either scores or weights, one of the two"),
    ({"scores": SCORES, "weights": SCORES}, "not both"),
    ({"scores": [1.0, 2.0]}, r"scores should have shape .* not \(2,\)"),
    ({"scores": np.ones((2, 2, 2, 2))}, r"scores should have shape .* not \(2, 2, 2, 2\)"),
    ({"weights": 3}, r"weights should have shape .* not \(\)"),
    ({"scores": [[1, 2], [3]]}, "scores should be a table of numbers"),
    ({"scores": [["a", "b"]]}, "scores should be a table of numbers"),
    ({"scores": SCORES * 1j}, "scores should be a table of numbers"),
    ({"scores": SCORES, "queries": "ab"}, "queries holds 2 labels, but there are 3 queries"),
    ({"scores": SCORES, "keys": "abc"}, "keys holds 3 labels, but there are 4 keys"),
    ({"scores": SCORES, "values": np.ones((3, 2))}, r"values should have shape \(4, d_v\).* not \(3, 2\)"),
    ({"scores": SCORES, "values": np.ones((4, 0))}, r"values should have shape \(4, d_v\).* not \(4, 0\)"),
    ({"scores": SCORES, "values": np.ones((2, 4, 2))}, r"values should have shape \(1, 4, d_v\)"),
    ({"scores": SCORES, "mask": "casual"}, "mask should be .causal. or a boolean table, not 'casual'"),
    ({"scores": SCORES, "mask": np.ones((3, 4), int)}, "mask should be boolean, True = may look, not int64"),
    ({"scores": SCORES, "mask": np.ones((4, 3), bool)}, r"mask of shape \(4, 3\) does not broadcast"),
    ({"scores": SCORES, "d": 0}, "d is 0: it must be a finite number, above 0"),
    ({"scores": SCORES, "temperature": -1}, "temperature is -1: it must be a finite number, above 0"),
    ({"scores": SCORES, "temperature": "warm"}, "temperature is 'warm': it must be a finite number, above 0"),
    ({"scores": SCORES, "temperature": float("nan")}, "temperature is nan: it must be a finite number, above 0"),
    ({"scores": SCORES, "row": 3}, "row is 3: it must be a whole number from -3 to 2, one of 3 queries"),
    ({"scores": SCORES, "row": "it"}, "row is 'it': it must be a whole number from -3 to 2, one of 3 queries"),
    ({"weights": SCORES, "temperature": 2.0}, "temperature changes scores: with weights leave it out"),
    ({"weights": SCORES, "d": 4}, "d changes scores: with weights leave it out"),
    ({"weights": np.ones((3, 3)), "mask": "causal"}, "weights should be zero wherever mask forbids"),
]


@pytest.mark.parametrize("arguments, message", BAD, ids=[message[:40] for _, message in BAD])
def test_arguments_that_do_not_fit_are_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        widgets.alpha(**arguments)


NOTHING_TO_SEE = [
    ([[1.0, np.nan]], r"scores hold NaN at \[0, 1\]"),
    ([[[1.0], [np.inf]]], r"scores hold inf at \[0, 1, 0\]"),
    ([[1.0, -np.inf]], "to forbid a place pass a mask"),
    ([[1e300, 0.0]], "scores hold inf"),
    ([], "nothing to look at"),
    (np.ones((0, 5)), r"nothing to look at \(0 queries, 5 keys\)"),
    (np.ones((300, 300)), "300 queries, 300 keys are too many to see"),
    (np.ones((40, 2, 2)), "40 heads, 2 queries, 2 keys are too many"),
]


@pytest.mark.parametrize("scores, sentence", NOTHING_TO_SEE, ids=[sentence[:30] for _, sentence in NOTHING_TO_SEE])
def test_data_with_nothing_to_see_becomes_a_sentence(scores, sentence):
    view = widgets.alpha(scores, title="T")
    assert re.search(sentence, view.data["problem"])
    content, _ = view._repr_mimebundle_()
    assert "image/png" not in content and view.data["problem"] in content["text/plain"]


def test_values_with_nan_become_a_sentence():
    assert "values hold NaN at [0, 2, 0]" in widgets.alpha(SCORES, values=[1, 2, np.nan, 4]).data["problem"]


def test_a_still_picture_comes_along():
    view = widgets.alpha(np.stack([SCORES] * 5), queries=["it", "sat", "up"], title="T", temperature=2.0)
    content, metadata = view._repr_mimebundle_()
    assert base64.b64decode(content["image/png"]).startswith(b"\x89PNG")
    assert content["text/plain"] == "α view: 3 queries × 4 keys, 5 heads"
    assert "application/vnd.jupyter.widget-view+json" in content
    alt = metadata["image/png"]["alt"]
    assert alt.startswith("T: a matrix of weights, 3 queries by 4 keys") and "'it' looks most at '3'" in alt


def test_the_picture_is_always_the_same():
    pictures = [widgets.alpha(SCORES)._repr_mimebundle_()[0]["image/png"] for _ in range(2)]
    assert pictures[0] == pictures[1]


def test_hostile_labels_stay_text_in_data_and_picture():
    view = widgets.alpha(np.eye(7), queries=HOSTILE, title="<b>$t$</b>")
    assert view.data["queries"] == HOSTILE and view.data["title"] == "<b>$t$</b>"
    content, _ = view._repr_mimebundle_()
    assert base64.b64decode(content["image/png"]).startswith(b"\x89PNG")


def test_a_named_view_is_ready_for_json():
    view = widgets.alpha(SCORES, mask="causal", values=[1, 2, 3, 4], name="trial")
    kept = json.loads(json.dumps(widgets.REGISTERED.pop("trial")))
    assert kept["shape"] == [1, 3, 4] and np.allclose(kept["numbers"], SCORES.ravel())
    assert kept.keys() == view.data.keys()


def test_new_data_can_replace_the_old():
    view = widgets.alpha(SCORES)
    view.data = widgets.pack(np.eye(2))
    assert repr(view) == "α view: 2 queries × 2 keys"
