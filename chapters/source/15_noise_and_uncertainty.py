# %% [markdown] id="title"
r"""# 15 · Noise and uncertainty
*How sure is it?*

**You will be able to** read doubt out of a row of weights, test whether a promise about doubt is kept,
and say why a sharp α is not a sure model.

About 60 minutes, 65 with the stretch exercise · you need chapters 1, 2 and 5: kernel regression, softmax, the race."""

# %% id="imports"
import numpy as np

from utils import attention as kernel, plots
from utils.attention import kernel_regression
from utils.chapters.ch15_noise_and_uncertainty import calibration, check, figures, noisy_lookup, uncertainty as course
from utils.widgets import Choice, Point, Slider, panel, predict

# %% [markdown] id="warm-up"
r"""## Warm up

Two questions from chapters 2 and 5."""

# %% id="recall"
check.recall()

# %% [markdown] id="never-says"
r"""## An average that never says "I do not know"

Thirty thermometers hang along the first metre of a wall, at random places. Each is off by half a degree, give or take.
Kernel regression (chapter 1) blends them: near ones count more. The bandwidth is 10 cm.

We ask in the middle, and we ask where no thermometer is: more than a metre beyond the last one."""

# %% id="wall"
rng = np.random.default_rng(3)
keys, values = course.wall(rng)  # (30,) metres, (30,) degrees
places = np.array([0.5, 2.25])
weights = kernel_regression.gaussian_weights(places, keys, 0.1)  # (2, 30)
print("it says  ", (weights @ values).round(1).tolist())
print("the truth", course.truth(places).round(1).tolist())

# %% [markdown] id="no-warning"
r"""The first answer is good. The second is off by two degrees, and nothing in it warns us. An average always has an answer.

Some people conclude that attention cannot handle uncertainty. Is that so? Let us see what a row of weights can tell about doubt, and what it cannot.

## The idea

A row of α is an opinion poll. It says who was asked, and how much each voice counts. The answer is the mean of the poll.
A poll has a second number, the **spread**: do the voices agree? If all whom I listen to say nearly the same, the spread is small.

| in the formula | in the code | shape | in words |
|---|---|---|---|
| $a_i = \sum_j \alpha_{ij} v_j$ | `weights @ values` | `(n_q,)` | the answer: the mean of the poll |
| $s_i^2 = \sum_j \alpha_{ij} (v_j - a_i)^2$ | `weighted_variance(weights, values)` | `(n_q,)` | how far the voices lie from *this* mean |
| $s_i$ | `np.sqrt(…)`, `sd` | `(n_q,)` | the same in degrees: the standard deviation |
| $m_i = \sum_j e^{\text{score}_{ij}}$ | `mass(queries, keys, bandwidth)` | `(n_q,)` | how much there was to hear, before dividing |

By hand: the weights ½, ¼ and ¼, the values 20, 24 and 22. The mean is $10 + 6 + 5.5 = 21.5$.
The distances from it are −1.5, 2.5 and 0.5. Their squares are 2.25, 6.25 and 0.25, and the variance is $\frac12 \cdot 2.25 + \frac14 \cdot 6.25 + \frac14 \cdot 0.25 = 2.75$."""

# %% id="by-hand"
three, told = np.array([[0.5, 0.25, 0.25]]), np.array([20.0, 24.0, 22.0])
total = 0
for weight, value in zip(three[0], told, strict=True):
    total += weight * (value - 21.5) ** 2
total.item()

# %% [markdown] id="ex-15-1-text"
r"""### Exercise 15.1 · weighted variance
7 min · ●●○

For every row of `weights`, return the variance of the values around **that row's own** weighted mean.

<details><summary>Hint 1</summary>First the means, one for each row: a matrix product.</details>
<details><summary>Hint 2</summary>Then a table of distances, (n_q, n_k): values along the columns, each row's mean subtracted. <code>[:, None]</code> turns a row of means into a column.</details>
<details><summary>Hint 3</summary>Square the table, weigh it, and add up along each row.</details>"""


# %% id="ex-15-1"
def weighted_variance(weights, values):
    """Return the variance (n_q,) of values (n_k,) under each row of weights (n_q, n_k)."""
    ### BEGIN SOLUTION
    means = weights @ values  # (n_q,)
    off = values - means[:, None]  # (n_q, n_k)
    return (weights * off**2).sum(axis=1)
    ### END SOLUTION


# %% id="ex-15-1-check"
check.weighted_variance(weighted_variance)

# %% [markdown] id="as-matmul"
r"""There is a way with two matrix products and no table: the mean of the squares, less the square of the mean."""

# %% id="two-products"
two_products = weights @ values**2 - (weights @ values) ** 2
assert np.allclose(two_products, course.weighted_variance(weights, values))
assert np.isclose(course.weighted_variance(three, told)[0], 2.75)

