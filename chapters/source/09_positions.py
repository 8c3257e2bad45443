# %% [markdown] id="title"
r"""# 9 · Positions
*Where things stand.*

**You will be able to** say why attention loses the order of words and three ways to put it back,
turn queries and keys by their place, and tell which code holds on rows longer than it was trained on.

About 60 minutes, 70 with the stretch exercise · you need chapters 7 and 8 (queries, keys, values, masks; heads)."""

# %% id="imports"
import numpy as np

from utils import attention as course, plots, recipes, training
from utils.chapters.ch09_positions import check, figures
from utils.widgets import Slider, Toggle, panel, predict

# %% [markdown] id="warm-up"
r"""## Warm up

Two questions from earlier chapters."""

# %% id="recall"
check.recall()

# %% [markdown] id="failure"
r"""## Who bit whom?

Two sentences with the same words: *the dog bit the man*, and *the man bit the dog*. For a reader they differ a great deal. Let attention read both.

Each word gets a vector of four numbers, drawn at random: here it does not matter what they are. Queries, keys and values are made from it as in chapter 7.
(You may put your own sentence into the first line: three to nine words.)"""

# %% id="sentence"
sentence = "the dog bit the man"
words = sentence.split()
rng = np.random.default_rng(9)
vector = {word: rng.normal(size=4) for word in sorted(set(words))}
W_q, W_k, W_v = rng.normal(size=(3, 4, 4)) / 2


def attend(x):
    """Return what each row of x (n, 4) hears, and α (n, n): self-attention without a mask."""
    return course.attention(x @ W_q, x @ W_k, x @ W_v)


# %% [markdown] id="predict-bit"
r"""**Predict.** We take what the middle word, *bit*, hears in the first sentence, and what it hears when the words are read backwards: *man the bit dog the*.
How far apart are these two vectors?"""

# %% id="predict-bit-choice"
predict("9-bit", "far apart", "a little apart", "not at all, beyond rounding")

# %% id="backwards"
x = np.stack([vector[word] for word in words])  # (5, 4)
out, weights = attend(x)
backwards, _ = attend(x[::-1])
middle = len(words) // 2
assert np.allclose(out, backwards[::-1])
out[middle].round(2).tolist(), backwards[len(words) - 1 - middle].round(2).tolist()

# %% [markdown] id="why-lost"
r"""<details><summary><b>After you ran it</b></summary>

Not at all. For attention a sentence is a bag of words: who bites and who is bitten cannot be told from what *bit* hears.

</details>

## Why does order get lost, and how is it put back?

It is lost because nothing in $\alpha = \text{softmax}(q\,k^\top/\sqrt d)$ and $\alpha v$ knows a place. The score of *bit* and *dog* depends on the two words, wherever they stand,
and a sum does not care in which order it is added up. Shuffle the words, and the answers are shuffled with them: chapter 7 showed it. This is called the **permutation symmetry**.
Even the two *the* of our sentence, at the places 0 and 3, hear exactly the same. The assert checks every repeated word."""

# %% id="two-the"
places_of = {word: [i for i, other in enumerate(words) if other == word] for word in words}
assert all(np.allclose(out[i], out[same[0]]) for same in places_of.values() for i in same)
places_of

# %% [markdown] id="three-ways"
r"""There are three ways to put order back, and this chapter builds each. What the first two add, turn by or subtract is called a **position code** (in papers, a positional encoding).

1. **Add** something to each word that tells its place (sinusoidal, learned).
2. **Turn** queries and keys by their place, so that scores see the distance (rotary), or lower the scores by the distance (ALiBi).
3. **Forbid** some looks: a causal mask leaks order, without any code at all.

## Add: a clock for every place

What should be added? The place itself, 0, 1, 2, …, grows without end and soon drowns the word. A clock does better. Its hands never get longer, and a quick and a slow one together
tell many hours apart: the minute hand for the near, the hour hand for the far.

A hand needs two numbers, how far it points up and how far to the right: sine and cosine of its angle. So *d* features hold *d*/2 hands, and hand *i* moves on by $w_i$ at each place:

$$\text{code}[p, 2i] = \sin(p\,w_i), \qquad \text{code}[p, 2i+1] = \cos(p\,w_i), \qquad w_i = \text{base}^{-2i/d}$$

| in the formula | in the code | shape | in words |
|---|---|---|---|
| $p$ | `places[p]` | a whole number | where the word stands, from 0 |
| $w_i$ | `frequencies[i]` | `(d/2,)` | how far hand *i* moves at each place, in radians (a full turn is 2π ≈ 6.28) |
| $p\,w_i$ | `angles[p, i]` | `(n, d/2)` | where hand *i* stands at place *p* |
| code | `table` | `(n, d)` | all hands of all places |

This is the **sinusoidal** code. By hand, with *d* = 4 and base 100: $w_0 = 100^0 = 1$ and $w_1 = 100^{-2/4} = 0.1$. At place 1 the hands stand at 1 and 0.1:
sin 1 = 0.84, cos 1 = 0.54, sin 0.1 = 0.10, cos 0.1 = 1.00. At place 0 every sine is 0 and every cosine 1."""

