"""Linear attention: the softmax is given up, so that all keys and values fit into one matrix that never grows.

    α_ij = φ(q_i)·φ(k_j) / Σ_m φ(q_i)·φ(k_m)        φ(x) = elu(x) + 1, which is positive

It is another function than softmax attention, not a faster way to compute it. Its rows sum to one as well. With gates,
the matrix fades, by as much as each place asks for:

    S_i = g_i S_{i-1} + φ(k_i) v_iᵀ        g_i from 0 (forget all) to 1 (keep all: plain linear attention)

So α_ij is φ(q_i)·φ(k_j) times the gates of all places after j up to i, divided by the sum of its row. It stands between
the gates of chapter 4, whose memory is a vector, and linear attention, whose matrix never forgets.
"""

from utils.attention.arrays import cast, library, places, truth, widen
from utils.attention.masks import window_mask
from utils.attention.validation import check_float, check_inputs, check_state, check_values, repeat_kv

BLOCK = 64  # places a causal pass takes together: within a block every pair, across blocks the state


def linear_attention(q, k, v, *, causal=False):
    """Let every query take the average of all values, weighted by φ(q)·φ(k): n keys cost n, not n².

    q: what each query asks for      (..., n_q, d_k)
    k: what each key answers to      (..., n_k, d_k)
    v: what each value says          (..., n_k, d_v)
    causal: a query sees only its own place and what came before it; then n_q must equal n_k

    Returns out   (..., n_q, d_v); zero where there are no keys
        Fewer heads in k and v, half precision: as in `utils.attention.attention`.
    Raises ValueError as `attention` does, and for a causal pass with unequal numbers of queries and keys.
    Source: Katharopoulos et al. 2020, "Transformers are RNNs", equations 5, 7 and 9.

    >>> import numpy as np
    >>> q, k, v = np.array([[0.0]]), np.array([[0.0], [2.0]]), np.array([[0.0], [8.0]])
    >>> linear_attention(q, k, v)  # φ(0) = 1, φ(2) = 3: weights 1/4 and 3/4
    array([[6.]])
    """
    if causal:
        return _causal(q, k, v)
    xp = check_inputs(q, k, v)
    rich_q, rich_k, wide = features(xp, q, k, v)
    out = divide(xp, rich_q @ (rich_k.mT @ wide), rich_q @ column(rich_k))
    return finish(xp, out, q.dtype)


def linear_step(q, k, v, state=None):
    """Take a few places more of a causal pass, one or many, with all that came before them in one state.

    q, k, v: of the new places alone   (..., n, d_k), (..., n, d_k), (..., n, d_v)
    state: what the step before returned; None at the beginning

    Returns (out, state)   (..., n, d_v), and the pair of sums
        Σ φ(k_j) v_j   (..., d_k, d_v)        Σ φ(k_j)   (..., d_k, 1)
        Its size does not depend on how many places were seen. Half precision keeps its state in float32.
    Raises ValueError as `linear_attention` does, and for a state that does not belong to such q and v.
    Source: Katharopoulos et al. 2020, "Transformers are RNNs", equations 16-20.

    >>> import numpy as np
    >>> one = np.ones((1, 1))
    >>> _, state = linear_step(0 * one, 0 * one, 0 * one)
    >>> linear_step(0 * one, 2 * one, 8 * one, state)[0]
    array([[6.]])
    """
    xp = check_inputs(q, k, v)
    check_causal(q, k)
    rich_q, rich_k, wide = features(xp, q, k, v)
    pairs = xp.tril(rich_q @ rich_k.mT)  # (..., n, n): the new places among themselves
    top, bottom = pairs @ wide, pairs.sum(axis=-1, keepdims=True)
    sums = rich_k.mT @ wide, column(rich_k)
    if state is not None:
        check_state(xp, state, sums)
        top, bottom = top + rich_q @ state[0], bottom + rich_q @ state[1]
        sums = sums[0] + state[0], sums[1] + state[1]
    return finish(xp, divide(xp, top, bottom), q.dtype), sums


def _causal(q, k, v):
    xp = check_inputs(q, k, v)
    check_causal(q, k)
    pieces, state = [], None
    for start in range(0, max(q.shape[-2], 1), BLOCK):
        piece, state = linear_step(*(places(x, start, start + BLOCK) for x in (q, k, v)), state)
        pieces.append(piece)
    return pieces[0] if len(pieces) == 1 else xp.concatenate(pieces, axis=-2)


def features(xp, q, k, v):
    """Return φ(q), φ(k) and v, in float32 at least, with as many heads each."""
    q, k, v = (widen(xp, x) for x in repeat_kv(xp, q, k, v))
    return *(xp.where(x > 0, x + 1, xp.exp(xp.where(x > 0, 0.0, x))) for x in (q, k)), v


def column(rich_k):
    """Return the sum of φ(k) over all places, as a column."""
    return rich_k.sum(axis=-2, keepdims=True).mT  # (..., d_k, 1)


def divide(xp, top, bottom):
    """Return top / bottom, and zero where there is no weight at all, with gradients that stay finite."""
    nobody = bottom == 0
    return xp.where(nobody, 0.0, top / xp.where(nobody, 1.0, bottom))


