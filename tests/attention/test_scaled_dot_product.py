"""The kernel against a slow loop, against torch's own attention, and at the edges where others answer NaN."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings, strategies as st

from utils.attention import attention, causal_mask, fused_attention, padding_mask, softmax, window_mask

SETTINGS = settings(max_examples=40, deadline=None, derandomize=True, database=None)
HALVES = [torch.float16, torch.bfloat16]
DTYPES = [*HALVES, torch.float32, torch.float64]
FUNCTIONS = [lambda *args, **kw: attention(*args, **kw)[0], fused_attention]
both_functions = pytest.mark.parametrize("function", FUNCTIONS, ids=["attention", "fused"])


# --- what is right: a loop in Python's own numbers --------------------------------------------------------------------


def slow_row(query, keys, values, allowed, added, scale, softcap):
    """Return one row of out and one row of weights, both lists, and the largest score met."""
    scores = [scale * math.fsum(a * b for a, b in zip(query, key, strict=True)) for key in keys]
    if softcap is not None:
        scores = [softcap * math.tanh(score / softcap) for score in scores]
    scores = [score + plus if may else -math.inf for score, may, plus in zip(scores, allowed, added, strict=True)]
    peak = max(scores, default=-math.inf)
    parts = [math.exp(score - peak) if score > -math.inf else 0.0 for score in scores]
    weights = [part / math.fsum(parts) if part else 0.0 for part in parts]
    out = [math.fsum(w * value[c] for w, value in zip(weights, values, strict=True)) for c in range(values.shape[1])]
    return out, weights, max([abs(score) for score in scores if score > -math.inf], default=0.0)


def slow(q, k, v, mask=None, *, scale=None, softcap=None):
    """Return out, weights and the largest score in float64, one query after the other."""
    q, k, v = (np.asarray(x, dtype=np.float64) for x in (q, k, v))
    scale = 1 / math.sqrt(q.shape[-1]) if scale is None else scale
    shape = (*q.shape[:-1], k.shape[-2])
    mask = np.broadcast_to(True if mask is None else np.asarray(mask), shape)
    allowed, added = (mask, np.zeros(shape)) if mask.dtype == bool else (mask > -np.inf, mask.astype(np.float64))
    out, weights, largest = np.zeros((*q.shape[:-1], v.shape[-1])), np.zeros(shape), 0.0
    for at in np.ndindex(*q.shape[:-1]):
        of = at[:-1]
        if q.ndim > 2:
            of = (*at[:-2], at[-2] // (q.shape[-3] // k.shape[-3]))
        out[at], weights[at], peak = slow_row(q[at], k[of], v[of], allowed[at], added[at], scale, softcap)
        largest = max(largest, peak)
    return out, weights, largest


def tolerance(dtype, largest, v):
    return 8 * np_eps(dtype) * max(1.0, largest) * max(1.0, np.abs(np.asarray(v, dtype=np.float64)).max(initial=0.0))


def np_eps(dtype):
    return torch.finfo(dtype).eps if isinstance(dtype, torch.dtype) else float(np.finfo(dtype).eps)


def numbers(x):
    """Any array or tensor as float64 NumPy."""
    return x.detach().double().numpy() if isinstance(x, torch.Tensor) else x.astype(np.float64)


# --- random problems --------------------------------------------------------------------------------------------------


@st.composite
def problems(draw, empty=True):
    """Draw q, k, v in float64, a mask (or None) that broadcasts to the scores, and keyword arguments."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    batch = draw(st.sampled_from([(), (1,), (2,), (3, 1)]))
    heads, each = draw(st.sampled_from([(1, 1), (2, 1), (2, 2), (1, 3)]))
    n_q, n_k = draw(st.integers(0 if empty else 1, 4)), draw(st.integers(0 if empty else 1, 5))
    d_k, d_v = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    has_heads = batch or draw(st.booleans())
    k_lead, q_lead = ((*batch, heads), (*batch, heads * each)) if has_heads else ((), ())
    spread = draw(st.sampled_from([0.1, 1.0, 10.0]))
    q = spread * rng.normal(size=(*q_lead, n_q, d_k))
    k, v = rng.normal(size=(*k_lead, n_k, d_k)), rng.normal(size=(*k_lead, n_k, d_v))
    mask = draw_mask(draw, rng, (*q_lead, n_q, n_k))
    options = {
        "scale": draw(st.sampled_from([None, 1.0, 0.3, 0.0, -0.5, 2])),
        "softcap": draw(st.sampled_from([None, None, 1.5, 30])),
    }
    return q, k, v, mask, options


