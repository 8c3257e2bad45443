# %% [markdown] id="title"
r"""# 12 · Reading α
*What a map tells, and what it does not.*

**You will be able to** watch a head come into being and say in numbers what it does, remove heads and read what follows from it,
and test whether a map of weights explains an answer.

About 75 minutes, 85 with the stretch exercise · you need [chapter 8](08_many_heads.ipynb). A speller comes from [chapter 6](06_alignments.ipynb) and a GPT from [chapter 10](10_transformer.ipynb); what you need to know of them is said."""

# %% id="imports"
import numpy as np
import torch

from utils import attention as kernel, plots, recipes, training, widgets
from utils.chapters.ch06_alignments import spelling
from utils.chapters.ch12_reading_alpha import check, figures, induction, reading_alpha as course, sinks, syllables
from utils.widgets import predict

# %% [markdown] id="warm-up"
r"""## Warm up

Two questions from chapters 7 and 8."""

# %% id="recall"
check.recall()

# %% [markdown] id="nobody"
r"""## A map that nobody trained

Below is α of one head, on a sentence of ten words. Look at the row of *it*. Whom does *it* mean?"""

# %% id="nobody-made"
sentence = "the dog saw the cat and then it ran home"
words = sentence.split()
rng = np.random.default_rng(12)
x = rng.normal(size=(10, 16))  # one random row for each word
q, k = x @ rng.normal(size=(500, 16, 8)) / 4, x @ rng.normal(size=(500, 16, 8)) / 4  # 500 heads, (500, 10, 8)
_, maps = kernel.attention(3 * q, k, k)
it, dog = words.index("it"), words.index("dog")
found = maps[maps[:, it, dog].argmax()]

# %% id="nobody-shown"
plots.show(
    plots.plot_alpha(found, words, title="It looks at the dog"),
    alt=f"Ten rows of weights. The row of it gives {found[it, dog]:.2f} to dog, and hardly anything to the other words.",
)

# %% [markdown] id="nobody-say"
r"""A head that knows what a pronoun is! But read the code. The words are random rows, and so are all tables. There are 500 heads, none of them trained, and we show the one whose map tells the best story."""

# %% id="nobody-count"
assert found[it, dog] > 0.9
print(f"it → dog: best of 500 heads {found[it, dog]:.2f}, mean of all {maps[:, it, dog].mean():.2f}")

# %% [markdown] id="three-rules"
r"""Whoever looks at enough maps finds any story. A picture that was *chosen* is no evidence. Three rules protect you, and this chapter follows them:

1. **Ask first.** Say what you expect as a number, before you look.
2. **Count on fresh data**, over many rows and several trained models, not in one picture.
3. **Change something.** A map shows what went together. Only a change shows what depends on it.

## A task whose answer is known

To test a reading, we need a task in which we know where to look. Here is one. A row holds some random letters, and then the same letters again."""

# %% id="task"
row = induction.example(seed=3, n=6)  # tokens (1, 11); the last letter is left out: it is the answer
print(*induction.names(row[0].tolist()), "→ ?")

# %% [markdown] id="task-say"
r"""The first copy cannot be foreseen. The second can. To know what comes after a letter, find **its earlier copy**, and see **what came next that time**.
So in the second copy every token should look at one place: the token *after* its earlier copy. We know the right map before anything is trained.

| in words | in the code | for D A C B D A |
|---|---|---|
| a token of the second copy | `i` | the second A, place 5 |
| where it stood before | `j` | place 1 |
| where to look | `j + 1` | place 2, the C |
| how much it looks there | `weights[i, j + 1]` | a number, 0 to 1 |
| **the induction score** | the mean over all such *i* | 1 would be a perfect look-up |

A score like this turns a story into a number. Begin with a simpler one, how much each token looks at the token **before** it. Once by a loop, once with a matrix product:"""

# %% id="previous"
rng = np.random.default_rng(1)
weights = kernel.softmax(np.where(np.tri(6) > 0, rng.normal(size=(6, 6)), -np.inf))  # a causal α, (6, 6)
total = 0
for i in range(1, 6):
    total += weights[i, i - 1]

wanted = np.eye(6, k=-1)  # (6, 6): a 1 where a token should look
assert np.isclose(np.trace(weights @ wanted.T), total)
round(float(total / 5), 3), round(course.previous_score(weights), 3)

# %% [markdown] id="ex-12-1-text"
r"""### Exercise 12.1 · the induction score
8 min · ●●○

Return the mean weight that a token gives to the token **after** its earlier copy. Count every token that has an earlier copy, wherever that stands, and no other. No token comes more than twice.

By hand: in D A D A the tokens at places 2 and 3 count. They should look at places 1 and 2.

<details><summary>Hint 1</summary>For each place <em>i</em>, look for a place <em>j</em> before it with the same token.</details>
<details><summary>Hint 2</summary>Rows are queries: the row is <em>i</em>, and the column is one further than <em>j</em>.</details>
<details><summary>Hint 3</summary>Divide by the number of tokens that count, not by T.</details>"""


# %% id="ex-12-1"
def induction_score(weights, tokens):
    """Return the mean weight on the token after the earlier copy; weights (T, T), tokens (T,) of whole numbers."""
    ### BEGIN SOLUTION
    found = []
    for i in range(len(tokens)):
        for j in range(i):
            if tokens[j] == tokens[i]:
                found.append(weights[i, j + 1])
    return np.mean(found)
    ### END SOLUTION


# %% id="ex-12-1-check"
check.induction_score(induction_score)

# %% [markdown] id="birth"
r"""## The birth of a head

Now a model. It is the one from the end of chapter 8, two layers of nothing but attention, **one head in each**. It has 32 symbols, and rows of 8 to 16 letters, said twice. The loss counts in the second copy only.

**Predict.** How will the loss fall, and the map appear?"""

# %% id="predict-birth-choice"
predict(
    "12-birth",
    "evenly, a little with every step",
    "first hardly at all, then fast",
    "fast at first, then slower and slower",
)

# %% [markdown] id="birth-watch"
r"""Run the cell and **watch α of layer 2** while it learns. The row shown was never trained on. You may stop with ■ at any time, look at it, and run the cell again: it goes on."""

# %% id="birth-train" tags=["nbval-ignore-output"]
from utils.chapters.ch12_reading_alpha.induction_view import window

row = induction.example()  # 12 letters, twice
model = induction.make(n_heads=1, seed=0)
view, follow = window(model, row)
display(view)
history = induction.teach(model, steps=160, seed=0, row=row, watch=follow)
training.expect(history.metric("right")[-1] > 0.95, "the model should look up nearly every symbol")
assert len(history.metric("α")) == len(history.steps)

# %% [markdown] id="birth-back-say"
r"""That took a few seconds. Here is your own run again, in slow motion: the model was copied every five steps. Move the slider, or press ▶.

**One question to settle by playing:** a line of dark cells appears in layer 2. Which places does it join? At which step would you have seen it coming?"""

