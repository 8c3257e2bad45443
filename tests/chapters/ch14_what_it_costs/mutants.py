"""Wrong and unusual right answers to the exercises of chapter 14."""

import math

import numpy as np
import torch

from tests.mutants import right, wrong
from utils.chapters.ch14_what_it_costs.check_bills import TABLE

# --- 14.1 FLOPs and bytes -------------------------------------------------------------------------------------------


def bill(flops=lambda n, d: 4 * n * n * d, numbers=lambda n, d: 4 * n * n + 4 * n * d):
    return lambda n, d, size: (flops(n, d), size * numbers(n, d))


wrong("14.1", "half of the FLOPs", bill(lambda n, d: 2 * n * n * d))
wrong("14.1", "a quarter of the FLOPs", bill(lambda n, d: n * n * d))
wrong("14.1", "n and d are exchanged", bill(lambda n, d: 4 * n * d * d))
wrong("14.1", "projections are counted", bill(lambda n, d: 4 * n * n * d + 8 * n * d * d))
wrong("14.1", "softmax is counted", bill(lambda n, d: 4 * n * n * d + 3 * n * n))
wrong("14.1", "twice too many", bill(lambda n, d: 8 * n * n * d))
wrong("14.1", "each takes n_bytes", lambda n, d, size: (4 * n * n * d, 4 * n * n + 4 * n * d))
wrong("14.1", "these are bits", bill(numbers=lambda n, d: 8 * (4 * n * n + 4 * n * d)))
wrong("14.1", "only q, k, v and out", bill(numbers=lambda n, d: 4 * n * d))
wrong("14.1", "counted once each", bill(numbers=lambda n, d: 2 * n * n + 4 * n * d))
wrong("14.1", "one trip of n²", bill(numbers=lambda n, d: 3 * n * n + 4 * n * d))
wrong("14.1", "where is α?", bill(numbers=lambda n, d: 2 * n * n + 2 * n * d))
wrong("14.1", "at least one is missing", bill(numbers=lambda n, d: 4 * n * n + 3 * n * d))
wrong("14.1", "more trips", bill(numbers=lambda n, d: 6 * n * n + 4 * n * d))
wrong("14.1", "these are exchanged", lambda n, d, size: bill()(n, d, size)[::-1])
wrong("14.1", "whatever it was in the examples", lambda n, d, size: bill()(n, d, 2))
wrong("14.1", "n additions, not n", bill(lambda n, d: n * n * (2 * d - 1) + n * d * (2 * n - 1)))
wrong("14.1", "two numbers are asked for", lambda n, d, size: 4 * n * n * d)
right("14.1", lambda n, d, size: np.array([4.0 * n**2 * d, 4.0 * size * n * (n + d)]))
right("14.1", lambda n, d, size: [torch.tensor(2 * (2 * n * n * d)), size * sum([n * d] * 4 + [n * n] * 4)])

# --- 14.2 a softmax that never sees its row -------------------------------------------------------------------------


def tile(peak_of=None, total_of=None, out_of=None):
    """An answer that is right but for what is given: functions of what is kept, and of what a right one computes."""

    def answer(peak, total, out, scores, values):
        highest = max(peak, scores.max())
        fade, weights = np.exp(peak - highest), np.exp(scores - highest)
        a = dict(peak=peak, total=total, out=out, scores=scores, values=values, high=highest, fade=fade, w=weights)
        whole = highest, fade * total + weights.sum(), fade * out + weights @ values
        return tuple(f(a) if f else part for f, part in zip((peak_of, total_of, out_of), whole, strict=True))

    return answer


