"""The clinic: what learners find is what the checks take for untouched, and every number has its source."""

import numpy as np
import pytest

from utils.chapters.ch16_the_clinic import broken, check as chapter_16, claims, model_cards, ward
from utils.chapters.ch16_the_clinic.figures import plot_faults, plot_masks, plot_patient
from utils.checks import framework
from utils.recipes import measured
from utils.tools.build import for_learner, notebook, read
from utils.tools.home import ROOT

SOURCE = ROOT / "chapters" / "source" / "16_the_clinic.py"
NUMBERS = [number for number in framework.EXERCISES if number.startswith("16.")]


@pytest.fixture(scope="module")
def found():
    """The functions of the chapter, as a learner finds them."""
    space = {}
    exec("import numpy as np\nfrom utils import attention as course", space)
    exec("from torch.nn.functional import scaled_dot_product_attention as fused", space)
    for cell in notebook(read(SOURCE), for_learner).cells:
        if cell.id.startswith("ex-") and cell.cell_type == "code" and not cell.id.endswith("-check"):
            exec(cell.source, space)
    return space


@pytest.fixture(autouse=True)
def learning(monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    monkeypatch.delenv("COURSE_STRICT", raising=False)


@pytest.mark.parametrize("number", NUMBERS)
def test_what_a_learner_finds_is_not_attempted(number, found):
    check = framework.EXERCISES[number]
    report = check(found[check.__name__])
    assert (report.state, report.message) == ("open", "not attempted yet: this is the code as you found it")


def test_a_comment_is_no_attempt_and_any_change_is_one():
    space = {"course": broken.course, "np": np}
    lines = "# looked at", "{0} = course.softmax(q @ k.T / q.shape[-1] ** 0.5)", "return {0}.T @ v"
    body = "\n    ".join(["def average(q, k, v):", *lines])
    exec(body.format("weights"), space)
    assert chapter_16.average(space["average"]).state == "open"
    exec(body.format("w"), space)
    assert chapter_16.average(space["average"]).state == "failed"


def test_the_courses_own_broken_code_is_no_answer():
    assert "course's own version" in chapter_16.average(broken.average).message


@pytest.mark.parametrize("name", [*ward.WHOLE, *ward.STEPS])
def test_every_patient_is_diagnosed(name):
    assert ward.examine(name).findings


EXPECTED = {
    "average": "turned weights",
    "share_out": "softmax over queries",
    "weigh_allowed": "clamped mask",
    "average_allowed": "mask after softmax",
    "weigh": "overflow",
    "look_back": "leaks the future",
    "newest": "cache",
    "step": "cache",
    "score": "scale",
}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_diagnosis_is_the_fault(name):
    assert EXPECTED[name] in ward.examine(name).names()


def test_a_mended_part_is_examined():
    assert ward.examine("score", lambda q, k: q @ k.mT / q.shape[-1] ** 0.5).findings == []


@pytest.mark.parametrize("claim", claims.MEASURES)
def test_every_claim_is_measured(claim):
    assert any(letter.isdigit() for letter in claims.measure(claim))
    assert claims.measure(claim) == claims.measure(claim)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: claims.measure("C19"), "claim is 'C19'"),
        (lambda: ward.examine("nobody"), "name is 'nobody'"),
        (lambda: ward.look("none", 1.0), "fault is 'none'"),
        (lambda: model_cards.cache_bytes(model_cards.MISTRAL, -1), "tokens is -1"),
        (lambda: model_cards.cache_bytes(model_cards.MISTRAL, 1.5), r"tokens is 1\.5"),
    ],
)
def test_what_makes_no_sense_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_a_cache_grows_with_the_full_layers_only():
    card = model_cards.GPT_OSS
    grown = model_cards.cache_bytes(card, 10_001) - model_cards.cache_bytes(card, 10_000)
    assert grown == 2 * card.kv_heads * card.d_head * 2 * (card.layers - card.windowed)
    assert model_cards.cache_bytes(model_cards.MISTRAL, 5000) == model_cards.cache_bytes(model_cards.MISTRAL, 4096)


def test_a_card_without_windows_has_one_mask():
    from dataclasses import replace

    assert list(model_cards.masks(replace(model_cards.MISTRAL, windowed=0))) == ["32 layers: all before"]


def test_the_faults_are_drawn():
    stored = measured("16_faults")
    axes = plot_faults(stored["steps"], stored["faults"])
    assert len(axes.lines) == 3 * len(stored["faults"])
    assert plot_patient(*ward.look("no maximum taken off", 2048.0), ward.WORDS).get_title(loc="left")
    assert plot_masks(model_cards.masks(model_cards.GPT_OSS)).get_ylabel() == "looks (query)"


def test_a_trainee_can_be_taught_a_fault():
    import torch

    from utils.chapters.ch16_the_clinic import trainee

    model, history = trainee.teach("clamped mask", 0, steps=2)
    assert history.done == 2 and 0 <= trainee.is_right(model, n_rows=1) <= 1
    x = trainee.rows(trainee.seeded(0), 2)
    assert bool((x[:, :8] == x[:, 8:]).all()) and len(set(x[0, :8].tolist())) == 8
    leak = trainee.Trainee("leaks the future")
    changed = x.clone()
    changed[:, 1] = (changed[:, 1] + 1) % trainee.SYMBOLS
    with torch.no_grad():
        assert not torch.allclose(leak(x)[:, 0], leak(changed)[:, 0])
        honest = trainee.Trainee("right")
        assert torch.allclose(honest(x)[:, 0], honest(changed)[:, 0])


def test_what_is_said_of_noise_and_of_the_club_was_measured():
    stored = measured("15_noise")
    place = stored["settings"]["noises"].index(0.5)
    trained = stored["trained"]["0.5"]
    reader, gru = (
        np.median([seed[place]["right"] for seed in trained[name]["tests"]]) for name in ("attention read", "GRU")
    )
    assert abs(reader - gru) < 0.02 and min(reader, gru) > 0.95 * stored["limit"][place]
    club = measured("13_karate")
    assert club["labels spread, nothing learnt"] >= max(np.median(right) for right in club["right"].values())
