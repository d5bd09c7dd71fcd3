"""Small tables and figures for people: columns aligned on a terminal, TSV in a pipe."""

from collections.abc import Iterable, Sequence

from nnbp.cli.text import width
from nnbp.intervals import Interval


def table(header: Sequence[str], rows: Iterable[Sequence[str]], left: Sequence[str] = ()) -> str:
    """The lines of a table below its header, aligned on the right except for the columns named in `left`."""
    lines = [header, *rows]
    if width() is None:
        return "\n".join("\t".join(line) for line in lines)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    aligned = [str.ljust if name in left else str.rjust for name in header]
    return "\n".join(
        "  ".join(
            [each(cell, columns) for each, cell, columns in zip(aligned, line, widths, strict=True)]
        ).rstrip()
        for line in lines
    )


def figure(value: float | None) -> str:
    """A number with four decimals on a terminal, nine digits in a pipe; a dash for None."""
    if value is None:
        return "-"
    return f"{value:.9g}" if width() is None else f"{value:.4f}"


def accuracy_text(correct: int, total: int, interval: Interval) -> str:
    """An accuracy, the counts it comes from, and its interval."""
    counts = f"{correct:,} of {total:,}"
    return f"accuracy {correct / total:.4f} ({counts}; {interval_text(interval)})"


def interval_text(interval: Interval) -> str:
    """A 95 % interval in words."""
    low, high = interval
    return f"95 % interval {low:.4f} to {high:.4f}"
