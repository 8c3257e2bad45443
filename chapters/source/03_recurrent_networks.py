# %% [markdown] id="title"
r"""# 3 · Recurrent networks
*A memory that fades, unless you start it well.*

**You will be able to** read any recurrence as a matrix of weights, say why a gradient fades on its way back, and start a recurrent network so that it can learn.

About 60 minutes, 75 with the stretch exercises · you need chapters 1 and 2. Four words about training are explained on the way."""

# %% id="imports"
import numpy as np
import torch

from utils import plots, recurrent as course, training, widgets
from utils.chapters.ch03_recurrent_networks import check, figures
from utils.recurrent import gradients, implied
from utils.widgets import Choice, Slider, panel, predict

# %% [markdown] id="warm-up"
r"""## Warm up

One question from chapter 1, one from chapter 2."""

# %% id="recall"
check.recall()

# %% [markdown] id="a-river"
r"""## A river rises

A gauge in a river is read once an hour. After hour 30 the river rises. What is the level *now*, noise taken out?
The average so far (exercise 1.5) answers, hour by hour."""

# %% id="river"
rng = np.random.default_rng(3)
truth = np.where(np.arange(60) < 30, 1.0, 3.0)
levels = truth + rng.normal(scale=0.3, size=60)
so_far = np.cumsum(levels) / np.arange(1, 61)
f"ten hours after the rise: the average so far says {so_far[40]:.1f} m, the river stands at {truth[40]:.0f} m"

# %% [markdown] id="two-faults"
r"""It has two faults. The old readings weigh as much as the new ones, so it is late. And to compute the next answer as a weighted sum, all readings must be kept.

Take a memory of **one number** instead, and mend it a little at every reading. Keep most of it, write a bit of the new reading:

$$h_t = \text{keep} \cdot h_{t-1} + (1 - \text{keep}) \cdot x_t$$

This is the **exponential moving average**. A formula in which the new value comes from the value before is called a **recurrence**; $h$ is its **state**."""

# %% id="ema-loop"
keep, state = 0.8, levels[0]
followed = []
for level in levels:
    state = keep * state + (1 - keep) * level
    followed.append(state)
plots.show(
    figures.plot_stream(
        levels,
        {"the average so far": so_far, "the average that forgets": followed},
        title="The average that forgets is there in about ten hours",
    ),
    alt="Noisy river levels that jump from 1 to 3 metres at hour 30. The average so far climbs slowly and is still below 2.2 "
    "at the end; the average that forgets is there within about ten hours.",
)
assert so_far[-1] < 2.2 and abs(followed[42] - 3) < 0.4

# %% [markdown] id="where-is-alpha"
r"""## Where is the α?

There is no matrix in that loop. But follow the state for three steps, with keep = ½ and the start $h_0$:

$$h_1 = \tfrac12 h_0 + \tfrac12 x_1 \qquad h_2 = \tfrac14 h_0 + \tfrac14 x_1 + \tfrac12 x_2 \qquad h_3 = \tfrac18 h_0 + \tfrac18 x_1 + \tfrac14 x_2 + \tfrac12 x_3$$

Every state is a weighted sum of all that came in, and of the start. So there *is* an α. Nobody wrote it down; the recurrence implies it. We call it the **implied α**.

| in the formula | in the code | shape | in words |
|---|---|---|---|
| $x_s$ | `xs[s - 1]` | a number | what came in at step *s* |
| $\alpha_{t0} = \text{keep}^t$ | `weights[t - 1, 0]` | 0 to 1 | how much of the start is left after step *t* |
| $\alpha_{ts} = (1 - \text{keep})\,\text{keep}^{t-s}$ | `weights[t - 1, s]` | 0 to 1 | how much of $x_s$ is left after step *t* |"""

# %% [markdown] id="ex-3-1-text"
r"""### Exercise 3.1 · the α of a memory that fades
8 min · ●●○

Write it down: `n` rows, and 1 + `n` columns. Column 0 is the start's, column *s* that of $x_s$. What has not come in yet has weight 0.

For `n = 2` and `keep = 1/2` the rows are `[1/2, 1/2, 0]` and `[1/4, 1/4, 1/2]`.

<details><summary>Hint 1</summary>Each row follows from the row above. What does one more step do to all that is in the memory?</details>
<details><summary>Hint 2</summary>It multiplies the whole row by <code>keep</code>, and then writes one new entry.</details>
<details><summary>Hint 3</summary>Before the first step the row is 1, 0, 0, …: the memory is all start. Keep a copy of every row.</details>"""