# %% [markdown] id="predict-where"
r"""Now the spread of the poll is our measure of doubt. We compute it along three metres of wall. The thermometers hang between 0 and 1.

**Predict.** Where is the spread *smallest*?"""

# %% id="predict-where-choice"
predict(
    "15-where",
    "right at a thermometer",
    "in the middle of all thermometers",
    "at the edge, at 1 metre",
    "far from all of them, at 3 metres",
)

# %% id="where-shown"
places = np.array([0.25, 0.5, 1, 2, 3])
weights = kernel_regression.gaussian_weights(places, keys, 0.1)
spread = np.sqrt(course.weighted_variance(weights, values))
assert spread.argmin() == 4
{place: sd for place, sd in zip(places.tolist(), spread.round(2).tolist(), strict=True)}

# %% [markdown] id="where-say"
r"""<details><summary><b>After you ran it</b></summary>

Far from all of them. **By this measure kernel regression is surest where it knows least.** Two metres from the last thermometer it is sure to two hundredths of a degree.

</details>

## A promise can be counted

The usual way to show doubt is a **band**: mean ± 2 sd. If errors are *normal* (the bell curve), such a band promises to hold about 95 % of new readings, and mean ± 1 sd 68 %."""

# %% id="promised"
calibration.promised([1, 2]).round(2).tolist()

# %% [markdown] id="ex-15-2-text"
r"""Whether the promise is kept is no matter of opinion: take new readings, and count. Where count and promise agree, a model is called **calibrated**.

### Exercise 15.2 · promise against count
7 min · ●●○

`mean`, `sd` and `y` have one entry for each new reading. For every width *k* in `widths` return the **share** of readings inside their band, mean ± k · sd. The answer has as many entries as `widths`.

<details><summary>Hint 1</summary>For one width: is the distance between y and mean at most k times sd? The band has two sides.</details>
<details><summary>Hint 2</summary>The mean of True and False is the share of True.</details>
<details><summary>Hint 3</summary>A loop over the widths is fine: one share after the other, in a list.</details>"""


# %% id="ex-15-2"
def coverage(mean, sd, y, widths):
    """Return the shares (n_widths,) of readings y (n,) inside mean ± width · sd, both (n,)."""
    ### BEGIN SOLUTION
    return np.array([np.mean(np.abs(y - mean) <= width * sd) for width in widths])
    ### END SOLUTION


# %% id="ex-15-2-check"
check.coverage(coverage)

# %% [markdown] id="count-text"
r"""Four thousand new readings between the thermometers, and as many beyond them, from 1.5 to 3 metres. The promise is 0.68 and 0.95:"""

# %% id="count"
for low, high in ((0, 1), (1.5, 3)):
    new = rng.uniform(low, high, size=4000)
    mean, sd = course.surest(new, keys, values, 0.1)  # (4000,), (4000,)
    counted = calibration.coverage(mean, sd, course.read(new, rng), [1, 2])
    print(f"from {low} to {high} m: {counted[0]:.2f} and {counted[1]:.2f}")
assert counted[1] < 0.1

# %% [markdown] id="count-say"
r"""Between the thermometers the bands hold more than they promise: a little too modest, for the curve's own slope within 10 cm counts as spread, too.
Beyond them the promise is empty: 95 % were promised, one reading in twenty-five was inside.

## Why distance looks like certainty

The scores are $-\text{distance}^2 / 2h^2$. Far away all of them are very low. But softmax only sees **differences**, and with squares the differences *grow*: from two metres away, a thermometer that is one centimetre nearer than the next has a clear lead.
Softmax takes it for a verdict. That all scores were terrible is divided away.

Take the last two thermometers only, a `gap` apart. Ask from *t* metres beyond the last. The distances are $t$ and $t + \text{gap}$."""

# %% [markdown] id="ex-15-3-text"
r"""### Exercise 15.3 · far from the data
9 min · ●●●

How far beyond the last reading must one go until it alone has at least `share` of the weight of the two? Return metres. If it has that share as soon as one stands at it, return 0.

<details><summary>Hint 1</summary>With two weights, share / (1 − share) is the quotient of two powers of e. Its logarithm is the difference of the two scores.</details>
<details><summary>Hint 2</summary>Write out (t + gap)² − t². One term is left that grows with t, and one that does not.</details>
<details><summary>Hint 3</summary>Solve for t. Where the result is negative, the share is reached at once.</details>"""


# %% id="ex-15-3"
def sure_from(gap, bandwidth, share):
    """Return the distance beyond the last reading from which it has ``share`` of the weight of the last two."""
    ### BEGIN SOLUTION
    lead = np.log(share / (1 - share))  # of the scores
    return max((2 * bandwidth**2 * lead - gap**2) / (2 * gap), 0)
    ### END SOLUTION


# %% id="ex-15-3-check"
check.sure_from(sure_from)

