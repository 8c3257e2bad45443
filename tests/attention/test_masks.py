"""The mask makers against their definition, one cell at a time, and their agreement with one another."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st

from utils.attention.arrays import library, truth
from utils.attention.masks import causal_mask, document_mask, padding_mask, prefix_mask, window_mask

SETTINGS = settings(max_examples=100, deadline=None, derandomize=True, database=None)
sizes, offsets, reaches = st.integers(0, 6), st.integers(-7, 7), st.one_of(st.none(), st.integers(0, 8))


@SETTINGS
@given(sizes, sizes, reaches, reaches, offsets)
def test_a_window_is_what_it_says_cell_by_cell(n_q, n_k, left, right, offset):
    mask = window_mask(n_q, n_k, left, right, offset)
    assert mask.shape == (n_q, n_k) and mask.dtype == bool
    for i in range(n_q):
        for j in range(n_k):
            place = i + offset
            near = (left is None or j >= place - left) and (right is None or j <= place + right)
            assert mask[i, j] == near


@SETTINGS
@given(sizes, sizes, offsets)
def test_causal_is_a_window_without_a_left_end_and_a_shifted_triangle(n_q, n_k, offset):
    mask = causal_mask(n_q, n_k, offset)
    np.testing.assert_array_equal(mask, window_mask(n_q, n_k, None, 0, offset))
    np.testing.assert_array_equal(mask, np.tril(np.ones((n_q, n_k), dtype=bool), offset))


@pytest.mark.parametrize(("n_q", "offset", "n_k"), [(3, 0, 3), (1, 4, 5), (4, -1, 3), (2, -5, 0), (0, 2, 2)])
def test_left_out_n_k_ends_at_the_last_query(n_q, offset, n_k):
    assert causal_mask(n_q, offset=offset).shape == (n_q, n_k)


def test_a_negative_offset_leaves_the_first_queries_nothing():
    assert causal_mask(3, 3, offset=-2).any(axis=1).tolist() == [False, False, True]


@SETTINGS
@given(st.lists(st.integers(0, 5), max_size=4))
def test_padding_counts_the_real_places(lengths):
    for given_lengths in (lengths, tuple(lengths), np.array(lengths, dtype=np.int32)):
        mask = padding_mask(given_lengths, 5)
        assert mask.shape == (len(lengths), 1, 5) and mask.dtype == bool
        assert mask.sum(axis=-1).ravel().tolist() == lengths
        assert (mask[..., 1:] <= mask[..., :-1]).all()  # real places come first


@SETTINGS
@given(sizes, sizes)
def test_a_prefix_is_seen_by_all_and_the_rest_is_causal(n, prefix):
    mask = prefix_mask(n, prefix)
    assert mask.shape == (n, n) and mask[:, :prefix].all()
    np.testing.assert_array_equal(mask[:, prefix:], causal_mask(n)[:, prefix:])


@SETTINGS
@given(st.lists(st.integers(-2, 3), max_size=6))
def test_documents_see_themselves_alone(documents):
    for given_documents in (documents, np.array(documents, dtype=np.int64)):
        mask = document_mask(given_documents)
        assert mask.shape == (len(documents), len(documents))
        assert all(mask[i, j] == (a == b) for i, a in enumerate(documents) for j, b in enumerate(documents))
    np.testing.assert_array_equal(document_mask(np.array([documents], dtype=np.int64))[0], mask)


def test_like_decides_the_library():
    tensor = torch.zeros(2, dtype=torch.float16)
    for make in (
        lambda **like: causal_mask(3, 5, 1, **like),
        lambda **like: window_mask(3, 5, 1, None, **like),
        lambda **like: padding_mask([1, 3], 5, **like),
        lambda **like: prefix_mask(4, 2, **like),
        lambda **like: document_mask([0, 0, 1], **like),
    ):
        by_default, in_numpy, in_torch = make(), make(like=np.zeros(0)), make(like=tensor)
        assert isinstance(by_default, np.ndarray) and isinstance(in_numpy, np.ndarray)
        assert isinstance(in_torch, torch.Tensor) and in_torch.dtype == torch.bool
        np.testing.assert_array_equal(in_torch.numpy(), by_default)
    assert isinstance(padding_mask(torch.tensor([1, 3]), 5), torch.Tensor)
    assert isinstance(padding_mask(torch.tensor([1, 3]), 5, like=tensor), torch.Tensor)


def test_library_names_what_it_was_given():
    assert library(q=np.ones(1)) is np
    assert library(q=torch.ones(1), mask=torch.ones(1)) is torch
    assert library(q=torch.nn.Parameter(torch.ones(1))) is torch


def test_truth_asks_only_where_there_is_an_answer():
    assert truth(np.array(True), otherwise=False) is True
    assert truth(torch.tensor(False), otherwise=True) is False
    assert truth(torch.empty((), device="meta") > 0, otherwise="unknown") == "unknown"