# %% id="ex-3-1"
def ema_alpha(n, keep):
    """Return α (n, 1 + n) of an exponential moving average, column 0 for the start."""
    ### BEGIN SOLUTION
    row = np.eye(1 + n)[0]
    rows = []
    for t in range(1, n + 1):
        row = keep * row
        row[t] = 1 - keep
        rows.append(row)
    return np.array(rows)
    ### END SOLUTION


# %% id="ex-3-1-check"
check.ema_alpha(ema_alpha)

# %% [markdown] id="loop-is-matmul"
r"""With the course's version, the loop over sixty hours is one matrix product. The rows sum to one: it is a weighted average, like all in chapter 1."""

# %% id="loop-is-matmul-cell"
weights = implied.ema_weights(60, keep)
assert np.allclose(weights @ np.array([levels[0], *levels]), followed)
assert np.allclose(weights.sum(axis=1), 1)
weights.shape

# %% [markdown] id="see-it-fade"
r"""Look at the first eight rows. **One question to settle by playing:** walk down the rows with the arrow keys. In which row does $x_1$ have less than half of the weight it began with?"""

# %% id="ema-view"
hours = [f"hour {t}" for t in range(1, 9)]
widgets.alpha(
    weights=implied.ema_weights(8, keep), queries=hours, keys=["start", *hours], row=3, name="a fading memory"
)

# %% [markdown] id="fade-said"
r"""It began with 0.2, and in row 5 it is down to 0.08. Every step takes the same part: the weight fades as a power of *keep*. It never asks **what** it forgets.

## A state with many numbers

A river needs one number. A sentence needs more. Let the state be a vector $h$ with $H$ numbers, and let a table of numbers say how each of them mixes into the next state:

$$h_t = \tanh(W_{in}\, x_t + W_{rec}\, h_{t-1})$$

This is a **recurrent neural network**, RNN (Elman, 1990). It is the moving average with three changes: *keep* became a matrix, *1 − keep* became another, and the sum goes through tanh, which bends every number into −1 … 1, so that the state stays small.

| in the formula | in the code | shape | in words |
|---|---|---|---|
| $x_t$ | `x`, a row of `xs` | `(d_in,)` | what comes in |
| $h_t$ | `h` | `(H,)` | the state: all that is remembered |
| $W_{in}$ | `W_in` | `(H, d_in)` | how the input is written |
| $W_{rec}$ | `W_rec` | `(H, H)` | how the old state goes into the new one |

By hand, with $H = 1$, $W_{in} = 1$, $W_{rec} = ½$ and the inputs 1, 0, 0:"""

# %% id="rnn-by-hand"
h = 0.0
for x in [1.0, 0.0, 0.0]:
    h = np.tanh(1.0 * x + 0.5 * h)
    print(round(h.item(), 2))

# %% [markdown] id="ex-3-2-text"
r"""### Exercise 3.2 · carry the state
8 min · ●●○

Read a whole sequence, and return the state after **every** step. The state before the first step is `h`.

<details><summary>Hint 1</summary>One loop over the rows of <code>xs</code>. What must the next turn of the loop know from this one?</details>
<details><summary>Hint 2</summary>Put each new state into a list; make an array of the list at the end.</details>"""


# %% id="ex-3-2"
def read(xs, h, W_in, W_rec):
    """Return the states (T, H) of an RNN that reads xs (T, d_in), beginning with the state h (H,)."""
    ### BEGIN SOLUTION
    states = []
    for x in xs:
        h = np.tanh(W_in @ x + W_rec @ h)
        states.append(h)
    return np.array(states)
    ### END SOLUTION


# %% id="ex-3-2-check"
check.read(read)

# %% [markdown] id="torch-has-one"
r"""The library **torch** has such a network too, with two vectors of **biases** more: numbers that are added before the tanh. `course.rnn` is the loop you wrote, with these.
The numbers in all these tables are called *weights*, too. They are not the weights of α: no row of them has to sum to one.
Same weights, same input: are the states the same?"""

# %% id="equal-to-torch"
with training.seeded_start(0):
    layer = torch.nn.RNN(3, 4, batch_first=True)
