# %% [markdown] id="title"
r"""# 4 · Gates
*Write, keep, forget.*

**You will be able to** build an LSTM and a GRU that agree with torch's, read the weights α that their gates make,
and start one so that it can learn.

About 60 minutes, 75 with the stretch exercise · you need chapter 3: a state that is carried, the training loop, gradients by distance."""

# %% id="imports"
import numpy as np
import torch

from utils import attention, plots, recurrent as course, training, widgets
from utils.chapters.ch04_gates import check, figures
from utils.recurrent import gradients, implied
from utils.widgets import Slider, panel, predict

# %% [markdown] id="warm-up"
r"""## Warm up

One question from chapter 2, one from chapter 3."""

# %% id="recall"
check.recall()

# %% [markdown] id="a-lift"
r"""## A lift with a bad memory

Somebody in a lift presses 7. After that the panel shows the floors it passes: 1, 2, 3, 4, 5, 6.
The lift must remember the 7 and ignore the rest. Let it use the memory of chapter 3, the moving average that fades:

$$h_t = \text{keep} \cdot h_{t-1} + (1 - \text{keep}) \cdot x_t$$

How much weight is left on the 7, after six more floors?"""

# %% id="one-knob"
{keep: implied.ema_weights(7, keep)[-1, 1].round(3).item() for keep in (0.1, 0.5, 0.8, 0.9, 0.99)}

# %% id="best-knob"
settings = np.linspace(0, 1, 1001)
best = max(settings, key=lambda keep: implied.ema_weights(7, keep)[-1, 1])
f"best of all settings: keep {best:.2f}, and the 7 has {implied.ema_weights(7, best)[-1, 1]:.1%} of the weight"

# %% [markdown] id="two-faults"
r"""No setting gives it more than 6 %. One knob does two jobs. Turn it up, and the 7 is hardly written. Turn it down, and it fades at once.
And the knob stands still: the same at the 7, which matters, as at the floors that do not.

So take **two** knobs, and let them **move**. Such a knob is called a **gate**: a number between 0, shut, and 1, open.
One gate says how much is *written* at this step. The other says how much of the old memory is *kept*. For the lift, by hand:"""

# %% id="gates-by-hand"
floors = [7, 1, 2, 3, 4, 5, 6]
write = [1, 0, 0, 0, 0, 0, 0]
keep = [0, 1, 1, 1, 1, 1, 1]
cell = 0.0
for floor, i, f in zip(floors, write, keep, strict=True):
    cell = f * cell + i * floor
cell

# %% [markdown] id="who-moves-them"
r"""The 7 is all there. But *we* set the gates, knowing which step matters. A machine must read that off its input.

It computes a score from what it sees, and squashes it to a number between 0 and 1. The function for it is called **sigmoid**:

$$\sigma(s) = \frac{1}{1 + e^{-s}}$$

A score of 0 opens the gate half, a large one opens it, a very negative one shuts it. You have met it before.
It is the softmax of chapter 2 for two scores, $s$ and 0: how much to listen to the first of two."""


# %% id="sigmoid"
def sigmoid(s):
    return 1 / (1 + np.exp(-s))


assert np.allclose(sigmoid(1.5), attention.softmax(np.array([1.5, 0.0]))[0])
sigmoid(np.array([-4, -1, 0, 1, 4])).round(2).tolist()

# %% [markdown] id="lstm"
r"""## The LSTM

**Long short-term memory** (1997; with the gate that forgets, 2000) has two vectors. The **cell** $c$ is the memory. The **state** $h$ is what it shows of it, to itself at the next step and to others.

| in the formula | in the code | shape | in words |
|---|---|---|---|
| $i_t = \sigma(W_i x_t + U_i h_{t-1} + b_i)$ | `i` | `(H,)` | the write gate (*input gate*) |
| $f_t = \sigma(W_f x_t + U_f h_{t-1} + b_f)$ | `f` | `(H,)` | the keep gate (its name is *forget gate*, though 1 keeps all) |
| $g_t = \tanh(W_g x_t + U_g h_{t-1} + b_g)$ | `g` | `(H,)` | the **candidate**: what could be written, −1 to 1 |
| $o_t = \sigma(W_o x_t + U_o h_{t-1} + b_o)$ | `o` | `(H,)` | the show gate (*output gate*) |
| $c_t = f_t\, c_{t-1} + i_t\, g_t$ | `c` | `(H,)` | keep some, write some |
| $h_t = o_t \tanh(c_t)$ | `h` | `(H,)` | show some |

All products of two vectors go entry by entry: each of the $H$ **units** has its own gates.
The four sums look alike: each is the sum inside the RNN of chapter 3, with $W$ for $W_{in}$ and $U$ for $W_{rec}$. So torch stacks their tables, and so do we, in the order **i, f, g, o**:
`weight_ih_l0` is `(4H, d_in)`, `weight_hh_l0` is `(4H, H)`. There are two biases, `bias_ih_l0` and `bias_hh_l0`, `(4H,)` each. They are added, so one would do; mind that when you set one."""


