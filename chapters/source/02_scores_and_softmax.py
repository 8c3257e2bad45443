# %% [markdown] id="title"
r"""# 2 · Scores and softmax
*Where weights come from.*

**You will be able to** turn any scores into weights, say what changes those weights and what does not,
and tell what you really built in chapter 1.

About 65 minutes, 95 with the stretch exercises · you need [chapter 1](01_weighted_sums.ipynb)."""

# %% id="imports"
import numpy as np

from utils import attention as course, plots, widgets
from utils.attention import kernel_regression
from utils.chapters.ch02_scores_and_softmax import check, figures, softmax_analysis
from utils.chapters.earlier import earlier
from utils.widgets import Point, Slider, Toggle, panel, predict

# %% [markdown] id="warm-up"
r"""## Warm up

Two questions from chapter 1."""

# %% id="recall"
check.recall()

# %% [markdown] id="exact-look-up"
r"""## An exact look-up, and a soft one

A fruit stall keeps its prices, in euros per kilo, in a dictionary. The key is the taste: how sweet and how sour, each from −1, not at all, to 1, very."""

# %% id="dictionary"
price = {(0.5, 0.3): 2.0, (-0.9, 1.0): 3.0, (1.0, -0.8): 1.5, (0.8, 0.5): 8.0, (0.9, -0.2): 4.0}
price[0.8, 0.5]

# %% [markdown] id="near-miss"
r"""That was a cherry. Now somebody brings a plum. Its taste, (0.7, 0.4), is close to the cherry's, and no key is *equal* to it:"""

# %% id="key-error"
try:
    price[0.7, 0.4]
except KeyError as missing:
    print("KeyError:", missing)

# %% [markdown] id="soft-look-up"
r"""An exact look-up is all or nothing. We want a **soft look-up**: compare the query with *every* key, and let each value count
as much as its key fits. Chapter 1 showed how to blend. The weights are the question of this one.

Chapter 1 had a distance to start from. Here is something more general: a **score**, one number for each pair of a query and a key.
Large means *fits well*. What *fitting* means is up to us, or later to what a model learns. The commonest score is the dot product: multiply entry by entry, and add up.

For the plum and the cherry: $0.7 \cdot 0.8 + 0.4 \cdot 0.5 = 0.76$. For the plum and the lemon: $0.7 \cdot (-0.9) + 0.4 \cdot 1.0 = -0.23$."""

# %% id="keys"
fruits = ["apple", "lemon", "banana", "cherry", "grape"]
keys = np.array(list(price))  # (5, 2): sweet, sour
values = np.array(list(price.values()))  # (5,): euros per kilo
plum = np.array([0.7, 0.4])
(keys @ plum).round(2).tolist()

# %% [markdown] id="pairs"
r"""With several queries there is a score for every *pair*, any query with any key, however far apart they stand.
Three queries and five keys make fifteen scores. Two loops fill the table. One matrix product fills it, too:
`keys.T` turns (5, 2) into (2, 5), and (3, 2) @ (2, 5) is (3, 5)."""

# %% id="score-loop"
visitors = ["plum", "lime", "mango"]
queries = np.array([plum, [-0.8, 0.9], [0.9, -0.5]])
scores = np.zeros((3, 5))
for i in range(3):
    for j in range(5):
        scores[i, j] = sum(queries[i] * keys[j])

assert np.allclose(queries @ keys.T, scores)
scores.round(2).tolist()

# %% [markdown] id="not-weights"
r"""## From scores to weights

These are no weights yet. Some are negative, and the rows do not sum to one. Dividing by the sum does not help:"""

# %% id="divide-fails"
(scores / scores.sum(axis=1, keepdims=True))[1].round(2).tolist()

# %% [markdown] id="softmax-idea"
r"""Chapter 1 says what negative weights do. So first make every score positive, keep the order, and only then divide.
The exponential function does that: $e^s$ is always positive, and it grows with $s$.

$$\alpha_{ij} = \frac{e^{s_{ij}}}{\sum_m e^{s_{im}}} \qquad\text{with}\qquad s_{ij} = q_i \cdot k_j$$

| in the formula | in the code | shape | in words |
|---|---|---|---|
| $q_i$ | `queries[i]` | `(d,)` | what question *i* asks for |
| $k_j$ | `keys[j]` | `(d,)` | what key *j* answers to |
| $s_{ij}$ | `scores[i, j]` | any number, also below zero | how well they fit |
| $\alpha_{ij}$ | `weights[i, j]` | a number, 0 to 1 | how much *i* listens to *j* |
| $a_i = \sum_j \alpha_{ij}\, v_j$ | `weights @ values` | as one value | the answer, as in chapter 1; the values are now called $v_j$ |

This is the **softmax**. By hand, for the scores 0, 1 and 2: $e^0 = 1$, $e^1 = 2.72$ and $e^2 = 7.39$. Their sum is 11.11.
The weights are 0.09, 0.24 and 0.67."""