# %% id="clock-loop"
table = np.zeros((6, 4))
for p in range(6):
    for i in range(2):
        angle = p * 100 ** (-2 * i / 4)
        table[p, 2 * i], table[p, 2 * i + 1] = np.sin(angle), np.cos(angle)
table[:2].round(2).tolist()

# %% [markdown] id="clock-product"
r"""Two loops again, and again one product of matrices makes all the angles: a column of places times a row of frequencies, (6, 1) @ (1, 2)."""

# %% id="clock-matmul"
places, frequencies = np.arange(6), 100 ** (-np.array([0, 2]) / 4)
angles = places[:, None] @ frequencies[None, :]  # (6, 2)
assert np.allclose(np.sin(angles), table[:, 0::2]) and np.allclose(np.cos(angles), table[:, 1::2])

# %% [markdown] id="ex-9-1-text"
r"""### Exercise 9.1 · the hands of a clock
8 min · ●●○

Write `sinusoid(n, d, base)`: the table (n, d) of the formula above. *d* is even.

<details><summary>Hint 1</summary>First the d/2 frequencies, then all angles (n, d/2), then sine and cosine.</details>
<details><summary>Hint 2</summary><code>np.arange(0, d, 2)</code> is 0, 2, 4, …: these are the 2i of the formula.</details>
<details><summary>Hint 3</summary>Make a table of zeros; <code>table[:, 0::2]</code> are its even columns, where the sines go.</details>"""


# %% id="ex-9-1"
def sinusoid(n, d, base=10000):
    """Return the code of the places 0 … n - 1   (n, d)."""
    ### BEGIN SOLUTION
    frequencies = base ** (-np.arange(0, d, 2) / d)
    angles = np.arange(n)[:, None] * frequencies
    table = np.zeros((n, d))
    table[:, 0::2], table[:, 1::2] = np.sin(angles), np.cos(angles)
    return table
    ### END SOLUTION


# %% id="ex-9-1-check"
check.sinusoid(sinusoid)

# %% id="clock-figure"
clocks = course.sinusoidal(64, 32)  # the usual base, 10000
plots.show(
    figures.plot_places(clocks),
    alt="Left, three waves over 64 places: a quick one, one that makes one turn, and one that only rises. "
    "Right, the table: stripes that are narrow at the left and ever wider to the right.",
)

# %% [markdown] id="clock-added"
r"""Add the code to the words, and *bit* hears different things in the two orders:"""

# %% id="clock-try"
coded, _ = attend(x + course.sinusoidal(len(words), 4))
coded_backwards, _ = attend(x[::-1] + course.sinusoidal(len(words), 4))
assert not np.allclose(coded, coded_backwards[::-1], atol=0.01)
coded[middle].round(2).tolist(), coded_backwards[len(words) - 1 - middle].round(2).tolist()

# %% [markdown] id="shift-is-turn"
r"""Why clocks, and not any other table of different rows? Because of **distance**. Five places on, hand *i* has moved by $5\,w_i$, *wherever it stood*. A move of a hand is a rotation,
and a rotation is a matrix. So one matrix leads from every place to the place five further on, and a layer can learn such a matrix."""


# %% id="turn"
def turn(angle):
    """Return the matrix that turns a row (right, up) by an angle   (2, 2)."""
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


hand = table[:, [3, 2]]  # (6, 2): right and up of the slow hand, frequency 0.1
assert np.allclose(hand[:-2] @ turn(2 * 0.1), hand[2:])  # from every place to two places on

# %% [markdown] id="learned"
r"""**Learned** codes are even plainer: a table (n, d) that begins at random and is trained like all other parameters. Nothing in it says that place 7 is near place 8; training has to find that.
And it has as many rows as the training had places. **For a place beyond, there is no vector.** Remember that for the end of this chapter.

## The shuffler

Left is α of your sentence, right what each word hears. Slide through other orders of the same words, and switch the code.

**One question to settle by playing:** in a shuffled order, which rows of the right table are new, with the code off? And with the code on?"""