def draw_mask(draw, rng, shape):
    kind = draw(st.sampled_from([None, "boolean", "floating"]))
    if kind is None:
        return None
    rank = draw(st.integers(0, len(shape)))
    sizes = [1 if draw(st.booleans()) else size for size in shape[len(shape) - rank :]]
    allowed = np.asarray(rng.random(sizes) < draw(st.sampled_from([0.0, 0.3, 0.7, 1.0])))
    return allowed if kind == "boolean" else np.where(allowed, rng.normal(size=sizes), -np.inf)


def as_dtype(problem, dtype):
    """The problem in NumPy, its numbers such as `dtype` can hold, and the same numbers in torch."""
    q, k, v, mask, options = problem
    rounded = [x if x is None or x.dtype == bool else torch.tensor(x).to(dtype) for x in (q, k, v, mask)]
    tensors = [torch.tensor(x) if isinstance(x, np.ndarray) else x for x in rounded]
    arrays = [None if x is None else x.numpy() if x.dtype == torch.bool else x.double().numpy() for x in tensors]
    return arrays, tensors, options


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@SETTINGS
@given(problems())
def test_torch_equals_the_loop(dtype, problem):
    arrays, tensors, options = as_dtype(problem, dtype)
    out, weights, largest = slow(*arrays, **options)
    limit = tolerance(dtype, largest, arrays[2])
    got_out, got_weights = attention(*tensors, **options)
    assert got_out.dtype == got_weights.dtype == dtype
    np.testing.assert_allclose(numbers(got_out), out, rtol=0, atol=limit)
    np.testing.assert_allclose(numbers(got_weights), weights, rtol=0, atol=limit)
    np.testing.assert_allclose(numbers(fused_attention(*tensors, **options)), out, rtol=0, atol=limit)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@SETTINGS
@given(problems())
def test_numpy_equals_the_loop(dtype, problem):
    q, k, v, mask, options = problem
    q, k, v = (x.astype(dtype) for x in (q, k, v))
    mask = mask if mask is None or mask.dtype == bool else mask.astype(dtype)
    out, weights, largest = slow(q, k, v, mask, **options)
    limit = tolerance(dtype, largest, v)
    got_out, got_weights = attention(q, k, v, mask, **options)
    assert got_out.dtype == got_weights.dtype == dtype
    np.testing.assert_allclose(numbers(got_out), out, rtol=0, atol=limit)
    np.testing.assert_allclose(numbers(got_weights), weights, rtol=0, atol=limit)
    np.testing.assert_array_equal(fused_attention(q, k, v, mask, **options), got_out)


@SETTINGS
@given(problems())
def test_numpy_equals_torch(problem):
    q, k, v, mask, options = problem
    mine = attention(q, k, v, mask, **options)
    theirs = attention(*(None if x is None else torch.tensor(x) for x in (q, k, v, mask)), **options)
    for a, b in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(a, b.numpy(), rtol=0, atol=1e-13)


@SETTINGS
@given(problems())
def test_a_row_sums_to_one_or_is_zero_and_inputs_stay(problem):
    *arrays, options = problem
    tensors = [None if x is None else torch.tensor(x) for x in arrays]
    before = [None if x is None else x.copy() for x in arrays]
    for given_inputs in (arrays, tensors):
        out, weights = attention(*given_inputs, **options)
        fused_attention(*given_inputs, **options)
        totals = numbers(weights).sum(-1)
        nowhere = totals == 0
        np.testing.assert_allclose(totals[~nowhere], 1.0)
        assert not numbers(out)[nowhere].any()
        assert (numbers(weights) >= 0).all()
        for then, now in zip(before, given_inputs, strict=True):
            assert then is now is None or np.array_equal(then, np.asarray(now))
    assert all(x is None or x._version == 0 for x in tensors)


