"""Two readers of digits: one cuts them into patches that attend to each other, the other slides small windows."""

import torch
from torch import nn

from utils.chapters.ch13_images_and_graphs.patches import patchify
from utils.models.layers import MultiHeadAttention
from utils.seeds import seeded_start


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
            self.layers = nn.ModuleList(Block(d_model, n_heads) for _ in range(n_layers))
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


class Block(nn.Module):
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
