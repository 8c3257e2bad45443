# %% [markdown] id="title"
r"""# 14 · What it costs
*Four different bills.*

**You will be able to** tell four bills of attention apart, say which remedy cuts which of them, and compute a softmax without ever seeing its whole row.

About 60 minutes, 80 with the stretch exercises · you need chapters [7](07_query_key_value.ipynb) and [8](08_many_heads.ipynb), and from chapter [4](04_gates.ipynb) what a gate does."""

# %% id="imports"
import numpy as np

from utils import attention as kernel, plots, recipes, training
from utils.chapters.ch14_what_it_costs import capacity, check, costs, figures, measured_costs, online_softmax
from utils.widgets import Choice, Slider, Toggle, panel, predict

# %% [markdown] id="warm-up"
r"""## Warm up

Two questions from chapters 8 and 4."""

# %% id="recall"
check.recall()

# %% [markdown] id="too-long"
r"""## A text that does not fit

A novel has about 100,000 words. Let every word look at every word, with 8 heads, 4 bytes for each weight. How large is α?"""

# %% id="too-long-size"
n_words, n_heads = 100_000, 8
alpha_bytes = n_heads * n_words**2 * 4
figures.told(alpha_bytes, "B")

# %% [markdown] id="too-long-say"
r"""320 GB, for one layer, and softmax needs the scores beside it. No laptop has that. And the novel itself, 100,000 rows of 256 numbers, is 0.1 GB.

"Attention is expensive for long texts", people say then. True. But *which* expense? It need not be the memory, as you will see: the same answer can be had with little more than the novel itself takes.

So let us measure before we mend. `price_list.times` lets ten kernels take turns on the same shapes: one sequence, 4 heads, 32 features each, one thread. *All weights* is `attention` as you know it, with a causal mask.

**Predict.** You double the number of tokens. What happens to the time of *all weights*?"""

# %% id="predict-double-choice"
predict(
    "14-double",
    "it doubles",
    "it becomes four times as long, within a few percent",
    "about four times, but it depends where",
)

# %% id="live-times" tags=["nbval-ignore-output"]
training.flush_denormals()  # an honest clock, as in chapter 5
most = max(512, training.scaled(2048))
live = {n: measured_costs.times(n, rounds=3) for n in (128, 256, 512, 1024, 2048) if n <= most}
slow = [round(found["all weights"][0], 2) for found in live.values()]
print("all weights, ms:", *slow)
print("times the one before:", np.divide(slow[1:], slow[:-1]).round(1).tolist())
assert slow[-1] > slow[0] > 0

# %% [markdown] id="live-say"
r"""<details><summary><b>After you ran it</b></summary>

The number of multiplications grows by exactly four. The time does not follow exactly. While α fits into the small, fast memory beside the processor, it stays there.
Once it does not, every score travels to the large, slow memory and back, and the system must find room for it first. So a doubling may cost more than four times, or less.
**A time is a bill of several things at once.** To mend it, take it apart.

</details>

## Four bills

Think of a kitchen. **FLOPs** are the cooking: how many multiplications and additions. **Peak memory** is the table: how much must lie there at the same moment. **Traffic** is walking to the pantry: how many bytes come from memory and go back.
And the **cache** is the fridge: what must be kept for tomorrow, when the next token comes.

The bill of `attention` for one head, N tokens, d features. It makes three trips: the scores q kᵀ, then the softmax, then α v. Each reads what it needs from memory, and writes down what it made.

| in the formula | in the code | shape | in words |
|---|---|---|---|
| $N$ | `n` | a number | tokens |
| $d$ | `d` | a number | features of a query, a key, a value |
| $qk^\top$ | `scores` | `(n, n)` | written once, read once |
| $\alpha$ | `weights` | `(n, n)` | written once, read once |
| $4N^2d$ | `flops` | a number | two products, two FLOPs (× and +) for each number multiplied |"""

# %% [markdown] id="ex-14-1-text"
r"""### Exercise 14.1 · FLOPs and bytes
8 min · ●●○

Return two numbers for this head: its FLOPs, and the bytes to and from memory. q, k and v are there already; each number takes `n_bytes`. A multiplication and an addition are two FLOPs; let the softmax count none.

<details><summary>Hint 1</summary>A product of (a, b) with (b, c) makes a · c numbers, each from b multiplications and about as many additions.</details>
<details><summary>Hint 2</summary>Write the three trips one below the other: what is read, what is written? Count numbers first, bytes at the end.</details>
<details><summary>Hint 3</summary>Trip 1 reads q and k and writes the scores. Trip 2 reads the scores and writes α. What does trip 3 do?</details>"""


# %% id="ex-14-1"
def attend_bill(n, d, n_bytes):
    """Return (FLOPs, bytes to and from memory) of one head that writes down all its scores."""
    ### BEGIN SOLUTION
    flops = 2 * n * n * d + 2 * n * n * d
    moved = (2 * n * d + n * n) + 2 * n * n + (n * n + n * d + n * d)
    return flops, n_bytes * moved
    ### END SOLUTION


# %% id="ex-14-1-check"
check.attend_bill(attend_bill)

# %% [markdown] id="layer"
r"""### A whole layer

A layer of the Transformer (chapter 10) does more than attend. Every token passes four tables of d × d (queries, keys, values, output) and two of d × 4d, the feed-forward part. Together $12\,d^2$ numbers, each used once for a token, two FLOPs each:

$$\text{FLOPs of a layer} \approx \underbrace{24\,N d^2}_{\text{tables}} + \underbrace{4\,N^2 d}_{\text{scores and } \alpha v}$$

Now *d* is all features of all heads together, `d_model`.

**Predict.** A model has d = 4096 and reads 2,000 tokens. How large is the $N^2$ part of a layer's FLOPs?"""

# %% id="predict-layer-choice"
predict("14-layer", "nearly all", "about half", "less than a tenth", "less than a thousandth")

# %% id="layer-shown"
tables, square = costs.layer_bills(2000, 4096, n_heads=32)["FLOPs"]
print(f"N² part: {square / (tables + square):.1%}")
even = costs.layer_bills(6 * 4096, 4096, n_heads=32)["FLOPs"]
assert even[0] == even[1]
print("both are equal at N =", 6 * 4096)

