# %% [markdown] id="title"
r"""# 6 · Alignments
*One vector is not enough.*

**You will be able to** build a machine that reads one row and says another, read from α where it looked while it spoke,
and change one row of α to find out what it does.

About 60 minutes, 75 with the stretch exercise · you need [chapter 2](02_scores_and_softmax.ipynb), and chapters 3 and 4 for what a recurrent network and a GRU are."""

# %% id="imports"
import numpy as np

from utils import plots, training
from utils.chapters.ch06_alignments import alignments as course, check, date_reader, edit_distances, figures, spelling
from utils.widgets import Slider, Text, Toggle, panel, predict

# %% [markdown] id="warm-up"
r"""## Warm up"""

# %% id="recall"
check.recall()

# %% [markdown] id="failure"
r"""## A machine that reads, and then speaks

People write dates in many ways. Computers like one: year, month, day. So *3 march 1999* should become *1999-03-03*.
A network that reads one row and says another is called **sequence to sequence**. It has two halves:

- The **encoder** reads, symbol by symbol, and carries a state. Ours is a GRU that reads forwards and a second one that reads backwards.
- The **decoder**, another GRU, speaks, symbol by symbol. It is fed what it has said last.

Symbols are not numbers, so each gets a vector of its own, which is learnt: an **embedding**.

What passes from one half to the other? In the first machines of this kind (2014) it was **one vector**, made of the encoder's last states.
Everything must go through it, so it is called the **bottleneck**.
We have trained one, on 20,000 written dates. It is fed its one vector at every step. Here is what it says of dates that it never saw, in whatever way they were written:"""

# %% id="bottleneck-dates" tags=["nbval-ignore-output"]
narrow = date_reader.shipped("bottleneck")
written, iso = date_reader.written_dates(2000, np.random.default_rng(99), held_out=True)
said, _ = date_reader.read_dates(narrow, written)
failures = [(w, a, b) for w, a, b in zip(written, said, iso, strict=True) if a != b]
for w, a, b in failures[:5]:
    print(f"{w:<28} says {a}, right {b}")
assert 200 < len(failures) < 700
f"{len(failures) / 20:.0f} % of 2,000 dates are wrong"

# %% [markdown] id="failure-say"
r"""Most is right, but digits get mixed up on the way through one vector. Yet everything that was needed stood on the page.
The encoder had a state at every symbol. We threw all of them away but the last.

## Keep them all, and ask

Keep every state of the encoder. Let the decoder, before it speaks, *ask* them: which of you has what I need now?
Each state gets a score, softmax turns scores into weights, and the decoder fetches the weighted average. At the next step it asks again, and looks elsewhere.

You know all the parts: the score is the additive one of chapter 2, with its $w$ now called $v$, as in the paper. This is what Dzmitry Bahdanau, Kyunghyun Cho and Yoshua Bengio published in 2015, as the first attention of this kind:

$$e_{ij} = v \cdot \tanh(W_q\, s_i + W_k\, h_j) \qquad \alpha_{ij} = \frac{e^{e_{ij}}}{\sum_m e^{e_{im}}} \qquad c_i = \sum_j \alpha_{ij}\, h_j$$

| in the formula | in the code | shape | in words |
|---|---|---|---|
| $s_i$ | `query` | `(d_q,)` | the decoder's state at step *i*: who asks |
| $h_j$ | `states[j]` | `(d_h,)` | the encoder's state at symbol *j*: who is asked |
| $e_{ij}$ | `scores[j]` | a number | how well state *j* answers step *i* |
| $\alpha_{ij}$ | `weights[j]` | a number, 0 to 1 | how much of state *j* is fetched |
| $c_i$ | `fetched` | `(d_h,)` | what the decoder gets, the *context* |

### Where in Bahdanau's equations are the query, the key and the value?

The words came two years later, so you will not find them in the paper. But all three are there.
The **query** is the decoder's state: it asks. The **keys** are the encoder's states: they are scored. The **values** are the encoder's states *again*: they are fetched.
Key and value are the same vectors here. Giving them different ones is chapter 7's step.

(The paper scores with the state *before* a step, and feeds what it fetched into the next state. We score with the state *after* it, and use what was fetched only to choose the symbol.
So this is Bahdanau's score in the order of Luong, Pham and Manning (2015). The decoder then never waits for α, and training is faster.)

By hand: two states, $h_1 = 2$ and $h_2 = 4$, of one number each. $W_q = v = 1$ and $W_k = -1$, and the query is 3. Then $e_1 = \tanh(3 - 2) = 0.76$ and $e_2 = \tanh(3 - 4) = -0.76$.
The powers are 2.14 and 0.47, so α = 0.82 and 0.18, and the decoder fetches $0.82 \cdot 2 + 0.18 \cdot 4 = 2.36$."""

