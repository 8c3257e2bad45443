"""Pictures as rows of parts: cut into patches, read row by row, and put together again."""

import numpy as np

from utils.attention.arrays import library
from utils.validation import check_whole


def patchify(images, p):
    """Cut each image into squares of p by p pixels, row by row from the upper left, and lay each square out flat.

    images: grey levels, an array or a tensor   (B, height, width)
    p: side of a patch; it divides height and width   (pixels)

    Returns a row of numbers for each patch   (B, height / p · width / p, p · p)
    Raises ValueError for other axes, and for a p that does not divide the sides.
    Source: Dosovitskiy et al. 2021, "An image is worth 16x16 words", section 3.1.

    >>> patchify(np.arange(8).reshape(1, 2, 4), 2).tolist()
    [[[0, 1, 4, 5], [2, 3, 6, 7]]]
    """
    library(images=images)
    if images.ndim != 3:
        raise ValueError(f"images must be (B, height, width): found shape {tuple(images.shape)}")
    B, height, width = images.shape
    check_whole(p=p)
    if height % p or width % p:
        raise ValueError(f"p is {p}: it must divide height and width, {height} by {width}")
    cut = images.reshape(B, height // p, p, width // p, p).swapaxes(2, 3)  # (B, rows, columns, p, p)
    return cut.reshape(B, height // p * (width // p), p * p)


def scramble(images, seed):
    """Put the pixels of all images into one new order, the same for all of them.

    images: (B, height, width)
    Returns images of the same pixels   (B, height, width)

    >>> sorted(scramble(np.arange(4).reshape(1, 2, 2), 0).ravel().tolist())
    [0, 1, 2, 3]
    """
    flat = images.reshape(len(images), -1)
    return flat[:, np.random.default_rng(seed).permutation(flat.shape[1])].reshape(images.shape)


def push(images):
    """Push all images one pixel to the right; what comes in from the left is paper, 0.

    >>> push(np.array([[[1, 2, 3]]])).tolist()
    [[[0, 1, 2]]]
    """
    pushed = np.zeros_like(images)
    pushed[:, :, 1:] = images[:, :, :-1]
    return pushed
