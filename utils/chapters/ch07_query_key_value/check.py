"""What a right answer is in chapter 07, query, key and value: a check for each exercise, and the questions."""

import numpy as np

from utils.attention import softmax as true_softmax
from utils.chapters.ch07_query_key_value.check_masks import causal_mask, heard, packed_mask, padding_mask
from utils.chapters.ch07_query_key_value.questions import recall, yourself
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers, verdicts

__all__ = [
    "causal_mask",
    "cross_attend",
    "heard",
    "look_up",
    "packed_mask",
    "padding_mask",
    "recall",
    "self_attend",
    "symmetries",
    "yourself",
]


@exercise(
    "7.1", "a soft dictionary", reveals="A key says where to look, a value what is found: they need not be alike."
)
def look_up(answer):
    """Check the learner's ``look_up(queries, keys, values)``."""
    rng = np.random.default_rng(71)
    for n_q, n_k, d, d_v in ((2, 5, 3, 4), (4, 4, 9, 9), (3, 3, 2, 5), (1, 6, 4, 2)):
        q, k, v = rng.normal(size=(n_q, d)), rng.normal(size=(n_k, d)), rng.normal(size=(n_k, d_v))
        turn = (
            "keys.T has a column for each key; the weights must have one row for each query, and a column for each key."
        )
        got = call(answer, q, k, v, shapes=turn)
        need(not isinstance(got, tuple), "only the answers are asked for here, and two things came back")
        got = numbers(got, None, "the answers")
        scores = q @ k.T
        weights = true_softmax(scores / np.sqrt(d))
        alike = got.shape == weights.shape and np.allclose(got, weights)
        need(not alike, "these are the weights; what do the values say?")
        keyed = got.shape == (n_q, d) and np.allclose(got, weights @ k)
        need(not keyed, "the keys were averaged; the answer is made of values")
        got = numbers(got, (n_q, d_v), "the answers")
        square = n_q == n_k
        compare(
            got,
            weights @ v,
            mistakes={
                "the division by √d is missing": true_softmax(scores) @ v,
                "divide by the root of d, not by d": true_softmax(scores / d) @ v,
                "the scores were multiplied by √d; divide": true_softmax(scores * np.sqrt(d)) @ v,
                "d is the length of a query, not the number of keys or queries": (
                    true_softmax(scores / np.sqrt(n_k)) @ v,
                    true_softmax(scores / np.sqrt(n_q)) @ v,
                ),
                "d is the length of a query and of a key; here the length of a value was used": true_softmax(
                    scores / np.sqrt(d_v)
                )
                @ v,
                "the softmax ran down the columns; the keys of one query must share": true_softmax(
                    scores / np.sqrt(d), 0
                )
                @ v,
                "the weights are turned: row i of them makes answer i": weights.T @ v if square else (),
                "queries and keys are exchanged: a row of scores belongs to a query": true_softmax(
                    scores.T / np.sqrt(d)
                )
                @ v
                if square
                else (),
                "the scores were used as weights; the softmax is missing": (scores / np.sqrt(d)) @ v,
                "the weights were divided by √d; that belongs to the scores": true_softmax(scores) @ v / np.sqrt(d),
            },
            otherwise="the answers are not softmax(queries · keys / √d) times the values",
        )


def _table(rng, *shape):
    return rng.normal(size=shape)


def _two(result, shape_out, shape_weights):
    """Return answers and weights as arrays, or say what is wrong with what came back."""
    need(isinstance(result, tuple | list), "two things are asked for: return answers, weights")
    need(len(result) == 2, f"two things are asked for, answers and weights; {len(result)} came back")
    out, weights = numbers(result[0], None, "answers"), numbers(result[1], None, "weights")
    swapped = out.shape == shape_weights and weights.shape == shape_out and shape_out != shape_weights
    need(not swapped, "answers come first, then weights; here they are exchanged")
    need(
        shape_weights[0] == shape_weights[1] or weights.shape != shape_weights[::-1],
        "the weights stand the wrong way: a row is a query, a column a key",
    )
    weights = numbers(weights, shape_weights, "weights")
    return out, weights


def _roles(got, x, c, W_q, W_k, W_v, mistakes):
    """Compare answers and weights of x asking c with what they should be; ``mistakes`` are about α."""
    d = W_q.shape[1]
    scores = (x @ W_q) @ (c @ W_k).T
    right = true_softmax(scores / np.sqrt(d))
    out, weights = _two(got, (len(x), W_v.shape[1]), right.shape)
    square = len(x) == len(c)
    common = {
        "the division by √d_k is missing": true_softmax(scores),
        "the root of d_model was used; d_k is the length of a query": true_softmax(scores / np.sqrt(x.shape[1])),
        "divide by the root of d_k, not by d_k": true_softmax(scores / d),
        "the softmax ran down the columns; rows are queries, and each row sums to one": true_softmax(
            scores / np.sqrt(d), 0
        ),
        "queries and keys have changed places: W_q makes the queries": true_softmax(scores.T / np.sqrt(d))
        if square
        else (),
        "these are the scores; the softmax is missing": scores / np.sqrt(d),
    }
    compare(weights, right, mistakes={**mistakes, **common}, otherwise="the weights are not softmax(q · k / √d_k)")
    return out, right


