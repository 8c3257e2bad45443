"""Five readers of digits on three splits: python -m utils.chapters.ch13_images_and_graphs.recipes.digits writes digits.json beside itself.

For each split every reader has four settings tried on a fifth of what is there to learn from, learns again from all of
it with the best, and is tested once: on images as they are, pushed one pixel to the right, and (learnt anew) scrambled.
"""

import time

import numpy as np
import torch

from utils.chapters.ch13_images_and_graphs import digit_race as race
from utils.chapters.ch13_images_and_graphs.patches import patchify, push, scramble
from utils.chapters.ch13_images_and_graphs.rollout import rollout
from utils.recipes import keep, provenance

SPLITS, LOOKED_AT = (1, 2, 3), 150


def choose(name, images, digits, seed):
    """Return the best of four settings, and how each did on the last fifth of the images to learn from."""
    cut = len(images) * 4 // 5
    tried = []
    for setting in race.settings(name):
        read = race.MAKERS[name](images[:cut], digits[:cut], seed=seed, **setting)
        tried.append(setting | {"accuracy": round(race.accuracy(read, images[cut:], digits[cut:]), 4)})
    best = max(range(len(tried)), key=lambda place: tried[place]["accuracy"])
    return race.settings(name)[best], tried


def run(name, seed):
    """Return what one reader reached on one split, and the reader."""
    (known, digits), (asked, right) = race.known_and_tested(seed)
    setting, tried = choose(name, known, digits, seed)
    began = time.process_time()
    read = race.MAKERS[name](known, digits, seed=seed, **setting)
    seconds = time.process_time() - began
    (mixed, _), (asked_mixed, _) = race.known_and_tested(seed, lambda images: scramble(images, 0))
    found = {
        "split": seed,
        "setting": setting,
        "accuracy": round(race.accuracy(read, asked, right), 4),
        "pushed": round(race.accuracy(read, push(asked), right), 4),
        "scrambled": round(
            race.accuracy(race.MAKERS[name](mixed, digits, seed=seed, **setting), asked_mixed, right), 4
        ),
        "seconds to learn": round(seconds, 2),
        "tried": tried,
    }
    return found, read


@torch.no_grad()
def faith(model, images, typical):
    """Return how the ranks of patches agree with what changes when a patch is replaced by the typical one.

    Asked of: rollout, the last layer's α, and how far the patch is from the typical one (no attention at all).
    """
    images, typical = torch.tensor(images), torch.tensor(typical)
    scores, weights = model.run(images)
    said = scores.argmax(-1)
    agreement = {"rollout": [], "last layer": [], "unlike the typical patch": []}
    for image, digit, alpha, score in zip(images, said, weights.numpy(), scores, strict=True):
        changed = torch.stack([_with_typical(image, typical, place) for place in range(16)])
        effect = (model(changed)[:, digit] - score[digit]).abs().numpy()
        far = (patchify(image[None], 2) - patchify(typical[None], 2))[0].abs().sum(-1).numpy()
        asked = rollout(alpha).mean(0), alpha[-1].mean(axis=(0, 1)), far
        for name, numbers in zip(agreement, asked, strict=True):
            agreement[name].append(_rank_correlation(numbers, effect))
    return {name: round(np.mean(each).item(), 3) for name, each in agreement.items()}


def _with_typical(image, typical, place):
    i, j = divmod(place, 4)
    changed = image.clone()
    changed[2 * i : 2 * i + 2, 2 * j : 2 * j + 2] = typical[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
    return changed


def _rank_correlation(one, other):
    ranks = [np.argsort(np.argsort(each)) for each in (one, other)]
    return np.corrcoef(*ranks)[0, 1]


def main():
    """Measure and write."""
    torch.set_num_threads(1)
    began, found, agreement = time.process_time(), {}, []
    for name in race.MAKERS:
        found[name] = []
        for seed in SPLITS:
            result, read = run(name, seed)
            found[name].append(result)
            print(name, result, flush=True)
            if name == "patches and attention":
                (known, _), (asked, _) = race.known_and_tested(seed)
                agreement.append(faith(read.model, asked[:LOOKED_AT], known.mean(0)))
                print(agreement[-1], flush=True)
    settings = {"splits": SPLITS, "learn from": 1347, "test": 450, "steps": race.STEPS, "batch": race.BATCH}
    results = {"readers": found, "rank correlation": {"images": LOOKED_AT, "of splits": agreement}}
    told = provenance(__spec__.name, seeds=SPLITS, cpu_seconds=time.process_time() - began)
    keep("13_digits", settings, results, told)


if __name__ == "__main__":
    main()
