"""A window on layer 2 while it learns: an α view, and what moves it. ``induction`` itself loads no widget."""

import torch

from utils import widgets
from utils.chapters.ch12_reading_alpha.induction import names


def window(model, row):
    """Return an α view of head 0 in layer 2, and the function that lets it show other weights of the same row.

    row: tokens   (1, T)
    The function takes α of both layers, (2, T, T), as ``induction.teach(watch=…)`` gives it.
    """
    labels = names(row[0].tolist())
    shown = {"queries": labels, "mask": "causal", "title": "layer 2, as it is now", "row": len(labels) - 1}
    with torch.no_grad():
        view = widgets.alpha(weights=model(row)[1][0, 1, 0], **shown)

    def follow(looks):
        view.data = widgets.pack(weights=looks[1], **shown)

    return view, follow
