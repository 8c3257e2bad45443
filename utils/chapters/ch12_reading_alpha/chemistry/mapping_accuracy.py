"""What forty reactions say about the model: rule by rule, beside what needs no model, and where it goes wrong."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

import numpy as np

from utils.chapters.ch12_reading_alpha.chemistry.mapping import RULES, atom_map, right
from utils.chapters.ch12_reading_alpha.chemistry.reactions import reactions
from utils.chapters.ch12_reading_alpha.chemistry.rxnmapper import PUBLISHED, choose, look, rates, sizes, split


@dataclass(frozen=True)
class Measured:
    """How one rule does; shares of product atoms from 0 to 1."""

    rule: str
    published: float  # the package's head on all reactions
    whole: int  # reactions in which it maps every atom right
    elsewhere: tuple  # heads chosen on half of the reactions, on the other halves
    heads: tuple  # which heads these were: pairs (layer, head), counted from 0
    random: float  # the same rule with random numbers in place of α


@cache
def measured(rule, splits=20):
    """Measure one of RULES on the forty reactions.

    splits: how many random halves a head is chosen on
    """
    layer, head = PUBLISHED
    choices = [choose(split(seed), rule) for seed in range(splits)]
    return Measured(
        rule,
        float(rates(rule)[layer, head]),
        len(reactions()) - len(failures(rule)),
        tuple(each.elsewhere for each in choices),
        tuple((each.layer, each.head) for each in choices),
        by_chance(rule),
    )


def table(splits=20):
    """Return all rules as text, in percent: a line a rule."""
    lines = [f"{'rule':13} layer 11, head 6 | chosen on half, other half: mean (least to most) | random numbers"]
    for each in (measured(rule, splits) for rule in RULES):
        mean, least, most = (100 * f(each.elsewhere) for f in (np.mean, min, max))
        lines.append(
            f"{each.rule:13} {100 * each.published:15.1f}  | {mean:23.1f} ({least:.1f} to {most:.1f})"
            f"          | {100 * each.random:.0f}"
        )
    return "\n".join(lines)


def failures(rule="neighbours", layer=PUBLISHED[0], head=PUBLISHED[1]):
    """Return {reaction: (atoms right, atoms in all)} for the reactions in which a head maps any atom wrong."""
    found = {each: count(each, layer, head, rule) for each in reactions()}
    return {each: (hits, n) for each, (hits, n) in found.items() if hits < n}


def count(reaction, layer, head, rule="raw"):
    """Return how many product atoms a head maps right, and how many there are; layers and heads count from 0."""
    ok = right(atom_map(look(reaction)[layer, head], reaction, rule), reaction)
    return int(ok.sum()), len(ok)


@cache
def by_chance(rule, draws=3):
    """Return the share of atoms right by a rule that gets random numbers in place of α."""
    rng = np.random.default_rng(0)
    hits = [right(atom_map(_noise(rng, each), each, rule), each).sum() for _ in range(draws) for each in reactions()]
    return float(sum(hits) / (draws * sizes().sum()))


@cache
def by_spelling():
    """Return the share of atoms right where one only looks for the longest pieces that both strings have in common."""
    return float(sum(right(_spelt(each), each).sum() for each in reactions()) / sizes().sum())


def _noise(rng, reaction):
    return rng.random((len(reaction.tokens), len(reaction.tokens)))


def _spelt(reaction):
    """Return a map by Python's own text comparison; -1 where no common piece holds the atom."""
    arrow = reaction.tokens.index(">>")
    before, after = reaction.tokens[1:arrow], reaction.tokens[arrow + 1 : -1]
    twin = np.full(len(reaction.tokens), -1)
    for piece in SequenceMatcher(None, after, before, autojunk=False).get_matching_blocks():
        twin[arrow + 1 + piece.a + np.arange(piece.size)] = 1 + piece.b + np.arange(piece.size)
    number = {int(place): i for i, place in enumerate(reaction.reactants.places)}
    return np.array([number.get(int(twin[place]), -1) for place in reaction.product.places])
