#!/usr/bin/env python3
"""Open the course: `python course.py` makes .venv, installs what the course needs into it and opens JupyterLab.

`python course.py help` lists the other verbs. Standard library only; it never asks a question. Written so that an
old Python, from 3.6 on, can still read this file, and say that it is too old.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
OLDEST = (3, 11)
FIRST = "chapters/00_start_here.ipynb"
FOR_PAGES = ("requirements.txt", "utils/tools/website/requirements.txt")
HELP = """\
python course.py                    open the course (the first time: install it, which takes some minutes)
python course.py -- --port 9999     the same; what follows -- is passed to JupyterLab
python course.py reset 03           a fresh chapter 03; what you wrote is kept in chapters/mine
python course.py update             the newest version of the course; what you wrote is kept in chapters/mine
python course.py site               the course as web pages that need no server and no network, in the folder site
python course.py export 07          chapter 07 with its answers and figures as one file, in the folder export
python course.py link https://…      for teachers: the link by which a class on a JupyterHub pulls the course
python course.py test [name ...]    run the tests (--author: also what only the authors of chapters need)
python course.py build [NN ...]     for authors: chapters/source -> chapters and solutions (--check, --execute)
python course.py bench              how fast the course's attention is beside the library's own, on this machine"""


def main(arguments):
    """Do what the command line says; return the exit status."""
    if sys.version_info < OLDEST:
        have, need = (".".join(str(part) for part in version[:2]) for version in (sys.version_info, OLDEST))
        sys.exit(
            f"This course needs Python {need} or newer, and this is Python {have} ({sys.executable}). Install one from "
            "https://www.python.org/downloads/ and start the course with it, for example: python3.13 course.py"
        )
    if not (ROOT / "utils" / "tools" / "install.py").exists():
        sys.exit(f"{ROOT} does not hold the whole course: course.py works only inside the folder it came in.")
    keep_out_of_the_way()
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("--", [])
    if verb in ("help", "-h", "--help"):
        print(HELP)
        return 0
    verbs = {"--": open_lab, "reset": reset, "update": update, "site": site, "export": export, "link": link}
    verbs.update(test=test, build=build, bench=bench)
    if verb not in verbs:
        print(f"course.py has no verb {verb!r}. It has:\n\n{HELP}", file=sys.stderr)
        return 2
    try:
        return verbs[verb](rest)
    except KeyboardInterrupt:
        print("\nInterrupted. Nothing is lost: run the same command again, it repairs what was left.", file=sys.stderr)
        return 130


def keep_out_of_the_way():
    """Undo settings of the reader's computer that would leak into .venv."""
    for name in ("PYTHONPATH", "PYTHONHOME"):  # pip would believe that what lies there is installed
        os.environ.pop(name, None)
    os.environ["PIP_USER"] = "0"  # pip refuses `--user` in a .venv
    os.environ.setdefault("PYTHONUTF8", "1")


def set_up(*requirements):
    """Make .venv and install what these files ask for, unless that was done before; return the path of its Python."""
    from utils.tools import install

    install.set_up(requirements)
    return install.venv_python()


def hand_over(python, *arguments):
    """Let the Python of .venv take over from the course's folder; its exit status is ours."""
    command = [str(part) for part in (python, *arguments)]
    sys.stdout.flush()
    os.chdir(str(ROOT))
    if os.name == "posix":
        os.execv(command[0], command)
    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            pass  # the other process heard it too, and decides


def open_lab(extra):
    """Open JupyterLab on the first chapter. Where its port is taken, it takes the next one by itself."""
    python = set_up("requirements.txt")
    options = ["--ServerApp.root_dir=" + str(ROOT)]
    if (ROOT / FIRST).exists():
        options.append("--LabApp.default_url=/lab/tree/" + FIRST)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # in a container everybody is root, and JupyterLab would refuse
    print("JupyterLab opens in your browser. It runs until you press Ctrl-C twice here.")
    return hand_over(python, "-m", "jupyterlab", *options, *extra)


def reset(numbers):
    """Put a fresh chapter in place of the learner's, which is kept in chapters/mine."""
    chapters = sorted(path.name[:2] for path in (ROOT / "chapters" / "source").glob("[0-9][0-9]_*.py"))
    number = numbers[0].zfill(2) if len(numbers) == 1 else ""
    if number not in chapters or not numbers[0]:
        print("Say which chapter, for example: python course.py reset 03", file=sys.stderr)
        print("The chapters are: " + " ".join(chapters), file=sys.stderr)
        return 2
    return hand_over(set_up("requirements.txt"), "-m", "utils.tools.build", number, "--fresh")


def link(words):
    """Print the link with which a class pulls the course; nothing needs to be installed."""
    from utils.tools import classroom

    return classroom.main(words)


def update(rest):
    """Fetch the newest version of the course; what the learner wrote is kept."""
    from utils.tools import update as newest

    if rest:
        print("update takes nothing after it: python course.py update", file=sys.stderr)
        return 2
    return newest.update(ROOT)


def test(names):
    """Run the tests, all or the named ones."""
    return hand_over(set_up("requirements.txt", "tests/requirements.txt"), ROOT / "tests" / "run.py", *names)


def build(rest):
    """Build the notebooks from their sources."""
    return hand_over(set_up("requirements.txt"), "-m", "utils.tools.build", *rest)


def site(rest):
    """Write the course as static pages."""
    return hand_over(set_up(*FOR_PAGES), "-m", "utils.tools.website", "site", *rest)


def export(rest):
    """Write one chapter as one file."""
    return hand_over(set_up(*FOR_PAGES), "-m", "utils.tools.website", "export", *rest)


def bench(rest):
    """Measure the kernel's speed beside the library's."""
    return hand_over(set_up("requirements.txt"), "-m", "utils.attention.bench", *rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
