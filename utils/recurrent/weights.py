"""The weights of a recurrent layer: a dictionary with torch's own names and layout, so the two can be compared.

    weight_ih_l0   (k·H, d_in)  from the input           k blocks of H rows, one block a gate, in this order:
    weight_hh_l0   (k·H, H)     from the last state          RNN   k = 1
    bias_ih_l0     (k·H,)       added to the input's part    GRU   k = 3   r, z, n      (reset, keep, candidate)
    bias_hh_l0     (k·H,)       added to the state's part    LSTM  k = 4   i, f, g, o   (write, keep, candidate, show)

H = d_hidden; l0 = layer 0, the only one here. There are **two** biases, though one would do: they are simply added, and
both are learnt. (Only in the GRU's n do they differ: there r multiplies the second.) Who sets a bias sets one of the
two and zeroes the other, or gets another sum than expected. Either or both may be left out.
"""

import math

import numpy as np

from utils.recurrent.validation import NAMES, check_weights
from utils.validation import check_choice, check_whole

BLOCKS = {"rnn": 1, "gru": 3, "lstm": 4}
MODES = {"RNN_TANH": "rnn", "GRU": "gru", "LSTM": "lstm"}


def named_weights(W_ih, W_hh, b_ih=None, b_hh=None):
    """Give four arrays torch's names; a bias that is None is left out.

    W_ih, W_hh, b_ih, b_hh: as the table above says   (k·H, d_in), (k·H, H), (k·H,), (k·H,)

    >>> sorted(named_weights(np.ones((2, 3)), np.eye(2)))
    ['weight_hh_l0', 'weight_ih_l0']
    """
    arrays = zip(NAMES, (W_ih, W_hh, b_ih, b_hh), strict=True)
    return {name: array for name, array in arrays if array is not None}


def default_weights(machine, d_in, d_hidden, *, rng, bias=True):
    """Draw weights as torch does when nobody tells it otherwise: uniform between -1/√d_hidden and 1/√d_hidden.

    machine: "rnn", "gru" or "lstm"
    d_in, d_hidden: how many features an input has, and a state
    rng: np.random.default_rng(seed)
    bias: False leaves both biases out

    Returns the weights, NumPy, float64
    Raises ValueError for an unknown machine and for sizes that are no positive whole numbers.

    >>> {name: w.shape for name, w in default_weights("gru", 2, 5, rng=np.random.default_rng(0), bias=False).items()}
    {'weight_ih_l0': (15, 2), 'weight_hh_l0': (15, 5)}
    """
    check_choice(BLOCKS, machine=machine)
    check_whole(d_in=d_in, d_hidden=d_hidden)
    rows, limit = BLOCKS[machine] * d_hidden, 1 / math.sqrt(d_hidden)
    shapes = [(rows, d_in), (rows, d_hidden), *[(rows,)] * (2 * bias)]
    return {name: rng.uniform(-limit, limit, shape) for name, shape in zip(NAMES, shapes, strict=False)}


def from_torch(module):
    """Copy the weights of torch's layer into NumPy. (For tensors with gradients: ``dict(module.named_parameters())``.)

    module: nn.RNN with tanh, nn.GRU or nn.LSTM, of one layer and one direction

    Returns the weights, NumPy, in the module's precision
    Raises ValueError for any other module.
    """
    _check_module(module)
    return {name: parameter.detach().cpu().numpy().copy() for name, parameter in module.named_parameters()}


def to_torch(weights, module):
    """Copy weights into torch's layer, which keeps its precision and its device.

    weights: NumPy or torch, with exactly the names and shapes that the module has
    module: as in `from_torch`

    Returns the module
    Raises ValueError for any other module, and for weights that do not fit it.
    """
    import torch

    machine = _check_module(module)
    check_weights(BLOCKS[machine], weights)
    ours, theirs = ({name: tuple(w.shape) for name, w in of.items()} for of in (weights, module.state_dict()))
    if ours != theirs:
        raise ValueError(f"weights and module must have the same names and shapes: weights {ours}, module {theirs}")
    module.load_state_dict({name: torch.as_tensor(w) for name, w in weights.items()})
    return module


def _check_module(module):
    """Refuse what is no plain recurrent layer of torch's, and return which machine it is."""
    machine = MODES.get(getattr(module, "mode", None))
    if machine is None:
        raise ValueError(f"module is {module!r}: it must be torch's nn.RNN (with tanh), nn.GRU or nn.LSTM")
    if module.num_layers > 1 or module.bidirectional or module.proj_size:
        raise ValueError(f"module is {module!r}: it must have one layer, one direction and no projection")
    return machine


# --- the small steps of every machine ---------------------------------------------------------------------------------


def affine(x, side, weights):
    """Return W x + b: what the input ("ih") or the state ("hh") says to every gate at once   (..., k·H)."""
    said = x @ weights[f"weight_{side}_l0"].T
    bias = weights.get(f"bias_{side}_l0")
    return said if bias is None else said + bias


def blocks(x, count):
    """Cut the last axis into `count` equal blocks, one a gate   (..., H) each."""
    size = x.shape[-1] // count
    return [x[..., k * size : (k + 1) * size] for k in range(count)]


def sigmoid(xp, x):
    """Return 1 / (1 + e⁻ˣ), in a way that neither overflows nor rounds small gates to zero."""
    return np.exp(-np.logaddexp(0, -x)) if xp is np else xp.sigmoid(x)