# %% id="sure-on-the-wall"
gap = keys[-1] - keys[-2]
print(f"the last two thermometers hang {100 * gap:.1f} cm apart")
for share in (0.9, 0.99):
    print(f"{share:.0%} of their weight on the last one: from {course.sure_from(gap, 0.1, share):.1f} m")

# %% [markdown] id="repair-text"
r"""From 1.3 metres on, the last thermometer outweighs the one before it nine to one or more. A poll of one person has no spread.

## Repair it: remember how much there was to hear

What was divided away is the sum below the fraction line, the **mass**: $m = \sum_j e^{\text{score}_j}$. One thermometer right where I ask gives 1. Ten give 10. One that is three bandwidths away gives 0.01."""

# %% id="mass"
{place: m for place, m in zip(places.tolist(), course.mass(places, keys, 0.1).round(2).tolist(), strict=True)}

# %% [markdown] id="ex-15-4-text"
r"""It knows. So let it speak: **add one voice that is always there**. It has no place. Its score is 0 everywhere, so its power is $e^0 = 1$, as much as one thermometer at the spot. It says what one would expect without any thermometer: 20 °C, give or take 1.5.
Then all weights are divided by the new sum, $m + 1$, and the extra voice gets the rest, $1 / (m + 1)$.

### Exercise 15.4 · repair it
10 min · ●●●

Return the mean and the sd of the poll with the extra voice, for every query. Scores as above, bandwidth *h*.

The extra voice has a spread of its own. Its part in the variance is its weight times ($\text{sd}^2$ + its own distance from the new mean, squared). The readings count as in 15.1, around the new mean.

<details><summary>Hint 1</summary>Powers first, (n_q, n_k), nothing subtracted and nothing divided. Their sum along a row is the mass.</details>
<details><summary>Hint 2</summary>Divide the powers by mass + 1. What is missing to one is the extra voice's weight.</details>
<details><summary>Hint 3</summary>The new mean has one more term, rest · mean. The variance has one more term, too. Take the root at the end.</details>"""


# %% id="ex-15-4"
def cautious(queries, keys, values, bandwidth, mean, sd):
    """Return the mean (n_q,) and the sd (n_q,) of the readings and one extra voice of power 1 that says mean ± sd."""
    ### BEGIN SOLUTION
    powers = np.exp(-((queries[:, None] - keys) ** 2) / (2 * bandwidth**2))  # (n_q, n_k)
    rest = 1 / (1 + powers.sum(axis=1))
    weights = powers * rest[:, None]
    out = weights @ values + rest * mean
    variance = (weights * (values - out[:, None]) ** 2).sum(axis=1) + rest * (sd**2 + (mean - out) ** 2)
    return out, np.sqrt(variance)
    ### END SOLUTION


# %% id="ex-15-4-check"
check.cautious(cautious)

# %% id="bands"
along = np.linspace(0, 3, 200)
guesses = {
    "weights only: sure where it knows nothing": course.surest(along, keys, values, 0.1),
    "with an extra voice": course.cautious(along, keys, values, 0.1, 20, 1.5),
}
plots.show(
    figures.plot_bands(along, guesses, keys, values, truth=course.truth(along)),
    alt="Two panels along three metres of wall, readings in the first metre only. Left, the band shrinks to nothing beyond 1.5 metres "
    "while the true curve swings out of it. Right, the band opens to 17 to 23 degrees and holds the curve.",
)

# %% id="count-again"
for low, high in ((0, 1), (1.5, 3)):
    new = rng.uniform(low, high, size=4000)
    mean, sd = course.cautious(new, keys, values, 0.1, 20, 1.5)
    counted = calibration.coverage(mean, sd, course.read(new, rng), [1, 2])
    print(f"from {low} to {high} m: {counted[0]:.2f} and {counted[1]:.2f}")
assert counted[1] > 0.95

# %% [markdown] id="where-it-works"
r"""Better, not perfect: of the bands that promise 0.68, those between the thermometers hold 0.87 and are too modest, those beyond hold 0.59. And the far band is only as good as the ±1.5 we put in. Beyond the data, doubt is an assumption. At least it now says so.

### Where does each measure work, and where does it fail?

Another measure is often proposed: $1 / \sum_j \alpha_j^2$, *how many are heard*. All weight on one: 1. Four alike: 4. To compare, one lonely thermometer is added at 1.6 metres."""

# %% id="three-measures"
lonely_keys, lonely_values = np.append(keys, 1.6), np.append(values, course.truth(1.6))
asked = {"in the crowd": 0.5, "at the lonely one": 1.6, "far from all": 3.0}
at = np.array(list(asked.values()))
weights = kernel_regression.gaussian_weights(at, lonely_keys, 0.1)
columns = (
    course.surest(at, lonely_keys, lonely_values, 0.1)[1],
    course.heard(weights),
    course.mass(at, lonely_keys, 0.1),
)
print(f"{'':<18} {'spread':>7} {'heard':>7} {'mass':>7}")
for name, *row in zip(asked, *columns, strict=True):
    print(f"{name:<18} {row[0]:>7.2f} {row[1]:>7.1f} {row[2]:>7.2f}")

