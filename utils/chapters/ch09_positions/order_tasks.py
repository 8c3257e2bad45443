"""Two tasks that need order: which symbol stood a few places back, and where do I stand?

Random numbers come from a generator on the CPU and are then moved: CPU and GPU see the same task.
"""

from utils.seeds import check_generator, seeded
from utils.validation import check_whole

NOT_ASKED = -100  # torch's losses leave such an answer out


def symbol_back(n, batch, generator, *, back=2, symbols=8, device=None):
    """Draw rows of symbols; at every place the answer is the symbol that stood ``back`` places before.

    n: length of a row, more than back   batch: rows, B
    generator: torch.Generator on the CPU
    symbols: how many there are          device: where the answer goes   (the CPU if left out)

    Returns (x, y), both int64   (B, n): symbols 0 … symbols - 1, all drawn independently and equally often; at the
        first places, before which nothing stands so far back, y is NOT_ASKED. Chance is 1 / symbols.
    Raises ValueError for sizes that make no sense and for a generator that is not on the CPU.

    >>> import torch
    >>> x, y = symbol_back(5, 1, torch.Generator().manual_seed(0), back=2)
    >>> bool((y[:, 2:] == x[:, :-2]).all()), y[0, :2].tolist()
    (True, [-100, -100])
    """
    import torch

    check_generator(generator)
    check_whole(back=back, batch=batch)
    check_whole(least=2, symbols=symbols)
    check_whole(least=back + 1, n=n)
    x = torch.randint(symbols, (batch, n), generator=generator)
    y = torch.cat([torch.full((batch, back), NOT_ASKED), x[:, :-back]], dim=1)
    return x.to(device), y.to(device)


def own_place(n, batch, generator, *, symbols=8, device=None):
    """Draw a start symbol and then a row of others; at every place the answer is the number of that place.

    n: length of a row, at least 2       batch: rows, B
    generator: torch.Generator on the CPU
    symbols: how many there are without the start, which is the symbol 0
    device: where the answer goes        (the CPU if left out)

    Returns (x, y), both int64   (B, n): x is 0 at the start, then 1 … symbols; y is 0 … n - 1. Chance is 1 / n.
    Raises ValueError for sizes that make no sense and for a generator that is not on the CPU.

    >>> import torch
    >>> x, y = own_place(4, 1, torch.Generator().manual_seed(0))
    >>> x[0, 0].item(), y.tolist()
    (0, [[0, 1, 2, 3]])
    """
    import torch

    check_generator(generator)
    check_whole(batch=batch, symbols=symbols)
    check_whole(least=2, n=n)
    x = torch.randint(1, symbols + 1, (batch, n), generator=generator)
    x[:, 0] = 0
    return x.to(device), torch.arange(n).expand(batch, n).to(device)


def loss_back(back, n, batch=64):
    """Return loss(model, generator) for ``train``: the mean surprise of a model's answers to ``symbol_back``."""
    from torch.nn.functional import cross_entropy

    def loss(model, generator):
        x, y = symbol_back(n, batch, generator, back=back, device=next(model.parameters()).device)
        return cross_entropy(model(x).flatten(0, 1), y.flatten(), ignore_index=NOT_ASKED)

    return loss


def accuracy_back(back, n, *, rows=400, seed=99):
    """Return accuracy(model): how often it is right in the second half of rows of n, or None if it has no such places.

    Only the second half counts: there a model stands on ground that shorter rows do not have.
    """
    import torch

    def accuracy(model):
        if model.places is not None and n > model.places:
            return None
        x, y = symbol_back(n, rows, seeded(seed), back=back, device=next(model.parameters()).device)
        with torch.no_grad():
            hits = model(x).argmax(-1) == y
        return hits[:, n // 2 :].double().mean().item()

    return accuracy


def loss_place(n, batch=32):
    """Return loss(model, generator) for ``train``: the mean surprise of a model's answers to ``own_place``."""
    from torch.nn.functional import cross_entropy

    def loss(model, generator):
        x, y = own_place(n, batch, generator, device=next(model.parameters()).device)
        return cross_entropy(model(x).flatten(0, 1), y.flatten())

    return loss


def accuracy_place(n, *, rows=400, seed=99):
    """Return accuracy(model): how often it names its own place."""
    import torch

    def accuracy(model):
        x, y = own_place(n, rows, seeded(seed), device=next(model.parameters()).device)
        with torch.no_grad():
            return (model(x).argmax(-1) == y).double().mean().item()

    return accuracy