@SETTINGS
@given(problems(empty=False))
def test_equals_the_library_forward_and_backward(problem):
    q, k, v, mask, options = problem
    if mask is not None:  # give every row an allowed key, else the library may answer NaN
        free = np.arange(k.shape[-2]) == 0
        mask = mask | free if mask.dtype == bool else np.where(free & np.isneginf(mask), 0.0, mask)
        mask = torch.tensor(np.broadcast_to(mask, (*q.shape[:-1], k.shape[-2])))
    options["softcap"] = None
    leaves = [torch.tensor(x, requires_grad=True) for x in (q, k, v)]
    theirs = F.scaled_dot_product_attention(*leaves, mask, scale=options["scale"], enable_gqa=q.ndim > 2)
    direction = torch.tensor(np.random.default_rng(0).normal(size=theirs.shape))
    expected = torch.autograd.grad((theirs * direction).sum(), leaves)
    for function in FUNCTIONS:
        mine = function(*leaves, mask, **options)
        torch.testing.assert_close(mine, theirs, rtol=0, atol=1e-12)
        grads = torch.autograd.grad((mine * direction).sum(), leaves)
        for a, b in zip(grads, expected, strict=True):
            torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-11)


@SETTINGS
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_equals_multihead_attention_with_its_mask_inverted(seed, floating):
    rng = torch.Generator().manual_seed(seed)
    layer = torch.nn.MultiheadAttention(8, 2, bias=False, batch_first=True, dtype=torch.float64)
    x = torch.randn(3, 5, 8, generator=rng, dtype=torch.float64)
    may = torch.rand(5, 5, generator=rng) < 0.5
    may.fill_diagonal_(True)
    q, k, v = ((x @ w.mT).unflatten(-1, (2, 4)).transpose(1, 2) for w in layer.in_proj_weight.chunk(3))
    bias = torch.zeros(5, 5, dtype=torch.float64).masked_fill(~may, -math.inf)
    out, weights = attention(q, k, v, bias if floating else may)
    theirs, alpha = layer(x, x, x, attn_mask=bias if floating else ~may, average_attn_weights=False)
    torch.testing.assert_close(weights, alpha)
    torch.testing.assert_close(layer.out_proj(out.transpose(1, 2).flatten(-2)), theirs)


def test_multihead_attention_answers_nan_where_we_answer_zero():
    layer = torch.nn.MultiheadAttention(4, 1, batch_first=True)
    x = torch.randn(1, 3, 4, generator=torch.Generator().manual_seed(0))
    may = torch.tensor([[True, False, False], [False, False, False], [True, True, True]])
    assert layer(x, x, x, attn_mask=~may)[0][0, 1].isnan().all()
    assert attention(x, x, x, may)[0][0, 1].tolist() == [0.0] * 4


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_scores_are_divided_by_the_root_of_the_features():
    q = np.ones((1, 4))
    k = np.log([[1.0], [9.0]]) * np.ones((2, 4)) / 2  # q·k = 4·log(9)/2, divided by √4: log 9
    np.testing.assert_allclose(attention(q, k, np.eye(2))[0], [[0.1, 0.9]])


def test_no_preference_is_uniform_and_no_permission_is_zero():
    q, k, v = np.zeros((2, 3)), np.ones((4, 3)), np.arange(4.0)[:, None]
    out, weights = attention(q, k, v, np.array([[True], [False]]))
    assert weights.tolist() == [[0.25] * 4, [0.0] * 4]
    assert out.tolist() == [[1.5], [0.0]]


def test_a_large_score_takes_all():
    k = np.array([[1.0], [0.0], [0.0]])
    np.testing.assert_array_equal(attention(np.array([[1e4]]), k, np.eye(3))[1], [[1.0, 0.0, 0.0]])


