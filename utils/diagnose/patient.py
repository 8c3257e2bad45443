"""The function under examination: how it is called, in which library, with which shapes, and how its answer is read."""

import copy
import inspect
import sys
from dataclasses import dataclass

import numpy as np

from utils.conversion import as_numpy
from utils.diagnose.hints import HINTS, OTHER

CONVENTIONS = ("may look", "forbidden", "added")
NO_MASK = ("scale", "softcap", "dropout", "dropout_p", "causal", "is_causal", "n_heads", "heads")


class Failed(Exception):
    """The function raised something, or returned what is no answer."""


class Skipped(Exception):
    """A probe that cannot be put to this function."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: what it is called, how it shows in numbers, and where to look."""

    name: str
    evidence: str

    @property
    def hint(self):
        """Return the sentence that says where to look."""
        return HINTS.get(self.name, OTHER)


@dataclass
class Answer:
    """What came back, as arrays of 64-bit floats; weights is None where none were returned."""

    out: np.ndarray
    weights: np.ndarray | None
    raw: object  # out, as it was returned


class Patient:
    """Calls the function on copies, and remembers what the probes learn about it."""

    def __init__(self, attend, *, mask, causal, step):
        self.attend, self.convention, self.causal, self.step = attend, mask, causal, step
        self.library, self.ranks, self.sizes = None, {}, None  # ranks: number of axes -> why not, or None
        self.torch = self.mask_holds = self.hopeless = False  # hopeless: nothing more can be learnt from it
        self.causal_scale = None  # the same of one that is causal by itself: of its last row
        self.scale = None  # the scale found in its weights, where these are a softmax over the keys
        self.takes_mask = callable(attend) and _takes_mask(attend)

    def ask(self, q, k, v, allowed=None, *, dtype="float64", library=None):
        """Return the Answer to arrays q, k and v; ``allowed`` is a mask in which True = may look."""
        library = library or self.library
        wanted = (*q.shape[:-1], v.shape[-1])
        arrays = [made_in(library, x, dtype) for x in (q, k, v)]
        if allowed is None:
            return self._read(self._call(*arrays), wanted, k.shape[-2])
        masks = [allowed, np.broadcast_to(allowed, (*q.shape[:-1], k.shape[-2]))]
        for number, mask in enumerate(masks):  # some take (n_q, n_k) only, some want every axis
            try:
                return self._read(self._call(*arrays, self.mask_array(library, mask, dtype)), wanted, k.shape[-2])
            except Failed:
                if number or allowed.shape == masks[1].shape:
                    raise
        return None

    def alpha(self, q, k, allowed=None, **how):
        """Return the weights that the answers are made with   (..., n_q, n_k): the values are the identity."""
        n_k = k.shape[-2]
        return self.ask(q, k, np.broadcast_to(np.eye(n_k), (*k.shape[:-1], n_k)).copy(), allowed, **how).out

    def need_mask(self):
        """Skip the probe unless the function takes a mask."""
        if not self.takes_mask:
            raise Skipped("it takes no mask")

    def need_scale(self):
        """Skip the probe unless the weights without a mask are a softmax over the keys."""
        if self.scale is None:
            raise Skipped("its weights should be mended first")

    def mask_array(self, library, allowed, dtype):
        if self.convention == "added":
            return made_in(library, np.where(allowed, 0.0, -np.inf), dtype)
        flags = np.array(allowed if self.convention == "may look" else ~allowed)
        return made_in(library, flags, "bool")

    def _call(self, *args):
        given = copy.deepcopy(args)
        try:
            return self.attend(*given)
        except (KeyboardInterrupt, TimeoutError):
            raise
        except BaseException as error:
            line = (str(error).strip() or "no message").splitlines()[0]
            if any(word in line for word in ("broadcast", "matmul", "aligned", "mat1")):  # every version says it anew
                line = "shapes that do not fit each other"
            line = line if len(line) <= 90 else f"{line[:90]} …"
            raise Failed(f"it raised {type(error).__name__}: {line}") from None

    def _read(self, result, wanted, n_k):
        pair = isinstance(result, tuple) and len(result) == 2
        raw, weights = result if pair else (result, None)
        out, weights = floats(raw), floats(weights) if pair else None
        if out is None:
            raise Failed(f"it returned {'None' if raw is None else f'a {type(raw).__name__}'}, not an array of numbers")
        if out.shape != wanted:
            raise Failed(f"it returned shape {out.shape}; the answers should have {wanted}")
        if weights is not None and weights.shape != (*wanted[:-1], n_k):
            weights = None
        return Answer(out, weights, raw)


def _takes_mask(attend):
    try:
        parameters = list(inspect.signature(attend).parameters.values())
    except (TypeError, ValueError):  # written in C: as torch's own, whose fourth argument is the mask
        return True
    if any(each.kind is each.VAR_POSITIONAL for each in parameters):
        return True
    places = [each for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    return len(places) > 3 and places[3].name not in NO_MASK


def made_in(library, x, dtype):
    if library == "torch":
        torch = sys.modules["torch"]
        return torch.tensor(x).to(getattr(torch, dtype))
    return x.astype(dtype)


def floats(value):
    """Return a value as floats, or None where it holds none."""
    try:
        array = as_numpy(value)
        return array.astype(float) if array.dtype.kind in "biuf" else None
    except Exception:
        return None
