"""The plain RNN, forwards and, by hand, backwards through time."""

import numpy as np

from utils.attention.arrays import library
from utils.recurrent.validation import check_floats, check_shape, check_step, prepare
from utils.recurrent.weights import affine
from utils.validation import check_choice

ACTIVATIONS = ("tanh", "linear")


def rnn_step(x, h, weights, *, activation="tanh"):
    """Write the state anew from one input and the state before: tanh(W_ih x + b_ih + W_hh h + b_hh).

    x: one input a sequence   (..., d_in)
    h: the state before       (..., H)
    weights, activation: as in `rnn`

    Returns the new state     (..., H)
    Raises ValueError for shapes and types that do not fit together.
    """
    xp = check_step(1, weights, x, h=h)
    check_choice(ACTIVATIONS, activation=activation)
    said = affine(x, "ih", weights) + affine(h, "hh", weights)
    return xp.tanh(said) if activation == "tanh" else said


def rnn(x, weights, h0=None, *, mask=None, activation="tanh"):
    """Read sequences with an RNN and return the state after every step.

    x: the sequences                        (..., T, d_in)
    weights: in torch's names and layout    (utils/recurrent/weights.py)
    h0: the state before the first step     (..., H)   (zeros if left out)
    mask: True = a real step, False = padding, past which the state is carried unchanged; what stands in the padding
        is never read; ``padding_mask(lengths, T)[:, 0]`` makes one from lengths   (..., T)
    activation: "tanh", or "linear" for none

    Returns h, the states   (..., T, H); h[..., -1, :] is the last real one of every sequence, padded or not.
        (torch's packed sequences have zeros in the padding instead.)
    Raises ValueError for shapes, types and values that make no sense.
    Source: Elman 1990, "Finding structure in time"; the layout is that of torch.nn.RNN.

    >>> halve = {"weight_ih_l0": np.array([[1.0]]), "weight_hh_l0": np.array([[0.5]])}
    >>> rnn(np.array([[8.0], [0.0], [1.0]]), halve, activation="linear").ravel()
    array([8., 4., 3.])
    """
    xp, x, real, (h,) = prepare(1, weights, x, mask, h0=h0)
    states = []
    for t in range(x.shape[-2]):
        new = rnn_step(x[..., t, :], h, weights, activation=activation)
        h = new if real is None else xp.where(real[..., t, :], new, h)
        states.append(h)
    return xp.stack(states, -2)


def rnn_backward(x, weights, h, d_h, h0=None, *, mask=None, activation="tanh"):
    """Carry the gradient of a loss back through every step of an RNN, by hand, in NumPy.

    x, weights, h0, mask, activation: as `rnn` was given them
    h: the states that it returned                                        (..., T, H)
    d_h: the loss's gradient by each state, as if no later state existed  (..., T, H)

    Returns the loss's gradients, a dictionary: "x", "h0" and every name in the weights, each shaped as its namesake
    Raises ValueError as `rnn` does, and for tensors: for those there is autograd.
    Source: Werbos 1990, "Backpropagation through time".

    >>> halve = {"weight_ih_l0": np.array([[1.0]]), "weight_hh_l0": np.array([[0.5]])}
    >>> x, last_only = np.array([[8.0], [0.0], [1.0]]), np.array([[0.0], [0.0], [1.0]])
    >>> h = rnn(x, halve, activation="linear")
    >>> rnn_backward(x, halve, h, last_only, activation="linear")["x"].ravel()  # a half for each step it came back
    array([0.25, 0.5 , 1.  ])
    """
    x, real, h0 = prepare_backward(x, weights, h, d_h, h0, mask, activation)
    slope = slopes(h, activation) * real  # none in the padding: nothing was computed there
    carried, d_said = np.zeros_like(h0), np.zeros_like(h)
    for t in reversed(range(x.shape[-2])):
        arrived = d_h[..., t, :] + carried  # from the loss directly, and from all later states
        d_said[..., t, :] = arrived * slope[..., t, :]
        carried = d_said[..., t, :] @ weights["weight_hh_l0"] + np.where(real[..., t, :], 0, arrived)
    before = np.concatenate(
        [h0[..., None, :], h[..., :-1, :]], axis=-2
    )  # (..., T, H): the state each step started from
    return {"x": d_said @ weights["weight_ih_l0"], "h0": carried, **_by_weight(d_said, x, before, weights)}


def slopes(h, activation):
    """Return the activation's derivative at every step, from what came out of it: 1 - h² for tanh, one for none."""
    return 1 - h**2 if activation == "tanh" else np.ones_like(h)


def prepare_backward(x, weights, h, d_h, h0, mask, activation):
    """Refuse what makes no sense, and return x, the mask (..., T, 1) and h0, none of them None."""
    check_choice(ACTIVATIONS, activation=activation)
    xp, x, real, (h0,) = prepare(1, weights, x, mask, h0=h0)
    if xp is not np:
        raise ValueError("x is a tensor: this way back is written for NumPy; tensors have .backward()")
    library(x=x, h=h, d_h=d_h)
    check_floats(np, x=x, h=h, d_h=d_h)
    for name, array in {"h": h, "d_h": d_h}.items():
        check_shape(name, array, (*x.shape[:-1], h0.shape[-1]), "(..., T, d_hidden), one row for each step of x")
    return x, np.ones((*x.shape[:-1], 1), dtype=bool) if real is None else real, h0


def _by_weight(d_said, x, before, weights):
    """Add up over all sequences and steps what each weight could change; the two biases share one gradient."""
    d_said, x, before = (array.reshape(-1, array.shape[-1]) for array in (d_said, x, before))
    d_bias = d_said.sum(axis=0)
    by_name = dict(
        weight_ih_l0=d_said.T @ x, weight_hh_l0=d_said.T @ before, bias_ih_l0=d_bias, bias_hh_l0=d_bias.copy()
    )
    return {name: by_name[name] for name in weights}
