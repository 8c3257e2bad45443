"""Wrong and unusual right answers to the exercises of chapter 08."""

import numpy as np
import torch

from tests.mutants import right, wrong

# --- 8.1 split and merge --------------------------------------------------------------------------------------------


def split(x, H):
    return x.reshape(*x.shape[:2], H, -1).swapaxes(1, 2)


def merge(h):
    return h.swapaxes(1, 2).reshape(h.shape[0], h.shape[2], -1)


wrong("8.1", "the tokens were cut", lambda x, H: x.reshape(x.shape[0], H, x.shape[1], -1), merge)
wrong("8.1", "stand behind the tokens", lambda x, H: x.reshape(*x.shape[:2], H, -1), merge)
wrong("8.1", "like cards", lambda x, H: x.reshape(*x.shape[:2], -1, H).transpose(0, 3, 1, 2), merge)
wrong("8.1", "before the batch", lambda x, H: np.stack(np.split(x, H, axis=-1)), merge)
wrong("8.1", "tokens come first and features last", lambda x, H: split(x, H).swapaxes(2, 3), merge)
wrong("8.1", "not the features of one", lambda x, H: x.reshape(*x.shape[:2], x.shape[2] // H, H).swapaxes(1, 2), merge)
wrong("8.1", "nothing was split", lambda x, H: x, merge)
wrong("8.1", "opposite order: the first", lambda x, H: split(x, H)[:, ::-1], merge)
wrong("8.1", "which two change places", lambda x, H: x.reshape(x.shape[0], H, -1) @ np.ones((2, 2)), merge)
wrong("8.1", "numbers of different tokens are mixed", split, lambda h: h.reshape(h.shape[0], h.shape[2], -1))
wrong("8.1", "of the heads alternate", split, lambda h: h.transpose(0, 2, 3, 1).reshape(h.shape[0], h.shape[2], -1))
wrong("8.1", "the heads were added up", split, lambda h: h.sum(axis=1))
wrong("8.1", "merge_heads: it returned nothing", split, lambda h: None)
wrong("8.1", "one below the other", split, lambda h: h.reshape(h.shape[0], -1, h.shape[3]))
wrong("8.1", "merged in the opposite order", split, lambda h: merge(h[:, ::-1]))
right(
    "8.1", lambda x, H: np.stack(np.split(x, H, axis=-1), axis=1), lambda h: np.concatenate(list(h.swapaxes(0, 1)), -1)
)
right(
    "8.1",
    lambda x, H: torch.tensor(x).unflatten(-1, (H, -1)).permute(0, 2, 1, 3),
    lambda h: torch.tensor(h).permute(0, 2, 1, 3).flatten(2),
)
right(
    "8.1",
    lambda x, H: [[s[:, i * (s.shape[1] // H) : (i + 1) * (s.shape[1] // H)].tolist() for i in range(H)] for s in x],
    lambda h: [[[number for head in s for number in head[t]] for t in range(h.shape[2])] for s in h],
)

# --- 8.2 two heads subtract -----------------------------------------------------------------------------------------


def rows(n, *steps):
    return np.stack([np.eye(n)[np.clip(np.arange(n) + step, 0, n - 1)] for step in steps])


wrong("8.2", "weight below zero", lambda n: (rows(n, 1, -1) * np.array([1, -1])[:, None, None], [1, 1]))
wrong("8.2", "yesterday minus tomorrow", lambda n: (rows(n, -1, 1), [1, -1]))
wrong("8.2", "both heads are added", lambda n: (rows(n, 1, -1), np.ones(2)))
wrong("8.2", "tomorrow minus today", lambda n: (rows(n, 1, 0), [1, -1]))
wrong("8.2", "today minus yesterday", lambda n: (rows(n, 0, -1), [1, -1]))
wrong("8.2", "closed to a ring", lambda n: (np.stack([np.roll(np.eye(n), s, axis=1) for s in (1, -1)]), [1, -1]))
wrong("8.2", "at an end a row", lambda n: (np.stack([np.eye(n, k=1), np.eye(n, k=-1)]), [1, -1]))
wrong("8.2", "half of the difference", lambda n: (rows(n, 1, -1), [0.5, -0.5]))
wrong("8.2", "the two heads cancel", lambda n: (rows(n, 1, 1), [1, -1]))
wrong("8.2", "weights of one head", lambda n: (rows(n, 1)[0] / 2 + rows(n, -1)[0] / 2, [1, -1]))
wrong("8.2", "two things", lambda n: rows(n, 1, -1)[0] - rows(n, 1, -1)[1])
wrong("8.2", "does not sum to one, so", lambda n: (rows(n, 1, -1) * 2, [0.5, -0.5]))


@wrong("8.2", "replace only the missing day")
def both_stay_at_the_ends(n):
    weights = rows(n, 1, -1)
    weights[:, 0], weights[:, -1] = np.eye(n)[0], np.eye(n)[-1]
    return weights, [1, -1]


right("8.2", lambda n: (rows(n, -1, 1).tolist(), (-1, 1)))
right("8.2", lambda n: (0.5 * rows(n, 1, -1) + 0.5 * rows(n, 0, 0), np.array([[2.0], [-2.0]])))


@right("8.2")
def by_loops(n):
    weights = torch.zeros(2, n, n)
    for i in range(n):
        weights[0, i, min(i + 1, n - 1)] = weights[1, i, max(i - 1, 0)] = 1
    return weights, torch.tensor([1, -1])


# --- 8.3 who shares with whom ---------------------------------------------------------------------------------------

wrong("8.3", "neighbours should share", lambda k, H: np.tile(k, (1, H // k.shape[1], 1, 1)))
wrong("8.3", "each head was copied n_heads times", lambda k, H: np.repeat(k, H, axis=1))
wrong("8.3", "sequences of the batch", lambda k, H: np.repeat(k, H // k.shape[1], axis=0))
wrong("8.3", "tokens were repeated", lambda k, H: np.repeat(k, H // k.shape[1], axis=2))
wrong("8.3", "features were repeated", lambda k, H: np.repeat(k, H // k.shape[1], axis=-1))
wrong("8.3", "in one row", lambda k, H: np.repeat(k, H // k.shape[1]))
wrong("8.3", "all query heads got key head 0", lambda k, H: np.repeat(k[:, :1], H, axis=1))
wrong("8.3", "were averaged", lambda k, H: np.repeat(k.mean(axis=1, keepdims=True), H, axis=1))
wrong("8.3", "an axis of their own", lambda k, H: np.repeat(k[:, :, None], H // k.shape[1], axis=2))
wrong("8.3", "opposite order", lambda k, H: np.repeat(k[:, ::-1], H // k.shape[1], axis=1))
right("8.3", lambda k, H: k[:, np.arange(H) * k.shape[1] // H])
right("8.3", lambda k, H: torch.tensor(k).repeat_interleave(H // k.shape[1], dim=1))
right("8.3", lambda k, H: [[list(s[h // (H // len(s))]) for h in range(H)] for s in k.tolist()])

# --- 8.4 the bill ---------------------------------------------------------------------------------------------------


def altered(parameters=None, products=None, weights=None):
    """Make an answer that is right but for the parts given, each a function of n, d, H, G (and the right part)."""

    def answer(n, d, H, G):
        p = 2 * d * d + 2 * d * G * (d // H)
        whole = [p, n * p + 2 * n * n * d, H * n * n]
        return tuple(
            change(n, d, H, G, part) if change else part
            for change, part in zip((parameters, products, weights), whole, strict=True)
        )

    return answer


wrong("8.4", "grow with the heads", altered(lambda n, d, H, G, p: 4 * H * d * d))
wrong("8.4", "only three of the four tables", altered(lambda n, d, H, G, p: p - d * d))
wrong("8.4", "only three of the four tables", altered(lambda n, d, H, G, p: p - d * G * (d // H)))
wrong("8.4", "should be fewer, too", altered(lambda n, d, H, G, p: 4 * d * d))
wrong("8.4", "biases are counted", altered(lambda n, d, H, G, p: p + 2 * d + 2 * G * (d // H)))
wrong("8.4", "used as the number of columns", altered(lambda n, d, H, G, p: 2 * d * d + 2 * d * G))
wrong("8.4", "keep all their columns", altered(lambda n, d, H, G, p: 4 * d * G * (d // H)))
wrong("8.4", "projections are missing", altered(products=lambda n, d, H, G, m: 2 * n * n * d))
wrong("8.4", "where are the scores", altered(products=lambda n, d, H, G, m: m - 2 * n * n * d))
wrong("8.4", "α v is missing", altered(products=lambda n, d, H, G, m: m - n * n * d))
wrong("8.4", "only one head's scores", altered(products=lambda n, d, H, G, m: m - 2 * n * n * (d - d // H)))
wrong(
    "8.4", "every query head makes its own", altered(products=lambda n, d, H, G, m: m - 2 * n * n * (d // H) * (H - G))
)
wrong("8.4", "it has d_head", altered(products=lambda n, d, H, G, m: m + 2 * n * n * d * (H - 1)))
wrong("8.4", "additions are counted", altered(products=lambda n, d, H, G, m: 2 * m))
wrong("8.4", "α counts for one head only", altered(weights=lambda n, d, H, G, w: n * n))
wrong("8.4", "counts the heads of keys", altered(weights=lambda n, d, H, G, w: G * n * n))
wrong("8.4", "second n", altered(weights=lambda n, d, H, G, w: H * n))
wrong("8.4", "three numbers", lambda n, d, H, G: 4 * d * d)
right("8.4", lambda n, d, H, G: np.array([2 * d * d * (1 + G / H), 2 * n * d * (d + d * G / H + n), H * n**2]))


right("8.4", lambda n, d, H, G: torch.tensor(by_counting(n, d, H, G)))


@right("8.4")
def by_counting(n, d, H, G):
    tables = [(d, H * (d // H)), (d, G * (d // H)), (d, G * (d // H)), (H * (d // H), d)]
    parameters = sum(a * b for a, b in tables)
    attend = sum(n * (d // H) * n + n * n * (d // H) for _ in range(H))
    return [parameters, sum(n * a * b for a, b in tables) + attend, sum(n * n for _ in range(H))]


# --- 8.5 one layer or two? ------------------------------------------------------------------------------------------

wrong("8.5", "Look at a again", 2, 1, 1, 2, 1, 2)
wrong("8.5", "One of the six is wrong. Look at b again", 1, 2, 1, 2, 1, 2)
wrong("8.5", "Look at c again", 1, 1, 2, 2, 1, 2)
wrong("8.5", "Look at d again", 1, 1, 1, 1, 1, 2)
wrong("8.5", "Look at e again", 1, 1, 1, 2, 2, 2)
wrong("8.5", "Look at f again", 1, 1, 1, 2, 1, 1)
wrong("8.5", "2 of the six are wrong. Look at b again", 1, 2, 1, 2, 1, 1)
wrong("8.5", "should be 1 or 2", "one", "one", "one", "two", "one", "two")
wrong("8.5", "should be 1 or 2", 1, 1, 1, 3, 1, 3)
right("8.5", 1, 1, 1, 2, 1, 2)
right("8.5", 1.0, np.int64(1), np.float64(1), 2.0, 1, np.int32(2))

# --- 8.6 a test that catches the wrong cut --------------------------------------------------------------------------

wrong("8.6", "every splitter pass", lambda split: True)
wrong("8.6", "refuses a splitter that works", lambda split: False)
wrong("8.6", "True or False", lambda split: split(np.zeros((2, 3, 4)), 2))


@wrong("8.6", "that cuts the tokens")
def shape_only(split):
    return split(np.arange(48).reshape(2, 3, 8), 2).shape == (2, 2, 3, 4)


@wrong("8.6", "every splitter pass")
def too_small(split):
    return bool((split(np.ones((1, 1, 4)), 1) == 1).all())


@wrong("8.6", "that cuts the tokens")
def compares_with_the_wrong_one(split):
    x = np.random.default_rng(0).normal(size=(2, 3, 8))
    return split(x, 2).shape == (2, 2, 3, 4) and np.isclose(split(x, 2).sum(), x.sum())


@wrong("8.6", "like cards")
def token_by_token(split):
    x = np.repeat(np.arange(6).reshape(2, 3, 1), 8, axis=2)
    return all((split(x, 2)[:, h] == x[:, :, :4]).all() for h in range(2)) if shape_only(split) else False


@wrong("8.6", "mixes up the sequences")
def one_sequence(split):
    x = np.arange(24).reshape(1, 3, 8)
    return bool(np.array_equal(split(x, 2)[0, 1], x[0, :, 4:]) and np.array_equal(split(x, 2)[0, 0], x[0, :, :4]))


@wrong("8.6", "gives head 0 to all heads")
def looks_at_head_0(split):
    x = np.arange(48).reshape(2, 3, 8)
    return np.array_equal(split(x, 2)[:, 0], x[:, :, :4])


@wrong("8.6", "refuses a splitter that works")
def expects_cut_tokens(split):
    x = np.arange(48).reshape(2, 3, 8)
    return np.array_equal(split(x, 2), x.reshape(2, 2, 3, 4))


@wrong("8.6", "compare the shapes first")
def shapes_that_do_not_fit(split_it):
    x = np.arange(48.0).reshape(2, 3, 8)
    return np.allclose(split_it(x, 2), split(x, 2))


@right("8.6")
def in_torch(split_it):
    x = torch.arange(48).reshape(2, 3, 8)
    return torch.equal(torch.as_tensor(split_it(x, 2)), x.unflatten(-1, (2, 4)).swapaxes(1, 2))


@right("8.6")
def there_and_back(split):
    x = np.random.default_rng(0).normal(size=(2, 3, 12))
    got = split(x, 3)
    return np.shape(got) == (2, 3, 3, 4) and np.allclose(np.concatenate([got[:, h] for h in range(3)], axis=-1), x)


@right("8.6")
def number_by_number(split):
    x = np.arange(60).reshape(2, 5, 6)
    got = split(x, 2)
    places = [(b, h, t, f) for b in range(2) for h in range(2) for t in range(5) for f in range(3)]
    return np.shape(got) == (2, 2, 5, 3) and all(got[b, h, t, f] == x[b, t, 3 * h + f] for b, h, t, f in places)
