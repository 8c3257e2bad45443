# %% [markdown] id="title"
r"""# 10 · The Transformer
*The whole machine.*

**You will be able to** build a block of a Transformer from its parts and say what each is for,
measure a language model in bits per character beside one that only counts, and say where its weights and its work are.

About 60 minutes · you need chapters 8 and 9 (heads, layers; positions), and chapter 2 for the softmax."""

# %% id="imports"
import numpy as np

from utils import plots, training
from utils.attention import attention
from utils.chapters.ch10_transformer import check, figures, ngrams, transformer as course
from utils.widgets import Choice, Slider, panel, predict

# %% [markdown] id="warm-up"
r"""## Warm up

Two questions from chapters 8 and 9."""

# %% id="recall"
check.recall()

# %% [markdown] id="failure"
r"""## Attention alone forgets who is who

One layer was not enough in chapter 8, two were. So why not twelve? Let us stack layers of attention and nothing else: the answers of one layer are the tokens of the next.
(In chapter 8 they were *added* to the tokens. Here we leave the sum out, to see what it is for.)

Here are twelve tokens with 16 features each, drawn at random, and layers whose tables are drawn at random, too. After each layer we ask how different the tokens still are:
how far each is from their common mean, as a share of their length. At the start that is nearly 1."""


# %% id="stack"
def make_attention(rng, d=16):
    """Return a layer of attention with random tables, as a function of x (T, d)."""
    W_q, W_k, W_v, W_o = rng.normal(size=(4, d, d)) / np.sqrt(d)
    return lambda x: attention(x @ W_q, x @ W_k, x @ W_v)[0] @ W_o


def apart(x):
    """Return how far the tokens x (T, d) are from their mean, as a share of their length."""
    return (np.linalg.norm(x - x.mean(axis=0)) / np.linalg.norm(x)).item()


rng = np.random.default_rng(0)
tokens = rng.normal(size=(12, 16))
layers = [make_attention(rng) for _ in range(8)]
round(apart(tokens), 2)

# %% [markdown] id="predict-apart"
r"""**Predict.** What is left of the difference after eight layers?"""

# %% id="predict-apart-choice"
predict("10-apart", "all of it, or more", "about a half", "about a hundredth", "nothing but rounding")

# %% id="alone"
x, alone = tokens, [apart(tokens)]
for attend in layers:
    x = attend(x)
    alone.append(apart(x))
assert alone[2] < 0.1 and alone[3] < 2e-5 and alone[4] < 1e-12
[f"{share:.0e}" for share in alone[:4]]

# %% [markdown] id="alone-say"
r"""<details><summary><b>After you ran it</b></summary>

Nothing but rounding. After two layers a fourteenth is left, after three a hundred-thousandth, and from the fourth on only rounding. (The tables were drawn once; below, two other draws end the same way.) Averages are closer to each other than what went in, and the more alike the tokens are, the more alike are their rows of α.
Each layer does it faster than the one before. Twelve words went in, and twelve copies of one word come out.

</details>

## The idea

A layer should not *replace* a token by what attention found. It should **add** it. The token is kept, and every layer writes something more onto it. This is called a **residual connection**, or *skip*."""

# %% id="added"
x, added = tokens, [apart(tokens)]
for attend in layers:
    x = x + attend(x)  # the only change
    added.append(apart(x))
assert min(added) > 0.3
round(added[-1], 2), round(np.sqrt((x**2).mean()).item(), 1)

# %% id="added-others"
for seed in (1, 2):  # two other draws, eight layers each
    again = np.random.default_rng(seed)
    replaced = kept = again.normal(size=(12, 16))
    for attend in [make_attention(again) for _ in range(8)]:
        replaced, kept = attend(replaced), kept + attend(kept)
    assert apart(replaced) < 1e-12
    print(f"replaced: rounding, added: {apart(kept):.2f}")

