# %% [markdown] id="title"
r"""# 16 · The clinic
*Eighteen claims, ten patients.*

**You will be able to** say of a claim about attention what would prove it wrong, find the fault in an attention that runs and is broken,
and read off a model card what a model can see and what that costs.

About 110 minutes in two sittings, 160 with the stretch exercises · you need chapters 7 to 9. The other chapters are named where they measured something."""

# %% id="imports"
import numpy as np

from utils import attention as course, plots, recipes
from utils.chapters.ch16_the_clinic import broken, check, claims, figures, model_cards, ward
from utils.widgets import Choice, Slider, panel, predict

# %% [markdown] id="warm-up"
r"""## Warm up

Two questions, from chapters 2 and 7."""

# %% id="recall"
check.recall()

# %% [markdown] id="first-sitting"
r"""# First sitting · the claims

This course grew from a short article about attention. It says eighteen things. Some are true, some are wrong, some are neither, because a length is missing.
Each was put to the test in some chapter. Here they all stand together, in our words, each with the measurement that settles it.

The cells print numbers. They are computed here, or read from what the chapters measured earlier (`utils/chapters`, in each one's `recipes`). Nothing is typed in by hand; the code is `utils/chapters/ch16_the_clinic/claims.py`.

Before that, an attention that looks healthy. It runs, on any batch. Its weights are between 0 and 1."""


# %% id="first-patient"
scores = np.random.default_rng(3).normal(size=(2, 4, 4))  # (B, n_q, n_k)
weights = broken.share_out(scores)
plots.show(
    plots.plot_alpha(weights[0], title="Which way do these sum to one?"),
    alt="Four rows of weights, all between 0 and 1. The columns sum to one; the rows sum to anything from less than a half to more than one and a half.",
)

# %% id="first-patient-sums"
print("rows   ", weights[0].sum(axis=1).round(2).tolist())
print("columns", weights[0].sum(axis=0).round(2).tolist())

# %% [markdown] id="first-patient-say"
r"""Each query should share out one unit. Here each *key* does. On a single table, axis 1 is the keys. On a batch it is the queries. This is one of the faults of the article's own code, claim C11.

## What attention is

Claims, in our words:

- **C1** attention is a weighted sum, and the weights say how much each place matters
- **C4** it needs no recurrence, because every place is weighed directly
- **C7**, **C9** weights times values, summed over j, make the new sequence: $a_i = \sum_j \alpha_{ij} x_j$
- **C8** a fully connected network then makes the output

**Predict.** C4: you put the words in another order. Which attention notices?"""

# %% id="predict-order-choice"
predict(
    "16-order",
    "one without a mask and one with a causal mask",
    "only the one with a causal mask",
    "neither: attention knows no order",
)

# %% id="claims-what"
claims.show("C1", "C4", "C7", "C8", "C9")

# %% [markdown] id="claims-what-say"
r"""<details><summary><b>After you ran it</b></summary>

Only the one with a causal mask. Who sees many words and who sees few is a trace of the order.

</details>

| claim | verdict | measured in |
|---|---|---|
| C1 | **true of the sum**: a weight says how much of a value is fetched. Whether the answer hangs on it is another question | [chapter 1](01_weighted_sums.ipynb), the whole of it; [chapter 12](12_reading_alpha.ipynb), *Is a high weight an explanation?* |
| C4 | **true, with a price** | [chapter 7](07_query_key_value.ipynb), *Why does order get lost, and how is it put back?*; [chapter 9](09_positions.ipynb), *Forbid: order from the mask alone* |
| C7, C9 | **true** | [chapter 1](01_weighted_sums.ipynb): loop, then matmul, equal |
| C8 | **true** | [chapter 7](07_query_key_value.ipynb), *What comes after*; built in [chapter 10](10_transformer.ipynb), *The feed-forward network* |

## What came before

- **C2** an RNN remembers, but long dependencies limit it
- **C3** an LSTM's gates solve long dependencies

**Predict.** C3: an LSTM with the best start we know has to name the first symbol of a row. From N = 20 symbols to N = 100, the steps of training it needs …"""

# %% id="predict-lstm-choice"
predict("16-lstm", "stay about the same", "grow about six times", "are never enough")

# %% id="claims-before"
claims.show("C2", "C3")
found = recipes.measured("04_steps")["by_length"]
assert np.median(found["100"]["chrono"]["steps"]) > 4 * np.median(found["20"]["chrono"]["steps"])

# %% [markdown] id="claims-before-say"
r"""<details><summary><b>After you ran it</b></summary>

They grow about six times. It learns all three lengths. (The start is *chrono*, chapter 4; at 20 a forget bias of 3 is quicker, at 100 it mostly misses the budget.) With torch's own start it is *not within the budget*, even at 20.

</details>

| claim | verdict | measured in |
|---|---|---|
| C2 | **true**; the start decides from which length on | [chapter 3](03_recurrent_networks.ipynb), *What comes back from far away*; [chapter 5](05_the_race.ipynb), *The whole race, measured earlier* |
| C3 | **overstated** | [chapter 4](04_gates.ipynb), *Has the LSTM solved it?* |

"Solve" needs a length. Gates make a distance cheaper; they do not take it away.

## The recipe, step by step

- **C5** the weights come from a network that is fed two *adjacent* elements
- **C6** the weights are then summed into a vector
- **C15** several sequences fit in one three-dimensional array"""

