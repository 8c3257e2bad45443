"""How far the learner is: one line a chapter, a mark for every exercise."""

import html
import importlib
import pkgutil

from utils import chapters, progress
from utils.checks import framework


class Overview:
    """The progress kept so far, as text and as a small table."""

    def __init__(self):
        for room in pkgutil.iter_modules(chapters.__path__):
            if room.ispkg:
                importlib.import_module(f"utils.chapters.{room.name}.check")
        done = progress.done()
        self.rows = {}  # chapter -> [(number and title, done?)]
        for number, check in sorted(framework.EXERCISES.items(), key=_order):
            self.rows.setdefault(number.split(".")[0], []).append((f"{number} {check.title}", number in done))

    def __repr__(self):
        return "\n".join(f"chapter {chapter:>2}  {self._marks(chapter)}" for chapter in self.rows)

    def _repr_html_(self):
        lines = []
        for chapter, row in self.rows.items():
            marks = "<br>".join(f"{'✓' if ok else '○'} {html.escape(title)}" for title, ok in row)
            count = f"{sum(ok for _, ok in row)} of {len(row)}"
            lines.append(f"<tr><td>chapter {chapter}</td><td>{count}</td><td style='text-align:left'>{marks}</td></tr>")
        return f"<table>{''.join(lines)}</table>"

    def _marks(self, chapter):
        return "".join("✓" if ok else "○" for _, ok in self.rows[chapter])


def _order(item):
    return tuple(int(part) for part in item[0].split("."))
