"""The model of RXNMapper and its 96 maps of a reaction: count atoms, choose a head, count on other reactions."""

import copy
from dataclasses import dataclass
from functools import cache

import numpy as np

from utils import recipes
from utils.chapters.ch12_reading_alpha.chemistry.mapping import RULES, atom_map, right
from utils.chapters.ch12_reading_alpha.chemistry.reactions import reactions
from utils.chapters.ch12_reading_alpha.chemistry.smiles import tokenize
from utils.validation import check_choice, check_whole

NAME = "12_rxnmapper"
PUBLISHED = (10, 5)  # layer and head of the package, counted from 0: layers=[10], head=5 in its core.py


@cache
def model():
    """Return the model, ready to be used."""
    from utils.chapters.ch12_reading_alpha.chemistry.albert import Albert

    return recipes.shipped(NAME, Albert)


@cache
def vocabulary():
    """Return {token: its number}."""
    return {token: i for i, token in enumerate(recipes.measured(NAME)["vocab"].split(" "))}


def encode(tokens):
    """Return the numbers of tokens as the model takes them, int64   (1, N).

    Raises ValueError for a token that the model never saw.
    """
    import torch

    known = vocabulary()
    if strange := [token for token in tokens if token not in known]:
        raise ValueError(f"tokens has {strange[0]!r}: it is not among the {len(known)} tokens of the model")
    return torch.tensor([[known[token] for token in tokens]])


@cache
def look(reaction):
    """Return α of every layer and head for a reaction: who looks at whom   (12, 8, N, N)."""
    import torch

    with torch.no_grad():
        weights = model()(encode(reaction.tokens))[1][0].numpy()
    weights.setflags(write=False)
    return weights


def without(head):
    """Return a copy of the model to whose sum one head (0 to 7) adds nothing, in any layer: they share their weights.

    Raises ValueError for a head that is not there.
    """
    net = copy.deepcopy(model())
    d_head, n_heads = net.attend.d_head, net.attend.n_heads
    check_whole(least=0, most=n_heads - 1, head=head)
    net.attend.W_o.weight.data[:, head * d_head : (head + 1) * d_head] = 0
    return net


def guesses(text, k=3, *, net=None):
    """Return the k likeliest tokens for the place of [MASK] in a reaction, with their probabilities.

    text: a reaction as SMILES with one [MASK] in it      net: a model that guesses   (the whole one if left out)
    Raises ValueError unless there is one, and for a string that is no reaction.
    """
    import torch

    tokens = ("[CLS]", *tokenize(text), "[SEP]")
    if tokens.count("[MASK]") != 1:
        raise ValueError(f"text must have one [MASK], not {tokens.count('[MASK]')}: {text!r}")
    net, names = net or model(), list(vocabulary())
    with torch.no_grad():
        scores = net.guess(net(encode(tokens))[0])[0, tokens.index("[MASK]")]
    best = scores.softmax(-1).topk(k)
    return [(names[i], p) for i, p in zip(best.indices.tolist(), best.values.tolist(), strict=True)]


@cache
def counted(rule):
    """Return how many product atoms of each reaction each head maps right, by one of RULES   (n, 12, 8)."""
    return np.array([right(atom_map(look(each), each, rule), each).sum(-1) for each in reactions()])


@cache
def sizes():
    """Return how many atoms the product of each reaction has   (n)."""
    return np.array([len(each.truth) for each in reactions()])


@dataclass(frozen=True)
class HeadChoice:
    """A head chosen on some reactions, and how it does on the others; layers and heads count from 0."""

    layer: int
    head: int
    elsewhere: float  # share of atoms right on the reactions it was not chosen on


def split(seed, n=None):
    """Return which reactions a head is chosen on: half of them, by lot   (n)."""
    n = len(reactions()) if n is None else n
    return np.isin(np.arange(n), np.random.default_rng(seed).permutation(n)[: n // 2])


def choose(half, rule="raw"):
    """Choose the head that maps most atoms right on one half, and see what it does on the other.

    half: True for the reactions to choose on, boolean   (n)
    Raises ValueError where one half is empty.
    """
    half = np.asarray(half)
    if half.dtype != bool or half.shape != sizes().shape or half.all() or not half.any():
        raise ValueError(f"half must have {len(sizes())} booleans, some True and some False, not {half.tolist()}")
    seen = rates(rule, half)
    layer, head = np.unravel_index(seen.argmax(), seen.shape)
    elsewhere = rates(rule, ~half)[layer, head]
    return HeadChoice(int(layer), int(head), float(elsewhere))


def rates(rule="raw", some=None):
    """Return the share of product atoms that each head maps right   (12, 8).

    rule: one of RULES      some: which reactions count, boolean   (n; all if left out)
    """
    check_choice(RULES, rule=rule)
    some = np.ones(len(sizes()), bool) if some is None else some
    return counted(rule)[some].sum(0) / sizes()[some].sum()
