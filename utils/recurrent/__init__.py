"""Recurrence: read a sequence one step at a time, and carry all there is to know in one vector, the state.

    RNN    h_t = tanh(W_ih x_t + W_hh h_{t-1})        the state is written over at every step   rnn.py
    GRU    h_t = (1 - z_t) n_t + z_t h_{t-1}          a gate says how much of it is kept        gates.py
    LSTM   c_t = f_t c_{t-1} + i_t g_t                keeping and writing are two gates         gates.py

Sequences come batch first, features last: x (B, T, d_in), or without a batch (T, d_in). NumPy arrays and torch tensors
go in, the same kind comes out, and nothing that went in is changed. Weights are torch's own, by name and by layout
(weights.py); what a machine knows before it has learnt anything is in starts.py; its α is in implied.py.
"""

from utils.recurrent.gates import GRUGates, LSTMGates, gru, gru_step, lstm, lstm_step
from utils.recurrent.rnn import rnn, rnn_backward, rnn_step
from utils.recurrent.starts import (
    bias_to_half_life,
    chrono,
    half_life_to_bias,
    orthogonal,
    scale_to_radius,
    spectral_radius,
    with_forget_bias,
)
from utils.recurrent.weights import default_weights, from_torch, named_weights, to_torch

__all__ = [
    "GRUGates",
    "LSTMGates",
    "bias_to_half_life",
    "chrono",
    "default_weights",
    "from_torch",
    "gru",
    "gru_step",
    "half_life_to_bias",
    "lstm",
    "lstm_step",
    "named_weights",
    "orthogonal",
    "rnn",
    "rnn_backward",
    "rnn_step",
    "scale_to_radius",
    "spectral_radius",
    "to_torch",
    "with_forget_bias",
]
