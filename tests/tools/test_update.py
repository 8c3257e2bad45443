"""`python course.py update` against a real git remote and a real archive: nothing that a learner wrote is ever lost."""

import json
import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from utils.tools import archive, update
from utils.tools.backup import digest
from utils.tools.home import ROOT

needs_git = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")


def built(text):
    """Return the notebook that a build would write for one cell of ``text``."""
    cell = {"cell_type": "code", "id": "a", "source": text, "metadata": {}, "outputs": [], "execution_count": None}
    notebook = {"cells": [cell], "metadata": {"course": {}}, "nbformat": 4, "nbformat_minor": 5}
    notebook["metadata"]["course"]["digest"] = digest(notebook)
    return json.dumps(notebook, indent=1)


def write_in(path, text):
    """Do what a learner does: change the text of the first cell and save."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][0]["source"] = text
    path.write_text(json.dumps(notebook), encoding="utf-8")


def run_in(path):
    """Do what Run All does: outputs and a count, the text as it was."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][0].update(execution_count=1, outputs=[{"output_type": "stream", "name": "stdout", "text": "1"}])
    path.write_text(json.dumps(notebook), encoding="utf-8")


OLD = {
    **{f"chapters/0{n}_x.ipynb": built(f"old {n}") for n in (1, 2, 3, 4)},
    "solutions/01_x.ipynb": built("old answer"),
    "utils/a.py": "a = 1\n",
    "utils/b.py": "b = 1\n",
    "requirements.txt": "numpy\n",
    ".gitignore": "__pycache__/\nchapters/mine/\nsolutions/mine/\nignored.txt\n",
}
NEW = {
    "chapters/01_x.ipynb": built("new 1"),
    "chapters/02_x.ipynb": built("new 2"),
    "chapters/05_x.ipynb": built("new 5"),
    "solutions/01_x.ipynb": built("new answer"),
    "utils/b.py": "b = 2\n",
}


def store(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def machinery():
    """Return the files of the course that an update itself needs."""
    names = [
        "course.py",
        "utils/__init__.py",
        *(
            f"utils/tools/{name}.py"
            for name in ("__init__", "archive", "backup", "contents", "home", "install", "update")
        ),
    ]
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in names}


def everything(folder):
    """Return the content of each file in ``folder``, git's own and bytecode left out."""
    files = (path for path in folder.rglob("*") if path.is_file() and not {".git", "__pycache__"} & set(path.parts))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def text_of(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"]


def course_update(folder, **environment):
    """Run the real command with a Python that has nothing but its standard library."""
    return subprocess.run(
        [sys.executable, "-S", "course.py", "update"],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def refused(folder, *words, **environment):
    """Run the command; it must fail with a sentence that holds ``words``, no traceback, and every file as it was."""
    before = everything(folder)
    done = course_update(folder, **environment)
    assert done.returncode == 1
    assert done.stderr.startswith("Nothing was changed") and "Traceback" not in done.stderr, done.stderr
    for word in words:
        assert word in done.stderr
    assert everything(folder) == before


# ---- a git clone


def git(folder, *arguments):
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder, files=(), gone=()):
    store(folder, dict(files))
    for name in gone:
        (folder / name).unlink()
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "a change")


@pytest.fixture
def origin(tmp_path, monkeypatch):
    """The repository that learners clone, in its old version."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "A")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "a@example.org")
    folder = tmp_path / "origin"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, {**machinery(), **OLD})
    return folder


@pytest.fixture
def clone(origin, tmp_path):
    """The learner's clone of it."""
    folder = tmp_path / "my course"
    git(tmp_path, "clone", "--quiet", str(origin), str(folder))
    return folder


