"""A task for one head: in a sentence with two colours, each colour word must find the other one."""

from utils.seeds import check_generator
from utils.validation import check_whole

VOCABULARY = ["red", "orange", "yellow", "green", "blue", "purple"]
COLOURS = len(VOCABULARY)  # words 0 … 5 are colours, 6 … 15 all the others
VOCABULARY += ["the", "a", "bird", "fox", "cat", "dog", "chased", "saw", "met", "and"]


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

    check_generator(generator)
    check_whole(batch=batch)
    check_whole(least=2, n=n)
    words = torch.randint(COLOURS, len(VOCABULARY), (batch, n), generator=generator)
    places = torch.rand(batch, n, generator=generator).argsort(dim=1)[:, :2]
    colours = torch.rand(batch, COLOURS, generator=generator).argsort(dim=1)[:, :2]
    return words.scatter(1, places, colours).to(device), places.to(device)
