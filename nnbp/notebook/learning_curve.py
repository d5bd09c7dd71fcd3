"""The learning curve: accuracy on training and validation examples, epoch by epoch, as SVG."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence

from nnbp.notebook.markup import BLUE, ORANGE, Element, colour, element
from nnbp.reports import EpochReport, best_epoch

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 60, 612, 34, 215
# Positions of the second and third entry of the legend.
MIDDLE, END = 230, 420

# Points of a curve; the screen has no room for more.
MAX_POINTS = 300
# The smallest range of accuracies that fills the height: smaller differences are noise.
LEAST_RANGE = 0.01
TICKS = 5
SLACK = 1e-6

Stroke = dict[str, object]
TRAINING: Stroke = {"stroke": colour(ORANGE), "stroke_width": 2, "stroke_dasharray": "6 4"}
VALIDATION: Stroke = {"stroke": colour(BLUE), "stroke_width": 2}

Axis = Callable[[float], float]
Points = list[tuple[int, float]]


def draw(reports: Sequence[EpochReport]) -> Element:
    """The curves of at least one report; the best epoch is marked."""
    best = best_epoch(reports)
    places = thinned(len(reports), MAX_POINTS, [] if best is None else [best - 1])
    shown = [reports[place] for place in places]
    training = [(r.epoch, r.train_accuracy) for r in shown]
    validation = [(r.epoch, r.validation_accuracy) for r in shown if r.validation_accuracy is not None]
    last = max(len(reports), 2)
    epochs, accuracies = ticks(1, last, least=1), ticks(*_range([*training, *validation]))
    x, y = axis(1, last, LEFT, RIGHT), axis(accuracies[0], accuracies[-1], BOTTOM, TOP)
    drawn = [*_grid(accuracies, y), *_epochs([e for e in epochs if 1 <= e <= len(reports)], x)]
    drawn += [*_curve(training, x, y, TRAINING), *_legend("training accuracy", LEFT, TRAINING)]
    if best is not None:
        drawn += [*_curve(validation, x, y, VALIDATION), *_legend("validation accuracy", MIDDLE, VALIDATION)]
        drawn += _mark(best, dict(validation)[best], x, y)
    return element(
        "svg",
        *drawn,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        width=WIDTH,
        style="display:block;max-width:100%;height:auto;font:12px sans-serif",
        role="img",
        aria_label=f"learning curve of {len(reports):,} epochs",
    )


def thinned(count: int, most: int, keep: Iterable[int] = ()) -> list[int]:
    """At most `most` evenly spaced places of 0 … count − 1, plus the last one and those to keep."""
    return sorted({*range(0, count, math.ceil(count / most)), count - 1, *keep})


def ticks(low: float, high: float, least: float = 0.0) -> list[float]:
    """Round numbers, 1, 2 or 5 times a power of ten apart, that enclose the range: about five."""
    # The rounding errors of these subtractions and divisions are far below the slack.
    rough = (high - low) / TICKS * (1 - SLACK)
    power = 10.0 ** math.floor(math.log10(rough))
    step = max(least, next(m * power for m in (1, 2, 5, 10) if m * power >= rough))
    first, last = math.floor(low / step + SLACK), math.ceil(high / step - SLACK)
    return [round(number * step, 9) for number in range(first, last + 1)]


def _range(points: Points) -> tuple[float, float]:
    low, high = min(y for _, y in points), max(y for _, y in points)
    return max(0.0, min(low, high - LEAST_RANGE)), max(high, LEAST_RANGE)


def axis(low: float, high: float, start: float, end: float) -> Axis:
    """Places from `start` to `end` for values from `low` to `high`."""
    return lambda value: start + (value - low) / (high - low) * (end - start)


def _label(text: str, x: float, y: float, anchor: str) -> Element:
    return element("text", text, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor, fill="currentColor")


def _line(x1: float, x2: float, y: float, **stroke: object) -> Element:
    return element("line", x1=f"{x1:.1f}", x2=f"{x2:.1f}", y1=f"{y:.1f}", y2=f"{y:.1f}", **stroke)


def _grid(accuracies: Sequence[float], y: Axis) -> Iterator[Element]:
    for accuracy in accuracies:
        yield _line(LEFT, RIGHT, y(accuracy), stroke="currentColor", stroke_opacity=0.2)
        yield _label(f"{accuracy:g}", LEFT - 8, y(accuracy) + 4, "end")


def _epochs(epochs: Sequence[float], x: Axis) -> Iterator[Element]:
    for epoch in epochs:
        yield _label(f"{epoch:,.0f}", x(epoch), BOTTOM + 18, "middle")
    yield _label("epoch", (LEFT + RIGHT) / 2, BOTTOM + 38, "middle")


def _curve(points: Points, x: Axis, y: Axis, stroke: Stroke) -> list[Element]:
    """A curve that ends in a dot; a single point is only the dot."""
    places = [f"{x(epoch):.1f},{y(accuracy):.1f}" for epoch, accuracy in points]
    end_x, end_y = places[-1].split(",")
    return [
        element("polyline", points=" ".join(places), fill="none", **stroke),
        element("circle", cx=end_x, cy=end_y, r=2.5, fill=stroke["stroke"]),
    ]


def _legend(name: str, at: float, stroke: Stroke) -> list[Element]:
    return [_line(at, at + 28, 14, **stroke), _label(name, at + 34, 18, "start")]


def _mark(epoch: int, accuracy: float, x: Axis, y: Axis) -> list[Element]:
    """A ring around the best epoch, and its figures in the legend."""
    ring = {"r": 5, "fill": "none", "stroke": "currentColor", "stroke_width": 1.5}
    return [
        element("circle", cx=f"{x(epoch):.1f}", cy=f"{y(accuracy):.1f}", **ring),
        element("circle", cx=END, cy=14, **ring),
        _label(f"best: epoch {epoch:,}, {accuracy:.4f}", END + 12, 18, "start"),
    ]
