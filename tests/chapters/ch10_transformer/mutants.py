"""Wrong and unusual right answers to the exercises of chapter 10."""

import numpy as np
import torch

from tests.mutants import right, wrong

# --- 10.1 layer norm --------------------------------------------------------------------------------------------------


def norm(x, axis=-1, power=0.5, ddof=0, eps=1e-5):
    variance = x.var(axis=axis, keepdims=True, ddof=ddof) + eps
    return (x - x.mean(axis=axis, keepdims=True)) / variance**power


wrong("10.1", "over the tokens: then", lambda x: norm(x, 1))
wrong("10.1", "over the batch: then", lambda x: norm(x, 0))
wrong("10.1", "over rows and tokens together", lambda x: norm(x, (0, 1)))
wrong("10.1", "for all tokens of a row", lambda x: norm(x, (1, 2)))
wrong("10.1", "for everything", lambda x: norm(x, None))
wrong("10.1", "by the variance, not by its square root", lambda x: norm(x, power=1))
wrong("10.1", "the size left as it was", lambda x: x - x.mean(-1, keepdims=True))
wrong("10.1", "the other norm, RMS", lambda x: x / np.sqrt((x**2).mean(-1, keepdims=True)))
wrong("10.1", "the mean is still in them", lambda x: x / x.std(-1, keepdims=True))
wrong("10.1", "divided by d - 1", lambda x: norm(x, ddof=1))
wrong("10.1", "has length 1 now", lambda x: norm(x) / np.sqrt(x.shape[-1]))
wrong(
    "10.1",
    "gives NaN or infinity: its variance is 0",
    lambda x: np.divide(x - x.mean(-1, keepdims=True), x.std(-1, keepdims=True)),
)
wrong("10.1", "axis of length 1", lambda x: (x - x.mean(-1)) / x.std(-1))
wrong("10.1", "came back as it was", lambda x: x)
wrong(
    "10.1",
    "this is a softmax",
    lambda x: np.exp(x - x.max(-1, keepdims=True)) / np.exp(x - x.max(-1, keepdims=True)).sum(-1, keepdims=True),
)
right("10.1", norm)
right("10.1", lambda x: torch.nn.functional.layer_norm(torch.tensor(x), x.shape[-1:]))
right("10.1", lambda x: (x - x.mean(-1, keepdims=True)) / (x.std(-1, keepdims=True) + 1e-6))


@right("10.1")
def token_by_token(x):
    out = np.zeros_like(x)
    for b in range(len(x)):
        for t in range(x.shape[1]):
            features = x[b, t].tolist()
            mean = sum(features) / len(features)
            size = (sum((f - mean) ** 2 for f in features) / len(features) + 1e-8) ** 0.5
            out[b, t] = [(f - mean) / size for f in features]
    return out.tolist()


# --- 10.2 a block -----------------------------------------------------------------------------------------------------

wrong("10.2", "each part replaces what came in", lambda x, attend, feed, norm: feed(norm(attend(norm(x)))))
wrong("10.2", "replaces what attention found", lambda x, attend, feed, norm: feed(norm(x + attend(norm(x)))))
wrong("10.2", "stand after the sums", lambda x, a, f, n: n(n(x + a(x)) + f(n(x + a(x)))))
wrong("10.2", "there are no norms", lambda x, a, f, n: x + a(x) + f(x + a(x)))
wrong("10.2", "the second part sees tokens that are not", lambda x, a, f, n: x + a(n(x)) + f(x + a(n(x))))
wrong("10.2", "the first part sees tokens that are not", lambda x, a, f, n: x + a(x) + f(n(x + a(x))))
wrong("10.2", "both parts see the same x", lambda x, a, f, n: x + a(n(x)) + f(n(x)))
wrong("10.2", "comes first here", lambda x, a, f, n: x + f(n(x)) + a(n(x + f(n(x)))))
wrong("10.2", "only the first part", lambda x, a, f, n: x + a(n(x)))
wrong("10.2", "only the second part", lambda x, a, f, n: x + f(n(x)))
wrong("10.2", "is lost or doubled", lambda x, a, f, n: x + f(n(x + a(n(x)))))
wrong("10.2", "one norm too many", lambda x, a, f, n: n(x + a(n(x)) + f(n(x + a(n(x))))))
wrong("10.2", "put on what a part returns", lambda x, a, f, n: x + n(a(x)) + n(f(x + n(a(x)))))


@wrong("10.2", "starts from the normalised tokens")
def forgets_x(x, attend, feed, norm):
    x = norm(x)
    x = x + attend(x)
    x = norm(x)
    return x + feed(x)


