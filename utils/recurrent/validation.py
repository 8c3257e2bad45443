"""What the recurrent machines refuse, and in which words."""

from collections.abc import Mapping

import numpy as np

from utils.attention.arrays import library, truth

NAMES = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
MACHINES = {1: "an RNN", 3: "a GRU", 4: "an LSTM"}


def check_step(count, weights, x, **states):
    """Refuse what does not fit together in one step, and return the library of it all.

    count: blocks in the weights, one a gate
    x: one step of a sequence    (..., d_in)
    states: name=state pairs     (..., H)
    """
    xp, d_in, d_hidden = check_weights(count, weights, x=x, **states)
    _check_features(x, d_in)
    for name, state in states.items():
        _check_state(name, state, (*x.shape[:-1], d_hidden))
    return xp


def prepare(count, weights, x, mask, **states):
    """Refuse what does not fit together in a whole sequence, and return what a machine needs to read it.

    Returns (xp, x, mask, states): the library, x with zeros in its padding, the mask as (..., T, 1) or None,
        and a list of states, zeros where None was given.
    """
    given = {name: state for name, state in states.items() if state is not None}
    masks = {} if mask is None else {"mask": mask}
    xp, d_in, d_hidden = check_weights(count, weights, x=x, **given)
    library(x=x, **masks)
    if x.ndim < 2 or x.shape[-2] == 0:
        raise ValueError(f"x has shape {tuple(x.shape)}: it must be (..., T, d_in), with one step or more")
    _check_features(x, d_in)
    shape = (*x.shape[:-2], d_hidden)
    for name, state in given.items():
        _check_state(name, state, shape)
    x, mask = _without_padding(xp, x, mask)
    for name, array in {"x": x, **given, **weights}.items():
        check_finite(xp, name, array)
    zeros = xp.zeros(shape, dtype=x.dtype, device=x.device)
    return xp, x, mask, [zeros if state is None else state for state in states.values()]


def check_weights(count, weights, **others):
    """Refuse weights that are no machine of `count` blocks, and return (library, d_in, d_hidden).

    others: name=array pairs that must be of the same library and type
    """
    if not isinstance(weights, Mapping) or not {*NAMES[:2]} <= {*weights} <= {*NAMES}:
        found = f"the names {[*weights]}" if isinstance(weights, Mapping) else f"a {type(weights).__name__}"
        raise ValueError(
            f"weights must be a dictionary with the names {[*NAMES]} (biases may be missing): found {found}"
        )
    xp = library(**others, **weights)
    check_floats(xp, **others, **weights)
    W_ih, W_hh = weights["weight_ih_l0"], weights["weight_hh_l0"]
    d_in, d_hidden = W_ih.shape[-1] if W_ih.ndim else 0, W_hh.shape[-1] if W_hh.ndim else 0
    rows = count * d_hidden
    fitting = dict(zip(NAMES, [(rows, d_in), (rows, d_hidden), (rows,), (rows,)], strict=True))
    for name, array in weights.items():
        if tuple(array.shape) != fitting[name] or 0 in array.shape:
            found = ", ".join(f"{name} {tuple(w.shape)}" for name, w in weights.items())
            sizes = f"{count} × {d_hidden} rows as weight_hh_l0 has {d_hidden} columns"
            raise ValueError(f"{name} has shape {tuple(array.shape)}: {MACHINES[count]} wants {sizes}: {found}")
    return xp, d_in, d_hidden


def check_floats(xp, **arrays):
    """Refuse whole numbers, and a mixture of types."""
    types = {name: array.dtype for name, array in arrays.items()}
    allowed = (xp.float32, xp.float64, xp.float16, getattr(xp, "bfloat16", xp.float16))
    for name, dtype in types.items():
        if dtype not in allowed:
            convert = f"{name}.astype(np.float64)" if xp is np else f"{name}.float()"
            raise ValueError(f"{name} holds {dtype}: it must hold floating numbers, as {convert} does")
    if len(set(types.values())) > 1:
        listed = ", ".join(f"{name} {dtype}" for name, dtype in types.items())
        raise ValueError(f"all arrays must be of one type: {listed}")


def check_finite(xp, name, array):
    """Refuse NaN and infinity; where values cannot be read, let them pass."""
    bad = ~xp.isfinite(array)
    if truth(bad.any(), otherwise=False):
        raise ValueError(f"found {array[bad][0].item()} in {name}: only finite numbers make sense there")


def check_shape(name, array, shape, meaning):
    """Refuse any other shape; `meaning` says what the axes are."""
    if tuple(array.shape) != tuple(shape):
        raise ValueError(f"{name} has shape {tuple(array.shape)}: it must be {meaning}, here {tuple(shape)}")


def _check_features(x, d_in):
    if x.ndim == 0 or x.shape[-1] != d_in:
        raise ValueError(f"x has shape {tuple(x.shape)}: its last axis must have {d_in} features, as weight_ih_l0 says")


def _check_state(name, state, shape):
    check_shape(name, state, shape, "(..., d_hidden), one state for each sequence in x")


def _without_padding(xp, x, mask):
    """Put zeros where the mask says padding, so that nothing standing there is ever read."""
    if mask is None:
        return x, None
    if mask.dtype != xp.bool or tuple(mask.shape) != tuple(x.shape[:-1]):
        wanted = f"boolean, True = a real step, of shape {tuple(x.shape[:-1])}, as padding_mask(lengths, T)[:, 0] is"
        raise ValueError(f"mask has shape {tuple(mask.shape)} and holds {mask.dtype}: it must be {wanted}")
    mask = mask[..., None]
    return xp.where(mask, x, xp.zeros_like(x)), mask
