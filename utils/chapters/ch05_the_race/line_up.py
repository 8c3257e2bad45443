"""The line-up of chapter 05: ten maps without names, twelve rows each. Recipe line_up_05 drew them."""

import numpy as np

from utils.recipes import measured

ORDER = {  # which machine drew which map
    "A": "LSTM",
    "B": "kernel regression",
    "C": "attention read, pairs",
    "D": "fading average",
    "E": "RNN",
    "F": "mean",
    "G": "attention read, first symbol",
    "H": "RNN, orthogonal",
    "I": "moving average",
    "J": "GRU",
}
MACHINES = tuple(sorted(ORDER.values(), key=str.lower))


def pictures():
    """Return the ten maps by letter, {letter: (12, 12)}; rows are who asks.

    >>> sorted(pictures()) == list(ORDER), pictures()["F"].shape
    (True, (12, 12))
    """
    drawn = measured("05_line_up")["pictures"]
    return {letter: np.array(drawn[name]) for letter, name in ORDER.items()}
