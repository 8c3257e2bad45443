"""A task for one head: in a sentence with two colours, each colour word must find the other one."""

from numbers import Integral

COLOURS, OTHERS = 6, 10  # words 0 … 5 are colours, 6 … 15 all the others


def two_colours(batch, generator, *, n=7, device=None):
    """Draw sentences of n words, two of them different colours at random places; each must find the other.

    batch: sentences, B
    generator: torch.Generator on the CPU
    n: words in a sentence        device: where the answer goes   (the CPU if left out)

    Returns (words, places), both int64
        words    (B, n)  0 … 5 are colours, 6 … 15 are other words
        places   (B, 2)  where the two colours stand
    Chance is 1 / n. Raises ValueError for sizes that make no sense and for a generator that is not on the CPU.

    >>> import torch
    >>> words, places = two_colours(3, torch.Generator().manual_seed(0))
    >>> tuple(words.shape), ((words < 6).sum(1) == 2).all().item()
    ((3, 7), True)
    """
    import torch

    for name, size, least in (("batch", batch, 1), ("n", n, 2)):
        if not isinstance(size, Integral) or isinstance(size, bool) or size < least:
            raise ValueError(f"{name} is {size!r}: it must be a whole number, at least {least}")
    if not isinstance(generator, torch.Generator) or generator.device.type != "cpu":
        raise ValueError(f"generator must be a torch.Generator on the CPU, not {generator!r}")
    words = torch.randint(COLOURS, COLOURS + OTHERS, (batch, n), generator=generator)
    places = torch.rand(batch, n, generator=generator).argsort(dim=1)[:, :2]
    colours = torch.rand(batch, COLOURS, generator=generator).argsort(dim=1)[:, :2]
    return words.scatter(1, places, colours).to(device), places.to(device)
