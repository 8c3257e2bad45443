"""Pictures of bills: time and memory against N, a walk through tiles, what grows with N², what a cache takes."""

import numpy as np
from matplotlib.ticker import NullFormatter

from utils.chapters.ch08_many_heads.figures import plot_heads  # noqa: F401  (drawn here, too)
from utils.conversion import as_numpy
from utils.plots.base import ALPHA, INK, KEY, QUERY, RED, SOFT, VALUE, VALUE_TEXT, new_axes, titled

PAPER = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5}  # behind letters on a colour

KERNELS = {
    "all weights": (RED, "o", "-"),
    "grouped heads": (KEY, "v", ":"),
    "window by mask": ("#8a6d00", "P", ":"),
    "window by tiles": ("#8a6d00", "P", "-"),
    "tiles": (QUERY, "s", "-"),
    "library": (INK, "D", "-."),
    "linear": (VALUE, "^", ":"),
    "linear, causal": (VALUE, "^", "-"),
    "linear, gated": (VALUE, "X", "--"),
    "one cached step": (SOFT, "*", "-"),
}


def plot_costs(lines, *, ylabel="milliseconds, one thread", ax=None, title=None):
    """Draw what kernels cost against the number of tokens, both axes logarithmic.

    lines: {name of a kernel: {N: cost}}
    """
    ax = ax or new_axes(9, 4.4)
    for name, points in lines.items():
        colour, marker, dash = KERNELS[name]
        ax.plot([*points], [*points.values()], color=colour, marker=marker, ls=dash, lw=1.8, ms=6, label=name)
    lengths = sorted({n for points in lines.values() for n in points})
    ax.set(xscale="log", yscale="log", xlabel="tokens, N", ylabel=ylabel)
    ax.set_xticks(lengths, [f"{n:,}" for n in lengths])
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.yaxis.grid(True, color=SOFT, alpha=0.2)
    ends = sorted(lines, key=lambda name: -[*lines[name].values()][-1])
    handles, names = ax.get_legend_handles_labels()
    order = [names.index(name) for name in ends]
    beside = {"loc": "center left", "bbox_to_anchor": (1.01, 0.5), "fontsize": 10, "frameon": False}
    ax.legend([handles[i] for i in order], ends, **beside)
    return titled(ax, title)


def plot_walk(scores, values, states, tile, step, *, ax=None):
    """Draw a row of scores that is read tile by tile, and what is kept after some of the tiles.

    scores, values: of the row, one number for each key   (n), (n)      tile: keys in a tile
    states: as ``online_softmax.walk`` returns them                       step: how many tiles were read
    ax: two axes: the scores, and what is kept
    """
    scores, values = map(as_numpy, (scores, values))
    left, right = new_axes(9.4, 3.9, 2, width_ratios=[1.6, 1]) if ax is None else ax
    n, read = len(scores), min(step * tile, len(scores))
    new = range(max(step - 1, 0) * tile, read)
    colours = [ALPHA(0.8) if j in new else ALPHA(0.35) if j < read else "#e4e2ea" for j in range(n)]
    hatches = ["" if j < read else "//" for j in range(n)]
    left.bar(range(n), scores, color=colours, hatch=hatches, edgecolor="white", lw=0)
    for edge in range(tile, n, tile):
        left.axvline(edge - 0.5, color=SOFT, lw=0.8, ls=":")
    peak = states[step][0]
    if step:
        left.axhline(peak, color=KEY, lw=1.5, ls="--")
    left.set_xticks(range(n), [f"{value:g}" for value in np.ravel(values)], color=VALUE_TEXT)
    left.set(xlabel="keys, and the value of each", ylabel="score")
    left.set(xlim=(-0.6, n - 0.4), ylim=(min(0, *scores) - 0.3, max(scores) + 0.4))
    titled(left, f"{step} of {len(states) - 1} tiles read, largest score so far: " + (f"{peak:g}" if step else "−∞"))
    _write_kept(right, states, step)
    return left


def _write_kept(ax, states, step):
    peak, total, out = states[step]
    fade = np.exp(states[step - 1][0] - peak) if step > 1 else None
    lines = {
        "what was kept, times": "—" if fade is None else f"{fade:.3f}",
        "sum": f"{total:.3f}",
        "Σ weight · value": f"{np.ravel(out)[0]:.3f}",
        "answer so far": f"{np.ravel(out)[0] / total:.3f}" if total else "—",
        "answer in the end": f"{np.ravel(states[-1][2])[0] / states[-1][1]:.3f}",
    }
    ax.axis("off")
    for place, (name, value) in enumerate(lines.items()):
        look = {"transform": ax.transAxes, "fontsize": 12, "color": INK}
        look["fontweight"] = "bold" if name == "answer so far" else "normal"
        ax.text(0.02, 0.86 - 0.19 * place, name, **look)
        ax.text(0.98, 0.86 - 0.19 * place, value, ha="right", **look)
    titled(ax, "what is kept")


