"""The tasks hold what they promise: the answer is there, and nothing but remembering finds it."""

import subprocess
import sys

import pytest
import torch

from utils.data.recall import associative_recall, first_symbol
from utils.tools.home import ROOT

ROWS = 20_000


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def mutual(a, b):
    """Return how many bits a tells about b, both whole numbers, less what chance alone makes of so many rows."""
    joint = torch.zeros(int(a.max()) + 1, int(b.max()) + 1, dtype=torch.float64)
    joint.index_put_((a, b), torch.ones(len(a), dtype=torch.float64), accumulate=True)
    joint /= joint.sum()
    alone = joint.sum(1, keepdim=True) * joint.sum(0, keepdim=True)
    bits = (joint * (joint / alone).clamp(min=1e-300).log2())[joint > 0].sum().item()
    rows, columns = joint.shape
    return bits - (rows - 1) * (columns - 1) / (2 * len(a) * 0.6931)


def uniform(x, size):
    counts = torch.bincount(x.flatten(), minlength=size).double()
    assert len(counts) == size
    assert ((counts / counts.mean() - 1).abs() < 5 / counts.mean().sqrt()).all()


# --- first symbol -----------------------------------------------------------------------------------------------------


def test_first_symbol_has_the_answer_at_the_first_place():
    x, y = first_symbol(7, 50, generator(), symbols=5)
    assert x.shape == (50, 7) and y.shape == (50,) and x.dtype == y.dtype == torch.int64
    assert torch.equal(x[:, 0], y)
    x[0, 0] += 1
    assert x[0, 0] != y[0]  # y is no window on x


def test_first_symbol_is_told_by_no_other_place():
    x, y = first_symbol(6, ROWS, generator())
    for place in range(6):
        uniform(x[:, place], 8)
        assert (mutual(x[:, place], y) > 2.9) == (place == 0)
        assert place == 0 or abs(mutual(x[:, place], y)) < 0.002
    rest = torch.nn.functional.one_hot(x[:, 1:], 8).sum(1)  # nor by how often each symbol comes later
    for symbol in range(8):
        assert abs(mutual(rest[:, symbol], y)) < 0.002
    assert abs((rest.argmax(1) == y).double().mean() - 1 / 8) < 0.01


# --- associative recall -----------------------------------------------------------------------------------------------


@pytest.fixture(params=[1, 2, 5, 20])
def n(request):
    return request.param


@pytest.fixture
def together(n):
    return associative_recall(n, 400, generator())


def test_the_last_item_asks_and_is_blank(n, together):
    x, y = together
    assert x.shape == (400, n + 1, 2) and y.shape == (400,) and x.dtype == y.dtype == torch.int64
    assert (x[:, -1, 1] == max(16, n)).all()  # the blank, which no value is
    asked = x[:, :-1, 0] == x[:, -1:, 0]
    assert (asked.sum(1) == 1).all()  # the query is one of the keys, and only one
    assert torch.equal(x[:, :-1, 1][asked], y)


def test_no_key_and_no_value_comes_twice_in_a_row(n, together):
    x, _ = together
    for part in (x[:, :-1, 0], x[:, :-1, 1]):
        assert all(len(set(row)) == n for row in part.tolist())
        assert part.min() >= 0 and part.max() < max(16, n)


def test_separate_tokens_are_the_same_task(n, together):
    (x, y), (one, answers) = together, associative_recall(n, 400, generator(), separate=True)
    assert one.shape == (400, 2 * n + 1) and torch.equal(y, answers)
    assert torch.equal(one[:, 0:-1:2], x[:, :-1, 0]) and torch.equal(one[:, -1], x[:, -1, 0])
    assert torch.equal(one[:, 1::2], max(16, n) + x[:, :-1, 1])
    assert set(one[:, ::2].flatten().tolist()).isdisjoint(one[:, 1::2].flatten().tolist())


def test_recall_is_told_by_no_place_and_by_no_key():
    x, y = associative_recall(4, ROWS, generator(), keys=6, values=5)
    uniform(y, 5)
    uniform((x[:, :-1, 0] == x[:, -1:, 0]).double().argmax(1), 4)  # every place is asked for equally often
    for place in range(5):
        uniform(x[:, place, 0], 6)
        assert abs(mutual(x[:, place, 0], y)) < 0.003  # no key says anything of the answer, the query's included
    for place in range(4):
        uniform(x[:, place, 1], 5)
        assert abs((x[:, place, 1] == y).double().mean() - 1 / 4) < 0.012  # a fixed place is right by chance: 1 / n


def test_sizes_can_be_as_small_as_the_row():
    x, _ = associative_recall(3, 50, generator(), keys=3, values=3)
    assert x[:, :-1].max() == 2 and (x[:, -1, 1] == 3).all()
    assert first_symbol(2, 1, generator(), symbols=2)[0].shape == (1, 2)


# --- both -------------------------------------------------------------------------------------------------------------

BOTH = {
    "first symbol": lambda g, **more: first_symbol(5, 8, g, **more),
    "recall": lambda g, **more: associative_recall(5, 8, g, **more),
    "recall, separate": lambda g, **more: associative_recall(5, 8, g, separate=True, **more),
}


@pytest.mark.parametrize("make", BOTH.values(), ids=BOTH)
def test_numbers_come_from_the_generator_alone(make):
    before = torch.random.get_rng_state()
    one = generator()
    first, second = make(one), make(one)
    torch.rand(3)
    again = make(generator())
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first[0], second[0])
    torch.random.set_rng_state(before)
    make(one)
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize("make", BOTH.values(), ids=BOTH)
def test_both_answers_are_moved_to_the_device(make):
    assert {part.device.type for part in make(generator())} == {"cpu"}
    assert {part.device.type for part in make(generator(), device="meta")} == {"meta"}  # as to a GPU


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("make", BOTH.values(), ids=BOTH)
def test_a_gpu_sees_the_same_numbers(make):
    here, there = make(generator()), make(generator(), device="cuda")
    assert all(b.is_cuda and torch.equal(a, b.cpu()) for a, b in zip(here, there, strict=True))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda g: first_symbol(1, 4, g), "n is 1: it must be a whole number, at least 2"),
        (lambda g: first_symbol(5, 0, g), "batch is 0"),
        (lambda g: first_symbol(5, 2.0, g), "batch is 2.0"),
        (lambda g: first_symbol(5, 2, g, symbols=1), "symbols is 1"),
        (lambda g: first_symbol(5, 2, 0), "not 0"),
        (lambda g: associative_recall(True, 2, g), "n_pairs is True"),
        (lambda g: associative_recall(0, 2, g), "n_pairs is 0"),
        (lambda g: associative_recall(5, 2, g, keys=4), "keys is 4: it must be a whole number, at least 5"),
        (lambda g: associative_recall(5, 2, g, values=4), "values is 4"),
        (lambda g: associative_recall(5, 2, None), "on the CPU, such as seeded(0), not None"),
    ],
)
def test_misuse_is_named(wrong, says):
    with pytest.raises(ValueError) as error:
        wrong(generator())
    assert says in str(error.value)


def test_importing_the_tasks_does_not_load_torch():
    code = "import sys, utils.data.recall; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