# %% id="birth-back"
from utils.chapters.ch12_reading_alpha import faithfulness
from utils.widgets import Choice, Slider, Toggle, panel

letters = induction.names(row[0].tolist())


def draw_moment(note):
    return figures.plot_birth(history, note, letters)


panel(
    draw_moment,
    name="the birth of a head",
    alt=lambda note: f"α of both layers after {history.steps[min(note, len(history.steps) - 1)]} steps of training.",
    note=Slider(0, 32, 32, label="note, one each five steps", play=True),
)

# %% [markdown] id="birth-say"
r"""<details><summary><b>After you played</b></summary>

For some 30 steps hardly anything happens: a loss of 3.5 is what 32 symbols cost that are all equally likely (ln 32 = 3.47). Then it falls fast, and slows down only near the end.
The line runs parallel to the diagonal, 11 places below it. It joins each letter of the second copy with the letter that came *after* it in the first. That is the place we named before. Nobody told the model to look things up.

</details>

One run is a story. Two more seeds, and the scores on 64 fresh rows each:"""

# %% id="birth-seeds" tags=["nbval-ignore-output"]

single, runs = [model], [history]
with training.board("One head in each layer"):
    for seed in (1, 2):
        single.append(induction.make(n_heads=1, seed=seed))
        runs.append(induction.teach(single[seed], steps=160, seed=seed, row=row))
for seed, each in enumerate(single):
    scores = induction.scores(each)
    print(f"seed {seed}: right {induction.accuracy(each):.2f}, induction score of layer 2 {scores['induction'][0]:.2f}")
training.expect(all(induction.scores(each)["induction"][0] > 0.7 for each in single), "layer 2 should look up")
assert len(single) == 3

# %% [markdown] id="first-say"
r"""A letter of the first copy can be found as "the one after A" only if it has noted that it comes after A. Layer 1 must do that: it must look one place back.

**Predict.** So which layer's map changes first?"""

# %% id="predict-first-choice"
predict("12-first", "layer 1: layer 2 needs it", "layer 2", "both at the same time")

# %% id="first" tags=["nbval-ignore-output"]
symbols, grown = row[0].tolist(), []
for seed, run in enumerate(runs):
    maps = [run.metric("α")[min(note, len(run.steps) - 1)].numpy() for note in (0, 14, 32)]  # steps 0, 70, 160
    back = [course.previous_score(layer_1[:12, :12]) for layer_1, _ in maps]  # within the first copy
    up = [course.induction_score(layer_2, symbols) for _, layer_2 in maps]
    grown.append(((back[1] - back[0]) / (back[2] - back[0]), (up[1] - up[0]) / (up[2] - up[0])))
    print(f"seed {seed}: layer 1, one back {np.round(back, 2)}   layer 2, induction score {np.round(up, 2)}")
training.expect(np.min(grown) > 0 and np.max(grown) < 0.6, "at step 70 both layers should be on their way")
assert len(grown) == 3

# %% [markdown] id="first-told"
r"""<details><summary><b>After you ran it</b></summary>

Both together. After 70 of 160 steps neither layer has gone half of its way, in any of the three models, and none is clearly ahead. An untrained layer 1 already gives a fifth of its weight to the token before, because the rows it sees are short. So little seems to be enough for layer 2 to begin.
The story "first one, then the other" is tidy, and these runs do not tell it.

</details>

## Where, and what

A head has two halves. **Queries and keys say where** it looks. **Values and $W_o$ say what** it then hands over. α shows only the first half.

The second half can be read as well. Let the head of layer 2 look at one symbol, multiply its value by $W_o$, and see which answers that raises or lowers:"""

# %% id="says" tags=["nbval-ignore-output"]
says = induction.says(model)  # (32, 32): the symbol looked at, the answer
own = float((says.argmax(axis=1) == np.arange(32)).mean())
plots.show(
    figures.plot_says(says, induction.names(range(32)), title="Whatever it looks at, it says"),
    alt="A table of 32 by 32. The diagonal is strongly positive; everything else is much weaker, of either sign.",
)
print(f"the answer raised most is the symbol itself for {own:.0%} of the symbols")
training.expect(own > 0.9, "the head should say what it looks at")
assert says.shape == (32, 32)

# %% [markdown] id="says-say"
r"""It **copies**: it raises the answer that it looks at. Looking alone would not do. (The table takes the symbol's own vector, without its place and without what layer 1 added, and leaves out the last norm. It is an approximation.)

So we have a reading: *layer 2 finds what came next and copies it*. Now rule 3: change something.

## Take the head out

What does it mean to remove a head? Its α cannot be deleted; a row must hold something. And an average over everybody is still an answer.
We let the head **say nothing**: what it found counts as zero. The rest of the layer stays as it is."""

# %% [markdown] id="ex-12-2-text"
r"""### Exercise 12.2 · ablate
10 min · ●●○

Removing a part to see what it did is called **ablation**. Return what a layer adds to its tokens when the heads in the list `removed` hand over nothing. You have the α of all heads, their values, and `W_o`, which mixes what the heads found, side by side. The other heads stay as they are.

<details><summary>Hint 1</summary>First what each head found, <code>weights @ v</code>: (H, T, d_head). Which of these should be zero?</details>
<details><summary>Hint 2</summary>Then side by side: (T, H · d_head), the features of head 0 first. And one product with <code>W_o</code>.</details>
<details><summary>Hint 3</summary>Chapter 8: exchange the first two axes, then <code>reshape</code>.</details>"""


# %% id="ex-12-2"
def layer_without(weights, v, W_o, removed):
    """Return what the layer adds (T, d_model); weights (H, T, T), v (H, T, d_head), W_o (H * d_head, d_model)."""
    ### BEGIN SOLUTION
    found = weights @ v  # (H, T, d_head)
    found[list(removed)] = 0
    return np.concatenate(list(found), axis=-1) @ W_o
    ### END SOLUTION


# %% id="ex-12-2-check"
check.layer_without(layer_without)

# %% [markdown] id="predict-remove"
r"""`induction.without` does it in the model. (It multiplies the head's α by 0. A row of zeros finds zero, so that is the same.)

**Predict.** The head of layer 2 is taken out. How often is the next symbol still right?"""

# %% id="predict-remove-choice"
predict("12-remove", "about 0.95, as before", "about 0.5", "about 0.05, a guess")

# %% id="remove" tags=["nbval-ignore-output"]
before = [induction.accuracy(each) for each in single]
after = [induction.accuracy(each, change=induction.second_layer(each)) for each in single]
for seed, pair in enumerate(zip(before, after, strict=True)):
    print(f"seed {seed}: right {pair[0]:.2f}, without the head {pair[1]:.2f}")
training.expect(min(before) > 0.95 and max(after) < 0.1, "without its head the model should guess")
assert len(after) == 3

