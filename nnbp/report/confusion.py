"""Labels against predictions, and the accuracy of each class with its interval."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from nnbp.intervals import wilson
from nnbp.notebook.learning_curve import Axis, axis, ticks
from nnbp.notebook.markup import Element, element
from nnbp.report import parts
from nnbp.report.subject import Shown

# Steps of the shades in page.css.
SHADES = 10
# More classes are not readable as a matrix; the most frequent errors are listed instead.
MAX_CLASSES = 40
ERRORS = 20
# Of the accuracies: where the axis begins and ends, and the height of a row.
LEFT, RIGHT, ROW = 52, 380, 38


def section(models: Sequence[Shown]) -> Element:
    """The matrix and the classes of each model."""
    several = len(models) > 1
    shown = [parts.named(m.name, several, _pair(m.evaluation.confusion, m.name)) for m in models]
    return parts.section(
        "confusion",
        "Which digits are confused",
        parts.note(
            "Rows are labels, columns predictions; the diagonal counts correct answers. Stronger "
            "blue: a larger part of the row is correct. Stronger orange: a more frequent error."
        ),
        *shown,
    )


def _pair(confusion: npt.NDArray[np.int64], name: str) -> Element:
    left = _matrix(confusion, name) if len(confusion) <= MAX_CLASSES else _errors(confusion, name)
    caption = element("figcaption", "Accuracy of each class, with 95 % confidence intervals")
    bars = parts.block("by-class", caption, _accuracies(confusion), tag="figure")
    return parts.block("pair", left, bars)


def _matrix(confusion: npt.NDArray[np.int64], name: str) -> Element:
    classes = range(len(confusion))
    fractions = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    # Errors are few: their shades are relative to the most frequent one.
    worst = float((fractions - np.diag(fractions.diagonal())).max()) or 1.0
    head = element("tr", element("th", "label", scope="col"))
    head.extend(element("th", str(label), scope="col") for label in classes)
    body = [
        element(
            "tr",
            element("th", str(label), scope="row"),
            *(_cell(confusion, label, p, 1.0 if p == label else worst) for p in classes),
        )
        for label in classes
    ]
    return parts.scrolled(f"Confusion matrix of {name}", head, body, "matrix")


def _cell(confusion: npt.NDArray[np.int64], label: int, prediction: int, most: float) -> Element:
    count, of_label = int(confusion[label, prediction]), int(confusion[label].sum())
    shade = round(SHADES * (count / max(of_label, 1) / most) ** 0.5)
    if count:
        shade = max(shade, 1)
    kind = "right" if label == prediction else "wrong"
    title = f"label {label}, prediction {prediction}: {count:,} of {of_label:,}"
    return element("td", f"{count:,}" if count else "·", title=title, **{"class": f"{kind} shade-{shade}"})


def _errors(confusion: npt.NDArray[np.int64], name: str) -> Element:
    errors = confusion - np.diag(confusion.diagonal())
    order = np.argsort(-errors, axis=None, kind="stable")[:ERRORS]
    pairs = [divmod(int(place), len(errors)) for place in order]
    rows = [(str(a), str(b), f"{errors[a, b]:,}") for a, b in pairs if errors[a, b]]
    return parts.table(f"Most frequent errors of {name}", ["label", "prediction", "images"], rows)


def _accuracies(confusion: npt.NDArray[np.int64]) -> Element:
    """A dot and its interval for each class that occurs, on the part of the axis that they need."""
    counts = [(label, int(row[label]), int(row.sum())) for label, row in enumerate(confusion) if row.sum()]
    levels = ticks(min(wilson(correct, total)[0] for _, correct, total in counts), 1.0)
    x = axis(levels[0], levels[-1], LEFT, RIGHT)
    bottom = ROW * len(counts)
    drawn = [part for level in levels if level <= 1 for part in _level(level, x(level), bottom)]
    for place, (label, correct, total) in enumerate(counts):
        drawn += _class(place * ROW + ROW // 2, x, label, correct, total)
    text = "; ".join(f"{label}: {parts.percent(correct / total)}" for label, correct, total in counts)
    return element(
        "svg",
        element("title", text),
        *drawn,
        viewBox=f"0 0 480 {bottom + 30}",
        role="img",
        aria_label=f"Accuracy of each class. {text}",
        **{"class": "classes"},
    )


def _level(level: float, x: float, bottom: int) -> list[Element]:
    at = f"{x:.1f}"
    return [
        element("line", x1=at, x2=at, y1=0, y2=bottom, **{"class": "grid"}),
        element("text", f"{100 * level:g} %", x=at, y=bottom + 22, text_anchor="middle"),
    ]


def _class(middle: int, x: Axis, label: int, correct: int, total: int) -> list[Element]:
    low, high = map(x, wilson(correct, total))
    whisker = f"M{low:.1f} {middle}H{high:.1f}M{low:.1f} {middle - 6}v12M{high:.1f} {middle - 6}v12"
    dot = {"cx": f"{x(correct / total):.1f}", "cy": middle, "r": 6, "class": "dot"}
    return [
        element("text", str(label), x=LEFT - 18, y=middle + 5, text_anchor="end", **{"class": "label"}),
        element("path", d=whisker, **{"class": "whisker"}),
        element("circle", **dot),
        element("text", parts.percent(correct / total), x=RIGHT + 22, y=middle + 5, **{"class": "label"}),
    ]