# %% id="by-hand"
scores = np.tanh(3 - np.array([2.0, 4.0]))
weights = np.exp(scores) / np.exp(scores).sum()
weights.round(2).tolist(), (weights @ [2, 4]).round(2).item()

# %% [markdown] id="loop-say"
r"""With vectors: a loop first, one state after the other. Then all of them at once."""

# %% id="loop"
rng = np.random.default_rng(0)
query, states = rng.normal(size=3), rng.normal(size=(5, 4))  # (d_q,), (n_k, d_h)
W_q, W_k, v = rng.normal(size=(6, 3)), rng.normal(size=(6, 4)), rng.normal(size=6)
scores = np.zeros(5)
for j in range(5):
    scores[j] = sum(v * np.tanh(W_q @ query + W_k @ states[j]))

assert np.allclose(np.tanh(W_q @ query + states @ W_k.T) @ v, scores)
scores.round(2).tolist()

# %% [markdown] id="ex-6-1-text"
r"""## Words of different lengths

Many words are read at once, as one table. Short words are filled up with 0. That is **padding**. Nobody wrote it, so nobody may look at it: a **mask** says where real symbols stand.

### Exercise 6.1 · pad and mask
6 min · ●●○

`rows` is a list of lists of whole numbers. Return the table, filled up with 0 on the right, and the mask: True where a word has a symbol.
Here 0 may also be a symbol's number.

<details><summary>Hint 1</summary>The table is as wide as the longest word.</details>
<details><summary>Hint 2</summary>Can the table alone tell a symbol 0 from padding? What can?</details>
<details><summary>Hint 3</summary>Place j of a word is real if j is smaller than the word's length.</details>"""


# %% id="ex-6-1"
def pad_and_mask(rows):
    """Return (table, mask) of rows of different lengths   (B, longest) both."""
    ### BEGIN SOLUTION
    longest = max(len(row) for row in rows)
    table = np.array([[*row, *[0] * (longest - len(row))] for row in rows])
    mask = np.arange(longest) < np.array([len(row) for row in rows])[:, None]
    return table, mask
    ### END SOLUTION


# %% id="ex-6-1-check"
check.pad_and_mask(pad_and_mask)

# %% [markdown] id="ex-6-2-text"
r"""### Exercise 6.2 · one look
8 min · ●●○

Now the whole look, for one query: score all states, forbid the padding, weigh, fetch. `mask` (n_k,) is True where a state may be looked at.

<details><summary>Hint 1</summary>The scores stand in the cell with the loop. Forbidding is minus infinity, before the softmax (chapter 2).</details>
<details><summary>Hint 2</summary><code>np.where(mask, scores, -np.inf)</code>, then powers over their sum.</details>
<details><summary>Hint 3</summary>What is fetched are the states themselves: one row of weights times a table.</details>"""


