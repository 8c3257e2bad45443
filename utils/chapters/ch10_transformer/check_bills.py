"""Checks of chapter 10 about what a Transformer costs: where its weights live, and where its multiplications go."""

from utils.chapters.ch10_transformer import transformer as course
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers

PARTS = ("embeddings", "attention", "feed")


@exercise(
    "10.4", "count the weights", reveals="In every layer two thirds of the weights belong to the feed-forward network."
)
def count_weights(answer):
    """Check the learner's ``count_weights(vocab_size, context, d_model, n_layers)``."""
    for sizes in ((97, 128, 128, 5), (10, 7, 6, 3), (50, 20, 8, 1)):
        result = call(answer, *sizes)
        three = "three numbers are asked for: embeddings, attention, feed"
        need((isinstance(result, tuple | list) or getattr(result, "ndim", 0) == 1) and len(result) == 3, three)
        got, want = numbers(result, (3,), "the count"), course.count_weights(*sizes)
        at = "for vocab_size = {}, context = {}, d_model = {}, n_layers = {}".format(*sizes)
        if len(set(want)) == 3 and any(got != want):
            need(sorted(got) != sorted(want), "the order is another one: embeddings, attention, feed")
        for part, mine, right, mistakes in zip(PARTS, got, want, _miscounted(*sizes), strict=True):
            compare(mine, right, mistakes=mistakes, otherwise=f"the weights of {part} are not right {at}")


def _miscounted(V, context, d, L):
    layers = {
        "the layers are left out of attention: each has tables of its own": 4 * d * d if L > 1 else (),
        "attention has four tables in a layer: W_q, W_k, W_v and W_o": (3 * d * d * L, d * d * L),
        "the heads were counted in: they share out the columns, and add none": (16 * d * d * L, 4 * 4 * d * d * L),
        "biases are counted; here only tables are": 4 * L * (d * d + d),
        "the weights α were counted: they are computed anew for every text, and not learnt": L
        * (4 * d * d + context**2),
    }
    wide = {
        "the layers are left out of the feed-forward network: each has its own": 8 * d * d if L > 1 else (),
        "only one of the two tables of the feed-forward network is counted: up and down": 4 * d * d * L,
        "the feed-forward network is four times as wide inside as d_model": 2 * d * d * L,
        "both tables of the feed-forward network are as wide as 4 d_model on one side only": (
            32 * d * d * L,
            16 * d * d * L,
        ),
        "biases are counted; here only tables are, in the feed-forward network too": L * (8 * d * d + 5 * d),
        "each place got a feed-forward network of its own: it is the same at all places": 8 * d * d * L * context,
    }
    tables = {
        "the places have vectors, too: one for each of the context": V * d,
        "the tokens have vectors, too": context * d,
        "the last table of scores is the embedding again: its weights are shared, and count once": (
            2 * V * d + context * d,
            2 * (V + context) * d,
        ),
        "tokens and places have tables side by side: they add, and do not multiply": V * context * d,
        "each token has d_model numbers": V + context,
        "the embedding stands before all layers, once": (V + context) * d * L if L > 1 else (),
    }
    return tables, layers, wide


@exercise(
    "10.5",
    "where do the multiplications go?",
    reveals="The scores take half of the work only when N is 6 times d_model.",
)
def share_of_scores(answer):
    """Check the learner's ``share_of_scores(n, d_model)``."""
    for n, d in ((12, 8), (128, 128), (600, 50), (7, 3)):
        got = numbers(call(answer, n, d), (), "the share")
        scores, tables = 2 * n * n * d, 12 * n * d * d
        otherwise = f"for n = {n}, d_model = {d} it is not scores and α v, divided by all multiplications of a block"
        if got == 0:
            otherwise = "this is 0, and something is spent there: // drops what stands behind the point"
        elif not 0 < got < 1:
            otherwise = f"a share lies between 0 and 1, and this is {got:g}: is everything you divide by in brackets?"
        compare(
            got,
            course.share_of_scores(n, d),
            mistakes=_other_shares(n, d, scores, tables),
            otherwise=otherwise,
        )


def _other_shares(n, d, scores, tables):
    half, share = scores / 2, scores / (scores + tables)
    return {
        "this is the other share, that of the tables": tables / (scores + tables),
        "this is scores to tables, which is n / 6d; the share is scores to everything": scores / tables,
        "this is tables to scores": tables / scores,
        "α v is missing, or the scores are: both multiply as often as the other": (
            half / (half + tables),
            half / (scores + tables),
        ),
        "the feed-forward network is left out of the whole": scores / (scores + 4 * n * d * d),
        "4 n d_model² is missing from the tables: attention has four, and the feed-forward network an up and a down": scores
        / (scores + 8 * n * d * d),
        "every token meets every weight of the tables: they count n times": scores / (scores + 12 * d * d),
        "the scores are a table with n rows and n columns: where is the second n?": 2 * n * d / (2 * n * d + tables),
        "each of the scores takes d_model multiplications": 2 * n * n / (2 * n * n + tables),
        "this is a count, not a share: divide by all multiplications": (scores, half, scores + tables),
        "a share is asked for, between 0 and 1, and not a percentage": 100 * share,
        "this is the share, rounded: return it as it is": tuple(round(share, digits) for digits in (1, 2, 3)),
    }
