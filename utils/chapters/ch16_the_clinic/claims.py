"""Eighteen claims about attention, each with the numbers that settle it: computed here, or read from a recipe.

``measure("C1")`` returns one line. Nothing is typed in: change a model or a recipe, and the line changes.
"""

import textwrap

import numpy as np

from utils.attention import attention, causal_mask, padding_mask, softmax, window_mask
from utils.chapters.ch05_the_race.leaderboard import table
from utils.chapters.ch14_what_it_costs.costs import layer_bills
from utils.chapters.ch15_noise_and_uncertainty.uncertainty import surest
from utils.chapters.ch16_the_clinic import broken
from utils.recipes import measured
from utils.validation import check_choice


def measure(claim):
    """Return the line of numbers for a claim, "C1" to "C18".

    Raises ValueError for any other.

    >>> measure("C7")
    'loop and matmul differ by less than 1e-12: True'
    """
    check_choice(MEASURES, claim=claim)
    return MEASURES[claim]()


def show(*claims):
    """Print the measurement of each claim."""
    for claim in claims:
        print(textwrap.fill(f"{claim:>3}  {measure(claim)}", 88, subsequent_indent="     "))


def _random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _c1():
    rows, values = softmax(3 * _random(1000, 6)), _random(6, seed=1)
    out = rows @ values
    outside = int(((out < values.min()) | (out > values.max())).sum())
    return f"of 1,000 weighted sums of six values, {outside} lie outside the values' own range"


def _c2():
    runs = measured("05_race")
    steps = table(runs["runs"], "first symbol", budget=runs["settings"]["steps"])
    return f"steps until an RNN names the first of 50 symbols: {_told(steps['RNN'][50])}; orthogonal start {_told(steps['RNN, orthogonal'][50])}"


def _c3():
    by_length = measured("04_steps")["by_length"]
    told = [f"N = {n}: {_told(by_length[n]['chrono']['steps'])}" for n in ("20", "50", "100")]
    return f"steps an LSTM needs, best start known to us: {'; '.join(told)}. torch's own start, N = 20: {_told(by_length['20'][OWN]['steps'])}"


OWN = "torch's own"


def _told(steps):
    """Return the steps of three seeds in words; None: not within the budget."""
    late = sum(each is None for each in steps)
    reached = [str(each) for each in steps if each is not None]
    return ", ".join(reached + [f"{late} of {len(steps)} not within the budget"] * bool(late))


def _c4():
    x, order = _random(5, 4), np.array([2, 0, 4, 1, 3])
    moved = [
        np.abs(attention(*(x[order],) * 3, mask)[0] - attention(x, x, x, mask)[0][order]).max()
        for mask in (None, causal_mask(5))
    ]
    return f"words in another order: without a mask the answers move by {moved[0]:.2f}, with a causal mask by {moved[1]:.2f}"


def _c5():
    x = _random(6, 4)
    far = x.copy()
    far[5] += 5
    moved = [
        np.abs(attention(far[:1], far, far, mask)[0] - attention(x[:1], x, x, mask)[0]).max()
        for mask in (window_mask(1, 6, left=1, right=1), None)
    ]
    return f"the word five places on changes: heard through a window of neighbours {moved[0]:.2f}, through all pairs {moved[1]:.2f}"


def _c6():
    weights = softmax(_random(3, 4))
    rows, columns = weights.sum(1).round(2).tolist(), weights.sum(0).round(2).tolist()
    return f"all weights of a query summed: {rows}, whatever they were; down the columns: {columns}"


def _c7():
    weights, values = softmax(_random(3, 4)), _random(4, 2)
    loop = np.array([sum(weights[i, j] * values[j] for j in range(4)) for i in range(3)])
    return f"loop and matmul differ by less than 1e-12: {bool(np.abs(loop - weights @ values).max() < 1e-12)}"


def _c8():
    d = 64
    attend, network = 4 * d * d, 2 * d * 4 * d
    return f"of a layer's parameters the network after attention has {network / (attend + network):.0%} (d = 64, four times as wide inside)"


def _c9():
    return f"{measure('C7')}; a_i = Σ_j α_ij v_j is one line of it"


def _c10():
    q, k, v = _random(4, 3), _random(4, 3, seed=1), _random(4, 3, seed=2)
    try:
        np.ones((2, 3)) @ np.ones((3, 2)).T
        shapes = "fit"
    except ValueError:
        shapes = "raise ValueError"
    off = np.abs(broken.average(q, k, v) - attention(q, k, v)[0]).max()
    with np.errstate(all="ignore"):
        large = broken.weigh(np.array([[1000.0, 0.0]]))[0, 0]
    spread = (_random(500, 256) @ _random(500, 256, seed=1).T).std()
    return f"q (2, 3) and k (3, 2): shapes {shapes}; turned weights: off by {off:.2f} where n_q = n_k; e^1000: {large}; spread of the scores at d = 256 without √d: {spread:.0f}"


