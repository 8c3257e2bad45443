# %% [markdown] id="title"
r"""# 11 · Generation
*Talk to it.*

**You will be able to** let a model write, warm or cold, with tokens left out; say what a key-value cache keeps, what it saves and where it ends;
and measure how unsure a model is about a text.

About 65 minutes · you need [chapter 10](10_transformer.ipynb), the Transformer; chapter 2 for temperature, chapter 7 for masks and chapter 9 for learned places."""

# %% id="imports"
import numpy as np

from utils import attention as kernel, plots, recipes, training
from utils.chapters.ch10_transformer import language
from utils.chapters.ch11_generation import check, figures, generation, sampling
from utils.widgets import Slider, Text, panel, predict

# %% [markdown] id="warm-up"
r"""## Warm up

Two questions from chapters 2 and 9."""

# %% id="recall"
check.recall()

# %% [markdown] id="it-writes"
r"""## One thing only

A language model does one thing: it gives every token a score for coming next. To write, choose one, put it behind the text, and ask again. That is all of **generation**.
The beginning, which somebody else wrote, is called the **prompt**.

Here is the GPT of chapter 10. Its tokens are characters, 97 of them, and it has read the handbook inside Python. What does it expect after *The value of*, and a space?"""

# %% id="load" tags=["nbval-ignore-output"]
import torch

from utils.chapters.ch10_transformer import gpt_on_topics
from utils.data import topics
from utils.models.gpt import GPT

gpt = gpt_on_topics.shipped()
names = [*topics.SYMBOLS, "▯"]  # ▯ stands for every character that is not plain English
prompt = topics.encode("The value of ").tolist()
scores, _, _ = generation.next_scores(gpt, [prompt])  # (B, V) = (1, 97)
p = sampling.chances(scores[0])  # softmax
print({names[token]: round(p[token].item(), 2) for token in np.argsort(-p)[:5]})
assert p.argmax() == names.index("t") or len(p) == 97

# %% [markdown] id="predict-greedy"
r"""The plainest way to choose: always take the likeliest. It is called **greedy** decoding; the speller of chapter 6 spoke like that.

**Predict.** We let it write 110 characters behind three beginnings, always the likeliest. What will they look like?"""

# %% id="predict-greedy-choice"
predict("11-greedy", "a dull but sensible text", "words that are no words", "it goes round in circles")

# %% id="greedy-shown" tags=["nbval-ignore-output"]
beginnings = ["The value of ", "A function is", "If the object"]  # equally long: rows of one batch
rows = generation.generate(gpt, [topics.encode(each) for each in beginnings], training.scaled(110), sampling.greedy)
for row in rows:
    print("---", topics.decode(row).replace(" ", "·"))  # · is a blank
assert rows.shape[0] == 3


# %% [markdown] id="greedy-say"
r"""<details><summary><b>After you ran it</b></summary>

It goes round in circles. A line of blanks is a circle, too: the shortest. Each character was the best choice at its place. The whole is not a text that anybody would write.

</details>

Three texts are an anecdote. So take twenty beginnings of 24 characters from topics that the model never read, and let it write 104 more behind each.
`repeated` counts how many stretches of 8 characters stand there already. People repeat themselves, too, so we count in what *they* wrote behind the same beginnings."""

# %% id="greedy-measured" tags=["nbval-ignore-output"]
unread = gpt_on_topics.tokens("held_out")
places = np.random.default_rng(0).integers(0, len(unread) - 128, size=20)
by_people = np.stack([unread[place : place + 128] for place in places])  # (20, 128)
by_greed = generation.generate(gpt, by_people[:, :24], training.scaled(104), sampling.greedy)
shares = {
    who: np.mean([sampling.repeated(row) for row in rows])
    for who, rows in {"people": by_people, "greedy": by_greed}.items()
}
training.expect(shares["greedy"] > shares["people"] + 0.15, f"greedy text should repeat itself more: {shares}")
print({who: f"{share:.0%} repeated" for who, share in shares.items()})
assert min(shares.values()) >= 0

# %% [markdown] id="draw-text"
r"""## Draw, do not take

The scores become chances by the softmax. Taking the largest throws the others away. Instead, **draw**: let a token come as often as its chance says.
And before the softmax, divide by a temperature, as in chapter 2:

$$p_i = \frac{e^{s_i / T}}{\sum_j e^{s_j / T}} \qquad\qquad \text{next} = \text{the first } i \text{ with } p_0 + \dots + p_i > u$$

| in the formula | in the code | shape | in words |
|---|---|---|---|
| $s_i$ | `scores[i]` | any number | how well token *i* would fit here |
| $T$ | `temperature` | above 0 | cold: the likely get likelier; hot: all get alike |
| $p_i$ | `p[i]` | 0 to 1 | how often token *i* shall come |
| $u$ | `luck` | 0 to 1 | one random number, every value as likely as any other |

Think of a stick of length one. The chances are pieces of it, token 0 first, end to end. `luck` is a place on the stick; the piece there is the token. Large pieces are hit more often.

By hand: the scores 0, 1, 2 gave 0.09, 0.24 and 0.67 in chapter 2. The pieces end at 0.09, 0.33 and 1. With luck 0.2 token 1 comes, with 0.5 token 2."""

