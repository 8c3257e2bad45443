# %% [markdown] id="title"
r"""# 5 · The race
*Same task, same budget, same search.*

**You will be able to** set up a comparison that is fair, read a run that did not get there, and tell a task that asks for *access* from one that asks for *weights*.

About 55 minutes, 65 with the stretch exercise · you need chapters [1](01_weighted_sums.ipynb) and [2](02_scores_and_softmax.ipynb), and the RNN, the GRU and the LSTM of chapters 3 and 4."""

# %% id="imports"
import numpy as np
import torch

from utils import plots, recipes, training
from utils.chapters.ch05_the_race import check, fairness, figures, leaderboard, race
from utils.chapters.ch05_the_race.line_up import pictures
from utils.widgets import Choice, panel, predict

# %% [markdown] id="warm-up"
r"""## Warm up

Two questions from chapters 3 and 4."""

# %% id="recall"
check.recall()

# %% [markdown] id="unfair"
r"""## A result you should not believe

Somebody compares two machines. Rows of 20 symbols go in, and at the end each must name the **first** symbol.
There are eight symbols, so blind guessing is right in one of eight rows: 0.125.
One machine is an LSTM. The other, a single look of attention, comes in a minute. Here is the result."""

# %% id="unfair-run" tags=["nbval-ignore-output"]
torch.set_num_threads(1)  # one thread: times can be compared, and nothing is lost on models this small
lstm = race.Recurrent("lstm", 8, 33, 8)  # as torch starts it
terms = {"steps": 150, "show": False}
_, slow = race.run("LSTM", "first symbol", 20, 1, lr=0.01, model=lstm, **terms)
_, fast = race.run("attention read", "first symbol", 20, 1, lr=0.01, **terms)
print(f"LSTM: {slow.metric()[-1]:.2f}    attention: {fast.metric()[-1]:.2f}")
training.expect(fast.metric()[-1] > 0.95 and slow.metric()[-1] < 0.5, "the unfair race has another winner today")
assert slow.metric() and fast.metric()

# %% [markdown] id="unfair-say"
r""""So LSTMs cannot remember 20 symbols." You may have read sentences like this. Before you believe one, ask what was done:

- **one start.** This LSTM began as torch starts it. Chapter 4 showed how much the start decides.
- **one learning rate.** It was the first that came to mind, and it happened to suit the attention.
- **one stop.** 150 steps are a budget, no law of nature. A run that stopped says "not within the budget". It never says "cannot".
- **one seed.** Another draw of first weights may end elsewhere.

This chapter repeats the comparison under equal terms. Six machines enter, two tasks wait for them."""

# %% [markdown] id="tasks"
r"""## Two tasks

**First symbol.** Read N symbols, then name the first. The others are noise.

**Associative recall.** Read pairs of a key and a value. Then comes one of these keys alone. Name the value that went with it.

Two rows of each, with five symbols and with three pairs:"""

# %% id="tasks-shown"
x, y = race.first_symbol(5, 2, training.seeded(0))
for row, answer in zip(x.tolist(), y.tolist(), strict=True):
    print(row, "→", answer)
x, y = race.associative_recall(3, 2, training.seeded(0))
for row, answer in zip(x.tolist(), y.tolist(), strict=True):
    print(" ".join(f"{key}:{value}" for key, value in row[:-1]), f" {row[-1][0]}:?", "→", answer)

# %% [markdown] id="tasks-say"
r"""In the first task it is known from the start *where* the answer stands: at place 0. In the second it may stand anywhere, and only the last item says where. Keep this difference in mind.

(In the race there are 16 keys and 16 values to draw from, and for more than eight pairs twice as many as pairs. We changed that after a first look: with only 20 keys for 20 pairs, attention as well stayed at a guess within the budget. All entrants were then run again.)

Making such rows is easy to get wrong. A row may **leak**: it may let a machine find the answer without doing what we want to test."""

