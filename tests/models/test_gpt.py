"""The GPT, its blocks, the text it learns and its rival: each agrees with a slower or plainer way to say the same."""

import math
from collections import Counter

import numpy as np
import pytest
import torch
from torch import nn

from utils import plots
from utils.chapters.ch10_transformer import gpt_on_topics, language, ngrams, transformer as course
from utils.chapters.ch10_transformer.figures import plot_apart, plot_bits, plot_character_bits, plot_growing
from utils.data import topics
from utils.models.block import BLOCKS, Block
from utils.models.gpt import GPT
from utils.seeds import seeded

KINDS = [(block, positions) for block in BLOCKS for positions in ("learned", "rotary")]


def made(block="today", positions="learned", **more):
    return GPT(11, context=12, d_model=16, n_heads=4, n_layers=3, block=block, positions=positions, **more).eval()


def some(n=12, batch=2):
    return torch.randint(11, (batch, n), generator=seeded(1))


# --- the model --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_with_weights_without_and_step_by_step_say_the_same(kind):
    gpt, x = made(*kind), some()
    logits, weights = gpt(x)
    fast, none = gpt(x, with_weights=False)
    caches = gpt.new_caches()
    parts = [gpt(x[:, a:b], caches=caches) for a, b in ((0, 5), (5, 6), (6, 12))]
    assert none is None
    torch.testing.assert_close(fast, logits)
    torch.testing.assert_close(torch.cat([part for part, _ in parts], 1), logits)
    torch.testing.assert_close(parts[2][1], weights[:, :, :, 6:])


@pytest.mark.parametrize("kind", KINDS)
def test_no_token_sees_ahead_and_rows_of_weights_sum_to_one(kind):
    gpt, x = made(*kind), some()
    later = x.clone()
    later[:, 7:] = (later[:, 7:] + 1) % 11
    torch.testing.assert_close(gpt(x)[0][:, :7], gpt(later)[0][:, :7])
    weights = gpt(x)[1]
    assert not weights.triu(1).any()
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3, 4, 12))


def test_a_block_is_what_the_formulas_say():
    block, x = Block(16, 4, BLOCKS["2017"] | {"place": "before"}), torch.randn(2, 5, 16, generator=seeded(0))
    mask = torch.ones(5, 5).tril().bool()
    first, second = block.norms
    met = x + block.attend(first(x), mask=mask)[0]
    torch.testing.assert_close(block(x)[0], met + block.feed(second(met)))
    after = Block(16, 4, BLOCKS["2017"])
    first, second = after.norms
    met = first(x + after.attend(x, mask=mask)[0])
    torch.testing.assert_close(after(x)[0], second(met + after.feed(met)))


def test_a_block_of_2017_equals_the_one_of_torch():
    mine = Block(16, 4, BLOCKS["2017"])
    other = nn.TransformerEncoderLayer(16, 4, 64, 0.0, batch_first=True)
    other.self_attn = mine.attend.to_torch()
    pairs = (other.linear1, mine.feed.up), (other.linear2, mine.feed.down)
    for theirs, ours in (*pairs, (other.norm1, mine.norms[0]), (other.norm2, mine.norms[1])):
        theirs.load_state_dict(ours.state_dict())
    x = torch.randn(2, 5, 16, generator=seeded(0))
    ahead = nn.Transformer.generate_square_subsequent_mask(5)
    torch.testing.assert_close(mine(x)[0], other(x, src_mask=ahead))


def test_the_norms_of_numpy_and_torch_agree():
    x = np.random.default_rng(0).normal(size=(2, 3, 8)) * 5
    for mine, theirs in ((course.layer_norm, nn.LayerNorm), (course.rms_norm, nn.RMSNorm)):
        assert np.allclose(mine(x), theirs(8, eps=1e-5).double()(torch.tensor(x)).detach().numpy())


def test_values_and_weights_give_what_attention_adds():
    gpt, x, told = made(), some(), {}
    gpt.blocks[1].attend.W_o.register_forward_hook(lambda module, given, out: told.update(out=out))
    _, weights = gpt(x)
    added = (weights @ gpt.values(x)).sum(2)  # (B, n_layers, N, d_model)
    torch.testing.assert_close(added[:, 1], told["out"])