# %% id="draw-by-hand"
p = kernel.softmax(np.array([0.0, 1.0, 2.0]))
ends = np.cumsum(p)  # [p0, p0 + p1, p0 + p1 + p2]
ends.round(2).tolist()

# %% [markdown] id="draw-loop-say"
r"""A loop walks along the stick. Or: count how many pieces end before the place, all at once."""

# %% id="draw-loop"
for luck in (0.05, 0.2, 0.5, 0.99):
    token = 0
    while ends[token] <= luck:
        token += 1
    assert token == (ends <= luck).sum() == sampling.draw(p, luck)

# %% [markdown] id="ex-11-1-text"
r"""### Exercise 11.1 · temperature in a sampler
8 min · ●●○

Write `sample(scores, temperature, luck)`. Return the number of the token that comes. Scores may be as large as 1,000.

<details><summary>Hint 1</summary>Temperature acts on the scores, before the softmax. <code>kernel.softmax</code> may be used: it does not overflow.</details>
<details><summary>Hint 2</summary>Where do the pieces end? <code>np.cumsum</code> adds up as it goes.</details>
<details><summary>Hint 3</summary>The token's number is the number of pieces that end before luck, or at it.</details>"""


# %% id="ex-11-1"
def sample(scores, temperature, luck):
    """Return the number of the token on which ``luck``, from 0 to below 1, falls: scores (V,) at a temperature."""
    ### BEGIN SOLUTION
    p = kernel.softmax(np.asarray(scores) / temperature)
    return int((np.cumsum(p) <= luck).sum())
    ### END SOLUTION


# %% id="ex-11-1-check"
check.sample(sample)

# %% [markdown] id="warm-cold"
r"""The same prompt, and the **same luck**, at three temperatures:"""

# %% id="warm-cold-shown" tags=["nbval-ignore-output"]
warmths = (0.5, 1.0, 1.5)
choices = [sampling.sampler(0, temperature=T) for T in warmths]  # a sampler each, all with seed 0
rows = generation.generate(gpt, [prompt] * 3, training.scaled(100), choices)
for T, row in zip(warmths, rows, strict=True):
    print(f"--- temperature {T}\n{topics.decode(row)}")
assert rows.shape[0] == 3

# %% [markdown] id="tail"
r"""Cold text is careful, hot text falls apart. Even at temperature 1, where the chances are the model's own, an odd character slips in now and then. Why? Because there are so many unlikely ones.
Measured on text by people: how much chance do the 87 characters together have that are not among the ten likeliest? And how often will at least one of them be drawn in 100 characters?"""

# %% id="tail-measured" tags=["nbval-ignore-output"]
with torch.no_grad():
    logits, _ = gpt(torch.tensor(by_people), with_weights=False)  # (20, 128, 97)
ranked = logits[:, 24:].softmax(-1).sort(-1, descending=True).values  # (20, 104, 97)
tail = ranked[..., 10:].sum(-1).mean().item()
print(f"the 87 unlikely ones: {tail:.3f}; at least one of them in 100 characters: {1 - (1 - tail) ** 100:.0%}")
assert 0 < tail < 0.5

# %% [markdown] id="cuts"
r"""One slip is not much. But the model reads what it wrote, and goes on from there. So leave the tail out before you draw:

- **top-k** keeps the *k* likeliest tokens.
- **top-p**, also called *nucleus sampling*, keeps the likeliest until their chances together reach *p*. How many that are depends on how sure the model is.

By hand, with *p* = 0.8: the chances 0.5, 0.25, 0.15 and 0.1 add up to 0.5, 0.75, 0.9, 1. The third one crosses 0.8, and **the crossing token is kept**. So three stay. They hold 0.9, and are divided by it: 0.56, 0.28, 0.17."""

# %% id="cuts-by-hand"
by_hand = np.array([0.5, 0.25, 0.15]) / 0.9
assert np.allclose(sampling.keep_top_p([0.5, 0.25, 0.15, 0.1], 0.8)[:3], by_hand)
by_hand.round(2).tolist()

# %% [markdown] id="ex-11-2-text"
r"""### Exercise 11.2 · top-p
10 min · ●●○

Return the row of chances with zeros where a token is left out. The rest sums to one, and every token keeps its place in the row. `mass` is the *p* of top-p, above 0 and at most 1.

<details><summary>Hint 1</summary><code>np.argsort(-p)</code> lists the tokens, the likeliest first.</details>
<details><summary>Hint 2</summary>A token is kept if the likelier ones together, <em>without</em> it, have not reached the mass yet. For the likeliest that sum is 0.</details>
<details><summary>Hint 3</summary>Make a row of zeros, and fill in the kept places: <code>left[kept] = p[kept]</code>. Then divide by the sum.</details>"""


# %% id="ex-11-2"
def top_p(p, mass):
    """Return the chances (V,) with only the likeliest tokens left, those that reach ``mass`` together."""
    ### BEGIN SOLUTION
    order = np.argsort(-p)
    before = np.cumsum(p[order]) - p[order]
    kept = order[before < mass]
    left = np.zeros_like(p)
    left[kept] = p[kept]
    return left / left.sum()
    ### END SOLUTION