# %% [markdown] id="ex-5-1-text"
r"""### Exercise 5.1 · rows without a leak
12 min · ●●○

Write the second task with NumPy. Keys and values are whole numbers from 0 to 15. Return `x` (batch, n + 1, 2) and `y` (batch,).

- `x[:, :n, 0]` are the keys, `x[:, :n, 1]` the values. In a row no key and no value comes twice.
- The last item is the key that is asked for, and 16, the blank, in the value's place. `y` is the value that went with it.
- Every pair has the same chance to be asked for, and nothing else about the row tells the answer. Draw all from `rng`.

<details><summary>Hint 1</summary>Sixteen numbers in a random order, cut after n: that is n different numbers.</details>
<details><summary>Hint 2</summary><code>rng.permuted(table, axis=1)</code> shuffles each row of a table by itself. Keys and values need a shuffle each.</details>
<details><summary>Hint 3</summary>Draw one place for every row with <code>rng.integers(n, size=batch)</code>. With <code>np.arange(batch)</code> beside it as an index, it picks one key and one value from each row.</details>"""


# %% id="ex-5-1"
def recall_rows(n, batch, rng):
    """Return x (batch, n + 1, 2) and y (batch,) for associative recall."""
    ### BEGIN SOLUTION
    numbers = np.tile(np.arange(16), (batch, 1))  # (batch, 16)
    keys, values = (rng.permuted(numbers, axis=1)[:, :n] for _ in range(2))
    rows, asked = np.arange(batch), rng.integers(n, size=batch)
    last = np.stack([keys[rows, asked], np.full(batch, 16)], axis=-1)
    x = np.concatenate([np.stack([keys, values], axis=-1), last[:, None]], axis=1)
    return x, values[rows, asked]
    ### END SOLUTION


# %% id="ex-5-1-check"
check.recall_rows(recall_rows)

# %% [markdown] id="entrants"
r"""## Six entrants

| entrant | what it keeps | how it starts | path from the first item to the answer |
|---|---|---|---|
| mean | all items, each seen by a small network | torch's start | 1 |
| RNN | one vector | torch's start | N |
| RNN, orthogonal | one vector | a matrix that only turns (chapter 3) | N |
| GRU, LSTM | one vector, two | chrono: memories of many lengths (chapter 4) | N |
| attention read | all items | torch's start | 1 |

The **path length** is how many steps the news of the first item takes until it reaches the answer. A memory hands it on from state to state. The other two look at it directly.

The **attention read** is chapter 2, with one query. The last item asks, all items answer:

$$a = \sum_j \alpha_j\, v_j \qquad \alpha = \text{softmax}(q \cdot k_1, \dots, q \cdot k_N)$$

| in the formula | in the code | shape | in words |
|---|---|---|---|
| $q$ | `query` | `(d,)` | what the last item asks for |
| $k_j$ | `keys[j]` | `(d,)` | what item *j* answers to |
| $v_j$ | `values[j]` | `(d_v,)` | what item *j* says |
| $\alpha_j$ | `weights[j]` | a number, 0 to 1 | how much the last item listens to *j* |
| $a$ | `weights @ values` | `(d_v,)` | what it hears; a small network turns it into the answer |

The **mean** is its control. It has no query and no keys: its weights are all $1/N$, and nothing can change them.

A read by hand: the pairs A:3, B:7, C:5, and then B is asked for. Say that a matching key scores 4 and every other 0.
The powers are $e^4 = 54.6$ and twice 1, so the weights are 0.02, 0.96, 0.02, and the answer is $0.02 \cdot 3 + 0.96 \cdot 7 + 0.02 \cdot 5 = 6.9$."""

# %% id="read-by-hand"
keys, values, query = np.eye(3), np.array([3.0, 7.0, 5.0]), np.array([0.0, 4.0, 0.0])
powers = [np.exp(query @ key) for key in keys]
heard = 0.0
for power, value in zip(powers, values, strict=True):
    heard += power / sum(powers) * value
heard.round(2).item()

# %% id="read-matmul"
weights = np.exp(keys @ query) / np.exp(keys @ query).sum()
assert np.isclose(weights @ values, heard)
(weights @ values).round(2).item()

# %% [markdown] id="terms"
r"""## Equal terms

What must be equal, so that only the machines differ?

- **The task and its rows.** All learn from the same batches, and are asked the same held-out rows.
- **The number of parameters**, the numbers that training may set. Here 6,000 for each, as nearly as a whole number of units allows. (The vectors for places, which two of them get, come on top; more of this soon.)
- **The search.** Each machine is tried with the same number of learning rates, on a **validation seed**. Its best rate is then run on three **test seeds**, which had no part in the choice.
- **The budget.** Equal steps, and beside them the seconds, for a step of one is not as long as a step of the other.
- **The goal.** 97 % of 256 held-out rows, asked every 20 steps."""