# %% [markdown] id="measures-say"
r"""- **The spread** works in a crowd. It fails wherever one voice has all the say, near or far.
- **How many are heard** tells how far noise is averaged away. It fails just as well: at the lonely thermometer and far from all, α is the *same row*, so nothing computed from α alone can tell the two apart.
- **The mass** tells them apart. But it needs scores that mean something by themselves, as a distance does. Add 5 to every score: α stays, and the mass grows 148-fold."""

# %% id="mass-fails"
scores = -((at[:, None] - lonely_keys) ** 2) / (2 * 0.1**2)
assert np.allclose(kernel.softmax(scores), kernel.softmax(scores + 5))
round((np.exp(scores + 5).sum() / np.exp(scores).sum()).item(), 1)

# %% [markdown] id="mass-note"
r"""In a trained attention only differences of scores are trained, so nobody has taught the mass to mean anything. There, an extra voice must be *learnt* with the rest: some models have such a key, a *sink* (chapter 12).

## <a id="is-a-sharp-alpha-a-sure-model"></a>Is a sharp α a sure model?

Forget distance for a while. Here is a look-up with a noisy query: eight random keys, one of them is meant. The query is that key, with **noise** added to each of its four numbers: a random number with mean 0 and standard deviation σ.
The scores are $-|q - k|^2 / 2$, divided by a temperature *T*. First $T = 1$."""

# %% id="look-up"
queries, look_keys, meant = noisy_lookup.draw(0.5, 4000, np.random.default_rng(0))  # (4000, 4), (4000, 8, 4), (4000,)
weights = noisy_lookup.weigh(queries, look_keys, temperature=1)
weights[0].round(2).tolist(), meant[0].item()

# %% [markdown] id="ex-15-5-text"
r"""### Exercise 15.5 · noise sweep
6 min · ●●○

Two numbers about a table of weights. The **promise**: the largest weight of each row, on average. The **count**: the share of rows in which the largest weight stands at the right key. `right` holds the place of the right key in each row.

<details><summary>Hint 1</summary>One row, one query: the largest of a row goes along axis 1.</details>
<details><summary>Hint 2</summary><code>argmax</code> tells where the largest stands. Compare with <code>right</code>; the mean of True and False is a share.</details>"""


# %% id="ex-15-5"
def promise_and_count(weights, right):
    """Return (mean of the rows' largest weights, share of rows that have it at ``right``) for weights (n, n_k)."""
    ### BEGIN SOLUTION
    return weights.max(axis=1).mean(), (weights.argmax(axis=1) == right).mean()
    ### END SOLUTION


# %% id="ex-15-5-check"
check.promise_and_count(promise_and_count)

# %% [markdown] id="predict-noise"
r"""**Predict.** We raise the noise from 0.25 to 3, at $T = 1$. The query is right less and less often. What does α do?"""

# %% id="predict-noise-choice"
predict("15-noise", "it gets flatter, more and more unsure", "it stays as it is", "it gets sharper")

# %% id="noise-sweep"
noises = [0.25, 0.5, 1, 1.5, 2, 3]
swept = noisy_lookup.sweep(noises, temperature=1)  # (6, 2)
print("noise  ", noises)
print("promise", swept[:, 0].round(2).tolist())
print("count  ", swept[:, 1].round(2).tolist())
assert swept[-1, 0] > swept[2, 0] and swept[-1, 1] < 0.3

# %% [markdown] id="noise-say"
r"""<details><summary><b>After you ran it</b></summary>

With little noise α is too modest: .61 promised, .98 right. Past $\sigma = 1$ it gets **sharper, while it gets worse**. At σ = 3 it puts .78 on one key, and that is the right one in about a quarter of the rows.

It is the thermometers again. A noisy query lies far from *all* keys, and from afar differences look large.

</details>

The count does not depend on *T* at all: dividing by *T* never changes which weight is largest. So at the same share of right answers you can have any sharpness you like. **Sharpness is a setting, not a finding.**

**Predict.** At σ = 2, which temperature makes the promise equal to the count?"""

# %% id="predict-temperature-choice"
predict("15-temperature", "T = 0.5, one over the noise", "T = 2, the noise", "T = 4, the noise squared", "none")

# %% id="honest-temperature"
honest = noisy_lookup.sweep(noises, temperature=lambda noise: noise**2)
cold = noisy_lookup.sweep(noises, temperature=0.1)
assert np.abs(honest[:, 0] - honest[:, 1]).max() < 0.02
lines = {
    "count, at any T": swept[:, 1],
    "promise, T = σ²": honest[:, 0],
    "promise, T = 1": swept[:, 0],
    "promise, T = 0.1": cold[:, 0],
}
plots.show(
    figures.plot_noise(noises, lines, title="Only T = σ² promises what is kept"),
    alt="Lines over noise from 0.25 to 3. The count falls from .98 to .27. The promise with T equal to the noise squared lies on it. "
    "With T = 1 the promise is first too low, then too high; with T = 0.1 it is near one throughout.",
)

