"""A class pulls the course all term: the teacher goes on writing, the students answer, and no answer is lost."""

import os
import random
import re
import shutil
import subprocess
from collections import Counter

import nbformat
import pytest

from utils.tools.build import read, sources
from utils.tools.classroom import main, pull_link
from utils.tools.home import ROOT

HISTORIES = int(os.environ.get("COURSE_HISTORIES", "5"))
TAKEN = ("01_weighted_sums", "02_scores_and_softmax", "07_query_key_value")
YOUR_TURN = 'raise NotImplementedError("your turn")'


def git(folder, *words):
    settings = ["-c", "user.name=Teacher", "-c", "user.email=teacher@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *settings, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A small course in a repository of its own: three chapters, two files of the library."""
    folder = tmp_path_factory.mktemp("class") / "course"
    for part in [*(f"chapters/{name}.ipynb" for name in TAKEN), *(f"solutions/{name}.ipynb" for name in TAKEN)]:
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / part, folder / part)
    (folder / "utils").mkdir()
    shutil.copy(ROOT / "utils" / "attention" / "masks.py", folder / "utils")
    shutil.copy(ROOT / "utils" / "attention" / "heads.py", folder / "utils")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "The course")
    return folder


def study(folder, rng):
    """Do what a student does between two lessons; return the answers that were written."""
    answers = []
    for name in rng.sample(TAKEN, 2):
        path = folder / "chapters" / f"{name}.ipynb"
        book = nbformat.read(path, as_version=4)
        for count, cell in enumerate(book.cells):
            if cell.cell_type == "code" and rng.random() < 0.7:
                cell.execution_count = count
                cell.outputs = [nbformat.v4.new_output("stream", text=f"seen {count}\n")]
            if cell.cell_type == "code" and YOUR_TURN in cell.source and rng.random() < 0.6:
                answers.append((name, f"return {rng.random()}  # my answer"))
                cell.source = cell.source.replace(YOUR_TURN, answers[-1][1])
        book.metadata.language_info = {"name": "python", "version": "3.12.3", "file_extension": ".py"}
        if rng.random() < 0.5:
            answers.append((name, f"my_own = {rng.random()}"))
            book.cells.insert(rng.randrange(len(book.cells)), nbformat.v4.new_code_cell(answers[-1][1]))
        nbformat.write(book, path)
    (folder / "chapters" / "notes.txt").write_text("mine")
    (folder / "chapters" / "10_new.ipynb").write_text("a file of my own, under a name that the teacher will use")
    (folder / "utils" / "heads.py").unlink()
    return answers


