# %% [markdown] id="title"
r"""# 7 · Query, key, value
*One sentence asks itself.*

**You will be able to** make queries, keys and values out of words, let a sentence attend to itself or to another one,
and forbid whatever must not be seen.

About 65 minutes, 95 with the stretch exercises · you need [chapter 2](02_scores_and_softmax.ipynb). If you come straight from there, you miss nothing: what is new is said."""

# %% id="imports"
import numpy as np

from utils import attention as course, plots, training, widgets
from utils.chapters.ch07_query_key_value import check, figures, self_attention
from utils.chapters.ch07_query_key_value.sentences import FEATURES, embed, tables
from utils.widgets import Point, Toggle, panel, predict

# %% [markdown] id="warm-up"
r"""## Warm up

Two questions from chapters 1 and 2."""

# %% id="recall"
check.recall()

# %% [markdown] id="words-to-rows"
r"""## Words become rows

Attention takes averages, and there is no average of two words. So each word is first turned into a row of numbers. Such a row is called an **embedding**.
A model learns its embeddings; from chapter 8 on ours do. These are a table made by hand, with five columns that you can read. This is the sentence of the whole chapter:"""

# %% id="sentence"
sentence = "the red bird chased the blue bird"
words = sentence.split()
x = embed(words)  # (T, d_model): 7 words, 5 numbers each
print("columns:", *FEATURES, sep="  ")
dict(zip(words, x.tolist(), strict=False))

# %% [markdown] id="sentence-say"
r"""*Colour* says that the word is a colour. *Shade* says which: red is 1, blue is −1, the others lie between.
Equal words have equal rows, wherever they stand.

## A word looks at its like

In chapter 2 visitors asked, and fruits answered. Here the seven words ask **each other**. The least we can do: let every row be
its own query, its own key and its own value.

**Predict.** Whom will *bird* hear most?"""

# %% id="predict-like-choice"
predict("7-like", "red and blue, the colours", "the birds, itself and the other", "all words alike", "chased")

# %% id="like-shown"
out, weights = course.attention(x, x, x)
plots.show(
    plots.plot_alpha(weights, words, title="Everyone looks at their like"),
    alt="Seven rows of weights. Each word gives most to itself and to the same word elsewhere, and the same small weight to all others.",
)

# %% [markdown] id="like-say"
r"""<details><summary><b>After you ran it</b></summary>

The birds. With this table a row scores 1 or 2 with itself, a sum of squares, and 0 with the row of any different word. So like looks at like. A bird learns from the sentence what it knew before: that it is a bird.

</details>

A bird should rather find a *colour*. A colour should perhaps find the *other* colour. What one looks for is not what one is."""

# %% [markdown] id="ex-7-1-text"
r"""### Exercise 7.1 · a soft dictionary
6 min · ●○○

First the piece that stays the same, for any queries, keys and values: scores divided by √d, softmax, weighted sum. What a key says need not look like the key: values may have another length.
Write it with `course.softmax`.

<details><summary>Hint 1</summary>A table of scores has a row for each query and a column for each key: <code>queries @ keys.T</code>.</details>
<details><summary>Hint 2</summary>d is the length of one query, <code>queries.shape[-1]</code>. The number of queries has no part in it.</details>"""


# %% id="ex-7-1"
def look_up(queries, keys, values):
    """Return the answers (n_q, d_v) to queries (n_q, d_k), from keys (n_k, d_k) and values (n_k, d_v)."""
    ### BEGIN SOLUTION
    scores = queries @ keys.T / np.sqrt(queries.shape[-1])
    return course.softmax(scores) @ values
    ### END SOLUTION


# %% id="ex-7-1-check"
check.look_up(look_up)

# %% [markdown] id="three-roles"
r"""## Three tables

Each word plays three roles: it asks, it is asked, and it has something to say. Give each role a table of its own, and let the row be multiplied by it.
The three products are called **projections**. (A row meets its table from the left, $x W$; the additive score of chapter 2 wrote $W q$.)

$$q_i = x_i W_q \qquad k_j = x_j W_k \qquad v_j = x_j W_v \qquad a_i = \sum_j \alpha_{ij}\, v_j \quad\text{with}\quad \alpha_{ij} = \text{softmax}_j\!\left(\frac{q_i \cdot k_j}{\sqrt{d_k}}\right)$$

| in the formula | in the code | shape | in words |
|---|---|---|---|
| $x_i$ | `x[i]` | `(d_model,)` | word *i*, its embedding |
| $W_q, W_k$ | `W_q`, `W_k` | `(d_model, d_k)` | what a word looks for, what it offers |
| $W_v$ | `W_v` | `(d_model, d_v)` | what it says once it is heard |
| $q_i, k_j$ | `(x @ W_q)[i]`, `(x @ W_k)[j]` | `(d_k,)` | query of word *i*, key of word *j* |
| $\alpha_{ij}$ | `weights[i, j]` | 0 to 1 | how much word *i* listens to word *j* |

Because one sentence asks itself, this is **self-attention**; the tables together with what they compute are called a **head**. Chapter 2's formula has not changed. Only where q, k and v come from is new.

### By hand

A thing shall look for colours, and a colour for the opposite shade. Two numbers are enough, $d_k = 2$:

- *bird* is a thing: its query is (6, 0). *red* is a colour of shade 1: its key is (1, 1). Score: 6 · 1 + 0 · 1 = 6.
- *red* asks for the opposite shade: its query is (0, −6). *blue* has the key (1, −1): score 6. *red* itself: score −6.
- *the* and *chased* ask for nothing: (0, 0)."""

