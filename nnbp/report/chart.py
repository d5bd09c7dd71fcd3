"""Charts over the epochs, as SVG: lines that differ in colour, dashes and marker, with a label at the end.

Places are in percent of the drawing, which fills the width it gets while text keeps its size.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nnbp.notebook.learning_curve import Axis, axis, thinned, ticks
from nnbp.notebook.markup import Element, element
from nnbp.report import parts, scales, series
from nnbp.report.scales import Scale
from nnbp.report.series import percent

# Between two labels at the ends of lines.
APART = 7.5
# The screen has no room for more points of a line.
MAX_POINTS = 200
MARKERS = 6
# Characters of a label for which a narrow margin suffices.
SHORT = 11

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
    """A chart of at least one line in a unit, "%" or ""; the values of a logarithmic one are above 0."""
    values = [value for line in lines for _, value in line.points]
    epochs = [epoch for line in lines for epoch, _ in line.points]
    first, last = min(epochs), max(*epochs, min(epochs) + 1)
    scale = scales.powers(values) if logarithmic else scales.linear(values)
    x = axis(first, last, 0, 100)
    drawn = [*_grid(scale, unit), *_epochs(first, last, max(epochs), x)]
    for line in lines:
        drawn += _line(line, x, scale.height)
    drawn += _labels(lines, scale.height)
    names = [line.name for line in lines]
    narrow = all(len(parts.short(name)) <= SHORT for name in names)
    return element(
        "svg",
        element("title", f"{title}: {', '.join(names)}"),
        *drawn,
        role="img",
        aria_label=f"{title} over the epochs" + (", logarithmic scale" if logarithmic else ""),
        **{"class": "chart" if narrow else "chart named"},
    )


def figure(title: str, unit: str, lines: Sequence[Line], logarithmic: bool = False) -> Element:
    """A chart below its title."""
    return element("figure", element("figcaption", title), draw(title, unit, lines, logarithmic))


def _grid(scale: Scale, unit: str) -> Iterator[Element]:
    for level in scale.levels:
        at = percent(scale.height(level))
        text = f"{100 * level:g}\u00a0%" if unit == "%" else f"{level:g}"
        yield element("line", x1="0", x2="100%", y1=at, y2=at, **{"class": "grid"})
        yield element("text", text, x="0", y=at, dx=-10, dy=".35em", text_anchor="end")


def _epochs(first: int, last: int, end: int, x: Axis) -> Iterator[Element]:
    """The axis has the first and the last epoch, which are rarely round numbers, and round ones between."""
    apart = (last - first) / 12
    between = [epoch for epoch in ticks(first, last, least=1) if first + apart < epoch < end - apart]
    for epoch in sorted({first, *between, end}):
        at = percent(x(epoch))
        yield element("text", f"{epoch:,.0f}", x=at, y="100%", dy="1.7em", text_anchor="middle")
    yield element("text", "epoch", x="100%", y="100%", dx=24, dy="1.7em")


def _line(line: Line, x: Axis, y: Axis) -> Iterator[Element]:
    """The line, a few markers on it, and the ring."""
    kept = thinned(
        len(line.points), MAX_POINTS, [n for n, (e, _) in enumerate(line.points) if e == line.ring]
    )
    shown = [line.points[place] for place in kept]
    places = " ".join(f"{10 * x(epoch):.1f},{10 * y(value):.1f}" for epoch, value in shown)
    kind = f"line series-{line.style}" + (" dashed" if line.dashed else "")
    # A polyline has no percentages: it is stretched to the size of the drawing.
    yield element(
        "svg",
        element("polyline", points=places, **{"class": kind}),
        viewBox="0 0 1000 1000",
        preserveAspectRatio="none",
    )
    every = math.ceil(len(shown) / MARKERS)
    for place, (epoch, value) in enumerate(shown):
        if place % every == 0 or place == len(shown) - 1:
            yield series.marker(line.style, x(epoch), y(value), line.dashed)
        if epoch == line.ring:
            yield element("circle", cx=percent(x(epoch)), cy=percent(y(value)), r=9, **{"class": "ring"})


def _labels(lines: Sequence[Line], y: Axis) -> Iterator[Element]:
    """The names, each next to the end of its line, moved apart where they would overlap."""
    ends = sorted(lines, key=lambda line: y(line.points[-1][1]))
    at = 0.0
    places = []
    for line in ends:
        at = max(at, y(line.points[-1][1]))
        places.append(at)
        at += APART
    limit = 100.0
    for place in range(len(places) - 1, -1, -1):
        places[place] = min(places[place], limit)
        limit = places[place] - APART
    for line, at in zip(ends, places, strict=True):
        yield series.marker(line.style, 100, at, line.dashed, dx=18)
        yield element(
            "text", parts.short(line.name), x="100%", y=percent(at), dx=30, dy=".35em", **{"class": "label"}
        )
