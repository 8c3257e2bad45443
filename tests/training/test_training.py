"""The training loop: budgets, going on, starting over, what it notes, fair searches, and what a notebook keeps."""

import _thread
import math
import os
import signal
import subprocess
import sys
import threading
import time

import nbformat
import pytest
import torch
from nbclient import NotebookClient

from utils.data.recall import first_symbol
from utils.seeds import seeded, seeded_start
from utils.tools.home import ROOT
from utils.training import (
    History,
    cosine,
    expect,
    flush_denormals,
    live_plot,
    loop,
    runs,
    scaled,
    search,
    seconds_to,
    steps_to,
    train,
)


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    """Begin with the whole budget and nothing remembered."""
    monkeypatch.delenv("COURSE_BUDGET", raising=False)
    monkeypatch.setattr(runs, "_kept", [])


def line(seed=0):
    with seeded_start(seed):
        return torch.nn.Linear(3, 1)


def loss(model, generator):
    x = torch.randn(16, 3, generator=generator)
    return (model(x) - x.sum(1, keepdim=True)).square().mean()


def fit(model):
    return 1 - (model.weight - 1).abs().mean()


def weights(model):
    return torch.cat([each.detach().flatten() for each in model.parameters()])


def stumbling(at, error=KeyboardInterrupt):
    """Return a loss that raises once, at the so-maniest call, after it has drawn its batch."""
    calls = iter(range(1, 10**6))

    def stumbles(model, generator):
        value = loss(model, generator)
        if next(calls) == at:
            raise error
        return value

    return stumbles


@pytest.fixture
def straight():
    """A model trained for 40 steps without any interruption, and its history."""
    model = line()
    history = train(model, loss, steps=40, evaluate=fit, every=10, fresh=True)
    runs._kept.clear()
    return model, history


def same(history, other):
    return all(getattr(history, name) == getattr(other, name) for name in ("steps", "losses", "metrics", "done"))


# --- one run ----------------------------------------------------------------------------------------------------------


def test_training_learns_and_notes_how_it_went(straight):
    model, history = straight
    assert history.steps == [0, 10, 20, 30, 40]
    assert len(history.losses) == len(history.seconds) == len(history.metrics["fit"]) == 5
    assert history.seconds == sorted(history.seconds) and history.seconds[0] == 0
    assert history.losses[-1] < history.losses[0]
    assert history.metric()[-1] == pytest.approx(fit(model).item())
    assert repr(history) == "History: 40 of 40 steps, finished"


def test_one_step_is_adam_on_a_clipped_gradient():
    model, by_hand = line(), line()
    train(model, loss, steps=2, lr=0.1, clip=0.5)
    optimizer, generator = torch.optim.Adam(by_hand.parameters(), lr=0.1), seeded(0)
    for _ in range(2):
        optimizer.zero_grad()
        loss(by_hand, generator).backward()
        torch.nn.utils.clip_grad_norm_(by_hand.parameters(), 0.5)
        optimizer.step()
    assert torch.equal(weights(model), weights(by_hand))


def test_the_history_is_sparse_and_ends_at_the_last_step():
    history = train(line(), loss, steps=130)
    assert history.steps[:3] == [0, 2, 4] and history.steps[-1] == 130 and len(history.steps) == 66
    assert train(line(1), loss, steps=25, every=10).steps == [0, 10, 20, 25]
    assert all(a < b for a, b in zip(history.steps, history.steps[1:], strict=False))


def test_losses_are_means_since_the_note_before():
    values = iter([9.0, 1.0, 2.0, 3.0, 4.0])  # the first is that of the model before it trains
    history = train(line(), lambda model, generator: 0 * loss(model, generator) + next(values), steps=4, every=2)
    assert history.losses == pytest.approx([9.0, 1.5, 3.5])


def test_evaluation_may_return_several_metrics_of_any_kind():
    def look(model):
        assert not model.training and not torch.is_grad_enabled()
        return {"mean": model.weight.mean(), "map": model.weight}

    model = line()
    history = train(model, loss, steps=4, every=2, evaluate=look)
    assert isinstance(history.metrics["mean"][0], float)
    assert len(history.metrics["map"]) == 3 and history.metrics["map"][0].shape == (1, 3)
    assert not torch.equal(history.metrics["map"][0], history.metrics["map"][-1])  # a copy each time
    assert model.training