# %% id="softmax-by-hand"
powers = np.exp(np.array([0, 1, 2]))
(powers / powers.sum()).round(2).tolist()

# %% [markdown] id="overflow"
r"""There is one trap. Scores may be large, and $e^{1000}$ is more than a computer's number can hold:"""

# %% id="overflow-shown"
with np.errstate(over="ignore", invalid="ignore"):
    powers = np.exp(np.array([0.0, 1000.0, 1001.0]))
    print(powers / powers.sum())

# %% [markdown] id="shift"
r"""The cure costs nothing. Subtract the same number from every score of a row. Then every $e^s$ shrinks by the same factor, and the factor cancels:

$$\frac{e^{s_j - c}}{\sum_m e^{s_m - c}} = \frac{e^{-c}\,e^{s_j}}{e^{-c}\sum_m e^{s_m}} = \alpha_j$$

Take the row's largest score as $c$. The largest power is then $e^0 = 1$, and nothing overflows.
Subtracting the maximum prevents overflow and **changes no weight**."""

# %% [markdown] id="ex-2-1-text"
r"""### Exercise 2.1 · a softmax that does not overflow
10 min · ●●○

Write `softmax(scores)`. It works along the **last** axis, for one row as well as for a table of them. Scores of 1000 must not hurt.

<details><summary>Hint 1</summary>Three steps: subtract the row's maximum, take the powers, divide by their sum.</details>
<details><summary>Hint 2</summary>Each row has its own maximum and its own sum. <code>axis=-1</code> is the last axis, whatever the number of axes.</details>
<details><summary>Hint 3</summary>Maximum and sum must keep an axis of length 1, so that they spread over their own row: <code>keepdims</code>.</details>"""


# %% id="ex-2-1"
def softmax(scores):
    """Turn scores (..., n) into weights (..., n) whose rows sum to one."""
    ### BEGIN SOLUTION
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
    ### END SOLUTION


# %% id="ex-2-1-check"
check.softmax(softmax)

# %% [markdown] id="stall"
r"""Now the stall can answer. From here on we use the course's softmax, `course.softmax`."""

# %% id="soft-price"
weights = course.softmax(scores)
(weights @ values).round(2).tolist()

# %% [markdown] id="why-softmax"
r"""4.12 euros for the plum. That is far from the cherry's 8, although the cherry tastes most like it.
The scores are small, so their powers differ little, and the plum listens to all five fruits almost alike. Temperature will mend that.

### Why softmax, and not another way to make rows sum to one?

Squares or absolute values would be positive, too. But then a score of −3 would count as much as +3.
Cutting negative scores off at 0 would also do, until all scores of a row are negative: then nothing is left to divide by.
Softmax keeps the order, gives everyone a share, and only *differences* of scores count. Other ways exist, and some work well.

## Temperature

Divide all scores by a number *T* before the softmax. It is called **temperature**. Cold: differences grow, the best key takes nearly all.
Hot: differences shrink, everyone is heard alike."""

# %% [markdown] id="ex-2-2-text"
r"""### Exercise 2.2 · temperature
4 min · ●○○

Return the weights at a temperature. `T` is positive; it may be very small.

<details><summary>Hint 1</summary>Temperature acts on the scores, not on the weights.</details>
<details><summary>Hint 2</summary><code>course.softmax</code> may be used here. One line is enough.</details>"""


# %% id="ex-2-2"
def at_temperature(scores, T):
    """Return the weights (..., n) of scores (..., n) at temperature T."""
    ### BEGIN SOLUTION
    return course.softmax(scores / T)
    ### END SOLUTION


# %% id="ex-2-2-check"
check.at_temperature(at_temperature)

# %% [markdown] id="play-alpha"
r"""The **α view** shows one row in three ways: the row of the matrix, the same weights as ink on the words, and the weighted sum that they make.
Each value here has three numbers: the price, the weeks it keeps, and the weight of one fruit in hundreds of grams.
Choose a row with the mouse or the arrow keys.

**One question to settle by playing:** how far down must the temperature go until the plum gives the cherry 0.95 or more?"""

# %% id="alpha-view"
facts = np.array([[2.0, 4.0, 1.8], [3.0, 3.0, 1.2], [1.5, 0.8, 1.5], [8.0, 0.6, 0.1], [4.0, 1.0, 0.1]])
widgets.alpha(scores, queries=visitors, keys=fruits, values=facts, name="fruit stall")

