"""How far the learner is: one line a chapter, a mark for every exercise."""

import html
import importlib
import pkgutil

from utils import checks
from utils.checks import framework, progress


class Overview:
    """The progress kept so far, as text and as a small table."""

    def __init__(self):
        for module in pkgutil.iter_modules(checks.__path__):
            if module.name.startswith("chapter_"):
                importlib.import_module(f"utils.checks.{module.name}")
        done = progress.done()
        self.rows = {}  # chapter -> [(number and title, done?)]
        for number, check in sorted(framework.EXERCISES.items(), key=_order):
            self.rows.setdefault(number.split(".")[0], []).append((f"{number} {check.title}", number in done))

    def __repr__(self):
        return "\n".join(f"chapter {chapter:>2}  {self._marks(chapter)}" for chapter in self.rows)

    def _repr_html_(self):
        lines = [
            f"<tr><td>chapter {chapter}</td><td style='text-align:left'>"
            + " ".join(
                f"<span title='{html.escape(title, quote=True)}'>{'✓' if ok else '○'}</span>" for title, ok in row
            )
            + f"</td><td>{sum(ok for _, ok in row)} of {len(row)}</td></tr>"
            for chapter, row in self.rows.items()
        ]
        return f"<table>{''.join(lines)}</table>"

    def _marks(self, chapter):
        return "".join("✓" if ok else "○" for _, ok in self.rows[chapter])


def _order(item):
    return tuple(int(part) for part in item[0].split("."))
