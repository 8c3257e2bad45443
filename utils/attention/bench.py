"""How fast the kernel is beside the library's own:  python course.py bench

Attention that gives α is compared with what nn.MultiheadAttention does inside (baddbmm, softmax, bmm); attention that
does not, with the library's fused kernel. The rivals take turns, in an order that is turned round each time, and the
median of the rounds counts: so whatever else the machine does disturbs them alike.
"""

import math
import statistics
import sys

from utils.attention import attention, causal_mask, fused_attention
from utils.device import machine, measure, pick_device

SHAPE = (4, 8, 512, 64)  # B, H, T, d_head
GOALS = {"attention": 2.0, "fused_attention": 1.05}  # times the library's time, at most


def rivals(q, k, v, mask):
    """Return {name: (ours, the library's)}, functions without arguments.

    q, k, v: tensors   (B, H, T, d)        mask: boolean (T, T), or None
    """
    import torch
    from torch.nn.functional import scaled_dot_product_attention

    B, H, T, d = q.shape
    bias = None if mask is None else torch.zeros(T, T, dtype=q.dtype, device=q.device).masked_fill(~mask, -math.inf)

    def inside_multihead_attention():
        flat_q, flat_k, flat_v = (x.reshape(B * H, T, d) for x in (q, k, v))
        flat_q = flat_q * math.sqrt(1 / d)
        scores = torch.bmm(flat_q, flat_k.mT) if bias is None else torch.baddbmm(bias, flat_q, flat_k.mT)
        weights = torch.softmax(scores, dim=-1)
        return torch.bmm(weights, flat_v).reshape(q.shape), weights

    return {
        "attention": (lambda: attention(q, k, v, mask), inside_multihead_attention),
        "fused_attention": (
            lambda: fused_attention(q, k, v, mask),
            lambda: scaled_dot_product_attention(q, k, v, attn_mask=mask),
        ),
    }


def table(rounds=15, shape=SHAPE, device="cpu"):
    """Return rows (what, mask, our milliseconds, the library's, ratio, goal)."""
    import torch

    rng = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(shape, generator=rng).to(device) for _ in range(3))
    rows = []
    for name, mask in {"none": None, "causal": causal_mask(shape[-2], like=q)}.items():
        for what, pair in rivals(q, k, v, mask).items():
            _, (ours, theirs) = measure([_finished(each, device) for each in pair], rounds)
            ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
            rows.append((what, name, statistics.median(ours), statistics.median(theirs), ratio, GOALS[what]))
    return rows


def _finished(function, device):
    """Return the function, made to wait until a GPU has done it."""
    import torch

    def run():
        with torch.no_grad():
            function()
        if str(device).startswith("cuda"):
            torch.cuda.synchronize()

    return run


def main(arguments):
    """Print the table; return 0."""
    device = pick_device()
    facts = machine()
    print(
        f"{SHAPE} on {device}, torch {facts['torch']}, {facts['cores']} cores, float32, forward, median of 15 rounds\n"
    )
    print(f"{'':<16} {'mask':<7} {'ours':>9} {'library':>9} {'ratio':>7} {'goal':>6}")
    for what, mask, ours, theirs, ratio, goal in table(device=device):
        missed = "" if ratio <= goal else "  missed"
        print(f"{what:<16} {mask:<7} {ours:6.1f} ms {theirs:6.1f} ms {ratio:7.2f} {goal:6.2f}{missed}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