def test_the_mode_of_the_model_is_left_as_it_was():
    model = line().eval()
    train(model, lambda m, g: loss(m, g) * (1 if m.training or not torch.is_grad_enabled() else math.nan), steps=3)
    assert not model.training


def test_until_stops_at_the_goal_and_costs_no_more():
    history = train(line(), loss, steps=4000, lr=0.05, evaluate=fit, every=10, until=0.9)
    assert history.status == "reached" and history.done == history.steps[-1] < 500
    assert history.metric()[-1] >= 0.9 > history.metric()[-2]
    assert "stopped at its goal" in repr(history)


def test_a_schedule_follows_the_steps():
    seen = []

    class Spy(torch.optim.SGD):
        def step(self):
            seen.append(self.param_groups[0]["lr"])
            super().step()

    train(line(), loss, steps=4, lr=0.1, optimizer=Spy, schedule=lambda part: 1 - part)
    assert seen == pytest.approx([0.1, 0.075, 0.05, 0.025])
    assert 0 < cosine(0) < cosine(0.05) < cosine(0.1) == 1 > cosine(0.5) > cosine(1) > 0


def test_a_loss_that_is_not_finite_stops_the_run_before_it_spoils_the_weights():
    calls = iter(range(100))
    model = line()
    history = train(model, lambda m, g: loss(m, g) * (math.nan if next(calls) > 5 else 1), steps=20, every=1)
    assert history.status == "diverged" and history.done == 5
    assert torch.isfinite(weights(model)).all() and all(map(math.isfinite, history.losses))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"steps": 0}, "steps is 0: it must be a whole number, at least 1"),
        ({"steps": 2.5}, "steps is 2.5"),
        ({"steps": None}, "steps is None"),
        ({"every": 0}, "every is 0"),
        ({"max_seconds": 0}, "max_seconds is 0"),
        ({"until": 0.9}, "give evaluate as well"),
        ({"loss": lambda m, g: m(torch.randn(16, 3))}, "not a tensor of shape (16, 1)"),
        ({"loss": lambda m, g: 0.5}, "not 0.5"),
        ({"loss": lambda m, g: None}, "not None"),
    ],
)
def test_misuse_is_named(wrong, says):
    with pytest.raises(ValueError) as error:
        train(line(), **{"loss": loss, "steps": 5, **wrong})
    assert says in str(error.value)


# --- budgets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("budget", "steps", "left"),
    [("0.05", 600, 30), ("0.05", 10, 2), ("0.05", 2, 2), ("0.05", 1, 1), ("", 7, 7), ("1", 7, 7), ("2", 7, 14)],
)
def test_the_budget_multiplies_steps(monkeypatch, budget, steps, left):
    monkeypatch.setenv("COURSE_BUDGET", budget)
    assert scaled(steps) == left
    history = train(line(), loss, steps=steps)
    assert (history.done, history.planned, history.status) == (left, left, "finished")


@pytest.mark.parametrize("budget", ["x", "0", "-1", "nan", "inf"])
def test_a_budget_that_is_none_is_named(monkeypatch, budget):
    monkeypatch.setenv("COURSE_BUDGET", budget)
    with pytest.raises(ValueError, match=f"COURSE_BUDGET is '{budget}'"):
        scaled(5)


def test_the_schedule_shrinks_with_the_budget(monkeypatch):
    monkeypatch.setenv("COURSE_BUDGET", "0.1")
    parts = []
    train(line(), loss, steps=40, schedule=lambda part: parts.append(part) or 1.0)
    assert parts[-4:] == [0, 0.25, 0.5, 0.75]


def test_results_are_expected_at_the_whole_budget_only(monkeypatch):
    expect(True, "fine")
    for fails in (False, lambda: False):
        with pytest.raises(AssertionError, match="not learnt"):
            expect(fails, "not learnt")
    monkeypatch.setenv("COURSE_BUDGET", "0.05")
    expect(False, "not learnt")
    expect(lambda: 1 / 0, "never asked")


