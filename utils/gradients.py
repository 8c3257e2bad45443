"""How far a gradient reaches back: what each item of a row had to do with the error at its end."""

import numpy as np


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
    return gradient.norm(dim=-1).mean(dim=0).cpu().numpy().astype(np.float64)
