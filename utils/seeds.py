"""Where random numbers begin: the same on every machine, and nobody else's are disturbed."""

from contextlib import contextmanager


def seeded(seed):
    """Return a random generator of torch, on the CPU: CPU and GPU see the same numbers, once these are moved."""
    import torch

    return torch.Generator().manual_seed(seed)


@contextmanager
def seeded_start(seed):
    """Let layers made inside the block begin with the weights of this seed, and disturb no other random numbers.

    with seeded_start(0):
        model = torch.nn.LSTM(8, 64)
    """
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.random.default_generator.manual_seed(seed)
        yield
