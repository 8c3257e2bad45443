"""Writing: with the cache as without, inside the context and past it; what the writer keeps; bad input, named."""

import re

import numpy as np
import pytest
import torch

from utils import plots
from utils.chapters.ch11_generation import generation, sampling
from utils.chapters.ch11_generation.figures import plot_writing
from utils.chapters.ch11_generation.step_writer import StepWriter
from utils.data import topics
from utils.models.gpt import GPT


def small(**options):
    """A GPT of a random start, with weights large enough that tokens matter."""
    gpt = GPT(topics.VOCAB_SIZE, **{"context": 8, "d_model": 16, "n_heads": 2, "n_layers": 2} | options).eval()
    with torch.no_grad():
        for weights in gpt.parameters():
            if weights.ndim > 1:
                weights.mul_(4)
    return gpt


ROWS = np.array([[3, 1, 4], [1, 5, 9]])


@pytest.mark.parametrize("positions", ["learned", "rotary"])
@pytest.mark.parametrize("temperature", [0, 1])
def test_the_cache_changes_no_token_also_past_the_context(positions, temperature):
    gpt = small(positions=positions)
    texts = [
        generation.generate(gpt, ROWS, 14, sampling.sampler(0, temperature=temperature), cached=cached)
        for cached in (True, False)
    ]
    np.testing.assert_array_equal(*texts)
    assert texts[0].shape == (2, 17) and (texts[0][:, :3] == ROWS).all()


def test_a_prompt_longer_than_the_context_keeps_its_end():
    gpt, prompt = small(), [list(range(20))]
    scores, _, _ = generation.next_scores(gpt, prompt)
    np.testing.assert_allclose(scores, generation.next_scores(gpt, [prompt[0][-8:]])[0])


@pytest.mark.parametrize("prompt", [1, 3, 8, 11])
def test_passes_counts_what_really_runs(monkeypatch, prompt):
    gpt, ran = small(), []
    run = gpt.forward
    monkeypatch.setattr(gpt, "forward", lambda tokens, **rest: ran.append(tokens.shape[1]) or run(tokens, **rest))
    generation.generate(gpt, [[1] * prompt], 10, sampling.greedy)
    assert ran == generation.passes(prompt, 10, context=8)


def test_each_row_may_have_a_choice_of_its_own():
    rows = generation.generate(small(), ROWS, 2, [lambda s, t: 7, lambda s, t: len(t)])
    assert rows[:, 3:].tolist() == [[7, 7], [3, 4]]


@pytest.mark.parametrize(
    "positions, n_layers, same", [("learned", 1, 0), ("learned", 2, 0), ("rotary", 1, 1), ("rotary", 2, 0)]
)
def test_a_cache_that_forgets_equals_the_window_only_with_rotary_places_and_one_layer(positions, n_layers, same):
    gpt = small(positions=positions, n_layers=n_layers)
    texts = np.random.default_rng(0).integers(0, 97, size=(2, 14))
    anew, kept = (generation.beyond(gpt, texts, kept=kept) for kept in (False, True))
    assert anew.shape == (2, 6)
    np.testing.assert_allclose(anew[:, 0], kept[:, 0], rtol=1e-4)  # at the edge they still agree
    assert np.allclose(anew, kept, rtol=1e-4) == bool(same)


def test_seconds_are_seconds():
    assert 0 < generation.seconds_a_token(small(), 8, cached=True, repeats=1) < 10


@pytest.fixture(scope="module")
def writer():
    return StepWriter(small(context=128))


def test_a_page_is_what_one_pass_says(writer):
    page = writer.page("ab", 9, seed=1, temperature=1.5)
    tokens = torch.tensor(topics.encode(page.prompt + page.written))[None]
    with torch.no_grad():
        logits, weights = writer.gpt(tokens)
    np.testing.assert_allclose(page.scores, logits[0, -1], atol=1e-3)
    np.testing.assert_allclose(page.weights, weights[0], atol=1e-4)
    assert page.prompt == "ab" and len(page.written) == 9 and page.chances.sum() == pytest.approx(1)


def test_one_may_go_back_and_on_and_meets_the_same_text(writer):
    long = writer.page("ab", 12, temperature=1.0).written
    assert writer.page("ab", 5, temperature=1.0).written == long[:5]
    assert writer.page("ab", 12, temperature=1.0).written == long
    assert writer.page("ab", 12, temperature=1.0, seed=7).written != long


def test_any_prompt_is_taken(writer):
    assert writer.page("", 1).prompt == "\n"
    assert writer.page("é$<b>", 0).prompt == "▯$<b>"
    assert writer.page("x" * 99, 0).prompt == "x" * 40
    with pytest.raises(ValueError, match="n is 81"):
        writer.page("a", 81)


@pytest.mark.parametrize("prompt", ["", "$x$ <b>é & \\", "y" * 40])
def test_any_page_can_be_drawn(writer, prompt):
    page = writer.page(prompt, 20, temperature=2.0, top_p=0.5, top_k=5)
    names = [*topics.SYMBOLS, "▯"]
    assert len(plots.png(plot_writing(page, names, plain=sampling.chances(page.scores)))) > 1000


REFUSED = {
    "one row without a batch": (lambda: generation.generate(small(), [1, 2], 1, sampling.greedy), "found shape (2,)"),
    "no tokens": (lambda: generation.generate(small(), [[]], 1, sampling.greedy), "found shape (1, 0)"),
    "half tokens": (lambda: generation.generate(small(), [[0.5]], 1, sampling.greedy), "float64"),
    "no new tokens": (lambda: generation.generate(small(), [[1]], 0, sampling.greedy), "n is 0"),
    "too few choices": (lambda: generation.generate(small(), ROWS, 1, [sampling.greedy]), "there are 2 rows"),
    "a prompt of nothing": (lambda: generation.passes(0, 1, 1), "prompt is 0"),
    "half a context": (lambda: generation.passes(1, 1, 2.5), "context is 2.5"),
    "a text inside the context": (lambda: generation.beyond(small(), [[1, 2]], kept=True), "more than the context, 8"),
    "a time without repeats": (lambda: generation.seconds_a_token(small(), 2, cached=True, repeats=0), "repeats is 0"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_named(case):
    call, words = REFUSED[case]
    with pytest.raises(ValueError, match=re.escape(words)):
        call()
