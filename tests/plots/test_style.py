"""Figures look the same whatever a learner set for matplotlib, and leave it as it was."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from utils import plots
from utils.plots.style import course_style

SETTINGS = {
    "dark": "dark_background",
    "ggplot": "ggplot",
    "TeX, which is not there": {"text.usetex": True},
    "matrices upside down": {"image.origin": "lower", "image.interpolation": "bilinear"},
    "a comma in numbers": {"axes.formatter.use_locale": True},
    "see-through": {"savefig.transparent": True, "savefig.bbox": "tight"},
    "lines and labels": {"axes.grid": True, "xtick.labelsize": 30, "lines.linewidth": 9, "legend.loc": "upper left"},
}


def matrix():
    return plots.plot_alpha(np.tril(np.full((5, 5), 0.2)), list("abcde"), title="α")


def curves():
    ax = plots.new_axes()
    ax.plot([0, 1], [0, 1.5], label="one")
    ax.text(0.5, 0.5, "here")
    ax.legend()
    return plots.titled(ax, "curves")


@pytest.mark.parametrize("draw", [matrix, curves])
@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_a_learners_settings_change_no_figure(draw, settings):
    usual = plots.png(draw())
    with matplotlib.rc_context():
        plt.style.use(settings)
        assert plots.png(draw()) == usual


def test_a_learners_settings_stay():
    with matplotlib.rc_context({"lines.linewidth": 7}):
        before = dict.copy(matplotlib.rcParams)
        plots.png(curves())
        with pytest.raises(ZeroDivisionError), course_style():
            assert matplotlib.rcParams["lines.linewidth"] == 1.5
            1 / 0  # noqa: B018
        assert dict.copy(matplotlib.rcParams) == before


def test_a_font_for_a_learners_language_is_kept():
    with matplotlib.rc_context({"font.family": ["DejaVu Serif"]}), course_style():
        assert matplotlib.rcParams["font.family"] == ["DejaVu Serif"]