# %% [markdown] id="ex-5-2-text"
r"""### Exercise 5.2 · a fair width
10 min · ●●○

An RNN has one matrix from its d_in inputs and one from its h old states, and two biases, for h units. A GRU has three such sets, an LSTM four: call this number `gates`.
Then a linear layer reads the last state: n_out answers, each with h weights and a bias.

Return the **largest** h whose machine has at most `budget` parameters.

<details><summary>Hint 1</summary>One set: h·d_in for the inputs, h·h for the states, and twice h for the biases.</details>
<details><summary>Hint 2</summary>Count up from h = 1 until the next one would be too large.</details>"""


# %% id="ex-5-2"
def fair_width(gates, d_in, n_out, budget):
    """Return the largest hidden size with at most ``budget`` parameters."""

    ### BEGIN SOLUTION
    def size(h):
        return gates * h * (d_in + h + 2) + (h + 1) * n_out

    h = 1
    while size(h + 1) <= budget:
        h += 1
    return h
    ### END SOLUTION


# %% id="ex-5-2-check"
check.fair_width(fair_width)

# %% id="parameters-shown"
for name in race.ENTRANTS:
    model = race.enter(name, "associative recall", 5)
    print(f"{name:16}{race.count(model):6} parameters")

# %% [markdown] id="clock"
r"""## An honest clock

One trap is left. Chapter 3 showed that gradients can fade. On long rows they may fade below $10^{-38}$. There ordinary 32-bit numbers end.
Even smaller ones, down to $10^{-45}$, can be kept in a special form with fewer digits. They are called **denormal**.

**Predict.** What can denormal numbers do to a race?"""

# %% id="predict-clock-choice"
predict(
    "5-denormal",
    "nothing: every number takes equally long to compute",
    "machines with a memory look slower than they are, on long rows",
    "attention looks slower than it is, on long rows",
)


# %% id="denormals" tags=["nbval-ignore-output"]
def share_of_denormals(flush, n=300):
    """Return how many of the gradients by the inputs are denormal, for an LSTM as torch starts it."""
    torch.set_flush_denormal(flush)
    model = race.Recurrent("lstm", 8, 33, 8)
    x, y = race.draw("first symbol", n, 16, training.seeded(0))
    torch.nn.functional.cross_entropy(model(x.requires_grad_()), y).backward()
    return ((x.grad != 0) & (x.grad.abs() < 1.17e-38)).double().mean().item()


as_they_are, flushed = share_of_denormals(False), share_of_denormals(True)
print(f"denormal: {as_they_are:.0%} of the gradients; flushed: {flushed:.0%}")
assert as_they_are > 0.02 and flushed == 0

# %% [markdown] id="denormals-say"
r"""<details><summary><b>After you ran it</b></summary>

Here they come from gradients that fade from step to step, so machines with a memory are slowed down first. Whether they are at all depends on the processor.
On some, a denormal number takes much longer than an ordinary one. What was seen on two, for one training step of an LSTM over 200 symbols
(with 33 units on the first and 64 on the second; compare within a line only):

</details>"""

# %% id="denormal-cost"
stored = recipes.measured("05_race")
took = {p["flushed"]: p["ms"] for p in stored["prices"] if (p["name"], p["n"]) == ("LSTM, torch's start", 200)}
elsewhere = stored["elsewhere"]
print(f"{stored['processor']}: {took[False]:.0f} ms as they are, {took[True]:.0f} ms flushed")
print(f"{elsewhere['processor']}: {elsewhere['not flushed, ms']} ms as they are, {elsewhere['flushed, ms']} ms flushed")

# %% [markdown] id="flush"
r"""On the first it makes no difference. On the second a race over 200 symbols would have shown a cliff that belongs to the clock, and not to the LSTM.
So before any time is measured, denormal numbers are taken for zero. `flush_denormals` does that, and answers whether it worked."""

# %% id="flush-now"
assert training.flush_denormals()

# %% [markdown] id="small-race"
r"""## A small race, now

Rows of 10 symbols, two learning rates for each machine, 300 steps, three test seeds. `training.search` refuses terms that are not equal.

**Predict.** Which machines find the first of ten symbols within 300 steps, on all three seeds?"""

# %% id="predict-small-choice"
predict(
    "5-small", "only the attention read", "attention read and mean, who look directly", "all but torch's RNN", "all six"
)


# %% id="small-race-run" tags=["nbval-ignore-output"]
def one_run(name, seed, lr):
    return race.run(name, "first symbol", 10, seed, lr=lr, steps=300)[1]