# %% [markdown] id="temperature-say"
r"""<details><summary><b>After you ran it</b></summary>

The noise squared. Then $\alpha_j \propto e^{-|q - k_j|^2 / 2\sigma^2}$ is what Bayes' rule gives for *"key j was meant"*: with normal noise and equally likely keys, **α is the probability itself**. This look-up handles uncertainty perfectly, once its temperature fits the noise.

</details>

### Trained models

A trained attention has learnt its temperature from its training data. If those were clean, nothing told it about noise.

The task is the first one of the race: say the **first** of 20 symbols. Attention may look at it directly. The RNN (with an orthogonal start) carries it through 19 steps. The *mean* weighs all symbols alike, α = 1/20. All learn on clean rows, at the learning rates that were chosen in chapter 5. Then noise is added to each number of each symbol, σ = 0.5.

Attention need only look at one symbol; noise on the other 19 need not concern it. The best possible answer is the largest of that symbol's own eight numbers.

**Predict.** Which of the three comes near the limit, within a tenth?"""

# %% id="predict-trained-choice"
predict("15-trained", "attention", "the RNN", "the mean", "none comes near it")

# %% id="train-clean" tags=["nbval-ignore-output"]
import torch

from utils import training
from utils.chapters.ch15_noise_and_uncertainty import noisy_race

clean = {}
with training.board("Three machines, clean rows") as board:
    for name, lr in {"attention read": 1e-2, "RNN, orthogonal": 3e-3, "mean": 1e-2}.items():
        board.title = f"{name}, clean rows"
        clean[name], _ = noisy_race.teach(name, lr=lr, steps=300)
right = {name: [noisy_race.measure(model, noise)["right"] for noise in (0, 0.5)] for name, model in clean.items()}
for name, (without, noisy) in right.items():
    print(f"{name:<16} right on clean rows {without:.2f}, at noise 0.5 {noisy:.2f}")
print(f"{'the limit':<16} {noisy_race.limit(0.5):.2f} at noise 0.5")
training.expect(min(each[0] for each in right.values()) > 0.9, f"all three should have learnt the clean task: {right}")
training.expect(
    right["attention read"][1] < min(0.6, right["RNN, orthogonal"][1] + 0.05), f"attention is thrown off: {right}"
)
assert max(each[1] for each in right.values()) <= noisy_race.limit(0.5) + 0.03

# %% [markdown] id="clean-say"
r"""<details><summary><b>After you ran it</b></summary>

None comes near it. Attention is wrong in about half of the rows, and no better than the RNN, although it could have ignored 19 of the 20 symbols.

</details>

Did noise throw α off? For each row we ask how large its largest weight is, and whether it stands at the first symbol. And we count the rows that are *sharp and wrong*: more than 0.9 on one symbol, and the answer false."""

# %% id="sharp-and-wrong" tags=["nbval-ignore-output"]
seen = {
    "attention, clean rows": noisy_race.measure(clean["attention read"], 0),
    "attention, noise 0.5": noisy_race.measure(clean["attention read"], 0.5),
    "mean, clean rows": noisy_race.measure(clean["mean"], 0),
}
for name, found in seen.items():
    print(f"{name:<22}", ", ".join(f"{what} {share:.2f}" for what, share in found.items()))
wrong = seen["attention, noise 0.5"]
training.expect(
    wrong["at the first"] > 0.8 and wrong["sharp and wrong"] > 0.3, f"α should stay sharp, and right: {wrong}"
)
assert abs(seen["mean, clean rows"]["largest weight"] - 1 / 20) < 1e-6

# %% [markdown] id="sharp-say"
r"""**A sharp α and a wrong answer; a flat α and a right one.** Under noise α is as sharp as before and hardly ever leaves the first symbol, yet half of the answers are wrong. The part that reads what α fetched has never met a noisy symbol.
And the mean, as flat as can be, is right on every clean row. (Of its twenty equal weights the first one counts as the largest.)

α says where the model looks. It does not say whether the answer is good. And in the look-up before, a sharp α did not even look at the right place.

Is it attention's fault, or the training's? **Measured earlier** (`utils/chapters/ch15_noise_and_uncertainty/recipes/noise.py`): the same small search for everybody, 600 steps, three seeds; once on clean rows, once on rows with noise 0.5."""

# %% id="noise-earlier"
from utils import recipes

