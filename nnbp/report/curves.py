"""The learning curves: cost and accuracy, epoch by epoch, of all models in one chart each."""

from collections.abc import Sequence

from nnbp.notebook.markup import Element, element
from nnbp.report import chart, parts
from nnbp.report.chart import Line
from nnbp.report.subject import Shown
from nnbp.reports import EpochReport, best_epoch

# Rows of a model's table: the alternative to the chart.
MAX_ROWS = 60


def section(models: Sequence[Shown]) -> Element | None:
    """Both charts, and their figures as tables; None if no model has a report."""
    several = len(models) > 1
    trained = [(place, shown) for place, shown in enumerate(models) if shown.model.training.reports]
    if not trained:
        return None
    costs = [line for place, shown in trained for line in _costs(shown, place, several)]
    lines = [line for place, shown in trained for line in _accuracies(shown, place, several)]
    accuracies = _apart(lines) if several else [("Accuracy", lines)]
    figures = [
        *(_figure(title, "fraction of correct answers, 0 to 1", lines) for title, lines in accuracies),
        _figure("Cost on the training examples", "mean cost of an example", costs),
    ]
    tables = [_table(shown.name, shown.model.training.reports) for _, shown in trained]
    return parts.section(
        "curves",
        "Learning curves",
        parts.block("charts", *figures),
        parts.note(
            "Training figures are running averages over the epoch. Solid lines: validation; dashed lines: "
            "training. The ring marks the best epoch on the validation examples."
        ),
        parts.details("The figures of each epoch", *tables),
    )


def _figure(title: str, unit: str, lines: Sequence[Line]) -> Element:
    return element("figure", element("figcaption", title), chart.draw(title, unit, lines))


def _apart(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """A chart for validation and one for training: the lines of several models together hide each other."""
    parts_of = {
        "Accuracy on the validation examples": [line for line in lines if not line.dashed],
        "Accuracy on the training examples": [line for line in lines if line.dashed],
    }
    return [(title, found) for title, found in parts_of.items() if found]


def _name(shown: Shown, several: bool, part: str) -> str:
    return shown.name.removesuffix(".npz") if several else part


def _costs(shown: Shown, place: int, several: bool) -> list[Line]:
    points = [(report.epoch, report.cost) for report in shown.model.training.reports]
    return [Line(_name(shown, several, "training"), place, points, dashed=True)]


def _accuracies(shown: Shown, place: int, several: bool) -> list[Line]:
    reports = shown.model.training.reports
    training = [(report.epoch, report.train_accuracy) for report in reports]
    validation = [(r.epoch, r.validation_accuracy) for r in reports if r.validation_accuracy is not None]
    lines = [Line(_name(shown, several, "training"), place, training, dashed=True)]
    if validation:
        name = _name(shown, several, "validation")
        lines.append(Line(name, place, validation, ring=best_epoch(reports)))
    return lines


def _table(name: str, reports: Sequence[EpochReport]) -> Element:
    """The reports of a model: of a long training evenly spaced ones, the best and the last."""
    best, step = best_epoch(reports), -(-len(reports) // MAX_ROWS)
    kept = sorted({*range(1, len(reports) + 1, step), len(reports), *([best] if best else [])})
    rows = []
    for epoch in kept:
        report = reports[epoch - 1]
        held = "–" if report.validation_accuracy is None else f"{report.validation_accuracy:.4f}"
        rows.append(
            [
                f"{epoch:,}" + (" (best)" if epoch == best else ""),
                f"{report.learning_rate:.4g}",
                f"{report.cost:.4f}",
                f"{report.train_accuracy:.4f}",
                held,
            ]
        )
    header = ["epoch", "learning rate", "cost", "training accuracy", "validation accuracy"]
    return parts.table(f"Epochs of {name}", header, rows)