# %% id="claims-recipe"
claims.show("C5", "C6", "C15")

# %% [markdown] id="claims-recipe-say"
r"""| claim | verdict | measured in |
|---|---|---|
| C5 | **wrong as written** | [chapter 2](02_scores_and_softmax.ipynb), *Other ways to score*: the scorer sees a *pair*, any query with any key |
| C6 | **wrong** | [chapter 2](02_scores_and_softmax.ipynb), *Why softmax, and not another way …*: scores are normalised over the keys; a sum of weights is always 1 and tells nothing |
| C15 | **true, with a mask** | [chapter 7](07_query_key_value.ipynb), *Several sentences at once* |

## The listings

- **C10** a page of NumPy that computes attention
- **C11** a page of TensorFlow that computes it under a mask

We do not print them. Their faults are written anew, and four of them are among today's patients."""

# %% id="claims-listings"
claims.show("C10", "C11")

# %% [markdown] id="claims-listings-say"
r"""| claim | verdict | measured in |
|---|---|---|
| C10 | **three faults**: shapes that do not fit, weights turned, e of large numbers; and no √d, which is a choice that hurts at large d | [chapter 7](07_query_key_value.ipynb), *Debug it: a first draft*; [chapter 2](02_scores_and_softmax.ipynb), *Why divide by √d?* |
| C11 | **four faults**: whole numbers that no softmax takes, shapes, the axis, a mask that clamps | [chapter 7](07_query_key_value.ipynb), *Padding mask or causal mask, and which axis?*; patients 2 and 3 below |

## The bill

- **C12** long sequences are expensive
- **C16** self-attention reduces the amount of computation
- **C17** parallel hardware helps

**Predict.** C16: when do scores and weighted sums alone, without the tables that make q, k and v, need fewer multiplications than a recurrence of the same width d?"""

# %% id="predict-bill-choice"
predict("16-bill", "always", "while the sequence is shorter than d", "while the sequence is longer than d", "never")

# %% id="claims-bill"
claims.show("C12", "C16", "C17")

# %% [markdown] id="claims-bill-say"
r"""<details><summary><b>After you ran it</b></summary>

While N is below d. Scores and sums take 2N²d products, a recurrence 2Nd². With its four tables, 4Nd² more, self-attention never takes fewer than a plain recurrence.
(Times here are the middle of several rounds; chapter 14 prints the smallest.)

</details>

| claim | verdict | measured in |
|---|---|---|
| C12 | **true, and which bill?** Of the multiplications the N² part leads only past N ≈ 6d; of traffic and peak memory far earlier | [chapter 14](14_what_it_costs.ipynb), *A whole layer* and the panel below it |
| C16 | **wrong as a remedy**: self-attention *is* the N² | [chapter 14](14_what_it_costs.ipynb), *Does self-attention reduce the computation?*; steps by the clock in [chapter 5](05_the_race.ipynb), *Does parallel hardware help?* |
| C17 | **true, of hardware that is parallel**; these steps ran in one thread | [chapter 5](05_the_race.ipynb), *Does parallel hardware help?*; [chapter 14](14_what_it_costs.ipynb), *Is attention faster?* |

## The rest of the world

- **C13** attention deals badly with noise and uncertainty
- **C14** complex structured data is a challenge
- **C18** it works in language and in images"""

# %% id="claims-rest"
claims.show("C13", "C14", "C18")

# %% [markdown] id="claims-rest-say"
r"""| claim | verdict | measured in |
|---|---|---|
| C13 | **too vague to be right or wrong**. Noise: trained on it, an attention with one query (the *attention read*) is right about as often as a GRU, a network with gates; both come near what is possible. Uncertainty: far from all data the weights report almost no spread, where they know least | [chapter 15](15_noise_and_uncertainty.ipynb), *Trained models* and *Why distance looks like certainty* |
| C14 | **half true**: a graph is a mask, but a mask alone cannot tell a ring from two triangles; and in the club the weights were not what did it | [chapter 13](13_images_and_graphs.ipynb), *Two triangles or a ring of six?* and *Is it the attention?* |
| C18 | **true**, which is not *best*: small digits are read better by older readers | [chapter 6](06_alignments.ipynb), *One vector or many states: measured*; [chapter 10](10_transformer.ipynb), *Trained for longer, it wins* (text); [chapter 13](13_images_and_graphs.ipynb), *A reader of digits* (images); [chapter 12](12_reading_alpha.ipynb), *A real model* (reactions) |

Look at the verdicts once more. Few claims are plainly false. Most lack a *how long*, a *compared with what*, or an *in which start*. Before you believe a sentence about a model, ask for these three.

**This is the end of the first sitting.** Shut the kernel down if you stop here; nothing above is needed below except the imports.

# Second sitting · the patients

Ten attentions. Each runs, or nearly. Each is broken in one place. You look at the symptom, find the fault, and mend it **in the cell itself**: the broken code stands in your exercise.
Any mending is right that makes it behave. A cell that is as you found it says ○.

You get an instrument. `diagnose` takes a function and puts some twenty probes to it. It never reads your code. It reads the weights off the answers: if the values are the identity, the answer *is* α."""

