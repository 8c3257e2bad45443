"""What can be asked of a map of weights, in NumPy: scores, removal, another map with the same answer, agreement."""

from itertools import combinations

import numpy as np

from utils.conversion import as_numpy


def previous_score(weights):
    """Return the mean weight that a token gives to the token before it.

    weights: α   (T, T), T at least 2

    >>> previous_score(np.array([[1.0, 0.0], [0.25, 0.75]]))
    0.25
    """
    return np.diagonal(_square(weights), -1).mean().item()


def induction_score(weights, tokens):
    """Return the mean weight that a token gives to the token after its earlier copy, over all that have one.

    weights: α   (T, T)        tokens: whole numbers, each at most twice   (T,)
    Raises ValueError where no token comes twice.
    Source: Olsson et al. 2022, "In-context learning and induction heads".

    >>> induction_score(np.eye(4, k=-2), [5, 8, 9, 5])
    1.0
    """
    weights, tokens = _square(weights), as_numpy(tokens)
    if tokens.shape != weights.shape[:1]:
        raise ValueError(f"tokens has shape {tokens.shape}: it must be ({len(weights)},), one for each row of weights")
    earlier = np.tril(tokens[:, None] == tokens, -1)  # (T, T): my symbol, and before me
    wanted = np.roll(earlier, 1, axis=1)  # one place on
    if not wanted.any():
        raise ValueError(f"tokens is {tokens.tolist()}: no token comes twice")
    return weights[wanted].mean().item()


def layer_without(weights, v, W_o, removed=()):
    """Return what a layer of heads adds to its tokens when some heads say nothing; the others stay as they are.

    weights: α (H, T, T)       v: values (H, T, d_head)       W_o: what mixes the heads (H · d_head, d_model)
    removed: numbers of heads

    >>> ones = np.ones((2, 1, 1))
    >>> layer_without(ones, ones, np.array([[10.0], [1.0]]), removed=[0])
    array([[1.]])
    """
    weights, v, W_o = map(as_numpy, (weights, v, W_o))
    found = weights @ v  # (H, T, d_head)
    found[list(removed)] = 0
    return np.concatenate(list(found), axis=-1) @ W_o


def smallest_cut(accuracy_without, n_heads, below):
    """Return as few heads as possible that, removed together, bring the accuracy below a bound; None if no set does.

    accuracy_without: accuracy_without(heads) -> how often the model is right without these heads, a tuple
    n_heads: how many there are      below: the bound

    >>> smallest_cut(lambda heads: 0.1 if {0, 2} <= set(heads) else 0.9, 3, below=0.5)
    (0, 2)
    """
    for size in range(n_heads + 1):
        for heads in combinations(range(n_heads), size):
            if accuracy_without(heads) < below:
                return heads
    return None


def other_weights(weights, v):
    """Return other weights with the same answer, and as little as possible for the key that had the most.

    weights: one row of α (n_k,), none negative       v: values (n_k, d_v)
    Walks along directions that change neither the answer nor the sum, until one weight after the other is zero.
    Where there is no such direction (n_k ≤ d_v + 1, as a rule), the row comes back as it was.
    Source: Jain and Wallace 2019, "Attention is not explanation", ask the question; Brunner et al. 2020, "On
    identifiability in transformers", section 3, count the directions.

    >>> other_weights(np.array([0.25, 0.5, 0.25]), np.array([[0.0], [1.0], [2.0]]))
    array([0.5, 0. , 0.5])
    """
    row, v = as_numpy(weights, float).copy(), as_numpy(v, float)
    if row.ndim != 1 or v.ndim != 2 or len(row) != len(v):
        raise ValueError(f"weights has shape {row.shape} and v {v.shape}: they must be (n_k,) and (n_k, d_v)")
    top, fixed = row.argmax(), _fixed(v)
    for _ in range(len(row)):
        support = np.flatnonzero(row > 0)
        if row[top] == 0:
            break
        step = np.zeros_like(row)
        step[support] = _down(fixed[support], np.flatnonzero(support == top)[0])
        falling = step < -1e-12
        if not falling.any():
            break
        length = (row[falling] / -step[falling]).min()
        row = np.where(falling & (row <= -step * length * (1 + 1e-9)), 0, row + length * step)
    return row


def kendall(a, b):
    """Return how far two lists agree on the order: pairs that agree less pairs that do not, of all pairs.

    a, b: numbers   (n,), n at least 2. Equal numbers count for neither side.
    Source: Kendall 1938, "A new measure of rank correlation".

    >>> kendall([1, 2, 3], [10, 30, 20])
    0.3333333333333333
    """
    a, b = as_numpy(a, float), as_numpy(b, float)
    if a.shape != b.shape or a.ndim != 1 or len(a) < 2:
        raise ValueError(f"a has shape {a.shape} and b {b.shape}: they must be (n,) both, n at least 2")
    agree = np.sign(a[:, None] - a) * np.sign(b[:, None] - b)  # (n, n), every pair twice
    return (agree.sum() / (len(a) * (len(a) - 1))).item()


def spoken(weights, v, W_o):
    """Return how long the vector is that each key really hands over: α_ij times the length of v_j W_o.

    weights: α (H, n_q, n_k)      v: values (H, n_k, d_head)      W_o: (H · d_head, d_model)

    Returns lengths   (H, n_q, n_k)
    Source: Kobayashi et al. 2020, "Attention is not only a weight: analyzing transformers with vector norms".

    >>> spoken(np.array([[[0.9, 0.1]]]), np.array([[[0.0], [3.0]]]), np.array([[1.0]])).round(2)
    array([[[0. , 0.3]]])
    """
    weights, v, W_o = map(as_numpy, (weights, v, W_o))
    H, _, d_head = v.shape
    handed = v @ W_o.reshape(H, d_head, -1)  # (H, n_k, d_model)
    return weights * np.linalg.norm(handed, axis=-1)[:, None]


def shuffled(weights, generator, *, causal=False):
    """Return α whose rows hold the same weights in a random order.

    weights: a tensor   (..., n_q, n_k)        generator: torch.Generator on the CPU
    causal: shuffle only among the keys at or before the query
    """
    import torch

    places = torch.rand(weights.shape, generator=generator)
    if causal:
        later = torch.ones(weights.shape[-2:]).triu(1) > 0
        places = torch.where(later, 2.0 + torch.arange(weights.shape[-1]), places)
    return weights.gather(-1, places.argsort(dim=-1))


def _fixed(v):
    """Return what must not move: as many columns as the values really have features, and one of ones."""
    u, sizes, _ = np.linalg.svd(v, full_matrices=False)
    real = sizes > 1e-5 * sizes[0]  # values in single precision are not exact
    return np.column_stack([u[:, real] * sizes[real], np.ones(len(v))])  # (n_k, rank + 1)


def _down(fixed, top):
    """Return a direction that lowers one weight and moves nothing of ``fixed`` (n, d); zeros if there is none."""
    basis, _ = np.linalg.qr(fixed)
    step = basis @ basis[top]
    step[top] -= 1
    return step if len(fixed) > basis.shape[1] else 0 * step


def _square(weights):
    weights = as_numpy(weights, float)
    if weights.ndim != 2 or weights.shape[0] != weights.shape[1] or len(weights) < 2:
        raise ValueError(f"weights has shape {weights.shape}: it must be (T, T), T at least 2")
    return weights