# %% id="shuffle-panel"
def shuffled(shuffle, code):
    """Return the words in some order, α and what each of them hears."""
    mixed = np.random.default_rng(shuffle).permutation(len(words)) if shuffle else range(len(words))
    names = [words[i] for i in mixed]
    x = np.stack([vector[name] for name in names])
    answers, weights = attend(x + code * course.sinusoidal(len(words), 4))
    return names, weights, answers


def draw_shuffle(shuffle, code):
    names, weights, answers = shuffled(shuffle, code)
    return figures.plot_shuffle(weights, names, answers, title=f"α, code {'on' if code else 'off'}")


def say_shuffle(shuffle, code):
    names, _, answers = shuffled(shuffle, code)
    hears = ", ".join(f"{number:.2f}" for number in answers[names.index(words[middle])])
    return f"{' '.join(names)}, code {'on' if code else 'off'}: {words[middle]} hears {hears}."


panel(
    draw_shuffle,
    name="shuffle the words",
    alt=say_shuffle,
    shuffle=Slider(0, 9, 0, label="order (0: as written)"),
    code=Toggle(False, label="add the sinusoidal code"),
)

# %% [markdown] id="shuffled"
r"""<details><summary><b>After you played</b></summary>

With the code off, none is new. The rows change places, and each word keeps its four numbers; the two *the* agree. With the code on, every word that moved hears something new, and so do those that stayed, for the others moved.

</details>

## The price of adding

Adding puts word and place into one vector, and the score of two such vectors has four parts: word with word, word with place, place with word, place with place.
So the score of *dog* asking *man*, two places on, depends on where in the text the two stand. Here both are moved through the text together, to the places 0 and 2, 1 and 3, 5 and 7, 50 and 52:"""

# %% id="adding-moves"
codes, asking, asked = course.sinusoidal(100, 4), x[1], x[-1]  # the second word and the last
scores = [(asking + codes[i]) @ W_q @ W_k.T @ (asked + codes[i + 2]) for i in (0, 1, 5, 50)]
assert np.ptp(scores) > 0.1
np.round(scores, 2).tolist()

# %% [markdown] id="rotary"
r"""## Turn: scores that see distance only

Much of what language needs is *relative*: the word before this one, not the word at place 50. **Rotary** codes do this without adding anything.
Take the query, and split its features into pairs. Treat each pair as a hand, and turn it by $p\,w_i$, for the query's own place *p*. Do the same with the key, for the key's place. Leave the values alone.

A dot product of two hands depends on their lengths and on the *angle between them*. Turning both by the same angle changes nothing. So only the difference of the two turns counts, and that is $w_i$ times the distance:

$$(q\,R_{i}) \cdot (k\,R_{j}) = q\,R_{i-j} \cdot k \qquad\text{with}\qquad R_p = \begin{pmatrix} \cos p w & \sin p w \\ -\sin p w & \cos p w \end{pmatrix} \text{ for each pair}$$

| in the formula | in the code | shape | in words |
|---|---|---|---|
| $q$, $k$ | `q`, `k` | `(n, d)` | queries and keys, before the turn |
| $p\,w$ | `angles` | `(n, d/2)` | place times frequency, as for the clock |
| $R_p$ | `turn(p * w)` | `(2, 2)` | turns one pair; never written out for all |
| $(a, b)\,R_p$ | `a*cos - b*sin, a*sin + b*cos` | two `(n, d/2)` | what the product with $R_p$ comes to |

By hand, one pair with w = 0.5. Query (1, 0) at place 3 points to the angle 1.5; key (1, 0) at place 1 points to 0.5. The angle between them is 1.0, and their dot product cos 1.0 = 0.54.
At places 13 and 11 the angles are 6.5 and 5.5: again 1.0 apart, again 0.54."""

# %% id="rotary-by-hand"
one = np.array([1.0, 0.0])
near = (one @ turn(3 * 0.5)) @ (one @ turn(1 * 0.5))
far = (one @ turn(13 * 0.5)) @ (one @ turn(11 * 0.5))
assert np.isclose(near, far) and np.isclose(near, np.cos(1.0))
round(near.item(), 2), round(far.item(), 2)

# %% [markdown] id="rotary-loop-say"
r"""For a whole table: a loop over places and pairs with the little matrix, or all pairs at once, without any matrix."""

# %% id="rotary-loop"
q, frequencies = rng.normal(size=(6, 4)), 100 ** (-np.array([0, 2]) / 4)
turned = np.zeros((6, 4))
for p in range(6):
    for i in range(2):
        turned[p, 2 * i : 2 * i + 2] = q[p, 2 * i : 2 * i + 2] @ turn(p * frequencies[i])

