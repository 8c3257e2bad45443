"""What the kernel says to inputs that make no sense: an error that names the argument and what was found in it.

The last table holds inputs that look wrong and have a right answer.
"""

import math
import re

import numpy as np
import pytest
import torch

from utils.attention import (
    KVCache,
    attention,
    causal_mask,
    document_mask,
    fused_attention,
    gated_linear_attention,
    gated_step,
    linear_attention,
    linear_step,
    padding_mask,
    prefix_mask,
    softmax,
    tiled_attention,
    window_mask,
)
from utils.attention.positions import alibi, rotary, sinusoidal
from utils.chapters.ch09_positions.order_tasks import own_place, symbol_back
from utils.chapters.ch13_images_and_graphs.graph_trials import find_value, red_friend
from utils.chapters.ch13_images_and_graphs.graphs import mask_from_edges, table_mask, tree_mask
from utils.chapters.ch13_images_and_graphs.patches import patchify
from utils.chapters.ch13_images_and_graphs.rollout import rollout
from utils.chapters.ch14_what_it_costs.capacity import pairs, shares
from utils.chapters.ch14_what_it_costs.costs import attend_bill, cache_gib, fit_power, layer_bills
from utils.chapters.ch14_what_it_costs.measured_costs import kernels, times
from utils.chapters.ch14_what_it_costs.online_softmax import START, take_tile
from utils.seeds import seeded

SHAPES = {"q": (2, 4, 3, 8), "k": (2, 4, 5, 8), "v": (2, 4, 5, 6)}  # batch, heads, places, features
MASK = (2, 4, 3, 5)


def ones(*shape, dtype=np.float64):
    return np.ones(shape, dtype=dtype)


def holding(value, *shape):
    """An array of ones, but for its last number."""
    array = ones(*shape)
    array[(-1,) * len(shape)] = value
    return array