# %% [markdown] id="added-say"
r"""The tokens stay different: after eight layers a third of the difference is still there, in two other draws 0.4 and 0.2 of it. And 4.9 shows what the sum costs: the features have *grown*. They began with a size of 1, and in a deeper stack they would grow on, and the scores with them.

So a Transformer **block** has three ideas, and attention is only in one of them:

1. **Attention**: here tokens meet. What it finds is added.
2. A **feed-forward network**: here each token is alone, and what it has found is worked on. The result is added, too.
3. A **norm** brings each token to a common size before it enters either part.

$$x \leftarrow x + \text{attention}(\text{norm}(x)) \qquad\qquad x \leftarrow x + \text{feed}(\text{norm}(x))$$

| in the formula | in the code | shape | in words |
|---|---|---|---|
| $x$ | `x` | `(B, T, d_model)` | the tokens: what every part reads, and adds to |
| norm | `layer_norm(x)` | `(B, T, d_model)` | each token, with mean 0 and variance 1 over its features |
| attention | `attend(x)` | `(B, T, d_model)` | all of chapters 7 and 8, with $W_o$ at its end |
| feed | `feed_forward(x, W_up, W_down)` | `(B, T, d_model)` | $\max(0,\, x W_{up})\, W_{down}$, wider inside |

## The norm, by hand

A token with the features 1, 3, 5, 7. Their mean is 4. Subtract it: −3, −1, 1, 3. The mean of the squares, the **variance**, is (9 + 1 + 1 + 9) / 4 = 5. Divide by its root, 2.236: −1.34, −0.45, 0.45, 1.34. That is **layer norm**:

$$\text{norm}(x) = \frac{x - \text{mean}(x)}{\sqrt{\text{variance}(x) + \varepsilon}}$$

The little ε, such as 0.00001, is there for a token whose features are all equal: its variance is 0. As a loop, over two tokens:"""

# %% id="norm-loop"
pair = np.array([[1.0, 3.0, 5.0, 7.0], [10.0, 30.0, 50.0, 70.0]])
looped = np.zeros((2, 4))
for t in range(2):
    mean = sum(pair[t]) / 4
    variance = sum((feature - mean) ** 2 for feature in pair[t]) / 4
    for i in range(4):
        looped[t, i] = (pair[t, i] - mean) / np.sqrt(variance + 1e-5)
looped[0].round(2).tolist()

# %% [markdown] id="predict-norm"
r"""**Predict.** The second token is ten times the first. What does layer norm make of it?"""

# %% id="predict-norm-choice"
predict("10-norm", "ten times the first answer", "the same as the first", "a tenth of the first answer")

# %% id="norm-shown"
looped[1].round(2).tolist()

# %% [markdown] id="norm-say"
r"""<details><summary><b>After you ran it</b></summary>

The same. A norm forgets how large a token was. That is what it is for: no layer has to care how much the layers before have added.

</details>"""

# %% [markdown] id="ex-10-1-text"
r"""### Exercise 10.1 · layer norm
8 min · ●●○

Write `layer_norm(x)` for `x` (B, T, d_model), without loops. Each token of each row is normalised by itself.

<details><summary>Hint 1</summary>A token's features stand on the last axis. No other axis takes part in its mean.</details>
<details><summary>Hint 2</summary><code>keepdims=True</code> leaves an axis of length 1 behind, so that the mean (B, T, 1) can meet x (B, T, d_model).</details>
<details><summary>Hint 3</summary>The variance is the mean of the squares of what is left after subtracting; add ε before the root.</details>"""


# %% id="ex-10-1"
def layer_norm(x, eps=1e-5):
    """Return x (B, T, d_model) with mean 0 and variance 1 over the features of each token."""
    ### BEGIN SOLUTION
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + eps)
    ### END SOLUTION


# %% id="ex-10-1-check"
check.layer_norm(layer_norm)

# %% id="norm-agrees"
assert np.allclose(course.layer_norm(pair), looped)
assert np.allclose(course.rms_norm(pair)[1], course.rms_norm(pair)[0])
course.rms_norm(pair)[0].round(2).tolist()

# %% [markdown] id="rms"
r"""The last line is today's favourite, **RMS norm**: divide by the root of the mean square, subtract nothing. It does less and serves as well. A model also learns a scale for each feature, which we leave out here.

## The feed-forward network

$\max(0, x W_{up})\,W_{down}$: one product makes many features out of few, all that is below zero becomes zero (this bend is called **ReLU**), one product leads back. Without the bend, two products would be one.
By hand, from one feature to two and back: with $W_{up} = (1, -1)$ a 2 becomes (2, −2), then (2, 0); with $W_{down} = (1, 1)$ the answer is 2. A −3 becomes (−3, 3), then (0, 3), and 3. The network has learnt the absolute value."""

# %% id="absolute"
W_up, W_down = np.array([[1.0, -1.0]]), np.array([[1.0], [1.0]])
numbers = np.array([[2.0], [-3.0], [0.5]])  # three tokens with one feature each
course.feed_forward(numbers, W_up, W_down).ravel().tolist()

# %% [markdown] id="alone-in-feed"
r"""It is the **same network for every token, and each goes through it alone**. So if one token changes, only its own answer does. In attention, all answers may:"""

