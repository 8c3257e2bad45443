"""The handbook inside Python, as a text to learn from: what ``help("power")`` and 78 other topics say.

    train_text(), held_out_text()        read from the Python that runs this, so it differs a little between versions

Whole topics are held out, chosen by nothing but their name. That is not enough: the handbook repeats itself, and
"specialnames" contains all of "attribute-access". So a paragraph counts once, and where it stands in a topic that is
held out it stands nowhere else.
"""

import zlib
from functools import cache

import numpy as np

from utils.validation import check_choice

PARTS = ("held_out", "validation", "train")  # which part a paragraph belongs to, if it stands in several
SYMBOLS = "\n" + "".join(map(chr, range(32, 127)))  # and one more, for all that is not among them
PLAIN = {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "..."}
UNKNOWN = len(SYMBOLS)
VOCAB_SIZE = len(SYMBOLS) + 1


def part_of(name):
    """Return whether a topic is for testing ("held_out"), for choosing settings ("validation"), or for training.

    name: of the topic; a tenth of all names are held out, a tenth for validation, the same in every Python

    >>> part_of("power"), part_of("calls"), part_of("lambda")
    ('held_out', 'validation', 'train')
    """
    return PARTS[min(zlib.crc32(name.encode()) % 10, 2)]


def train_text(*, repeats=False):
    """Return the text to learn from.

    repeats: keep the paragraphs that stand in other topics too, in held-out ones even: a mistake, to be shown
    """
    return _joined("train") if repeats else _texts()["train"]


def validation_text():
    """Return the text to choose settings with."""
    return _texts()["validation"]


def held_out_text():
    """Return the text to test on, once."""
    return _texts()["held_out"]


def encode(text):
    """Return the number of each character, 0 … 96; 96 stands for every character that is not plain English.

    Returns tokens, int64   (N,)

    >>> encode("if\\n").tolist(), encode("é").tolist()
    ([74, 71, 0], [96])
    """
    if not isinstance(text, str):
        raise ValueError(f"text is {text!r}: it must be a string")
    table = {ord(symbol): number for number, symbol in enumerate(SYMBOLS)}
    return np.array([table.get(ord(symbol), UNKNOWN) for symbol in text], dtype=np.int64)


def decode(tokens):
    """Return the text of these numbers, with ▯ for the unknown.

    tokens: whole numbers 0 … 96, a list, array or tensor   (N,)

    >>> decode(encode("a lambda"))
    'a lambda'
    """
    numbers = [int(token) for token in tokens]
    wrong = [number for number in numbers if not 0 <= number < VOCAB_SIZE]
    if wrong:
        raise ValueError(f"tokens holds {wrong[0]}: it must hold numbers from 0 to {VOCAB_SIZE - 1}")
    return "".join((SYMBOLS + "▯")[number] for number in numbers)


def topic_names(part):
    """Return the names of the topics of a part, in order.

    >>> topic_names("held_out")
    ['attribute-access', 'context-managers', 'floating', 'formatstrings', 'power']
    """
    from pydoc_data.topics import topics

    check_choice(PARTS, part=part)
    return sorted(name for name in topics if part_of(name) == part)


def _joined(part):
    """Return all topics of a part as one text."""
    from pydoc_data.topics import topics

    return "\n\n".join(topics[name] for name in topic_names(part))


@cache
def _texts():
    """Return the text of each part: every paragraph once, in the first part that has it."""
    seen, texts = set(), {}
    for part in PARTS:
        kept = []
        for paragraph in _joined(part).split("\n\n"):
            key = " ".join(paragraph.split())
            if key and key not in seen:
                kept.append(paragraph.strip("\n"))
            seen.add(key)
        texts[part] = "".join(PLAIN.get(symbol, symbol) for symbol in "\n\n".join(kept))
    return texts
