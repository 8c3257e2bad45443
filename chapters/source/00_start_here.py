# %% [markdown] id="title"
r"""# 0 · Start here
*Ten minutes: is everything in place, and how does this course work?*

Attention is one idea: **an average that knows what to ignore.** In this course you build it from nothing, you touch it in every chapter, and you test what people say about it.

**You need** Python (functions, lists, loops), a little NumPy, and school algebra. You do **not** need deep learning; it is introduced where it is used.

**Run a cell:** press <kbd>Shift</kbd> + <kbd>Enter</kbd>. It runs the chosen cell and goes on to the next one. Do it again and again, from here on.
The first grey line in every chapter is folded; it finds the course's folder."""

# %% id="imports"
import numpy as np

from utils import device, widgets
from utils.chapters.ch00_start_here import check
from utils.chapters.overview import Overview
from utils.widgets import predict

# %% [markdown] id="machine"
r"""## Your machine

A graphics processor is welcome and never needed. The tests of this course keep every chapter under a minute on two processor cores."""

# %% id="machine-report" tags=["nbval-ignore-output"]
machine = device.machine()
for what, value in machine.items():
    print(f"{what:<12} {value}")
assert "Python" in machine

# %% [markdown] id="alpha-view"
r"""## The thread of the course

This is an **α matrix** (read: alpha). Each row is a word that asks. Along the row you see how much it listens to each word. The stronger the colour, the more.
Hatched is not allowed: here no word may listen to a later one. We invented the numbers; soon you will compute them.

Click a row, or walk with the arrow keys. Beside the matrix you see the same weights as ink on the words. Move the temperature.
With the keyboard: run the cell, press <kbd>↑</kbd> to come back to it, then <kbd>Tab</kbd> into the widget. <kbd>Esc</kbd> leads out again. <kbd>Enter</kbd> edits a cell.

**One question to settle by playing:** whom does *it* listen to most, and what happens to that when the temperature goes up?"""

# %% id="alpha"
words = ["the", "cat", "sat", "because", "it", "slept"]
scores = np.array(
    [
        [2.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.6, 1.6, 0.0, 0.0, 0.0, 0.0],
        [0.2, 2.1, 0.6, 0.0, 0.0, 0.0],
        [0.1, 0.5, 1.4, 0.9, 0.0, 0.0],
        [0.9, 2.6, 0.4, -0.2, 1.2, 0.0],
        [0.1, 1.9, 0.3, 0.4, 1.6, 0.7],
    ]
)
widgets.alpha(scores, queries=words, mask="causal", temperature=0.8, name="the cat sat")

# %% [markdown] id="no-view"
r"""<details><summary><b>After you played</b></summary>

*It* listens to *cat* most. Hotter, the row evens out; colder, *cat* takes all. What temperature is, chapter 2 will say.

</details>

Do you see a matrix that does not move, or only a line of text? Then this front end does not show live widgets.
The course still works, with still pictures. For the live ones start it with `python course.py`, which opens JupyterLab with everything in place.
Does it say "Error displaying widget: model not found"? Then the kernel was restarted: run the cells again (menu *Run*, *Run All Above Selected Cell*).

## How a chapter works

**Predict.** Before something is revealed you are asked to commit to a guess. A wrong guess that surprises you teaches more than a right one, so nobody keeps score. Try it: which animal does *it* stand for in "the cat sat because it slept"?"""

# %% id="predict-choice"
predict("0-it", "the cat", "nobody can tell")

# %% [markdown] id="ex-0-1-text"
r"""<details><summary><b>After you committed</b></summary>

Most readers say the cat, though *it* could be somebody who was never mentioned. In our invented row *it* listens to *cat* most. Whether such a weight *explains* anything is a question for chapter 12.

</details>

**Exercises.** Each has a cell for your answer, and a check after it.

- `○` not attempted yet: the cell still holds `...` or `raise NotImplementedError("your turn")`. Put your answer in its place.
- `✗` with a sentence that says what is wrong. Try again as often as you like.
- `✓` passed.

Stuck? Open the hints one at a time. Cells marked *stretch* are for those who want more; nothing later needs them.

### Exercise 0.1 · three weights
1 min · ●○○

Write a list of three weights, as parts of one: none negative, together 1, the middle one the largest.

<details><summary>Hint 1</summary>Begin with the middle one, say 0.6. How much is left for the other two?</details>"""

# %% id="ex-0-1"
### BEGIN SOLUTION
weights = [0.2, 0.6, 0.2]
### END SOLUTION

# %% id="ex-0-1-check"
check.three_weights(weights)

# %% [markdown] id="progress"
r"""## Where you are

What you have solved is kept in a small file, `.progress.json`, beside the folder `chapters`. Delete it to begin anew. It holds only ticks and guesses; **your answers live in the notebooks**, so save them (<kbd>Ctrl</kbd> + <kbd>S</kbd>)."""

# %% id="overview" tags=["nbval-ignore-output"]
overview = Overview()
assert "0" in overview.rows
overview

# %% [markdown] id="safe"
r"""## Nothing you write gets lost

In a terminal, in the course's folder:

| you want | type | what happens to your answers |
|---|---|---|
| a fresh chapter 1 | `python course.py reset 01` | yours is copied to `chapters/mine/` first |
| the newest course | `python course.py update` | chapters you edited are copied to `chapters/mine/` first, and it says which |

**On Binder** the computer is only lent, and it forgets everything some minutes after you leave. Before you go, right-click the notebook in the list of files and choose *Download*; next time, upload it again.

The worked solutions, with all figures, lie in the folder `solutions`. You may look; trying first teaches more.

## Two routes

| | chapter | |
|---|---|---|
| 1 | [Weighted sums](01_weighted_sums.ipynb) | an average that knows what to ignore |
| 2 | [Scores and softmax](02_scores_and_softmax.ipynb) | where weights come from |
| 3 | [Recurrent networks](03_recurrent_networks.ipynb) | a memory that fades, unless you start it well |
| 4 | [Gates](04_gates.ipynb) | write, keep, forget |
| 5 | [The race](05_the_race.ipynb) | when attention beats a memory, and when not |
| 6 | [Alignments](06_alignments.ipynb) | real words: how is your name pronounced? |
| 7 | [Query, key, value](07_query_key_value.ipynb) | one sentence asks itself |
| 8 | [Many heads](08_many_heads.ipynb) | several questions at once |
| 9 | [Positions](09_positions.ipynb) | where things stand |
| 10 | [The Transformer](10_transformer.ipynb) | the whole machine, against counting |
| 11 | [Generation](11_generation.ipynb) | a model that writes, and you choose how |
| 12 | [Reading α](12_reading_alpha.ipynb) | what a map tells, and what it does not |
| 13 | [Images and graphs](13_images_and_graphs.ipynb) | anything with parts |
| 14 | [What it costs](14_what_it_costs.ipynb) | four different bills |
| 15 | [Noise and uncertainty](15_noise_and_uncertainty.ipynb) | how sure is it? |
| 16 | [The clinic](16_the_clinic.ipynb) | eighteen claims tested, ten broken attentions to mend |

The words of the course stand in the [glossary](glossary.md); its formulas fit on [one page](cheat_sheet.html).

**The short route**, for readers who came for Transformers: 0 · 1 · 2 · 7 · 8 · 9 · 10 · 12. **The whole route**: all of them, in order.

Words of this chapter: [α matrix](glossary.md#alpha-matrix).

Next: [1 · Weighted sums](01_weighted_sums.ipynb).
Before you go on, shut this kernel down (menu *Kernel*, *Shut Down Kernel*): each open chapter holds memory."""
