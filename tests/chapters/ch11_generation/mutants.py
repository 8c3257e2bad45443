"""Wrong and unusual right answers to the exercises of chapter 11."""

import bisect
import itertools
import math

import numpy as np
import torch

from tests.mutants import right, wrong

# --- 11.1 temperature in a sampler ----------------------------------------------------------------------------------


def softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def fall(p, luck):
    return int(np.searchsorted(np.cumsum(p), luck, side="right"))


wrong("11.1", "the temperature has no say", lambda s, T, u: fall(softmax(s), u))
wrong("11.1", "wrong way round", lambda s, T, u: fall(softmax(s * T), u))
wrong("11.1", "the chances are divided", lambda s, T, u: min(fall(softmax(s) / T, u), len(s) - 1))
wrong("11.1", "whatever the luck", lambda s, T, u: int(np.argmax(s / T)))
wrong("11.1", "every token has the same chance", lambda s, T, u: int(u * len(s)))
wrong("11.1", "token before the right one", lambda s, T, u: max(fall(softmax(s / T), u) - 1, 0))
wrong("11.1", "only the tokens 0 to 5", lambda s, T, u: fall(softmax(s / T), u) + 1)
wrong("11.1", "in another order", lambda s, T, u: len(s) - 1 - fall(softmax(s / T)[::-1], u))
wrong("11.1", "a place in the sorted row", lambda s, T, u: fall(np.sort(softmax(s / T))[::-1], u))
wrong("11.1", "number of its place", lambda s, T, u: softmax(s / T)[fall(softmax(s / T), u)])
wrong("11.1", "a single whole number", lambda s, T, u: softmax(s / T))

wrong("11.1", "has no chance at all, and it came", lambda s, T, u: int(np.searchsorted(np.cumsum(softmax(s / T)), u)))


@wrong("11.1", "do the powers overflow")
def overflows(s, T, u):
    p = np.exp(s / T)
    return fall(p / p.sum(), u) if np.isfinite(p).all() else 2


@right("11.1")
def by_subtracting(s, T, u):
    for token, chance in enumerate(softmax(np.asarray(s) / T)):
        u -= chance
        if u < 0:
            return token


@right("11.1")
def with_bisect(s, T, u):
    p = torch.softmax(torch.tensor(s) / T, dim=-1)
    return bisect.bisect(list(itertools.accumulate(p.tolist())), u)


right("11.1", lambda s, T, u: torch.tensor([fall(softmax(s / T), u)]))

# --- 11.2 top-p -------------------------------------------------------------------------------------------------------


def keep(p, places):
    left = np.zeros_like(p)
    left[places] = p[places]
    return left / left.sum() if left.sum() else left


def ranked(p):
    order = np.argsort(-p)
    return order, np.cumsum(p[order])


wrong("11.2", "do not sum to one", lambda p, m: keep(p, top(p, m)) * p[top(p, m)].sum())
wrong("11.2", "came back sorted", lambda p, m: np.sort(keep(p, top(p, m)))[::-1])
wrong("11.2", "in which they stand", lambda p, m: keep(p, np.arange(int((np.cumsum(p) < m).sum()) + 1)))
wrong("11.2", "this is top-k", lambda p, m: keep(p, np.argsort(-p)[: int(m * len(p))]))
wrong("11.2", "nothing is left out", lambda p, m: p)
wrong("11.2", "compared with the mass by itself", lambda p, m: keep(p, p >= 1 - m))
wrong("11.2", "only the kept chances", lambda p, m: p[top(p, m)] / p[top(p, m)].sum())
wrong("11.2", "for a mass of 1", lambda p, m: keep(p, top(p, m)) if m < 1 else keep(p, top(p, 0.9)[:2]))


def top(p, m):
    order, ends = ranked(p)
    return order[: int((ends < m).sum()) + 1]


@wrong("11.2", "crosses the mass is left out")
def crossing_is_dropped(p, m):
    order, ends = ranked(p)
    return keep(p, order[ends <= m])


@wrong("11.2", "nothing is left when the likeliest")
def empty_when_sure(p, m):
    return keep(p, top(p, m)) if p.max() < m else np.zeros_like(p)


@wrong("11.2", "one token too many")
def one_more(p, m):
    order, ends = ranked(p)
    return keep(p, order[: int((ends < m).sum()) + 2])


@wrong("11.2", "the unlikeliest tokens")
def ascending(p, m):
    order = np.argsort(p)
    return keep(p, order[: int((np.cumsum(p[order]) < m).sum()) + 1])


@right("11.2")
def one_by_one(p, m):
    left, total = [0.0] * len(p), 0.0
    for place in sorted(range(len(p)), key=lambda i: -p[i]):
        left[place] = float(p[place])
        total += left[place]
        if total >= m:
            break
    return [each / total for each in left]


@right("11.2")
def in_torch(p, m):
    p = torch.tensor(p)
    values, order = p.sort(descending=True)
    kept = torch.zeros_like(p).scatter(0, order, values * (values.cumsum(0) - values < m))
    return kept / kept.sum()


# --- 11.3 the cache at the edge ---------------------------------------------------------------------------------------


def ran(p, n, c, then=lambda s, c: 1 if s <= c else c, first=min):
    return [first(p, c)] + [then(s, c) for s in range(p + 1, p + n)]