# %% [markdown] id="played-alpha"
r"""The cherry's weight as the temperature falls:"""

# %% id="cold-plum"
{T: course.softmax(scores / T)[0, 3].round(2).item() for T in (1, 0.3, 0.1, 0.07, 0.06)}

# %% [markdown] id="drag-scores"
r"""Drag the tops of the three scores, and change the temperature.

**One question to settle by playing:** lift all three scores by the same amount. Which weights move? And can you make a weight exactly 0?"""


# %% id="scores-panel"
def draw_scores(a, b, c, temperature):
    heights = np.array([a[1], b[1], c[1]])
    return figures.plot_scores(["a", "b", "c"], heights, course.softmax(heights / temperature))


panel(
    draw_scores,
    name="scores become weights",
    alt=lambda a, b, c, temperature: (
        "Weights: " + ", ".join(f"{w:.2f}" for w in course.softmax(np.array([a[1], b[1], c[1]]) / temperature))
    ),
    a=Point(0, 0.0, label="score a"),
    b=Point(1, 1.0, label="score b"),
    c=Point(2, 2.0, label="score c"),
    temperature=Slider(0.1, 10, 1, log=True, label="temperature"),
)

# %% [markdown] id="dragged"
r"""<details><summary><b>After you played</b></summary>

None moves: only differences count. And on paper no weight ever becomes exactly 0, for no power of e is 0.
(In the computer it can: $e^{-800}$ is too small for its numbers and is rounded to 0.)

</details>

## How many does a row listen to?

One number for how spread out a row is: its **entropy**, in bits.

$$H(\alpha) = -\sum_j \alpha_j \log_2 \alpha_j$$

All weight on one key: 0 bits. Shared equally by two: 1 bit. Shared equally by eight: 3 bits. So $2^H$ reads as *how many it listens to*, fractions allowed.
A weight of zero adds nothing to the sum."""

# %% [markdown] id="ex-2-3-text"
r"""### Exercise 2.3 · entropy
5 min · ●●○

Return the entropy of each row, in bits. Mind the zeros: `np.log2(0)` is −∞, and 0 · (−∞) is no number.

<details><summary>Hint 1</summary>One number per row: the sum goes along the last axis.</details>
<details><summary>Hint 2</summary>Where a weight is 0, take the logarithm of 1 instead. <code>np.where</code> can choose.</details>"""


# %% id="ex-2-3"
def entropy(weights):
    """Return the entropy in bits (...) of rows of weights (..., n)."""
    ### BEGIN SOLUTION
    logs = np.log2(np.where(weights > 0, weights, 1))
    return -(weights * logs).sum(axis=-1)
    ### END SOLUTION


# %% id="ex-2-3-check"
check.entropy(entropy)

# %% id="plum-listens-to"
{T: round(2 ** softmax_analysis.entropy(course.softmax(scores / T))[0].item(), 1) for T in (0.03, 0.3, 1, 10)}

# %% [markdown] id="why-divide"
r"""At temperature 1 the plum listens to nearly five fruits out of five, at 0.03 to one.

## <a id="why-divide-by-d"></a>Why divide by √d?

Attention in a Transformer divides every dot product by $\sqrt d$, where *d* is the length of a query and of a key. Why?

Real queries and keys have 64 or 128 numbers, or more. Before a model has learnt anything, these numbers are random,
most of them between −2 and 2.

**Predict.** One random query of length 1,024 and 16 random keys. To how many of the 16 does such a query listen, typically?"""

# %% id="predict-sqrt-choice"
predict("2-sqrt", "about 16, all of them", "about 8", "about 1")

# %% [markdown] id="spread"
r"""First the scores. A dot product adds up *d* products. Plus and minus partly cancel, so the sum grows, but slower than *d*.
Here is its spread (the standard deviation, the usual distance from the mean) for five lengths:"""

# %% id="spread-shown"
rng = np.random.default_rng(0)
{
    d: (rng.normal(size=(1000, d)) * rng.normal(size=(1000, d))).sum(axis=1).std().round(1).item()
    for d in (4, 16, 64, 256, 1024)
}

# %% [markdown] id="spread-say"
r"""Four times as long, twice the spread: it grows as $\sqrt d$. Now the weights, measured with and without a division by $\sqrt d$.
The third figure is the **slope**: by how much a weight moves when its own score moves a little.
Each point sums up 200 random queries, each with 16 random keys: the spread of all scores, the mean number of keys heard, and the slope of the middle one of the 200 rows.
We draw three times, so there are three lines of each kind."""


