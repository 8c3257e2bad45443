"""Pictures of what a map tells: a head being born, what removal does, another map, and three models shuffled."""

import numpy as np

from utils.chapters.ch08_many_heads.figures import plot_layers
from utils.chapters.ch12_reading_alpha.chemistry.figures import plot_arcs, plot_head_table  # noqa: F401
from utils.conversion import as_numpy
from utils.plots.base import ALPHA, INK, KEY, KEY_TEXT, QUERY, RED, SOFT, VALUE, new_axes, titled
from utils.plots.text import literal


def plot_birth(history, at, tokens, *, ax=None):
    """Draw how a run went, with a mark at one of its notes, and α of both layers at that moment.

    history: a History with the metrics "right" and "α", matrices (2, T, T)
    at: which note, from 0; beyond the last the last        tokens: labels   (T)
    ax: three axes
    """
    at = min(at, len(history.steps) - 1)
    ax = new_axes(10.4, 3.9, 3, width_ratios=[0.8, 1, 1]) if ax is None else ax
    step, looks = history.steps[at], history.metric("α")[at]
    ax[0].plot(history.steps, history.metric("right"), color=ALPHA(0.85), lw=2)
    ax[0].plot(step, history.metric("right")[at], "o", color=RED, ms=9)
    ax[0].set(xlabel="steps of training", ylabel="next symbols that are right", ylim=(-0.03, 1.05))
    titled(ax[0], f"step {step}: loss {history.losses[at]:.2f}")
    plot_layers(as_numpy(looks), tokens, ["layer 1", "layer 2"], ax=ax[1:])
    for each in ax[1:]:
        each.tick_params(labelsize=7)
    return ax[0]


def plot_removed(rows, *, chance, ax=None, title=None):
    """Draw how often models are right when heads are taken out, a dot for each model.

    rows: {what was removed: how often right, a list}, from the top        chance: of a guess
    """
    ax = ax or new_axes(7.2, 0.7 + 0.42 * len(rows))
    for place, found in enumerate(rows.values()):
        spread = place + np.linspace(-0.16, 0.16, len(found)) if len(found) > 1 else [place]
        ax.plot(found, spread, "o", color=ALPHA(0.8), ms=6, alpha=0.75)
    ax.axvline(chance, color=SOFT, ls=":", lw=1)
    ax.text(chance + 0.01, -0.45, "a guess", color=SOFT, fontsize=9, va="center")
    ax.set_yticks(range(len(rows)), rows)
    ax.set(xlim=(-0.03, 1.05), ylim=(len(rows) - 0.5, -0.7), xlabel="next symbols that are right")
    ax.tick_params(axis="y", length=0)
    ax.xaxis.grid(True, color=SOFT, alpha=0.2)
    return titled(ax, title)


def plot_says(table, names, *, ax=None, title=None):
    """Draw what a head says when it looks at a symbol: a row is that symbol, a column an answer it raises or lowers.

    table: how much each answer's score rises   (V, V)        names: of the symbols   (V)
    """
    names = list(map(literal, names))
    table = as_numpy(table)
    ax = ax or new_axes(6.2, 4.9)
    most = np.abs(table).max()
    picture = ax.imshow(table, cmap="PuOr_r", vmin=-most, vmax=most, interpolation="nearest")
    some = range(0, len(names), 4)
    ax.set_xticks(some, [names[i] for i in some])
    ax.set_yticks(some, [names[i] for i in some])
    ax.set_xlabel("the score of this answer rises (+) or falls (−)", color=INK)
    ax.set_ylabel("the head looks at", color=KEY_TEXT)
    ax.figure.colorbar(picture, ax=ax, shrink=0.8)
    return titled(ax, title)


def plot_two_rows(one, other, tokens, *, ax=None, title=None):
    """Draw two rows of weights over the same keys, the second below the line.

    one, other: weights   (n_k) both        tokens: the keys' labels   (n_k)
    """
    one, other = map(as_numpy, (one, other))
    ax = ax or new_axes(10, 3.6)
    places = np.arange(len(tokens))
    ax.bar(places, one, color=ALPHA(0.85), label="the model's own row")
    ax.bar(places, -other, color=VALUE, hatch="//", edgecolor="white", lw=0, label="another row, same answer")
    ax.axhline(0, color=INK, lw=0.8)
    most = 1.15 * max(np.max(one), np.max(other))
    ax.set(xlim=(-0.7, len(tokens) - 0.3), ylim=(-most, most), ylabel="weight")
    ax.set_yticks(ax.get_yticks(), [f"{abs(tick):.2f}" for tick in ax.get_yticks()])
    ax.set_ylim(-most, most)
    ax.set_xticks(places, list(map(literal, tokens)), color=KEY_TEXT, fontsize=9, family="monospace")
    ax.tick_params(axis="x", length=0)
    ax.legend(loc="upper left")
    return titled(ax, title)


def plot_before_after(models, guesses, *, ax=None, title=None):
    """Draw how often models are right with their own α and with another, a line for each model.

    models: {name: a pair for each model, with its own α and with the other}   (n, 2)
    guesses: {name: how often a guess is right}, where that is known
    """
    ax = ax or new_axes(7.6, 3.8)
    for place, (name, pairs) in enumerate(models.items()):
        own, other = np.transpose(pairs)
        left, right = place - 0.18, place + 0.18
        for a, b in zip(own, other, strict=True):
            ax.plot([left, right], [a, b], color=SOFT, lw=1, zorder=1)
        ax.plot([left] * len(own), own, "o", color=QUERY, ms=7, label="its own α" if place == 0 else None)
        ax.plot([right] * len(own), other, "s", color=KEY, ms=6, label="shuffled" if place == 0 else None)
        if name in guesses:
            label = "a guess" if place == 0 else None
            ax.plot([place - 0.32, place + 0.32], [guesses[name]] * 2, color=INK, ls=":", label=label)
    ax.set_xticks(range(len(models)), models)
    ax.tick_params(axis="x", length=0)
    ax.set(ylim=(0, 1.05), xlim=(-0.5, len(models) - 0.5), ylabel="answers that are right")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return titled(ax, title)
