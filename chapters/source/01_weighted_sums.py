# %% [markdown] id="title"
r"""# 1 · Weighted sums
*An average that knows what to ignore.*

**You will be able to** read a matrix of weights, compute with it in one line, and say what it can never do.

About 50 minutes, 65 with the stretch exercise · you need Python lists and a little NumPy: arrays, shapes, and the matrix product `@`."""

# %% id="imports"
import numpy as np

from utils import plots
from utils.attention import kernel_regression as course
from utils.chapters.ch01_weighted_sums import check, figures
from utils.widgets import Point, Slider, panel, predict

# %% [markdown] id="warm-up"
r"""## Warm up

Two questions about what you bring along. Choose, then press *Check*."""

# %% id="recall"
check.recall()

# %% [markdown] id="seven-thermometers"
r"""## Seven thermometers

Seven thermometers hang along a corridor, one every metre. The fifth hangs over a radiator.
How warm is the corridor?"""

# %% id="mean"
readings = np.array([19.8, 20.1, 20.4, 20.2, 57.9, 20.6, 20.3])
readings.mean().round(1).item()

# %% [markdown] id="mean-fails"
r"""Nobody in that corridor is at 25.6 degrees. The mean listens to everyone equally.
That is its virtue; today it is its fault.

So let us listen *unequally*. Give each thermometer a **weight**: none below zero, all together one.
The radiator gets nothing, the other six get an equal share."""

# %% id="loop"
weights = np.array([1, 1, 1, 1, 0, 1, 1]) / 6
total = 0.0
for weight, reading in zip(weights, readings, strict=True):
    total += weight * reading
round(total.item(), 2)

# %% [markdown] id="at-sign"
r"""A product, a sum, a loop. NumPy writes all three as one sign, `@`:"""

# %% id="matmul"
assert np.isclose(weights @ readings, total)
(weights @ readings).round(2).item()

# %% [markdown] id="one-row"
r"""## One question, one row

"How warm is the corridor?" is a poor question. How warm is it *at the door*? *In the middle*? *By the window*?
Each place deserves its own weights: thermometers nearby count more, those far off less.

Write the weights of three questions under each other. That is a **matrix of weights**.
It stays with us to the last chapter, so it gets a name: **α** (alpha).

| in the formula | in the code | shape | in words |
|---|---|---|---|
| $x_j$ | `readings[j]` | a number | what thermometer *j* says |
| $\alpha_{ij}$ | `weights[i, j]` | a number, 0 to 1 | how much question *i* listens to thermometer *j* |
| $a_i = \sum_j \alpha_{ij}\, x_j$ | `weights @ readings` | one number per question | the answer to question *i* |"""

# %% id="first-alpha"
places = ["door", "middle", "window"]
weights = np.array(
    [
        [0.6, 0.3, 0.1, 0.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.3, 0.5, 0.0, 0.2, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.3, 0.7],
    ]
)
plots.show(
    plots.plot_alpha(weights, places, [f"{m} m" for m in range(7)], title="Three questions, three ways to listen"),
    alt="Three rows of weights over seven thermometers. Each row is dark near its own place; the radiator, at 4 m, gets none.",
)

# %% [markdown] id="read-a-row"
r"""Read it like a page. Pick a **row**: that is who asks. Run along it: that is whom it listens to. Every row sums to one.

The answer at the door, by hand: $0.6 \cdot 19.8 + 0.3 \cdot 20.1 + 0.1 \cdot 20.4 = 19.95$.
Now all three answers with two loops, one over the questions and one over the thermometers."""

# %% id="two-loops"
answers = np.zeros(3)
for i in range(3):
    for j in range(7):
        answers[i] += weights[i, j] * readings[j]
answers.round(2).tolist()

# %% [markdown] id="one-line"
r"""And with one matrix product:"""

# %% id="alpha-at-readings"
assert np.allclose(weights @ readings, answers)
(weights @ readings).round(2).tolist()

# %% [markdown] id="predict-largest"
r"""**Predict.** You may choose the *middle* row freely, as long as no weight is negative and they sum to one.
What is the largest answer you can reach? Commit, then run the cell after it."""