# %% id="ex-11-2-check"
check.top_p(top_p)

# %% [markdown] id="cuts-compare"
r"""The same top-p of 0.9 in two places: where a word begins, and in the middle of one."""

# %% id="cuts-shown" tags=["nbval-ignore-output"]
axes, kept = plots.new_axes(9.4, 3.8, 2), []
for ax, text in zip(axes, ("The value of the ", "The value of the expressio"), strict=True):
    p = sampling.chances(generation.next_scores(gpt, [topics.encode(text).tolist()])[0][0])
    cut = sampling.keep_top_p(p, 0.9)
    kept.append(int((cut > 0).sum()))
    figures.plot_next(p, cut, names, ax=ax, title=f"after “{text[-12:]}”: {kept[-1]} left")
plots.show(
    axes[0],
    alt="The ten likeliest next characters in two places, hatched before and filled after top-p. At the beginning of a word many are left, in the middle of one only one or a few.",
)
assert kept[0] > kept[1] >= 1

# %% [markdown] id="cuts-say"
r"""Where the model is sure, few are left; where many ways go on, many. A fixed *k* does the same in both places: too much in one, too little in the other.

## Watch it write

Type a prompt, up to 40 characters. ▶ lets it write, one character after the other, and ❚❚ stops it; the slider goes back and forth in what it wrote. The bars show what may come next: hatched at temperature 1, filled what is drawn from.
On the right **α of every head** grows as it writes: a row of small pictures is a layer; in each, a row is the character that looks, a column the one it looks at. The luck stays the same until you change it.

**One question to settle by playing:** set the temperature to 2 and let it write: noise. Leave it at 2, and get words back. By which control, and how far must it go?"""

# %% id="writer-panel" tags=["nbval-ignore-output"]
from utils.chapters.ch11_generation.step_writer import MOST, StepWriter

writer = StepWriter(gpt)


def draw_page(prompt, written, temperature, top_p, top_k, luck):
    page = writer.page(prompt, written, seed=luck, temperature=temperature, top_p=top_p, top_k=top_k)
    return figures.plot_writing(page, names, plain=sampling.chances(page.scores))


def say_page(prompt, written, luck, **settings):
    page = writer.page(prompt, written, seed=luck, **settings)
    best = page.chances.argmax()
    return f"It wrote “{page.written}”. Likeliest next: “{names[best]}”, {page.chances[best]:.2f}."


shown = panel(
    draw_page,
    name="watch it write",
    alt=say_page,
    prompt=Text("The value of ", label="prompt", longest=40),
    written=Slider(0, MOST, 0, play=True, label="characters"),
    temperature=Slider(0.0, 2.0, 0.8, 0.1, label="temperature"),
    top_p=Slider(0.1, 1.0, 1.0, 0.05, label="top-p"),
    top_k=Slider(1, 97, 97, label="top-k"),
    luck=Slider(0, 9, 0, label="luck"),
)
assert shown.values["written"] == 0
shown

# %% [markdown] id="writer-say"
r"""<details><summary><b>After you played</b></summary>

Either cut does it: top-p from about 0.7 down, top-k from about 5 down. Heat makes the pieces of the stick more alike, but it never changes their order. The good ones are still the largest, and the cuts keep the largest.

</details>

Measured: ten of the beginnings at temperature 2, and how much the text surprises the model. And in the GPT's α, how many characters back each layer looks, on average."""

# %% id="writer-measured" tags=["nbval-ignore-output"]
hot = {}
for name, cut in {"no cut": {}, "top-p 0.7": {"top_p": 0.7}, "top-k 5": {"top_k": 5}}.items():
    choose = sampling.sampler(0, temperature=2, **cut)
    rows = generation.generate(gpt, by_people[:10, :24], training.scaled(56), choose)
    hot[name] = round(np.mean([language.surprise(gpt, row)[23:].mean() for row in rows]).item(), 1)
print("bits per character:", hot)
assert hot["no cut"] > max(hot["top-k 5"], hot["top-p 0.7"])

# %% id="writer-distance" tags=["nbval-ignore-output"]
with torch.no_grad():
    _, alpha = gpt(torch.tensor(by_people))  # (20, 4, 4, 128, 128)
back = torch.arange(128)[:, None] - torch.arange(128)  # how far key j lies behind query i
distance = (alpha * back).sum(-1).mean((0, 3))  # (layers, heads)
print("characters back, by layer and head:", distance.round(decimals=0).int().tolist())
assert distance[0].max() < distance[1:].mean()

# %% [markdown] id="slow"
r"""On these texts the heads of the first layer look near, those of the later ones further.

## Writing is slow, unless …

To write the 101st character, `generate` could run all 100 through the model again. All but the last were run before, for the character before.
What of that work can be kept? Under a causal mask nobody looks ahead. So the first 100 tokens do not notice the 101st, in any layer: **all that was computed for them stays true.**

### Why cache keys and values but no queries?

Look at the new token's row of α. It takes *its own* query, and the keys and values of *everybody before*. So keys and values are asked for again at every step.
An old query made an old row of α. That row is finished, and nobody will ask for it again.

| | the new token needs | of whom | keep it? |
|---|---|---|---|
| query | $q_i$ | itself alone | no: used once |
| key | $k_0 \dots k_i$ | all so far | yes |
| value | $v_0 \dots v_i$ | all so far | yes |

This memory is the **key-value cache**. Six tokens at once, and one after the other with a cache:"""