# --- going on, and starting over --------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [2, 14, 21])  # calls of the loss: one before the first step
def test_an_interrupted_run_goes_on_as_if_nothing_had_happened(straight, at):
    stumbles = stumbling(at)
    stopped = train(line(), stumbles, steps=40, evaluate=fit, every=10)
    assert stopped.status == "interrupted" and stopped.done == at - 2
    assert "run the cell again" in repr(stopped)
    model = line()  # as when the whole cell runs again
    history = train(model, stumbles, steps=40, evaluate=fit, every=10)
    assert same(history, straight[1]) and torch.equal(weights(model), weights(straight[0]))
    assert history.status == "finished"


def test_it_also_goes_on_with_the_model_it_was_interrupted_with(straight):
    model, stumbles = line(), stumbling(30)
    train(model, stumbles, steps=40, evaluate=fit, every=10)
    history = train(model, stumbles, steps=40, evaluate=fit, every=10)
    assert same(history, straight[1]) and torch.equal(weights(model), weights(straight[0]))


def test_a_real_signal_never_leaves_half_a_step(straight):
    """The signal comes while the optimizer moves the weights, and waits until it is done."""

    class Interrupted(torch.optim.Adam):
        calls = 0

        def step(self):
            Interrupted.calls += 1
            if Interrupted.calls == 7:
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.01)
            super().step()

    handler = signal.getsignal(signal.SIGINT)
    model = line()
    stopped = train(model, loss, steps=40, optimizer=Interrupted, evaluate=fit, every=10)
    assert (stopped.status, stopped.done) == ("interrupted", 7)
    history = train(model, loss, steps=40, optimizer=Interrupted, evaluate=fit, every=10)
    assert same(history, straight[1]) and torch.equal(weights(model), weights(straight[0]))
    assert signal.getsignal(signal.SIGINT) is handler


def test_an_interrupt_between_two_steps_is_taken_too():
    timer = threading.Timer(0.2, _thread.interrupt_main)
    timer.start()
    history = train(line(), loss, steps=10**6)
    assert history.status == "interrupted" and 0 < history.done < 10**6


def test_an_error_in_the_loss_is_told_and_costs_only_that_step(straight):
    stumbles = stumbling(20, ZeroDivisionError)
    with pytest.raises(ZeroDivisionError):
        train(line(), stumbles, steps=40, evaluate=fit, every=10)
    model = line()
    assert same(train(model, stumbles, steps=40, evaluate=fit, every=10), straight[1])


def test_a_finished_run_is_given_back_at_once():
    calls = []
    counting = lambda model, generator: calls.append(1) or loss(model, generator)  # noqa: E731
    first, model = line(), line()
    history = train(first, counting, steps=40)
    made = len(calls)
    again = train(model, counting, steps=40)
    assert len(calls) == made + 1  # the first loss is looked at, to know the run
    assert again == history and torch.equal(weights(first), weights(model))
    once_more = train(model, counting, steps=40)  # with the trained model itself
    assert once_more == history and len(calls) == made + 2
    once_more.steps.clear()
    assert train(model, counting, steps=40) == history  # what the caller does with its copy is its own affair


def test_fresh_begins_again_with_the_first_weights(straight):
    model = line()
    train(model, loss, steps=40, evaluate=fit, every=10)
    calls = []
    counting = lambda model, generator: calls.append(1) or loss(model, generator)  # noqa: E731
    history = train(model, counting, steps=40, evaluate=fit, every=10, fresh=True)
    assert len(calls) == 41 and same(history, straight[1])
    assert torch.equal(weights(model), weights(straight[0]))
    train(model, loss, steps=7, lr=0.5, fresh=True)
    other = line()
    train(other, loss, steps=7, lr=0.5)
    assert torch.equal(weights(model), weights(other))


@pytest.mark.parametrize("changed", [{"lr": 1e-2}, {"seed": 1}, {"clip": None}, {"optimizer": torch.optim.SGD}])
def test_other_settings_are_another_run(straight, changed):
    train(line(), loss, steps=40, evaluate=fit, every=10)
    model = line()
    assert not same(train(model, loss, steps=40, evaluate=fit, every=10, **changed), straight[1])
    assert not torch.equal(weights(model), weights(straight[0]))