# %% id="predict-largest-choice"
predict("1-largest", "25.6, the mean", "57.9, the hottest reading", "more than 57.9", "there is no limit")

# %% id="largest"
one_row = np.array([0, 0, 0, 0, 1, 0, 0])
(one_row @ readings).item()

# %% [markdown] id="cannot-invent"
r"""<details><summary><b>After you ran it</b></summary>

57.9, and no more. Every bit of weight you take from the hottest thermometer goes to a cooler one and pulls the answer down.
A weighted average can choose, and it can blend. **It cannot invent.**
Keep that in mind: in chapter 10 other parts will have to do the inventing.

</details>"""

# %% [markdown] id="ex-1-1-text"
r"""### Exercise 1.1 · rows to one
5 min · ●○○

You are given a table of votes: how interesting question *i* finds thermometer *j*. No vote is negative.
Turn the table into weights: **every row must sum to one**, except a row without any vote. It has nobody to listen to; leave its zeros as they are.

<details><summary>Hint 1</summary>Which number must each entry of row 0 be divided by? And of row 1?</details>
<details><summary>Hint 2</summary><code>table.sum(axis=…)</code> adds along an axis. To divide row by row, the totals must keep the shape (n, 1): see <code>keepdims</code>.</details>
<details><summary>Hint 3</summary>Where a total is 0, divide by 1 instead: 0 / 1 is 0. <code>np.where</code> can choose.</details>"""


# %% id="ex-1-1"
def to_weights(table):
    """Scale each row of ``table`` (n, m) so that it sums to one; a row of zeros stays zeros."""
    ### BEGIN SOLUTION
    totals = table.sum(axis=1, keepdims=True)
    return table / np.where(totals > 0, totals, 1)
    ### END SOLUTION


# %% id="ex-1-1-check"
check.to_weights(to_weights)

# %% [markdown] id="ex-1-2-text"
r"""### Exercise 1.2 · a moving average is a matrix
8 min · ●●○

You know the moving average: each place takes the mean of itself and its neighbours up to `reach` steps away, on both sides.
Write its α. Row *i* shares its weight equally among the places it can reach. At the ends there are fewer neighbours, so each gets more.

For `n = 5` and `reach = 1`, row 0 is `[1/2, 1/2, 0, 0, 0]` and row 2 is `[0, 1/3, 1/3, 1/3, 0]`.

<details><summary>Hint 1</summary>First mark with 1 whom each row may listen to. Then you already know how to make the rows sum to one.</details>
<details><summary>Hint 2</summary>Place <em>j</em> is in reach of place <em>i</em> when |i − j| ≤ reach. <code>np.arange(n)[:, None] - np.arange(n)</code> has all the differences.</details>
<details><summary>Hint 3</summary>The course's version of exercise 1.1 is <code>course.to_weights</code>.</details>"""


# %% id="ex-1-2"
def moving_average(n, reach):
    """Return α (n, n): row i listens equally to all places at most ``reach`` steps away."""
    ### BEGIN SOLUTION
    steps = np.arange(n)[:, None] - np.arange(n)
    return course.to_weights((abs(steps) <= reach).astype(float))
    ### END SOLUTION


# %% id="ex-1-2-check"
check.moving_average(moving_average)

# %% [markdown] id="filter-is-a-matrix"
r"""So smoothing a row of readings is also `weights @ x`. A smoother like this is called a *filter*. The band of equal weights is the whole filter:"""

# %% id="band"
steps = np.arange(7)[:, None] - np.arange(7)
band = course.to_weights((abs(steps) <= 1).astype(float))
plots.show(
    plots.plot_alpha(band, [f"{m} m" for m in range(7)], title="A moving average listens to its neighbours"),
    alt="Seven rows. Each has weight one third on its own place and on both neighbours; the two end rows have halves.",
)

# %% [markdown] id="predict-columns"
r"""**Predict.** Every *row* of this α sums to one. What do the *columns* sum to?"""