angles = np.arange(6)[:, None] * frequencies  # (6, 2)
a, b = q[:, 0::2], q[:, 1::2]  # (6, 2) each: first and second of every pair
assert np.allclose(a * np.cos(angles) - b * np.sin(angles), turned[:, 0::2])
assert np.allclose(a * np.sin(angles) + b * np.cos(angles), turned[:, 1::2])

# %% [markdown] id="ex-9-2-text"
r"""### Exercise 9.2 · turn by place
12 min · ●●●

Write `rotate(x, positions, base)` for `x` (n, d) and the `positions` (n,) of its rows. They need not be 0, 1, 2, …: a row may stand anywhere. Neighbouring features, 0 and 1, 2 and 3, …, make the pairs.

<details><summary>Hint 1</summary>Angles as in exercise 9.1, with <code>positions</code> in the place of <code>np.arange(n)</code>.</details>
<details><summary>Hint 2</summary>Take both new numbers of a pair from the <i>old</i> a and b: once a is overwritten, it is too late.</details>
<details><summary>Hint 3</summary><code>np.empty_like(x)</code> makes a table to fill: even columns with a·cos − b·sin, odd columns with a·sin + b·cos.</details>"""


# %% id="ex-9-2"
def rotate(x, positions, base=10000):
    """Return x (n, d), each pair of neighbouring features turned by place times frequency   (n, d)."""
    ### BEGIN SOLUTION
    d = x.shape[1]
    angles = positions[:, None] * base ** (-np.arange(0, d, 2) / d)  # (n, d/2)
    a, b = x[:, 0::2], x[:, 1::2]
    turned = np.empty_like(x)
    turned[:, 0::2] = a * np.cos(angles) - b * np.sin(angles)
    turned[:, 1::2] = a * np.sin(angles) + b * np.cos(angles)
    return turned
    ### END SOLUTION


# %% id="ex-9-2-check"
check.rotate(rotate)

# %% [markdown] id="rotary-measured"
r"""The same pair as before, a query and a key two places on, moved through the text. Now nothing changes, to the last digit that counts. And a turn keeps every length:"""

# %% id="rotary-moves"
q, k = rng.normal(size=(2, 1, 8))
moved = [course.rotary(q, np.array([i])) @ course.rotary(k, np.array([i + 2])).T for i in (0, 1, 5, 50, 5000)]
assert np.ptp(moved) < 1e-9
assert np.isclose(np.linalg.norm(course.rotary(q, np.array([5000]))), np.linalg.norm(q))
np.round(np.ravel(moved), 4).tolist()

# %% [markdown] id="base"
r"""The same vector as query and as key, eight features, four pairs, and its score against the distance. The quickest pair turns by 1 radian at each place; the base says how slow the slowest is.

**One question to settle by playing:** with base 10, which distance beyond 60 scores above 0.8? And, looking 1,024 places far, where does the far end lie with base 10,000, and where with a million?"""


# %% id="base-panel"
def by_distance(base, reach):
    distances = np.arange(reach + 1)
    x = np.full((reach + 1, 8), np.sqrt(1 / 8))
    return distances, course.rotary(x, distances, base) @ x[0]


def draw_base(base, reach):
    score = "score (1 at distance 0)"
    return figures.plot_by_places(*by_distance(base, reach), label=score, title=f"rotary, base {base:,.0f}")


panel(
    draw_base,
    name="rotary base",
    alt=lambda base, reach: (
        f"Base {base:,.0f}: the score against distances up to {reach}. It begins at 1 and moves in waves; "
        f"its mean beyond distance 20 is {by_distance(base, reach)[1][20:].mean():.2f}."
    ),
    base=Slider(10, 1_000_000, 10_000, step=10, log=True, label="base"),
    reach=Slider(32, 1024, 128, step=2, log=True, label="how far to look", unit="places"),
)

# %% [markdown] id="base-played"
r"""<details><summary><b>After you played</b></summary>

With base 10 all four pairs are quick, and at distance 101 they meet again: that key looks almost as near as the word itself. With base 10,000 the far end swings about zero. With a million it lies higher, for the slowest pair has hardly moved.

</details>

In numbers, up to distance 1,024: the mean score in the last quarter, and how many full turns the slowest pair makes:"""

# %% id="base-numbers"
assert by_distance(10, 128)[1][60:].argmax() + 60 == 101 and by_distance(10, 128)[1][101] > 0.8
slowest = {base: 1024 * base ** (-6 / 8) / (2 * np.pi) for base in (10, 100, 10_000, 1_000_000)}
far_end = {base: by_distance(base, 1024)[1][768:].mean().item() for base in slowest}
assert abs(far_end[10_000]) < 0.1 and far_end[1_000_000] > 0.4
{base: (round(far_end[base], 2), round(t, 3)) for base, t in slowest.items()}