x = torch.randn(2, 6, 3, generator=training.seeded(0))  # (B, T, d_in)
theirs, _ = layer(x)
states = course.rnn(x.numpy(), course.from_torch(layer))
assert np.allclose(states, theirs.detach().numpy(), atol=1e-6)
f"states {states.shape}, equal to torch's to six digits"

# %% [markdown] id="four-words"
r"""## Four words

So far the weights were given. From here on they are **learnt**, and that takes four words. They serve for the rest of the course.

**1 · Embedding.** A network reads numbers, not symbols. Give each of 8 symbols a vector with a single 1. A matrix times that vector picks one column: each symbol gets a learnt vector of its own, its *embedding*."""

# %% id="embedding"
table = np.array([[0.1, 0.7, -0.2], [0.5, 0.0, 0.9]])  # (2, 3): three symbols, a column each
symbol_1 = np.array([0, 1, 0])
(table @ symbol_1).tolist()

# %% [markdown] id="cross-entropy-text"
r"""**2 · Cross-entropy.** The network ends in one score for each answer. Softmax makes them weights, read as probabilities. The **error**, also called the *loss*, is −log of the probability that the *right* answer got: 0 if it was sure and right, large if it was sure and wrong.
Guessing among 8 costs $\log 8 = 2.08$."""

# %% id="cross-entropy"
probabilities = np.array([0.5, 0.25, 0.125])
(-np.log(probabilities)).round(2).tolist(), np.log(8).round(2).item()

# %% [markdown] id="gradient-text"
r"""**3 · Gradient.** How much does the error move when one number moves a little? That slope, for each number, is the gradient (exercise 2.6 computed one). torch keeps track of every step of a computation and finds all slopes by itself, going backwards: **autograd**. Here is one, beside a nudge by hand."""

# %% id="gradient"
weight = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
error = (torch.tanh(weight * 2) - 1) ** 2
error.backward()
nudged = ((np.tanh(0.501 * 2) - 1) ** 2 - error.item()) / 0.001
round(weight.grad.item(), 3), round(nudged.item(), 3)

# %% [markdown] id="training-text"
r"""**4 · Training.** Draw a few rows, a *batch*. Compute the error and its gradient. Move every weight a little **against** its slope. Again. How far to move is the **learning rate**. `training.train` is this loop; its rule for the moves is called *Adam* (Kingma and Ba, 2015), which gives each weight a pace of its own.

Two rules for honest numbers: measure on rows that were never trained on. And choose settings with one set of random numbers, the *validation seed*, and report with others.

## Remember the first

Now a task that needs a memory. The network reads 40 symbols, of 8 kinds, and must name the **first**. Each symbol is drawn by chance, so the other 39 say nothing. Guessing is right in 12.5 % of rows."""

# %% id="the-task"
from utils.chapters.ch03_recurrent_networks.first_recall import learn, one_hot_batch
from utils.models import memory

N = 40
rows, answers = one_hot_batch(N, 64, training.seeded(0))
rows.argmax(-1)[0, :12].tolist(), answers[0].item()

# %% [markdown] id="two-starts"
r"""Before training, the weights must be *something*. Two networks, alike but for the start of $W_{rec}$, 64 by 64:

- **torch's start**: every entry drawn between −⅛ and ⅛.
- **orthogonal start**: a matrix that turns or mirrors a vector, and never makes it longer or shorter.

How strongly a matrix stretches, if applied again and again, is its **spectral radius**: below 1 it shrinks vectors in the long run, above 1 it stretches them."""

# %% id="radii"
drawn = course.default_weights("rnn", 8, 64, rng=np.random.default_rng(0))["weight_hh_l0"]
turning = course.orthogonal(64, rng=np.random.default_rng(0))
assert abs(course.spectral_radius(turning) - 1) < 1e-6
f"torch's start {course.spectral_radius(drawn):.1f}, orthogonal {course.spectral_radius(turning):.1f}"

# %% [markdown] id="predict-learn"
r"""**Predict.** Both are trained in the same way, for at most 700 steps. A run stops when 97 % of 500 fresh rows are right. Three seeds each. Who gets there?"""

# %% id="predict-learn-choice"
predict(
    "3-start",
    "neither: RNNs cannot remember 40 steps",
    "both, every time",
    "torch's start every time, the other seldom",
    "the orthogonal start every time, the other seldom",
)