def test_another_loss_another_model_or_other_data_are_another_run(straight):
    train(line(), loss, steps=40, evaluate=fit, every=10)
    for other in (lambda m, g: 2 * loss(m, g), lambda m, g: loss(lambda x: m(x).tanh(), g)):
        assert train(line(), other, steps=40, evaluate=fit, every=10).losses != straight[1].losses
    assert train(line(1), loss, steps=40, evaluate=fit, every=10).losses != straight[1].losses
    both = train(line(), loss, steps=40, every=10, evaluate=lambda m: {"fit": fit(m), "more": 1.0})
    assert set(both.metrics) == {"fit", "more"}


def test_more_steps_go_on_and_fewer_begin_again(straight):
    model = line()
    train(model, loss, steps=20, evaluate=fit, every=10)
    history = train(model, loss, steps=40, evaluate=fit, every=10)
    assert same(history, straight[1]) and torch.equal(weights(model), weights(straight[0]))
    assert train(model, loss, steps=20, evaluate=fit, every=10).done == 20
    assert not torch.equal(weights(model), weights(straight[0]))


def test_with_a_schedule_more_steps_are_another_run():
    model, straight = line(), line()
    train(straight, loss, steps=40, schedule=cosine)
    train(model, loss, steps=20, schedule=cosine)
    model = line()
    train(model, loss, steps=40, schedule=cosine)
    assert torch.equal(weights(model), weights(straight))


def test_weights_changed_by_hand_are_where_a_new_run_begins():
    model = line()
    train(model, loss, steps=40)
    with torch.no_grad():
        model.weight.zero_()
    history = train(model, loss, steps=40)
    assert history.losses[0] > 1


def test_training_goes_on_elsewhere_with_trained_weights_and_says_so():
    model = line()
    train(model, loss, steps=40)
    middle = weights(model)
    other = lambda model, generator: 2 * loss(model, generator)  # noqa: E731
    run = spied(lambda: train(model, other, steps=5))
    assert run.trained and not torch.equal(weights(model), middle)
    model = line()
    assert not spied(lambda: train(model, loss, steps=3, seed=5)).trained


def spied(act):
    """Return the Run that ``act`` made."""
    made = []

    class Spy(runs.Run):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            made.append(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "Run", Spy)
        act()
    return made[-1]


def test_too_little_time_says_so_and_the_rest_follows(straight):
    slow = lambda model, generator: time.sleep(0.01) or loss(model, generator)  # noqa: E731
    model = line()
    history = train(model, slow, steps=40, evaluate=fit, every=10, max_seconds=0.1)
    assert history.status == "out of time" and 1 <= history.done < 40
    assert "out of time; run the cell again" in repr(history)
    done = history.done
    history = train(model, slow, steps=40, evaluate=fit, every=10, max_seconds=1e-9)
    assert history.done == done + 1  # however short, each call gets on
    history = train(model, slow, steps=40, evaluate=fit, every=10, max_seconds=60)
    assert history.status == "finished" and same(history, straight[1])


def test_only_so_many_runs_are_remembered(monkeypatch):
    monkeypatch.setattr(runs, "KEEP", 3)
    for seed in range(5):
        train(line(seed), loss, steps=2)
        train(line(seed), loss, steps=3)
    assert len(runs._kept) == 3


