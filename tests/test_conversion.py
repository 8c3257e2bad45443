"""From tensors to NumPy: whatever takes weights or scores takes them in every type, with a gradient, in a list."""

import importlib
import inspect
import pkgutil

import numpy as np
import pytest
import torch
from matplotlib.text import Text

import utils
from utils import widgets
from utils.attention.kernel_regression import gaussian_scores, to_weights
from utils.chapters.ch01_weighted_sums import figures as ch01
from utils.chapters.ch02_scores_and_softmax import figures as ch02, softmax_analysis
from utils.chapters.ch03_recurrent_networks import figures as ch03
from utils.chapters.ch04_gates import figures as ch04
from utils.chapters.ch06_alignments.alignments import move_row
from utils.chapters.ch07_query_key_value import figures as ch07, self_attention
from utils.chapters.ch08_many_heads import figures as ch08
from utils.chapters.ch09_positions import figures as ch09
from utils.chapters.ch10_transformer import figures as ch10, gpt_on_topics
from utils.chapters.ch11_generation import figures as ch11, sampling
from utils.chapters.ch11_generation.generation import beyond, generate
from utils.chapters.ch12_reading_alpha import figures as ch12, reading_alpha
from utils.chapters.ch12_reading_alpha.chemistry import figures as chemistry, mapping, reactions
from utils.chapters.ch13_images_and_graphs import figures as ch13
from utils.chapters.ch13_images_and_graphs.rollout import rollout
from utils.chapters.ch14_what_it_costs import figures as ch14, online_softmax
from utils.chapters.ch15_noise_and_uncertainty import figures as ch15, noisy_lookup, uncertainty
from utils.chapters.ch16_the_clinic import figures as ch16
from utils.checks.reading import numbers
from utils.conversion import as_numpy
from utils.models.gpt import GPT
from utils.plots import alpha as plots
from utils.plots.base import ink, new_axes
from utils.widgets.packing import pack

A = np.array([[1, 0, 0, 0], [0.5, 0.5, 0, 0], [0.25, 0.25, 0.5, 0], [0.25, 0.25, 0.25, 0.25]])  # exact in all types
ROW, V, WORDS = A[2], A[:, :2] * 2, ["the", "cat", "sat", "down"]
WAYS = {
    "a gradient": lambda x: torch.tensor(x).float().requires_grad_(),
    "float16": lambda x: torch.tensor(x).half(),
    "not contiguous": lambda x: torch.tensor(x).mT.contiguous().mT if np.ndim(x) > 1 else torch.tensor(x),
    "bfloat16 with a gradient": lambda x: torch.tensor(x).bfloat16().requires_grad_(),
}
ASPIRIN = reactions.find("aspirin")
FULL = np.full((len(ASPIRIN.tokens),) * 2, 0.125)

