"""Chapter 02's tools: how spread out weights are, another way to score, and the slope of softmax."""

import numpy as np

from utils.conversion import as_numpy


def entropy(weights):
    """Return how spread out each row of weights is, in bits; two to that power is how many it listens to.

    weights: rows that sum to one   (..., n)
    Returns bits, between 0 (one key has it all) and log2(n) (all alike)   (...)
    Source: Shannon (1948), equation for H.

    >>> entropy(np.array([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0]]))
    array([1., 0.])
    """
    weights = as_numpy(weights, float)
    return -np.sum(weights * np.log2(np.where(weights > 0, weights, 1)), axis=-1) + 0.0


def additive_scores(queries, keys, W_q, W_k, w):
    """Return a score for every pair from a little network: w · tanh(W_q q + W_k k).

    queries, keys: vectors   (n_q, d_q), (n_k, d_k)
    W_q, W_k, w: the network's weights   (d, d_q), (d, d_k), (d)
    Returns scores   (n_q, n_k)
    Source: Bahdanau, Cho and Bengio (2015), "Neural machine translation by jointly learning to align and translate",
    section A.1.2.

    >>> additive_scores(np.zeros((1, 2)), np.zeros((3, 2)), np.eye(2), np.eye(2), np.ones(2))
    array([[0., 0., 0.]])
    """
    return np.tanh((queries @ W_q.T)[:, None, :] + keys @ W_k.T) @ w


def softmax_gradient(weights):
    """Return how each weight answers to each score: ∂α_i/∂s_j = α_i (1[i = j] − α_j).

    weights: one row of softmax   (n)
    Returns the slopes; row i, column j   (n, n)

    >>> softmax_gradient(np.array([0.5, 0.5]))
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    weights = as_numpy(weights)
    return np.diag(weights) - np.outer(weights, weights)


def as_dot_products(queries, keys, bandwidth):
    """Return vectors whose dot products score a distance: q·k' = (q k − k²/2) / h², up to what a whole row shares.

    queries, keys: places   (n_q), (n_k)
    bandwidth: h
    Returns the queries' and the keys' vectors   (n_q, 2), (n_k, 2)

    >>> as_dot_products(np.array([3.0]), np.array([2.0]), 1.0)
    (array([[3., 1.]]), array([[ 2., -2.]]))
    """
    new_queries = np.stack([queries, np.ones_like(queries)], axis=1) / bandwidth**2
    return new_queries, np.stack([keys, -(keys**2) / 2], axis=1)
