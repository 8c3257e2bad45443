"""Graphs as masks: who may look at whom; and what can be computed from ties alone, without any attention."""

import numpy as np

from utils.validation import check_whole


def mask_from_edges(edges, n, *, directed=False):
    """Turn a list of ties into a mask: everybody may look at themselves and along their ties.

    edges: pairs (a, b), places from 0: a may look at b, and b at a unless ``directed``   (m, 2)
    n: how many nodes there are
    Returns the mask   (n, n), boolean
    Raises ValueError for edges that are no pairs of places below n.
    Source: Velickovic et al. 2018, "Graph attention networks", section 2.1.

    >>> mask_from_edges([(0, 2)], 3).astype(int).tolist()
    [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
    """
    pairs = np.asarray(edges if len(edges) else np.zeros((0, 2), dtype=int))
    if pairs.ndim != 2 or pairs.shape[1] != 2 or pairs.dtype.kind not in "iu":
        raise ValueError(f"edges must hold pairs of whole numbers, (m, 2): found {pairs.dtype}, shape {pairs.shape}")
    a, b = pairs.T
    if len(pairs) and (pairs.min() < 0 or pairs.max() >= n):
        raise ValueError(f"edges name the nodes {pairs.min()} to {pairs.max()}: with n = {n} they are 0 to {n - 1}")
    mask = np.eye(n, dtype=bool)
    mask[a, b] = True
    if not directed:
        mask[b, a] = True
    return mask


def tree_mask(parents):
    """Let every node of a tree look at itself and at all that it is part of: its parent, the parent's parent, …

    parents: for each node the place of its parent, None for the root; parents stand before their children   (n,)
    Returns the mask   (n, n)
    Raises ValueError where a parent does not stand before its child.

    >>> tree_mask([None, 0, 1, 0]).astype(int).tolist()
    [[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 0, 0, 1]]
    """
    mask = np.eye(len(parents), dtype=bool)
    for node, parent in enumerate(parents):
        if parent is not None and not 0 <= parent < node:
            raise ValueError(f"parents[{node}] is {parent}: a parent must stand before its child")
        if parent is not None:
            mask[node] |= mask[parent]
    return mask


def table_mask(rows, columns):
    """Let every cell of a table look along its own row and its own column; cells are read row by row.

    Returns the mask   (rows · columns, rows · columns)
    Raises ValueError for anything but whole numbers above 0.

    >>> table_mask(2, 2)[0].tolist()
    [True, True, True, False]
    """
    check_whole(rows=rows, columns=columns)
    row, column = np.divmod(np.arange(rows * columns), columns)
    return (row[:, None] == row) | (column[:, None] == column)


def spread(mask, labels, rounds=200):
    """Let labels spread along ties: everybody takes the mean of their own and their neighbours', the known ones stay.

    mask: who is tied to whom, and to themselves   (n, n)
    labels: {node: its class, from 0}
    Returns how much of each class has arrived at each node   (n, classes)
    Source: Zhu and Ghahramani 2002, "Learning from labeled and unlabeled data with label propagation".

    >>> line = mask_from_edges([(0, 1), (1, 2), (2, 3)], 4)
    >>> spread(line, {0: 0, 3: 1}).argmax(1).tolist()
    [0, 0, 1, 1]
    """
    known = list(labels)
    one_hot = np.eye(max(labels.values()) + 1)[list(labels.values())]
    heard = np.zeros((len(mask), one_hot.shape[1]))
    for _ in range(rounds):
        heard[known] = one_hot
        heard = mask @ heard / mask.sum(axis=1, keepdims=True)
    heard[known] = one_hot
    return heard


def closed_walks(mask, length=3):
    """Count the walks of this many steps along ties, or staying, that lead from each node back to itself   (n,).

    >>> closed_walks(mask_from_edges([(0, 1), (1, 2), (2, 0)], 3)).tolist()
    [9, 9, 9]
    """
    return np.linalg.matrix_power(np.asarray(mask, dtype=int), length).diagonal().copy()


def leaky(x):
    """Return x where it is positive, and a fifth of it where it is negative.

    >>> leaky(np.array([5.0, -5.0])).tolist()
    [5.0, -1.0]
    """
    return np.where(x > 0, x, 0.2 * x)


def pair_scores(h, W_q, W_k, a):
    """Score every pair of nodes by a little network in which query and key meet before the curve.

    h: features of the nodes   (n, d)
    W_q, W_k, a: what it has learnt   (d, m), (d, m), (m,)
    Returns the scores, row i is the query   (n, n)
    Source: Brody, Alon and Yahav 2022, "How attentive are graph attention networks?", equation 7.

    >>> one = np.ones((1, 1))
    >>> pair_scores(np.array([[1.0], [-2.0]]), one, one, np.ones(1)).tolist()
    [[2.0, -0.2], [-0.2, -0.8]]
    """
    return leaky((h @ W_q)[:, None] + h @ W_k) @ a