# %% id="who-changes"
W_up, W_down = rng.normal(size=(16, 64)) / 4, rng.normal(size=(64, 16)) / 8
other = tokens.copy()
other[3] += 1  # one token is changed
parts = {"attention": layers[0], "feed-forward": lambda x: course.feed_forward(x, W_up, W_down)}
changed = {name: (~np.isclose(part(tokens), part(other)).all(axis=1)).sum().item() for name, part in parts.items()}
assert changed == {"attention": 12, "feed-forward": 1}
changed

# %% [markdown] id="ex-10-2-text"
r"""### Exercise 10.2 · a block
8 min · ●●○

Put the parts together. You are given `attend`, `feed` and `norm`, three functions that take tokens and return tokens. Return what a block makes of `x`, as in the two formulas above.

<details><summary>Hint 1</summary>The second formula begins with the <code>x</code> that the first one has made.</details>
<details><summary>Hint 2</summary>The norm is for the part alone. What a part finds is added to the <code>x</code> that came in, not to the normalised one.</details>"""


# %% id="ex-10-2"
def block(x, attend, feed, norm):
    """Return x (B, T, d_model) after a block: attention, then the feed-forward network; norms before, sums after."""
    ### BEGIN SOLUTION
    x = x + attend(norm(x))
    return x + feed(norm(x))
    ### END SOLUTION


# %% id="ex-10-2-check"
check.block(block)

# %% id="block-stack"
x, blocks = tokens, [apart(tokens)]
for attend in layers:
    x = course.block(x, attend, parts["feed-forward"], course.layer_norm)
    blocks.append(apart(x))
assert min(blocks) > 0.4
plots.show(
    figures.plot_apart(
        {"attention alone": alone, "attention, added": added, "whole blocks": blocks},
        title="Without a residual twelve tokens become one",
    ),
    alt="What is left of the difference between tokens, over eight layers, on a logarithmic axis. "
    "With attention alone it falls to rounding within four layers; with residuals a third of it or more is left.",
)

# %% [markdown] id="two-recipes"
r"""## One machine, two recipes

The block of 2017 and ours of today differ in six choices. (Many models today make some of the new ones, few make them all.) Our model takes its choices as a dictionary, so one word switches them, and one entry can be swapped:"""

# %% id="blocks"
from utils import recipes
from utils.chapters.ch10_transformer import gpt_on_topics
from utils.models.block import BLOCKS
from utils.models.gpt import GPT

for choice, old in BLOCKS["2017"].items():
    print(f"{choice:<10} {old!s:<10} {BLOCKS['today'][choice]!s}")

# %% [markdown] id="blocks-say"
r"""| choice | in words |
|---|---|
| `residual` | does a part add to what came in? |
| `place` | the norm *before* each part, as in our formulas ("pre-norm"), or *after* each sum ("post-norm") |
| `norm` | layer norm, or RMS norm |
| `feed` | ReLU; or **SwiGLU**: a second product decides, feature by feature, how much of the first may pass. Three tables instead of two, each narrower |
| `bias` | does every product also add a learnt vector? |
| `qk_norm` | are queries and keys normalised, head by head, so that no score can run away? |
| `softcap` | how far from 0 the final scores can get, bent by $c\tanh(s/c)$ as in chapter 2 |

One thing more is used in training only, here for the longest run below: **dropout**. At every step a part of the numbers that a block would add, say a tenth, is replaced by zeros, other ones each time, so that the model does not rely on any single one.

**Predict.** Four blocks in a row, 300 steps of training on English text. Which of these changes to today's recipe does the most harm?"""

# %% id="predict-parts-choice"
predict("10-parts", "leaving out the norms", "leaving out the residuals", "going back to the recipe of 2017")

# %% [markdown] id="parts-earlier"
r"""It was **measured earlier** (`utils/chapters/ch10_transformer/recipes/parts.py`): each got the same search over three learning rates (how far a step goes), chosen on other text, and then three seeds. "Bits per character" is explained below; fewer are better."""

# %% id="parts"
kept = recipes.measured("10_parts")
by_block = {name: found["bits"] for name, found in kept["blocks"].items()}
plots.show(
    figures.plot_bits(by_block, mine=["today"], limits=(2.5, 5), title="Five blocks after 300 steps"),
    alt="Bits per character of five recipes for a block, three seeds each: "
    + "; ".join(f"{name} {np.mean(bits):.2f}" for name, bits in by_block.items()),
)

# %% id="parts-tried"
for name, found in kept["blocks"].items():
    print(f"{name:<19} {found['tried']}, chosen {found['lr']}")

