"""The house: floors and rooms hold by themselves, and what notebooks may ask for stays."""

import ast
import importlib
import re
import shutil
import subprocess
import sys
from collections import defaultdict

import pytest

import utils
from utils.tools.build import SETUP, sources
from utils.tools.home import ROOT

UTILS = ROOT / "utils"
SOURCES = sources()
SURFACE = ROOT / "tests" / "surface.txt"
FLOORS = "Floors"
PLANTED = {  # a forbidden import -> the contract that it breaks
    "attention/masks.py": ("from utils.chapters.ch05_the_race import race", FLOORS),
    "plots/base.py": ("from utils import recipes", FLOORS),  # rooms on one floor
    "attic.py": ("", FLOORS),  # a room that says not where it stands
    "chapters/ch03_recurrent_networks/first_recall.py": (
        "from utils.chapters.ch05_the_race import race",
        "A chapter may lean on an earlier chapter",
    ),
    "tools/build.py": ("from utils.attention import softmax", "The tools know neither the library nor a chapter"),
    "tools/install.py": ("import numpy", "What runs before anything is installed"),
    "models/gpt.py": ("import anywidget", "The kernel draws nothing"),
}


def asked_for(source):
    """Return what a chapter asks of utils: {module: names}, whether imported from it or reached through it."""
    tree, modules, found = ast.parse(source.read_text(encoding="utf-8")), {}, defaultdict(set)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "utils":
            for name in node.names:
                full = f"{node.module}.{name.name}"
                if (ROOT / (full.replace(".", "/") + ".py")).exists() or (ROOT / full.replace(".", "/")).is_dir():
                    modules[name.asname or name.name] = full
                    found[full] |= set()
                else:
                    found[node.module].add(name.name)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            found[modules[node.value.id]].add(node.attr)
    return found


def lint(folder):
    """Return what import-linter says of the contracts, run in a folder that holds utils and pyproject.toml."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run([*command, "--no-cache", "--no-logo"], cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """The library in a folder where something can be planted."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(UTILS, folder / "utils", ignore=shutil.ignore_patterns("__pycache__", "*.npz", "*.gz"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.mark.parametrize("where", PLANTED)
def test_a_planted_import_breaks_its_contract(copied, where):
    line, contract = PLANTED[where]
    path = copied / "utils" / where
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        status, said = lint(copied)
    finally:
        path.unlink() if before is None else path.write_text(before, encoding="utf-8")
    assert status == 1
    assert re.search(rf"^{contract}.* BROKEN", said, re.M), said


def test_every_chapter_has_one_room_of_its_own_name():
    rooms = {path.name for path in (UTILS / "chapters").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert rooms == {f"ch{source.stem}" for source in SOURCES}
    assert all((UTILS / "chapters" / room / "check.py").exists() for room in rooms)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_notebook_uses_the_shared_rooms_its_own_and_those_of_earlier_chapters(source):
    for module in asked_for(source):
        _, first, *rest = [*module.split("."), ""]
        assert not first or first in utils.__all__, module
        if first == "chapters" and rest[0] not in ("overview", "earlier"):
            assert re.match(r"ch(\d\d)_", rest[0])[1] <= source.stem[:2], module


@pytest.mark.parametrize("folder", sorted({path.parent for path in UTILS.rglob("*.py")}), ids=lambda path: path.name)
def test_a_room_has_no_more_files_than_one_takes_in(folder):
    assert len([path for path in folder.glob("*.py") if path.name != "__init__.py"]) <= 12


@pytest.mark.parametrize("path", [*UTILS.rglob("*.py"), *UTILS.rglob("*.js")], ids=lambda path: path.name)
def test_a_file_is_no_longer_than_one_reads(path):
    assert path.name == "alpha.js" or len(path.read_text(encoding="utf-8").splitlines()) <= 250


def test_a_recipe_is_run_and_never_imported():
    """What a chapter, a test or another script needs of a recipe lies in a plain module of its room."""
    asks = re.compile(r"^\s*(from|import) utils\.chapters\.\w+(\.recipes| import recipes)", re.M)
    readers = [*UTILS.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *SOURCES]
    assert [path for path in readers if asks.search(path.read_text(encoding="utf-8"))] == []


def test_every_package_says_in_a_sentence_what_it_holds():
    for path in UTILS.rglob("__init__.py"):
        said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert said and len(said.splitlines()[0]) >= 15, path


def test_the_map_names_every_room():
    rooms = {path.name for path in UTILS.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    said = re.findall(r"(?:^    |  )(\w+)(?:/|(?=\.py))", utils.__doc__, re.M)
    assert rooms - {"__init__.py"} <= {name for word in said for name in (word, f"{word}.py")}


def test_contributors_see_the_same_map():
    tree = [line.removeprefix("    ") for line in utils.__doc__.splitlines() if line.startswith("    ")]
    assert "\n".join(["```text", *tree, "```"]) in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


# --- what notebooks may ask for ---------------------------------------------------------------------------------------


def frozen():
    """Return what is promised to notebooks, {module: names}."""
    lines = [line.split(":") for line in SURFACE.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    return {module: set(names.split()) for module, names in lines}


def test_what_notebooks_ask_for_is_promised():
    asked, promised = defaultdict(set), frozen()
    for source in SOURCES:
        for module, names in asked_for(source).items():
            asked[module] |= names
    new = {module: names - promised.get(module, set()) for module, names in asked.items()}
    lines = [f"{m}: {' '.join(sorted(n | promised.get(m, set())))}" for m, n in new.items() if n or m not in promised]
    assert not lines, "notebooks ask for more than is promised; write into tests/surface.txt:\n" + "\n".join(lines)


def test_what_was_promised_is_there():
    """A kept copy in chapters/mine asks for these names: who renames one leaves the old name beside the new."""
    for module, names in frozen().items():
        room = importlib.import_module(module)
        assert [name for name in names if not hasattr(room, name)] == [], module


OLD = """
from utils import fairness, plots, race, recipes, standings, training
from utils.checks import chapter_05 as check
from utils.choices import predict
import utils.panel
from utils.plots import plot_race
""".strip().splitlines()


@pytest.mark.parametrize("line", OLD)
def test_a_kept_copy_says_what_to_do_where_a_name_is_gone(tmp_path, line):
    (tmp_path / "chapters" / "mine").mkdir(parents=True)
    (tmp_path / "utils").symlink_to(UTILS, target_is_directory=True)
    command = [sys.executable, "-c", f"{SETUP}\n{line}"]
    done = subprocess.run(command, cwd=tmp_path / "chapters" / "mine", capture_output=True, text=True)
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ModuleNotFoundError: This version of the course has no utils.")
    assert last.endswith("carry your answers over to today's chapter and run them there.")