# %% id="healthy"
from utils.diagnose import diagnose

diagnose(course.attention)

# %% id="healthy-asserted"
assert diagnose(course.attention).findings == []

# %% [markdown] id="pictures-text"
r"""Another instrument is a picture. Choose a fault, and change the size of the scores. On the left are the weights as the function *returns* them. On the right those that really *make its answers*.
All of them should be causal: a word hears itself and what came before.

**One question to settle by playing:** which fault can you never see on the left, whatever the size? And which one appears only when the scores are huge?"""


# %% id="pictures"
def draw_patient(fault, size):
    return figures.plot_patient(*ward.look(fault, size), ward.WORDS)


panel(
    draw_patient,
    name="what α shows",
    alt=lambda fault, size: (
        f"{fault}, scores times {size:g}: the rows that make the answers sum to {ward.look(fault, size)[1].sum(1).round(2).tolist()}."
    ),
    fault=Choice(list(ward.PICTURES), label="fault"),
    size=Slider(0.25, 2048.0, 1.0, 2.0, log=True, label="scores times"),
)

# %% [markdown] id="pictures-say"
r"""<details><summary><b>After you played</b></summary>

*Weights turned* looks healthy on the left at every size: the weights are right, they are only used in the wrong direction. *No maximum taken off* is healthy until a score passes 709, the last whole number whose e the computer holds.

*Divided by d* has no sign at all; it is only pale. And *mask after the softmax* has zeros in all the right places. You have to add up its rows.

</details>

## Patient 1 · the answer is no average

Four values, all of them 1. Whatever the weights are, an average of ones is 1."""

# %% id="symptom-1"
rng = np.random.default_rng(1)
q, k = rng.normal(size=(2, 4, 3))
broken.average(q, k, np.ones((4, 1))).ravel().round(2).tolist()

# %% id="diagnosis-1"
ward.examine("average")

# %% [markdown] id="ex-16-1-text"
r"""### Exercise 16.1 · the turned weights
6 min · ●○○

Mend it.

<details><summary>Hint 1</summary>With 4 queries and 6 keys the weights are (4, 6), and the values have 6 rows. Which product fits?</details>
<details><summary>Hint 2</summary>Row <em>i</em> of the weights makes answer <em>i</em>. Nothing has to be turned for that.</details>"""


# %% id="ex-16-1"
def average(q, k, v):
    """Return the answers (n_q, d_v) to queries (n_q, d), from keys (n_k, d) and values (n_k, d_v)."""
    ### BEGIN SOLUTION
    weights = course.softmax(q @ k.T / q.shape[-1] ** 0.5)
    return weights @ v
    ### INSTEAD
    # your turn: something is wrong here
    weights = course.softmax(q @ k.T / q.shape[-1] ** 0.5)
    return weights.T @ v
    ### END SOLUTION


# %% id="ex-16-1-check"
check.average(average)

# %% [markdown] id="after-1"
r"""The instrument is for you, too. `ward.examine` hands one of today's functions to `diagnose`; give it yours, and it examines that. Run this cell before and after you mend:"""

# %% id="examine-yours"
ward.examine("average", average)

# %% [markdown] id="patient-2"
r"""## Patient 2 · rows that sum to anything

You have met it at the very top. One sequence alone, (n_q, n_k), is treated correctly. A batch is not."""

# %% id="symptom-2"
table = np.random.default_rng(2).normal(size=(3, 5))  # one sequence: (n_q, n_k)
print("alone:     ", broken.share_out(table).sum(-1).round(2).tolist())
print("in a batch:", broken.share_out(table[None])[0].sum(-1).round(2).tolist())

# %% [markdown] id="ex-16-2-text"
r"""### Exercise 16.2 · the wrong axis of a batch
5 min · ●○○

Every query of every sequence should share out one unit among its keys.

<details><summary>Hint 1</summary>Name the three axes of (B, n_q, n_k), from 0. Which one are the keys?</details>
<details><summary>Hint 2</summary>Counted from the end, the keys stand at the same place with a batch and without. There are two lines to look at.</details>"""


# %% id="ex-16-2"
def share_out(scores):
    """Return the weights of a batch of scores (B, n_q, n_k)."""
    ### BEGIN SOLUTION
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
    ### INSTEAD
    # your turn: something is wrong here
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% id="ex-16-2-check"
check.share_out(share_out)

# %% [markdown] id="patient-3"
r"""## Patient 3 · forbidden, and heard

Three words, the last one forbidden for everybody. The scores of the three are 0.5, 2 and −1.

**Predict.** The mask is applied with a minimum: `np.minimum(scores, mask)`, with True = 1 and False = 0. What weight does the forbidden word get?"""

# %% id="predict-clamp-choice"
predict("16-clamp", "0", "less than without the mask", "more than without the mask")

