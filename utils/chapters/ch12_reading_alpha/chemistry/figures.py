"""Pictures of reactions: where each token of the product looks, and how often each head is right."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from utils.chapters.ch12_reading_alpha.chemistry.mapping import atom_map, right
from utils.conversion import as_numpy
from utils.plots.base import ALPHA, INK, KEY_TEXT, QUERY, RED, SOFT, new_axes, readable, titled
from utils.plots.text import literal

LEAST = 0.08  # a smaller α is not drawn
STEPS = np.linspace(0, 1, 36)
EASE = 3 * STEPS**2 - 2 * STEPS**3  # from 0 to 1, flat at both ends


def plot_arcs(reaction, weights, rule="raw", *, everything=False, ax=None, title=None):
    """Draw a reaction in two rows, reactants above and product below, and where the product looks.

    reaction: a Reaction of N tokens     weights: α of one head   (N, N)
    rule: how α becomes a map: one arc for every product atom, solid where it is right, dashed where it is wrong
    everything: instead, an arc for every α of 0.08 or more in the rows of the product's tokens; grey where they look at
        no atom of the reactants
    Raises ValueError for weights of another shape, and for another rule.
    """
    weights = as_numpy(weights)
    chosen = atom_map(weights, reaction, rule)
    if chosen.ndim != 1:
        raise ValueError(f"weights has shape {np.shape(weights)}: one head is (N, N)")
    ax = ax or new_axes(10.4, 3.9)
    arrow, width = reaction.tokens.index(">>"), ax.figure.get_size_inches()[0] / len(ax.figure.axes)
    x, units = _lay_out(reaction.tokens, arrow)
    _write(ax, reaction, x, arrow, min(11.5, 72 * (width - 0.4) / (0.602 * units)))
    after, before = reaction.product.places, reaction.reactants.places
    if everything:
        rows, columns = np.nonzero(weights >= LEAST)
        atom = np.isin(columns, before)
        for which, colour in (((columns < arrow) & ~atom, SOFT), (atom, ALPHA(0.85))):
            i, j = (each[(rows > arrow) & which] for each in (rows, columns))
            _across(ax, x[i], x[j], weights[i, j], colour, "solid")
        i, j = (each[(rows > arrow) & (columns >= arrow)] for each in (rows, columns))
        _below(ax, x[i], x[j], weights[i, j])
    else:
        good, some = right(chosen, reaction), chosen >= 0
        for which, colour, style in ((good, ALPHA(0.85), "solid"), (some & ~good, RED, (0, (3, 1.5)))):
            i, j = after[which], before[chosen[which]]
            _across(ax, x[i], x[j], weights[i, j], colour, style)
    ax.set(xlim=(0, units), ylim=(-0.75 if everything else -0.24, 1.24), xticks=[], yticks=[])
    ax.set_axis_off()
    return titled(ax, title)


def plot_head_table(rates, *, rings=(), ax=None, title=None):
    """Draw a table of heads: how many percent of the atoms each maps right.

    rates: shares from 0 to 1           (n_layers, n_heads)
    rings: pairs (layer, head), counted from 0, that get a frame
    """
    rates = as_numpy(rates)
    if rates.ndim != 2 or not np.isfinite(rates).all():
        raise ValueError(f"rates has shape {rates.shape}: it must be a table (n_layers, n_heads) of finite numbers")
    ax = ax or new_axes(6.2, 5.2)
    ax.imshow(rates, cmap=ALPHA, vmin=0, vmax=1, aspect="auto")
    for (layer, head), rate in np.ndenumerate(rates):
        ax.text(head, layer, f"{100 * rate:.0f}", ha="center", va="center", color=readable(rate), fontsize=10)
    for layer, head in rings:
        ax.add_patch(Rectangle((head - 0.46, layer - 0.46), 0.92, 0.92, fill=False, edgecolor=RED, lw=2.5))
    ax.set_xticks(range(rates.shape[1]), range(1, rates.shape[1] + 1))
    ax.set_yticks(range(rates.shape[0]), range(1, rates.shape[0] + 1))
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set(xlabel="head", ylabel="layer")
    return titled(ax, title)


def _lay_out(tokens, arrow):
    """Return the middle of every token in letters, the shorter row centred, and the width of the longer."""
    sizes = np.array([len(_shown(token)) + 0.55 for token in tokens])
    rows = [slice(0, arrow), slice(arrow, None)]
    units = max(sizes[row].sum() for row in rows)
    middles = [np.cumsum(sizes[row]) - sizes[row] / 2 + (units - sizes[row].sum()) / 2 for row in rows]
    return np.concatenate(middles), units


def _shown(token):
    return {"[CLS]": "CLS", "[SEP]": "SEP"}.get(token, literal(token))


def _write(ax, reaction, x, arrow, size):
    """Write both rows of tokens; atoms in colour and bold."""
    atoms = {*reaction.reactants.places.tolist(), *reaction.product.places.tolist()}
    for i, token in enumerate(reaction.tokens):
        colour = SOFT if i not in atoms else KEY_TEXT if i < arrow else QUERY
        style = {"family": "DejaVu Sans Mono", "fontsize": size, "fontweight": "bold" if i in atoms else "normal"}
        style["in_layout"] = False  # a hundred texts that the layout need not measure
        ax.text(x[i], 1.07 if i < arrow else -0.07, _shown(token), ha="center", va="center", color=colour, **style)
    ax.text(0, 1.2, "reactants ↓", fontsize=9.5, color=INK, va="center")
    ax.text(0, -0.19, "product ↑", fontsize=9.5, color=INK, va="center")


def _across(ax, start, end, weights, colour, style):
    """Draw curves from the lower row to the upper, as thick as their weights."""
    x = np.asarray(start)[:, None] + np.subtract(end, start)[:, None] * EASE
    lines = np.stack([x, np.broadcast_to(STEPS, x.shape)], axis=-1)
    ax.add_collection(
        LineCollection(lines, colors=[colour], linewidths=0.8 + 4 * weights, linestyles=[style], alpha=0.8)
    )


def _below(ax, start, end, weights):
    """Draw arcs under the lower row, deeper the farther they reach; a token that looks at itself gets a dot."""
    far = np.subtract(end, start)
    depth = 0.16 + 0.4 * np.minimum(np.abs(far) / 25, 1)
    x = np.asarray(start)[:, None] + far[:, None] * STEPS
    lines = np.stack([x, -0.14 - depth[:, None] * np.sin(np.pi * STEPS)], axis=-1)[far != 0]
    ax.add_collection(LineCollection(lines, colors=[SOFT], linewidths=0.8 + 4 * weights[far != 0], alpha=0.8))
    ax.scatter(np.asarray(start)[far == 0], np.full((far == 0).sum(), -0.19), s=60 * weights[far == 0], color=SOFT)