def teach(folder, rng):
    """Do what a teacher does: mend text and stubs, insert and delete cells, change the library, add a chapter."""
    for name in TAKEN:
        path = folder / "chapters" / f"{name}.ipynb"
        book = nbformat.read(path, as_version=4)
        for _ in range(rng.randint(1, 4)):
            cell = rng.choice(book.cells)
            deed = rng.choice(["text", "stub", "insert", "delete"])
            if deed == "text" and cell.cell_type == "markdown":
                cell.source = cell.source.replace(" the ", " that ", 2)
            elif deed == "stub" and YOUR_TURN in cell.source:
                cell.source = cell.source.replace('"""Return', '"""Find and return')
            elif deed == "insert":
                new = nbformat.v4.new_markdown_cell(f"A remark\nof two lines, {rng.random()}")
                book.cells.insert(rng.randrange(len(book.cells)), new)
            elif deed == "delete" and cell.cell_type == "markdown":
                book.cells.remove(cell)
        nbformat.write(book, path)
    shutil.copy(folder / "chapters" / f"{TAKEN[0]}.ipynb", folder / "chapters" / "10_new.ipynb")
    with open(folder / "utils" / "masks.py", "a") as file:
        file.write(f"\nNEW = {rng.random()}\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "Go on")


def pull(repo, folder):
    """Pull as a JupyterHub does when a student follows the teacher's link."""
    from nbgitpuller.pull import GitPuller

    list(GitPuller(str(repo), str(folder), branch="main").pull())


def term(course, folder, seed):
    """Play three lessons; return what went wrong, by name."""
    rng, wrong = random.Random(seed), Counter()
    teacher, student = folder / "teacher" / "course", folder / "student" / "course"
    git(folder, "clone", "-q", str(course), str(teacher))
    pull(teacher, student)
    answers = []
    for _ in range(3):
        answers += study(student, rng)
        teach(teacher, rng)
        pull(teacher, student)
        for name in TAKEN:
            path = student / "chapters" / f"{name}.ipynb"
            try:
                book = nbformat.read(path, as_version=4)
                nbformat.validate(book)
            except Exception:
                wrong["broken"] += 1
                continue
            names = [cell.id for cell in book.cells]
            wrong["an id twice"] += len(names) != len(set(names))
        text = {name: (student / "chapters" / f"{name}.ipynb").read_text() for name in TAKEN}
        wrong["answers lost"] += sum(answer not in text[name] for name, answer in answers)
        kept = [path.read_text() for path in (student / "chapters").glob("10_new*")]
        wrong["own files lost"] += not any("of my own" in text for text in kept)
        wrong["not new"] += "NEW" not in (student / "utils" / "masks.py").read_text()
        wrong["not there"] += not (student / "utils" / "heads.py").exists()
    return +wrong


@pytest.mark.skipif(not shutil.which("git"), reason="a class pulls with git")
@pytest.mark.parametrize("seed", range(HISTORIES))
def test_a_term_of_pulls_loses_nothing(course, tmp_path, seed):
    pytest.importorskip("nbgitpuller")
    assert term(course, tmp_path, seed) == Counter()


def test_a_branch_without_solutions_follows_the_course(course, tmp_path):
    """The commands of the README, twice: at the beginning, and when the course has gone on."""
    git(tmp_path, "clone", "-q", str(course), "course")
    mine = tmp_path / "course"
    git(mine, "switch", "-qc", "class")
    git(mine, "rm", "-rq", "solutions")
    git(mine, "commit", "-qm", "Leave the solutions out")
    git(mine, "switch", "-q", "main")
    (mine / "solutions" / f"{TAKEN[0]}.ipynb").write_text("changed")
    (mine / "utils" / "new.py").write_text("NEW = 1")
    git(mine, "add", ".")
    git(mine, "commit", "-qm", "Go on")
    git(mine, "switch", "-q", "class")
    subprocess.run(["git", "merge", "main"], cwd=mine, capture_output=True)  # may stop at a solution: that is meant
    git(mine, "rm", "-rq", "solutions")
    git(mine, "commit", "-qm", "Follow the course")
    assert (mine / "utils" / "new.py").exists() and not (mine / "solutions").exists()


@pytest.mark.parametrize("wrong", [None, "hub.example.org", "ftp://hub.example.org", ""])
def test_a_hub_that_is_no_address_is_named(wrong):
    with pytest.raises(ValueError, match="hub is"):
        pull_link(wrong)


def test_the_link_opens_the_chapter_that_is_asked_for(capsys):
    assert main(["https://hub.example.org", "7", "--branch", "class"]) == 0
    link = capsys.readouterr().out
    assert link.startswith("https://hub.example.org/hub/user-redirect/git-pull?repo=https%3A%2F%2F")
    assert "&branch=class&" in link and link.endswith("%2Fchapters%2F07_query_key_value.ipynb\n")


@pytest.mark.parametrize("words", [[], ["hub.example.org"], ["https://hub.example.org", "77"]])
def test_a_link_that_leads_nowhere_is_refused(words, capsys):
    with pytest.raises(SystemExit):
        main(words)
    assert "usage" in capsys.readouterr().err


def test_every_chapter_stands_on_the_page_for_teachers_with_its_minutes():
    page = (ROOT / "chapters" / "teaching.md").read_text(encoding="utf-8")
    for source in sources():
        title = read(source)[0].source
        name = title.splitlines()[0].removeprefix("# ")
        minutes = re.search(r"[Aa]bout (\d+) minutes", title)
        part = re.search(rf"^### \[{re.escape(name)}\]\({source.stem}\.ipynb\)\n(\d+) minutes", page, re.M)
        assert part, name
        assert minutes is None or part[1] == minutes[1], name
