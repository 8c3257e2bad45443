"""Pictures of heads: side by side, dealt out, and how fast a model with them learns."""

import numpy as np
from matplotlib.patches import Polygon, Rectangle

from utils.conversion import as_numpy
from utils.plots.alpha import plot_alpha
from utils.plots.base import ALPHA, INK, KEY, KEY_TEXT, QUERY, RED, SOFT, VALUE, ink, new_axes, titled
from utils.plots.text import literal

SHADES = [("#cfe3f1", ""), ("#f6d9bf", "//"), ("#cdeadf", ".."), ("#e3dcf2", "xx")]  # of heads: colour and hatch


def plot_heads(weights, titles, queries=None, keys=None, *, mask=None, ax=None):
    """Draw the weights of several heads side by side.

    weights: a matrix for each head   (H, n_q, n_k)
    titles: what each head is called   (H)
    queries, keys, mask: as for ``plot_alpha``
    ax: as many axes as heads
    """
    weights = as_numpy(weights)
    if ax is None:
        ax = np.atleast_1d(new_axes(min(3.9 * len(weights), 10.5), 4.2, len(weights)))
    for panel, head, title in zip(ax, weights, titles, strict=True):
        plot_alpha(head, queries, keys, mask=mask, ax=panel, title=title)
    return ax[0]


def plot_layers(weights, tokens, titles, *, ax=None):
    """Draw causal weights of several layers side by side, without lines and numbers: quick enough for a slider.

    weights: a matrix for each layer, nothing above its diagonal   (n_layers, T, T)
    tokens: labels of rows and columns   (T)
    titles: what each layer is called    (n_layers)
    ax: as many axes as layers
    """
    tokens = list(map(literal, tokens))
    weights = as_numpy(weights)
    n = len(tokens)
    if ax is None:
        ax = new_axes(4.5 * len(weights), 4.6, len(weights))
    edges = np.repeat(np.arange(n), 2) + 0.5  # 0.5, 0.5, 1.5, 1.5 …: the stairs down the diagonal
    future = np.column_stack([edges[:-1], edges[1:] - 1])
    for panel, layer, title in zip(ax, weights, titles, strict=True):
        ink(panel, np.where(np.tri(n, dtype=bool), layer, np.nan))
        panel.add_patch(Polygon([*future, (n - 0.5, -0.5)], fill=False, hatch="////", edgecolor="#c9c6d2", lw=0))
        panel.set_xticks(range(n), tokens, color=KEY_TEXT, fontsize=9)
        panel.set_yticks(range(n), tokens, color=QUERY, fontsize=9)
        panel.xaxis.tick_top()
        panel.tick_params(length=0)
        panel.spines[:].set_visible(False)
        titled(panel, title)
    return ax[0]


def plot_split(words, n_features, n_heads=2, *, ax=None):
    """Draw a table of tokens and features twice: dealt out by features, as heads do it, and wrongly by tokens.

    words: the tokens   (T)
    n_features: columns of the table; n_heads: at most four, dividing columns and tokens
    ax: two axes
    """
    words = list(map(literal, words))
    if ax is None:
        ax = new_axes(8.4, 3.4, 2)
    n = len(words)
    by_feature = np.arange(n_features) * n_heads // n_features + np.zeros((n, 1), int)
    by_token = (np.arange(n) * n_heads // n)[:, None] + np.zeros(n_features, int)
    titles = ["right: features of every token", "wrong: some of the tokens"]
    for panel, owner, title in zip(ax, (by_feature, by_token), titles, strict=True):
        for (i, j), head in np.ndenumerate(owner):
            colour, hatch = SHADES[head]
            box = Rectangle((j - 0.46, i - 0.46), 0.92, 0.92, facecolor=colour, hatch=hatch, edgecolor="white", lw=0)
            panel.add_patch(box)
            panel.text(j, i, str(head), ha="center", va="center", color=INK)
        panel.set(xlim=(-0.5, n_features - 0.5), ylim=(n - 0.5, -0.5), xlabel="features of q, k or v")
        panel.set_xticks([])
        panel.set_yticks(range(n), words)
        panel.tick_params(length=0)
        panel.spines[:].set_visible(False)
        titled(panel, title)
    return ax[0]


def plot_accuracy(histories, *, guess, ax=None, title=None):
    """Draw how often models were right while they learnt, one line a run.

    histories: {name: runs of that model}, each a History
    guess: how often a model is right that guesses among what it saw
    """
    ax = ax or new_axes(7.5, 3.4)
    looks = [(ALPHA(0.85), "s"), (RED, "o"), (VALUE, "^")]
    for (name, runs), (colour, marker) in zip(histories.items(), looks, strict=False):
        for number, run in enumerate(runs):
            label = name if number == 0 else None
            ax.plot(run.steps, run.metric(), color=colour, marker=marker, ms=4, lw=1.5, alpha=0.9, label=label)
    ax.axhline(guess, color=SOFT, ls=":", lw=1, label=f"a guess: {guess:.3g}")
    ax.set(xlabel="steps of training", ylabel="answers that are right", ylim=(0, 1.05))
    ax.legend(loc="center right", frameon=False)
    return titled(ax, title)


def plot_steps(steps, *, budget, ax=None, title=None):
    """Draw how many steps each number of heads needed, a dot a seed; a run that did not get there is an arrow.

    steps: {heads: steps of each seed, None where the budget was too small}
    budget: the steps each run had
    """
    ax = ax or new_axes(6.4, 3.2)
    for place, runs in enumerate(steps.values()):
        done = [each for each in runs if each is not None]
        ax.plot([place] * len(done), done, "o", color=QUERY, ms=7, alpha=0.8)
        if len(done) < len(runs):
            ax.plot(place, budget, marker="^", color=KEY, ms=10)
            ax.text(place + 0.1, budget, f"{len(runs) - len(done)} not within the budget", va="center", fontsize=9)
    ax.set_xticks(range(len(steps)), [str(heads) for heads in steps])
    ax.set(xlabel="heads in each layer", ylabel="steps until 97 % are right", xlim=(-0.5, len(steps) - 0.5))
    ax.set_ylim(bottom=0)
    ax.yaxis.grid(True, color=SOFT, alpha=0.2)
    return titled(ax, title)
