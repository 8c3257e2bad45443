"""A model that writes while one watches: every step is kept, so one may step back, and go on from there.

page = StepWriter(gpt).page("The value", 12, temperature=0.8)
"""

from dataclasses import dataclass

import numpy as np

from utils.chapters.ch11_generation import sampling
from utils.chapters.ch11_generation.generation import next_scores
from utils.conversion import as_numpy
from utils.data import topics
from utils.validation import check_whole

LONGEST, MOST = 40, 80  # characters of a prompt, characters written: together less than the context


@dataclass(frozen=True)
class Draft:
    """What stands there after some steps, and what may come next."""

    prompt: str
    written: str
    scores: object  # of the next token                                      (V,)
    chances: object  # of the next token, after temperature, top-k and top-p  (V,)
    weights: object  # α of every head so far                                (n_layers, n_heads, N, N)


class StepWriter:
    """Writes behind a prompt, and keeps what it has written as long as prompt and settings stay the same."""

    def __init__(self, gpt):
        self.gpt, self._key = gpt, None

    def page(self, prompt, n, *, seed=0, **settings):
        """Return the Draft after n characters.

        prompt: any text; what is empty becomes a line's end, what is too long loses its beginning
        seed: which luck; it stays the same when the settings change
        settings: as for ``sampling.chances``
        """
        prompt = str(prompt)[-LONGEST:] or "\n"
        check_whole(least=0, most=MOST, n=n)
        if self._key != (key := (prompt, seed, *sorted(settings.items()))):
            self._key, self._steps = key, []
            self._tokens, self._caches = topics.encode(prompt).tolist(), None
            self._luck = np.random.default_rng(seed).random(MOST)
        while len(self._steps) <= n:
            self._step(settings)
        scores = self._steps[n][0]
        length = len(prompt) + n
        text = topics.decode(self._tokens[:length])
        p = sampling.chances(scores, **settings)
        return Draft(text[: len(prompt)], text[len(prompt) :], scores, p, self._alpha(n, length))

    def _step(self, settings):
        """Write one character, but for the first step, which reads the prompt; keep its scores and rows of α."""
        if self._steps:
            p = sampling.chances(self._steps[-1][0], **settings)
            self._tokens.append(sampling.draw(p, float(self._luck[len(self._steps) - 1])))
        scores, self._caches, rows = next_scores(self.gpt, [self._tokens], self._caches, with_weights=True)
        self._steps.append((scores[0], as_numpy(rows[0])))

    def _alpha(self, n, length):
        """Put the rows of all steps one below the other: a matrix for each head."""
        rows = [rows for _, rows in self._steps[: n + 1]]
        return np.concatenate([np.pad(x, [(0, 0)] * 3 + [(0, length - x.shape[-1])]) for x in rows], axis=2)