# %% id="symptom-3"
row, allowed = np.array([[0.5, 2.0, -1.0]]), np.array([[True, True, False]])
print("without the mask:", course.softmax(row)[0, 2].round(3).item())
print("with it:         ", broken.weigh_allowed(row, allowed)[0, 2].round(3).item())
high = np.array([[0.5, 2.0, 3.0]])  # had its score been 3
print("a score of 3:    ", broken.weigh_allowed(high, allowed)[0, 2].round(3).item())

# %% [markdown] id="clamp-say"
r"""<details><summary><b>After you ran it</b></summary>

More than without. Its own score, −1, is below 0, so the minimum leaves it as it is. What the mask did clamp is the *allowed* score 2, down to 1.
Had the forbidden score been high, it would have come down to 0. And **a score of 0 is no ban: e⁰ = 1.**

</details>

### Is masking the same as a score of 0?

No. A score of 0 is a score like any other. Only −∞ has the weight 0, because e to the −∞ is 0. The other tempting idea, zeroing the weights *afterwards*, is patient 4."""

# %% id="diagnosis-3"
ward.examine("weigh_allowed")

# %% [markdown] id="ex-16-3-text"
r"""### Exercise 16.3 · the mask that only clamps
6 min · ●●○

Where the mask is False, the weight is 0. The allowed ones share out one unit, by their scores.

<details><summary>Hint 1</summary>What score makes a weight of exactly 0?</details>
<details><summary>Hint 2</summary><code>np.where(mask, this, that)</code> takes <code>this</code> where the mask is True. The allowed scores should stay as they are.</details>"""


# %% id="ex-16-3"
def weigh_allowed(scores, mask):
    """Return weights (n_q, n_k); where the mask is False, a query may not look."""
    ### BEGIN SOLUTION
    return course.softmax(np.where(mask, scores, -np.inf))
    ### INSTEAD
    # your turn: something is wrong here
    return course.softmax(np.minimum(scores, mask))
    ### END SOLUTION


# %% id="ex-16-3-check"
check.weigh_allowed(weigh_allowed)

# %% [markdown] id="patient-4"
r"""## Patient 4 · zeros in all the right places

Weights first, then the mask. The picture looks perfect."""

# %% id="symptom-4"
q, k = np.random.default_rng(4).normal(size=(2, 6, 3))
past = course.causal_mask(6)
late = course.attention(q, k, k)[1] * past
plots.show(
    plots.plot_alpha(late, ward.WORDS, mask=past, title="Nobody looks ahead. What is wrong?"),
    alt="A causal matrix of weights, empty above the diagonal. The rows do not sum to one; the first has a single small weight.",
)

# %% id="symptom-4-sums"
later = k.copy()
later[5] += 3  # the last word changes; nobody before it may notice
print("rows sum to      ", late.sum(1).round(2).tolist())
print("after the change ", (course.attention(q, later, k)[1] * past).sum(1).round(2).tolist())

# %% [markdown] id="late-say"
r"""Two things are wrong. The rows do not sum to one. And **the future leaks, though its weights are 0**: how much is left for the first word depends on what the last word took away.

### Exercise 16.4 · the mask that comes too late
8 min · ●●○

There are two ways to mend it: earlier, or afterwards. Both are right. Mind a query that may look *nowhere*: it gets zeros.

<details><summary>Hint 1</summary>Either the softmax must not see the forbidden scores, or what is left of each row must be scaled up to one unit.</details>
<details><summary>Hint 2</summary>If you scale up: what is the sum of a row in which nothing is allowed, and what happens when you divide by it?</details>
<details><summary>Hint 3</summary><code>course.softmax</code> gives zeros for a row of −∞.</details>"""


# %% id="ex-16-4"
def average_allowed(q, k, v, mask):
    """Return the answers (n_q, d_v); a query that may look nowhere gets zeros."""
    ### BEGIN SOLUTION
    scores = q @ k.T / q.shape[-1] ** 0.5
    return course.softmax(np.where(mask, scores, -np.inf)) @ v
    ### INSTEAD
    # your turn: something is wrong here
    weights = course.softmax(q @ k.T / q.shape[-1] ** 0.5)
    return (weights * mask) @ v
    ### END SOLUTION


# %% id="ex-16-4-check"
check.average_allowed(average_allowed)

# %% [markdown] id="patient-5"
r"""If you scaled up what was left, there is one more place to look. A forbidden key may lie so far ahead that the allowed weights are too small for the computer, and what is left of the row is 0. A mask that comes first has no such place.

## Patient 5 · NaN, suddenly

A model runs for days. One morning everything is `nan`, *not a number*."""

# %% id="symptom-5"
with np.errstate(all="ignore"):
    for largest in (1.0, 100.0, 709.0, 710.0):
        print(f"{largest:>5}:", broken.weigh(np.array([[largest, 0.0]])).round(2).tolist())

# %% [markdown] id="ex-16-5-text"
r"""### Exercise 16.5 · too large for e
6 min · ●●○ · stretch

Large scores, low scores, and rows that lie far apart: all should get the weights of a softmax.

<details><summary>Hint 1</summary>If all scores of a row go up by the same number, what happens to its weights?</details>
<details><summary>Hint 2</summary>Choose the number so that the largest score of the row becomes 0. Then e is at most 1.</details>
<details><summary>Hint 3</summary>Every row needs a number of its own.</details>"""