# what takes weights or scores: the name of the function, and a call in which x makes an array what is being tried
CALLS = {
    "attention.kernel_regression.to_weights": lambda x: to_weights(x(A)),
    "attention.kernel_regression.gaussian_scores": lambda x: gaussian_scores(x(ROW), x(ROW), 1.0),
    "ch01_weighted_sums.figures.plot_fit": lambda x: ch01.plot_fit(*map(x, (ROW, ROW, ROW, A))),
    "ch01_weighted_sums.figures.plot_simplex": lambda x: ch01.plot_simplex(x(V[:3]), "abc", x(V[0]), x(ROW[1:])),
    "ch02_scores_and_softmax.figures.plot_scores": lambda x: ch02.plot_scores(WORDS, x(ROW), x(ROW)),
    "ch02_scores_and_softmax.figures.plot_twins": lambda x: ch02.plot_twins(x(A), x(A), ROW, "ab"),
    "ch02_scores_and_softmax.softmax_analysis.entropy": lambda x: softmax_analysis.entropy(x(A)),
    "ch02_scores_and_softmax.softmax_analysis.softmax_gradient": lambda x: softmax_analysis.softmax_gradient(x(ROW)),
    "ch03_recurrent_networks.figures.plot_sensitivity": lambda x: ch03.plot_sensitivity(x(A)),
    "ch04_gates.figures.plot_gates": lambda x: ch04.plot_gates("abc", *map(x, (ROW, ROW, ROW, A[1:])), 2),
    "ch04_gates.figures.plot_share_and_slope": lambda x: ch04.plot_share_and_slope(x(A), x(A + 0.5), WORDS),
    "ch06_alignments.alignments.move_row": lambda x: move_row(x(A), 1, 0),
    "ch07_query_key_value.figures.plot_query_keys": lambda x: ch07.plot_query_keys(*map(x, (V[0], V, V, ROW)), WORDS),
    "ch07_query_key_value.self_attention.heard": lambda x: self_attention.heard(x(A), x(V)),
    "ch08_many_heads.figures.plot_heads": lambda x: ch08.plot_heads(x(np.stack([A, A])), "ab"),
    "ch08_many_heads.figures.plot_layers": lambda x: ch08.plot_layers(x(np.stack([A, A])), WORDS, "ab"),
    "ch09_positions.figures.plot_by_places": lambda x: ch09.plot_by_places(x(ROW), x(ROW)),
    "ch09_positions.figures.plot_shuffle": lambda x: ch09.plot_shuffle(x(A), WORDS, x(V)),
    "ch10_transformer.figures.plot_growing": lambda x: ch10.plot_growing(
        [1, 2], [4, 3], x(A[None]), "a bc", at=1, rivals={}
    ),
    "ch10_transformer.gpt_on_topics.near": lambda x: gpt_on_topics.near(x(np.eye(9))),
    "ch11_generation.figures.plot_next": lambda x: ch11.plot_next(x(ROW), x(ROW), WORDS, most=4),
    "ch11_generation.figures.plot_all_heads": lambda x: ch11.plot_all_heads(x(A[None, None])),
    "ch11_generation.sampling.chances": lambda x: sampling.chances(x(ROW), temperature=0.5, top_k=2, top_p=0.9),
    "ch11_generation.sampling.keep_top_k": lambda x: sampling.keep_top_k(x(ROW), 2),
    "ch11_generation.sampling.keep_top_p": lambda x: sampling.keep_top_p(x(ROW), 0.5),
    "ch11_generation.sampling.draw": lambda x: sampling.draw(x(ROW), 0.6),
    "ch11_generation.sampling.sample": lambda x: sampling.sample(x(ROW), 1.0, 0.6),
    "ch11_generation.sampling.greedy": lambda x: sampling.greedy(x(ROW)),
    "ch11_generation.sampling.block_repeats": lambda x: sampling.block_repeats(x(ROW), [0, 1, 0], 2),
    "ch11_generation.sampling.bits_and_perplexity": lambda x: sampling.bits_and_perplexity(x(ROW[:3])),
    "ch12_reading_alpha.chemistry.figures.plot_arcs": lambda x: chemistry.plot_arcs(ASPIRIN, x(FULL), everything=True),
    "ch12_reading_alpha.chemistry.mapping.between": lambda x: mapping.between(x(FULL), ASPIRIN)[0],
    "ch12_reading_alpha.chemistry.mapping.atom_map": lambda x: mapping.atom_map(x(FULL), ASPIRIN),
    "ch12_reading_alpha.figures.plot_two_rows": lambda x: ch12.plot_two_rows(x(ROW), x(ROW), WORDS),
    "ch12_reading_alpha.reading_alpha.previous_score": lambda x: reading_alpha.previous_score(x(A)),
    "ch12_reading_alpha.reading_alpha.induction_score": lambda x: reading_alpha.induction_score(x(A), [5, 8, 5, 9]),
    "ch12_reading_alpha.reading_alpha.layer_without": lambda x: reading_alpha.layer_without(
        x(np.stack([A, A])), x(np.stack([V, V])), x(A), [0]
    ),
    "ch12_reading_alpha.reading_alpha.other_weights": lambda x: reading_alpha.other_weights(x(ROW), x(V[:, :1])),
    "ch12_reading_alpha.reading_alpha.spoken": lambda x: reading_alpha.spoken(
        x(np.stack([A, A])), x(np.stack([V, V])), x(A)
    ),
    "ch12_reading_alpha.reading_alpha.kendall": lambda x: reading_alpha.kendall(x(ROW), x(A[1])),
    "ch13_images_and_graphs.figures.plot_patch_alpha": lambda x: ch13.plot_patch_alpha(x(np.eye(8)), x(A), (0, 1)),
    "ch13_images_and_graphs.figures.plot_graph": lambda x: ch13.plot_graph(x(V), A > 0, weights=x(A)),
    "ch13_images_and_graphs.rollout.rollout": lambda x: rollout([x(A[None]), x(A[None])]),
    "ch14_what_it_costs.figures.plot_walk": lambda x: ch14.plot_walk(
        x(ROW), x(ROW), online_softmax.walk(ROW, V, 2), 2, 1
    ),
    "ch14_what_it_costs.online_softmax.take_tile": lambda x: online_softmax.take_tile(
        *online_softmax.START, x(ROW), x(V)
    )[1],
    "ch14_what_it_costs.online_softmax.walk": lambda x: online_softmax.walk(x(ROW), x(V), 2)[2][1],
    "ch15_noise_and_uncertainty.figures.plot_reading": lambda x: ch15.plot_reading(
        ROW, x(ROW), x(ROW), ROW, ROW, WORDS, 0, x(ROW), shelf=-3
    ),
    "ch15_noise_and_uncertainty.noisy_lookup.promise_and_count": lambda x: noisy_lookup.promise_and_count(
        x(A), [0] * 4
    ),
    "ch15_noise_and_uncertainty.uncertainty.weighted_variance": lambda x: uncertainty.weighted_variance(x(A), x(ROW)),
    "ch15_noise_and_uncertainty.uncertainty.heard": lambda x: uncertainty.heard(x(A)),
    "ch16_the_clinic.figures.plot_patient": lambda x: ch16.plot_patient(x(A), x(A), WORDS),
    "checks.reading.numbers": lambda x: numbers([x(ROW), x(ROW)], (2, 4)),
    "plots.alpha.plot_alpha": lambda x: plots.plot_alpha(x(A), WORDS, title="α"),
    "plots.alpha.plot_alphas": lambda x: plots.plot_alphas([x(A), x(A)], "ab"),
    "plots.base.ink": lambda x: [ax := new_axes(), ink(ax, x(A))][0],
    "widgets.alpha_view.alpha": lambda x: widgets.alpha(weights=x(A), values=x(V)).weights(),
    "widgets.packing.pack": lambda x: pack(x(A), values=x(V))["numbers"],
}
NAMES = {"weights", "scores", "matrices", "shown", "used", "p", "before", "slopes"}
ELSEWHERE = {  # keeps its library, as its own tests say, or takes something else under such a name
    "attention", "recurrent", "diagnose", "models", "training", "ch06_alignments.figures.plot_moved",
    "ch12_reading_alpha.reading_alpha.shuffled", "ch12_reading_alpha.sinks.mute_start", "ch16_the_clinic.broken",
    "ch13_images_and_graphs.patches.patchify",
}  # fmt: skip


