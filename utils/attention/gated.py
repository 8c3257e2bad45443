"""Gated linear attention: a matrix memory that fades, by as much as each place asks for.

    S_i = g_i S_{i-1} + φ(k_i) v_iᵀ        g_i from 0 (forget all) to 1 (keep all: plain linear attention)

So α_ij is φ(q_i)·φ(k_j) times the gates of all places after j up to i, divided by the sum of its row. It stands between
the gates of chapter 4, whose memory is a vector, and linear attention, whose matrix never forgets.
"""

from utils.attention.arrays import library, places, truth, widen
from utils.attention.inputs import check_float, check_inputs, check_state, share_heads
from utils.attention.linear import BLOCK, check_causal, column, divide, features, finish
from utils.attention.masks import window_mask


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
    _, gate, _ = share_heads(xp, q, *[widen(xp, gates.reshape(*gates.shape, 1))] * 2)  # (..., n, 1)
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
