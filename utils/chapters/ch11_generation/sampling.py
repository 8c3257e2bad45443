"""From scores to the next token: what to leave out, how to draw, and how often a text repeats itself. NumPy only.

p = chances(scores, temperature=0.8, top_p=0.95)
token = draw(p, rng.random())
"""

import math

import numpy as np

from utils.attention import softmax
from utils.conversion import as_numpy
from utils.validation import check_number, check_whole


def chances(scores, *, temperature=1.0, top_k=None, top_p=None):
    """Turn the scores of the next token into chances: temperature first, then top-k, then top-p.

    scores: a score for each token, -inf where it is forbidden   (V,)
    temperature: the scores are divided by it; 0 leaves only the likeliest token
    top_k, top_p: as in ``keep_top_k`` and ``keep_top_p``   (nothing is left out if left out)

    Returns chances that sum to one   (V,)
    Raises ValueError for scores that are no row of numbers or forbid everything, and for settings without sense.

    >>> chances(np.log([8.0, 4.0, 3.0, 1.0]), top_k=2).round(2).tolist()
    [0.67, 0.33, 0.0, 0.0]
    """
    scores = _row("scores", scores)
    if np.isnan(scores).any() or scores.max() == math.inf or scores.max() == -math.inf:
        raise ValueError(
            "scores must be numbers, or -inf for what is forbidden, and one token at least must be allowed"
        )
    check_number(least=0, temperature=temperature)
    if temperature == 0:
        return np.eye(len(scores))[scores.argmax()]
    with np.errstate(over="ignore"):
        p = softmax((scores - scores.max()) / temperature)
    p = p if top_k is None else keep_top_k(p, top_k)
    return p if top_p is None else keep_top_p(p, top_p)


def keep_top_k(p, k):
    """Keep the k likeliest tokens, and let their chances sum to one again.

    p: chances (V,)      k: how many; more than there are keeps all
    Source: Fan, Lewis and Dauphin 2018, "Hierarchical neural story generation", section 5.1.

    >>> keep_top_k([0.1, 0.6, 0.2, 0.1], 2).round(2).tolist()
    [0.0, 0.75, 0.25, 0.0]
    """
    p = _chances(p)
    check_whole(top_k=k)
    return _only(p, _likeliest_first(p)[:k])


def keep_top_p(p, mass):
    """Keep the likeliest tokens until their chances together reach ``mass``; the one that crosses it is kept.

    p: chances (V,)      mass: above 0, at most 1
    Source: Holtzman and others 2020, "The curious case of neural text degeneration", section 3.1.

    >>> keep_top_p([0.25, 0.5, 0.15, 0.1], 0.6).round(2).tolist()     # 0.5, and 0.25 crosses
    [0.33, 0.67, 0.0, 0.0]
    """
    p = _chances(p)
    check_number(above=0, most=1, top_p=mass)
    order = _likeliest_first(p)
    before = np.cumsum(p[order]) - p[order]  # what the likelier ones hold together
    return _only(p, order[before < mass])


def draw(p, luck):
    """Choose a token: lay the chances end to end on a stick of length one, and see on which piece ``luck`` falls.

    p: chances (V,)      luck: a random number, 0 or more and below 1

    >>> [draw([0.5, 0.25, 0.25], luck) for luck in (0.1, 0.6, 0.8)]
    [0, 1, 2]
    """
    p = _chances(p)
    check_number(least=0, below=1, hint=", as rng.random() gives", luck=luck)
    ends = np.cumsum(p)
    return int(np.searchsorted(ends, luck * ends[-1], side="right"))


def sample(scores, temperature, luck):
    """Choose a token from scores (V,) at a temperature above 0; see ``draw``.

    >>> [sample(np.log([0.25, 0.5, 0.25]), 1, luck) for luck in (0.1, 0.6, 0.8)]
    [0, 1, 2]
    """
    return draw(chances(scores, temperature=temperature), luck)


