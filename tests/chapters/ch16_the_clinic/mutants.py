"""Wrong and unusual right mendings of chapter 16."""

import numpy as np
import torch

from tests.mutants import right, wrong
from utils.attention import attention, causal_mask, rotary, softmax
from utils.chapters.ch16_the_clinic import broken

root = np.sqrt

# --- 16.1 the turned weights ------------------------------------------------------------------------------------------


def scores_of(q, k):
    return q @ k.T / root(q.shape[1])


wrong("16.1", "still sums down the columns", lambda q, k, v: broken.average(q, k, v))
wrong("16.1", "runs down the columns", lambda q, k, v: softmax(scores_of(q, k), 0) @ v)
wrong("16.1", "have changed places", lambda q, k, v: softmax(scores_of(k, q)) @ v)
wrong("16.1", "division by √d has gone", lambda q, k, v: softmax(q @ k.T) @ v)
wrong("16.1", "hears everybody alike", lambda q, k, v: np.repeat(v.mean(0, keepdims=True), len(q), 0))
wrong("16.1", "is a mean now", lambda q, k, v: softmax(scores_of(q, k)) @ v / len(k))
wrong("16.1", "these are the weights", lambda q, k, v: softmax(scores_of(q, k)))
wrong("16.1", "two things came back", lambda q, k, v: attention(q, k, v))
wrong("16.1", "belongs to the keys", lambda q, k, v: softmax(scores_of(q, k)) @ v if len(q) == len(k) else broken.average(q, k, v))  # fmt: skip
right("16.1", lambda q, k, v: softmax(scores_of(k, q), 0).T @ v)
right("16.1", lambda q, k, v: np.einsum("ij,jd->id", softmax(scores_of(q, k)), v))
right("16.1", lambda q, k, v: (v.T @ softmax(scores_of(q, k)).T).T.tolist())
right("16.1", lambda q, k, v: torch.softmax(torch.tensor(scores_of(q, k)), 1) @ torch.tensor(v))

# --- 16.2 the wrong axis of a batch -----------------------------------------------------------------------------------


def shared(of_max, of_sum):
    def answer(scores):
        e = np.exp(scores - scores.max(axis=of_max, keepdims=True))
        return e / e.sum(axis=of_sum, keepdims=True)

    return answer


wrong("16.2", "over the queries: look", lambda s: broken.share_out(s))
wrong("16.2", "maximum is still taken over the queries", shared(1, -1))
wrong("16.2", "over the queries: look", shared(-1, 1))
wrong("16.2", "among each other", shared(0, 0))
wrong("16.2", "a whole sequence shares", shared((1, 2), (1, 2)))
wrong("16.2", "everything together", shared(None, None))
wrong("16.2", "are turned", lambda s: softmax(s).swapaxes(1, 2).reshape(s.shape))
wrong("16.2", "nothing was divided", lambda s: np.exp(s))
wrong("16.2", "stays, with length one", lambda s: np.exp(s) / np.exp(s).sum(-1))
right("16.2", shared(-1, -1))
right("16.2", shared((1, 2), 2))
right("16.2", lambda s: [softmax(each).tolist() for each in s])
right("16.2", lambda s: torch.softmax(torch.tensor(s), dim=-1))
right("16.2", lambda s: softmax(s.swapaxes(1, 2), 1).swapaxes(1, 2))

# --- 16.3 the mask that only clamps -----------------------------------------------------------------------------------

wrong("16.3", "still caps", lambda s, m: broken.weigh_allowed(s, m))
wrong("16.3", "got the score 0", lambda s, m: softmax(np.where(m, s, 0.0)))
wrong("16.3", "got the score 0", lambda s, m: softmax(s * m))
wrong("16.3", "forbids what is allowed", lambda s, m: softmax(np.where(m, -np.inf, s)))
wrong("16.3", "comes after the softmax", lambda s, m: softmax(s) * m)
wrong("16.3", "adding 0 or 1", lambda s, m: softmax(s + m))
wrong("16.3", "nothing is forbidden", lambda s, m: softmax(s))
wrong("16.3", "no finite score is low enough", lambda s, m: softmax(np.where(m, s, -10.0)))
wrong("16.3", "were cut off at 1", lambda s, m: softmax(np.minimum(s, np.where(m, 1, -np.inf))))
wrong("16.3", "do not get what a softmax", lambda s, m: m / m.sum(1, keepdims=True))
right("16.3", lambda s, m: softmax(np.minimum(s, np.where(m, np.inf, -np.inf))))
right("16.3", lambda s, m: softmax(s + np.where(m, 0, -1e9)))
right("16.3", lambda s, m: softmax(s) * m / (softmax(s) * m).sum(1, keepdims=True))
right("16.3", lambda s, m: torch.softmax(torch.tensor(s).masked_fill(~torch.tensor(m), -torch.inf), -1))

