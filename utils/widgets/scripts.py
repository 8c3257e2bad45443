"""What the browser runs: a script of static/ with what all of them share in front, as one text."""

from pathlib import Path

STATIC = Path(__file__).parent / "static"


def script(name):
    """Return the text of a script such as "panel.js", keys.js put in front of it."""
    return "\n".join((STATIC / each).read_text(encoding="utf-8") for each in ("keys.js", name))
