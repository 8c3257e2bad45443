"""The installer: real environments, a real pip, tiny packages made here, and no network."""

import errno
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from utils.tools import install
from utils.tools.home import ROOT

FAKE_LAB = "import json, os, sys\nprint(json.dumps({'lab': sys.argv[1:], 'in': os.getcwd()}))\n"
CLOSED = "http://127.0.0.1:9/simple"


def wheel(folder, name, text, needs=""):
    """Make a wheel of one module that can be run with -m, and perhaps needs another."""
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}/__init__.py": "",
        f"{name}/__main__.py": text,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n" + needs,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as bundle:
        for file, content in {**files, f"{info}/RECORD": record}.items():
            bundle.writestr(file, content)


class Course:
    """A copy of the course whose JupyterLab, test runner and build only say with what they were called."""

    def __init__(self, folder, wheels):
        self.folder, self.wheels = folder, wheels

    def environment(self, **more):
        mine = {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": str(self.wheels), "PIP_NO_INDEX": "1"}
        clean = {k: v for k, v in os.environ.items() if not k.startswith("PIP_")}
        return {**clean, **mine, "COURSE_TORCH": "cuda", "PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1", **more}

    def run(self, *arguments, **environment):
        """Run course.py from another folder; return its exit status, what it printed and what it complained about."""
        done = subprocess.run(
            [sys.executable, str(self.folder / "course.py"), *arguments],
            cwd=self.folder.parent,
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout, done.stderr

    def opens(self, *arguments, **environment):
        """Start the course; return what it printed before JupyterLab took over, and JupyterLab's arguments."""
        status, printed, complaints = self.run(*arguments, **environment)
        assert status == 0, printed + complaints
        *before, last = printed.strip().splitlines()
        last = json.loads(last)
        assert last["in"] == str(self.folder)
        return "\n".join(before), last["lab"]

    def venv(self, *names):
        return self.folder.joinpath(".venv", *names)


def lay_out(folder):
    """Put a course without its chapters into ``folder``."""
    (folder / "utils" / "tools").mkdir(parents=True)
    for name in (
        "course.py",
        "utils/__init__.py",
        "utils/tools/__init__.py",
        "utils/tools/home.py",
        "utils/tools/install.py",
        "utils/tools/packages.py",
    ):
        shutil.copy(ROOT / name, folder / name)
    say = "import sys\nprint({!r}, sys.argv[1:])\nsys.exit(7)\n"
    files = {
        "requirements.txt": "jupyterlab\n",
        "tests/requirements.txt": "checker\n",
        "tests/run.py": "import checker\n" + say.format("tests"),
        "utils/tools/build.py": say.format("build"),
        "chapters/00_start_here.ipynb": "{}",
        "chapters/source/03_x.py": "",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.fixture(scope="module")
def first_start(tmp_path_factory):
    """A course started once, with what that printed."""
    folder = tmp_path_factory.mktemp("first")
    (folder / "wheels").mkdir()
    wheel(folder / "wheels", "jupyterlab", FAKE_LAB)
    wheel(folder / "wheels", "checker", "", needs="Requires-Dist: helper>=1\nRequires-Dist: nobody; extra == 'more'\n")
    wheel(folder / "wheels", "helper", "")
    lay_out(folder / "my course")
    course = Course(folder / "my course", folder / "wheels")
    return course, course.opens("--", "--no-browser", "--port", "9999")


@pytest.fixture
def course(first_start, tmp_path):
    """A copy of that course, to be damaged."""
    shutil.copytree(first_start[0].folder, tmp_path / "my course", symlinks=True)
    return Course(tmp_path / "my course", first_start[0].wheels)


def remade(course):
    """Return whether .venv was made anew since ``mark`` was called."""
    return not course.venv("mark").exists()


def mark(course):
    course.venv("mark").touch()


# ---- starting


def test_the_first_start_installs_and_opens_the_first_chapter(first_start):
    course, (printed, arguments) = first_start
    assert "Installing into .venv" in printed
    assert f"--ServerApp.root_dir={course.folder}" in arguments
    assert "--LabApp.default_url=/lab/tree/chapters/00_start_here.ipynb" in arguments
    assert arguments[-3:] == ["--no-browser", "--port", "9999"]
    assert ("--allow-root" in arguments) == (hasattr(os, "geteuid") and os.geteuid() == 0)
    stamp = json.loads(course.venv("course.json").read_text())
    assert stamp["requirements.txt"] == hashlib.sha256(b"jupyterlab\n").hexdigest()
    assert stamp["python"] == "{}.{}".format(*sys.version_info)
    assert not course.venv("install.log").exists()
    settings = json.loads(course.venv("share/jupyter/lab/settings/overrides.json").read_text())
    assert settings["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


def test_the_second_start_needs_neither_pip_nor_network(course):
    mark(course)
    for pip in course.venv().rglob("site-packages/pip"):
        shutil.rmtree(pip)
    printed, _ = course.opens(PIP_FIND_LINKS="", COURSE_TORCH="")
    assert "Installing" not in printed and not remade(course)


def test_without_its_first_chapter_the_course_still_opens(course):
    (course.folder / "chapters/00_start_here.ipynb").unlink()
    assert not [argument for argument in course.opens()[1] if "default_url" in argument]


def test_the_readers_own_settings_do_not_leak_in(course):
    (course.folder / "requirements.txt").write_text("jupyterlab\nchecker\n")
    for name in ("checker", "checker-1.0.dist-info"):
        (course.wheels.parent / "elsewhere" / name).mkdir(parents=True, exist_ok=True)
    (course.wheels.parent / "elsewhere/checker-1.0.dist-info/METADATA").write_text("Name: checker\nVersion: 1.0\n")
    course.opens(PYTHONPATH=str(course.wheels.parent / "elsewhere"), PIP_USER="1")
    assert list(course.venv().rglob("site-packages/checker"))


EVERY_VARIABLE = {
    "PIP_TARGET": "elsewhere",
    "PIP_PREFIX": "elsewhere",
    "PIP_ROOT": "elsewhere",
    "PIP_PYTHON": "no-such-python",
    "PIP_DRY_RUN": "1",
    "PIP_NO_DEPS": "1",
    "PIP_NO_DEPENDENCIES": "1",
    "PIP_REQUIRE_VIRTUALENV": "1",
}
PIP_CONFS = ["target = {0}", "prefix = {0}", "root = {0}", "dry-run = true\nno-deps = true\nuser = true"]


@pytest.mark.parametrize("setting", ["variables", *PIP_CONFS])
def test_no_setting_of_pip_sends_packages_elsewhere(course, tmp_path, setting):
    (course.folder / "requirements.txt").write_text("jupyterlab\nchecker\n")
    if setting == "variables":
        course.opens(**EVERY_VARIABLE)
    else:  # its mirror must still be asked
        links = f"[global]\nfind-links = {course.wheels}\nno-index = true\n"
        (tmp_path / "pip.conf").write_text(f"{links}[install]\n{setting.format(tmp_path / 'elsewhere')}\n")
        course.opens(PIP_CONFIG_FILE=str(tmp_path / "pip.conf"), PIP_FIND_LINKS="", PIP_NO_INDEX="")
    for name in ("checker", "helper"):
        assert list(course.venv().rglob(f"site-packages/{name}/__init__.py"))
    assert not list(tmp_path.rglob("elsewhere"))
    assert "Installing" not in course.opens()[0]


def test_packages_that_went_elsewhere_are_missed_and_the_next_start_brings_them(course, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(course.venv(), other, symlinks=True)
    shutil.rmtree(course.venv())
    python = other / install.venv_python().relative_to(install.venv())
    (tmp_path / "pip.conf").write_text(f"[global]\npython = {python}\n")
    status, _, complaints = course.run(PIP_CONFIG_FILE=str(tmp_path / "pip.conf"))
    assert status == 1 and "no jupyterlab" in complaints and "pip config list" in complaints
    assert not course.venv("course.json").exists()
    assert "Installing" in course.opens()[0]
    assert "Installing" not in course.opens()[0]


def test_a_package_list_that_may_not_be_asked_is_named(course):
    status, _, complaints = course.run("test", PIP_FIND_LINKS="")
    assert status == 1 and install.NO_INDEX in complaints


def test_changed_requirements_are_installed_into_the_same_environment(course):
    mark(course)
    (course.folder / "requirements.txt").write_text("jupyterlab\nchecker\n")
    printed, _ = course.opens()
    assert "Installing" in printed and not remade(course) and list(course.venv().rglob("site-packages/checker"))
    assert "Installing" not in course.opens()[0]


def test_changed_requirements_without_a_network_do_not_stop_the_reader(course):
    (course.folder / "requirements.txt").write_text("jupyterlab\nchecker\n")
    online = {"PIP_NO_INDEX": "0", "PIP_FIND_LINKS": "", "PIP_INDEX_URL": CLOSED}
    assert install.GO_ON in course.opens(**online)[0]
    status, _, complaints = course.run("test", **online)
    assert status == 1 and install.NO_NETWORK in complaints
    assert install.GO_ON in course.opens(**online)[0]  # the failed attempt did no harm
    assert "Installing" in course.opens()[0]


def test_verbs_that_work_in_the_environment_get_their_arguments_and_give_their_status(course):
    status, printed, _ = course.run("test", "--author", "unit")
    assert (status, printed.splitlines()[-1]) == (7, "tests ['--author', 'unit']")
    assert "Installing" in printed  # what the tests need, too
    status, printed, _ = course.run("test")
    assert (status, "Installing" in printed) == (7, False)
    assert course.run("build", "03", "--execute")[:2] == (7, "build ['03', '--execute']\n")
    assert course.run("reset", "3")[:2] == (7, "build ['03', '--fresh']\n")


# ---- repairing


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_an_interrupted_installation_is_repaired(course):
    shutil.rmtree(course.venv())
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/simple"
        process = subprocess.Popen(
            [sys.executable, "course.py"],
            cwd=course.folder,
            env=course.environment(PIP_NO_INDEX="0", PIP_FIND_LINKS="", PIP_INDEX_URL=address),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        silent.settimeout(60)
        connection, _ = silent.accept()  # pip has asked, and will wait for ever
        os.killpg(process.pid, signal.SIGINT)
        _, complaints = process.communicate(timeout=30)
        connection.close()
    assert process.returncode == 130
    assert "run the same command again" in complaints and "Traceback" not in complaints.split("Interrupted")[1]
    assert "Installing" in course.opens()[0]
    assert "Installing" not in course.opens()[0]


@pytest.mark.parametrize("left", ["nothing", "its name", "half of it"])
def test_a_start_that_finds_a_package_gone_brings_it_back(course, left):
    (course.folder / "requirements.txt").write_text("jupyterlab\nchecker\n")
    course.opens()
    mark(course)
    (helper,) = course.venv().rglob("site-packages/helper")
    if left == "half of it":
        (helper / "__init__.py").unlink()
    else:
        shutil.rmtree(helper)
    if left == "nothing":
        shutil.rmtree(next(helper.parent.glob("helper-*")))
    assert "Installing" in course.opens()[0] and not remade(course)
    assert (helper / "__init__.py").exists()
    assert "Installing" not in course.opens()[0]


def test_a_stamp_of_an_older_course_is_looked_at_once(course):
    stamp = json.loads(course.venv("course.json").read_text())
    assert [name.split("/")[-2:] for name in stamp.pop("files")] == [["jupyterlab", "__init__.py"]]
    course.venv("course.json").write_text(json.dumps(stamp))
    mark(course)
    assert "Installing" in course.opens(PIP_NO_INDEX="0", PIP_FIND_LINKS="", PIP_INDEX_URL=CLOSED)[0]
    assert "Installing" not in course.opens()[0] and not remade(course)


STAMP = {"python": "3.11", "torch": "cpu", "requirements.txt": "x"}
WRITING = install.MADE_BY_US + "2026 Installing collected packages: numpy\n"


@pytest.mark.parametrize(
    ("what", "python", "stamp", "log", "torch", "good"),
    [
        ("finished", "3.11", STAMP, None, "", True),
        ("no Python in it", None, STAMP, None, "", False),
        ("the computer's Python was replaced", "3.12", STAMP, None, "", False),
        ("broke off on the first start", "3.11", {}, install.MADE_BY_US, "", False),
        ("broke off while packages were added", "3.11", STAMP, WRITING, "", False),
        ("broke off while packages were downloaded", "3.11", STAMP, install.MADE_BY_US, "", True),
        ("the reader's own environment", "3.12", {}, None, "", True),
        ("nothing there", None, {}, None, "", False),
        ("another torch is wished for", "3.11", STAMP, None, "cuda", False),
        ("the same torch is wished for", "3.11", STAMP, None, "cpu", True),
        ("where there is no choice of torch", "3.11", {**STAMP, "torch": ""}, None, "cuda", True),
    ],
)
def test_what_can_be_built_upon(what, python, stamp, log, torch, good, tmp_path, monkeypatch):
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "version_in_venv", lambda: python)
    monkeypatch.setenv("COURSE_TORCH", torch)
    if log:
        install.venv().mkdir()
        install.venv("install.log").write_text(log)
    assert install.usable(stamp) == good, what


@pytest.mark.parametrize("damage", ["", "{", "[1]", "null", "7"])
def test_a_damaged_stamp_counts_as_none(damage, tmp_path, monkeypatch):
    monkeypatch.setattr(install, "ROOT", tmp_path)
    install.venv().mkdir()
    install.venv("course.json").write_text(damage)
    assert install.read_stamp() == {}


# ---- failing


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A course with no .venv, whose environment would be made and filled by nobody."""
    (tmp_path / "requirements.txt").write_text("numpy\n")
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "choose_torch", lambda before="": ("cpu", []))
    monkeypatch.setattr(install.subprocess, "call", lambda command, **_: 0)
    monkeypatch.setattr(install, "files_of", lambda requirements: [])
    return tmp_path


def stopped():
    """Set up; return the sentence with which that stopped."""
    with pytest.raises(SystemExit) as stop:
        install.set_up(["requirements.txt"])
    return str(stop.value)


def test_the_stamp_is_written_last(bare, monkeypatch):
    install.set_up(["requirements.txt"])
    assert install.read_stamp()["torch"] == "cpu"
    install.venv("course.json").unlink()

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(install, "pip_install", interrupted)
    with pytest.raises(KeyboardInterrupt):
        install.set_up(["requirements.txt"])
    assert install.read_stamp() == {} and install.venv("install.log").exists()


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_python_that_cannot_make_environments(bare, missing, monkeypatch):
    monkeypatch.setitem(sys.modules, missing, None)
    assert "sudo apt install python3-venv" in stopped()
    assert not install.venv().exists()


def test_too_small_a_disk(bare, monkeypatch):
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(install.shutil, "disk_usage", lambda _: usage(1.94e9))
    assert stopped() == install.DISK_TOO_SMALL.format(need=2, free=1.94)
    monkeypatch.setattr(install, "choose_torch", lambda before="": ("cuda", []))
    assert "about 8 GB and the disk has 1.9 GB free" in stopped()
    monkeypatch.setattr(install.shutil, "disk_usage", lambda _: usage(8.1e9))
    install.set_up(["requirements.txt"])


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "x"), "into a folder of your own"),
        (OSError(errno.EROFS, "Read-only file system", "x"), "into a folder of your own"),
        (OSError(errno.ENOSPC, "No space left on device", "x"), install.DISK_FULL),
    ],
)
def test_a_folder_in_which_nothing_can_be_written(bare, monkeypatch, problem, sentence):
    def refuse(*_, **__):
        raise problem

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert sentence in stopped()


BROKEN = "WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by 'NewConnectionError'\n"
NONE_FOUND = "ERROR: No matching distribution found for torch<2.15,>=2.6\n"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", install.DISK_FULL),
        (BROKEN + NONE_FOUND, install.NO_NETWORK),
        ("pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool: Read timed out.", install.NO_NETWORK),
        (NONE_FOUND, "no release for Python 3.99"),
        ("Ignoring indexes: https://pypi.org/simple\n" + NONE_FOUND, install.NO_INDEX),
        ("ERROR: something nobody thought of", "Installing failed; the reason stands above"),
    ],
)
def test_when_pip_fails_a_sentence_says_what_to_do(bare, monkeypatch, said, sentence):
    def pip(command, **_):
        if "pip" in command:
            with open(command[command.index("--log") + 1], "a") as log:
                log.write(said)
        return int("pip" in command)

    monkeypatch.setattr(install.subprocess, "call", pip)
    monkeypatch.setattr(install, "version_in_venv", lambda: "3.99")
    install.venv().mkdir()
    assert sentence in stopped()
    assert install.read_stamp() == {}


def test_an_old_failure_does_not_explain_a_new_one(bare, monkeypatch):
    install.venv().mkdir()
    install.venv("install.log").write_text(BROKEN)
    monkeypatch.setattr(install.subprocess, "call", lambda command, **_: 1)
    assert install.pip_install(["requirements.txt"], []).startswith("Installing failed")


# ---- torch


@pytest.fixture
def torch(monkeypatch):
    """Return a function that chooses torch on a made-up Linux, and what pip was told and the reader was told."""

    def choose(capsys, *, gpu, wish="", answers=True, before=""):
        asked = []

        def urlopen(address, timeout):
            asked.append((address, timeout))
            if not answers:
                raise urllib.error.URLError("no route")
            return open(os.devnull)

        monkeypatch.setattr(install.sys, "platform", "linux")
        monkeypatch.setattr(install, "has_gpu", lambda: gpu)
        monkeypatch.setattr(install.urllib.request, "urlopen", urlopen)
        monkeypatch.setenv("COURSE_TORCH", wish)
        build, options = install.choose_torch(before)
        return build, options, capsys.readouterr().out, asked

    return choose


def test_without_a_gpu_torch_is_the_small_build_and_one_is_told_how_to_choose(torch, capsys):
    build, options, told, asked = torch(capsys, gpu=False)
    assert (build, options) == ("cpu", ["--extra-index-url", "https://download.pytorch.org/whl/cpu"])
    assert "200 MB" in told and "2-3 GB" in told and "COURSE_TORCH=cuda" in told
    assert asked[0][1] <= 10


def test_with_a_gpu_torch_is_the_large_build(torch, capsys):
    build, options, told, asked = torch(capsys, gpu=True)
    assert (build, options, asked) == ("cuda", [], []) and "COURSE_TORCH=cpu" in told and "200 MB" in told


def test_the_reader_decides(torch, capsys):
    assert torch(capsys, gpu=True, wish="cpu")[:2] == ("cpu", ["--extra-index-url", install.CPU_TORCH])
    assert torch(capsys, gpu=False, wish="cuda")[:2] == ("cuda", [])
    assert torch(capsys, gpu=False, before="cuda")[:2] == ("cuda", [])
    assert torch(capsys, gpu=False, before="cuda", wish="cpu")[0] == "cpu"
    with pytest.raises(SystemExit, match="COURSE_TORCH is 'gpu'"):
        torch(capsys, gpu=False, wish="gpu")


def test_where_the_small_build_cannot_be_had_one_is_told(torch, capsys):
    build, options, told, _ = torch(capsys, gpu=False, answers=False)
    assert (build, options) == ("cpu", []) and "does not answer" in told


def test_other_systems_have_no_choice(monkeypatch, capsys):
    for platform in ("darwin", "win32"):
        monkeypatch.setattr(install.sys, "platform", platform)
        monkeypatch.delenv("COURSE_TORCH", raising=False)
        assert install.choose_torch() == ("", [])
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
@pytest.mark.parametrize(
    ("script", "seen"),
    [("echo 'GPU 0: NVIDIA H100'", True), ("echo 'No devices were found'; exit 6", False), (None, False)],
)
def test_a_gpu_is_there_when_its_own_tool_lists_it(script, seen, tmp_path, monkeypatch):
    if script:
        (tmp_path / "nvidia-smi").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert install.has_gpu() == seen


# ---- the lists of packages


def requirements(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {found.name: found for found in (Requirement(line) for line in lines if line and line[0] != "#")}


@pytest.mark.parametrize("name", ["requirements.txt", "tests/requirements.txt", "utils/tools/website/requirements.txt"])
def test_packages_have_a_floor_and_a_cap_and_are_never_pinned(name):
    for found in requirements(name).values():
        assert sorted(re.match(r"[<>=!~]+", str(part))[0] for part in found.specifier) == ["<", ">="], found


def test_torch_is_asked_for_only_where_it_exists():
    marker = requirements("requirements.txt")["torch"].marker
    there = [("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"), ("win32", "AMD64")]
    for system, machine in [*there, ("darwin", "x86_64"), ("win32", "ARM64")]:
        wanted = marker.evaluate({"sys_platform": system, "platform_machine": machine})
        assert wanted == ((system, machine) in there), (system, machine)