# %% id="tables-shown"
W_q, W_k, W_v = tables()  # (5, 2), (5, 2), (5, 1)
red, bird, blue = x[1], x[2], x[5]
[float(bird @ W_q @ W_k.T @ red), float(red @ W_q @ W_k.T @ blue), float(red @ W_q @ W_k.T @ red)]

# %% [markdown] id="loop-first"
r"""Once as a loop over pairs, once as matrix products:"""

# %% id="loop"
scores = np.zeros((7, 7))
for i in range(7):
    for j in range(7):
        scores[i, j] = sum((x[i] @ W_q) * (x[j] @ W_k)) / np.sqrt(2)

q, k, v = x @ W_q, x @ W_k, x @ W_v  # (7, 2), (7, 2), (7, 1)
assert np.allclose(q @ k.T / np.sqrt(2), scores)
assert np.allclose(course.attention(q, k, v)[1], course.softmax(scores))

# %% [markdown] id="ex-7-2-text"
r"""### Exercise 7.2 · self-attention
8 min · ●●○

Put it together: `x` and three tables in, answers and weights out. Chapter 2's `course.softmax` may be used.

<details><summary>Hint 1</summary>Three products first. Every one of them starts from x, and each with its own table.</details>
<details><summary>Hint 2</summary>√d_k comes from the length of a query, not of a word: <code>W_q.shape[1]</code>.</details>
<details><summary>Hint 3</summary>The weights multiply the projected values, not the words. Return two things: <code>return answers, weights</code>.</details>"""


# %% id="ex-7-2"
def self_attend(x, W_q, W_k, W_v):
    """Return answers (T, d_v) and weights (T, T) of a sentence x (T, d_model) that asks itself."""
    ### BEGIN SOLUTION
    q, k, v = x @ W_q, x @ W_k, x @ W_v
    weights = course.softmax(q @ k.T / np.sqrt(q.shape[-1]))
    return weights @ v, weights
    ### END SOLUTION


# %% id="ex-7-2-check"
check.self_attend(self_attend)

# %% [markdown] id="predict-symmetric"
r"""**Predict.** With these tables, is α symmetric? That is, does *bird* listen to *red* as much as *red* listens to *bird*?"""

# %% id="predict-symmetric-choice"
predict(
    "7-symmetric", "yes, always: a pair has one score", "no: bird hears red far more", "no: red hears bird far more"
)

# %% id="other-colour"
out, weights = self_attention.self_attention(x, W_q, W_k, W_v)
plots.show(
    plots.plot_alpha(weights, words, title="A bird looks for colours, a colour for the other one"),
    alt="Both bird rows give .48 to red and to blue. Red gives .93 to blue, blue .93 to red. The and chased are uniform.",
)

# %% id="symmetric-number"
assert weights[2, 1] > 0.45 and weights[1, 2] < 0.02
f"bird hears red: {weights[2, 1]:.2f}   red hears bird: {weights[1, 2]:.2f}"

# %% [markdown] id="symmetric-say"
r"""<details><summary><b>After you ran it</b></summary>

Far from symmetric. *Bird* asks for a colour, and *red* is one; *red* asks for another shade, and *bird* has none. Two different tables make two different questions of one pair.

</details>

*Red* gives its weight to *blue*, and next to nothing to itself. Attention looks at what **fits the question**.

*The* and *chased* ask nothing: their query is zero, every score is 0, and all seven words get 1/7. **No preference is uniform.**

### Why three projections and not one?

With one table for queries and keys, $W_q = W_k$, the score of *i* and *j* equals that of *j* and *i*. Worse: among any two words, the one with the longer
projection must look at itself at least as much as at the other, for $q \cdot k \le |q|\,|k|$. *Red* and *blue* could never both prefer each other. (Below, a trained head tries.)
The third table is there because what makes a word *findable* need not be what it should *say*. Here a colour is found by being a colour, and says its shade."""

