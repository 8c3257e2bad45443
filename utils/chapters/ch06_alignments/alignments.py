"""Chapter 06's tools, in NumPy: padding, one look of a decoder, what it is fed, how it speaks, and a row to move."""

import numpy as np

from utils.conversion import as_numpy


def pad_and_mask(rows):
    """Return rows of different lengths as one table, 0 after the end, and where it holds real symbols.

    rows: lists of whole numbers, any numbers, also 0
    Returns (table, mask), whole numbers and booleans   (B, longest) both

    >>> pad_and_mask([[7, 0], [5]])
    (array([[7, 0],
           [5, 0]]), array([[ True,  True],
           [ True, False]]))
    """
    lengths = np.array([len(row) for row in rows], dtype=int)
    mask = np.arange(lengths.max(initial=0)) < lengths[:, None]  # (B, longest)
    table = np.zeros(mask.shape, dtype=int)
    table[mask] = [number for row in rows for number in row]
    return table, mask


def look(query, states, W_q, W_k, v, mask=None):
    """Let one state of the decoder look once at all states of the encoder: score, weigh, fetch.

    query: the decoder's state (d_q,)         states: the encoder's, keys and values at once (n_k, d_h)
    W_q, W_k, v: the scorer's weights (d, d_q), (d, d_h), (d,)
    mask: True = may look, at least one   (n_k,)
    Returns (fetched, weights)   (d_h,), (n_k,)
    Source: Bahdanau, Cho and Bengio 2015, equations 5 and 6 and section A.1.2.

    >>> fetched, weights = look(np.ones(1), np.array([[2.0], [4.0]]), np.ones((1, 1)), np.zeros((1, 1)), np.ones(1))
    >>> fetched, weights
    (array([3.]), array([0.5, 0.5]))
    """
    scores = np.tanh(W_q @ query + states @ W_k.T) @ v  # (n_k,)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    powers = np.exp(scores - scores.max())
    weights = powers / powers.sum()
    return weights @ states, weights


def fed(targets, start):
    """Return what the decoder is fed while it learns: the start, then each right symbol, one step late.

    targets: right symbols (B, T)   ->   (B, T)

    >>> fed(np.array([[7, 8, 2]]), start=1)
    array([[1, 7, 8]])
    """
    targets = as_numpy(targets)
    return np.concatenate([np.full_like(targets[:, :1], start), targets[:, :-1]], axis=1)


def greedy(step, state, *, start, stop, longest):
    """Speak: take the likeliest symbol each time, feed it back, until the stop or ``longest`` symbols.

    step: step(symbol, state) -> (scores, state)
    Returns the symbols said, without the stop

    >>> greedy(lambda said, n: (np.eye(5)[n], n - 1), 4, start=1, stop=2, longest=9)
    [4, 3]
    """
    said, symbol = [], start
    while len(said) < longest:
        scores, state = step(symbol, state)
        symbol = int(np.argmax(scores))
        if symbol == stop:
            break
        said.append(symbol)
    return said


def move_row(weights, step, letter):
    """Return α with all ink of one row on one letter; nothing else changes, and the old α is left alone.

    weights: α (T, n_k)

    >>> move_row(np.array([[0.5, 0.5], [0.3, 0.7]]), step=1, letter=0)
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    moved = as_numpy(weights, float).copy()
    moved[step] = 0.0
    moved[step, letter] = 1.0
    return moved
