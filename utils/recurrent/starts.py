"""How a recurrent machine starts decides how far it can learn to look: starting matrices, forget biases, half-lives.

All of it is NumPy and returns new arrays; ``to_torch(weights, module)`` puts them into torch's layers.
"""

import math
from collections.abc import Mapping

import numpy as np

from utils.recurrent.validation import NAMES, check_weights
from utils.validation import check_number, check_whole


def orthogonal(n, *, rng):
    """Draw a matrix that turns and mirrors but changes no length, every such matrix equally likely.

    As W_hh of a linear RNN it lets a gradient neither fade nor explode; tanh still shrinks it a little.

    n: rows and columns
    rng: np.random.default_rng(seed)

    Returns Q with Q Qᵀ = 1   (n, n)
    Raises ValueError for a size that is no positive whole number.
    Source: Saxe et al. 2014, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks";
        Mezzadri 2007, "How to generate random matrices from the classical compact groups", for the signs.

    >>> Q = orthogonal(3, rng=np.random.default_rng(0))
    >>> np.allclose(Q @ Q.T, np.eye(3))
    True
    """
    check_whole(n=n)
    Q, R = np.linalg.qr(rng.normal(size=(n, n)))
    return Q * np.where(np.diag(R) < 0, -1, 1)


def spectral_radius(W):
    """Return the size of the largest eigenvalue: what a long product W W … W grows by at each step in the end.

    W: a square matrix   (n, n)

    Raises ValueError for anything but a square matrix of finite numbers.

    >>> spectral_radius(np.array([[0.0, -2.0], [0.5, 0.0]]))  # stretches by 2, then shrinks by 2: after two steps, -1
    1.0
    """
    if not isinstance(W, np.ndarray) or W.ndim != 2 or W.shape[0] != W.shape[1] or 0 in W.shape:
        found = f"has shape {W.shape}" if isinstance(W, np.ndarray) else f"is a {type(W).__name__}"
        raise ValueError(f"W {found}: it must be a square NumPy matrix, (n, n)")
    if not np.isfinite(W).all():
        raise ValueError("W holds NaN or infinity: such a matrix has no eigenvalues")
    return np.abs(np.linalg.eigvals(W)).max().item()


def scale_to_radius(W, radius):
    """Scale a matrix until its spectral radius is `radius`.

    W: a square matrix   (n, n)
    radius: zero or more

    Returns the scaled matrix   (n, n)
    Raises ValueError for a radius that is negative, and for a matrix whose own radius is zero.
    Source: Jaeger 2001, "The echo state approach to analysing and training recurrent neural networks".

    >>> scale_to_radius(np.diag([4.0, 1.0]), 2)
    array([[2. , 0. ],
           [0. , 0.5]])
    """
    check_number(least=0, radius=radius)
    now = spectral_radius(W)
    if now == 0:
        raise ValueError("W has spectral radius 0: no number can scale that to another")
    return W * (radius / now)


def half_life_to_bias(steps):
    """Return the forget bias that, with nothing else to move the gate, halves a memory in so many steps.

    A gate of f keeps fⁿ after n steps; f = 2^(-1/steps) keeps a half, and the bias is its logit, log(f / (1 - f)).

    steps: the half-life, positive: a number or an array of them

    Raises ValueError for half-lives that are not positive and finite.

    >>> half_life_to_bias(1.0), round(half_life_to_bias(50), 2)  # every step halves: σ(0) = ½
    (0.0, 4.27)
    """
    steps = np.asarray(steps, dtype=float)
    if not ((steps > 0) & (steps < math.inf)).all():
        raise ValueError(f"steps is {steps.tolist()}: a half-life must be positive and finite")
    rate = math.log(2) / steps  # f = e^-rate, and logit(f) = -log(e^rate - 1), which keeps its digits for long lives
    bias = 0.0 - np.where(rate > 1, rate + np.log1p(-np.exp(-rate)), np.log(np.expm1(np.minimum(rate, 1))))
    return bias if bias.ndim else bias.item()