# %% id="cache-by-hand"
q, k, v = np.random.default_rng(0).normal(size=(3, 6, 4))  # six tokens, four features
out, weights = kernel.attention(q, k, v, kernel.causal_mask(6))
cache = kernel.KVCache()
for i in range(6):
    now = slice(i, i + 1)  # the new token alone: one query, one key, one value
    one, row = kernel.attention(q[now], *cache.append(k[now], v[now]))
    assert np.allclose(one, out[i]) and np.allclose(row, weights[i, : i + 1])
cache.k.shape, q[now].shape

# %% [markdown] id="cache-gpt"
r"""The GPT takes a cache for each layer. Is it still the same, after four layers? We run 128 characters at once, and then one by one, and compare all the scores."""

# %% id="cache-equal"
tokens = torch.tensor(by_people[:1])  # (1, 128): as many as the model has places
caches, apart = gpt.new_caches(), []
with torch.no_grad():
    at_once, _ = gpt(tokens, with_weights=False)  # (1, 128, 97)
    for n in range(gpt.context):
        step, _ = gpt(tokens[:, n : n + 1], caches=caches, with_weights=False)  # (1, 1, 97)
        apart.append((step[0, 0] - at_once[0, n]).abs().max().item())
assert max(apart) < 1e-3
"equal, beyond rounding, at every place" if max(apart) < 1e-3 else "not equal"

# %% [markdown] id="cache-count"
r"""Equal, inside the context. Now the saving. Count the tokens that go through the model while it writes 1,000, beginning with one:"""

# %% id="cache-counted"
without, with_cache = sum(range(1, 1001)), sum(generation.passes(1, 1000, context=1024))
f"{without:,} tokens without a cache, {with_cache:,} with one"

# %% [markdown] id="predict-speed"
r"""How much is that on the clock? A model's speed does not depend on what it has learnt, so we take one with 1,024 places that has learnt nothing.

**Predict.** It holds 1,024 tokens without a cache and with one. How many times faster does the next one come with the cache?"""

# %% id="predict-speed-choice"
predict("11-speed", "about 2 times", "10 to 100 times", "about 1,000 times, for so many fewer tokens are run")

# %% id="speed" tags=["nbval-ignore-output"]
large = GPT(topics.VOCAB_SIZE, context=1024)
lengths, seconds, repeats = [16, 64, 256, 1024], {False: [], True: []}, training.scaled(10)
for n in lengths:
    for cached in (False, True):
        seconds[cached].append(generation.seconds_a_token(large, n, cached=cached, repeats=repeats))
ratios = np.divide(seconds[False], seconds[True])
print({n: f"{ratio:.1f} times faster" for n, ratio in zip(lengths, ratios, strict=True)})
assert ratios[-1] > max(2, ratios[0])


# %% id="speed-shown" tags=["nbval-ignore-output"]
prefill = [n / time for n, time in zip(lengths, seconds[False], strict=True)]
speeds = {"writing, with a cache": 1 / np.array(seconds[True]), "writing, without": 1 / np.array(seconds[False])}
plots.show(
    figures.plot_speed(
        lengths, speeds | {"reading a prompt": prefill}, title="The longer the text, the more a cache saves"
    ),
    alt="Tokens per second against tokens so far, both on log axes. With a cache the line is nearly level; without, it falls steeply. "
    "Reading a prompt in one pass is far above both.",
)
assert prefill[-1] > 2 / seconds[True][-1]

# %% [markdown] id="speed-say"
r"""<details><summary><b>After you ran it</b></summary>

More than ten times when this page was run, and nowhere near 1,000. In short texts it saves little or nothing. One token keeps no processor busy: each of its small products costs nearly as much as a larger one. And it must still look at all keys, so its work grows with the text, slowly.
**A cache does not make attention free of N. It takes away the recomputing.**

</details>

The third line is the prompt. All its tokens are known, so they go through in one pass, and in a second many more of them are read than written. The two phases have names: **prefill** reads the prompt, **decode** writes, one token a pass.
That is why a long question is read quickly, and a long answer takes its time.

The price is memory: a key and a value for every token in every layer."""

# %% id="cache-size"
numbers = 2 * 4 * 128 * 128  # key and value · layers · places · features
assert numbers == sum(cache.k.numel() + cache.v.numel() for cache in caches)
f"{numbers:,} numbers for 128 characters"

# %% [markdown] id="edge"
r"""Chapter 8 showed how grouped heads shrink it; chapter 14 works it out for large models.

## The edge

The model has learned 128 places. What about character 129?"""

# %% id="edge-shown"
more = torch.tensor(by_people[:1, [*range(128), 0]])  # (1, 129)
try:
    gpt(more)
except ValueError as error:
    print(error)

