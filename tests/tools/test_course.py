"""course.py itself: its verbs, what it tells an old Python, and the files that hosts and CI read."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

import course
from utils.tools.home import ROOT

BEFORE_INSTALLATION = [
    "course.py",
    "utils/__init__.py",
    "utils/tools/__init__.py",
    "utils/tools/home.py",
    "utils/tools/install.py",
    "utils/tools/archive.py",
    "utils/tools/contents.py",
    "utils/tools/update.py",
    "utils/tools/backup.py",
    "utils/tools/classroom.py",
]


@pytest.fixture
def calls(monkeypatch):
    """What course.py would install and run, in order; nothing is installed or run."""
    recorded = []

    def set_up(*requirements):
        recorded.append(requirements)
        return "PYTHON"

    def hand_over(python, *arguments):
        assert python == "PYTHON"
        recorded.append([str(argument) for argument in arguments])
        return 7

    monkeypatch.setattr(course, "set_up", set_up)
    monkeypatch.setattr(course, "hand_over", hand_over)
    monkeypatch.setattr(course, "keep_out_of_the_way", lambda: None)
    return recorded


BASE, TESTS = ("requirements.txt",), ("requirements.txt", "tests/requirements.txt")
PAGES = ("requirements.txt", "utils/tools/website/requirements.txt")
RUNNER = str(ROOT / "tests" / "run.py")


@pytest.mark.parametrize(
    ("line", "installed", "run"),
    [
        (["test"], TESTS, [RUNNER]),
        (["test", "--author", "unit"], TESTS, [RUNNER, "--author", "unit"]),
        (["build"], BASE, ["-m", "utils.tools.build"]),
        (["build", "01", "--execute"], BASE, ["-m", "utils.tools.build", "01", "--execute"]),
        (["bench"], BASE, ["-m", "utils.attention.bench"]),
        (["test", "dialects"], TESTS, [RUNNER, "dialects"]),
        (["site"], PAGES, ["-m", "utils.tools.website", "site"]),
        (["export", "07", "--to", "x"], PAGES, ["-m", "utils.tools.website", "export", "07", "--to", "x"]),
        (["reset", "01"], BASE, ["-m", "utils.tools.build", "01", "--fresh"]),
        (["reset", "1"], BASE, ["-m", "utils.tools.build", "01", "--fresh"]),
    ],
)
def test_a_verb_sets_up_and_hands_over(calls, line, installed, run):
    assert course.main(line) == 7
    assert calls == [installed, run]


@pytest.mark.parametrize("line", [[], ["--"], ["--", "--port", "9999"]])
def test_without_a_verb_jupyterlab_opens_with_what_follows_the_dashes(calls, line):
    assert course.main(line) == 7
    assert calls[0] == BASE
    assert calls[1][:3] == ["-m", "jupyterlab", f"--ServerApp.root_dir={ROOT}"]
    assert calls[1][-2:] == line[1:] if line[1:] else "--port" not in calls[1]


@pytest.mark.parametrize("line", [["reset"], ["reset", "99"], ["reset", "01", "02"], ["reset", "x"], ["reset", ""]])
def test_reset_asks_for_one_chapter_that_exists(calls, capsys, line):
    assert course.main(line) == 2
    complaint = capsys.readouterr().err
    assert "python course.py reset 03" in complaint and " 01" in complaint
    assert calls == []


@pytest.mark.parametrize("line", [["install"], ["--port", "9999"], ["Test"], [""]])
def test_an_unknown_verb_lists_the_known_ones(calls, capsys, line):
    assert course.main(line) == 2
    complaint = capsys.readouterr().err
    assert repr(line[0]) in complaint
    assert all(
        f"course.py {verb}" in complaint for verb in ("reset", "update", "test", "build", "bench", "site", "export")
    )
    assert calls == []


@pytest.mark.parametrize("line", [["help"], ["-h"], ["--help"]])
def test_help_is_printed_and_nothing_is_installed(calls, capsys, line):
    assert course.main(line) == 0
    assert course.HELP in capsys.readouterr().out and calls == []


def test_an_interruption_says_that_the_next_try_repairs(calls, capsys, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(course, "set_up", interrupted)
    assert course.main([]) == 130
    assert "run the same command again" in capsys.readouterr().err


def test_where_a_process_cannot_be_replaced_course_py_waits_through_ctrl_c(monkeypatch):
    answers = [KeyboardInterrupt, KeyboardInterrupt, 5]

    class Process:
        def __init__(self, command):
            assert command == ["PYTHON", "-m", "jupyterlab"]

        def wait(self):
            if answers[0] is KeyboardInterrupt:
                raise answers.pop(0)
            return answers[0]

    monkeypatch.setattr(course, "os", SimpleNamespace(name="nt", chdir=lambda folder: None))
    monkeypatch.setattr(course.subprocess, "Popen", Process)
    assert course.hand_over("PYTHON", "-m", "jupyterlab") == 5
    assert answers == [5]


def test_the_whole_course_must_be_there(calls, tmp_path, monkeypatch):
    monkeypatch.setattr(course, "ROOT", tmp_path)
    with pytest.raises(SystemExit, match="does not hold the whole course"):
        course.main([])
    assert calls == []


# ---- Pythons of all kinds


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 10, 99), (3, 11, 0), (3, 15, 0)])
def test_a_python_too_old_is_told_what_to_do(calls, version, monkeypatch):
    monkeypatch.setattr(course.sys, "version_info", version)
    if version >= (3, 11):
        assert course.main([]) == 7
        return
    with pytest.raises(SystemExit) as stop:
        course.main([])
    assert "needs Python 3.11 or newer" in str(stop.value) and "python.org" in str(stop.value)
    assert f"this is Python {version[0]}.{version[1]} " in str(stop.value) and calls == []


def test_a_python_too_old_can_read_course_py():
    ast.parse((ROOT / "course.py").read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize("command", ["python3.6", "python3.7", "python3.8", "python3.9", "python3.10"])
def test_a_real_python_too_old_says_so(command):
    works = shutil.which(command) and subprocess.run([command, "--version"], capture_output=True).returncode == 0
    if not works:
        pytest.skip(f"no {command} here")
    done = subprocess.run([command, str(ROOT / "course.py")], capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.startswith("This course needs Python 3.11")


@pytest.mark.parametrize("name", BEFORE_INSTALLATION)
def test_what_runs_before_the_installation_imports_only_the_standard_library(name):
    imported = set()
    for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported |= {f"{node.module}.{alias.name}" for alias in node.names}
    own = [".".join(Path(other).with_suffix("").parts) for other in BEFORE_INSTALLATION]
    foreign = {what for what in imported if what.split(".")[0] not in sys.stdlib_module_names}
    assert [what for what in foreign if not any(f"{what}.".startswith(f"{each}.") for each in own)] == []


def test_what_course_py_says_survives_an_old_console():
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    command = [sys.executable, "-S", str(ROOT / "course.py"), "α"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 2 and "has no verb" in done.stderr


def test_settings_that_would_leak_into_the_environment_are_undone(monkeypatch):
    monkeypatch.setattr(os, "environ", {"PYTHONPATH": "x", "PYTHONHOME": "x", "PIP_USER": "1", "PATH": "x"})
    course.keep_out_of_the_way()
    assert os.environ == {"PIP_USER": "0", "PATH": "x", "PYTHONUTF8": "1"}


# ---- what hosts read


def workflow(name="ci"):
    return yaml.safe_load((ROOT / f".github/workflows/{name}.yml").read_text(encoding="utf-8"))


def test_the_hosted_site_is_what_course_py_writes():
    assert workflow("site")["permissions"] == {"contents": "read", "pages": "write", "id-token": "write"}
    build, publish = workflow("site")["jobs"].values()
    steps = build["steps"] + publish["steps"]
    assert "python course.py site" in [step.get("run") for step in steps] and publish["needs"] == "build"
    assert {"path": "site"} in [step.get("with") for step in steps]
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]) for step in steps if "uses" in step)


def test_the_oldest_versions_are_tried_every_week_with_all_steps_but_the_browser():
    from tests.run import STEPS

    [job] = workflow("lowest")["jobs"].values()
    install, run = (step["run"] for step in job["steps"] if "run" in step)
    assert "--resolution lowest-direct" in install and "--requirement requirements.txt" in install
    assert run.split() == ["python", "course.py", "test", *(step for step in STEPS if step != "browser")]
    assert set(workflow("lowest")[True]) == {"schedule", "workflow_dispatch"}


def test_hosted_ci_runs_on_every_change_and_every_week():
    events = workflow()[True]  # YAML reads a bare `on` as true
    assert {"push", "pull_request", "schedule"} <= set(events)
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", events["schedule"][0]["cron"])
    assert workflow()["permissions"] == {"contents": "read"}


def test_hosted_ci_covers_three_systems_the_oldest_python_and_the_newest():
    [job] = workflow()["jobs"].values()
    assert {name.split("-")[0] for name in job["strategy"]["matrix"]["os"]} == {"ubuntu", "macos", "windows"}
    assert job["strategy"]["matrix"]["python"] == [".".join(map(str, course.OLDEST)), "3.x"]
    assert job["strategy"]["fail-fast"] is False and 20 <= job["timeout-minutes"] <= 60


def test_hosted_ci_hides_no_failure_and_pins_its_actions():
    [job] = workflow()["jobs"].values()
    assert "continue-on-error" not in str(job) and "|| true" not in str(job)
    uses = [step["uses"] for step in job["steps"] if "uses" in step]
    assert len(uses) == 2 and all(re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in uses)


def test_hosted_ci_leaves_out_the_browser_on_other_systems_and_nothing_else():
    from tests.run import STEPS

    [job] = workflow()["jobs"].values()
    linux, other = (step for step in job["steps"] if "run" in step)
    assert (linux["if"], linux["run"]) == ("runner.os == 'Linux'", ".ci/run")
    assert other["if"] == "runner.os != 'Linux'"
    assert other["run"].split() == ["python", "course.py", "test", *(step for step in STEPS if step != "browser")]


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_ci_run_calls_exactly_the_command_of_the_readme(tmp_path):
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", tmp_path / ".ci/run")
    (tmp_path / "course.py").write_text(
        "import os, sys\nprint(sys.argv[1:], os.getcwd(), os.environ['CI'], repr(sys.stdin.read()))\nsys.exit(3)\n"
    )
    (tmp_path / "bin").mkdir()
    for name, text in {"chromium": "", "python3": f'exec "{sys.executable}" "$@"'}.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    for tool in ("bash", "dirname", "env"):
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))
    environment = {"PATH": str(tmp_path / "bin")}  # python3 but no python, and a browser
    done = subprocess.run([tmp_path / ".ci/run"], cwd="/", env=environment, capture_output=True, text=True, input="no")
    assert done.returncode == 3, done.stderr
    assert done.stdout.splitlines()[-1] == f"['test'] {tmp_path} true ''"


def test_the_citation_names_title_authors_and_licences():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["license"] == ["MIT", "CC-BY-4.0"]
