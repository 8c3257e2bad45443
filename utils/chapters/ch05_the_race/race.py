"""The race of chapter 05: six entrants, two tasks, and the same terms for all.

Each entrant is as wide as its share of parameters allows, learns from the same batches, in the same number of steps,
and is asked the same held-out rows. ``utils.chapters.ch05_the_race.recipes.race`` runs the whole grid; a chapter runs a part of it.
"""

import torch

from utils.conversion import as_numpy
from utils.data.recall import associative_recall, first_symbol
from utils.models.memory import AttentionRead, Mean, Recurrent, start_chrono, start_orthogonal
from utils.recurrent.gradients import gradient_by_place
from utils.seeds import seeded
from utils.training import train
from utils.validation import check_choice

PARAMETERS = 6000  # of each entrant, without its vectors for places
GOAL = 0.97
TASKS = ("first symbol", "associative recall")
SEARCHED = {  # task: {length: the length at which its learning rate was chosen}
    "first symbol": {5: 20, 10: 20, 20: 20, 50: 50, 100: 100, 200: 100},
    "associative recall": {5: 5, 10: 10, 20: 20},
}
ENTRANTS = {
    "mean": (Mean, {}),
    "RNN": (Recurrent, {"machine": "rnn"}),
    "RNN, orthogonal": (Recurrent, {"machine": "rnn", "start": lambda length: start_orthogonal}),
    "GRU": (Recurrent, {"machine": "gru", "start": start_chrono}),
    "LSTM": (Recurrent, {"machine": "lstm", "start": start_chrono}),
    "attention read": (AttentionRead, {}),
}


def draw(task, n, batch, generator):
    """Draw a batch of a task, its symbols as numbers: one 1 for each symbol, all else 0.

    task: one of TASKS
    n: symbols in a row, or pairs
    batch, generator: as in utils.data.recall

    Returns x (B, T, d_in) and y (B,); T is n, and for pairs n + 1, because the last item asks
    Raises ValueError for a task that is not there, and for sizes that make no sense.

    >>> x, y = draw("associative recall", 5, 2, seeded(0))
    >>> tuple(x.shape), x[0].sum(-1).tolist()  # a key and a value, five times; a key and a blank
    ((2, 6, 33), [2.0, 2.0, 2.0, 2.0, 2.0, 2.0])
    """
    d_key, d_value, _ = _sizes(task, n)
    if task == TASKS[0]:
        x, y = first_symbol(n, batch, generator, symbols=d_value)
        return torch.eye(d_value)[x], y
    x, y = associative_recall(n, batch, generator, keys=d_key, values=d_key)
    return torch.cat([torch.eye(d_key)[x[..., 0]], torch.eye(d_value)[x[..., 1]]], -1), y


def enter(name, task, n, *, seed=0, width=None):
    """Make an entrant with the weights of a seed.

    name: one of ENTRANTS
    width: its hidden size   (the one that comes nearest to PARAMETERS if left out)

    Raises ValueError for names that are not there.
    """
    check_choice(ENTRANTS, name=name)
    d_key, d_value, n_out = _sizes(task, n)
    kind, options = ENTRANTS[name]
    width = fitting_width(name, d_key + d_value, n_out) if width is None else width
    if kind is Recurrent:
        start = options.get("start")
        start = start and start(n + (task != TASKS[0]))
        return Recurrent(options["machine"], d_key + d_value, width, n_out, start=start, seed=seed)
    return kind(d_key + d_value, width, n_out, places=n if task == TASKS[0] else None, seed=seed)


def fitting_width(name, d_in, n_out, *, parameters=PARAMETERS):
    """Return the hidden size with which an entrant comes nearest to a number of parameters, place vectors aside.

    Exercise 5.2 asks for the largest that stays below it (``fairness.fair_width``): here, one unit more may come nearer.

    Raises ValueError for names that are not there.

    >>> fitting_width("RNN", 8, 8), fitting_width("LSTM", 8, 8)  # four gates share what one matrix has
    (69, 33)
    """
    check_choice(ENTRANTS, name=name)
    kind, options = ENTRANTS[name]
    size = (options["machine"], d_in) if kind is Recurrent else (d_in,)
    with torch.device("meta"):  # shapes without numbers: enough to count
        return min(range(4, 128), key=lambda width: abs(count(kind(*size, width, n_out)) - parameters))


def count(model):
    """Return how many numbers a model learns.

    >>> count(torch.nn.Linear(3, 2))  # a matrix and a bias
    8
    """
    return sum(each.numel() for each in model.parameters())


def run(name, task, n, seed, *, lr, steps, batch=32, every=20, model=None, **options):
    """Let one entrant learn until it is right on 97 % of the held-out rows, or until its steps are used up.

    Returns (model, History); options go to ``train``
    """
    model = model or enter(name, task, n, seed=seed)
    held_out = draw(task, n, 256, seeded(10_000 + seed))

    def loss(model, generator):
        x, y = draw(task, n, batch, generator)
        return torch.nn.functional.cross_entropy(model(x), y)

    def accuracy(model):
        x, y = held_out
        return (model(x).argmax(-1) == y).float().mean()

    options = {"lr": lr, "steps": steps, "every": every, "until": GOAL, "name": name, **options}
    return model, train(model, loss, evaluate=accuracy, seed=seed, **options)


def look(model, x, y):
    """Return how much each item of one row counts at its end, as shares that sum to one   (T,), NumPy.

    x, y: one row and its answer, tensors   (1, T, d_in), (1,)
    Where the model has weights these are its α. A machine with a memory has none: what is returned is then how much
    the error would move if the item moved a little, a sensitivity and no weight; never draw the two as the same.
    """
    if hasattr(model, "weights"):
        return as_numpy(model.weights(x)[0, 0])
    sizes = gradient_by_place(model, x, y)
    return sizes / max(sizes.sum(), 1e-300)


def _sizes(task, n):
    """Return how many numbers say the key, how many the value, and how many answers there are."""
    check_choice(TASKS, task=task)
    different = max(
        16, 2 * n
    )  # were all of them in every row, knowing who came would tell nothing, and none could start
    return (0, 8, 8) if task == TASKS[0] else (different, different + 1, different)
