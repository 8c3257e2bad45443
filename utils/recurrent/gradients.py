"""Gradients that go back through time: how much of the error each item of a row feels, one step back, and clipping."""

import numpy as np

from utils.conversion import as_numpy


def gradient_by_place(model, x, y):
    """Return how much the error would move if an item moved a little: |∂L/∂x_t|, in the mean over the rows.

    model: a torch module, x (B, T, d_in) -> scores (B, n_out)
    x, y: a batch, tensors   (B, T, d_in) floating, (B,) int64
    L is each row's cross-entropy.

    Returns sizes, one for each place   (T,), NumPy; nothing of the model is changed, not even its gradients
    Raises ValueError for an x that is not floating or not (B, T, d_in).
    """
    import torch

    if x.ndim != 3 or not x.is_floating_point():
        raise ValueError(f"x has shape {tuple(x.shape)} and holds {x.dtype}: it must be (B, T, d_in), floating")
    x = x.detach().requires_grad_()
    error = torch.nn.functional.cross_entropy(model(x), y, reduction="sum")
    (gradient,) = torch.autograd.grad(error, x)
    return as_numpy(gradient.norm(dim=-1).mean(dim=0), float)


def clip(gradient, most):
    """Return a gradient that is no longer than ``most``, in the direction it had.

    gradient: numbers, NumPy   (n,)
    most: the largest length allowed, above 0
    Raises ValueError for a ``most`` that is not above 0.
    Source: Pascanu et al. 2013, "On the difficulty of training recurrent neural networks", algorithm 1.

    >>> clip(np.array([6.0, 8.0]), 5.0)
    array([3., 4.])
    """
    if not most > 0:
        raise ValueError(f"most is {most!r}: it must be above 0")
    length = np.linalg.norm(gradient)
    return gradient * (most / length) if length > most else gradient


def one_step_back(d_h, h, W_rec):
    """Return the gradient by the state before, for an RNN whose state ``h`` came out of a tanh.

    d_h: the gradient by the state   (H,)       h: that state   (H,)       W_rec: the matrix   (H, H)

    >>> one_step_back(np.array([1.0, 0.0]), np.array([0.5, 0.0]), np.array([[0.0, 2.0], [1.0, 0.0]]))
    array([0. , 1.5])
    """
    return W_rec.T @ (d_h * (1 - h**2))