# %% id="parts-asserts"
means = {name: np.mean(bits).item() for name, bits in by_block.items()}
assert min(by_block["today, no residual"]) > max(by_block["today, no norm"]) > max(by_block["today"]) + 0.5
assert min(by_block["2017"]) < min(by_block["today"]) and max(by_block["2017"]) > max(by_block["today"])
assert kept["blocks"]["2017"]["tried"]["0.02"] > kept["blocks"]["today"]["tried"]["0.02"] + 1
{name: round(mean, 1) for name, mean in means.items()}

# %% [markdown] id="parts-say"
r"""<details><summary><b>After you ran it</b></summary>

Leaving out the residuals. What is left pays about what a model pays that knows nothing but how frequent each character is: for these 300 steps it might as well not look. Leaving out the norms costs about a bit, and forces the smallest of the three learning rates.

And 2017? It was better than today's recipe in two seeds, and worse in the third: **at this budget nobody can tell which is better.** What shows is how much care it needs. Look at the learning rates that were tried (bits on the text they were chosen with): at the largest, today's recipe hardly notices, and the one of 2017 falls back by more than a bit. Norms that stand before the parts were invented for that.

</details>

## A text to learn

Every Python carries a handbook: `help("power")` prints one of its 79 topics. It is real English, with code and tables, and it is already on your machine. (Versions of Python differ a little, so your numbers may differ from ours by a few hundredths of a bit; ours are from Python 3.11.)

A **language model** gives a chance to everything that might come next, given what came before. Here a token is one *character*: 95 printable ones, the line break, and one for all others."""

# %% id="handbook" tags=["nbval-ignore-output"]
from utils.data import topics

text = topics.held_out_text()
print(text[:270])
print([len(part()) for part in (topics.train_text, topics.validation_text, topics.held_out_text)])
assert topics.VOCAB_SIZE == 97 and 35_000 < len(text) < 50_000

# %% [markdown] id="held-out"
r"""The numbers are the characters to learn from, to choose settings with (*validation*), and to test on (*held out*). Whole topics are held out: a fixed rule looks at the name and at nothing else."""

# %% id="held-out-names"
topics.topic_names("held_out")

# %% [markdown] id="tokens-are-answers"
r"""Where do the right answers come from? From the text itself: after *hel* comes *p*. With a causal mask (chapter 7) one pass over N characters makes N predictions, and each sees only what stands before it. Everything but the last has an answer: the character one place further on.

By hand: four characters, `a b a b`, as tokens 0 1 0 1, and a model that always says "half and half". It is asked three times, and each time the right answer had the chance ½. The loss is −ln ½ = 0.69 **nats**, or −log₂ ½ = 1 **bit**. Bits are nats divided by ln 2 = 0.69. (The mean of such losses is called **cross-entropy**, in torch as well.)
A bit is a question answered by yes or no. *Bits per character* says how many such questions are needed, on average, to write the text down, with the model's help."""


# %% id="loss-loop"
def surprise_by_hand(logits, tokens):
    """Return the mean of -ln of the chance of each next token, for one row: logits (N, V), tokens (N,)."""
    losses = []
    for i in range(len(tokens) - 1):
        chances = np.exp(logits[i]) / np.exp(logits[i]).sum()
        losses.append(-np.log(chances[tokens[i + 1]]).item())
    return sum(losses) / len(losses)


round(surprise_by_hand(np.zeros((4, 2)), [0, 1, 0, 1]), 2)

# %% [markdown] id="ex-10-3-text"
r"""### Exercise 10.3 · the loss of the next token
12 min · ●●●

Write `next_token_loss(logits, tokens)` for a batch: scores `logits` (B, N, V) and the tokens (B, N) that were read. Return one number, the mean over all predictions that have an answer, in nats.

<details><summary>Hint 1</summary>Which scores have an answer, and where does it stand? Cut one place off the end of one array, and one off the beginning of the other.</details>
<details><summary>Hint 2</summary>Subtract each place's largest score before the exponential (chapter 2). The ln of a chance is then the score minus the ln of the sum.</details>
<details><summary>Hint 3</summary><code>np.take_along_axis(scores, answers[..., None], axis=-1)</code> picks one score at each place.</details>"""


# %% id="ex-10-3"
def next_token_loss(logits, tokens):
    """Return the mean of -ln of the chance of each next token: logits (B, N, V), tokens (B, N)."""
    ### BEGIN SOLUTION
    said, came = logits[:, :-1], tokens[:, 1:]
    said = said - said.max(axis=-1, keepdims=True)
    log_chances = said - np.log(np.exp(said).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_chances, came[..., None], axis=-1).mean()
    ### END SOLUTION


# %% id="ex-10-3-check"
check.next_token_loss(next_token_loss)

# %% id="loss-agrees"
import torch

