"""The library of the course "Follow the α", from the top floor down: a room uses what stands below it, never above.

    chapters/      one room a chapter, named ch and its source's stem, such as ch05_the_race:
        check.py, check_*.py   what a right answer is          questions.py   recall, and check yourself
        figures.py             what only this chapter draws    recipes/       what takes minutes, script beside result
        all else               its experiments                 chemistry/     chapter 12 only: a model reads reactions
        overview.py, earlier.py (beside the rooms)             the table of chapter 0; the learner's earlier answers
    models/        torch networks that two chapters or more use: layers, a block, the GPT, the speller
    diagnose/      examine anybody's attention: probe_*.py ask, hints.py says what to mend
    widgets/       what learners move: the α view, panels and their controls, predictions and quizzes, their JavaScript
    recurrent/     RNN, GRU and LSTM from scratch: gates, starts, the α they imply, gradients back through time
    checks/        how any check runs: framework, reading an answer, tables, limits
    training/      one loop for all, its history, a fair comparison, the live plot
    attention/     the kernel: scaled_dot_product, masks, heads, positions, cache, linear, tiled, kernel_regression
    recipes.py     the store of what was measured or trained before: by which script, when, on what machine
    data/          what models learn from, made or real; files/ has the raw files and the scripts that made them
    plots/         the look of every figure, its text, and the picture of α
    device.py      which processor, how much time and memory               progress.py   what the learner has done
    tools/         what the course does for itself: install, update, build, the class's link, the website
    validation.py  what public functions refuse, and in which words        seeds.py      where random numbers begin
    conversion.py  any numbers as NumPy, any text

``__all__`` lists the rooms that notebooks ask; the names they ask for stay (tests/surface.txt).
"""

import sys

__all__ = [
    "attention",
    "chapters",
    "data",
    "device",
    "diagnose",
    "models",
    "plots",
    "recipes",
    "recurrent",
    "training",
    "widgets",
]


class Gone:
    """The last to be asked for a module of the course: nobody has it, so the notebook is of another version."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        """Raise ModuleNotFoundError, with a sentence that says what to do, for what begins with "utils."."""
        if name.startswith(f"{__name__}."):
            raise ModuleNotFoundError(
                f"This version of the course has no {name}: where this notebook is a copy kept from an older version, "
                "carry your answers over to today's chapter and run them there."
            )


sys.meta_path[:] = [each for each in sys.meta_path if getattr(each, "__name__", "") != Gone.__name__] + [Gone]
