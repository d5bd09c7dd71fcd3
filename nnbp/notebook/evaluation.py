"""How an evaluation looks: accuracy and cost, and the confusion matrix shaded by fraction."""

import numpy as np
import numpy.typing as npt

from nnbp.evaluation import Evaluation
from nnbp.notebook import markup

# More classes do not fit on a screen; then the most frequent errors are listed instead.
MAX_CLASSES = 20
ERRORS = 10

# At most, so that the text of a cell stands out from it in light and in dark themes.
OPACITY = 0.6


def html(evaluation: Evaluation) -> str:
    """Accuracy, cost, and how many examples of each label were classified as which."""
    shown = f"accuracy {evaluation.accuracy:.4f} ({evaluation.correct:,} of {evaluation.total:,})"
    table = _matrix if len(evaluation.confusion) <= MAX_CLASSES else _errors
    return markup.write(markup.heading(shown, f"cost {evaluation.cost:.4f}"), table(evaluation.confusion))


def _matrix(confusion: npt.NDArray[np.int64]) -> markup.Element:
    classes = range(len(confusion))
    rows = [
        markup.element(
            "tr",
            markup.element("th", str(label), scope="row"),
            *(_cell(confusion, label, p) for p in classes),
        )
        for label in classes
    ]
    caption = "rows: labels; columns: predictions; framed: correct"
    return markup.table(caption, ["label", *map(str, classes)], rows)


def _cell(confusion: npt.NDArray[np.int64], label: int, prediction: int) -> markup.Element:
    count, of_label = int(confusion[label, prediction]), int(confusion[label].sum())
    fraction = count / max(of_label, 1)
    correct = label == prediction
    # Errors are few: the square root keeps 1 % from being invisible.
    background = markup.colour(markup.BLUE if correct else markup.ORANGE, OPACITY * fraction**0.5)
    frame = ";border:2px solid currentColor;font-weight:bold" if correct else ""
    faint = "" if count or correct else ";opacity:.5"
    return markup.element(
        "td",
        f"{count:,}",
        title=f"{fraction:.1%} of label {label}",
        style=f"background:{background}{frame}{faint}",
    )


def _errors(confusion: npt.NDArray[np.int64]) -> markup.Element:
    rows = [markup.row(str(a), str(b), f"{count:,}") for a, b, count in frequent_errors(confusion, ERRORS)]
    return markup.table("the most frequent errors", ["label", "prediction", "examples"], rows)


def frequent_errors(confusion: npt.NDArray[np.int64], most: int) -> list[tuple[int, int, int]]:
    """Label, prediction and count of the errors made most often, at most so many."""
    errors = confusion - np.diag(confusion.diagonal())
    order = np.argsort(-errors, axis=None, kind="stable")[:most]
    pairs = [divmod(int(place), len(errors)) for place in order]
    return [(a, b, int(errors[a, b])) for a, b in pairs if errors[a, b]]