@needs_git
def test_git_everything_new_arrives_and_everything_of_the_learner_stays(origin, clone):
    write_in(clone / "chapters/01_x.ipynb", "my answer")
    run_in(clone / "chapters/02_x.ipynb")
    (clone / "chapters/03_x.ipynb").unlink()
    write_in(clone / "chapters/04_x.ipynb", "my other answer")
    store(clone, {"utils/a.py": "a = 'mine'\n", "notes.txt": "mine", "chapters/own.ipynb": built("own")})
    write_in(clone / "solutions/01_x.ipynb", "scribbled")
    commit(origin, NEW)

    done = course_update(clone)

    assert done.returncode == 0, done.stderr
    assert git(clone, "rev-parse", "HEAD") == git(origin, "rev-parse", "HEAD")
    [copy] = (clone / "chapters/mine").iterdir()
    assert copy.name.startswith("01_x-") and text_of(copy) == "my answer"
    assert f"chapters/mine/{copy.name}" in done.stdout
    [scribbled] = (clone / "solutions/mine").iterdir()
    assert text_of(scribbled) == "scribbled"
    for name, text in NEW.items():
        assert (clone / name).read_text(encoding="utf-8") == text
    assert not (clone / "chapters/03_x.ipynb").exists()
    assert text_of(clone / "chapters/04_x.ipynb") == "my other answer"
    assert (clone / "utils/a.py").read_text() == "a = 'mine'\n"
    assert (clone / "notes.txt").read_text() == "mine" and text_of(clone / "chapters/own.ipynb") == "own"


@needs_git
def test_git_a_second_update_has_nothing_to_do(origin, clone):
    commit(origin, NEW)
    assert "files changed: 5" in course_update(clone).stdout
    before = everything(clone)
    done = course_update(clone)
    assert (done.returncode, "already" in done.stdout) == (0, True)
    assert everything(clone) == before


@needs_git
def test_git_a_deleted_chapter_comes_back_when_it_is_new_and_a_dropped_one_is_kept(origin, clone):
    (clone / "chapters/01_x.ipynb").unlink()
    write_in(clone / "chapters/04_x.ipynb", "my answer")
    commit(origin, NEW, gone=["chapters/04_x.ipynb"])
    assert course_update(clone).returncode == 0
    assert text_of(clone / "chapters/01_x.ipynb") == "new 1"
    assert not (clone / "chapters/04_x.ipynb").exists()
    [copy] = (clone / "chapters/mine").iterdir()
    assert text_of(copy) == "my answer"


@needs_git
def test_git_without_a_network(origin, clone):
    write_in(clone / "chapters/01_x.ipynb", "my answer")
    commit(origin, NEW)
    origin.rename(origin.with_name("unplugged"))
    refused(clone, "Are you online?")


@needs_git
def test_git_commits_of_their_own_stand_in_the_way(origin, clone):
    commit(clone, {"utils/a.py": "a = 2\n", "chapters/01_x.ipynb": built("committed")})
    commit(clone, {"utils/a.py": "a = 3\n"})
    commit(origin, NEW)
    refused(clone, "commits of its own", "touch:\n  chapters/01_x.ipynb\n  utils/a.py\n", "git branch my-work")


@needs_git
def test_git_commits_of_their_own_and_nothing_new_is_fine(origin, clone):
    commit(clone, {"utils/a.py": "a = 2\n"})
    assert "already" in course_update(clone).stdout


@needs_git
def test_git_an_edited_file_of_the_course_stands_in_the_way(origin, clone):
    write_in(clone / "chapters/01_x.ipynb", "my answer")
    store(clone, {"utils/b.py": "b = 'mine'\n", "utils/a.py": "a = 'mine'\n"})
    commit(origin, NEW)
    refused(clone, "\n  utils/b.py\n", "git stash")
    assert "utils/a.py" not in course_update(clone).stderr  # upstream left it alone


@needs_git
@pytest.mark.parametrize("name", ["notes.txt", "ignored.txt", "chapters/05_x.ipynb"])
def test_git_a_new_file_never_overwrites_one_of_the_learners(origin, clone, name):
    store(clone, {name: "mine"})
    commit(origin, {**NEW, ".gitignore": "", name: "theirs"})
    refused(clone, f"\n  {name}\n", "Rename")


