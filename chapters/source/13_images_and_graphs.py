# %% [markdown] id="title"
r"""# 13 · Images and graphs
*Anything with parts.*

**You will be able to** cut a picture into parts that attention can read, turn any graph into a mask,
and say what a mask does not tell.

About 60 minutes · you need chapters 7, *query, key, value*, and 9, *positions*. Chapter 2's additive scorer comes back."""

# %% id="imports"
import numpy as np
import torch

from utils import attention as kernel, plots, training
from utils.chapters.ch13_images_and_graphs import check, digit_race, figures, graph_trials, graphs, patches, rollout
from utils.widgets import Cell, Choice, Slider, panel, predict

# %% [markdown] id="warm-up"
r"""## Warm up

Two questions from chapters 2 and 9."""

# %% id="recall"
check.recall()

# %% [markdown] id="pixels-text"
r"""## A picture is not a sack of pixels

So far tokens were words, letters, days. A picture has parts, too. Here is a handwritten 3 of 8 by 8 pixels, and the same 64 pixels in another order.

The plainest try: every pixel is a token, and its grey level is all it knows. The 64 tokens attend to each other, and the mean of their answers is the verdict on the picture.

**Predict.** How far apart are the verdicts on the two?"""

# %% id="predict-pixels-choice"
predict("13-pixels", "far: one is a 3, the other is noise", "a little", "not at all, beyond rounding")

# %% id="pixels"
from utils.data import digits as data

images, digits = data.load()
three = images[3]  # (8, 8), paper is 0 and ink is 1
mixed = patches.scramble(three[None], seed=0)[0]
plots.show(
    figures.plot_digits([three, mixed], ["a 3", "the same pixels"]),
    alt="On the left a handwritten 3, on the right a square of scattered grey pixels.",
)


# %% id="pixels-shown"
def verdict(image):
    x = image.reshape(64, 1).astype(float)  # (T, d_model): 64 tokens of one number
    return kernel.attention(x, x, x)[0].mean()


assert np.isclose(verdict(three), verdict(mixed))
f"{verdict(three):.4f}   {verdict(mixed):.4f}"

# %% [markdown] id="pixels-say"
r"""<details><summary><b>After you ran it</b></summary>

Not at all. Attention without places sees a bag of tokens (chapters 7 and 9). A bag of grey levels is no picture: it is a histogram.

</details>

Two things are missing. Each part needs **its place**, as a word did. And one pixel says too little to ask a good question: a part should be a piece of a stroke.

## The idea

Attention never asked for words. It wants *rows of numbers*, and it wants to know *who may look at whom*. So for anything with parts, three choices are made:

- **What is a part?** A square of pixels, a member of a club, a cell of a table. Each becomes a row.
- **Where does it stand?** If that matters, put it into the row.
- **Who may look at whom?** That is the mask.

$$h_i = x_i W_e + \text{place}_i \qquad\quad a_i = \sum_{j \in N(i)} \alpha_{ij}\, v_j$$

| in the formula | in the code | shape | in words |
|---|---|---|---|
| $x_i$ | `patchify(images, p)[b, i]` | `(p * p,)` | part *i*: the grey levels of one square |
| $W_e$ | `embed` | `(p * p, d_model)` | makes a row of features of it |
| $\text{place}_i$ | `place[i]` | `(d_model,)` | where the part stands; learnt |
| $N(i)$ | `mask[i]` | `(n,)`, True or False | whom part *i* may look at |
| $\alpha_{ij}$ | `weights[..., i, j]` | 0 to 1; over $N(i)$ the sum is 1 | how much it listens to part *j* |

Such a square is called a **patch**. A small picture, to be cut by hand into patches of 2 by 2:"""

# %% id="by-hand"
small = np.arange(16).reshape(4, 4)
print(small)
[small[i : i + 2, j : j + 2].ravel().tolist() for i in (0, 2) for j in (0, 2)]

# %% [markdown] id="ex-13-1-text"
r"""The first patch holds 0, 1, 4, 5: two pixels of the first line, and the two below them. The loop reads the patches line by line.

### Exercise 13.1 · patchify
10 min · ●●○

Do it without a loop, for many images at once. `images` has the shape (B, height, width), and `p` divides both sides. Return (B, number of patches, p · p), patches line by line, and the pixels of each patch line by line.

<details><summary>Hint 1</summary>The pixels of one patch do not lie side by side in memory. <code>reshape(B, n, p * p)</code> alone would cut the lines into pieces.</details>
<details><summary>Hint 2</summary>First give each side two axes: <code>reshape(B, height // p, p, width // p, p)</code>. What does each of the five say?</details>
<details><summary>Hint 3</summary>They say: image, patch row, line inside, patch column, column inside. Two of them change places, then the last two become one, and so do the two before.</details>"""


