"""Linear attention: the softmax is given up, so that all keys and values fit into one matrix that never grows.

    α_ij = φ(q_i)·φ(k_j) / Σ_m φ(q_i)·φ(k_m)        φ(x) = elu(x) + 1, which is positive

It is another function than softmax attention, not a faster way to compute it. Its rows sum to one as well.
"""

from utils.attention.arrays import cast, places, widen
from utils.attention.inputs import check_inputs, check_state, check_values, share_heads

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
    q, k, v = (widen(xp, x) for x in share_heads(xp, q, k, v))
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