# %% [markdown] id="play-points"
r"""Here is one query with three keys. Drag the query and the keys, or choose one with Tab and move it with the arrow keys.

**One question to settle by playing:** put the key *cat* halfway between *fox* and *owl*. Can you find any place for the query where *cat* gets the most?"""


# %% id="points-draw"
def weigh(query, fox, owl, cat, long):
    keys = np.array([fox, owl, cat])
    return course.attention(np.array([query]) * (3.0 if long else 1.0), keys, keys)[1][0]  # (3,)


def draw_points(query, fox, owl, cat, long):
    values = np.array([[2.0, 1.5], [-2.0, 1.5], [0.0, -2.0]])
    weights = weigh(query, fox, owl, cat, long)
    return figures.plot_query_keys(query, [fox, owl, cat], values, weights, ["fox", "owl", "cat"])


panel(
    draw_points,
    name="query, keys and the answer",
    alt=lambda **places: "The query hears fox {:.2f}, owl {:.2f}, cat {:.2f}.".format(*weigh(**places)),
    query=Point(1.0, 1.0, label="query", color=plots.QUERY),
    fox=Point(2.0, 1.0, label="key fox", color=plots.KEY),
    owl=Point(-1.5, 1.5, label="key owl", color=plots.KEY),
    cat=Point(0.5, -1.5, label="key cat", color=plots.KEY),
    long=Toggle(False, label="query three times as long"),
)

# %% [markdown] id="points-say"
r"""<details><summary><b>After you played</b></summary>

There is no such place. Halfway, the score of *cat* is the mean of the other two scores, and a mean is never larger than both. A key *between* other keys can be heard, but never win.
The direction of a query says whom it asks for, its length how sharply. At (0, 0) all three get 1/3.

</details>

## Another sentence asks: cross-attention

Queries may come from one sentence, keys and values from another. Nothing else changes. The words that ask and the words that are asked may differ in number, so α is no longer square.
(If you read chapter 6: the query was the decoder's state, keys and values were the encoder's. That is cross-attention. If not, read on.)"""

# %% id="cross"
question = "which bird met a green fox"
_, across = self_attention.cross_attention(embed(question), x, W_q, W_k, W_v)
plots.show(
    plots.plot_alpha(across, question.split(), words, title="Six words ask seven: the rows are the question's"),
    alt="Six rows by seven columns. Bird and fox look at both colours, green looks at red, the other rows are uniform.",
)

# %% [markdown] id="ex-7-3-text"
r"""### Exercise 7.3 · cross-attention
6 min · ●●○ · stretch

`x` asks, `context` is asked. Which of the three products start from which?

<details><summary>Hint 1</summary>Who asks has queries. Who is asked has keys, and says the values.</details>
<details><summary>Hint 2</summary>There is one answer for each word that asks: the answers have as many rows as x.</details>"""


# %% id="ex-7-3"
def cross_attend(x, context, W_q, W_k, W_v):
    """Return answers (n_q, d_v) and weights (n_q, n_k): words x (n_q, d_model) ask context (n_k, d_model)."""
    ### BEGIN SOLUTION
    q, k, v = x @ W_q, context @ W_k, context @ W_v
    weights = course.softmax(q @ k.T / np.sqrt(q.shape[-1]))
    return weights @ v, weights
    ### END SOLUTION


# %% id="ex-7-3-check"
check.cross_attend(cross_attend)

# %% [markdown] id="draft-text"
r"""## Debug it: a first draft

Here is a draft as one finds them. On our sentence it runs, and the result has the right shape.

**Predict.** What is wrong?"""


# %% id="draft-one"
def first_draft(q, k, v):
    weights = course.softmax(q @ k.T / np.sqrt(q.shape[-1]))
    return weights.T @ v


first_draft(q, k, v).shape

# %% id="predict-draft-choice"
predict(
    "7-draft",
    "the maximum is not subtracted",
    "the softmax runs over the queries",
    "the weights are turned: each answer sums up a column",
    "nothing",
)

# %% id="draft-symptom"
print("rows that make an answer sum to", weights.T.sum(axis=1).round(2).tolist())
try:
    first_draft(embed(question) @ W_q, k, v)
except ValueError:
    print("6 queries, 7 keys: the shapes do not fit")

# %% [markdown] id="draft-say"
r"""<details><summary><b>After you ran it</b></summary>

The weights are turned. A square table hides it. Two tests find it: rows that do not sum to one, and a number of queries that differs from the number of keys. **Test with n_q ≠ n_k.**

</details>

## The same lines in torch

From here on some cells use **torch**. Its arrays are called *tensors*. They do what NumPy's do, under nearly the same names, and three things more: they can live on a graphics processor,
they remember how they were computed, and so they can tell slopes, such as you worked out by hand in chapter 2. `import torch` takes a second or two."""