# --- 16.4 the mask that comes too late --------------------------------------------------------------------------------


def late(divide):
    return lambda q, k, v, m: divide(softmax(scores_of(q, k)) * m, m) @ v


wrong("16.4", "does not sum to one", lambda *a: broken.average_allowed(*a))
wrong("16.4", "gets NaN", late(lambda w, m: w / w.sum(1, keepdims=True)))
wrong("16.4", "along the columns", late(lambda w, m: w / np.where(w.sum(0) == 0, 1, w.sum(0))))
wrong("16.4", "by the number of allowed keys", late(lambda w, m: w / np.maximum(m.sum(1, keepdims=True), 1)))
wrong("16.4", "got the score 0", lambda q, k, v, m: softmax(np.where(m, scores_of(q, k), 0.0)) @ v)
wrong("16.4", "should get zeros", lambda q, k, v, m: softmax(np.where(m, scores_of(q, k), -1e9)) @ v)
wrong("16.4", "forbids what is allowed", lambda q, k, v, m: attention(q, k, v, ~m)[0])
wrong("16.4", "nothing is forbidden", lambda q, k, v, m: attention(q, k, v)[0])
wrong("16.4", "the division by √d is gone", lambda q, k, v, m: attention(q, k, v, m, scale=1)[0])
right("16.4", lambda q, k, v, m: attention(q, k, v, m)[0])
right("16.4", late(lambda w, m: w / np.maximum(w.sum(1, keepdims=True), 1e-30)))
right("16.4", late(lambda w, m: w / (w.sum(1, keepdims=True) + ~m.any(1, keepdims=True))))
right("16.4", late(lambda w, m: np.nan_to_num(w / w.sum(1, keepdims=True))))


@right("16.4")
def row_by_row(q, k, v, m):
    rows = [attention(q[i : i + 1], k[m[i]], v[m[i]])[0] if m[i].any() else 0 * v[:1] for i in range(len(q))]
    return np.concatenate(rows)


# --- 16.5 too large for e ---------------------------------------------------------------------------------------------


def normal(e):
    return e / e.sum(-1, keepdims=True)


wrong("16.5", "e to the 1000 is too large", lambda s: broken.weigh(s))
wrong("16.5", "cut off at a ceiling", lambda s: broken.weigh(np.clip(s, -700, 700)))
wrong("16.5", "cut off at a ceiling", lambda s: broken.weigh(np.clip(s, -50, 50)))
wrong("16.5", "divided by the largest", lambda s: broken.weigh(s / np.abs(s).max()))
wrong("16.5", "no NaN any more", lambda s: np.nan_to_num(broken.weigh(s)))
wrong("16.5", "what suits one row", lambda s: broken.weigh(s - s.max()) if s.shape != (2, 3) else softmax(s))
wrong("16.5", "e to the −1000 is 0", lambda s: broken.weigh(np.minimum(s, s - s.max(-1, keepdims=True))) if s.max() > 0 else broken.weigh(s))  # fmt: skip
wrong("16.5", "thousands apart", lambda s: broken.weigh(s - s.mean(-1, keepdims=True)))
wrong("16.5", "for small scores", lambda s: normal(np.abs(s)))
wrong("16.5", "run down the columns", lambda s: softmax(s, 0))
right("16.5", lambda s: broken.weigh(s - s.max(-1, keepdims=True)))
right("16.5", lambda s: np.exp(s - np.logaddexp.reduce(s, axis=-1, keepdims=True)))
right("16.5", lambda s: [softmax(row) for row in s])
right("16.5", lambda s: torch.softmax(torch.tensor(s), -1).numpy())
right("16.5", lambda s: 1 / np.exp(s[:, None, :] - s[:, :, None]).sum(-1))

# --- 16.6 the leaked future -------------------------------------------------------------------------------------------


def under(mask):
    return lambda q, k, v: attention(q, k, v, mask(len(q)))[0]