# %% [markdown] id="remove-say"
r"""<details><summary><b>After you ran it</b></summary>

A guess. The model lives by this one head. Map, score and removal agree, in three of three models. This is the best case: what we read from the map is what the head does.

</details>

## The twist

Nobody uses one head in each layer. Take **four**: the same features, the same task, dealt out to four heads in both layers."""

# %% id="four" tags=["nbval-ignore-output"]
four = []
with training.board("Four heads in each layer") as board:
    for seed in range(3):
        four.append(induction.make(n_heads=4, seed=seed))
        induction.teach(four[seed], steps=160, seed=seed)
for seed, each in enumerate(four):
    scores = [round(score, 2) for score in induction.scores(each)["induction"]]
    print(f"seed {seed}: right {induction.accuracy(each):.2f}, scores of the four heads of layer 2 {scores}")
training.expect(all(np.mean(induction.scores(each)["induction"]) > 0.7 for each in four), "the heads should look up")
assert len(four) == 3

# %% [markdown] id="predict-four"
r"""Four heads of layer 2, and nearly all of them do the same: they look up. Choose the model of seed 0, and its head with the highest score.

**Predict.** That one head is taken out. How often is the next symbol still right?"""

# %% id="predict-four-choice"
predict("12-four", "about 0.95, as before", "about 0.75: one head of four is missing", "about 0.05, a guess")

# %% id="four-one" tags=["nbval-ignore-output"]
alone = [[induction.accuracy(each, change=induction.second_layer(each, [head])) for head in range(4)] for each in four]
for seed, rights in enumerate(alone):
    print(f"seed {seed}: without head 0, 1, 2 or 3 of layer 2: {[round(right, 2) for right in rights]}")
training.expect(np.min(alone) > 0.85, "no single head should matter much")
assert np.shape(alone) == (3, 4)

# %% [markdown] id="four-say"
r"""<details><summary><b>After you ran it</b></summary>

As before, nearly. Whichever head goes, the others do its work.

</details>

Somebody who has only this table might write: *head 2 does nothing, we removed it and nothing changed*. And the same of heads 0, 1 and 3.

**Predict.** And all four together?"""

# %% id="predict-all-choice"
predict("12-all", "about 0.95: none of them did anything", "about 0.5", "about 0.05, a guess")

# %% id="four-all" tags=["nbval-ignore-output"]
gone = [induction.accuracy(each, change=induction.second_layer(each)) for each in four]
print([round(right, 2) for right in gone])
training.expect(max(gone) < 0.15, "without all four the model should guess")
assert len(gone) == 3

# %% [markdown] id="all-say"
r"""<details><summary><b>After you ran it</b></summary>

A guess. Four heads, none needed, and together they are everything.

</details>

**"Removing it changes nothing" is not "it does nothing".** A part with a stand-in cannot be found by removing one part at a time.
The other way round it is safer: where one removal changes much, that part was needed, *in this model, on these rows*."""

# %% [markdown] id="ex-12-3-text"
r"""### Exercise 12.3 · one of four
10 min · ●●○

How many heads must go, and which? `accuracy_without(heads)` tells how often a model is right without these heads, a tuple of numbers such as `(0, 2)`.
Return the **smallest** set of heads, as a tuple, without which it falls **below** the bound. If several are equally small, any will do. If no set does it, return `None`.

<details><summary>Hint 1</summary>Can you add the heads one by one, always the one that hurts most? Not if two of them stand in for each other. Try all sets, the small ones first.</details>
<details><summary>Hint 2</summary><code>itertools.combinations(range(n_heads), size)</code> gives all sets of one size. The largest size is n_heads.</details>"""

# %% id="ex-12-3"
from itertools import combinations


def smallest_cut(accuracy_without, n_heads, below):
    """Return the smallest tuple of heads without which the accuracy is below the bound, or None."""
    ### BEGIN SOLUTION
    for size in range(1, n_heads + 1):
        for heads in combinations(range(n_heads), size):
            if accuracy_without(heads) < below:
                return heads
    return None
    ### END SOLUTION


# %% id="ex-12-3-check"
check.smallest_cut(smallest_cut)

# %% id="cut" tags=["nbval-ignore-output"]
cuts = []
for each in four:
    without = lambda heads, each=each: induction.accuracy(each, rows=64, change=induction.second_layer(each, heads))  # noqa: E731
    cuts.append(course.smallest_cut(without, 4, below=0.5))
print("heads of layer 2 to remove until fewer than half are right:", cuts)
training.expect(all(cut is not None and len(cut) >= 2 for cut in cuts), "one head should not be enough")
assert len(cuts) == 3

# %% [markdown] id="ten-say"
r"""Three or all four, as a rule. Is this the luck of three seeds? Ten seeds of each kind were **measured earlier** (`utils/chapters/ch12_reading_alpha/recipes/reading.py`, 200 steps each):"""

# %% id="ten"
ten = recipes.measured("12_reading")
one_head, four_heads = ten["one head"], ten["four heads"]
single_removals = [right for run in four_heads for right in run["without_one"][1]]
scored = sorted(score for run in four_heads for score in run["induction"])
assert min(single_removals) > 0.95 and max(run["without_all"][1] for run in four_heads + one_head) < 0.05
print(f"40 heads score {scored[0]:.2f} to {scored[-1]:.2f}, half of them above {scored[20]:.2f}")
print(f"worst after a single removal: {min(single_removals):.2f} right")

# %% id="ten-shown"
plots.show(
    figures.plot_removed(
        {
            "1 head: nothing removed": [run["right"] for run in one_head],
            "1 head: its head of layer 2": [run["without_all"][1] for run in one_head],
            "4 heads: nothing removed": [run["right"] for run in four_heads],
            "4 heads: any one of layer 2": single_removals,
            "4 heads: all of layer 2": [run["without_all"][1] for run in four_heads],
        },
        chance=1 / 32,
        title="One at a time, nothing; all together, everything",
    ),
    alt="Dots for ten models of each kind. Models with one head fall from about 1 to a guess when it is removed. "
    "Models with four heads stay near 1 whichever single head goes, and fall to a guess when all four go.",
)

# %% [markdown] id="copies"
r"""## What else it is not

*It only counts 12 places back* would explain the line in the picture as well. So put other letters between the two copies. And try lengths that were never trained: 8 to 16 were.

**Predict.** What harms more: a gap, or longer rows?"""

# %% id="predict-gap-choice"
predict("12-gap", "a gap of 8 letters", "28 letters instead of 12", "both about the same", "neither")

# %% id="gap"
by_gap, by_length = (np.array([run[key] for run in one_head]) for key in ("by_gap", "by_length"))  # a row a model
for name, table in (("gaps", by_gap), ("lengths", by_length)):
    print(f"{name:<8}", dict(zip(ten["settings"][name], table.mean(axis=0).round(2).tolist(), strict=True)))
assert by_gap[:, -1].min() > 0.97 and by_length[:, -1].max() < 0.6