# %% id="torch-lines"
import torch

xt, Wq, Wk, Wv = (torch.tensor(each) for each in (x, W_q, W_k, W_v))
qt, kt, vt = xt @ Wq, xt @ Wk, xt @ Wv
weights_t = torch.softmax(qt @ kt.mT / 2**0.5, dim=-1)  # .mT turns the last two axes
assert np.allclose(weights_t.numpy(), weights)
assert np.allclose(course.attention(qt, kt, vt)[0].numpy(), out)  # the course's takes both

# %% id="torch-fused"
from torch.nn.functional import scaled_dot_product_attention

assert torch.allclose(scaled_dot_product_attention(qt, kt, vt), weights_t @ vt)

# %% [markdown] id="batch-text"
r"""The last line is torch's own attention. It gives the answers and never shows α.

## Several sentences at once

A third axis in front holds several sentences: `(B, T, d_model)`, the **batch**. A matrix product works on the last two axes and does each sentence by itself.
But sentences differ in length, and a table has no ragged edge. The shorter ones are filled up with rows of zeros, the **padding**."""

# %% id="batch"
sentences = [sentence, "a blue bird sang", "the fox met a red cat"]
lengths = [len(each.split()) for each in sentences]
batch = np.zeros((3, 7, 5))  # (B, T, d_model)
for row, each, n in zip(batch, sentences, lengths, strict=True):
    row[:n] = embed(each)
lengths

# %% [markdown] id="batch-turn"
r"""One trap: `.T` turns *all* axes of a batch, and `.mT` or `swapaxes(-1, -2)` only the last two."""

# %% id="batch-turned"
keys = batch @ W_k
keys.shape, keys.T.shape, keys.swapaxes(-1, -2).shape

# %% [markdown] id="predict-padding"
r"""**Predict.** *a blue bird sang*, alone, and then in the batch with three rows of zeros behind it. Does the answer of *sang* change?"""

# %% id="predict-padding-choice"
predict("7-padding", "no, zeros add nothing", "yes, the zeros are heard as well", "it becomes NaN")

# %% id="padding-shown"
alone, _ = self_attention.self_attention(batch[1, :4], W_q, W_k, W_v)
padded, with_zeros = self_attention.self_attention(batch, W_q, W_k, W_v)
assert not np.allclose(padded[1, :4], alone)
print(f"alone {alone[3, 0]:.2f}, padded {padded[1, 3, 0]:.2f}")
with_zeros[1, 3].round(2).tolist()

# %% [markdown] id="padding-say"
r"""<details><summary><b>After you ran it</b></summary>

It changes. A key of zeros has the score 0, and $e^0 = 1$: padding is heard like a word that scores 0. Masking means −∞ before the softmax, as in chapter 2.

</details>

A **mask** says who may look at whom: a table like α, boolean, True = may look."""

# %% [markdown] id="ex-7-4-text"
r"""### Exercise 7.4 · the padding mask
8 min · ●●○

The array `lengths` holds how many words of each sentence are real, `n` how many places there are. Return a boolean mask that **broadcasts** to the scores (B, n, n): nobody looks at padding.
(NumPy repeats an axis of length 1 as often as needed, and puts missing axes in front.)

<details><summary>Hint 1</summary>Padding must not be *looked at*: it is a matter of the keys. Along which axis do they stand?</details>
<details><summary>Hint 2</summary>Compare <code>np.arange(n)</code>, the places, with the length of each sentence.</details>
<details><summary>Hint 3</summary>An axis of length 1 in the middle says: the same for every query. <code>lengths[:, None, None]</code> makes room for it.</details>"""


# %% id="ex-7-4"
def padding_mask(lengths, n):
    """Return who may look at whom, boolean, broadcasting to (B, n, n), for lengths (B,) of real words."""
    ### BEGIN SOLUTION
    return np.arange(n) < np.asarray(lengths)[:, None, None]
    ### END SOLUTION


# %% id="ex-7-4-check"
check.padding_mask(padding_mask)

# %% [markdown] id="padding-mended"
r"""With the mask, padding changes nothing:"""

# %% id="padding-nothing"
mask = course.padding_mask(lengths, 7)  # (3, 1, 7)
padded, _ = self_attention.self_attention(batch, W_q, W_k, W_v, mask)
for b, n in enumerate(lengths):
    single, _ = self_attention.self_attention(batch[b, :n], W_q, W_k, W_v)
    assert np.allclose(padded[b, :n], single)
mask.shape