wrong("16.6", "still sees the one after", lambda q, k, v: broken.look_back(q, k, v))
wrong("16.6", "does not see itself", under(lambda n: np.tri(n, k=-1, dtype=bool)))
wrong("16.6", "instead of the past", under(lambda n: np.tri(n, dtype=bool).T))
wrong("16.6", "nothing is forbidden", under(lambda n: np.ones((n, n), bool)))
wrong("16.6", "itself alone", under(lambda n: np.eye(n, dtype=bool)))
wrong("16.6", "what the last one gets", lambda q, k, v: np.repeat(attention(q[-1:], k, v)[0], len(q), 0))
wrong("16.6", "and nothing else", under(lambda n: np.tri(n, dtype=bool) & ~np.tri(n, k=-2, dtype=bool)))
wrong("16.6", "two things", lambda q, k, v: attention(q, k, v, causal_mask(len(q))))
right("16.6", under(causal_mask))
right("16.6", lambda q, k, v: np.concatenate([attention(q[i : i + 1], k[: i + 1], v[: i + 1])[0] for i in range(len(q))]))  # fmt: skip
right("16.6", lambda q, k, v: attention(q, k, v, np.where(np.tri(len(q)) > 0, 0.0, -1e9))[0])

# --- 16.7 codes for the wrong axis ------------------------------------------------------------------------------------

wrong("16.7", "one code for all its places", lambda x, c: broken.add_places(x, c))
wrong("16.7", "code of the first place", lambda x, c: x + c[0])
wrong("16.7", "from the end of the table", lambda x, c: x + c[-x.shape[1] :])
wrong("16.7", "run backwards", lambda x, c: x + c[: x.shape[1]][::-1])
wrong("16.7", "start at 1", lambda x, c: x + c[1 : x.shape[1] + 1])
wrong("16.7", "multiplied", lambda x, c: x * c[: x.shape[1]])
wrong("16.7", "nothing was added", lambda x, c: x)
wrong("16.7", "sum of all codes", lambda x, c: x + c[: x.shape[1]].sum(0))
wrong("16.7", "counts the places", lambda x, c: x + c[: len(x)])
wrong("16.7", "changed the array it was given", lambda x, c: np.add(x, c[: x.shape[1]], out=x))
right("16.7", lambda x, c: x + c[: x.shape[1]])
right("16.7", lambda x, c: np.stack([x[:, t] + c[t] for t in range(x.shape[1])], 1))
right("16.7", lambda x, c: [[(row[t] + c[t]).tolist() for t in range(len(row))] for row in x])
right("16.7", lambda x, c: torch.tensor(x) + torch.tensor(c)[None, : x.shape[1]])

# --- 16.8 is_causal, with a cache -------------------------------------------------------------------------------------


def sees(mask):
    def answer(q, k, v):
        n_q, n_k = len(q), len(k)
        allowed = mask(torch.arange(n_q)[:, None], torch.arange(n_k), n_k - n_q)
        return attention(q, k, v, allowed.expand(n_q, n_k))[0]

    return answer


def is_causal_again(q, k, v):
    return torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=len(q) > 1)


wrong("16.8", "beside the first key", sees(lambda i, j, behind: j <= i))
wrong("16.8", "beside the first key", is_causal_again)
wrong("16.8", "now hear what comes after", lambda q, k, v: attention(q, k, v)[0])
wrong("16.8", "do not see themselves", sees(lambda i, j, behind: j < i + behind))
wrong("16.8", "one place too many", sees(lambda i, j, behind: j <= i + behind + 1))
wrong("16.8", "the cache is not looked at", sees(lambda i, j, behind: (j >= behind) & (j <= i + behind)))
wrong("16.8", "none of the new", lambda q, k, v: attention(q, k[: -len(q)], v[: -len(q)])[0] if len(k) > len(q) else sees(lambda i, j, b: j <= i)(q, k, v))  # fmt: skip
wrong("16.8", "and nothing else", sees(lambda i, j, behind: j >= i))
right("16.8", sees(lambda i, j, behind: j <= i + behind))
right("16.8", lambda q, k, v: attention(q, k, v, causal_mask(len(q), len(k), len(k) - len(q), like=q))[0])
right("16.8", lambda q, k, v: torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=torch.ones(len(q), len(k)).tril(len(k) - len(q)).bool()))  # fmt: skip
right("16.8", lambda q, k, v: torch.cat([torch.softmax(k[: len(k) - len(q) + i + 1] @ q[i] / 2, 0)[None] @ v[: len(k) - len(q) + i + 1] for i in range(len(q))]))  # fmt: skip