@exercise(
    "7.2", "self-attention", reveals="One sentence, three roles: what a word asks, offers and says are three things."
)
def self_attend(answer):
    """Check the learner's ``self_attend(x, W_q, W_k, W_v)``."""
    rng = np.random.default_rng(72)
    for T, d_model, d, d_v in ((4, 5, 3, 2), (5, 6, 6, 6), (3, 4, 2, 3)):
        x, W_q, W_k, W_v = (
            _table(rng, T, d_model),
            _table(rng, d_model, d),
            _table(rng, d_model, d),
            _table(rng, d_model, d_v),
        )
        turn = "x is (T, d_model) and W_q (d_model, d_k): x @ W_q fits as they stand."
        got = call(answer, x, W_q, W_k, W_v, shapes=turn)
        root = np.sqrt(d)
        alike = {
            "the words score themselves: were W_q and W_k used?": (
                true_softmax(x @ x.T / root),
                true_softmax(x @ x.T / np.sqrt(d_model)),
            ),
            "keys and queries were made with the same table": (
                true_softmax((x @ W_q) @ (x @ W_q).T / root),
                true_softmax((x @ W_k) @ (x @ W_k).T / root),
            ),
        }
        if d == d_model:
            alike["a table was turned: the words are rows, so it is x @ W"] = true_softmax(
                (x @ W_q.T) @ (x @ W_k.T).T / root
            )
        out, weights = _roles(got, x, x, W_q, W_k, W_v, alike)
        _says(out, weights, x, x, W_k, W_v)


@exercise(
    "7.3", "cross-attention", reveals="As many answers as words that ask; α is n_q by n_k, and need not be square."
)
def cross_attend(answer):
    """Check the learner's ``cross_attend(x, context, W_q, W_k, W_v)``."""
    rng = np.random.default_rng(73)
    for n_q, n_k, d_model, d, d_v in ((4, 4, 5, 3, 2), (2, 5, 4, 3, 3), (6, 3, 3, 2, 4)):
        x, c = _table(rng, n_q, d_model), _table(rng, n_k, d_model)
        W_q, W_k, W_v = _table(rng, d_model, d), _table(rng, d_model, d), _table(rng, d_model, d_v)
        turn = "Who asks has queries, who is asked has keys and values: as many of each."
        got = call(answer, x, c, W_q, W_k, W_v, shapes=turn)
        root = np.sqrt(d)
        if isinstance(got, tuple | list) and len(got) == 2 and n_q != n_k:
            count = np.shape(got[0])[:1]
            need(
                count != (n_k,),
                f"there are {n_q} words that ask and {n_k} that are asked; answers for the {n_k} came back",
            )
        alike = {
            "x asks itself here: the keys come from context": true_softmax((x @ W_q) @ (x @ W_k).T / root),
            "context asks itself here: the queries come from x": true_softmax((c @ W_q) @ (c @ W_k).T / root),
            "context asks x here: it should be the other way round": true_softmax((c @ W_q) @ (x @ W_k).T / root),
        }
        out, weights = _roles(got, x, c, W_q, W_k, W_v, alike)
        _says(out, weights, x, c, W_k, W_v)


def _says(out, weights, x, c, W_k, W_v):
    """Compare the answers, once the weights are known to be right."""
    wrong = {
        "the words themselves were averaged; the values are made with W_v": weights @ c,
        "the keys were averaged; the values are made with W_v": weights @ (c @ W_k),
        "the weights are turned: row i of them makes answer i": weights.T @ (c @ W_v) if len(x) == len(c) else (),
        "the values come from the words that are asked, not from those that ask": weights @ (x @ W_v)
        if len(x) == len(c)
        else (),
        "these are the values; the weighted sum is missing": c @ W_v,
    }
    shapes = {np.shape(w): sentence for sentence, w in wrong.items() if not isinstance(w, tuple)}
    want = weights @ (c @ W_v)
    if out.shape != want.shape and out.shape in shapes:
        compare(
            out,
            np.full(out.shape, np.inf),
            mistakes=wrong,
            otherwise=f"answers should be of shape {want.shape}; yours is of shape {out.shape}",
        )
    compare(
        numbers(out, want.shape, "answers"),
        want,
        mistakes=wrong,
        otherwise="the weights are right, and the answers are not weights @ values",
    )


@exercise(
    "7.7",
    "the symmetry and its counterexample",
    reveals="A sum forgets order; a mask that depends on places remembers some of it.",
)
def symmetries(a, b, c, d, e, f):
    """Check the learner's six verdicts."""
    right = {"a": True, "b": True, "c": False, "d": True, "e": False, "f": True}
    why = {
        "a": "which scores does a word meet before the shuffle, and which after? Are they the same ones in another order?",
        "b": "every weight moves together with its value; does a sum mind the order of its terms?",
        "c": "now a weight stands before another key's value; take two keys and write it out",
        "d": "equal words make equal queries, and both see the same words",
        "e": "does the second of the two see the same words as the first?",
        "f": "the last word sees all words, in whatever order; is anything in its sum changed?",
    }
    verdicts((a, b, c, d, e, f), right, why)