# %% [markdown] id="causal-text"
r"""## Who may look at whom: three families

A model that writes must not look ahead: while it learns, the words to come already stand in its sentence. The mask that forbids the future is called **causal**. Three families are in use:

- **everything**: every word sees every word. For reading.
- **causal**: a word sees itself and what came before. For writing.
- **prefix**: the first few words, a question perhaps, see each other; after them it is causal."""

# %% id="families"
masks = [np.ones((7, 7), bool), course.causal_mask(7), course.prefix_mask(7, 3)]
alphas = [self_attention.self_attention(x, W_q, W_k, W_v, each)[1] for each in masks]
plots.show(
    plots.plot_alphas(alphas, ["everything", "causal", "prefix of 3"], words, masks=masks),
    alt="Three matrices of the same sentence. Causal hatches all above the diagonal, prefix leaves the first three columns free.",
)

# %% [markdown] id="ex-7-5-text"
r"""### Exercise 7.5 · the causal mask
8 min · ●●○

Return it, boolean (n_q, n_k). While a model writes, it asks only for its newest words, and the keys of all earlier ones are kept. So the queries are the **last** n_q of n_k places.

<details><summary>Hint 1</summary>May a word look at itself? Nothing about it is in the future.</details>
<details><summary>Hint 2</summary>Query i stands at place i + (n_k − n_q). The last query sees everything.</details>
<details><summary>Hint 3</summary>Compare two ranges, one standing as a column; or see what the second argument of <code>np.tril</code> does.</details>"""


# %% id="ex-7-5"
def causal_mask(n_q, n_k):
    """Return who may look at whom (n_q, n_k), boolean; the queries are the last n_q of the n_k places."""
    ### BEGIN SOLUTION
    places = np.arange(n_q)[:, None] + n_k - n_q
    return np.arange(n_k) <= places
    ### END SOLUTION


# %% id="ex-7-5-check"
check.causal_mask(causal_mask)

# %% [markdown] id="predict-leak"
r"""Does nothing leak? torch can tell: how much would the answer of *bird*, the third word, move if a number of another word moved? These are slopes, one for each number of each word.

**Predict.** How large are the slopes for the four words that come after?"""

# %% id="predict-leak-choice"
predict("7-leak", "small, about a hundredth", "tiny, but not zero: rounding", "exactly zero")

# %% id="leak"
table = xt.clone().requires_grad_()  # from now on torch remembers what is done with it
answers, _ = self_attention.self_attention(table, Wq, Wk, Wv, course.causal_mask(7, like=table))
answers[2].sum().backward()  # fills table.grad with the slopes of this number
assert not table.grad[3:].any()
table.grad.abs().sum(dim=1).round(decimals=2).tolist()

# %% [markdown] id="leak-say"
r"""<details><summary><b>After you ran it</b></summary>

Exactly zero, not nearly. $e^{-\infty}$ is 0, and nothing passes through a weight of 0.

</details>

### Padding mask or causal mask, and which axis?

Both act on the **keys**, the last axis of the scores. They differ in what they depend on.

| mask | forbids | shape | depends on |
|---|---|---|---|
| padding | whole columns | `(B, 1, n_k)` | the sentence, not the query |
| causal | above the diagonal | `(n_q, n_k)` | the query, not the sentence |
| both | `padding & causal` | `(B, n_q, n_k)` | both |

A mask of shape `(B, n)` is a trap. With as many sentences as words, B = n, it broadcasts along the *queries*, and nothing complains. The row of a padded query need not be masked: its answer is thrown away.

What if a query may look nowhere? *No preference* is uniform. **No permission is zero**: softmax over nothing is undefined, and the course answers zeros. Some libraries answer NaN."""

# %% id="nowhere"
nobody = np.array([[True], [False]])  # the second query may look nowhere
course.attention(np.zeros((2, 3)), np.ones((4, 3)), np.ones((4, 1)), nobody)[1].tolist()

# %% [markdown] id="draft-two-text"
r"""## Debug it: a second draft

This one has a batch and a mask of ones and zeros, 1 = may look.

**Predict.** How many faults are in the three lines of its body?"""


# %% id="draft-two"
def second_draft(q, k, v, mask):
    scores = np.minimum(q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1]), mask)
    weights = course.softmax(scores, axis=1)
    return weights @ v, weights


# %% id="predict-second-choice"
predict("7-second-draft", "none", "one", "two", "three")

# %% id="second-symptom"
_, wrong = second_draft(batch @ W_q, batch @ W_k, batch @ W_v, mask.astype(float))
print("rows sum to", wrong[1].sum(axis=-1).round(2).tolist())
print("weight on the padding", wrong[1, :, 4:].sum(axis=-1).round(2).tolist())

