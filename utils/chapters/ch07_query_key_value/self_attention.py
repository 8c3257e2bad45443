"""Chapter 07's tools: tables that make queries, keys and values of words, and what reads them."""

import numpy as np

from utils.attention import attention
from utils.conversion import as_numpy


def look_up(queries, keys, values):
    """Answer each query with the average of the values, weighted by how well the keys fit.

    queries, keys, values: one row each   (n_q, d_k), (n_k, d_k), (n_k, d_v)
    Returns the answers   (n_q, d_v)
    Source: Vaswani et al. 2017, "Attention is all you need", equation 1.

    >>> look_up(np.array([[1.0]]), np.log([[1.0], [3.0]]), np.array([[0.0], [8.0]])).round(2)
    array([[6.]])
    """
    return attention(queries, keys, values)[0]


def self_attention(x, W_q, W_k, W_v, mask=None):
    """Let every word of a sentence ask all words of the same sentence.

    x: one row for each word   (..., T, d_model)
    W_q, W_k, W_v: what makes queries, keys and values of them   (d_model, d_k), (d_model, d_k), (d_model, d_v)
    Returns answers and weights   (..., T, d_v), (..., T, T)
    Source: Vaswani et al. 2017, "Attention is all you need", section 3.2.3.

    >>> x = np.array([[0.0], [1.0]])
    >>> one = np.ones((1, 1))
    >>> self_attention(x, one, 0 * one, 8 * one)[0].tolist()  # all keys alike: the plain mean
    [[4.0], [4.0]]
    """
    return attention(x @ W_q, x @ W_k, x @ W_v, mask)


def cross_attention(x, context, W_q, W_k, W_v, mask=None):
    """Let every word of one sentence ask all words of another.

    x: the words that ask   (..., n_q, d_model)
    context: the words that are asked   (..., n_k, d_model)
    W_q, W_k, W_v: as in ``self_attention``
    Returns answers and weights   (..., n_q, d_v), (..., n_q, n_k)
    Source: Vaswani et al. 2017, "Attention is all you need", section 3.2.3.

    >>> one = np.ones((1, 1))
    >>> cross_attention(one, np.array([[0.0], [2.0], [4.0]]), one, 0 * one, one)[0].tolist()
    [[2.0]]
    """
    return attention(x @ W_q, context @ W_k, context @ W_v, mask)


def heard(weights, values):
    """Return the weighted sums, in which a value with weight 0 has no say, whatever it holds; NaN for example.

    weights: α   (n_q, n_k)
    values: what each key says   (n_k, d_v)
    Returns the answers   (n_q, d_v)

    >>> heard(np.array([[1.0, 0.0]]), np.array([[3.0], [np.nan]]))
    array([[3.]])
    """
    weights, values = map(as_numpy, (weights, values))
    told = np.where(weights[..., None] > 0, values, 0)  # (n_q, n_k, d_v)
    return (weights[..., None] * told).sum(axis=-2)