# %% id="ex-16-5"
def weigh(scores):
    """Return the weights of scores (n_q, n_k), however large these are."""
    ### BEGIN SOLUTION
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
    ### INSTEAD
    # your turn: something is wrong here
    e = np.exp(scores)
    return e / e.sum(axis=-1, keepdims=True)
    ### END SOLUTION


# %% id="ex-16-5-check"
check.weigh(weigh)

# %% [markdown] id="patient-6"
r"""## Patient 6 · too good

The most expensive fault has the most beautiful symptom. Two small models are trained to say what comes next, in rows of eight symbols that are then repeated. The first half is a lottery, so the loss has a floor. One of the two sees one place too many.

Both train here, for 100 steps, with the same seed and the same first weights (`utils/chapters/ch16_the_clinic/trainee.py`)."""

# %% id="train" tags=["nbval-ignore-output"]
from utils import training
from utils.chapters.ch16_the_clinic import trainee

with training.board("Right, and too good") as board:
    runs = {}
    for board.title in ("right", "leaks the future"):
        runs[board.title] = trainee.teach(board.title, 0, steps=100)
for name, (model, history) in runs.items():
    seen, used = history.metric()[-1], trainee.is_right(model)
    print(f"{name:<18} loss {history.losses[-1]:.2f}, right in training {seen:.0%}, in use {used:.0%}")
losses = [history.losses[-1] for _, history in runs.values()]
training.expect(losses[1] < losses[0] / 2, f"the leak should look far better: {losses}")
assert len(losses) == 2

# %% [markdown] id="leak-say"
r"""Whoever reads only the loss takes the second one home. *In use* nobody hands a model the word it is to guess. Then it is no better than a guess. The other one is not good yet after 100 steps; how it goes on stands at the end of the ward."""

# %% id="diagnosis-6"
ward.examine("look_back")

# %% [markdown] id="ex-16-6-text"
r"""### Exercise 16.6 · the leaked future
6 min · ●●○

Every place should hear itself and what came before.

<details><summary>Hint 1</summary>Print the mask for n = 4 and count the True in its first row.</details>
<details><summary>Hint 2</summary>Place 0 should see one key, place 1 two, and so on.</details>"""


# %% id="ex-16-6"
def look_back(q, k, v):
    """Return the answers (n, d_v), where every place looks at itself and at what came before."""
    ### BEGIN SOLUTION
    return course.attention(q, k, v, course.causal_mask(len(q)))[0]
    ### INSTEAD
    # your turn: something is wrong here
    n = len(q)
    mask = np.arange(n) <= np.arange(1, n + 1)[:, None]
    return course.attention(q, k, v, mask)[0]
    ### END SOLUTION


# %% id="ex-16-6-check"
check.look_back(look_back)

# %% [markdown] id="patient-7"
r"""You have done the core of the ward. Four patients are left for who likes puzzles; else go on to *Which faults does training forgive?*

## Patient 7 · it reads a sentence as a bag of words

Codes for the places are added to the words, and still the model does not know the order. And it says something else about a sentence when that stands elsewhere in the batch."""

# %% id="symptom-7"
codes, sentence = course.sinusoidal(8, 4), np.zeros((1, 5, 4))  # five equal words
batch = np.repeat(sentence, 3, axis=0)
coded = broken.add_places(batch, codes)
print("two places of one sentence differ:", not np.allclose(coded[1, 0], coded[1, 4]))
print("the same sentence in two rows of the batch differs:", not np.allclose(coded[0], coded[1]))

# %% [markdown] id="ex-16-7-text"
r"""### Exercise 16.7 · codes for the wrong axis
6 min · ●●○ · stretch

Every word should get the code of its place in the sentence, whatever row of the batch it stands in.

<details><summary>Hint 1</summary>x has the axes (B, T, d). <code>len(x)</code> is the length of the first one.</details>
<details><summary>Hint 2</summary>Broadcasting lines up axes from the end. A table (T, d) fits (B, T, d) as it is.</details>"""


# %% id="ex-16-7"
def add_places(x, codes):
    """Return the rows x (B, T, d) with the code of its place added to every item; codes (places, d)."""
    ### BEGIN SOLUTION
    return x + codes[: x.shape[1]]
    ### INSTEAD
    # your turn: something is wrong here
    return x + codes[: len(x), None]
    ### END SOLUTION


# %% id="ex-16-7-check"
check.add_places(add_places)

# %% [markdown] id="patient-8"
r"""## Patient 8 · it answers as if it had just begun

While a model writes, the keys and values of all earlier words are kept in a cache, and only the newest word asks: n_q = 1, and n_k grows. torch's own attention has a switch, `is_causal`, so that one need not make a mask."""

# %% id="symptom-8"
import torch
from torch.nn.functional import scaled_dot_product_attention as fused

from utils.chapters.ch16_the_clinic import broken_torch

one_query, six_keys, told = torch.ones(1, 4), torch.ones(6, 4), torch.arange(6.0)[:, None]
print("what the newest of six words hears:", broken_torch.newest(one_query, six_keys, told).item())
print("the mean of all six:               ", told.mean().item())

