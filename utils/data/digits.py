"""1,797 handwritten digits, 8 by 8 pixels: Alpaydin and Kaynak's optical digits. Terms: the NOTICE beside it.

images, digits = load()             (1797, 8, 8) grey levels 0 (paper) to 1 (ink), (1797,) whole numbers 0 to 9
train, test = split(seed)           places of three quarters of them, and of the rest
"""

from functools import cache
from pathlib import Path

import numpy as np

FILE = Path(__file__).parent / "files" / "digits.npz"
TESTED = 450  # images of a test: one image is 0.22 %


def load():
    """Return all images and what they show   (1797, 8, 8) float32, (1797,) int64.

    >>> images, digits = load()
    >>> images.shape, images.min().item(), images.max().item(), digits[:5].tolist()
    ((1797, 8, 8), 0.0, 1.0, [0, 1, 2, 3, 4])
    """
    images, digits = _file()
    return (images / np.float32(16)).astype(np.float32), digits.astype(np.int64)


def split(seed):
    """Return the places of 1,347 images to learn from, and of 450 to be tested on, drawn with this seed.

    The same people wrote both: new hands would be harder.

    >>> train, test = split(1)
    >>> len(train), len(test), len({*train, *test})
    (1347, 450, 1797)
    """
    order = np.random.default_rng(seed).permutation(len(_file()[1]))
    return order[TESTED:], order[:TESTED]


@cache
def _file():
    with np.load(FILE, allow_pickle=False) as arrays:
        return arrays["images"], arrays["digits"]