@wrong("10.2", "only the second part adds")
def loses_the_first(x, attend, feed, norm):
    x = attend(norm(x))
    return x + feed(norm(x))


right("10.2", lambda x, a, f, n: f(n(x + a(n(x)))) + a(n(x)) + x)


@right("10.2")
def part_by_part(x, attend, feed, norm):
    for part in (attend, feed):
        x = np.add(x, part(norm(x)))
    return torch.tensor(x)


# --- 10.3 the loss of the next token ----------------------------------------------------------------------------------


def logs(logits, axis=-1):
    wide = logits - logits.max(axis=axis, keepdims=True)
    return wide - np.log(np.exp(wide).sum(axis=axis, keepdims=True))


def pick(logs, came):
    return np.take_along_axis(logs, came[..., None], axis=-1)[..., 0]


def shifted(logits, tokens):
    return pick(logs(logits)[:, :-1], tokens[:, 1:])


wrong("10.3", "nothing is shifted", lambda logits, t: -pick(logs(logits), t).mean())
wrong("10.3", "nothing is shifted", lambda logits, t: -pick(logs(logits)[:, :-1], t[:, :-1]).mean())
wrong("10.3", "the wrong way", lambda logits, t: -pick(logs(logits)[:, 1:], t[:, :-1]).mean())
wrong(
    "10.3",
    "the beginning of the next",
    lambda logits, t: -pick(logs(logits).reshape(-1, logits.shape[-1])[:-1], t.ravel()[1:]).mean(),
)
wrong("10.3", "first token of its row", lambda logits, t: -pick(logs(logits), np.roll(t, -1, axis=1)).mean())
wrong("10.3", "the sign is wrong", lambda logits, t: shifted(logits, t).mean())
wrong("10.3", "added up", lambda logits, t: -shifted(logits, t).sum())
wrong("10.3", "over all N places", lambda logits, t: -shifted(logits, t).sum() / t.size)
wrong("10.3", "in bits", lambda logits, t: -shifted(logits, t).mean() / np.log(2))
wrong("10.3", "the logarithm is missing", lambda logits, t: np.exp(shifted(logits, t)).mean())
wrong("10.3", "before the logarithm", lambda logits, t: -np.log(np.exp(shifted(logits, t)).mean()))
wrong("10.3", "softmax first", lambda logits, t: -pick(logits[:, :-1], t[:, 1:]).mean())
wrong("10.3", "over the places; the chances", lambda logits, t: -pick(logs(logits, axis=1)[:, :-1], t[:, 1:]).mean())
wrong("10.3", "only the last prediction", lambda logits, t: -shifted(logits, t)[:, -1].mean())
wrong("10.3", "the perplexity", lambda logits, t: np.exp(-shifted(logits, t).mean()))
wrong("10.3", "the very next token", lambda logits, t: -pick(logs(logits)[:, :-2], t[:, 2:]).mean())
wrong("10.3", "only the first row", lambda logits, t: -shifted(logits, t)[0].mean())
wrong("10.3", "losses of all places", lambda logits, t: -shifted(logits, t))


@wrong("10.3", "subtract the largest score")
def overflows(logits, tokens):
    chances = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    return -np.log(pick(chances[:, :-1], tokens[:, 1:])).mean()


@right("10.3")
def in_torch(logits, tokens):
    logits, tokens = torch.tensor(logits), torch.tensor(tokens)
    return torch.nn.functional.cross_entropy(logits[:, :-1].transpose(1, 2), tokens[:, 1:])


@right("10.3")
def by_loops(logits, tokens):
    losses = []
    for b in range(len(tokens)):
        for i in range(len(tokens[b]) - 1):
            row = logits[b, i] - max(logits[b, i])
            losses.append(np.log(sum(np.exp(row))) - row[tokens[b, i + 1]])
    return sum(losses) / len(losses)


right("10.3", lambda logits, t: float(-shifted(logits, t).mean(axis=1).mean()))

# --- 10.4 count the weights -------------------------------------------------------------------------------------------


def altered(embeddings=None, attention=None, feed=None):
    """Make an answer that is right but for the parts given, each a function of V, N, d, L."""

    def answer(V, N, d, L):
        whole = [(V + N) * d, 4 * d * d * L, 8 * d * d * L]
        parts = zip((embeddings, attention, feed), whole, strict=True)
        return tuple(change(V, N, d, L) if change else part for change, part in parts)

    return answer