def test_a_floating_mask_is_added_to_the_scores():
    bias = np.log([[1.0, 2.0, 5.0]])
    _, weights = attention(np.zeros((1, 2)), np.ones((3, 2)), np.eye(3), bias)
    np.testing.assert_allclose(weights, [[0.125, 0.25, 0.625]])


def test_softcap_comes_before_the_mask():
    q, k, v = torch.full((1, 1), 50.0), torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[0.0], [1.0], [1e3]])
    mask = torch.tensor([[0.0, 0.0, -math.inf]])
    for forbids in (mask, mask == 0):
        out, weights = attention(q, k, v, forbids, softcap=0.5)
        torch.testing.assert_close(weights, torch.tensor([[0.5, 0.5, 0.0]]))
        torch.testing.assert_close(out, torch.tensor([[0.5]]))


def test_grouped_heads_are_repeated_heads():
    rng = np.random.default_rng(0)
    q = rng.normal(size=(2, 6, 3, 4))
    k, v = rng.normal(size=(2, 2, 2, 5, 4))
    grouped = attention(q, k, v)
    for mine, repeated in zip(grouped, attention(q, k.repeat(3, axis=1), v.repeat(3, axis=1)), strict=True):
        np.testing.assert_array_equal(mine, repeated)


@both_functions
def test_what_is_forbidden_has_no_influence(function):
    rng = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(2, 5, 4, generator=rng, requires_grad=True) for _ in range(3))
    mask = causal_mask(5, like=q)
    out = function(q, k, v, mask)
    k_grad, v_grad = torch.autograd.grad(out[:, 2].sum(), [k, v])
    assert not k_grad[:, 3:].any() and not v_grad[:, 3:].any()
    later = [torch.cat([x[:, :3], 99 + x[:, 3:]], dim=1) for x in (k, v)]
    torch.testing.assert_close(function(q, *later, mask)[:, :3], out[:, :3])


@both_functions
@pytest.mark.parametrize("reach", [None, 2])
def test_step_by_step_equals_the_full_pass(function, reach):
    rng = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(2, 3, 7, 4, generator=rng, dtype=torch.float64) for _ in range(3))
    full = function(q, k, v, window_mask(7, 7, reach, like=q))
    for start, stop in [(0, 1), (1, 2), (2, 5), (5, 7)]:
        mask = window_mask(stop - start, stop, reach, offset=start, like=q)
        piece = function(q[:, :, start:stop], k[:, :, :stop], v[:, :, :stop], mask)
        torch.testing.assert_close(piece, full[:, :, start:stop])


def test_padding_changes_nothing():
    rng = np.random.default_rng(0)
    q, k, v = rng.normal(size=(3, 2, 2, 5, 4))
    out, _ = attention(q, k, v, padding_mask([3, 5], 5)[:, None])
    np.testing.assert_allclose(out[0], attention(q[0], k[0, :, :3], v[0, :, :3])[0])
    np.testing.assert_allclose(out[1], attention(q[1], k[1], v[1])[0])


# --- the edges --------------------------------------------------------------------------------------------------------


@both_functions
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("floating", [False, True], ids=["boolean", "floating"])
def test_a_fully_masked_row_is_zero_with_finite_gradients(function, dtype, floating):
    rng = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(2, 2, 3, 4, generator=rng).to(dtype).requires_grad_() for _ in range(3))
    mask = torch.tensor([[True, True, False], [False, False, False], [False, True, True]])
    if floating:
        mask = torch.zeros(3, 3, dtype=dtype).masked_fill(~mask, -math.inf).requires_grad_()
    out = function(q, k, v, mask)
    assert not out[..., 1, :].any()
    leaves = [q, k, v, mask] if floating else [q, k, v]
    grads = torch.autograd.grad((out**2).sum() + out[..., 1, :].sum(), leaves)  # the empty row is in the loss
    assert all(grad.isfinite().all() for grad in grads)
    assert not grads[0][..., 1, :].any()
    alone = torch.autograd.grad((function(q[..., ::2, :], k, v, mask[::2]) ** 2).sum(), [k, v])
    for with_row, without in zip(grads[1:3], alone, strict=True):
        torch.testing.assert_close(with_row, without)