# %% [markdown] id="gap-say"
r"""<details><summary><b>After you ran it</b></summary>

A gap is no trouble: the head finds its place **by content**, not by counting. Long rows are: about half right at 28 letters. The places from 31 on have vectors that were never trained (chapter 9).
The line in the picture looked the same either way. Only fresh rows told.

</details>

And layer 1? The textbook has it that a **previous-token head** stands there: each token looks at the one before. Measured, ten seeds, in the first and in the second copy:"""

# %% id="previous-shown"
halves = {
    name: np.array([run["previous"] for run in ten[name]]).mean(axis=(0, 2)) for name in ("one head", "four heads")
}
for name, (first, second) in halves.items():
    print(f"{name}: previous-token score {first:.2f} in the first copy, {second:.2f} in the second")
assert all(0.4 < first < 0.6 and second < 0.2 for first, second in halves.values())

# %% [markdown] id="previous-say"
r"""About half of the weight, and only where it is needed; over the whole row the mean is a third. The rest is spread over other tokens. With four heads, every head does a bit of it.
So "a previous-token head, then an induction head" is a fair **summary**, and not a wiring diagram. Do not draw a crisper picture than you have measured.
"""

# %% [markdown] id="real-model"
r"""## A real model

So far the models were ours, trained to have something to find. Now one that other people trained for a purpose of their own:
**RXNMapper** (Schwaller and others, 2021). It reads chemical reactions, written as strings.

You need no chemistry, only two sentences. A letter is an atom (`C` carbon, `O` oxygen, `N` nitrogen; `F`, `Cl`, `Br` and `I` are *halogens*, and one is often found where another might be; small letters sit in a ring); digits close rings, brackets open side branches, a dot stands between two molecules.
What goes into the pot stands before `>>`, what comes out behind it; hydrogen is left out, and so is what is poured away."""

# %% id="real-reaction"
from utils.chapters.ch12_reading_alpha.chemistry import mapping, mapping_accuracy, rxnmapper
from utils.chapters.ch12_reading_alpha.chemistry.reactions import find, reactions

coupling = find("acyl chloride and amine")
print(coupling.text)
len(coupling.tokens), len(coupling.product.elements), len(coupling.reactants.elements)

# %% [markdown] id="real-question"
r"""Every atom of the product was an atom of some reactant before. Which one? That is the **atom map**. Chemists need it, it is tedious to write down, and most published reactions come without.

The model is a Transformer of 12 layers with 8 heads, $12 \times 8 = 96$ maps α for a reaction. It is an *ALBERT*: **one** layer's weights, applied twelve times. The head with number 6 has the same $W_q$ and $W_k$ in every layer; only $h$ has moved on.

It was never told an atom map. It learnt to guess **hidden tokens** in reactions from patents, about like this:"""

# %% id="real-hidden"
anilide = "Nc1ccc({})cc1.CC(=O)Cl>>CC(=O)Nc1ccc([MASK])cc1"  # one atom of the product is hidden
{atom: rxnmapper.guesses(anilide.format(atom))[0][0] for atom in ("F", "Cl", "Br", "I", "O")}

# %% [markdown] id="real-copy"
r"""The hidden atom can only be known from before the arrow. To guess it one has to look up the atom that it was. So looking up is worth learning, though nobody asked for maps.

We need reactions whose maps are known. Forty of them, with 547 atoms in their products, were written down for this course from textbooks (`utils/data/files/reactions.txt`).
The first test is the plainest: for each atom of the product take its row of α, keep the columns of the reactants' atoms, and see whether the largest α stands at the right one. Atoms that nobody can tell apart, such as both sides of a ring, count as the same.

**Predict** before you run the next cell. Of the 96 maps, which will be right for more than four atoms in five?"""

# %% id="real-predict"
predict(
    "12-which-maps",
    "one map of the 96",
    "one head, in most of the twelve layers",
    "all heads of one layer",
    "about a third of the maps: every head knows a little",
)

# %% id="real-table"
rates = rxnmapper.rates("raw")  # (12, 8): share of the 547 atoms
title = "One head finds the atoms, from the fourth layer on"
plots.show(
    figures.plot_head_table(rates, rings=[rxnmapper.PUBLISHED], title=title),
    alt="A table of 12 layers and 8 heads: head 6 is right for 26 % of the atoms in layer 1, 85 % in layer 4 and 92 to "
    "94 % in the last five; head 3 reaches 48 %, all others stay below 25 %. The published map is framed: layer 11, head 6.",
)
assert ((rates > 0.8) == (np.arange(12)[:, None] >= 3) * (np.arange(8) == 5)).all()

# %% [markdown] id="real-table-say"
r"""<details><summary><b>After you ran it</b></summary>

One head, number 6, in nine layers of twelve. With shared weights "a head" is one way of asking; a layer is how often $h$ has been worked over before it is asked. In layer 1 that way of asking finds 26 % of the atoms, in layer 9 it finds 94 %.
</details>

The package reads layer 11, head 6. **Who chose it?** Not the training: people inspected the maps by eye, as the authors tell, and took one. To choose after looking and report the same looks is to flatter oneself. So: choose on half of the reactions, report on the other half, with twenty random halves.
And α alone is not what the package prints. It adds rules of chemistry and of bookkeeping, here one after the other; each line contains those above it.
On the right, the same rules with *random numbers* in place of α."""

# %% id="real-rules" tags=["nbval-ignore-output"]
print(mapping_accuracy.table())
raw, full = mapping_accuracy.measured("raw"), mapping_accuracy.measured("neighbours")
assert {head for each in (raw, full) for _, head in each.heads} == {5}  # head 6, in every one of the forty choices
assert raw.published > 0.9 and full.published > 0.95 and 0.35 < full.random < 0.65

# %% [markdown] id="real-rules-say"
r"""| rule | what it adds |
|---|---|
| raw | the largest α in the product atom's row |
| same element | only atoms of the same element may be chosen |
| both ways | α from product to reactant *plus* α from reactant to product |
| one to one | the largest first; no reactant atom is given away twice |
| neighbours | once two atoms are paired, pairs of their neighbours count 90 times as much |

Three things to read off. Head 6 is chosen in all twenty halves, under each rule: it is no accident of the choice. *The layer* is one: raw, it is mostly 9, sometimes 10; the package's own number 11 is as good.
And the last rule turns random numbers into a map that is right for about half of the atoms. Whoever reports 98 % and says "attention found it" owes us the other lines."""

# %% id="real-rival" tags=["nbval-ignore-output"]
matched = mapping_accuracy.by_spelling()  # Python's difflib: the longest pieces that both strings have in common
assert 0.5 < matched < raw.published
round(100 * matched)

# %% [markdown] id="real-play"
r"""So much can be had without any model, by comparing the two strings.

Now look for yourself. One question: **two heads do nothing but look at the token next door, one at the token before, one at the token after. Which are they, and in which layer is it plainest?** Switch *everything* on: purple arcs go to atoms of the reactants, grey ones elsewhere, those below stay within the product.
Then stay with head 6 and let the layer run."""