# %% id="diagnosis-8"
ward.examine("newest").findings

# %% [markdown] id="ex-16-8-text"
r"""All keys are alike, so it should hear the mean. It hears word 0 alone. `is_causal` lays the first query beside the first key.

### Exercise 16.8 · is_causal, with a cache
8 min · ●●● · stretch

`q` are the newest places alone: one, or several at once. `k` and `v` are all so far, those of the newest included, at the end.

<details><summary>Hint 1</summary>With 3 new of 7 places, query 0 stands at place 4. Which keys may it see?</details>
<details><summary>Hint 2</summary><code>fused</code> also takes <code>attn_mask</code>, where True means: may look.</details>
<details><summary>Hint 3</summary><code>course.causal_mask</code> has an <code>offset</code>, and <code>like=q</code> makes it a tensor.</details>"""


# %% id="ex-16-8"
def newest(q, k, v):
    """Return the answers (n_q, d_v) at the newest places; q are those alone, k and v all so far (tensors)."""
    ### BEGIN SOLUTION
    mask = course.causal_mask(len(q), len(k), offset=len(k) - len(q), like=q)
    return fused(q, k, v, attn_mask=mask)
    ### INSTEAD
    # your turn: something is wrong here
    return fused(q, k, v, is_causal=True)
    ### END SOLUTION


# %% id="ex-16-8-check"
check.newest(newest)

# %% [markdown] id="patient-9"
r"""## Patient 9 · good for two words

Rotary codes turn queries and keys by their places (chapter 9). This one has a cache, too. Step by step it should say what one pass over everything says."""

# %% id="symptom-9"
rng = np.random.default_rng(9)
q, k, v = rng.normal(size=(3, 8, 6))
places = np.arange(8)
whole, _ = course.attention(course.rotary(q, places), course.rotary(k, places), v, course.causal_mask(8))
cache, off = (k[:0], v[:0]), []
for t in range(8):
    answer, cache = broken.step(cache, q[t : t + 1], k[t : t + 1], v[t : t + 1])
    off.append(np.abs(answer - whole[t]).max().round(2).item())
off

# %% [markdown] id="ex-16-9-text"
r"""The first two answers are right. Then it drifts.

### Exercise 16.9 · turned twice
8 min · ●●● · stretch

What the cache holds is up to you, as long as the answers are those of one pass. It begins as two arrays without rows.

<details><summary>Hint 1</summary>Follow one key through three steps. By which angle is it turned in each of them, and what is kept?</details>
<details><summary>Hint 2</summary>Why are two steps right? The key of place 0 is turned by nothing, however often.</details>
<details><summary>Hint 3</summary>Either keep keys as they came, and turn all of them every time; or turn the new one only, and keep it turned.</details>"""


# %% id="ex-16-9"
def step(cache, q, k, v):
    """Return the answer (1, d_v) at the newest place, and the cache with its key and value added."""
    ### BEGIN SOLUTION
    place = np.array([len(cache[0])])
    keys = np.concatenate([cache[0], course.rotary(k, place)])
    values = np.concatenate([cache[1], v])
    return course.attention(course.rotary(q, place), keys, values)[0], (keys, values)
    ### INSTEAD
    # your turn: something is wrong here
    keys, values = np.concatenate([cache[0], k]), np.concatenate([cache[1], v])
    keys = course.rotary(keys, np.arange(len(keys)))
    q = course.rotary(q, np.array([len(keys) - 1]))
    return course.attention(q, keys, values)[0], (keys, values)
    ### END SOLUTION


# %% id="ex-16-9-check"
check.step(step)

# %% [markdown] id="patient-10"
r"""## Patient 10 · pale

Nothing is wrong with a single row. They are only all alike. Eight queries ask eight keys, with d = 256 random features:"""

# %% id="symptom-10"
q, k = np.random.default_rng(10).normal(size=(2, 8, 256))
pale, right = (course.softmax(scores) for scores in (broken.score(q, k), q @ k.T / 16))
plots.show(
    plots.plot_alphas([pale, right], ["divided by d", "divided by √d"]),
    alt="Two matrices, eight by eight. On the left all weights are between .11 and .15; on the right they reach from .01 to .70.",
)

# %% id="symptom-10-number"
f"largest weight: {pale.max():.2f} divided by d, {right.max():.2f} divided by √d"

# %% [markdown] id="ex-16-10-text"
r"""### Exercise 16.10 · divided by d
4 min · ●○○ · stretch

At the start of training the scores should spread about as widely as 1, whatever d is.

<details><summary>Hint 1</summary>q·k is a sum of d products. How does the spread of such a sum grow with d? (Chapter 2.)</details>
<details><summary>Hint 2</summary>The spread grows like the root of d. What brings it back to 1?</details>"""


# %% id="ex-16-10"
def score(q, k):
    """Return the scores (n_q, n_k) of queries (n_q, d) and keys (n_k, d)."""
    ### BEGIN SOLUTION
    return q @ k.T / q.shape[-1] ** 0.5
    ### INSTEAD
    # your turn: something is wrong here
    return q @ k.T / q.shape[-1]
    ### END SOLUTION


