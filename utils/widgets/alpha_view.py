"""What learners drag. ``alpha`` shows one matrix of attention weights in three linked readings (static/alpha.js)."""

import base64
import json
import os
import warnings

import anywidget
import numpy as np
from traitlets import Dict

from utils.widgets.packing import as_lists, initial_mask, initial_weights, pack
from utils.widgets.scripts import STATIC, script

REGISTERED = {}  # name -> the data of that view as plain lists, ready for JSON: a static page mounts alpha.js from it
KEPT_AS = "application/vnd.course.alpha+json"  # where a solution keeps the data of a view, for pages without a kernel


def alpha(
    scores=None, *, weights=None, queries=None, keys=None, values=None, mask=None, d=None,
    temperature=1.0, row=None, title=None, name=None, presets=None,
):  # fmt: skip
    """Show a matrix of attention: who looks where, what one query reads, and the sum it becomes.

    scores: how well each key answers each query; the browser makes weights of them   (n_q, n_k) or (H, n_q, n_k)
    weights: instead of scores, the weights themselves; their rows need not sum to one   (same shapes)
    queries, keys: labels of rows and columns, any text   (n_q), (n_k); equal numbers of both may share one list
    values: what each key says   (n_k, d_v) or (H, n_k, d_v); (n_k,) for one number each
    mask: True = may look; broadcasts to the scores; or "causal"
    d: the dimension of queries and keys, if the scores are plain q·k: they are then divided by √d, and a switch shows
        what happens without
    temperature: scores are divided by it
    row: the query that is chosen first
    presets: {name: mask} more masks to choose from, for scores
    name: also keep the data in ``REGISTERED`` under this name

    Raises ValueError where an argument does not fit. Data with nothing to see (NaN, no tokens, too many) shows a
    sentence instead of a matrix.
    """
    data = pack(
        scores, weights=weights, queries=queries, keys=keys, values=values, mask=mask, d=d,
        temperature=temperature, row=row, title=title, presets=presets,
    )  # fmt: skip
    if name is not None:
        REGISTERED[str(name)] = as_lists(data)
    return AlphaView(data=data)


class AlphaView(anywidget.AnyWidget):
    """The α view in a notebook; ``data`` is what ``pack`` made, and may be replaced at any time."""

    _esm, _css = script("alpha.js"), STATIC / "alpha.css"
    data = Dict().tag(sync=True)

    def weights(self):
        """Return the weights at the initial settings, computed as the browser does   (H, n_q, n_k)."""
        return initial_weights(self.data)

    def __repr__(self):
        """Describe the view in a few words that never change with its settings."""
        if "problem" in self.data:
            return f"α view: {self.data['problem']}"
        heads, n_q, n_k = self.data["shape"]
        return f"α view: {n_q} queries × {n_k} keys" + (f", {heads} heads" if heads > 1 else "")

    def _repr_mimebundle_(self, **kwargs):
        """Add a still picture for every reader that cannot run the widget, such as GitHub or a PDF."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        content, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        content = {**content, "text/plain": repr(self)}
        if "problem" in self.data:
            return content, metadata
        picture = base64.b64encode(_still(self.data)).decode()
        metadata = {**metadata, "image/png": {"alt": _describe(self.data)}}
        if os.environ.get("COURSE_STRICT") == "1":  # the build of the solutions; a learner's notebook stays small
            metadata[KEPT_AS] = json.dumps(as_lists(self.data, digits=5), separators=(",", ":"), ensure_ascii=False)
        return {**content, "image/png": picture}, metadata


# --- the still picture ------------------------------------------------------------------------------------------------


def _still(data, most=4):
    """Draw the first heads as they look at the start, side by side, as PNG bytes."""
    from utils import plots

    weights, mask = initial_weights(data)[:most], initial_mask(data)[:most]
    heads, n_q, n_k = weights.shape
    each = (min(1.8 + 0.55 * n_k, 9.5 if heads == 1 else 4.5), min(1.2 + 0.45 * n_q, 8 if heads == 1 else 4.5))
    axes = np.atleast_1d(plots.new_axes(each[0] * heads, each[1], heads))
    for h, ax in enumerate(axes):
        title = data["title"] if data["shape"][0] == 1 else f"head {h + 1}"
        hatched = None if mask[h].all() or mask[h].size > 1000 else mask[h]  # thousands of hatches take seconds
        plots.plot_alpha(weights[h], data["queries"], data["keys"], mask=hatched, ax=ax, title=title)
    if heads > 1 and data["title"]:
        axes[0].figure.suptitle(plots.literal(data["title"]), fontweight="bold")
    with warnings.catch_warnings():  # a label too long for the picture is no message in the notebook
        warnings.simplefilter("ignore")
        return plots.png(axes[0])


def _describe(data):
    """Say in a sentence what the picture shows."""
    _, n_q, n_k = data["shape"]
    weights = initial_weights(data)[0, data["row"]]
    looks = f"{data['queries'][data['row']]!r} looks most at {data['keys'][weights.argmax()]!r} ({weights.max():.2f})"
    title = f"{data['title']}: " if data["title"] else ""
    return f"{title}a matrix of weights, {n_q} queries by {n_k} keys; {looks}"
