"""Tables: rows of text, as aligned columns or as Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass, field

MEGABYTE = 1_000_000


@dataclass
class Table:
    """A heading, rows of the same width, and notes below; the first `left` columns are text."""

    heading: Sequence[str]
    left: int = 1
    rows: list[Sequence[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The table for a terminal."""
        every = [self.heading, *self.rows]
        widths = [max(len(row[column]) for row in every) for column in range(len(self.heading))]
        lines = ["  ".join(self._aligned(row, widths)).rstrip() for row in every]
        return "\n".join([*lines, *self.notes]) + "\n"

    def markdown(self) -> str:
        """The table in Markdown."""
        rule = ["---" if column < self.left else "---:" for column in range(len(self.heading))]
        lines = [f"| {' | '.join(row)} |" for row in (self.heading, rule, *self.rows)]
        below = [f"\n{note}" for note in self.notes]
        return "\n".join([*lines, *below]) + "\n"

    def _aligned(self, row: Sequence[str], widths: Sequence[int]) -> list[str]:
        return [
            cell.ljust(width) if column < self.left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]


def counted(count: int, word: str) -> str:
    """`3 epochs`, `1 epoch`."""
    return f"{count:,} {word}{'s' * (count != 1)}"


def number(value: float | None, digits: int = 3) -> str:
    """A number with this many significant digits, never in scientific notation; a dash for None."""
    if value is None:
        return "–"
    shown = f"{value:#.{digits}g}"
    return (f"{value:,.0f}" if "e" in shown or value >= 10**digits else shown).rstrip(".")