wrong("10.4", "the places have vectors", altered(lambda V, N, d, L: V * d))
wrong("10.4", "the tokens have vectors", altered(lambda V, N, d, L: N * d))
wrong("10.4", "are shared, and count once", altered(lambda V, N, d, L: (2 * V + N) * d))
wrong("10.4", "they add, and do not multiply", altered(lambda V, N, d, L: V * N * d))
wrong("10.4", "each token has d_model numbers", altered(lambda V, N, d, L: V + N))
wrong("10.4", "before all layers, once", altered(lambda V, N, d, L: (V + N) * d * L))
wrong("10.4", "left out of attention", altered(attention=lambda V, N, d, L: 4 * d * d))
wrong("10.4", "four tables in a layer", altered(attention=lambda V, N, d, L: 3 * d * d * L))
wrong("10.4", "heads were counted in", altered(attention=lambda V, N, d, L: 16 * d * d * L))
wrong("10.4", "here only tables are", altered(attention=lambda V, N, d, L: L * (4 * d * d + 4 * d)))
wrong("10.4", "α were counted", altered(attention=lambda V, N, d, L: L * (4 * d * d + N * N)))
wrong("10.4", "left out of the feed-forward", altered(feed=lambda V, N, d, L: 8 * d * d))
wrong("10.4", "only one of the two tables", altered(feed=lambda V, N, d, L: 4 * d * d * L))
wrong("10.4", "four times as wide inside", altered(feed=lambda V, N, d, L: 2 * d * d * L))
wrong("10.4", "in the feed-forward network too", altered(feed=lambda V, N, d, L: L * (8 * d * d + 5 * d)))
wrong("10.4", "the same at all places", altered(feed=lambda V, N, d, L: 8 * d * d * L * N))
wrong("10.4", "on one side only", altered(feed=lambda V, N, d, L: 16 * d * d * L))
wrong("10.4", "the order is another one", lambda V, N, d, L: (4 * d * d * L, 8 * d * d * L, (V + N) * d))
wrong("10.4", "three numbers", lambda V, N, d, L: (V + N) * d + 12 * d * d * L)
right("10.4", lambda V, N, d, L: [float(V * d + N * d), float(L * 4 * d**2), float(L * 2 * d * (4 * d))])


@right("10.4")
def from_torch(V, N, d, L):
    def count(*layers):
        return sum(weight.numel() for layer in layers for weight in layer.parameters())

    attention = [torch.nn.Linear(d, d, bias=False) for _ in range(4)]
    feed = torch.nn.Linear(d, 4 * d, bias=False), torch.nn.Linear(4 * d, d, bias=False)
    tables = torch.nn.Embedding(V, d), torch.nn.Embedding(N, d)
    return torch.tensor([count(*tables), L * count(*attention), L * count(*feed)])


# --- 10.5 where do the multiplications go? ----------------------------------------------------------------------------

wrong("10.5", "the other share", lambda n, d: 6 * d / (n + 6 * d))
wrong("10.5", "scores to tables, which is n / 6d", lambda n, d: n / (6 * d))
wrong("10.5", "tables to scores", lambda n, d: 6 * d / n)
wrong("10.5", "α v is missing", lambda n, d: n * n * d / (n * n * d + 12 * n * d * d))
wrong("10.5", "α v is missing", lambda n, d: n * n * d / (2 * n * n * d + 12 * n * d * d))
wrong("10.5", "behind the point", lambda n, d: 2 * n * n * d // (2 * n * n * d + 12 * n * d * d))
wrong("10.5", "in brackets?", lambda n, d: 2 * n * n * d / 2 * n * n * d + 12 * n * d * d)
wrong("10.5", "rounded: return it", lambda n, d: round(n / (n + 6 * d), 2))
wrong("10.5", "feed-forward network is left out", lambda n, d: 2 * n * n * d / (2 * n * n * d + 4 * n * d * d))
wrong("10.5", "4 n d_model² is missing", lambda n, d: 2 * n * n * d / (2 * n * n * d + 8 * n * d * d))
wrong("10.5", "they count n times", lambda n, d: 2 * n * n * d / (2 * n * n * d + 12 * d * d))
wrong("10.5", "where is the second n", lambda n, d: 2 * n * d / (2 * n * d + 12 * n * d * d))
wrong("10.5", "takes d_model multiplications", lambda n, d: 2 * n * n / (2 * n * n + 12 * n * d * d))
wrong("10.5", "a count, not a share", lambda n, d: 2 * n * n * d)
wrong("10.5", "and not a percentage", lambda n, d: 100 * n / (n + 6 * d))
right("10.5", lambda n, d: n / (n + 6 * d))
right("10.5", lambda n, d: torch.tensor(1 / (1 + 6 * d / n)))


@right("10.5")
def step_by_step(n, d):
    projections, network = 4 * (n * d * d), n * d * (4 * d) + n * (4 * d) * d
    attend = n * d * n + n * n * d
    return np.float32(attend / (attend + projections + network))