# %% id="real-panel"
def draw_arcs(reaction, layer, head, everything):
    weights = rxnmapper.look(reaction)[layer - 1, head - 1]
    title = f"{reaction}: layer {layer}, head {head}"
    return figures.plot_arcs(reaction, weights, everything=everything, title=title)


def say_arcs(reaction, layer, head, everything):
    right, n = mapping_accuracy.count(reaction, layer - 1, head - 1)
    return f"Layer {layer}, head {head}: {right} of {n} product atoms look most at the atom they were."


panel(
    draw_arcs,
    name="where the product looks",
    alt=say_arcs,
    reaction=Choice(reactions(), find("amide coupling"), label="reaction"),
    layer=Slider(1, 12, 11, label="layer", play=True),
    head=Slider(1, 8, 6, label="head"),
    everything=Toggle(False, label="everything it looks at"),
)

# %% [markdown] id="real-played"
r"""<details><summary><b>After you played</b></summary>

Head 4 looks at the token before, head 5 at the token after, both plainest in layer 1; the same weights do it less in later layers. Head 6 in layer 1 goes to almost anything of the same kind; from layer 4 on its arcs stay put. With *everything* on, many tokens also look at `CLS`, a token that stands before every string. Such a token is called a *sink*; the end of this chapter is about one.
</details>

The mean α for the token next door, in percent, in layers 1, 4 and 12: first head 4, one back, then head 5, one ahead."""


# %% id="real-next-door"
def next_door(layer, head, step):
    """Return the mean α that a token gives to the one `step` places away, in all reactions."""
    maps = (rxnmapper.look(each)[layer - 1, head - 1] for each in reactions())
    return np.mean([np.diagonal(each, step).mean() for each in maps])


[[round(100 * next_door(layer, head, step).item()) for layer in (1, 4, 12)] for head, step in ((4, -1), (5, 1))]

# %% [markdown] id="real-fail-text"
r"""## Where it is wrong

All rules on, layer 11, head 6. Solid: right. Dashed: wrong."""

# %% id="real-fail" tags=["nbval-ignore-output"]
wrong = mapping_accuracy.failures("neighbours")
axes = plots.new_axes(10.4, 3.2, 2)
for ax, name in zip(axes, ("Fischer esterification", "Claisen rearrangement"), strict=True):
    weights = rxnmapper.look(find(name))[rxnmapper.PUBLISHED]
    figures.plot_arcs(find(name), weights, "neighbours", ax=ax, title=name)
plots.show(
    axes[0],
    alt="Two reactions with arcs from product to reactants, most solid. Dashed in the first: the oxygen in the middle "
    "is taken from the wrong molecule. Dashed in the second: two carbon atoms are exchanged.",
)
print({each.name: f"{right} of {n}" for each, (right, n) in wrong.items()})
ester = find("Fischer esterification")
asked, _ = mapping.between(rxnmapper.look(ester)[rxnmapper.PUBLISHED], ester)
print(asked[3, [3, 9]].round(2))  # the ester's oxygen: α for the acid's and for the alcohol's
assert len(wrong) == 7 and asked[3, 3] > asked[3, 9]

# %% [markdown] id="real-fail-say"
r"""Thirty-three reactions of forty are right in every atom. The other seven are not random. On the left an acid and an alcohol make an ester; each brings an oxygen, one stays. Chemists marked the alcohol's with a heavier isotope in 1938: *it* stays. The model takes the acid's: 0.40 of its α, against 0.35 for the other.
On the right the end of a chain lets go, swings over and binds with its *other* end, as radioactive carbon showed in 1952. The model maps what looks alike.
A string says what went in and what came out. It does not say what happened in between."""

# %% [markdown] id="real-remove-text"
r"""## Does the model need it?

A map may be right and yet be idle. Earlier in this chapter, taking a head away changed nothing, because another did the same. Hide the chlorine again, and take away one head of the eight, in all layers at once.

**Predict** what the model without head 6 puts in the place of `Cl`."""

# %% id="real-remove-predict"
predict(
    "12-without-six",
    "`Cl`: the other heads know it too",
    "another halogen, such as `F` or `Br`",
    "something that makes no sense there",
)

# %% id="real-remove"
text = anilide.format("Cl")
{head + 1: rxnmapper.guesses(text, 1, net=rxnmapper.without(head))[0][0] for head in range(8)}

# %% [markdown] id="real-remove-say"
r"""<details><summary><b>After you ran it</b></summary>

Without head 6 it says `[O]`, a lone oxygen atom, which is nothing one would find there. Without any other head it still says `Cl`.
</details>

One reaction is one reaction. In a recipe (`utils/chapters/ch12_reading_alpha/recipes/removed.py`) every atom of every product was hidden once, 547 in all, and guessed by nine models. Carbon is a good guess anyway, so the second number counts only the 118 atoms that are no plain carbon. Percent right:"""

# %% id="real-removed"
found = recipes.measured("12_removed")["found"]
rare = {name: each["right_rare"] / each["hidden_rare"] for name, each in found.items()}
assert all(rare["6"] < rare[name] - 0.25 for name in rare if name != "6")
{name: (round(100 * each["right"] / each["hidden"]), round(100 * rare[name])) for name, each in found.items()}

# %% [markdown] id="real-doubt"
r"""Here, then, three things agree: the map is right on reactions it was not chosen on, the training had a use for it, and without the head the guessing suffers far more than without any other: of the atoms that are no plain carbon 52 % instead of 97 %, where the next worst leaves 81 %. That is more than most maps can show. What it does not say:

- **People chose the head.** Read plainly, seven heads of eight make poor maps, and one must know some maps to see which head is the good one.
- **It is one model.** Trained anew from another seed, the head may have another number, or its work may be spread over two. We have one set of weights.
- **Rules do part of the work**, and the seven failures are failures of α *and* rules.
- **Our reactions are textbook ones**, and the patents the model learnt from are full of their like. For unusual chemistry this says little. A real test needs thousands of maps, as in the paper.
- A map says which atom is which. It is not a mechanism: it does not say how, or in which order."""


# %% [markdown] id="doubt"
r"""## Doubt: shuffle it

Back to rule 3, now for whole maps. Keep all weights of a row, and deal them out to the keys **in random order**. If the model answers as before, then *where* it looked cannot have mattered much.

Three models:

- a **pooled classifier**, as such maps are often shown for. A GRU (a network that carries a state from letter to letter, chapter 4) reads a word in both directions, one learnt query asks all states once, and what it fetches answers: has this word three syllables or more?
- the **speller** of chapter 6. It reads a word the same way and says its sounds one by one; for each sound it asks the states again, with one row of α.
- the **look-up** model of this chapter, in its second layer."""

# %% id="classifier-train" tags=["nbval-ignore-output"]
classifier = syllables.make(seed=0)
syllables.teach(classifier, seed=0)
right = syllables.accuracy(classifier)
print(f"right on words that were kept back: {right:.2f}")
training.expect(right > 0.9, "the classifier should be right on nine of ten words")
assert 0 <= right <= 1

