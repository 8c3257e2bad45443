"""What may come in, made what the course works with: numbers of any kind as NumPy, anything with a name as text."""

import numpy as np


def as_numpy(values, dtype=None):
    """Return values as a NumPy array; a tensor leaves its device and its gradient behind.

    values: an array, a tensor, numbers, or nested lists of them
    dtype: of the result      (that of the values, float32 for half precision, in which no sum should be taken)
    Raises TypeError or ValueError, as ``np.asarray`` does, for values that make no array.

    >>> as_numpy([[1, 2], [3, 4]], float).tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    if isinstance(values, list | tuple):
        values = [
            as_numpy(each) if hasattr(each, "detach") or isinstance(each, list | tuple) else each for each in values
        ]
    elif hasattr(values, "detach"):
        values = values.detach().cpu()
        half = values.is_floating_point() and values.dtype.itemsize < 4  # NumPy has no bfloat16
        values = (values.float() if half else values).numpy()
    array = np.asarray(values, dtype=dtype)
    return array.astype(np.float32) if dtype is None and array.dtype == np.float16 else array


def as_text(value):
    """Return any text, or a number, as text that can be shown: half a surrogate pair is the replacement character.

    >>> as_text("a\\udcc3"), as_text(7)
    ('a�', '7')
    """
    return str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
