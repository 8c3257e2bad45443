"""Chapter 07's words: a table made by hand that turns each word into five numbers, so that they can be read."""

import numpy as np

FEATURES = ["small word", "colour", "shade", "thing", "action"]
SHADES = {
    "red": 1.0,
    "orange": 0.8,
    "pink": 0.7,
    "yellow": 0.6,
    "green": -0.6,
    "purple": -0.7,
    "grey": -0.8,
    "blue": -1.0,
}
SMALL = ["the", "a", "an", "and", "of", "in", "on", "with", "my"]
THINGS = ["bird", "fox", "cat", "dog", "ball", "house", "car", "tree", "king", "fish", "hat", "boat"]
ACTIONS = ["chased", "saw", "met", "hit", "liked", "found", "sang", "slept", "is", "was"]

EMBEDDING = {word: [0.0, 1.0, shade, 0.0, 0.0] for word, shade in SHADES.items()}
EMBEDDING |= {word: [1.0, 0.0, 0.0, 0.0, 0.0] for word in SMALL}
EMBEDDING |= {word: [0.0, 0.0, 0.0, 1.0, 0.0] for word in THINGS}
EMBEDDING |= {word: [0.0, 0.0, 0.0, 0.0, 1.0] for word in ACTIONS}


def embed(words):
    """Return one row of five numbers for each word, in the order of ``FEATURES``; an unknown word is all zeros.

    words: a list of words, or a sentence of them with spaces between   (T)
    Returns the table   (T, 5)

    >>> embed("the red bird").tolist()[1]
    [0.0, 1.0, 1.0, 0.0, 0.0]
    """
    words = words.lower().split() if isinstance(words, str) else words
    return np.array([EMBEDDING.get(word, [0.0] * 5) for word in words]).reshape(-1, 5)


def tables():
    """Return W_q, W_k and W_v of a head made by hand: a thing looks for colours, a colour for the other shade.

    Returns three tables   (5, 2), (5, 2), (5, 1)

    >>> W_q, W_k, _ = tables()
    >>> red, blue = embed("red blue")
    >>> float(red @ W_q @ W_k.T @ blue), float(red @ W_q @ W_k.T @ red)
    (6.0, -6.0)
    """
    W_q, W_k, W_v = np.zeros((5, 2)), np.zeros((5, 2)), np.zeros((5, 1))
    W_q[3, 0] = 6  # a thing asks: who is a colour?
    W_k[1, 0] = 1  # a colour answers: I am
    W_q[2, 1] = -6  # a shade asks: who has the opposite shade?
    W_k[2, 1] = 1  # a shade answers with its own
    W_v[2, 0] = 1  # what is passed on, if one is heard: the shade
    return W_q, W_k, W_v