# %% id="ex-6-2"
def look(query, states, W_q, W_k, v, mask):
    """Return what is fetched (d_h,) and the weights (n_k,)."""
    ### BEGIN SOLUTION
    scores = np.tanh(W_q @ query + states @ W_k.T) @ v
    powers = np.exp(np.where(mask, scores - scores.max(), -np.inf))
    weights = powers / powers.sum()
    return weights @ states, weights
    ### END SOLUTION


# %% id="ex-6-2-check"
check.look(look)

# %% [markdown] id="dates-again"
r"""## The same dates, with attention

A second machine has learnt from the same dates, for as many steps, with the same number of parameters. It may look.

**Predict.** How many of the 2,000 dates does it get wrong?"""

# %% id="predict-dates-choice"
predict("6-dates", "about as many as the bottleneck", "about half as many", "next to none")

# %% id="dates-shown" tags=["nbval-ignore-output"]
wide = date_reader.shipped("attention")
said, _ = date_reader.read_dates(wide, written)
wrong = sum(a != b for a, b in zip(said, iso, strict=True))
assert wrong < 20
f"with attention {wrong} of 2,000 dates are wrong; with the bottleneck it was {len(failures)}"

# %% [markdown] id="dates-alpha"
r"""And we can watch where it looks. A row of α is one step of the decoder, a column one state of the encoder.
Read in this way, as telling which part of the input an output belongs to, α is called an **alignment**."""

# %% id="dates-picture"
said, weights = date_reader.read_dates(wide, ["tuesday 2 march 1999"])
plots.show(
    plots.plot_alpha(
        weights[0],
        [*said[0], "(stop)"],
        list("tuesday 2 march 1999"),
        title="The year is said first, and read at the end",
    ),
    alt="α of a date. The rows that say the year look at its digits, at the right end; the rows of the month look at the "
    "month's name in the middle, those of the day at the day.",
)

# %% [markdown] id="states-not-letters"
r"""Two things to see.

The picture is **not a diagonal**. The year is said first and stands last, so the first rows look at the right end. Attention does not go from left to right; it goes where the answer is.

And be careful with the columns. They are named by symbols, but α does not point at symbols. It points at **states**. The state that stands at *m* has come
from the left through *tuesday 2* and from the right through *9991 hcra*: it **has read the whole date**, and knows its own neighbourhood best. When you read "it looks at m", think "it looks at the state that stands at m".

The comparison above is a race over one short distance: 400 steps. Give the bottleneck more steps, and it errs less and less. It learns *later*; "never" we have not seen.

You can train both again, about 15 seconds each: set `again` to True."""

# %% id="dates-train"
again = False
if again:
    for attention in (True, False):
        model, history = date_reader.train_dates(attention)
        print(f"{date_reader.wrong_dates(model):.1f} % wrong")

# %% [markdown] id="words"
r"""## Real words

Dates are exact, and made by a program. English spelling is neither. Here are words and how they are said, from the dictionary of Carnegie Mellon University."""

# %% id="words-shown"
dictionary = spelling.pronunciations()
{word: dictionary[word] for word in ("knight", "phone", "nation", "tomato")}

# %% [markdown] id="phonemes"
r"""Each sound, a **phoneme**, has a name in capitals. There are 39. Most consonants are what you expect; some are CH as in *cheese*, DH as in *thee*, HH as in *he*, JH as in *gee*, NG as in *ping*, SH, TH, and ZH as in *pleasure*.
The vowels: AA *odd*, AE *at*, AH *hut*, AO *ought*, AW *cow*, AY *hide*, EH *Ed*, ER *hurt*, EY *ate*, IH *it*, IY *eat*, OW *oat*, OY *toy*, UH *hood*, UW *two*.

The dictionary has 106,534 words of 2 to 10 letters. A tenth of them, chosen by their letters alone, is kept back for testing. Where it gives several pronunciations, each counts as right."""

# %% id="words-counted"
train_on, test_on = len(spelling.training_pairs()), len(spelling.held_out_words())
assert train_on + test_on == len(dictionary)
f"{train_on:,} words to learn from, {test_on:,} to test on"