logits, read = rng.normal(size=(2, 6, 5)), rng.integers(5, size=(2, 6))
by_rows = np.mean([surprise_by_hand(*row) for row in zip(logits, read, strict=True)])
fused = torch.nn.functional.cross_entropy(torch.tensor(logits[:, :-1]).mT, torch.tensor(read[:, 1:])).item()
assert np.allclose(course.next_token_loss(logits, read), [by_rows, fused])

# %% [markdown] id="rival"
r"""## The rival that counts

Before any model of ours is praised, meet its rival. An ***n*-gram** looks at the *n* − 1 characters before, and counts what followed them in the training text. After *retur* there was always an *n*. Where a context was never seen, it asks the shorter one, and it always listens to the shorter one a little.
It has counts instead of weights, and is ready in a fraction of a second. A 1-gram knows only how frequent each character is.

**Predict.** Longer contexts tell more. Which *n* is best on the held-out topics?"""

# %% id="predict-ngram-choice"
predict("10-ngram", "2", "3", "5", "8")

# %% id="ngrams" tags=["nbval-ignore-output"]
counted = {n: gpt_on_topics.count_bits(n) for n in range(9)}
assert abs(counted[0] - np.log2(97)) < 1e-9 and min(counted, key=counted.get) in (5, 6)
assert 2.0 < counted[5] < 2.3 < counted[3] < 2.9 < counted[1]
{n: round(bits, 2) for n, bits in counted.items()}


# %% id="ngrams-unseen" tags=["nbval-ignore-output"]
def unseen(n):
    """Return which part of an n-gram's contexts in the held-out text never stands in the training text."""
    known = {learnt[i : i + n - 1] for i in range(len(learnt))}
    return np.mean([text[i : i + n - 1] not in known for i in range(len(text) - n + 2)]).item()


learnt = topics.train_text()
assert unseen(5) < 0.15 and unseen(8) > 0.3
{n: round(unseen(n), 2) for n in (3, 5, 6, 8)}

# %% [markdown] id="ngrams-say"
r"""<details><summary><b>After you ran it</b></summary>

The 5-gram, with about 2.15 bits. Longer contexts tell more, but fewer of them are known: the last output says which part never came up in training, a tenth for the 5-gram and a third for the 8-gram. And from few examples one learns little. (0 knows nothing: 97 characters, all equally likely, cost log₂ 97 = 6.6 bits.)

</details>

### A leak

Is it enough to hold out whole topics? The handbook repeats itself: the topic *specialnames* contains, headings apart, all of *attribute-access*, which is held out. So far, every paragraph that stands in a held-out topic was taken out of the training text. If we leave it in:"""

# %% id="leak" tags=["nbval-ignore-output"]
leaky = {n: gpt_on_topics.count_bits(n, learnt=topics.train_text(repeats=True)) for n in (5, 6, 8)}
assert all(leaky[n] < counted[n] - 0.1 for n in leaky)
{n: (round(counted[n], 2), round(bits, 2)) for n, bits in leaky.items()}

# %% [markdown] id="leak-say"
r"""A sixth of a bit to nearly a half, for nothing but having read the answers, and longer contexts profit most. **A test set is held out only if its text is.**

## Train one while you wait

Now a small GPT: two of today's blocks, 64 features, four heads, rotary positions, 48 characters of context, 400 steps. It notes its α for one sentence as it goes. (*GPT*: blocks with a causal mask, between a table of token vectors and the scores of the next token, made with the same table. The machine of 2017 translated, and had two stacks of blocks, joined by the cross-attention of chapter 7.)

**Predict.** What will it beat, after some ten or twenty seconds?"""

# %% id="predict-live-choice"
predict("10-live", "not even the 1-gram", "the 1-gram", "the 3-gram", "the 5-gram")

# %% id="train" tags=["nbval-ignore-output"]
small, history = gpt_on_topics.learn(steps=400)
mine = gpt_on_topics.bits(small)
training.expect(counted[5] < mine < counted[2], "a small GPT should beat the 2-gram and lose to the 5-gram")
print(f"{mine:.2f} bits per character")
assert mine < 8

# %% [markdown] id="train-say"
r"""<details><summary><b>After you ran it</b></summary>

About 2.5 bits in three runs of ours, with seeds 0, 1 and 2: better than the 3-gram, which has 2.69, and **worse than the 5-gram, which took a fraction of a second**. On a small text and a small budget, counting wins. Try another `seed`.

</details>

## Watch it learn

Left is what a character costs as the steps go by, right the α of one layer, four heads, for *the value of the name is the value*, character by character. You can watch your own run, and one that was trained much longer: the next section is about it. (Its curve is measured on the validation topics, which are easier: the 5-gram has 1.9 bits there.)

**One question to settle by playing:** the long curve falls, rests, and falls again. What happens in layer 1 when it falls for the second time?"""

