"""Models that were trained before they were shipped: NN_name.py makes NN_name.npz (weights) and NN_name.json (facts).

Weights are stored in half precision, without pickle, and measured after that. Nobody needs to run these scripts to
take the course; each may be run again, as ``python -m utils.recipes.NN_name``.
"""

import json
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def save(name, model, facts, *, folder=HERE):
    """Write a model's weights and what is known about it."""
    arrays = {key: value.detach().cpu().numpy().astype(np.float16) for key, value in model.state_dict().items()}
    np.savez_compressed(folder / f"{name}.npz", **arrays)
    text = json.dumps({"settings": model.settings} | facts, indent=1) + "\n"
    (folder / f"{name}.json").write_text(text, encoding="utf-8")


def facts(name, *, folder=HERE):
    """Return what is known about a shipped model: settings, seed, seconds, date, held-out figures."""
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def load(name, make, *, folder=HERE):
    """Return a shipped model, ready to be used.

    make: make(**settings) -> the model without these weights, such as Speller
    """
    import torch

    model = make(**facts(name, folder=folder)["settings"])
    with np.load(folder / f"{name}.npz", allow_pickle=False) as arrays:
        model.load_state_dict({key: torch.from_numpy(arrays[key].astype(np.float32)) for key in arrays.files})
    return model.eval()
