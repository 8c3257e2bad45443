"""Draw the ten maps of chapter 05's line-up, a few seconds:  python -m utils.chapters.ch05_the_race.recipes.line_up

Rows of a map are the steps 1 to 12 of one row of items. Of the attention reads only the last item asks: there they are
the last steps of twelve rows.
"""

import time

import numpy as np
import torch

from utils.attention.kernel_regression import gaussian_weights, to_weights
from utils.chapters.ch05_the_race import race
from utils.recipes import keep, provenance
from utils.recurrent import default_weights, gru, lstm, orthogonal
from utils.recurrent.implied import ema_weights, gru_weights, lstm_weights, rnn_sensitivity
from utils.seeds import seeded

N, SEEDS = 12, {"memories": 5, "training": 1, "rows shown": 55}


def main():
    """Draw and write."""
    torch.set_num_threads(1)
    began = time.process_time()
    drawn = by_rule() | by_memory(np.random.default_rng(SEEDS["memories"])) | by_asking()
    told = provenance(__spec__.name, seeds=SEEDS.values(), cpu_seconds=time.process_time() - began)
    settings = {"n": N, "seeds": SEEDS, "read": "lr 0.003, until 97 %"}
    keep("05_line_up", settings, {"pictures": {name: drawn[name].round(3).tolist() for name in drawn}}, told)


def by_rule():
    """Return the maps of machines that look by a fixed rule."""
    lower = np.tril(np.ones((N, N)))
    return {
        "mean": to_weights(lower),
        "moving average": to_weights(lower - np.tril(np.ones((N, N)), -3)),
        "fading average": ema_weights(N, 0.8)[:, 1:],
        "kernel regression": gaussian_weights(np.arange(N), np.arange(N), 1.2),
    }


def by_memory(rng):
    """Return the maps of machines with a memory: one unit's α with gates, else sensitivities as shares."""
    x = rng.normal(size=(N, 4))
    plain = default_weights("rnn", 4, 16, rng=rng)
    turning = plain | {"weight_hh_l0": orthogonal(16, rng=rng)}
    z = gru(x, livelier(default_weights("gru", 4, 16, rng=rng)))[1].z
    gates = lstm(x, livelier(default_weights("lstm", 4, 16, rng=rng)))[2]
    busy = lstm_weights(gates.i, gates.f)[:, :, 1:]  # (16, 12, 12)
    chosen = gru_weights(z)[:, :, 1:]
    return {
        "RNN": to_weights(rnn_sensitivity(x, plain)),
        "RNN, orthogonal": to_weights(rnn_sensitivity(0.2 * x, turning)),
        "GRU": chosen[chosen.var(axis=(1, 2)).argsort()[8]],
        "LSTM": busy[busy[:, -1].sum(-1).argmax()],
    }


def livelier(weights):
    """Return weights whose gates open and close: eight times as large where they read the input."""
    return {name: array * (8 if name == "weight_ih_l0" else 1) for name, array in weights.items()}


def by_asking():
    """Return the maps of two trained attention reads, each over twelve rows it has not seen."""
    maps = {}
    for label, task, n in (("first symbol", race.TASKS[0], N), ("pairs", race.TASKS[1], N - 1)):
        read, history = race.run("attention read", task, n, SEEDS["training"], lr=0.003, steps=1500)
        assert history.status == "reached", (label, history)
        x, _ = race.draw(task, n, N, seeded(SEEDS["rows shown"]))
        maps[f"attention read, {label}"] = read.weights(x)[:, 0].detach().numpy()
    return maps


if __name__ == "__main__":
    main()