def bias_to_half_life(bias):
    """Return after how many steps a forget bias, with nothing else to move the gate, leaves a half.

    bias: a number or an array of them

    Raises ValueError for NaN and infinity.

    >>> bias_to_half_life(0.0), round(bias_to_half_life(1.0), 1), round(bias_to_half_life(3.0), 1)
    (1.0, 2.2, 14.3)
    """
    bias = np.asarray(bias, dtype=float)
    if not np.isfinite(bias).all():
        raise ValueError(f"bias is {bias.tolist()}: it must be finite")
    with np.errstate(divide="ignore"):  # past a bias of 745 the gate is 1 to the last digit, and the half-life infinite
        steps = math.log(2) / np.logaddexp(0, -bias)
    return steps if steps.ndim else steps.item()


def with_forget_bias(weights, bias):
    """Return weights whose keep gate (the LSTM's f, the GRU's z) starts with this bias: one bias set, the other zeroed.

    weights: of an LSTM or a GRU, NumPy, with both biases
    bias: a number, or one for each unit   (H,)

    Returns new weights; what is not the keep gate's bias is as before.
    Raises ValueError for weights without gates or biases, and for a bias of another shape.
    Source: Jozefowicz et al. 2015, "An empirical exploration of recurrent network architectures".

    >>> start = {name: np.ones((4, 1)[: 1 + ("weight" in name)]) for name in NAMES}  # an LSTM with one unit
    >>> start = with_forget_bias(start, 3.0)
    >>> start["bias_ih_l0"], start["bias_hh_l0"]
    (array([1., 3., 1., 1.]), array([1., 0., 1., 1.]))
    """
    return _with_bias(weights, 1, bias)  # f comes second in i, f, g, o, and z in r, z, n


def chrono(weights, longest, *, rng):
    """Return weights whose units start with memories of different lengths, spread evenly up to about `longest` steps.

    The keep gate's biases are log u, u uniform from 1 to longest - 1, so that a unit's gate starts at u / (1 + u). The
    LSTM's write gate gets -log u: where nothing else moves the gates, i + f = 1, and what is written is what is not
    kept, as in a GRU. Of the two biases one is set, the other zeroed.

    weights: of an LSTM or a GRU, NumPy, with both biases
    longest: how many steps the longest memory should last   (more than 2)
    rng: np.random.default_rng(seed)

    Returns new weights
    Raises ValueError for weights without gates or biases, and for a `longest` of 2 or less.
    Source: Tallec & Ollivier 2018, "Can recurrent neural networks warp time?".

    >>> from utils.recurrent.weights import default_weights
    >>> rng = np.random.default_rng(0)
    >>> start = chrono(default_weights("lstm", 2, 50, rng=rng), 100, rng=rng)
    >>> i, f, g, o = np.split(start["bias_ih_l0"], 4)
    >>> np.array_equal(i, -f), float(np.exp(f).min()) >= 1, float(np.exp(f).max()) <= 99
    (True, True, True)
    """
    check_number(above=2, longest=longest)
    blocks, size = _gates(weights)
    bias = np.log(rng.uniform(1, longest - 1, size))
    weights = _with_bias(weights, 1, bias)
    return _with_bias(weights, 0, -bias) if blocks == 4 else weights  # a GRU writes what it does not keep anyway


def _with_bias(weights, block, bias):
    _, size = _gates(weights)
    bias = np.asarray(bias, dtype=float)
    if bias.shape not in ((), (size,)) or not np.isfinite(bias).all():
        raise ValueError(f"bias has shape {bias.shape}: it must be finite, one number or one a unit, ({size},)")
    weights = {name: array.copy() for name, array in weights.items()}
    mine = slice(block * size, (block + 1) * size)
    weights["bias_ih_l0"][mine], weights["bias_hh_l0"][mine] = bias, 0
    return weights


def _gates(weights):
    """Refuse weights that have no keep gate or no two biases, and return how many blocks, and of what size."""
    W_hh = weights.get("weight_hh_l0") if isinstance(weights, Mapping) else None
    is_gru = getattr(W_hh, "ndim", 0) == 2 and W_hh.shape[0] == 3 * W_hh.shape[1]
    xp, _, size = check_weights(3 if is_gru else 4, weights)
    if xp is not np or not {*NAMES} <= {*weights}:
        kind = "NumPy" if xp is np else "torch"
        raise ValueError(f"weights must be NumPy, as from_torch(module) gives, with both biases: {kind}, {[*weights]}")
    return (3 if is_gru else 4), size