wrong("14.2", "peak forgets the earlier", tile(lambda a: a["scores"].max()))
wrong("14.2", "only of the earlier tiles", tile(lambda a: a["peak"] if np.isfinite(a["peak"]) else a["high"]))
wrong("14.2", "only the first score", tile(lambda a: max(a["peak"], a["scores"][0])))
wrong("14.2", "in the order peak, total, out", tile(lambda a: a["fade"] * a["total"] + a["w"].sum()))
wrong(
    "14.2", "−∞ at the start", tile(total_of=lambda a: a["fade"] * a["total"] + np.exp(a["scores"] - a["peak"]).sum())
)
wrong(
    "14.2",
    "never of a score alone",
    tile(total_of=lambda a: np.exp(a["peak"]) / np.exp(a["high"]) * a["total"] + a["w"].sum()),
)
wrong("14.2", "this is the smallest", tile(lambda a: a["scores"].min()))
wrong("14.2", "not its power of e", tile(lambda a: np.exp(a["high"])))
wrong("14.2", "total lacks the rescaling", tile(total_of=lambda a: a["total"] + a["w"].sum()))
wrong(
    "14.2",
    "own largest score, not",
    tile(total_of=lambda a: a["fade"] * a["total"] + np.exp(a["scores"] - a["scores"].max()).sum()),
)
wrong(
    "14.2",
    "the wrong way round: a larger",
    tile(total_of=lambda a: (a["total"] / a["fade"] if a["fade"] else 0) + a["w"].sum()),
)
wrong("14.2", "put on the new tile as well", tile(total_of=lambda a: (a["fade"] or 1) * (a["total"] + a["w"].sum())))
wrong("14.2", "total forgets the earlier", tile(total_of=lambda a: a["w"].sum()))
wrong("14.2", "nothing was subtracted", tile(total_of=lambda a: a["total"] + np.exp(a["scores"]).sum()))
wrong("14.2", "total adds scores", tile(total_of=lambda a: a["total"] + a["scores"].sum()))
wrong("14.2", "out lacks the rescaling", tile(out_of=lambda a: a["out"] + a["w"] @ a["values"]))
wrong(
    "14.2",
    "out is divided already",
    tile(out_of=lambda a: (a["fade"] * a["out"] + a["w"] @ a["values"]) / (a["fade"] * a["total"] + a["w"].sum())),
)
wrong(
    "14.2",
    "out is rescaled the wrong",
    tile(out_of=lambda a: (a["out"] / a["fade"] if a["fade"] else 0) + a["w"] @ a["values"]),
)
wrong("14.2", "new part of out as well", tile(out_of=lambda a: (a["fade"] or 1) * (a["out"] + a["w"] @ a["values"])))
wrong("14.2", "out forgets the earlier", tile(out_of=lambda a: a["w"] @ a["values"]))
wrong("14.2", "without their weights", tile(out_of=lambda a: a["out"] + a["values"].sum(0)))
wrong("14.2", "three things are kept", lambda peak, total, out, scores, values: np.exp(scores) @ values)


@right("14.2")
def by_a_loop(peak, total, out, scores, values):
    for score, value in zip(scores, values, strict=True):
        new = max(peak, score)
        total = total * math.exp(peak - new) + math.exp(score - new)
        out = out * math.exp(peak - new) + math.exp(score - new) * value
        peak = new
    return [peak, total, out.tolist()]


@right("14.2")
def in_torch(peak, total, out, scores, values):
    scores, values = torch.tensor(scores), torch.tensor(values)
    both = torch.cat([torch.tensor([peak], dtype=torch.float64), scores])
    high = both.max()
    powers = (both - high).exp()
    return high.reshape(1), total * powers[0] + powers[1:].sum(), torch.tensor(out) * powers[0] + powers[1:] @ values


# --- 14.3 a window that works less ----------------------------------------------------------------------------------


def by_rows(first, last, scale=None):
    """An answer that looks at keys first(i, w) … last(i, w), row by row."""

    def answer(q, k, v, w):
        out = np.zeros((len(q), v.shape[1]))
        for i in range(len(q)):
            see = slice(max(first(i, w), 0), max(last(i, w), 0))
            scores = k[see] @ q[i] * (q.shape[1] ** -0.5 if scale is None else scale)
            powers = np.exp(scores)
            out[i] = powers @ v[see] / max(powers.sum(), 1e-300)
        return out

    return answer


