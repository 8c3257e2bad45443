"""What a diagnosis tells: findings, what was in order, and what could not be tried."""

import html
import textwrap

WIDTH = 88  # of a line, in letters


class Diagnosis:
    """The outcome of ``diagnose``: ``findings``, ``passed`` (names of probes) and ``skipped`` (name, why)."""

    def __init__(self, name):
        self.name, self.findings, self.passed, self.skipped = name, [], [], []

    def __repr__(self):
        lines = [self._title()]
        for each in self.findings:
            lines += textwrap.wrap(f"✗ {each.name}: {each.evidence}", WIDTH, subsequent_indent="  ")
            lines += textwrap.wrap(f"→ {each.hint}", WIDTH, initial_indent="  ", subsequent_indent="    ")
        for line in self._others():
            lines += textwrap.wrap(line, WIDTH, subsequent_indent="  ")
        return "\n".join(lines)

    def _repr_html_(self):
        told = [f"<b>{html.escape(self._title())}</b>"]
        for each in self.findings:
            hint = f'<div style="padding-left:1.6em;font-style:italic">{html.escape(each.hint)}</div>'
            told.append(f"✗ <b>{html.escape(each.name)}</b> · {html.escape(each.evidence)}{hint}")
        told += [f'<span style="opacity:.8">{html.escape(line)}</span>' for line in self._others()]
        lines = "".join(f'<div style="margin:.3em 0">{line}</div>' for line in told)
        style = "border-left:4px solid #77738a;padding:.2em .9em"
        return f'<div role="group" aria-label="diagnosis" style="{style}">{lines}</div>'

    def _title(self):
        count = len(self.findings)
        return f"{self.name}: {count or 'no'} finding{'s' * (count != 1)}"

    def _others(self):
        """Yield a line of what was in order, and one of what was not tried, and why."""
        if self.passed:
            yield f"✓ in order: {', '.join(self.passed)}"
        reasons = {}
        for name, why in self.skipped:
            reasons.setdefault(why, []).append(name)
        if reasons:
            yield "○ not tried: " + "; ".join(f"{', '.join(names)} ({why})" for why, names in reasons.items())

    def names(self):
        """Return the names of the findings."""
        return [each.name for each in self.findings]
