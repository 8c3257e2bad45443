# %% [markdown] id="title"
r"""# 8 · Many heads
*Several questions at once.*

**You will be able to** split attention into heads and merge them again, say what more heads cost and what they do not,
and tell when one layer of attention is not enough.

About 55 minutes, 65 with the stretch exercise · you need chapter 7, *queries, keys and values*. From here on, numbers in brackets after an array are its shape."""

# %% id="imports"
import numpy as np

from utils import attention as kernel, plots, recipes, widgets
from utils.chapters.ch08_many_heads import check, figures, hand_heads, multi_head as course
from utils.widgets import Slider, panel, predict

# %% [markdown] id="warm-up"
r"""## Warm up

Two questions from chapters 7 and 2."""

# %% id="recall"
check.recall()

# %% [markdown] id="two-questions"
r"""## A question that one average cannot answer

The temperature at noon, on eight days. Is it getting warmer or colder? For each day we want *tomorrow minus yesterday*. For the third day, with 6 degrees, that is $9 - 4 = 5$."""

# %% id="readings"
x = np.array([3.0, 4.0, 6.0, 9.0, 9.0, 7.0, 4.0, 2.0])
(x[2:] - x[:-2]).tolist()  # for every day but the first and the last

# %% [markdown] id="one-head-fails"
r"""Can attention do it? One row of α, any row you like, and perhaps a number *s* by which all values are multiplied: $a = s \sum_j \alpha_j x_j$.

Here is a test that needs no search. Suppose every day had been 10 degrees warmer. *Tomorrow minus yesterday* would stay as it is.
What does an average do? A thousand random rows of weights:"""

# %% id="one-head-moves"
rows = np.random.default_rng(0).dirichlet(np.ones(8), size=1000)  # none negative, each sums to one
moved = rows @ (x + 10) - rows @ x
assert np.allclose(moved, 10)
moved.round(6).min().item(), moved.round(6).max().item()

# %% [markdown] id="one-head-say"
r"""Every average moves by 10, whatever its weights, because they sum to one. Multiplied by *s* it moves by $10\,s$.
The answer must not move, so *s* would have to be 0. Then the answer is 0 on all days.
**One average can never be a difference.** (This holds for values that are multiples of the readings. Weights that change with the readings do not help: here any average lies between 2 and 9 before, and between 12 and 19 after.)

But two averages can. One listens to tomorrow only, the other to yesterday only, and afterwards they are *subtracted*:"""

# %% id="two-heads-do"
tomorrow, yesterday = np.eye(8)[3], np.eye(8)[1]  # two rows of α for the third day
(1 * (tomorrow @ x) - 1 * (yesterday @ x)).item()

# %% [markdown] id="heads-idea"
r"""## The idea

Let several attentions look at the same **tokens** (the elements of a sequence: days just now, words below), side by side. Each is called a **head**. Each has queries, keys and values of its own, so each has an α of its own: it asks its own question.
What the heads found is put side by side, and one more table of numbers, $W_o$, mixes it. There, minus signs are allowed.

$$\text{head}_h = \text{attention}(x W_q^h,\; x W_k^h,\; x W_v^h) \qquad \text{out} = [\text{head}_1, \ldots, \text{head}_H]\; W_o$$

| in the formula | in the code | shape | in words |
|---|---|---|---|
| $H$ | `n_heads` | a whole number | how many questions are asked at once |
| $x W_q$ | `q` | `(B, T, d_model)` | the queries of all heads, side by side |
| $x W_q^h$ | `split_heads(q, n_heads)[:, h]` | `(B, T, d_head)` | head *h*'s own queries; `d_head` is `d_model / n_heads` |
| $\alpha^h$ | `weights[:, h]` | `(B, T, T)` | who looks at whom, in head *h* |
| $[\ldots]\, W_o$ | `merge_heads(out) @ W_o` | `(B, T, d_model)` | all findings side by side, then mixed |

As always: B sequences in a batch, T tokens in each, `d_model` numbers for each token.
One big product `x @ W_q` makes the queries of all heads. Then its columns, the **features**, are dealt out: the first `d_head` to the first head, the next `d_head` to the second.

Small enough to do by hand: two tokens, four features, two heads."""

