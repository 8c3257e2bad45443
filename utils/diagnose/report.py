"""What a diagnosis tells: findings, what was in order, and what could not be tried."""

import html
import textwrap


class Report:
    """The outcome of ``diagnose``: ``findings``, ``passed`` (names of probes) and ``skipped`` (name, why)."""

    def __init__(self, name):
        self.name, self.findings, self.passed, self.skipped = name, [], [], []

    def __repr__(self):
        count = len(self.findings)
        lines = [f"{self.name}: {count or 'no'} finding{'s' * (count != 1)}"]
        for each in self.findings:
            lines += textwrap.wrap(f"✗ {each.name}: {each.evidence}", 110, subsequent_indent="  ")
            lines += textwrap.wrap(each.hint, 110, initial_indent="  → ", subsequent_indent="    ")
        if self.passed:
            lines += textwrap.wrap(f"✓ in order: {', '.join(self.passed)}", 110, subsequent_indent="  ")
        for why in dict.fromkeys(why for _, why in self.skipped):
            names = ", ".join(name for name, reason in self.skipped if reason == why)
            lines += textwrap.wrap(f"○ not tried, {why}: {names}", 110, subsequent_indent="  ")
        return "\n".join(lines)

    def _repr_html_(self):
        return f'<pre role="status" style="white-space:pre-wrap">{html.escape(repr(self))}</pre>'

    def names(self):
        """Return the names of the findings."""
        return [each.name for each in self.findings]
