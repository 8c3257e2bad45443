"""Chapter 13's three small trainings: friends on a graph, keys and values, and the karate club."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from utils import training
from utils.chapters.ch13_images_and_graphs.graph_networks import GraphLayer, GraphReader
from utils.chapters.ch13_images_and_graphs.graphs import mask_from_edges
from utils.data import karate
from utils.models.layers import MultiHeadAttention
from utils.validation import check_whole


def red_friend(n, batch, generator, *, friends=1.5):
    """Draw graphs of n nodes, some of them red; each node is asked whether a friend of it is red.

    n: nodes, 3 or more       batch: graphs, B        generator: torch.Generator on the CPU
    friends: how many each node has, on average
    Returns (red, mask, y)
        red    (B, n)       1 for a red node, which half of the nodes are on average, 0 for a blue one
        mask   (B, n, n)    who is a friend of whom; nobody is a friend of themselves
        y      (B, n)       1 where a friend is red
    Raises ValueError for sizes that make no sense.

    >>> import torch
    >>> red, mask, y = red_friend(6, 2, torch.Generator().manual_seed(0))
    >>> bool((y == ((mask * red[:, None]).sum(-1) > 0)).all())
    True
    """
    import torch

    check_whole(least=3, n=n)
    check_whole(batch=batch)
    red = torch.randint(2, (batch, n), generator=generator)
    above = (torch.rand(batch, n, n, generator=generator) < friends / (n - 1)).triu(1)
    mask = above | above.mT
    return red, mask, ((mask & (red[:, None] == 1)).any(-1)).long()


def find_value(n, batch, generator):
    """Draw n askers and n keys with values; each asker wants the value of the key that has its letter.

    n: askers, keys, and values   batch: rows, B          generator: torch.Generator on the CPU
    Returns (x, y)
        x   (B, 2n, 2n + 1)   first the askers, then the keys: a 1 at the letter, and a 1 at the value, which for an
                              asker is a blank, the last place
        y   (B, n)            the value that each asker wants, 0 … n - 1; no value comes twice in a row
    Source: Brody, Alon and Yahav 2022, "How attentive are graph attention networks?", section 4.1.

    >>> import torch
    >>> x, y = find_value(3, 2, torch.Generator().manual_seed(0))
    >>> tuple(x.shape), x[0, 0].tolist(), bool((x[:, 3:, 3:6].argmax(-1) == y).all())
    ((2, 6, 7), [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0], True)
    """
    import torch

    check_whole(n=n, batch=batch)
    y = torch.rand(batch, n, generator=generator).argsort(-1)  # a random order of the values in each row
    x = torch.zeros(batch, 2 * n, 2 * n + 1)
    x[:, :, :n] = torch.eye(n).repeat(2, 1)
    x[:, :n, -1] = 1
    x[:, n:, n:-1] = torch.eye(n)[y]
    return x, y


N = 8  # askers, keys and values
TO_KEYS = torch.arange(2 * N) >= N  # (2N,): everybody may look at the keys, nobody at the askers


class FriendReader(nn.Module):
    """One look of attention at colours, then yes or no for each node."""

    def __init__(self, use_ties, seed=0):
        super().__init__()
        self.use_ties = use_ties
        with training.seeded_start(seed):
            self.colour, self.attend, self.out = nn.Embedding(2, 16), MultiHeadAttention(16, 1), nn.Linear(16, 2)

    def forward(self, red, mask):
        """Return scores of no and yes   (B, n, 2)."""
        return self.out(self.attend(self.colour(red), mask=mask[:, None] if self.use_ties else None)[0])


def friends(use_ties, seed, steps=200):
    """Train a FriendReader; return how often it is right about nodes of new graphs."""
    model = FriendReader(use_ties, seed)

    def loss(model, generator):
        red, mask, y = red_friend(12, 64, generator)
        return cross_entropy(model(red, mask).flatten(0, 1), y.flatten())

    training.train(model, loss, steps=steps, lr=1e-2, seed=seed)
    red, mask, y = red_friend(12, 500, training.seeded(99))
    with torch.no_grad():
        return (model(red, mask).argmax(-1) == y).float().mean().item()


class ValueFinder(nn.Module):
    """One look of a graph layer at the keys, then a score for each value."""

    def __init__(self, kind, n_heads=1, seed=0):
        super().__init__()
        with training.seeded_start(seed):
            self.look = GraphLayer(kind, 2 * N + 1, 32, n_heads=n_heads)
            self.out = nn.Linear(32 * n_heads, N)

    def forward(self, x):
        """Return the scores of the values for each asker (B, N, N), and α (B, n_heads, 2N, 2N)."""
        heard, weights = self.look(x, TO_KEYS.expand(2 * N, 2 * N))
        return self.out(heard.flatten(-2))[:, :N], weights


def find(kind, seed, *, n_heads=1, steps=200, lr=2e-2):
    """Train a ValueFinder; return how often it finds the value in new rows."""
    model = ValueFinder(kind, n_heads, seed)

    def loss(model, generator):
        x, y = find_value(N, 32, generator)
        return cross_entropy(model(x)[0].flatten(0, 1), y.flatten())

    training.train(model, loss, steps=steps, lr=lr, seed=seed)
    x, y = find_value(N, 250, training.seeded(99))
    with torch.no_grad():
        return (model(x)[0].argmax(-1) == y).float().mean().item()


MASK = torch.tensor(mask_from_edges(karate.EDGES, 34))
WHO, SIDES = torch.eye(34), torch.tensor(karate.SIDES)  # a member is told from others by a 1 at their own place
KNOWN = torch.tensor([karate.TEACHER, karate.OFFICER])
ASKED = torch.tensor([i for i in range(34) if i not in KNOWN])


def club(kind, seed, *, steps=100, **options):
    """Train a GraphReader on the two members that are known; return it, and its History.

    The History notes, ten steps apart, how many of the other 32 are right, and α: four heads, then the second look.
    """
    model = GraphReader(kind, 34, 2, seed=seed)
    options = {"steps": steps, "lr": 1e-2, "seed": seed, "evaluate": judge, "every": 10} | options
    return model, training.train(model, club_loss, **options)


def club_loss(model, generator):
    """Return the cross-entropy of the teacher's and the officer's side."""
    return cross_entropy(model(WHO, MASK)[KNOWN], SIDES[KNOWN])


def judge(model):
    """Return what the club's History notes."""
    scores, (first, second) = model.run(WHO, MASK)
    said = scores.argmax(-1)
    right = (said[ASKED] == SIDES[ASKED]).float().mean().item()
    return {"right": right, "said": said.tolist(), "weights": torch.cat([first, second])}
