"""Charts over the epochs, as SVG: lines that differ in colour, dashes and marker, with a label at the end."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nnbp.notebook.learning_curve import Axis, axis, ticks
from nnbp.notebook.markup import Element, element

WIDTH, HEIGHT = 620, 360
LEFT, RIGHT, TOP, BOTTOM = 58, 400, 20, 300
# Between two labels at the ends of lines.
APART = 19
# The screen has no room for more points of a line.
MAX_POINTS = 200
MARKERS = 6
# Colours in page.css.
STYLES = 8
# Characters of a label.
LABEL = 18

Points = list[tuple[int, float]]


@dataclass(frozen=True)
class Line:
    """A line of a chart.

    style   number of its colour and its marker, from 0
    points  epochs and values
    dashed  as the second line of the same style
    ring    the epoch to mark, if any
    """

    name: str
    style: int
    points: Points
    dashed: bool = False
    ring: int | None = None


def draw(title: str, unit: str, lines: Sequence[Line], logarithmic: bool = False) -> Element:
    """A chart of at least one line; the values of a logarithmic one are above 0."""
    values = [value for line in lines for _, value in line.points]
    epochs = [epoch for line in lines for epoch, _ in line.points]
    first, last = min(epochs), max(*epochs, min(epochs) + 1)
    levels = _powers(values) if logarithmic else ticks(*_range(values))
    x, y = axis(first, last, LEFT, RIGHT), axis(*_ends(levels, logarithmic), BOTTOM, TOP)
    height = (lambda value: y(math.log10(value))) if logarithmic else y
    drawn = [*_grid(levels, height), *_epochs(first, last, max(epochs), x)]
    for line in lines:
        drawn += _line(line, x, height)
    drawn += _labels(lines, height)
    described = element("title", f"{title}: {', '.join(line.name for line in lines)}")
    return element(
        "svg",
        described,
        *drawn,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        **{"class": "chart"},
        aria_label=f"{title} over the epochs; {unit}",
    )


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    least = max(0.01, 0.02 * abs(high))
    return (low, high) if high - low >= least else (max(0.0, low - least), high + least)


def _powers(values: Sequence[float]) -> list[float]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    high = max(high, low + 1)
    return [10.0**power for power in range(low, high + 1, math.ceil((high - low) / 6))]


def _ends(levels: Sequence[float], logarithmic: bool) -> tuple[float, float]:
    low, high = levels[0], levels[-1]
    return (math.log10(low), math.log10(high)) if logarithmic else (low, high)


def _grid(levels: Sequence[float], y: Axis) -> Iterator[Element]:
    for level in levels:
        at = f"{y(level):.1f}"
        yield element("line", x1=LEFT, x2=RIGHT, y1=at, y2=at, **{"class": "grid"})
        yield element("text", f"{level:g}", x=LEFT - 10, y=f"{y(level) + 5:.1f}", text_anchor="end")


def _epochs(first: int, last: int, end: int, x: Axis) -> Iterator[Element]:
    for epoch in ticks(first, last, least=1):
        if first <= epoch <= end:
            yield element("text", f"{epoch:,.0f}", x=f"{x(epoch):.1f}", y=BOTTOM + 24, text_anchor="middle")
    yield element("text", "epoch", x=(LEFT + RIGHT) // 2, y=BOTTOM + 48, text_anchor="middle")


def thinned(points: Points, keep: int | None = None) -> Points:
    """At most 200 evenly spaced points, plus the last and the one to keep."""
    step = math.ceil(len(points) / MAX_POINTS)
    last = len(points) - 1
    return [p for place, p in enumerate(points) if place % step == 0 or place == last or p[0] == keep]


def _line(line: Line, x: Axis, y: Axis) -> Iterator[Element]:
    """The line, a few markers on it, and the ring."""
    shown = thinned(line.points, line.ring)
    places = " ".join(f"{x(epoch):.1f},{y(value):.1f}" for epoch, value in shown)
    kind = f"series-{line.style}" + (" dashed" if line.dashed else "")
    yield element("polyline", points=places, **{"class": f"line {kind}"})
    every = math.ceil(len(shown) / MARKERS)
    for place, (epoch, value) in enumerate(shown):
        if place % every == 0 or place == len(shown) - 1:
            yield marker(line, x(epoch), y(value))
        if epoch == line.ring:
            yield element("circle", cx=f"{x(epoch):.1f}", cy=f"{y(value):.1f}", r=9, **{"class": "ring"})


def marker(line: Line, x: float, y: float) -> Element:
    """The marker of a line's style: filled, or hollow on a dashed line."""
    kind = f"marker series-{line.style}" + (" hollow" if line.dashed else "")
    return element(
        "path",
        d=_SHAPES[line.style % len(_SHAPES)],
        **{"class": kind},
        transform=f"translate({x:.1f} {y:.1f})",
    )


# Circle, square, triangle, diamond, triangle downwards, bar, flat bar, hexagon.
_SHAPES = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z", "M-4 -4h8v8h-8z", "M0 -5l5 9h-10z", "M0 -6l5 6l-5 6l-5 -6z",
    "M0 5l5 -9h-10z", "M-2 -6h4v12h-4z", "M-6 -2h12v4h-12z", "M-5 0l2.5 -4.5h5l2.5 4.5l-2.5 4.5h-5z",
)  # fmt: skip


def _labels(lines: Sequence[Line], y: Axis) -> Iterator[Element]:
    """The names, each next to the end of its line, moved apart where they would overlap."""
    ends = sorted(lines, key=lambda line: y(line.points[-1][1]))
    at = float(TOP)
    places = []
    for line in ends:
        at = max(at, y(line.points[-1][1]))
        places.append(at)
        at += APART
    limit = float(BOTTOM)
    for place in range(len(places) - 1, -1, -1):
        places[place] = min(places[place], limit)
        limit = places[place] - APART
    for line, at in zip(ends, places, strict=True):
        yield marker(line, RIGHT + 16, at)
        yield element("text", _short(line.name), x=RIGHT + 28, y=f"{at + 5:.1f}", **{"class": "label"})


def _short(name: str) -> str:
    """The name, its middle left out if it is long: names of files often differ at their ends."""
    end = LABEL - 6
    return name if len(name) <= LABEL else f"{name[:5]}…{name[-end:]}"