# %% [markdown] id="base-say"
r"""So the base is a trade. Quick hands come round and confuse distances; slow hands hardly tell them apart, but never come round within the text. That is why models for long texts use large bases.
And note what the curve is *not*: it is the score of two equal vectors. Queries and keys that are learnt can put their peak at any distance, as you will see below."""

# %% [markdown] id="ex-9-3-text"
r"""### Exercise 9.3 · only distance?
10 min · ●●○

A colleague hands you a code and says it sees distance only. Write the test. `distance_only(encode)` gets a function `encode(x, positions)`, with `x` (n, 8) and `positions` (n,), and returns
`True` if the score of any coded query with any coded key stays the same when both places move by the same amount, else `False`.

<details><summary>Hint 1</summary>Draw a query and a key, choose two places and a shift, and compare the score before and after.</details>
<details><summary>Hint 2</summary>One lucky pair proves nothing: try several random queries, keys, places and shifts. The query and the key should differ.</details>
<details><summary>Hint 3</summary>Computers round: compare with <code>np.allclose</code> or <code>np.isclose</code>.</details>"""


# %% id="ex-9-3"
def distance_only(encode):
    """Return whether scores of coded queries and keys depend on the distance of their places alone."""
    ### BEGIN SOLUTION
    rng = np.random.default_rng()
    for _ in range(20):
        q, k = rng.normal(size=(2, 1, 8))
        i, j, shift = rng.integers(1, 50, size=(3, 1))
        before = encode(q, i) @ encode(k, j).T
        after = encode(q, i + shift) @ encode(k, j + shift).T
        if not np.allclose(before, after, atol=1e-6):
            return False
    return True
    ### END SOLUTION


# %% id="ex-9-3-check"
check.distance_only(distance_only)

# %% [markdown] id="pairings"
r"""## Two ways to pair, and a silent fault

Which features make a pair is a matter of taste. The paper pairs neighbours, (0, 1), (2, 3), …: call it *interleaved*. Many programs pair the first half with the second, (0, d/2), (1, d/2 + 1), …: *halves*.
Up to the order of the features they are the same:"""

# %% id="pairings-equal"
x8, order8 = rng.normal(size=(6, 8)), [0, 2, 4, 6, 1, 3, 5, 7]
neighbours = course.rotary(x8, np.arange(6), pairing="interleaved")
halves = course.rotary(x8[:, order8], np.arange(6), pairing="halves")
assert np.allclose(neighbours[:, order8], halves)

# %% [markdown] id="pairings-say"
r"""So a model may be trained with either. But weights that were trained with one are wrong with the other, and *nothing complains*: shapes fit, lengths are kept, distance alone still counts.
At the end of this chapter you will see what it does to a trained model.

## Forbid: order from the mask alone

One way needs no code at all. Under a **causal mask** word *i* may look at *i* + 1 words. Give all of them equal scores, and let the first word say 1 and all others 0:"""

# %% id="leak-by-hand"
_, equal = course.attention(np.zeros((6, 1)), np.zeros((6, 1)), np.zeros((6, 1)), course.causal_mask(6))
says = np.array([1, 0, 0, 0, 0, 0])
assert np.allclose(equal @ says, 1 / np.arange(1, 7))
(equal @ says).round(2).tolist()

# %% [markdown] id="ex-9-4-text"
r"""### Exercise 9.4 · order without a code
10 min · ●●○

The song goes: `start la la la la la`. Under a causal mask, make the six answers **all different** (by 0.01 or more), without telling anybody its place: the five *la* have equal queries, equal keys and equal values.
Write tables `q` (6, d), `k` (6, d) and `v` (6, 1); *d* is up to you. They go into `course.attention(q, k, v, course.causal_mask(6))`.

<details><summary>Hint 1</summary>A mean of equal values is that value. So what must differ between <i>start</i> and <i>la</i>?</details>
<details><summary>Hint 2</summary>The share that <i>start</i> has in the mean must shrink with each further <i>la</i>. Equal scores do that.</details>"""

# %% id="ex-9-4"
### BEGIN SOLUTION
q = np.zeros((6, 1))
k = np.zeros((6, 1))
v = np.array([[1], [0], [0], [0], [0], [0.0]])
### END SOLUTION

# %% id="ex-9-4-check"
check.order_from_the_mask(q, k, v)