# %% id="predict-columns-choice"
predict("1-columns", "also to one, all of them", "to one in the middle, but not near the ends", "to zero")

# %% id="columns"
band.sum(axis=0).round(2).tolist()

# %% [markdown] id="columns-say"
r"""<details><summary><b>After you ran it</b></summary>

A column says how much one thermometer is heard *in all*. Nothing forces that to be one.
The first thermometer has two listeners: ½ + ⅓ = 0.83. The second has three: ½ + ⅓ + ⅓ = 1.17.
A row must sum to one. A column tells how popular a thermometer is. It is easy to mix them up, so look twice.

</details>"""

# %% [markdown] id="weights-from-distance"
r"""## Weights from distance

So far we wrote α by hand. Let us compute it. The rule: *near readings count more*.

Three words now, with the colours they keep all through the course:

- <span style="color:#0072B2">■</span> **query**: where I ask. *At 2.5 metres.*
- <span style="color:#D55E00">■</span> **key**: where a reading hangs. *At 3 metres.*
- <span style="color:#009E73">■</span> **value**: what it says. *20.2 degrees.*

The query is compared with the keys. That gives the weights. The weights then average the values.
Keys and values come in pairs, but they do different jobs: **query and key together decide how much, the value decides what.**
Here the three are different things. In chapter 7 one sentence will play all three parts.

To make "near" a number, let closeness fall off as a bell curve of the distance $q - k$. Its width is the **bandwidth** *h*:

$$\text{closeness}(q, k) = \exp\!\left(-\frac{(q-k)^2}{2h^2}\right)$$

At distance 0 it is 1. At one bandwidth it is 0.61, at two 0.14, at three 0.01. (Other curves that fall with distance would do as well.)"""

# %% id="closeness-by-hand"
distance = np.array([0, 1, 2, 3])
np.exp(-(distance**2) / 2).round(2).tolist()

# %% [markdown] id="three-numbers"
r"""Small enough for paper: one query at 0, keys at −1, 0 and 2, bandwidth 1.
Closeness 0.607, 1 and 0.135, together 1.742. Divide, and the row is done."""

# %% id="row-by-hand"
closeness = np.exp(-(np.array([-1.0, 0.0, 2.0]) ** 2) / 2)
(closeness / closeness.sum()).round(2).tolist()

# %% [markdown] id="ex-1-3-text"
r"""### Exercise 1.3 · weights from distance
8 min · ●●○

Do it for all queries and keys at once. Return α with one row per query and one column per key.
This is **kernel regression**, published in 1964 by Nadaraya and by Watson.

<details><summary>Hint 1</summary>Three steps: all distances, their closeness, rows to one.</details>
<details><summary>Hint 2</summary><code>queries[:, None]</code> has shape (n_q, 1). Subtract <code>keys</code>, of shape (n_k,), and look at the shape.</details>
<details><summary>Hint 3</summary>Square first the distance, then the bandwidth: <code>2 * bandwidth**2</code>.</details>"""


# %% id="ex-1-3"
def gaussian_weights(queries, keys, bandwidth):
    """Return α (n_q, n_k): each query's weights over the keys, a bell curve of the distance."""
    ### BEGIN SOLUTION
    distances = queries[:, None] - keys
    return course.to_weights(np.exp(-(distances**2) / (2 * bandwidth**2)))
    ### END SOLUTION


# %% id="ex-1-3-check"
check.gaussian_weights(gaussian_weights)

# %% [markdown] id="tunnel"
r"""## Too narrow, too wide

A tunnel, ten metres long, with thirty thermometers at odd places. Each is off by half a degree or so.
We made this tunnel ourselves, so we know the true temperature everywhere. That lets us measure how well the weights do."""


# %% id="tunnel-data"
def true_temperature(x):
    return 18 + 0.5 * x + 2 * np.sin(x)


def measure_tunnel(seed):
    rng = np.random.default_rng(seed)
    positions = np.sort(rng.uniform(0, 10, size=30))
    return positions, true_temperature(positions) + rng.normal(scale=0.5, size=30)