found = training.search({name: {"lr": [0.003, 0.01]} for name in race.ENTRANTS}, one_run)
live = {name: {10: [training.steps_to(run, race.GOAL) for run in each.tests]} for name, each in found.items()}
for name, row in live.items():
    print(f"{name:16} lr {found[name].setting['lr']:<6} steps to 97 %:", *(steps or "—" for steps in row[10]))
training.expect(all(live["attention read"][10]), "the attention read did not get there")
assert len(live) == 6

# %% [markdown] id="small-race-say"
r"""<details><summary><b>After you ran it</b></summary>

At ten symbols nearly everybody gets there, the machines with a memory among them. A dash means: not within 300 steps.
So much for the sentence at the top. The question is not who *can*. It is **how the bill grows** with N.

</details>

## The whole race, measured earlier

It takes too long to run here. The recipe `utils/chapters/ch05_the_race/recipes/race.py` ran it once, and stored every run with its settings. These were:"""

# %% id="settings"
for what, value in stored["settings"].items():
    print(f"{what}: {value}")
told = stored["provenance"]
print("date:", told["date"], "· machine:", told["machine"]["system"], "· torch", told["machine"]["torch"])

# %% [markdown] id="predict-far"
r"""**Predict.** First symbol, 100 symbols in a row, 1,000 steps. Who gets there on all three seeds?"""

# %% id="predict-far-choice"
predict(
    "5-far",
    "only the attention read",
    "attention read and mean, who look directly",
    "attention read and GRU",
    "all but torch's RNN",
)

# %% id="first-symbol-steps"
budget = stored["settings"]["steps"]
first = leaderboard.table(stored["runs"], "first symbol", budget=budget)
plots.show(
    figures.plot_standings(
        first, budget=budget, title="First symbol: short rows are easy for all, then the field spreads"
    ),
    alt="Steps to 97 percent against the length of the row. Up to 20 symbols six lines lie between 20 and 450 steps. "
    "On longer rows they rise, and one entrant after the other ends in an arrow at 1,000 steps.",
)

# %% id="first-symbol-table"
print(" " * 16, *(f"N = {n:<12}" for n in (20, 50, 100, 200)))
for name, row in first.items():
    print(f"{name:16}", *(f"{', '.join(str(steps or '—') for steps in row[n]):16}" for n in (20, 50, 100, 200)))
assert max(first["RNN, orthogonal"][20]) <= 80 and all(first["mean"][50]) and not any(first["RNN"][50])
assert [name for name in first if all(first[name][100])] == ["GRU", "attention read"]
assert [name for name in first if any(first[name][200])] == ["attention read"]
assert max(first["attention read"][50]) == 4 * min(first["attention read"][50])

# %% [markdown] id="first-say"
r"""<details><summary><b>After you looked</b></summary>

At 100 it is the attention read and the GRU. The GRU has one vector to carry everything in, and it started with memories of many lengths. So did the LSTM, which stayed behind; these runs do not say why. At 200 only the attention read is left.

Torch's RNN is the first to be left behind. That fits chapter 3: its gradient fades. But look at the RNN with the orthogonal start. Up to 10 symbols it is the *quickest of all*, and at 20 about level with attention.
So much for "attention learns faster than a recurrence". On short rows it need not.

Look at the dots at 50 as well. The attention read took 80 steps with one seed, and four times as many with another. One seed would have told you whatever it liked.

The mean gets slower with N. A likely reason: each item counts $1/N$, so what the first one says grows fainter.

</details>

A caveat: these are three seeds, one width, and a search of three learning rates at three lengths. Other terms would move the lines.

### And by the clock?

A step over a longer row takes longer, and a step of one machine longer than a step of another. The same runs, in seconds of one processor:"""

# %% id="first-symbol-seconds"
ceiling = {
    name: {n: leaderboard.spent(stored["runs"], "first symbol", name, n, budget) for n in row}
    for name, row in first.items()
}
plots.show(
    figures.plot_standings(
        leaderboard.table(stored["runs"], "first symbol", budget=budget, what="seconds"),
        budget=ceiling,
        ylabel="seconds to 97 %",
        title="The same race by the clock: arrows stand where the budget was spent",
    ),
    alt="Seconds to 97 percent against the length of the row, the same six entrants. The lines rise more steeply than those for steps.",
)