@needs_git
def test_git_a_failed_merge_puts_everything_back(origin, clone):
    write_in(clone / "chapters/01_x.ipynb", "my answer")
    run_in(clone / "chapters/02_x.ipynb")
    store(clone, {"notes": "mine"})
    commit(origin, {**NEW, "notes/theirs.txt": "a folder where the learner has a file"})
    before, head = everything(clone), git(clone, "rev-parse", "HEAD")
    done = course_update(clone)
    assert done.returncode == 1 and "Nothing was changed: git could not" in done.stderr
    after = {name: content for name, content in everything(clone).items() if "/mine/" not in name}
    assert after == before and git(clone, "rev-parse", "HEAD") == head


@needs_git
def test_git_a_copy_that_cannot_be_made_stops_the_update(origin, clone):
    write_in(clone / "chapters/01_x.ipynb", "my answer")
    store(clone, {"chapters/mine": "a file where the copies would go"})
    commit(origin, NEW)
    refused(clone, "could not be kept")


@needs_git
def test_git_a_clone_that_follows_nothing(clone):
    git(clone, "checkout", "--quiet", "-b", "own")
    refused(clone, "follows no branch")


@needs_git
def test_git_is_missing(clone, tmp_path):
    refused(clone, "git is not installed", PATH=str(tmp_path))


# ---- a downloaded folder


def pack(path, files, top="course-main/"):
    with zipfile.ZipFile(path, "w") as bundle:
        for name, text in files.items():
            bundle.writestr(top + name, text)
    return path.as_uri()


@pytest.fixture
def folder(tmp_path):
    """The old version, downloaded and unpacked."""
    store(tmp_path / "course", {**machinery(), **OLD})
    return tmp_path / "course"


@pytest.fixture
def fresh(tmp_path):
    """The address of an archive of the new version."""
    return pack(tmp_path / "new.zip", {**machinery(), **OLD, **NEW})


def test_zip_everything_new_arrives_and_everything_of_the_learner_stays(folder, tmp_path):
    write_in(folder / "chapters/01_x.ipynb", "my answer")
    run_in(folder / "chapters/02_x.ipynb")
    (folder / "chapters/03_x.ipynb").write_text("damaged")
    write_in(folder / "chapters/04_x.ipynb", "my other answer")
    own = {".venv/x": "x", "chapters/mine/x": "x", ".progress.json": "{}", "notes.txt": "x", "utils/own.py": "x"}
    store(folder, own)
    store(folder, {"utils/b.py": "b = 'mine'\n"})
    theirs = {name: "theirs" for name in (".venv/x", "chapters/mine/x", ".progress.json", ".git/x", "CHAPTERS/Mine/y")}
    address = pack(tmp_path / "new.zip", {**machinery(), **OLD, **NEW, **theirs})

    done = course_update(folder, COURSE_ARCHIVE=address)

    assert done.returncode == 0, done.stderr
    for name, text in {**NEW, **own, "chapters/03_x.ipynb": OLD["chapters/03_x.ipynb"]}.items():
        assert (folder / name).read_text(encoding="utf-8") == text
    assert text_of(folder / "chapters/04_x.ipynb") == "my other answer"  # unchanged in the new version: it stays
    copies = {path.name.split("-")[0]: path for path in (folder / "chapters/mine").iterdir() if path.name != "x"}
    assert len(copies) == 3
    assert text_of(copies["01_x"]) == "my answer"
    assert copies["03_x"].read_text() == "damaged"
    with zipfile.ZipFile(copies["replaced"]) as bundle:
        assert {name: bundle.read(name) for name in bundle.namelist()} == {"utils/b.py": b"b = 'mine'\n"}
    for path in copies.values():
        assert f"chapters/mine/{path.name}" in done.stdout
    assert not (folder / ".git").exists() and not (folder / "CHAPTERS/Mine/y").exists()
    assert not list(folder.glob(".update-*"))


