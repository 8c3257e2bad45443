"""Pictures of writing: what may come next, α of every head, how surprising each character is, and what speed costs."""

import numpy as np

from utils.conversion import as_numpy
from utils.plots.base import ALPHA, INK, KEY, QUERY, RED, SOFT, VALUE, new_axes, titled
from utils.plots.text import literal

CUT = "#b9b5c4"  # of what was left out
SIGNS = {"\n": "↵", " ": "␣"}


def plot_next(before, after, names, *, most=10, ax=None, title=None):
    """Draw the likeliest next tokens as bars: what is left of them, and behind it, hatched, what they had before.

    before: chances at temperature 1, nothing left out   (V,)
    after: chances after temperature and cuts            (V,)
    names: what each token is called, text               (V)
    """
    before, after = map(as_numpy, (before, after))
    ax = ax or new_axes(4.6, 3.6)
    order = np.argsort(-np.maximum(before, after), kind="stable")[:most]
    places = np.arange(len(order))
    ax.barh(places, before[order], height=0.8, facecolor="none", edgecolor=CUT, hatch="////", lw=0.8, label="at T = 1")
    ax.barh(places, after[order], height=0.5, color=ALPHA(0.75), label="to draw from")
    for place, token in enumerate(order):
        text = f"{after[token]:.2f}" if after[token] > 0 else "out"
        ax.text(max(before[token], after[token]) + 0.02, place, text, va="center", fontsize=9, color=INK)
    ax.set_yticks(places, [_shown(names[token]) for token in order], family="monospace", color=INK)
    ax.set(xlim=(0, 1.15), ylim=(most - 0.4, -0.6), xlabel="chance of the next character")
    ax.set_xticks([0, 0.5, 1])
    ax.tick_params(axis="y", length=0)
    ax.legend(loc="lower right", fontsize=9)
    return titled(ax, title)


def plot_all_heads(weights, *, ax=None, title=None):
    """Draw α of all heads as small matrices: a row of pictures is a layer, a column a head.

    weights: causal, nothing above the diagonals   (n_layers, n_heads, N, N)
    """
    weights = as_numpy(weights)
    layers, heads, n, _ = weights.shape
    ax = ax or new_axes(4.6, 4.4)
    gap = max(n // 12, 1)
    seen = np.where(np.tri(n, dtype=bool), weights, np.nan)
    whole = np.full((layers * (n + gap), heads * (n + gap)), np.nan)
    for layer in range(layers):
        for head in range(heads):
            top, left = layer * (n + gap), head * (n + gap)
            whole[top : top + n, left : left + n] = seen[layer, head]
    ax.imshow(np.sqrt(whole), cmap=ALPHA, vmin=0, vmax=1, aspect="auto", interpolation="nearest")
    middles = np.arange(max(layers, heads)) * (n + gap) + (n - 1) / 2
    ax.set_xticks(middles[:heads], [f"head {head}" for head in range(heads)], fontsize=9)
    ax.set_yticks(middles[:layers], [f"layer {layer + 1}" for layer in range(layers)], fontsize=9)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_facecolor("white")
    return titled(ax, title)


def plot_writing(page, names, *, plain, width=80, ax=None):
    """Draw what a writer has before it: the next characters, α of all heads, and below them the text so far.

    page: a ``step_writer.Draft``      names: of the tokens      plain: chances at temperature 1   (V,)
    ax: two axes
    """
    if ax is None:
        ax = new_axes(9.6, 4.9, 2)
    plot_next(plain, page.chances, names, most=8, ax=ax[0], title="what comes next")
    plot_all_heads(page.weights, ax=ax[1], title=f"α of all heads, {page.weights.shape[-1]} characters")
    text = page.prompt + "▌" + page.written
    text = "".join(SIGNS["\n"] if symbol == "\n" else symbol for symbol in text)
    lines = [text[i : i + width] for i in range(0, len(text), width)]
    lines = [*lines, ""][:2]  # always two, so that nothing jumps
    label = ax[0].figure.supxlabel(
        literal("\n".join(lines)), x=0.02, ha="left", family="monospace", fontsize=12, color=INK
    )
    label.set_multialignment("left")
    return ax[0]


def plot_surprise(texts, *, ax=None, title=None):
    """Draw texts character by character, each on a ground the darker, the more it surprised a model.

    texts: {name: (characters, bits of each)}, equally long
    """
    n = len(next(iter(texts.values()))[0])
    ax = ax or new_axes(10, 0.9 + 0.55 * len(texts))
    bits = np.array([costs for _, costs in texts.values()])
    drawn = ax.imshow(bits, cmap="YlOrBr", vmin=0, vmax=8, aspect="auto", interpolation="nearest")
    for row, (symbols, costs) in enumerate(texts.values()):
        for place, (symbol, cost) in enumerate(zip(symbols, costs, strict=True)):
            colour = "white" if cost > 5 else INK
            shown = _shown(symbol)
            ax.text(place, row, shown, ha="center", va="center", family="monospace", fontsize=9, color=colour)
    for edge in range(len(texts) + 1):
        ax.axhline(edge - 0.5, color="white", lw=5)
    ax.set_yticks(range(len(texts)), list(texts), color=INK)
    ax.set_xticks([])
    ax.set_xlim(-0.5, n - 0.5)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.figure.colorbar(drawn, ax=ax, label="bits", ticks=[0, 4, 8], pad=0.01)
    return titled(ax, title)


def plot_temperatures(measured, human, *, ax=None):
    """Draw what temperature does to a text: how surprising it is, how much of it repeats; a dot a seed.

    measured: {temperature: [(bits, part repeated), …]}      human: (bits, part repeated) of a text by people
    ax: two axes
    """
    if ax is None:
        ax = new_axes(9.4, 3.4, 2)
    names = ["bits per character", "repeated, of 1"]
    titles = ["what it writes surprises it ever more", "cold text repeats itself"]
    for column, (panel, name, title, colour) in enumerate(zip(ax, names, titles, (KEY, QUERY), strict=True)):
        for T, runs in measured.items():
            panel.plot([T] * len(runs), [run[column] for run in runs], "o", color=colour, alpha=0.6, ms=6)
        means = [np.mean([run[column] for run in runs]) for runs in measured.values()]
        panel.plot(list(measured), means, color=colour, lw=1.5)
        panel.axhline(human[column], color=VALUE, ls="--", lw=1.5)
        panel.text(max(measured), human[column], "people ", color="#00795A", ha="right", va="bottom", fontsize=10)
        panel.set(xlabel="temperature (0: always the likeliest)", ylabel=name)
        panel.set_ylim(bottom=-0.03 * panel.get_ylim()[1])
        titled(panel, title)
    return ax[0]


def plot_speed(lengths, speeds, *, ax=None, title=None):
    """Draw how many tokens a second a model writes, against how many stand there already.

    lengths: (n)      speeds: {name: tokens per second at each length}, at most three
    """
    ax = ax or new_axes(7.4, 3.6)
    looks = [(VALUE, "s", "-"), (RED, "o", "--"), (SOFT, "^", ":")]
    for (name, each), (colour, marker, style) in zip(speeds.items(), looks, strict=False):
        ax.plot(lengths, each, color=colour, marker=marker, ls=style, lw=1.8, label=name)
    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    ax.set_xticks(lengths, [str(n) for n in lengths])
    ax.set(xlabel="tokens so far", ylabel="tokens per second")
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return titled(ax, title)


def _shown(name):
    return literal(SIGNS.get(name, name))