keys, values = measure_tunnel(seed=0)
queries = np.linspace(0, 10, 101)

# %% [markdown] id="play-bandwidth"
r"""Play with the bandwidth. The curve is the answer at 101 places. The matrix is the α it was computed with.

**One question to settle by playing:** what does each row of α look like when the curve runs through nearly every reading, and what when it goes flat?"""


# %% id="bandwidth-panel"
def draw_fit(bandwidth):
    weights = course.gaussian_weights(queries, keys, bandwidth)
    return figures.plot_fit(keys, values, queries, weights, truth=true_temperature(queries))


panel(
    draw_fit,
    name="the fit and its weights",
    alt=lambda bandwidth: (
        f"Thirty readings, the fitted curve and its matrix of weights at bandwidth {bandwidth:.2f} m."
    ),
    bandwidth=Slider(0.03, 30, 2, log=True, label="bandwidth", unit="m"),
)

# %% [markdown] id="played"
r"""Very narrow: each row is almost a single 1, and every query repeats its nearest thermometer, noise and all.
Very wide: all rows are nearly the same, about one thirtieth everywhere, and every query gets nearly the plain mean.
The mean is a row of weights that does not care who asks.

Which bandwidth is best? The true curve would tell, but in life nobody has it. The readings themselves can tell:
hide one, predict it from the others, look at the error. Do that for each in turn. This is called **leave-one-out**."""

# %% [markdown] id="ex-1-4-text"
r"""### Exercise 1.4 · leave one out
10 min · ●●● · stretch, you may skip it

Return the mean of the squared errors when every reading is predicted by all the *others*. Your own point must not vote.

<details><summary>Hint 1</summary>In the matrix of closeness between the positions and themselves, where are the own votes?</details>
<details><summary>Hint 2</summary>Take the own votes away <em>before</em> the rows are made to sum to one. <code>np.fill_diagonal</code> helps.</details>
<details><summary>Hint 3</summary>Then predict with <code>@</code>, subtract the readings, square, take the mean.</details>"""


# %% id="ex-1-4"
def leave_one_out_error(positions, readings, bandwidth):
    """Return the mean squared error of predicting each reading from the others (a number)."""
    ### BEGIN SOLUTION
    distances = positions[:, None] - positions
    closeness = np.exp(-(distances**2) / (2 * bandwidth**2))
    np.fill_diagonal(closeness, 0)
    return np.mean((course.to_weights(closeness) @ readings - readings) ** 2)
    ### END SOLUTION


# %% id="ex-1-4-check"
check.leave_one_out_error(leave_one_out_error)

# %% [markdown] id="choose-bandwidth"
r"""Let the readings choose, in three different tunnels, and compare with the best choice that somebody who knows the truth could make."""

# %% id="choose"
bandwidths = np.geomspace(0.1, 5, 60)


def true_error(places, temperatures, bandwidth):
    fit = course.gaussian_weights(queries, places, bandwidth) @ temperatures
    return np.sqrt(np.mean((fit - true_temperature(queries)) ** 2)).item()


for seed in range(3):
    tunnel = measure_tunnel(seed)
    chosen = min(bandwidths, key=lambda h: course.leave_one_out_error(*tunnel, h))
    best = min(bandwidths, key=lambda h: true_error(*tunnel, h))
    cost = true_error(*tunnel, chosen), true_error(*tunnel, best)
    print(f"tunnel {seed}: chosen {chosen:.2f} m, off by {cost[0]:.2f}°; best {best:.2f} m, off by {cost[1]:.2f}°")
    assert cost[0] < 1.25 * cost[1]

# %% [markdown] id="choose-say"
r"""The choice made without the truth costs at most a quarter more error here. It is not perfect: the first tunnel chose
a third of the best width. Thirty noisy readings can mislead.

Would it not be simpler to choose the bandwidth that fits the readings best? Try it: the own vote back in."""