# %% [markdown] id="places"
r"""## How does it know which one came first?

The weights of a read come from what the items *are*. Each item here is one of eight symbols. How can it know which of them stood at place 0?
It cannot, from the symbols alone. So our read got help: **a vector for each place, added to the item**. It is learnt, like everything else. Chapter 9 is about such vectors.

Without them the read sees a heap, not a row."""

# %% [markdown] id="ex-5-3-text"
r"""### Exercise 5.3 · break the attention
6 min · ●●○

Find two rows of five symbols (0 to 7) that an attention read **without** places must answer alike, although their first symbols differ.
It works for *any* weights, trained or not. Write them as lists.

<details><summary>Hint 1</summary>What does the weighted sum not notice?</details>
<details><summary>Hint 2</summary>One item has a special part: the last one asks. Leave it where it is.</details>"""

# %% id="ex-5-3"
### BEGIN SOLUTION
row = [1, 2, 3, 4, 5]
twin = [2, 1, 3, 4, 5]
### END SOLUTION

# %% id="ex-5-3-check"
check.same_heap(row, twin)

# %% [markdown] id="places-try"
r"""A pair of the course's, in a read without places and in one with:"""

# %% id="places-tried"
symbols = torch.eye(8)[torch.tensor([[3, 6, 1, 1, 0], [1, 6, 1, 3, 0]])]
for places in (None, 5):
    read = race.AttentionRead(8, 32, 8, places=places, seed=0)
    one, other = read(symbols).detach()
    print(
        "without places:" if places is None else "with places:   ",
        "alike" if torch.allclose(one, other) else "different",
    )

# %% [markdown] id="places-say"
r"""So attention does not know order by itself. That is one half. The other half: it can be told, and one vector for each place is enough.
(There is also a mask that lets order leak in. Chapter 7 has it.)

## Access, or weighting?

Attention is good at the first symbol. Is that because of its **weights**? The mean is the test. It has access to all items, as attention has. Its weights are all alike.
It, too, gets a vector for each place, and looks at each item with a small network. Could that be enough?"""

# %% [markdown] id="ex-5-4-text"
r"""### Exercise 5.4 · a mean that knows the first
8 min · ●●○

Be that small network. For each item return a value of eight numbers. It may depend on the item's symbol and on its place, on nothing else.
The **plain mean** of the values over a row must have its largest number at the first symbol, for rows of any length, and whatever the others are.

<details><summary>Hint 1</summary><code>np.eye(8)[x]</code> is one 1 for each symbol, (B, N, 8). If all items speak alike, the commonest symbol wins.</details>
<details><summary>Hint 2</summary>A value may be zero. Then the item counts as much as before, and says nothing.</details>
<details><summary>Hint 3</summary>Multiply by something of shape (N, 1) that is 1 at place 0.</details>"""


# %% id="ex-5-4"
def first_only(x):
    """Return a value (B, N, 8) for each of the symbols x (B, N)."""
    ### BEGIN SOLUTION
    is_first = (np.arange(x.shape[1]) == 0)[:, None]
    return np.eye(8)[x] * is_first
    ### END SOLUTION


# %% id="ex-5-4-check"
check.first_only(first_only)

# %% id="mean-at-200"
x = np.random.default_rng(0).integers(8, size=(500, 200))
weights = np.full((500, 1, 200), 1 / 200)  # all alike
answers = (weights @ fairness.first_only(x))[:, 0].argmax(axis=-1)
assert (answers == x[:, 0]).all()
f"right with equal weights, at 200 symbols: {(answers == x[:, 0]).mean():.0%}"

# %% [markdown] id="access-say"
r"""**First verdict.** First symbol asks for *access* to one place, the same in every row. Direct access gives it. A memory may carry the news as well, as long as it lasts.
What the task does *not* ask for are *weights* that depend on the row. Equal weights solve it, because **what** an item says can depend on its place. You have built that by hand, for rows of 200, and the stored mean has *learnt* it for rows up to 50, on every seed.
(On longer rows it learns slowly: see the table above. Having a solution is one thing, finding it within a budget another.)

So this task, which is so often shown as attention's triumph, does not show that attention's weights are needed.

## A task for weights

In associative recall nobody knows beforehand which item will matter. The last one says it. **Predict.** Five pairs, 1,000 steps. Who gets to 97 %?"""