# %% id="train-two" tags=["nbval-ignore-output"]
training.flush_denormals()
starts = {"torch's start": None, "orthogonal": memory.start_orthogonal}


def machine(name, seed):
    return memory.Recurrent("rnn", 8, 64, 8, start=starts[name], seed=seed)


def steps_needed(model, seed):
    """Return the steps to 97 %, or None: not within the budget."""
    return training.steps_to(learn(model, N, steps=700, lr=3e-3, seed=seed), 0.97)


with training.board("Training") as board:
    reached = {name: [] for name in starts}
    for name, seed in [(name, seed) for name in starts for seed in range(3)]:
        board.title = f"Training with the start: {name}, seed {seed}"
        reached[name].append(steps_needed(machine(name, seed), seed))
print(reached)
training.expect(reached["torch's start"].count(None) >= 2, "torch's start seldom gets there")
training.expect(None not in reached["orthogonal"], "the orthogonal start gets there")
assert len(reached) == 2

# %% [markdown] id="train-two-said"
r"""<details><summary><b>After you ran it</b></summary>

The orthogonal start, with all three seeds. torch's start with one seed at most. `None` means *not within the budget* of 700 steps, and no more than that.
It is often said that an RNN cannot remember so far. This one does, and it differs from the other only in the matrix it starts with.

</details>

## What comes back from far away

Why? Learning needs the gradient. So measure what arrives, before any training: how much would the error move if the symbol at step *s* moved a little?
This slope is written $\partial L / \partial x_s$, with $L$ for the error; read ∂ as "a small change of". Its size at each place, with three seeds as a band:"""

# %% id="by-distance" tags=["nbval-ignore-output"]
arrives = {
    name: np.array([gradients.gradient_by_place(machine(name, seed), rows, answers) for seed in range(3)])
    for name in starts
}
plots.show(
    figures.plot_by_distance(arrives, floor=1e-12, title="Before training: what the error feels of each symbol"),
    alt="Size of the gradient against steps back from the end, log axis. With torch's start it falls in a straight line by eight "
    "powers of ten or more over 39 steps; with the orthogonal start it falls by about one or two.",
)
left = {name: (sizes[:, 0] / sizes[:, -1]) for name, sizes in arrives.items()}
print({name: [f"{part:.0e}" for part in parts] for name, parts in left.items()})
assert left["torch's start"].max() < 1e-7 and left["orthogonal"].min() > 1e-3

# %% [markdown] id="by-distance-said"
r"""With torch's start the first symbol is felt less than a ten-millionth as much as the last. The step that training makes is nearly all about the last symbols, which know nothing.
This is the **vanishing gradient** (Hochreiter, 1991; Bengio and others, 1994). A straight line on a log axis means: the same factor at every step back. Which factor?

Go back one step by hand. `d_h` is the gradient *by the state* $h_t$: how much the error moves if one of its numbers does, a slope for each. Two things stood between $h_{t-1}$ and $h_t$:

- the matrix $W_{rec}$: number *i* of the new state took `W_rec[i, j]` of number *j* of the old one;
- the tanh, whose slope, where it came out as $h$, is $1 - h^2$: between 0 and 1, and 1 only where $h = 0$."""

# %% [markdown] id="ex-3-3-text"
r"""### Exercise 3.3 · one step back
10 min · ●●○

Given the gradient by the state $h_t$, return the gradient by the state before. `h` is $h_t$, after the tanh. It has `H` numbers, like the answer.

<details><summary>Hint 1</summary>You go backwards. What came last on the way forward comes first now.</details>
<details><summary>Hint 2</summary>First through the tanh: entry by entry, times its slope. Then through the matrix.</details>
<details><summary>Hint 3</summary>Number <em>j</em> of the old state went into every number <em>i</em> of the new one, with <code>W_rec[i, j]</code>: add over <em>i</em>. Which axis of the matrix is that?</details>"""


# %% id="ex-3-3"
def one_step_back(d_h, h, W_rec):
    """Return the gradient by the state before (H,), from the gradient d_h (H,) by the state h (H,)."""
    ### BEGIN SOLUTION
    return W_rec.T @ (d_h * (1 - h**2))
    ### END SOLUTION


# %% id="ex-3-3-check"
check.one_step_back(one_step_back)