earlier = recipes.measured("15_noise")
half = earlier["settings"]["noises"].index(0.5)
table = {
    how: {name: np.array([[row["right"] for row in test] for test in found["tests"]]).T for name, found in each.items()}
    for how, each in earlier["trained"].items()
}  # noise in training -> name -> (5 noises, 3 seeds)
for name in table["0.0"]:
    at_half = {how: np.sort(table[how][name][half]).round(2).tolist() for how in table}
    print(f"{name:<16} trained clean {at_half['0.0']}, with noise {at_half['0.5']}")
print("the limit       ", round(earlier["limit"][half], 2))

# %% id="noise-picture"
lines = {"the limit": earlier["limit"]} | {
    f"{name}, trained {how}": table[key][name]
    for name in ("attention read", "GRU")
    for how, key in (("clean", "0.0"), ("with noise", "0.5"))
}
plots.show(
    figures.plot_noise(
        earlier["settings"]["noises"],
        lines,
        ylabel="share of rows right",
        title="Who has met noise comes near the limit",
    ),
    alt="Share of right rows against noise, three seeds each. Trained on clean rows, attention and the GRU fall far below the limit. "
    "Trained with noise 0.5, both lie just below it, on clean rows, too.",
)
assert table["0.5"]["attention read"][half].min() > 0.65 > 0.55 > table["0.0"]["attention read"][half].max()

# %% [markdown] id="noise-verdict"
r"""It is the training. **Having met noise, attention comes near the best possible answer**, and loses nothing on clean rows. So does the GRU: gates can let the first symbol in and keep the rest out.
Trained clean, both are thrown off. The RNN without gates takes in every symbol: it gains less, and on its worst seed nothing. And the mean shows what weights are for: on clean rows it was as good as any; under noise it cannot leave the noisy symbols out.

So the claim that *attention handles uncertainty badly* is too vague to be true or false. It does badly with noise it never met, as others do. (On clean rows all learning rates did equally well, so the search took the smallest. Our own run took a larger one.)

And how sharp is α, once trained with noise?"""

# %% id="sharp-again"
for test in earlier["trained"]["0.5"]["attention read"]["tests"]:
    print(", ".join(f"{what} {share:.2f}" for what, share in test[half].items()))

# %% [markdown] id="sharp-again-say"
r"""As sharp as can be, at the right symbol in every row, and the answer is still wrong in three rows of ten: there the noise has hidden the symbol itself. Being sure **where** to look is not being sure **what** is there.

## A model that says its own doubt

If α does not tell, let the model *say* how sure it is: an output of its own, trained like any other.

We need curves whose doubt is known exactly. A **Gaussian process** is a way to draw random curves: any handful of values is jointly normal, and near places have similar values. For such curves the best possible guess *and its exact sd* can be computed from the readings (`exact`). Nobody can do better here, on average, **because the curves are drawn from that very process**. On real data it would be one guess among others.

A **neural process** gets a few readings (x, y) of a curve it has never seen. Each becomes a vector. Then, for any place asked for, it must gather what the readings say, and answer with two numbers, a mean and an sd. We compare two ways to gather:

- the **mean** of all vectors: α = 1/n, the same for every place;
- **attention**: the place asked for is the query, the places of the readings are the keys, the vectors the values.

Both have about as many parameters. Both learn from one number, the **log score**: $\frac{(y - \text{mean})^2}{2\,\text{sd}^2} + \log \text{sd}$, and a constant. A band too narrow pays by its misses, one too wide by its width. Such a score is *proper*: on average, nothing is cheaper than the honest sd. Errors with a true sd of 1, and three promises:"""

# %% id="proper"
errors = np.random.default_rng(0).normal(size=100_000)
{sd: calibration.log_score(0, sd, errors).mean().round(2).item() for sd in (0.5, 1.0, 2.0)}

# %% [markdown] id="predict-own"
r"""**Predict.** Ten readings, given to the model that gathers with a *mean*. Then we ask it for just these ten places. Nearly all values lie between −2 and 2. How far off is it, typically, at the readings that it was given?"""

# %% id="predict-own-choice"
predict("15-own", "about 0: it was told", "about 0.05, the noise of a reading", "about 0.1", "more than 0.3")

# %% id="train-curves" tags=["nbval-ignore-output"]
from utils.chapters.ch15_noise_and_uncertainty import curves

models = {"mean": curves.NeuralProcess("mean"), "attention": curves.NeuralProcess("attention")}
with training.board("Two neural processes") as board:
    for name, model in models.items():
        board.title = f"gathers with {name}"
        curves.teach(model, steps=1500)
done = {name: curves.measure(model) for name, model in {**models, "exact": curves.exact}.items()}
for name, found in done.items():
    print(f"{name:<10}", ", ".join(f"{what} {value:.2f}" for what, value in found.items()))
training.expect(done["mean"]["error at the readings"] > 2 * done["attention"]["error at the readings"], f"{done}")
assert done["exact"]["error at the readings"] < 0.05