# %% [markdown] id="predict-shuffle"
r"""**Predict.** Which falls least when its α is shuffled? And why?"""

# %% id="predict-shuffle-choice"
predict("12-shuffle", "the classifier", "the speller", "the look-up model", "all fall to a guess")

# %% id="shuffle" tags=["nbval-ignore-output"]
generator = training.seeded(0)


def shuffle(weights):
    return course.shuffled(weights, generator)


speller = spelling.shipped("attention_long")
after = {
    "classifier": (right, syllables.accuracy(classifier, shuffle)),
    "speller": (faithfulness.speller_right(speller), faithfulness.speller_right(speller, shuffle)),
    "look-up": (induction.accuracy(model), induction.accuracy(model, change=induction.shuffle_second())),
}
for name, (own, other) in after.items():
    print(f"{name:<10} right {own:.2f}, shuffled {other:.2f}")
assert after["speller"][0] > 0.9 and after["speller"][1] < 0.35

# %% [markdown] id="shuffle-more"
r"""One of each is not enough, as the picture below shows: ten classifiers and ten look-up models, and the three spellers that exist, one seed each (measured earlier)."""

# %% id="shuffle-shown"
kinds = {"classifier": ten["classifier"], "speller": list(ten["speller"].values()), "look-up": ten["one head"]}
pairs = {name: np.array([(run["right"], run["shuffled"]) for run in each]) for name, each in kinds.items()}
always_no = 1 - torch.cat([answers for _, answers in syllables.test_words().values()]).mean().item()
guesses = {"classifier": always_no, "look-up": 1 / 12}
plots.show(
    figures.plot_before_after(pairs, guesses, title="The same weights, dealt out to other keys"),
    alt="Right answers before and after shuffling. All classifiers start near .95; shuffled, they spread from .72 to .93. "
    "The spellers fall from above .9 to about .2, the look-up models from 1 to about .06.",
)

# %% id="shuffle-numbers"
owns, others = pairs["classifier"].T
assert owns.min() > 0.93 and others.min() < 0.75 and others.max() > 0.92
assert max(pairs["speller"][:, 1].max(), pairs["look-up"][:, 1].max()) < 0.25
f"ten classifiers: right {owns.min():.2f} to {owns.max():.2f}; shuffled {others.min():.2f} to {others.max():.2f}"

# %% [markdown] id="shuffle-say"
r"""<details><summary><b>After you ran it</b></summary>

The speller and the look-up model collapse: they need *this* state, *now*, and no other one holds it.

The classifier falls least. Each state of a GRU has read the whole word, from one side or the other. Many states can hold the same news, and then it matters little which is asked.
But look how they spread! Ten models with the same data, the same settings and the same accuracy: for one of them α is decoration, for another it carries a good part of the answer. Of **one** trained classifier you could have told either story.

</details>

What shuffling cannot say: a model that falls was *used to* its own α. It may have learnt as well with another."""

# %% [markdown] id="another"
r"""## Another map, the same answer

An answer is $\sum_j \alpha_j v_j$. Can two different α give the same one? Count. The answer has $d_v$ numbers, and the sum of the weights is one more. That makes $d_v + 1$ conditions for $n_k$ weights.
With $n_k > d_v + 1$ there are more weights than conditions, and so there is a **direction** in which α can move while neither the answer nor the sum moves.

By hand: three keys with the values 0, 1 and 2. Weights ¼, ½, ¼ give 1. So do ½, 0, ½. And so does 0, 1, 0."""

# %% id="another-by-hand"
[float(np.array(row) @ [0, 1, 2]) for row in ([0.25, 0.5, 0.25], [0.5, 0, 0.5], [0, 1, 0])]

# %% [markdown] id="ex-12-4-text"
r"""### Exercise 12.4 · another α, the same answer
12 min · ●●●

Given one row of α (n_k,), all weights above zero, and values (n_k, d_v) with n_k > d_v + 1. Return **another** row: none negative, sum one, the same answer. Move as far as you can in your direction: at least one weight should become zero.

<details><summary>Hint 1</summary>Put a column of ones beside the values: a direction <em>s</em> with <code>s @ table == 0</code> changes neither the answer nor the sum.</details>
<details><summary>Hint 2</summary><code>np.linalg.svd(table.T)[2][-1]</code> is such a direction: the last row that the singular value decomposition returns.</details>
<details><summary>Hint 3</summary>Some entries of <em>s</em> are negative, and those weights fall. The first to reach zero says how far you may go: the smallest of <code>weights / -s</code> where <code>s < 0</code>.</details>"""


# %% id="ex-12-4"
def other_weights(weights, v):
    """Return another row of weights (n_k,) with the same answer; weights (n_k,), v (n_k, d_v)."""
    ### BEGIN SOLUTION
    table = np.column_stack([v, np.ones(len(v))])  # (n_k, d_v + 1)
    step = np.linalg.svd(table.T)[2][-1]  # (n_k,)
    falling = step < 0
    length = (weights[falling] / -step[falling]).min()
    return np.clip(weights + length * step, 0, None)
    ### END SOLUTION


# %% id="ex-12-4-check"
check.other_weights(other_weights)

# %% [markdown] id="another-real"
r"""A trained model now: the **GPT** of chapter 10, four layers of four heads, which writes English letter by letter. Its heads have $d_v = 32$ features, and its rows may have 128 letters.
`course.other_weights` walks on in new directions, and takes as much as it can from the key that had the **most** weight. Here are the last rows of all 16 heads, on 91 letters.

**Predict.** How much of the heaviest key's weight can be taken away, with the same answer?"""

# %% id="predict-another-choice"
predict("12-another", "next to none", "all of it", "it depends on the head")

# %% id="another-gpt" tags=["nbval-ignore-output"]
from utils.data import topics
from utils.models.gpt import GPT

gpt = recipes.shipped("10_gpt", GPT)
line = "The value of a name is the object to which it is bound when the statement is executed in th"
tokens = torch.as_tensor(topics.encode(line))[None]
with torch.no_grad():
    maps, values = (
        gpt(tokens)[1][0].double().numpy(),
        gpt.values(tokens)[0].double().numpy(),
    )  # (4, 4, N, N), (4, 4, N, 128)
moved, left = np.zeros((2, 4, 4))
for layer, head in np.ndindex(4, 4):
    mine, v = maps[layer, head, -1], values[layer, head]
    other = course.other_weights(mine, v)
    assert np.allclose(mine @ v, other @ v, atol=1e-4) and other.min() >= 0
    moved[layer, head], left[layer, head] = abs(other - mine).sum() / 2, other[mine.argmax()] / mine.max()
print("of the heaviest key's weight is left:", *left.round(2).tolist(), sep="\n")
print("of all weight went elsewhere:", *moved.round(2).tolist(), sep="\n")
assert left.min() < 0.5 < 0.9 < left.max()

