"""SMILES: molecules written as strings. Tokens, the atoms among them, and which atoms are bonded.

    CCO            ethanol: two carbon atoms and an oxygen atom in a row; hydrogen is left out
    C1CCCCC1       digits close a ring;  (…) is a branch;  = and # are bonds of two and three
    c1ccccc1       small letters: atoms of an aromatic ring;  . divides molecules, >> stands before the products

Reads what the course needs, no more. Source: Weininger 1988, "SMILES, a chemical language and information system".
"""

import re
from dataclasses import dataclass

import numpy as np

# what one token may be: after Schwaller et al. 2019, "Molecular Transformer", supporting information
TOKEN = re.compile(r"\[[^\]]+\]|Br|Cl|[BCNOPSFI]|[bcnops]|%\d\d|\d|>>|[-=#:~.()/\\+@?*$>]")
ATOM = re.compile(r"\[\d*(?P<element>[A-Z][a-z]?|[bcnops]|se|as)@*(?P<hydrogen>H\d?)?[^:\]]*(:(?P<number>\d+))?\]")
ORDER = {"=": 2, "#": 3}
NO_BOND = {".", "~", ">>"}
PLAIN = {*"BCNOPSFIbcops", "Cl", "Br"}  # may stand without brackets once the number is gone; n with hydrogen may not


def tokenize(text):
    """Cut a SMILES string into tokens.

    Raises ValueError for what is no text and for a piece that is no token, and says where it stands.

    >>> tokenize("BrCC=O>>[OH-]")
    ('Br', 'C', 'C', '=', 'O', '>>', '[OH-]')
    """
    if not isinstance(text, str) or not text:
        raise ValueError(f"text is {text!r}: it must be a SMILES string, such as 'CCO'")
    tokens = tuple(TOKEN.findall(text))
    if "".join(tokens) != text:
        place = next(i for i, (a, b) in enumerate(zip(text, "".join(tokens) + "\0", strict=False)) if a != b)
        raise ValueError(f"text has {text[place]!r} at place {place}, which is no SMILES token: {text!r}")
    return tokens


def element(token):
    """Return the chemical symbol of an atom's token, or None for a bond, a bracket, a digit or a special token.

    >>> [element(token) for token in ("C", "c", "Cl", "[nH]", "[C@@H]", "(", "1", "[CLS]")]
    ['C', 'C', 'Cl', 'N', 'C', None, None, None]
    """
    if token in PLAIN or token == "N" or token == "n":
        return token.capitalize()
    if token.startswith("[") and token not in ("[CLS]", "[SEP]", "[MASK]", "[UNK]", "[PAD]"):
        found = ATOM.fullmatch(token)
        return found and found["element"].capitalize()
    return None


def unnumbered(token):
    """Return (the token as one writes it without an atom number, its number or 0).

    >>> unnumbered("[CH3:4]"), unnumbered("[O-:2]"), unnumbered("[nH:7]"), unnumbered("=")
    (('C', 4), ('[O-]', 2), ('[nH]', 7), ('=', 0))
    """
    found = ATOM.fullmatch(token)
    if not found or not found["number"]:
        return token, 0
    bare = re.sub(r":\d+\]$", "]", token)
    symbol = found["element"]
    short = bare == f"[{symbol}{found['hydrogen'] or ''}]" and (symbol in PLAIN or symbol == "N" or bare == "[n]")
    return (symbol if short else bare), int(found["number"])


@dataclass(frozen=True, eq=False)
class Atoms:
    """The n atoms of one side of a reaction, in the order in which they are written."""

    places: np.ndarray  # of their tokens   (n)
    elements: tuple  # symbols              (n)
    aromatic: np.ndarray  # boolean         (n)
    hydrogens: np.ndarray  # on carbon atoms; 0 elsewhere   (n)
    bonded: np.ndarray  # boolean           (n, n)


def atoms(tokens):
    """Find the atoms among tokens without numbers, and their bonds.

    tokens: of one or several molecules

    Raises ValueError for tokens whose rings or branches do not close.

    >>> found = atoms(tokenize("CC(=O)C"))
    >>> found.places.tolist(), found.elements, found.hydrogens.tolist(), found.bonded[1].tolist()
    ([0, 1, 4, 6], ('C', 'C', 'O', 'C'), [3, 0, 0, 3], [True, False, True, True])
    """
    places = [i for i, token in enumerate(tokens) if element(token)]
    orders = np.zeros((len(places), len(places)))
    for a, b, order in _bonds(tokens):
        orders[a, b] = orders[b, a] = order
    found = [tokens[i] for i in places]
    small = np.array([(ATOM.fullmatch(t)["element"] if t[0] == "[" else t)[0].islower() for t in found], bool)
    hydrogens = [_hydrogens(*each) for each in zip(found, small, orders, strict=True)]
    elements = tuple(map(element, found))
    return Atoms(np.array(places, int), elements, small, np.array(hydrogens, int), orders > 0)


def _bonds(tokens):
    """Yield (atom, atom, order) for every bond."""
    last, branches, rings, order, count = None, [], {}, 1, 0
    for token in tokens:
        if element(token):
            if last is not None:
                yield last, count, order
            last, order, count = count, 1, count + 1
        elif token == "(":
            branches.append(last)
        elif token == ")":
            if not branches:
                raise ValueError(f"tokens close a branch that was never opened: {''.join(tokens)!r}")
            last = branches.pop()
        elif token.strip("%").isdigit():
            other, before = rings.pop(token, (None, 1))
            if other is None:
                rings[token] = (last, order)
            else:
                yield other, last, max(order, before)
            order = 1
        elif token in NO_BOND:
            last = None
        else:
            order = ORDER.get(token, 1)
    if rings or branches:
        raise ValueError(f"tokens leave a ring or a branch open: {''.join(tokens)!r}")


def _hydrogens(token, small, orders):
    if element(token) != "C":
        return 0
    if token[0] == "[":
        written = ATOM.fullmatch(token)["hydrogen"] or ""
        return int(written[1:] or 1) if written else 0
    return int(3 - (orders > 0).sum() if small else 4 - orders.sum())
