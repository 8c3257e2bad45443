"""Pictures of the clinic: training curves of broken attentions, and the masks of a model card."""

import numpy as np
from matplotlib.colors import ListedColormap

from utils.conversion import as_numpy
from utils.plots.alpha import plot_alpha
from utils.plots.base import ALPHA, INK, KEY, QUERY, RED, SOFT, VALUE, new_axes, titled
from utils.plots.text import literal

COLOURS = [INK, QUERY, VALUE, SOFT, KEY, ALPHA(0.55), RED, ALPHA(0.95)]
MARKERS = "os^vDPX*"


def plot_faults(steps, faults, *, floor=None, ax=None, title=None):
    """Draw the training loss of each attention, a line a seed, and how often it is right, in training and in use.

    steps: where the losses were noted
    faults: {name: runs}, each run with losses, seen (right in training) and used (right in use)
    floor: the loss below which nobody gets who does not know the future
    ax: two axes
    """
    left, right = new_axes(10.5, 4.4, 2, width_ratios=[1.25, 1]) if ax is None else ax
    for (name, runs), colour, marker in zip(faults.items(), COLOURS, MARKERS, strict=False):
        for number, run in enumerate(runs):
            label = name if number == 0 else None
            left.plot(steps, run["losses"], color=colour, marker=marker, ms=4, markevery=4, lw=1.3, label=label)
    if floor is not None:
        left.axhline(floor, color=SOFT, ls=":", lw=1.2)
        left.text(steps[0], floor, "floor", ha="left", va="top", color=SOFT, fontsize=9)
    left.set(xlabel="steps of training", ylabel="loss", ylim=(0, None))
    left.legend(fontsize=8.5, loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=3, frameon=False)
    for row, runs in enumerate(faults.values()):
        right.axhline(-row, color=SOFT, lw=0.4, alpha=0.5)
        for place, (key, colour, marker, size) in enumerate((("seen", ALPHA(0.5), "o", 6), ("used", RED, "D", 5))):
            shares = [run[key] for run in runs]
            label = ("in training", "in use")[place] if row == 0 else None
            right.plot(shares, [-row + 0.16 - 0.32 * place] * len(runs), marker, color=colour, ms=size, label=label)
    right.set_yticks(-np.arange(len(faults)), list(faults), fontsize=9.5)
    right.tick_params(axis="y", length=0)
    right.set(xlabel="right answers", xlim=(-0.03, 1.03), ylim=(0.6 - len(faults), 0.6))
    right.legend(fontsize=9, loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=2, frameon=False)
    titled(right, "one dot a seed")
    return titled(left, title)


def plot_patient(shown, used, words, *, ax=None):
    """Draw the weights that an attention returns beside those that make its answers, and what each row sums to.

    shown, used: weights, NaN allowed   (n, n) both
    words: what asks and is asked       (n)
    ax: two axes
    """
    shown, used = map(as_numpy, (shown, used))
    ax = new_axes(9, 3.6, 2) if ax is None else ax
    for panel, weights, title in zip(ax, (shown, used), ("α as it is returned", "what makes the answers"), strict=True):
        plot_alpha(weights, words, ax=panel, title=title)
        for i, j in np.argwhere(np.isnan(weights)):
            panel.text(j, i, "NaN", ha="center", va="center", color=RED, fontsize=9)
        panel.text(len(words) - 0.3, -0.85, "sum", color=SOFT, fontsize=9)
        for i, total in enumerate(weights.sum(axis=1)):
            right = abs(total - 1) < 0.005
            panel.text(len(words) - 0.3, i, f"{total:.2f}", va="center", color=INK if right else RED, fontsize=10)
        panel.set_xlim(-0.5, len(words) + 0.35)
    ax[1].set_yticks([])
    return ax[0]


def plot_masks(masks, *, ax=None, title=None):
    """Draw masks side by side, many tokens each: purple where one may look.

    masks: {words: mask (n_q, n_k)}
    """
    if ax is None:
        ax = np.atleast_1d(new_axes(3.4 * len(masks) + 0.4, 3.6, len(masks)))
    for panel, (words, mask) in zip(ax, masks.items(), strict=True):
        mask = as_numpy(mask)
        panel.imshow(mask, cmap=ListedColormap(["#efedf2", ALPHA(0.7)]), vmin=0, vmax=1, interpolation="nearest")
        n_q, n_k = mask.shape
        panel.set_xticks(np.arange(n_k + 1) - 0.5, minor=True)
        panel.set_yticks(np.arange(n_q + 1) - 0.5, minor=True)
        panel.grid(which="minor", color="white", lw=0.8)
        panel.tick_params(which="both", length=0)
        panel.set(xticks=[0, n_k - 1], yticks=[0, n_q - 1])
        panel.set_xlabel("is looked at (key)", color=KEY)
        panel.set_title(literal(words), fontsize=10.5, loc="left")
    ax[0].set_ylabel("looks (query)", color=QUERY)
    if title:
        ax[0].figure.suptitle(literal(title), fontsize=12, fontweight="bold", x=0.02, ha="left")
    return ax[0]
