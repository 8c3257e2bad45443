"""Choosing the next token: chances, cuts, drawing, blocked repeats; and bad input, named."""

import math
import re

import numpy as np
import pytest
import torch

from utils.chapters.ch11_generation import sampling

P = np.array([0.1, 0.4, 0.2, 0.3])
SCORES = np.log(P)


def test_temperature_comes_before_the_cuts():
    hot = sampling.chances(SCORES, temperature=100, top_p=0.6)
    assert (hot > 0).sum() == 3  # at temperature 1 two would reach 0.6
    assert (sampling.chances(SCORES, top_p=0.6) > 0).sum() == 2


def test_temperature_zero_takes_the_likeliest_and_a_tiny_one_does_not_overflow():
    assert sampling.chances(SCORES, temperature=0).tolist() == [0, 1, 0, 0]
    np.testing.assert_allclose(sampling.chances(1e4 * SCORES, temperature=1e-300), [0, 1, 0, 0])


def test_forbidden_tokens_are_never_drawn():
    scores = np.where(np.arange(4) == 1, -np.inf, SCORES)
    choose = sampling.sampler(0, temperature=2)
    assert 1 not in {choose(scores, []) for _ in range(200)}


def test_drawing_follows_the_chances():
    rng = np.random.default_rng(0)
    drawn = [sampling.draw(P, rng.random()) for _ in range(4000)]
    np.testing.assert_allclose(np.bincount(drawn) / 4000, P, atol=0.03)


@pytest.mark.parametrize("luck", [0.0, 1 - 2**-53])
def test_the_ends_of_the_stick_are_tokens_with_a_chance(luck):
    p = np.array([0.0, 0.1, 0.2, 0.7, 0.0])
    assert p[sampling.draw(p, luck)] > 0


def test_the_same_seed_draws_the_same_tokens_and_the_likeliest_needs_none():
    one, other = sampling.sampler(3), sampling.sampler(3)
    assert [one(SCORES, []) for _ in range(20)] == [other(SCORES, []) for _ in range(20)]
    assert sampling.sampler(3, temperature=0)(SCORES, []) == sampling.greedy(SCORES) == 1


@pytest.mark.parametrize("mass", [0.05, 0.4, 0.45, 0.75, 0.95, 1.0])
def test_top_p_keeps_the_fewest_that_reach_the_mass(mass):
    left = sampling.keep_top_p(P, mass)
    kept = P[left > 0]
    assert left.sum() == pytest.approx(1) and kept.sum() >= mass - 1e-12
    assert len(kept) == 1 or kept.sum() - kept.min() < mass


def test_tensors_and_lists_are_welcome():
    np.testing.assert_allclose(sampling.chances(torch.tensor(SCORES)), P)
    assert sampling.draw(P.tolist(), 0.45) == 1
    assert sampling.block_repeats(torch.zeros(3), torch.tensor([0, 1, 0]), 2).tolist() == [0, -math.inf, 0]


def test_blocking_stops_every_repetition_and_leaves_the_scores_alone():
    rng, tokens, scores = np.random.default_rng(0), [0], np.array([3.0, 2.0, 1.0, 0.0, -1.0])
    for _ in range(30):
        tokens.append(sampling.greedy(sampling.block_repeats(scores + rng.normal(size=5), tokens, 4)))
    assert sampling.repeated(tokens, 4) == 0 and scores.tolist() == [3, 2, 1, 0, -1]


def test_a_loop_is_nearly_all_repetition():
    assert sampling.repeated([1, 2, 3] * 40, 8) > 0.95
    assert sampling.repeated(range(30), 8) == 0


def test_perplexity_of_equal_chances_is_their_number():
    assert sampling.bits_and_perplexity(np.full(1000, 1 / 8)) == (pytest.approx(3), pytest.approx(8))


REFUSED = {
    "scores in a table": (lambda: sampling.chances(np.zeros((2, 3))), "scores has shape (2, 3)"),
    "no scores": (lambda: sampling.greedy([]), "scores has shape (0,)"),
    "scores in words": (lambda: sampling.chances(["a", "b"]), "scores must be a row of numbers"),
    "a score that is no number": (lambda: sampling.chances([0, math.nan]), "scores must be numbers"),
    "every token forbidden": (lambda: sampling.chances([-math.inf, -math.inf]), "one token at least"),
    "an infinite score": (lambda: sampling.chances([0, math.inf]), "scores must be numbers"),
    "a negative temperature": (lambda: sampling.chances(SCORES, temperature=-1), "temperature is -1"),
    "a temperature in words": (lambda: sampling.chances(SCORES, temperature="hot"), "temperature is 'hot'"),
    "an infinite temperature": (lambda: sampling.chances(SCORES, temperature=math.inf), "temperature is inf"),
    "top-k of none": (lambda: sampling.keep_top_k(P, 0), "top_k is 0"),
    "half a token": (lambda: sampling.chances(SCORES, top_k=1.5), "top_k is 1.5"),
    "no mass": (lambda: sampling.keep_top_p(P, 0), "top_p is 0"),
    "too much mass": (lambda: sampling.chances(SCORES, top_p=1.2), "top_p is 1.2"),
    "scores for chances": (lambda: sampling.keep_top_p(SCORES, 0.5), "sum to one"),
    "a negative chance": (lambda: sampling.draw([1.5, -0.5], 0.2), "none negative"),
    "luck of one": (lambda: sampling.draw(P, 1.0), "luck is 1.0"),
    "luck that is no number": (lambda: sampling.draw(P, None), "luck is None"),
    "stretches of nothing": (lambda: sampling.block_repeats(SCORES, [0, 1], 0), "n is 0"),
    "half tokens": (lambda: sampling.block_repeats(SCORES, [0.5], 2), "tokens must be one row of whole numbers"),
    "a text too short to repeat": (lambda: sampling.repeated([1, 2], 3), "tokens has 2 places"),
    "an impossible character": (lambda: sampling.bits_and_perplexity([0.5, 0.0]), "p must hold chances"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_named(case):
    call, words = REFUSED[case]
    with pytest.raises(ValueError, match=re.escape(words)):
        call()
