"""The speller: padding changes nothing, its α is a handle, and what ships is as good as its facts say."""

import re
import zipfile

import numpy as np
import pytest
import torch

from utils import plots, recipes
from utils.chapters.ch06_alignments import alignments, date_reader, dates, edit_distances, spelling
from utils.chapters.ch06_alignments.figures import plot_moved, plot_said
from utils.data import pronunciations as data
from utils.data.symbols import PAD, STOP, Pairs, Symbols, padded
from utils.models.layers import AdditiveAttention
from utils.widgets import Text

SHIPPED = sorted(f"06_{path.stem}" for path in recipes.place("06_x").parent.glob("*.npz"))
ODD = ["", "   ", "Zoë", "r2d2", "🙂", "x" * 60, "anna maria", "жанна", "中文", "it's", "\x00", "$x^2$", "<b>"]


@pytest.fixture(scope="module")
def model():
    return spelling.shipped("attention_long")


@pytest.fixture(params=[True, False], ids=["attention", "bottleneck"])
def small(request):
    return spelling.new_speller(hidden=8, embed=4, attention=request.param).eval()


def test_padding_changes_no_output(small):
    words, said = ["knight", "a", "phone"], torch.full((3, 4), 5)
    x = padded([spelling.LETTERS.encode(word) for word in words])
    together = small(x, said)
    for i, word in enumerate(words):
        assert torch.allclose(small(x[i : i + 1, : len(word)], said[i : i + 1])[0], together[i], atol=1e-6)


def test_padding_changes_no_word_and_no_weight(model):
    words = ["knight", "a", "attentions", "phone"]
    for alone, beside in zip(
        (spelling.pronounce(model, word) for word in words), spelling.pronounce_all(model, words), strict=True
    ):
        assert alone.phonemes == beside.phonemes
        assert np.allclose(alone.weights, beside.weights, atol=1e-5)


def test_padding_gets_no_weight(model):
    _, weights = model.say(padded([spelling.LETTERS.encode(word) for word in ("knight", "of")]))
    assert torch.allclose(weights.sum(-1), torch.ones(weights.shape[:2])) and not weights[1, :, 2:].any()


def test_both_machines_have_the_same_number_of_weights():
    counts = [sum(p.numel() for p in spelling.new_speller(attention=kind).parameters()) for kind in (True, False)]
    assert abs(counts[0] / counts[1] - 1) < 0.002


def test_the_layer_says_what_the_loop_says():
    layer, q, h = AdditiveAttention(3, 4, 5), torch.randn(1, 2, 3), torch.randn(1, 6, 4)
    out, weights = layer(q, h, torch.arange(6)[None, None] < 5)
    W_q, W_k, v = (part.weight.detach().numpy() for part in (layer.query, layer.key, layer.score))
    for i in range(2):
        shifted = np.vstack([W_k.T, np.zeros((0, 5))])
        query = np.append(q[0, i].numpy(), 1.0)
        with_bias = np.column_stack([W_q, layer.query.bias.detach().numpy()])
        fetched, alpha = alignments.look(query, h[0].numpy(), with_bias, shifted.T, v[0], np.arange(6) < 5)
        assert np.allclose(out[0, i].detach(), fetched, atol=1e-5) and np.allclose(
            weights[0, i].detach(), alpha, atol=1e-6
        )


def test_one_call_of_the_decoder_equals_step_by_step(small):
    x, said = padded([[5, 9, 4]]), torch.tensor([[1, 7, 8, 3]])
    h, summary = small.encode(x)
    state, parts = summary[None], []
    for t in range(4):
        scores, state, _ = small.step(said[:, t : t + 1], state, h, summary)
        parts.append(scores)
    assert torch.allclose(torch.cat(parts, 1), small(x, said), atol=1e-6)


def test_a_moved_row_is_used_and_kept(model):
    before = spelling.pronounce(model, "knight")
    after = spelling.pronounce(model, "knight", {0: [1, 0, 0, 0, 0, 0]})
    assert (str(before), str(after)) == ("N AY T", "K N AY T")
    assert after.weights[0].tolist() == [1, 0, 0, 0, 0, 0]
    same = spelling.pronounce(model, "knight", {2: before.weights[2]})
    assert same.phonemes == before.phonemes


@pytest.mark.parametrize("text", ODD)
def test_what_is_no_word_gets_a_friendly_sentence(text):
    said, sentence = spelling.answer(None, text)
    assert said is None and len(sentence) > 20 and sentence.endswith(".")
    assert plots.png(plot_said(said)) and plots.png(plot_moved(said, said))


def test_a_word_longer_than_any_seen_is_answered_with_a_warning(model):
    said, sentence = spelling.answer(model, "pronunciation")
    assert said.phonemes and "never saw" in sentence
    assert "never" not in spelling.answer(model, " Knight ")[1]


