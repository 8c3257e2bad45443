"""The settings under which the course draws: its own, whatever a learner set for matplotlib in a cell or in a file."""

import functools
from contextlib import contextmanager

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, SOFT = "#1d1b22", "#6b6775"
STYLE = {
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}
THEIRS = ("font.", "backend", "interactive", "date.", "timezone")  # a font may be there for a learner's language
USUAL = {key: value for key, value in matplotlib.rcParamsDefault.items() if not key.startswith(THEIRS)}
USUAL |= {"font.size": matplotlib.rcParamsDefault["font.size"]}
DRAW = {  # what figures call: methods of axes, and of a figure
    Axes: "annotate axhline axvline axvspan bar bar_label barh fill_between grid imshow legend plot scatter semilogy "
    "set_title set_xlabel set_xticks set_ylabel set_yticks step text tick_params",
    Figure: "colorbar legend suptitle supxlabel text",
}
_inside = []


@contextmanager
def course_style(settings=USUAL | STYLE):
    """Draw what is inside the block in the course's style, and leave matplotlib's settings as they were."""
    if _inside:  # matplotlib calls its own methods
        yield
        return
    kept = dict.copy(matplotlib.rcParams)
    _inside.append(settings)
    dict.update(matplotlib.rcParams, settings)  # both were checked before; to check them again takes milliseconds
    try:
        yield
    finally:
        dict.update(matplotlib.rcParams, kept)
        _inside.clear()


def _untouched(kind):
    """Make a class of matplotlib whose methods of DRAW do not see what a learner set."""

    def usual(method):
        @functools.wraps(method)
        def draw(*args, **options):
            with course_style(USUAL):
                return method(*args, **options)

        return draw

    return type(kind.__name__, (kind,), {name: usual(getattr(kind, name)) for name in DRAW[kind].split()})


CourseAxes, CourseFigure = _untouched(Axes), _untouched(Figure)
