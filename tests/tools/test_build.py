"""The build: stubs, stable ids, the same bytes every time, and nothing of a learner's lost."""

import json
import os
import re
import shutil
import subprocess

import nbformat
import pytest

from tests.notebooks import is_check
from utils.tools import backup, build, contents

SOURCE = '''\
# %% [markdown]
r"""# 1 · A small chapter
Words."""

# %%
import math

# %% id="ex-1-1"
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% id="ex-1-1-check"
double

# %% id="ex-1-2"
### BEGIN SOLUTION
a, b = 1, 2
c = [a, b]
### END SOLUTION

# %% [markdown] tags=["solution"] id="why"
r"""Only in the solution."""

# %%
print(math.pi // 1)
'''


@pytest.fixture
def course(tmp_path):
    for folder in ("chapters/source", "solutions", "utils"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "utils" / "__init__.py").write_text("")
    (tmp_path / "chapters" / "source" / "01_small.py").write_text(SOURCE, encoding="utf-8")
    build.build(tmp_path)
    return tmp_path


def load(course, folder="chapters"):
    return nbformat.read(course / folder / "01_small.ipynb", as_version=4)


def cell(book, name):
    return next(cell for cell in book.cells if cell.id == name)


def answer(course, name="ex-1-1", text="def double(x):\n    return x + x"):
    book = load(course)
    cell(book, name).source = text
    nbformat.write(book, course / "chapters" / "01_small.ipynb")


def test_a_function_becomes_a_stub_that_says_so(course):
    stub = cell(load(course), "ex-1-1").source
    assert stub == 'def double(x):\n    """Twice x."""\n    raise NotImplementedError("your turn")'
    assert cell(load(course, "solutions"), "ex-1-1").source == 'def double(x):\n    """Twice x."""\n    return 2 * x'


def test_a_solution_at_top_level_leaves_its_names_open(course):
    assert cell(load(course), "ex-1-2").source == "a = ...\nb = ...\nc = ..."


def test_broken_code_to_mend_stands_in_the_chapter_only(course):
    source = course / "chapters" / "source" / "01_small.py"
    broken = SOURCE.replace("    return 2 * x\n", "    return 2 * x\n    ### INSTEAD\n    return x  # your turn\n")
    source.write_text(broken, encoding="utf-8")
    build.build(course)
    assert cell(load(course), "ex-1-1").source == 'def double(x):\n    """Twice x."""\n    return x  # your turn'
    assert cell(load(course, "solutions"), "ex-1-1").source == 'def double(x):\n    """Twice x."""\n    return 2 * x'


def test_a_solution_that_assigns_no_name_is_refused(course):
    source = course / "chapters" / "source" / "01_small.py"
    source.write_text(SOURCE.replace("a, b = 1, 2\nc = [a, b]", "print(1)"), encoding="utf-8")
    with pytest.raises(ValueError, match="should assign a name"):
        build.build(course)


def test_cells_tagged_solution_stand_only_in_the_solution(course):
    assert "why" not in [c.id for c in load(course).cells]
    assert "why" in [c.id for c in load(course, "solutions").cells]


def test_the_set_up_cell_comes_after_the_title(course):
    assert [c.id for c in load(course).cells][:2] == ["1-a-small-chapter", "set-up"]
    assert load(course).cells[1].source == build.SETUP


def test_ids_are_written_into_the_source_and_never_change(course):
    source = course / "chapters" / "source" / "01_small.py"
    text = source.read_text(encoding="utf-8")
    assert len(re.findall('id="', text)) == len(re.findall("^# %%", text, re.M))
    before = [c.id for c in load(course).cells]
    source.write_text(text.replace('# %% id="ex-1-1"', '# %%\nimport math\n\n# %% id="ex-1-1"'), encoding="utf-8")
    build.build(course)
    after = [c.id for c in load(course).cells]
    assert [name for name in after if name in before] == before and len(after) == len(before) + 1


def test_an_id_that_stands_twice_is_refused(course):
    source = course / "chapters" / "source" / "01_small.py"
    source.write_text(source.read_text(encoding="utf-8").replace('"ex-1-2"', '"ex-1-1"'), encoding="utf-8")
    with pytest.raises(ValueError, match=r"ex-1-1.*more than once"):
        build.build(course)


def test_building_again_changes_no_byte(course):
    files = [*course.glob("chapters/*.ipynb"), *course.glob("solutions/*.ipynb"), *course.glob("chapters/source/*")]
    before = [path.read_bytes() for path in files]
    assert build.build(course) == []
    assert [path.read_bytes() for path in files] == before