# %% id="ex-16-10-check"
check.score(score)

# %% [markdown] id="training-forgives"
r"""## Which faults does training forgive?

Eight attentions, seven of them broken, were trained alike: the task of patient 6, 400 steps, three seeds (`utils/chapters/ch16_the_clinic/recipes/faults.py`). How often they are right in the second half was measured twice: as one does *in training*, on whole rows, and *in use*, where a row is written symbol by symbol.

**Predict.** Of the seven broken ones, how many end with a training loss *below* that of the right one?"""

# %% id="predict-faults-choice"
predict("16-faults", "none", "one: the leak", "two or three", "five")

# %% id="faults"
stored = recipes.measured("16_faults")
faults = stored["faults"]
floor = np.log(np.arange(5, 12)).sum() / 15  # seven of the 15 answers are a lottery, among 11 symbols, then 10, … 5
plots.show(
    figures.plot_faults(stored["steps"], faults, floor=floor, title="The loss does not tell"),
    alt="Left: training loss of eight attentions, three seeds each. All fall; five of the broken ones end below the floor that nobody can pass honestly. "
    "Right: most broken ones are right in training and wrong in use.",
)

# %% id="faults-numbers"
ends = ward.ends(faults)  # means of the three seeds
print(f"{'':<26}loss  in training  in use")
for name, (loss, seen, used) in ends.items():
    print(f"{name:<26}{loss:4.2f}  {seen:>10.0%}  {used:>6.0%}")
below = [name for name in faults if all(run["losses"][-1] < floor for run in faults[name])]
assert len(below) == 5 and ends["scale by d"][2] > 0.95
print(f"below the floor of {floor:.2f}, in every seed: {', '.join(below)}")

# %% [markdown] id="faults-say"
r"""<details><summary><b>After you ran it</b></summary>

Five, in every seed, and far below the floor: no honest model can know seven of the 15 answers. All five let the future through in one way or another: the minimum does, the turned weights do, the softmax over queries and the late mask do it through their sums. A loss that is too good is a symptom. (The clamped mask comes off lightly: it leaks, and in use it is still right most of the time.)

*Codes on the batch axis* trains to half of the right answers and stays honest: in use it is as good as in training. It complains, if you have something to compare it with.

*Divided by d* is forgiven here. Its heads have only 12 features, and the model learns longer queries. At larger d it starts paler; that is not measured here.

</details>

**A training curve is no test.** None of these models raised an error, all of them learnt. What finds the faults are small questions with known answers: values of ones, n_q ≠ n_k, a changed future, a batch of one. `diagnose` asks them for you.

A caveat: one small model, one task, three seeds. How much a fault costs elsewhere is not said by this table.

# Read a model card

Models are published with a card, a page of facts. A few of its lines are about attention, and you can now read all of them. Two real ones, as numbers:"""

# %% id="cards"
print(model_cards.MISTRAL)
print(model_cards.GPT_OSS)

# %% [markdown] id="cards-say"
r"""| line | what it buys | chapter |
|---|---|---|
| layers | questions that need the answer of another question | [8](08_many_heads.ipynb) |
| heads | several questions at once, each with fewer features | [8](08_many_heads.ipynb) |
| kv heads | a smaller cache; neighbours share keys and values | [8](08_many_heads.ipynb), [chapter 14](14_what_it_costs.ipynb) |
| window | work and cache that stop growing; farther words only by way of other layers | [chapter 14](14_what_it_costs.ipynb) |
| sinks | a head may listen to nobody | [chapter 12](12_reading_alpha.ipynb) |
| rotary base | slow hands of the clock: places that are far apart can be told apart | [9](09_positions.ipynb) |

First its masks. The window is shrunk, so that one can see it."""

# %% id="card-masks"
plots.show(
    figures.plot_masks(
        model_cards.masks(model_cards.GPT_OSS), title=f"{model_cards.GPT_OSS.name}, drawn with 24 tokens"
    ),
    alt="Two masks of 24 by 24. In the first a token sees a band of itself and a few before it, in the second the whole triangle of what came before.",
)

# %% [markdown] id="predict-cache"
r"""Then its cache. For every token each layer keeps a key and a value for each kv head, here with 2 bytes a number. A windowed layer may forget what nobody can see any more.

**Predict.** At 131,072 tokens, which part of gpt-oss-20b's cache belongs to the 12 windowed layers?"""

# %% id="predict-cache-choice"
predict("16-cache", "about half: they are half of the layers", "about a tenth", "about a thousandth")

# %% id="card-cache"
from dataclasses import replace

full = model_cards.GPT_OSS.context
kept = model_cards.cache_bytes(model_cards.GPT_OSS, full)
rest = model_cards.cache_bytes(replace(model_cards.GPT_OSS, layers=12), full)  # the windowed ones alone
print(
    f"{kept / 2**30:.2f} GiB in all, {rest / 2**20:.0f} MiB of it in the windowed layers: one part in {kept / rest:,.0f}"
)
for name, other in (
    ("no window", {"windowed": 0}),
    ("no window and no shared kv heads", {"windowed": 0, "kv_heads": 64}),
):
    print(f"with {name}: {model_cards.cache_bytes(replace(model_cards.GPT_OSS, **other), full) / 2**30:.0f} GiB")
