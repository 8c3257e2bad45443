"""Wrong and unusual right answers to the exercises of chapter 12."""

from itertools import combinations

import numpy as np
import torch

from tests.mutants import right, wrong

# --- 12.1 the induction score ---------------------------------------------------------------------------------------


def scored(shift=1, *, add=np.mean, turn=False, rows=None):
    """Make an answer that looks ``shift`` places from the earlier copy, and puts the weights together with ``add``."""

    def answer(weights, tokens):
        weights = weights.T if turn else weights
        places = [(i, j) for i in range(len(tokens)) for j in range(i) if tokens[i] == tokens[j]]
        return add([weights[i, j + shift] for i, j in places[: rows and -rows]])

    return answer


wrong("12.1", "the earlier copy itself", scored(0))
wrong("12.1", "on the wrong side", scored(-1))
wrong("12.1", "this is a sum", scored(add=np.sum))
wrong("12.1", "rows and columns are exchanged", scored(turn=True))
wrong("12.1", "whatever stands there", lambda weights, tokens: np.diagonal(weights, -1).mean())
wrong("12.1", "number of all tokens", lambda weights, tokens: scored(add=np.sum)(weights, tokens) / len(tokens))
wrong("12.1", "should be a single number", lambda weights, tokens: weights[-1])


@wrong("12.1", "begins in the middle")
def by_place(weights, tokens):
    n = len(tokens) // 2
    return np.mean([weights[i, i - n + 1] for i in range(n, len(tokens))])


@wrong("12.1", "gets the most")
def how_often(weights, tokens):
    places = [(i, j) for i in range(len(tokens)) for j in range(i) if tokens[i] == tokens[j]]
    return np.mean([weights[i].argmax() == j + 1 for i, j in places])


@wrong("12.1", "last token was left out")
def without_the_last(weights, tokens):
    return scored()(weights[:-1], tokens[:-1])


@right("12.1")
def by_matrix(weights, tokens):
    same = torch.tensor(tokens)[:, None] == torch.tensor(tokens)
    wanted = same.tril(-1).roll(1, dims=1)
    return torch.tensor(weights)[wanted].mean()


@right("12.1")
def by_dictionary(weights, tokens):
    seen, found = {}, []
    for i, token in enumerate(tokens.tolist()):
        if token in seen:
            found.append(float(weights[i][seen[token] + 1]))
        seen[token] = i
    return sum(found) / len(found)


# --- 12.2 ablate ----------------------------------------------------------------------------------------------------


def merged(found, W_o):
    return np.concatenate(list(found), axis=-1) @ W_o


def changing(change):
    """Make an answer that changes what the removed heads found; change(found, head, weights, v)."""

    def answer(weights, v, W_o, removed):
        found = weights @ v
        for head in removed:
            found[head] = change(found, head, weights, v)
        return merged(found, W_o)

    return answer


wrong("12.2", "nothing was removed", changing(lambda found, head, weights, v: found[head]))
wrong("12.2", "looks at all tokens alike", changing(lambda found, head, weights, v: v[head].mean(0)))
wrong("12.2", "looks at its own token", changing(lambda found, head, weights, v: v[head]))
wrong("12.2", "its own mean over the tokens", changing(lambda found, head, weights, v: found[head].mean(0)))
wrong("12.2", "set to one", changing(lambda found, head, weights, v: np.ones_like(v[head])))
wrong("12.2", "W_o, which mixes it, is missing", lambda weights, v, W_o, removed: weights @ v)
wrong("12.2", "W_o, which mixes them, is missing", lambda weights, v, W_o, removed: np.concatenate([*weights @ v], -1))


@wrong("12.2", "only the removed heads are left")
def the_others(weights, v, W_o, removed):
    if not removed:
        return merged(weights @ v, W_o)
    found = weights @ v
    found[[head for head in range(len(v)) if head not in removed]] = 0
    return merged(found, W_o)