# %% [markdown] id="ex-6-3-text"
r"""### Exercise 6.3 · what the decoder is fed while it learns
5 min · ●●○

At each step the decoder is fed what was said before. While it learns, it is fed what *should* have been said before, even if it would have said something else. That is **teacher forcing**.
All that is fed is then known beforehand, and one pass through the network trains them all.

`targets` (B, T) holds the right symbols. Return what is fed (B, T): first `start`, then the targets, one step late.

<details><summary>Hint 1</summary>To say N AY T and then stop, it is fed: start, N, AY, T.</details>
<details><summary>Hint 2</summary>The last target is never fed. Time runs along the second axis.</details>"""


# %% id="ex-6-3"
def fed(targets, start):
    """Return what each step is fed (B, T)."""
    ### BEGIN SOLUTION
    first = np.full((len(targets), 1), start)
    return np.concatenate([first, targets[:, :-1]], axis=1)
    ### END SOLUTION


# %% id="ex-6-3-check"
check.fed(fed)

# %% [markdown] id="ex-6-4-text"
r"""### Exercise 6.4 · speaking
8 min · ●●○

When it speaks for itself, nobody knows the right symbols. **Greedy** decoding takes the symbol with the highest score, and feeds it back.

`step(symbol, state)` returns the scores of all symbols and the next state. Begin with `start` and the `state` you are given. Return the list of symbols said.
The symbol `stop` ends the word and is not part of it. Say at most `longest` symbols.

<details><summary>Hint 1</summary>Two things go from step to step: the symbol that was said, and the state.</details>
<details><summary>Hint 2</summary>The order in the loop: ask, choose with <code>np.argmax</code>, end if it is the stop, else keep it.</details>"""


# %% id="ex-6-4"
def greedy(step, state, start, stop, longest):
    """Return the symbols that are said, the likeliest each time."""
    ### BEGIN SOLUTION
    said, symbol = [], start
    for _ in range(longest):
        scores, state = step(symbol, state)
        symbol = int(np.argmax(scores))
        if symbol == stop:
            break
        said.append(symbol)
    return said
    ### END SOLUTION


# %% id="ex-6-4-check"
check.greedy(greedy)

# %% [markdown] id="per"
r"""## How wrong is it?

Two measures. *Words wrong* is strict: one wrong phoneme, and the word is wrong. The **phoneme error rate** counts how many phonemes must be put in, taken out or replaced to make the answer right, for every hundred right phonemes. Lower is better, for both."""

# %% id="per-shown"
right = ["N", "AY", "T"]
[edit_distances.edit_distance(said, right) for said in (["N", "IH", "T"], ["K", "N", "AY", "T"], ["T"])]

# %% [markdown] id="ex-6-5-text"
r"""### Exercise 6.5 · how far from right
15 min · ●●● · stretch, you may skip it

Return the smallest number of edits that makes `right` out of `said`, two lists of phonemes. An edit puts one in, takes one out, or replaces one.

Fill a table: its entry (i, j) says how far the first *i* phonemes of `said` are from the first *j* of `right`.

<details><summary>Hint 1</summary>From nothing to j phonemes it takes j edits. That is the first row; the first column goes likewise.</details>
<details><summary>Hint 2</summary>Each other entry has three ways to come about: from above, from the left, and from the upper left. The last is free where both phonemes are equal.</details>"""


# %% id="ex-6-5"
def edit_distance(said, right):
    """Return how many edits lead from ``said`` to ``right``."""
    ### BEGIN SOLUTION
    table = np.zeros((len(said) + 1, len(right) + 1), dtype=int)
    table[:, 0], table[0] = np.arange(len(said) + 1), np.arange(len(right) + 1)
    for i in range(1, len(said) + 1):
        for j in range(1, len(right) + 1):
            replaced = table[i - 1, j - 1] + (said[i - 1] != right[j - 1])
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, replaced)
    return int(table[-1, -1])
    ### END SOLUTION


