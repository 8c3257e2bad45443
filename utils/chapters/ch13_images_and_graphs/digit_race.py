"""Who reads digits best? Five readers, each made by ``make(images, digits, seed=, **setting)`` -> reader.

A reader is a function: images (B, 8, 8) -> scores of the ten digits (B, 10). The settings in ``GRIDS`` are tried on a
part of what is there to learn from, as many for each; the test images are looked at once. Two of them are networks of
their own: ``PatchReader`` lets patches attend to each other, ``window_reader`` slides small windows.
"""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from utils import training
from utils.attention import softmax
from utils.chapters.ch13_images_and_graphs.patches import patchify
from utils.data import digits as data
from utils.models.layers import MultiHeadAttention
from utils.seeds import seeded_start
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


class PatchReader(nn.Module):
    """Patches and their places in, two layers in which all look at all, the mean of them out: a small ViT.

    >>> scores, weights = PatchReader().run(torch.zeros(2, 8, 8))
    >>> tuple(scores.shape), tuple(weights.shape)
    ((2, 10), (2, 2, 4, 16, 16))
    """

    def __init__(self, p=2, d_model=48, *, n_heads=4, n_layers=2, seed=0):
        """Make it with the weights of a seed.

        p: side of a patch in pixels; an image has 8 by 8        d_model: features of a patch
        Source: Dosovitskiy et al. 2021, "An image is worth 16x16 words"; mean pooling as in their appendix D.3.
        """
        super().__init__()
        self.p = p
        with seeded_start(seed):
            self.embed = nn.Linear(p * p, d_model)
            self.place = nn.Parameter(0.1 * torch.randn((8 // p) ** 2, d_model))
            self.layers = nn.ModuleList(EncoderBlock(d_model, n_heads) for _ in range(n_layers))
            self.out = nn.Sequential(nn.LayerNorm(d_model), nn.Linear(d_model, 10))

    def forward(self, images):
        return self.run(images)[0]

    def run(self, images):
        """Return the scores of the ten digits (B, 10), and all α (B, n_layers, n_heads, n, n).

        images: grey levels   (B, 8, 8)
        """
        h, seen = self.embed(patchify(images, self.p)) + self.place, []  # (B, n, d_model)
        for layer in self.layers:
            h, weights = layer(h)
            seen.append(weights)
        return self.out(h.mean(dim=1)), torch.stack(seen, dim=1)


class EncoderBlock(nn.Module):
    """Look, then think: attention, and a small network for each token by itself; each adds what it found."""

    def __init__(self, d_model, n_heads):
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(d_model) for _ in range(2))
        self.attend = MultiHeadAttention(d_model, n_heads)
        self.think = nn.Sequential(nn.Linear(d_model, 2 * d_model), nn.GELU(), nn.Linear(2 * d_model, d_model))

    def forward(self, h):
        """Return (h, weights)   (B, n, d_model), (B, n_heads, n, n)."""
        found, weights = self.attend(self.norms[0](h))
        h = h + found
        return h + self.think(self.norms[1](h)), weights


def window_reader(dropout=0.3, seed=0):
    """Return a small convolutional network: the same windows of 3 by 3 pixels slide over the whole image, twice."""
    with seeded_start(seed):
        return nn.Sequential(
            nn.Unflatten(1, (1, 8)),
            nn.Conv2d(1, 32, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 64, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Dropout(dropout),
            nn.Linear(64 * 16, 10),
        )