# %% id="own-vote"
fit_error = [np.mean((course.gaussian_weights(keys, keys, h) @ values - values) ** 2) for h in bandwidths]
assert np.argmin(fit_error) == 0
f"best fit to its own readings: {bandwidths[np.argmin(fit_error)]:.2f} m, the narrowest on offer"

# %% [markdown] id="own-vote-say"
r"""A reading that may vote for itself does. The narrower the bandwidth, the more of the vote is its own, and the better it repeats its own noise.
The error looks small and says nothing about the tunnel.

## Only the past may speak

A reading every hour, and you want the average *so far*. Hour *i* may listen to the hours 0 … *i*, and to nobody later:
the future is not there yet. Such weights are called **causal**. Every Transformer that writes text one word at a time uses them.
(*Causal* means: only the past. It does not say what caused an answer.)"""

# %% [markdown] id="ex-1-5-text"
r"""### Exercise 1.5 · the average so far
5 min · ●●○

Write the α of the running mean: row *i* listens equally to its *i* + 1 voices, itself included.

<details><summary>Hint 1</summary>Write it on paper for n = 3. Which triangle of the square is filled?</details>
<details><summary>Hint 2</summary><code>np.tri(n)</code> is a triangle of ones. Which way does it point?</details>
<details><summary>Hint 3</summary>Then rows to one.</details>"""


# %% id="ex-1-5"
def causal_average(n):
    """Return α (n, n): row i averages the places 0 … i."""
    ### BEGIN SOLUTION
    return course.to_weights(np.tri(n))
    ### END SOLUTION


# %% id="ex-1-5-check"
check.causal_average(causal_average)

# %% id="causal-alpha"
so_far = np.tri(6) / np.arange(1, 7)[:, None]
hours = ["6 am", "7 am", "8 am", "9 am", "10 am", "11 am"]
plots.show(
    plots.plot_alpha(so_far, hours, mask=np.tri(6, dtype=bool), title="The average so far: nobody hears the future"),
    alt="A lower triangle. Row i spreads evenly over i plus one cells; the cells above the diagonal are hatched.",
)

# %% [markdown] id="what-it-cannot"
r"""## What it can never do

Two conditions stood at the beginning: **no weight below zero, every row sums to one.** What if we drop them, one at a time?

**Predict.** Two thermometers say 20 and 58. The weights are 2 and −1. They do sum to one. What is the answer?"""

# %% id="predict-negative-choice"
predict("1-negative", "between 20 and 58", "below 20", "above 58")

# %% id="negative"
(np.array([2, -1]) @ np.array([20, 58])).item()

# %% [markdown] id="negative-say"
r"""<details><summary><b>After you ran it</b></summary>

Two times 20 minus 58 is −18: below anything that was ever read. 

</details>

And with no negative weight, but a sum of 1.5:"""

# %% id="sum-too-large"
(np.array([0.5, 1.0]) @ np.array([20, 58])).item()

# %% [markdown] id="simplex-play"
r"""Above anything that was ever read. Both conditions together keep the answer inside; each alone does not.

In the plane one can see it. Three values are three points now, A, B and C. The weighted sum is the point P.
**Drag P.** The bars show the one set of weights, summing to one, that makes this P.

**One question to settle by playing:** where is P when one weight is exactly zero? And what must happen for P to leave the triangle?"""

# %% id="simplex-panel"
corners = np.array([[0.0, 0.0], [4.0, 0.0], [2.0, 3.0]])


def weights_of(point):
    """Solve for the three weights: they sum to one, and their weighted sum of the corners is the point."""
    return np.linalg.solve(np.vstack([corners.T, np.ones(3)]), [*point, 1])


panel(
    lambda P: figures.plot_simplex(corners, "ABC", P, weights_of(P)),
    name="a weighted sum of three corners",
    alt=lambda P: "Weights of A, B, C: " + ", ".join(f"{w:.2f}" for w in weights_of(P)),
    P=Point(2.0, 1.2, label="P"),
)

# %% [markdown] id="hull"
r"""On an edge, one corner is not heard at all. Outside, at least one weight is negative.
The region that proper weights can reach is called the **convex hull**: stretch a rubber band around the values, and everything inside can be reached."""