# %% id="measure-sqrt"
def at_the_start(d, seed, divide):
    """Return the spread of the scores, how many keys are heard, and the largest slope of a typical row."""
    rng = np.random.default_rng(seed)
    q, k = rng.normal(size=(200, 1, d)), rng.normal(size=(200, 16, d))
    scores = (q @ k.swapaxes(1, 2))[:, 0]  # (200, 1, d) @ (200, d, 16), then (200, 16): one row per query
    scores = scores / np.sqrt(d) if divide else scores
    weights = course.softmax(scores)
    slopes = (weights * (1 - weights)).max(axis=1)  # the row's largest; the formula comes in a minute
    return scores.std(), np.mean(2 ** softmax_analysis.entropy(weights)), np.median(slopes)


lengths = [4, 16, 64, 256, 1024]
measured = {
    divide: np.array([[at_the_start(d, seed, divide) for seed in range(3)] for d in lengths])
    for divide in (False, True)
}  # (5 lengths, 3 seeds, 3 figures)
plots.show(
    figures.plot_sqrt(lengths, measured[False], measured[True]),
    alt="Three panels against d. Without the division the spread of the scores grows, the number of keys heard falls to one, "
    "and the slope falls to zero. With it all three stay level.",
)

# %% id="assert-sqrt"
spread, heard, slope = measured[False].mean(axis=1)[-1]
assert abs(spread / 32 - 1) < 0.05 and heard < 1.3 and slope < 0.001
assert (abs(measured[True][:, :, 0] - 1) < 0.1).all() and (measured[True][:, :, 2] > 0.1).all()
f"d = 1024, undivided: spread {spread:.0f}, listens to {heard:.1f} of 16, typical slope {slope:.3f}"

# %% [markdown] id="sqrt-say"
r"""About 1. You may have said 16, because no key fits better than the others *on average*. But in each single row chance puts one ahead, and long vectors make its lead large.
So the row has settled on one key for no reason, before training has begun. Worse, its **slope is almost zero**.
Training moves scores a little, to where the answers get better. Where no weight moves, scores hardly learn.
Up to a length of 16 the undivided scores do well. From 64 on their slope collapses.

Dividing by $\sqrt d$ keeps the spread near 1, so that learning can start. (A divided row hears about 11 of 16: scores with spread 1 still differ.)

- It does **not** prevent overflow; subtracting the maximum does that.
- It is nothing special: it is a temperature, $T = \sqrt d$. A trained model can make its scores large again if it needs sharp weights.

One query and 16 keys of length 1,024; the slider takes their first *d* numbers. Slide, and switch the division.

**One question to settle by playing:** at which lengths does one key take more than half of the weight, undivided? And divided?"""


# %% id="sqrt-panel"
rng = np.random.default_rng(0)
long_query, long_keys = rng.normal(size=1024), rng.normal(size=(16, 1024))


def start_scores(d, divide):
    return long_keys[:, :d] @ long_query[:d] / (np.sqrt(d) if divide else 1)


def draw_start(d, divide):
    scores = start_scores(d, divide)
    return figures.plot_scores(range(16), scores, course.softmax(scores))


panel(
    draw_start,
    name="what dividing by the root of d does",
    alt=lambda d, divide: f"Largest of 16 weights at length {d}: {course.softmax(start_scores(d, divide)).max():.2f}.",
    d=Slider(1, 1024, 64, log=True, label="length d"),
    divide=Toggle(False, label="divide by √d"),
)

# %% [markdown] id="sqrt-played"
r"""The lengths at which one key takes more than half:"""

# %% id="sqrt-answer"
for divide in (False, True):
    most = {d: course.softmax(start_scores(d, divide)).max() for d in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)}
    print("divided:  " if divide else "undivided:", [d for d, weight in most.items() if weight > 0.5])

# %% [markdown] id="masking"
r"""## How to forbid a key

Sometimes a key must not be heard: a place that only fills up a short row (*padding*), or a word that lies in the future. It should get weight 0, and the others should share what is left.

**Predict.** Three keys have the scores −1, −2 and −3. The third is forbidden. A colleague sets its score to 0. Who gets the most weight?"""

# %% id="predict-mask-choice"
predict("2-mask", "the first key", "the second key", "the third, the forbidden one", "first and second alike")

# %% id="mask-zero"
course.softmax(np.array([-1.0, -2.0, 0.0])).round(2).tolist()

# %% [markdown] id="mask-zero-say"
r"""<details><summary><b>After you ran it</b></summary>

The forbidden one! A score of 0 does not mean *nothing*. It is a score like any other, and beside −1 and −2 it is the best.

</details>

What means nothing is **−∞**, because $e^{-\infty} = 0$:"""

