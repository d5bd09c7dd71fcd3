"""Accuracies with their confidence intervals, as a table whose rows are drawn on one axis."""

from collections.abc import Sequence
from dataclasses import dataclass

from nnbp.intervals import wilson
from nnbp.notebook.learning_curve import Axis, axis, ticks
from nnbp.notebook.markup import Element, element
from nnbp.report import parts, series
from nnbp.report.series import percent


@dataclass(frozen=True)
class Row:
    """A row: what the accuracy is of, as the heading of the row, and the accuracy.

    style   number of its colour and its marker, from 0
    others  accuracies to compare with, 0–1
    cells   further columns
    """

    heading: Element
    style: int
    correct: int
    total: int
    others: Sequence[float] = ()
    cells: Sequence[str] = ()

    @property
    def accuracy(self) -> float:
        """The fraction that is correct, 0–1."""
        return self.correct / self.total

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of 95 %, from 0 to 1."""
        return wilson(self.correct, self.total)


def levels(rows: Sequence[Row], end: float | None = None) -> list[float]:
    """Round accuracies that enclose the intervals of all rows, up to `end` if it is given; none above 1."""
    high = max(row.interval[1] for row in rows) if end is None else end
    return [level for level in ticks(min(row.interval[0] for row in rows), high) if level <= 1]


def table(caption: str, columns: parts.Cells, rows: Sequence[Row], at: Sequence[float], kind: str) -> Element:
    """A table with one column for the drawing, one for the accuracy, and those named."""
    x = axis(at[0], at[-1], 0, 100)
    scale = element("svg", *(_tick(level, x) for level in at), aria_hidden="true", **{"class": "interval"})
    names = [element("th", scale, scope="col", **{"class": "drawn"}), element("th", "accuracy", scope="col")]
    head = element("tr", element("th", columns[0], scope="col"), *names)
    head.extend(element("th", name, scope="col") for name in columns[1:])
    return parts.scrolled(caption, head, [_row(row, at, x) for row in rows], f"intervals {kind}")


def _tick(level: float, x: Axis) -> Element:
    return element(
        "text", f"{100 * level:g}\u00a0%", x=percent(x(level)), y="50%", dy=".35em", text_anchor="middle"
    )


def _row(row: Row, at: Sequence[float], x: Axis) -> Element:
    accuracy = parts.block("accuracy", parts.percent(row.accuracy), tag="td")
    others = [element("td", cell) for cell in row.cells]
    return element(
        "tr", row.heading, element("td", _drawing(row, at, x), **{"class": "drawn"}), accuracy, *others
    )


def _drawing(row: Row, at: Sequence[float], x: Axis) -> Element:
    low, high = (percent(x(end)) for end in row.interval)
    grid = [
        element("line", x1=percent(x(level)), x2=percent(x(level)), y1="0", y2="100%", **{"class": "grid"})
        for level in at
    ]
    ends = [
        element("line", x1=end, x2=end, y1="35%", y2="65%", **{"class": "whisker"}) for end in (low, high)
    ]
    others = [
        element("circle", cx=percent(x(other)), cy="50%", r=4, **{"class": "other"}) for other in row.others
    ]
    text = f"95\u00a0% interval: {parts.percent(row.interval[0])} to {parts.percent(row.interval[1])}"
    return element(
        "svg",
        *grid,
        *others,
        element("line", x1=low, x2=high, y1="50%", y2="50%", **{"class": "whisker"}),
        *ends,
        series.marker(row.style, x(row.accuracy), 50),
        role="img",
        aria_label=text,
        **{"class": "interval"},
    )