def _c11():
    sums = broken.share_out(_random(2, 3, 3)).sum(-1)[0].round(2).tolist()
    heard = broken.weigh_allowed(np.array([[0.5, 2.0, -1.0]]), np.array([[True, True, False]]))[0, 2]
    return f"softmax over axis 1 of a batch: rows sum to {sums}; a key masked by a minimum with 0 and 1 keeps a weight of {heard:.2f}"


def _c12():
    d = 768
    bills = {n: layer_bills(n, d, n_heads=12)["FLOPs"] for n in (512, 6 * d, 32_768)}
    shares = [f"{pairs / (each + pairs):.0%} at N = {n:,}" for n, (each, pairs) in bills.items()]
    short, long = (_price("all weights", n) for n in (1024, 8192))
    grown = f"{long['ms'][1] / short['ms'][1]:.0f}× the time, {long['MB'] / short['MB']:.0f}× the memory"
    return f"share of a layer's multiplications that grows with N², d = {d}: {', '.join(shares)}. By the clock, attention alone, all weights kept, N = 8,192 against 1,024: {grown}"


def _price(name, n):
    """Return the measured price of one attention, forward."""
    prices = measured("14_costs")["prices"]
    return next(p for p in prices if (p["name"], p["n"], p["direction"]) == (name, n, "forward"))


def _c13():
    x = np.linspace(0, 1, 20)
    y = np.sin(6 * x)
    places = (0.5, 4.0)
    told = [f"at {place:g}: {sd:.2g}" for place, sd in zip(places, surest(places, x, y, 0.1)[1], strict=True)]
    return f"{_noise()}. Spread that the weights report, readings from 0 to 1 only: {', '.join(told)}"


def _noise():
    """Return how often trained models name the first symbol under noise 0.5: the middle one of three seeds."""
    stored = measured("15_noise")
    place = stored["settings"]["noises"].index(0.5)
    told = []
    for name in ("attention read", "GRU", "RNN, orthogonal"):
        clean, noisy = (
            np.median([test[place]["right"] for test in stored["trained"][noise][name]["tests"]])
            for noise in ("0.0", "0.5")
        )
        told.append(f"{name} {clean:.2f} and {noisy:.2f}")
    return f"right under noise 0.5, trained on clean rows and on noisy ones: {'; '.join(told)}; possible {stored['limit'][place]:.2f}"


def _c14():
    ring, pair = np.roll(np.eye(6), 1, 1) + np.roll(np.eye(6), -1, 1), np.kron(np.eye(2), np.ones((3, 3)) - np.eye(3))
    x = np.ones((6, 4))
    one, other = (attention(x, x, x, mask > 0)[0] for mask in (ring, pair))
    club = measured("13_karate")
    right = ", ".join(f"{name} {np.median(club['right'][name]):.0f}" for name in ("dot product", "uniform"))
    spread = f"two labels spread, nothing learnt {club['labels spread, nothing learnt']}"
    return f"a ring of six and two triangles, nodes alike: through a mask alone the answers differ by {np.abs(one - other).max():.2f}. A club, right of {club['settings']['asked']}, middle of ten seeds: {right}; {spread}"


def _c15():
    x = _random(1, 4, 5)
    padded = np.concatenate([x, np.zeros((1, 3, 5))], axis=1)
    alone = attention(x, x, x)[0]
    moved = [
        np.abs(attention(padded, padded, padded, mask)[0][:, :4] - alone).max() for mask in (None, padding_mask([4], 7))
    ]
    return f"three places of padding move the answers by {moved[0]:.2f}, and with a padding mask by {moved[1]:.2f}"


def _c16():
    d = 512
    told = [f"{2 * n * n * d / (2 * n * d * d):.2g} at N = {n:,}" for n in (64, 512, 8192)]
    names = ("all weights", "window by tiles", "linear")
    clock = ", ".join(f"{name} {_price(name, 8192)['ms'][1]:,.0f} ms" for name in names)
    return f"products of scores and sums against those of a recurrence, d = {d}: {', '.join(told)} times as many. By the clock at N = 8,192: {clock}"


def _c17():
    ms = {(p["name"], p["n"]): p["ms"] for p in measured("05_race")["prices"] if p["flushed"]}
    told = [f"{name} {ms[name, 200] / ms[name, 20]:.0f}×" for name in ("RNN", "attention read", "full self-attention")]
    return f"a training step at N = 200 against N = 20, two cores: {', '.join(told)}"


def _c18():
    found = measured("06_speller_attention_long")["held_out"]
    return f"English words to sounds, {found['n']:,} words never seen: {found['phonemes']:.1f} % of sounds wrong"


MEASURES = {f"C{number}": globals()[f"_c{number}"] for number in range(1, 19)}