# %% [markdown] id="many-steps-back"
r"""Thirty-nine steps back are thirty-nine such products. A matrix that shrinks by 0.6 leaves $0.6^{39}$, which is two billionths. That is torch's start, on its own; the slopes of the tanh shrink it further.
And a matrix that stretches by 1.5? In `course.rnn_backward` the whole way back is written out; it agrees with autograd."""

# %% id="powers"
f"{0.6**39:.0e}, {1.0**39:.0f}, {1.5**39:.0e}"

# %% [markdown] id="ex-3-4-text"
r"""### Exercise 3.4 · clip
6 min · ●○○ · stretch

A gradient can also explode. One huge step would ruin what was learnt. The usual guard is to **clip**: a gradient that is longer than `most` is made as long as `most`; a shorter one is left alone. Its *direction* must stay: that is what it knows. (`training.train` clips at 1.)

<details><summary>Hint 1</summary>The length of a vector is <code>np.linalg.norm</code>. By which one number must all entries be multiplied?</details>
<details><summary>Hint 2</summary>By most / length, but never by more than 1. And a vector of zeros has no length to divide by.</details>"""


# %% id="ex-3-4"
def clip(gradient, most):
    """Return the gradient (n,), shortened to length ``most`` if it is longer."""
    ### BEGIN SOLUTION
    length = np.linalg.norm(gradient)
    return gradient * (most / length) if length > most else gradient
    ### END SOLUTION


# %% id="ex-3-4-check"
check.clip(clip)

# %% [markdown] id="implied-alpha"
r"""## The α that an RNN implies

The moving average had an exact α. Has the RNN one? Not quite: tanh is no weighted sum. But one can ask the same question for a **small change**:
if $x_s$ moved a little, how far would $h_t$ move? This is its **sensitivity**, $|\partial h_t / \partial x_s|$, one number for each pair of steps.

Forward this time: $x_s$ enters $h_s$ through $W_{in}$ and the slope of the tanh at step *s*. Then each later step multiplies by $W_{rec}$, and by its own slope. With $D_t$ the matrix that has the slopes $1 - h_t^2$ on its diagonal:

$$\frac{\partial h_s}{\partial x_s} = D_s W_{in} \qquad\qquad \frac{\partial h_t}{\partial x_s} = D_t\, W_{rec}\, \frac{\partial h_{t-1}}{\partial x_s}$$

Each is a matrix with $H$ rows and `d_in` columns. Its *size* is the root of the sum of all squares: `np.linalg.norm`."""

# %% [markdown] id="ex-3-5-text"
r"""### Exercise 3.5 · sensitivity
12 min · ●●●

Return the table of sizes: row *t* is the state, column *s* the input, both counted from 0. No state feels the future: above the diagonal stand zeros.

<details><summary>Hint 1</summary>Take one input <em>s</em> at a time. Begin at row <em>s</em>, and go down its column.</details>
<details><summary>Hint 2</summary><code>slope = 1 - h**2</code> has one row a step. To multiply a matrix by D from the left, multiply its rows: <code>slope[t][:, None] * matrix</code>.</details>
<details><summary>Hint 3</summary>Two loops: for each <em>s</em> make J = D W_in and note its norm; for each later <em>t</em> replace J by D W_rec J and note it again.</details>"""


# %% id="ex-3-5"
def sensitivity(h, W_in, W_rec):
    """Return |∂h_t/∂x_s| (T, T) of an RNN from its states h (T, H)."""
    ### BEGIN SOLUTION
    T, slope = len(h), 1 - h**2
    sizes = np.zeros((T, T))
    for s in range(T):
        J = slope[s][:, None] * W_in
        sizes[s, s] = np.linalg.norm(J)
        for t in range(s + 1, T):
            J = slope[t][:, None] * (W_rec @ J)
            sizes[t, s] = np.linalg.norm(J)
    return sizes
    ### END SOLUTION


# %% id="ex-3-5-check"
check.sensitivity(sensitivity)

# %% [markdown] id="two-views"
r"""### Is this a weight?

No. It is a **slope**. It says what a *small* change would do, at *these* inputs. Its rows sum to nothing in particular, and it can grow without bound. So we look at it in two ways:

- as it is, on a log scale: does it fade, stay, or explode?
- each row divided by its sum: *of what this state feels, how much is for whom?* That looks like the α of chapter 1, and hides how much is felt at all.

Here is a state of 16 numbers that reads 24 steps. $W_{rec}$ is an orthogonal matrix times a **radius** that you choose. With *linear* the tanh is left out.

**Predict.** The radius is 1.5, and each step stretches. With tanh, what does the last state feel of the first input?"""

