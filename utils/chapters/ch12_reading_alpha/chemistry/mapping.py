"""From α to an atom map: which atom of the reactants was this atom of the product? Five rules, one after another.

    raw             the reactant atom with the largest α in the product atom's row
    same element    the same, among atoms of the same element
    both ways       α from product to reactant plus α from reactant to product
    one to one      the largest share first; an atom of the reactants is given away once
    neighbours      and where two atoms are paired, pairs of their neighbours count 90 times as much

The last three are those of the package rxnmapper 0.4.3 (attention.py), rebuilt.
"""

import numpy as np

from utils.conversion import as_numpy
from utils.validation import check_choice

RULES = ("raw", "same element", "both ways", "one to one", "neighbours")
BOOST = 90.0  # of the package


def between(weights, reaction):
    """Return α from product atoms to reactant atoms, and from reactant atoms to product atoms, turned round.

    weights: α of any number of heads (..., N, N)       reaction: the Reaction of these N tokens
    Returns two arrays   (..., P, R)
    Raises ValueError where there are more or fewer tokens.
    """
    weights, n = as_numpy(weights), len(reaction.tokens)
    if weights.ndim < 2 or weights.shape[-2:] != (n, n):
        raise ValueError(
            f"weights has shape {weights.shape}: the reaction has {n} tokens, so it must be (..., {n}, {n})"
        )
    before, after = reaction.reactants.places, reaction.product.places
    return weights[..., after[:, None], before], weights[..., before[:, None], after].swapaxes(-1, -2)


def atom_map(weights, reaction, rule="neighbours"):
    """Return the reactant atom that each product atom is said to have been; -1 where a rule finds none.

    weights: α of any number of heads (..., N, N)      rule: one of RULES

    Returns whole numbers from 0 to R - 1, or -1       (..., P)
    Raises ValueError for another rule, and for weights that do not fit the reaction.
    """
    check_choice(RULES, rule=rule)
    level, (asked, answered) = RULES.index(rule), between(weights, reaction)
    if level == 0:
        return asked.argmax(-1)
    same = np.array(reaction.product.elements)[:, None] == np.array(reaction.reactants.elements)
    pairs = np.where(same, asked if level == 1 else asked + answered, 0.0)
    if level < 3:
        return np.where(pairs.max(-1) > 0, pairs.argmax(-1), -1)
    boost = BOOST if rule == "neighbours" else 1.0
    flat = one_to_one(pairs.reshape(-1, *pairs.shape[-2:]), reaction.product.bonded, reaction.reactants.bonded, boost)
    return flat.reshape(pairs.shape[:-1])


def one_to_one(pairs, near_product, near_reactants, boost):
    """Pair atoms, the surest pair first, until every product atom has its own.

    pairs: how much speaks for each pair   (H, P, R)
    near_product, near_reactants: who is bonded to whom   (P, P), (R, R)
    boost: what the pairs of neighbours of a pair are multiplied by

    Returns the reactant atom of each product atom, or -1   (H, P)

    >>> one_to_one(np.array([[[4.0, 3.0], [5.0, 0.1]]]), np.eye(2) > 1, np.eye(2) > 1, 1.0).tolist()
    [[1, 0]]
    """
    heads, (n, width) = np.arange(len(pairs)), pairs.shape[1:]
    pairs, chosen = pairs.astype(float), np.full(pairs.shape[:2], -1)
    for _ in range(n):
        total = pairs.sum(-1, keepdims=True)
        share = np.divide(pairs, total, out=np.zeros_like(pairs), where=total > 0).reshape(len(pairs), -1)
        p, r = np.divmod(share.argmax(-1), width)
        alive = share.max(-1) > 1e-8
        chosen[heads[alive], p[alive]] = r[alive]
        near = near_product[p][:, :, None] & near_reactants[r][:, None, :]
        pairs = pairs * np.where(near & alive[:, None, None], boost, 1.0)
        pairs[heads[alive], p[alive]] = 0
        pairs[heads[alive], :, r[alive]] = 0
    return chosen


def right(chosen, reaction):
    """Return which product atoms are mapped to the atom they were, or to one that nobody can tell from it.

    chosen: reactant atoms, -1 for none (..., P)      Returns booleans (..., P)

    Each atom is judged by itself: of two equivalent atoms both may be mapped to the same one.
    """
    chosen = np.asarray(chosen)
    return (chosen >= 0) & reaction.allowed[np.arange(chosen.shape[-1]), chosen]
