"""Rebuild digits.npz from scikit-learn's copy of the UCI optical digits. Nobody needs this to take the course.

    python -m utils.data.make_digits path/to/digits.csv.gz

``digits.csv.gz`` lies in scikit-learn's folder ``datasets/data``: a line an image, 64 grey levels and then the digit.
Nothing is downloaded here, and scikit-learn itself is not needed.
"""

import gzip
import sys
from pathlib import Path

import numpy as np

from utils.data.digits import FILE


def read(lines):
    """Return the images (n, 8, 8) and the digits (n,) of lines of 65 numbers, all as small whole numbers.

    >>> images, digits = read([",".join(["0.0"] * 63 + ["16.0", "7.0"])])
    >>> images.shape, images[0, 7, 7].item(), digits.tolist()
    ((1, 8, 8), 16, [7])
    """
    table = np.array([[float(number) for number in line.split(",")] for line in lines]).astype(np.uint8)
    return table[:, :64].reshape(-1, 8, 8), table[:, 64]


def main(path):
    """Write digits.npz."""
    images, digits = read(gzip.decompress(Path(path).read_bytes()).decode("ascii").split())
    np.savez_compressed(FILE, images=images, digits=digits)
    print(f"{FILE.name}: {len(images):,} images, {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