# %% [markdown] id="second-say"
r"""<details><summary><b>After you ran it</b></summary>

Two. Axis 1 of a batch is the **query** axis; the keys stand along the last, −1. And the smaller one of a score and 0 is at most 0, and not −∞: a padded key keeps its weight. (Scores above 1 are cut off as well, at the words that may be seen.)

</details>"""

# %% [markdown] id="ex-7-6-text"
r"""### Exercise 7.6 · two sentences, one row
6 min · ●●○ · stretch

Padding wastes places. Instead, several sentences can be **packed** into one row. `documents` says which sentence each place belongs to, such as `[0, 0, 0, 1, 1]`.
Return the mask (T, T) of a model that writes: nobody looks ahead, and nobody looks into another sentence.

<details><summary>Hint 1</summary>Two masks. A place must be allowed by both.</details>
<details><summary>Hint 2</summary>Same sentence: compare <code>documents</code> as a column with <code>documents</code> as a row.</details>"""


# %% id="ex-7-6"
def packed_mask(documents):
    """Return who may look at whom (T, T), boolean, for documents (T,), the sentence each place belongs to."""
    ### BEGIN SOLUTION
    documents = np.asarray(documents)
    return (documents[:, None] == documents) & course.causal_mask(len(documents))
    ### END SOLUTION


# %% id="ex-7-6-check"
check.packed_mask(packed_mask)

# %% [markdown] id="play-masks"
r"""Put your own sentence here. The table knows some words: *red orange pink yellow green purple grey blue*, things such as *bird fox cat dog ball house car tree king fish*, actions such as
*chased saw met liked sang*. A word it does not know is all zeros and asks nothing.

Choose a mask. With *draw*, each click on a cell, or the space bar, forbids or allows it.

**One question to settle by playing:** start from *no mask*, where both *birds* have the same row. How few cells must you forbid until their answers differ?"""

