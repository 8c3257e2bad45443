"""The smallest LSTM: one unit whose gates never move, to see what its α tells and what it hides."""

import numpy as np

from utils.validation import check_number


def fixed_gates(x, *, i, f, w, u):
    """Run one LSTM unit with the same gates at every step, and everything shown: h_t = tanh(c_t).

    x: the inputs, one number a step   (T,)
    i, f: how much is written, and how much is kept, at every step   (0 to 1)
    w, u: how the candidate reads the input and the state before: g_t = tanh(w x_t + u h_{t-1})

    Returns the cell after every step, c_t = f c_{t-1} + i g_t, from c = 0   (T,)
    Raises ValueError for gates out of range, for w or u that is not finite, and for an x that is no row of numbers.

    >>> fixed_gates([1.0, 0.0, 0.0], i=1, f=0.5, w=100, u=0)
    array([1.  , 0.5 , 0.25])
    """
    check_number(least=0, most=1, i=i, f=f)
    check_number(w=w, u=u)
    x = np.asarray(x, dtype=float)
    if x.ndim != 1:
        raise ValueError(f"x has shape {x.shape}: it must be one row of numbers, (T,)")
    c, cells = 0.0, []
    for number in x:
        c = f * c + i * np.tanh(w * number + u * np.tanh(c))
        cells.append(c)
    return np.array(cells)
