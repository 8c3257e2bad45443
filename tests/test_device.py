"""Where tensors live, what this machine says of itself, and what importing the kernel costs.

A GPU is not needed: a fake tensor has a device and a shape but no numbers, and refuses what a GPU would refuse.
"""

import os
import subprocess
import sys

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

import utils.device
from utils.attention import (
    KVCache,
    attention,
    causal_mask,
    document_mask,
    fused_attention,
    gated_linear_attention,
    linear_attention,
    linear_step,
    padding_mask,
    prefix_mask,
    softmax,
    tiled_attention,
    window_mask,
)
from utils.attention.positions import alibi, rotary, sinusoidal
from utils.device import machine, pick_device
from utils.tools.home import ROOT


@pytest.fixture
def fake_cuda():
    """Make tensors on a GPU that is not there. (No x[...] on them: without CUDA, torch cannot index them.)"""
    with FakeTensorMode():
        yield lambda *shape, **options: torch.empty(*shape, device="cuda", **options)


def cached(before, now, left=None):
    """Keys, values and mask for the places of ``now``, those of ``before`` having been kept."""
    cache = KVCache(left)
    cache.append(before, before)
    return cache.append(now, now)


# what the kernel gives for queries on a GPU: every tensor of it must be there too
ON_CUDA = {
    "softmax": lambda q, k: softmax(q),
    "attention": lambda q, k: attention(q, k, k),
    "attention, causal": lambda q, k: attention(q, k, k, causal_mask(3, 5, like=q)),
    "attention, floating mask": lambda q, k: attention(q, k, k, torch.zeros(3, 5, device=q.device)),
    "attention, softcap and scale": lambda q, k: attention(q, k, k, scale=0.5, softcap=2.0),
    "attention, shared heads": lambda q, k: attention(q, *[k.narrow(1, 0, 2)] * 2),
    "attention, no keys": lambda q, k: attention(q, *[k.narrow(2, 0, 0)] * 2),
    "fused": lambda q, k: fused_attention(q, k, k),
    "fused, causal": lambda q, k: fused_attention(q, k, k, causal_mask(3, 5, like=q)),
    "fused, shared heads": lambda q, k: fused_attention(q, *[k.narrow(1, 0, 2)] * 2),
    "fused, softcap": lambda q, k: fused_attention(q, k, k, softcap=2.0),
    "fused, no keys": lambda q, k: fused_attention(q, *[k.narrow(2, 0, 0)] * 2),
    "linear": lambda q, k: linear_attention(q, k, k),
    "linear, causal": lambda q, k: linear_attention(q, q, q, causal=True),
    "linear, shared heads": lambda q, k: linear_attention(q, *[k.narrow(1, 0, 2)] * 2),
    "linear, two steps": lambda q, k: linear_step(q, q, q, linear_step(k, k, k)[1])[0],
    "linear, its state": lambda q, k: [linear_step(x.float(), x.float(), x.float())[1][0].to(x.dtype) for x in (q, k)],
    "gated": lambda q, k: gated_linear_attention(q, q, q, torch.ones(q.shape[:-1], dtype=q.dtype, device=q.device)),
    "tiles": lambda q, k: tiled_attention(q, k, k, torch.zeros(3, 5, device=q.device), softcap=2.0, block=2),
    "tiles, window": lambda q, k: tiled_attention(q, k, k, left=1, right=0, block=2),
    "tiles, no keys": lambda q, k: tiled_attention(q, *[k.narrow(2, 0, 0)] * 2),
    "cache, causal": lambda q, k: attention(q, *cached(k, q)),
    "cache, window": lambda q, k: fused_attention(q, *cached(k, q, left=1)),
    "causal": lambda q, k: causal_mask(3, 5, 2, like=q),
    "window": lambda q, k: window_mask(3, 5, 1, like=q),
    "prefix": lambda q, k: prefix_mask(5, 2, like=q),
    "documents, a list": lambda q, k: document_mask([0, 0, 1], like=q),
    "documents, a tensor": lambda q, k: document_mask(torch.ones(2, 5, dtype=torch.int64, device=q.device)),
    "padding, a list": lambda q, k: padding_mask([1, 3], 5, like=q),
    "padding, a tensor": lambda q, k: padding_mask(torch.ones(2, dtype=torch.int64, device=q.device), 5),
    "sinusoidal": lambda q, k: sinusoidal(3, 8, like=q),
    "rotary": lambda q, k: rotary(q, torch.arange(3, device=q.device)),
    "rotary, halves and floating places": lambda q, k: rotary(q, torch.ones(3, device=q.device), pairing="halves"),
    "rotary, places of each row": lambda q, k: rotary(q, torch.ones(2, 1, 3, device=q.device)),
    "alibi": lambda q, k: alibi(4, 3, 5, like=q),
    "attention, alibi": lambda q, k: attention(q, k, k, alibi(4, 3, 5, like=q)),
}