def finish(xp, out, dtype):
    """Return out in its type, after a look at its values."""
    check_values(xp, "out", out)
    return cast(out, dtype)


def check_causal(q, k):
    """Refuse a causal pass in which queries and keys do not stand at the same places."""
    if q.shape[-2] != k.shape[-2]:
        shapes = f"q {tuple(q.shape)}, k {tuple(k.shape)}"
        raise ValueError(f"a causal pass needs one query for each key, with the same place: {shapes}")


def gated_linear_attention(q, k, v, gates):
    """Make a causal pass of linear attention whose memory is multiplied by a gate before each place is written.

    q, k, v: of n places              (..., n, d_k), (..., n, d_k), (..., n, d_v)
    gates: what is kept of all before, 0 to 1, one number for each place and each head of k   (..., n)

    Returns out   (..., n, d_v); fewer heads in k and v, half precision: as in `utils.attention.attention`
    Raises ValueError as `linear_attention` does, and for gates of another shape, type or range.
    Source: Yang et al. 2024, "Gated linear attention transformers with hardware-efficient training", equation 3, with
        one gate for all features; divided by the sum of the row as in Katharopoulos et al. 2020.

    >>> import numpy as np
    >>> x, v = np.zeros((2, 1)), np.array([[0.0], [8.0]])  # φ(0) = 1, so without gates both places count the same
    >>> gated_linear_attention(x, x, v, np.array([1.0, 1.0])).ravel().tolist()
    [0.0, 4.0]
    >>> gated_linear_attention(x, x, v, np.array([1.0, 0.0])).ravel().tolist()  # the second place forgets the first
    [0.0, 8.0]
    """
    _check_gates(check_inputs(q, k, v), k, gates)
    check_causal(q, k)
    gates = gates.reshape(*gates.shape, 1)
    pieces, state = [], None
    for start in range(0, max(q.shape[-2], 1), BLOCK):
        *some, gate = (places(x, start, start + BLOCK) for x in (q, k, v, gates))
        piece, state = gated_step(*some, gate.reshape(gate.shape[:-1]), state)
        pieces.append(piece)
    return pieces[0] if len(pieces) == 1 else library(q=q).concatenate(pieces, axis=-2)


def gated_step(q, k, v, gates, state=None):
    """Take a few places more of a gated pass, with all that came before them in one state.

    q, k, v, gates: of the new places alone
    state: what the step before returned; None at the beginning

    Returns (out, state), as `linear_step` does
    Raises ValueError as `gated_linear_attention` does, and for a state that does not belong to such q and v.
    Source: as for `gated_linear_attention`.

    >>> import numpy as np
    >>> one = np.ones((1, 1))
    >>> _, state = gated_step(0 * one, 0 * one, 0 * one, one[0])
    >>> gated_step(0 * one, 0 * one, 8 * one, one[0] / 3, state)[0].round(2)  # weights 1/3 and 1
    array([[6.]])
    """
    xp = check_inputs(q, k, v)
    _check_gates(xp, k, gates)
    check_causal(q, k)
    rich_q, rich_k, wide = features(xp, q, k, v)
    _, gate, _ = repeat_kv(xp, q, *[widen(xp, gates.reshape(*gates.shape, 1))] * 2)  # (..., n, 1)
    fades = _fades(xp, gate)
    pairs = rich_q @ rich_k.mT * fades
    top, bottom = pairs @ wide, pairs.sum(axis=-1, keepdims=True)
    n = q.shape[-2]
    late = rich_k * (places(fades, n - 1, n).mT if n else gate)  # what is left of each key after the last place
    sums = late.mT @ wide, column(late)
    if state is not None:
        check_state(xp, state, sums)
        early = rich_q * xp.cumprod(gate, axis=-2)  # what is left of the state at each place
        top, bottom = top + early @ state[0], bottom + early @ state[1]
        kept = gate.prod(axis=-2, keepdims=True)
        sums = tuple(new + kept * old for new, old in zip(sums, state, strict=True))
    return finish(xp, divide(xp, top, bottom), q.dtype), sums


def _fades(xp, gate):
    """Return for every pair i ≥ j the gates after j up to i, multiplied; zero above the diagonal   (..., n, n)."""
    n = gate.shape[-2]
    earlier = window_mask(n, n, None, offset=-1, like=gate)
    return xp.tril(xp.cumprod(xp.where(earlier, gate, 1.0), axis=-2))


def _check_gates(xp, k, gates):
    library(k=k, gates=gates)
    check_float(xp, "gates", gates)
    if gates.shape != k.shape[:-1] or gates.dtype != k.dtype:
        found = f"{tuple(gates.shape)} of {gates.dtype}"
        raise ValueError(f"gates must hold one {k.dtype} for each place, {tuple(k.shape[:-1])}: found {found}")
    if not truth(((gates >= 0) & (gates <= 1)).all(), otherwise=True):
        outside = gates[~((gates >= 0) & (gates <= 1))]
        raise ValueError(f"found {outside[0].item()} in gates: what is kept lies between 0 and 1")