# %% id="watch"
steps, curve, seen, facts = gpt_on_topics.shipped_story()
runs = {
    "yours": (history.steps, history.metric("bits"), np.array(history.metric("looks"))),
    "the long one": (steps, curve, seen),
}
rivals = {f"{n}-gram": gpt_on_topics.count_bits(n, "validation") for n in (1, 3, 5)}
assert len(curve) == len(seen) == len(steps) and 3.5 < gpt_on_topics.count_bits(2, "validation") < 3.9
assert abs(rivals["5-gram"] - 1.89) < 0.1 and abs(min(curve) - 1.56) < 0.01


# %% id="watch-panel" tags=["nbval-ignore-output"]
def note(run, part, layer):
    """Return which note is at this part of a run, in percent, and which layer."""
    return round(part / 100 * (len(runs[run][0]) - 1)), min(layer, runs[run][2].shape[1]) - 1


def draw_learning(run, part, layer):
    at, layer = note(run, part, layer)
    steps, bits, looks = runs[run]
    title = f"step {steps[at]}: {bits[at]:.2f} bits; α of layer {layer + 1}"
    return figures.plot_growing(
        steps, bits, looks[at][layer], gpt_on_topics.SENTENCE, at=at, rivals=rivals, title=title
    )


def say_learning(run, part, layer):
    at, layer = note(run, part, layer)
    back = runs[run][2][at, layer].diagonal(-1, -2, -1).mean(-1)
    heads = ", ".join(f"head {number} {share:.2f}" for number, share in enumerate(back))
    return f"{runs[run][1][at]:.2f} bits at step {runs[run][0][at]}. Weight on the character before, layer {layer + 1}: {heads}."


progress = panel(
    draw_learning,
    name="loss and α while it learns",
    alt=say_learning,
    run=Choice(list(runs), label="run"),
    part=Slider(0, 100, 100, step=4, label="how far", unit="%"),  # so each note can be reached
    layer=Slider(1, 4, 1, label="layer (yours has two)"),
)
assert progress.values["part"] == 100
progress

# %% [markdown] id="watch-measure"
r"""Measured for the long run: which part of the weight falls on a character itself and the two just before it, mean of four heads. The first line printed is for weights that prefer nobody."""

# %% id="watch-numbers"
near = gpt_on_topics.near(seen).mean(axis=-1)  # (n_notes, n_layers)
print(f"no preference: {gpt_on_topics.near(np.tri(34) / np.arange(1, 35)[:, None]):.2f}")
for step in (0, 200, 400, 600, 800, 4800):
    at = steps.tolist().index(step)
    print(f"step {step:>4}: {curve[at]:.2f} bits; layer 1 {near[at, 0]:.2f}, layer 4 {near[at, 3]:.2f}")
assert near[3, 0] > 2 * near[1, 0] and near[:, 3].max() < 0.3 and curve[3] < curve[2] - 0.7

# %% [markdown] id="watch-say"
r"""<details><summary><b>After you played</b></summary>

The heads of layer 1 learn to look at the last few characters. At step 200 the model pays what a 2-gram pays (3.7 bits on these topics), and its heads look nearly everywhere. By step 600 three quarters of layer 1's weight lie on the last three characters, and the curve has fallen by a bit. A 2-gram needs no attention, since a character knows itself; a 3-gram needs a look back.
Layer 4 never does so. And that two things happen at the same time does not prove that one is the reason for the other.

</details>

## Trained for longer, it wins

The long one has four blocks, 128 features and 128 characters of context. It is stored with the course, and chapters 11 and 12 go on with it. Its positions are *learned* ones (chapter 9), so it has none beyond 128: chapter 11 shows what that means. What did it take?"""

# %% id="shipped-facts"
told, model = facts["provenance"], facts["settings"]
print(f"{facts['steps']} steps of {facts['batch']} texts, {told['cpu_seconds'] / 60:.0f} minutes of one processor core")
print(
    f"{facts['weights']:,} weights, learning rate {facts['lr']:g}, dropout {model['dropout']:g}, seed {model['seed']}"
)
print(
    f"measured on {told['date']}, Python {told['machine']['Python']}: {facts['held_out_bits']:.2f} bits on the held-out topics"
)