# %% id="mask-infinity"
course.softmax(np.array([-1.0, -2.0, -np.inf])).round(2).tolist()

# %% [markdown] id="mask-after"
r"""What if the *weight* is set to zero afterwards? Then the row no longer sums to one, and every answer is pulled towards 0:"""

# %% id="mask-late"
(course.softmax(np.array([-1.0, -2.0, -3.0])) * [1, 1, 0]).sum().round(2).item()

# %% [markdown] id="mask-late-say"
r"""Dividing again would repair this row. But if the forbidden score is far ahead, say 900, all other weights are already 0, and there is nothing to divide.
Masking the scores with −∞, before the softmax, is right in every case but one: a row in which *every* key is forbidden.
Our `course.softmax` gives such a row zeros. Many libraries give NaN.

## Other ways to score

The dot product itself has nothing to learn. The first attention of this kind used a small formula with tables to be learnt (Bahdanau and others, 2015):

$$s_{ij} = w \cdot \tanh(W_q\, q_i + W_k\, k_j)$$

$W_q$, $W_k$ and $w$ are tables of numbers which training finds. The curve tanh squeezes any number into −1 … 1. The scorer is called *additive*, because it adds query and key. It is fed a *pair*: any query with any key.

(The same curve makes the **softcap** of some recent models: $c \tanh(s / c)$ bends a large score so that it stays between −c and c.)"""

# %% [markdown] id="ex-2-4-text"
r"""### Exercise 2.4 · the additive scorer
10 min · ●●● · stretch, you may skip it

`queries` (n_q, d_q), `keys` (n_k, d_k), `W_q` (d, d_q), `W_k` (d, d_k), `w` (d,). Return all scores (n_q, n_k).

<details><summary>Hint 1</summary>First bring both to length d: <code>queries @ W_q.T</code> and <code>keys @ W_k.T</code>.</details>
<details><summary>Hint 2</summary>Every pair: give one of them a new axis, so that the sum has shape (n_q, n_k, d).</details>
<details><summary>Hint 3</summary>Then tanh, and <code>@ w</code> takes the last axis away.</details>"""


# %% id="ex-2-4"
def additive_scores(queries, keys, W_q, W_k, w):
    """Return the score of every pair (n_q, n_k)."""
    ### BEGIN SOLUTION
    pairs = (queries @ W_q.T)[:, None, :] + keys @ W_k.T
    return np.tanh(pairs) @ w
    ### END SOLUTION


# %% id="ex-2-4-check"
check.additive_scores(additive_scores)

# %% [markdown] id="why-tanh"
r"""Why the tanh? Leave it out, and look at the weights of three different queries:"""

# %% id="without-tanh"
rng = np.random.default_rng(0)
q3, k4 = rng.normal(size=(3, 2)), rng.normal(size=(4, 2))
W_q, W_k, w = rng.normal(size=(5, 2)), rng.normal(size=(5, 2)), rng.normal(size=5)
plain = ((q3 @ W_q.T)[:, None] + k4 @ W_k.T) @ w
assert np.allclose(course.softmax(plain), course.softmax(plain)[0])
course.softmax(plain).round(2).tolist()

# %% [markdown] id="without-tanh-say"
r"""All rows are the same. Without tanh the score is $w \cdot W_q q_i + w \cdot W_k k_j$. The first part is the same for all keys of a row.
A number added to a whole row changes nothing, so the query has no say. Adding is not enough.
Query and key must *meet*: in a product, as in the dot product, or inside a curve such as tanh."""

# %% [markdown] id="ex-2-5-text"
r"""### Exercise 2.5 · what leaves α alone?
8 min · ●●○

`scores = queries @ keys.T`, then softmax along the rows. For each change, does every weight stay the same for *any* numbers? Write `True` or `False`.
Think first. Then try it out if you like.

- **a** add 5 to all scores of one row
- **b** add 5 to all scores of one column
- **c** multiply all scores by 2
- **d** add the same vector to every key
- **e** add the same vector to every query
- **f** multiply every query by 2 and divide every key by 2

<details><summary>Hint 1</summary>What leaves a row's differences alone leaves its weights alone.</details>
<details><summary>Hint 2</summary>For d and e, multiply out: q · (k + u) = q · k + q · u. Does the last part depend on the row, or on the column?</details>"""

# %% id="ex-2-5"
### BEGIN SOLUTION
a = True
b = False
c = False
d = True
e = False
f = True
### END SOLUTION

# %% id="ex-2-5-check"
check.invariances(a, b, c, d, e, f)

