"""What every chapter and every solution must keep, read from the notebooks without running them."""

import ast
import importlib
import re

import nbformat
import pytest

from tests.notebooks import is_check, solution as committed
from utils.checks import framework
from utils.tools.build import SETUP, for_learner, notebook, read, solved, sources
from utils.tools.home import HOME, ROOT

CHAPTERS = sources()
NAMES = [path.stem for path in CHAPTERS]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(params=CHAPTERS, ids=NAMES)
def source(request):
    return request.param


@pytest.fixture
def chapter(source):
    return notebook(read(source), for_learner)


@pytest.fixture
def solution(source):
    return nbformat.reads(committed(f"{source.stem}.ipynb").decode(), as_version=4)


def code(book):
    return [cell for cell in book.cells if cell.cell_type == "code"]


def prose(book):
    return "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")


def outputs(book):
    return [(cell, output) for cell in code(book) for output in cell.outputs]


def test_a_chapter_opens_with_title_set_up_and_imports(chapter):
    assert chapter.cells[0].source.startswith("# ")
    assert chapter.cells[1].source == SETUP
    assert "About" in chapter.cells[0].source or "Ten minutes" in chapter.cells[0].source
    assert chapter.cells[2].id == "imports" and len(chapter.cells[2].source.splitlines()) <= 8


def test_a_chapter_ends_with_the_way_on(chapter):
    assert "shut this kernel down" in chapter.cells[-1].source
    assert re.search(r"Next: ", chapter.cells[-1].source)


def test_links_lead_to_chapters_that_are_there(chapter):
    for link in re.findall(r"\]\(([^)#]+\.ipynb)\)", prose(chapter)):
        assert (ROOT / "chapters" / link).exists(), link


def test_nothing_stands_in_a_chapter_before_it_is_run(chapter):
    assert all(not cell.outputs and cell.execution_count is None for cell in code(chapter))
    assert "SOLUTION" not in "".join(cell.source for cell in chapter.cells)


def test_every_exercise_has_text_hints_a_stub_and_its_check(source, chapter):
    number = str(int(source.name[:2]))
    module = importlib.import_module(f"utils.chapters.ch{source.stem}.check")
    asked = [cell for cell in chapter.cells if is_check(cell)]
    ids = [cell.id for cell in chapter.cells]
    for cell in asked:
        stub = cell.id.removesuffix("-check")
        place = ids.index(stub)
        text = chapter.cells[place - 1].source
        assert ids[place + 1] == cell.id, "the check stands right under the answer"
        assert re.search(r"\d min · [●○]{3}", text) and 1 <= text.count("<details>") <= 3
        stub_source = chapter.cells[place].source
        assert "your turn" in stub_source or re.search(r"^\w+ = \.\.\.$", stub_source, re.M)
        name = re.match(r"check\.(\w+)\(", cell.source).group(1)
        assert getattr(module, name).number.replace(".", "-") == stub.removeprefix("ex-")
    numbers = [n for n in framework.EXERCISES if n.split(".")[0] == number]
    in_order = sorted(numbers, key=lambda n: int(n.split(".")[1]))
    assert [cell.id for cell in asked] == [f"ex-{n.replace('.', '-')}-check" for n in in_order]


def test_at_most_five_exercises_are_core(chapter):
    texts = [cell.source for cell in chapter.cells if cell.id.startswith("ex-") and cell.id.endswith("-text")]
    assert len([text for text in texts if "stretch" not in text]) <= 5


def test_no_later_cell_rebinds_an_exercise(chapter):
    """The story goes on with the course's version under a module's name; else Run All would turn checks green."""
    answered = set()
    for cell in code(chapter):
        bound = {name for statement in ast.parse(cell.source).body for name in _bound(statement)}
        assert not bound & answered, (cell.id, bound & answered)
        if cell.id.startswith("ex-") and not is_check(cell):
            answered |= bound


def _bound(statement):
    """Yield the names that a statement binds in the notebook; what a function binds inside stays there."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        yield statement.name
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def test_cells_stay_short(chapter):
    lengths = sorted(len(cell.source.splitlines()) for cell in code(chapter) if cell.id != "set-up")
    assert lengths[len(lengths) // 2] <= 6, "median"
    assert lengths[int(len(lengths) * 0.9)] <= 20, "90th percentile"


def test_every_picture_of_a_solution_has_its_alternative_text(solution):
    pictures = [(cell, output) for cell, output in outputs(solution) if "image/png" in output.get("data", {})]
    assert pictures
    for cell, output in pictures:
        assert output.metadata.get("image/png", {}).get("alt"), cell.id
        assert "Figure" not in output.data.get("text/plain", ""), cell.id


def test_a_solution_holds_no_axes_no_live_widget_and_no_stray_message(solution):
    for cell, output in outputs(solution):
        text = output.get("data", {}).get("text/plain", "")
        assert "Axes" not in text and "application/vnd.jupyter.widget-view+json" not in output.get("data", {}), cell.id
        assert output.output_type != "error" and output.get("name") != "stderr", cell.id
        assert not re.search(r"np\.\w+\(|0x[0-9a-f]{6}", text), (cell.id, text)


def test_every_check_of_a_solution_passed(solution):
    for cell in solution.cells:
        if is_check(cell):
            assert cell.outputs[0].data["text/plain"].startswith("✓"), cell.id


def test_a_cell_that_may_vary_ends_in_an_assert(solution):
    for cell in code(solution):
        if "nbval-ignore-output" in cell.metadata.get("tags", []):
            assert any(isinstance(node, ast.Assert) for node in ast.parse(cell.source).body[-2:]), cell.id


def test_the_solved_cells_are_those_of_the_source(source, solution):
    fresh = notebook(read(source), solved)
    assert [(c.id, c.source) for c in solution.cells] == [(c.id, c.source) for c in fresh.cells]


def test_the_readme_has_a_row_for_the_chapter(source, chapter):
    title = chapter.cells[0].source.splitlines()[0].split("·")[1].strip()
    row = next(
        line for line in README.splitlines() if line.startswith("| ") and f"chapters/{source.stem}.ipynb" in line
    )
    exercises = sum(is_check(cell) for cell in chapter.cells)
    assert title in row and f"| {exercises} |" in row


def test_no_cell_can_be_skipped_or_fail_unseen(source):
    """nbval obeys tags and comments of its own; only one of them is allowed here."""
    for cell in read(source):
        assert set(cell.metadata.get("tags", [])) <= {"solution", "nbval-ignore-output"}, cell.id
        assert "NBVAL_" not in cell.source, cell.id


def test_words_that_are_not_used_here(chapter):
    text = prose(chapter).lower()
    assert not re.findall(
        r"\b(simply|obviously|trivial(?:ly)?|of course,? you|powerful|cutting[- ]edge|leverage)\b", text
    )


def test_the_one_address_of_the_course_is_the_same_everywhere():
    for path in ("course.py", "utils/tools/home.py", "CITATION.cff", "README.md"):
        for found in re.findall(r"https://github\.com/[\w.-]+/[\w.-]+", (ROOT / path).read_text(encoding="utf-8")):
            assert found.removesuffix(".git") == HOME, (path, found)
