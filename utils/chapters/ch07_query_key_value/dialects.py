"""One formula, four dialects: attention in NumPy, torch, TensorFlow and JAX, and how far their answers lie apart.

python -m utils.chapters.ch07_query_key_value.dialects jax          # compare the named ones; exits with 1 where one is missing or differs
"""

import importlib.util
import inspect
import sys

import numpy as np

from utils.attention import attention
from utils.validation import check_choice


def in_numpy(q, k, v):
    import numpy as np

    scores = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def in_torch(q, k, v):
    import torch

    q, k, v = (torch.as_tensor(x) for x in (q, k, v))
    return torch.softmax(q @ k.mT / q.shape[-1] ** 0.5, dim=-1) @ v


def in_tensorflow(q, k, v):
    import tensorflow as tf

    scores = tf.matmul(q, k, transpose_b=True) / q.shape[-1] ** 0.5
    return tf.matmul(tf.nn.softmax(scores, axis=-1), v)


def in_jax(q, k, v):
    import jax
    import jax.numpy as jnp

    scores = q @ jnp.swapaxes(k, -1, -2) / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores, axis=-1) @ v


DIALECTS = {"numpy": in_numpy, "torch": in_torch, "tensorflow": in_tensorflow, "jax": in_jax}


def code(name):
    """Return the lines of this dialect.

    >>> print(code("torch").splitlines()[0])
    def in_torch(q, k, v):
    """
    return inspect.getsource(_dialect(name)).rstrip()


def difference(name):
    """Return how far this dialect's answers lie from the course's attention, at most; None if it is not installed.

    >>> difference("numpy") < 1e-5
    True
    """
    function = _dialect(name)
    if importlib.util.find_spec(name) is None:
        return None
    rng = np.random.default_rng(0)
    q, k, v = (rng.normal(size=(2, 3, n, d)).astype(np.float32) for n, d in ((4, 8), (6, 8), (6, 5)))
    return float(np.abs(np.asarray(function(q, k, v)) - attention(q, k, v)[0]).max())


def verdict(name):
    """Say in one line whether this dialect agrees.

    >>> verdict("numpy")
    'numpy: agrees with the course to 1e-5'
    """
    apart = difference(name)
    if apart is None:
        return f"{name} is not installed here: only its code is shown"
    return f"{name}: agrees with the course to 1e-5" if apart < 1e-5 else f"{name}: differs by {apart:.1e}"


def _dialect(name):
    check_choice(DIALECTS, name=name)
    return DIALECTS[name]


def main(names):
    """Print a verdict for each; return 1 if one is missing or differs."""
    for name in names:
        print(verdict(name))
    apart = [difference(name) for name in names]
    return int(any(far is None or far >= 1e-5 for far in apart))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(DIALECTS)))