def test_heads_can_be_removed():
    gpt, x, told = made(), some(), {}
    gpt.blocks[1].attend.W_o.register_forward_hook(lambda module, given, out: told.update(given=given[0]))
    keep = torch.ones(3, 4)
    torch.testing.assert_close(gpt(x, heads=keep)[0], gpt(x)[0])
    keep[1, 2] = 0
    gpt(x, heads=keep.tolist())
    assert not told["given"][..., 8:12].any() and told["given"][..., 12:].any()


def test_scores_are_capped_and_places_can_be_said():
    gpt, x = made(), some(4)
    with torch.no_grad():
        gpt.token.weight *= 1e4
    assert gpt(x)[0].abs().max() <= 30
    torch.testing.assert_close(gpt(x, places=torch.arange(4))[0], gpt(x)[0])
    assert not torch.allclose(gpt(x, places=torch.arange(1, 5))[1], gpt(x)[1])


@pytest.mark.parametrize("block", BLOCKS)
def test_it_learns_a_text_by_heart(block):
    gpt = made(block)
    loss = language.next_token_loss(np.arange(200) % 7, 12, batch=8)
    optimizer = torch.optim.Adam(gpt.parameters(), lr=1e-2)
    for step in range(60):
        optimizer.zero_grad()
        value = loss(gpt, seeded(step))
        value.backward()
        optimizer.step()
    assert value < 0.1


# --- bits per character -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [2, 12, 13, 14, 30, 41])
@pytest.mark.parametrize("stride", [1, 5, 12])
def test_every_token_is_asked_once_with_enough_before_it(n, stride):
    gpt, tokens = made(positions="rotary"), np.random.default_rng(0).integers(11, size=n)
    got = language.surprise(gpt, tokens, stride=stride)
    assert got.shape == (n - 1,) and (got > 0).all()
    logits = gpt(torch.as_tensor(tokens)[None, :-1])[0][0].log_softmax(-1)  # with all that stands before
    whole = -logits[torch.arange(n - 1), torch.as_tensor(tokens[1:])] / math.log(2)
    first = min(12, n - 1)
    assert np.allclose(got[:first], whole[:first].detach().numpy(), atol=1e-4)


def test_the_loss_of_training_is_that_of_the_chapter():
    gpt, tokens = made(), np.random.default_rng(0).integers(11, size=13)
    logits = gpt(torch.as_tensor(tokens)[None, :12])[0].detach().double().numpy()
    mine = course.next_token_loss(np.concatenate([logits, logits[:, :1]], 1), tokens[None])
    assert np.isclose(language.next_token_loss(tokens, 12, batch=1)(gpt, seeded(0)).item(), mine, atol=1e-5)
    assert np.isclose(language.surprise(gpt, tokens, stride=12).mean() * math.log(2), mine, atol=1e-5)


def slow_surprise(train, test, order, V):
    """Count with dictionaries, character by character."""
    grams = [Counter(tuple(train[i - k : i + 1]) for i in range(k, len(train))) for k in range(order)]
    for i in range(1, len(test)):
        chance = 1 / V
        for k in range(min(order, i + 1)):
            context = tuple(test[i - k : i])
            followed = {gram: times for gram, times in grams[k].items() if gram[:-1] == context}
            if followed:
                total, kinds = sum(followed.values()), len(followed)
                chance = (followed.get((*context, test[i]), 0) + kinds * chance) / (total + kinds)
        yield -math.log2(chance)


@pytest.mark.parametrize("order", range(5))
def test_counting_fast_equals_counting_slowly(order):
    train, test = (np.random.default_rng(seed).integers(4, size=60) for seed in (0, 1))
    fast = ngrams.surprise(train, test, order, 4)
    assert np.allclose(fast, list(slow_surprise(train.tolist(), test.tolist(), order, 4)))


def test_the_chances_of_all_characters_sum_to_one():
    train, start = np.random.default_rng(0).integers(4, size=60), [1, 2, 0]
    costs = [ngrams.surprise(train, np.array([*start, last]), 3, 4)[-1] for last in range(4)]
    assert np.isclose((2.0 ** -np.array(costs)).sum(), 1)


# --- the text ---------------------------------------------------------------------------------------------------------


def test_no_paragraph_stands_in_two_parts():
    texts = [topics.train_text(), topics.validation_text(), topics.held_out_text()]
    one, two, three = ({" ".join(each.split()) for each in text.split("\n\n")} for text in texts)
    assert not one & two and not one & three and not two & three
    assert len(texts[0]) > 6 * len(texts[2]) > 200_000


