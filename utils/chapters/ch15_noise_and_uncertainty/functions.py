"""Functions drawn from a Gaussian process, and the exact answer to how sure one can be of them.

A Gaussian process is a way to draw whole curves: any handful of their values are jointly normal, and near places have
similar values. Where curves are drawn so, nobody who has the same readings can do better than ``exact``.
"""

from utils.seeds import check_generator
from utils.validation import check_number, check_whole

LENGTH, NOISE, LOW, HIGH = 0.4, 0.05, -2.0, 2.0


def draw(batch, n, generator, *, length=LENGTH, noise=NOISE):
    """Draw functions, each read at n places between -2 and 2.

    batch: functions, B             n: readings of each
    generator: torch.Generator on the CPU
    length: how far two places may lie apart and still have similar values
    noise: the standard deviation of what is added to every reading, by itself

    Returns x (B, n), where, and y (B, n), what was read. Without noise, y has mean 0 and standard deviation 1.
    Raises ValueError for sizes that make no sense, and for a generator that is not on the CPU.
    Source: Rasmussen and Williams 2006, "Gaussian Processes for Machine Learning", equation 2.16.

    >>> import torch
    >>> x, y = draw(3, 5, torch.Generator().manual_seed(0))
    >>> tuple(x.shape), tuple(y.shape), bool((x.abs() <= 2).all())
    ((3, 5), (3, 5), True)
    """
    import torch

    check_whole(batch=batch, n=n)
    check_generator(generator)
    check_number(above=0, length=length, noise=noise)
    x = LOW + (HIGH - LOW) * torch.rand(batch, n, generator=generator)
    root = torch.linalg.cholesky(_alike(x, x, length) + noise**2 * torch.eye(n))
    return x, (root @ torch.randn(batch, n, 1, generator=generator))[..., 0]


def exact(x, y, asked, *, length=LENGTH, noise=NOISE):
    """Return the best possible guess at new readings, and how far off it will be: the exact Gaussian process.

    x, y: the readings   (..., n), (..., n), arrays or tensors; n may be 0
    asked: where          (..., m)
    length, noise: as in ``draw``

    Returns mean (..., m) and sd (..., m), tensors: of a new reading, so its own noise is in the sd
    Raises ValueError for shapes that do not fit, and for a length or a noise that is not positive.
    Source: Rasmussen and Williams 2006, equations 2.25 and 2.26.

    >>> mean, sd = exact([0.0], [1.0], [0.0, 2.0], noise=1.0)
    >>> [round(number, 2) for number in mean.tolist()], [round(number, 2) for number in sd.tolist()]
    ([0.5, 0.0], [1.22, 1.41])
    """
    import torch

    check_number(above=0, length=length, noise=noise)
    x, y, asked = (torch.as_tensor(each).double() for each in (x, y, asked))
    if x.shape != y.shape or x.shape[:-1] != asked.shape[:-1] or not asked.ndim:
        shapes = ", ".join(str(tuple(each.shape)) for each in (x, y, asked))
        raise ValueError(f"x and y must be (..., n) and asked (..., m): found {shapes}")
    covered = _alike(x, x, length) + noise**2 * torch.eye(x.shape[-1], dtype=x.dtype)  # (..., n, n)
    across = _alike(x, asked, length)  # (..., n, m)
    pulled = torch.linalg.solve(covered, across)
    variance = 1 + noise**2 - (across * pulled).sum(-2)
    return (pulled.mT @ y[..., None])[..., 0], variance.clamp_min(1e-9).sqrt()


def exact_weights(x, asked, *, length=LENGTH, noise=NOISE):
    """Return the weights with which ``exact`` adds up the readings: a weighted sum, but no average.

    x: where the readings are (n,)      asked: (m,)
    Returns (m, n); rows need not sum to one, and single weights may be negative.

    >>> exact_weights([0.0], [0.0, 2.0], noise=1.0).round(decimals=2).tolist()
    [[0.5], [0.0]]
    """
    import torch

    x, asked = (torch.as_tensor(each).double() for each in (x, asked))
    return torch.stack([exact(x, one, asked, length=length, noise=noise)[0] for one in torch.eye(len(x)).double()], -1)


def _alike(one, other, length):
    """Return how alike the values at two places are: 1 at the same place, less the further apart they lie."""
    return (-((one[..., :, None] - other[..., None, :]) ** 2) / (2 * length**2)).exp()
