"""Dates as people write them, and as the standard ISO 8601 does: 3 march 1999 -> 1999-03-03. Endless and exact."""

import zlib
from datetime import date, timedelta

import numpy as np

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FIRST, COUNT = date(1950, 1, 1), 36525  # 1950 to 2049
WRITTEN = "0123456789abcdefghijklmnopqrstuvwxyz ,./"  # the symbols of a date as people write it
ISO = "0123456789-"


def forms(day):
    """Return the eleven ways to write a date, in small letters.

    >>> forms(date(1999, 3, 2))[:5]
    ['2 march 1999', 'march 2, 1999', 'mar 2 1999', '2 mar 1999', 'tuesday 2 march 1999']
    """
    d, month, y = day.day, MONTHS[day.month - 1], day.year
    nth = f"{d}{'th' if 10 <= d <= 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(d % 10, 'th')}"
    weekday = DAYS[day.weekday()]
    return [
        *(f"{d} {month} {y}", f"{month} {d}, {y}", f"{month[:3]} {d} {y}", f"{d} {month[:3]} {y}"),
        *(f"{weekday} {d} {month} {y}", f"{weekday[:3]}, {month[:3]} {d}, {y}"),
        *(f"{nth} of {month} {y}", f"{month} {nth}, {y}", f"{y}, {month} {d}"),
        *(f"{d:02}/{day.month:02}/{y}", f"{d}.{day.month}.{y}"),
    ]


def is_held_out(day):
    """Return whether a date is for testing only, in whatever way it is written: a tenth of all are."""
    return zlib.crc32(day.isoformat().encode()) % 10 == 0


def written_dates(count, rng, *, held_out=False):
    """Draw dates, each written in one of the eleven ways.

    rng: a NumPy generator          held_out: dates for testing, none of which is ever drawn without it
    Returns (written, iso), two lists of texts

    >>> written_dates(1, np.random.default_rng(0))
    (['january 24th, 2035'], ['2035-01-24'])
    """
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng is {rng!r}: it must be a generator, such as np.random.default_rng(0)")
    written, iso = [], []
    while len(iso) < count:
        day = FIRST + timedelta(days=int(rng.integers(COUNT)))
        if is_held_out(day) == held_out:
            ways = forms(day)
            written.append(ways[rng.integers(len(ways))])
            iso.append(day.isoformat())
    return written, iso