def test_text_comes_back_from_its_numbers():
    text = topics.validation_text()
    tokens = topics.encode(text)
    assert tokens.max() < topics.VOCAB_SIZE
    assert (np.array(list(topics.decode(tokens))) == np.array(list(text))).mean() > 0.999


def test_the_shipped_model_beats_counting_on_a_piece_of_the_held_out_text():
    piece = gpt_on_topics.tokens("held_out")[:3000]
    counted = ngrams.surprise(gpt_on_topics.tokens("train"), piece, 5, topics.VOCAB_SIZE).mean()
    assert language.surprise(gpt_on_topics.shipped(), piece).mean() < counted
    steps, bits, looks, facts = gpt_on_topics.shipped_story()
    assert len(steps) == len(bits) == len(looks) and facts["held_out_bits"] < 2
    assert np.allclose(looks.sum(-1), 1, atol=0.1)


def test_the_figures_draw():
    rng = np.random.default_rng(0)
    drawn = [
        plot_apart({"one": [1.0, 0.1, 0.0], "two": [1.0, 1.0, 1.0]}, title="t"),
        plot_bits({"one": 2.0, "two": [1.0, 1.5]}, mine=["two"], title="t"),
        plot_character_bits("a b\n", {"one": rng.random(4), "two": rng.random(4)}),
        plot_growing([0, 1], [6.0, 3.0], rng.random((4, 6, 6)), "a $x b", at=1, rivals={"1-gram": 4.0}),
    ]
    assert all(plots.png(axes) for axes in drawn)
    assert drawn[1].get_yticklabels()[1].get_text() == "two"


REFUSED = {
    "no tokens": (lambda: made()([[1, 2]]), "tokens must be a tensor"),
    "floating tokens": (lambda: made()(torch.ones(1, 2)), "torch.float32"),
    "tokens of one axis": (lambda: made()(torch.ones(3, dtype=torch.int64)), "shape (3,)"),
    "beyond the learned places": (lambda: made()(some(13)), "place 12 has no vector"),
    "heads of another shape": (lambda: made()(some(), heads=torch.ones(4)), "heads has shape (4,)"),
    "a block nobody knows": (lambda: GPT(5, block="2018"), "block is '2018'"),
    "a part nobody knows": (lambda: GPT(5, block=BLOCKS["2017"] | {"norm": "batch"}), "block['norm'] is 'batch'"),
    "a block without a part": (lambda: GPT(5, block={"norm": "none"}), "with the keys of those"),
    "positions nobody knows": (lambda: GPT(5, positions="alibi"), "positions is 'alibi'"),
    "no tokens to know": (lambda: GPT(0), "vocab_size is 0"),
    "heads that do not divide": (lambda: GPT(5, d_model=10), "n_heads is 4"),
    "a text that is shorter than a window": (lambda: language.windows(np.arange(3), 4, 1, seeded(0)), "has 3 places"),
    "one token": (lambda: language.surprise(made(), np.array([1])), "two at least"),
    "a stride of nothing": (lambda: language.surprise(made(), np.arange(5), stride=0), "stride is 0"),
    "a stride beyond the context": (lambda: language.surprise(made(), np.arange(5), stride=13), "from 1 to 12"),
    "an order below nothing": (lambda: ngrams.surprise(np.arange(5), np.arange(5), -1, 5), "order is -1"),
    "an order too long to count": (lambda: ngrams.surprise(np.arange(5), np.arange(5), 30, 97), "from 0 to 9"),
    "characters beyond the vocabulary": (lambda: ngrams.surprise(np.arange(5), np.arange(5), 2, 4), "from 0 to 3"),
    "a text for numbers": (lambda: ngrams.surprise("abc", np.arange(5), 2, 5), "train must be an array"),
    "numbers for a text": (lambda: topics.encode(7), "text is 7"),
    "a number beyond the vocabulary": (lambda: topics.decode([97]), "tokens holds 97"),
    "a part of the text nobody knows": (lambda: topics.topic_names("test"), "part is 'test'"),
    "no layers to count": (lambda: course.count_weights(5, 5, 5, 0), "n_layers is 0"),
    "half a token": (lambda: course.share_of_scores(0.5, 5), "n is 0.5"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case):
    call, says = REFUSED[case]
    with pytest.raises(ValueError) as error:
        call()
    assert says in str(error.value)
