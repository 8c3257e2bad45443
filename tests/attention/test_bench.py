"""The bench compares like with like, and the dialects speak of the same formula."""

import os
import subprocess
import sys

import pytest
import torch

from utils.attention import bench, causal_mask
from utils.chapters.ch07_query_key_value import dialects


@pytest.mark.parametrize("causal", [False, True])
def test_the_rivals_give_the_same_answers(causal):
    rng = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(2, 3, 6, 4, generator=rng) for _ in range(3))
    pairs = bench.rivals(q, k, v, causal_mask(6, like=q) if causal else None)
    ours, theirs = (each() for each in pairs["attention"])
    torch.testing.assert_close(ours[0], theirs[0])
    torch.testing.assert_close(ours[1], theirs[1].reshape(ours[1].shape))
    ours, theirs = (each() for each in pairs["fused_attention"])
    torch.testing.assert_close(ours, theirs)


def test_the_rivals_take_turns():
    calls, clock = [], iter(range(1000))
    medians, times = bench.measure(
        [lambda: calls.append("a"), lambda: calls.append("b")], rounds=2, clock=lambda: next(clock)
    )
    assert calls == ["a", "b", "a", "b", "b", "a"]
    assert medians == [1000, 1000] and [len(each) for each in times] == [2, 2]


def test_the_bench_prints_a_table(monkeypatch, capsys):
    monkeypatch.setenv("COURSE_DEVICE", "cpu")
    monkeypatch.setattr(
        bench, "table", lambda device: [("attention", "none", 2.0, 1.0, 2.0, 2.0), ("x", "causal", 3.0, 1.0, 3.0, 2.0)]
    )
    assert bench.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "2.00   2.00" in lines[-2] and lines[-1].endswith("missed")


def test_the_table_has_a_row_for_each_pair_and_mask():
    rows = bench.table(rounds=1, shape=(1, 1, 8, 4))
    assert [(row[0], row[1]) for row in rows] == [(w, m) for m in ("none", "causal") for w in bench.GOALS]


def test_what_is_not_installed_is_said_and_its_code_is_shown(monkeypatch):
    monkeypatch.setattr(dialects.importlib.util, "find_spec", lambda name: None)
    assert "not installed" in dialects.verdict("jax") and "jax.nn.softmax" in dialects.code("jax")
    assert dialects.difference("tensorflow") is None
    assert dialects.main(["jax"]) == 1


def test_numpy_and_torch_agree(capsys):
    assert dialects.main(["numpy", "torch"]) == 0
    assert capsys.readouterr().out.count("agrees") == 2


def test_a_dialect_that_differs_is_found(monkeypatch, capsys):
    monkeypatch.setitem(dialects.DIALECTS, "torch", lambda q, k, v: dialects.in_numpy(q, k, v) + 1)
    assert dialects.main(["torch"]) == 1 and "differs by" in capsys.readouterr().out


def test_an_unknown_dialect_is_refused():
    with pytest.raises(ValueError, match="name is 'r': it must be one of 'numpy', 'torch'"):
        dialects.code("r")


def test_an_unknown_step_names_the_one_that_runs_only_by_name():
    from utils.tools.home import ROOT

    done = subprocess.run(
        [sys.executable, "tests/run.py", "dialect"], cwd=ROOT, capture_output=True, text=True, env=dict(os.environ)
    )
    assert done.returncode == 2 and done.stdout.strip().endswith("dialects")