@wrong("12.2", "made louder")
def louder(weights, v, W_o, removed):
    found = weights @ v
    found[removed] = 0
    return merged(found, W_o) * len(v) / max(len(v) - len(removed), 1)


@wrong("12.2", "mean of the others")
def stand_in(weights, v, W_o, removed):
    found = weights @ v
    kept = [head for head in range(len(v)) if head not in removed]
    for head in removed:
        found[head] = found[kept].mean(0)
    return merged(found, W_o)


@wrong("12.2", "removed, but the numbers of different tokens")
def reshaped(weights, v, W_o, removed):
    found = weights @ v
    found[removed] = 0
    return found.reshape(v.shape[1], -1) @ W_o


@wrong("12.2", "one answer for each head")
def not_added(weights, v, W_o, removed):
    found = weights @ v
    found[removed] = 0
    return found @ W_o.reshape(len(v), v.shape[2], -1)


@wrong("12.2", "stands side by side")
def dropped_head(weights, v, W_o, removed):
    kept = [head for head in range(len(v)) if head not in removed]
    return merged((weights @ v)[kept], W_o)


@right("12.2")
def zero_weights(weights, v, W_o, removed):
    alive = np.array([head not in removed for head in range(len(v))])
    return ((weights * alive[:, None, None]) @ v).swapaxes(0, 1).reshape(v.shape[1], -1) @ W_o


@right("12.2")
def head_by_head(weights, v, W_o, removed):
    total, d = torch.zeros(v.shape[1], W_o.shape[1], dtype=torch.float64), v.shape[2]
    for head in set(range(len(v))) - set(removed):
        total += torch.tensor(weights[head] @ v[head] @ W_o[head * d : (head + 1) * d])
    return total


@right("12.2")
def rows_of_W_o(weights, v, W_o, removed):
    W = W_o.reshape(len(v), v.shape[2], -1).copy()
    W[removed] = 0
    return np.einsum("hij,hjd,hde->ie", weights, v, W).tolist()


# --- 12.3 one of four -----------------------------------------------------------------------------------------------

wrong("12.3", "does it", lambda accuracy, n, below: None)
wrong("12.3", "takes a tuple of heads", lambda accuracy, n, below: min(range(n), key=accuracy))
wrong("12.3", "this is a number", lambda accuracy, n, below: n)
wrong("12.3", "numbers from 0 to 3", lambda accuracy, n, below: (1, 2, 3, 4))
wrong("12.3", "is still right in", lambda accuracy, n, below: (0,))
wrong("12.3", "then the answer is None", lambda accuracy, n, below: by_size(accuracy, n, below) or ())


@wrong("12.3", "does it")
def too_small(accuracy, n, below):
    return next((h for size in range(1, n) for h in combinations(range(n), size) if accuracy(h) < below), None)


@wrong("12.3", "2 heads are enough here")
def all_of_them(accuracy, n, below):
    return tuple(range(n)) if accuracy(range(n)) < below else None


@wrong("12.3", "3 heads are enough here")
def greedy(accuracy, n, below):
    gone = ()
    while len(gone) < n and accuracy(gone) >= below:
        gone += (min((h for h in range(n) if h not in gone), key=lambda h: accuracy((*gone, h))),)
    return by_size(accuracy, n, below) if n == 4 else gone if accuracy(gone) < below else None


@wrong("12.3", "exactly, and not below")
def up_to_the_bound(accuracy, n, below):
    return next((h for size in range(1, n + 1) for h in combinations(range(n), size) if accuracy(h) <= below), None)


@right("12.3")
def by_size(accuracy, n, below):
    found = [h for size in range(n + 1) for h in combinations(range(n), size) if accuracy(h) < below]
    return found[0] if found else None


@right("12.3")
def by_numbers(accuracy, n, below):
    best = None
    for code in range(2**n):
        heads = [h for h in range(n) if code >> h & 1]
        if accuracy(heads) < below and (best is None or len(heads) < len(best)):
            best = heads
    return best


