"""Wrong and unusual right answers to the exercises of chapter 07."""

import numpy as np

from tests.mutants import right, wrong


def soft(s, axis=-1):
    e = np.exp(s - s.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


# --- 7.1 a soft dictionary ------------------------------------------------------------------------------------------


@wrong("7.1", "√d is missing")
def unscaled(q, k, v):
    return soft(q @ k.T) @ v


@wrong("7.1", "the root of d, not by d")
def by_d(q, k, v):
    return soft(q @ k.T / q.shape[-1]) @ v


@wrong("7.1", "not the number of keys")
def by_the_number_of_keys(q, k, v):
    return soft(q @ k.T / np.sqrt(len(k))) @ v


@wrong("7.1", "the length of a value was used")
def by_the_length_of_a_value(q, k, v):
    return soft(q @ k.T / np.sqrt(v.shape[-1])) @ v


@wrong("7.1", "down the columns")
def over_the_queries(q, k, v):
    return soft(q @ k.T / np.sqrt(q.shape[-1]), 0) @ v


@wrong("7.1", "these are the weights")
def only_weights(q, k, v):
    return soft(q @ k.T / np.sqrt(q.shape[-1]))


@wrong("7.1", "the keys were averaged")
def keys_as_values(q, k, v):
    return soft(q @ k.T / np.sqrt(q.shape[-1])) @ k


@wrong("7.1", "only the answers are asked for")
def both(q, k, v):
    w = soft(q @ k.T / np.sqrt(q.shape[-1]))
    return w @ v, w


@wrong("7.1", "a column for each key")
def keys_not_turned(q, k, v):
    return soft(q @ k / np.sqrt(q.shape[-1])) @ v


@wrong("7.1", "the softmax is missing")
def no_softmax(q, k, v):
    return q @ k.T / np.sqrt(q.shape[-1]) @ v


@wrong("7.1", "multiplied by √d")
def times_the_root(q, k, v):
    return soft(q @ k.T * np.sqrt(q.shape[-1])) @ v


@right("7.1")
def query_by_query(q, k, v):
    answers = []
    for one in q:
        powers = [float(np.exp(one @ key / len(one) ** 0.5)) for key in k]
        answers.append([sum(p * said for p, said in zip(powers, column, strict=True)) / sum(powers) for column in v.T])
    return answers


# --- 7.2 self-attention ---------------------------------------------------------------------------------------------


def attend(q, k, v, root=None):
    w = soft(q @ k.T / (np.sqrt(q.shape[-1]) if root is None else root))
    return w @ v, w


@wrong("7.2", "were W_q and W_k used")
def no_tables(x, W_q, W_k, W_v):
    return attend(x, x, x @ W_v)


@wrong("7.2", "made with the same table")
def one_table(x, W_q, W_k, W_v):
    return attend(x @ W_q, x @ W_q, x @ W_v)


@wrong("7.2", "have changed places")
def exchanged(x, W_q, W_k, W_v):
    return attend(x @ W_k, x @ W_q, x @ W_v)


@wrong("7.2", "the words themselves were averaged")
def words_as_values(x, W_q, W_k, W_v):
    return attend(x @ W_q, x @ W_k, x)


@wrong("7.2", "the keys were averaged")
def self_keys_as_values(x, W_q, W_k, W_v):
    return attend(x @ W_q, x @ W_k, x @ W_k)


@wrong("7.2", "√d_k is missing")
def self_unscaled(x, W_q, W_k, W_v):
    return attend(x @ W_q, x @ W_k, x @ W_v, 1)


@wrong("7.2", "the root of d_model")
def by_d_model(x, W_q, W_k, W_v):
    return attend(x @ W_q, x @ W_k, x @ W_v, np.sqrt(x.shape[-1]))


@wrong("7.2", "not by d_k")
def by_d_k(x, W_q, W_k, W_v):
    return attend(x @ W_q, x @ W_k, x @ W_v, W_q.shape[1])


@wrong("7.2", "the weights are turned")
def turned(x, W_q, W_k, W_v):
    w = attend(x @ W_q, x @ W_k, x @ W_v)[1]
    return w.T @ (x @ W_v), w


@wrong("7.2", "exchanged")
def weights_first(x, W_q, W_k, W_v):
    return attend(x @ W_q, x @ W_k, x @ W_v)[::-1]


@wrong("7.2", "two things are asked for")
def only_answers(x, W_q, W_k, W_v):
    return attend(x @ W_q, x @ W_k, x @ W_v)[0]


@wrong("7.2", "these are the values")
def sum_is_missing(x, W_q, W_k, W_v):
    return x @ W_v, attend(x @ W_q, x @ W_k, x @ W_v)[1]


@wrong("7.2", "x @ W_q fits")
def tables_turned(x, W_q, W_k, W_v):
    return attend(x @ W_q.T, x @ W_k.T, x @ W_v.T)


@wrong("7.2", "the softmax is missing")
def scores_as_weights(x, W_q, W_k, W_v):
    w = (x @ W_q) @ (x @ W_k).T / np.sqrt(W_q.shape[1])
    return w @ (x @ W_v), w


@right("7.2")
def one_table_for_the_pair(x, W_q, W_k, W_v):
    w = soft(np.einsum("id,de,je->ij", x, W_q @ W_k.T / W_q.shape[1] ** 0.5, x))
    return [(w @ x) @ W_v, w.tolist()]


# --- 7.3 cross-attention --------------------------------------------------------------------------------------------


@wrong("7.3", "x asks itself here")
def self_instead(x, c, W_q, W_k, W_v):
    return attend(x @ W_q, x @ W_k, x @ W_v)


@wrong("7.3", "context asks itself")
def context_alone(x, c, W_q, W_k, W_v):
    return attend(c @ W_q, c @ W_k, c @ W_v)


@wrong("7.3", "the other way round")
def other_way_round(x, c, W_q, W_k, W_v):
    return attend(c @ W_q, x @ W_k, x @ W_v)


@wrong("7.3", "not from those that ask")
def values_from_x(x, c, W_q, W_k, W_v):
    w = attend(x @ W_q, c @ W_k, c @ W_v)[1]
    return w @ (x @ W_v), w


@wrong("7.3", "√d_k is missing")
def cross_unscaled(x, c, W_q, W_k, W_v):
    return attend(x @ W_q, c @ W_k, c @ W_v, 1)


@wrong("7.3", "the words themselves were averaged")
def cross_words_as_values(x, c, W_q, W_k, W_v):
    return attend(x @ W_q, c @ W_k, c)


@wrong("7.3", "the weights are turned")
def cross_turned(x, c, W_q, W_k, W_v):
    w = attend(x @ W_q, c @ W_k, c @ W_v)[1]
    return w.T @ (c @ W_v), w


@right("7.3")
def word_by_word(x, c, W_q, W_k, W_v):
    rows = [soft(c @ (W_k @ (W_q.T @ word)) / W_q.shape[1] ** 0.5) for word in x]
    return np.array([row @ (c @ W_v) for row in rows]), rows


# --- 7.4 the padding mask -------------------------------------------------------------------------------------------


def real(lengths, n):
    return np.arange(n) < np.asarray(lengths)[:, None]


@wrong("7.4", "an axis for them is missing")
def two_axes(lengths, n):
    return real(lengths, n)


@wrong("7.4", "forbids padded queries to ask")
def along_the_queries(lengths, n):
    return real(lengths, n)[:, :, None]


@wrong("7.4", "upside down")
def true_forbids(lengths, n):
    return ~real(lengths, n)[:, None]


@wrong("7.4", "one place too many")
def one_too_many(lengths, n):
    return np.arange(n) <= np.asarray(lengths)[:, None, None]


@wrong("7.4", "one place too few")
def one_too_few(lengths, n):
    return np.arange(n) < np.asarray(lengths)[:, None, None] - 1


@wrong("7.4", "holds numbers")
def zeros_and_ones(lengths, n):
    return real(lengths, n)[:, None].astype(int)


@wrong("7.4", "to be added to the scores")
def additive(lengths, n):
    return np.where(real(lengths, n)[:, None], 0.0, -np.inf)


@wrong("7.4", "at the end, not at the beginning")
def padded_in_front(lengths, n):
    return real(lengths, n)[:, None, ::-1]


@wrong("7.4", "a length of its own")
def the_longest(lengths, n):
    return np.arange(n) < max(lengths)


@wrong("7.4", "for several heads")
def for_heads(lengths, n):
    return real(lengths, n)[:, None, None]


@right("7.4")
def a_loop(lengths, n):
    return [[[j < length for j in range(n)]] for length in lengths]


@right("7.4")
def whole_tables(lengths, n):
    return np.stack([np.tile(np.arange(n) < length, (n, 1)) for length in lengths])


@right("7.4")
def padded_queries_see_nothing(lengths, n):
    mask = real(lengths, n)
    return mask[:, None] & mask[:, :, None]


# --- 7.5 the causal mask --------------------------------------------------------------------------------------------


@wrong("7.5", "beside the first key")
def top_left(n_q, n_k):
    return np.tri(n_q, n_k, dtype=bool)


@wrong("7.5", "may not look at itself")
def without_itself(n_q, n_k):
    return np.tri(n_q, n_k, n_k - n_q - 1, dtype=bool)


@wrong("7.5", "one place too far")
def one_ahead(n_q, n_k):
    return np.tri(n_q, n_k, n_k - n_q + 1, dtype=bool)


@wrong("7.5", "upside down")
def causal_upside_down(n_q, n_k):
    return ~np.tri(n_q, n_k, n_k - n_q, dtype=bool)


@wrong("7.5", "allows the future")
def upper(n_q, n_k):
    return np.triu(np.ones((n_q, n_k), dtype=bool), n_k - n_q)


@wrong("7.5", "holds numbers")
def triangle_of_ones(n_q, n_k):
    return np.tril(np.ones((n_q, n_k)), n_k - n_q)


@wrong("7.5", "to be added")
def triangle_of_infinity(n_q, n_k):
    return np.where(np.tri(n_q, n_k, n_k - n_q), 0, -np.inf)


@wrong("7.5", "the shift goes the wrong way")
def shifted_back(n_q, n_k):
    return np.tri(n_q, n_k, n_q - n_k, dtype=bool)


@wrong("7.5", "a row for each key")
def square_of_keys(n_q, n_k):
    return np.tri(n_k, dtype=bool)


@right("7.5")
def last_rows(n_q, n_k):
    return np.tri(n_k, dtype=bool)[n_k - n_q :]


@right("7.5")
def as_lists(n_q, n_k):
    return [[j <= i + n_k - n_q for j in range(n_k)] for i in range(n_q)]


# --- 7.6 two sentences, one row -------------------------------------------------------------------------------------


def together(d):
    return d[:, None] == d


@wrong("7.6", "also sees its future")
def not_causal(d):
    return together(d)


@wrong("7.6", "looking into another sentence is not")
def only_causal(d):
    return np.tri(len(d), dtype=bool)


@wrong("7.6", "both must allow")
def one_is_enough(d):
    return together(d) | np.tri(len(d), dtype=bool)


@wrong("7.6", "upside down")
def packed_upside_down(d):
    return ~(together(d) & np.tri(len(d), dtype=bool))


@wrong("7.6", "one's own is forbidden")
def not_equal(d):
    return (d[:, None] != d) & np.tri(len(d), dtype=bool)


@wrong("7.6", "may not look at itself")
def packed_without_itself(d):
    return together(d) & np.tri(len(d), k=-1, dtype=bool)


@wrong("7.6", "sees the earlier ones")
def earlier_documents(d):
    return (d[:, None] >= d) & np.tri(len(d), dtype=bool)


@wrong("7.6", "holds numbers")
def product(d):
    return together(d) * np.tri(len(d))


@right("7.6")
def pair_by_pair(d):
    return [[bool(j <= i and d[i] == d[j]) for j in range(len(d))] for i in range(len(d))]


# --- 7.7 the symmetry and its counterexample ------------------------------------------------------------------------

wrong("7.7", "Look at a again", False, True, False, True, False, True)
wrong("7.7", "Look at b again", True, False, False, True, False, True)
wrong("7.7", "Look at c again", True, True, True, True, False, True)
wrong("7.7", "Look at d again", True, True, False, False, False, True)
wrong("7.7", "Look at e again", True, True, False, True, True, True)
wrong("7.7", "Look at f again", True, True, False, True, False, False)
wrong("7.7", "2 of the six are wrong", True, True, False, True, True, False)
wrong("7.7", "without quotation marks", "True", True, False, True, False, True)
right("7.7", True, np.bool_(True), False, True, np.bool_(False), True)


# --- 7.8 does a mask stop a NaN? ------------------------------------------------------------------------------------


@wrong("7.8", "weight 0 still hear it")
def plain(w, v):
    return w @ v


@wrong("7.8", "its answer hides it")
def clean_values(w, v):
    return w @ np.nan_to_num(v, nan=0.0, posinf=0.0)


@wrong("7.8", "should be the weighted sum of the other values")
def clean_answers(w, v):
    return np.nan_to_num(w @ v)


@wrong("7.8", "its answer hides it")
def nan_as_nothing(w, v):
    return np.nansum(w[..., None] * np.where(np.isfinite(v), v, np.nan), axis=1)


@wrong("7.8", "weight 0 still hear it")
def silent_for_all(w, v):
    return w @ np.where((w > 0).any(0)[:, None], v, 0)


@wrong("7.8", "the answer hides it")
def silent_for_one(w, v):
    return (
        np.where((w > 0)[..., None] & (np.arange(len(v)) > 0)[None, :, None] | np.isfinite(v), w[..., None] * v, 0).sum(
            1
        )
        if np.isnan(v[0]).any()
        else sum_where_heard(w, v)
    )


@wrong("7.8", "the other column of that answer is lost")
def whole_row_lost(w, v):
    bad = ~np.isfinite(v).all(1)
    out = sum_where_heard(w, v)
    return np.where((w[:, bad] > 0).any(1, keepdims=True), np.nan, out)


@wrong("7.8", "small and not 0")
def nearly_silent(w, v):
    return (w[..., None] * np.where(w[..., None] > 1e-3, v, 0)).sum(1)


@wrong("7.8", "the plain weighted sum")
def means(w, v):
    return sum_where_heard(w, v) / len(v)


def sum_where_heard(w, v):
    return (w[..., None] * np.where(w[..., None] > 0, v, 0)).sum(1)


@right("7.8")
def listeners_only(w, v):
    return [row[row > 0] @ v[row > 0] for row in w]