# %% [markdown] id="edge-idea"
r"""What one does: look at the *last* 128 only. The **window slides**. The oldest character leaves, the second now stands at place 0, the third at 1, and so on. The new one gets place 127.

So every character has *another place*, and another vector is added to it at the bottom. **All keys and values are different ones.** Those in the cache belong to the old places. Nothing of the cache can be used, and the whole window has to be run anew, at every step."""

# %% [markdown] id="ex-11-3-text"
r"""### Exercise 11.3 · the cache at the edge
10 min · ●●○

A model with `context` learned places begins with `prompt` tokens and writes `new` more, with a cache for as long as it is *right* to use it. How many tokens go through the model for each new token? Return a list of `new` whole numbers.

For a context of 5 and a prompt of 3, the first three are 3, 1, 1: the prompt is read, and its last place gives the first new token; then one token each. Go on from there.

<details><summary>Hint 1</summary>How many tokens stand there when the next one is asked for? <code>prompt</code> at first, then one more each time.</details>
<details><summary>Hint 2</summary>As long as they all fit into the context, nobody has moved. Count with your fingers what happens at 5, and at 6.</details>
<details><summary>Hint 3</summary>The prompt may be longer than the context. Then only its last tokens are read.</details>"""


# %% id="ex-11-3"
def passes(prompt, new, context):
    """Return how many tokens are run for each of ``new`` tokens (new), beginning with ``prompt`` of them."""
    ### BEGIN SOLUTION
    counts = [min(prompt, context)]
    for there in range(prompt + 1, prompt + new):
        counts.append(1 if there <= context else context)
    return counts
    ### END SOLUTION


# %% id="ex-11-3-check"
check.passes(passes)

# %% [markdown] id="edge-cheat"
r"""What if we cheat? Keep the cache, forget its oldest key, and run the new token alone, at place 127. Nothing complains. But now two tokens claim to stand at place 127, and nobody at 0.

`beyond` reads 25 characters of eight texts past the edge, in both ways, and notes how surprised the model was by them, in bits (chapter 10: −log₂ of its chance)."""

# %% id="edge-measured" tags=["nbval-ignore-output"]
starts = np.random.default_rng(1).integers(0, len(unread) - 200, size=8)
past = np.stack([unread[start : start + 129 + training.scaled(24)] for start in starts])  # (8, 153)
anew, cheated = (generation.beyond(gpt, past, kept=kept) for kept in (False, True))  # (8, 25) bits each
print(f"window anew {anew[:, 1:].mean():.2f} bits per character, cache kept {cheated[:, 1:].mean():.2f}")
assert np.allclose(anew[:, 0], cheated[:, 0], atol=1e-2)  # at the edge itself they still agree
training.expect(cheated[:, 1:].mean() > anew[:, 1:].mean() + 0.1, "a cache with old places should cost bits")
assert len(anew) == 8

# %% [markdown] id="predict-edge"
r"""The text did not get harder; only the places are wrong. A code that knows *distances* only should not have this trouble. Rotary places (chapter 9) are such a code: nobody moves when everybody moves.

**Predict.** Take a model with rotary places, let its cache forget the oldest key, and compare with the window run anew. Equal?"""

# %% id="predict-edge-choice"
predict("11-edge", "equal", "equal with one layer, not with several", "not equal")


# %% id="edge-four"
def slides(positions, n_layers):
    """Return whether a cache that forgets its oldest key equals the window run anew, for a model of a random start."""
    model = GPT(topics.VOCAB_SIZE, context=32, n_layers=n_layers, positions=positions)
    anew, cheated = (generation.beyond(model, past[:1, :35], kept=kept) for kept in (False, True))
    return np.allclose(anew, cheated, atol=1e-5)


found = {(positions, n): slides(positions, n) for positions in ("learned", "rotary") for n in (1, 2)}
assert list(found.values()) == [False, False, True, False]
found

# %% [markdown] id="edge-four-say"
r"""<details><summary><b>After you ran it</b></summary>

Equal with one layer only. In the second layer a key is made from what the first layer *found*. The cached one was found when the oldest character was still in sight: it **remembers a character that has left**. The window run anew knows nothing of that character.

</details>

So equality ends at the edge for two reasons: places that have moved, and memories of what is gone. The second is no mistake. Many models of today let their caches forget like this on purpose, in training, too: a *sliding window*. It is another function, and not the same one computed faster.

## Three masks again

Chapter 7 had three families of masks. A GPT's is causal, also within the prompt. But the prompt is known from the beginning, so why should its words not see each other both ways? A **prefix** model allows that.
Four tokens of prompt, three written; no preferences, so each row shares equally among those it may see:"""

# %% id="masks-shown"
masks = {"everything": np.ones((7, 7), bool), "causal": kernel.causal_mask(7), "prefix of 4": kernel.prefix_mask(7, 4)}
tokens, same = ["p0", "p1", "p2", "p3", "w0", "w1", "w2"], np.zeros((7, 1))
axes = plots.new_axes(10.5, 4.2, 3)
for ax, (name, mask) in zip(axes, masks.items(), strict=True):
    plots.plot_alpha(kernel.attention(same, same, same, mask)[1], tokens, mask=mask, ax=ax, title=name)
