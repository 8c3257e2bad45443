"""What one training step costs in time and memory: each number from a process of its own."""

import json
import subprocess
import sys
import time

import torch
from torch import nn

from utils.chapters.ch05_the_race import race
from utils.device import peak
from utils.seeds import seeded, seeded_start
from utils.training import flush_denormals

LENGTHS = [20, 50, 100, 200, 400]
STEPPERS = ("RNN", "GRU", "LSTM", "attention read", "full self-attention")
REPEATS = 9


class FullAttention(nn.Module):
    """All items ask all items, once: the attention read with T questions instead of one, answering from the last."""

    def __init__(self, read):
        super().__init__()
        self.read = read

    def forward(self, x):
        read = self.read
        h = read.item(x) + read.place[: x.shape[1]]
        mixed = nn.functional.scaled_dot_product_attention(read.query(h), read.key(h), read.value(h))
        return read.out(torch.cat([mixed, h], -1))[:, -1]


def prices():
    """Measure every machine at every length, and the LSTM with denormal numbers left alone; yield one dict each."""
    for n in LENGTHS:
        for name in STEPPERS:
            yield alone(name, n, True)
    for n in LENGTHS:
        yield alone("LSTM, torch's start", n, True)
        yield alone("LSTM, torch's start", n, False)


def alone(name, n, flush):
    """Return what ``measure`` finds in a fresh process."""
    answer = subprocess.run(
        [sys.executable, "-m", __spec__.name, name, str(n), str(int(flush))], capture_output=True, text=True, check=True
    )
    return json.loads(answer.stdout.splitlines()[-1])


def measure(name, n, flush):
    """Return the milliseconds of a training step (middle of nine) and the MB by which the process grew.

    The first symbol of n, batch 64, one thread; seconds of the processor, not of the clock on the wall.
    """
    torch.set_num_threads(1)
    assert not flush or flush_denormals()
    with seeded_start(0):
        model = stepper(name, n)
    x, y = race.draw("first symbol", n, 64, seeded(0))
    times, before = [], None
    step(model, *(race.draw("first symbol", 4, 64, seeded(0))))  # what the library loads once is not the model's
    before = peak()
    for _ in range(REPEATS + 1):
        began = time.process_time()
        step(model, x, y)
        times.append((time.process_time() - began) * 1e3)
    middle = sorted(times[1:])[REPEATS // 2]
    return {"name": name, "n": n, "flushed": flush, "ms": round(middle, 2), "MB": round(peak() - before, 1)}


def stepper(name, n):
    """Make the machine of a name, about as large as all others."""
    if name == "LSTM, torch's start":
        return race.Recurrent("lstm", 8, race.fitting_width("LSTM", 8, 8), 8)
    if name == "full self-attention":
        return FullAttention(race.enter("attention read", "first symbol", n))
    return race.enter(name, "first symbol", n)


def step(model, x, y):
    """Make one step forward and back; the weights stay."""
    model.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()


if __name__ == "__main__":
    name, n, flush = sys.argv[1:]
    print(json.dumps(measure(name, int(n), flush == "1")))
