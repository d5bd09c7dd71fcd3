"""Labels against predictions, and the accuracy of each class with its interval."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from nnbp.notebook.evaluation import frequent_errors
from nnbp.notebook.markup import Element, element
from nnbp.report import intervals, parts
from nnbp.report.subject import Shown

# Steps of the shades in colours.css.
SHADES = 10
# More classes are not readable as a matrix; the most frequent errors are listed instead.
MAX_CLASSES = 40
# So many fit into the width of a phone.
FEW_CLASSES = 12
ERRORS = 20

Confusion = npt.NDArray[np.int64]


def section(models: Sequence[Shown]) -> Element:
    """The matrix and the classes of each model."""
    classes = [_rows(models, place) for place in range(len(models))]
    # All models on one axis, so that they can be compared by switching.
    levels = intervals.levels([row for rows in classes for row in rows], end=1.0)
    shown = [
        parts.named(models, place, _pair(models[place], _classes(rows, levels)))
        for place, rows in enumerate(classes)
    ]
    several = " Grey dots: the other models." if len(models) > 1 else ""
    return parts.section(
        "confusion",
        "Which classes are confused",
        parts.note(
            "Rows are labels, columns predictions; the diagonal counts correct answers. The stronger "
            "the blue, the larger the correct part of the row; the stronger the orange, the more frequent "
            f"the error. Accuracies with 95\u00a0% confidence intervals.{several}"
        ),
        *shown,
    )


def _pair(shown: Shown, classes: Element) -> Element:
    confusion = shown.evaluation.confusion
    left = _matrix(confusion) if len(confusion) <= MAX_CLASSES else _errors(confusion)
    return parts.block("pair few" if len(confusion) <= FEW_CLASSES else "pair", left, classes)


def _rows(models: Sequence[Shown], place: int) -> list[intervals.Row]:
    """The classes that occur, with the accuracies of the other models."""
    correct, total = models[place].evaluation.confusion.diagonal(), _totals(models[place])
    others = [shown for n, shown in enumerate(models) if n != place]
    rows = []
    for label in np.flatnonzero(total):
        compared = [
            float(s.evaluation.confusion[label, label] / total[label])
            for s in others
            if label < len(_totals(s))
        ]
        heading = element("th", str(label), scope="row")
        rows.append(intervals.Row(heading, place, int(correct[label]), int(total[label]), compared))
    return rows


def _totals(shown: Shown) -> Confusion:
    return np.asarray(shown.evaluation.confusion.sum(axis=1))


def _classes(rows: Sequence[intervals.Row], levels: Sequence[float]) -> Element:
    return intervals.table("Accuracy of each class", ["label"], rows, levels, "classes")


def _matrix(confusion: Confusion) -> Element:
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
    return parts.scrolled("Confusion matrix", head, body, "matrix")


def _cell(confusion: Confusion, label: int, prediction: int, most: float) -> Element:
    count, of_label = int(confusion[label, prediction]), int(confusion[label].sum())
    shade = round(SHADES * (count / max(of_label, 1) / most) ** 0.5)
    if count:
        shade = max(shade, 1)
    kind = "right" if label == prediction else "wrong"
    title = f"label {label}, prediction {prediction}: {count:,} of {of_label:,}"
    return element("td", str(count) if count else "·", title=title, **{"class": f"{kind} shade-{shade}"})


def _errors(confusion: Confusion) -> Element:
    rows = [(str(label), str(p), f"{count:,}") for label, p, count in frequent_errors(confusion, ERRORS)]
    return parts.table("Most frequent errors", ["label", "prediction", "images"], rows)