# %% [markdown] id="leak-trained"
r"""That was by hand. Does training find it? We train a small machine without any code to name the place of each word, in rows of 16 that begin with *start* and go on with random symbols.

Training, in two sentences (chapter 3 tells more): the machine's parameters (its *weights*, as people also say) begin at random, a batch of examples goes through, and each is moved a little in the direction that makes the error smaller. `training.train` repeats that; with `training.cosine` the moves get shorter towards the end.
The machine has one layer: attention with four heads as in chapter 8, its output added to what came in, then a small network, added as well (chapter 10 takes that apart).

**Predict.** With the causal mask, and with no mask at all: how often will it name the right one of 16 places?"""

# %% id="predict-leak-choice"
predict("9-leak", "neither above 20 %", "with the mask above 95 %, without below 20 %", "both above 95 %")

# %% id="leak-train" tags=["nbval-ignore-output"]
from utils.chapters.ch09_positions import order_tasks as tasks
from utils.chapters.ch09_positions.position_model import Places

named = {True: [], False: []}
with training.board("Where do I stand?"):
    for seed, causal in [(seed, causal) for seed in range(3) for causal in (True, False)]:
        model = Places("none", 9, 16, 16, n_layers=1, causal=causal, seed=seed)
        training.train(model, tasks.loss_place(16), steps=300, lr=1e-2, seed=seed, schedule=training.cosine)
        named[causal].append(tasks.accuracy_place(16)(model))
print("causal mask:", [round(a, 2) for a in named[True]], " no mask:", [round(a, 2) for a in named[False]])
training.expect(min(named[True]) > 0.95, "the mask alone should tell the place")
assert max(named[False]) < 0.2

# %% [markdown] id="leak-say"
r"""<details><summary><b>After you ran it</b></summary>

With the mask it counts, in all three seeds, without a code. Without the mask it stays near 1 in 8: *start* is easy to find, 1 of 16, and the rest is luck. (A bag knows which symbols are in it, not which is where.)

</details>

So "attention does not know order" is true without a mask, and false with a causal one. But a share of 1/15 and one of 1/16 are hard to tell apart. Small codes of place help a lot, as we now see.

## Longer than trained

Texts get longer than anything in the training. Which codes go along? A task that needs relative order: *at every place, which of 8 symbols stood two places back?* Trained on rows of 16, tested on rows of 16, 32 and 64, in their second half.

Four codes and none, the same machine. One code is new: **ALiBi** (*attention with linear biases*) leaves queries and keys alone and lowers each score by slope times distance. Each head has a slope of its own.
It was made for this purpose: the nearer, the louder, however long the row. Chance is 1 in 8."""

# %% [markdown] id="ex-9-5-text"
r"""### Exercise 9.5 · stretch it: which code survives twice the length?
6 min · ●●○

Before you train: which machines will be right **at least 9 times in 10 on rows of 32**, in each of three seeds, after training on rows of 16? One layer, each code with the best of three learning rates. Write `True` or `False`.

Predict first. The check compares with what was measured earlier, and you may try again.

<details><summary>Hint 1</summary>To look two places back from place 30: which codes need something that never came up on a row of 16?</details>
<details><summary>Hint 2</summary>Surviving needs having learnt: "two back, not one, not three" is a peak in the middle. Which codes can make one?</details>"""

# %% id="ex-9-5"
### BEGIN SOLUTION
no_code = False
learned = False
sinusoidal = False
rotary = True
alibi = False
### END SOLUTION

# %% id="ex-9-5-check"
check.survives(no_code, learned, sinusoidal, rotary, alibi)

# %% [markdown] id="survive-train-say"
r"""Now live: one seed each, 300 steps, the same learning rate for all. It takes about ten seconds."""

# %% id="survive-train" tags=["nbval-ignore-output"]
machines, lived = {}, {}
with training.board("Two back") as board:
    for code in ("none", "learned", "sinusoidal", "rotary", "alibi"):
        board.title = f"Two back: {code}"
        machines[code] = Places(code, 8, 8, 16, n_layers=1, seed=0)
        training.train(machines[code], tasks.loss_back(2, 16), steps=300, lr=1e-2, schedule=training.cosine)
        lived[code] = {n: [tasks.accuracy_back(2, n)(machines[code])] for n in (16, 32, 64)}
training.expect(lived["rotary"][32][0] > 0.9 > lived["sinusoidal"][32][0], "rotary goes further than sinusoidal here")
assert lived["learned"][32] == [None]