# %% id="own-sentence"
my_sentence = "the red bird chased the blue bird"  # at most 12 words or so
mine = my_sentence.split()
mine_x = embed(mine)
halves = [0] * (len(mine) // 2) + [1] * (len(mine) - len(mine) // 2)
widgets.alpha(
    mine_x @ W_q @ W_k.T @ mine_x.T,
    queries=mine,
    values=mine_x @ W_v,
    d=2,
    row=min(2, len(mine) - 1),
    presets={
        "prefix": course.prefix_mask(len(mine), len(mine) // 2),
        "packed": course.document_mask(halves),
        "packed, causal": course.document_mask(halves) & course.causal_mask(len(mine)),
    },
)

# %% [markdown] id="masks-say"
r"""<details><summary><b>After you played</b></summary>

One: forbid the first *bird* to look at *blue*, and of the two colours it hears only red.

</details>"""

# %% id="one-cell"
one_cell = np.ones((7, 7), bool)
one_cell[2, 5] = False
heard_now, _ = self_attention.self_attention(x, W_q, W_k, W_v, one_cell)
f"the first bird hears the shade {heard_now[2, 0]:.2f}, the second {heard_now[6, 0]:.2f}"

# %% [markdown] id="price"
r"""
Without a mask both birds have the same answer. That is no accident, and it is the price of what attention does. Every word reaches every other in one step, without passing through those between. Nothing tells it where they stand.

## Which bird is red?

**Predict.** We shuffle the words: *blue the bird chased red bird the*. No mask. What happens to the answers?"""

# %% id="predict-shuffle-choice"
predict("7-shuffle", "all change", "each word keeps its answer, only their order changes", "only the colours change")

# %% id="shuffle"
order = np.array([5, 4, 2, 3, 1, 6, 0])
shuffled, _ = self_attention.self_attention(x[order], W_q, W_k, W_v)
straight, _ = self_attention.self_attention(x, W_q, W_k, W_v)
assert np.allclose(shuffled, straight[order])
" ".join(words[i] for i in order)

# %% [markdown] id="shuffle-say"
r"""<details><summary><b>After you ran it</b></summary>

Each word keeps its answer. The row of *i* is a sum over all *j*, and a sum does not care about the order of its terms. *The red bird chased the blue bird* and *the blue bird chased the red bird* are the same to it.

</details>

Now the same with a causal mask:"""

# %% id="shuffle-causal"
causal = course.causal_mask(7)
shuffled, _ = self_attention.self_attention(x[order], W_q, W_k, W_v, causal)
straight, _ = self_attention.self_attention(x, W_q, W_k, W_v, causal)
assert not np.allclose(shuffled, straight[order])
f"the first bird hears {straight[2, 0]:.2f}, the second {straight[6, 0]:.2f}"

# %% [markdown] id="causal-leaks"
r"""Of the colours the first *bird* may hear only red, the second both. **The causal mask leaks order**: how much one may see tells where one stands.

### Why does order get lost, and how is it put back?

A weighted sum adds in any order, and the scores see what words are, not where. Without a mask, order is lost entirely. A causal mask brings some of it back. The usual ways add to each word something that depends
on its place, or let the scores depend on the distance; chapter 9 builds and compares four such codes."""

# %% [markdown] id="ex-7-7-text"
r"""### Exercise 7.7 · the symmetry and its counterexample
8 min · ●●○

True or False, for *any* words and tables? Try them with `self_attention.self_attention(x, W_q, W_k, W_v, mask)`, or think.

- **a** no mask: shuffling the words shuffles the answers in the same way, and changes none
- **b** no mask: shuffling keys and values together, the queries stay: the answers stay as they were
- **c** no mask: shuffling the keys only, queries and values stay: the answers stay as they were
- **d** no mask: two equal words at different places get equal answers
- **e** causal mask: two equal words at different places get equal answers
- **f** causal mask: shuffling all words but the last leaves the last word's answer as it was

<details><summary>Hint 1</summary>Write the answer as a sum of weight times value. Which weight stands before which value, after the shuffle?</details>
<details><summary>Hint 2</summary>For e and f: which words does the query see? Does the shuffle change that set?</details>"""

# %% id="ex-7-7"
### BEGIN SOLUTION
a = True
b = True
c = False
d = True
e = False
f = True
### END SOLUTION

# %% id="ex-7-7-check"
check.symmetries(a, b, c, d, e, f)

# %% [markdown] id="train-text"
r"""## A head that learns its question

We made the tables by hand. Now they shall be learnt. The task: sentences of seven words, two of them colours, all at random places. Each colour word must answer with the *embedding of the other colour*.
The embeddings are random numbers, 16 a word, so nothing is made easy. Nobody says where to look: the error of the answer must teach it.

`training.train` does what `learn` did in chapter 2: some examples, the slope of the error, a small step downhill, many times. torch finds the slopes. A `Module` is torch's word for something that holds numbers to be learnt, its `Parameter`s; `register_buffer` holds numbers that stay fixed.
`lr` is the size of a step, chapter 2's `rate`; `seed` is the number that the random draws start from."""


# %% id="head"
class Head(torch.nn.Module):
    """One head: it learns W_q and W_k, or with ``tied`` one table for both."""

    def __init__(self, seed, tied):
        super().__init__()
        rng = training.seeded(seed)
        self.register_buffer("embedding", torch.randn(16, 16, generator=rng))  # fixed: 16 words, 16 numbers
        self.W_q = torch.nn.Parameter(torch.randn(16, 8, generator=rng) / 4)
        self.W_k = self.W_q if tied else torch.nn.Parameter(torch.randn(16, 8, generator=rng) / 4)

    def forward(self, words):
        x = self.embedding[words]  # (B, T, 16)
        return x, *course.attention(x @ self.W_q, x @ self.W_k, x)


# %% id="loss"
from utils.chapters.ch07_query_key_value.colours import VOCABULARY, two_colours


def loss(head, rng):
    words, places = two_colours(64, rng)  # (B, 7) words, (B, 2) places of the two colours
    x, out, _ = head(words)
    rows = torch.arange(64)[:, None]
    return (out[rows, places] - x[rows, places.flip(1)]).square().mean()


def finds_the_other(head):
    words, places = two_colours(500, training.seeded(99))
    _, _, weights = head(words)
    most = weights[torch.arange(500)[:, None], places].argmax(dim=-1)  # (B, 2): where each colour looks most
    return (most == places.flip(1)).float().mean().item()


# %% [markdown] id="predict-tied"
r"""We train each three times, from three starts: with two tables, and with one for both, $W_q = W_k$.

**Predict.** How often does a colour look most at the other colour, with *one* table?"""

# %% id="predict-tied-choice"
predict("7-tied", "nearly always, it only takes longer", "half of the time", "one time in seven, chance", "never")

# %% tags=["nbval-ignore-output"] id="train"
found = {}
for tied in (False, True):
    heads = [Head(seed, tied) for seed in range(3)]
    for seed, head in enumerate(heads):
        training.train(head, loss, steps=300, lr=1e-2, seed=seed, show=False)
    found[tied] = [finds_the_other(head) for head in heads]
    print("one table: " if tied else "two tables:", ", ".join(f"{share:.0%}" for share in found[tied]))
training.expect(min(found[False]) > 0.95, f"two tables should find the other colour: {found[False]}")
assert max(found[True]) <= 0.5

# %% [markdown] id="tied-say"
r"""<details><summary><b>After you ran it</b></summary>

Half of the time, and never more, as the inequality above says: of two colours the one with the longer projection prefers itself to the other. Only one of the two can look across. More steps cannot help, so we need not search for a better rate.

</details>

What the two have learnt, on our sentence, here with the random embeddings:"""

# %% tags=["nbval-ignore-output"] id="learnt"
two, one = Head(0, False), Head(0, True)
for head in (two, one):
    training.train(head, loss, steps=300, lr=1e-2, show=False)
numbers = torch.tensor([[VOCABULARY.index(word) for word in words]])  # (1, 7): a word is its place in the list
alphas = [head(numbers)[2][0].detach().numpy() for head in (two, one)]
plots.show(
    plots.plot_alphas(alphas, ["two tables", "one table for both"], words),
    alt="With two tables red looks at blue and blue at red. With one table at least one of them looks at itself.",
)
assert min(alphas[1][1].argmax() == 5, alphas[1][5].argmax() == 1) == 0

# %% [markdown] id="train-caveat"
r"""A caveat. Only the rows of the two colours were trained. What the other rows look at means nothing. And one head with a task made for it says little about the heads of a large model: chapter 12 looks at those.

## What comes after

A head's answers are mostly handed on through one more table, $W_o$, and then through a small network that is applied to **each word by itself**: here no word looks at another. Chapters 8 and 10 build them.
Attention moves what words say; the network works on what has arrived."""

# %% id="each-by-itself"
rng = np.random.default_rng(0)
W_1, W_2 = rng.normal(size=(1, 8)), rng.normal(size=(8, 5))


def network(answers):
    return np.maximum(answers @ W_1, 0) @ W_2  # two tables; between them, what is negative becomes 0


assert np.allclose(network(out)[2], network(out[2]))  # the whole sentence, or one word: the same

# %% [markdown] id="what-we-learnt"
r"""## What we learnt

- Query, key and value are three roles of one word, made by three tables. α follows the question, so it need not be symmetric, and like need not look at like.
- Masks act on the keys, before the softmax. No preference is uniform, no permission is zero. What is masked leaks nothing: the slope is exactly zero.
- Without a mask attention does not know order. A causal mask leaks some."""

# %% [markdown] id="check-yourself"
r"""## Check yourself"""

# %% id="quiz"
check.yourself()

# %% [markdown] id="ex-7-8-text"
r"""## Going further

### Exercise 7.8 · does a mask stop a NaN?
8 min · ●●● · stretch

A padded place holds a NaN, *not a number*: memory that nobody has cleared. The mask gives it weight 0. But 0 · NaN is NaN, and it spreads to every answer. (The course's `attention` refuses a NaN at the door, for this reason.)

Return the weighted sums, in which a value of weight 0 has no say, **whatever it holds**. A NaN that somebody does listen to must still show.

<details><summary>Hint 1</summary>Whether a value counts depends on the pair, not on the value alone.</details>
<details><summary>Hint 2</summary>Write out all products, (n_q, n_k, d_v), and choose with <code>np.where</code> before you add them up.</details>"""


# %% id="ex-7-8"
def heard(weights, values):
    """Return answers (n_q, d_v) from weights (n_q, n_k) and values (n_k, d_v); weight 0 silences anything."""
    ### BEGIN SOLUTION
    told = np.where(weights[:, :, None] > 0, values, 0)
    return (weights[:, :, None] * told).sum(axis=1)
    ### END SOLUTION


# %% id="ex-7-8-check"
check.heard(heard)

# %% [markdown] id="dialects-text"
r"""### One formula, four dialects

The same formula in NumPy, torch, TensorFlow and JAX. The last two run here only where they are installed; `python course.py test dialects` installs them in a folder that is deleted afterwards, and compares all four."""

# %% tags=["nbval-ignore-output"] id="dialects"
from utils.chapters.ch07_query_key_value import dialects

for name in dialects.DIALECTS:
    print(dialects.code(name))
    print("#", dialects.verdict(name), "\n")
assert dialects.difference("torch") < 1e-5

# %% [markdown] id="going-on"
r"""- A. Vaswani and others (2017), *Attention is all you need*, section 3.2.
- C. Raffel and others (2020), *Exploring the limits of transfer learning*, section 3.2.1: the three families of masks.
- M. Krell and others (2021), *Efficient sequence packing without cross-contamination*: sentences in one row.

Words of this chapter: [Causal mask](glossary.md#causal-mask) · [Cross-attention](glossary.md#cross-attention) · [Projection](glossary.md#projection) · [Self-attention](glossary.md#self-attention).

Next: [8 · Many heads](08_many_heads.ipynb), several questions at once.
Before you go on, shut this kernel down (menu *Kernel*, *Shut Down Kernel*): each open chapter holds memory."""
