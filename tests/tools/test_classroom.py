"""A class pulls the course all term: the teacher goes on writing, the students answer, and no answer is lost."""

import contextlib
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from urllib.parse import unquote

import nbformat
import pytest

from utils.tools.build import read, sources
from utils.tools.classroom import main, pull_link, repository_of
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


def pull(repo, folder, branch="main"):
    """Pull as a JupyterHub does when a student follows the teacher's link."""
    from nbgitpuller.pull import GitPuller

    list(GitPuller(str(repo), str(folder), branch=branch).pull())


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


@pytest.mark.skipif(not shutil.which("git"), reason="a class pulls with git")
def test_a_class_that_has_begun_moves_to_a_branch_in_a_new_folder(course, tmp_path):
    """What README says: a folder cannot be moved; the new one is right, and the old one keeps what was written."""
    pytest.importorskip("nbgitpuller")
    teacher, old, new = tmp_path / "teacher", tmp_path / "student" / "course", tmp_path / "student" / "attention"
    git(tmp_path, "clone", "-q", str(course), "teacher")
    pull(f"file://{teacher}", old)
    answers = study(old, random.Random(0))
    git(teacher, "switch", "-qc", "class")
    git(teacher, "rm", "-rq", "solutions")
    git(teacher, "commit", "-qm", "Leave the solutions out")
    with pytest.raises(subprocess.CalledProcessError):  # if this begins to work, README may say so
        pull(f"file://{teacher}", old, branch="class")
    for _ in range(2):  # the second time as who follows the link again
        pull(f"file://{teacher}", new, branch="class")
        assert (new / "chapters" / f"{TAKEN[0]}.ipynb").exists() and not (new / "solutions").exists()
    kept = "".join(path.read_text() for path in (old / "chapters").glob("*.ipynb"))
    assert all(answer in kept for _, answer in answers)


# ---- the link


