"""Checks of chapter 08 about what heads cost, how many layers a question needs, and a test that catches a wrong cut."""

import numpy as np

from utils.chapters.ch08_many_heads import multi_head as course
from utils.checks.framework import exercise
from utils.checks.reading import Hint, agree, call, compare, need, numbers


@exercise("8.4", "the bill", reveals="The number of heads cancels out of parameters and multiplications, not out of α.")
def bill(answer):
    """Check the learner's ``bill(n, d_model, n_heads, n_kv_heads)``."""
    for n, d, H, G in ((10, 12, 4, 4), (7, 12, 3, 3), (100, 64, 16, 4), (5, 12, 6, 1)):
        result = call(answer, n, d, H, G)
        three = "three numbers are asked for: parameters, multiplications, weights"
        need((isinstance(result, tuple | list) or getattr(result, "ndim", 0) == 1) and len(result) == 3, three)
        got = numbers(result, (3,), "the bill")
        parameters, products, weights = course.bill(n, d, H, G)
        at = f"for n = {n}, d_model = {d}, n_heads = {H}, n_kv_heads = {G}"
        compare(got[0], parameters, mistakes=_parameters(d, H, G), otherwise=f"the parameters are not right {at}")
        compare(got[2], weights, mistakes=_weights(n, d, H, G), otherwise=f"the numbers in α are not right {at}")
        compare(
            got[1],
            products,
            mistakes=_products(n, d, H, G, parameters),
            otherwise=f"the multiplications are not right {at}",
        )


def _parameters(d, H, G):
    few = d * G * (d // H)  # of one of W_k and W_v
    return {
        "the parameters grow with the heads here: all heads together have d_model columns in a table": (
            4 * H * d * d,
            H * (2 * d * d + 2 * few),
        ),
        "only three of the four tables are counted: W_q, W_k, W_v and W_o": (d * d + 2 * few, 2 * d * d + few),
        "with fewer heads of keys and values the parameters should be fewer, too": 4 * d * d if G != H else (),
        "the biases are counted; this layer has none": 2 * d * d + 2 * few + 2 * d + 2 * G * (d // H),
        "these are the parameters of one head only": (4 * d * (d // H), 3 * d * (d // H)),
        "n_kv_heads is used as the number of columns: each of these heads has d_head of them": 2 * d * d + 2 * d * G,
        "W_q and W_o keep all their columns: only keys and values have fewer": 4 * few if G != H else (),
    }


def _weights(n, d, H, G):
    return {
        "α counts for one head only: each head has a matrix of its own": n * n,
        "α counts the heads of keys and values; each *query* head has a matrix, also where heads share": G * n * n
        if G != H
        else (),
        "α has a row for every query and a column for every key: where is the second n?": (H * n, n),
        "α has tokens on both axes, not features": (n * d, H * n * d),
    }


def _products(n, d, H, G, parameters):
    scores = n * n * d
    return {
        "the multiplications of the projections are missing": 2 * scores,
        "only the projections are counted: where are the scores, and α v?": n * parameters,
        "α v is missing, or the scores are: both multiply as often as the other": n * parameters + scores,
        "every head is counted with all d_model features; it has d_head": n * parameters + 2 * scores * H,
        "only one head's scores and α v are counted": n * parameters + 2 * scores // H,
        "scores and α v are counted for the heads of keys; every query head makes its own": n * parameters
        + 2 * scores * G // H
        if G != H
        else (),
        "in the projections every token meets every parameter: they count n times": parameters + 2 * scores,
        "multiplications and additions are counted; here only multiplications are": 2 * (n * parameters + 2 * scores),
    }


@exercise(
    "8.5",
    "one layer or two?",
    reveals="A look that needs the result of another look needs a layer; other looks need heads.",
)
def layers_needed(a, b, c, d, e, f):
    """Check the learner's six numbers."""
    right = {"a": 1, "b": 1, "c": 1, "d": 2, "e": 1, "f": 2}
    why = {
        "a": "every token knows its place, so what must a query ask for?",
        "b": "two looks are needed; does one of them need the result of the other?",
        "c": "which token must be found, and does it hold its own key?",
        "d": "which token must be found, and does it know which key stands before it?",
        "e": "is there a row of α that makes a mean, whatever the tokens are?",
        "f": "the token to find comes after *cat*; does it know, all by itself, what it comes after?",
    }
    given = dict(zip(right, (a, b, c, d, e, f), strict=True))
    for name, count in given.items():
        whole = isinstance(count, int | float | np.number) and not isinstance(count, bool) and count in (1, 2)
        need(whole, f"{name} should be 1 or 2, a number")
    agree(given, right, why)


def _cut(order):
    """Return a splitter that reshapes to (B, T, H, d_head) and then puts the axes in this order."""
    return lambda x, H: np.ascontiguousarray(np.ascontiguousarray(x).reshape(*x.shape[:2], H, -1).transpose(order))


def _tokens_cut(x, H):
    B, T, d = np.shape(x)
    return np.ascontiguousarray(x).reshape(B, H, T, d // H)


def _in_turn(x, H):
    B, T, d = np.shape(x)
    return np.ascontiguousarray(x).reshape(B, T, d // H, H).transpose(0, 3, 1, 2)


def _pieces(x, H):
    return np.stack(np.split(np.asarray(x), H, axis=-1), axis=1)


FAULTY = {
    "it lets the faulty one pass that cuts the tokens: the shape is right, so look at the numbers": _tokens_cut,
    "it lets one pass that deals features out in turn, like cards: do your numbers tell features apart?": _in_turn,
    "it lets one pass that exchanges heads and tokens: try different numbers of both": _cut((0, 1, 2, 3)),
    "it lets one pass that gives the heads in the opposite order": lambda x, H: _pieces(x, H)[:, ::-1].copy(),
    "it lets one pass that gives head 0 to all heads": lambda x, H: np.repeat(_pieces(x, H)[:, :1], H, axis=1),
    "it lets one pass that loses the order of the tokens": lambda x, H: _pieces(x, H)[:, :, ::-1].copy(),
    "it lets one pass that mixes up the sequences of the batch: try more than one": lambda x, H: _pieces(x, H)[
        ::-1
    ].copy(),
}


@exercise(
    "8.6",
    "a test that catches the wrong cut",
    reveals="A shape proves little: different numbers in every place prove more.",
)
def splits_well(answer):
    """Check the learner's ``splits_well(split)`` on splitters that work, and on others that do not."""
    for split in (_cut((0, 2, 1, 3)), _pieces):
        need(_verdict(answer, split), "it refuses a splitter that works: it deals out the features as it should")
    try:
        verdicts = [_verdict(answer, split) for split in FAULTY.values()]
    except Hint as hint:
        wrong_shape = "shape" in str(hint) or "size" in str(hint)
        more = " A faulty splitter may return another shape: compare the shapes first, and return False" * wrong_shape
        raise Hint(f"{str(hint).rstrip('.')}.{more}") from None
    need(
        not all(verdicts),
        "it lets every splitter pass, also those that are wrong",
    )
    for sentence, split in FAULTY.items():
        need(not _verdict(answer, split), sentence)


def _verdict(answer, split):
    given = call(answer, split)
    verdict = given.item() if hasattr(given, "item") and np.ndim(given) == 0 else given
    need(isinstance(verdict, bool | np.bool_), "True or False should come back, one verdict for the whole")
    return bool(verdict)