# %% [markdown] id="slope"
r"""## A scorer that learns

To learn, we must know how weights answer when a score moves. In this section there is one row only, so *i* and *j* both number its **keys**.
Raise score *j* by a tiny amount ε. Then

- its own weight rises by about $\alpha_j (1 - \alpha_j)\,ε$,
- every other weight $\alpha_i$ falls by about $\alpha_i \alpha_j\,ε$: there is only one unit of weight to share.

Both in one line, where $1[i = j]$ means 1 if *i* is *j*, else 0:

$$\frac{\partial \alpha_i}{\partial s_j} = \alpha_i\,(1[i = j] - \alpha_j)$$

Read the left side as *how far weight i moves, per step of score j*. The figure above showed the largest of the row's own slopes, $\alpha_j (1 - \alpha_j)$."""

# %% id="slope-try"
row, step = np.array([0.0, 1.0, 2.0]), 0.001
before, after = course.softmax(row), course.softmax(row + np.array([0, step, 0]))  # raise the middle
assert np.allclose((after - before) / step, before * ([0, 1, 0] - before[1]), atol=1e-3)
((after - before) / step).round(3).tolist()

# %% [markdown] id="ex-2-6-text"
r"""### Exercise 2.6 · the slope of softmax
8 min · ●●● · stretch, you may skip it

Given one row of weights (n,), return all slopes (n, n): row *i* is the weight, column *j* the score.

<details><summary>Hint 1</summary>Two parts: something on the diagonal, minus something everywhere.</details>
<details><summary>Hint 2</summary><code>np.diag</code> makes a diagonal, <code>np.outer</code> all products.</details>"""


# %% id="ex-2-6"
def softmax_slope(weights):
    """Return ∂α_i / ∂s_j (n, n) for one row of weights (n,)."""
    ### BEGIN SOLUTION
    return np.diag(weights) - np.outer(weights, weights)
    ### END SOLUTION


# %% id="ex-2-6-check"
check.softmax_slope(softmax_slope)

# %% [markdown] id="task"
r"""Now a small world to learn in. Eight symbols lie in a row, in random order, each with a random number as its value. After them comes the query: it names one of the symbols.
The answer is that symbol's number.

Each query and each key is a vector of eight numbers, a single 1 and seven zeros. Its number is the place of the 1. There is a difficulty: **query 3 does not belong to key 3.**
Which key belongs to which query is a secret order. The dot product would always choose the key of the same number, and always be wrong.

So the scorer is a table `W`, 8 by 8, all zeros at the start: `score = q @ W @ k`. It must learn the secret, from one example after the other."""


# %% id="example"
def make_secret(rng):
    """Return a secret order: query i belongs to key secret[i], never to key i."""
    ring, secret = rng.permutation(8), np.zeros(8, dtype=int)
    secret[ring] = np.roll(ring, 1)
    return secret


def example(rng, secret):
    """Return a query (8,), the keys (8, 8) and values (8,) of eight symbols in random order, and the right place."""
    order, place = rng.permutation(8), rng.integers(8)
    queries, keys = np.eye(8), np.eye(8)[secret]
    return queries[order[place]], keys[order], rng.normal(size=8), place


# %% [markdown] id="downhill"
r"""After each example `W` moves a little against the error. How far, for each entry? Follow a small step ε from the score to the error:

- Raise the score of key *j* by ε. Weight comes to $v_j$, and all others give some up. The answer *a* moves by $\alpha_j (v_j - a)\,ε$.
- The squared error moves by 2 · error times that.
- The entry $W_{mn}$ counts in the score of key *j* only if the query has its 1 at *m* and the key its 1 at *n*. `np.outer` finds these entries.

`rate` is the size of a step. The minus sign leads downhill, to a smaller error. You need not follow every sign to go on."""


# %% id="learn"
def learn(seed, allowed, steps=2000, rate=0.3):
    """Return the table W that 2,000 examples have taught, and the secret it should have found."""
    rng, W = np.random.default_rng(seed), np.zeros((8, 8))
    secret = make_secret(rng)
    for _ in range(steps):
        q, keys, values, place = example(rng, secret)
        weights = course.softmax(np.where(allowed, q @ W @ keys.T, -np.inf))  # (8,)
        answer = weights @ values
        slope = 2 * (answer - values[place]) * weights * (values - answer)  # (8,): of the squared error, per score
        W -= rate * np.outer(q, slope @ keys)  # (8, 8)
    return W, secret