# %% id="survive-figure" tags=["nbval-ignore-output"]
plots.show(
    figures.plot_survival(lived, 16, chance=1 / 8, title="Two back, one seed: trained on 16 places"),
    alt="Right answers against the length of the row. Learned, sinusoidal and rotary are right at 16; learned ends there, "
    "sinusoidal falls at 32, rotary holds at 32 and falls at 64. ALiBi and no code are never right all the time.",
)
assert set(lived) == set(machines)

# %% [markdown] id="survive-alpha-say"
r"""And this is the α of the rotary machine on a row it has never seen, from the same forward pass that gave the answers. We show the head that looks most at *two back*:"""

# %% id="survive-alpha" tags=["nbval-ignore-output"]
row, _ = tasks.symbol_back(12, 1, training.seeded(7))
_, alphas = machines["rotary"].run(row)
heads = alphas[0][0].detach().numpy()  # (4, 12, 12)
head = heads[np.argmax([np.trace(each, offset=-2) for each in heads])]
names = [f"{'abcdefgh'[s]}" for s in row[0]]
plots.show(
    plots.plot_alpha(head, names, mask=course.causal_mask(12), title="rotary: two back"),
    alt="A causal matrix of weights with its dark cells two places left of the diagonal.",
)
training.expect(np.trace(head, offset=-2) / 10 > 0.5, "one head should look two back")
assert head.shape == (12, 12)

# %% [markdown] id="predict-pairing"
r"""**Predict.** The rotary machine, trained with neighbours as pairs, is now run with *halves*, on rows of 16. Not a weight is changed. It was right every time. And now?"""

# %% id="predict-pairing-choice"
predict(
    "9-pairing",
    "an error is raised",
    "still right nearly every time",
    "right about half the time",
    "about as good as guessing, 1 in 8",
)

# %% id="pairing-wrong" tags=["nbval-ignore-output"]
machine = machines["rotary"]
right_pairs = tasks.accuracy_back(2, 16)(machine)
machine.pairing = "halves"
wrong_pairs = tasks.accuracy_back(2, 16)(machine)
machine.pairing = "interleaved"
print(f"as trained: {right_pairs:.2f}, with the other pairing: {wrong_pairs:.2f}")
training.expect(right_pairs > 0.95 and wrong_pairs < 0.4, "the other pairing should be wrong")
assert 0 <= wrong_pairs <= 1

# %% [markdown] id="pairing-say"
r"""<details><summary><b>After you ran it</b></summary>

It guesses, and nothing complains. This happens to people who load the weights of one program into another. The cure is to reorder the features of queries and keys, as above, or to use the pairing that the weights were trained with.

</details>

## What was measured earlier

One seed is no evidence. Here is the fuller measurement: for each code a search over three learning rates, chosen on a validation seed (one that only chooses, and is not counted) at the *trained* length, then three test seeds. The results are stored with their settings: `utils/chapters/ch09_positions/recipes/positions.py` made the three tables, in two runs. The one with two layers took 237 seconds of one processor core; the other two were not timed; by estimate, each takes about half of that."""

# %% id="survive-stored"
stored = recipes.measured("09_positions")
settings, date = stored["settings"], stored["provenance"]["date"]
print(f"{settings['steps']} steps, rows of {settings['trained length']}, three seeds, measured {date}")


def accuracies(task):
    """Return {code: {length: how often it is right, for each seed}}, as it is stored."""
    return {code: {int(n): a for n, a in found["accuracy"].items()} for code, found in stored["accuracy"][task].items()}


plots.show(
    figures.plot_survival(accuracies("2 back, one layer"), 16, chance=1 / 8, title="Two back, three seeds each"),
    alt="Three seeds each. At 32 rotary alone stays at the top; at 64 it has fallen below ALiBi and below rotary with base 100.",
)


# %% id="survive-numbers"
def means(task):
    """Return the mean over three seeds at 16, 32 and 64 places, for each code that has such places."""
    codes = accuracies(task).items()
    return {code: [round(np.mean(a).item(), 2) for a in by.values() if None not in a] for code, by in codes}


means("2 back, one layer")

# %% [markdown] id="stored-say"
r"""Read it as it is:

- **Trained length.** Learned, sinusoidal and rotary are right every time. ALiBi is not, within this budget: its scores fall with distance, and *two back* needs a peak in the middle. Without any code it is little better than guessing.
- **Twice the length.** Learned has no vectors there. Sinusoidal falls to about a third: the vectors of the new places are computed, but no weight was trained on them. Rotary holds, in every seed: *two back* is the same turn everywhere.
- **Four times the length.** Rotary falls, too, to about a third. Its scores see distance only, but distances beyond 15 never came up in training, and nothing taught the machine to keep quiet there. At twice the length a third of the keys were that far; here two thirds are. ALiBi, which never was perfect, is now **ahead of it**. So is rotary with base 100, which was *behind* at twice the length.

So the order turns round with the length. Does it stay the same for another task, or another machine? Here is *one* back, and *two* back with two layers:"""

