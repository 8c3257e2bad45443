"""What learners drag. ``alpha`` shows one matrix of attention weights in three linked readings (static/alpha.js)."""

import base64
import json
import os
import warnings
from numbers import Integral, Real
from pathlib import Path

import anywidget
import numpy as np
from traitlets import Dict

from utils.attention import causal_mask, softmax

MOST_TOKENS, MOST_HEADS = 128, 32
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
        REGISTERED[str(name)] = _as_lists(data)
    return AlphaView(data=data)


class AlphaView(anywidget.AnyWidget):
    """The α view in a notebook; ``data`` is what ``pack`` made, and may be replaced at any time."""

    _esm = Path(__file__).parent / "static" / "alpha.js"
    _css = Path(__file__).parent / "static" / "alpha.css"
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
            metadata[KEPT_AS] = json.dumps(_as_lists(self.data, digits=5), separators=(",", ":"), ensure_ascii=False)
        return {**content, "image/png": picture}, metadata


# --- from arguments to what the browser gets --------------------------------------------------------------------------


def pack(
    scores=None, *, weights=None, queries=None, keys=None, values=None, mask=None, d=None,
    temperature=1.0, row=None, title=None, presets=None,
):  # fmt: skip
    """Check the arguments of ``alpha`` and return them as the browser wants them: text, numbers, float32 bytes."""
    if (scores is None) == (weights is None):
        raise ValueError(f"give either scores or weights, {'not both' if scores is not None else 'one of the two'}")
    kind = "scores" if weights is None else "weights"
    matrix = _numbers(kind, scores if weights is None else weights)
    matrix = matrix.reshape(0, 0) if matrix.shape == (0,) else matrix  # an empty list: no tokens
    if matrix.ndim not in (2, 3):
        raise ValueError(f"{kind} should have shape (n_q, n_k) or (H, n_q, n_k), not {matrix.shape}")
    problem = _problem(kind, matrix)
    matrix = matrix[None] if matrix.ndim == 2 else matrix
    heads, n_q, n_k = matrix.shape
    queries, keys = _labels(queries, keys, n_q, n_k)
    values = None if values is None else _values(values, heads, n_k)
    mode, mask = _mask(mask, matrix.shape)
    if kind == "weights" and mode == "causal":
        mask = np.broadcast_to(causal_mask(n_q, n_k), matrix.shape)
    _check_settings(kind, d, temperature, row, n_q)
    presets = _presets(presets, kind, matrix.shape)
    title = None if title is None else str(title)
    problem = problem or (values is not None and _not_finite("values", values))
    if problem:
        return {"problem": problem, "title": title}
    if kind == "weights" and mask is not None and np.any(matrix[~mask]):
        raise ValueError("weights should be zero wherever mask forbids to look")
    row = (n_q - 1 if mode == "causal" else 0) if row is None else int(row) % n_q
    data = {"kind": kind, "shape": [heads, n_q, n_k], "numbers": matrix.tobytes(), "queries": queries, "keys": keys}
    data |= {"mode": "draw" if mode == "mask" else mode, "row": row, "temperature": float(temperature), "title": title}
    data |= ({} if d is None else {"d": float(d)}) | ({"presets": presets} if presets else {})
    data |= {} if values is None else {"values": values.tobytes(), "width": values.shape[-1]}
    return data | ({} if mask is None else {"mask": mask.astype(np.float32).tobytes()})


def unpack(buffer):
    """Return the numbers in a buffer that ``pack`` made, flat."""
    return np.frombuffer(buffer, np.float32)


def initial_weights(data):
    """Return the weights the browser draws first, from packed ``data``   (H, n_q, n_k)."""
    numbers = unpack(data["numbers"]).reshape(data["shape"]).astype(float)
    if data["kind"] == "weights":
        return numbers
    logits = numbers / (data["temperature"] * data.get("d", 1) ** 0.5)
    return softmax(np.where(initial_mask(data), logits, -np.inf))


def initial_mask(data):
    """Return who may look where at first, from packed ``data``: boolean   (H, n_q, n_k)."""
    _, n_q, n_k = data["shape"]
    if data["mode"] == "causal":
        return np.broadcast_to(causal_mask(n_q, n_k), data["shape"])
    return unpack(data["mask"]).reshape(data["shape"]) > 0 if "mask" in data else np.ones(data["shape"], bool)


def _numbers(name, given):
    """Return numbers from an array, a tensor (without importing torch) or nested lists, as float32."""
    if hasattr(given, "detach"):
        given = given.detach().cpu().double().numpy()
    try:
        array = np.asarray(given)
        if array.dtype.kind not in "fiub":
            raise TypeError(f"of type {array.dtype}")
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} should be a table of numbers, all rows equally long ({error})") from None
    with np.errstate(over="ignore"):
        return np.asarray(array, np.float32, order="C")


