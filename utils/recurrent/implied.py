"""The α that a recurrence implies: how much of what came in at step s is left at step t.

Row t answers "after step t, what is the memory made of?"; column 0 is the start, column s what step s wrote. Each rung
of the ladder is the next one with less freedom, and the code says so:

    EMA    keeps the same share at every step                 ema_weights(n, keep)  = gru_weights(a constant z)
    GRU    chooses the share, and writes what it did not keep gru_weights(z)        = lstm_weights(1 - z, z)
    LSTM   chooses both: rows need not sum to one             lstm_weights(i, f)

The EMA's α is the whole story. The other two are not: they weigh *candidates*, and a candidate has already seen the
past through the state before it. They say how much of what was **written** at s survives, not how much x_s matters.
That, for a small change, is the sensitivity |∂h_t/∂x_s|: a slope, not a share. Never draw the two on one scale.
"""

import numpy as np

from utils.attention.arrays import library, truth
from utils.recurrent.rnn import rnn, slopes
from utils.recurrent.validation import check_floats, check_shape
from utils.validation import check_choice, check_number, check_whole

NORMS = {"frobenius": "fro", "spectral": 2}


def ema_weights(n, keep):
    """Return the α of an exponential moving average, h_t = keep · h_{t-1} + (1 - keep) · x_t: the memory that fades.

    n: steps
    keep: the share of the memory that stays at each step   (0 to 1)

    Returns weights, column 0 for the start h_0: keep^t, and (1 - keep) · keep^(t - s) for x_s   (n, 1 + n)
        Rows sum to one. This map is exact and complete: an average, with nothing hidden in the x_s.
    Raises ValueError for n or keep out of range.
    Source: Brown 1956, "Exponential smoothing for predicting demand".

    >>> ema_weights(2, 0.5)
    array([[0.5 , 0.5 , 0.  ],
           [0.25, 0.25, 0.5 ]])
    """
    check_whole(n=n)
    check_number(least=0, most=1, keep=keep)
    return gru_weights(np.full((n, 1), float(keep)))[0]


def gru_weights(z):
    """Return the α of a GRU, one map for each hidden unit: its state is a weighted average of h_0 and the candidates.

    z: the keep gate, such as `gru` returns it   (..., T, H)

    Returns weights, column 0 for h_0: Π z, and (1 - z_s) Π_{r>s} z_r for the candidate n_s   (..., H, T, 1 + T)
        Rows sum to one, exactly but for rounding, whatever the gates do.
        What it is not: the weight of x_s. The candidate n_s was computed from h_{s-1}, so it carries the past in it,
        and z_s itself depends on all inputs up to s.
    Raises ValueError for gates that are not between 0 and 1.

    >>> gru_weights(np.array([[0.5], [0.25]]))  # one unit, two steps
    array([[[0.5  , 0.5  , 0.   ],
            [0.125, 0.125, 0.75 ]]])
    """
    return lstm_weights(1 - _check_gates(z=z).pop(), z)


def lstm_weights(i, f):
    """Return the α of an LSTM's cell, one map for each hidden unit: the cell is a weighted sum of c_0 and candidates.

    i, f: the write and the keep gate, such as `lstm` returns them   (..., T, H)

    Returns weights, column 0 for c_0: Π f, and i_s Π_{r>s} f_r for the candidate g_s   (..., H, T, 1 + T)
        Rows need not sum to one: keeping and writing are two decisions.
        What it is not: the weight of x_s (the candidate g_s and both gates already saw the past through h_{s-1}), nor
        the state's: h_t = o_t tanh(c_t) shows the cell through one gate more.
    Raises ValueError for gates of different shapes and for gates that are not between 0 and 1.

    >>> lstm_weights(np.array([[1.0], [0.5]]), np.array([[0.5], [1.0]]))  # one unit, two steps
    array([[[0.5, 1. , 0. ],
            [0.5, 1. , 0.5]]])
    """
    i, f = (gate.mT[..., None] for gate in _check_gates(i=i, f=f))  # (..., H, T, 1)
    xp, n = library(i=i), i.shape[-2]
    steps = xp.eye(1 + n, dtype=i.dtype, device=i.device)
    rows = [steps[0]]  # before the first step all that is there is the start
    for t in range(n):
        rows.append(f[..., t, :] * rows[-1] + i[..., t, :] * steps[1 + t])
    return xp.stack(rows[1:], -2)


def weighted_sum(weights, start, candidates):
    """Put the candidates back under their weights: out comes the GRU's state, or the LSTM's cell, at every step.

    weights: from `gru_weights` or `lstm_weights`   (..., H, T, 1 + T)
    start: h_0 or c_0                               (..., H)
    candidates: the gates' n or g                   (..., T, H)

    Returns α v, for each unit its own α            (..., T, H)
    Raises ValueError for shapes and types that do not fit together.

    >>> weighted_sum(gru_weights(np.array([[0.5], [0.25]])), np.array([8.0]), np.array([[0.0], [4.0]])).ravel()
    array([4., 4.])
    """
    xp = library(weights=weights, start=start, candidates=candidates)
    check_floats(xp, weights=weights, start=start, candidates=candidates)
    if candidates.ndim < 2:
        raise ValueError(f"candidates has shape {tuple(candidates.shape)}: it must be (..., T, d_hidden)")
    *batch, n, d_hidden = candidates.shape
    check_shape("start", start, (*batch, d_hidden), "(..., d_hidden), as the candidates are (..., T, d_hidden)")
    check_shape("weights", weights, (*batch, d_hidden, n, 1 + n), "(..., d_hidden, T, 1 + T)")
    values = xp.concatenate([start[..., None, :], candidates], -2).mT[..., None]  # (..., H, 1 + T, 1)
    return (weights @ values)[..., 0].mT