# %% [markdown] id="own-say"
r"""<details><summary><b>After you ran it</b></summary>

More than 0.3. **The mean does not even repeat what it was told**, and after the longer training below it still does not. All readings are poured into one vector, the same for every place, and what each said is blended (the bottleneck of chapter 6). Attention looks the reading up.

</details>

On one held-out curve, with the bands they promise:"""

# %% id="curve-bands" tags=["nbval-ignore-output"]
(x, y), _ = curves.held_out()
grid = np.linspace(-2, 2, 150)
guesses = {
    name: curves.guess(model, x[15], y[15], grid)[:2] for name, model in {**models, "exact": curves.exact}.items()
}
plots.show(
    figures.plot_bands(grid, guesses, x[15], y[15], axes=("place", "value")),
    alt="Three guesses of one curve from ten readings. The mean passes the readings by, with a wide band. Attention passes near them, "
    "its band narrow at readings and wide between. The exact answer does so more cleanly.",
)
assert all(np.isfinite(sd).all() and (sd > 0).all() for _, sd in guesses.values())

# %% [markdown] id="calibration-text"
r"""Do the bands keep their promises? We count on 256 held-out curves, 30 new readings each, for five widths:"""

# %% id="calibration" tags=["nbval-ignore-output"]
widths = [0.25, 0.5, 1, 1.5, 2]
(x, y), (asked, new) = curves.held_out()
with torch.no_grad():
    told = {name: model(x, y, asked) for name, model in {**models, "exact": curves.exact}.items()}
counted = {name: calibration.coverage(mean, sd, new, widths) for name, (mean, sd) in told.items()}
plots.show(
    figures.plot_promises(calibration.promised(widths), counted, title="Nobody is far from honest"),
    alt="Counted against promised shares. The exact answer lies on the diagonal; both neural processes lie close to it.",
)
assert np.abs(counted["exact"] - calibration.promised(widths)).max() < 0.03

# %% [markdown] id="calibration-say"
r"""Nobody is far from the diagonal; attention is a little too sure of its wide bands. And they are not equally good: the mean keeps its promises because it promises little. **Calibration is honesty, not knowledge.** The log score asks for both, and it tells the three apart.

**Measured earlier** (`utils/chapters/ch15_noise_and_uncertainty/recipes/curves.py`): the same search for both, 4,000 steps, three seeds."""

# %% id="curves-earlier"
longer = recipes.measured("15_curves")["models"]
for name, found in longer.items():
    for what in ("error at the readings", "log score", "inside 2 sd"):
        print(f"{name:<10} {what:<22}", [round(test[what], 2) for test in found["tests"]])
logs = {name: [test["log score"] for test in found["tests"]] for name, found in longer.items()}
assert max(logs["attention"]) < min(logs["mean"]) and logs["exact"][0] < min(logs["attention"])
assert all(0.9 < test["inside 2 sd"] < 0.94 for name in ("mean", "attention") for test in longer[name]["tests"])

# %% [markdown] id="outside-text"
r"""On all seeds attention scores better than the mean, and neither reaches the exact answer; both are a little too sure, with .91 to .93 where .95 was promised. A smaller log score is better; it may fall below 0.

One caveat. The models learnt between −2 and 2 only. What do they say about 3 to 4, far from every reading? There the honest answer is 0 ± 1. The shipped models of the longer training:"""

# %% id="outside"
shipped = {name: recipes.shipped(f"15_curves_{name}", curves.NeuralProcess) for name in ("mean", "attention")}
shipped["exact"] = curves.exact
far = 3 + torch.rand(256, 30, generator=training.seeded(5))
unknown = torch.randn(256, 30, generator=training.seeded(6))  # so far away, values have nothing to do with the readings
outside = {}
for name, model in shipped.items():
    with torch.no_grad():
        outside[name] = calibration.coverage(*model(x, y, far), unknown, [2])[0]
    print(f"{name:<10} inside 2 sd: {outside[name]:.2f}")
assert outside["mean"] < 0.92 and outside["exact"] > 0.94 and outside["attention"] > 0.98

# %% [markdown] id="outside-say"
r"""A learnt doubt is learnt like everything else: **it holds where the training was.** Out there one of these two is too sure and the other too modest, and nobody told them either. (One model each; another start may err the other way.) The exact answer knows about distance by its construction. A network only knows what it has seen.

## Move the readings

Six points. Three stand on the plot and are given to the model, three wait on the grey shelf below. **To add a reading, lift a point from the shelf; to remove it, put it back** (drag, or Tab to a point and use the arrow keys; with Shift the steps are larger).
The bars show whom the model listens to at the dotted line: α averaged over its heads, or for *exact* the weights with which it adds up the readings. Those are a weighted sum, but no average: they may be negative.

**One question to settle by playing:** with *attention*, put the dotted line at −1.8, far from all readings. What do α and the band each say about how sure the model is? Then compare *exact*: what do its weights do there?"""

