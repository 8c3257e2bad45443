"""Binder: its files are whole, mean what they say, and work here; Binder itself is not asked."""

import os
import subprocess
import sys

import pytest

from utils.tools.build import sources
from utils.tools.home import HOME, ROOT
from utils.tools.install import CPU_TORCH

BINDER = ROOT / ".binder"


def lines(name):
    return [line for line in (BINDER / name).read_text().splitlines() if line and not line.startswith("#")]


def test_it_installs_what_the_course_needs_with_the_small_torch():
    assert lines("requirements.txt") == [f"--extra-index-url {CPU_TORCH}", "-r ../requirements.txt"]
    assert lines("runtime.txt") == ["python-3.11"]


def test_nothing_else_lies_there():
    """One file with another name, and Binder would install nothing, silently."""
    assert {path.name for path in BINDER.iterdir()} == {"postBuild", "requirements.txt", "runtime.txt", "start"}


@pytest.mark.skipif(os.name == "nt", reason="Binder runs Linux")
@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_a_script_may_be_run_and_begins_as_scripts_do(name):
    path = BINDER / name
    assert os.access(path, os.X_OK) and path.read_bytes().startswith(b"#!/bin/bash\n")


@pytest.mark.skipif(os.name == "nt", reason="Binder runs Linux")
def test_start_says_how_many_threads_and_hands_over():
    show = [sys.executable, "-c", "import os, sys; print(os.environ['OMP_NUM_THREADS'], sys.argv[1:])", "one word"]
    environment = {key: value for key, value in os.environ.items() if "NUM_THREADS" not in key}
    done = subprocess.run([BINDER / "start", *show], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == "1 ['one word']\n"


def test_every_chapter_has_its_link():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for source in sources():
        path = f"chapters/{source.stem}.ipynb"
        assert (
            f"| [▶](https://mybinder.org/v2/gh/{HOME.split('github.com/')[1]}/HEAD?urlpath=lab/tree/{path}) |" in readme
        )