# %% id="survive-others"
means("1 back, one layer"), means("2 back, two layers")

# %% id="survive-asserts"
table = means("2 back, one layer")
assert all(table[code][0] > 0.99 for code in ("learned", "sinusoidal", "rotary")) and 0.6 < table["alibi"][0] < 0.8
assert table["rotary"][1] > 0.99 and 0.3 < table["sinusoidal"][1] < 0.4 and len(table["learned"]) == 1
assert 0.3 < table["rotary"][2] < 0.4 < table["rotary, base 100"][2] and table["rotary"][2] < table["alibi"][2]
assert table["rotary, base 100"][1] < table["rotary"][1]
two_layers = means("2 back, two layers")
assert two_layers["alibi"][0] == 0.99 and two_layers["alibi"][2] == 0.91 and two_layers["rotary"][2] == 0.52
assert (table["none"][0], two_layers["none"][0]) == (0.29, 0.56)
assert 8000 < sum(each.numel() for each in machines["rotary"].parameters()) < 10000

# %% [markdown] id="stored-caveat"
r"""With two layers ALiBi learns *two back* after all, right 99 times in 100, and now it is the one that lasts: 0.91 at four times the length, against 0.52 for rotary. And the machine without a code gets better, from 0.29 to 0.56 at 16 places: it makes something of what the mask leaks.
So there is no winner for all lengths, tasks and machines.

A caveat: with one layer these machines have about nine thousand weights, and they saw rows of 16 symbols. Real models are trained on thousands of places, and on tasks of every kind. What carries over is the method: *test at the length you need*, and the reason: **places and distances that training never met cannot be trusted**.
Makers of models for long texts enlarge rotary's base and train further on long rows, for this reason.

## What we learnt

- Without a mask and without a code, attention cannot tell *dog bites man* from *man bites dog*: shuffling the words only shuffles the answers.
- Order comes back by adding a code, by turning queries and keys, by lowering far scores, or through a causal mask, which leaks the place as shares of 1/(i+1).
- Rotary scores depend on distance only. No code is safe on all longer rows, and which one holds depends on the task: measure it."""

# %% [markdown] id="check-yourself"
r"""## Check yourself"""

# %% id="quiz"
check.yourself()

# %% [markdown] id="ex-9-6-text"
r"""## Going further

### Exercise 9.6 · ALiBi
8 min · ●●○ · stretch

Write `biases(slopes, n)` for a causal model: what is added to the scores of each head, (H, n, n). To the score of query *i* and key *j*, in the head with slope *m*, comes −m · (i − j); what lies ahead is forbidden, −∞.

<details><summary>Hint 1</summary>First the table of distances i − j (n, n), from <code>np.arange(n)</code> as a column and as a row.</details>
<details><summary>Hint 2</summary>The slopes need two more axes, (H, 1, 1), to meet a table (n, n); <code>np.where</code> puts −∞ where j is ahead of i.</details>"""


# %% id="ex-9-6"
def biases(slopes, n):
    """Return what is added to the scores: minus slope times distance, and -inf for what lies ahead   (H, n, n)."""
    ### BEGIN SOLUTION
    distance = np.arange(n)[:, None] - np.arange(n)  # (n, n)
    return np.where(distance >= 0, -slopes[:, None, None] * distance, -np.inf)
    ### END SOLUTION


# %% id="ex-9-6-check"
check.biases(biases)

# %% [markdown] id="going-on"
r"""- A. Vaswani and others (2017), *Attention is all you need*, section 3.5: sinusoids; learned codes did about as well there.
- J. Su and others (2021), *RoFormer: enhanced transformer with rotary position embedding*.
- O. Press, N. Smith, M. Lewis (2021), *Train short, test long*: ALiBi.
- A. Haviv and others (2022), *Transformer language models without positional encodings still learn positional information*: the causal leak in large models.
- A. Kazemnejad and others (2023), *The impact of positional encoding on length generalization in transformers*: no code often does best there, with deeper models on other tasks.

Words of this chapter: [ALiBi](glossary.md#alibi) · [Position code](glossary.md#position-code) · [Rotary](glossary.md#rotary).

Next: [10 · The Transformer](10_transformer.ipynb). You have all its parts but three; what are they, and what does the whole machine do?
Before you go on, shut this kernel down (menu *Kernel*, *Shut Down Kernel*): each open chapter holds memory."""