# %% id="predict-pairs-choice"
predict(
    "5-pairs", "all who did well at the first symbol", "only the attention read", "attention read and mean", "all six"
)

# %% id="pairs-steps"
pairs = leaderboard.table(stored["runs"], "associative recall", budget=budget)
plots.show(
    figures.plot_standings(
        pairs, budget=budget, xlabel="pairs in a row, N", title="Associative recall: one line, and arrows"
    ),
    alt="Steps to 97 percent against the number of pairs. Only the attention read has a line; the others are arrows at 1,000 steps.",
)


# %% id="pairs-ends"
def ends(n, budget):
    """Return the held-out accuracy at the end of the runs, rounded, for every entrant and test seed."""
    runs = [
        r for r in stored["runs"] if (r["task"], r["n"], r["budget"]) == ("associative recall", n, budget) and r["seed"]
    ]
    return {name: [round(r["accuracy"][-1], 2) for r in runs if r["name"] == name] for name in race.ENTRANTS}


assert all(pairs["attention read"][5]) and not any(
    steps for name in ("mean", "RNN", "GRU", "LSTM") for steps in pairs[name][5]
)
assert 6 < leaderboard.middle(pairs["attention read"][20]) / leaderboard.middle(pairs["attention read"][5]) < 8
for name, accuracy in ends(5, budget).items():
    print(f"{name:16}", *accuracy)

# %% [markdown] id="pairs-say"
r"""<details><summary><b>After you looked</b></summary>

Only the attention read. The others end between 0.14 and 0.24. Whoever has learnt which five values came, and guesses among them, gets 0.20.
Nor is it free for the attention read: at 20 pairs it needs about seven times as many steps as at five.

</details>

May we say now that an LSTM cannot do it? No: an arrow is a budget. Two of them were given eight times as much, at five pairs:"""

# %% id="pairs-longer"
for name in ("GRU", "LSTM"):
    print(f"{name}, 8,000 steps:", *ends(5, 8000)[name])
assert (
    max(ends(5, 8000)["LSTM"] + ends(5, 8000)["GRU"]) < 0.3
    and stored["elsewhere"]["LSTM of 64 units, steps to 97 %"] == 6140
)

# %% [markdown] id="longer-say"
r"""Still near 0.20. And still it is no proof. In an earlier trial of ours a larger LSTM, with 64 units, larger batches and other keys, got to 97 % on five pairs, after about six thousand steps.
The gap to the attention read is real. It is a gap in steps.

Now live: the read and its control, the mean, on five pairs. Then the read's α for eight rows that it has never seen."""

# %% id="pairs-live" tags=["nbval-ignore-output"]
read, its_way = race.run("attention read", "associative recall", 5, 1, lr=0.01, steps=400)
_, mean_way = race.run("mean", "associative recall", 5, 1, lr=0.003, steps=400)
x, y = race.draw("associative recall", 5, 256, training.seeded(7))
alpha = read.weights(x).detach()[:, 0].numpy()  # (256, 6)
asked = (x[:, :-1, :16] * x[:, -1:, :16]).sum(-1).argmax(-1).numpy()  # where the key stands that is asked for
print(f"attention read: {its_way.metric()[-1]:.2f}    mean: {mean_way.metric()[-1]:.2f}")
training.expect((alpha.argmax(axis=1) == asked).mean() > 0.9, "the read does not look at the pair that is asked for")
assert alpha.shape == (256, 6)

# %% id="pairs-alpha"
plots.show(
    plots.plot_alpha(
        alpha[:8],
        [f"asks for pair {place + 1}" for place in asked[:8]],
        [*(f"pair {place + 1}" for place in range(5)), "itself"],
        title="The weights follow the question",
    ),
    alt="Eight rows of weights over five pairs and the item that asks. In each the dark cell stands at the pair that was asked for.",
)

# %% [markdown] id="weights-say"
r"""**Second verdict.** Associative recall is where *weights* pay: whom to listen to depends on who asks. A memory may get there without them, as that larger LSTM did, after many more steps.
This is the soft look-up of chapter 2, and nobody wrote its scores by hand.

## Play with it

Each choice shows one stored run: how the six learnt (seed 1), and what counted at the end of one row.
Purple bars are weights, α. Red bars are a **sensitivity**: how much the error would move if the item moved a little, as shares. A memory has no α of that kind.

**One question to settle by playing:** at first symbol, whose tallest bar stands at the first item? For which lengths?"""

