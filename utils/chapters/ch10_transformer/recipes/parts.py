"""What does each part of a block do? Small GPTs with one part changed; writes parts.json.

    python -m utils.chapters.ch10_transformer.recipes.parts

Every block gets the same search: three learning rates, chosen by the bits on the validation topics, then three test
seeds. What is kept is the bits per character on the held-out topics.
"""

import time
from functools import partial

import torch

from utils import recipes
from utils.chapters.ch10_transformer.language import next_token_loss, surprise
from utils.data import topics
from utils.models.block import BLOCKS
from utils.models.gpt import GPT
from utils.training import cosine, search, train

SIZES = {"context": 32, "d_model": 48, "n_heads": 4, "n_layers": 4, "positions": "rotary"}
STEPS, RATES, TESTS = 300, (2e-3, 6e-3, 2e-2), (1, 2, 3)
VARIANTS = {
    "today": BLOCKS["today"],
    "2017": BLOCKS["2017"],
    "2017, norm before": BLOCKS["2017"] | {"place": "before"},
    "today, no norm": BLOCKS["today"] | {"norm": "none"},
    "today, no residual": BLOCKS["today"] | {"residual": False},
}


def main():
    """Search and test every variant."""
    torch.set_num_threads(1)
    texts = (topics.train_text, topics.validation_text, topics.held_out_text)
    learnt, checked, tested = (topics.encode(text()) for text in texts)
    models, began = {}, time.process_time()

    def run(name, seed, lr):
        model = models[name, seed] = GPT(topics.VOCAB_SIZE, **SIZES, block=VARIANTS[name], seed=seed)
        history = train(
            model,
            next_token_loss(learnt, model.context),
            steps=STEPS,
            lr=lr,
            seed=seed,
            schedule=cosine,
            optimizer=partial(torch.optim.AdamW, weight_decay=0.1, betas=(0.9, 0.95)),
            evaluate=lambda model: -float(surprise(model, checked, stride=32).mean()),
            every=STEPS,
            show=False,
        )
        print(
            name, seed, lr, history, round(-history.metric()[-1], 3), f"{time.process_time() - began:.0f} s", flush=True
        )
        return history

    score = lambda history: history.metric()[-1] if history.status == "finished" else -99  # noqa: E731
    found = search({name: {"lr": list(RATES)} for name in VARIANTS}, run, tests=TESTS, score=score)
    table = {}
    for name, each in found.items():
        bits = [round(float(surprise(models[name, seed], tested, stride=16).mean()), 3) for seed in TESTS]
        tried = {f"{setting['lr']:g}": round(-history.metric()[-1], 3) for setting, history in each.trials}
        table[name] = {"block": VARIANTS[name], "lr": each.setting["lr"], "tried": tried, "bits": bits}
        print(name, table[name], flush=True)
    settings = SIZES | {"steps": STEPS, "batch": 16, "rates": RATES, "validation seed": 0, "test seeds": TESTS}
    told = recipes.provenance(__spec__.name, seeds=[0, *TESTS], cpu_seconds=time.process_time() - began)
    recipes.keep("10_parts", settings, {"blocks": table}, told)


if __name__ == "__main__":
    main()
