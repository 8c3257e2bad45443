"""Checks of chapter 13 about graphs: a scorer that can choose, rollout, and a number for where a node stands."""

import numpy as np

from utils import attention as kernel
from utils.chapters.ch13_images_and_graphs import graphs, rollout
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers

PAIRS = "To add everybody to everybody, one of the two needs an axis of length 1 for the other."


@exercise("13.3", "a scorer that can choose", reveals="Query and key must meet before the curve, feature by feature.")
def pair_scores(answer):
    """Check the learner's ``pair_scores(h, W_q, W_k, a)``."""
    rng = np.random.default_rng(133)
    for n, d, m in ((4, 3, 5), (5, 2, 3), (3, 4, 3)):
        h, W_q, W_k, a = (rng.normal(size=shape) for shape in ((n, d), (d, m), (d, m), (m,)))
        got = numbers(call(answer, h, W_q, W_k, a, shapes=PAIRS), None, "the scores")
        need(got.shape != (n, n, m), "each pair still has a row of m numbers: the vector a makes one of them")
        need(got.shape != (n,), "each node was only paired with itself: every query meets every key")
        got = numbers(got, (n, n), "the scores")
        q, k = h @ W_q, h @ W_k
        pairs, want = q[:, None] + k, graphs.pair_scores(h, W_q, W_k, a)
        compare(
            got,
            want,
            mistakes={
                "the curve stands outside, after a has made one number of each pair: that is the scorer of 2018, and "
                "it ranks the keys the same in every row": graphs.leaky(pairs @ a),
                "there is no bent line in it: then the query adds the same to its whole row": pairs @ a,
                "query and key are bent one by one and added afterwards: they never meet inside the curve": (
                    (graphs.leaky(q) @ a)[:, None] + graphs.leaky(k) @ a
                ),
                "turned round: row i should be the query i": want.T,
                "negative numbers became 0; the bent line leaves a fifth of them": np.maximum(pairs, 0) @ a,
                "this is chapter 2's tanh; asked for is the bent line, leaky": np.tanh(pairs) @ a,
                "query and key are multiplied; here they are added": graphs.leaky(q[:, None] * k) @ a,
                "W_q served both roles, and W_k none": graphs.leaky(q[:, None] + q) @ a,
                "W_k served both roles, and W_q none": graphs.leaky(k[:, None] + k) @ a,
                "the features were added up as they are; the vector a weighs them": graphs.leaky(pairs).sum(axis=-1),
                "these are divided by a root; this scorer has no such scale": (want / m**0.5, want / d**0.5),
                "these are weights already; asked for are the scores before the softmax": kernel.softmax(want),
            },
            otherwise="the shape is right, but not every pair has the score a · leaky(h_i W_q + h_j W_k)",
        )


@exercise("13.4", "rollout", reveals="It multiplies paths. What the paths carry it does not know.")
def roll_out(answer):
    """Check the learner's ``roll_out(weights)``."""
    rng = np.random.default_rng(134)
    for layers, heads, n in ((3, 2, 4), (2, 4, 4), (2, 1, 5), (1, 2, 3)):
        weights = rng.dirichlet(np.ones(n) / 2, size=(layers, heads, n))
        got = numbers(call(answer, weights, shapes="weights are (n_layers, n_heads, n, n)."), None, "the rollout")
        need(got.shape != (heads, n, n) or (heads, n, n) == (n, n), "the heads are still apart: take their mean first")
        need(got.shape != (layers, n, n), "there is a matrix for each layer; asked for is one, through all of them")
        need(got.shape != (n,), "asked for is a whole matrix, a row for every token of the last layer")
        got = numbers(got, (n, n), "the rollout")
        mean, own = weights.mean(axis=1), np.eye(n)
        mixed = (mean + own) / 2
        product = _through(mean)
        mistakes = {
            "nobody keeps what they were: the half that stays, the identity, is missing": product,
            "the layers are multiplied in the wrong order: a later layer looks at what earlier ones made": _through(
                mixed[::-1]
            ),
            "the rows do not sum to one: adding the identity doubles them, so they must be halved": _through(
                mean + own
            ),
            "rows are tokens of the last layer, columns those of the input; here they are exchanged": _through(mixed).T,
            "the layers were averaged; but a later layer looks at what the earlier ones made": mixed.mean(axis=0),
            "the layers were added up; but a later layer looks at what the earlier ones made": mixed.sum(axis=0),
            "cell was multiplied with cell; paths need the matrix product": mixed.prod(axis=0),
            "only the last layer is in it": mixed[-1],
            "only the first layer is in it": mixed[0],
            "the identity was added once, after all layers; every layer keeps half": (product + own) / 2,
            "only the first head was followed: take the mean over heads": _through((weights[:, 0] + own) / 2),
            "the heads were added up; their mean is asked for": _through((weights.sum(axis=1) + own) / 2),
            "of the heads the largest was taken; the mean is asked for": _through((weights.max(axis=1) + own) / 2),
            "one was added to every cell; the identity has ones on its diagonal only": _through((mean + 1) / 2),
        }
        if layers != heads:
            mistakes["the mean went over the layers; it goes over the heads of each layer"] = _through(
                (weights.mean(axis=0) + own) / 2
            )
        compare(
            got,
            rollout.rollout(weights),
            mistakes=mistakes,
            otherwise=f"with {layers} layers of {heads} heads it is not the product of all (A + I) / 2",
        )


