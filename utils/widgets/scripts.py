"""What the browser runs: a script of static/ with what all of them share in front, as one text."""

import json
from pathlib import Path

STATIC = Path(__file__).parent / "static"


def script(name, style=None):
    """Return the text of a script such as "panel.js", keys.js put in front of it, and a style sheet as its ``CSS``.

    A style sheet that the script itself puts into its widget comes after the page's own, and wins where both speak.
    """
    texts = [(STATIC / each).read_text(encoding="utf-8") for each in ("keys.js", name, *([style] if style else []))]
    css = [f"const CSS = {json.dumps(each, ensure_ascii=False)};" for each in texts[2:]]
    return "\n".join([texts[0], *css, texts[1]])
