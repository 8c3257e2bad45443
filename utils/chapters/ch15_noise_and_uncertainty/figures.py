"""Pictures of doubt: bands round a guess, promises against counts, and what noise does."""

import numpy as np
from matplotlib.patheffects import withStroke

from utils.conversion import as_numpy
from utils.plots.base import ALPHA, INK, KEY_TEXT, QUERY, RED, SOFT, VALUE, VALUE_TEXT, new_axes, titled
from utils.plots.text import literal

HALO = [withStroke(linewidth=3, foreground="white")]  # a letter stays readable where a curve runs through it
LINES = [(INK, "D", "-"), (ALPHA(0.9), "o", "-"), (VALUE, "^", "-."), (RED, "s", "--"), (SOFT, "P", ":")]


def plot_bands(places, guesses, keys, values, *, truth=None, axes=("place, in metres", "temperature, in °C"), ax=None):
    """Draw guesses side by side, each with the band of two standard deviations that it promises.

    places: where it was asked   (m,)
    guesses: {title: (mean (m,), sd (m,))}
    keys, values: the readings   (n,), (n,)
    truth: the true curve, where it is known   (m,)
    axes: the labels of both axes
    """
    ax = new_axes(9.4, 3.8, max(len(guesses), 2), sharey=True) if ax is None else ax
    for panel, (title, (mean, sd)) in zip(ax, guesses.items(), strict=True):
        draw_band(panel, places, mean, sd)
        if truth is not None:
            panel.plot(places, truth, color=SOFT, ls=":", lw=1.8, label="truth")
        panel.plot(keys, values, "o", color=VALUE, ms=5, mec="white", mew=0.6, label="readings")
        panel.set_xlabel(axes[0])
        titled(panel, title)
    ax[0].set_ylabel(axes[1])
    lines, names = ax[0].get_legend_handles_labels()
    ax[0].figure.legend(lines, names, loc="outside lower center", ncols=4, fontsize=10)
    return ax[0]


def draw_band(ax, places, mean, sd):
    """Draw a mean and the band of two standard deviations to both sides on ``ax``."""
    mean, sd = map(as_numpy, (mean, sd))
    ax.fill_between(places, mean - 2 * sd, mean + 2 * sd, color=QUERY, alpha=0.2, lw=0, label="mean ± 2 sd")
    ax.plot(places, mean, color=QUERY, lw=2, label="mean")


def plot_promises(promised, counted, *, ax=None, title=None):
    """Draw how often bands held what they promised, against the promise; the diagonal is honest.

    promised: shares   (n,)
    counted: {name: shares (n,)}
    """
    ax = ax or new_axes(5.6, 4.4)
    ax.plot([0, 1], [0, 1], color=SOFT, lw=1, label="honest: count = promise")
    for (name, shares), (colour, marker, dash) in zip(counted.items(), LINES, strict=False):
        ax.plot(promised, shares, color=colour, marker=marker, ls=dash, label=name)
    ax.set(xlabel="promised: share inside the band", ylabel="counted", xlim=(0, 1), ylim=(0, 1), aspect="equal")
    ax.text(0.97, 0.3, "below: too sure", color=SOFT, ha="right", fontsize=10)
    ax.text(0.06, 0.75, "above:\ntoo modest", color=SOFT, fontsize=10)
    ax.legend(loc="center left", bbox_to_anchor=(1.02, 0.5), fontsize=10)
    return titled(ax, title)


def plot_noise(noises, curves, *, ylabel="share of rows", ax=None, title=None):
    """Draw what noise does: one line for each name, and where there are several seeds, the middle one and all as dots.

    noises: (n,)
    curves: {name: shares (n,) or (n, seeds)}
    """
    ax = ax or new_axes(7.6, 3.8)
    for (name, shares), (colour, marker, dash) in zip(curves.items(), LINES, strict=False):
        shares = as_numpy(shares, float).reshape(len(noises), -1)
        ax.plot(noises, np.median(shares, axis=1), color=colour, marker=marker, ls=dash, lw=2, label=name)
        if shares.shape[1] > 1:
            ax.plot(noises, shares, color=colour, marker=marker, ms=4, alpha=0.4, ls="")
    ax.set(xlabel="noise on every number (standard deviation)", ylabel=ylabel, ylim=(-0.03, 1.05))
    ax.legend(loc="center left", bbox_to_anchor=(1.02, 0.5), fontsize=10)
    return titled(ax, title)


def plot_reading(places, mean, sd, x, y, names, asked, weights, *, shelf, waiting=(), ax=None, title=None):
    """Draw a guess with its band, the readings it was given by name, and how much each of them counts at one place.

    places, mean, sd: the guess   (m,)
    x, y, names: the readings, and what they are called   (n,)
    asked: the place whose weights are shown           weights: of the readings there (n,)
    shelf: below this height lie readings that are not in use          waiting: their (x, y, name), to be named, too
    """
    mean, sd, weights = map(as_numpy, (mean, sd, weights))
    ax = new_axes(9, 4.2, 2, width_ratios=[2.4, 1]) if ax is None else ax
    curve, bars = ax
    curve.axhspan(-10, shelf, color="#e6e4ea", lw=0, zorder=3)
    curve.text(
        0.35, shelf - 0.1, "shelf: not given to the model", color=INK, fontsize=9, ha="center", va="top", zorder=4
    )
    draw_band(curve, places, mean, sd)
    curve.axvline(asked, color=QUERY, ls=":", lw=1.5)
    curve.plot(x, y, "o", color=VALUE, ms=7)
    for across, up, _ in waiting:
        curve.plot(across, up, "o", mfc="none", mec=INK, ms=7, zorder=4)
    for across, up, name in [*zip(x, y, names, strict=True), *waiting]:
        place = {"textcoords": "offset points", "xytext": (11, 9 if up < 2.6 else -16), "zorder": 5}
        color = VALUE_TEXT if up > shelf else INK
        curve.annotate(
            literal(name), (across, up), color=color, fontsize=11, path_effects=HALO, annotation_clip=False, **place
        )
    curve.set(xlim=(-2, 2), ylim=(shelf - 1.2, 3), xlabel="place", ylabel="value")
    titled(curve, title)
    drawn = bars.bar(
        list(map(literal, names)), weights, color=[ALPHA(0.8) if weight >= 0 else RED for weight in weights]
    )
    bars.bar_label(drawn, [f"{weight:z.2f}" for weight in weights], padding=2, fontsize=9)
    bars.axhline(0, color=SOFT, lw=1)
    bars.set(
        ylim=(min(-0.1, 1.2 * min(weights)), max(1.1, 1.15 * max(weights))),
        ylabel="weight where the dotted line stands",
    )
    bars.set_xlabel("reading", color=KEY_TEXT)
    return curve
