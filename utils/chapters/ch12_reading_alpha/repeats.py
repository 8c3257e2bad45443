"""A row that says everything twice: what comes next can be looked up in what came before."""

from utils.validation import check_whole


def repeated(n, batch, generator, *, gap=0, symbols=32, device=None):
    """Draw rows of n symbols, then ``gap`` others, then the same n symbols again.

    n: symbols that come twice, at least 2       batch: rows, B
    generator: torch.Generator on the CPU
    gap: symbols between the two copies, all different from the others
    symbols: how many there are, n + gap or more        device: where the rows go   (the CPU if left out)

    Returns x, int64   (B, 2 n + gap); no symbol comes more than twice. The second copy begins at place n + gap: from
        there on, but for the last place, the symbol to come is known. Chance is 1 / symbols, or about 1 / n for a
        model that knows which symbols the row holds but not their order.
    Raises ValueError for sizes that make no sense.
    Source: Olsson et al. 2022, "In-context learning and induction heads", the test on repeated random tokens.

    >>> import torch
    >>> x = repeated(3, 2, torch.Generator().manual_seed(0), gap=1)
    >>> tuple(x.shape), bool((x[:, :3] == x[:, 4:]).all())
    ((2, 7), True)
    """
    import torch

    check_whole(batch=batch)
    check_whole(least=2, n=n)
    check_whole(least=0, gap=gap, symbols=symbols)
    if n + gap > symbols:
        raise ValueError(f"n + gap is {n + gap}: there are only {symbols} different symbols")
    drawn = torch.rand(batch, symbols, generator=generator).argsort(dim=1)[:, : n + gap]
    return torch.cat([drawn, drawn[:, :n]], dim=1).to(device)
