"""Rollout: one matrix for many layers of attention, by following α from the last layer back to the first."""

import numpy as np

from utils.conversion import as_numpy


def rollout(weights):
    """Multiply the α of all layers, each averaged over its heads and mixed half and half with staying where one is.

    weights: α, layer by layer, head by head   (n_layers, n_heads, n, n)

    Returns how much each token of the last layer has, by this count, of each token of the input; rows sum to one (n, n)
    Raises ValueError for other axes.
    Source: Abnar and Zuidema 2020, "Quantifying attention flow in transformers", section 3.

    >>> swap, stay = np.array([[0.0, 1.0], [1.0, 0.0]]), np.eye(2)
    >>> rollout(np.stack([swap, swap])[:, None]).tolist(), rollout(stay[None, None]).tolist()
    ([[0.5, 0.5], [0.5, 0.5]], [[1.0, 0.0], [0.0, 1.0]])
    """
    weights = as_numpy(weights, float)
    if weights.ndim != 4 or weights.shape[2] != weights.shape[3]:
        raise ValueError(f"weights must be (n_layers, n_heads, n, n): found shape {weights.shape}")
    reached = np.eye(weights.shape[-1])
    for layer in weights.mean(axis=1):
        reached = (layer + np.eye(len(layer))) / 2 @ reached  # later layers look at what earlier ones made
    return reached
