"""Wrong and unusual right answers to the exercises of chapter 09."""

import numpy as np

from tests.mutants import right, wrong

# --- 9.1 the hands of a clock ---------------------------------------------------------------------------------------


def weave(one, two):
    return np.stack([one, two], -1).reshape(len(one), -1)


def angles_of(n, d, base, exponent=lambda i, d: -2 * i / d, first=0):
    return (first + np.arange(n))[:, None] * float(base) ** exponent(np.arange(d // 2), d)


def waves(angles):
    return weave(np.sin(angles), np.cos(angles))


@wrong("9.1", "sines come first")
def in_halves(n, d, base):
    a = angles_of(n, d, base)
    return np.concatenate([np.sin(a), np.cos(a)], axis=1)


@wrong("9.1", "cosines stand where the sines")
def cosines_first(n, d, base):
    a = angles_of(n, d, base)
    return weave(np.cos(a), np.sin(a))


@wrong("9.1", "first place is 0")
def from_one(n, d, base):
    return waves(angles_of(n, d, base, first=1))


@wrong("9.1", "not i/d")
def half_exponent(n, d, base):
    return waves(angles_of(n, d, base, lambda i, d: -i / d))


@wrong("9.1", "not 4i/d")
def double_exponent(n, d, base):
    return waves(angles_of(n, d, base, lambda i, d: -4 * i / d))


@wrong("9.1", "first hand has i = 0")
def hands_from_one(n, d, base):
    return waves(angles_of(n, d, base, lambda i, d: -2 * (i + 1) / d))


@wrong("9.1", "hands get quicker")
def positive_exponent(n, d, base):
    return waves(angles_of(n, d, base, lambda i, d: 2 * i / d))


@wrong("9.1", "equally fast")
def one_speed(n, d, base):
    return waves(angles_of(n, d, base, lambda i, d: 0 * i))


@wrong("9.1", "frequency of its own")
def own_frequencies(n, d, base):
    a = np.arange(n)[:, None] / float(base) ** (np.arange(d) / d)
    a[:, 0::2], a[:, 1::2] = np.sin(a[:, 0::2]), np.cos(a[:, 1::2])
    return a


@wrong("9.1", "base is fixed")
def fixed_base(n, d, base):
    return waves(angles_of(n, d, 10000))


@wrong("9.1", "these are the angles")
def no_waves(n, d, base):
    a = angles_of(n, d, base)
    return weave(a, a)


@wrong("9.1", "half of the features")
def sines_only(n, d, base):
    return np.sin(angles_of(n, d, base))


@wrong("9.1", "wrong way: ")
def on_its_side(n, d, base):
    return waves(angles_of(n, d, base)).T


@wrong("9.1", "degrees")
def degrees(n, d, base):
    return waves(np.deg2rad(angles_of(n, d, base)))


@right("9.1")
def by_loops(n, d, base=10000):
    from math import cos, sin

    return [[(cos if j % 2 else sin)(p / base ** ((j - j % 2) / d)) for j in range(d)] for p in range(n)]


@right("9.1")
def by_complex_numbers(n, d, base=10000):
    hands = np.exp(1j * angles_of(n, d, base))
    return weave(hands.imag, hands.real)


# --- 9.2 turn by place ----------------------------------------------------------------------------------------------


def parts(x, positions, base, exponent=lambda twice, d: -twice / d):
    d = x.shape[1]
    a = np.asarray(positions, float)[:, None] * float(base) ** exponent(np.arange(0, d, 2), d)
    return x[:, 0::2], x[:, 1::2], np.cos(a), np.sin(a)


def turned(a, b, cos, sin):
    return weave(a * cos - b * sin, a * sin + b * cos)


@wrong("9.2", "wrong way round")
def clockwise(x, positions, base):
    a, b, cos, sin = parts(x, positions, base)
    return turned(a, b, cos, -sin)


@wrong("9.2", "halves make the pairs")
def halves(x, positions, base):
    _, _, cos, sin = parts(x, positions, base)
    a, b = np.split(x, 2, axis=1)
    return np.hstack([a * cos - b * sin, a * sin + b * cos])


@wrong("9.2", "wrong columns")
def not_woven(x, positions, base):
    a, b, cos, sin = parts(x, positions, base)
    return np.hstack([a * cos - b * sin, a * sin + b * cos])


@wrong("9.2", "needs the old one")
def overwritten(x, positions, base):
    a, b, cos, sin = parts(x, positions, base)
    a = a * cos - b * sin
    return weave(a, a * sin + b * cos)


@wrong("9.2", "by their index")
def by_index(x, positions, base):
    return turned(*parts(x, np.arange(len(x)), base))


@wrong("9.2", "it should turn")
def added(x, positions, base):
    _, _, cos, sin = parts(x, positions, base)
    return x + weave(sin, cos)


@wrong("9.2", "both signs are plus")
def no_minus(x, positions, base):
    a, b, cos, sin = parts(x, positions, base)
    return weave(a * cos + b * sin, a * sin + b * cos)


@wrong("9.2", "exchanged")
def exchanged(x, positions, base):
    a, b, cos, sin = parts(x, positions, base)
    return turned(a, b, sin, cos)


@wrong("9.2", "nothing is turned")
def untouched(x, positions, base):
    return x.copy()


@wrong("9.2", "slow pairs turn too quickly")
def too_quick(x, positions, base):
    return turned(*parts(x, positions, base, lambda twice, d: -twice / 2 / d))


@wrong("9.2", "later pairs turn more slowly")
def upside_down(x, positions, base):
    return turned(*parts(x, positions, base, lambda twice, d: twice / d))


@wrong("9.2", "equally fast")
def same_speed(x, positions, base):
    return turned(*parts(x, positions, base, lambda twice, d: 0 * twice))


@wrong("9.2", "fixed at 10000")
def own_base(x, positions, base):
    return turned(*parts(x, positions, 10000))


@wrong("9.2", "the rows change their lengths")
def repeated_wrongly(x, positions, base):
    _, _, cos, sin = parts(x, positions, base)
    a = np.concatenate([-x[:, x.shape[1] // 2 :], x[:, : x.shape[1] // 2]], axis=1)
    return x * np.repeat(cos, 2, axis=1) + a * np.repeat(sin, 2, axis=1)


@wrong("9.2", "seem to be rounded")
def whole_places(x, positions, base):
    return turned(*parts(x, np.asarray(positions).astype(int), base))


@wrong("9.2", "changed the array")
def in_place(x, positions, base):
    x[:] = turned(*parts(x, positions, base))
    return x


@right("9.2")
def complex_hands(x, positions, base=10000):
    hands = (x[:, 0::2] + 1j * x[:, 1::2]) * np.exp(
        1j * np.outer(positions, float(base) ** (-np.arange(0, x.shape[1], 2) / x.shape[1]))
    )
    return weave(hands.real, hands.imag)


@right("9.2")
def by_matrices(x, positions, base=10000):
    rows = []
    for row, p in zip(x, positions, strict=True):
        big = np.zeros((len(row), len(row)))
        for i in range(0, len(row), 2):
            t = p / base ** (i / len(row))
            big[i : i + 2, i : i + 2] = [[np.cos(t), np.sin(t)], [-np.sin(t), np.cos(t)]]
        rows.append((row @ big).tolist())
    return rows


# --- 9.3 only distance? ---------------------------------------------------------------------------------------------


def scores(encode, q, k, i, j):
    return (encode(q, np.array([i])) @ encode(k, np.array([j])).T).item()


@wrong("9.3", "True to everything")
def trusting(encode):
    return True


@wrong("9.3", "False to everything")
def without_tolerance(encode):
    q, k = np.random.default_rng().normal(size=(2, 1, 8))
    return all(scores(encode, q, k, 3, 1) == scores(encode, q, k, 3 + s, 1 + s) for s in range(1, 30)) and False


@wrong("9.3", "far vectors longer")
def compares_angles(encode):
    rng, cosine = np.random.default_rng(), []
    for _ in range(20):
        q, k = rng.normal(size=(2, 1, 8))
        i, j, s = rng.integers(1, 50, size=3)
        pairs = [(encode(q, np.array([i + t])), encode(k, np.array([j + t]))) for t in (0, s)]
        one, two = ((a @ b.T / np.linalg.norm(a) / np.linalg.norm(b)).item() for a, b in pairs)
        cosine.append(np.isclose(one, two, atol=1e-6))
    return all(cosine)


@wrong("9.3", "square of the place")
def at_distance_zero(encode):
    q, k = np.random.default_rng().normal(size=(2, 1, 8))
    return all(np.isclose(scores(encode, q, k, 3, 3), scores(encode, q, k, 3 + s, 3 + s), atol=1e-6) for s in (1, 40))


@wrong("9.3", "share two by two: one move")
def one_move(encode):
    q, k = np.random.default_rng().normal(size=(2, 1, 8))
    return bool(np.isclose(scores(encode, q, k, 0, 2), scores(encode, q, k, 1, 3), atol=1e-6))


@wrong("9.3", "to and fro, odd places turned and even ones not: the query and the key")
def one_vector_twice(encode):
    x = np.random.default_rng().normal(size=(1, 8))
    places = [(i, j) for i in range(6) for j in range(6)]
    return all(np.isclose(scores(encode, x, x, i, j), scores(encode, x, x, i + 9, j + 9), atol=1e-6) for i, j in places)


@wrong("9.3", "True or False, one verdict")
def a_difference(encode):
    q, k = np.random.default_rng().normal(size=(2, 1, 8))
    return scores(encode, q, k, 3, 1) - scores(encode, q, k, 13, 11)


@wrong("9.3", "it says True to a sinusoidal code")
def keeps_norms(encode):
    x = np.random.default_rng().normal(size=(4, 8))
    near, far = encode(x, np.arange(4)), encode(x, np.arange(4) + 9)
    return bool(np.isfinite(near).all() and np.shape(far) == (4, 8)) and not np.allclose(
        np.linalg.norm(near, axis=1) * 1.09, np.linalg.norm(far, axis=1), rtol=0.04
    )


@wrong("9.3", "there the score does depend on the distance only")
def wants_a_change(encode):
    q, k = np.random.default_rng().normal(size=(2, 1, 8))
    same = np.isclose(scores(encode, q, k, 3, 1), scores(encode, q, k, 13, 11), atol=1e-6)
    return bool(same and not np.isclose(scores(encode, q, k, 3, 1), scores(encode, q, k, 7, 1)))


@right("9.3")
def whole_tables(encode):
    rng = np.random.default_rng()
    q, k, places = rng.normal(size=(12, 8)), rng.normal(size=(12, 8)), rng.permutation(40)[:12]
    tables = [encode(q, places + s) @ encode(k, places + s).T for s in (0, 1, 17, 100)]
    return all(np.abs(table - tables[0]).max() < 1e-7 for table in tables)


@right("9.3")
def numpy_verdict(encode):
    q, k = np.random.default_rng().normal(size=(2, 6, 8))
    p = np.arange(6)
    one, two = encode(q, p) @ encode(k, p).T, encode(q, p + 23) @ encode(k, p + 23).T
    return np.abs(one - two).max() < 1e-6


# --- 9.4 order without a code ---------------------------------------------------------------------------------------

ZERO, MARK = np.zeros((6, 1)), np.array([[1.0], [0], [0], [0], [0], [0]])
NUMBERS = np.arange(6.0)[:, None]

wrong("9.4", "a mean of equal values", ZERO, ZERO, np.ones((6, 1)))
wrong("9.4", "equal in v", ZERO, ZERO, NUMBERS)
wrong("9.4", "equal in q", NUMBERS, np.ones((6, 1)), MARK)
wrong("9.4", "equal in k", np.ones((6, 1)), NUMBERS, MARK)
wrong("9.4", "looks at start alone", np.full((6, 1), 50.0), MARK, MARK)
wrong("9.4", "no la looks at start", np.full((6, 1), 50.0), -MARK, MARK)
wrong("9.4", "differ by less than 0.01", ZERO, ZERO, MARK / 10)
wrong("9.4", "and two axes", ZERO, ZERO, MARK[:, 0])
wrong("9.4", "one number a word", ZERO, ZERO, np.hstack([MARK, MARK]))
wrong("9.4", "yours is of shape (5, 1)", ZERO[:5], ZERO, MARK)
wrong("9.4", "equally many features", np.zeros((6, 2)), ZERO, MARK)

right("9.4", ZERO, ZERO, MARK)
right("9.4", [[0.3, 1]] + [[1, 2]] * 5, [[-0.5, 0]] + [[0.1, 0]] * 5, [[-7.0]] + [[2]] * 5)
right("9.4", np.ones((6, 3)), np.ones((6, 3)), -5 * MARK + 2)

# --- 9.5 which code survives twice the length? ----------------------------------------------------------------------

wrong("9.5", "two back is the same turn", False, False, False, False, False)
wrong("9.5", "the vectors added at places", False, False, True, True, False)
wrong("9.5", "where should the peak be", False, False, False, True, True)
wrong("9.5", "how many rows", False, True, False, True, False)
wrong("9.5", "under the mask alone", True, False, False, True, False)
wrong("9.5", "3 of the five", False, False, True, False, True)
wrong("9.5", "without quotation marks", "no", "no", "no", "yes", "no")
right("9.5", np.bool_(False), False, False, np.bool_(True), False)

# --- 9.6 ALiBi ------------------------------------------------------------------------------------------------------


def grid(slopes, n):
    return np.arange(n)[:, None] - np.arange(n), np.asarray(slopes)[:, None, None]


@wrong("9.6", "far keys are favoured")
def plus(slopes, n):
    g, m = grid(slopes, n)
    return np.where(g < 0, -np.inf, m * g)


@wrong("9.6", "it is favoured")
def not_forbidden(slopes, n):
    g, m = grid(slopes, n)
    return -m * g


@wrong("9.6", "lowered by its distance, but not forbidden")
def both_sides(slopes, n):
    g, m = grid(slopes, n)
    return -m * np.abs(g)


@wrong("9.6", "0 forbids nothing")
def zero_ahead(slopes, n):
    g, m = grid(slopes, n)
    return -m * np.maximum(g, 0)


@wrong("9.6", "here the past is forbidden")
def other_triangle(slopes, n):
    g, m = grid(slopes, n)
    return np.where(g.T < 0, -np.inf, -m * g.T)


@wrong("9.6", "diagonal is forbidden")
def not_itself(slopes, n):
    g, m = grid(slopes, n)
    return np.where(g <= 0, -np.inf, -m * g)


@wrong("9.6", "not squared")
def squared(slopes, n):
    g, m = grid(slopes, n)
    return np.where(g < 0, -np.inf, -m * g**2)


@wrong("9.6", "heads stand last")
def heads_last(slopes, n):
    g, m = grid(slopes, n)
    return np.moveaxis(np.where(g < 0, -np.inf, -m * g), 0, -1)


@wrong("9.6", "one table for all heads")
def first_head(slopes, n):
    g, m = grid(slopes, n)
    return np.where(g < 0, -np.inf, -m * g)[0]


@wrong("9.6", "not minus infinity")
def large_number(slopes, n):
    g, m = grid(slopes, n)
    return np.where(g < 0, -1e9, -m * g)


@wrong("9.6", "slopes have no effect")
def no_slopes(slopes, n):
    g, m = grid(slopes, n)
    return np.where(g < 0, -np.inf, -np.ones_like(m) * g)


@right("9.6")
def by_lists(slopes, n):
    return [[[-m * (i - j) if j <= i else -np.inf for j in range(n)] for i in range(n)] for m in slopes]


@right("9.6")
def by_addition(slopes, n):
    ahead = np.triu(np.full((n, n), -np.inf), 1)
    return np.einsum("h,ij->hij", slopes, -np.abs(np.subtract.outer(np.arange(n), np.arange(n)))) + ahead
