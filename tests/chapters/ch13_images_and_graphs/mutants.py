"""Wrong and unusual right answers to the exercises of chapter 13."""

import numpy as np
import torch

from tests.mutants import right, wrong

# --- 13.1 patchify --------------------------------------------------------------------------------------------------


def cut(images, p):
    """Return the five axes: image, patch row, line inside, patch column, column inside."""
    B, height, width = images.shape
    return images.reshape(B, height // p, p, width // p, p)


def moved(*axes):
    """Return an answer that puts the five axes into another order, then makes three of them."""
    return lambda images, p: cut(images, p).transpose(axes).reshape(len(images), -1, p * p)


good = moved(0, 1, 3, 2, 4)
wrong("13.1", "follow each other in a line", lambda images, p: images.reshape(len(images), -1, p * p))
wrong("13.1", "the patches come column by column", moved(0, 3, 1, 2, 4))
wrong("13.1", "within a patch the pixels come column by column", moved(0, 1, 3, 4, 2))
wrong("13.1", "everything is read column by column", moved(0, 3, 1, 4, 2))
wrong("13.1", "still squares", lambda images, p: good(images, p).reshape(len(images), -1, p, p))
wrong("13.1", "stand in rows and columns", lambda x, p: good(x, p).reshape(len(x), x.shape[1] // p, -1, p * p))
wrong("13.1", "five axes are still there", lambda images, p: cut(images, p).swapaxes(2, 3))
wrong("13.1", "in their first order", cut)
wrong("13.1", "the last two axes are exchanged", lambda images, p: good(images, p).swapaxes(1, 2))
wrong("13.1", "in one long row", lambda images, p: good(images, p).reshape(-1, p * p))
wrong("13.1", "the batch stands behind", lambda images, p: good(images, p).swapaxes(0, 1))
wrong("13.1", "the patches of the first one", lambda images, p: np.stack([good(images, p)[0]] * len(images)))
wrong("13.1", "opposite order", lambda images, p: good(images, p)[:, ::-1])
wrong("13.1", "nothing was cut", lambda images, p: images)


@wrong("13.1", "overlap")
def sliding(images, p):
    windows = np.lib.stride_tricks.sliding_window_view(images, (p, p), axis=(1, 2))
    return windows.reshape(len(images), -1, p * p)


@wrong("13.1", "some steps apart")
def dilated(images, p):
    B, height, width = images.shape
    apart = images.reshape(B, p, height // p, p, width // p).transpose(0, 2, 4, 1, 3)
    return apart.reshape(B, -1, p * p)


@right("13.1")
def by_loops(images, p):
    _, height, width = images.shape
    corners = [(i, j) for i in range(0, height, p) for j in range(0, width, p)]
    return [[image[i : i + p, j : j + p].ravel().tolist() for i, j in corners] for image in images]


@right("13.1")
def by_unfold(images, p):
    return torch.nn.functional.unfold(torch.tensor(images)[:, None], p, stride=p).mT


@right("13.1")
def by_splits(images, p):
    rows = np.split(images, images.shape[1] // p, axis=1)
    squares = [s for row in rows for s in np.split(row, images.shape[2] // p, axis=2)]
    return np.stack([s.reshape(len(images), -1) for s in squares], axis=1)


# --- 13.2 a mask from edges -----------------------------------------------------------------------------------------


def mask_of(edges, n, directed, *, own=True, turned=False):
    mask = np.eye(n, dtype=bool) & own
    for a, b in edges:
        mask[(b, a) if turned else (a, b)] = True
        if not directed:
            mask[(a, b) if turned else (b, a)] = True
    return mask


wrong("13.2", "nobody may look at themselves", lambda e, n, d: mask_of(e, n, d, own=False))
wrong("13.2", "so a is the row", lambda e, n, d: mask_of(e, n, d, turned=True))
wrong("13.2", "the direction is ignored", lambda e, n, d: mask_of(e, n, False))
wrong("13.2", "it goes one way only: without", lambda e, n, d: mask_of(e, n, True))
wrong("13.2", "taken for its opposite", lambda e, n, d: mask_of(e, n, not d))
wrong("13.2", "upside down", lambda e, n, d: ~mask_of(e, n, d))
wrong("13.2", "everybody may look at everybody", lambda e, n, d: np.ones((n, n), bool))
wrong("13.2", "one place too far up", lambda e, n, d: mask_of([(a - 1, b - 1) for a, b in e], n, d))
wrong("13.2", "holds numbers", lambda e, n, d: mask_of(e, n, d).astype(int))
wrong("13.2", "to be added to the scores", lambda e, n, d: np.where(mask_of(e, n, d), 0, -np.inf))
wrong("13.2", "the last node has no ties", lambda e, n, d: mask_of(e, max(map(max, e)) + 1, d))


@wrong("13.2", "a node without ties may look at nobody")
def only_who_has_ties(edges, n, directed):
    mask = mask_of(edges, n, directed, own=False)
    for a, b in edges:
        mask[a, a] = mask[b, b] = True
    return mask


wrong("13.2", "only the first edge", lambda e, n, d: mask_of(e[:1], n, d))
wrong("13.2", "only the last edge", lambda e, n, d: mask_of(e[-1:], n, d))
right("13.2", lambda e, n, d: mask_of(e, n, d).tolist())


@right("13.2")
def by_lookup(edges, n, directed):
    pairs = set(edges) | (set() if directed else {(b, a) for a, b in edges})
    return torch.tensor([[i == j or (i, j) in pairs for j in range(n)] for i in range(n)])


@right("13.2")
def by_index(edges, n, directed):
    a, b = np.array(edges, dtype=int).reshape(-1, 2).T
    table = np.zeros((n, n))
    np.add.at(table, (a, b), 1)
    return (table + (0 if directed else table.T) + np.eye(n)) > 0


# --- 13.3 a scorer that can choose ----------------------------------------------------------------------------------


def leaky(x):
    return np.where(x > 0, x, 0.2 * x)


def scores(h, W_q, W_k, a):
    return leaky((h @ W_q)[:, None] + h @ W_k) @ a


def softmax(x):
    return np.exp(x) / np.exp(x).sum(-1, keepdims=True)


wrong("13.3", "the curve stands outside", lambda h, W_q, W_k, a: leaky((h @ W_q @ a)[:, None] + h @ W_k @ a))
wrong("13.3", "no bent line", lambda h, W_q, W_k, a: (h @ W_q @ a)[:, None] + h @ W_k @ a)
wrong("13.3", "bent one by one", lambda h, W_q, W_k, a: (leaky(h @ W_q) @ a)[:, None] + leaky(h @ W_k) @ a)
wrong("13.3", "turned round", lambda h, W_q, W_k, a: leaky(h @ W_q + (h @ W_k)[:, None]) @ a)
wrong("13.3", "became 0", lambda h, W_q, W_k, a: np.maximum((h @ W_q)[:, None] + h @ W_k, 0) @ a)
wrong("13.3", "chapter 2's tanh", lambda h, W_q, W_k, a: np.tanh((h @ W_q)[:, None] + h @ W_k) @ a)
wrong("13.3", "are multiplied", lambda h, W_q, W_k, a: leaky((h @ W_q)[:, None] * (h @ W_k)) @ a)
wrong("13.3", "W_q served both", lambda h, W_q, W_k, a: scores(h, W_q, W_q, a))
wrong("13.3", "W_k served both", lambda h, W_q, W_k, a: scores(h, W_k, W_k, a))
wrong("13.3", "the vector a weighs them", lambda h, W_q, W_k, a: scores(h, W_q, W_k, np.ones_like(a)))
wrong("13.3", "no such scale", lambda h, W_q, W_k, a: scores(h, W_q, W_k, a) / np.sqrt(len(a)))
wrong("13.3", "no such scale", lambda h, W_q, W_k, a: scores(h, W_q, W_k, a) / np.sqrt(h.shape[1]))
wrong("13.3", "weights already", lambda *all_of: softmax(scores(*all_of)))
wrong("13.3", "a row of m numbers", lambda h, W_q, W_k, a: leaky((h @ W_q)[:, None] + h @ W_k))
wrong("13.3", "only paired with itself", lambda h, W_q, W_k, a: leaky(h @ W_q + h @ W_k) @ a)


@right("13.3")
def pair_by_pair(h, W_q, W_k, a):
    score = lambda x, y: sum(w * max(s, s / 5) for w, s in zip(a, x @ W_q + y @ W_k, strict=True))  # noqa: E731
    return [[score(x, y) for y in h] for x in h]


@right("13.3")
def in_torch(h, W_q, W_k, a):
    h, W_q, W_k, a = map(torch.tensor, (h, W_q, W_k, a))
    pairs = torch.nn.functional.leaky_relu((h @ W_q).unsqueeze(1) + (h @ W_k).unsqueeze(0), 0.2)
    return torch.einsum("ijm,m->ij", pairs, a)


# --- 13.4 rollout ---------------------------------------------------------------------------------------------------


def through(layers):
    reached = np.eye(layers.shape[-1])
    for layer in layers:
        reached = layer @ reached
    return reached


def mixed(weights):
    return (weights.mean(1) + np.eye(weights.shape[-1])) / 2


wrong("13.4", "the half that stays", lambda w: through(w.mean(1)))
wrong("13.4", "in the wrong order", lambda w: through(mixed(w)[::-1]))
wrong("13.4", "must be halved", lambda w: through(w.mean(1) + np.eye(w.shape[-1])))
wrong("13.4", "here they are exchanged", lambda w: through(mixed(w)).T)
wrong("13.4", "were averaged", lambda w: mixed(w).mean(0))
wrong("13.4", "layers were added up", lambda w: mixed(w).sum(0))
wrong("13.4", "the matrix product", lambda w: mixed(w).prod(0))
wrong("13.4", "only the last layer", lambda w: mixed(w)[-1])
wrong("13.4", "only the first layer", lambda w: mixed(w)[0])
wrong("13.4", "after all layers", lambda w: (through(w.mean(1)) + np.eye(w.shape[-1])) / 2)
wrong("13.4", "only the first head", lambda w: through(mixed(w[:, :1])))
wrong("13.4", "heads were added up", lambda w: through((w.sum(1) + np.eye(w.shape[-1])) / 2))
wrong("13.4", "the largest was taken", lambda w: through((w.max(1) + np.eye(w.shape[-1])) / 2))
wrong("13.4", "on its diagonal only", lambda w: through((w.mean(1) + 1) / 2))
wrong("13.4", "the mean went over the layers", lambda w: through((w.mean(0) + np.eye(w.shape[-1])) / 2))
wrong("13.4", "not the product of all", lambda w: mixed(w)[-1] @ mixed(w)[-1] + 0.1)
wrong("13.4", "heads are still apart", lambda w: np.stack([through(mixed(w[:, [h]])) for h in range(w.shape[1])]))
wrong("13.4", "a matrix for each layer", mixed)
wrong("13.4", "a whole matrix", lambda w: through(mixed(w)).mean(0))
right("13.4", lambda w: np.linalg.multi_dot([*mixed(w)[::-1], np.eye(w.shape[-1])]).tolist())


@right("13.4")
def over_paths(weights):
    n, layers = weights.shape[-1], [torch.tensor(layer) for layer in mixed(weights)]
    rows = torch.eye(n, dtype=torch.float64)
    for layer in reversed(layers):  # from the last layer back: each row is a spread of weight over tokens
        rows = rows @ layer
    return rows


# --- 13.5 two triangles or a ring of six? ---------------------------------------------------------------------------

wrong("13.5", "counts ties", lambda mask: mask.sum(1))
wrong("13.5", "counts ties", lambda mask: mask.sum(0) - 1)
wrong("13.5", "the number of the node itself", lambda mask: np.arange(len(mask)))
wrong("13.5", "one and the same number", lambda mask: np.linalg.matrix_power(mask.astype(int), 3).sum(1))
wrong("13.5", "one number for the whole graph", lambda mask: np.trace(np.linalg.matrix_power(mask.astype(int), 3)))
wrong("13.5", "do not move along", lambda mask: np.linalg.matrix_power(mask.astype(int), 3)[0])
wrong("13.5", "do not move along", lambda mask: mask @ np.arange(len(mask)))
wrong("13.5", "come sorted", lambda mask: np.linalg.eigvalsh(mask.astype(float)))
wrong("13.5", "come sorted", lambda mask: np.sort(np.linalg.matrix_power(mask.astype(int), 3).diagonal())[::-1])
wrong("13.5", "does not count", lambda mask: (mask @ mask @ mask).diagonal())
wrong("13.5", "is there chance in it", lambda mask: np.random.default_rng().normal(size=len(mask)))
wrong("13.5", "it does not tell them apart", lambda mask: np.arange(len(mask)) + mask.sum(1))
wrong("13.5", "should be of shape (6,)", lambda mask: mask @ mask)
right("13.5", lambda mask: ((mask ^ np.eye(len(mask), dtype=bool)).astype(int) @ mask @ mask).diagonal())
right("13.5", lambda mask: np.linalg.matrix_power(mask.astype(int), 3).diagonal() > 7)
right("13.5", lambda mask: (np.linalg.matrix_power(mask.astype(float), len(mask)) > 0).sum(1).tolist())


@right("13.5")
def distances(mask):
    """Return the sum of all distances; unreachable is infinity."""
    far = np.where(mask, 1.0, np.inf)
    np.fill_diagonal(far, 0)
    for k in range(len(mask)):
        far = np.minimum(far, far[:, [k]] + far[k])
    return far.sum(1)


@right("13.5")
def neighbours_who_know_each_other(mask):
    friends = [set(np.nonzero(row)[0]) - {i} for i, row in enumerate(mask)]
    return torch.tensor([sum(len(friends[a] & friends[i]) for a in friends[i]) / 2 for i in range(len(mask))])
