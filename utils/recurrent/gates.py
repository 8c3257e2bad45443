"""The gated machines, GRU and LSTM: gates between 0 and 1 decide, for each unit and step, what is kept and written."""

from typing import Any, NamedTuple

from utils.recurrent.validation import check_step, prepare
from utils.recurrent.weights import affine, blocks, sigmoid
from utils.validation import check_choice


class GRUGates(NamedTuple):
    """What a GRU decided at each step   (..., T, H) each."""

    r: Any  # reset: how much of the old state the candidate gets to see
    z: Any  # keep: how much of the old state stays
    n: Any  # the candidate, new


class LSTMGates(NamedTuple):
    """What an LSTM decided at each step   (..., T, H) each."""

    i: Any  # write: how much of the candidate goes into the cell
    f: Any  # keep: how much of the old cell stays ("forget" is its name, but 1 keeps everything)
    g: Any  # the candidate
    o: Any  # show: how much of the cell the state lets out


def gru_step(x, h, weights, *, reset="after"):
    """Mix the old state with a candidate: the gate z says how much of the old one stays, for each unit.

    x: one input a sequence   (..., d_in)
    h: the state before       (..., H)
    weights, reset: as in `gru`

    Returns (h, gates)        the new state and a GRUGates   (..., H) each
    Raises ValueError for shapes and types that do not fit together.
    """
    xp = check_step(3, weights, x, h=h)
    check_choice(("after", "before"), reset=reset)
    from_x, from_h = blocks(affine(x, "ih", weights), 3), blocks(affine(h, "hh", weights), 3)
    r, z = (sigmoid(xp, of_x + of_h) for of_x, of_h in zip(from_x[:2], from_h[:2], strict=True))
    seen = r * from_h[2] if reset == "after" else blocks(affine(r * h, "hh", weights), 3)[2]
    n = xp.tanh(from_x[2] + seen)
    return (1 - z) * n + z * h, GRUGates(r, z, n)


def gru(x, weights, h0=None, *, mask=None, reset="after"):
    """Read sequences with a GRU and return the state after every step, and what the gates did.

    x, h0, mask: as in `rnn`
    weights: in torch's names and layout, blocks r, z, n   (utils/recurrent/weights.py)
    reset: where r acts. "after" the state's matrix, as torch does:  n = tanh(W_in x + b_in + r (W_hn h + b_hn));
        "before" it, as first published:                             n = tanh(W_in x + b_in + W_hn (r h) + b_hn).
        Weights learnt with one are wrong with the other, and nothing warns. (z too has two readings: here and in torch
        z = 1 keeps; Chung et al. 2014 write 1 - z for it.)

    Returns (h, gates)   the states and a GRUGates, (..., T, H) each; in the padding z is 1: all is kept
    Raises ValueError for shapes, types and values that make no sense.
    Source: Cho et al. 2014, "Learning phrase representations using RNN encoder-decoder", equations 5 to 8.

    >>> import numpy as np
    >>> nothing = {"weight_ih_l0": np.zeros((3, 1)), "weight_hh_l0": np.zeros((3, 1))}
    >>> h, gates = gru(np.ones((3, 1)), nothing, np.array([8.0]))  # every gate half open, every candidate 0
    >>> h.ravel(), gates.z.ravel()
    (array([4., 2., 1.]), array([0.5, 0.5, 0.5]))
    """
    xp, x, real, (h,) = prepare(3, weights, x, mask, h0=h0)
    states, trace = [], []
    for t in range(x.shape[-2]):
        new, gates = gru_step(x[..., t, :], h, weights, reset=reset)
        if real is not None:
            new, gates = _choose(xp, real, t, new, h), gates._replace(z=_choose(xp, real, t, gates.z, 1))
        h = new
        states.append(h)
        trace.append(gates)
    return xp.stack(states, -2), GRUGates(*(xp.stack(gate, -2) for gate in zip(*trace, strict=True)))


def lstm_step(x, h, c, weights):
    """Keep part of the cell, write part of a candidate into it, and show part of it as the state.

    x: one input a sequence             (..., d_in)
    h, c: the state and the cell before (..., H)
    weights: as in `lstm`

    Returns (h, c, gates)               the new state, the new cell, an LSTMGates   (..., H) each
    Raises ValueError for shapes and types that do not fit together.
    """
    xp = check_step(4, weights, x, h=h, c=c)
    i, f, g, o = blocks(affine(x, "ih", weights) + affine(h, "hh", weights), 4)
    i, f, g, o = sigmoid(xp, i), sigmoid(xp, f), xp.tanh(g), sigmoid(xp, o)
    c = f * c + i * g
    return o * xp.tanh(c), c, LSTMGates(i, f, g, o)


def lstm(x, weights, h0=None, c0=None, *, mask=None):
    """Read sequences with an LSTM and return state and cell after every step, and what the gates did.

    x, h0, mask: as in `rnn`
    weights: in torch's names and layout, blocks i, f, g, o   (utils/recurrent/weights.py)
    c0: the cell before the first step   (..., H)   (zeros if left out)

    Returns (h, c, gates)   states, cells and an LSTMGates, (..., T, H) each; in the padding i is 0 and f is 1
    Raises ValueError for shapes, types and values that make no sense.
    Source: Hochreiter & Schmidhuber 1997, "Long short-term memory"; the keep gate: Gers et al. 2000, "Learning to
        forget".

    >>> import numpy as np
    >>> nothing = {"weight_ih_l0": np.zeros((4, 1)), "weight_hh_l0": np.zeros((4, 1))}
    >>> h, c, gates = lstm(np.ones((3, 1)), nothing, c0=np.array([8.0]))  # every gate half open, every candidate 0
    >>> c.ravel(), gates.f.ravel()
    (array([4., 2., 1.]), array([0.5, 0.5, 0.5]))
    """
    xp, x, real, (h, c) = prepare(4, weights, x, mask, h0=h0, c0=c0)
    states, cells, trace = [], [], []
    for t in range(x.shape[-2]):
        new_h, new_c, gates = lstm_step(x[..., t, :], h, c, weights)
        if real is not None:
            new_h, new_c = _choose(xp, real, t, new_h, h), _choose(xp, real, t, new_c, c)
            gates = gates._replace(i=_choose(xp, real, t, gates.i, 0), f=_choose(xp, real, t, gates.f, 1))
        h, c = new_h, new_c
        states.append(h)
        cells.append(c)
        trace.append(gates)
    trace = LSTMGates(*(xp.stack(gate, -2) for gate in zip(*trace, strict=True)))
    return xp.stack(states, -2), xp.stack(cells, -2), trace


def _choose(xp, real, t, new, old):
    """Take the new where step t is real, and the old, an array or a number, where it is padding."""
    return xp.where(real[..., t, :], new, old)
