"""Ten seeds of what chapter 12 trains once: python -m utils.chapters.ch12_reading_alpha.recipes.reading writes reading.json beside itself.

One or four heads in each of two layers that learn to look up; pooled classifiers; the spellers of chapter 06, which
have one seed each. Four minutes of one thread.
"""

import time

import torch

from utils import recipes
from utils.chapters.ch06_alignments import spelling
from utils.chapters.ch12_reading_alpha import faithfulness, induction, syllables
from utils.chapters.ch12_reading_alpha.reading_alpha import shuffled
from utils.seeds import seeded
from utils.training import steps_to

SEEDS = range(10)
LENGTHS, GAPS = (4, 8, 12, 16, 20, 24, 28), (0, 2, 4, 6, 8)


def lookers(n_heads, seed):
    """Train one model of two layers, and ask it all questions of the chapter."""
    model = induction.make(n_heads, seed=seed)
    history = induction.teach(model, seed=seed, show=False)
    right = lambda *removed: round(induction.accuracy(model, change=induction.without(*removed)), 3)  # noqa: E731
    both = [[(layer, head) for head in range(n_heads)] for layer in range(2)]
    return {
        "right": right(),
        "steps_to_0.95": steps_to(history, 0.95),
        "without_one": [[right(head) for head in heads] for heads in both],
        "without_all": [right(*heads) for heads in both],
        "shuffled": round(induction.accuracy(model, change=induction.shuffle_second()), 3),
        "by_length": [round(induction.accuracy(model, n), 3) for n in LENGTHS],
        "by_gap": [round(induction.accuracy(model, gap=gap), 3) for gap in GAPS],
        **induction.scores(model),
    }


def classifier(seed):
    """Train one pooled classifier, shuffle its α, and compare α with gradients and with leaving letters out."""
    model = syllables.make(seed)
    syllables.teach(model, seed=seed, show=False)
    generator, x = seeded(0), syllables.test_words()[9][0][:300]
    looks, slopes, left = (
        faithfulness.weights(model, x),
        faithfulness.gradients(model, x),
        faithfulness.left_out(model, x),
    )
    return {
        "right": syllables.accuracy(model),
        "shuffled": syllables.accuracy(model, lambda weights: shuffled(weights, generator)),
        "uniform": syllables.accuracy(model, lambda weights: torch.full_like(weights, 1 / weights.shape[1])),
        "α and gradient": faithfulness.agreement(looks, slopes),
        "α and left out": faithfulness.agreement(looks, left),
        "gradient and left out": faithfulness.agreement(slopes, left),
    }


def speller(name):
    """Shuffle α of one speller of chapter 06."""
    model, generator = spelling.shipped(name), seeded(0)
    return {
        "right": faithfulness.speller_right(model, most=1000),
        "shuffled": faithfulness.speller_right(model, lambda weights: shuffled(weights, generator), most=1000),
        "uniform": faithfulness.speller_right(
            model, lambda weights: torch.full_like(weights, 1 / weights.shape[-1]), most=1000
        ),
    }


def main():
    """Train, measure and write."""
    torch.set_num_threads(1)
    began = time.process_time()
    results = {
        "one head": [lookers(1, seed) for seed in SEEDS],
        "four heads": [lookers(4, seed) for seed in SEEDS],
        "classifier": [classifier(seed) for seed in SEEDS],
        "speller": {name: speller(f"attention_{name}") for name in ("short", "middle", "long")},
    }
    settings = {"lengths": LENGTHS, "gaps": GAPS, "steps": [200, 400]}
    told = recipes.provenance(__spec__.name, seeds=SEEDS, cpu_seconds=time.process_time() - began)
    recipes.keep("12_reading", settings, results, told)


if __name__ == "__main__":
    main()