def test_recurrent_models_and_buffers_go_on_too():
    class Reader(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.rnn = torch.nn.Embedding(8, 8), torch.nn.GRU(8, 8, batch_first=True)
            self.norm = torch.nn.BatchNorm1d(8)

        def forward(self, x):
            return self.norm(self.rnn(self.embed(x))[0][:, -1])

    def answers(model, generator):
        x, y = first_symbol(4, 16, generator)
        return torch.nn.functional.cross_entropy(model(x), y)

    def reader():
        with seeded_start(3):
            return Reader()

    one, two = reader(), reader()
    train(one, answers, steps=20, seed=4, fresh=True)
    runs._kept.clear()
    train(two, answers, steps=9, seed=4)
    two = reader()
    train(two, answers, steps=20, seed=4)
    assert all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), two.state_dict().values(), strict=True))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_on_a_gpu_the_same_numbers_are_drawn_and_the_run_goes_on():
    def there(model, generator):
        x = torch.randn(16, 3, generator=generator).to(model.weight.device)
        return (model(x) - x.sum(1, keepdim=True)).square().mean()

    here, gpu = line(), line().to("cuda")
    history = train(here, there, steps=40)
    train(gpu, there, steps=20)
    assert train(gpu, there, steps=40).losses == pytest.approx(history.losses, rel=1e-3)


# --- seeds and denormals ----------------------------------------------------------------------------------------------


def test_seeds_are_never_global():
    before = torch.random.get_rng_state()
    one, two, three = line(), line(), line(1)
    train(one, loss, steps=3)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert torch.equal(two.weight, line().weight) and not torch.equal(two.weight, three.weight)
    assert seeded(5).device.type == "cpu"
    assert torch.equal(torch.rand(3, generator=seeded(5)), torch.rand(3, generator=seeded(5)))