# %% [markdown] id="ex-1-6-text"
r"""### Exercise 1.6 · can it be reached?
6 min · ●●○

Four values stand at the corners of a square: (0, 0), (4, 0), (4, 4), (0, 4), in this order.
For each target write a row of four weights that reaches it, none negative, summing to one. Where no such row exists, write `None`.

| target | | |
|---|---|---|
| K | (4, 4) | a corner |
| L | (2, 2) | the middle |
| M | (1, 0) | on an edge |
| N | (5, 1) | outside? |

<details><summary>Hint 1</summary>K: whom must you listen to, and to whom not at all?</details>
<details><summary>Hint 2</summary>M lies between two corners, nearer to one of them. The other two get zero.</details>
<details><summary>Hint 3</summary>N: how large is the largest first coordinate any average of 0, 4, 4 and 0 can have?</details>"""

# %% id="ex-1-6"
### BEGIN SOLUTION
K = [0, 0, 1, 0]
L = [0.25, 0.25, 0.25, 0.25]
M = [0.75, 0.25, 0, 0]
N = None
### END SOLUTION

# %% id="ex-1-6-check"
check.reached(K, L, M, N)

# %% [markdown] id="outside"
r"""## Where it does not work

Back to the corridor and its radiator. By hand we gave the fifth thermometer no weight. Now let distance make the weights:"""

# %% id="radiator-again"
metres = np.arange(7.0)
(course.gaussian_weights(metres, metres, 1.0) @ readings).round(1).tolist()

# %% [markdown] id="radiator-say"
r"""The radiator is back: 35.4 degrees at its place, 29.4 and 30.1 beside it. Distance knows nothing about radiators.
A weighted average ignores what its *weights* tell it to ignore. For good weights we need something better than distance, and chapter 2 begins there.

And what if there is nothing near? The tunnel goes on, but at 14 metres there is no thermometer. Ask anyway, in three tunnels:"""

# %% id="ask-outside"
for seed in range(3):
    places, temperatures = measure_tunnel(seed)
    answer = (course.gaussian_weights(np.array([14.0]), places, 0.5) @ temperatures).item()
    truth, last = true_temperature(14), temperatures[-1]
    print(f"tunnel {seed}: answer at 14 m {answer:.1f}°, truth {truth:.1f}°, last reading {last:.1f}°")
    assert abs(answer - last) < 1 and truth - answer > 4

# %% [markdown] id="outside-say"
r"""It repeats the readings at the end, more than four degrees too low, and nothing in the answer says that it is guessing.
It does not know what it does not know. Chapter 15 comes back to this.

## What we learnt

- Attention is a weighted sum, the one you have just built: $a_i = \sum_j \alpha_{ij} x_j$, in code `weights @ x`. A row says who listens to whom.
- Weights that are not negative and sum to one, row by row, keep every answer inside the hull of the values. Columns are free.
- The query is compared with the keys, that makes the weights; the weights average the values."""

# %% [markdown] id="check-yourself"
r"""## Check yourself"""

# %% id="quiz"
check.yourself()

# %% [markdown] id="going-on"
r"""## Going further

- **Break it.** In exercise 1.6, drop one of the two conditions and reach N. Then drop the other one instead. Which four weights did you use?
- E. Nadaraya (1964), *On estimating regression*. G. Watson (1964), *Smooth regression analysis*. Two pages of each are enough.
- C. Shalizi (2013), *Advanced Data Analysis from an Elementary Point of View*, chapter 1: averages as smoothers.

Words of this chapter: [Bandwidth](glossary.md#bandwidth) · [Kernel regression](glossary.md#kernel-regression) · [Key](glossary.md#key) · [Query](glossary.md#query) · [Value](glossary.md#value) · [Weighted sum](glossary.md#weighted-sum).

Next: [2 · Scores and softmax](02_scores_and_softmax.ipynb), where weights come from when there is no distance.
Before you go on, shut this kernel down (menu *Kernel*, *Shut Down Kernel*): each open chapter holds memory."""
