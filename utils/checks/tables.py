"""How a check reads a mask: a table of True and False, compared with the right one and with its classic mistakes."""

import numpy as np

from utils.checks.reading import need
from utils.conversion import as_numpy


def as_mask(value, name="the mask"):
    """Return the learner's mask as a boolean array, or say why it is none."""
    try:
        mask = as_numpy(value)
    except ValueError:
        need(False, f"{name} should be a table whose rows are all equally long")
    whole = mask.dtype.kind in "iuf"
    added = whole and np.isneginf(mask).any() if mask.dtype.kind == "f" else False
    need(not added, f"{name} is to be added to the scores; asked for is a boolean one, True = may look")
    need(not whole, f"{name} holds numbers; True and False are asked for, which a comparison gives")
    need(mask.dtype.kind == "b", f"{name} should be made of True and False")
    return mask


def equal_masks(mask, want, mistakes, otherwise):
    """Pass if two boolean tables are equal, else raise the sentence of the mistake it equals."""
    if mask.shape == want.shape and (mask == want).all():
        return
    for sentence, wrong in mistakes.items():
        same = wrong.shape == mask.shape and (mask == wrong).all()
        need(not same or (wrong.shape == want.shape and (wrong == want).all()), sentence)
    shape = f"the mask should be of shape {want.shape}; yours is {mask.shape}"
    need(mask.shape == want.shape, shape)
    need(False, otherwise)