# %% id="ex-6-5-check"
check.edit_distance(edit_distance)

# %% [markdown] id="train-say"
r"""Now train one, here, on your machine: a GRU encoder and decoder with additive attention, 365,034 parameters. It draws 64 words at a time. It takes about half a minute.
(`dropout` is explained in chapter 10; here it is off.)
You may interrupt it with ■ and run the cell again: it goes on.

**Predict.** It begins knowing nothing. After 600 steps, how many of 100 phonemes will be wrong, in words that it never saw?"""

# %% id="predict-train-choice"
predict("6-train", "about 80", "about 50", "about 15", "about 2")

# %% id="train" tags=["nbval-ignore-output"]
pairs, some = spelling.training_words(), spelling.held_out_words()[::40]
young = spelling.new_speller(hidden=128, dropout=0.0)  # a torch module


def phoneme_error_rate(model):
    return spelling.measure(model, some)["phonemes"]


history = training.train(
    young,
    lambda model, generator: model.loss(*pairs.draw(64, generator)),
    steps=600,
    schedule=training.cosine,
    evaluate=phoneme_error_rate,
    every=60,
    name="spelling",
)
training.expect(lambda: history.metric()[-1] < 30, "the phoneme error rate should have fallen below 30 %")
assert history.done > 0

# %% id="train-curve" tags=["nbval-ignore-output"]
print({step: round(rate) for step, rate in zip(history.steps, history.metric(), strict=True)})
print(*[spelling.answer(young, word)[1] for word in ("knight", "phone", "alpha")], sep="\n")
assert history.losses[-1] < history.losses[0]

# %% [markdown] id="rate-over-100"
r"""<details><summary><b>After you ran it</b></summary>

About 15. Half a minute is enough for 85 of 100 phonemes. Each further one takes longer.

</details>

(At the beginning the rate is far above 100 %: it babbles on until it is cut off, and everything that is too much must be taken out.)

## One vector or many states: measured

Two pairs had about a minute, and about three, on one thread of a CPU; the script `utils/chapters/ch06_alignments/recipes/speller.py` has trained them.
Within a pair both saw the same words, for the same number of steps (1,900 or 5,700), with the same settings and the same number of parameters.
The cell shows what was measured then, on all held-out words, and measures again, on a tenth of them."""

# %% id="pair-measured" tags=["nbval-ignore-output"]
apart = []
for time, length in {"a minute": "short", "three minutes": "middle"}.items():
    for kind in ("attention", "bottleneck"):
        rates = spelling.facts(f"{kind}_{length}")["held_out"]
        print(f"{time:<13} {kind:<10} {rates['phonemes']:5.1f} % of phonemes, {rates['words']:.0f} % of words wrong")
        again = spelling.measure(spelling.shipped(f"{kind}_{length}"), spelling.held_out_words()[::10])
        apart.append(abs(again["phonemes"] - rates["phonemes"]))
assert max(apart) < 1.5

# %% id="pair-shown"
pair = {kind: spelling.facts(f"{kind}_short") for kind in ("attention", "bottleneck")}
plots.show(
    figures.plot_race(pair),
    alt="Left: phonemes wrong as training goes on; the bottleneck's line is far above attention's at first, and the gap shrinks. "
    "Right: after the whole minute, by letters of the word; the bottleneck's line rises steeply with the length, attention's little.",
)

# %% id="pair-assert"
late = [spelling.facts(f"{kind}_middle")["held_out"]["phonemes"] for kind in ("attention", "bottleneck")]
gap = [b["phonemes"] - a["phonemes"] for a, b in zip(*(about["curve"] for about in pair.values()), strict=True)]
longer = {
    n: pair["bottleneck"]["by_length"][n]["phonemes"] - pair["attention"]["by_length"][n]["phonemes"]
    for n in ("4", "7", "10")
}
assert gap[2] > 1.5 * gap[-1] and gap[-1] > 1.5 * (late[1] - late[0]) and longer["10"] > longer["7"] > longer["4"]
{f"{n} letters": f"{points:.0f} points more wrong" for n, points in longer.items()}

