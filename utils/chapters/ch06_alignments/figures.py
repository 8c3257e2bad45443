"""Pictures of alignments: who looked where while a word was said, before and after a row was moved, and how it errs."""

from matplotlib.patches import Rectangle

from utils.plots.alpha import plot_alpha
from utils.plots.base import ALPHA, INK, KEY, KEY_TEXT, QUERY, RED, SOFT, new_axes, titled
from utils.plots.text import literal


def plot_said(said, *, ax=None, title=None):
    """Draw α of a pronounced word: a row is a phoneme, a column the encoder's state that stands at a letter.

    said: a Said, with α, or None: then a blank picture says that there is no word
    """
    ax = ax or new_axes(6.4, 4.4)
    if said is None:
        return _blank(ax)
    rows = [*said.phonemes, "(stop)"][: len(said.weights)]
    plot_alpha(said.weights, rows, list(said.word), ax=ax)
    ax.set_ylabel("says (query)", color=QUERY)
    ax.set_xlabel("states, named by their letters (key)", color=KEY_TEXT)
    return titled(ax, title or f"{said.word}: {said}")


def plot_moved(before, after, *, step=None, other=None, ax=None):
    """Draw α of one word twice, as the model has it and with one row moved, and what the bottleneck says below.

    before, after: two Said of one word, or None
    step: the row that was moved      other: what the bottleneck says, text
    ax: two axes
    """
    ax = new_axes(8.4, 4.6, 2) if ax is None else ax
    if before is None:
        for each in ax:
            _blank(each)
        return ax[0]
    for each, said, name in zip(ax, (before, after), ("its own rows", "one row moved"), strict=True):
        plot_said(said, ax=each, title=f"{name}\n{said}")
        each.set_title(each.get_title(loc="left"), loc="left", fontsize=11 if len(str(said)) < 36 else 8)
        if step is not None and step < len(said.weights):
            frame = {"fill": False, "edgecolor": RED, "lw": 2.5, "zorder": 5, "clip_on": False}
            each.add_patch(Rectangle((-0.5, step - 0.5), len(said.word), 1, **frame))
    ax[1].set_ylabel("")
    if other is not None:
        ax[0].figure.supxlabel(f"the bottleneck says {other}; it has no row to move", fontsize=11, color=INK)
    return ax[0]


def plot_race(models, *, ax=None):
    """Draw how many percent of the phonemes are wrong: against the training on the left, the length on the right.

    models: {name: facts of a recipe}, with "curve" and "by_length"; the one with attention first
    ax: two axes
    """
    ax = new_axes(8.4, 3.6, 2) if ax is None else ax
    styles = ((ALPHA(0.85), "o", "-"), (KEY, "s", "--"))
    for (name, about), (colour, marker, line) in zip(models.items(), styles, strict=False):
        style = {"color": colour, "marker": marker, "ls": line, "lw": 2, "label": name}
        ax[0].plot(*zip(*((note["seconds"], note["phonemes"]) for note in about["curve"][1:]), strict=True), **style)
        points = [(int(n), rates["phonemes"]) for n, rates in about["by_length"].items() if int(n) > 3]
        ax[1].plot(*zip(*points, strict=True), **style)
    ax[0].set(xlabel="seconds of training", ylabel="phonemes wrong, in percent", ylim=(0, None))
    ax[1].set(xlabel="letters of the word, after all training", ylim=(0, None))
    for each in ax:
        each.yaxis.grid(True, color=SOFT, alpha=0.2)
    ax[0].legend(frameon=False)
    titled(ax[1], "longer words, larger gap")
    return titled(ax[0], "longer training, smaller gap")


def plot_wall(failures, *, ax=None):
    """Draw α of words that were said wrong, each with what was said and what would have been right.

    failures: [(Said, right pronunciation as text), …], as many as there are axes
    ax: the axes
    """
    ax = new_axes(9.4, 3.9, len(failures)) if ax is None else ax
    for each, (said, right) in zip(ax, failures, strict=True):
        rows = [*said.phonemes, "(stop)"][: len(said.weights)]
        plot_alpha(said.weights, rows, list(said.word), ax=each)
        for text in each.texts:
            text.set_visible(False)
        each.set_title(literal(f"{said.word}\nsays  {said}\nright {right}"), loc="left", fontsize=9)
    return ax[0]


def _blank(ax):
    ax.text(0.5, 0.5, "no word to read", ha="center", va="center", color=SOFT, fontsize=14, transform=ax.transAxes)
    ax.set_axis_off()
    return ax