def plot_shares(bills, *, ax=None, title=None):
    """Draw of each bill how much grows with N and how much with N², and beside it what it comes to.

    bills: as ``costs.layer_bills`` returns them
    """
    ax = ax or new_axes(8.4, 3.4)
    for place, (name, (once, twice)) in enumerate(bills.items()):
        square = twice / (once + twice)
        ax.barh(-place, 1 - square, color="#cfe3f1", height=0.62, label="grows with N" if place == 0 else None)
        label = "grows with N²" if place == 0 else None
        ax.barh(
            -place,
            square,
            left=1 - square,
            color=ALPHA(0.75),
            height=0.62,
            hatch="//",
            edgecolor="white",
            lw=0,
            label=label,
        )
        ax.text(1.02, -place, told(once + twice, "FLOPs" if name == "FLOPs" else "B"), va="center", color=INK)
        ax.text(0.01, -place, f"N²: {square:.0%}", va="center", color=INK, fontweight="bold", bbox=PAPER)
    ax.set_yticks([0, -1, -2, -3], list(bills))
    ax.set_xticks([0, 0.5, 1], ["0", "half", "all"])
    ax.set(xlim=(0, 1.24), xlabel="share of the bill")
    ax.tick_params(axis="y", length=0)
    ax.legend(loc="lower center", bbox_to_anchor=(0.42, 1.0), ncols=2, fontsize=10, frameon=False)
    return ax if title is None else titled(ax, title)


def told(number, unit):
    """Return a number with a prefix a reader can say: 1.5 GB, 2 TFLOPs.

    >>> told(2_500_000, "B"), told(12, "B")
    ('2.5 MB', '12 B')
    """
    for power, prefix in ((15, "P"), (12, "T"), (9, "G"), (6, "M"), (3, "k")):
        if number >= 10**power:
            return f"{number / 10**power:.3g} {prefix}{unit}"
    return f"{number:.3g} {unit}"


def told_gib(size):
    """Return a number of GiB as one says it, without powers of ten.

    >>> told_gib(2048.3), told_gib(0.5)
    ('2,048 GiB', '0.5 GiB')
    """
    return f"{size:,.0f} GiB" if size >= 100 else f"{size:.3g} GiB"


def plot_cache(sizes, marks, *, ax=None, title=None):
    """Draw how many GiB caches take, as bars on a logarithmic axis, against memories one can buy.

    sizes: {name: GiB}      marks: {name: GiB}, drawn as lines
    """
    ax = ax or new_axes(8.4, 3.2)
    low, high = -3, 5  # powers of ten; logarithms by hand, because a logarithmic axis takes long to draw
    for place, size in enumerate(sizes.values()):
        end = max(np.log10(size), low)
        ax.barh(-place, end - low, left=low, color=ALPHA(0.7 if place == 0 else 0.35), height=0.6)
        look = {"va": "center", "color": INK, "fontweight": "bold", "bbox": PAPER}
        ax.text(min(end + 0.08, high - 1.3), -place, told_gib(size), **look)
    for name, size in marks.items():
        ax.axvline(np.log10(size), color=KEY, lw=1.5, ls="--")
        ax.text(np.log10(size), 0.62, name, ha="center", va="bottom", fontsize=9, color=INK)
    ax.set(
        xlim=(low, high), ylim=(0.5 - len(sizes), 0.6), xlabel="GiB for one text, each mark ten times the one before"
    )
    ax.set_xticks(range(low, high + 1), [f"{10.0**power:,g}" for power in range(low, high)] + ["100,000"])
    ax.set_yticks([-place for place in range(len(sizes))], list(sizes))
    ax.tick_params(axis="y", length=0)
    return titled(ax, title)


def plot_capacity(counts, lines, *, ax=None, title=None):
    """Draw which share of pairs comes back from memories, against how many pairs were written.

    counts: numbers of pairs   (m)      lines: {name: share for each}
    """
    ax = ax or new_axes(8.6, 3.8)
    looks = [(ALPHA(0.9), "D", "-."), *((VALUE, mark, "-") for mark in "s^o"), (RED, "x", ":")]
    for (name, line), (colour, marker, dash) in zip(lines.items(), looks, strict=False):
        ax.plot(counts, line, color=colour, marker=marker, ls=dash, lw=1.8, ms=6, label=name)
    ax.axhline(1 / 16, color=SOFT, lw=1, ls=":", label="a guess: 1 in 16")
    ax.set_xscale("log", base=2)
    ax.set_xticks(counts, [str(n) for n in counts])
    ax.set(xlabel="pairs written", ylabel="pairs recalled", ylim=(0, 1.05))
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=10, frameon=False)
    return titled(ax, title)