def test_zip_a_solution_whose_figures_alone_are_new_is_replaced(folder, tmp_path):
    drawn = json.loads(OLD["solutions/01_x.ipynb"])
    drawn["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "a new figure"}]
    address = pack(tmp_path / "new.zip", {**machinery(), **OLD, "solutions/01_x.ipynb": json.dumps(drawn)})
    done = course_update(folder, COURSE_ARCHIVE=address)
    assert json.loads((folder / "solutions/01_x.ipynb").read_text(encoding="utf-8")) == drawn
    assert "files changed: 1)" in done.stdout and not (folder / "solutions/mine").exists()


def test_zip_what_the_new_version_dropped_goes_and_is_kept(folder, tmp_path):
    listed = [
        "chapters/04_x.ipynb",
        "utils/a.py",
        "utils/old/__init__.py",
        "utils/old/b.py",
        "utils/tools/contents.txt",
    ]
    store(folder, {"utils/old/__init__.py": "", "utils/old/b.py": "b = 1\n", "utils/own.py": "x"})
    store(
        folder, {"utils/tools/contents.txt": "".join(f"{name}\n" for name in [*listed, "../outside", "utils/never.py"])}
    )
    store(folder, {"../outside": "x", "utils/old/__pycache__/b.cpython-311.pyc": "x"})
    write_in(folder / "chapters/04_x.ipynb", "my answer")
    (folder / "utils/a.py").write_text("a = 'mine'\n")
    stay = {name: text for name, text in OLD.items() if name not in listed}
    news = {**machinery(), **stay, "utils/old.py": "b = 2\n", "utils/tools/contents.txt": "utils/old.py\n"}
    address = pack(tmp_path / "new.zip", news)

    done = course_update(folder, COURSE_ARCHIVE=address)

    assert done.returncode == 0, done.stderr
    assert not any((folder / name).exists() for name in ("utils/a.py", "utils/old", "chapters/04_x.ipynb"))
    assert (folder / "utils/own.py").exists() and (tmp_path / "outside").exists()
    find = [sys.executable, "-c", "import utils.old; print(utils.old.b)"]
    assert subprocess.run(find, cwd=folder, capture_output=True, text=True).stdout == "2\n"
    copies = {path.name.split("-")[0]: path for path in (folder / "chapters/mine").iterdir()}
    assert text_of(copies["04_x"]) == "my answer"
    with zipfile.ZipFile(copies["replaced"]) as bundle:
        assert bundle.read("utils/a.py") == b"a = 'mine'\n" and "utils/old/b.py" in bundle.namelist()
    assert "already" in course_update(folder, COURSE_ARCHIVE=address).stdout


def test_zip_what_was_dropped_goes_with_the_next_update_if_this_one_breaks_off(folder, fresh, tmp_path, monkeypatch):
    store(folder, {"utils/old.py": "x", "utils/tools/contents.txt": "utils/old.py\n"})
    pack(tmp_path / "new.zip", {**machinery(), **OLD, **NEW, "utils/tools/contents.txt": "utils/b.py\n"})
    monkeypatch.setenv("COURSE_ARCHIVE", fresh)
    real = archive.remove
    monkeypatch.setattr(archive, "remove", lambda *_: (_ for _ in ()).throw(PermissionError("in use")))
    with pytest.raises(SystemExit, match=r"broke off \(in use\)"):
        update.update(folder)
    assert (folder / "utils/old.py").exists()
    monkeypatch.setattr(archive, "remove", real)
    assert update.update(folder) == 0
    assert not (folder / "utils/old.py").exists()


def test_zip_a_second_update_has_nothing_to_do(folder, fresh):
    assert course_update(folder, COURSE_ARCHIVE=fresh).returncode == 0
    before = everything(folder)
    assert "already" in course_update(folder, COURSE_ARCHIVE=fresh).stdout
    assert everything(folder) == before


@pytest.mark.parametrize("name", ["../evil", "a/../../evil", "/evil", "a\\..\\evil", "C:/evil", "a//evil", "a/./evil"])
def test_zip_a_name_that_leads_out_of_the_course_is_refused(folder, tmp_path, name):
    files = {f"course-main/{n}": text for n, text in {**machinery(), **NEW}.items()}
    address = pack(tmp_path / "new.zip", {**files, f"course-main/{name}" if name[0] != "/" else name: "evil"}, top="")
    refused(folder, "strange name", COURSE_ARCHIVE=address)
    assert not list(tmp_path.rglob("evil"))


def test_zip_a_link_is_refused(folder, tmp_path):
    address = pack(tmp_path / "new.zip", {**machinery(), **NEW})
    link = zipfile.ZipInfo("course-main/link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "new.zip", "a") as bundle:
        bundle.writestr(link, "/etc")
    refused(folder, "strange name", COURSE_ARCHIVE=address)


def test_zip_a_download_that_is_no_course_changes_nothing(folder, fresh, tmp_path):
    whole = (tmp_path / "new.zip").read_bytes()
    (tmp_path / "half.zip").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "page.zip").write_text("<html>Please log in to this network</html>")
    (tmp_path / "flipped.zip").write_bytes(whole.replace(b"b = 2", b"b = 3"))
    pack(tmp_path / "other.zip", {"README.md": "something else"})
    for name in ("half", "page", "flipped", "other", "absent"):
        refused(folder, "could not be had", COURSE_ARCHIVE=(tmp_path / f"{name}.zip").as_uri())


def test_zip_without_a_network(folder):
    refused(folder, "could not be had", COURSE_ARCHIVE="http://127.0.0.1:9/main.zip")


def test_zip_a_folder_in_the_place_of_a_file_changes_nothing(folder, fresh):
    write_in(folder / "chapters/01_x.ipynb", "my answer")
    (folder / "chapters/05_x.ipynb").mkdir()
    refused(folder, "chapters/05_x.ipynb is not a file here", COURSE_ARCHIVE=fresh)


def test_zip_far_too_large_is_refused(folder, fresh, monkeypatch):
    monkeypatch.setenv("COURSE_ARCHIVE", fresh)
    monkeypatch.setattr(archive, "LARGEST", 100)
    before = everything(folder)
    with pytest.raises(SystemExit, match="far too large"):
        update.update(folder)
    assert everything(folder) == before


def test_zip_an_update_that_broke_off_is_finished_by_the_next(folder, fresh, monkeypatch):
    write_in(folder / "chapters/01_x.ipynb", "my answer")
    monkeypatch.setenv("COURSE_ARCHIVE", fresh)
    real, calls = os.replace, []

    def failing(source, target):
        calls.append(target)
        if len(calls) == 3:
            raise PermissionError("in use")
        real(source, target)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(SystemExit, match=r"broke off \(in use\)"):
        update.update(folder)
    monkeypatch.setattr(os, "replace", real)
    assert update.update(folder) == 0
    for name, text in NEW.items():
        assert (folder / name).read_text(encoding="utf-8") == text
    assert [text_of(path) for path in (folder / "chapters/mine").glob("01*")] == ["my answer"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such bit")
def test_zip_a_script_stays_executable(folder, tmp_path):
    address = pack(tmp_path / "new.zip", {**machinery(), **NEW})
    script = zipfile.ZipInfo("course-main/.ci/run")
    script.external_attr = 0o100755 << 16
    with zipfile.ZipFile(tmp_path / "new.zip", "a") as bundle:
        bundle.writestr(script, "#!/bin/sh\n")
    assert course_update(folder, COURSE_ARCHIVE=address).returncode == 0
    assert os.access(folder / ".ci/run", os.X_OK) and not os.access(folder / "utils/b.py", os.X_OK)


def test_update_takes_nothing_after_it(folder):
    done = subprocess.run(
        [sys.executable, "-S", "course.py", "update", "03"], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 2 and "takes nothing" in done.stderr