def rnn_sensitivity(x, weights, h0=None, *, mask=None, activation="tanh", norm="frobenius"):
    """Return how much each state of an RNN would move if one input moved a little: |∂h_t/∂x_s|, a product of Jacobians.

    ∂h_t/∂x_s = (D_t W_hh) (D_{t-1} W_hh) … (D_{s+1} W_hh) D_s W_ih, where D is the activation's slope, 1 - h² for tanh.
    Without it (linear) the eigenvalues of W_hh rule how it grows or fades; with it, D ≤ 1 shrinks every factor.

    x, weights, h0, mask, activation: as in `rnn`, NumPy   (x: (..., T, d_in))
    norm: "frobenius" (all directions together, the root of the sum of squares) or "spectral" (the worst direction)

    Returns the sizes, row t, column s; zero where s > t, and for padding   (..., T, T)
        What it is not: a weight. It holds for small changes at this x only, rows sum to nothing in particular, and it
        can explode or vanish: draw it on a log scale, or row by row with ``kernel_regression.to_weights``.
    Raises ValueError as `rnn` does, and for tensors.
    Source: Pascanu et al. 2013, "On the difficulty of training recurrent neural networks", equation 5.

    >>> halve = {"weight_ih_l0": np.array([[1.0]]), "weight_hh_l0": np.array([[0.5]])}
    >>> rnn_sensitivity(np.array([[8.0], [0.0], [1.0]]), halve, activation="linear")
    array([[1.  , 0.  , 0.  ],
           [0.5 , 1.  , 0.  ],
           [0.25, 0.5 , 1.  ]])
    """
    check_choice(NORMS, norm=norm)
    h = rnn(x, weights, h0, mask=mask, activation=activation)
    if not isinstance(h, np.ndarray):
        raise ValueError("x is a tensor: rnn_sensitivity is written for NumPy; sensitivity(run, x) takes tensors")
    into, onward = _jacobians(weights, slopes(h, activation), mask)
    by_input, sizes = np.zeros_like(into), []  # ∂h_t/∂x_s for every s at once   (..., T, H, d_in)
    for t in range(h.shape[-2]):
        by_input = onward[..., t, None, :, :] @ by_input
        by_input[..., t, :, :] = into[..., t, :, :]
        sizes.append(np.linalg.norm(by_input, NORMS[norm], axis=(-2, -1)))
    return np.stack(sizes, -2)


def sensitivity(run, x, *, norm="frobenius"):
    """Return |∂h_t/∂x_s| of any machine, by autograd: what `rnn_sensitivity` does by hand for the RNN.

    run: a function from one sequence to its states, (T, d_in) to (T, H), such as ``lambda x: lstm(x, weights)[0]``
        (torch's own layers work too, more slowly: they cannot take many gradients at once)
    x: one sequence, a tensor   (T, d_in)
    norm: as in `rnn_sensitivity`

    Returns the sizes, row t, column s   (T, T); what they are not stands there, too
    Raises ValueError for anything but a tensor with two axes, and for a run that does not answer with two.
    """
    check_choice(NORMS, norm=norm)
    torch = library(x=x)
    if torch is np or x.ndim != 2:
        raise ValueError(f"x is a {type(x).__name__} of shape {tuple(x.shape)}: it must be a tensor, (T, d_in)")
    check_floats(torch, x=x)
    jacobian = torch.func.jacrev(run, chunk_size=256)(x)  # (T, H, T, d_in); in chunks, to spare memory
    if not isinstance(jacobian, torch.Tensor) or jacobian.ndim != 4 or jacobian.shape[0] != x.shape[0]:
        is_one = isinstance(jacobian, torch.Tensor)
        answered = f"shape {tuple(jacobian.shape[:-2])}" if is_one else f"{len(jacobian)} things, not one"
        raise ValueError(f"run answers with {answered}: it must return one state for each step, (T, d_hidden)")
    return torch.linalg.matrix_norm(jacobian.swapaxes(1, 2), NORMS[norm])


def _jacobians(weights, slope, mask):
    """Return ∂h_t/∂x_t and ∂h_t/∂h_{t-1} at every step; in the padding nothing comes in and all is handed on."""
    real = np.ones((*slope.shape[:-1], 1, 1), dtype=bool) if mask is None else mask[..., None, None]
    into = np.where(real, slope[..., None] * weights["weight_ih_l0"], 0)  # (..., T, H, d_in)
    onward = np.where(real, slope[..., None] * weights["weight_hh_l0"], np.eye(slope.shape[-1], dtype=slope.dtype))
    return into, onward  # (..., T, H, d_in), (..., T, H, H)


def _check_gates(**gates):
    """Refuse what cannot be gates, and return them."""
    xp = library(**gates)
    check_floats(xp, **gates)
    shapes = {name: tuple(gate.shape) for name, gate in gates.items()}
    if len(set(shapes.values())) > 1 or any(len(shape) < 2 or 0 in shape[-2:] for shape in shapes.values()):
        listed = ", ".join(f"{name} has shape {shape}" for name, shape in shapes.items())
        raise ValueError(f"{listed}: gates must be (..., T, d_hidden), and all alike")
    for name, gate in gates.items():
        bad = ~((gate >= 0) & (gate <= 1))
        if truth(bad.any(), otherwise=False):
            raise ValueError(f"found {gate[bad][0].item()} in {name}: a gate lies between 0 and 1, after the sigmoid")
    return list(gates.values())
