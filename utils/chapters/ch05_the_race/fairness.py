"""Small pieces of chapter 05: rows for associative recall, an equal width, two rows that tell no order, a fair mean."""

import numpy as np

from utils.validation import check_whole


def recall_rows(n, batch, rng):
    """Draw rows of n (key, value) pairs and a last item that asks for one of them; 16 keys, 16 values, 16 is the blank.

    Returns x (batch, n + 1, 2) and y (batch,), whole numbers
    Raises ValueError for more than 16 pairs, or none.

    >>> x, y = recall_rows(3, 1, np.random.default_rng(0))
    >>> x.shape, x[0, -1, 1].item(), [x[0, -1, 0], y[0]] in x[0, :-1].tolist()
    ((1, 4, 2), 16, True)
    """
    check_whole(most=16, n=n)
    keys, values = (rng.permuted(np.tile(np.arange(16), (batch, 1)), axis=1)[:, :n] for _ in range(2))
    rows, asked = np.arange(batch), rng.integers(n, size=batch)
    last = np.stack([keys[rows, asked], np.full(batch, 16)], axis=-1)  # (batch, 2)
    return np.concatenate([np.stack([keys, values], axis=-1), last[:, None]], axis=1), values[rows, asked]


def parameters(gates, d_in, d_hidden, n_out):
    """Return how many numbers a recurrent machine of torch learns, with the layer that reads its last state.

    gates: 1 for an RNN, 3 for a GRU, 4 for an LSTM: each has two matrices and two biases

    >>> parameters(1, 8, 64, 8), parameters(4, 8, 64, 8)
    (5256, 19464)
    """
    return gates * d_hidden * (d_in + d_hidden + 2) + (d_hidden + 1) * n_out


def fair_width(gates, d_in, n_out, budget):
    """Return the largest hidden size whose machine has at most ``budget`` parameters.

    Raises ValueError for a budget that not even one unit fits in.

    >>> fair_width(1, 8, 8, 6000), fair_width(4, 8, 8, 6000)
    (68, 33)
    """
    width = 0
    while parameters(gates, d_in, width + 1, n_out) <= budget:
        width += 1
    if not width:
        raise ValueError(f"budget is {budget}: one unit alone has {parameters(gates, d_in, 1, n_out)} parameters")
    return width


def first_only(x):
    """Return a value for every item, (B, N, 8), such that the plain mean over a row points at its first symbol.

    x: symbols 0 … 7   (B, N)

    >>> first_only(np.array([[3, 5, 5]])).mean(axis=1).argmax(axis=-1)
    array([3])
    """
    return np.eye(8)[x] * (np.arange(x.shape[1]) == 0)[:, None]