# %% id="another-shown" tags=["nbval-ignore-output"]
layer, head = np.unravel_index(moved.argmax(), moved.shape)
mine, v = maps[layer, head, -1], values[layer, head]
other = course.other_weights(mine, v)
plots.show(
    figures.plot_two_rows(
        mine,
        other,
        list(line.replace(" ", "␣")),
        title=f"Layer {layer + 1}, head {head + 1}: {moved.max():.0%} of the ink moved, same answer",
    ),
    alt="Two rows of bars over the letters of a sentence, one above and one below a line. They differ in many places and give the same answer.",
)
assert moved.max() > 0.2

# %% [markdown] id="another-say"
r"""<details><summary><b>After you ran it</b></summary>

It depends on the head. In some the heaviest key loses half of its weight or all of it, and a good part of the ink stands elsewhere. In layer 1, whose rows are the sharpest on the whole, hardly anything can move: a weight that is near zero cannot fall, so there is no room.

</details>

So "a different α would have given the same answer" is true, and less general than it sounds. It needs more keys than features, and a row that is spread out. Where n_k ≤ d_v + 1, as in our look-up model with one head (23 keys, 64 features), the answer pins its α down, as long as no value is a mix of the others."""

# %% [markdown] id="agree"
r"""## Do they agree on what matters?

Three ways to say how much a letter of a word matters to the classifier:

- **α**: how much of the state that stands there was fetched;
- the **gradient**: how much the score moves if the letter's vector moves a little;
- **leaving it out**: how much the score moves if the letter is taken out of the word.

They have different units. So compare only the *order* that they give: which letter comes first, second, third. Take all pairs of letters. A pair **agrees** if both orders say the same of it. Kendall's τ is

$$\tau = \frac{\text{pairs that agree} - \text{pairs that do not}}{\text{all pairs}}$$

1 is the same order, −1 the opposite one, and 0 is what two random orders give on average. By hand: (1, 2, 3) and (10, 30, 20) have three pairs. Two agree, one does not: τ = ⅓."""

# %% [markdown] id="ex-12-5-text"
r"""### Exercise 12.5 · rank correlation
8 min · ●●○

Return Kendall's τ of two lists `a` and `b`, equally long, no number twice in a list.

<details><summary>Hint 1</summary>A pair of places (i, j) agrees if a[i] − a[j] and b[i] − b[j] have the same sign.</details>
<details><summary>Hint 2</summary>Count each pair once: there are n(n − 1)/2 of them.</details>"""


# %% id="ex-12-5"
def kendall(a, b):
    """Return Kendall's rank correlation of two lists of numbers (n,)."""
    ### BEGIN SOLUTION
    n, total = len(a), 0
    for i in range(n):
        for j in range(i):
            total += np.sign(a[i] - a[j]) * np.sign(b[i] - b[j])
    return total / (n * (n - 1) / 2)
    ### END SOLUTION


# %% id="ex-12-5-check"
check.kendall(kendall)

# %% [markdown] id="predict-agree"
r"""**Predict.** Over 300 words of nine letters, the mean τ of α and leaving out, for our classifier:"""

# %% id="predict-agree-choice"
predict("12-agree", "above 0.7: they mean the same", "about 0.4", "between −0.15 and 0.3: hardly related")

# %% id="agree-own" tags=["nbval-ignore-output"]
some = syllables.test_words()[9][0][:300]  # (300, 9)
measures = {
    "α": faithfulness.weights(classifier, some),
    "gradient": faithfulness.gradients(classifier, some),
    "left out": faithfulness.left_out(classifier, some),
}
for one, two in (("α", "gradient"), ("α", "left out"), ("gradient", "left out")):
    print(f"{one} and {two}: {faithfulness.agreement(measures[one], measures[two]):.2f}")
assert all(each.shape == some.shape for each in measures.values())

# %% id="agree-ten"
spread = {}
for pair in ("α and gradient", "α and left out", "gradient and left out"):
    found = [run[pair] for run in ten["classifier"]]
    spread[pair] = min(found), max(found)
    print(f"ten classifiers, {pair}: {min(found):.2f} to {max(found):.2f}")
assert spread["α and left out"][1] < 0.3 and spread["gradient and left out"][1] < 0.3

# %% [markdown] id="agree-say"
r"""<details><summary><b>After you ran it</b></summary>

Hardly related. α and gradient agree better in some models and little in others. But see the last line: **gradient and leaving out do not agree either**. "α disagrees with X" does not make X the truth.
They answer different questions: what was fetched, what a small change would do, what a large change would do. And a word without one of its letters is a word that nobody would write.

</details>

## Is a high weight an explanation?

By now you can answer. A high weight says one thing for certain: **much of what stands there was fetched**. What you may conclude beyond that depends:

| to conclude | you need | here |
|---|---|---|
| this *head* looks things up | a score named before, on fresh rows, several seeds | yes |
| the answer *depends* on the head | remove it, alone **and together with those like it** | one head: yes; four: only together |
| the answer depends on *where* it looks | shuffle, or move a row | look-up, speller: yes; classifier: it varies from seed to seed |
| this *letter* was the reason | the state at a letter is not the letter: change the letter itself | classifier: no |
| no other map was possible | n_k ≤ d_v + 1, as a rule | look-up: yes; many heads of the GPT: no |

This was argued in public: *Attention is not explanation* (Jain and Wallace 2019), *Attention is not not explanation* (Wiegreffe and Pinter 2019). Both are right about the case they looked at.

## Why does everything look at the first token?

In many large language models most heads give most of their weight to the very first token, whatever it is. It is called a **sink**. Softmax hands out a whole unit, always. A head that finds nothing must put it somewhere, and under a causal mask the first token is the one that everybody can see.

Let us make one. The look-up task again, with a start symbol ▷ before every row; and now the loss counts in the first copy as well, where next to nothing can be known. One of three models trained earlier (`utils/chapters/ch12_reading_alpha/recipes/sink.py`), layer 2:"""

# %% id="sink-view"
sink = sinks.shipped()
begun = sinks.example()  # ▷, 12 letters, the same again
with torch.no_grad():
    _, looks = sink(begun)
signs = sinks.names(begun[0].tolist())
widgets.alpha(weights=looks[0, 1], queries=signs, mask="causal", row=8, title="layer 2, one head", name="a sink")

# %% [markdown] id="sink-question"
r"""**One question to settle by playing:** walk down the rows. Where does the weight move from ▷ to another key, and why just there?"""

# %% [markdown] id="sink-predict"
r"""<details><summary><b>After you played</b></summary>

In the first copy every row looks at ▷: there is nothing to look up yet. From the second copy on, there is, and ▷ gets nothing.

</details>

α says how much is fetched, not **how much that is**. What a key really hands over is $\alpha_{ij}\, \lVert v_j W_o \rVert$: its weight times the length of its value, after $W_o$.

**Predict.** A sink is often called a parking place: the weight lies there because nothing is handed over. How long is the value of ▷ in our model, beside those of the letters?"""