# %% [markdown] id="predict-adjacent"
r"""We let it learn twice: once with every key allowed, once with only the **adjacent** one, the last before the query. (Some descriptions of attention
say that the scorer is fed *two adjacent elements*. This is what it would cost.)

**Predict.** How often will the adjacent scorer find the right key among eight?"""

# %% id="predict-adjacent-choice"
predict("2-adjacent", "nearly always", "every second time", "one time in eight", "never")


# %% id="train-both"
def right_key(W, secret, allowed, seed, tests=500):
    """Return how often the largest weight stands on the right key, in examples never seen."""
    rng, hits = np.random.default_rng(1000 + seed), 0
    for _ in range(tests):
        q, keys, _, place = example(rng, secret)
        hits += np.where(allowed, q @ W @ keys.T, -np.inf).argmax() == place
    return hits / tests


everyone, adjacent = np.ones(8, dtype=bool), np.arange(8) == 7
for name, allowed in {"every key": everyone, "adjacent only": adjacent}.items():
    rates = [right_key(*learn(seed, allowed), allowed, seed) for seed in range(3)]
    print(f"{name:<14} right in", ", ".join(f"{rate:.0%}" for rate in rates))
    assert min(rates) == 1 if name == "every key" else all(abs(rate - 1 / 8) < 0.05 for rate in rates)
assert not learn(0, adjacent)[0].any()

# %% [markdown] id="adjacent-say"
r"""<details><summary><b>After you ran it</b></summary>

One in eight is luck: the asked symbol happened to lie next door. Training cannot mend that. The only key allowed has weight 1, whatever its score,
so its slope is 1 · (1 − 1) = 0, and `W` has not moved at all: it is still all zeros.

</details>

With every key allowed, the same few lines are right every time, for three different secrets. And you can read what they have learnt:"""

# %% id="learnt-table"
W, secret = learn(0, everyone)
table = course.softmax(W)
assert (table.argmax(axis=1) == secret).all() and not (secret == np.arange(8)).any()
plots.show(
    plots.plot_alpha(
        table,
        [f"query {i}" for i in range(8)],
        [f"key {j}" for j in range(8)],
        title="What W has learnt: who belongs to whom",
    ),
    alt="Eight rows with one dark cell each, in no visible order: the secret pairs of queries and keys.",
)

# %% [markdown] id="learnt-say"
r"""The dark cells are the secret order, found from errors alone. None is on the diagonal: attention looks at what *fits*, which need not be what is *similar*.

A caveat. This is an easy world. Each symbol has an axis of its own, and nothing is ambiguous. Chapter 6 learns on real words.

## Back to the tunnel

Remember the weights from distance: $\exp(-(q-k)^2 / 2h^2)$, then rows to one. That is a softmax of the scores $-(q-k)^2/2h^2$. Multiply out:

$$-\frac{(q-k)^2}{2h^2} \;=\; \frac{q\,k - \tfrac12 k^2}{h^2} \;-\; \frac{q^2}{2h^2}$$

The last part is the same for the whole row. You know what that means."""

# %% [markdown] id="ex-2-7-text"
r"""### Exercise 2.7 · a distance is a dot product
12 min · ●●○

`queries` (n_q,) and `keys` (n_k,) are numbers. Turn each query and each key into a small vector, so that the softmax of their **dot products**
gives exactly the weights from distance. Return both tables.

<details><summary>Hint 1</summary>What is left when the part that the whole row shares is dropped?</details>
<details><summary>Hint 2</summary>Two entries each are enough. One pair of entries makes q·k, the other makes −k²/2, whatever q is.</details>
<details><summary>Hint 3</summary>The key becomes (k, −k²/2). What must stand in the query's second entry? And where does h² go?</details>"""


# %% id="ex-2-7"
def as_dot_products(queries, keys, bandwidth):
    """Return vectors for the queries (n_q, d) and for the keys (n_k, d)."""
    ### BEGIN SOLUTION
    new_queries = np.stack([queries, np.ones_like(queries)], axis=1) / bandwidth**2
    new_keys = np.stack([keys, -(keys**2) / 2], axis=1)
    return new_queries, new_keys
    ### END SOLUTION


# %% id="ex-2-7-check"
check.as_dot_products(as_dot_products)

# %% [markdown] id="attention-whole"
r"""One thing is left: to put the pieces of this chapter together. Scores, softmax, weighted sum:"""


# %% id="attention-in-two-lines"
def attention(q, k, v, scale):
    weights = course.softmax(scale * (q @ k.T))  # (n_q, n_k)
    return weights @ v, weights


