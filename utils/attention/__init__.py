"""Attention, the kernel of the course: everything here takes NumPy arrays or torch tensors and answers in kind."""

from utils.attention.cache import KVCache
from utils.attention.linear import gated_linear_attention, gated_step, linear_attention, linear_step
from utils.attention.masks import causal_mask, document_mask, padding_mask, prefix_mask, window_mask
from utils.attention.positions import alibi, rotary, sinusoidal
from utils.attention.scaled_dot_product import attention, fused_attention, softmax
from utils.attention.tiled import tiled_attention

__all__ = [
    "KVCache",
    "alibi",
    "attention",
    "causal_mask",
    "document_mask",
    "fused_attention",
    "gated_linear_attention",
    "gated_step",
    "linear_attention",
    "linear_step",
    "padding_mask",
    "prefix_mask",
    "rotary",
    "sinusoidal",
    "softmax",
    "tiled_attention",
    "window_mask",
]