# %% id="race-panel"
WHAT = {f"{task}, {n}": (task, n) for task, n in leaderboard.shown(stored["runs"])}


def draw_race(what):
    runs = leaderboard.of_seed(stored["runs"], *WHAT[what], budget=budget)
    curves = {run["name"]: (run["steps"], run["accuracy"]) for run in runs}
    return figures.plot_learning(curves, {run["name"]: run["look"] for run in runs}, title=what)


def say_race(what):
    runs = leaderboard.of_seed(stored["runs"], *WHAT[what], budget=budget)
    return f"{what}: " + ", ".join(f"{run['name']} {run['accuracy'][-1]:.2f} after {run['done']} steps" for run in runs)


panel(draw_race, alt=say_race, name="the race, run by run", what=Choice(WHAT, label="task and N"))

# %% [markdown] id="played"
r"""Whose tallest bar stands at the first item:"""

# %% id="played-answer"
for what in [what for what in WHAT if what.startswith("first")]:
    runs = leaderboard.of_seed(stored["runs"], *WHAT[what], budget=budget)
    print(f"{what}:", ", ".join(run["name"] for run in runs if np.argmax(run["look"]) == 0 < np.ptp(run["look"])))

# %% [markdown] id="played-say"
r"""The attention read looks straight at the first item, at every length. A memory that has learnt the task lets its beginning count as well, through all the states in between.
One row is one row: another would give other red bars.

## Does parallel hardware help?

A memory must go step by step: state 7 needs state 6. Attention scores all items at once. On hardware that does many things at once, this is a gift.
So is attention cheaper? **Predict**, for one thread of a processor, and rows of 200."""

# %% id="predict-price-choice"
predict(
    "5-price",
    "every attention is cheaper than every memory",
    "the one look is cheaper than the RNN, full self-attention is not",
    "every memory is cheaper than every attention",
)

# %% [markdown] id="price-intro"
r"""**Full self-attention** lets *every* item ask, not only the last one: N questions, and $N^2$ scores. Chapter 7 is about it.
Each number comes from a process of its own, one training step with batches of 64, middle of nine:"""

# %% id="prices"
prices = [p for p in stored["prices"] if p["flushed"] and p["name"] in figures.RACERS]
plots.show(
    figures.plot_prices(prices, title="One look is cheapest; N looks cost more than a memory"),
    alt="Milliseconds per training step against the length of the row. The attention read is lowest, full self-attention rises fastest.",
)

# %% id="price-table"
cost = {(p["name"], p["n"]): p for p in prices}
for name in dict.fromkeys(p["name"] for p in prices):
    path = 1 if "attention" in name else 200
    print(
        f"{name:20} N = 200: path {path:3}, {cost[name, 200]['ms']:5.1f} ms, {cost[name, 200]['MB']:5.0f} MB more memory"
    )
assert cost["attention read", 200]["ms"] < cost["RNN", 200]["ms"] < cost["full self-attention", 200]["ms"]

# %% [markdown] id="price-say"
r"""<details><summary><b>After you looked</b></summary>

One look is cheaper than the RNN, N looks are not. The path is short in both. So "attention is faster, because it is parallel" needs a condition: *on hardware that is parallel*.
The clock measures a program as well as an idea: with equal parameters, torch's LSTM takes less time here than its RNN, and its GRU more.
One thread has to work through the $N^2$ scores by itself. A graphics processor does thousands at a time, and there the recurrent loop is what waits. We have not measured that here.
Chapter 14 draws up the whole bill.

</details>

Your own machine, now, for rows of 100:"""


# %% id="your-clock" tags=["nbval-ignore-output"]
def milliseconds(name):
    history = race.run(name, "first symbol", 100, 0, lr=0.001, steps=8, every=8, until=None, batch=64, show=False)[1]
    return 1000 * history.seconds[-1] / history.done


yours = {name: milliseconds(name) for name in ("RNN", "GRU", "LSTM", "attention read")}
for name, took in yours.items():
    print(f"{name:16}{took:6.1f} ms a step")
assert min(yours.values()) > 0

# %% [markdown] id="ten-maps"
r"""## Ten maps without names

A last look at all the ways to fill the matrix that you have met. Ten machines, twelve rows each. A row is who asks, a column whom it listens to.
Two of the maps are sensitivities, as shares: those of the two RNNs. For the two attention reads the twelve rows are twelve different questions, each asked by a last item. GRU and LSTM show one unit."""

