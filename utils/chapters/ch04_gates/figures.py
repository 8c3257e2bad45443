"""Pictures of gates: a sequence on its way through them, and what their α says beside what a slope says."""

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.patches import Rectangle

from utils.chapters.ch03_recurrent_networks.figures import plot_by_distance  # noqa: F401  (drawn here, too)
from utils.conversion import as_numpy
from utils.plots.base import ALPHA, INK, KEY_TEXT, QUERY, SOFT, ink, new_axes, titled
from utils.plots.text import literal


def plot_gates(names, write, keep, cell, weights, step, *, ax=None):
    """Draw a sequence up to a step: what comes in, the two gates, the cell, and beside them the α that they make.

    names: what comes in at each step, short texts   (T)
    write, keep, cell: of one unit                   (T,) each
    weights: its α, column 0 for the start           (T, 1 + T)
    step: the last step that has happened, from 0; what comes later is left blank
    ax: two axes, for the gates and for α
    """
    names = list(map(literal, names))
    write, keep, cell, weights = map(as_numpy, (write, keep, cell, weights))
    left, right = new_axes(9, 4.2, 2, width_ratios=[1.1, 1]) if ax is None else ax
    steps = np.arange(len(names))
    for lane, values, colour in ((2, write, ALPHA(0.85)), (1, keep, ALPHA(0.45))):
        left.bar(steps[: step + 1], 0.8 * values[: step + 1], bottom=lane, width=0.7, color=colour)
    left.step(
        [-0.5, *steps[: step + 1], step + 0.5], [cell[0], *cell[: step + 1], cell[step]], where="mid", color=INK, lw=2.5
    )
    left.axvspan(step - 0.5, step + 0.5, color=SOFT, alpha=0.15, lw=0)
    left.axhline(0.7, color=SOFT, lw=0.8, ls=":")
    left.set_yticks([0, 0.7, 1, 1.8, 2, 2.8], ["0", "cell  0.7", "0", "keep f  1", "0", "write i  1"])
    left.set(xlim=(-0.6, len(names) - 0.4), ylim=(-0.05, 2.9))
    left.set_xticks(steps, names)
    left.set_xlabel("what the panel says")
    titled(left, f"step {step}: the cell holds {cell[step]:.2f}")
    ink(right, np.where(steps[:, None] <= step, weights, np.nan))
    right.add_patch(Rectangle((-0.5, step - 0.5), len(names) + 1, 1, fill=False, edgecolor=QUERY, lw=2))
    right.set_xticks(range(1 + len(names)), ["start", *names], color=KEY_TEXT, rotation=90)
    right.set_yticks(steps, [str(t) for t in steps], color=QUERY)
    right.set_ylabel("after step (query)", color=QUERY)
    right.set_xlabel("written at (key)", color=KEY_TEXT)
    titled(right, f"α: this row sums to {weights[step].sum():.2f}")
    return left


def plot_share_and_slope(weights, slopes, labels, *, ax=None, titles=("α: a share", "|∂c/∂x|: a slope")):
    """Draw one unit's α beside how much its cell would move with each input: two readings, two scales, two colours.

    weights: the α of its candidates, without the start's column   (T, T)
    slopes: |∂c_t/∂x_s|, on a log scale                             (T, T)
    labels: what came in at each step                               (T)
    ax: two axes
    """
    labels = list(map(literal, labels))
    weights, slopes = map(as_numpy, (weights, slopes))
    left, right = new_axes(9, 4, 2) if ax is None else ax
    past = np.tri(len(labels), dtype=bool)
    shown = left.imshow(np.where(past, weights, np.nan), cmap=ALPHA, vmin=0, vmax=1)
    left.figure.colorbar(shown, ax=left, shrink=0.8, label="share, 0 to 1")
    top, least = slopes.max(), slopes[past].min()
    shown = right.imshow(np.where(past, slopes, np.nan), cmap="cividis_r", norm=LogNorm(max(least, top / 1000), top))
    right.figure.colorbar(shown, ax=right, shrink=0.8, label="slope, log scale")
    for panel, title in zip((left, right), titles, strict=True):
        panel.set_xticks(range(len(labels)), labels, color=KEY_TEXT)
        panel.set_yticks(range(len(labels)), labels, color=QUERY)
        panel.set_xlabel("came in (key)", color=KEY_TEXT)
        panel.set_ylabel("after (query)", color=QUERY)
        titled(panel, title)
    return left