def test_fused_does_not_lean_on_the_library_where_a_query_may_look_nowhere(monkeypatch):
    def naive(q, k, v, attn_mask, scale):  # as kernels on other machines may be: NaN for an empty row
        return torch.softmax(q @ k.mT * scale + attn_mask, -1) @ v

    monkeypatch.setattr(F, "scaled_dot_product_attention", naive)
    q = torch.randn(3, 4, generator=torch.Generator().manual_seed(0), requires_grad=True)
    mask = causal_mask(3, 3, -1, like=q)
    out = fused_attention(q, q, q, mask)
    torch.testing.assert_close(out, attention(q, q, q, mask)[0])
    (grad,) = torch.autograd.grad(out.sum(), q)
    assert grad.isfinite().all() and grad.any()


@pytest.mark.parametrize("kind", ["none", "causal", "empty row", "floating"])
@pytest.mark.parametrize("softcap", [None, 2.0])
def test_gradcheck(kind, softcap):
    rng = torch.Generator().manual_seed(0)
    q = torch.randn(4, 3, 2, generator=rng, dtype=torch.float64, requires_grad=True)
    k, v = (torch.randn(2, 3, 2, generator=rng, dtype=torch.float64, requires_grad=True) for _ in range(2))
    mask = {"none": None, "causal": causal_mask(3, like=q), "empty row": causal_mask(3, 3, -1, like=q)}.get(kind)
    leaves = [q, k, v]
    if kind == "floating":
        leaves.append(torch.randn(3, 3, generator=rng, dtype=torch.float64, requires_grad=True))
    assert torch.autograd.gradcheck(lambda *x: attention(*x, *[mask][: 4 - len(x)], softcap=softcap), leaves)
    assert torch.autograd.gradcheck(lambda *x: fused_attention(*x, *[mask][: 4 - len(x)], softcap=softcap), leaves)


@both_functions
@pytest.mark.parametrize("dtype", HALVES, ids=str)
@pytest.mark.parametrize("size", [1e4, 1e5, 1e6])
def test_half_precision_survives_large_scores(function, dtype, size):
    rng = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(2, 6, 4, generator=rng) for _ in range(3))
    q, k = ((x * math.sqrt(size)).to(dtype) for x in (q, k))
    v = v.to(dtype).requires_grad_()
    q.requires_grad_()
    out = function(q, k, v, causal_mask(6, like=q), scale=1.0)
    expected, _, largest = slow(*(numbers(x) for x in (q, k, v)), causal_mask(6), scale=1.0)
    assert largest > size
    np.testing.assert_allclose(numbers(out), expected, rtol=0, atol=8 * torch.finfo(dtype).eps * 4)
    out.sum().backward()
    assert q.grad.isfinite().all() and v.grad.isfinite().all()


@both_functions
def test_large_half_precision_inputs_are_not_mistaken_for_infinite(function):
    """The quick check sums all numbers, which overflows here; the exact one must then let them pass."""
    big = np.full((4, 8), 6e4, dtype=np.float16)
    assert np.array_equal(function(np.zeros_like(big), big, big), big)
    assert torch.equal(function(*map(torch.from_numpy, (np.zeros_like(big), big, big))), torch.from_numpy(big))


@both_functions
@pytest.mark.parametrize("library", [np, torch])
def test_no_queries_and_no_keys(function, library):
    q, k, v = library.ones((2, 3, 4)), library.ones((2, 5, 4)), library.ones((2, 5, 6))
    assert tuple(function(q[:, :0], k, v).shape) == (2, 0, 6)
    assert tuple(function(q[:0], k[:0], v[:0]).shape) == (0, 3, 6)
    nobody = function(q, k[:, :0], v[:, :0])
    assert tuple(nobody.shape) == (2, 3, 6) and not nobody.any()
    assert tuple(attention(q, k[:, :0], v[:, :0])[1].shape) == (2, 3, 0)