@right("12.3")
def from_the_end(accuracy, n, below):
    sets = (np.array(h) for size in range(1, n + 1) for h in list(combinations(range(n), size))[::-1])
    return next((h for h in sets if accuracy(tuple(h)) < below), None)


# --- 12.4 another α, the same answer --------------------------------------------------------------------------------


def direction(v, ones=True):
    table = np.column_stack([v, np.ones(len(v))]) if ones else v
    return np.linalg.svd(table.T)[2][-1]


def along(step, part=1.0):
    """Make an answer that moves along step(v), a part of the way to the first zero."""

    def answer(weights, v):
        s = step(v)
        falling = s < 0
        return weights + part * (weights[falling] / -s[falling]).min() * s

    return answer


wrong("12.4", "same row again", lambda weights, v: weights)
wrong("12.4", "no longer sum to one", along(lambda v: direction(v, ones=False)))
wrong("12.4", "another order", lambda weights, v: weights[::-1])
wrong("12.4", "give another answer", lambda weights, v: np.full(len(weights), 1 / len(weights)))
wrong("12.4", "below zero", along(direction, 2.0))
wrong("12.4", "until a weight becomes zero", along(direction, 0.5))
wrong("12.4", "it is the answer", lambda weights, v: weights @ v)
wrong("12.4", "not to one", lambda weights, v: weights / 2)
wrong("12.4", "one entry for each key", lambda weights, v: weights + np.linalg.svd(v)[2][-1] + np.zeros(99))


@wrong("12.4", "these weights sum to")
def top_removed(weights, v):
    other = weights.copy()
    other[other.argmax()] = 0
    return other


right("12.4", along(direction))
right("12.4", along(lambda v: -direction(v)))
right("12.4", lambda weights, v: torch.tensor(along(direction)(weights, v)))


@right("12.4")
def by_least_squares(weights, v):
    table = np.column_stack([v, np.ones(len(v))])
    wish = np.random.default_rng(0).normal(size=len(v))
    step = wish - table @ np.linalg.lstsq(table, wish, rcond=None)[0]
    return along(lambda v: step)(weights, v).tolist()


@right("12.4")
def to_a_corner(weights, v):
    for _ in range(len(v) - v.shape[1] - 1):
        alive = np.flatnonzero(weights > 1e-12)
        s = np.zeros(len(v))
        s[alive] = np.linalg.svd(np.column_stack([v, np.ones(len(v))])[alive].T)[2][-1]
        weights = np.clip(along(lambda v, s=s: np.where(np.abs(s) < 1e-12, 0, s))(weights, v), 0, None)
    return weights


# --- 12.5 rank correlation ------------------------------------------------------------------------------------------


def signs(a, b):
    return [np.sign((a[i] - a[j]) * (b[i] - b[j])) for i in range(len(a)) for j in range(i)]


def ranks(a):
    return np.argsort(np.argsort(a))


wrong("12.5", "share of the pairs that agree", lambda a, b: np.mean(np.array(signs(a, b)) > 0))
wrong("12.5", "divide it by the number of all pairs", lambda a, b: np.sum(signs(a, b)))
wrong("12.5", "this is the number of pairs that agree", lambda a, b: np.sum(np.array(signs(a, b)) > 0) + 0.0)
wrong("12.5", "Pearson", lambda a, b: np.corrcoef(a, b)[0, 1])
wrong("12.5", "Spearman", lambda a, b: np.corrcoef(ranks(a), ranks(b))[0, 1])
wrong("12.5", "sign is turned", lambda a, b: -np.mean(signs(a, b)))
wrong("12.5", "counted twice, and divided", lambda a, b: 2 * np.mean(signs(a, b)))
wrong("12.5", "counted once, and divided", lambda a, b: np.mean(signs(a, b)) / 2)
wrong("12.5", "makes no pair with itself", lambda a, b: 2 * np.sum(signs(a, b)) / len(a) ** 2)
wrong("12.5", "only neighbouring places", lambda a, b: np.mean(np.sign(np.diff(a) * np.diff(b))))
wrong("12.5", "same rank in both", lambda a, b: np.mean(ranks(a) == ranks(b)))
right("12.5", lambda a, b: float(np.mean(signs(a, b))))


