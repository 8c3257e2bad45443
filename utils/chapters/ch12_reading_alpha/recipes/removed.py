"""Hide each product atom of forty reactions in turn; RXNMapper's model guesses it: whole, and without each head.

python -m utils.chapters.ch12_reading_alpha.recipes.removed      a minute or two
"""

import time

import torch

from utils import recipes
from utils.chapters.ch12_reading_alpha.chemistry import rxnmapper
from utils.chapters.ch12_reading_alpha.chemistry.reactions import reactions

LETTERS = ("C", "c")  # the tokens that guessing always would get right most often


def hits(net):
    """Return (right, hidden, right, hidden): of all hidden product atoms, then of those that are no plain carbon."""
    right = [0, 0]
    hidden = [0, 0]
    for reaction in reactions():
        places, whole = torch.as_tensor(reaction.product.places), rxnmapper.encode(reaction.tokens)
        rows = whole.repeat(len(places), 1)
        each = torch.arange(len(places))
        rows[each, places] = rxnmapper.vocabulary()["[MASK]"]
        with torch.no_grad():
            guessed = net.guess(net(rows)[0])[each, places].argmax(-1)
        ok = guessed == whole[0, places]
        rare = torch.tensor([reaction.tokens[place] not in LETTERS for place in places.tolist()])
        for i, some in enumerate((torch.ones_like(rare), rare)):
            right[i] += int(ok[some].sum())
            hidden[i] += int(some.sum())
    return right[0], hidden[0], right[1], hidden[1]


def main():
    """Count for nine models and write it."""
    torch.set_num_threads(1)
    began, found = time.process_time(), {}
    for name, net in {"whole": rxnmapper.model(), **{str(h + 1): rxnmapper.without(h) for h in range(8)}}.items():
        right, hidden, right_rare, hidden_rare = hits(net)
        found[name] = {"right": right, "hidden": hidden, "right_rare": right_rare, "hidden_rare": hidden_rare}
        print(name, found[name], flush=True)
    settings = {"heads": "counted from 1, each removed from all twelve layers"}
    told = recipes.provenance(__spec__.name, seeds=[], cpu_seconds=time.process_time() - began)
    recipes.keep("12_removed", settings, {"found": found}, told)


if __name__ == "__main__":
    main()
