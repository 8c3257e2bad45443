"""Everything CI runs, in order, with a table of times:  python course.py test [--author] [step ...]

Steps: style, unit, chapters, solutions, browser (all without a name), and dialects, which runs only by
name. ``--author`` also demands that the committed notebooks are what their sources say; CI=true always demands it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.notebooks import learner_copies, solution_copies  # noqa: E402
from utils.tools.build import sources  # noqa: E402

SECONDS = 60  # what one notebook may take
LIMITS = {"unit": 240, "chapters": 240, "solutions": 600, "browser": 240}  # seconds a step should take on two cores
CI = os.environ.get("CI", "").lower() == "true"
ABREAST = ["-n", "2", "--dist", "loadfile"]  # two processes of one thread: quicker here than one process of two
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
NBVAL = ["--nbval-current-env", "--nbval-cell-timeout=120", "-p", "no:cacheprovider", "-q"]
TIMES = []  # rows of the closing table: what, seconds


def run(*command, cwd=ROOT, **environment):
    """Run a command; return whether it succeeded."""
    return subprocess.run([str(part) for part in command], cwd=cwd, env={**os.environ, **environment}).returncode == 0


def pytest(*arguments, **options):
    """Run pytest with ``arguments``; return whether every test passed."""
    return run(sys.executable, "-m", "pytest", *arguments, **options)


def offline():
    """Return the words before a command that cut it off from the network, and the environment that helps."""
    cut = ["unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    if shutil.which("unshare") and subprocess.run([*cut, "true"], capture_output=True).returncode == 0:
        return cut, {}
    return [], {"PYTHONPATH": str(ROOT / "tests" / "offline")}


def notebooks(kind, folder, how, **environment):
    """Run the notebooks of ``folder`` under nbval, with no network; each must be run, each within its time."""
    cut, guard = offline()
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        command = [*cut, sys.executable, "-m", "pytest", how, *NBVAL, *ABREAST, f"--junitxml={report}", folder]
        quiet = {"COURSE_PROGRESS": "off", "COURSE_DEVICE": "cpu", **ONE_THREAD, **guard}
        fine = run(*command, cwd=folder, **quiet, **environment)
        if not report.exists():
            return False
        cases = list(ElementTree.parse(report).iter("testcase"))
    peaks = {path.stem: path.read_text() for path in Path(folder).glob("*.peak")}
    seconds, skipped = Counter(), [case for case in cases if case.find("skipped") is not None]
    for case in cases:
        seconds[case.get("classname").removesuffix(".ipynb").split(".")[-1]] += float(case.get("time"))
    said = {name: f", {peaks[name]} MiB" if name in peaks else "" for name in seconds}
    TIMES.extend((f"  {kind} {name}{said[name]}", spent) for name, spent in sorted(seconds.items()))
    missing = {path.stem for path in sources()} - set(seconds)
    slow = {name for name, spent in seconds.items() if spent > SECONDS}
    unseen = {case.get("classname") for case in skipped}
    for wrong, what in ((missing, "not run"), (slow, f"over {SECONDS} s"), (unseen, "cells skipped in")):
        if wrong:
            print(f"{kind}: {what}: {', '.join(sorted(wrong))}")
    return fine and not missing and not slow and not unseen


def style():
    """Lint everything, compare the layout of the code with the formatter's, and the imports with the house's rules."""
    ruff = [sys.executable, "-m", "ruff"]
    imports = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    return run(*ruff, "check") and run(*ruff, "format", "--check") and run(*imports, "--no-cache", "--no-logo")


def unit():
    """Run the tests that need no browser."""
    return pytest("tests", "-m", "not browser", "--durations=5", "-n", "2", "--dist", "worksteal", **ONE_THREAD)


def chapters():
    """Run what a learner opens: every cell twice, nothing solved, small budgets."""
    with tempfile.TemporaryDirectory() as folder:
        return notebooks("chapter", learner_copies(Path(folder)), "--nbval-lax", COURSE_BUDGET="0.05")


def solutions():
    """Run what is solved, with full budgets, and compare every text that it prints."""
    with tempfile.TemporaryDirectory() as folder:
        return notebooks("solution", solution_copies(Path(folder)), "--nbval", COURSE_STRICT="1")


def browser():
    """Drive JupyterLab in a real browser: whole chapters two at a time, then what is timed, alone."""
    whole = "tests/browser/test_chapters.py"
    fine = pytest(whole, "-n", "2", **ONE_THREAD)
    return pytest("tests", "-m", "browser", f"--ignore={whole}", "-s") and fine


def dialects():
    """Install TensorFlow and JAX, each into a folder that is deleted afterwards, and compare the four dialects."""
    fine = run(sys.executable, "-m", "utils.chapters.ch07_query_key_value.dialects", "numpy", "torch")
    for name in ("jax", "tensorflow"):
        with tempfile.TemporaryDirectory() as folder:
            install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            paths = os.pathsep.join([folder, str(ROOT)])
            installed = run(*install, "--target", folder, name)
            fine &= installed and run(
                sys.executable, "-m", "utils.chapters.ch07_query_key_value.dialects", name, PYTHONPATH=paths
            )
    return fine


def committed():
    """Demand that the notebooks are what their sources say."""
    return run(sys.executable, "-m", "utils.tools.build", "--check")


STEPS = {step.__name__: step for step in (style, unit, chapters, solutions, browser)}
BY_NAME = {"dialects": dialects}  # downloads much: only when asked for


def main(arguments):
    """Run the steps asked for; return 0 when all passed."""
    author = CI or "--author" in arguments
    os.environ["COURSE_AUTHOR"] = str(int(author))
    names = [name for name in arguments if name != "--author"] or list(STEPS)
    known = STEPS | BY_NAME
    if unknown := set(names) - set(known):
        print(f"no such step: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
        return 2
    steps = ([committed] if author else []) + [known[name] for name in names]
    failed = []
    for step in steps:
        print(f"\n== {step.__name__}: {step.__doc__.splitlines()[0]}", flush=True)
        start, row = time.monotonic(), len(TIMES)
        failed += [] if step() else [step.__name__]
        spent = time.monotonic() - start
        TIMES.insert(row, (step.__name__, spent))
        if spent > LIMITS.get(step.__name__, spent):
            print(f"{step.__name__} took {spent:.0f} s, more than the {LIMITS[step.__name__]} s it should take")
    print("\n" + "\n".join(f"{what:<52}{seconds:7.1f} s" for what, seconds in TIMES))
    print(f"total{sum(seconds for what, seconds in TIMES if what[0] != ' '):54.1f} s")
    print(f"failed: {', '.join(failed)}" if failed else "every step passed")
    print(f"steps: {len(steps) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
