"""Numbers for symbols, and pairs of rows to learn from: what a machine reads, what it should say."""

import torch

PAD, START, STOP = 0, 1, 2  # nothing; before the first; after the last


class Symbols:
    """Numbers for symbols, from 3 on.

    >>> letters = Symbols("abc")
    >>> letters.encode("cab"), letters.decode([5, 3, 2, 4]), len(letters)
    ([5, 3, 4], ('c', 'a'), 6)
    """

    def __init__(self, symbols):
        self.symbols = tuple(symbols)
        self.number = {symbol: 3 + i for i, symbol in enumerate(self.symbols)}

    def __len__(self):
        return 3 + len(self.symbols)

    def encode(self, row):
        """Return the numbers of a row of symbols; Raises ValueError for one that is unknown."""
        if unknown := [symbol for symbol in row if symbol not in self.number]:
            raise ValueError(f"{unknown[0]!r} is none of the {len(self.symbols)} symbols")
        return [self.number[symbol] for symbol in row]

    def decode(self, numbers):
        """Return the symbols before the first STOP."""
        numbers = [int(number) for number in numbers]
        stop = numbers.index(STOP) if STOP in numbers else len(numbers)
        return tuple(self.symbols[number - 3] for number in numbers[:stop] if number > STOP)


def padded(rows):
    """Return rows of numbers as one tensor, PAD after the end of the shorter   (B, longest).

    >>> padded([[3, 4], [5]])
    tensor([[3, 4],
            [5, 0]])
    """
    longest = max(map(len, rows), default=0)
    return torch.tensor([[*row, *[PAD] * (longest - len(row))] for row in rows], dtype=torch.int64)


class Pairs:
    """Pairs (read, say), kept by length: a batch holds rows of one length on both sides, so nothing is padding."""

    def __init__(self, sources, targets, symbols_in, symbols_out):
        """Put pairs into groups. sources, targets: rows of symbols of the same number."""
        groups = {}
        for source, target in zip(sources, targets, strict=True):
            x, y = symbols_in.encode(source), [*symbols_out.encode(target), STOP]
            groups.setdefault((len(x), len(y)), []).append((x, y))
        self.groups = [tuple(torch.tensor(side) for side in zip(*pairs, strict=True)) for pairs in groups.values()]
        self.sizes = torch.tensor([len(x) for x, _ in self.groups])

    def draw(self, size, generator):
        """Draw a batch from one group, a group as often as it has pairs   -> x (size, n_k), y (size, n_q)."""
        x, y = self.groups[torch.multinomial(self.sizes.double(), 1, generator=generator)]
        rows = torch.randint(len(x), (size,), generator=generator)
        return x[rows], y[rows]

    def rounds(self, size, generator):
        """Give every pair once in each round, for ever, in batches of at most ``size`` in random order."""
        while True:
            batches = []
            for x, y in self.groups:
                parts = torch.randperm(len(x), generator=generator).split(size)
                batches += [(x, y, rows) for rows in parts]
            for i in torch.randperm(len(batches), generator=generator).tolist():
                x, y, rows = batches[i]
                yield x[rows], y[rows]