@pytest.mark.parametrize("word, rows", [("", None), ("é", None), ("knight", {0: [1, 0]})])
def test_a_word_or_a_row_that_does_not_fit_is_refused(model, word, rows):
    with pytest.raises(ValueError, match=r"word is|a row has shape"):
        spelling.pronounce(model, word, rows)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_model_is_small_has_no_pickle_and_its_facts(name):
    path = recipes.place(name, ".npz")
    assert path.stat().st_size <= 2_000_000
    with zipfile.ZipFile(path) as archive:
        assert all(entry.endswith(".npy") for entry in archive.namelist())
    with np.load(path, allow_pickle=False) as arrays:
        assert all(arrays[key].dtype == np.float16 for key in arrays.files)
    known = recipes.measured(name)
    assert known["steps"] > 0 and known["provenance"]["cpu_seconds"] > 0 and known["provenance"]["seeds"]


@pytest.mark.parametrize("name", [name.removeprefix("06_speller_") for name in SHIPPED if "speller" in name])
def test_a_shipped_speller_is_as_good_as_its_facts_say(name):
    rates, known = spelling.measure(spelling.shipped(name), spelling.held_out_words()[::12]), spelling.facts(name)
    assert abs(rates["phonemes"] - known["held_out"]["phonemes"]) < 1.5
    assert abs(rates["words"] - known["held_out"]["words"]) < 5


def test_the_goals_are_reached():
    short, narrow, long = (
        spelling.facts(name)["held_out"] for name in ("attention_short", "bottleneck_short", "attention_long")
    )
    assert short["phonemes"] <= 11.5 and narrow["phonemes"] - short["phonemes"] >= 4
    assert long["phonemes"] <= 7.5 and long["words"] <= 29


@pytest.mark.parametrize("kind", ["attention", "bottleneck"])
def test_a_shipped_reader_of_dates_is_as_good_as_its_facts_say(kind):
    wrong = date_reader.wrong_dates(date_reader.shipped(kind), 400)
    assert abs(wrong - recipes.measured(f"06_dates_{kind}")["wrong_percent"]) < 6


def test_no_date_for_testing_is_ever_learnt_from():
    rng = np.random.default_rng(0)
    learnt, tested = (set(dates.written_dates(3000, rng, held_out=kind)[1]) for kind in (False, True))
    assert not learnt & tested
    assert all(set(form) <= set(dates.WRITTEN) for form in dates.forms(dates.date(2049, 9, 23)))
    with pytest.raises(ValueError, match="rng is 3"):
        dates.written_dates(1, 3)


def test_words_are_split_by_their_letters_alone():
    trained, tested = {word for word, _ in data.training_pairs()}, set(data.held_out_words())
    assert not trained & tested and len(trained) + len(tested) == len(data.pronunciations()) == 106_534
    assert abs(len(tested) / 106_534 - 0.1) < 0.002
    assert all(2 <= len(word) <= 10 for word in data.pronunciations())
    assert {p for said in data.pronunciations().values() for one in said for p in one.split()} == set(data.PHONEMES)
    notice = (data.HERE / "NOTICE").read_text(encoding="utf-8")
    assert "Carnegie Mellon University" in notice and "Redistributions in binary form" in notice


def test_pairs_lose_nothing_and_need_no_padding():
    letters = Symbols("abc")
    pairs = Pairs(["ab", "c", "ba"], ["a", "bb", "c"], letters, letters)
    some = torch.Generator().manual_seed(0)
    batches = pairs.rounds(2, some)
    rows = [tuple(x.tolist()) for _ in range(2) for x in next(batches)[0]]
    assert sorted(rows) == [(3, 4), (4, 3), (5,)]
    x, y = pairs.draw(4, some)
    assert len(x) == len(y) == 4 and (x != PAD).all() and (y[:, -1] == STOP).all()
    with pytest.raises(ValueError, match="'d' is none of the 3 symbols"):
        letters.encode("ad")


def test_the_distance_knows_insertions_at_both_ends():
    assert [
        edit_distances.edit_distance(a, b) for a, b in (("", "abc"), ("bc", "abc"), ("abx", "ab"), ("ab", "ba"))
    ] == [
        3,
        1,
        1,
        2,
    ]
    assert edit_distances.error_rates(["ab", "x"], [["ab", "abc"], ["y"]]) == {
        "phonemes": pytest.approx(100 / 3),
        "words": 50,
    }


def test_a_text_control_takes_anything_and_keeps_it_short():
    text = Text("knight", longest=8)
    assert text.spec() == {"kind": "text", "longest": 8} and text.from_browser("α" * 99, None) == "α" * 8
    with pytest.raises(ValueError, match=re.escape("a text control starts with some text, not 3")):
        Text(3)