# %% id="shipped-bits" tags=["nbval-ignore-output"]
costs = gpt_on_topics.shipped_costs()  # bits of each held-out character but the first, asked anew
table = {f"{n}-gram" if n else "knows nothing": bits for n, bits in counted.items() if n in (0, 1, 2, 3, 4, 5, 8)}
table |= {"GPT, yours": mine, "GPT, the long one": costs.mean().item()}
table = dict(sorted(table.items(), key=lambda pair: -pair[1]))
plots.show(
    figures.plot_bits(
        table, mine=["GPT, yours", "GPT, the long one"], title="The same held-out characters, every model"
    ),
    alt="Bits per character on the held-out topics: " + ", ".join(f"{name} {bits:.2f}" for name, bits in table.items()),
)
assert len(costs) == len(text) - 1 and costs.mean() < counted[5] - 0.1

# %% [markdown] id="shipped-say"
r"""The long one beats every *n*-gram on the same characters. Say it with its price: about twenty minutes of training against a fraction of a second. Settings and the step to stop at were chosen on the validation topics; the held-out ones were asked once. It is **one seed**, and better ways of counting exist than ours.
To train it again yourself: `python -m utils.chapters.ch10_transformer.recipes.gpt`.

*Where* does it win? Here are 60 held-out characters with code in them, one by one. High bars are surprises."""

# %% id="where" tags=["nbval-ignore-output"]
five = ngrams.surprise(gpt_on_topics.tokens("train"), gpt_on_topics.tokens("held_out"), 5, topics.VOCAB_SIZE)
begin = max(text.find("   >>> coord = (3"), 1)
shown = {"5-gram": five[begin - 1 : begin + 59], "GPT": costs[begin - 1 : begin + 59]}
plots.show(
    figures.plot_character_bits(text[begin : begin + 60], shown),
    alt="Bits of 60 characters of code, above for the 5-gram, below for the GPT. Names and numbers cost both of them much; in all: "
    + ", ".join(f"{name} {bits.sum():.0f}" for name, bits in shown.items()),
)
assert len(five) == len(costs)

# %% [markdown] id="where-say"
r"""And over all held-out topics, by kind of character:"""

# %% id="by-kind" tags=["nbval-ignore-output"]
symbols = np.array(list(text))
letter, blank = np.char.isalpha(symbols), np.isin(symbols, [" ", "\n"])
begins = letter & ~np.roll(letter, 1)
kinds = {"first letters of words": begins, "other letters": letter & ~begins, "blanks and line ends": blank}
kinds |= {"digits and signs": ~letter & ~blank}
for kind, there in kinds.items():
    there = there[1:]
    print(
        f"{kind:<23} {there.mean():4.0%} of the text, 5-gram {five[there].mean():.2f}, GPT {costs[there].mean():.2f} bits"
    )
gains = {kind: (five - costs)[there[1:]].sum() / (five - costs).sum() for kind, there in kinds.items()}
assert max(gains, key=gains.get) == "digits and signs" and gains["digits and signs"] > 0.5

# %% [markdown] id="ex-10-4-text"
r"""Over half of the gain is in digits and signs, where 128 characters of context can help: they show that this line is code, which quotation mark is open, what the lines above began with. (Which of these it uses was not tested.) In *letters* it gains little here, and the first letter of a word stays the dearest for both. (More than half of the held-out text is the topic *formatstrings*, full of signs. On the validation topics, mostly plain prose, the GPT has 1.56 bits and the 5-gram 1.89.)

## What is in the machine

### Exercise 10.4 · count the weights
8 min · ●●○

Where do a GPT's weights live, that is, its parameters? Count the entries of its tables, and leave out biases and the scales of norms. Return three whole numbers:

- **embeddings**: a vector of `d_model` numbers for each token and for each place of the context. The scores of the next token use the tokens' table again.
- **attention**: $W_q$, $W_k$, $W_v$ and $W_o$, in all layers. The number of heads does not matter (chapter 8).
- **feed**: up to four times `d_model` features, and back, in all layers.

<details><summary>Hint 1</summary>A table from a features to b features has a · b entries.</details>
<details><summary>Hint 2</summary>The vectors of tokens and of places are two tables. Do they multiply or add?</details>
<details><summary>Hint 3</summary>Every layer has tables of its own, but all places share them.</details>"""


# %% id="ex-10-4"
def count_weights(vocab_size, context, d_model, n_layers):
    """Return the entries of the tables of a GPT: (embeddings, attention, feed)."""
    ### BEGIN SOLUTION
    embeddings = vocab_size * d_model + context * d_model
    attention = n_layers * 4 * d_model * d_model
    feed = n_layers * 2 * d_model * (4 * d_model)
    return embeddings, attention, feed
    ### END SOLUTION


# %% id="ex-10-4-check"
check.count_weights(count_weights)