# %% id="ex-13-1"
def patchify(images, p):
    """Cut images (B, height, width) into patches of p by p pixels: (B, n, p * p)."""
    ### BEGIN SOLUTION
    B, height, width = images.shape
    cut = images.reshape(B, height // p, p, width // p, p).swapaxes(2, 3)
    return cut.reshape(B, -1, p * p)
    ### END SOLUTION


# %% id="ex-13-1-check"
check.patchify(patchify)

# %% [markdown] id="patches-loop-text"
r"""By loop, and at once, on a real image. Then one matrix product makes rows of features of all patches:"""

# %% id="patches-loop"
by_loop = np.array([three[i : i + 2, j : j + 2].ravel() for i in range(0, 8, 2) for j in range(0, 8, 2)])
at_once = patches.patchify(images, 2)  # (1797, 16, 4)
assert np.array_equal(at_once[3], by_loop)

W_e = np.random.default_rng(0).normal(size=(4, 32))
(at_once @ W_e).shape  # (B, T, d_model)

# %% [markdown] id="reader-text"
r"""## A reader of digits

The data: 1,797 digits, written by 13 people, collected by Alpaydin and Kaynak (1998). 450 are kept for the test, drawn by chance.

The model (`utils/chapters/ch13_images_and_graphs/digit_race.py`): 16 patches of 2 by 2, with a learnt vector for each place. Two layers in which every patch looks at every patch, each followed by a small network for each patch alone.
The mean of the 16 rows is multiplied by a table that gives ten scores. No mask. Such a model is called a **vision transformer**.

Beside it, four rivals that are older:

- **linear**: one number for each pixel and digit, the largest sum wins.
- **average by distance**: chapter 1. The keys are the 1,347 known images, the values what they show, the scores come from distance. Nothing is learnt.
- **kernel least squares**: a Gaussian round each known image, but with *heights* that are fitted (a cousin of the support vector machine).
- **convolution**: a network in which the same little windows of 3 by 3 pixels slide over the picture.

**Predict.** Which reads best?"""

# %% id="predict-readers-choice"
predict("13-readers", "linear", "average by distance", "kernel least squares", "convolution", "patches and attention")

# %% id="train" tags=["nbval-ignore-output"]
(known, known_digits), (asked, right) = digit_race.known_and_tested(seed=1)
assert (len(known), len(asked)) == (1347, 450)
model = digit_race.PatchReader(d_model=32, seed=1)


def test_accuracy(model):
    return digit_race.accuracy(lambda images: model(torch.tensor(images)), asked, right)


history = digit_race.teach(model, known, known_digits, lr=3e-3, seed=1, evaluate=test_accuracy, every=50)
training.expect(history.metric()[-1] > 0.93, "the patches should be read by now")
assert 0 <= history.metric()[-1] <= 1

# %% id="quick-rivals" tags=["nbval-ignore-output"]
quick = {
    "linear": digit_race.linear(known, known_digits, decay=1e-4),
    "average by distance": digit_race.distance_average(known, known_digits, width=0.3),
    "kernel least squares": digit_race.kernel_least_squares(known, known_digits, width=1.5, ridge=1e-3),
}
shares = {name: digit_race.accuracy(read, asked, right) for name, read in quick.items()}
shares["patches and attention"] = history.metric()[-1]
for name, share in shares.items():
    print(f"{name:<22} {share:.1%}")
assert shares["kernel least squares"] > 0.98 and shares["average by distance"] > 0.97

# %% [markdown] id="measured-text"
r"""One split, one setting: no evidence yet. A fairer comparison was **measured earlier** (`utils/chapters/ch13_images_and_graphs/recipes/digits.py`): three splits. For each split every reader got four settings, tried on a fifth of the images to learn from, and then one look at the test.

It measured three things: the test images as they are; the same images **pushed one pixel to the right**; and images whose pixels were **scrambled**, in one order for all of them, for learning and for the test."""

# %% id="measured"
from utils.recipes import measured

readers = measured("13_digits")["readers"]
columns = {"accuracy": "as they are", "pushed": "pushed by one pixel", "scrambled": "scrambled, learnt anew"}
plots.show(
    figures.plot_readers(readers, columns),
    alt="Three panels, five readers, a dot a split. As they are: kernel least squares and convolution near 99 percent, the average by distance 98.5, attention and linear near 96.5. Pushed: convolution keeps 68 to 83 percent, distance and kernel about 66, attention and linear below 50. Scrambled: only convolution and attention change, and fall by about one percent.",
)

# %% id="measured-numbers"
means = {name: {c: np.mean([100 * one[c] for one in splits]) for c in columns} for name, splits in readers.items()}
for name, each in means.items():
    print(f"{name:<22}", "   ".join(f"{columns[c]} {share:.1f} %" for c, share in each.items()))

# %% [markdown] id="why-lose-text"
r"""<details><summary><b>After you ran it</b></summary>

Kernel least squares and the convolution, a hair apart; the first with nothing but distances, in about a tenth of a second. And chapter 1's average, where **nothing is learnt at all**, beats the trained attention on every split.

</details>

### Why does attention lose here?

**The task is easy for whoever compares pixel by pixel.** The digits are small, upright and centred, so a pixel means the same in every picture. The scrambled pictures show it: to the first three readers they are the same task, to the last digit. They never knew that a picture is a picture. (Attention falls a little: a patch of scattered pixels is no piece of a stroke.)

**Push everything by one pixel**, and nothing fits any more. The convolution falls least, on the mean. Its windows look for a stroke *wherever it lies*: that is built in. What a model takes for granted before it has seen anything is called its **inductive bias**.

**Attention takes next to nothing for granted.** Each place has a vector of its own. Nothing says that place 6 lies beside place 5, or that a stroke may come at either. All that must be learnt, from 1,347 pictures. In this test attention reads about as well as the plain table, and pushed it is no better. With hundreds of millions of pictures it overtakes convolutions (Dosovitskiy and others, 2021): what they have built in, it can learn, and then more.

Caveats: the same hands wrote what is learnt and what is tested; new hands are harder. These are small models, and four settings each are a small search."""

# %% id="why-lose-asserts"
plain, pushed, mixed_up = ({name: each[column] for name, each in means.items()} for column in columns)
assert abs(plain["linear"] - plain["patches and attention"]) < 1 and plain["average by distance"] > 98
assert min(plain["kernel least squares"], plain["convolution"]) > plain["average by distance"]
assert abs(plain["kernel least squares"] - plain["convolution"]) < 0.2
for one, other in zip(readers["average by distance"], readers["patches and attention"], strict=True):
    assert one["accuracy"] > other["accuracy"]
assert all(one["seconds to learn"] < 0.2 for one in readers["kernel least squares"])
assert all(plain[name] == mixed_up[name] for name in list(plain)[:3])
assert max(pushed, key=pushed.get) == "convolution" and pushed["patches and attention"] < pushed["linear"]

# %% [markdown] id="click-text"
r"""## Click a patch

The digit that the trained model looks at, with α over it: the area of a purple square is the weight that the chosen patch gives to the patch under it. **Click any patch of the picture on the left**, or Tab to it and walk with the arrow keys.

**One question to settle by playing:** does a patch look most at *itself*?"""

# %% id="click"
shown = [asked[right == digit][0] for digit in range(10)]  # one test image of each digit
with torch.no_grad():
    scores, alpha = model.run(torch.tensor(np.array(shown)))
said, alpha = scores.argmax(-1).tolist(), alpha.numpy()  # alpha (10, n_layers, n_heads, 16, 16)


def patch_row(patch, digit, layer, head):
    heads = alpha[digit, layer - 1]
    return (heads.mean(axis=0) if head == "mean" else heads[head - 1])[4 * patch[0] + patch[1]].reshape(4, 4)


def draw_patch(patch, digit, layer, head):
    title = f"the model says {said[digit]}"
    return figures.plot_patch_alpha(shown[digit], patch_row(patch, digit, layer, head), patch, title=title)


def describe_patch(patch, **others):
    row, column = np.unravel_index(patch_row(patch, **others).argmax(), (4, 4))
    here = f"The patch in row {patch[0] + 1}, column {patch[1] + 1}"
    return f"{here} looks most at the one in row {row + 1}, column {column + 1}."


panel(
    draw_patch,
    name="click a patch",
    alt=describe_patch,
    patch=Cell(4, 4, (1, 2), label="patch that asks"),
    digit=Slider(0, 9, 3),
    layer=Slider(1, 2, 1),
    head=Choice(["mean", 1, 2, 3, 4]),
)

# %% id="click-measured" tags=["nbval-ignore-output"]
with torch.no_grad():
    every = model.run(torch.tensor(asked))[1].numpy()  # (450, n_layers, n_heads, 16, 16)
own = every.argmax(-1) == np.arange(16)  # where the largest weight of a row stands on its diagonal
for layer in (0, 1):
    print(f"layer {layer + 1}: {own[:, layer].mean():.0%} of all rows look most at themselves")
training.expect(own.mean() < 0.2, "few rows should look most at themselves")
assert 0 <= own.mean() <= 1

# %% [markdown] id="click-say"
r"""<details><summary><b>After you played</b></summary>

Mostly not: in a small minority of the rows. A patch has itself already: what a layer finds is *added* to what the patch knew. It may look elsewhere, and it does: change the digit, and the same patch looks at other places.

</details>

A warning from chapter 12: this shows where the model looks. What the look *does* is another question; we come back to it.

## Pictures and words in one row

A model that describes a picture gets both in one row: first the patches, then the words. What may look at what? A picture has no order in time: **all patches see each other**. The words are written one after the other: **each word sees the whole picture and the words before it**. And no patch sees a word, or it would know what is going to be said.

You have met this mask: a prefix (chapter 7)."""

# %% id="joint-mask"
row = ["▦1", "▦2", "▦3", "▦4", "a", "hand", "wrote", "three"]
joint = kernel.prefix_mask(8, prefix=4)
even = joint / joint.sum(axis=1, keepdims=True)  # no preference: equal weights on all that is allowed
plots.show(
    plots.plot_alpha(even, row, mask=joint, title="Four patches, then four words"),
    alt="Eight rows. The four patches look at each other and not at the words. Each word looks at all patches, at itself and at the words before it.",
)

# %% id="joint-mask-shown"
x = np.random.default_rng(1).normal(size=(8, 6))
other = x.copy()
other[7] = -x[7]  # another last word
before, after = (kernel.attention(each, each, each, joint)[0] for each in (x, other))
moved = abs(after - before).max(axis=1) > 1e-9
assert moved.tolist() == [False] * 7 + [True]
"only the last word's own answer changed"

# %% [markdown] id="structure-text"
r"""## A tree, a table: what is near to what?

In a sentence and in a picture everybody may look at everybody. Other things come with a structure that says who has to do with whom. A structure of that kind is a **graph**: things, called *nodes*, and ties between some of them, called *edges*.

**A graph is a mask.** Two examples: a report, in which each part sees what it is part of, and a table of three lines and four columns, in which a cell sees its own line and its own column."""

# %% id="structures"
report = ["report", "part 1", "text", "text", "part 2", "text"]
tree = graphs.tree_mask([None, 0, 1, 1, 0, 4])
table = graphs.table_mask(3, 4)
cells = [f"{line}{column}" for line in (1, 2, 3) for column in "abcd"]
ax = plots.new_axes(9.6, 4.4, 2)
plots.plot_alpha(tree / tree.sum(1, keepdims=True), report, mask=tree, ax=ax[0], title="a tree")
plots.plot_alpha(table / table.sum(1, keepdims=True), cells, mask=table, ax=ax[1], title="a table")
plots.show(
    ax[0],
    alt="Two masks with equal weights on what is allowed. In the tree a text sees itself, its part and the report. In the table each cell sees six cells, those of its line and its column.",
)

# %% id="table-two-steps"
print(f"a cell of the table sees {table[0].sum()} cells of 12")
in_two = table.astype(int) @ table > 0  # through one other cell
print(f"after two layers it has heard from {in_two[0].sum()}")
assert in_two.all()

# %% [markdown] id="table-say"
r"""Each layer takes one step along the ties. What is not tied to me reaches me through others, with more layers.

Mostly a graph is written down as a list of its edges, pairs such as (0, 2)."""

# %% [markdown] id="ex-13-2-text"
r"""### Exercise 13.2 · a mask from edges
8 min · ●●○

`edges` is a list of pairs of nodes, counted from 0; `n` is the number of nodes. Return the mask (n, n), boolean. Row *i* says whom node *i* may look at.

- A pair (a, b) reads *a follows b*: a may look at b.
- With `directed=False` following is mutual: then b may look at a, too.
- Everybody may look at themselves, in any case.

<details><summary>Hint 1</summary>Begin with a mask in which everybody sees only themselves. <code>np.eye(n, dtype=bool)</code> is one.</details>
<details><summary>Hint 2</summary>For each pair one cell becomes True, and without a direction one more. Which is the row?</details>"""


# %% id="ex-13-2"
def mask_from_edges(edges, n, directed):
    """Return who may look at whom (n, n), boolean, from pairs (a, b): a follows b."""
    ### BEGIN SOLUTION
    mask = np.eye(n, dtype=bool)
    for a, b in edges:
        mask[a, b] = True
        if not directed:
            mask[b, a] = True
    return mask
    ### END SOLUTION


# %% id="ex-13-2-check"
check.mask_from_edges(mask_from_edges)

# %% [markdown] id="friends-text"
r"""Does it matter? Twelve people, each wears red or blue, some of them are friends. **Has any of my friends red on?** In every round people, colours and friendships are new.

One layer of attention, one head; what a node *heard* is turned into yes or no. Once with the mask of the friendships, once without. (Nobody is their own friend here, so the mask leaves oneself out.)

How often is yes the right answer?"""

# %% id="friends-share"
from utils.chapters.ch13_images_and_graphs.graph_trials import red_friend

red, ties_of_rounds, yes = red_friend(12, 500, training.seeded(99))  # colours, masks, answers of 500 rounds
f"{yes.float().mean().item():.0%}"

# %% [markdown] id="friends-predict"
r"""**Predict.** How often is plain attention right, without the mask?"""

# %% id="predict-friends-choice"
predict("13-friends", "nearly always", "about 60 %", "one time in two", "never")

# %% id="friends" tags=["nbval-ignore-output"]
found = {}
with training.board("Has any of my friends red on?"):
    for name, use_ties in {"everybody sees all": False, "friends only": True}.items():
        found[name] = [graph_trials.friends(use_ties, seed) for seed in range(3)]
for name in found:
    print(f"{name:<20}", ", ".join(f"{share:.0%}" for share in found[name]))
training.expect(min(found["friends only"]) > 0.97, "with the ties it should be easy")
assert max(found["everybody sees all"]) < 0.7

# %% [markdown] id="friends-say"
r"""<details><summary><b>After you ran it</b></summary>

About 60 %. It can count how many wear red, and guess. Who is a friend of whom never reaches it: **the ties are not in the tokens.** Two rounds with the same colours and other friendships are the same input to it. More training cannot help; only telling it the ties can.

With the mask, one head that weighs all friends alike is enough.

</details>

## Who, not what kind

A mask says *who may look*. It does not say *what kind of tie* it is. I have a friend who says 1 and an opponent who says 3. For somebody else it is the other way round. I want to move towards friends and away from opponents:"""

# %% id="kinds"
says = np.array([[0.0], [1.0], [3.0]])  # me, and two others
zero = np.zeros((3, 3))  # no queries, no keys: all scores are 0
ties = graphs.mask_from_edges([(0, 1), (0, 2)], 3)
first, second = np.eye(3, dtype=bool)[[1]], np.eye(3, dtype=bool)[[2]]  # "only the first", "only the second"


def towards_and_away(friend, opponent):
    near, far = (kernel.attention(zero[:1], zero, says, one)[0].item() for one in (friend, opponent))
    return near - far


print("one mask:", kernel.attention(zero, zero, says, ties)[0][0, 0].round(2).item(), "whoever is the friend")
print("two heads, a mask each:", towards_and_away(first, second), towards_and_away(second, first))

# %% [markdown] id="kinds-say"
r"""With one mask the two situations are the same input. Two heads, each with the mask of *one* kind and a minus sign in $W_o$ (chapter 8), tell them apart. There are cheaper ways: add a number for the kind of tie to the score, or let the kind be a part of the key.
The course's `attention` takes numbers instead of True and False, and adds them to the scores. Here friends weigh three times as much:"""

# %% id="kinds-bias"
bias = np.where(ties[:1], [[0, np.log(3), 0]], -np.inf)  # myself, a friend, an opponent
kernel.attention(zero[:1], zero, says, bias)[1].round(2).tolist()

# %% [markdown] id="club-text"
r"""## A club falls apart

A real graph, small and famous. From 1970 to 1972 Wayne Zachary watched a karate club of 34 members, and noted who met whom outside the lessons. Then the teacher (0) and the club's officer (33) quarrelled, and the club split in two.

The model knows *who is tied to whom*, and the side of two members: 0 and 33. Where do the other 32 go?

Two layers, four heads in the first. A member's row is a single 1 at their own place, so it says who one is and nothing else. This is a **graph attention network**: attention whose mask is the graph. (`"mended"` names its scorer, which comes further down.)"""

# %% id="club"
from utils.data import karate

club = graphs.mask_from_edges(karate.EDGES, 34)
plots.show(
    figures.plot_graph(karate.LAYOUT, club, looks=karate.SIDES, title="Where they went: discs with 0, squares with 33"),
    alt="A graph of 34 nodes and 78 ties. The discs on the left went with the teacher 0, the squares on the right with the officer 33; some ties join the two sides.",
)
len(karate.EDGES), club.sum().item()  # ties; True cells: both ways, and 34 on the diagonal

# %% id="club-train" tags=["nbval-ignore-output"]
reader, club_history = graph_trials.club("mended", seed=0)
training.expect(club_history.metric("right")[-1] > 0.9, "most members should be placed")
assert len(club_history.metric("weights")) == len(club_history.steps)

# %% [markdown] id="club-play-text"
r"""α on the ties: the half of a tie that starts at a member shows how much *this member* listens to the other end. Thick is much. Discs and squares are what the model says now; a red ring is a mistake. Let the steps play.

**One question to settle by playing:** at step 0 nothing is learnt. What does α look like there, and who is on the wrong side at the end?"""

# %% id="club-panel" tags=["nbval-ignore-output"]
LOOKS = ["first, head 1", "first, head 2", "first, head 3", "first, head 4", "second"]


def draw_club(moment, look):
    weights = club_history.metric("weights")[moment][LOOKS.index(look)].numpy()
    said = np.array(club_history.metric("said")[moment])
    wrong, step = np.nonzero(said != karate.SIDES)[0], club_history.steps[moment]
    title = f"step {step}: {len(wrong)} on the wrong side"
    return figures.plot_graph(karate.LAYOUT, club, weights=weights, looks=said, wrong=wrong, title=title)


def describe_club(moment, look):
    wrong = np.nonzero(np.array(club_history.metric("said")[moment]) != karate.SIDES)[0]
    return (
        f"α of the {look} look at step {club_history.steps[moment]}; wrong: {', '.join(map(str, wrong)) or 'nobody'}."
    )


last = len(club_history.steps) - 1
club_panel = panel(
    draw_club,
    name="α on the ties",
    alt=describe_club,
    moment=Slider(0, last, last, label="tens of steps", play=True),
    look=Choice(LOOKS, "second"),
)
display(club_panel)
assert club_panel.values["moment"] == last

# %% [markdown] id="club-say"
r"""<details><summary><b>After you played</b></summary>

At step 0 α is nearly even: each member listens to all ties alike, because untrained scores differ little. Thick halves there belong to whoever has few ties: a row sums to one, so few ties get much each. With this seed it is member 8, who also goes wrong when labels spread without learning (below); with other seeds it may be somebody else at the border, or nobody. Member 8 has ties to both sides, more of them to the officer's, and went with the teacher. (Zachary tells why: he was three weeks away from the exam for the black belt, and with the officer's people he would have had to begin anew.) The graph does not know that.

</details>

### Is it the attention?

Ten seeds for each kind of weights, all with the same two layers, sizes and 100 steps (`utils/chapters/ch13_images_and_graphs/recipes/karate.py`): *uniform*, *by degree* (a formula; Kipf and Welling, 2017), the attention *of 2018* and its *mended* form (both in the next section), the *dot product*. And without any learning: let the two known labels **spread**, everybody takes the mean of their neighbours again and again.

**Predict.** Which places most members?"""

# %% id="predict-club-choice"
predict(
    "13-club", "one of the attentions, clearly", "uniform weights, clearly", "no clear winner: a member or two apart"
)

# %% id="club-seeds"
counts = measured("13_karate")
spread = graphs.spread(club, {karate.TEACHER: 0, karate.OFFICER: 1}).argmax(axis=1)
by_spreading = (spread == karate.SIDES)[graph_trials.ASKED].sum().item()
assert by_spreading == counts["labels spread, nothing learnt"] and np.nonzero(spread != karate.SIDES)[0].tolist() == [8]
plots.show(
    figures.plot_clubs(
        counts["right"] | {"spread, nothing learnt": [by_spreading]}, title="Ten seeds each; in the dots: how many"
    ),
    alt="Dots with the number of seeds in them. The dot product places 31 of 32 in all ten runs, and so does spreading labels; mended 30 to 32, uniform 30 or 31, by degree 30 and once 31, the scorer of 2018 27 to 31.",
)

# %% id="club-means"
{name: round(np.mean(each).item(), 1) for name, each in counts["right"].items()} | {"spread": by_spreading}

# %% [markdown] id="club-means-say"
r"""<details><summary><b>After you ran it</b></summary>

At the top there is no winner: two of the three attentions place 31 members, give or take one, and so does spreading labels, **without any learning**. Uniform weights are half a member behind. The attention of 2018 comes last here and differs most from seed to seed.

</details>

**A picture, not evidence.** It is one graph, and one member is 3 %. All models had one and the same setting: with two labels there is nothing to choose a better one with. What the picture does say: here *who may look* does nearly all the work, and *how much* hardly any."""

# %% id="club-asserts"
by_kind = counts["right"]
assert set(by_kind["dot product"]) == {by_spreading} == {31} and set(by_kind["uniform"]) == {30, 31}
assert set(by_kind["mended"]) == {30, 31, 32} and sorted(by_kind["by degree"]) == [30] * 9 + [31]
assert (min(by_kind["2018"]), max(by_kind["2018"])) == (27, 31)
assert min(by_kind, key=lambda kind: np.mean(by_kind[kind])) == "2018"

# %% [markdown] id="static-text"
r"""## A scorer that cannot choose

Why was the scorer of 2018 mended? It goes like this: each node gets a projection; two vectors make two numbers of it, one for asking and one for being asked. Query's number and key's number are added, and the sum passes through a bent line, `leaky`, which leaves positive numbers alone and multiplies negative ones by 0.2.

$$\text{score}_{ij} = \text{leaky}(a \cdot h_i W + b \cdot h_j W)$$"""


# %% id="static-scorer"
def leaky(x):
    return np.where(x > 0, x, 0.2 * x)


def scores_2018(h, W, a, b):
    projected = h @ W  # (n, m)
    return leaky((projected @ a)[:, None] + projected @ b)  # (n, n)


# %% [markdown] id="static-predict-text"
r"""**Predict.** Six nodes, random numbers. Each row ranks the six keys, best first. How many different rankings do the six rows have?"""

# %% id="predict-static-choice"
predict("13-static", "six: each query has its own", "two or three", "one", "it depends on the numbers")

# %% id="static-shown"
rng = np.random.default_rng(0)
h, W, a, b = rng.normal(size=(6, 4)), rng.normal(size=(4, 5)), rng.normal(size=5), rng.normal(size=5)
(-scores_2018(h, W, a, b)).argsort(axis=1).tolist()

# %% [markdown] id="static-say"
r"""<details><summary><b>After you ran it</b></summary>

One, and it does not depend on the numbers. Larger $b \cdot h_j W$ means a larger sum, in every row; and `leaky` never turns an order round. **The best key is the same for everybody.** α is sharper in some rows and flatter in others, but nobody can prefer another key.

It is the trap of chapter 2: without the tanh, query and key did not meet at all. Here the curve is there, but it stands *outside*, after all has been added up to one number.

</details>"""

# %% [markdown] id="ex-13-3-text"
r"""### Exercise 13.3 · a scorer that can choose
8 min · ●●○

Mend it. Query and key get a projection each, the two rows are added, *then* comes the bent line, on every feature, and only then the vector `a` makes one number of it:

$$\text{score}_{ij} = a \cdot \text{leaky}(h_i W_q + h_j W_k)$$

`h` is (n, d), `W_q` and `W_k` are (d, m), `a` is (m,). Return the scores (n, n); row *i* is the query. `leaky` stands above.

<details><summary>Hint 1</summary>Every pair needs a row of m numbers of its own: an array (n, n, m).</details>
<details><summary>Hint 2</summary>Give the queries a new axis for the keys, <code>[:, None]</code>; then adding pairs everybody with everybody.</details>
<details><summary>Hint 3</summary><code>@ a</code> at the end takes the last axis away.</details>"""


# %% id="ex-13-3"
def pair_scores(h, W_q, W_k, a):
    """Return scores (n, n) of nodes h (n, d): a · leaky(h_i W_q + h_j W_k), row i is the query."""
    ### BEGIN SOLUTION
    pairs = (h @ W_q)[:, None] + h @ W_k  # (n, n, m)
    return leaky(pairs) @ a
    ### END SOLUTION


# %% id="ex-13-3-check"
check.pair_scores(pair_scores)

# %% id="mended-rankings"
W_k = rng.normal(size=(4, 5))
rankings = (-graphs.pair_scores(h, W, W_k, a)).argsort(axis=1)
len(set(map(tuple, rankings.tolist())))  # different rankings, of six rows

# %% [markdown] id="find-text"
r"""Now a task in which everybody needs another key. Eight askers, each with a letter; eight keys, each with a letter and a value. Every asker wants the value that goes with its own letter. Values are dealt anew each time; a guess is right one time in eight.

One layer, 200 steps, three seeds: the scorer of 2018, the mended one, the dot product of all other chapters. And the one of 2018 again with *four* heads.

**Predict.** How often is the scorer of 2018 right with one head?"""

# %% id="predict-find-choice"
predict("13-find", "nearly always", "about every second time", "about one time in eight")

# %% id="find" tags=["nbval-ignore-output"]
finders = {
    "2018": ("2018", 1),
    "mended": ("mended", 1),
    "dot product": ("dot product", 1),
    "2018, 4 heads": ("2018", 4),
}
finds = {}
with training.board("Which value goes with my letter?"):
    for name, (kind, n_heads) in finders.items():
        finds[name] = [graph_trials.find(kind, seed, n_heads=n_heads) for seed in range(3)]
for name in finders:
    print(f"{name:<14}", ", ".join(f"{share:.0%}" for share in finds[name]))
training.expect(min(finds["mended"]) > 0.5 and min(finds["dot product"]) > 0.95, "these two can choose")
assert max(finds["2018"]) < 0.3

# %% [markdown] id="find-say"
r"""<details><summary><b>After you ran it</b></summary>

Little more than a guess: eight askers, and one key that all of them rank first. The mended scorer and the dot product can choose; the mended one, with its bends, does not reach the top in every run within these steps.

And the surprise: with **four heads** the scorer of 2018 does much better. Each head has one fixed ranking. But how *sharp* a row is depends on the asker, and four such rows together say enough to tell the askers apart. So "it cannot" holds for *one head*. Read such claims slowly, this one as well.

</details>

## Two looks, one map?

The model of the digits has two layers, so there are two maps. Which patch of the *picture* does the *answer* come from? A patch of layer 2 looks at patches that have themselves looked round.

**Rollout** follows α through the layers. Two assumptions: in each layer half of a token is what it was (the added part, the residual) and half is what it heard; and all heads count the same.

$$R = \tfrac12(A_L + I)\;\cdots\;\tfrac12(A_2 + I)\;\tfrac12(A_1 + I)$$

$A_l$ is the α of layer *l*, the mean over its heads, and $I$ has ones on the diagonal: *everybody listens to themselves*."""

# %% [markdown] id="ex-13-4-text"
r"""### Exercise 13.4 · rollout
8 min · ●●○

`weights` is (n_layers, n_heads, n, n). Return R (n, n): row *i*, token *i* of the last layer; column *j*, token *j* of the input.

<details><summary>Hint 1</summary>The mean over heads first: one matrix (n, n) for each layer.</details>
<details><summary>Hint 2</summary>What has been reached so far starts as the identity: before any layer everybody has only themselves.</details>
<details><summary>Hint 3</summary>A later layer looks at what the earlier ones made. So its matrix is multiplied from the left.</details>"""


# %% id="ex-13-4"
def roll_out(weights):
    """Follow α (n_layers, n_heads, n, n) back through all layers: (n, n), rows sum to one."""
    ### BEGIN SOLUTION
    reached = np.eye(weights.shape[-1])
    for layer in weights.mean(axis=1):
        reached = (layer + np.eye(len(layer))) / 2 @ reached
    return reached
    ### END SOLUTION


# %% id="ex-13-4-check"
check.roll_out(roll_out)

# %% [markdown] id="rollout-limits-text"
r"""The answer is made of the mean of all 16 rows. So the mean of rollout's rows says how much each patch of the picture has in the answer, by this count. For the 3:"""

# %% id="rollout-three" tags=["nbval-ignore-output"]
share = rollout.rollout(alpha[3]).mean(axis=0).reshape(4, 4)  # of each patch in the answer
plots.show(
    figures.plot_patch_alpha(shown[3], share, None, title="Rollout: shares in the answer"),
    alt="The 3 with a purple square on each patch, as large as the share that rollout gives to it, and the 16 shares as numbers.",
)
assert np.isclose(share.sum(), 1, atol=1e-5)

# %% [markdown] id="rollout-break-text"
r"""And it is blind to three things. It never sees the **values**, so not whether anything is handed on. It never sees a **sign**: two heads that cancel count twice. And it never sees the small networks between the looks.

**Predict.** Token 0 gives all its weight to token 1. The table of values is all zeros. What does rollout say of token 1's share in token 0?"""

# %% id="predict-rollout-choice"
predict("13-rollout", "0: nothing is handed on", "one half", "1: it gets all the weight")

# %% id="rollout-blind"
look = np.array([[0.0, 1.0], [0.0, 1.0]])  # both look at token 1
W_v = np.zeros((1, 1))


def layer_out(tokens):
    return tokens + look @ tokens @ W_v  # what it was, and what it heard


moved = layer_out(np.array([[5.0], [9.0]]))[0] - layer_out(np.array([[5.0], [-9.0]]))[0]
print(f"rollout: {rollout.rollout(look[None, None])[0, 1]:.1f}, what really changes: {moved.item():.1f}")

# %% [markdown] id="rollout-faith-text"
r"""<details><summary><b>After you ran it</b></summary>

One half, and nothing at all arrives. Rollout is a count of *paths*, not of effects.

</details>

Is it any good on the trained readers? An experiment beats a map: replace one patch by the *typical* patch of its place, the mean over all known images, and see how far the score of the chosen digit moves. Do that for all 16, and compare the order with rollout's order, on 150 test images of each split.
The number is a **rank correlation**: 1, the same order; 0, nothing in common. (Chapter 12 counted pairs, Kendall's τ; this one is Spearman's, from the ranks themselves.) Beside it two simpler maps. One needs no model: how unlike the typical patch is this patch?"""

# %% id="rollout-faith"
agreement = measured("13_digits")["rank correlation"]["of splits"]
for name in agreement[0]:
    print(f"{name:<26}", ", ".join(f"{one[name]:.2f}" for one in agreement))

# %% [markdown] id="rollout-faith-say"
r"""<details><summary><b>After you ran it</b></summary>

Rollout agrees with the effect better than the last layer alone, on every split: following α through both layers is worth something. But a map that **needs no model** comes near it. It is ahead once and behind twice. An unusual patch matters, wherever α points.

</details>

So before you believe a map, compare it with a cheap one, and with an experiment. (Replacing a patch is not neutral, either: the model never saw such mixed pictures.)"""

# %% id="rollout-faith-asserts"
ahead = [one["rollout"] > one["unlike the typical patch"] for one in agreement]
assert sum(ahead) == 2 and all(one["rollout"] > one["last layer"] for one in agreement)

# %% [markdown] id="twins-text"
r"""## Two triangles or a ring of six?

Last, a limit of the mask itself. Six people, each with two friends. In one town they form two triangles, in the other a ring. All of them look the same: every row is `[1, 1]`.

We send both towns through the graph network of the karate club (two layers, four heads, random weights) and compare the answers."""

# %% id="twins"
triangles = graphs.mask_from_edges([(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)], 6)
ring = graphs.mask_from_edges([(i, (i + 1) % 6) for i in range(6)], 6)
turn = np.exp(2j * np.pi * np.arange(6) / 6)
round_about = np.column_stack([turn.real, turn.imag])
ax = plots.new_axes(6.4, 3, 2)
figures.plot_graph(round_about, triangles, ax=ax[0], title="two triangles")
figures.plot_graph(round_about, ring, ax=ax[1], title="a ring")
plots.show(
    ax[0],
    alt="Six nodes on a circle, twice. On the left 0, 1, 2 and 3, 4, 5 form a triangle each; on the right all form a ring.",
)

# %% id="predict-twins-choice"
predict("13-twins", "they differ at every node", "they differ at some nodes", "they are the same")

# %% id="twins-shown"
from utils.chapters.ch13_images_and_graphs.graph_networks import GraphReader

network, same_rows = GraphReader("mended", 2, 3, seed=5), torch.ones(6, 2)
with torch.no_grad():
    towns = [network(same_rows, torch.tensor(mask)) for mask in (triangles, ring)]
assert torch.allclose(*towns, atol=1e-6)
f"largest difference anywhere: {(towns[0] - towns[1]).abs().max().item():.5f}"

# %% [markdown] id="twins-say"
r"""<details><summary><b>After you ran it</b></summary>

They are the same, with any weights and any number of layers. Everybody averages three equal rows, so all rows stay equal, in both towns. Nobody can tell whether the friend of a friend is a new person or oneself again.
(The exact limit has a name: no network that only passes messages along ties can separate more graphs than the *Weisfeiler-Leman test* of 1968.)

</details>

So give the nodes something that the mask alone does not say: a number about where each stands in the graph, which is put into its row. Like a position, but for graphs."""

# %% [markdown] id="ex-13-5-text"
r"""### Exercise 13.5 · two triangles or a ring of six?
10 min · ●●●

Write `standing(mask)`: for each node a number, (n,), computed from the mask (n, n), boolean, with True on the diagonal. Two demands:

- It **tells the two towns apart**: sorted, the six numbers of one town differ from those of the other.
- It belongs to the node, **not to its number**: if the nodes are numbered anew, the numbers move along with them.

There are many right answers.

<details><summary>Hint 1</summary>The number of ties will not do: everybody has two, in both towns. What has a member of a triangle that one of the ring has not?</details>
<details><summary>Hint 2</summary>In a triangle one comes back to oneself in three steps. In the ring that takes six (or standing still).</details>
<details><summary>Hint 3</summary>Count walks: in <code>m @ m @ m</code>, with m the mask as whole numbers, the cell (i, j) holds the number of walks of three steps from i to j. Which cells belong to "back to oneself"?</details>"""


# %% id="ex-13-5"
def standing(mask):
    """Return a number for each node (n,) that follows the node, and separates two triangles from a ring of six."""
    ### BEGIN SOLUTION
    walks = mask.astype(int)
    return (walks @ walks @ walks).diagonal()
    ### END SOLUTION


# %% id="ex-13-5-check"
check.standing(standing)

# %% id="twins-apart"
graphs.closed_walks(triangles).tolist(), graphs.closed_walks(ring).tolist()

# %% [markdown] id="learnt"
r"""## What we learnt

- Anything with parts can be read by attention: choose the parts, give them their places, and say who may look at whom. On 1,347 small digits it loses to readers that compare whole images, and to a convolution: what that one has built in, attention would have to learn from more images.
- A graph is a mask: who may look, not what kind of tie. Without the mask the ties are not in the data. With the mask alone two triangles and a ring look the same.
- A scorer in which query and key do not meet before the curve gives every query the same ranking of the keys, in one head. Rollout counts paths, not effects."""

# %% [markdown] id="check-yourself"
r"""## Check yourself"""

# %% id="quiz"
check.yourself()

# %% [markdown] id="going-on"
r"""## Going further

- A. Dosovitskiy and others (2021), *An image is worth 16x16 words*: the same reader with up to 300 million images, where it overtakes convolutions.
- P. Veličković and others (2018), *Graph attention networks*; S. Brody, U. Alon, E. Yahav (2022), *How attentive are graph attention networks?*: the scorer and its mending.
- T. Kipf, M. Welling (2017), *Semi-supervised classification with graph convolutional networks*: weights by degree; also on the karate club.
- S. Abnar, W. Zuidema (2020), *Quantifying attention flow in transformers*: rollout.
- C. Ying and others (2021), *Do transformers really perform badly for graph representation?*: all look at all, and distances in the graph are added to the scores.
- W. Zachary (1977), *An information flow model for conflict and fission in small groups*; E. Alpaydin, C. Kaynak (1998), *Cascading classifiers*: the data.

Words of this chapter: [Rollout](glossary.md#rollout).

Next: [14 · What it costs](14_what_it_costs.ipynb), four different bills.
Before you go on, shut this kernel down (menu *Kernel*, *Shut Down Kernel*): each open chapter holds memory."""
