"""Half of chapter 01 is done; then the course is rebuilt, reset, its kernel dies, its progress file breaks."""

import os
import shutil
import subprocess
import sys
import textwrap

import nbformat
import pytest

from utils.tools import backup, build
from utils.tools.home import ROOT

ANSWERS = {
    "ex-1-1": "def to_weights(table):\n    return table / table.sum(1, keepdims=True)  # my own words",
    "ex-1-6": "K = [0, 0, 1, 0]\nL = ...\nM = ...\nN = None  # my own words too",
}


@pytest.fixture
def course(tmp_path):
    """A course of its own, with two answers in chapter 01."""
    shutil.copytree(ROOT / "utils", tmp_path / "utils", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "chapters").mkdir()
    shutil.copytree(ROOT / "chapters" / "source", tmp_path / "chapters" / "source")
    (tmp_path / "solutions").mkdir()
    build.build(tmp_path)
    path = tmp_path / "chapters" / "01_weighted_sums.ipynb"
    book = nbformat.read(path, as_version=4)
    for cell in book.cells:
        cell.source = ANSWERS.get(cell.id, cell.source)
    nbformat.write(book, path)
    return tmp_path


def has_everything(course):
    """Return whether each answer still stands in some notebook of the learner's."""
    texts = [path.read_text(encoding="utf-8") for path in (course / "chapters").rglob("*.ipynb")]
    return all(any(words in text for text in texts) for words in ("# my own words", "# my own words too"))


def kernel(course, code, **environment):
    """Run ``code`` as a kernel would, in the chapters' folder; return the process."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("COURSE_")}
    code = "import sys; sys.path.insert(0, '..')\n" + textwrap.dedent(code)
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=course / "chapters",
        env={**clean, "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
    )


SOLVE_ONE_FIVE = """
    import numpy as np
    from utils.chapters.ch01_weighted_sums import check
    print(check.causal_average(lambda n: np.tri(n) / np.arange(1, n + 1)[:, None]))
"""


def test_no_build_takes_an_answer(course):
    build.build(course)
    assert has_everything(course)
    source = course / "chapters" / "source" / "01_weighted_sums.py"
    source.write_text(source.read_text(encoding="utf-8").replace("Seven thermometers", "Eight"), encoding="utf-8")
    build.build(course)
    assert has_everything(course) and not backup.edited(course / "chapters" / "01_weighted_sums.ipynb")


def test_no_reset_takes_an_answer_however_often(course):
    for _ in range(3):
        build.build(course, ["01"], fresh=True)
    assert has_everything(course)
    assert len(list((course / "chapters" / "mine").iterdir())) == 1


def test_a_kernel_that_dies_takes_nothing_along(course):
    before = (course / "chapters" / "01_weighted_sums.ipynb").read_bytes()
    assert "✓" in kernel(course, SOLVE_ONE_FIVE).stdout
    died = kernel(course, "import os\nfrom utils import progress\nprogress.put('1-largest', 'B'); os._exit(9)")
    assert died.returncode == 9
    assert (course / "chapters" / "01_weighted_sums.ipynb").read_bytes() == before
    kept_so_far = kernel(course, "from utils import progress; print(progress.done(), progress.get('1-largest'))")
    assert kept_so_far.stdout.strip() == "{'1.5'} B"


def test_a_write_that_broke_off_takes_nothing_along(course):
    kernel(course, SOLVE_ONE_FIVE)
    (course / ".progress.json.999").write_text('{"exerc', encoding="utf-8")
    assert kernel(course, "from utils import progress; print(progress.done())").stdout.strip() == "{'1.5'}"


def test_a_damaged_progress_file_costs_a_sentence_only(course):
    (course / ".progress.json").write_text("not json", encoding="utf-8")
    said = kernel(course, SOLVE_ONE_FIVE).stdout
    assert "✓" in said and "damaged" in said
    assert has_everything(course)


def test_a_read_only_course_costs_a_sentence_only(course):
    said = kernel(
        course, SOLVE_ONE_FIVE, COURSE_PROGRESS=str(course / "chapters")
    ).stdout  # a folder: cannot be written
    assert "✓" in said and "Progress was not kept" in said


def whose(course, **answers):
    """Return whose weights from distance chapter 02 takes, with these answers in chapter 01."""
    path = course / "chapters" / "01_weighted_sums.ipynb"
    book = nbformat.read(path, as_version=4)
    for cell in book.cells:
        cell.source = answers.get(cell.id.replace("-", "_"), cell.source)
    nbformat.write(book, path)
    said = kernel(
        course,
        """
        from utils.attention import kernel_regression
        from utils.chapters.earlier import earlier
        function, whose = earlier("1.3", "gaussian_weights", kernel_regression.gaussian_weights)
        print(whose, function.__module__ == "utils.attention.kernel_regression")
        """,
    )
    return said.stdout.strip() or said.stderr


RIGHT = """
print("a word")
def gaussian_weights(queries, keys, bandwidth):
    return to_weights(np.exp(-((queries[:, None] - keys) ** 2) / (2 * bandwidth**2)))
"""


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (RIGHT, "yours False"),  # it calls the learner's own answer to 1.1
        (RIGHT.replace("2 * ", ""), "the course's True"),
        ("def gaussian_weights(:", "the course's True"),
        ("raise SystemExit", "the course's True"),
        ("gaussian_weights = 3", "the course's True"),
    ],
)
def test_chapter_two_builds_on_what_was_written_in_chapter_one(course, answer, expected):
    assert whose(course, ex_1_3=answer) == expected


def test_chapter_two_goes_on_without_chapter_one(course):
    assert whose(course) == "the course's True"
    (course / "chapters" / "01_weighted_sums.ipynb").write_text("damaged", encoding="utf-8")
    show = "from utils.chapters.earlier import earlier; print(earlier('1.3', 'gaussian_weights', max))"
    assert kernel(course, show).stdout.strip() == '(<built-in function max>, "the course\'s")'


def test_a_solution_that_a_learner_ran_and_saved_turns_no_test_red(tmp_path, monkeypatch):
    from tests import notebooks

    (tmp_path / "solutions").mkdir()
    path = tmp_path / "solutions" / "01.ipynb"
    path.write_text("as committed", encoding="utf-8")
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    path.write_text("run and saved", encoding="utf-8")
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    for author, expected in (("0", b"as committed"), ("1", b"run and saved")):
        monkeypatch.setenv("COURSE_AUTHOR", author)
        assert notebooks.solution("01.ipynb") == expected


def test_the_offline_guard_refuses_what_leads_away():
    guard = subprocess.run(
        [sys.executable, "-c", "import sitecustomize as s; print([s.allowed(a) for a in s.TRIED])"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests" / "offline")},
        capture_output=True,
        text=True,
    )
    assert guard.stdout.strip() == "[True, True, True, True, True, False, False, False]", guard.stderr
