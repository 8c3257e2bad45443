"""Five heads made by hand: each asks another question about the words of a sentence. Nothing here is learnt."""

import re

import numpy as np

NAMES = ["the word before", "the same word", "the same first letter", "the first word", "everyone"]
MOST = 24  # words


def words_of(sentence):
    """Return the words of a sentence, in small letters, without punctuation.

    Raises ValueError for anything but text with 1 to 24 words.

    >>> words_of("The dog saw the cat.")
    ['the', 'dog', 'saw', 'the', 'cat']
    """
    words = re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", sentence.lower()) if isinstance(sentence, str) else []
    if not 1 <= len(words) <= MOST:
        raise ValueError(f"sentence is {str(sentence)[:40]!r}: it must be text of 1 to {MOST} words")
    return words


def features(words):
    """Describe every word by zeros and ones: which word it is, its first letter, its place, and a 1 that all share.

    Returns (x, blocks)   (T, d), and {"word" | "letter" | "place" | "one": its columns, a slice}

    >>> x, blocks = features(["to", "be", "to"])
    >>> x[:, blocks["word"]].tolist()
    [[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]
    """
    parts = {"word": words, "letter": [word[0] for word in words], "place": range(len(words)), "one": [0] * len(words)}
    tables, blocks, start = [], {}, 0
    for name, labels in parts.items():
        tables.append(np.array([[float(label == known) for known in sorted(set(labels))] for label in labels]))
        blocks[name] = slice(start, start := start + tables[-1].shape[1])
    return np.hstack(tables), blocks


def projections(words):
    """Return the features of the words, and for each head what it asks and what it answers to, as two matrices.

    Returns (x, W_q, W_k)   (T, d), (5, d, d), (5, d, d)
    """
    x, blocks = features(words)
    W_q, W_k = np.zeros((2, len(NAMES), x.shape[1], x.shape[1]))
    for head, block in enumerate(["place", "word", "letter", "place"]):
        W_k[head, blocks[block], blocks[block]] = np.eye(blocks[block].stop - blocks[block].start)
    W_q[0, blocks["place"], blocks["place"]] = np.eye(len(words), k=-1)  # place i asks for place i - 1
    W_q[1:3] = W_k[1:3]  # a word asks for itself, a letter for itself
    W_q[3, blocks["one"], blocks["place"].start] = 1  # every word asks for place 0
    return x, W_q, W_k  # the last head asks for nothing: all its scores are 0


def scores(words, sharpness=6.0):
    """Return how well every word answers every other, head by head: plain q·k, times a sharpness.

    Returns scores   (5, T, T)

    >>> scores(["to", "be", "to"])[0].tolist()
    [[0.0, 0.0, 0.0], [6.0, 0.0, 0.0], [0.0, 6.0, 0.0]]
    """
    x, W_q, W_k = projections(words)
    return sharpness * (x @ W_q) @ (x @ W_k).mT