# %% id="predict-radius-choice"
predict(
    "3-radius",
    "far more than of the last: it explodes",
    "about the same, within a factor of 100",
    "next to nothing",
)

# %% id="setting-for-the-panel"
rng = np.random.default_rng(7)
inputs = rng.normal(size=(24, 4))
base = course.named_weights(0.5 * rng.normal(size=(16, 4)), course.orthogonal(16, rng=rng))


def felt(radius, kind):
    """Return |∂h_t/∂x_s| (T, T) for this radius, with tanh or without."""
    weights = base | {"weight_hh_l0": radius * base["weight_hh_l0"]}
    return implied.rnn_sensitivity(inputs, weights, activation=kind)


# %% [markdown] id="radius-play"
r"""**One question to settle by playing:** at which radii does the linear network keep the first input? And is it the same with tanh?"""

# %% id="radius-panel"
panel(
    lambda radius, kind: figures.plot_sensitivity(felt(radius, kind)),
    name="what a state feels of its inputs",
    alt=lambda radius, kind: (
        f"{kind}, radius {radius:.2f}: the last state feels the first input "
        f"{felt(radius, kind)[-1, 0] / felt(radius, kind)[-1, -1]:.1e} times as much as the last."
    ),
    radius=Slider(0.5, 2.0, 0.6, 0.05, label="radius"),
    kind=Choice(["linear", "tanh"], "tanh", label="network"),
)

# %% id="radius-answer"
for kind in ("linear", "tanh"):
    parts = [felt(radius, kind)[-1, 0] / felt(radius, kind)[-1, -1] for radius in (0.6, 1.0, 1.5)]
    print(f"{kind:7} radius 0.6, 1.0, 1.5:", ", ".join(f"{part:.0e}" for part in parts))
linear, bent = (felt(1.5, kind)[-1, 0] / felt(1.5, kind)[-1, -1] for kind in ("linear", "tanh"))
assert linear > 1e3 and bent < 1

# %% [markdown] id="radius-said"
r"""<details><summary><b>After you played</b></summary>

Linear: the radius rules. Below 1 the first input fades, at 1 it stays for ever, above 1 it explodes.
With tanh it does not. At radius 1 the first input fades, because every slope of the tanh is below 1. At 1.5 it does *not* explode: a stretched state runs into the bend of the tanh, where the slope is small. The two work against each other.
"The spectral radius must be below 1, else it explodes" is true of a network without tanh.

</details>

At other inputs the table would be another: a sensitivity belongs to one place. Chapter 4 has machines whose α is exact again."""

# %% [markdown] id="ex-3-6-text"
r"""### Exercise 3.6 · half-life
5 min · ●○○ · stretch

A memory keeps the part `keep` at each step. After how many steps is half of it left? The answer need not be whole.

<details><summary>Hint 1</summary>keepⁿ = ½. Take the logarithm of both sides.</details>"""


# %% id="ex-3-6"
def half_life(keep):
    """Return the number of steps after which half is left, for keep between 0 and 1."""
    ### BEGIN SOLUTION
    return np.log(0.5) / np.log(keep)
    ### END SOLUTION


# %% id="ex-3-6-check"
check.half_life(half_life)


# %% id="try-radius"
def at_radius(radius, seed=0):
    """Return an RNN that starts at this radius."""

    def start(weights, rng):
        return weights | {"weight_hh_l0": radius * course.orthogonal(64, rng=rng)}

    return memory.Recurrent("rnn", 8, 64, 8, start=start, seed=seed)


def try_radius(radius, seed=0):
    """Train an RNN that starts at this radius; return its steps to 97 %, or None."""
    return steps_needed(at_radius(radius, seed), seed)