# %% id="points-panel"
NAMES = "abcdef"


def draw_points(model, asked, a, b, c, d, e, f):
    points = [a, b, c, d, e, f]
    x, y, names = curves.in_use(points, NAMES)
    mean, sd, weights = curves.guess(shipped[model], x, y, [*grid, asked])
    title = f"at {asked:.1f}: {mean[-1]:.2f} ± {sd[-1]:.2f}"
    shelf = {"shelf": curves.SHELF, "waiting": curves.on_shelf(points, NAMES)}
    return figures.plot_reading(grid, mean[:-1], sd[:-1], x, y, names, asked, weights[-1], **shelf, title=title)


panel(
    draw_points,
    name="readings to move, a band and its α",
    alt=lambda model, asked, **points: curves.describe(shipped[model], list(points.values()), NAMES, asked),
    model=Choice(["attention", "mean", "exact"]),
    asked=Slider(-2.0, 2.0, 0.4, step=0.1, label="asked at"),
    a=Point(0.0, 1.0, label="reading a"),
    b=Point(0.8, -0.6, label="reading b"),
    c=Point(1.4, 0.4, label="reading c"),
    d=Point(-1.6, -3.6, label="reading d"),
    e=Point(-1.0, -3.6, label="reading e"),
    f=Point(1.7, -3.6, label="reading f"),
)

# %% [markdown] id="points-say"
r"""<details><summary><b>After you played</b></summary>

α still hands out its whole unit, as it must: whatever it looks at, it sums to one. The band is wide all the same, for it is an output of its own and has learnt what distance means. The weights of *exact* all go to 0 instead: it falls back on what it expects without readings, as our extra voice did.

(With *attention* and one or two readings you ask for more than it was trained for: it learnt with 3 to 20.)

</details>"""

# %% id="points-check"
mean, sd, weights = curves.guess(shipped["attention"], [0.0, 0.8, 1.4], [1.0, -0.6, 0.4], [-1.8, 0.0])
assert np.allclose(weights.sum(axis=1), 1) and sd[0] > 0.5 > sd[1]
exact_weights = curves.guess(curves.exact, [0.0, 0.8, 1.4], [1.0, -0.6, 0.4], [-1.8, 0.0])[2]
np.abs(exact_weights).sum(axis=1).round(2).tolist()

# %% [markdown] id="what-we-learnt"
r"""## What we learnt

- α always sums to one, so it cannot say "I do not know". The mass before dividing can, where scores mean something by themselves; an extra voice puts it to use.
- Sharpness is a setting, not a finding: a sharp α may be wrong, a flat one right. At the temperature σ² a look-up's α is the probability itself.
- Doubt can be an output of its own. Count whether it keeps its promises, score it with a proper score, and trust it where it was trained."""

# %% [markdown] id="check-yourself"
r"""## Check yourself"""

# %% id="quiz"
check.yourself()

# %% [markdown] id="ex-15-6-text"
r"""## Going further

### Exercise 15.6 · a score that cannot be talked up
6 min · ●●○ · stretch

Return the log score of every reading, minus the natural logarithm of the normal density: $\frac{(y - \text{mean})^2}{2\,\text{sd}^2} + \log \text{sd} + \frac12 \log 2\pi$. Then try to cheat: for errors of a known size, which sd makes the average smallest?

<details><summary>Hint 1</summary>Three terms, each (n,) or one number. <code>np.log</code> is the natural logarithm.</details>
<details><summary>Hint 2</summary>Divide the distance by sd first, then square.</details>"""


# %% id="ex-15-6"
def log_score(mean, sd, y):
    """Return minus the log density (n,) of readings y (n,) under normal distributions of mean (n,) and sd (n,)."""
    ### BEGIN SOLUTION
    return ((y - mean) / sd) ** 2 / 2 + np.log(sd) + np.log(2 * np.pi) / 2
    ### END SOLUTION


# %% id="ex-15-6-check"
check.log_score(log_score)

# %% [markdown] id="going-on"
r"""- E. Nadaraya (1964), *On estimating regression*; G. Watson (1964), *Smooth regression analysis*.
- T. Gneiting and A. Raftery (2007), *Strictly proper scoring rules, prediction, and estimation*.
- C. Rasmussen and C. Williams (2006), *Gaussian Processes for Machine Learning*, chapter 2.
- M. Garnelo and others (2018), *Conditional neural processes*; H. Kim and others (2019), *Attentive neural processes*.
- C. Guo and others (2017), *On calibration of modern neural networks*: one temperature, fitted afterwards, mends most of it.

Words of this chapter: [Calibration](glossary.md#calibration).

Next: [16 · The clinic](16_the_clinic.ipynb), ten broken attentions to mend.
Before you go on, shut this kernel down (menu *Kernel*, *Shut Down Kernel*): each open chapter holds memory."""