def fresh_python(code):
    """Run code in a new interpreter at the course's root, and return what it printed."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_denormals_are_flushed_in_every_thread_if_asked_for_first():
    ask = "import torch; from utils.training import flush_denormals; {} print(flush_denormals(), {})"
    left = "bool((torch.full((10**6,), 1e-39) * 0.5).any())"
    if torch.set_flush_denormal(False) is False:
        assert flush_denormals() is False  # this processor cannot
        return
    assert fresh_python(ask.format("", left)) == "True False"
    late = "torch.set_num_threads(2); torch.ones(10**6).exp();"
    assert fresh_python(ask.format(late, left)) in ("False True", "True False")  # it never claims what is not so


def test_importing_training_loads_neither_torch_nor_matplotlib():
    assert fresh_python("import sys, utils.training; print({'torch', 'matplotlib'} & set(sys.modules))") == "set()"


# --- how soon, and fair comparisons -----------------------------------------------------------------------------------


def test_how_soon_a_run_got_there():
    history = History(steps=[0, 5, 10], seconds=[0, 1.5, 3], metrics={"a": [0.1, 0.98, 0.5], "b": [1, 2, 3]})
    assert steps_to(history, 0.97) == 5 and seconds_to(history, 0.97) == 1.5
    assert steps_to(history, 0.99) is None and seconds_to(history, 0.99) is None
    assert steps_to(history, 3, "b") == 10 and steps_to(history, 0.1) == 0
    with pytest.raises(ValueError, match="no metric c in this history: it has a, b"):
        steps_to(history, 1, "c")
    with pytest.raises(ValueError, match="it has none"):
        steps_to(History(), 1)


def pretend(quality, calls):
    """Return a run whose last accuracy is ``quality(name, seed, setting)``, and that writes down every call."""

    def run(name, seed, **setting):
        calls.append((name, seed, setting))
        accuracy = [0.1, quality(name, seed, **setting)]
        return History([0, 9], [2.0, 1.0], [0, 1], {"accuracy": accuracy}, done=9, planned=9, status="finished")

    return run


GRIDS = {"RNN": {"lr": [1, 2], "start": ["a", "b"]}, "LSTM": {"lr": [1, 2, 3, 4]}}


def test_the_validation_seed_alone_chooses():
    """On the test seeds another setting would be better: it must not be taken."""
    calls = []
    best = lambda name, seed, lr, **_: (lr if seed == 0 else -lr) / 10  # noqa: E731
    found = search(GRIDS, pretend(best, calls), tests=(1, 2))
    assert found["LSTM"].setting == {"lr": 4} and found["RNN"].setting == {"lr": 2, "start": "a"}
    assert [history.metric()[-1] for history in found["LSTM"].tests] == [-0.4, -0.4]
    assert [setting["lr"] for setting, _ in found["LSTM"].trials] == [1, 2, 3, 4]
    assert all(setting == found[name].setting for name, seed, setting in calls if seed)


def test_every_model_gets_the_same():
    calls = []
    search(GRIDS, pretend(lambda *_, **__: 0.5, calls))
    for name in GRIDS:
        mine = [(seed, setting) for who, seed, setting in calls if who == name]
        assert [seed for seed, _ in mine] == [0, 0, 0, 0, 1, 2, 3]
        assert len({str(setting) for seed, setting in mine if seed == 0}) == 4


@pytest.mark.parametrize(
    ("grids", "options", "says"),
    [
        ({"a": {"lr": [1, 2]}, "b": {"lr": [1]}}, {}, "equally many trials, at least one: {'a': 2, 'b': 1}"),
        ({"a": {"lr": []}}, {}, "at least one"),
        ({}, {}, "at least one"),
        ({"a": {"lr": [1]}}, {"validation": 2}, "must be others than the validation seed 2"),
        ({"a": {"lr": [1]}}, {"tests": ()}, "must be others"),
        ({"a": {"start": "orthogonal"}}, {}, "a: the values of start should be a list"),
        ({"a": {"lr": 0.1}}, {}, "a: the values of lr should be a list"),
    ],
)
def test_an_unfair_search_is_refused(grids, options, says):
    with pytest.raises(ValueError) as error:
        search(grids, pretend(lambda *_, **__: 0.5, []), **options)
    assert says in str(error.value)


def test_an_unequal_budget_is_refused():
    run = lambda name, seed: History(losses=[1.0], planned={"a": 9, "b": 10}[name], status="finished")  # noqa: E731
    with pytest.raises(ValueError, match="same number of steps: b, seed 0 has 10, not 9"):
        search({"a": {}, "b": {}}, run)


def test_the_better_run_is_the_one_that_got_there_first_then_the_one_that_came_nearest():
    def run(name, seed, of):
        ends = {"soon": (0.97, 20, "reached"), "late": (0.99, 40, "reached"), "never": (0.999, 60, "finished")}
        ends |= {"nan": (math.nan, 60, "finished"), "bad": (1.0, 3, "diverged"), "poor": (0.1, 60, "finished")}
        value, done, status = ends[of]
        return History(losses=[1.0], metrics={"accuracy": [value]}, done=done, planned=60, status=status)

    best = lambda *of: search({"m": {"of": of}}, run)["m"].setting["of"]  # noqa: E731
    assert best("never", "late", "soon") == "soon"
    assert best("nan", "bad", "poor", "never") == "never"
    assert best("nan", "bad", "poor") == "poor"
    assert search({"m": {"of": ["soon", "late"]}}, run, score=lambda h: h.done)["m"].setting == {"of": "late"}


def test_a_search_of_real_runs_goes_on_after_an_interrupt():
    calls, trouble = [], [KeyboardInterrupt]

    def run(name, seed, lr):
        def counted(model, generator):
            calls.append(1)
            if len(calls) == 50 and trouble:
                raise trouble.pop()
            return loss(model, generator)

        return train(line(seed), counted, steps=20, lr=lr, seed=seed, evaluate=fit)

    with pytest.raises(KeyboardInterrupt, match=r"in run 3 of 5, line, lr 0\.1, seed 0; run the cell again"):
        search({"line": {"lr": [1e-3, 1e-2, 0.1]}}, run, tests=(1, 2))
    found = search({"line": {"lr": [1e-3, 1e-2, 0.1]}}, run, tests=(1, 2))
    assert found["line"].setting == {"lr": 0.1} and len(found["line"].tests) == 2
    assert len(calls) == 5 * 21 + 3 + 1  # every step once, three first looks to know a run, and the one that broke off
    assert live_plot._boards == []


# --- on the page ------------------------------------------------------------------------------------------------------


def test_without_a_notebook_nothing_is_shown(capsys):
    train(line(), loss, steps=3)
    search({"m": {}}, lambda name, seed: train(line(seed), loss, steps=3))
    assert capsys.readouterr() == ("", "")


@pytest.fixture
def page(monkeypatch):
    """The pictures a page would have shown, in order."""
    shown = []

    class Widget:
        def __setattr__(self, name, value):
            shown.append(value)

    monkeypatch.setattr(live_plot, "_show", lambda text: Widget())
    return shown


def test_the_page_is_told_a_few_times_a_second(page):
    began = time.monotonic()
    train(line(), loss, steps=10**6, max_seconds=0.7)
    assert 3 <= len(page) <= 3 + (time.monotonic() - began) / live_plot.PAUSE
    assert page[0]["title"] == "Training Linear" and page[0]["done"] == 0 and page[0]["left"] is None
    assert page[1]["left"] > 0 and not page[1]["note"]
    assert page[-1]["note"].startswith("out of time")


def test_the_page_says_how_it_ended(page):
    model = line()
    train(model, loss, steps=4, name="a line")
    assert page[-1]["note"] == "finished" and page[-1]["title"] == "Training a line"
    assert page[-1]["done"] == page[-1]["planned"] == 4
    train(model, loss, steps=4)
    assert page[-1]["note"] == "finished earlier; fresh=True trains it again" and page[-1]["steps"] == [0, 1, 2, 3, 4]
    train(model, loss, steps=4, lr=1.0)
    assert page[-1]["note"] == "finished; it began with trained weights"
    before = len(page)
    train(line(2), loss, steps=4, show=False)
    assert len(page) == before


def test_a_search_has_one_board_for_all(page):
    search({"m": {"lr": [0.1, 0.2]}}, lambda name, seed, lr: train(line(seed), loss, steps=3, lr=lr), tests=[7])
    assert page[-1]["title"] == "Run 3 of 3: m, lr 0.2, seed 7"


def test_the_picture_is_thin_and_holds_finite_numbers_only():
    run = spied(lambda: train(line(), loss, steps=1000, every=1, evaluate=lambda m: {"a": math.nan, "map": m.weight}))
    drawn = live_plot.picture(run)
    assert len(drawn["steps"]) == len(drawn["losses"]) == len(drawn["metrics"]["a"]) <= live_plot.POINTS + 1
    assert drawn["steps"][0] == 0 and drawn["steps"][-1] == 1000
    assert drawn["metrics"] == {"a": [None] * len(drawn["steps"])}


def test_the_saved_form_is_constant():
    widget = live_plot.LivePlot("Training GRU")
    widget.state = {"title": "x", "done": 3}
    assert widget._repr_mimebundle_()[0]["text/plain"] == "Training GRU"


CELLS = [
    f"import sys\nsys.path.insert(0, {str(ROOT)!r})",
    "import torch\nfrom utils.training import search, seeded_start, train",
    "def loss(model, generator):\n"
    "    x = torch.randn(16, 3, generator=generator)\n"
    "    return (model(x) - x.sum(1, keepdim=True)).square().mean()",
    "def line(seed):\n    with seeded_start(seed):\n        return torch.nn.Linear(3, 1)",
    "model = line(0)\nhistory = train(model, loss, steps=1000, name='a line')\nhistory.steps[-1]",
    "train(line(0), loss, steps=1000)",
    "found = search({'line': {'lr': [0.01, 0.1]}}, lambda name, seed, lr: train(line(seed), loss, steps=100, lr=lr))\n"
    "found['line'].setting",
]


def test_a_notebook_that_trains_passes_strict_nbval(tmp_path):
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    book = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(book, timeout=60, kernel_name="python3", store_widget_state=False).execute(cwd=str(tmp_path))
    kinds = [[output.output_type for output in cell.outputs] for cell in book.cells]
    assert kinds == [[], [], [], [], ["display_data", "execute_result"]] + 2 * [["display_data", "execute_result"]]
    texts = [output.data["text/plain"] for cell in book.cells[4:] for output in cell.outputs]
    assert texts == [
        "Training a line", "1000", "Training Linear", "History: 1000 of 1000 steps, finished", "Searching: line",
        "{'lr': 0.1}",
    ]  # fmt: skip
    path = tmp_path / "trains.ipynb"
    nbformat.write(book, path)
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "--nbval-cell-timeout=60"]
    options = ["-q", "-p", "no:cacheprovider", str(path)]
    done = subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert f"{len(CELLS)} passed" in done.stdout
