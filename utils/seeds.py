"""Where random numbers begin: the same on every machine, and nobody else's are disturbed."""

from contextlib import contextmanager


def seeded(seed):
    """Return a random generator of torch, on the CPU: CPU and GPU see the same numbers, once these are moved."""
    import torch

    return torch.Generator().manual_seed(seed)


def check_generator(generator):
    """Raise ValueError unless it is a torch.Generator on the CPU, as ``seeded`` gives."""
    import torch

    if not isinstance(generator, torch.Generator) or generator.device.type != "cpu":
        given = f"one on {generator.device}" if isinstance(generator, torch.Generator) else repr(generator)
        raise ValueError(f"generator must be a torch.Generator on the CPU, such as seeded(0), not {given}")


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
