"""From the arguments of an α view to what the browser gets: text, numbers, float32 bytes."""

import numpy as np

from utils.attention import causal_mask, softmax
from utils.conversion import as_numpy, as_text
from utils.validation import check_number, check_whole

MOST_TOKENS, MOST_HEADS = 128, 32


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
    title = None if title is None else as_text(title)
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
    """Return numbers from an array, a tensor or nested lists, as float32."""
    try:
        array = as_numpy(given)
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
        labels = [as_text(label) for label in (range(count) if labels is None else labels)]
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
    mask = as_numpy(given)
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
    masks = {as_text(name): _mask(mask, shape)[1] for name, mask in (given or {}).items()}
    if missing := [name for name, mask in masks.items() if mask is None]:
        raise ValueError(f"the preset {missing[0]!r} should be a boolean table")
    return [[name, mask.astype(np.float32).tobytes()] for name, mask in masks.items()]


def as_lists(data, digits=17):
    """Return packed data with every buffer as a list of numbers of so many digits, as JSON can hold it."""
    if isinstance(data, dict):
        return {key: as_lists(value, digits) for key, value in data.items()}
    if isinstance(data, bytes):
        return [float(f"{number:.{digits}g}") for number in unpack(data).tolist()]
    return [as_lists(each, digits) for each in data] if isinstance(data, list) else data


def _check_settings(kind, d, temperature, row, n_q):
    for name, number, usual in (("temperature", temperature, 1.0), ("d", d, None)):
        if number is not None:
            check_number(above=0, **{name: number})
        if kind == "weights" and number != usual:
            raise ValueError(f"{name} changes scores: with weights leave it out")
    if row is not None:
        check_whole(least=-n_q, most=n_q - 1, hint=f", one of {n_q} queries", row=row)


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