plots.show(
    axes[0],
    alt="Three matrices of seven tokens. Everything: all cells alike. Causal: a lower triangle, the rest is hatched. "
    "Prefix: the four prompt tokens share among themselves, the rows below form stairs.",
)


# %% [markdown] id="masks-cache"
r"""Everything can only read; a model that sees its future has nothing to write. The other two can write, and both can cache. The difference comes with the *next question*: in a conversation, your answer and the model's become part of a longer prompt.
Do the keys that a second layer would have cached for the first four tokens stay true when the prompt grows from 4 to 6?"""

# %% id="masks-grow"
x = np.random.default_rng(2).normal(size=(7, 4))


def first_four(mask):
    own = x[: len(mask)]
    return kernel.attention(own, own, own, mask)[0][:4]  # what layer 2 makes their keys from


stays = {
    "causal": np.allclose(first_four(kernel.causal_mask(4)), first_four(kernel.causal_mask(6))),
    "prefix": np.allclose(first_four(kernel.prefix_mask(4, 4)), first_four(kernel.prefix_mask(6, 6))),
}
assert stays == {"causal": True, "prefix": False}
stays

# %% [markdown] id="masks-say"
r"""A causal mask does not know where a prompt ends, so nothing changes. With a prefix mask the old words now see the new ones: every turn of a conversation is read anew from its beginning. That is the price for seeing both ways.
(Our GPT has only ever seen causal rows. Giving it a prefix mask now would show it something it never met in training.)

## How unsure is it?

Chapter 10 measured bits per character: the mean of $-\log_2 p$, where *p* is the chance that the model gave to the character that came. There is a second way to say it. A model that hesitates between 8 equal chances pays $\log_2 8 = 3$ bits. So turn it around: **perplexity** is 2 to the bits,

$$\text{bits} = -\frac{1}{N} \sum_{n} \log_2 p_n \qquad\qquad \text{perplexity} = 2^{\text{bits}}$$

*among how many equal chances it might as well have guessed.* By hand, four characters with the chances ½, ⅛, ¼ and 1: they cost 1, 3, 2 and 0 bits, on average 1.5. The perplexity is $2^{1.5} = 2.83$.
(With natural logarithms, as in the loss of chapter 10, it is $e^{\text{loss}}$: the same number.)"""

# %% id="perplexity-by-hand"
costs = [1, 3, 2, 0]
assert np.isclose(2 ** np.mean(costs), np.exp(np.mean(costs) * np.log(2)))
round(2 ** np.mean(costs).item(), 2)

# %% [markdown] id="ex-11-4-text"
r"""### Exercise 11.4 · perplexity by hand
6 min · ●○○

`p` (N,) holds the chance of each character that came. Return two numbers: bits per character, and perplexity. Texts may have thousands of characters.

<details><summary>Hint 1</summary>Take the logarithm of each chance first, then the mean. <code>np.log2</code> is the logarithm to the base 2.</details>
<details><summary>Hint 2</summary>A chance is below 1, so its logarithm is below 0. Bits are not.</details>"""


# %% id="ex-11-4"
def bits_and_perplexity(p):
    """Return (bits per character, perplexity) of a text whose characters had the chances p (N,)."""
    ### BEGIN SOLUTION
    bits = -np.log2(p).mean()
    return bits, 2**bits
    ### END SOLUTION


# %% id="ex-11-4-check"
check.bits_and_perplexity(bits_and_perplexity)

# %% [markdown] id="perplexity-gpt"
r"""The GPT, on 3,000 characters of topics that it never read, and on all of them, as measured when it was trained, beside the 5-gram of chapter 10:"""

# %% id="perplexity-measured" tags=["nbval-ignore-output"]
bits, perplexity = sampling.bits_and_perplexity(2 ** -language.surprise(gpt, unread[:3000]))
all_bits = recipes.measured("10_gpt")["held_out_bits"]
print(f"{bits:.2f} bits per character: perplexity {perplexity:.1f}, of {topics.VOCAB_SIZE} characters")
counted = gpt_on_topics.count_bits(5)  # the 5-gram of chapter 10
print(f"all held-out topics: {all_bits:.2f} bits, perplexity {2**all_bits:.1f}; the 5-gram {2**counted:.1f}")
assert abs(bits - all_bits) < 1 and perplexity < 12

# %% [markdown] id="predict-surprise"
r"""The first 3,000 characters happen to be easy ones: a short sample is an anecdote, too. And perplexities compare only where the tokens are the same. A model of words or of pieces of words pays more per token, and has fewer tokens to pay for. Bits per *character* compare more fairly.

Now measure the model's surprise at three texts, which all begin alike: what people wrote; what it wrote itself, drawn at temperature 1; and its greedy text.

**Predict.** Which surprises it least?"""

# %% id="predict-surprise-choice"
predict(
    "11-surprise", "the text of people: it learnt from such text", "its own, drawn at temperature 1", "its own, greedy"
)

