"""The kernels of chapter 14, all on the same shapes: their times while they take turns, their memory in a process each.

python -m utils.chapters.ch14_what_it_costs.measured_costs "all weights" 2048 forward       prints by how many MB a fresh process grew
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from utils import attention as kernel, recipes
from utils.device import machine, measure, peak, pick_device
from utils.validation import check_choice, check_whole

BATCH, HEADS, D_HEAD, WINDOW = 1, 4, 32, 64  # a window of 64 keys: its own place and 63 before it
SQUARE = ("all weights", "grouped heads", "window by mask")  # these hold all N² weights
DIRECTIONS = ("forward", "forward and backward")


def kernels(n, *, device="cpu", grad=False):
    """Return {name: function without arguments}, each of which attends over n places.

    n: places   device: of the tensors   grad: whether the functions also go backward, to q, k and v

    Returns causal self-attention for all but "linear" (nothing hidden) and "one cached step" (one query, n keys).
    Raises ValueError for an n that is no whole number above 0.

    >>> tuple(kernels(70)["tiles"]().shape)
    (1, 4, 70, 32)
    """
    import torch
    from torch.nn.functional import scaled_dot_product_attention

    check_whole(n=n)
    rng = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(BATCH, HEADS, n, D_HEAD, generator=rng).to(device) for _ in range(3))
    gates = (0.9 + 0.1 * torch.rand(BATCH, HEADS, n, generator=rng)).to(device)
    for x in (q, k, v):
        x.requires_grad_(grad)
    forward = {
        "all weights": lambda: kernel.attention(q, k, v, kernel.causal_mask(n, like=q))[0],
        "grouped heads": lambda: kernel.attention(q, k[:, :1], v[:, :1], kernel.causal_mask(n, like=q))[0],
        "window by mask": lambda: kernel.attention(q, k, v, kernel.window_mask(n, n, WINDOW - 1, like=q))[0],
        "window by tiles": lambda: kernel.tiled_attention(q, k, v, left=WINDOW - 1, right=0, block=WINDOW),
        "tiles": lambda: kernel.tiled_attention(q, k, v, right=0),
        "library": lambda: scaled_dot_product_attention(q, k, v, is_causal=True),
        "linear": lambda: kernel.linear_attention(q, k, v),
        "linear, causal": lambda: kernel.linear_attention(q, k, v, causal=True),
        "linear, gated": lambda: kernel.gated_linear_attention(q, k, v, gates),
        "one cached step": lambda: kernel.fused_attention(q[:, :, -1:], k, v),
    }
    return {name: _run(function, grad) for name, function in forward.items()}


def times(n, *, names=None, rounds=5, grad=False, clock=time.process_time):
    """Return {name: [smallest, median, largest]} in milliseconds of one thread; the kernels take turns.

    n: places   names: which kernels (all if left out)   rounds: how often each   grad: with the way back
    Raises ValueError for an unknown name.
    """
    import torch

    all_of_them = kernels(n, grad=grad)
    names = list(all_of_them) if names is None else list(names)
    for name in names:
        if name not in all_of_them:
            raise ValueError(f"names holds {name!r}: the kernels are {', '.join(all_of_them)}")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        medians, each = measure([all_of_them[name] for name in names], rounds, clock)
    finally:
        torch.set_num_threads(threads)
    return {name: [min(t), middle, max(t)] for name, middle, t in zip(names, medians, each, strict=True)}


def lines(prices, names, *, direction="forward", what="ms"):
    """Return {name: {n: cost}} for drawing, from rows as "14_costs" stores them; of three times, the smallest.

    >>> lines([{"name": "tiles", "n": 8, "direction": "forward", "ms": [1, 2, 9], "MB": None}], ["tiles"])
    {'tiles': {8: 1}}
    """
    found = {name: {} for name in names}
    for row in prices:
        if row["name"] in found and row["direction"] == direction and row[what] is not None:
            found[row["name"]][row["n"]] = row[what][0] if what == "ms" else row[what]
    return found


def on_gpu(lengths=(512, 2048, 8192), names=("all weights", "tiles", "library", "linear, causal")):
    """Return {name: {n: milliseconds}} on a GPU, and a sentence that says where the numbers come from.

    Where there is no GPU, the table "14_gpu" that was stored on one; where there is none either, an empty one.
    """
    import torch

    device = pick_device()
    if device.type == "cuda":
        table = {name: {} for name in names}
        for n in lengths:
            for name, function in kernels(n, device=device).items():
                if name in table:
                    waiting = [lambda f=function: (f(), torch.cuda.synchronize())]
                    table[name][n] = round(measure(waiting, 5)[0][0], 3)
        return table, f"measured now, on {machine().get('GPU', 'a GPU')}"
    try:
        stored = recipes.measured("14_gpu")
    except ValueError:
        return {}, "no GPU here, and no table of one is stored yet: if you have one, run this cell there"
    told = stored["provenance"]
    return stored["table"], f"stored: measured on {told['machine']['GPU']}, {told['date']}"


def alone(name, n, direction="forward"):
    """Return by how many MB a fresh process grew at its peak while one kernel ran, or None where no system tells.

    Raises ValueError for an unknown direction.
    """
    check_choice(DIRECTIONS, direction=direction)
    if sys.platform == "win32":
        return None
    call = [sys.executable, "-m", "utils.chapters.ch14_what_it_costs.measured_costs", name, str(n), direction]
    home = Path(__file__).parents[3]
    answer = subprocess.run(call, capture_output=True, text=True, check=True, cwd=home, env=dict(os.environ))
    return json.loads(answer.stdout.splitlines()[-1])


def growth(name, n, direction):
    """Run a kernel in this process, and return by how many MB its peak rose above q, k and v."""
    import torch

    torch.set_num_threads(1)
    grad = direction != "forward"
    kernels(300, grad=grad)[name]()  # what the library loads once is not the kernel's
    function = kernels(n, grad=grad)[name]
    before = peak()
    for _ in range(2):
        function()
    return round(peak() - before, 1)


def _run(function, grad):
    """Return the function made to go backward, too, or to keep nothing for it."""
    import torch

    def forward():
        with torch.no_grad():
            return function()

    def both():
        out = function()
        out.sum().backward()
        return out

    return both if grad else forward


if __name__ == "__main__":
    print(json.dumps(growth(sys.argv[1], int(sys.argv[2]), sys.argv[3])))