# %% id="split-by-hand"
small = np.array([[[1, 2, 3, 4], [5, 6, 7, 8]]])  # (B, T, d_model) = (1, 2, 4)
course.split_heads(small, 2).tolist()  # (B, H, T, d_head) = (1, 2, 2, 2)

# %% [markdown] id="ex-8-1-text"
r"""Head 0 has 1, 2 of the first token and 5, 6 of the second. Head 1 has the rest.

### Exercise 8.1 · split and merge
10 min · ●●○

Write both ways. `split_heads` turns (B, T, d_model) into (B, n_heads, T, d_head). `merge_heads` takes it back.

<details><summary>Hint 1</summary>Only the last axis is cut. <code>reshape</code> can turn one axis of length 4 into two axes of length 2 and 2.</details>
<details><summary>Hint 2</summary>After that the axes are (B, T, n_heads, d_head). Two of them stand in the wrong order: <code>swapaxes</code> or <code>transpose</code>.</details>
<details><summary>Hint 3</summary>To merge, do the same two steps backwards, in the opposite order.</details>"""


# %% id="ex-8-1"
def split_heads(x, n_heads):
    """Deal the features of x (B, T, d_model) out to heads: (B, n_heads, T, d_head)."""
    ### BEGIN SOLUTION
    B, T, d_model = x.shape
    return x.reshape(B, T, n_heads, d_model // n_heads).swapaxes(1, 2)
    ### END SOLUTION


def merge_heads(heads):
    """Put the features of all heads (B, n_heads, T, d_head) side by side: (B, T, d_model)."""
    ### BEGIN SOLUTION
    B, n_heads, T, d_head = heads.shape
    return heads.swapaxes(1, 2).reshape(B, T, n_heads * d_head)
    ### END SOLUTION


# %% id="ex-8-1-check"
check.split_and_merge(split_heads, merge_heads)

# %% [markdown] id="loop-then-matmul"
r"""Now a whole layer. First slowly, one head after the other, each with its own columns of $W_q$, $W_k$ and $W_v$:"""

# %% id="head-loop"
rng = np.random.default_rng(1)
words = ["the", "dog", "saw", "the", "cat", "run"]
tokens = rng.normal(size=(1, 6, 8))  # B = 1, T = 6, d_model = 8
W_q, W_k, W_v, W_o = rng.normal(size=(4, 8, 8)) / np.sqrt(8)
found = []
for columns in (slice(0, 4), slice(4, 8)):  # two heads, d_head = 4
    q, k, v = tokens @ W_q[:, columns], tokens @ W_k[:, columns], tokens @ W_v[:, columns]
    found.append(kernel.attention(q, k, v)[0])
by_loop = np.concatenate(found, axis=-1) @ W_o  # (1, 6, 8)

# %% [markdown] id="at-once"
r"""Then all heads at once. `attention` does for many heads what it does for many sequences: every axis before the last two is carried along."""


# %% id="all-at-once"
def multi_head(x, n_heads):
    q, k, v = (course.split_heads(x @ W, n_heads) for W in (W_q, W_k, W_v))  # (B, H, T, d_head)
    out, weights = kernel.attention(q, k, v)
    return course.merge_heads(out) @ W_o, weights


out, weights = multi_head(tokens, n_heads=2)
assert np.allclose(out, by_loop)
out.shape

# %% [markdown] id="predict-slice"
r"""**Predict.** Six words, eight features, two heads. What does α consist of?"""

# %% id="predict-slice-choice"
predict(
    "8-slice",
    "two matrices, 3 × 3: each head gets half of the words",
    "two matrices, 6 × 6: each head sees all words",
    "two matrices, 6 × 3: each head sees half of the keys",
)

# %% id="slice-shown"
weights.shape

# %% [markdown] id="slice-say"
r"""<details><summary><b>After you ran it</b></summary>

Two matrices, 6 × 6. **A head gets a slice of the features, never a slice of the tokens.** Every head sees every word.
And the slice is cut out of *q*, *k* and *v*, after the projections. Each of these numbers was made from all features of its token, so no feature of a word is out of a head's reach.

</details>

The two ways to cut a table in two look alike in code, and only one of them makes heads:"""

# %% id="split-picture"
plots.show(
    figures.plot_split(words, 8),
    alt="The same table twice, six words by eight features. On the left head 0 owns the first four columns of every word, head 1 the others. "
    "On the right head 0 owns the first three words, head 1 the last three.",
)

# %% [markdown] id="ex-8-2-text"
r"""### Exercise 8.2 · two heads subtract
8 min · ●●○

Back to the temperatures. Write two heads by hand that make *tomorrow minus yesterday* for `n` days at once: `weights` (2, n, n), and `W_o` (2,), the number by which each head is multiplied before they are added.
The first day has no yesterday, and the last day no tomorrow: there, let the day itself stand in.

Every row must be an average: nothing negative, sum one. For `x = [4, 6, 9]` the answer is `[2, 5, 3]`.

<details><summary>Hint 1</summary>Each row of each head listens to one day only: a single 1 among zeros.</details>
<details><summary>Hint 2</summary><code>np.eye(n)[places]</code> makes such rows: row <em>i</em> gets its 1 at <code>places[i]</code>. Which place does row <em>i</em> of the first head look at?</details>
<details><summary>Hint 3</summary>The places i + 1 and i − 1 leave the range at the two ends. <code>np.clip</code> keeps them inside. The minus sign cannot stand in the weights.</details>"""


# %% id="ex-8-2"
def two_heads(n):
    """Return weights (2, n, n) and W_o (2,) with which the mixed heads are x[i + 1] - x[i - 1]."""
    ### BEGIN SOLUTION
    days = np.arange(n)
    weights = np.eye(n)[[np.minimum(days + 1, n - 1), np.maximum(days - 1, 0)]]
    return weights, np.array([1, -1])
    ### END SOLUTION


# %% id="ex-8-2-check"
check.two_heads(two_heads)

# %% id="subtract-picture"
weights, W_mix = course.two_heads(8)
assert np.allclose((W_mix @ (weights @ x))[1:-1], x[2:] - x[:-2])
plots.show(
    figures.plot_heads(weights, ["head 0: tomorrow, × 1", "head 1: yesterday, × (−1)"], range(8)),
    alt="Two matrices, days 0 to 7. In the first, each day looks at the day after it, in the second at the day before it. At the ends a day looks at itself.",
)

# %% [markdown] id="from-places"
r"""Can α look like this when it comes from queries and keys? Yes. Give every day a vector of zeros with a 1 at its own place.
The key is that vector. The query is the same vector with its 1 moved one place on. (The last day's 1 stays where it is.) Their dot product is 1 for the day after, and 0 for all others.
Times a large number, softmax comes as close to a single 1 as you want. Chapter 9 is about such vectors for places.

## Heads side by side

Five heads made **by hand**, in just this way. Nothing here is learnt. The features of a word say which word it is, its first letter, and its place. $W_q$ and $W_k$ pick what a head compares, and the scores are real dot products, q·k.

| | the head asks for | what it compares |
|---|---|---|
| 1 | the word before | my place less one, with your place |
| 2 | the same word | my word, with your word |
| 3 | the same first letter | my letter, with your letter |
| 4 | the first word | "place 0", with your place |
| 5 | everyone | nothing: all scores are 0 |

**Put in a sentence of your own**, up to 24 words, and run the next two cells again. The small pictures above the matrix are the heads; choose one."""

# %% id="sentence"
sentence = "The dog saw the cat, and the cat saw the door"

# %% id="heads-widget"
own_words = hand_heads.words_of(sentence)
titles = " · ".join(f"{number} {name}" for number, name in enumerate(hand_heads.NAMES, 1))
widgets.alpha(hand_heads.scores(own_words), queries=own_words, title=titles, row=len(own_words) - 1, name="five heads")

# %% [markdown] id="heads-question"
r"""**One question to settle by playing:** change the sentence until heads 2 and 3 show the same matrix. What must be true of its words?

And look at the first row of head 1. The first word has no word before it. Whom does it look at?"""

# %% [markdown] id="heads-played"
r"""<details><summary><b>After you played</b></summary>

Heads 2 and 3 agree when no two different words begin with the same letter. In the sentence above *dog* and *door* part them.

The first word asks for place −1. No key answers, all scores are 0, and the row is grey all along: **no preference is uniform.** Softmax always hands out the whole unit. A head that finds nothing cannot keep silent.

</details>"""

# %% id="heads-played-shown"
three_words = hand_heads.words_of("the cat saw the cat")
by_hand = kernel.softmax(hand_heads.scores(three_words))
assert np.allclose(by_hand[1], by_hand[2]) and np.allclose(by_hand[0][0], 1 / 5)
by_hand[0][0].round(2).tolist()

# %% [markdown] id="why-heads"
r"""## Why several heads, and why split the features?

**Why several?** One head has one row of α for each token. That row is one average, and everything in it is blended. A word that needs its neighbour *and* its earlier mention would get a mixture of the two, and could not tell which part came from where.
Two heads keep the answers apart, and $W_o$ can treat them differently, as in the subtraction.

**Why split?** Because of the bill. Here is a whole layer in torch, with 1 to 16 heads. `layers.MultiHeadAttention` does what `multi_head` does; its four projections also add a vector each, called *bias*.

**Predict.** From 1 head to 16, with 64 features all the time: what becomes 16 times as large?"""

# %% id="predict-cost-choice"
predict(
    "8-cost",
    "the parameters (the numbers to learn)",
    "the multiplications",
    "the numbers in α",
    "all of them",
    "none of them",
)

# %% id="equal-parameters"
import torch

from utils import training
from utils.chapters.ch08_many_heads import one_or_two_layers
from utils.models import layers

for n_heads in (1, 2, 4, 8, 16):
    layer = layers.MultiHeadAttention(64, n_heads)
    numbers = sum(p.numel() for p in layer.parameters())
    _, seen = layer(torch.zeros(1, 10, 64))
    print(f"{n_heads:>2} heads of {layer.d_head:>2} features: {numbers} parameters, α {tuple(seen.shape)}")
    assert numbers == 4 * (64 * 64 + 64)

# %% [markdown] id="equal-say"
r"""<details><summary><b>After you ran it</b></summary>

**The parameters do not change.** $W_q$ is 64 × 64 for one head and for sixteen; only the cuts are elsewhere.
The multiplications do not change either: 16 heads make 16 times as many scores, but each score multiplies only a sixteenth as many features. You will count them in exercise 8.4.
What grows is **α**: one matrix for each head, 16 times as many numbers to keep and to pass through softmax.

</details>

What is the price, then? **Every head gets poorer.** With 16 heads each question has only 4 features to be asked in. So *more heads* does not mean *better*. And no rule gives each head one job: they may share one, or do two. Chapter 12 looks into that.

Would whole copies be better, each head with all 64 features? That is another model: 16 heads would cost 16 times the parameters and the multiplications.

The module agrees with the one that comes with torch. Mind its mask: **there, True means forbidden.**"""

# %% id="torch-agrees"
theirs = torch.nn.MultiheadAttention(64, 4, batch_first=True)
ours = layers.MultiHeadAttention.from_torch(theirs)  # the same weights
h, mask = torch.randn(2, 10, 64), kernel.causal_mask(10, like=torch.zeros(1))
answer, _ = theirs(h, h, h, attn_mask=~mask)
assert torch.allclose(ours(h, mask=mask)[0], answer, atol=1e-5)

# %% [markdown] id="grouped"
r"""## Heads that share

When a model writes, it keeps the keys and values of all earlier tokens, so that it need not compute them again. That is the **cache** (chapter 11 uses one, chapter 14 counts its cost). It holds keys and values of every head in every layer.

So let heads share. With **grouped heads**, several query heads ask the same keys and read the same values. With a single head of keys and values for all, it is called **multi-query**. The questions stay as many as before.

How much is saved? The sizes are those published for a model called *Llama 3 8B*: 32 layers, 32 query heads, 128 features a head, 2 bytes a number, 8,192 tokens. (1 GiB is $2^{30}$ bytes, about a billion.) It has 8 heads of keys and values."""

# %% id="cache-size"
n_layers, d_head, n_tokens, n_bytes = 32, 128, 8192, 2
for kv_heads in (32, 8, 1):
    size = 2 * n_layers * kv_heads * d_head * n_tokens * n_bytes  # 2: keys and values
    print(f"{kv_heads:>2} heads of keys and values: {size / 2**30:.3f} GiB for each text")

# %% [markdown] id="ex-8-3-text"
r"""A quarter of the cache. What it costs in quality is not measured here.

### Exercise 8.3 · who shares with whom
6 min · ●●○

Keys or values have few heads: `k` is (B, n_kv_heads, T, d_head). Give every query head its matrix: return (B, n_heads, T, d_head). **Neighbours share**: with 4 query heads and 2 key heads, query heads 0 and 1 get key head 0, and 2 and 3 get key head 1.

<details><summary>Hint 1</summary>How many query heads share one key head? Divide without remainder.</details>
<details><summary>Hint 2</summary><code>np.repeat</code> and <code>np.tile</code> both make copies. One turns 0, 1 into 0, 0, 1, 1, the other into 0, 1, 0, 1.</details>
<details><summary>Hint 3</summary>The heads stand on axis 1; <code>np.repeat</code> wants to be told the axis.</details>"""


# %% id="ex-8-3"
def share_heads(k, n_heads):
    """Return (B, n_heads, T, d_head): for every query head the key head it shares."""
    ### BEGIN SOLUTION
    return np.repeat(k, n_heads // k.shape[1], axis=1)
    ### END SOLUTION


# %% id="ex-8-3-check"
check.share_heads(share_heads)

# %% [markdown] id="kernel-shares"
r"""`attention` shares by itself when it is given fewer heads of keys and values, and so does the module with `n_kv_heads`."""

# %% id="kernel-shares-shown"
rng = np.random.default_rng(2)
q, k, v = rng.normal(size=(1, 4, 6, 3)), rng.normal(size=(1, 2, 6, 3)), rng.normal(size=(1, 2, 6, 3))
copied = kernel.attention(q, course.share_heads(k, 4), course.share_heads(v, 4))
shared = kernel.attention(q, k, v)
assert all(np.allclose(one, other) for one, other in zip(copied, shared, strict=True))
shared[1].shape

# %% [markdown] id="ex-8-4-text"
r"""### Exercise 8.4 · the bill
10 min · ●●○

Count what a layer without biases costs, for one sequence of `n` tokens. Return three whole numbers:

- **parameters**: the entries of $W_q$, $W_k$, $W_v$ and $W_o$. Only keys and values have fewer columns when heads share: `n_kv_heads · d_head` each.
- **multiplications**: in the four projections, in the scores and in α v, over all query heads. Nothing else counts, and nothing is masked.
- **weights**: the numbers in α.

<details><summary>Hint 1</summary>A product of (a, b) with (b, c) takes a · b · c multiplications.</details>
<details><summary>Hint 2</summary>In a projection, every token meets every parameter of that table once.</details>
<details><summary>Hint 3</summary>The scores of one head are (n, d_head) times (d_head, n). α v of one head is (n, n) times (n, d_head). Add over the query heads.</details>"""


# %% id="ex-8-4"
def bill(n, d_model, n_heads, n_kv_heads):
    """Return (parameters, multiplications, weights) of a layer of multi-head self-attention without biases."""
    ### BEGIN SOLUTION
    d_head = d_model // n_heads
    parameters = 2 * d_model * d_model + 2 * d_model * n_kv_heads * d_head
    attend = n_heads * (n * n * d_head + n * n * d_head)
    return parameters, n * parameters + attend, n_heads * n * n
    ### END SOLUTION


# %% id="ex-8-4-check"
check.bill(bill)

# %% id="bills"
print("heads  kv heads  parameters  multiplications   weights")
for n_heads, n_kv_heads in ((1, 1), (4, 4), (16, 16), (16, 4), (16, 1)):
    parameters, products, numbers = course.bill(100, 64, n_heads, n_kv_heads)
    print(f"{n_heads:>5}  {n_kv_heads:>8}  {parameters:>10,}  {products:>15,}  {numbers:>8,}")
assert course.bill(100, 64, 1, 1)[:2] == course.bill(100, 64, 16, 16)[:2]

# %% [markdown] id="bills-say"
r"""The first three rows have the same parameters and multiplications. Grouping lowers both, in the projections only. The work of the scores and the size of α stay: every query head still looks for itself.

## One layer or two?

More heads ask more questions *at the same time*. Some questions have to be asked *one after the other*.

Here is a task, **associative recall**. A row holds eight pairs, a key (a letter) and then its value (a number). At the end stands one of the keys again. The answer is the value that went with it."""

# %% id="recall-row"
example, answers = one_or_two_layers.batch(training.seeded(0))
print(" ".join(one_or_two_layers.names(example[0])), "→ ?")
print("the answer:", answers[0].item())

# %% [markdown] id="recall-difficulty"
r"""Key and value are two tokens, and that is the difficulty. (In chapter 5, if you read it, a pair was one token.) The last token must look at the *value* that belongs to its key. But a score compares one query with one key, and each is made from one token and its place.
The token *14* knows that it is a 14, and where it stands. It does not know which letter stands before it.

With two layers there is a way. In the first layer each value looks one place back, and takes along which letter it found. In the second, the last token asks for a value that has found *its* letter."""

# %% [markdown] id="ex-8-5-text"
r"""### Exercise 8.5 · one layer or two?
8 min · ●●○

How many layers of attention does the shortest way need, **1 or 2**? Each layer may have any number of heads. Every token knows itself and its place. What a head finds is added to the token, and the next layer sees the sum. Decide before you train anything.

- **a** the word before this one
- **b** tomorrow's reading minus yesterday's
- **c** the value of a key, where key and value stand together in *one* token
- **d** the value of a key, where the value is the token *after* the key
- **e** the mean of all tokens
- **f** *cat* stood here before: which word came after it then?

<details><summary>Hint 1</summary>For each, name the token that must be looked at. Does it know, all by itself, that it is the right one?</details>
<details><summary>Hint 2</summary>Several looks at the same time need heads. A look that needs the result of another look needs a layer.</details>"""

# %% id="ex-8-5"
### BEGIN SOLUTION
a = 1
b = 1
c = 1
d = 2
e = 1
f = 2
### END SOLUTION

# %% id="ex-8-5-check"
check.layers_needed(a, b, c, d, e, f)

# %% [markdown] id="training-in-short"
r"""Now let models learn the recall task. **Training** in two sentences: show the model examples and measure with one number, the *loss*, how little it expected the right answers.
Then move every parameter a little to where the loss falls, and repeat: `train` does that, and torch finds the direction, as you did by hand for one table in chapter 2.

The model is `utils/models/attention_only.py`, about 70 lines. Each token, and each of the 17 places, has an embedding of 64 numbers, also learnt; the two are added. A layer takes these vectors (scaled to a common size first), attends, and **adds** what it found. There is one head in each layer. The mask is causal: nobody looks ahead.

**Predict.** Eight pairs, so a guess among the values in the row is right one time in eight. After 400 steps of training, how often is a model with *one* layer right?"""

# %% id="predict-depth-choice"
predict("8-depth", "nearly always", "about every second time", "about one time in eight", "never")

# %% id="train" tags=["nbval-ignore-output"]
models, histories = {}, {"one layer": [], "two layers": []}
with training.board("One layer, then two") as board:  # one picture for all six runs
    for n_layers, name in enumerate(histories, 1):
        for seed in range(3):
            board.title, model = f"{name}, seed {seed}", one_or_two_layers.make(n_layers, seed=seed)
            histories[name].append(one_or_two_layers.teach(model, steps=400, seed=seed))
            models[name, seed] = model
training.expect(all(run.status == "reached" for run in histories["two layers"]), "two layers should get to 97 %")
training.expect(max(run.metric()[-1] for run in histories["one layer"]) < 0.3, "one layer should not be there yet")
assert all(len(runs) == 3 for runs in histories.values())

# %% id="train-shown"
plots.show(
    figures.plot_accuracy(histories, guess=1 / 8, title="Two layers learn it, one does not in 400 steps"),
    alt="Right answers against steps of training, three runs each. With two layers all runs climb to 97 percent or more within 200 steps or so; "
    "with one layer they stay near the guess of one in eight.",
)

# %% [markdown] id="depth-say"
r"""<details><summary><b>After you ran it</b></summary>

One layer hardly beats the guess. Three runs of each kind say the same. But is it the *stop* at 400 steps, the learning rate (how far one step moves the parameters), or the smaller number of parameters?

</details>

A longer run was **measured earlier** (`utils/chapters/ch08_many_heads/recipes/depth.py`; it takes minutes): up to 4,000 steps; for each model the same small search over heads and learning rate, on a seed of its own; then three others. One of the models has a single layer that is *wider*, so that it has about as many parameters as the two."""

# %% id="longer"
long = recipes.measured("08_depth")
for name, found in long["models"].items():
    n_heads, best = found["setting"]["n_heads"], [f"{test['best']:.2f}" for test in found["tests"]]
    print(f"{name:<16} {found['parameters']:>6} parameters, heads {n_heads}, right at best: {', '.join(best)}")
print(f"up to {long['settings']['steps']} steps, three seeds, measured on {long['provenance']['date']}")

# %% id="longer-steps"
steps = {name: [test["steps"] for test in found["tests"]] for name, found in long["models"].items()}
assert all(each is None for name in ("one layer", "one layer, wide") for each in steps[name])  # not within the budget
assert max(steps["two layers"]) < 500
steps

# %% [markdown] id="longer-say"
r"""`None` means: not within the budget of 4,000 steps. One layer hardly leaves the guess. What two layers learn in a few hundred steps, it does not reach in ten times as many, and being wider does not help it here.

What do the two layers do? The model returns the α of both, from the same pass that gives the answer. Change the key that is asked for.

**One question to settle by playing:** which rows change, and in which layer? And in the last row of layer 2, which token gets most of the weight?"""

# %% id="layers-panel"
model, pairs = models["two layers", 0], example[0]


def look(asked):
    with torch.no_grad():
        scores, weights = model(one_or_two_layers.ask(pairs, asked))
    return scores[0, -1].argmax().item(), weights[0, :, 0].numpy()  # (2, T, T): head 0 of each layer


def draw_layers(asked):
    said, weights = look(asked)
    names = one_or_two_layers.names(one_or_two_layers.ask(pairs, asked)[0])
    return figures.plot_layers(weights, names, ["layer 1", f"layer 2: the model says {said}"])


panel(
    draw_layers,
    name="two layers look",
    alt=lambda asked: f"α of both layers when pair {asked} is asked for; the model says {look(asked)[0]}.",
    asked=Slider(0, 7, 2, label="ask for pair"),
)

# %% [markdown] id="layers-measured"
r"""Measured on 256 new rows, for the three models: how much weight a value gives to the token before it, in layer 1; and how much the last token gives to the right value, in layer 2."""

# %% id="layers-numbers" tags=["nbval-ignore-output"]
fresh, right = one_or_two_layers.batch(training.seeded(7), 256)
place = (fresh == one_or_two_layers.SYMBOLS + right[:, None]).int().argmax(1)  # where the right value stands
for seed in range(3):
    with torch.no_grad():
        first, second = models["two layers", seed](fresh)[1][:, :, 0].unbind(1)  # (256, T, T) each
    back = first.diagonal(-1, 1, 2)[:, ::2].mean().item()  # rows 1, 3, 5 … are values
    there = second[torch.arange(256), -1, place].mean().item()
    print(f"seed {seed}: value to the token before it {back:.2f}, last token to the right value {there:.2f}")
training.expect(back > 0.5 and there > 0.7, "layer 1 should look back, and layer 2 at the right value")
assert 0 <= back <= 1 and 0 <= there <= 1

# %% [markdown] id="layers-say"
r"""<details><summary><b>After you played</b></summary>

Only the last row changes, in both layers: no other token can see the question, and the other rows do not depend on it. In layer 1 the values look mostly one place back. In layer 2 the last token looks at the value itself.
The order of the two looks matters, and heads in one layer all look at the same moment. That is why depth is not the same as more heads.

</details>

A caveat: this says how a *small model without anything else* learns *this* task. Chapter 12 takes such a pair of layers apart, and finds that several heads can share one job.

### And how many heads?

Two layers again, with 64 features and the same parameters in every run, dealt out to 1 to 16 heads. Also measured earlier (`utils/chapters/ch08_many_heads/recipes/heads.py`), three seeds, one learning rate."""

# %% id="heads-steps"
many = recipes.measured("08_heads")
slowest, quickest = max(many["steps"]["1"]), min(many["steps"]["16"])
assert slowest < quickest
plots.show(
    figures.plot_steps(many["steps"], budget=many["settings"]["budget"], title="More heads are not faster here"),
    alt="Steps until 97 percent are right, against 1 to 16 heads in each layer, three runs each. One and two heads need about 175 steps, sixteen about 475.",
)

# %% [markdown] id="heads-steps-say"
r"""Even the slowest run with one head was quicker than the quickest with sixteen. One reason may be that this task needs one question in each layer, and with sixteen heads that question has 4 features to be asked in.
Other tasks ask for more questions. The number of heads is a choice, not a virtue."""

# %% [markdown] id="learnt"
r"""## What we learnt

- A head is an attention of its own, over all tokens, with a slice of the features of q, k and v. One average cannot be a difference; two heads and a minus sign in $W_o$ can.
- 1 to 16 heads have the same parameters and the same multiplications; α grows, and each head gets fewer features. Sharing keys and values shrinks the cache.
- Heads ask at the same time, layers one after the other. Some questions need a second look."""

# %% [markdown] id="check-yourself"
r"""## Check yourself"""

# %% id="quiz"
check.yourself()

# %% [markdown] id="ex-8-6-text"
r"""## Going further

### Exercise 8.6 · break it: a test that catches the wrong cut
8 min · ●●● · stretch, you may skip it

`x.reshape(B, n_heads, T, d_head)` gives the right shape, raises nothing, and cuts the *tokens*. Nothing but the numbers betrays it.
Write the test that catches it. You are handed a function `split` that takes `(x, n_heads)`. Return `True` if it splits as `split_heads` should, else `False`.

<details><summary>Hint 1</summary>Choose an <code>x</code> in which every number is different; <code>np.arange</code> makes one.</details>
<details><summary>Hint 2</summary>Ask for more than the shape: which numbers must head 1 hold? And is there more than one token, one head, one sequence in your <code>x</code>?</details>"""


# %% id="ex-8-6"
def splits_well(split):
    """Return whether split(x, n_heads) deals the features of x (B, T, d_model) out to heads correctly."""
    ### BEGIN SOLUTION
    x = np.arange(2 * 3 * 8).reshape(2, 3, 8)
    wanted = np.stack([x[:, :, 0:4], x[:, :, 4:8]], axis=1)
    return np.array_equal(split(x, 2), wanted)
    ### END SOLUTION


# %% id="ex-8-6-check"
check.splits_well(splits_well)

# %% [markdown] id="going-on"
r"""- A. Vaswani and others (2017), *Attention is all you need*, section 3.2.2: heads, and the reason in one sentence.
- N. Shazeer (2019), *Fast transformer decoding: one write-head is all you need*: a single head of keys and values.
- J. Ainslie and others (2023), *GQA: training generalized multi-query Transformer models*: grouped heads. A. Grattafiori and others (2024), *The Llama 3 herd of models*, table 3: the sizes above.
- P. Michel, O. Levy, G. Neubig (2019), *Are sixteen heads really better than one?*

Words of this chapter: [Head](glossary.md#head) · [Token](glossary.md#token).

Next: [9 · Positions](09_positions.ipynb). So far a place was a 1 in a row of zeros, or a vector learnt for it; how else can attention know where things stand?
Before you go on, shut this kernel down (menu *Kernel*, *Shut Down Kernel*): each open chapter holds memory."""
