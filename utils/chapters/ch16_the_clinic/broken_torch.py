"""The one broken attention that is written in torch."""

import torch  # noqa: F401  (who brings arrays makes tensors of them here)
from torch.nn.functional import scaled_dot_product_attention as fused


def newest(q, k, v):
    """Return the answers (n_q, d_v) at the newest places; q are those alone, k and v all so far (tensors)."""
    return fused(q, k, v, is_causal=True)