def by_mask(q, k, v, w, outside=-np.inf):
    ahead = np.arange(len(q)) - np.arange(len(q))[:, None]
    scores = np.where((ahead <= 0) & (ahead > -w), q @ k.T / np.sqrt(q.shape[1]), outside)
    weights = np.exp(scores - scores.max(1, keepdims=True))
    return weights / weights.sum(1, keepdims=True) @ v


wrong("14.3", "one key too many", by_rows(lambda i, w: i - w, lambda i, w: i + 1))
wrong("14.3", "one key too few", by_rows(lambda i, w: i - w + 2, lambda i, w: i + 1))
wrong("14.3", "may not look at itself", by_rows(lambda i, w: i - w, lambda i, w: i))
wrong("14.3", "queries look ahead", by_rows(lambda i, w: i, lambda i, w: i + w))
wrong("14.3", "queries look ahead", by_rows(lambda i, w: i - w + 1, lambda i, w: i + w))
wrong("14.3", "there is no window", by_rows(lambda i, w: 0, lambda i, w: i + 1))
wrong("14.3", "this is plain attention", by_rows(lambda i, w: 0, lambda i, w: 10**9))
wrong("14.3", "division by √d", by_rows(lambda i, w: i - w + 1, lambda i, w: i + 1, 1.0))
wrong(
    "14.3", "divided by √w", lambda q, k, v, w: by_rows(lambda i, w: i - w + 1, lambda i, w: i + 1, w**-0.5)(q, k, v, w)
)
wrong("14.3", "e⁰ is 1", lambda q, k, v, w: by_mask(q, k, v, w, 0.0))
wrong("14.3", "the bill of all pairs", by_mask)


@wrong("14.3", "after the softmax")
def masked_late(q, k, v, w):
    scores = q @ k.T / np.sqrt(q.shape[1])
    weights = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    return np.triu(np.tril(weights), 1 - w) @ v


right("14.3", by_rows(lambda i, w: i - w + 1, lambda i, w: i + 1))


@right("14.3")
def diagonal_by_diagonal(q, k, v, w):
    n = len(q)
    w = min(w, n)
    scores = np.full((n, w), -np.inf)
    for back in range(w):
        scores[back:, back] = (q[back:] * k[: n - back]).sum(1) / np.sqrt(q.shape[1])
    weights = np.exp(scores - scores.max(1, keepdims=True))
    weights /= weights.sum(1, keepdims=True)
    out = np.zeros((n, v.shape[1]))
    for back in range(w):
        out[back:] += weights[back:, back, None] * v[: n - back]
    return out


@right("14.3")
def unfolded(q, k, v, w):
    k, v = (
        torch.cat([torch.zeros(w - 1, x.shape[1], dtype=torch.float64), torch.tensor(x)]).unfold(0, w, 1)
        for x in (k, v)
    )
    scores = torch.einsum("nd,ndw->nw", torch.tensor(q), k) / q.shape[1] ** 0.5
    seen = torch.arange(w) >= w - 1 - torch.arange(len(q))[:, None]
    return torch.einsum("nw,ndw->nd", scores.masked_fill(~seen, -torch.inf).softmax(-1), v)


# --- 14.4 attention as a recurrence ---------------------------------------------------------------------------------


def memory(S_of=None, z_of=None, out_of=None):
    def answer(S, z, q, k, v):
        new_S, new_z = S + np.outer(k, v), z + k
        a = dict(S=S, z=z, q=q, k=k, v=v, new_S=new_S, new_z=new_z)
        whole = q @ new_S / (q @ new_z), new_S, new_z
        return tuple(f(a) if f else part for f, part in zip((out_of, S_of, z_of), whole, strict=True))

    return answer