@pytest.fixture(scope="module", params=["", "classes"], ids=["at home", "under NBGITPULLER_PARENTPATH"])
def student(course, tmp_path_factory, request):
    """The server of a student on a hub, for whom all of https://example.org is this computer's ``course``."""
    pytest.importorskip("nbgitpuller")
    folder = tmp_path_factory.mktemp("hub")
    for name in ("me/course.git", "me/my course.git"):
        git(folder, "clone", "-q", "--bare", str(course), f"net/{name}")
        git(folder / "net" / name, "branch", "class/spring", "main")
    (folder / "home").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {name: str(folder / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
    own |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.file://{folder}/net/.insteadOf"}
    own |= {"GIT_CONFIG_VALUE_0": "https://example.org/", "NBGITPULLER_PARENTPATH": request.param}
    options = [f"--ServerApp.root_dir={folder / 'home'}", f"--port={port}", "--ServerApp.port_retries=0"]
    options += ["--IdentityProvider.token=", "--no-browser", "--allow-root"]
    with open(folder / "server.log", "w") as log:
        command = [sys.executable, "-m", "jupyterlab", *options]
        server = subprocess.Popen(command, env=os.environ | own, stdout=log, stderr=log)
    for _ in range(300):
        with contextlib.suppress(OSError):
            fetch(f"http://127.0.0.1:{port}/api/status")
            break
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait(20)


def fetch(address):
    with urllib.request.urlopen(address, timeout=60) as answer:
        return answer.read().decode()


def follow(link, student):
    """Follow a link as the hub and the puller's page do; return the address at which the student arrives."""
    asked = link.removeprefix("https://hub.example.org/hub/user-redirect/")
    page = dict(re.findall(r'data-(\w+)="([^"]*)"', fetch(f"{student}/{asked}")))
    wanted = "&".join(f"{name}={page[name]}" for name in ("repo", "branch", "targetpath"))
    said = fetch(f"{student}/git-pull/api?{wanted}")
    assert '"phase": "finished"' in said, said
    return f"{student}/{unquote(page['path'])}"


ADDRESSES = {  # as they are pasted -> the folder on the hub
    "https://example.org/me/course.git": "course",
    "https://example.org/me/course": "course",
    "https://example.org/me/course/": "course",
    "https://example.org/me/my%20course.git": "my course",
    "git@example.org:me/course.git": "course",
    "https://example.org/me/course/tree/class/spring/chapters": "class",
}


def test_the_link_opens_what_it_pulled(student):
    for repo, folder in ADDRESSES.items():
        chosen = None if "course" in folder else folder
        link = pull_link("https://hub.example.org/hub/home", f"chapters/{TAKEN[0]}.ipynb", repo=repo, folder=chosen)
        place = follow(link, student)
        assert place.endswith(f"{folder}/chapters/{TAKEN[0]}.ipynb")
        assert "<title>JupyterLab</title>" in fetch(place.replace(" ", "%20"))  # 404 without the file


PAGES_OF_A_HUB = {
    "https://hub.org": "https://hub.org",
    "https://hub.org/": "https://hub.org",
    "https://hub.org/hub": "https://hub.org",
    "https://hub.org/hub/home": "https://hub.org",
    "https://hub.org/hub/spawn/jane?next=%2Fhub%2Fhome": "https://hub.org",
    " https://hub.org:8000/hub/login?next=%2Fhub%2F ": "https://hub.org:8000",
    "https://hub.org/hub/user-redirect/git-pull?repo=x": "https://hub.org",
    "https://hub.org/hub/user/jane/lab": "https://hub.org",
    "https://hub.org/user/jane/lab/tree/hub/home": "https://hub.org",
    "https://hub.org/user/hub/lab#tab": "https://hub.org",
    "https://hub.org/services/announcement/": "https://hub.org",
    "https://hub.org/jupyter": "https://hub.org/jupyter",
    "https://hub.org/a/b/user/jane/": "https://hub.org/a/b",
    "https://hub.org/jupyter/hub/spawn": "https://hub.org/jupyter",
    "https://hub.org/hub/hub/home": "https://hub.org/hub",
    "https://jane@hub.org/hub/home": "https://hub.org",
}


@pytest.mark.parametrize("page", PAGES_OF_A_HUB)
def test_any_page_of_a_hub_says_where_the_hub_is(page):
    assert pull_link(page).startswith(f"{PAGES_OF_A_HUB[page]}/hub/user-redirect/git-pull?repo=")


PASTED = {
    "https://github.com/me/x": ("https://github.com/me/x", None),
    "https://github.com/me/x/": ("https://github.com/me/x", None),
    "https://github.com/me/x.git": ("https://github.com/me/x.git", None),
    "https://github.com/me/x?tab=readme-ov-file#begin": ("https://github.com/me/x", None),
    "https://github.com/me/x/issues/3": ("https://github.com/me/x", None),
    "https://github.com/me/x/tree/class": ("https://github.com/me/x", "class"),
    "https://github.com/me/x/tree/class/spring": ("https://github.com/me/x", "class/spring"),
    "https://github.com/me/x/tree/class/chapters/source": ("https://github.com/me/x", "class"),
    "https://github.com/me/x/blob/class%2Fspring/README.md": ("https://github.com/me/x", "class/spring"),
    "https://gitlab.com/a/b/x/-/tree/class?ref_type=heads": ("https://gitlab.com/a/b/x", "class"),
    "https://gitlab.com/a/b/x/-/issues": ("https://gitlab.com/a/b/x", None),
    "https://codeberg.org/me/x/src/branch/class": ("https://codeberg.org/me/x", "class"),
    "https://bitbucket.org/me/x/src/class/": ("https://bitbucket.org/me/x", "class"),
    "https://me@bitbucket.org/me/x.git": ("https://bitbucket.org/me/x.git", None),
    "https://git.uni.org/src/x.git": ("https://git.uni.org/src/x.git", None),
    "git@github.com:me/x.git": ("https://github.com/me/x.git", None),
    "ssh://git@git.uni.org:2222/me/x.git": ("https://git.uni.org/me/x.git", None),
    "git://github.com/me/x": ("https://github.com/me/x", None),
}


@pytest.mark.parametrize("address", PASTED)
def test_a_repository_is_known_by_any_address_that_is_pasted(address):
    assert repository_of(address) == PASTED[address]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"hub": None}, "hub is None"),
        ({"hub": "hub.example.org"}, "hub is"),
        ({"hub": "ftp://hub.example.org"}, "hub is"),
        ({"hub": ""}, "hub is"),
        ({"hub": "https://jane:secret@hub.example.org"}, "hub holds a password"),
        ({"repo": "https://github.com/me"}, "names no repository"),
        ({"repo": "https://gitlab.com/me/"}, "names no repository"),
        ({"repo": "https://example.org"}, "names no repository"),
        ({"repo": "me/x"}, "repo is 'me/x': it must be an address"),
        ({"repo": "/home/me/x"}, "it must be an address"),
        ({"repo": "file:///home/me/x"}, "it must be an address"),
        ({"repo": "https://me:secret@github.com/me/x"}, "repo holds a password"),
        ({"repo": f"https://github.com/me/x/tree/{'0a' * 20}"}, "one commit"),
        ({"repo": "https://github.com/me/x/tree/class", "branch": "main"}, "give one of them"),
        ({"folder": "../x"}, "must be a name"),
        ({"folder": ""}, "must be a name"),
        ({"folder": "a/b"}, "must be a name"),
    ],
)
def test_what_a_class_could_not_follow_is_refused_with_a_sentence(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        pull_link(**({"hub": "https://hub.example.org"} | given))


def test_the_link_opens_the_chapter_that_is_asked_for(capsys):
    assert main(["https://hub.example.org", "7", "--branch", "class"]) == 0
    link = capsys.readouterr().out
    assert link.startswith("https://hub.example.org/hub/user-redirect/git-pull?repo=https%3A%2F%2F")
    assert "&branch=class&" in link and "=chapters%2F07_query_key_value.ipynb&" in link


def test_who_hands_out_another_branch_hears_how_a_class_moves(capsys):
    main(["https://hub.example.org", "--branch", "class"])
    assert "--folder NEW" in capsys.readouterr().err
    for words in ([], ["--branch", "main"], ["--branch", "class", "--folder", "attention"]):
        main(["https://hub.example.org", *words])
        assert capsys.readouterr().err == ""


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
