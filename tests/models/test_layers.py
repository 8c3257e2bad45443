"""Multi-head attention: equal to a loop over heads and to torch's module, there and back; and what it refuses."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.func import functional_call

from utils.attention import attention, causal_mask
from utils.attention.heads import merge_heads, share_heads, split_heads
from utils.chapters.ch08_many_heads import hand_heads
from utils.chapters.ch08_many_heads.figures import plot_accuracy, plot_heads, plot_layers, plot_split, plot_steps
from utils.chapters.ch08_many_heads.multi_head import bill, two_heads
from utils.models.attention_only import AttentionOnly
from utils.models.layers import MultiHeadAttention
from utils.seeds import seeded, seeded_start

SIZES = list(itertools.product([(8, 1), (8, 2), (12, 3), (12, 12)], [None, 5], [True, False]))  # d_model, heads …


def made(*args, seed=0, **options):
    with seeded_start(seed):
        return MultiHeadAttention(*args, **options).double()


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=seeded(seed), dtype=torch.float64)


def random_mask(*shape, seed=0):
    """Some keys forbidden at random, and at least one allowed in every row."""
    mask = torch.rand(*shape, generator=seeded(seed)) < 0.6
    mask[..., 0] |= ~mask.any(-1)
    return mask


# --- what it computes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"n_kv_heads": 2}, {"n_kv_heads": 1}, {"d_v": 5}, {"d_head": 3, "d_v": 7}])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("d_context", [None, 6])
def test_it_is_a_loop_over_heads(options, bias, d_context):
    layer = made(8, 4, bias=bias, d_context=d_context, **options)
    x, context = normal(2, 3, 8), normal(2, 5, layer.d_context, seed=1)
    mask = random_mask(2, 4, 3, 5)
    out, weights = layer(x, context, mask)
    q, k, v = layer.W_q(x), layer.W_k(context), layer.W_v(context)
    found = []
    for head in range(4):
        kv = head // (4 // layer.n_kv_heads)
        mine = q[..., head * layer.d_head : (head + 1) * layer.d_head]
        keys = k[..., kv * layer.d_head : (kv + 1) * layer.d_head]
        values = v[..., kv * layer.d_v : (kv + 1) * layer.d_v]
        answer, alpha = attention(mine, keys, values, mask[:, head])
        torch.testing.assert_close(weights[:, head], alpha)
        found.append(answer)
    torch.testing.assert_close(out, layer.W_o(torch.cat(found, -1)))


@pytest.mark.parametrize(("size", "kdim", "bias"), SIZES)
@pytest.mark.parametrize("masked", ["no mask", "one mask", "a mask a sequence", "a floating mask"])
def test_it_equals_torchs_module_there_and_back(size, kdim, bias, masked):
    d_model, n_heads = size
    with seeded_start(1):
        theirs = nn.MultiheadAttention(d_model, n_heads, bias=bias, kdim=kdim, vdim=kdim, batch_first=True).double()
        for parameter in theirs.parameters():  # torch's biases begin at zero
            nn.init.normal_(parameter)
    ours = MultiHeadAttention.from_torch(theirs)
    x, context = normal(2, 4, d_model), normal(2, 5, kdim or d_model, seed=1)
    mask = {"no mask": None, "one mask": random_mask(4, 5), "a mask a sequence": random_mask(2, 1, 4, 5)}.get(masked)
    forbidden = None if mask is None else ~mask
    if masked == "a mask a sequence":
        forbidden = forbidden.expand(2, n_heads, 4, 5).reshape(2 * n_heads, 4, 5)
    if masked == "a floating mask":
        mask = forbidden = normal(4, 5, seed=2)
    for module in (theirs, ours.to_torch()):
        out, weights = module(x, context, context, attn_mask=forbidden, average_attn_weights=False)
        for mine, other in zip(ours(x, context, mask), (out, weights), strict=True):
            torch.testing.assert_close(mine, other, rtol=1e-10, atol=1e-10)


def test_a_copy_is_a_copy():
    theirs = nn.MultiheadAttention(8, 2, batch_first=True)
    ours = MultiHeadAttention.from_torch(theirs)
    with torch.no_grad():
        ours.W_q.weight.zero_()
    assert theirs.in_proj_weight.abs().min() > 0
    assert ours.to_torch().in_proj_weight[:8].abs().max() == 0


def test_a_row_without_an_allowed_key_is_zero_where_torch_says_nan():
    theirs = nn.MultiheadAttention(8, 2, bias=False, batch_first=True)
    x, mask = torch.ones(1, 3, 8), causal_mask(3, 3, offset=-1, like=torch.ones(1))
    out, weights = MultiHeadAttention.from_torch(theirs)(x, mask=mask)
    assert (out[0, 0] == 0).all() and (weights[0, :, 0] == 0).all()
    assert theirs(x, x, x, attn_mask=~mask)[0][0, 0].isnan().all()


@pytest.mark.parametrize("shape", [(5, 8), (0, 5, 8), (2, 0, 8), (2, 3, 5, 8)])
def test_any_number_of_axes_before_the_tokens(shape):
    out, weights = MultiHeadAttention(8, 2, n_kv_heads=1)(torch.ones(shape))
    assert out.shape == shape and weights.shape == (*shape[:-2], 2, shape[-2], shape[-2])


def test_the_future_has_no_gradient():
    x = normal(1, 5, 8).requires_grad_()
    out, _ = made(8, 4)(x, mask=causal_mask(5, like=x))
    (gradient,) = torch.autograd.grad(out[:, 2].sum(), x)
    assert (gradient[:, 3:] == 0).all() and (gradient[:, :3] != 0).all()


@pytest.mark.parametrize("n_heads", [1, 2, 4, 8, 16])
def test_the_bill_is_that_of_the_module(n_heads):
    for n_kv_heads in {1, n_heads}:
        layer = MultiHeadAttention(32, n_heads, n_kv_heads=n_kv_heads, bias=False)
        _, weights = layer(torch.ones(1, 6, 32))
        parameters, _, numbers = bill(6, 32, n_heads, n_kv_heads)
        assert (parameters, numbers) == (sum(p.numel() for p in layer.parameters()), weights.numel())


@pytest.mark.parametrize("options", [{}, {"n_kv_heads": 2, "d_v": 3}])
def test_it_runs_on_a_gpu_that_is_not_there(options):
    layer = MultiHeadAttention(8, 4, d_context=6, **options)
    with FakeTensorMode(allow_non_fake_inputs=True):
        moved = {name: torch.empty(p.shape, device="cuda") for name, p in layer.named_parameters()}
        x, context = torch.empty(2, 3, 8, device="cuda"), torch.empty(2, 5, 6, device="cuda")
        answer = functional_call(layer, moved, (x, context, causal_mask(3, 5, like=x)))
        assert [each.device.type for each in answer] == ["cuda", "cuda"]
        with pytest.raises(ValueError, match=r"context holds .* on cpu, the weights .* on cuda:0"):
            functional_call(layer, moved, (x, torch.empty(2, 5, 6)))


def test_the_model_runs_on_a_gpu_that_is_not_there():
    model = AttentionOnly(5, 3, places=4)
    with FakeTensorMode(allow_non_fake_inputs=True):
        moved = {name: torch.empty(p.shape, device="cuda") for name, p in model.named_parameters()}
        answer = functional_call(model, moved, torch.empty(2, 4, dtype=torch.int64, device="cuda"))
    assert [each.device.type for each in answer] == ["cuda", "cuda"]


def test_the_model_shows_the_weights_it_used():
    model = AttentionOnly(5, 3, places=4, n_heads=2, n_layers=3, seed=1)
    x = torch.tensor([[0, 1, 2, 3], [4, 3, 2, 1]])
    scores, weights = model(x)
    assert scores.shape == (2, 4, 3) and weights.shape == (2, 3, 2, 4, 4)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3, 2, 4))
    assert (weights.triu(1) == 0).all()
    torch.testing.assert_close(AttentionOnly(5, 3, places=4, n_heads=2, n_layers=3, seed=1)(x)[0], scores)


# --- the small functions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(6, 8), (2, 6, 8), (2, 3, 6, 8), (0, 6, 8)])
def test_splitting_and_merging_undo_each_other(shape):
    x = np.random.default_rng(0).normal(size=shape)
    assert np.array_equal(merge_heads(split_heads(x, 4)), x)
    assert np.array_equal(split_heads(torch.from_numpy(x), 4).numpy(), split_heads(x, 4))


def test_shared_heads_are_those_of_the_kernel():
    rng = np.random.default_rng(0)
    q, k, v = rng.normal(size=(2, 6, 4, 3)), rng.normal(size=(2, 2, 5, 3)), rng.normal(size=(2, 2, 5, 3))
    copied = attention(q, share_heads(k, 6), share_heads(v, 6))
    assert all(np.allclose(one, other) for one, other in zip(copied, attention(q, k, v), strict=True))


@pytest.mark.parametrize("n", [1, 2, 5])
def test_two_heads_subtract(n):
    weights, W_o = two_heads(n)
    x, (first, last) = np.arange(1.0, n + 1) ** 2, (1, n * n)
    padded = np.concatenate([[first], x, [last]])
    assert np.array_equal(W_o @ (weights @ x), padded[2:] - padded[:-2])


def test_heads_made_by_hand_ask_what_they_say():
    words = hand_heads.words_of("The dog's den, the dog-house: déjà vu!")
    assert words == ["the", "dog's", "den", "the", "dog-house", "déjà", "vu"]
    before, same, letter, first, everyone = hand_heads.scores(words, sharpness=1.0)
    assert np.array_equal(before, np.eye(7, k=-1))
    assert np.array_equal(same, [[float(a == b) for b in words] for a in words])
    assert np.array_equal(letter, [[float(a[0] == b[0]) for b in words] for a in words])
    assert np.array_equal(first, np.eye(7)[[0] * 7]) and not everyone.any()
    assert hand_heads.scores(["one"]).shape == (5, 1, 1)


def test_the_pictures_can_be_drawn():
    from utils.training.history import History

    run = History(steps=[0, 5], losses=[1, 1], metrics={"accuracy": [0.1, 0.9]})
    assert plot_accuracy({"one": [run]}, guess=0.1).get_xlabel()
    assert len(plot_heads(np.full((3, 2, 2), 0.5), ["a", "b", "c"]).figure.axes) == 3
    assert len(plot_layers([np.tri(3), np.eye(3)], "abc", ["a", "b"]).figure.axes) == 2
    assert plot_split(["a", "b"], 4).get_title(loc="left")
    assert plot_steps({1: [5, 6], 2: [None, 9]}, budget=10).get_ylabel()


# --- what is refused --------------------------------------------------------------------------------------------------

MODEL = AttentionOnly(5, 3, places=4)
LAYER = MultiHeadAttention(8, 2, d_context=6)
X, C = torch.ones(2, 3, 8), torch.ones(2, 5, 6)

REFUSED = {
    "no features": (lambda: MultiHeadAttention(0, 1), "d_model is 0"),
    "half a head": (lambda: MultiHeadAttention(8, 0.5), "n_heads is 0.5"),
    "True heads": (lambda: MultiHeadAttention(8, True), "n_heads is True"),
    "heads that do not divide": (lambda: MultiHeadAttention(8, 3), "n_heads is 3", "d_model = 8"),
    "shared heads that do not divide": (
        lambda: MultiHeadAttention(8, 4, n_kv_heads=3), "n_kv_heads is 3", "n_heads = 4"),
    "no shared heads": (lambda: MultiHeadAttention(8, 4, n_kv_heads=0), "n_kv_heads is 0"),
    "negative d_v": (lambda: MultiHeadAttention(8, 4, d_v=-1), "d_v is -1"),
    "a word for d_head": (lambda: MultiHeadAttention(8, 4, d_head="4"), "d_head is '4'"),
    "no context features": (lambda: MultiHeadAttention(8, 4, d_context=0), "d_context is 0"),
    "x in NumPy": (lambda: LAYER(np.ones((2, 3, 8)), C), "x is a ndarray", "torch.from_numpy"),
    "x a list": (lambda: LAYER([[1.0] * 8], C), "x is a list"),
    "x without tokens": (lambda: LAYER(torch.ones(8), C), "x has shape (8,)", "(..., T, 8)"),
    "x of another width": (lambda: LAYER(torch.ones(2, 3, 7), C), "x has shape (2, 3, 7)", "(..., T, 8)"),
    "no context, and x of another width": (lambda: LAYER(X), "context has shape (2, 3, 8)", "(..., T, 6)"),
    "context of another batch": (lambda: LAYER(X, torch.ones(3, 5, 6)), "same batch", "context (3, 5, 6)"),
    "x of whole numbers": (lambda: LAYER(X.long(), C), "x holds torch.int64", "x.to("),
    "context of another precision": (lambda: LAYER(X, C.double()), "context holds torch.float64"),
    "x on another device": (lambda: LAYER(X.to("meta"), C), "x holds torch.float32 on meta"),
    "NaN in x": (lambda: LAYER(X * torch.nan, C), "found nan in q"),
    "a mask of whole numbers": (lambda: LAYER(X, C, torch.ones(3, 5).long()), "mask holds torch.int64"),
    "a mask turned on its side": (lambda: LAYER(X, C, torch.ones(5, 3) > 0), "mask has shape (5, 3)", "(2, 2, 3, 5)"),
    "a mask a sequence": (lambda: LAYER(X, C, torch.ones(2, 3, 5) > 0), "mask has shape (2, 3, 5)", "mask[:, None]"),
    "a mask in NumPy": (lambda: LAYER(X, C, np.ones((3, 5)) > 0), "mask is NumPy", "like=q"),
    "from something else": (lambda: MultiHeadAttention.from_torch(LAYER), "other is a MultiHeadAttention"),
    "from one with bias_kv": (
        lambda: MultiHeadAttention.from_torch(nn.MultiheadAttention(8, 2, add_bias_kv=True)), "add_bias_kv"),
    "from one with two widths": (
        lambda: MultiHeadAttention.from_torch(nn.MultiheadAttention(8, 2, kdim=4, vdim=6)), "kdim unlike vdim"),
    "to torch with shared heads": (
        lambda: MultiHeadAttention(8, 2, n_kv_heads=1).to_torch(), "n_kv_heads 1, n_heads 2"),
    "a row too long for the model": (lambda: MODEL(torch.zeros(1, 5).long()), "x has shape (1, 5)", "T at most 4"),
    "a row without a batch": (lambda: MODEL(torch.zeros(4).long()), "x has shape (4,)"),
    "a row of numbers": (lambda: MODEL(torch.zeros(1, 4)), "torch.float32"),
    "to torch with another d_v": (lambda: MultiHeadAttention(8, 2, d_v=3).to_torch(), "d_v 3"),
    "split a list": (lambda: split_heads([1.0], 1), "x is a list"),
    "split what does not divide": (lambda: split_heads(np.ones((3, 8)), 3), "3 heads", "(3, 8)"),
    "split one axis": (lambda: split_heads(np.ones(8), 2), "(8,)"),
    "split into none": (lambda: split_heads(np.ones((3, 8)), 0), "n_heads is 0"),
    "merge a table": (lambda: merge_heads(np.ones((3, 8))), "heads must be", "(3, 8)"),
    "share what does not divide": (lambda: share_heads(np.ones((3, 2, 2)), 4), "divide 4", "(3, 2, 2)"),
    "a bill for no tokens": (lambda: bill(0, 8, 2, 2), "n is 0"),
    "a bill for heads that do not divide": (lambda: bill(5, 8, 3, 3), "n_heads must divide"),
    "no days": (lambda: two_heads(0), "n is 0"),
    "a sentence without words": (lambda: hand_heads.words_of(" ?! "), "' ?! '", "1 to 24 words"),
    "a sentence of a hundred words": (lambda: hand_heads.words_of("a " * 100), "1 to 24 words"),
    "a sentence that is none": (lambda: hand_heads.words_of(None), "sentence is 'None'"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case):
    call, *must_say = REFUSED[case]
    with pytest.raises(ValueError) as error:
        call()
    for words in must_say:
        assert words in str(error.value)