# what replaces the right arguments, and what the error must name: for NumPy and, converted, for torch
REFUSED = {
    # shapes
    "q has one axis": ({"q": ones(8)}, "same number of axes", "q (8,)"),
    "q has no axis": ({"q": np.array(1.0)}, "same number of axes", "q ()"),
    "all have one axis": ({"q": ones(8), "k": ones(8), "v": ones(8)}, "two or more", "v (8,)"),
    "q lacks the batch": ({"q": ones(4, 3, 8)}, "same number of axes", "q (4, 3, 8)", "k (2, 4, 5, 8)"),
    "v lacks the batch": ({"v": ones(4, 5, 6)}, "same number of axes", "v (4, 5, 6)"),
    "another batch": ({"q": ones(3, 4, 3, 8)}, "same batch", "q (3, 4, 3, 8)"),
    "a batch of one is not spread": ({"q": ones(1, 4, 3, 8)}, "same batch", "q (1, 4, 3, 8)"),
    "features of q and k differ": ({"q": ones(2, 4, 3, 7)}, "number of features", "q (2, 4, 3, 7)", "k (2, 4, 5, 8)"),
    "no features": ({"q": ones(2, 4, 3, 0), "k": ones(2, 4, 5, 0)}, "one or more", "q (2, 4, 3, 0)"),
    "more values than keys": ({"v": ones(2, 4, 6, 6)}, "k and v", "v (2, 4, 6, 6)"),
    "k turned on its side": ({"k": ones(2, 4, 8, 5)}, "number of features", "k (2, 4, 8, 5)"),
    "heads of v differ from k's": ({"v": ones(2, 2, 5, 6)}, "k and v", "v (2, 2, 5, 6)"),
    "heads do not divide": ({"k": ones(2, 3, 5, 8), "v": ones(2, 3, 5, 6)}, "heads", "divide", "k (2, 3, 5, 8)"),
    "more heads in k than in q": ({"k": ones(2, 8, 5, 8), "v": ones(2, 8, 5, 6)}, "heads", "k (2, 8, 5, 8)"),
    "no heads in k": ({"k": ones(2, 0, 5, 8), "v": ones(2, 0, 5, 6)}, "heads", "k (2, 0, 5, 8)"),
    # types
    "q of whole numbers": ({"q": ones(*SHAPES["q"], dtype=np.int64)}, "q holds", "int64"),
    "k of booleans": ({"k": ones(*SHAPES["k"], dtype=bool)}, "k holds", "bool"),
    "v of bytes": ({"v": ones(*SHAPES["v"], dtype=np.uint8)}, "v holds", "uint8"),
    "q complex": ({"q": ones(*SHAPES["q"], dtype=np.complex64)}, "q holds", "complex64"),
    "two precisions": ({"q": ones(*SHAPES["q"], dtype=np.float32)}, "one type", "float32", "float64"),
    # values
    "NaN in q": ({"q": holding(math.nan, *SHAPES["q"])}, "found nan in q"),
    "infinity in k": ({"k": holding(math.inf, *SHAPES["k"])}, "found inf in k"),
    "-infinity in v": ({"v": holding(-math.inf, *SHAPES["v"])}, "found -inf in v"),
    "NaN in v under a mask": ({"v": holding(math.nan, *SHAPES["v"]), "mask": ones(5) < 0}, "found nan in v"),
    "scores too large": ({"q": 1e200 * ones(*SHAPES["q"]), "k": 1e200 * ones(*SHAPES["k"])}, "found"),
    # masks
    "mask of whole numbers": ({"mask": ones(3, 5, dtype=np.int64)}, "mask holds", "int64", "mask == 1"),
    "mask of bytes": ({"mask": ones(3, 5, dtype=np.uint8)}, "mask holds", "uint8", "mask == 0"),
    "mask complex": ({"mask": ones(3, 5, dtype=np.complex128)}, "mask holds", "complex128"),
    "mask with a key too many": ({"mask": ones(3, 6) > 0}, "mask has shape (3, 6)", "(2, 4, 3, 5)"),
    "mask turned on its side": ({"mask": ones(5, 3) > 0}, "mask has shape (5, 3)", "(2, 4, 3, 5)"),
    "mask without the axis for heads": ({"mask": ones(2, 3, 5) > 0}, "mask has shape (2, 3, 5)", "(2, 4, 3, 5)"),
    "mask with an axis too many": ({"mask": ones(1, *MASK) > 0}, "mask has shape (1, 2, 4, 3, 5)"),
    "mask that enlarges": ({"q": ones(1, 4, 3, 8), "k": ones(1, 4, 5, 8), "v": ones(1, 4, 5, 6),
                            "mask": ones(*MASK) > 0}, "mask has shape (2, 4, 3, 5)", "(1, 4, 3, 5)", "enlarging"),
    "mask with NaN": ({"mask": holding(math.nan, 3, 5)}, "found nan in mask"),
    "mask with +infinity": ({"mask": holding(math.inf, 3, 5)}, "found inf in mask", "-inf to forbid"),
    "mask empty": ({"mask": ones(0) > 0}, "mask has shape (0,)"),
    # numbers
    "scale NaN": ({"scale": math.nan}, "scale is nan"),
    "scale infinite": ({"scale": math.inf}, "scale is inf"),
    "scale a word": ({"scale": "sqrt"}, "scale is 'sqrt'"),
    "scale a boolean": ({"scale": True}, "scale is True"),
    "scale an array": ({"scale": ones(2)}, "scale is"),
    "scale complex": ({"scale": 1j}, "scale is 1j"),
    "scale beyond all floating numbers": ({"scale": 10**400}, "scale is 1000"),
    "softcap zero": ({"softcap": 0}, "softcap is 0", "above 0"),
    "softcap negative": ({"softcap": -1.5}, "softcap is -1.5"),
    "softcap NaN": ({"softcap": math.nan}, "softcap is nan"),
    "softcap infinite": ({"softcap": math.inf}, "softcap is inf"),
    "softcap infinite in half precision": ({"softcap": np.float16(math.inf)}, "softcap is"),
    "softcap a boolean": ({"softcap": False}, "softcap is False"),
    # neither an array nor a tensor
    "q None": ({"q": None}, "q is a NoneType", "np.array"),
    "k a list": ({"k": [[1.0]]}, "k is a list", "np.array"),
    "v a number": ({"v": 1.0}, "v is a float"),
    "q a word": ({"q": "cat"}, "q is a str"),
    "mask a list": ({"mask": [[True]]}, "mask is a list"),
    "mask True": ({"mask": True}, "mask is a bool"),
    "q a masked array, whose mask would be lost": ({"q": np.ma.ones(SHAPES["q"])}, "q is a MaskedArray"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("convert", [lambda x: x, lambda x: torch.from_numpy(x) if type(x) is np.ndarray else x])
@pytest.mark.parametrize("function", [attention, fused_attention, tiled_attention])
@pytest.mark.parametrize("case", REFUSED)
def test_refused(case, function, convert):
    replaced, *must_say = REFUSED[case]
    right = {name: ones(*shape) for name, shape in SHAPES.items()}
    with pytest.raises(ValueError) as error:
        function(**{name: convert(x) for name, x in (right | replaced).items()})
    for words in must_say:
        assert words in str(error.value)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("case", [case for case in REFUSED if not {"mask", "scale", "softcap"} & set(REFUSED[case][0])])
def test_linear_attention_refuses_the_same(case):
    replaced, *must_say = REFUSED[case]
    if "scores too large" in case:
        must_say = ["found"]
    with pytest.raises(ValueError) as error:
        linear_attention(**{name: ones(*shape) for name, shape in SHAPES.items()} | replaced)
    for words in must_say:
        assert words in str(error.value)


Q, T = ones(3, 8), torch.ones(3, 8)


def full_cache():
    """A cache that already holds three places."""
    cache = KVCache()
    cache.append(Q, Q)
    return cache


# a call, and what its error must say
CALLS_REFUSED = {
    "k in torch, q and v in NumPy": (lambda: attention(Q, T, Q), "q is NumPy, k is torch, v is NumPy"),
    "v in NumPy, q and k in torch": (lambda: fused_attention(T, T, Q), "v is NumPy", "torch.from_numpy"),
    "a NumPy mask for tensors": (lambda: attention(T, T, T, causal_mask(3)), "mask is NumPy", "like=q"),
    "a torch mask for arrays": (lambda: attention(Q, Q, Q, causal_mask(3, like=T)), "mask is torch", "like=q"),
    "q on another device": (lambda: attention(T.to("meta"), T, T), "q is on meta", "k is on cpu", "x.to(device)"),
    "a mask on another device": (lambda: attention(T, T, T, T.to("meta") > 0), "mask is on meta"),
    "an eight-bit tensor": (lambda: attention(*[T.to(torch.float8_e5m2)] * 3), "q holds", "float8"),
    "softmax of a list": (lambda: softmax([1.0, 2.0]), "scores is a list", "np.array"),
    "softmax of None": (lambda: softmax(None), "scores is a NoneType"),
    "softmax of whole numbers": (lambda: softmax(np.arange(3)), "scores holds int64", "astype"),
    "softmax of a whole-number tensor": (lambda: softmax(torch.arange(3)), "scores holds torch.int64", ".float()"),
    "softmax of a number": (lambda: softmax(np.array(1.0)), "axis is -1", "()"),
    "softmax over an axis that is not there": (lambda: softmax(Q, axis=2), "axis is 2", "(3, 8)"),
    "softmax over no axis": (lambda: softmax(T, axis=None), "axis is None"),
    "softmax of NaN": (lambda: softmax(holding(math.nan, 3, 8)), "found nan in scores"),
    "softmax of +infinity": (lambda: softmax(torch.tensor([0.0, math.inf])), "found inf in scores"),
    "a negative number of queries": (lambda: causal_mask(-1), "n_q is -1"),
    "half a query": (lambda: causal_mask(2.5), "n_q is 2.5"),
    "no number of queries": (lambda: causal_mask(None), "n_q is None"),
    "True queries": (lambda: causal_mask(True), "n_q is True"),
    "a negative number of keys": (lambda: causal_mask(2, -3), "n_k is -3"),
    "an array of queries": (lambda: causal_mask(np.arange(3)), "n_q is array"),
    "half an offset": (lambda: causal_mask(2, offset=0.5), "offset is 0.5"),
    "a negative window": (lambda: window_mask(3, 3, -1), "left is -1", "None"),
    "a negative right side": (lambda: window_mask(3, 3, 1, -2), "right is -2", "None"),
    "half a window": (lambda: window_mask(3, 3, 1.5), "left is 1.5"),
    "like a list": (lambda: causal_mask(3, like=[1]), "like is a list"),
    "a length beyond the end": (lambda: padding_mask([2, 6], 5), "lengths is [2, 6]", "n_k = 5"),
    "a length beyond the end, in torch": (lambda: padding_mask(torch.tensor([6]), 5), "lengths is [6]", "n_k = 5"),
    "a negative length": (lambda: padding_mask([2, -1], 5), "lengths[1] is -1"),
    "a negative length, in NumPy": (lambda: padding_mask(np.array([-1]), 5), "lengths is [-1]"),
    "half a length": (lambda: padding_mask([2.5], 5), "lengths[0] is 2.5"),
    "floating lengths": (lambda: padding_mask(np.array([2.0]), 5), "whole number", "float64"),
    "one length instead of a batch": (lambda: padding_mask(3, 5), "lengths is a int"),
    "lengths in a table": (lambda: padding_mask(np.array([[1, 2]]), 5), "shape (1, 2)"),
    "boolean lengths": (lambda: padding_mask(np.array([True]), 5), "bool"),
    "lengths None": (lambda: padding_mask(None, 5), "lengths is a NoneType"),
    "a causal pass without a query for each key": (lambda: linear_attention(Q[:2], Q, Q, causal=True), "q (2, 8)"),
    "a step without a query for each key": (lambda: linear_step(Q[:2], Q, Q), "one query for each key"),
    "a state that is no pair": (lambda: linear_step(Q, Q, Q, 3), "state is a int"),
    "a state of another shape": (lambda: linear_step(Q, Q, Q, (Q, Q)), "state holds", "(3, 8)", "(8, 8)"),
    "a state of another type": (
        lambda: linear_step(Q, Q, Q, tuple(x.astype(np.float32) for x in linear_step(Q, Q, Q)[1])), "float32"),
    "a state of another library": (lambda: linear_step(Q, Q, Q, (T, T)), "state[0] is torch"),
    "a cache with a negative reach": (lambda: KVCache(-1), "left is -1"),
    "a cache given a list": (lambda: KVCache().append([1.0], Q), "k is a list"),
    "a cache given more keys than values": (lambda: KVCache().append(Q, Q[:2]), "k (3, 8)", "v (2, 8)"),
    "a cache given one axis": (lambda: KVCache().append(Q[0], Q[0]), "two axes", "(8,)"),
    "a cache given another width": (lambda: full_cache().append(Q[:, :4], Q), "k must match", "(3, 4)", "(3, 8)"),
    "a cache given another batch": (lambda: full_cache().append(*[ones(2, 3, 8)] * 2), "k must match", "(2, 3, 8)"),
    "a cache given another type": (lambda: full_cache().append(Q, Q.astype(np.float32)), "v must match", "float32"),
    "a cache given another library": (lambda: full_cache().append(T, T), "k is torch", "the kept k is NumPy"),
    "a negative prefix": (lambda: prefix_mask(3, -1), "prefix is -1"),
    "half a prefix": (lambda: prefix_mask(3, 1.5), "prefix is 1.5"),
    "a negative number of places": (lambda: prefix_mask(-3, 1), "n is -3"),
    "a document named by a word": (lambda: document_mask([0, "b"]), "documents[1] is 'b'"),
    "floating documents": (lambda: document_mask(np.array([0.0, 1.0])), "whole number", "float64"),
    "one document without places": (lambda: document_mask(np.array(1)), "documents must hold", "()"),
    "documents None": (lambda: document_mask(None), "documents is a NoneType"),
    "lengths in NumPy for tensors": (lambda: padding_mask(np.array([2]), 5, like=T), "lengths is NumPy"),
    "a code for a negative number of places": (lambda: sinusoidal(-1, 4), "n is -1"),
    "an odd number of features": (lambda: sinusoidal(3, 5), "d is 5", "even"),
    "no features for a code": (lambda: sinusoidal(3, 0), "d is 0", "two or more"),
    "half a feature": (lambda: sinusoidal(3, 2.5), "d is 2.5"),
    "a base of zero": (lambda: sinusoidal(3, 4, 0), "base is 0", "above 0"),
    "a base that is a word": (lambda: sinusoidal(3, 4, "big"), "base is 'big'"),
    "a code like a list": (lambda: sinusoidal(3, 4, like=[1]), "like is a list"),
    "rotary of a list": (lambda: rotary([[1.0, 2.0]], np.arange(1)), "x is a list"),
    "rotary of whole numbers": (lambda: rotary(np.ones((3, 8), int), np.arange(3)), "x holds int64"),
    "rotary of one axis": (lambda: rotary(np.ones(8), np.arange(8)), "x has shape (8,)", "two axes"),
    "rotary of odd features": (lambda: rotary(ones(3, 7), np.arange(3)), "the last axis of x is 7", "even"),
    "positions in a list": (lambda: rotary(Q, [0, 1, 2]), "positions is a list"),
    "positions in NumPy for a tensor": (lambda: rotary(T, np.arange(3)), "x is torch, positions is NumPy"),
    "positions on another device": (lambda: rotary(T, torch.arange(3).to("meta")), "positions is on meta"),
    "too many positions": (lambda: rotary(Q, np.arange(4)), "positions has shape (4,)", "(3,)"),
    "positions of a batch without its heads": (
        lambda: rotary(ones(2, 4, 3, 8), np.ones((2, 3))), "positions has shape (2, 3)", "(2, 4, 3)"),
    "positions that would enlarge x": (lambda: rotary(Q, np.ones((2, 3))), "positions has shape (2, 3)"),
    "boolean positions": (lambda: rotary(Q, np.array([True] * 3)), "positions holds bool"),
    "a position that is no number": (lambda: rotary(Q, np.array([0, 1, math.nan])), "NaN or infinity in positions"),
    "rotary of infinity": (lambda: rotary(holding(math.inf, 3, 8), np.arange(3)), "NaN or infinity in x"),
    "a negative base": (lambda: rotary(Q, np.arange(3), -1), "base is -1"),
    "a pairing nobody knows": (lambda: rotary(Q, np.arange(3), pairing="pairs"), "pairing is 'pairs'", "halves"),
    "a pairing in a list": (lambda: rotary(Q, np.arange(3), pairing=["halves"]), "pairing is ['halves']"),
    "no heads for alibi": (lambda: alibi(0, 3), "n_heads is 0"),
    "half a head for alibi": (lambda: alibi(2.5, 3), "n_heads is 2.5"),
    "fewer than no queries for alibi": (lambda: alibi(2, -3), "n_q is -3"),
    "half an offset for alibi": (lambda: alibi(2, 3, offset=0.5), "offset is 0.5"),
    "fewer than no keys for alibi": (lambda: alibi(2, 3, -1), "n_k is -1"),
    "a tile of no keys": (lambda: tiled_attention(Q, Q, Q, block=0), "block is 0"),
    "half a tile": (lambda: tiled_attention(Q, Q, Q, block=1.5), "block is 1.5"),
    "tiles with a negative reach": (lambda: tiled_attention(Q, Q, Q, left=-1), "left is -1"),
    "tiles with half an offset": (lambda: tiled_attention(Q, Q, Q, offset=0.5), "offset is 0.5"),
    "gates of another shape": (lambda: gated_linear_attention(Q, Q, Q, ones(3, 8)), "gates must hold", "(3, 8)"),
    "gates of another type": (lambda: gated_linear_attention(Q, Q, Q, ones(3, dtype=np.float32)), "float32"),
    "gates of whole numbers": (lambda: gated_linear_attention(Q, Q, Q, ones(3, dtype=int)), "gates holds int64"),
    "gates above one": (lambda: gated_step(Q, Q, Q, 1.5 * ones(3)), "found 1.5 in gates"),
    "a gate that is no number": (lambda: gated_step(Q, Q, Q, holding(math.nan, 3)), "found nan in gates"),
    "gates in a list": (lambda: gated_step(Q, Q, Q, [1.0]), "gates is a list"),
    "gates without a query for each key": (lambda: gated_step(Q[:2], Q, Q, ones(3)), "one query for each key"),
    "a state of other gates": (lambda: gated_step(Q, Q, Q, ones(3), (Q, Q)), "state holds"),
    "a bill of no tokens": (lambda: attend_bill(0, 4), "n is 0"),
    "a layer of half a head": (lambda: layer_bills(4, 8, n_heads=0.5), "n_heads is 0.5"),
    "a card without layers": (lambda: cache_gib({"heads": 2}, 8), "card lacks layers", "heads"),
    "a slope through two points": (lambda: fit_power([1, 2], [1, 2]), "three or more"),
    "a slope of costs that are zero": (lambda: fit_power([1, 2, 4], [0, 1, 2]), "positive"),
    "an empty tile of a walk": (lambda: take_tile(*START, np.array([]), ones(0, 2)), "as many values", "(0, 2)"),
    "no pairs": (lambda: pairs(0, 4, np.random.default_rng(0)), "n is 0"),
    "shares of half a feature": (lambda: shares(len, 1.5, [2]), "d is 1.5"),
    "kernels over no tokens": (lambda: kernels(0), "n is 0"),
    "a kernel nobody knows": (lambda: times(8, names=["flash"]), "names holds 'flash'", "tiles"),
    "a row too short to look back": (lambda: symbol_back(2, 1, seeded(0), back=2), "n is 2", "at least 3"),
    "looking back by nothing": (lambda: symbol_back(5, 1, seeded(0), back=0), "back is 0"),
    "a row of one place": (lambda: own_place(1, 1, seeded(0)), "n is 1"),
    "patches of a single image": (lambda: patchify(ones(8, 8), 2), "images must be (B, height, width)", "(8, 8)"),
    "patches that do not fit": (lambda: patchify(ones(1, 8, 8), 3), "p is 3", "8 by 8"),
    "patches of half a pixel": (lambda: patchify(ones(1, 8, 8), 0.5), "p is 0.5"),
    "patches of a list": (lambda: patchify([[1.0]], 1), "images is a list"),
    "edges that are triples": (lambda: mask_from_edges([(0, 1, 2)], 3), "edges must hold pairs", "(1, 3)"),
    "edges between words": (lambda: mask_from_edges([("a", "b")], 3), "edges must hold pairs", "<U1"),
    "an edge to a node that is not there": (lambda: mask_from_edges([(0, 3)], 3), "nodes 0 to 3", "n = 3"),
    "an edge from below zero": (lambda: mask_from_edges([(-1, 1)], 3), "nodes -1 to 1"),
    "a parent behind its child": (lambda: tree_mask([1, None]), "parents[0] is 1", "before its child"),
    "a table without columns": (lambda: table_mask(3, 0), "columns is 0"),
    "rollout of one layer without heads": (lambda: rollout(ones(2, 3, 3)), "weights must be", "(2, 3, 3)"),
    "rollout of α that is not square": (lambda: rollout(ones(1, 1, 2, 3)), "weights must be", "(1, 1, 2, 3)"),
    "two people are no party": (lambda: red_friend(2, 1, seeded(0)), "n is 2"),
    "nobody who asks": (lambda: find_value(0, 1, seeded(0)), "n is 0"),
    "a task without a generator": (lambda: own_place(4, 1, 0), "generator must be"),
}  # fmt: skip


@pytest.mark.parametrize("case", CALLS_REFUSED)
def test_call_refused(case):
    call, *must_say = CALLS_REFUSED[case]
    with pytest.raises(ValueError, match=re.escape(must_say[0])) as error:
        call()
    for words in must_say:
        assert words in str(error.value)


RAMP = np.arange(24.0).reshape(3, 8)
EMPTY = ones(0, 8)
THIRDS = np.full((3, 3), 1 / 3)

# a call that looks wrong, and its right answer
ANSWERED = {
    "no keys: every query looks nowhere": (lambda: attention(Q, EMPTY, EMPTY)[0], np.zeros((3, 8))),
    "no queries": (lambda: attention(EMPTY, Q, Q)[0], EMPTY),
    "a scale of zero: no preference": (lambda: attention(Q, RAMP, RAMP, scale=0)[1], THIRDS),
    "a negative scale looks at the least alike": (
        lambda: attention(ones(1, 1), np.log([[1.0], [3.0]]), np.eye(2), scale=-1)[0], [[0.75, 0.25]]),
    "a mask that forbids all": (lambda: attention(Q, Q, Q, ones(3, 3) < 0)[0], np.zeros((3, 8))),
    "a mask without axes": (lambda: attention(Q, Q, Q, np.array(True))[1], THIRDS),
    "a mask of one row": (lambda: attention(Q, Q, RAMP, np.array([False, True, False]))[0], RAMP[[1, 1, 1]]),
    "a mask of one column": (lambda: attention(Q, Q, Q, ones(3, 1) > 0)[1], THIRDS),
    "a floating mask of another precision": (lambda: attention(Q, Q, Q, np.zeros(3, dtype=np.float16))[1], THIRDS),
    "softmax of -infinity alone": (lambda: softmax(np.array([-math.inf, -math.inf])), [0.0, 0.0]),
    "softmax of nothing": (lambda: softmax(np.zeros((2, 0))), np.zeros((2, 0))),
    "a mask for nobody": (lambda: causal_mask(0), np.ones((0, 0))),
    "a window of one": (lambda: window_mask(2, 2, 0), np.eye(2)),
    "a window without ends": (lambda: window_mask(2, 2, None, None), np.ones((2, 2))),
    "an empty batch of lengths": (lambda: padding_mask([], 5), np.ones((0, 1, 5))),
    "a sequence of nothing but padding": (lambda: padding_mask([0], 2), [[[0, 0]]]),
    "NumPy whole numbers as sizes": (lambda: causal_mask(np.int64(2)), [[1, 0], [1, 1]]),
}  # fmt: skip


@pytest.mark.parametrize("case", ANSWERED)
def test_answered(case):
    call, expected = ANSWERED[case]
    answer = call()
    assert np.shape(answer) == np.shape(expected)
    np.testing.assert_allclose(answer, expected)


def test_numpy_numbers_as_scale_and_softcap_keep_the_precision():
    small = Q.astype(np.float32)
    assert attention(small, small, small, scale=np.float64(0.5), softcap=np.float64(2))[0].dtype == np.float32


def test_the_tables_are_long_enough():
    assert len(REFUSED) + len(CALLS_REFUSED) >= 40
