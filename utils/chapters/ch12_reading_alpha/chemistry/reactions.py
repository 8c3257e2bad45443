"""Reactions whose atom maps are known: which atom of the reactants became which atom of the product."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from utils.chapters.ch12_reading_alpha.chemistry.smiles import Atoms, atoms, tokenize, unnumbered

ARROW = ">>"
FILE = Path(__file__).parents[3] / "data" / "files" / "reactions.txt"


@dataclass(frozen=True, eq=False)
class Reaction:
    """A reaction as the model reads it, with R atoms before the arrow and P behind it."""

    name: str
    tokens: tuple  # with [CLS] and [SEP]   (N)
    reactants: Atoms
    product: Atoms
    truth: np.ndarray  # the reactant atom that each product atom was   (P)
    allowed: np.ndarray  # boolean: that atom, or one that nobody can tell from it   (P, R)

    def __str__(self):
        return self.name

    @property
    def text(self):
        """The reaction as one string, without atom numbers."""
        return "".join(self.tokens[1:-1])


def read(name, mapped):
    """Read a reaction whose atoms carry numbers: the same number on both sides is the same atom.

    mapped: such as "[CH3:1]Br>>[CH3:1]O"; product atoms must all have a number, the atoms that leave have none

    Raises ValueError where a product atom has no number, or one that the reactants lack or have twice, or where
        the numbers tie atoms of different elements.

    >>> reaction = read("hydrolysis", "[CH3:1]Br.[OH-:2]>>[CH3:1][OH:2]")
    >>> reaction.text, reaction.truth.tolist()
    ('CBr.[OH-]>>CO', [0, 2])
    """
    numbered = tokenize(mapped)
    if numbered.count(ARROW) != 1:
        raise ValueError(f"mapped must have one '>>' between reactants and product, not {numbered.count(ARROW)}")
    plain, numbers = zip(*map(unnumbered, numbered), strict=True)
    tokens, arrow = ("[CLS]", *plain, "[SEP]"), plain.index(ARROW) + 1
    reactants, product = atoms(tokens[:arrow]), atoms(tokens[arrow + 1 :])
    product = replace(product, places=product.places + arrow + 1)
    before, after = ([numbers[place - 1] for place in side.places] for side in (reactants, product))
    truth = _tie(before, after, name)
    for i, j in enumerate(truth):
        if product.elements[i] != reactants.elements[j]:
            raise ValueError(
                f"{name}: number {after[i]} is {reactants.elements[j]} before, {product.elements[i]} after"
            )
    return Reaction(name, tokens, reactants, product, truth, _allowed(truth, reactants, product))


@cache
def reactions():
    """Return the reactions that come with the course, in the order of ``utils/data/files/reactions.txt``.

    >>> len(reactions()), reactions()[0].text
    (40, 'CC(=O)O.O=S(=O)(O)O.OCc1ccccc1>>CC(=O)OCc1ccccc1')
    """
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return tuple(read(*line.split(" | ")) for line in lines if line.strip() and not line.startswith("#"))


def find(name):
    """Return the reaction of this name.

    Raises ValueError where there is none.

    >>> find("aspirin").text
    'CC(=O)OC(C)=O.O=C(O)c1ccccc1O>>CC(=O)Oc1ccccc1C(=O)O'
    """
    found = [each for each in reactions() if each.name == name]
    if not found:
        raise ValueError(f"name is {name!r}: the reactions are {', '.join(each.name for each in reactions())}")
    return found[0]


def kinds(side):
    """Number the atoms so that those which nobody can tell apart have the same number.

    Each atom begins as (element, aromatic, bonds, hydrogens if it is carbon); then, again and again, it takes in
    what its neighbours are, until nothing new is told apart. Orders of bonds, charges and the hydrogens of oxygen and
    nitrogen are left out: the two oxygens of an acid change places in no time.
    Source: Morgan 1965, "The generation of a unique machine description for chemical structures".

    >>> kinds(atoms(tokenize("CC(C)O"))).tolist()
    [0, 1, 0, 2]
    """
    first = zip(side.elements, side.aromatic, side.bonded.sum(1), side.hydrogens, strict=True)
    kind = _numbered(first)
    while True:
        finer = _numbered((k, *sorted(kind[near])) for k, near in zip(kind, side.bonded, strict=True))
        if finer.max(initial=0) == kind.max(initial=0):
            return kind
        kind = finer


def _numbered(descriptions):
    descriptions = list(descriptions)
    order = {each: i for i, each in enumerate(sorted(set(descriptions)))}
    return np.array([order[each] for each in descriptions], int)


def _allowed(truth, reactants, product):
    """Return which pairs of product and reactant atom count as right   (P, R)."""
    exact = kinds(reactants)[truth][:, None] == kinds(reactants)  # (P, R)
    same = kinds(product)[:, None] == kinds(product)  # (P, P)
    return (same.astype(int) @ exact.astype(int)) > 0


def _tie(before, after, name):
    for number in after:
        if not number or after.count(number) > 1 or before.count(number) != 1:
            raise ValueError(f"{name}: every product atom needs a number of its own that the reactants have once")
    if {number for number in before if number} != set(after):
        raise ValueError(f"{name}: the reactants have a number that the product lacks")
    return np.array([before.index(number) for number in after], int)