# %% id="two-parts"
def two_parts(x, h, weights):
    """Return what the input says to all gates at once, and what the state says."""
    from_x = weights["weight_ih_l0"] @ x + weights["bias_ih_l0"]
    from_h = weights["weight_hh_l0"] @ h + weights["bias_hh_l0"]
    return from_x, from_h


# %% [markdown] id="ex-4-1-text"
r"""### Exercise 4.1 · one step of an LSTM
8 min · ●●○

Take one step. `two_parts` gives the sums; add its two parts, and cut the result into the four blocks, in the order i, f, g, o. Return the new state and the new cell.

<details><summary>Hint 1</summary><code>np.split(vector, 4)</code> cuts a vector into four equal blocks.</details>
<details><summary>Hint 2</summary>Three of the blocks are gates and one is a candidate. Which function goes with which?</details>
<details><summary>Hint 3</summary>First the new cell, from the old one. Then the state, from the <em>new</em> cell.</details>"""


# %% id="ex-4-1"
def lstm_step(x, h, c, weights):
    """Return the new state and cell (H,), (H,) after one input x (d_in,)."""
    ### BEGIN SOLUTION
    from_x, from_h = two_parts(x, h, weights)
    i, f, g, o = np.split(from_x + from_h, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c
    ### END SOLUTION


# %% id="ex-4-1-check"
check.lstm_step(lstm_step)

# %% [markdown] id="equal-to-torch"
r"""Step after step, that is a whole LSTM: `course.lstm` is this loop. Is it *the* LSTM? torch has one. We give both the same weights and the same two sequences of six steps."""

# %% id="lstm-is-torchs"
with training.seeded_start(0):
    layer = torch.nn.LSTM(3, 4, batch_first=True)
x = torch.randn(2, 6, 3, generator=training.seeded(0))  # (B, T, d_in)
theirs, _ = layer(x)
h, c, gates = course.lstm(x.numpy(), course.from_torch(layer))
assert np.allclose(h, theirs.detach().numpy(), atol=1e-6)
f"states {h.shape}, equal to torch's to six digits"

# %% [markdown] id="unroll"
r"""## The cell is a weighted sum

Follow the cell for two steps, from $c_0$:

$$c_1 = f_1 c_0 + i_1 g_1 \qquad\qquad c_2 = f_2 c_1 + i_2 g_2 = f_2 f_1\, c_0 + f_2\, i_1\, g_1 + i_2\, g_2$$

Nothing but products and a sum. Each candidate is written with its $i$, and each later step multiplies it by its $f$. So

$$c_t = \sum_{s=1}^{t} \alpha_{ts}\, g_s + \alpha_{t0}\, c_0 \qquad \alpha_{ts} = i_s \prod_{r=s+1}^{t} f_r \qquad \alpha_{t0} = \prod_{r=1}^{t} f_r$$

| in the formula | in the code | shape | in words |
|---|---|---|---|
| $\alpha_{ts}$ | `weights[t - 1, s]` | a number, 0 to 1 | how much of what was written at step *s* is left after step *t* |
| $\alpha_{t0}$ | `weights[t - 1, 0]` | a number, 0 to 1 | how much of the start is left |

It is the α of chapter 1 again, **one for each unit**. A row asks: after step *t*, what is the memory made of?

By hand: $i = (1, 0.5)$ and $f = (0.5, 0.8)$. After step 1: $c_0$ has 0.5, $g_1$ has 1. After step 2: $c_0$ has $0.8 \cdot 0.5 = 0.4$, $g_1$ has $0.8 \cdot 1 = 0.8$, and $g_2$ has 0.5."""

# %% [markdown] id="ex-4-2-text"
r"""### Exercise 4.2 · the α of a cell
8 min · ●●○

For one unit: `i` and `f` hold its gates at the steps 1 … T. Return its α, with T rows and 1 + T columns. Column 0 belongs to the start, column *s* to step *s*.
What is not written yet has weight 0.

<details><summary>Hint 1</summary>Each row follows from the row above. What does one more step do to all that is there? And what does it add?</details>
<details><summary>Hint 2</summary>Before the first step the row is 1, 0, 0, …: all that is there is the start.</details>
<details><summary>Hint 3</summary>At each step multiply the whole row by <code>f[t]</code>, then put <code>i[t]</code> into column <code>t + 1</code>. Keep a copy.</details>"""


# %% id="ex-4-2"
def cell_weights(i, f):
    """Return α (T, 1 + T) of one unit from its write gates i (T,) and keep gates f (T,)."""
    ### BEGIN SOLUTION
    T = len(f)
    weights, row = np.zeros((T, 1 + T)), np.eye(1 + T)[0]
    for t in range(T):
        row = f[t] * row
        row[t + 1] = i[t]
        weights[t] = row
    return weights
    ### END SOLUTION


# %% id="ex-4-2-check"
check.cell_weights(cell_weights)

# %% [markdown] id="loop-and-matmul"
r"""The course's version does all units at once. Weigh the candidates with it and add up: the cells of `course.lstm` must come out. They do, by one matrix product for each unit instead of a loop."""

# %% id="weighted-sum"
weights = implied.lstm_weights(gates.i, gates.f)  # (B, H, T, 1 + T)
start = np.zeros((2, 4), dtype=np.float32)
assert np.allclose(implied.weighted_sum(weights, start, gates.g), c, atol=1e-6)
weights.shape

# %% [markdown] id="play-lift"
r"""## Play it

The lift again, with gates that move by themselves. Its panel has a light that says whether somebody **pressed** just now. Both gates read only that light:
the score of the write gate is $8 \cdot \text{pressed} - 4$, that of the keep gate $b - 8 \cdot \text{pressed}$. The number $b$ is the **forget bias**: it alone decides how well the lift keeps while nobody presses.
Here 7 is pressed first, marked by a star, and 3 is pressed at step 7 (the panel counts from 0). The candidate is the floor divided by ten.

**Predict.** Must each row of this α sum to one, as in chapters 1 and 2?"""

# %% id="predict-rows-choice"
predict("4-rows", "yes, always", "no, but never more than one", "no, it can be less or more")

# %% id="lift"
shown = np.array([7, 1, 2, 3, 4, 5, 6, 3, 6, 5, 4, 3])
pressed = np.isin(np.arange(12), [0, 7])
stops = [f"{floor}★" if press else str(floor) for floor, press in zip(shown, pressed, strict=True)]


def lift(bias):
    """Return write gates, keep gates, cells and α of the lift."""
    i, f = sigmoid(8 * pressed - 4.0), sigmoid(bias - 8.0 * pressed)
    weights = implied.lstm_weights(i[:, None], f[:, None])[0]  # (T, 1 + T)
    return i, f, weights[:, 1:] @ (shown / 10), weights


# %% [markdown] id="lift-play"
r"""Press play, or move the step with the arrow keys. Then drag the forget bias and watch the columns of α stretch.

**One question to settle by playing:** after the 3 was pressed, the cell should hold about 0.3. For which forget biases does it? What goes wrong far below, and what far above?"""


# %% id="lift-panel"
def draw_lift(step, bias):
    return figures.plot_gates(stops, *lift(bias), step)


panel(
    draw_lift,
    name="a sequence on its way through the gates",
    alt=lambda step, bias: (
        f"After step {step}, with forget bias {bias:.1f}, the cell holds {lift(bias)[2][step]:.2f}, "
        f"of the first number {lift(bias)[3][step, 1]:.2f} is left, and the row of α sums to {lift(bias)[3][step].sum():.2f}."
    ),
    step=Slider(0, 11, 0, label="step", play=True),
    bias=Slider(-2.0, 9.0, 1.0, 0.25, label="forget bias"),
)

# %% id="lift-answer"
for bias in (0, 2, 4, 9):
    _, _, cells, weights = lift(bias)
    sums = weights.sum(axis=1)
    print(
        f"bias {bias}: cell before the 3 {cells[6]:.2f}, at the end {cells[-1]:.2f}; rows from {sums.min():.2f} to {sums.max():.2f}"
    )

# %% [markdown] id="lift-said"
r"""<details><summary><b>After you played</b></summary>

At 0 the gate stands half open: before the 3 comes, the 7 is gone, and at the end the 3 is gone as well. Around 4 it works: nearly all stays, until somebody presses.
At 9 the lift cannot let go. The light takes 8 away from the score, 1 remains, and the gate keeps 73 % of the 7 *beside* the 3. A memory that never forgets adds everything up.

And the rows do not sum to one. Keeping and writing are two decisions: at bias 0 a row comes down to 0.05, at bias 9 one goes up to 2.38.
(At 4 they happen to sum to one: there $f = \sigma(4 - 8 \cdot \text{pressed})$ is just $1 - i$. Keep that in mind for the GRU.)
So a cell is a weighted *sum*. It can leave the hull of chapter 1.

</details>

## Four units, four memories

Now a real LSTM, not trained, with four units. We give their keep gates the biases 0, 1, 2 and 4, and let it read the word *remember*, each letter a random vector.
Each unit has an α of its own; the view calls them heads.

**One question to settle by playing:** in which unit does the last row still see the first letter, and how much of it?"""

# %% id="four-units"
rng = np.random.default_rng(4)
letters = list("remember")
alphabet = {letter: rng.normal(size=3) for letter in sorted(set(letters))}
word = np.array([alphabet[letter] for letter in letters])  # (T, d_in)
plain = course.default_weights("lstm", 3, 4, rng=rng)
biased = course.with_forget_bias(plain, np.array([0.0, 1.0, 2.0, 4.0]))
h, c, gates = course.lstm(word, biased)
alphas = implied.lstm_weights(gates.i, gates.f)  # (H, T, 1 + T)
widgets.alpha(weights=alphas, queries=letters, keys=["start", *letters], row=7, name="cells of an LSTM")

# %% id="first-letter"
alphas[:, -1, 1].round(2).tolist()

# %% [markdown] id="not-what-matters"
r"""### Does a dark cell mean that this letter matters?

No, and this is easy to get wrong. The map says how much of what was **written** at a step is left. It does not say how much the *letter* of that step matters:

- What is written is the candidate $g_s$. It was computed from $h_{s-1}$ too, so **it has already seen the letters before**.
- The gates move with the letters as well. A letter can shut a gate and never be written itself.
- And $h_t$ shows the cell through one more gate.

Chapter 3 had another map: the *sensitivity*, how far the memory moves when one input moves a little. Here are both for the unit with bias 4.
One is a share, the other a slope, so they never stand on one scale."""

# %% id="share-and-slope"
biased_torch = {name: torch.from_numpy(array) for name, array in biased.items()}
slopes = implied.sensitivity(lambda x: course.lstm(x, biased_torch)[1][:, 3:], torch.from_numpy(word)).numpy()
plots.show(
    figures.plot_share_and_slope(alphas[3][:, 1:], slopes, letters),
    alt="Two lower triangles over the letters of remember. Left, the share of each candidate left in the cell. "
    "Right, the slope of the cell with each letter, on a log scale in other colours; its order in the last row is another.",
)

# %% id="not-the-same-order"
by_share, by_slope = (np.argsort(-row[-1]).tolist() for row in (alphas[3][:, 1:], slopes))
assert by_share != by_slope
f"steps 0 to 7, the most first: by share {by_share}, by slope {by_slope}"

# %% [markdown] id="half-life-text"
r"""In the last row the first letter, step 0, comes seventh of eight by share, and fourth by slope. Neither map is wrong. They answer different questions.

## How long does a bias remember?

Suppose that nothing but its bias moves the keep gate: $f = \sigma(b)$ at every step. After $n$ steps $f^n$ is left.
The **half-life** is the $n$ at which this is one half. torch starts its biases near 0. Then $f$ is about ½, and the half-life is *one step*."""

# %% id="half-lives"
{bias: round(course.bias_to_half_life(bias), 1) for bias in (0.0, 1.0, 3.0, 5.0)}

# %% [markdown] id="ex-4-3-text"
r"""### Exercise 4.3 · a forget bias for a half-life
6 min · ●●○

Turn it round: which bias has this half-life? First the gate $f$ with $f^n = ½$, then the score that $\sigma$ turns into that $f$. (This inverse of σ has a name: the *logit*.)

<details><summary>Hint 1</summary>From fⁿ = ½: take the n-th root of both sides.</details>
<details><summary>Hint 2</summary>Solve f = 1 / (1 + e^−b) for b. What is f / (1 − f)?</details>"""


# %% id="ex-4-3"
def forget_bias(half_life):
    """Return the bias b at which σ(b) to the power of half_life is one half."""
    ### BEGIN SOLUTION
    f = 0.5 ** (1 / half_life)
    return np.log(f / (1 - f))
    ### END SOLUTION


# %% id="ex-4-3-check"
check.forget_bias(forget_bias)

# %% [markdown] id="gru"
r"""## The GRU: one gate for both

The **gated recurrent unit** (2014) goes back to one knob: what is not kept is written. But the knob moves, and each unit has its own. It has no cell; the state is the memory.

| in the formula | in the code | shape | in words |
|---|---|---|---|
| $r_t = \sigma(W_r x_t + b_r + U_r h_{t-1} + b'_r)$ | `r` | `(H,)` | reset: how much of the old state the candidate gets to see |
| $z_t = \sigma(W_z x_t + b_z + U_z h_{t-1} + b'_z)$ | `z` | `(H,)` | keep |
| $n_t = \tanh(W_n x_t + b_n + r_t\,(U_n h_{t-1} + b'_n))$ | `n` | `(H,)` | the candidate |
| $h_t = (1 - z_t)\, n_t + z_t\, h_{t-1}$ | `h` | `(H,)` | mix the two |

Two **conventions** are about, and nothing warns who mixes them up. Here, and in torch, $z = 1$ *keeps*; some papers write $1 - z$ for it.
Here, and in torch, $r$ acts *after* the matrix $U_n$; the first paper lets it act before: $U_n (r_t h_{t-1})$. Weights learnt with one are wrong with the other.
The tables hold three blocks, in the order **r, z, n**."""

# %% [markdown] id="ex-4-4-text"
r"""### Exercise 4.4 · one step of a GRU
8 min · ●●○

Take one step, in the convention of the table. `two_parts` works here, too. This time its two parts must stay apart for a while.

<details><summary>Hint 1</summary>Split <code>from_x</code> into three blocks, and <code>from_h</code> as well.</details>
<details><summary>Hint 2</summary>For r and z the two blocks are added. For n the block from the state is multiplied by r first, its bias included.</details>"""


# %% id="ex-4-4"
def gru_step(x, h, weights):
    """Return the new state (H,) after one input x (d_in,)."""
    ### BEGIN SOLUTION
    from_x, from_h = two_parts(x, h, weights)
    (x_r, x_z, x_n), (h_r, h_z, h_n) = np.split(from_x, 3), np.split(from_h, 3)
    r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
    n = np.tanh(x_n + r * h_n)
    return (1 - z) * n + z * h
    ### END SOLUTION


# %% id="ex-4-4-check"
check.gru_step(gru_step)

# %% id="gru-is-torchs"
with training.seeded_start(1):
    gru_layer = torch.nn.GRU(3, 4, batch_first=True)
theirs, _ = gru_layer(x)
h, gru_gates = course.gru(x.numpy(), course.from_torch(gru_layer))
assert np.allclose(h, theirs.detach().numpy(), atol=1e-6)
f"states {h.shape}, equal to torch's to six digits"

# %% [markdown] id="ex-4-5-text"
r"""### Exercise 4.5 · the GRU's rows sum to one
5 min · ●○○

The α of one GRU unit, from its gates `z` at the steps 1 … T: again T rows, 1 + T columns, column 0 for the start $h_0$.
Then the cell below adds up the rows.

<details><summary>Hint 1</summary>Compare $h_t = (1 - z_t)\, n_t + z_t\, h_{t-1}$ with $c_t = i_t\, g_t + f_t\, c_{t-1}$. Who plays i, and who plays f?</details>
<details><summary>Hint 2</summary>You may call your <code>cell_weights</code>.</details>"""


# %% id="ex-4-5"
def gru_weights(z):
    """Return α (T, 1 + T) of one GRU unit from its keep gates z (T,)."""
    ### BEGIN SOLUTION
    return cell_weights(1 - z, z)
    ### END SOLUTION


# %% id="ex-4-5-check"
check.gru_weights(gru_weights)

# %% id="rows-sum-to-one"
rows = implied.gru_weights(gru_gates.z)  # (B, H, T, 1 + T)
assert np.allclose(rows.sum(axis=-1), 1)
f"{rows[..., 0].size} rows, each sums to one; the largest share of the start is {rows[..., -1, 0].max():.2f} after six steps"

# %% [markdown] id="gru-average"
r"""This holds whatever the gates do. The shares of what was there sum to one. A step takes $z$ of them all, and adds a new share of $1 - z$: one again.
So **a GRU is a true weighted average**, of its start and its candidates. Leave the start's column out, and the rows fall short.

It can be an average that you know. Let $z_t = (t-1)/t$: keep nothing at step 1, a half at step 2, two thirds at step 3."""

# %% id="running-mean"
t = np.arange(1, 6)
implied.gru_weights(((t - 1) / t)[:, None])[0].round(2).tolist()

# %% [markdown] id="running-mean-said"
r"""That is the causal average of exercise 1.5, the mean so far, with a first column of zeros for the start. The ladder so far, each rung with more freedom than the last:

| | the share that is kept | the share that is written | rows |
|---|---|---|---|
| moving average that fades | fixed | the rest | sum to one |
| GRU | depends on input and state, one a unit | the rest | sum to one |
| LSTM | depends on input and state, one a unit | another gate | any sum |

## The surprise

Chapter 3: the gradient of an RNN fades with distance. It is often said that the LSTM was made to mend this, and mends it. Let us look.
The task is chapter 3's: read 40 symbols, of eight kinds, and name the *first*. We take machines that have not learnt anything yet, and measure $|\partial L / \partial x_s|$: how much the error would move if the symbol at step *s* moved a little.

**Predict.** torch's LSTM, exactly as `nn.LSTM` starts. How does the gradient at the first symbol compare with the one at the last?"""

# %% id="predict-default-choice"
predict("4-default", "about as large", "a tenth to a hundredth", "a millionth or less")

# %% id="gradients-at-the-start"
from utils.chapters.ch03_recurrent_networks.first_recall import learn, one_hot_batch
from utils.models import memory

N = 40
starts = {
    "RNN, torch's start": ("rnn", None),
    "RNN, orthogonal": ("rnn", memory.start_orthogonal),
    "LSTM, torch's start": ("lstm", None),
    "LSTM, forget bias 1": ("lstm", memory.start_forget(1.0)),
    "LSTM, forget bias 3": ("lstm", memory.start_forget(3.0)),
    "LSTM, chrono": ("lstm", memory.start_chrono(N)),
}


def machine(name, seed):
    kind, start = starts[name]
    return memory.Recurrent(kind, 8, 64, 8, start=start, seed=seed)


def by_place(model, seed=0):
    return gradients.gradient_by_place(model, *one_hot_batch(N, 64, training.seeded(seed)))


at_start = {name: np.array([by_place(machine(name, seed), seed) for seed in range(3)]) for name in starts}
looks = [memory.AttentionRead(8, 64, 8, places=N, seed=seed) for seed in range(3)]
at_start["one look of attention"] = np.array([by_place(look, seed) for seed, look in enumerate(looks)])

# %% id="surprise" tags=["nbval-ignore-output"]
plots.show(
    figures.plot_by_distance(at_start, floor=1e-12, title="At the start, torch's LSTM fades like the RNN"),
    alt="Size of the gradient against the distance from the end, on a log axis, three seeds as a band. RNN and LSTM as torch "
    "starts them fall together by eight powers of ten or more; forget bias 1 falls by about three, the orthogonal RNN by one or two, "
    "bias 3 and chrono stay nearly level; one look of attention is level from the second step back.",
)
ratio = {name: (sizes[:, 0] / sizes[:, -1]) for name, sizes in at_start.items()}
assert ratio["RNN, torch's start"].max() < 1e-6 and ratio["LSTM, torch's start"].max() < 1e-6
assert ratio["LSTM, forget bias 1"].max() < 1e-2 and ratio["LSTM, forget bias 3"].min() > 0.1
look = at_start["one look of attention"]
assert (look[:, 0] / look[:, -2]).min() > 0.1

# %% [markdown] id="surprise-said"
r"""<details><summary><b>After you ran it</b></summary>

A millionth or less, in all three seeds. As torch starts it, the LSTM fades like the RNN. You know why: the biases start near 0, so a keep gate starts near ½ and halves the memory at *every* step. (Units a little above ½ fade a little more slowly.)
The gates *can* stay open. Nobody has told them to.

</details>

The start decides. With a forget bias of 1 the gradient still falls, by about three powers of ten. With 3 it does not fall.
**Chrono** (Tallec and Ollivier, 2018) gives every unit a memory of another length, up to about that of the task, and lets it begin by writing what it does not keep: its write bias is minus its forget bias.

The black line is for later: **one look of attention**, in which the last step asks all steps once. Nothing stands between it and the first symbol, so distance plays no part. (The last symbol is felt more, because it is also read directly.) Chapter 5 lets it race.

torch's LSTM has two biases, and they are added. Who writes 3 into both has a bias of 6. `course.with_forget_bias` sets one and zeroes the other.

## A head start is not a verdict

Bias 3 has a healthy gradient. Now we train it, with two learning rates. Each run may take 500 steps; it stops when it names 97 % of 500 fresh first symbols.

**Predict.** Which of the two gets there?"""

# %% id="predict-rate-choice"
predict(
    "4-rate", "both, the gradient is healthy", "only the larger rate, 0.01", "only the smaller rate, 0.003", "neither"
)

# %% id="two-rates" tags=["nbval-ignore-output"]

training.flush_denormals()
runs, learned = {0.01: [], 0.003: []}, []
with training.board("Training") as board:
    for rate, seed in [(rate, seed) for rate in runs for seed in range(3)]:
        board.title = f"Training with rate {rate}, seed {seed}"
        model = machine("LSTM, forget bias 3", seed)
        runs[rate].append(learn(model, N, steps=500, lr=rate, seed=seed))
        learned += [model] if rate == 0.003 else []
reached = {rate: [training.steps_to(each, 0.97) for each in histories] for rate, histories in runs.items()}
print(reached)
training.expect(reached[0.01] == [None] * 3 and None not in reached[0.003], "only the smaller rate gets there")
assert all(each.done for each in runs[0.01])

# %% [markdown] id="two-rates-said"
r"""<details><summary><b>After you ran it</b></summary>

Only the smaller rate, in all three seeds; with 0.01 none is there within 500 steps. `None` means *not within the budget*, no more than that.

</details>

A gradient that arrives is a head start. It says which way to go, not how far: that is the learning rate's part.
Whoever compares machines must search the learning rate for each of them. Chapter 5 does.

What has training done to the gradient? Each curve below is divided by its own largest value, because the error of a trained machine is small everywhere."""

# %% id="gradient-learned" tags=["nbval-ignore-output"]
after = np.array([by_place(model, seed) for seed, model in enumerate(learned)])
relative = {
    name: sizes / sizes.max(axis=1, keepdims=True)
    for name, sizes in {"forget bias 3, at the start": at_start["LSTM, forget bias 3"], "after training": after}.items()
}
plots.show(
    figures.plot_by_distance(
        relative, floor=1e-5, ylabel="gradient, by its largest", title="It has learnt where to look"
    ),
    alt="Gradient by distance, each by its largest value. At the start it is level. After training the first symbol, at "
    "distance 39, stands far above all others.",
)
training.expect((after.argmax(axis=1) == 0).all(), "the gradient of a trained machine is largest at the first symbol")
assert after.shape == (3, N)

# %% [markdown] id="did-it-solve"
r"""### Has the LSTM solved it?

It has *gates that can*, if they start well and are given the steps. How many steps? Measuring that takes too long for a chapter, so it was **measured earlier**:
for each length and each of four starts, the same search over three learning rates on a validation seed, and then three other seeds. A dash means *not within the budget*."""

# %% id="measured-earlier"
from utils.recipes import measured

recorded = measured("04_steps")
lengths = recorded["by_length"]
told = recorded["provenance"]
print(f"measured {told['date']}, {told['cpu_seconds'] / 60:.0f} minutes of one processor core")
print(f"steps to 97 %, at most {recorded['settings']['budget']};", "lengths", ", ".join(lengths))
for name in lengths["20"]:
    print(f"{name:14}", *(f"{', '.join(str(s or '—') for s in lengths[n][name]['steps']):>18}" for n in lengths))
assert all((s or 1500) > 500 for each in lengths["100"].values() for s in each["steps"])

# %% [markdown] id="measured-said"
r"""As torch starts it, the LSTM gets there in none of nine runs. With forget bias 1, one of nine does, with 3 seven. Chrono gets there in all nine,
and the longer the row, the more steps it takes: in the mean twice as many at 50 as at 20, and six times as many at 100.
Look at length 100 once more: no run is there after 500 steps. Whoever had stopped then would have called it impossible. It is *slow*.

So *solved* is too much. The gates give the gradient a way. How soon it is found depends on start, rate and length.

To measure the table again: `python -m utils.chapters.ch04_gates.recipes.steps`, in the course's folder.

## What we learnt

- A gate is a number from 0 to 1 that a machine computes from what it sees. An LSTM has one for keeping and one for writing; a GRU writes what it does not keep.
- Gates make an α, one a unit: $i_s \prod_{r>s} f_r$. The GRU's rows sum to one, the LSTM's need not. It weighs what was *written*, which has seen the past already.
- As torch starts them, the LSTM forgets like the RNN. The forget bias sets the half-life, and the learning rate decides as well."""

# %% [markdown] id="check-yourself"
r"""## Check yourself"""

# %% id="quiz"
check.yourself()

# %% [markdown] id="ex-4-6-text"
r"""## Going further

### Exercise 4.6 · what α of the cell hides
10 min · ●●● · stretch

`fixed_gates(x, i=…, f=…, w=…, u=…)` is the smallest LSTM: one unit whose gates never move. Its candidate is $g_t = \tanh(w\,x_t + u\,h_{t-1})$, and $h_t = \tanh(c_t)$.
Choose the four numbers twice, for six steps:

- **A**: the last row of α gives step 1 no weight, less than 0.01. Yet when $x_1$ goes from 1 to −1, and all other inputs are 0, the last cell moves by more than 0.2.
- **B**: the last row of α gives step 1 at least 0.5. Yet $x_1$ moves nothing.

`i` and `f` lie between 0 and 1. Write each as a dictionary, such as `dict(i=0.5, f=0.5, w=1, u=0)`.

<details><summary>Hint 1</summary>What is the share of step 1 after step 6? Which f makes it vanish?</details>
<details><summary>Hint 2</summary>A: by what other way can step 1 reach the last cell? Follow it from one candidate to the next. That way must be wide enough for five steps.</details>
<details><summary>Hint 3</summary>B: a candidate can be written, and kept, without having looked at its input.</details>"""

# %% id="ex-4-6"
### BEGIN SOLUTION
A = dict(i=1, f=0, w=1, u=3)
B = dict(i=1, f=1, w=0, u=1)
### END SOLUTION

# %% id="ex-4-6-check"
check.hidden(A, B)

# %% [markdown] id="hidden-said"
r"""<details><summary><b>After you solved it</b></summary>

With $f = 0$ and $i = 1$ the cell is made of its newest candidate and nothing else: α is a diagonal. And yet it is a machine that remembers. It is the plain RNN of chapter 3, which carries everything *inside* the candidates, where α does not look.

</details>

- S. Hochreiter, J. Schmidhuber (1997), *Long short-term memory*. F. Gers, J. Schmidhuber, F. Cummins (2000), *Learning to forget*: the keep gate.
- K. Cho and others (2014), *Learning phrase representations using RNN encoder-decoder*: the GRU, with *r* before the matrix.
- R. Jozefowicz, W. Zaremba, I. Sutskever (2015), *An empirical exploration of recurrent network architectures*: set the forget bias.
- C. Tallec, Y. Ollivier (2018), *Can recurrent neural networks warp time?*: chrono.

Words of this chapter: [Forget bias](glossary.md#forget-bias) · [Gate](glossary.md#gate) · [GRU](glossary.md#gru) · [LSTM](glossary.md#lstm).

Next: [5 · The race](05_the_race.ipynb): RNN, GRU, LSTM and one look of attention, on the same task, with the same search.
Before you go on, shut this kernel down (menu *Kernel*, *Shut Down Kernel*): each open chapter holds memory."""