wrong("14.4", "S was not changed", memory(lambda a: a["S"]))
wrong("14.4", "S holds only the new pair", memory(lambda a: np.outer(a["k"], a["v"])))
wrong("14.4", "the query was written", memory(lambda a: a["S"] + np.outer(a["q"], a["v"])))
wrong("14.4", "taken away from S", memory(lambda a: a["S"] - np.outer(a["k"], a["v"])))
wrong("14.4", "S lies on its side", memory(lambda a: a["new_S"].T))
wrong("14.4", "added to every row", memory(lambda a: a["S"] + a["v"]))
wrong("14.4", "φ was put on the key", memory(lambda a: a["S"] + np.outer(a["k"] + 1, a["v"])))
wrong("14.4", "φ was put on the key", memory(z_of=lambda a: a["z"] + a["k"] + 1))
wrong("14.4", "in the order out, S, z", lambda S, z, q, k, v: (S + np.outer(k, v), z + k, v))
wrong("14.4", "at the start that is 0", memory(out_of=lambda a: a["q"] @ a["new_S"] / (a["q"] @ a["z"])))
wrong("14.4", "z was not changed", memory(z_of=lambda a: a["z"]))
wrong("14.4", "z holds only the new key", memory(z_of=lambda a: a["k"]))
wrong("14.4", "z adds up the queries", memory(z_of=lambda a: a["z"] + a["q"]))
wrong("14.4", "z counts places", memory(z_of=lambda a: a["z"] + 1))
wrong("14.4", "read before the new pair", memory(out_of=lambda a: a["q"] @ a["S"] / max(a["q"] @ a["z"], 1e-9)))
wrong("14.4", "out is not divided", memory(out_of=lambda a: a["q"] @ a["new_S"]))
wrong("14.4", "divided by the sum of z", memory(out_of=lambda a: a["q"] @ a["new_S"] / a["new_z"].sum()))
wrong("14.4", "asked with the key", memory(out_of=lambda a: a["k"] @ a["new_S"] / (a["k"] @ a["new_z"])))
wrong("14.4", "three things are asked for", lambda S, z, q, k, v: q @ (S + np.outer(k, v)))


@wrong("14.4", "changed the array it was given")
def in_place(S, z, q, k, v):
    S += np.outer(k, v)
    z += k
    return q @ S / (q @ z), S, z


@right("14.4")
def memory_in_torch(S, z, q, k, v):
    S, z, q, k, v = map(torch.tensor, (S, z, q, k, v))
    S, z = S + k[:, None] * v, z + k
    return S.T @ q / z.dot(q), S, z


@right("14.4")
def number_by_number(S, z, q, k, v):
    S = [[S[a, b] + k[a] * v[b] for b in range(len(v))] for a in range(len(k))]
    z = [old + new for old, new in zip(z, k, strict=True)]
    weight = sum(a * b for a, b in zip(q, z, strict=True))
    return [sum(q[a] * S[a][b] for a in range(len(q))) / weight for b in range(len(v))], S, z


# --- 14.5 the cache of a real model ---------------------------------------------------------------------------------