# %% id="line-up-shown"
plots.show(
    figures.plot_line_up(pictures()),
    alt="Ten maps of twelve rows, A to J. Bands, triangles, a single dark column, scattered dark cells.",
)

# %% [markdown] id="ex-5-5-text"
r"""### Exercise 5.5 · the line-up
12 min · ●●● · stretch

Which machine drew which map? The names: `"attention read, first symbol"`, `"attention read, pairs"`, `"fading average"` (keeps 0.8 at every step), `"GRU"`, `"kernel regression"`,
`"LSTM"`, `"mean"` (of all so far), `"moving average"`, `"RNN"` (torch's start), `"RNN, orthogonal"`. Write a dictionary: `{"A": "…", …, "J": "…"}`.

<details><summary>Hint 1</summary>Begin with the easy ones: who may look ahead? Who knows a fixed place? Whose dark cells stand here and there?</details>
<details><summary>Hint 2</summary>Read what the last row sums to. Only one of these machines may write without giving anything up.</details>
<details><summary>Hint 3</summary>Rule or no rule: a fixed fade has one shade along each diagonal. A gate changes its mind from row to row, for all older columns at once.</details>"""

# %% id="ex-5-5"
### BEGIN SOLUTION
line_up = {
    "A": "LSTM",
    "B": "kernel regression",
    "C": "attention read, pairs",
    "D": "fading average",
    "E": "RNN",
    "F": "mean",
    "G": "attention read, first symbol",
    "H": "RNN, orthogonal",
    "I": "moving average",
    "J": "GRU",
}
### END SOLUTION

# %% id="ex-5-5-check"
check.line_up(line_up)

# %% [markdown] id="ex-5-6-text"
r"""### Exercise 5.6 · may I conclude?
8 min · ●●○

You have seen the race. Which of these sentences does it support? Write `True` or `False`.

- **a** No LSTM reached 97 % on five pairs in 1,000 steps, so an LSTM cannot do associative recall.
- **b** On first-symbol rows of 50, within this search and budget, the attention read needed fewer steps than the LSTM on each of three seeds.
- **c** The mean can find the first symbol with equal weights, so success on that task does not show that attention's weights are needed.
- **d** Torch's RNN falls behind on long rows, so the recurrence is to blame and the start plays no part.
- **e** Model X was tried with nine learning rates and model Y with one. X won, so X is better.
- **f** One look costs less than an RNN at 200 items, so full self-attention does, too.

<details><summary>Hint 1</summary>For each: what would the race have looked like if the sentence were false? Was that ruled out?</details>
<details><summary>Hint 2</summary>A sentence that names its terms and claims nothing beyond them is easier to support.</details>"""

# %% id="ex-5-6"
### BEGIN SOLUTION
a = False
b = True
c = True
d = False
e = False
f = False
### END SOLUTION

# %% id="ex-5-6-check"
check.conclusions(a, b, c, d, e, f)

# %% id="conclude-b"
assert all(mine < (its or budget + 1) for mine, its in zip(first["attention read"][50], first["LSTM"][50], strict=True))

# %% [markdown] id="learnt"
r"""## What we learnt

- A race is fair when task, parameters, search and budget are equal. A run that stopped says "not within the budget".
- First symbol asks for access: even equal weights solve it. In associative recall, weights that follow the question pay.
- Attention without places knows no order. Its path is 1; whether it is cheap depends on how many ask, and on the hardware."""

# %% [markdown] id="check-yourself"
r"""## Check yourself"""

# %% id="quiz"
check.yourself()

# %% [markdown] id="going-on"
r"""## Going further

- J. Ba, G. Hinton, V. Mnih, J. Leibo, C. Ionescu (2016), *Using fast weights to attend to the recent past*: associative recall as a test.
- C. Tallec, Y. Ollivier (2018), *Can recurrent neural networks warp time?*: the chrono start.
- S. Hochreiter, J. Schmidhuber (1997), *Long short-term memory*.
- P. Henderson and others (2018), *Deep reinforcement learning that matters*: how much seeds and unequal searches decide.

Words of this chapter: [Associative recall](glossary.md#associative-recall) · [Parameter](glossary.md#parameter).

Next: [6 · Alignments](06_alignments.ipynb), real words, and what is lost when all of them must pass through one vector.
Before you go on, shut this kernel down (menu *Kernel*, *Shut Down Kernel*): each open chapter holds memory."""
