"""The key-value cache: what was computed for the places already seen, kept, so that the next step need not again."""

from utils.attention.arrays import library, places
from utils.attention.masks import window_mask


class KVCache:
    """Keys and values of the places seen so far, and the mask that the newest places need.

    A query is asked once and never again; a key is asked by every later query. So keys and values are kept, queries
    not. Step by step, or in chunks of any size, the answers equal those of one causal pass over everything:

        cache = KVCache()
        out, weights = attention(q_new, *cache.append(k_new, v_new))

    left: how many places before its own a query may see (None: all); older keys are then forgotten
    seen: how many places were appended, forgotten ones included: the position of the next one

    >>> import numpy as np
    >>> cache = KVCache()
    >>> x = np.ones((3, 2))
    >>> [part.shape for part in cache.append(x, x)], [part.shape for part in cache.append(x[:1], x[:1])]
    ([(3, 2), (3, 2), (3, 3)], [(4, 2), (4, 2), (1, 4)])
    """

    def __init__(self, left=None):
        window_mask(0, 0, left)  # refuses a reach that makes no sense
        self.left, self.seen, self.k, self.v = left, 0, None, None

    def __len__(self):
        """Return how many places are kept."""
        return 0 if self.k is None else self.k.shape[-2]

    def append(self, k, v):
        """Keep the keys and values of new places, and return what their queries need.

        k, v: of the new places alone   (..., n, d_k), (..., n, d_v)

        Returns (k, v, mask): all that is kept, and who of the n new queries may look at it
            (..., n_k, d_k), (..., n_k, d_v), (n, n_k)
        Raises ValueError for k and v that do not fit each other, or what is kept already.
        Source: Shazeer 2019, "Fast transformer decoding", section 2.4.
        """
        xp = self._check(k, v)
        old = len(self) if self.left is None else min(len(self), self.left)
        if len(self):
            earlier = [places(x, len(self) - old, len(self)) for x in (self.k, self.v)]
            k, v = (xp.concatenate(pair, axis=-2) for pair in zip(earlier, (k, v), strict=True))
        n = k.shape[-2] - old
        self.k, self.v, self.seen = k, v, self.seen + n
        return k, v, window_mask(n, k.shape[-2], self.left, offset=old, like=k)

    def _check(self, k, v):
        kept = {} if self.k is None else {"the kept k": self.k, "the kept v": self.v}
        xp = library(k=k, v=v, **kept)
        if k.ndim < 2 or k.shape[:-1] != v.shape[:-1]:
            shapes = f"k {tuple(k.shape)}, v {tuple(v.shape)}"
            raise ValueError(f"k and v must have two axes or more, and all but the last in common: {shapes}")
        for name, new, old in (("k", k, self.k), ("v", v, self.v)) if kept else ():
            same = new.shape[:-2] == old.shape[:-2] and new.shape[-1] == old.shape[-1] and new.dtype == old.dtype
            if not same:
                found = f"{tuple(new.shape)} of {new.dtype}, kept {tuple(old.shape)} of {old.dtype}"
                raise ValueError(f"{name} must match what is kept in all but the number of places: {found}")
        return xp