# %% id="surprise-measured" tags=["nbval-ignore-output"]
by_luck = generation.generate(gpt, by_people[:, :24], training.scaled(104), sampling.sampler(0))
texts = {"people": by_people, "drawn": by_luck, "greedy": by_greed}
bits = {
    who: np.stack([language.surprise(gpt, row)[23:] for row in rows]) for who, rows in texts.items()
}  # written part
print({who: round(each.mean().item(), 2) for who, each in bits.items()})
training.expect(bits["greedy"].mean() < bits["people"].mean() / 2, "greedy text should surprise it least")
assert all((each >= 0).all() for each in bits.values())

# %% id="surprise-shown" tags=["nbval-ignore-output"]
long = min(each.shape[1] for each in bits.values())
some = {who: (topics.decode(texts[who][0, 24 : 24 + long])[:64], bits[who][0, :long][:64]) for who in texts}
plots.show(
    figures.plot_surprise(some, title="How much each character surprised the model"),
    alt="Three texts of up to 64 characters. Those of people and drawn ones have dark cells here and there, mostly where words begin; the greedy one is pale throughout.",
)
assert len(some) == 3

# %% [markdown] id="surprise-say"
r"""<details><summary><b>After you ran it</b></summary>

The greedy text, by far. Every character was the one it expected. People do not write what is most expected, character by character: each word tells something, and what tells something surprises.

</details>

So *likely* and *like text* are two things.

## Why does it go round?

In large models a repetition has been seen to make itself likelier (Holtzman and others, 2020): they have learnt to copy, and each round is evidence for the next. Does ours copy?
Take twenty stretches of 24 characters by people, and let it read each of them five times in a row. How much do the last 16 characters of each copy cost?

**Predict.** The fifth copy, compared with the first:"""

# %% id="predict-copies-choice"
predict("11-copies", "costs far less: it has read the same four times", "costs a little less", "costs no less")

# %% id="copies" tags=["nbval-ignore-output"]
copies = np.tile(by_people[:, :24], (1, 5))  # (20, 120)
costs = np.stack([language.surprise(gpt, row) for row in copies])  # (20, 119): the first character has no cost
by_copy = [costs[:, 24 * copy + 7 : 24 * copy + 23].mean() for copy in range(5)]
print("bits per character:", [round(each.item(), 1) for each in by_copy])
assert by_copy[4] > by_copy[0] - 0.3

# %% [markdown] id="copies-say"
r"""<details><summary><b>After you ran it</b></summary>

No less. This small model does not copy what it has read. (Chapter 12 trains one that does.) The cause that is known from large models is not the cause here.

</details>

Then why? Greedy decoding has no luck in it: the same context gives the same character. And how much of the context counts? In its own greedy texts, ask again with the **last 8 characters alone**. How often is the choice the same as with all?"""

# %% id="short-memory" tags=["nbval-ignore-output"]
with torch.no_grad():
    wrote = torch.tensor(by_greed)
    chosen = gpt(wrote, with_weights=False)[0].argmax(-1)  # (20, 128): what it takes at every place
    ends = wrote.unfold(1, 8, 1)  # (20, 121, 8): the last 8 characters at every place
    alone = gpt(ends.flatten(0, 1), with_weights=False)[0][:, -1].argmax(-1).reshape(20, -1)
same = (alone == chosen[:, 7:])[:, 17:].float().mean().item()  # from the 25th character on
training.expect(same > 0.7, f"the last characters should decide most choices: {same:.2f}")
print(f"the same choice in {same:.0%} of all places")
assert 0 < same <= 1

# %% [markdown] id="temperature-measured-say"
r"""Mostly the same. So when a common ending comes back, such as *of the st*, the same choice comes back with it, and then the next, and the circle closes.

Which temperature comes nearest to people? Eight beginnings, three seeds, five temperatures, and two questions: how surprising is the text to the model, at temperature 1, and how much of it repeats?"""

# %% id="temperature-measured" tags=["nbval-ignore-output"]
heats, seeds, first = [0, 0.5, 1, 1.3, 1.6], range(3), by_people[:8, :24]
choices = [sampling.sampler(seed, temperature=T) for T in heats for seed in seeds for _ in first]
rows = generation.generate(gpt, np.tile(first, (len(heats) * 3, 1)), training.scaled(104), choices)  # (120, 128)
each = [(language.surprise(gpt, row)[23:].mean(), sampling.repeated(row)) for row in rows]
means = np.reshape(each, (len(heats), 3, 8, 2)).mean(axis=2)  # (5 temperatures, 3 seeds, 2 figures)
nearest = heats[abs(means[:, :, 0].mean(axis=1) - bits["people"].mean()).argmin()]
training.expect(nearest > 1, f"the temperature nearest to people is {nearest}")
assert means.shape == (5, 3, 2)


# %% id="temperature-shown" tags=["nbval-ignore-output"]
plots.show(
    figures.plot_temperatures(dict(zip(heats, means, strict=True)), (bits["people"].mean(), shares["people"])),
    alt="Against temperature, three seeds each: bits per character rise and reach the line of people only above 1; "
    "the repeated part falls from its height at 0, and crosses the line of people before 1.",
)
training.expect(means[0, :, 1].min() > means[-1, :, 1].max(), "cold text should repeat itself more than hot text")
training.expect(means[2, :, 1].max() < shares["people"], "at temperature 1 it should repeat less than people")
assert means.min() >= 0