def texts(found):
    """Return what can be compared of a picture: its texts; anything else as it is."""
    if not hasattr(found, "figure"):
        return found
    return " | ".join(text.get_text() for text in found.figure.findobj(Text))


@pytest.mark.parametrize("name", CALLS)
def test_whatever_holds_the_numbers_the_answer_is_that_of_numpy(name):
    wanted = texts(CALLS[name](np.asarray))
    for way in list(WAYS)[-1:] if isinstance(wanted, str) else WAYS:  # pictures take a tenth of a second
        found = texts(CALLS[name](WAYS[way]))
        if isinstance(wanted, str | bytes):
            assert found == wanted, way
        else:
            np.testing.assert_allclose(found, wanted, rtol=1e-3, err_msg=way)


def test_no_function_that_takes_weights_or_scores_is_forgotten():
    forgotten = []
    for module in pkgutil.walk_packages(utils.__path__, "utils."):
        if any(part in module.name for part in ("recipes", "tools", "files", ".check")):
            continue
        for name, function in vars(importlib.import_module(module.name)).items():
            public = inspect.isfunction(function) and function.__module__ == module.name and name[0] != "_"
            where = f"{module.name}.{name}".removeprefix("utils.").removeprefix("chapters.")
            if public and NAMES & set(inspect.signature(function).parameters) and where not in CALLS:
                forgotten += [] if any(where.startswith(room) for room in ELSEWHERE) else [where]
    assert forgotten == []


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_chances_in_half_precision_may_miss_one_by_as_much(dtype):
    p = torch.rand(97, generator=torch.Generator().manual_seed(0)).softmax(-1).to(dtype)
    assert sampling.keep_top_k(p, 97).sum() == pytest.approx(1) and 0 <= sampling.draw(p, 0.999) < 97
    with pytest.raises(ValueError, match="sum to one"):
        sampling.draw(p / 2, 0.5)


def test_a_model_in_bfloat16_or_under_autocast_writes():
    tokens = np.array([[1, 2, 3]])
    gpt = GPT(11, context=8, d_model=16, n_heads=2, n_layers=2)
    with torch.autocast("cpu", torch.bfloat16):
        assert generate(gpt, tokens, 9, sampling.greedy).shape == (1, 12)
    assert generate(gpt.bfloat16(), tokens, 9, sampling.sampler(0)).shape == (1, 12)
    assert np.isfinite(beyond(gpt, np.arange(10)[None], kept=True)).all()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_a_model_on_the_gpu_writes():
    gpt = GPT(11, context=8, d_model=16, n_heads=2, n_layers=2).cuda()
    assert generate(gpt, torch.tensor([[1, 2, 3]]).cuda(), 9, sampling.greedy).shape == (1, 12)


def test_lists_are_taken_apart_and_types_kept():
    x = torch.ones(2, dtype=torch.bfloat16, requires_grad=True)
    assert as_numpy([[x, x], [x, x]]).shape == (2, 2, 2) and as_numpy(x).dtype == np.float32
    assert as_numpy(torch.ones(2, dtype=torch.float64)).dtype == as_numpy([1.0]).dtype == np.float64
    assert as_numpy(torch.ones(2).half()).dtype == as_numpy(np.ones(2, np.float16)).dtype == np.float32
    assert as_numpy(np.ones(2, np.float16), np.float16).dtype == np.float16
    assert as_numpy(torch.tensor([True])).dtype == bool and as_numpy([True, False]).dtype == bool
    with pytest.raises(ValueError, match="inhomogeneous"):
        as_numpy([[1, 2], [3]])
