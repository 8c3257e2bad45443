"""Two tasks on graphs: who has a red friend, and which value goes with my key. Drawn anew for every row."""

from utils.attention.inputs import check_whole


def red_friend(n, batch, generator, *, friends=1.5):
    """Draw graphs of n nodes, some of them red; each node is asked whether a friend of it is red.

    n: nodes, 3 or more       batch: graphs, B        generator: torch.Generator on the CPU
    friends: how many each node has, on average
    Returns (red, mask, y)
        red    (B, n)       1 for a red node, which half of the nodes are on average, 0 for a blue one
        mask   (B, n, n)    who is a friend of whom; nobody is a friend of themselves
        y      (B, n)       1 where a friend is red
    Raises ValueError for sizes that make no sense.

    >>> import torch
    >>> red, mask, y = red_friend(6, 2, torch.Generator().manual_seed(0))
    >>> bool((y == ((mask * red[:, None]).sum(-1) > 0)).all())
    True
    """
    import torch

    check_whole(n=n, batch=batch)
    if n < 3:
        raise ValueError(f"n is {n}: there must be at least 3 nodes")
    red = torch.randint(2, (batch, n), generator=generator)
    above = (torch.rand(batch, n, n, generator=generator) < friends / (n - 1)).triu(1)
    mask = above | above.mT
    return red, mask, ((mask & (red[:, None] == 1)).any(-1)).long()


def find_value(n, batch, generator):
    """Draw n askers and n keys with values; each asker wants the value of the key that has its letter.

    n: askers, keys, and values   batch: rows, B          generator: torch.Generator on the CPU
    Returns (x, y)
        x   (B, 2n, 2n + 1)   first the askers, then the keys: a 1 at the letter, and a 1 at the value, which for an
                              asker is a blank, the last place
        y   (B, n)            the value that each asker wants, 0 … n - 1; no value comes twice in a row
    Source: Brody, Alon and Yahav 2022, "How attentive are graph attention networks?", section 4.1.

    >>> import torch
    >>> x, y = find_value(3, 2, torch.Generator().manual_seed(0))
    >>> tuple(x.shape), x[0, 0].tolist(), bool((x[:, 3:, 3:6].argmax(-1) == y).all())
    ((2, 6, 7), [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0], True)
    """
    import torch

    check_whole(n=n, batch=batch)
    y = torch.rand(batch, n, generator=generator).argsort(-1)  # a random order of the values in each row
    x = torch.zeros(batch, 2 * n, 2 * n + 1)
    x[:, :, :n] = torch.eye(n).repeat(2, 1)
    x[:, :n, -1] = 1
    x[:, n:, n:-1] = torch.eye(n)[y]
    return x, y
