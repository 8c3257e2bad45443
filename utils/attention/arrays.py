"""What NumPy and torch share: whose array is this, and may one look at its values? Never imports torch."""

import sys

import numpy as np


def library(**arrays):
    """Return the library all `arrays` belong to, NumPy or torch, without ever importing torch.

    arrays: name=array pairs; the names stand in the messages

    Raises ValueError for anything but arrays and tensors, and for a mixture of libraries or of devices.

    >>> library(q=np.ones(2), k=np.zeros(3)).__name__
    'numpy'
    """
    torch = sys.modules.get("torch")  # who holds a tensor has imported torch
    for name, array in arrays.items():
        if type(array) is not np.ndarray and not (torch and isinstance(array, torch.Tensor)):
            raise ValueError(
                f"{name} is a {type(array).__name__}: pass a NumPy array, as np.array(x) does, or a tensor"
            )
        if torch and isinstance(array, torch.Tensor) and array.layout != torch.strided:
            raise ValueError(f"{name} is a sparse tensor: pass a dense one, as {name}.to_dense() does")
    kinds = {name: "NumPy" if isinstance(array, np.ndarray) else "torch" for name, array in arrays.items()}
    if len(set(kinds.values())) > 1:
        listed = ", ".join(f"{name} is {kind}" for name, kind in kinds.items())
        raise ValueError(f"{listed}: convert with torch.from_numpy(x) or x.numpy(); make masks with like=q")
    if len({array.device for array in arrays.values()}) > 1:
        listed = ", ".join(f"{name} is on {array.device}" for name, array in arrays.items())
        raise ValueError(f"{listed}: move them to one device with x.to(device); make masks with like=q")
    return torch if "torch" in kinds.values() else np


def library_and_device(like):
    """Return the library and the device that new arrays get to stand beside ``like``: NumPy and "cpu" beside None."""
    return (np, "cpu") if like is None else (library(like=like), like.device)


def truth(flag, *, otherwise):
    """Return a one-element boolean array's value, or `otherwise` where it has none (torch.compile, vmap, fake tensors).

    >>> truth(np.array([1, 2]).max() > 1, otherwise=False)
    True
    """
    torch = sys.modules.get("torch")
    if torch and torch.compiler.is_compiling():
        return otherwise
    try:
        return bool(flag)
    except RuntimeError:  # torch's way to say that this tensor holds no value to look at
        return otherwise


def widen(xp, x):
    """Compute in float32 what comes in half precision."""
    return cast(x, xp.float32) if x.dtype.itemsize == 2 else x


def cast(x, dtype):
    """Return x as this type, x itself where it already has it."""
    return x.astype(dtype, copy=False) if isinstance(x, np.ndarray) else x.to(dtype)


def places(x, start, stop):
    """Return the places from start up to stop of x (..., n, d)."""
    if isinstance(x, np.ndarray):
        return x[..., start:stop, :]
    stop = min(stop, x.shape[-2])
    return x.narrow(-2, start, stop - start)  # not x[...]: a fake GPU tensor cannot be indexed without CUDA