# %% [markdown] id="pair-say"
r"""The longer the word, the more must go through one vector, and the further the bottleneck falls behind. This is what the idea promised.

But look at the left panel, and at the figures after three minutes, too: **the gap shrinks with training**. Words are short. A vector of 128 numbers can hold ten letters, once it has learnt how; attention learns it sooner.
Do not conclude more than that from words of ten letters, and one seed each."""

# %% [markdown] id="name"
r"""## Your own name

This one had nine minutes on one thread and is larger, 754,154 parameters. How wrong is it, on all held-out words?"""

# %% id="long-measured" tags=["nbval-ignore-output"]
model, about = spelling.shipped("attention_long"), spelling.facts("attention_long")
print(
    {name: round(rate, 1) for name, rate in about["held_out"].items()},
    f"{about['provenance']['cpu_seconds']:.0f} seconds",
)
assert abs(spelling.measure(model, spelling.held_out_words()[::10])["phonemes"] - about["held_out"]["phonemes"]) < 1
assert about["held_out"]["phonemes"] < 7.5 and about["held_out"]["words"] < 29

# %% [markdown] id="name-say"
r"""Type your name. (Or anything else: see what it does with digits, an empty line, sixty letters.)

**One question to settle by playing:** find a word with a silent letter. Does any row look at the state that stands there?"""

# %% id="name-panel"


def draw_word(word):
    return figures.plot_said(spelling.answer(model, word)[0])


panel(
    draw_word,
    name="type a word and see where the model looks",
    alt=lambda word: spelling.answer(model, word)[1],
    word=Text("knight", label="a word"),
)

# %% [markdown] id="silent-say"
r"""## Two letters, one sound

Reading one picture is not measuring. *ph* is said F. When the model says this F, does it look at the state that stands at p, at the one at h, or at both? Ask all the held-out words with *ph*.

**Predict** before you run the cell."""

# %% id="predict-ph-choice"
predict("6-ph", "at p, mostly", "at h, mostly", "at both, about equally")

# %% id="ph" tags=["nbval-ignore-output"]
means = {}
for letters, phoneme in {"ph": "F", "sh": "SH", "kn": "N", "ck": "K", "tion": "SH"}.items():
    looks = spelling.look_at(model, spelling.held_out_words(), letters, phoneme)
    both = (np.sort(looks, axis=1)[:, -2] > 0.1).mean()
    means[letters] = {letter: w.round(2).item() for letter, w in zip(letters, looks.mean(axis=0), strict=True)}
    print(f"{letters} said {phoneme} in {len(looks)} words: {means[letters]}; two states above 0.1 in {both:.0%}")
assert means["ph"]["p"] > 0.8 and means["kn"]["n"] > 0.7

# %% [markdown] id="ph-say"
r"""<details><summary><b>After you ran it</b></summary>

At p, nearly always; hardly ever at both. It does not need both: each state has read the whole word, so the state at p can know that an h follows. Where the model *must* look is not settled by the spelling; training settles it somehow, and another seed may settle it otherwise.
So "it looks at the silent k" would be a story about letters, told of states. If we want to know what a row *does*, we must change it.

</details>

## Move the ink

α is a picture of what was fetched. But it is more than a picture: it is a handle. Overwrite one row, let everything else run as before, and read what the model says.
That is an **experiment**. High α *beside* an answer is not proof that it caused the answer. If one change is made and the answer changes, then this change did it."""