@pytest.mark.parametrize("name", ON_CUDA)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16], ids=str)
def test_results_stay_on_the_gpu(fake_cuda, name, dtype):
    answer = ON_CUDA[name](fake_cuda(2, 4, 3, 8, dtype=dtype), fake_cuda(2, 4, 5, 8, dtype=dtype))
    for tensor in answer if isinstance(answer, tuple | list) else (answer,):
        assert tensor.device.type == "cuda"
        assert tensor.dtype in (dtype, torch.bool)


@pytest.mark.parametrize("function", [attention, fused_attention])
def test_mixing_devices_is_refused(fake_cuda, function):
    q, k = fake_cuda(3, 8), torch.empty(3, 8)
    with pytest.raises(ValueError, match=r"q is on cuda:0, k is on cpu.*x\.to\(device\)"):
        function(q, k, q)
    with pytest.raises(ValueError, match=r"mask is on cpu.*like=q"):
        function(q, q, q, causal_mask(3, like=k))
    with pytest.raises(ValueError, match=r"mask is NumPy.*like=q"):
        function(q, q, q, causal_mask(3))
    with pytest.raises(ValueError, match="x is on cuda:0, positions is on cpu"):
        rotary(q, torch.arange(3))


# --- pick_device ------------------------------------------------------------------------------------------------------


@pytest.fixture
def hardware(monkeypatch):
    """Pretend that this machine has so many CUDA GPUs, and perhaps an Apple GPU."""

    def pretend(wish=None, cuda=0, mps=False):
        monkeypatch.delenv("COURSE_DEVICE", raising=False)
        if wish is not None:
            monkeypatch.setenv("COURSE_DEVICE", wish)
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda > 0)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: cuda)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)

    return pretend


@pytest.mark.parametrize(
    ("wish", "cuda", "mps", "expected"),
    [
        (None, 0, False, "cpu"),
        (None, 1, False, "cuda"),
        (None, 0, True, "cpu"),  # an Apple GPU only when asked for
        ("", 1, False, "cuda"),
        ("cpu", 1, False, "cpu"),
        (" CPU ", 1, False, "cpu"),
        ("cuda", 1, False, "cuda"),
        ("cuda:1", 2, False, "cuda:1"),
        ("mps", 0, True, "mps"),
    ],
)
def test_the_device_is_what_was_asked_for_or_the_best(hardware, capsys, wish, cuda, mps, expected):
    hardware(wish, cuda, mps)
    assert pick_device() == torch.device(expected)
    assert ("float32" in capsys.readouterr().out) == (expected == "mps")


@pytest.mark.parametrize(
    ("wish", "cuda"),
    [("cuda", 0), ("cuda:2", 2), ("cuda:-1", 2), ("mps", 1), ("gpu", 1), ("meta", 1), ("0", 1), ("cpu:0", 0)],
)
def test_a_device_that_is_not_there_is_refused(hardware, wish, cuda):
    hardware(wish, cuda)
    with pytest.raises(ValueError, match=f"COURSE_DEVICE is '{wish}': this machine has cpu"):
        pick_device()


# --- machine ----------------------------------------------------------------------------------------------------------


def test_the_machine_describes_itself():
    facts = machine()
    assert all(isinstance(what, str) and isinstance(fact, str) and fact for what, fact in facts.items())
    assert torch.__version__.split("+")[0] == facts["torch"].split("+")[0]  # a wheel may leave out its build, "+cu130"
    assert int(facts["cores"]) >= 1


def test_a_package_that_is_missing_is_called_so(monkeypatch):
    monkeypatch.setattr(utils.device, "PACKAGES", ("no-such-package-anywhere",))
    assert machine()["no-such-package-anywhere"] == "not installed"


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
@pytest.mark.parametrize(
    ("script", "expected"),
    [("echo 'NVIDIA A100'; echo 'NVIDIA T4'", "NVIDIA A100, NVIDIA T4"), ("exit 9", None), ("", None), (None, None)],
)
def test_a_gpu_is_named_if_it_answers(monkeypatch, tmp_path, script, expected):
    if script is not None:
        (tmp_path / "nvidia-smi").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine().get("GPU") == expected


# --- what importing costs ---------------------------------------------------------------------------------------------


def fresh_python(code):
    """Run code in a new interpreter at the course's root, and return what it printed."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize(
    "use",
    [
        "import utils.attention.masks",
        "import utils.attention",
        "import numpy as np, utils.attention as a; x = np.ones((2, 2)); a.fused_attention(x, x, x, a.causal_mask(2))",
        "import utils.device; utils.device.machine()",
    ],
)
def test_neither_torch_nor_matplotlib_is_loaded(use):
    assert fresh_python(f"import sys; {use}; print({{'torch', 'matplotlib'}} & set(sys.modules))") == "set()"


def test_importing_the_kernel_adds_little_to_numpy():
    """The least of five runs, and the processor's time, not the clock's: a busy machine does not fail this."""
    code = "import numpy, time; t = time.process_time(); import utils.attention; print(time.process_time() - t)"
    assert min(float(fresh_python(code)) for _ in range(5)) < 0.1