# --- 16.9 turned twice ------------------------------------------------------------------------------------------------


def stepping(turn_q=lambda q, n: rotary(q, np.array([n])), turn_k=rotary, turn_v=lambda v, places: v):
    """Make a step that keeps raw keys, and turns them all as told."""

    def answer(cache, q, k, v):
        keys, values = np.concatenate([cache[0], k]), np.concatenate([cache[1], v])
        places = np.arange(len(keys))
        turned = turn_k(keys, places), turn_v(values, places)
        return attention(turn_q(q, len(keys) - 1), *turned)[0], (keys, values)

    return answer


wrong("16.9", "again and again", lambda *a: broken.step(*a))
wrong("16.9", "query is not turned", stepping(turn_q=lambda q, n: q))
wrong("16.9", "keys are not turned", stepping(turn_k=lambda k, places: k))
wrong("16.9", "nothing is turned", stepping(lambda q, n: q, lambda k, places: k))
wrong("16.9", "keys are not turned", stepping(turn_k=lambda k, places: rotary(k, 0 * places)))
wrong("16.9", "query is turned to the place after", stepping(turn_q=lambda q, n: rotary(q, np.array([n + 1]))))
wrong("16.9", "values carry no place", stepping(turn_v=lambda v, places: rotary(v, places) if v.shape[1] % 2 == 0 else v))  # fmt: skip
wrong("16.9", "forgotten the others", lambda cache, q, k, v: (attention(q, k, v)[0], cache))
wrong("16.9", "two things", lambda cache, q, k, v: broken.step(cache, q, k, v)[0])
wrong("16.9", "came back as None", lambda cache, q, k, v: (broken.step(cache, q, k, v)[0], None))
right("16.9", stepping())


@right("16.9")
def only_the_new(cache, q, k, v):
    place = np.array([len(cache[0])])
    keys, values = np.concatenate([cache[0], rotary(k, place)]), np.concatenate([cache[1], v])
    return attention(rotary(q, place), keys, values)[0], (keys, values)


@right("16.9")
def relative(cache, q, k, v):
    """Only distances count, so the query may stay and the keys be turned back."""
    keys, values = np.concatenate([cache[0], k]), np.concatenate([cache[1], v])
    return attention(q, rotary(keys, np.arange(len(keys)) - (len(keys) - 1)), values)[0], [keys, values]


# --- 16.10 divided by d -----------------------------------------------------------------------------------------------

wrong("16.10", "still divided by d", lambda q, k: broken.score(q, k))
wrong("16.10", "still divided by d", lambda q, k: (q / root(q.shape[1])) @ (k / root(k.shape[1])).T)
wrong("16.10", "not divided at all", lambda q, k: q @ k.T)
wrong("16.10", "multiplied by √d", lambda q, k: q @ k.T * root(q.shape[1]))
wrong("16.10", "number of queries or keys", lambda q, k: q @ k.T / root(len(k)))
wrong("16.10", "these are the weights", lambda q, k: softmax(q @ k.T / root(q.shape[1])))
wrong("16.10", "this is a cosine", lambda q, k: q @ k.T / np.linalg.norm(q, axis=1)[:, None] / np.linalg.norm(k, axis=1))  # fmt: skip
wrong("16.10", "spread near 1", lambda q, k: q @ k.T / (q @ k.T).std())
right("16.10", lambda q, k: (q / q.shape[1] ** 0.25) @ (k / k.shape[1] ** 0.25).T)
right("16.10", lambda q, k: np.einsum("id,jd->ij", q, k) * q.shape[-1] ** -0.5)
right("16.10", lambda q, k: [[sum(a * b for a, b in zip(x, y, strict=True)) / len(x) ** 0.5 for y in k] for x in q])
wrong("16.10", "spread near 1", lambda q, k: q @ k.T / 16)
wrong("16.5", "no NaN any more", lambda x: (lambda e: e / e.sum(-1, keepdims=True))(np.exp(x.clip(None, 709))))
wrong("16.3", "no softmax has seen", lambda scores, mask: np.where(mask, scores, -np.inf))
