"""English words and how they are said: the CMU Pronouncing Dictionary's words of letters a-z, without stress.

    pronunciations()["record"]      ('R AH K AO R D', 'R EH K ER D', 'R IH K AO R D')
    training_pairs()                [('aaa', 'T R IH P AH L EY'), …]   the first pronunciation of every training word
    held_out_words()                a tenth of the words, which no model is trained on

A pronunciation is a text of phonemes, one of 39 names of sounds in capitals, divided by spaces. The words have 2 to 10
letters. Terms: the NOTICE beside it.
"""

import gzip
import zlib
from functools import cache
from pathlib import Path
from types import MappingProxyType

HERE = Path(__file__).parent
FILE = HERE / "files" / "pronunciations.txt.gz"
PHONEMES = (
    *("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"),  # vowels
    *("B", "CH", "D", "DH", "F", "G", "HH", "JH", "K", "L", "M", "N", "NG"),
    *("P", "R", "S", "SH", "T", "TH", "V", "W", "Y", "Z", "ZH"),
)


@cache
def pronunciations():
    """Return all that is right for each word of 2-10 letters, as {word: (pronunciation, …)}, words in order.

    >>> pronunciations()["tomato"]
    ('T AH M EY T OW', 'T AH M AA T OW')
    """
    lines = gzip.decompress(FILE.read_bytes()).decode("ascii").splitlines()
    pairs = (line.split(" ", 1) for line in lines)
    return MappingProxyType({word: tuple(said.split("|")) for word, said in pairs})


def is_held_out(word):
    """Return whether a word is for testing only; it depends on nothing but its letters, and is so for a tenth of all.

    >>> [word for word in ("attention", "alpha", "query", "knight", "phone") if is_held_out(word)]
    ['alpha', 'knight']
    """
    return zlib.crc32(word.encode()) % 10 == 0


@cache
def held_out_words():
    """Return the words to test on, in alphabetical order."""
    return tuple(word for word in pronunciations() if is_held_out(word))


@cache
def training_pairs():
    """Return (word, its first pronunciation) for all others."""
    return tuple((word, said[0]) for word, said in pronunciations().items() if not is_held_out(word))