@both_functions
@pytest.mark.parametrize("shape", [(2, 1, 1, 3, 5), (2, 4, 3, 5), (4, 3, 6), (6,), (3, 1, 1, 1), (0, 1), (3, 2)])
def test_a_mask_may_not_enlarge_the_scores(function, shape):
    q, k = np.ones((1, 4, 3, 2)), np.ones((1, 4, 5, 2))
    with pytest.raises(ValueError, match=r"mask has shape .*\(1, 4, 3, 5\)"):
        function(q, k, k, np.ones(shape, dtype=bool))


def test_numpy_warns_of_nothing_when_all_is_well():
    rng = np.random.default_rng(0)
    q, k, v = rng.normal(size=(3, 4, 5))
    with np.errstate(all="raise"):
        attention(q, k, v, causal_mask(4, 4, -1))
        softmax(np.array([[-np.inf, -np.inf], [0.0, -np.inf]]))


# --- softmax ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@SETTINGS
@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.data())
def test_softmax_equals_the_library(dtype, shape, data):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    rng = torch.Generator().manual_seed(data.draw(st.integers(0, 1000)))
    scores = (data.draw(st.sampled_from([1, 100, 1e4])) * torch.randn(shape, generator=rng)).to(dtype)
    forbidden = torch.rand(shape, generator=rng) < 0.3
    scores = scores.masked_fill(forbidden, -math.inf)
    expected = torch.softmax(scores.double(), axis).nan_to_num(0.0)
    limit = {"rtol": 0, "atol": 4 * torch.finfo(dtype).eps}
    torch.testing.assert_close(softmax(scores, axis).double(), expected, **limit)
    if dtype != torch.bfloat16:
        torch.testing.assert_close(torch.from_numpy(softmax(scores.numpy(), axis)).double(), expected, **limit)


def test_softmax_does_not_mind_a_common_shift():
    scores = np.array([1.0, 3.0, 2.0])
    np.testing.assert_allclose(softmax(scores + 1e4), softmax(scores))
    np.testing.assert_allclose(softmax(scores - 1e4), softmax(scores))


def test_softmax_gradients_are_finite_beside_an_empty_row():
    scores = torch.tensor([[-math.inf, -math.inf], [0.0, -math.inf], [1.0, 2.0]], dtype=torch.float64)
    scores.requires_grad_()
    (softmax(scores) ** 2).sum().backward()
    alone = scores.detach()[2:].requires_grad_()
    (torch.softmax(alone, -1) ** 2).sum().backward()
    torch.testing.assert_close(scores.grad, torch.cat([torch.zeros(2, 2, dtype=torch.float64), alone.grad]))


# --- torch's other ways of calling ------------------------------------------------------------------------------------


@both_functions
@pytest.mark.parametrize("offset", [None, 0, -2])
@pytest.mark.parametrize("dynamic", [False, True])
def test_compiles_without_a_break(function, offset, dynamic):
    def step(q, k, v):
        return function(q, k, v, None if offset is None else causal_mask(q.shape[-2], k.shape[-2], offset, like=q))

    torch._dynamo.reset()
    rng = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(2, 5, 4, generator=rng, requires_grad=True) for _ in range(3))
    compiled = torch.compile(step, backend="eager", fullgraph=True, dynamic=dynamic)
    torch.testing.assert_close(compiled(q, k, v), step(q, k, v))
    for a, b in zip(*(torch.autograd.grad(f(q, k, v).sum(), [q, k, v]) for f in (compiled, step)), strict=True):
        torch.testing.assert_close(a, b)


def test_vmap_and_functional_gradients():
    rng = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(3, 2, 5, 4, generator=rng, dtype=torch.float64) for _ in range(3))
    mask = causal_mask(5, 5, -1, like=q)
    out, weights = torch.func.vmap(lambda q, k, v: attention(q, k, v, mask))(q, k, v)
    torch.testing.assert_close(out, attention(q, k, v, mask)[0])
    torch.testing.assert_close(weights, attention(q, k, v, mask)[1])
    jacobian = torch.func.jacrev(lambda q: attention(q, k[0], v[0], mask)[0])(q[0])
    assert jacobian.isfinite().all() and jacobian.any()