def _labels(queries, keys, n_q, n_k):
    if keys is None and n_q == n_k:
        keys = queries
    elif queries is None and n_q == n_k:
        queries = keys
    checked = []
    for name, labels, count in (("queries", queries, n_q), ("keys", keys, n_k)):
        labels = [str(label) for label in (range(count) if labels is None else labels)]
        if len(labels) != count:
            raise ValueError(f"{name} holds {len(labels)} labels, but there are {count} {name}")
        checked.append(labels)
    return checked


def _values(given, heads, n_k):
    values = _numbers("values", given)
    shape = values.shape
    values = values[:, None] if values.ndim == 1 else values
    if values.ndim not in (2, 3) or values.shape[-2] != n_k or not values.shape[-1]:
        raise ValueError(f"values should have shape ({n_k}, d_v), one row for each key, not {shape}")
    if values.ndim == 3 and values.shape[0] != heads:
        raise ValueError(f"values should have shape ({heads}, {n_k}, d_v), like the {heads} heads, not {shape}")
    return np.ascontiguousarray(np.broadcast_to(values, (heads, *values.shape[-2:])))


def _mask(given, shape):
    """Return (mode, mask): how the browser starts, and the boolean mask if one was given."""
    if given is None:
        return "none", None
    if isinstance(given, str):
        if given != "causal":
            raise ValueError(f'mask should be "causal" or a boolean table, not {given!r}')
        return "causal", None
    mask = np.asarray(given.detach().cpu() if hasattr(given, "detach") else given)
    if mask.dtype != bool:
        raise ValueError(f"mask should be boolean, True = may look, not {mask.dtype}: for 0 and 1 write mask == 1")
    try:
        return "mask", np.ascontiguousarray(np.broadcast_to(mask, shape))
    except ValueError:
        raise ValueError(f"mask of shape {mask.shape} does not broadcast to (H, n_q, n_k) = {shape}") from None


def _presets(given, kind, shape):
    """Return the masks to choose from as pairs of a name and float32 bytes."""
    if given and kind == "weights":
        raise ValueError("presets mask scores: with weights leave them out")
    masks = {str(name): _mask(mask, shape)[1] for name, mask in (given or {}).items()}
    if missing := [name for name, mask in masks.items() if mask is None]:
        raise ValueError(f"the preset {missing[0]!r} should be a boolean table")
    return [[name, mask.astype(np.float32).tobytes()] for name, mask in masks.items()]


def _as_lists(data, digits=17):
    """Return packed data with every buffer as a list of numbers of so many digits, as JSON can hold it."""
    if isinstance(data, dict):
        return {key: _as_lists(value, digits) for key, value in data.items()}
    if isinstance(data, bytes):
        return [float(f"{number:.{digits}g}") for number in unpack(data).tolist()]
    return [_as_lists(each, digits) for each in data] if isinstance(data, list) else data


def _check_settings(kind, d, temperature, row, n_q):
    for name, number, usual in (("temperature", temperature, 1.0), ("d", d, None)):
        if number is not None and not (isinstance(number, Real) and 0 < number < np.inf):
            raise ValueError(f"{name} should be a number above 0, not {number!r}")
        if kind == "weights" and number != usual:
            raise ValueError(f"{name} changes scores: with weights leave it out")
    if row is not None and not (isinstance(row, Integral) and -n_q <= row < n_q):
        raise ValueError(f"row should name one of {n_q} queries, not {row!r}")


def _problem(kind, matrix):
    """Return a sentence for data that cannot be drawn, or None."""
    *heads, n_q, n_k = matrix.shape
    found = "".join(f"{count} heads, " for count in heads) + f"{n_q} queries, {n_k} keys"
    if 0 in matrix.shape:
        return f"there is nothing to look at ({found})"
    if max(n_q, n_k) > MOST_TOKENS or max(heads, default=1) > MOST_HEADS:
        return f"{found} are too many to see; at most {MOST_TOKENS} tokens and {MOST_HEADS} heads fit: show a slice"
    return _not_finite(kind, matrix)


def _not_finite(name, array):
    if np.isfinite(array).all():
        return None
    place = tuple(np.argwhere(~np.isfinite(array))[0].tolist())
    hint = "; to forbid a place pass a mask" if array[place] == -np.inf else ""
    return f"{name} hold {'NaN' if np.isnan(array[place]) else array[place]} at {list(place)}{hint}"


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
        axes[0].figure.suptitle(data["title"], fontweight="bold")
    with warnings.catch_warnings():  # a token the font lacks is a box in the picture, not a message in the notebook
        warnings.simplefilter("ignore")
        return plots.png(axes[0])


def _describe(data):
    """Say in a sentence what the picture shows."""
    _, n_q, n_k = data["shape"]
    weights = initial_weights(data)[0, data["row"]]
    looks = f"{data['queries'][data['row']]!r} looks most at {data['keys'][weights.argmax()]!r} ({weights.max():.2f})"
    title = f"{data['title']}: " if data["title"] else ""
    return f"{title}a matrix of weights, {n_q} queries by {n_k} keys; {looks}"
