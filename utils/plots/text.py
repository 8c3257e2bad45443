"""The text of figures: shown as it is, in a font that has its letters, without an exception and without a warning."""

import warnings
from contextlib import contextmanager
from functools import cache

from matplotlib.font_manager import findfont, fontManager
from matplotlib.ft2font import FT2Font
from matplotlib.mathtext import MathTextParser
from matplotlib.text import Text

from utils.conversion import as_text

FOUND = {}  # a letter that the usual font lacks -> the family of an installed font that has it, or None
PARSER = MathTextParser("path")


def literal(text):
    """Return a text for matplotlib in which a dollar is a dollar: what a token or a title says is never a formula.

    >>> print(literal("from $5 to $6"))
    from \\$5 to \\$6
    """
    return as_text(text).replace("$", r"\$")


@contextmanager
def legible(figure):
    """Get all texts of a figure ready to be drawn; inside, a letter that no font has is a box and no warning.

    A text becomes a formula only where dollars enclose what is one, as in $\\alpha_1$.
    """
    texts = [text for text in figure.findobj(Text) if text.get_text()]
    if any(text.get_text() != as_text(text.get_text()) for text in texts):
        _mend(figure, texts)
    for text in texts:
        if not text.get_text().isascii():
            _add_fonts(text)
        if "$" in text.get_text() and text.get_parse_math() and not _is_formula(text.get_text()):
            text.set_parse_math(False)
            text.set_text(text.get_text().replace(r"\$", "$"))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+", UserWarning)
        yield


def _mend(figure, texts):
    """Make halves of letters visible, in the names of ticks, too, which an axis writes anew whenever it is drawn."""
    for text in texts:
        text.set_text(as_text(text.get_text()))
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        names = [label.get_text() for label in axis.get_ticklabels()]
        if names != list(map(as_text, names)):
            axis.set_ticks(axis.get_ticklocs(), list(map(as_text, names)))


def _is_formula(text):
    """Return whether the dollars of a text enclose formulas, which matplotlib can set, or are all escaped."""
    bare = text.replace(r"\$", "")
    if not all(any(sign in part for sign in "\\^_") for part in bare.split("$")[1::2]):
        return False
    try:
        return "$" not in bare or bool(PARSER.parse(text))
    except (ValueError, RecursionError):
        return False


def _add_fonts(text):
    """Give a text, behind its own font, those that have the letters which that one lacks."""
    have, own = _letters(findfont(text.get_fontproperties())), text.get_fontfamily()
    lacking = {letter for letter in text.get_text() if ord(letter) not in have and not letter.isspace()}
    if lacking:
        _look_for(lacking - FOUND.keys())
        more = dict.fromkeys(FOUND[letter] for letter in sorted(lacking) if FOUND[letter])
        text.set_fontfamily([*own, *(name for name in more if name not in own)])


@cache
def _letters(path):
    return frozenset(FT2Font(path).get_charmap())


def _look_for(letters):
    """Find for each letter an installed font that has it, one that was found before rather than another."""
    used = {*FOUND.values()}
    by_look = sorted(fontManager.ttflist, key=lambda font: (font.style != "normal", abs(font.weight - 400)))
    fonts = {font.name: font.fname for font in reversed(by_look)}  # of each family the upright, regular one
    for name in sorted(fonts, key=lambda name: (name not in used, name)):
        if letters and not name.startswith(("Last Resort", "cm")):  # boxes for all letters; letters in other places
            here = _among(fonts[name], letters)
            FOUND.update(dict.fromkeys(here, name))
            letters = letters - here
    FOUND.update(dict.fromkeys(letters))


def _among(path, letters):
    """Return those of the letters that a font file has, and can draw at any size."""
    try:
        font = FT2Font(path)
    except (OSError, RuntimeError):  # a font of pictures, such as coloured emoji
        return set()
    return {letter for letter in letters if font.scalable and font.get_char_index(ord(letter))}
