"""Pictures of a Transformer and of language models: tokens that become alike, bits per character, α while it learns."""

import numpy as np

from utils.conversion import as_numpy
from utils.plots.base import ALPHA, INK, KEY, KEY_TEXT, QUERY, SOFT, VALUE, ink, new_axes, titled
from utils.plots.text import literal

LOOKS = [(KEY, "o"), (QUERY, "s"), (VALUE, "^"), (ALPHA(0.85), "D")]


def plot_apart(apart, *, ax=None, title=None):
    """Draw how far tokens still are from each other, layer by layer, on a logarithmic axis.

    apart: {name: the distance to their mean as a share of their length, before the first layer and after each};
        what is less than 10⁻¹⁵ is rounding, and drawn there
    """
    ax = ax or new_axes(7.5, 3.5)
    for (name, shares), (colour, marker) in zip(apart.items(), LOOKS, strict=False):
        ax.semilogy(range(len(shares)), np.maximum(shares, 1e-15), color=colour, marker=marker, ms=5, label=name)
    ax.set(xlabel="layers so far", ylabel="what is left of the difference", ylim=(3e-16, 3))
    ax.legend(loc="center right", frameon=False)
    return titled(ax, title)


def plot_bits(bits, *, mine=(), limits=None, ax=None, title=None):
    """Draw what a character costs each model, the best at the bottom: a dot for each run, and the mean as a number.

    bits: {name: bits per character, a number or one for each seed}
    mine: names to be drawn in another colour and shape
    limits: both ends of the axis
    """
    ax = ax or new_axes(7.5, 0.9 + 0.42 * len(bits))
    for place, (name, values) in enumerate(bits.items()):
        values = np.atleast_1d(values)
        colour, marker = (ALPHA(0.85), "D") if name in mine else (SOFT, "o")
        ax.plot(values, [place] * len(values), marker, color=colour, ms=7, alpha=0.8)
        ax.text(values.max(), place, f"   {values.mean():.2f}", va="center", color=INK)
    ax.set_yticks(range(len(bits)), list(bits), color=INK)
    ax.set(xlabel="bits per character, fewer are better", ylim=(len(bits) - 0.5, -0.5))
    low, high = limits or (0, ax.get_xlim()[1])
    ax.set_xlim(low, high + 0.08 * (high - low))
    ax.xaxis.grid(True, color=SOFT, alpha=0.2)
    return titled(ax, title)


def plot_character_bits(text, costs, *, ax=None):
    """Draw what each character of a text cost each model.

    text: the characters                 (N,)
    costs: {name: bits of each}          (N,) each
    ax: as many axes as models
    """
    if ax is None:
        figure = new_axes(10, 1.0 + 1.3 * len(costs)).figure
        figure.clear()
        ax = figure.subplots(len(costs), 1, sharex=True, sharey=True)
    names = ["␣" if symbol == " " else "↵" if symbol == "\n" else literal(symbol) for symbol in text]
    looks = [(SOFT, ""), (ALPHA(0.75), "///")]
    for each, (name, bits), (colour, hatch) in zip(ax, costs.items(), looks, strict=False):
        each.bar(range(len(text)), bits, color=colour, hatch=hatch, edgecolor="white", lw=0)
        each.spines[["top", "right"]].set_visible(False)
        each.set_ylabel("bits")
        titled(each, f"{name}: {np.sum(bits):.0f} bits for {len(text)} characters")
    ax[-1].set_xticks(range(len(text)), names, color=INK, fontsize=9)
    ax[-1].tick_params(axis="x", length=0)
    return ax[0]


def plot_growing(steps, bits, weights, text, *, at, rivals, ax=None, title=None):
    """Draw a training run: left what a character cost at each note, right the α of one layer at one of them.

    steps, bits: of each note            (n_notes,)
    weights: the heads of a layer        (H, N, N), four at most
    text: the characters they look at    (N,)
    at: which note the weights are of
    rivals: {name: bits per character}, drawn as lines
    ax: two axes
    """
    weights = as_numpy(weights)
    left, right = new_axes(10.4, 4.9, 2) if ax is None else ax
    left.plot(steps, bits, color=QUERY, lw=1.5, marker=".")
    left.plot(steps[at], bits[at], marker="o", ms=11, mfc="none", mec=KEY, mew=2)
    for name, height in rivals.items():
        left.axhline(height, color=SOFT, ls=":", lw=1)
        left.text(steps[-1], height + 0.06, name, ha="right", va="bottom", fontsize=9, color=SOFT)
    left.set(xlabel="steps", ylabel="bits per character", ylim=(0, 7))
    _tile(right, weights, text)
    titled(left, title)
    return left


def _tile(ax, weights, text):
    """Draw up to four causal matrices in one picture, which is quick; a word stands where it begins."""
    n, wide = len(text), len(text) + 2
    tiles = np.full((2 * wide, 2 * wide), np.nan)
    for number, head in enumerate(weights):
        row, column = (part * wide for part in divmod(number, 2))
        tiles[row : row + n, column : column + n] = np.where(np.tri(n, dtype=bool), head, np.nan)
        ax.text(column + n - 1, row + 4, f"head {number}", ha="right", fontsize=9, color=INK)
    ink(ax, tiles)
    starts = [i for i in range(n) if text[i] != " " and (i == 0 or text[i - 1] == " ")]
    words, places = list(map(literal, text.split())), [start + part for part in (0, wide) for start in starts]
    ax.set_xticks(places, 2 * words, fontsize=9, rotation=90, color=KEY_TEXT)
    ax.set_yticks(places, 2 * words, fontsize=9, color=QUERY)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