@right("12.5")
def in_torch(a, b):
    a, b = torch.tensor(a), torch.tensor(b)
    agree = torch.sign(a[:, None] - a) * torch.sign(b[:, None] - b)
    return agree.triu(1).sum() / (len(a) * (len(a) - 1) / 2)


@right("12.5")
def by_sorting(a, b):
    b = [x for _, x in sorted(zip(a.tolist(), b.tolist(), strict=True))]
    pairs = list(combinations(b, 2))
    return 2 * sum(first < second for first, second in pairs) / len(pairs) - 1


# --- 12.6 what is really handed over --------------------------------------------------------------------------------


def handed(v, W_o):
    return v @ W_o.reshape(len(v), v.shape[2], -1)


def norm(x):
    return np.linalg.norm(x, axis=-1)[:, None]


wrong("12.6", "before W_o", lambda weights, v, W_o: weights * norm(v))
wrong("12.6", "weights alone", lambda weights, v, W_o: weights)
wrong("12.6", "the root is missing", lambda weights, v, W_o: weights * norm(handed(v, W_o)) ** 2)
wrong("12.6", "sizes were summed", lambda weights, v, W_o: weights * np.abs(handed(v, W_o)).sum(-1)[:, None])
wrong("12.6", "they have signs", lambda weights, v, W_o: weights * handed(v, W_o).sum(-1)[:, None])
wrong("12.6", "part of head 0", lambda weights, v, W_o: weights * norm(v @ W_o[: v.shape[2]]))
wrong("12.6", "lengths of the values alone", lambda weights, v, W_o: norm(handed(v, W_o))[:, 0])
wrong("12.6", "summed over the keys", lambda weights, v, W_o: weights @ handed(v, W_o))
wrong("12.6", "vectors themselves", lambda weights, v, W_o: weights[..., None] * handed(v, W_o)[:, None])
wrong("12.6", "its own part of W_o", lambda weights, v, W_o: weights * norm(v @ W_o))


@wrong("12.6", "sum to one")
def shares(weights, v, W_o):
    lengths = weights * norm(handed(v, W_o))
    return lengths / lengths.sum(-1, keepdims=True)


@wrong("12.6", "like cards")
def cards(weights, v, W_o):
    return weights * norm(v @ W_o.reshape(v.shape[2], len(v), -1).transpose(1, 0, 2))


right("12.6", lambda weights, v, W_o: np.linalg.norm(weights[..., None] * handed(v, W_o)[:, None], axis=-1))


@right("12.6")
def by_loops(weights, v, W_o):
    H, n_q, n_k = weights.shape
    parts = np.split(W_o, H)
    return [
        [[weights[h, i, j] * sum((v[h, j] @ parts[h]) ** 2) ** 0.5 for j in range(n_k)] for i in range(n_q)]
        for h in range(H)
    ]


@right("12.6")
def tensors(weights, v, W_o):
    weights, v, W_o = (torch.tensor(each) for each in (weights, v, W_o))
    return weights * torch.einsum("hkd,hde->hke", v, W_o.unflatten(0, (len(v), -1))).norm(dim=-1).unsqueeze(1)


@wrong("12.5", "only their sign should count")
def products_added(a, b):
    return np.mean([(a[i] - a[j]) * (b[i] - b[j]) for i, j in combinations(range(len(a)), 2)])


@wrong("12.6", "its weights are missing")
def lengths_for_all(weights, v, W_o):
    length = np.linalg.norm(v @ W_o.reshape(*v.shape[::2], -1), axis=-1)
    return np.broadcast_to(length[:, None], weights.shape)