# %% [markdown] id="ex-6-6-text"
r"""### Exercise 6.6 · move one row
5 min · ●○○

Return a new α in which the row `step` has **all** of its ink on one `letter`. Every other row stays as it is, and so does the α you were given.

<details><summary>Hint 1</summary>Work on a copy.</details>
<details><summary>Hint 2</summary>The row must still sum to one: empty it first.</details>"""


# %% id="ex-6-6"
def move_row(weights, step, letter):
    """Return α (T, n_k) with all ink of row ``step`` on ``letter``."""
    ### BEGIN SOLUTION
    moved = weights.copy()
    moved[step] = 0
    moved[step, letter] = 1
    return moved
    ### END SOLUTION


# %% id="ex-6-6-check"
check.move_row(move_row)

# %% [markdown] id="predict-knight"
r"""*knight* is said N AY T. We take its first row, the one that says N, and put all of its ink on the state that stands at **k**.

**Predict.** What will the model say?"""

# %% id="predict-knight-choice"
predict("6-knight", "N AY T, as before", "K N AY T", "K AY T", "nothing that makes sense")

# %% id="knight"
word, step, letter = "knight", 0, 0
before = spelling.pronounce(model, word)
moved = course.move_row(before.weights, step, letter)
after = spelling.pronounce(model, word, rows={step: moved[step]})
assert str(before) == "N AY T"
str(before), str(after)

# %% id="knight-picture"
narrow_words = spelling.shipped("bottleneck_middle")
plots.show(
    figures.plot_moved(before, after, step=step, other=str(spelling.pronounce(narrow_words, word))),
    alt=f"Two α of knight. With its own rows the model says {before}; with the first row moved to k it says {after}, "
    "and the rows after it have changed, too.",
)

# %% [markdown] id="knight-say"
r"""<details><summary><b>After you ran it</b></summary>

It says the silent k. And then it goes on, sensibly: it has *heard itself* say K, so the next row says the N that is still missing. One row was moved by us, the others moved by themselves.
The bottleneck (below the picture) has nothing to take hold of: its one vector has no place that belongs to a letter.

</details>

Now you. Choose a word, a row (an output step) and a letter.

**One question to settle by playing:** find a row that you can move to another letter without a change in what is said. Does it take *every* letter?"""


# %% id="move-panel"
def move(word, row, letter, moved):
    """Return (before, after, step, sentence); both Said are None where there is no word to read."""
    said, sentence = spelling.answer(model, word)
    if said is None or not moved:
        return said, said, None, sentence
    step, place = min(row, len(said.weights)) - 1, min(letter, len(said.word)) - 1
    after = spelling.pronounce(model, said.word, rows={step: np.eye(len(said.word))[place]})
    return said, after, step, f"{sentence} With row {step + 1} on {said.word[place]}: {after}."


def draw_move(**controls):
    before, after, step, _ = move(**controls)
    other = before and str(spelling.pronounce(narrow_words, before.word))
    return figures.plot_moved(before, after, step=step, other=other)


panel(
    draw_move,
    name="move one row of α",
    alt=lambda **controls: move(**controls)[3],
    word=Text("phone", label="a word"),
    row=Slider(1, 12, 1, label="row (output step)"),
    letter=Slider(1, 12, 2, label="to letter number"),
    moved=Toggle(True, label="move the ink"),
)

# %% [markdown] id="move-say"
r"""Some rows have such a letter, many have none. Hardly any takes every letter; the likeliest is the last row, which only has to stop.

How often does moving a row change what is said? A hundred held-out words, one row each, drawn at random, moved to a letter drawn at random:"""

# %% id="how-often" tags=["nbval-ignore-output"]
rng = np.random.default_rng(6)
changed = 0
for word in rng.choice(spelling.held_out_words(), size=100, replace=False):
    said = spelling.pronounce(model, word)
    step, letter = rng.integers(len(said.weights)), rng.integers(len(word))
    row = course.move_row(said.weights, step, letter)[step]
    changed += spelling.pronounce(model, word, rows={step: row}).phonemes != said.phonemes