wrong("11.3", "run anew at every step", lambda p, n, c: ran(p, n, c, then=min))
wrong("11.3", "used for ever", lambda p, n, c: ran(p, n, c, then=lambda s, c: 1))
wrong("11.3", "too early", lambda p, n, c: ran(p, n, c, then=lambda s, c: 1 if s < c else c))
wrong("11.3", "too late", lambda p, n, c: ran(p, n, c, then=lambda s, c: 1 if s <= c + 1 else c))
wrong("11.3", "the prompt is not counted", lambda p, n, c: ran(p, n, c, first=lambda p, c: 1))
wrong("11.3", "more tokens are run than there are places", lambda p, n, c: ran(p, n, c, first=lambda p, c: p))
wrong("11.3", "one number too many", lambda p, n, c: ran(p, n + 1, c))
wrong("11.3", "totals so far", lambda p, n, c: np.cumsum(ran(p, n, c)))
wrong("11.3", "only once", lambda p, n, c: ran(p, n, c, then=lambda s, c: c if s == max(p, c) + 1 and p <= c else 1))
wrong("11.3", "those that have to be run", lambda p, n, c: [min(s + 1, c) for s in range(p, p + n)])
wrong("11.3", "a list is asked for", lambda p, n, c: sum(ran(p, n, c)))
right("11.3", lambda p, n, c: np.array(ran(p, n, c), dtype=float))


@right("11.3")
def token_by_token(prompt, new, context):
    text, kept, counts = prompt, 0, []
    for _ in range(new):
        if text > context:
            kept = 0
        counts.append(min(text, context) - kept)
        kept = min(text, context)
        text += 1
    return tuple(counts)


# --- 11.4 perplexity by hand ------------------------------------------------------------------------------------------


def bits_of(p):
    return -np.log2(p).mean()


wrong("11.4", "the bits are negative", lambda p: (np.log2(p).mean(), 2 ** bits_of(p)))
wrong("11.4", "these are nats", lambda p: (-np.log(p).mean(), np.exp(-np.log(p).mean())))
wrong("11.4", "the bits are added up", lambda p: (-np.log2(p).sum(), 2 ** -np.log2(p).sum()))
wrong("11.4", "averaged before the logarithm", lambda p: (-np.log2(p.mean()), 1 / p.mean()))
wrong("11.4", "as in an entropy", lambda p: (-(p * np.log2(p)).sum(), 2 ** -(p * np.log2(p)).sum()))
wrong("11.4", "e to the bits", lambda p: (bits_of(p), np.exp(bits_of(p))))
wrong("11.4", "1/p is averaged", lambda p: (bits_of(p), (1 / p).mean()))
wrong("11.4", "1 over the mean chance", lambda p: (bits_of(p), 1 / p.mean()))
wrong("11.4", "grows with the length", lambda p: (bits_of(p), 1 / p.prod()))
wrong("11.4", "mind the sign", lambda p: (bits_of(p), 2 ** -bits_of(p)))
wrong("11.4", "the two are exchanged", lambda p: (2 ** bits_of(p), bits_of(p)))
wrong("11.4", "two numbers", lambda p: bits_of(p))
wrong("11.4", "one number each", lambda p: (-np.log2(p), 1 / p))
wrong("11.4", "with 5,000 characters", lambda p: (-np.log2(p.prod()) / len(p), (1 / p.prod()) ** (1 / len(p))))
right(
    "11.4", lambda p: [sum(math.log2(1 / each) for each in p) / len(p), math.prod(each ** (-1 / len(p)) for each in p)]
)


@right("11.4")
def as_a_loss(p):
    nats = -torch.tensor(p).log().mean()
    return torch.stack([nats / math.log(2), nats.exp()])


# --- 11.5 make it repeat itself, and stop it --------------------------------------------------------------------------


def following(tokens, n):
    return [tokens[i] for i in range(n - 1, len(tokens)) if tokens[i - n + 1 : i] == tokens[len(tokens) - n + 1 :]]


def forbid(scores, tokens, value=-np.inf):
    scores = scores.copy()
    scores[list(tokens)] = value
    return scores


wrong("11.5", "every token that was used", lambda s, t, n: forbid(s, t))
wrong("11.5", "e⁰ is 1", lambda s, t, n: forbid(s, following(t, n), 0))
wrong("11.5", "one token too many is compared", lambda s, t, n: forbid(s, following(t, n + 1)))
wrong("11.5", "one token too few is compared", lambda s, t, n: forbid(s, following(t, max(n - 1, 1))))
wrong("11.5", "only the first place", lambda s, t, n: forbid(s, following(t, n)[:1]))
wrong("11.5", "only the latest place", lambda s, t, n: forbid(s, following(t, n)[-1:]))
wrong("11.5", "stands there already", lambda s, t, n: forbid(s, t[-1:] if following(t, n) else []))
wrong("11.5", "the other way round", lambda s, t, n: forbid(s, set(range(6)) - set(following(t, n))))
wrong("11.5", "only lowered a little", lambda s, t, n: s - np.isin(np.arange(6), following(t, n)))
wrong("11.5", "nothing is forbidden", lambda s, t, n: s.copy())
wrong("11.5", "all scores should come back", lambda s, t, n: np.delete(s, following(t, n)))


@wrong("11.5", "it changed the array")
def in_place(scores, tokens, n):
    scores[following(tokens, n)] = -np.inf
    return scores


@right("11.5")
def with_a_dictionary(scores, tokens, n):
    after = {}
    for i in range(len(tokens) - n + 1):
        *start, end = tokens[i : i + n]
        after.setdefault(tuple(start), set()).add(end)
    last = tuple(tokens[len(tokens) - n + 1 :]) if n > 1 else ()
    return [-math.inf if t in after.get(last, ()) else float(x) for t, x in enumerate(scores)]


@right("11.5")
def tries_every_token(scores, tokens, n):
    scores = torch.tensor(scores)
    for token in range(len(scores)):
        longer = [*tokens, token]
        stretches = [longer[i : i + n] for i in range(len(longer) - n + 1)]
        if stretches and stretches[-1] in stretches[:-1]:
            scores[token] = -1e9
    return scores
