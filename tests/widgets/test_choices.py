"""Predictions and quizzes without a browser: what they hold, keep, refuse, and what stays in a saved notebook."""

import json
import subprocess
import sys

import pytest

from utils.widgets import Question, predict, quiz


@pytest.fixture
def kept(tmp_path, monkeypatch):
    path = tmp_path / "progress.json"
    monkeypatch.setenv("COURSE_PROGRESS", str(path))
    return path


def a_quiz(**options):
    first = Question("Which axis?", {"rows": "Each row sums to one.", "columns": "Columns need not."}, right="rows")
    return quiz(first, Question("2 or 3?", {2: "Two, yes.", 3: "One too many."}, right=2), **options)


def test_a_committed_choice_is_kept_and_restored(kept):
    asked = predict("01-decay", "stays", "doubles")
    assert asked.chosen is None
    asked.state = 1
    assert asked.chosen == "doubles"
    assert json.loads(kept.read_text())["predictions"] == {"01-decay": "doubles"}
    assert predict("01-decay", "doubles", "stays").state == 0  # by its text, whatever its place
    assert predict("01-decay", "halves", "stays").chosen is None  # that option is gone


@pytest.mark.parametrize("junk", ["{", '{"predictions": {"k": [1]}, "exercises": {}}', '{"predictions": 3}'])
def test_a_damaged_progress_file_costs_nothing(kept, junk):
    kept.write_text(junk)
    asked = predict("k", "a", "b")
    asked.state = 0
    test = a_quiz(key="k")
    test.state = [[0], []]
    assert asked.chosen == "a" and test.score["right"] == 1


def test_the_learner_is_told_when_progress_cannot_be_written(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "missing" / "progress.json"))
    asked = predict("k", "a", "b")
    asked.state = 0
    assert "not kept" in asked.note


def test_saved_form_is_constant_and_tells_nothing(kept):
    asked = predict("k", "stays", "doubles")
    before = asked._repr_mimebundle_()[0]["text/plain"]
    asked.state = 1
    after = predict("k", "stays", "doubles")._repr_mimebundle_()[0]["text/plain"]
    assert before == after == "Predict: A stays · B doubles"
    text = a_quiz()._repr_mimebundle_()[0]["text/plain"]
    assert text == "Check yourself\n1. Which axis?\n   A rows · B columns\n2. 2 or 3?\n   A 2 · B 3"


def test_quiz_keeps_the_best_score(kept):
    test = a_quiz(key="quiz-01")
    test.state = [[1, 0], []]
    assert test.score == {"right": 1, "first_try": 0, "of": 2}
    test.state = [[1, 0], [0]]
    best = {"right": 2, "first_try": 1, "of": 2}
    assert json.loads(kept.read_text())["predictions"]["quiz-01"] == best
    again = a_quiz(key="quiz-01")
    again.state = [[0], []]
    assert json.loads(kept.read_text())["predictions"]["quiz-01"] == best


def test_quiz_data_is_all_a_plain_page_needs(kept):
    data = json.loads(json.dumps(a_quiz().data))
    assert data["kind"] == "quiz"
    assert data["questions"][1] == {
        "text": "2 or 3?",
        "options": ["2", "3"],
        "feedback": ["Two, yes.", "One too many."],
        "right": 0,
    }
    a_quiz().state = [[0], [0]]
    assert not kept.exists()  # without a key nothing is kept


@pytest.mark.parametrize(
    "wrong, says",
    [
        (lambda: predict("k", "only"), "2 to 8 options, not 1"),
        (lambda: predict("k", *"abcdefghi"), "not 9"),
        (lambda: predict("k", "same", " same"), "repeated"),
        (lambda: predict("k", "a", ""), "empty"),
        (lambda: predict("", "a", "b"), "key should be some text"),
        (lambda: predict(3, "a", "b"), "key should be some text, not 3"),
        (lambda: Question("q", {"a": "x", "b": "y"}, right="c"), "right='c' is not among the options"),
        (lambda: Question("q", {"a": "x"}, right="a"), "not 1"),
        (lambda: Question("q", {"1": "x", 1: "y"}, right="1"), "repeated"),
        (lambda: Question("q", {"a": "x", "b": " "}, right="a"), "feedback to 'b'"),
        (lambda: Question(" ", {"a": "x", "b": "y"}, right="a"), "a question should be some text"),
        (lambda: quiz(), "at least one"),
        (lambda: quiz("Why?"), "not 'Why?'"),
    ],
)
def test_misuse_is_named(wrong, says):
    with pytest.raises(ValueError) as error:
        wrong()
    assert says in str(error.value)


def test_neither_torch_nor_matplotlib_is_loaded():
    code = "import sys, utils.widgets.choices; print({'torch', 'matplotlib'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"
