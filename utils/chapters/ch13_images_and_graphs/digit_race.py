"""Who reads digits best? Five readers, each made by ``make(images, digits, seed=, **setting)`` -> reader.

A reader is a function: images (B, 8, 8) -> scores of the ten digits (B, 10). The settings in ``GRIDS`` are tried on a
part of what is there to learn from, as many for each; the test images are looked at once.
"""

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from utils import training
from utils.attention import softmax
from utils.chapters.ch13_images_and_graphs.digit_reader import PatchReader, window_reader
from utils.data import digits as data
from utils.training.comparison import combinations

STEPS, BATCH = 400, 64


def distance_average(images, digits, *, width, seed=0):
    """Chapter 1's weights from distance: the mean of what all known images show, near ones counting more."""
    keys, values = _flat(images), np.eye(10)[digits]

    def read(asked):
        return softmax(-_squares(_flat(asked), keys) / (2 * width**2)) @ values

    return read


def kernel_least_squares(images, digits, *, width, ridge, seed=0):
    """A sum of Gaussians, one round each known image, with heights that fit the known digits best (least squares).

    It draws the same kind of borders as a support vector machine; only what it fits differs.
    Source: Rifkin, Yeo and Poggio 2003, "Regularized least-squares classification".
    """
    keys = _flat(images)
    gram = np.exp(-_squares(keys, keys) / (2 * width**2))
    heights = np.linalg.solve(gram + ridge * np.eye(len(keys)), np.eye(10)[digits])  # (n, 10)

    def read(asked):
        return np.exp(-_squares(_flat(asked), keys) / (2 * width**2)) @ heights

    return read


def linear(images, digits, *, decay, seed=0):
    """One table, a number for each pixel and digit, and softmax: logistic regression."""
    x, y = torch.tensor(_flat(images)), torch.tensor(digits)
    W, b = torch.zeros(64, 10, requires_grad=True), torch.zeros(10, requires_grad=True)
    search = torch.optim.LBFGS([W, b], max_iter=100, line_search_fn="strong_wolfe")

    def loss():
        search.zero_grad()
        error = cross_entropy(x @ W + b, y) + decay * W.square().sum()
        error.backward()
        return error

    search.step(loss)
    return lambda asked: _flat(asked) @ W.detach().numpy() + b.detach().numpy()


def convolution(images, digits, *, lr, dropout, seed=0):
    """Small windows that slide over the image, trained by gradient descent."""
    return _reader(_taught(window_reader(dropout, seed), images, digits, lr, seed))


def patches(images, digits, *, lr, d_model, seed=0):
    """Patches that attend to each other, trained by gradient descent."""
    return _reader(_taught(PatchReader(d_model=d_model, seed=seed), images, digits, lr, seed))


MAKERS = {
    "linear": linear,
    "average by distance": distance_average,
    "kernel least squares": kernel_least_squares,
    "convolution": convolution,
    "patches and attention": patches,
}
GRIDS = {  # four settings each
    "linear": {"decay": [1e-5, 1e-4, 1e-3, 1e-2]},
    "average by distance": {"width": [0.2, 0.3, 0.4, 0.6]},
    "kernel least squares": {"width": [1.5, 2.5], "ridge": [1e-3, 1e-1]},
    "convolution": {"lr": [1e-3, 3e-3], "dropout": [0.0, 0.3]},
    "patches and attention": {"lr": [1e-3, 3e-3], "d_model": [32, 48]},
}


def teach(model, images, digits, *, lr, seed, steps=STEPS, **options):
    """Train a torch model to tell which digit an image shows; return the History.

    images, digits: to learn from, arrays   (n, 8, 8), (n,)
    options: as for ``training.train``, such as evaluate and show
    """
    x, y = torch.tensor(images), torch.tensor(digits)

    def loss(model, generator):
        some = torch.randint(len(x), (BATCH,), generator=generator)
        return cross_entropy(model(x[some]), y[some], label_smoothing=0.1)

    return training.train(model, loss, steps=steps, lr=lr, seed=seed, schedule=training.cosine, **options)


def accuracy(read, images, digits):
    """Return the share of images whose digit gets the largest score."""
    return (np.asarray(read(images)).argmax(-1) == digits).mean().item()


def settings(name):
    """Return all combinations of a reader's settings, each as a dictionary."""
    return combinations(name, GRIDS[name])


def known_and_tested(seed, change=lambda images: images):
    """Return images and digits to learn from, images and digits of the test, of this split, changed if asked for."""
    images, digits = data.load()
    train, test = data.split(seed)
    images = change(images)
    return (images[train], digits[train]), (images[test], digits[test])


def _taught(model, images, digits, lr, seed):
    teach(model, images, digits, lr=lr, seed=seed, fresh=True, show=False)  # runs that differ in dropout look alike
    return model.eval()


def _reader(model):
    @torch.no_grad()
    def read(images):
        return model(torch.tensor(images)).numpy()

    read.model = model
    return read


def _flat(images):
    return np.asarray(images).reshape(len(images), -1)


def _squares(queries, keys):
    """Return squared distances   (n_q, n_k)."""
    return (queries**2).sum(1)[:, None] + (keys**2).sum(1) - 2 * queries @ keys.T