# %% [markdown] id="attention-say"
r"""This is **attention**, as the Transformer computes it, with `scale` $= 1/\sqrt d$. (`course.attention` does the same, and handles masks and many tables at once.)
It has never heard of distance.

Now let both answer for the tunnel: on one side **the weights you wrote in chapter 1**, on the other side attention with the vectors of exercise 2.7, in the course's version.
The bandwidth already sits in these vectors, so `scale` is 1."""

# %% id="wow"
mine, whose = earlier("1.3", "gaussian_weights", kernel_regression.gaussian_weights)
rng = np.random.default_rng(0)
places = np.sort(rng.uniform(0, 10, size=30))
readings = 18 + 0.5 * places + 2 * np.sin(places) + rng.normal(scale=0.5, size=30)
asked = np.linspace(0, 10, 101)

my_weights = mine(asked, places, 0.5)
q, k = softmax_analysis.as_dot_products(asked, places, 0.5)
answers, weights = attention(q, k, readings, scale=1)
f"the weights from distance are {whose}"

# %% [markdown] id="predict-wow"
r"""(If exercise 1.3 is not passed yet, the course's version stands in.)

**Predict.** How far apart are the two matrices of weights, at the place where they differ most?"""

# %% id="predict-wow-choice"
predict("2-wow", "they have little in common", "a few hundredths", "not at all, beyond rounding")

# %% id="wow-shown"
plots.show(
    figures.plot_twins(my_weights, weights, asked, ["chapter 1: weights from distance", "attention's weights"]),
    alt="Two matrices of weights side by side, a bent dark band in each. They look the same.",
)

# %% id="wow-number"
assert np.allclose(my_weights, weights, atol=1e-9)
assert np.allclose(my_weights @ readings, answers)
f"largest difference anywhere: {abs(my_weights - weights).max():.9f}"

# %% [markdown] id="wow-say"
r"""<details><summary><b>After you ran it</b></summary>

No difference, beyond rounding. **The weights you built in chapter 1 are attention's weights.** What was a distance is now a dot product between vectors, and vectors can hold anything:
a taste, a word, a piece of an image. And they need not be made by hand: they can be learnt, as `W` was. That is a large part of the way from 1964 to the Transformer.

</details>

## What we learnt

- A score belongs to a pair of a query and a key. Softmax turns a row of scores into weights; only differences within the row count.
- Subtracting the maximum prevents overflow. Dividing by $\sqrt d$ lets learning start. Masking is −∞ before the softmax.
- Attention is $\text{softmax}(q\,k^\top / \sqrt d)\, v$. Kernel regression is attention whose queries and keys were made by hand."""

# %% [markdown] id="check-yourself"
r"""## Check yourself"""

# %% id="quiz"
check.yourself()

# %% [markdown] id="ex-2-8-text"
r"""## Going further

### Exercise 2.8 · drowned in a crowd
8 min · ●●● · stretch

Of N keys one fits: its score is ahead of all others by `lead`. The other N − 1 scores are equal. Its weight is

$$\frac{e^{\text{lead}}}{e^{\text{lead}} + N - 1}$$

The more keys, the smaller it gets, however clear the winner is. Return the **largest N** for which the winner still has at least half of the weight.

<details><summary>Hint 1</summary>Half means: the winner's power is at least as large as all the others' together.</details>
<details><summary>Hint 2</summary>N is a whole number: round in the right direction.</details>"""


# %% id="ex-2-8"
def largest_crowd(lead):
    """Return the largest number of keys N at which a key that leads by ``lead`` has weight 1/2 or more."""
    ### BEGIN SOLUTION
    return int(np.floor(np.exp(lead))) + 1
    ### END SOLUTION


# %% id="ex-2-8-check"
check.largest_crowd(largest_crowd)

# %% [markdown] id="going-on"
r"""- J. Bridle (1990), *Probabilistic interpretation of feedforward classification network outputs*: the name softmax.
- D. Bahdanau, K. Cho, Y. Bengio (2015), *Neural machine translation by jointly learning to align and translate*: the additive scorer.
- A. Vaswani and others (2017), *Attention is all you need*, section 3.2.1: the dot product divided by √d, with a footnote on why.

Words of this chapter: [Additive score](glossary.md#additive-score) · [Attention](glossary.md#attention) · [Entropy](glossary.md#entropy) · [Mask](glossary.md#mask) · [Score](glossary.md#score) · [Softmax](glossary.md#softmax) · [Temperature](glossary.md#temperature).

Next: [3 · Recurrent networks](03_recurrent_networks.ipynb), a memory that fades, and how much of it is a matter of the start. On the short route: [7 · Query, key, value](07_query_key_value.ipynb).
Before you go on, shut this kernel down (menu *Kernel*, *Shut Down Kernel*): each open chapter holds memory."""