for tokens in (4096, 32_768):
    print(f"Mistral 7B at {tokens:,} tokens: {model_cards.cache_bytes(model_cards.MISTRAL, tokens) / 2**20:.0f} MiB")

# %% [markdown] id="cache-say"
r"""<details><summary><b>After you ran it</b></summary>

About a thousandth: 128 tokens against 131,072. Windows in half of the layers halve the cache; sharing kv heads divides it by eight. Mistral 7B's stops growing at its window.

</details>

Two lines are left. Chapter 12's sink was a token. The **sink** of a card is built in: one more score in every row, which belongs to no word. It takes its share in the softmax, and says nothing. So a row may sum to less than one, and a head that finds nothing can keep silent.

The **rotary base** sets the slowest hand of the clock: how many tokens until it has gone round once?"""

# %% id="card-sink"
scores, sink = np.zeros((1, 4)), np.array([[2.0]])
with_sink = course.softmax(np.concatenate([scores, sink], axis=1))[:, :-1]
with_sink.round(2).tolist(), with_sink.sum().round(2).item()

# %% id="card-base"
for card in (model_cards.MISTRAL, model_cards.GPT_OSS):
    slowest = 2 * np.pi * card.rotary_base ** ((card.d_head - 2) / card.d_head)
    print(f"{card.name}: once round in {slowest:,.0f} tokens, {slowest / card.context:.1f} times its context")

# %% [markdown] id="build-text"
r"""The slowest hand does not come round within the context, so no two places look the same to it. (gpt-oss also stretches its clock afterwards, by a method called YaRN. That is not counted here.)

# Build your own

An attention has four slots. Fill them, and then ask the instrument.

- [ ] **What is compared?** queries with keys: a product, a distance, a little network
- [ ] **Who may look?** a mask, before the softmax
- [ ] **How is one unit shared out?** softmax, or with a sink
- [ ] **What is said?** values; they need not be the keys
- [ ] n_q ≠ n_k · a batch of one · an empty row · a changed future · scores of 3,000
- [ ] something to compare it with: the mean, or a window; three seeds

The template:"""


# %% id="template"
def my_attention(q, k, v, mask=None):
    scores = (q / q.shape[-1] ** 0.5) @ k.mT  # what is compared
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)  # who may look
    return course.softmax(scores) @ v  # how it is shared out, and what is said


diagnose(my_attention).names()

# %% [markdown] id="build-one"
r"""**First example: same day of the week.** Visitors of a pool, eight weeks, made up. A day looks at the same weekday in the weeks before, and at nothing else. Against it: the mean of all days before. Counted is the mean error of the last four weeks."""

# %% id="weekdays"
days = np.arange(56)
visitors = 100 + 40 * (days % 7 >= 5) + np.random.default_rng(0).normal(0, 5, 56)
mask = ((days[:, None] - days) % 7 == 0) & (days < days[:, None])
no_scores = np.zeros((56, 1))
forecast = {
    name: course.attention(no_scores, no_scores, visitors[:, None], m)[0].ravel()
    for name, m in (("weekday", mask), ("mean", days < days[:, None]))
}
error = {name: np.abs(f - visitors)[28:].mean().round(1).item() for name, f in forecast.items()}
error

# %% [markdown] id="build-two"
r"""All scores are 0 here, so the mask does everything. **Second example: a head that may keep silent.** A sink with score 0."""


# %% id="silent"
def with_silence(q, k, v):
    scores = q @ k.mT / q.shape[-1] ** 0.5
    silent = np.zeros((*scores.shape[:-1], 1), scores.dtype)  # the sink's score
    return course.softmax(np.concatenate([scores, silent], axis=-1))[..., :-1] @ v


report = diagnose(with_silence)
assert report.names()[0] == "row sums"
report.findings[0].evidence

# %% [markdown] id="silent-say"
r"""The instrument complains that rows do not sum to one. This time it is meant. **A finding is a question, not a verdict**: did you mean that?

## What we learnt

- A claim needs a length, a rival and a start. With them, most claims become measurements.
- Broken attentions run, and train. The loss does not tell; small questions with known answers do.
- A mask is −∞ before the softmax. Neither a score of 0 nor a zero afterwards is the same.

## Check yourself"""

# %% id="quiz"
check.yourself()

# %% [markdown] id="going-on"
r"""## Going further

- A. Jiang and others (2023), *Mistral 7B*: the first card.
- OpenAI (2025), *gpt-oss-120b & gpt-oss-20b model card*: the second.
- A. Karpathy (2019), *A recipe for training neural networks*: on faults that train without complaint.
- G. Xiao and others (2024), *Efficient streaming language models with attention sinks*.

This was the last chapter. Next: something of your own. Take a paper you did not understand when you began, and read its figure of α again; or go back to [chapter 0](00_start_here.ipynb), where the ticks show what is still open.
Before you go, shut this kernel down (menu *Kernel*, *Shut Down Kernel*): each open chapter holds memory."""
