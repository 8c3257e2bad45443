"""Checks accept every right answer, meet each classic mistake with its own sentence, and survive garbage."""

import importlib
import pkgutil
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tests import mutants
from tests.garbage import endless, leaving, recursing
from utils import chapters, progress
from utils.checks import framework, limits

CHAPTERS = sorted(m.name for m in pkgutil.iter_modules(chapters.__path__) if m.ispkg)
for chapter in CHAPTERS:
    importlib.import_module(f"utils.chapters.{chapter}.check")
    importlib.import_module(f"tests.chapters.{chapter}.mutants")
EXERCISES = framework.EXERCISES


def name(case):
    words = [str(sorted(a)) if isinstance(a, set) else repr(a) for a in case[-1]]  # a set has another order every time
    return "-".join([case[0], *(getattr(a, "__name__", word[:20]) for a, word in zip(case[-1], words, strict=True))])


@pytest.fixture(autouse=True)
def no_progress(monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    monkeypatch.delenv("COURSE_STRICT", raising=False)


@pytest.mark.parametrize("case", mutants.WRONG, ids=name)
def test_a_classic_mistake_gets_its_own_sentence(case):
    number, sentence, answer = case
    report = EXERCISES[number](*answer)
    assert report.state == "failed", report
    assert sentence in report.message


@pytest.mark.parametrize("case", mutants.RIGHT, ids=name)
def test_an_unusual_right_answer_passes(case):
    number, answer = case
    report = EXERCISES[number](*answer)
    assert report.state == "passed", report


@pytest.mark.parametrize("number", sorted(EXERCISES))
def test_every_exercise_is_tried_with_enough_answers(number):
    sentences = {sentence for n, sentence, _ in mutants.WRONG if n == number}
    assert len(sentences) >= 4
    assert any(n == number for n, _ in mutants.RIGHT)


GARBAGE = {
    "None": None,
    "text": "α",
    "number": 7,
    "empty list": [],
    "ragged": [[1, 2], [3]],
    "object": object(),
    "NaN array": np.full((3, 3), np.nan),
    "wrong rank": np.zeros((2, 2, 2, 2)),
    "returns None": lambda *a, **k: None,
    "returns text": lambda *a, **k: "weights",
    "returns NaN": lambda *a, **k: np.full((3, 5), np.nan),
    "returns the input": lambda *a, **k: a[0] if a else None,
    "returns a list of None": lambda *a, **k: [None, None],
    "wrong signature": lambda: 1,
    "recursion without end": recursing,
    "exit()": leaving,
    "a class": dict,
    "complex": lambda *a, **k: 1j,
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
@pytest.mark.parametrize("number", sorted(EXERCISES))
def test_garbage_is_refused_with_a_sentence(number, garbage):
    report = EXERCISES[number](*[garbage] * arity(number))
    assert report.state == "failed", report
    assert "could not be checked" not in report.message, report
    assert len(report.message) > 20


def arity(number):
    return next(len(answer) for n, answer in mutants.RIGHT if n == number)


STUBS = [..., [...], (1, [..., 2]), {"a": ...}]


@pytest.mark.parametrize("stub", STUBS, ids=repr)
@pytest.mark.parametrize("number", sorted(EXERCISES))
def test_a_stub_is_not_attempted(number, stub):
    assert EXERCISES[number](*[stub] * arity(number)).state == "open"


def test_what_is_still_open_is_named():
    report = EXERCISES["1.6"]([0, 0, 1, 0], ..., [0.75, 0.25, 0, 0], ...)
    assert (report.state, report.message) == ("open", "not attempted yet: L, N")


def test_a_function_stub_is_not_attempted():
    def stub(*_):
        raise NotImplementedError("your turn")

    for number, check in EXERCISES.items():
        if callable(next(answer for n, answer in mutants.RIGHT if n == number)[0]):
            report = check(*[stub] * arity(number))
            assert (report.state, report.message) == ("open", "not attempted yet")


def test_the_sentences_of_one_exercise_differ():
    """Two different mistakes of one exercise never get the same sentence, unless the mutants say they are one."""
    for number in EXERCISES:
        messages = {}
        for n, sentence, answer in mutants.WRONG:
            if n == number:
                messages.setdefault(EXERCISES[number](*answer).message, set()).add(sentence)
        assert all(len(meant) == 1 for meant in messages.values()), (number, messages)


def test_no_sentence_gives_the_answer_away():
    """A hint never shows code of the solution."""
    files = [
        *Path(chapters.__file__).parent.glob("ch*/check*.py"),
        *Path(chapters.__file__).parent.glob("ch*/questions.py"),
    ]
    said = re.findall(r'"([^"\n]{30,})"', "".join(path.read_text(encoding="utf-8") for path in files))
    assert len(said) > 100
    assert not [sentence for sentence in said if re.search(r"\breturn\b.*[=(]|np\.\w+\(|keepdims=True\)", sentence)]


def swallowing(table):
    while True:
        try:
            len(str(table)) + int("x")
        except:  # noqa: E722  this is what learners write
            continue


def sleeping(*_):
    import time

    time.sleep(60)


def swallowing_once(table):
    try:
        endless()
    except BaseException:
        return next(a for n, a in mutants.RIGHT if n == "1.1")[0](table)


@pytest.mark.parametrize("answer", [endless, swallowing, sleeping, swallowing_once])
def test_an_answer_that_never_ends_is_stopped(monkeypatch, answer):
    monkeypatch.setattr(limits, "LIMIT", 0.3)
    report = EXERCISES["1.1"](answer)
    assert report.state == "failed" and "still running" in report.message
    assert EXERCISES["1.1"](next(a for n, a in mutants.RIGHT if n == "1.1")[0]).state == "passed"


def test_no_interrupt_comes_after_the_check(monkeypatch):
    """An answer that ends just when its time is up must not leave an interrupt for the next cell."""
    import time

    def lasting(seconds):
        def answer(table):
            until = time.perf_counter() + seconds
            while time.perf_counter() < until:
                pass
            return table

        return answer

    monkeypatch.setattr(limits, "LIMIT", 0.02)
    for step in range(60):
        EXERCISES["1.1"](lasting(0.019 + 0.00005 * step))
        time.sleep(0.003)


def test_nothing_an_answer_does_to_numpy_outlives_the_check():
    def meddling(table):
        np.seterr(all="raise")
        np.random.seed(0)
        return np.exp(np.full(table.shape, 1e9))

    before = np.geterr(), np.random.get_state()[1].tolist()
    EXERCISES["1.1"](meddling)
    assert (np.geterr(), np.random.get_state()[1].tolist()) == before


def test_an_open_exercise_that_another_one_calls_is_named():
    def softmax(scores):
        raise NotImplementedError("your turn")

    report = EXERCISES["2.2"](lambda scores, T: softmax(scores / T))
    assert (report.state, report.message) == ("open", "it calls softmax, which is not attempted yet")


def test_an_interrupt_is_not_a_verdict():
    def interrupted(table):
        raise KeyboardInterrupt

    assert EXERCISES["1.1"](interrupted).state == "open"


def test_the_courses_own_version_is_not_an_answer():
    from functools import partial

    from utils.attention.kernel_regression import to_weights

    for number in EXERCISES:
        if arity(number) == 1 and callable(next(answer for n, answer in mutants.RIGHT if n == number)[0]):
            for own in (to_weights, partial(to_weights)):
                report = EXERCISES[number](own)
                assert report.state == "open" and "course's own version" in report.message


def test_strict_raises_anything_but_a_pass(monkeypatch):
    monkeypatch.setenv("COURSE_STRICT", "1")
    with pytest.raises(AssertionError, match="column"):
        EXERCISES["1.1"](lambda table: table / table.sum(0))
    with pytest.raises(AssertionError, match="not attempted"):
        EXERCISES["1.1"](...)


def test_a_report_is_text_never_html():
    report = framework.Report("1.1", "<b>", "failed", "<img src=x onerror=alert(1)>")
    assert "<img" not in report._repr_html_() and "&lt;img" in report._repr_html_()
    assert repr(report).startswith("✗ 1.1")


def test_numbers_are_unique_and_ordered_by_chapter():
    assert all(re.fullmatch(r"\d+\.\d+", number) for number in EXERCISES)
    assert max(Counter(check.title for check in EXERCISES.values()).values()) == 1


class TestProgress:
    @pytest.fixture(autouse=True)
    def file(self, monkeypatch, tmp_path):
        self.path = tmp_path / "progress.json"
        monkeypatch.setenv("COURSE_PROGRESS", str(self.path))

    def solve(self):
        return EXERCISES["1.5"](next(a for n, a in mutants.RIGHT if n == "1.5")[0])

    def test_a_pass_is_kept_and_a_failure_is_not(self):
        EXERCISES["1.1"](lambda table: table)
        assert progress.done() == set()
        assert "(1 of 6 in this chapter)" in self.solve().message
        assert progress.done() == {"1.5"}

    def test_a_later_failure_takes_nothing_away(self):
        self.solve()
        EXERCISES["1.5"](lambda n: np.eye(n))
        assert progress.done() == {"1.5"}

    @pytest.mark.parametrize("damage", ["", "{", "[]", '{"exercises": 3, "predictions": {}}', "\x00\xff"])
    def test_a_damaged_file_costs_a_sentence(self, damage):
        self.path.write_text(damage, encoding="utf-8")
        report = self.solve()
        assert report.state == "passed" and "damaged" in report.message
        assert self.path.with_name("progress.json.damaged1").read_text(encoding="utf-8") == damage
        assert progress.done() == {"1.5"}

    def test_a_place_that_cannot_be_written_costs_a_sentence(self, monkeypatch, tmp_path):
        monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "missing" / "file.json"))
        report = self.solve()
        assert report.state == "passed" and "Progress was not kept" in report.message

    def test_two_kernels_at_once_lose_nothing(self):
        import subprocess
        import sys

        mark = "import sys; from utils import progress; [progress.passed(f'{sys.argv[1]}.{n}') for n in range(50)]"
        both = [subprocess.Popen([sys.executable, "-c", mark, chapter]) for chapter in ("7", "8")]
        assert [process.wait() for process in both] == [0, 0]
        assert len(progress.done()) == 100

    def test_a_file_that_cannot_be_read_just_now_is_left_alone(self, monkeypatch):
        self.solve()
        monkeypatch.setattr("pathlib.Path.read_bytes", lambda self: (_ for _ in ()).throw(PermissionError("busy")))
        assert "Progress was not kept" in EXERCISES["1.6"]([0, 0, 1, 0], [0.25] * 4, [0.75, 0.25, 0, 0], None).message
        monkeypatch.undo()
        assert "1.5" in self.path.read_text(encoding="utf-8")

    def test_what_json_cannot_hold_costs_a_sentence(self):
        assert "Progress was not kept" in progress.put("x", {1, 2})

    def test_predictions_are_kept(self):
        assert progress.get("1-largest") is None
        progress.put("1-largest", "B")
        assert progress.get("1-largest") == "B"

    def test_only_a_kernel_in_chapters_keeps_progress(self, monkeypatch, tmp_path):
        monkeypatch.delenv("COURSE_PROGRESS")
        for folder, expected in (("chapters", tmp_path / ".progress.json"), ("solutions", None)):
            (tmp_path / folder).mkdir()
            monkeypatch.chdir(tmp_path / folder)
            assert progress.path() == expected
        monkeypatch.chdir(tmp_path / "chapters")
        monkeypatch.setenv("COURSE_STRICT", "1")
        assert progress.path() is None
