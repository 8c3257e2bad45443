"""Chapter 01's tools: weights from any table, and weights from distance (kernel regression)."""

import numpy as np

from utils.conversion import as_numpy


def to_weights(table):
    """Scale each row of a table so that it sums to one; a row of zeros has nobody to listen to and stays zeros.

    table: numbers, none negative   (n, m)
    Returns the weights   (n, m)
    Raises ValueError for a table without two axes, with a negative entry, NaN or infinity.

    >>> to_weights(np.array([[1.0, 3.0], [0.0, 0.0]]))
    array([[0.25, 0.75],
           [0.  , 0.  ]])
    """
    table = as_numpy(table, float)
    if table.ndim != 2:
        raise ValueError(f"table should have two axes (n, m), not shape {table.shape}")
    wrong = table[~(np.isfinite(table) & (table >= 0))]
    if wrong.size:
        raise ValueError(f"table should hold finite numbers, none negative; found {wrong[0]}")
    totals = table.sum(axis=1, keepdims=True)
    return np.divide(table, totals, out=np.zeros(table.shape), where=totals > 0)


def gaussian_scores(queries, keys, bandwidth):
    """Return how near each key hangs to each query, as a score: 0 at the same place, the lower the further apart.

    queries, keys, bandwidth: as in ``gaussian_weights``
    Returns -distance² / 2 bandwidth²   (n_q, n_k)
    Raises ValueError when ``bandwidth`` is not positive.

    >>> gaussian_scores(np.array([0.0]), np.array([2.0]), 1.0)
    array([[-2.]])
    """
    if not bandwidth > 0:
        raise ValueError(f"bandwidth should be positive, not {bandwidth}")
    distances = as_numpy(queries, float)[:, None] - as_numpy(keys, float)
    return -(distances**2) / (2 * bandwidth**2)


def gaussian_weights(queries, keys, bandwidth):
    """Return how much each query listens to each key when near keys count more: a Gaussian of the distance.

    queries: where we ask   (n_q,)
    keys: where the readings hang   (n_k,)
    bandwidth: how far a query listens   (positive, in the unit of queries and keys)
    Returns weights whose rows sum to one   (n_q, n_k)
    Raises ValueError when ``bandwidth`` is not positive.
    Source: Nadaraya (1964), Watson (1964).

    >>> gaussian_weights(np.array([0.0]), np.array([-1.0, 1.0]), 0.5)
    array([[0.5, 0.5]])
    """
    scores = gaussian_scores(queries, keys, bandwidth)
    return to_weights(np.exp(scores - scores.max(axis=1, keepdims=True)))  # far from every key, the nearest one counts


def leave_one_out_error(positions, readings, bandwidth):
    """Return the mean squared error when every reading is predicted from all the others.

    positions, readings: where, and what was read   (n,), (n,)
    bandwidth: as in ``gaussian_weights``
    Returns the error, in the square of the readings' unit   (a number)
    Source: Stone (1974), "Cross-validatory choice and assessment of statistical predictions".

    >>> leave_one_out_error(np.array([0.0, 1.0]), np.array([3.0, 5.0]), 1.0)
    4.0
    """
    distances = positions[:, None] - positions
    closeness = np.exp(-(distances**2) / (2 * bandwidth**2))
    np.fill_diagonal(closeness, 0)
    return np.mean((to_weights(closeness) @ readings - readings) ** 2).item()