def sampler(seed, **settings):
    """Return choose(scores, tokens) -> the next token, drawn with luck of its own; settings as for ``chances``.

    >>> choose = sampler(0, temperature=0)
    >>> choose(np.array([0.0, 2.0, 1.0]), [])
    1
    """
    rng = np.random.default_rng(seed)
    return lambda scores, tokens: draw(chances(scores, **settings), rng.random())


def greedy(scores, tokens=()):
    """Return the token with the highest score.

    >>> greedy(np.array([0.0, 2.0, 1.0]))
    1
    """
    return int(np.argmax(_row("scores", scores)))


def block_repeats(scores, tokens, n):
    """Forbid every next token that would make the last n tokens equal to n that stand together earlier.

    scores: of the next token (V,)      tokens: the text so far (N,)      n: 1 forbids every token that was used
    Returns scores, -inf where forbidden   (V,)
    Source: Paulus, Xiong and Socher 2018, "A deep reinforced model for abstractive summarization", section 2.5.

    >>> block_repeats(np.zeros(3), [0, 1, 2, 0, 1], 3).tolist()      # 0 1 2 stands there already
    [0.0, 0.0, -inf]
    """
    scores, tokens = _row("scores", scores).copy(), _tokens(tokens)
    check_whole(n=n)
    for i in range(n - 1, len(tokens)):
        if tokens[i - n + 1 : i] == tokens[len(tokens) - n + 1 :]:
            scores[tokens[i]] = -math.inf
    return scores


def repeated(tokens, n=8):
    """Return which part of all stretches of n tokens stands earlier in the same text, 0 to 1.

    >>> repeated([1, 2, 3, 1, 2, 4], 2)        # 12 23 31 12 24: one of five
    0.2
    """
    tokens = _tokens(tokens)
    check_whole(n=n)
    stretches = [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]
    if not stretches:
        raise ValueError(f"tokens has {len(tokens)} places: it must have {n} at least")
    return (len(stretches) - len(set(stretches))) / len(stretches)


def bits_and_perplexity(p):
    """Return bits per token and perplexity: how unsure a model was that gave each token that came this chance.

    p: the chance of each token that came, above 0   (N,)
    Returns (bits, perplexity): the mean of -log2(p), and 2 to the bits: among how many equal chances it guessed
    Source: Jelinek and others 1977, "Perplexity, a measure of the difficulty of speech recognition tasks".

    >>> bits_and_perplexity([0.25, 0.25, 1.0, 0.0625])
    (2.0, 4.0)
    """
    p = _row("p", p)
    if not ((p > 0) & (p <= 1)).all():
        raise ValueError("p must hold chances, above 0 and at most 1")
    bits = float(-np.log2(p).mean())
    return bits, 2**bits


# --- the small steps --------------------------------------------------------------------------------------------------


def _likeliest_first(p):
    return np.argsort(-p, kind="stable")


def _only(p, kept):
    """Return p with zeros everywhere but at the kept places, summing to one."""
    left = np.zeros_like(p)
    left[kept] = p[kept]
    return left / left.sum()


def _row(name, values):
    try:
        row = as_numpy(values, float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a row of numbers, not {values!r}") from None
    if row.ndim != 1 or not len(row):
        raise ValueError(f"{name} has shape {row.shape}: it must be one row of numbers, (V,), and not empty")
    return row


def _chances(p):
    half = getattr(getattr(p, "dtype", None), "itemsize", 8) == 2  # two or three digits: they sum to one as nearly
    p = _row("p", p)
    if not (p >= 0).all() or abs(p.sum() - 1) > (0.01 if half else 1e-6):
        raise ValueError(f"p must hold chances, none negative, that sum to one; these sum to {p.sum():.6g}")
    return p / p.sum() if half else p


def _tokens(tokens):
    tokens = as_numpy(tokens)
    if tokens.ndim != 1 or (len(tokens) and tokens.dtype.kind not in "iu"):
        raise ValueError(f"tokens must be one row of whole numbers: found shape {tokens.shape}, {tokens.dtype}")
    return tokens.tolist()