# %% id="count-agrees"
counted_tables = course.count_weights(97, 128, 128, 4)
old = GPT(97, block="2017")  # 128 features and places, four layers
tables = sum(each.numel() for each in old.parameters() if each.ndim == 2)
everything = sum(each.numel() for each in gpt_on_topics.shipped().parameters())
assert sum(counted_tables) == tables and abs(everything / tables - 1) < 0.01
counted_tables, tables, everything

# %% [markdown] id="count-say"
r"""The third number of the first three is the largest: **two thirds of the weights of a block are in the feed-forward network**. Attention decides who hears whom; most of what is stored is stored elsewhere. (Today's recipe has three narrower tables there, and nearly the same total.)

### Exercise 10.5 · where do the multiplications go?
5 min · ●●○

Attention is famous for its $N^2$. For one block and a text of `n` tokens, with nothing masked and nothing else counted, these are the multiplications:

- in the tables: each of the `n` tokens meets each of the $4d^2 + 8d^2$ weights once, with $d$ for `d_model`
- in the scores and in α v: $n^2 d$ each, over all heads (chapter 8)

Return which **share** of all these is spent in the scores and α v, a number between 0 and 1.

<details><summary>Hint 1</summary>The share is scores and α v, divided by everything.</details>
<details><summary>Hint 2</summary>Everything is 12 n d² from the tables, and 2 n² d from the scores and α v.</details>"""


# %% id="ex-10-5"
def share_of_scores(n, d_model):
    """Return the share of a block's multiplications that is spent in the scores and in α v."""
    ### BEGIN SOLUTION
    scores = 2 * n**2 * d_model
    return scores / (scores + 12 * n * d_model**2)
    ### END SOLUTION


# %% id="ex-10-5-check"
check.share_of_scores(share_of_scores)

# %% id="shares"
assert course.share_of_scores(6 * 128, 128) == 0.5
{n: round(course.share_of_scores(n, 128), 2) for n in (128, 768, 8192)}

# %% [markdown] id="shares-say"
r"""With 128 features and 128 characters, a seventh. Half only at N = 6 · 128 = 768: **the $N^2$ wins when the text is longer than six times the features**. With the 4,096 features of many large models that is a text of about 25,000 tokens. Chapter 14 measures it, and the memory, which has other rules.

A word on tokens. Large models do not read characters but *pieces of words*, chosen by merging, again and again, the pair of neighbours that is most frequent (**byte pairs**). The text becomes several times shorter, and first letters, the dear ones, become rarer. Nothing else in this chapter changes.

## What we learnt

- A block is attention, where tokens meet, and a feed-forward network, where each is alone; each sees normalised tokens and *adds* to what came in. Attention with random tables and no residual made all tokens alike within four layers.
- Bits per character make all language models comparable on the same held-out text. A 5-gram is a hard rival on a small budget; and a test text that leaks makes everyone look good.
- Two thirds of a block's weights are in the feed-forward network, and the scores take half of the work only beyond N = 6 · d_model."""

# %% [markdown] id="check-yourself"
r"""## Check yourself"""

# %% id="quiz"
check.yourself()

# %% [markdown] id="going-on"
r"""## Going further

- A. Vaswani and others (2017), *Attention is all you need*, sections 3.1 and 3.3: the block of 2017.
- Y. Dong, J.-B. Cordonnier, A. Loukas (2021), *Attention is not all you need: pure attention loses rank doubly exponentially with depth*: our first experiment, with proofs.
- R. Xiong and others (2020), *On layer normalization in the Transformer architecture*: before or after?
- N. Shazeer (2020), *GLU variants improve Transformer*; B. Zhang, R. Sennrich (2019), *Root mean square layer normalization*; A. Henry and others (2020), *Query-key normalization for Transformers*.
- I. Witten, T. Bell (1991), *The zero-frequency problem*: our way to count. J. Goodman (2001), *A bit of progress in language modeling*: better ones.
- A. Radford and others (2019), *Language models are unsupervised multitask learners*: GPT-2. R. Sennrich and others (2016), *Neural machine translation of rare words with subword units*: byte pairs.

Words of this chapter: [Bits per character](glossary.md#bits-per-character) · [Feed-forward network](glossary.md#feed-forward-network) · [Layer norm](glossary.md#layer-norm) · [Residual connection](glossary.md#residual-connection).

Next: [11 · Generation](11_generation.ipynb), in which the machine writes. On the short route: [12 · Reading α](12_reading_alpha.ipynb).
Before you go on, shut this kernel down (menu *Kernel*, *Shut Down Kernel*): each open chapter holds memory."""