# %% [markdown] id="ex-3-7-text"
r"""### Exercise 3.7 · which start will learn?
10 min · ●●○

Back to *remember the first*, 40 symbols. $W_{rec}$ starts as an orthogonal matrix times a radius: 0.7, 1, 1.5 or 3. Which of these four reach 97 % within 700 steps, in every one of three seeds?

Commit first. Then try: `try_radius(1.5)` trains one of them (a few seconds if it learns). Answer with a list of radii, such as `[0.7, 3]`.

<details><summary>Hint 1</summary>What does the gradient do at 0.7, over 39 steps?</details>
<details><summary>Hint 2</summary>What did the panel show for tanh at 1.5? Is that a gradient that vanishes, or one that explodes?</details>
<details><summary>Hint 3</summary>Do not guess at 3: run <code>try_radius(3)</code> in a cell of its own, with the seeds 0, 1 and 2.</details>"""


# %% id="ex-3-7"
### BEGIN SOLUTION
learners = [1, 1.5]
### END SOLUTION

# %% id="ex-3-7-check"
check.learners(learners)

# %% [markdown] id="which-radii"
r"""Here they are, one seed each; the check knows three. Beside them, before training: the gradient at the first symbol, divided by that at the last."""

# %% id="which-radii-cell" tags=["nbval-ignore-output"]
with training.board("Training"):
    found = {radius: try_radius(radius) for radius in (0.7, 1, 1.5, 3)}
sizes = {radius: gradients.gradient_by_place(at_radius(radius), rows, answers) for radius in found}
first = {radius: (size[0] / size[-1]).item() for radius, size in sizes.items()}
for radius, steps in found.items():
    print(f"radius {radius}: steps {steps}, first / last {first[radius]:.0e}")
training.expect(found[0.7] is None and found[1] and found[1.5] and found[3] is None, "1 and 1.5 get there")
assert first[0.7] < 1e-5 and 0.01 < first[1] < 1 < first[1.5] < 100 and first[3] > 1e5

# %% [markdown] id="what-a-start-decides"
r"""The start with radius 1.5 learns as well as the orthogonal one. On paper it stretches by $1.5^{39}$, seven million; tanh leaves less than a hundred.
At 3 the bend no longer holds it: the first symbol is felt several hundred thousand times as much as the last. The smallest change at the start grows until the state could be anywhere: that is called **chaos**. Clipping makes such a gradient shorter, and still it did not learn.
There is a middle, and it is wider than one would think.

**Where it does not work.** One task, one size, one learning rate: that is all we have measured. Longer rows may need another start. And a state of 64 numbers must hold *all* that will be asked later: if the question comes at the end, an RNN has to guess early what to keep. Chapter 5 measures that in a fair race, and there attention comes back.

## What we learnt

- A recurrence is a weighted sum that nobody wrote down. The moving average's α is exact: it fades as a power of *keep*.
- On its way back a gradient is multiplied by the same matrix at every step, and by slopes below 1. A start that shrinks lets it vanish; then what is far away is seldom learnt within the budget. One that stretches is held by tanh, up to a point.
- What an RNN remembers is a matter of its start as well. "RNNs cannot remember" is not what we measured."""

# %% [markdown] id="check-yourself"
r"""## Check yourself"""

# %% id="quiz"
check.yourself()

# %% [markdown] id="going-on"
r"""## Going further

- **Break it.** All this was measured with 40 symbols. Try 50, and 100: `learn(at_radius(1, seed), 50, steps=700, lr=3e-3, seed=seed)`, for three seeds. Does radius 1 still get there every time? Does 1.5?
- J. Elman (1990), *Finding structure in time*: the network of this chapter.
- Y. Bengio, P. Simard, P. Frasconi (1994), *Learning long-term dependencies with gradient descent is difficult*.
- R. Pascanu, T. Mikolov, Y. Bengio (2013), *On the difficulty of training recurrent neural networks*: clipping, and the products above.
- Q. Le, N. Jaitly, G. Hinton (2015), *A simple way to initialize recurrent networks of rectified linear units*: a start that turns nothing.

Words of this chapter: [Cross-entropy](glossary.md#cross-entropy) · [Embedding](glossary.md#embedding) · [Gradient](glossary.md#gradient) · [Implied α](glossary.md#implied-alpha) · [Learning rate](glossary.md#learning-rate) · [Recurrent network](glossary.md#recurrent-network) · [Seed](glossary.md#seed) · [Sensitivity](glossary.md#sensitivity) · [Spectral radius](glossary.md#spectral-radius).

Next: [4 · Gates](04_gates.ipynb), where a machine decides itself what to keep.
Before you go on, shut this kernel down (menu *Kernel*, *Shut Down Kernel*): each open chapter holds memory."""