# %% id="predict-sink-choice"
predict("12-sink", "much shorter, close to nothing", "about as long", "much longer")

# %% id="sink-length"
lengths = sink.values(begun)[0, 1, 0].norm(dim=-1)  # (24,): of what each token would hand over
assert lengths[0] > 3 * lengths[1:].mean()
f"▷ {lengths[0].item():.0f}, a letter {lengths[1:].mean().item():.0f} on average"

# %% id="sink-muted"
for seed, found in enumerate(recipes.measured("12_sink")["seeds_measured"]):
    first, second = found["weight in the first copy"], found["weight in the second copy"]
    whole, muted = found["loss in the first copy"], found["the same, start muted"]
    assert first > 0.9 > 0.01 > second and muted > whole + 0.5
    print(f"seed {seed}: weight on ▷ {first:.2f}, then {second:.2f}; loss {whole:.2f}, with ▷ muted {muted:.2f}")

# %% [markdown] id="sink-say"
r"""<details><summary><b>After you ran it</b></summary>

Much longer. ▷ is no parking place here, it is a message. In the first copy the loss is ln 32 = 3.47, that of an even guess, and without what ▷ says it is clearly worse: the model would be surer than it may be. The message is, in effect, *I know nothing yet*.
In large models the values of sinks are often measured to be *short* (Kobayashi and others 2020, for BERT; Gu and others 2025), and then parking is the better word. The weight looks the same in both cases. Only the value tells.

</details>

And the GPT of chapter 10? Its rows begin anywhere in a text, with any letter."""

# %% id="sink-gpt" tags=["nbval-ignore-output"]
with torch.no_grad():
    weights, handed = gpt(tokens)[1][0], gpt.values(tokens)[0].norm(dim=-1)  # (4, 4, N, N), (4, 4, N)
first = weights[:, :, 16:, 0].mean(dim=-1)  # (4, 4)
even = (1 / torch.arange(17.0, len(line) + 1)).mean()
print(
    f"weight on the first letter: {first.min():.3f} to {first.max():.3f} in the 16 heads, even shares would be {even:.3f}"
)
assert first.max() < 0.1

# %% [markdown] id="sink-gpt-say"
r"""No sink: no head gives the first letter more than a few percent. This GPT is small, it was trained on pieces of text that begin anywhere, and its queries and keys are normalised. We did not test which of these keeps the sink away. Sinks are common in large models; they are not a law.

## How do I see the attention of my model?

`widgets.alpha` takes any weights, an array or a tensor (n_q, n_k) or (H, n_q, n_k), and a list of tokens. Most libraries hand them out when asked. Here is how it goes with the usual one, on a small model with random weights. (Nothing is downloaded. If the library is not installed, the cell says so.)"""

# %% id="my-model" tags=["nbval-ignore-output"]
from importlib.util import find_spec

if find_spec("transformers") is None:
    print(
        "The package transformers is not installed here, and the course does not need it. The lines below are how it goes."
    )
else:
    from transformers import BertConfig, BertModel

    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
    theirs = BertModel(BertConfig(vocab_size=100, attn_implementation="eager", **sizes)).eval()
    answer = theirs(torch.arange(6)[None], output_attentions=True)
    display(widgets.alpha(weights=answer.attentions[1][0], queries=["a", "b", "c", "d", "e", "f"], title="layer 2"))
assert callable(widgets.alpha)

# %% [markdown] id="my-model-say"
r"""`output_attentions` is a tuple, a tensor (B, H, n_q, n_k) for each layer; `[1][0]` is layer 2, first sentence. It needs `attn_implementation="eager"`: fused kernels never form α (chapter 14). And then you know what to do before you believe it.

## What we learnt

- A reading is a number that was named before, counted on fresh rows and several seeds, and tested by a change. Among enough maps any story can be found.
- Removing one of several stand-ins changes nothing, and proves nothing. Shuffling kills the look-up and the speller; of ten equal classifiers some hardly notice.
- α is where. What is handed over is α times the value: a sink may be a silence, or the loudest message of all."""

# %% [markdown] id="check-yourself"
r"""## Check yourself"""

# %% id="quiz"
check.yourself()

# %% [markdown] id="ex-12-6-text"
r"""## Going further

### Exercise 12.6 · what is really handed over
8 min · ●●● · stretch, you may skip it

Return $\alpha_{ij}\, \lVert v_j W_o \rVert$ for all heads: weights (H, n_q, n_k), values (H, n_k, d_head), and `W_o` (H · d_head, d_model), whose first d_head rows belong to head 0. The answer is (H, n_q, n_k).

<details><summary>Hint 1</summary>Cut W_o first: <code>W_o.reshape(H, d_head, d_model)</code> gives each head its own part.</details>
<details><summary>Hint 2</summary>Then one vector for each head and key, (H, n_k, d_model), and its length along the last axis.</details>
<details><summary>Hint 3</summary>The lengths belong to keys, so they are the same for all queries: an axis of length 1 in the middle.</details>"""


# %% id="ex-12-6"
def spoken(weights, v, W_o):
    """Return how long the vector is that each key hands to each query   (H, n_q, n_k)."""
    ### BEGIN SOLUTION
    H, _, d_head = v.shape
    handed = v @ W_o.reshape(H, d_head, -1)  # (H, n_k, d_model)
    return weights * np.sqrt((handed**2).sum(axis=-1))[:, None]
    ### END SOLUTION


# %% id="ex-12-6-check"
check.spoken(spoken)

# %% [markdown] id="going-on"
r"""- C. Olsson and others (2022), *In-context learning and induction heads*: the score, and heads of this kind in large models.
- S. Jain, B. Wallace (2019), *Attention is not explanation*. S. Wiegreffe, Y. Pinter (2019), *Attention is not not explanation*. S. Serrano, N. Smith (2019), *Is attention interpretable?*
- E. Voita and others (2019), *Analyzing multi-head self-attention*; P. Michel, O. Levy, G. Neubig (2019), *Are sixteen heads really better than one?*: removing heads.
- G. Kobayashi and others (2020), *Attention is not only a weight: analyzing transformers with vector norms*. G. Brunner and others (2020), *On identifiability in transformers*: when another α gives the same answer.
- P. Schwaller and others (2021), *Extraction of organic chemistry grammar from unsupervised learning of chemical reactions*: RXNMapper. Z. Lan and others (2020), *ALBERT: a lite BERT for self-supervised learning of language representations*.
- G. Xiao and others (2024), *Efficient streaming language models with attention sinks*. X. Gu and others (2025), *When attention sink emerges in language models*.

Words of this chapter: [Ablation](glossary.md#ablation) · [Induction head](glossary.md#induction-head) · [Sink](glossary.md#sink).

Next: [13 · Images and graphs](13_images_and_graphs.ipynb): anything with parts can attend.
Before you go on, shut this kernel down (menu *Kernel*, *Shut Down Kernel*): each open chapter holds memory."""