print(f"{changed} of 100 moves changed what was said")
assert 20 < changed < 100

# %% [markdown] id="wall"
r"""Often, not always. In some of the moves that changed nothing, the ink had been on that letter already. In the others another state did as well. It can, for it has read the whole word, too.
So dark ink shows where a step fetched, not that it could have fetched nowhere else.

## A wall of mistakes

Of the held-out words, 29 % still come out wrong. Look at some, and at where α stood. Is the mistake one of *looking*, or of *knowing*?"""

# %% id="wall-shown"
wall = [(spelling.pronounce(model, word), dictionary[word][0]) for word in ("geese", "headache", "duties", "leaden")]
plots.show(
    figures.plot_wall(wall),
    alt="Four words with their α: "
    + "; ".join(f"{said.word} is said {said}, right {right}" for said, right in wall)
    + ". The ink runs down the diagonals.",
)

# %% id="wall-assert"
assert all(word in spelling.held_out_words() for word in ("geese", "headache", "duties", "leaden"))
assert all(said.phonemes not in spelling.right(said.word) for said, _ in wall)
[f"{said.word}: {said}" for said, _ in wall]

# %% [markdown] id="wall-say"
r"""It looks where you would. It says *g* before *e* as in *gem*, *-ache* as in *moustache*, *leade-* as in *leader*: these are good rules, in the wrong place.
The ink stands in the right places, and the answer is wrong: sharp α is not a sure answer. English must be learnt by heart here, and a machine that has seen 95,922 words knows rules better than exceptions.

**A caveat.** Published models (single ones, no committees) reach about 5 to 5.5 % of phonemes and 22 to 24 % of words, with longer training, on another version of the dictionary, another split and words of all lengths. The figures are not comparable one to one; ours is a small model after nine minutes on one thread."""

# %% [markdown] id="learnt"
r"""## What we learnt

- One vector between reader and speaker is a bottleneck. With attention the speaker asks all of the reader's states, at every step: query = its own state, keys and values = the states of the reader.
- α points at states that have read the whole word, not at letters.
- Attention's lead over the bottleneck was largest early, and on long words.
- Looking at α suggests a cause. Moving a row tests it."""

# %% [markdown] id="check-yourself"
r"""## Check yourself"""

# %% id="quiz"
check.yourself()

# %% [markdown] id="going-on"
r"""## Going further

**Beam search**, if you want to go on: greedy decoding never takes a word back. A beam keeps the few likeliest beginnings instead of one, and chooses at the end. Try it with a beam of three, and measure words wrong.

- K. Cho and others (2014), *Learning phrase representations using RNN encoder–decoder for statistical machine translation*: the bottleneck.
- D. Bahdanau, K. Cho, Y. Bengio (2015), *Neural machine translation by jointly learning to align and translate*.
- T. Luong, H. Pham, C. Manning (2015), *Effective approaches to attention-based neural machine translation*: the order used here.
- K. Yao, G. Zweig (2015), *Sequence-to-sequence neural net models for grapheme-to-phoneme conversion*; S. Toshniwal, K. Livescu (2016), *Jointly learning to align and convert graphemes to phonemes with neural attention models*: the published figures.
- *The CMU Pronouncing Dictionary* (1993–2015), Carnegie Mellon University: its terms are in `utils/data/NOTICE`.

Words of this chapter: [Alignment](glossary.md#alignment) · [Bottleneck](glossary.md#bottleneck) · [Encoder and decoder](glossary.md#encoder-and-decoder) · [Greedy decoding](glossary.md#greedy-decoding) · [Padding](glossary.md#padding) · [Teacher forcing](glossary.md#teacher-forcing).

Next: [7 · Query, key, value](07_query_key_value.ipynb): one sentence asks itself.
Before you go on, shut this kernel down (menu *Kernel*, *Shut Down Kernel*): each open chapter holds memory."""