def _through(layers):
    reached = np.eye(layers.shape[-1])
    for layer in layers:
        reached = layer @ reached
    return reached


TRIANGLES = [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)]
RING = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0)]
PATH_AND_MORE = [(0, 3), (3, 1), (1, 5), (1, 6), (5, 6), (2, 0)]


@exercise(
    "13.5",
    "two triangles or a ring of six?",
    reveals="What the mask cannot tell, a number in the node's row can, and it moves along when the nodes are renumbered.",
)
def standing(answer):
    """Check the learner's ``standing(mask)``."""
    towns = [graphs.mask_from_edges(edges, 6) for edges in (TRIANGLES, RING)]
    told = [_told(answer, mask) for mask in towns]
    again = [_told(answer, mask) for mask in towns]
    need(
        all(_same(one, other) for one, other in zip(told, again, strict=True)),
        "asked twice about the same graph it says different things: is there chance in it?",
    )
    if _same(*(np.sort(one) for one in told)):
        need(not _same(told[0], np.arange(6)), "this is the number of the node itself, which both towns have")
        ties = any(_same(told[0], towns[0].sum(1) - less) for less in (0, 1))
        need(not ties, "this counts ties, or walks there and back: everybody has two friends, in both towns")
        yes_or_no = "bool" in str(getattr(call(answer, towns[0]), "dtype", ""))
        need(not yes_or_no, "a product of True and False does not count: make whole numbers of the mask first")
        need(
            np.ptp(told[0]) > 1e-9,
            "all six get one and the same number, in both towns: what happens to somebody who walks on and on?",
        )
        need(False, "sorted, the six numbers of the two towns are the same: it does not tell them apart")
    rng = np.random.default_rng(135)
    for edges, n in ((TRIANGLES, 6), (RING, 6), (PATH_AND_MORE, 7)):
        mask = graphs.mask_from_edges(edges, n)
        order = rng.permutation(n)
        moved, plain = _told(answer, mask[np.ix_(order, order)]), _told(answer, mask)
        alike = _same(plain, np.full_like(plain, plain[0]))
        in_order = any(_same(plain, np.sort(plain)[::step]) for step in (1, -1))
        need(
            alike or not in_order or not _same(moved, plain),
            "the numbers come sorted, so they do not say which node each belongs to: leave them in the nodes' order",
        )
        need(
            _same(moved, plain[order]),
            f"with {n} nodes numbered anew, the numbers do not move along: somewhere the node's own number has a say",
        )


def _told(answer, mask):
    told = numbers(call(answer, mask), None, "the answer")
    need(told.shape != (), "one number for the whole graph; asked for is one for each node, (n,)")
    told = numbers(told, (len(mask),), f"the answer for {len(mask)} nodes")
    need(not np.isnan(told).any(), "there is a NaN among the numbers")
    return told


def _same(one, other):
    return np.allclose(one, other, rtol=1e-6, atol=1e-6)