# %% [markdown] id="layer-say"
r"""<details><summary><b>After you ran it</b></summary>

Under a tenth. $24Nd^2 = 4N^2d$ where $N = 6d$, here at 24,576 tokens. Before that, a layer spends most of its FLOPs on its tables. **N² is not always the bill.** A remedy that halves the scores would hardly be noticed at 2,000 tokens, if FLOPs were what you pay for.

</details>

The other bills have other crossings. Here they are for one layer with heads of 128 features and 2 bytes a number; peak and traffic are those of the attending. Move N, and later turn the tiles on: you build them in a minute."""


# %% id="bills-panel"
def draw_bills(n, d_model, tiles):
    bills = costs.layer_bills(n, d_model, n_heads=d_model // 128, tile=256 if tiles else None)
    return figures.plot_shares(bills)


def say_bills(n, d_model, tiles):
    bills = costs.layer_bills(n, d_model, n_heads=d_model // 128, tile=256 if tiles else None)
    return (
        ", ".join(f"{name}: {twice / (once + twice):.0%} grows with N²" for name, (once, twice) in bills.items()) + "."
    )


panel(
    draw_bills,
    name="four bills",
    alt=say_bills,
    n=Slider(64, 1_048_576, 2048, log=True, label="tokens, N"),
    d_model=Choice([768, 4096, 16384], 4096, label="d_model"),
    tiles=Toggle(False, label="in tiles of 256"),
)

# %% [markdown] id="bills-question"
r"""**One question to settle by playing:** put `d_model` to 4096. In which order do the bills come to be *mostly* N² as N grows, and which one never does?"""

# %% id="bills-played"
half = {}
for n in 2 ** np.arange(6, 21):
    for name, (once, twice) in costs.layer_bills(int(n), 4096, n_heads=32).items():
        if twice > once:
            half.setdefault(name, int(n))
assert list(half) == ["traffic", "peak", "FLOPs"]
in_tiles = costs.layer_bills(2**16, 4096, n_heads=32, tile=256)["traffic"]
assert in_tiles[1] / costs.layer_bills(2**16, 4096, n_heads=32)["traffic"][1] == 1 / 4
half  # the first power of two at which the N² part is the larger

# %% [markdown] id="less-work"
r"""<details><summary><b>After you played</b></summary>

First traffic, then peak, at a few hundred tokens. FLOPs only at tens of thousands. The cache never: it holds keys and values, and no α. The tiles take the N² out of the peak, and three quarters of it out of the traffic; larger tiles would take more. The FLOPs do not move.

</details>

### Does self-attention *reduce* the computation?

One reads this too. Compare with what it replaced. A recurrent layer has a table for the input and one for its state: $2Nd^2$ multiplications. The scores and α v: $2N^2d$."""

# %% id="less-work-shown"
for n in (50, 512, 5000):
    recurrent, attend = 2 * n * 512**2, 2 * n**2 * 512  # d = 512
    print(f"N = {n:>4}: recurrence {recurrent / 1e6:7,.0f} million, scores and α v {attend / 1e6:7,.0f} million")
    assert (attend < recurrent) == (n < 512)
    tables = 4 * n * 512**2  # of self-attention: queries, keys, values, output
    assert attend + tables > recurrent and (attend + tables < 4 * recurrent) == (n < 2 * 512)

# %% [markdown] id="less-work-say"
r"""So it depends: *per layer, scores and α v multiply less than a recurrence while N < d.* Self-attention's four tables, $4Nd^2$, come on top. With them it never multiplies less than this plain RNN, but less than an LSTM ($8Nd^2$) while N < 2d. For sentences of 50 words that was a good bargain.
But somebody whose texts are too long is past that point. For them self-attention is no remedy. It *is* the N². What follows are remedies, and each is for another bill.

## Tiles: the same answer, without the table

Must α be written down? For one query, softmax seems to need all scores at once: first the largest of them, then the sum, and only then a weight.

It does not. Read the row a **tile** at a time, a few keys, and keep three things: the largest score so far, the sum so far, and the weighted sum of values so far. Both sums are measured with the largest score *so far*. When a tile brings a larger one, everything kept was measured too large: shrink it.

$$m' = \max(m, \max_j s_j) \qquad Z' = e^{m-m'} Z + \sum_j e^{s_j - m'} \qquad o' = e^{m-m'} o + \sum_j e^{s_j - m'} v_j$$

| in the formula | in the code | shape | in words |
|---|---|---|---|
| $m$ | `peak` | a number | the largest score so far; −∞ at the start |
| $Z$ | `total` | a number | the sum of the powers so far |
| $o$ | `out` | `(d,)` | the values, each times its power, added up so far |
| $s_j,\; v_j$ | `scores`, `values` | `(m,)`, `(m, d)` | one tile: its scores, its values |
| $e^{m-m'}$ | `fade` | a number, 0 to 1 | by how much what was kept shrinks |

At the end the answer is $o / Z$: one division. The name for this is **online softmax**.

By hand. The powers of three scores are 1, 2 and 5, their values 4, 4 and 8, and the answer is (4 + 8 + 40) / 8 = 6.5. Now the first two in one tile, the third in another:"""

# %% id="tiles-by-hand"
first = online_softmax.take_tile(*online_softmax.START, np.log([1, 2]), np.array([[4.0], [4.0]]))
print("after tile 1: e^peak", round(np.exp(first[0])), " total", first[1], " out", first[2].item())
then = online_softmax.take_tile(*first, np.log([5]), np.array([[8.0]]))
print("after tile 2: e^peak", round(np.exp(then[0])), " total", round(then[1], 2), " out", round(then[2].item(), 2))
round(then[2].item() / then[1], 2)

# %% [markdown] id="by-hand-say"
r"""After tile 1 everything is measured with the power 2: 1/2 + 1 = 1.5, and 2 + 4 = 6. Tile 2 brings a 5. What was kept shrinks by 2/5, to 0.6 and 2.4, then 1 and 8 are added: 10.4 / 1.6 = 6.5."""

# %% [markdown] id="ex-14-2-text"
r"""### Exercise 14.2 · a softmax that never sees its row
12 min · ●●○

Write the step. At the start `peak` is −∞, `total` is 0 and `out` a vector of zeros. Return the three as they are after this tile. Scores may be in the thousands.

<details><summary>Hint 1</summary>The new peak first: everything else is measured with it.</details>
<details><summary>Hint 2</summary>An old power was e to the (score − old peak). It should be e to the (score − new peak). By what must you multiply?</details>
<details><summary>Hint 3</summary>The factor is e to the (old peak − new peak). It goes on both sums that were kept, and not on the tile. <code>powers @ values</code> adds up a tile's values.</details>"""


# %% id="ex-14-2"
def take_tile(peak, total, out, scores, values):
    """Return (peak, total, out) after one more tile: scores (m,), values (m, d)."""
    ### BEGIN SOLUTION
    new_peak = max(peak, scores.max())
    fade = np.exp(peak - new_peak)
    powers = np.exp(scores - new_peak)
    return new_peak, fade * total + powers.sum(), fade * out + powers @ values
    ### END SOLUTION


# %% id="ex-14-2-check"
check.take_tile(take_tile)

# %% [markdown] id="walk-intro"
r"""A row of twelve scores, read in tiles. Press play, or step through it."""

# %% id="walk-panel"
row = np.array([0.4, 1.0, -0.5, 0.8, 2.0, 1.2, 0.3, 1.7, 0.9, 3.0, 0.2, 1.1])
row_values = np.array([2.0, 5, 1, 3, 6, 4, 0, 7, 2, 9, 1, 3])[:, None]


def draw_walk(key, tile):
    states = online_softmax.walk(row, row_values, tile)
    return figures.plot_walk(
        row, row_values, states, tile, -(-key // tile)
    )  # as many tiles as hold the keys up to here


def say_walk(key, tile):
    peak, total, out = online_softmax.walk(row, row_values, tile)[-(-key // tile)]
    largest = f"{peak:g}" if key else "−∞"
    return f"{-(-key // tile)} tiles read: largest {largest}, sum {total:.3f}, weighted sum {np.ravel(out)[0]:.3f}."


panel(
    draw_walk,
    name="online softmax",
    alt=say_walk,
    key=Slider(0, 12, 3, label="read up to key", play=True),
    tile=Slider(1, 12, 3, label="keys in a tile"),
)

# %% [markdown] id="walk-question"
r"""**One question to settle by playing:** at which tiles does what is kept shrink? And does the answer in the end depend on how many keys a tile holds?"""

# %% id="walk-loop-and-matmul"
by_walk = [state[2] / state[1] for state in (online_softmax.walk(row, row_values, tile)[-1] for tile in range(1, 13))]
at_once = kernel.softmax(row) @ row_values
assert np.allclose(by_walk, at_once)
assert [peak for peak, *_ in online_softmax.walk(row, row_values, 3)][1:] == [1, 2, 2, 3]
at_once.round(3).item()

# %% [markdown] id="flash"
r"""<details><summary><b>After you played</b></summary>

It shrinks only where a tile brings a new largest score: in threes that is at the tiles with 2.0 and with 3.0. All sizes of tile end at the same answer.

</details>

## Is FlashAttention an approximation?

*FlashAttention* is the best known kernel of this kind: tiles of queries and of keys, sized to fit into the fast memory, and the step you wrote. Ours is `kernel.tiled_attention`, in NumPy or torch (`utils/attention/tiled.py`). torch has one as well, and calls it through `scaled_dot_product_attention`.

**Predict.** How far is the answer in tiles from the answer of `attention`, in 64-bit numbers?"""

# %% id="predict-flash-choice"
predict("14-flash", "about 1 %", "about one part in a million", "only the last digits differ, 10⁻¹⁵ or so")

# %% id="flash-shown"
rng = np.random.default_rng(0)
q, k, v = rng.normal(size=(3, 4, 700, 32))  # 4 heads
causal = kernel.causal_mask(700)
exact = kernel.attention(q, k, v, causal)[0]
in_tiles = kernel.tiled_attention(q, k, v, right=0)  # right=0: nobody looks ahead
assert np.abs(in_tiles - exact).max() < 1e-13
bool(np.allclose(in_tiles, exact, rtol=0, atol=1e-13))

# %% [markdown] id="flash-say"
r"""<details><summary><b>After you ran it</b></summary>

**No. It is exact**, up to the rounding of the last digits. It is the same sum in another order. Nothing is left out, so a trained model may be switched from one to the other.

</details>

What it buys is memory. Measured earlier (`utils/chapters/ch14_what_it_costs/recipes/costs.py`), each number in a **fresh process** of its own: by how many MB did it grow at its peak?"""

# %% id="memory-table"
stored = recipes.measured("14_costs")
names = ("all weights", "tiles", "library")
memory = measured_costs.lines(stored["prices"], names, what="MB")
for name, row_of in memory.items():
    print(f"{name:12}", *(f"N = {n}: {size:,.0f} MB".ljust(20) for n, size in row_of.items() if n >= 2048))
assert memory["all weights"][8192] > 2000 and memory["tiles"][8192] < 50

# %% id="memory-slopes"
for name in ("all weights", "tiles"):
    slope, error, top = costs.fit_power([1024, 2048, 4096, 8192], [memory[name][n] for n in (1024, 2048, 4096, 8192)])
    print(f"{name:12} memory grows like N^{slope:.2f} ± {error:.2f} from 1,024 to 8,192; top slope {top:.2f}")
    assert slope > 1.8 if name == "all weights" else slope < 1.2

# %% [markdown] id="time-intro"
r"""And the time? The same recipe, one thread, all kernels taking turns, the smallest time of several rounds: the machine had other work, too. An exponent is a **fit over a range**, with its error, and beside it the slope of the last doubling. It is not a law."""

# %% id="time-picture"
times = measured_costs.lines(stored["prices"], figures.KERNELS)
plots.show(
    figures.plot_costs(times, title="Where all weights are held, the time climbs steepest"),
    alt="Milliseconds against tokens from 128 to 8,192, both axes logarithmic. All weights, grouped heads and the window by mask lie together on top; then tiles, the library, the window by tiles and the linear kernels; one cached step is lowest.",
)

# %% id="time-slopes"
RANGE = [1024, 2048, 4096, 8192]
print(f"forward, N from {RANGE[0]} to {RANGE[-1]}: exponent, error, slope of the last doubling, ms at {RANGE[-1]}")
for name, row_of in times.items():
    slope, error, top = costs.fit_power(RANGE, [row_of[n] for n in RANGE])
    print(f"{name:16} {slope:.2f} ± {error:.2f}   {top:.2f}   {row_of[8192]:8,.1f}")
    assert not (name == "all weights" and slope < 2) and not (name == "tiles" and slope > 2)

# %% id="time-back"
back = measured_costs.lines(stored["prices"], figures.KERNELS, direction="forward and backward")
print("forward and backward, N from 512 to 4096: exponent, error, last slope, ms and MB at 4096")
back_memory = measured_costs.lines(stored["prices"], figures.KERNELS, direction="forward and backward", what="MB")
for name, row_of in back.items():
    if row_of:
        slope, error, top = costs.fit_power([512, 1024, 2048, 4096], [row_of[n] for n in (512, 1024, 2048, 4096)])
        print(
            f"{name:16} {slope:.2f} ± {error:.2f}   {top:.2f}   {row_of[4096]:8,.0f} ms   {back_memory[name][4096]:6,.0f} MB"
        )

# %% id="back-ratios"
assert back_memory["tiles"][4096] < back_memory["all weights"][4096] / 5
assert back["library"][4096] < back["tiles"][4096] < back["all weights"][4096]
print(
    f"at 4,096, both ways: all weights {back['all weights'][4096] / back['tiles'][4096]:.1f} × the time of the tiles,"
    f" {back_memory['all weights'][4096] / back_memory['tiles'][4096]:.0f} × their memory"
)

# %% id="ratios"
flat = {name: row_of[8192] for name, row_of in times.items()}
assert flat["tiles"] < 2.5 * flat["library"] and flat["all weights"] > 3 * flat["tiles"]
print(
    f"at 8,192: all weights {flat['all weights'] / flat['tiles']:.1f} × the time of the tiles, tiles {flat['tiles'] / flat['library']:.1f} × the library's"
)

# %% [markdown] id="time-say"
r"""The FLOPs of scores and α v have the exponent 2; the times need not. *All weights* climbs faster: more and more of α must travel, and room be found for it. Tiles and library climb more slowly: at 1,024 tokens, work that does not grow with N² is still part of the bill.

Why are tiles *faster*, if they compute the same? Three reasons, and only the first is about tiles. What fits into fast memory need not travel. Nobody must find gigabytes for α. And with a causal mask nearly half of the tiles hold nothing that may be seen: they are **skipped**. `attention` computes those scores, and then hides them.

The way back needs the weights once more. They were not kept, so `tiled_attention` computes them **again**: more FLOPs, for less memory. That is often a good trade, because FLOPs are rarely what one waits for. Soon more of that. (The window by tiles grows faster than N on its way back: for each block our kernel hands back a gradient as long as all keys. A kernel that adds up in place need not.)

## A window: shape against work

What if each token sees only the 64 keys up to its own? Far fewer scores: $64N$ instead of $N^2$. A mask is quickly made.

**Predict.** `attention` with that mask, against `attention` with a causal mask, at 2,048 tokens. Its time is"""

# %% id="predict-window-choice"
predict("14-window", "about 30 times shorter: 64 keys instead of 2,048", "about the same", "about half")

# %% id="window-shown" tags=["nbval-ignore-output"]
n = max(live)
for name in ("all weights", "window by mask", "window by tiles"):
    print(f"{name:16} {live[n][name][0]:7.1f} ms at N = {n}")
training.expect(live[n]["window by mask"][0] > 0.5 * live[n]["all weights"][0], "a mask saved work: look again")
training.expect(live[n]["window by tiles"][0] < 0.7 * live[n]["window by mask"][0], "skipping saved nothing")
assert min(live[n]["window by tiles"]) > 0

# %% id="window-same"
mask = kernel.window_mask(700, 700, 63)
by_mask = kernel.attention(q, k, v, mask)[0]
by_tiles = kernel.tiled_attention(q, k, v, left=63, right=0, block=64)
assert np.allclose(by_mask, by_tiles, rtol=0, atol=1e-12)
int(mask.sum()), mask.size  # pairs that may be seen, pairs that are computed

# %% [markdown] id="window-say"
r"""<details><summary><b>After you ran it</b></summary>

About the same. **A mask gives a window its shape. It saves no work**: all scores are there before it comes. The work is saved by *skipping* tiles in which nobody may see anything. Both give the same answer.

</details>

Unlike tiles, a window is **another function** than full attention. What lies outside is gone, at least in this layer. (The next layer's window reaches 63 keys further back, through what the first one carried along. Many models mix layers with a window and a few without.)"""

# %% [markdown] id="ex-14-3-text"
r"""### Exercise 14.3 · a window that works less
10 min · ●●○ · stretch, you may skip it

Write causal attention with a window of `w` keys, the query's own among them, for q, k (n, d) and v (n, d_v) in NumPy. Divide the scores by √d. It must not hold an n × n table at any time. A loop over queries is fine.

<details><summary>Hint 1</summary>Which keys does query <em>i</em> see? The last of them is key <em>i</em>. And which one is the first, near the beginning?</details>
<details><summary>Hint 2</summary>A slice <code>k[first : i + 1]</code> with <code>first</code> at least 0. The rest is chapter 2 on a few keys.</details>"""


# %% id="ex-14-3"
def window(q, k, v, w):
    """Return (n, d_v): query i looks at keys i - w + 1 … i, as far as there are any."""
    ### BEGIN SOLUTION
    out = np.zeros((len(q), v.shape[1]))
    for i in range(len(q)):
        seen = slice(max(i - w + 1, 0), i + 1)
        out[i] = kernel.softmax(k[seen] @ q[i] / np.sqrt(q.shape[1])) @ v[seen]
    return out
    ### END SOLUTION


# %% id="ex-14-3-check"
check.window(window)

# %% [markdown] id="linear"
r"""## Linear attention: another function

Where does N² come from? From the softmax, which ties a query and a key together: $e^{q \cdot k}$ must be computed for every pair. Give it up. Let the weight be a plain product, $\varphi(q) \cdot \varphi(k)$, with features φ that are never negative. Then the sum may be done in another order:

$$a_i = \frac{\sum_{j \le i} (\varphi(q_i) \cdot \varphi(k_j))\, v_j}{\sum_{j \le i} \varphi(q_i) \cdot \varphi(k_j)} = \frac{\varphi(q_i)^\top S_i}{\varphi(q_i) \cdot z_i} \qquad S_i = S_{i-1} + \varphi(k_i)\, v_i^\top \qquad z_i = z_{i-1} + \varphi(k_i)$$

| in the formula | in the code | shape | in words |
|---|---|---|---|
| $\varphi$ | inside the kernel | `(..., d_k)` | features of a query or key; ours are elu(x) + 1: $e^x$ below 0, $x + 1$ above |
| $S$ | `state[0]`, `S` | `(d_k, d_v)` | a matrix: all pairs so far, one on top of the other |
| $z$ | `state[1]`, `z` | `(d_k,)` | the sum of all keys so far, to divide by |

Read the right half again. A state, an update, an output: **this is a recurrence** (chapter 3), and its memory is a matrix. It never grows."""

# %% [markdown] id="ex-14-4-text"
r"""### Exercise 14.4 · attention as a recurrence
8 min · ●●○

Write one step. `q` and `k` (d_k,) are features φ already, `v` is (d_v,). A token sees itself, so write first, then read. Return `out, S, z`, and leave the arrays you were given as they were.

<details><summary>Hint 1</summary><code>np.outer(a, b)</code> is the matrix with a[i] · b[j] in row i, column j.</details>
<details><summary>Hint 2</summary>Row i of S belongs to feature i of the key. Which of k and v comes first in the outer product?</details>
<details><summary>Hint 3</summary>The query asks both: it is multiplied with S, and with z. The one is divided by the other.</details>"""


# %% id="ex-14-4"
def step(S, z, q, k, v):
    """Return (out, S, z) after one more place: S (d_k, d_v), z (d_k,)."""
    ### BEGIN SOLUTION
    S, z = S + np.outer(k, v), z + k
    return q @ S / (q @ z), S, z
    ### END SOLUTION


# %% id="ex-14-4-check"
check.step(step)

# %% [markdown] id="linear-pairs"
r"""The course's version takes whole sequences, in blocks. Beside it the same function as a table of α, so that you see that its rows still sum to one:"""


# %% id="linear-table"
def phi(x):
    return np.where(x > 0, x + 1, np.exp(np.minimum(x, 0)))  # elu(x) + 1


weights = np.tril(phi(q) @ phi(k).swapaxes(1, 2))
weights /= weights.sum(axis=-1, keepdims=True)
assert np.allclose(weights @ v, kernel.linear_attention(q, k, v, causal=True))
assert np.abs(weights @ v - exact).max() > 0.5
np.abs(weights @ v - exact).max().round(1).item()  # the largest distance from softmax attention

# %% [markdown] id="gated"
r"""It is far from softmax attention, with the same q, k and v. So a trained model cannot just be switched: linear attention has to be trained as such.

**With a gate.** S only ever adds. Let each place multiply it first by a number from 0 to 1, as the LSTM's forget gate does with its cell:

$$S_i = g_i\, S_{i-1} + \varphi(k_i)\, v_i^\top$$

That is `kernel.gated_linear_attention`, and another rung of the ladder: mean, moving average, GRU, LSTM, linear attention, **gated linear attention**, softmax attention. Each fills the same matrix α in another way."""

# %% id="gated-alpha"
g = np.full((4, 8), 0.7)
few_q, few_k = q[:, :8], k[:, :8]
one_hot = np.broadcast_to(np.eye(8), (4, 8, 8))  # values that tell who was heard: out is α
plain = kernel.linear_attention(few_q, few_k, one_hot, causal=True)
faded = kernel.gated_linear_attention(few_q, few_k, one_hot, g)
sharp = kernel.attention(few_q, few_k, one_hot, kernel.causal_mask(8))[0]
assert np.allclose(faded.sum(-1), 1)
plots.show(
    figures.plot_heads(
        [plain[0], faded[0], sharp[0]], ["linear", "gated, all gates 0.7", "softmax"], mask=kernel.causal_mask(8)
    ),
    alt="Three causal matrices of the same queries and keys. Linear weights are spread over the whole row; the gates fade the older keys; softmax has the darkest cells.",
)

# %% [markdown] id="capacity"
r"""### What does the small state cost?

Everything lies on top of everything. Write n pairs into S: keys that point in random directions with d features, and as value one of 16 symbols. Then ask for each key. Nothing is learnt here, and no φ used, which suits S best: with random keys, $S^\top k$ brings back the right value plus a little of all others.

**Predict.** d = 16, so S is 16 × 16. How many of 128 pairs come back right? (A guess: 1 in 16.) And with softmax, which keeps all keys?"""

# %% id="predict-capacity-choice"
predict(
    "14-capacity",
    "nearly all; softmax too",
    "about four in ten; softmax all",
    "about four in ten; softmax a few more",
    "one in 16; softmax all",
)

# %% id="capacity-shown"
counts = [8, 16, 32, 64, 128, 256]
remembered = {"softmax, d = 16": capacity.shares(capacity.recalled_by_softmax, 16, counts)}
for d in (16, 32, 64):
    remembered[f"a matrix, d = {d}"] = capacity.shares(capacity.recalled, d, counts)
remembered["elu + 1, d = 16"] = capacity.shares(capacity.recalled_by_features, 16, counts)
for name, line in remembered.items():
    print(f"{name:17}", *(f"{share:.1f}" for share in line))
assert min(remembered["softmax, d = 16"]) == 1 and 0.3 < remembered["a matrix, d = 16"][4] < 0.5

# %% id="capacity-picture"
plots.show(
    figures.plot_capacity(counts, remembered, title="A matrix blurs; more features move the blur, they do not end it"),
    alt="Share of pairs recalled against 8 to 256 pairs written. Softmax stays at 1. A matrix falls from 1, the later the more features it has: d = 16 from 16 pairs on, d = 64 from 64 on. With elu plus one it falls soonest.",
)

# %% [markdown] id="capacity-say"
r"""<details><summary><b>After you ran it</b></summary>

About four in ten; softmax brings back all. Twice the features hold about twice the pairs. With elu + 1 it is worse: its features are all positive, so every key looks a little like every other. Training can choose better keys than random ones; it cannot make room for more than about d directions that do not disturb each other.

</details>

## The cache

### Why cache keys and values but no queries?

Chapter 11 used a cache. In short: when a model writes, each new token **asks once**. Its query is used in this step and never again. But its key and its value are asked by *every* later token. So those two are kept, and only those.

It changes nothing in the answer, and saves computing the same keys, values and layers again. People say: "with a cache, generation is linear".

**Predict.** With a cache, a model writes twice as many tokens. The work of its attention becomes"""

# %% id="predict-cache-choice"
predict("14-cache", "twice as much", "four times as much", "eight times as much")


# %% id="cache-work"
def looks(n):
    """Count how many keys are looked at while n tokens are written with a cache."""
    return sum(range(1, n + 1))


print(f"2,000 tokens instead of 1,000: {looks(2000) / looks(1000):.2f} times the looks")
print("one cached step, ms:", {n: round(ms, 2) for n, ms in times["one cached step"].items() if n >= 1024})

# %% [markdown] id="cache-work-say"
r"""<details><summary><b>After you ran it</b></summary>

Four times. *One step* is linear in what is kept; N steps add up to N². (Without a cache every step would compute all scores again, N³ in all.) **A cache does not make it linear.** It also costs something that none of the other remedies has to pay: it must be *there*, for every text, for every layer.

</details>

How large is that? A **model card** tells the sizes. These are published for *Llama 3 8B* (Meta, 2024); `bytes` are those of one number."""

# %% id="card"
card = {"layers": 32, "heads": 32, "kv_heads": 8, "d_model": 4096, "bytes": 2}

# %% [markdown] id="ex-14-5-text"
r"""### Exercise 14.5 · the cache of a real model
6 min · ●●○

Such a card is given as a dictionary. The size of a head is d_model / heads. Return how many GiB ($2^{30}$ bytes) the cache of one text takes.

<details><summary>Hint 1</summary>What is kept for each token, in each layer? And by how many heads?</details>
<details><summary>Hint 2</summary>Queries are not kept. Query heads that share keys and values keep them once.</details>"""


# %% id="ex-14-5"
def cache_gib(card, n_tokens):
    """Return the GiB that keys and values of n_tokens take, in all layers."""
    ### BEGIN SOLUTION
    d_head = card["d_model"] // card["heads"]
    numbers = 2 * card["layers"] * card["kv_heads"] * d_head * n_tokens
    return numbers * card["bytes"] / 2**30
    ### END SOLUTION


# %% id="ex-14-5-check"
check.cache_gib(cache_gib)

# %% [markdown] id="calculator-intro"
r"""A calculator. The dashed lines are what one can buy: a laptop's memory of 16 GB, a large GPU's of 80 GB."""

# %% id="calculator-panel"
MARKS = {"laptop": 16e9 / 2**30, "GPU": 80e9 / 2**30}


def sizes(tokens, kv_heads, layers, n_bytes, d_head):
    one = {"layers": layers, "heads": 1, "kv_heads": 1, "d_model": d_head, "bytes": n_bytes}
    return {
        f"{kv_heads} kv heads": kv_heads * costs.cache_gib(one, tokens),
        "32 kv heads": 32 * costs.cache_gib(one, tokens),
        f"{kv_heads}, window of 4,096": kv_heads * costs.cache_gib(one, min(tokens, 4096)),
    }


panel(
    lambda **chosen: figures.plot_cache(sizes(**chosen), MARKS),
    name="cache calculator",
    alt=lambda **chosen: (
        ", ".join(f"{name}: {figures.told_gib(size)}" for name, size in sizes(**chosen).items()) + " for one text."
    ),
    tokens=Slider(1024, 1_048_576, 8192, log=True, label="tokens"),
    kv_heads=Choice([1, 2, 4, 8, 16], 8, label="kv heads"),
    layers=Slider(1, 128, 32, label="layers"),
    n_bytes=Choice([1, 2, 4], 2, label="bytes a number"),
    d_head=Choice([64, 128, 256], 128, label="features of a head"),
)

# %% [markdown] id="calculator-question"
r"""**One question to settle by playing:** with the sizes it starts with, how many tokens fill the GPU? (The model's own weights, 16 GB, would have to fit beside it.)"""

# %% id="calculator-played"
assert costs.cache_gib(card, 8192) == 1.0
fits = max(n for n in 2 ** np.arange(10, 21) if costs.cache_gib(card, int(n)) < MARKS["GPU"])
assert fits == 2**19
int(fits), costs.cache_gib(card, 2**20)  # the largest power of two that fits; GiB for about a million tokens

# %% [markdown] id="cache-remedies"
r"""<details><summary><b>After you played</b></summary>

Somewhere between half a million and a million. One text, mind you. A service answers many people at once, and each has a cache.

</details>

### Remedies for the cache

- **Grouped heads** (chapter 8): fewer heads of keys and values. You see the factor in the calculator.
- **A window**: what nobody will ask any more is dropped. Many models give most layers a window (*local*) and a few none (*global*).
- **A latent cache**: keep one short vector for each token and layer, and make keys and values of all heads from it when they are needed. More FLOPs, less cache.
- **Fewer bytes**: keep 8 or 4 bits for each number. The answer changes a little.

The first numbers are made up, 48 layers of which every sixth is global; the last are those published for *DeepSeek-V2*, which keeps 512 + 64 numbers instead of keys and values of 128 heads."""

# %% id="cache-remedies-shown"
n_layers, reach, n = 48, 1024, 131_072
kept = (n_layers * 5 // 6) * reach + (n_layers // 6) * n
print(f"5 of 6 layers with a window of {reach:,}: {kept / (n_layers * n):.1%} of the cache at {n:,} tokens")
print(f"latent: {512 + 64} numbers a token and layer instead of {2 * 128 * 128:,}: {576 / (2 * 128 * 128):.1%}")

# %% [markdown] id="prefill"
r"""### Prefill and decode

A model first reads the prompt: all tokens at once. That is **prefill**. Each number that is fetched, a weight of a table, serves all N tokens. Then it writes, one token after the other: **decode**. Now each number fetched serves *one* token, and then the next one is waited for.

How many FLOPs does a fetched byte give? That ratio decides. A GPU of the H100 kind can do about 990 · 10¹² FLOPs a second in 2-byte numbers, and fetch 3.35 · 10¹² bytes. So it needs about 300 FLOPs for every byte, or it waits. This picture is called the **roofline**."""

# %% id="roofline"
FLOPS, BYTES = 990e12, 3.35e12  # of one second, from the maker's data sheet
need = FLOPS / BYTES
whole, moved = costs.attend_bill(4096, 128, 2)
in_tiles_moved = sum(costs.layer_bills(4096, 128, n_heads=1, tile=256)["traffic"])
decode = 2 * 2 / (2 * 2)  # each key and value: two FLOPs a number of two bytes, twice
print(
    f"needed: {need:.0f} FLOPs a byte.  all weights: {whole / moved:.0f}, tiles: {whole / in_tiles_moved:.0f}, decode: {decode:.0f}"
)
assert whole / moved < need / 4 and decode < 2

# %% [markdown] id="roofline-say"
r"""*All weights* is far below: it waits for memory most of the time. Tiles move less, and so run faster, with the *same* FLOPs. (Larger tiles move less still.)
Decode is at the bottom, whatever the kernel: every key and value is fetched to be used once. That is why grouped heads make decoding faster though they save no scores: four query heads that share a key use it four times.

## Which cost does it cut?"""

# %% [markdown] id="ex-14-6-text"
r"""### Exercise 14.6 · which cost does it cut?
8 min · ●●○

Now fill the table. For each remedy write the set of words that hold for it, out of `"same answer"`, `"FLOPs"`, `"peak"`, `"traffic"`, `"cache"`. The word of a bill means: for long texts, this remedy makes it clearly smaller. *Same answer*: a trained model may be switched to it and goes on giving the same answers.

- **tiles** instead of all weights, nothing masked
- **window_that_skips**: a causal window that skips tiles, and drops old keys from the cache
- **linear**: causal linear attention, its state instead of a cache
- **kept**: keys and values kept, instead of computing them again for each new token. *Peak* and *traffic* are not asked here.
- **grouped** heads instead of as many key heads as query heads. FLOPs of scores and α v; peak of all weights; traffic while writing.

<details><summary>Hint 1</summary>Go through the four bills one by one, and ask what is computed, held, moved, kept.</details>
<details><summary>Hint 2</summary>Three of the five are another function. Grouped heads have fewer tables for keys and values.</details>"""

# %% id="ex-14-6"
### BEGIN SOLUTION
tiles = {"same answer", "peak", "traffic"}
window_that_skips = {"FLOPs", "peak", "traffic", "cache"}
linear = {"FLOPs", "peak", "traffic", "cache"}
kept = {"same answer", "FLOPs"}
grouped = {"traffic", "cache"}
### END SOLUTION

# %% id="ex-14-6-check"
check.which_bills(tiles, window_that_skips, linear, kept, grouped)

# %% [markdown] id="table-say"
r"""<details><summary><b>The table, once you have passed</b></summary>

| remedy | same answer? | FLOPs | peak | traffic | cache |
|---|---|---|---|---|---|
| tiles | yes | | ↓ | ↓ | |
| window that skips | no | ↓ | ↓ | ↓ | ↓ |
| linear, gated linear | no | ↓ | ↓ | ↓ | ↓ |
| keys and values kept | yes | ↓ | | | it *is* the cache |
| grouped heads | no | | | ↓ | ↓ |
| a window by mask | no | | | | |

Whatever cuts all four bills gives another answer. Whatever gives the same answer leaves at least one bill as it was. And the last row cuts nothing.

</details>

## Is attention faster?

Chapter 5 measured a training step on two cores, one thread: batch 64, about equal parameters. Once more, with the question of this chapter."""

# %% id="steps"
race = {(p["name"], p["n"]): p["ms"] for p in recipes.measured("05_race")["prices"] if p["flushed"]}
print("milliseconds at N =      20     50    100    200    400   from 50 on like")
for name in ("RNN", "LSTM", "full self-attention"):
    row_of = [race[name, n] for n in (20, 50, 100, 200, 400)]
    slope, error, top = costs.fit_power([50, 100, 200, 400], row_of[1:])
    print(f"{name:20}", *(f"{ms:6.1f}" for ms in row_of), f"  N^{slope:.2f} ± {error:.2f}")
assert race["full self-attention", 400] > 3 * race["RNN", 400]

# %% id="your-steps" tags=["nbval-ignore-output"]
from utils.chapters.ch05_the_race import step_costs

for name in ("RNN", "LSTM", "full self-attention"):
    yours = [step_costs.measure(name, n, False)["ms"] for n in (50, 200)]
    print(f"{name:20}", *(f"{ms:6.1f}" for ms in yours), "  ms at N = 50, 200 here")
assert min(yours) > 0

# %% [markdown] id="steps-say"
r"""On one thread self-attention is **not** faster; at N = 400 it takes several times as long as the RNN. It does more work. But look at *how* it is done. The RNN needs N steps, each of which waits for the one before. Attention needs a few large products, and all their numbers can be made at the same time.
So hardware that does thousands of things at once helps the one and not the other. *Parallel hardware helps* is true, and it is this sentence. On a GPU, if there is one:"""

# %% id="gpu" tags=["nbval-ignore-output"]
table, source = measured_costs.on_gpu()
for name, row_of in table.items():
    print(f"{name:16}", *(f"N = {n}: {ms:.2f} ms" for n, ms in row_of.items()))
print(source)
assert isinstance(table, dict) and source

# %% [markdown] id="on-paper"
r"""### A million tokens, on paper

One prompt of a million tokens, the model of exercise 14.5, and GPUs as above that reach half of what their data sheet says. Causal, so half of the pairs:"""

# %% id="million"
n, d, n_layers = 1_000_000, 4096, 32
tables, square = costs.layer_bills(n, d, n_heads=32)["FLOPs"]
square = square / 2  # nobody looks ahead
seconds = n_layers * (tables + square) / (FLOPS / 2)
print(
    f"scores and α v: {square / (tables + square):.0%} of the FLOPs; one GPU: {seconds:.0f} s; a hundred: {seconds / 100:.1f} s"
)
print(
    f"α of one layer, if it were written down: {figures.told(32 * n * n * 2, 'B')}; the cache: {costs.cache_gib(card, n):.0f} GiB"
)
assert square > tables and costs.cache_gib(card, n) > MARKS["GPU"]

# %% [markdown] id="ring"
r"""Now N² *is* the bill, and even the cache is too large for one GPU. **Ring attention** cuts the *sequence*: each of P GPUs holds N/P queries, keys and values. They sit in a ring. Each attends its queries to the keys it has, passes those keys and their values on to its neighbour, gets others, and goes on, with the step of exercise 14.2: `peak`, `total` and `out` stay, the tiles come by.

While it computes, the next tile is on its way. Does the passing hide behind the computing? A link of 450 GB a second in each direction:"""

# %% id="ring-shown"
P = 100
mine = n // P  # tokens on one GPU
computing = 4 * mine**2 * d / (FLOPS / 2)  # seconds for one tile, one layer, all heads
passing = 2 * mine * (8 * 128) * 2 / 450e9  # keys and values of 8 heads of 128 features, 2 bytes each
print(f"one tile: computing {1000 * computing:.1f} ms, passing {1000 * passing:.2f} ms")
assert passing < computing

# %% [markdown] id="ring-say"
r"""It hides with room to spare. These are data-sheet numbers and round factors, on paper. They tell where to look for the bottleneck, not how fast it will be.

### Crossings, once more

From how many tokens on is a kernel cheaper than *all weights*, and than the library's fused one? Forward, one thread, read between the measured points. 128: wherever we measured. A dash: not up to 8,192."""

# %% id="crossings"
lengths = [*times["library"]]
print("                 than all weights   than the library")
for name in ("library", "tiles", "window by tiles", "linear, causal", "linear, gated"):
    rivals = [[*times[rival].values()] for rival in ("all weights", "library")]
    found = [costs.crossing(lengths, rival, [*times[name].values()]) for rival in rivals]
    print(f"{name:16}", *("—".rjust(16) if n is None else f"{n:16,.0f}" for n in found))

# %% [markdown] id="caveat"
r"""A caveat. These are one machine, one shape, one thread, and kernels of the course, written to be read. A kernel written for a GPU moves the crossings. The *order of the bills* stays.

## What we learnt

- Four bills: FLOPs, peak, traffic, cache. The first three come to be mostly N², each at another N, FLOPs last, at N ≈ 6d. The cache grows with N.
- Tiles give the exact answer with a peak that grows like N. A mask saves no work. A cache saves recomputing and is no linear time. Linear attention is another function, whose memory holds about d pairs well.
- Attention is not faster by itself. It can be done at the same time, where the hardware can."""

# %% [markdown] id="check-yourself"
r"""## Check yourself"""

# %% id="quiz"
check.yourself()

# %% [markdown] id="ex-14-7-text"
r"""## Going further

### Exercise 14.7 · how many pairs fit?
10 min · ●●○ · stretch, you may skip it

Write the measurement yourself. `keys` is (n, d), `values` (n, 16), each row a single 1 among zeros. Put all pairs into one matrix, ask it for each key, and return the **share** of keys whose own symbol comes out largest. Only the matrix may be asked, not the list of keys.

<details><summary>Hint 1</summary>All n outer products, added up, are one matrix product. Which of the two tables must be turned?</details>
<details><summary>Hint 2</summary><code>argmax(axis=1)</code> says which symbol is largest in each row, of what came back and of what was written.</details>"""


# %% id="ex-14-7"
def recalled(keys, values):
    """Return the share of pairs that a matrix memory gives back, a number from 0 to 1."""
    ### BEGIN SOLUTION
    S = keys.T @ values
    return np.mean((keys @ S).argmax(axis=1) == values.argmax(axis=1))
    ### END SOLUTION


# %% id="ex-14-7-check"
check.recalled(recalled)

# %% id="pairs-that-fit"
counts = list(range(4, 200, 8))
for d in (16, 32, 64):
    found = capacity.shares(capacity.recalled, d, counts, repeats=20)
    print(
        f"d = {d}: nine in ten come back up to about {max(n for n, share in zip(counts, found, strict=True) if share > 0.9)} pairs"
    )

# %% [markdown] id="going-on"
r"""- M. Milakov, N. Gimelshein (2018), *Online normalizer calculation for softmax*: the step of exercise 14.2.
- T. Dao and others (2022), *FlashAttention: fast and memory-efficient exact attention with IO-awareness*. *Exact* stands in the title.
- A. Katharopoulos and others (2020), *Transformers are RNNs*: linear attention. S. Yang and others (2024), *Gated linear attention transformers with hardware-efficient training*.
- N. Shazeer (2019), *Fast transformer decoding*; J. Ainslie and others (2023), *GQA*. DeepSeek-AI (2024), *DeepSeek-V2*, section 2.1: a latent cache.
- S. Williams, A. Waterman, D. Patterson (2009), *Roofline*. H. Liu, M. Zaharia, P. Abbeel (2023), *Ring attention with blockwise transformers*. A. Vaswani and others (2017), *Attention is all you need*, table 1: N < d.

Words of this chapter: [Linear attention](glossary.md#linear-attention) · [Online softmax](glossary.md#online-softmax) · [Window](glossary.md#window).

Next: [15 · Noise and uncertainty](15_noise_and_uncertainty.ipynb). A row of α always sums to one, even where it knows nothing; how can one tell?
Before you go on, shut this kernel down (menu *Kernel*, *Shut Down Kernel*): each open chapter holds memory."""