# %% [markdown] id="temperature-say"
r"""Two measures, two answers, and the three seeds agree. In repetition the model is like people somewhere below temperature 1; in surprise only above it.
At temperature 1 a text is as surprising as the model *believes* texts to be. People also write what it does not expect, because it does not know better. More heat makes up the number, and not the knowledge: you saw what it writes at 1.5.

**A caveat.** Neither measure says whether a text is *good*. Read some of it: the words are mostly words, the sentences mean nothing. It is a small model that has read one handbook."""

# %% [markdown] id="ex-11-5-text"
r"""### Exercise 11.5 · make it repeat itself, and stop it
10 min · ●●●

You have seen it loop. Now stop it, **from outside**: before each choice, forbid every token that would complete a stretch of `n` tokens that stands in the text already.

Return the `scores` (V,) with minus infinity at the forbidden tokens. `tokens` is the text so far, a list. With `n = 3` and the text 0 1 2 0 1, token 2 is forbidden: 0 1 2 stands there.

<details><summary>Hint 1</summary>The last n − 1 tokens and the next one make a stretch of n. Where else do these n − 1 stand?</details>
<details><summary>Hint 2</summary>Look at every place <em>i</em> from n − 1 on: if the n − 1 tokens before it equal the last n − 1 of the text, <code>tokens[i]</code> is forbidden.</details>
<details><summary>Hint 3</summary>Mind n = 1: <code>tokens[-0:]</code> is the whole list. <code>tokens[len(tokens) - n + 1:]</code> is right for every n. And work on a copy of the scores.</details>"""


# %% id="ex-11-5"
def block_repeats(scores, tokens, n):
    """Return scores (V,), -inf for every token that would repeat a stretch of n tokens of the text."""
    ### BEGIN SOLUTION
    scores, last = scores.copy(), tokens[len(tokens) - n + 1 :]
    for i in range(n - 1, len(tokens)):
        if tokens[i - n + 1 : i] == last:
            scores[tokens[i]] = -np.inf
    return scores
    ### END SOLUTION


# %% id="ex-11-5-check"
check.block_repeats(block_repeats)

# %% [markdown] id="stubborn-say"
r"""Change the prompt until the greedy text repeats as much of itself as you can reach. Then see what the block does to it. (It forbids stretches of 12.)"""

# %% id="stubborn" tags=["nbval-ignore-output"]
stubborn = "The value of the value of the "  # yours here
begin = [topics.encode(stubborn).tolist()]


def stopped(scores, tokens):
    return sampling.greedy(sampling.block_repeats(scores, tokens, 12))


for choose in (sampling.greedy, stopped):
    row = generation.generate(gpt, begin, max(24, training.scaled(96)), choose)[0]
    share = sampling.repeated(row[len(stubborn) :], 12)
    print(f"--- {choose.__name__}: {share:.0%} of the stretches of 12 that it wrote repeat")
    print(topics.decode(row).replace(" ", "·"))
assert share == 0


# %% [markdown] id="stubborn-after"
r"""No stretch of 12 that it wrote comes twice any more, by force. It still has nothing to say: at the forbidden place it takes its second choice, and drifts into the next circle. A rule outside the model hides a symptom."""

# %% [markdown] id="learnt"
r"""## What we learnt

- A model gives scores; *we* choose. Greedy text loops: where the last characters come back, the same choice comes back. Temperature sizes the pieces of the stick, top-k and top-p leave the tail out, and the crossing token is kept.
- Keys and values are asked for again at every step, queries never. Inside the context a cache changes nothing but the time; past it, learned places have moved, and deeper keys remember what has left.
- Perplexity is 2 to the bits. The least surprising text is not the one people write."""

# %% [markdown] id="check-yourself"
r"""## Check yourself"""

# %% id="quiz"
check.yourself()

# %% [markdown] id="going-on"
r"""## Going further

- F. Jelinek and others (1977), *Perplexity, a measure of the difficulty of speech recognition tasks*: the name and the measure.
- A. Fan, M. Lewis, Y. Dauphin (2018), *Hierarchical neural story generation*: top-k.
- A. Holtzman and others (2020), *The curious case of neural text degeneration*: top-p, and why the likeliest text is not like text.
- R. Paulus, C. Xiong, R. Socher (2018), *A deep reinforced model for abstractive summarization*: blocking stretches that repeat.
- N. Shazeer (2019), *Fast transformer decoding: one write-head is all you need*: why decoding is slow, and what a cache costs.
- C. Raffel and others (2020), *Exploring the limits of transfer learning*, section 3.2: causal and prefix models compared.
- A. Jiang and others (2023), *Mistral 7B*: a cache that forgets, on purpose.

Words of this chapter: [Key-value cache](glossary.md#key-value-cache) · [Perplexity](glossary.md#perplexity).

Next: [12 · Reading α](12_reading_alpha.ipynb): what a map tells, and what it does not.
Before you go on, shut this kernel down (menu *Kernel*, *Shut Down Kernel*): each open chapter holds memory."""
