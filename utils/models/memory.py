"""Three kinds of machine that read a row and answer at its end: with a memory, with one look of attention, with a mean.

    recurrent        carries a state from item to item, and answers from the last one
    attention read   keeps all items, and lets the last one ask them once
    mean             keeps all items, and weighs them all alike: access without choice

All take x (B, T, d_in), numbers, and answer with one score for each possible answer, (B, n_out). Where a machine weighs
its items, ``model.weights(x)`` returns its α, one row for the item that asks.
"""

import math

import numpy as np
import torch
from torch import nn

from utils.recurrent import chrono, from_torch, orthogonal, to_torch, with_forget_bias
from utils.seeds import seeded_start

MACHINES = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


def start_orthogonal(weights, rng):
    """Start an RNN with a matrix that only turns: it lets no gradient fade or explode, but for what tanh takes."""
    return weights | {"weight_hh_l0": orthogonal(weights["weight_hh_l0"].shape[1], rng=rng)}


def start_forget(bias):
    """Return a start for a GRU or an LSTM whose keep gate has this bias."""
    return lambda weights, rng: with_forget_bias(weights, bias)


def start_chrono(longest):
    """Return a start for a GRU or an LSTM whose units remember differently long, up to about ``longest`` steps."""
    return lambda weights, rng: chrono(weights, longest, rng=rng)


class Recurrent(nn.Module):
    """One of torch's recurrent machines, and a linear layer that reads its last state."""

    def __init__(self, machine, d_in, d_hidden, n_out, *, start=None, seed=0):
        """Make it with the weights of a seed.

        machine: "rnn", "gru" or "lstm"
        start: start(weights, rng) -> the machine's weights, in NumPy, to begin with   (torch's own if left out)
        """
        super().__init__()
        with seeded_start(seed):
            self.machine = MACHINES[machine](d_in, d_hidden, batch_first=True)
            self.out = nn.Linear(d_hidden, n_out)
        if start is not None:
            rng = np.random.default_rng(seed)
            dtype = next(iter(from_torch(self.machine).values())).dtype
            weights = start(from_torch(self.machine), rng)
            to_torch({name: array.astype(dtype) for name, array in weights.items()}, self.machine)

    def forward(self, x):
        return self.out(self.machine(x)[0][:, -1])


class AttentionRead(nn.Module):
    """The last item asks all items once: a query, their keys, their values, and a small network for the answer."""

    def __init__(self, d_in, d_hidden, n_out, *, places=None, seed=0):
        """Make it with the weights of a seed.

        places: for how many items to learn a vector of its own for each place, added to the item; without it the
            read cannot know in which order they came
        """
        super().__init__()
        with seeded_start(seed):
            self.item = nn.Linear(d_in, d_hidden)
            self.place = None if places is None else nn.Parameter(0.1 * torch.randn(places, d_hidden))
            self.query, self.key, self.value = (nn.Linear(d_hidden, d_hidden) for _ in range(3))
            self.out = nn.Sequential(nn.Linear(2 * d_hidden, d_hidden), nn.ReLU(), nn.Linear(d_hidden, n_out))

    def _read(self, x):
        h = self.item(x)  # (B, T, d_hidden)
        h = h if self.place is None else h + self.place[: x.shape[1]]
        scores = self.query(h[:, -1:]) @ self.key(h).mT / math.sqrt(h.shape[-1])  # (B, 1, T)
        return h, scores.softmax(-1)

    def weights(self, x):
        """Return α, whom the last item looks at   (B, 1, T)."""
        return self._read(x)[1]

    def forward(self, x):
        h, weights = self._read(x)
        return self.out(torch.cat([weights @ self.value(h), h[:, -1:]], -1)[:, 0])


class Mean(nn.Module):
    """The control: a small network looks at each item and its place, and all that it says counts alike."""

    def __init__(self, d_in, d_hidden, n_out, *, places=None, seed=0):
        """Make it with the weights of a seed; places as in AttentionRead."""
        super().__init__()
        with seeded_start(seed):
            self.item = nn.Linear(d_in, d_hidden)
            self.place = None if places is None else nn.Parameter(0.1 * torch.randn(places, d_hidden))
            self.value = nn.Sequential(nn.ReLU(), nn.Linear(d_hidden, d_hidden))
            self.out = nn.Sequential(nn.Linear(2 * d_hidden, d_hidden), nn.ReLU(), nn.Linear(d_hidden, n_out))

    def weights(self, x):
        """Return its α, the same for every row and whatever was learnt   (B, 1, T)."""
        return x.new_full((x.shape[0], 1, x.shape[1]), 1 / x.shape[1])

    def forward(self, x):
        h = self.item(x)  # (B, T, d_hidden)
        h = h if self.place is None else h + self.place[: x.shape[1]]
        return self.out(torch.cat([self.weights(x) @ self.value(h), h[:, -1:]], -1)[:, 0])