def cache(factor=lambda c, n: 1, heads="kv_heads", unit=2**30):
    return lambda c, n: 2 * c["layers"] * c[heads] * (c["d_model"] // c["heads"]) * n * c["bytes"] / unit * factor(c, n)


wrong("14.5", "only keys, or only values", cache(lambda c, n: 0.5))
wrong("14.5", "only keys, or only values", cache(lambda c, n: 2 / c["bytes"]))
wrong("14.5", "keys of its own", cache(lambda c, n: c["heads"] / c["kv_heads"]))
wrong("14.5", "queries are counted", cache(lambda c, n: 1.5))
wrong("14.5", "keys of its own", cache(heads="heads"))
wrong("14.5", "one layer only", cache(lambda c, n: 1 / c["layers"]))
wrong("14.5", "all d_model features", cache(lambda c, n: c["heads"]))
wrong("14.5", "each of them has several", cache(lambda c, n: c["heads"] / c["d_model"]))
wrong("14.5", "these are bytes", cache(unit=1))
wrong("14.5", "these are MiB", cache(unit=2**20))
wrong("14.5", "these are GB", cache(unit=10**9))
wrong("14.5", "how many bytes", cache(lambda c, n: 1 / c["bytes"]))
wrong("14.5", "bits and bytes", cache(lambda c, n: 8))
wrong("14.5", "once, not twice", cache(lambda c, n: n))
wrong("14.5", "the tokens are missing", cache(lambda c, n: 1 / n))
right("14.5", cache())
right(
    "14.5",
    lambda c, n: np.float32(c["bytes"] * n * 2 * c["layers"] * c["d_model"] * c["kv_heads"] / c["heads"] / 1024**3),
)

# --- 14.6 which cost does it cut? -----------------------------------------------------------------------------------


def rows(**changes):
    """The right table, with some cells turned over: remedy="a word"."""
    table = {remedy: {word for word, holds in row.items() if holds} for remedy, row in TABLE.items()}
    for remedy, word in changes.items():
        table[remedy] ^= {word}
    return tuple(table.values())


wrong("14.6", "tiles, same answer", *rows(tiles="same answer"))
wrong("14.6", "tiles, FLOPs", *rows(tiles="FLOPs"))
wrong("14.6", "tiles, cache", *rows(tiles="cache"))
wrong("14.6", "window, same answer", *rows(window="same answer"))
wrong("14.6", "window, FLOPs", *rows(window="FLOPs"))
wrong("14.6", "linear, same answer", *rows(linear="same answer"))
wrong("14.6", "linear, cache", *rows(linear="cache"))
wrong("14.6", "kept, FLOPs", *rows(kept="FLOPs"))
wrong("14.6", "kept, cache", *rows(kept="cache"))
wrong("14.6", "grouped, same answer", *rows(grouped="same answer"))
wrong("14.6", "grouped, FLOPs", *rows(grouped="FLOPs"))
wrong("14.6", "grouped, peak", *rows(grouped="peak"))
wrong("14.6", "3 cells are wrong", *rows(tiles="FLOPs", linear="FLOPs", kept="cache"))
wrong("14.6", "only these five words", {"same answer", "memory"}, *rows()[1:])
wrong("14.6", "should be a set of words", True, False, True, False, True)
right("14.6", *rows())
right("14.6", *rows(kept="peak"))  # one row of α instead of all: both are defensible there
right(
    "14.6",
    "same answer, peak, traffic",
    ["flops", "PEAK", "traffic", "cache"],
    ("FLOPs", "peak", "cache", "traffic"),
    np.array(["same_answer", "FLOPs", "traffic"]),
    {"traffic": 1, "cache": 1},
)

# --- 14.7 how many pairs fit? ---------------------------------------------------------------------------------------


def share(found, values):
    return (found.argmax(1) == values.argmax(1)).mean()


wrong("14.7", "this is a count", lambda keys, values: share(keys @ (keys.T @ values), values) * len(keys))
wrong("14.7", "comes back wrong", lambda keys, values: 1 - share(keys @ (keys.T @ values), values))
wrong("14.7", "this is a percentage", lambda keys, values: 100 * share(keys @ (keys.T @ values), values))
wrong(
    "14.7",
    "everything comes back",
    lambda keys, values: share(np.eye(len(keys))[(keys @ keys.T).argmax(1)] @ values, values),
)
wrong("14.7", "one share is asked for", lambda keys, values: keys @ (keys.T @ values))
wrong("14.7", "this is not the share", lambda keys, values: share(keys @ (keys.T @ values[::-1]), values))
right("14.7", lambda keys, values: share(keys @ (keys.T @ values), values))


@right("14.7")
def pair_by_pair(keys, values):
    S = sum(torch.outer(torch.tensor(k), torch.tensor(v)) for k, v in zip(keys, values, strict=True))
    hits = [int((torch.tensor(k) @ S).argmax()) == int(v.argmax()) for k, v in zip(keys, values, strict=True)]
    return [sum(hits) / len(hits)]