def test_an_edited_chapter_is_kept_before_it_is_written_again(course):
    answer(course)
    said = build.build(course)
    copies = list((course / "chapters" / "mine").glob("01_small-*.ipynb"))
    assert len(copies) == 1 and copies[0].name in said[0]
    assert "x + x" in copies[0].read_text(encoding="utf-8")
    assert "your turn" in cell(load(course), "ex-1-1").source


def test_two_copies_in_the_same_second_are_both_kept(course):
    for text in ("first", "second"):
        answer(course, text=text)
        build.build(course, ["01"], fresh=True)
    texts = [path.read_text(encoding="utf-8") for path in (course / "chapters" / "mine").iterdir()]
    assert len(texts) == 2 and "first" in "".join(texts) and "second" in "".join(texts)


def test_a_chapter_that_was_only_run_is_not_copied(course):
    book = load(course)
    for code in (c for c in book.cells if c.cell_type == "code"):
        code.execution_count = 7
        code.outputs = [nbformat.v4.new_output("stream", text="hello")]
    book.metadata["widgets"] = {"some": "state"}
    nbformat.write(book, course / "chapters" / "01_small.ipynb")
    build.build(course)
    assert not (course / "chapters" / "mine").exists()
    assert load(course).cells[2].outputs == []


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"cells": 3, "metadata": {}}', '{"cells": [], "metadata": {}}'])
def test_a_damaged_chapter_is_kept_as_it_is(course, damage):
    (course / "chapters" / "01_small.ipynb").write_text(damage, encoding="utf-8")
    build.build(course)
    (copied,) = (course / "chapters" / "mine").iterdir()
    assert copied.read_text(encoding="utf-8") == damage
    assert not backup.edited(course / "chapters" / "01_small.ipynb")


def test_fresh_leaves_sources_and_solutions_alone(course):
    solution = course / "solutions" / "01_small.ipynb"
    solution.write_text("mine", encoding="utf-8")
    build.build(course, ["01"], fresh=True)
    assert solution.read_text(encoding="utf-8") == "mine"


def test_a_chapter_that_is_not_there_is_named(course):
    with pytest.raises(ValueError, match="no chapter 07; there are 01"):
        build.build(course, ["07"])


def test_check_finds_every_kind_of_stale_notebook(course):
    assert build.stale(course) == ["solutions/01_small.ipynb"]  # not executed yet
    build.build(course, run=True)
    assert build.stale(course) == []
    answer(course)
    (course / "solutions" / "99_left_over.ipynb").write_text("{}")
    assert build.stale(course) == ["chapters/01_small.ipynb", "solutions/99_left_over.ipynb"]


def test_an_executed_solution_keeps_its_outputs_and_nothing_that_varies(course):
    build.build(course, run=True)
    path = course / "solutions" / "01_small.ipynb"
    book = json.loads(path.read_text(encoding="utf-8"))
    outputs = [out for c in book["cells"] for out in c.get("outputs", [])]
    assert ["3.0\n"] in [out.get("text") for out in outputs]
    assert set(book["metadata"]) == {"kernelspec", "language_info", "course"}
    assert all("execution" not in c["metadata"] for c in book["cells"])
    before = path.read_bytes()
    assert build.build(course, run=True) == []
    build.build(course, ["01"], run=True)
    assert path.read_bytes() == before


def test_a_solution_is_run_strictly_and_this_process_left_as_it_was(course, monkeypatch):
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    source = course / "chapters" / "source" / "01_small.py"
    source.write_text(SOURCE + '\n# %%\nimport os\nos.environ["COURSE_STRICT"], os.environ["COURSE_PROGRESS"]\n')
    build.build(course, run=True)
    assert load(course, "solutions").cells[-1].outputs[0].data["text/plain"] == "('1', 'off')"
    assert "COURSE_STRICT" not in os.environ


def test_checks_are_found_by_their_id(course):
    assert [c.id for c in load(course).cells if is_check(c)] == ["ex-1-1-check"]


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_the_build_writes_down_what_the_course_consists_of(course):
    subprocess.run(["git", "init", "--quiet", course], check=True)
    (course / ".gitignore").write_text("scratch\n")
    (course / "scratch").write_text("")
    assert contents.NAME in build.stale(course)
    assert f"wrote {contents.NAME}" in build.build(course)
    assert contents.NAME not in build.stale(course)
    (course / "new.py").write_text("")
    assert contents.NAME in build.stale(course)
    build.build(course)
    names = (course / contents.NAME).read_text(encoding="utf-8").splitlines()
    assert {"new.py", "chapters/01_small.ipynb", contents.NAME} <= set(names) and "scratch" not in names
    assert set(contents.came_with(course)) == set(names)
