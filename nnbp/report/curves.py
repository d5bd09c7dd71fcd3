"""The learning curves: cost and accuracy, epoch by epoch, of all models in one chart each."""

from collections.abc import Sequence

from nnbp.notebook.learning_curve import thinned
from nnbp.notebook.markup import Element
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
        *(chart.figure(title, "%", lines) for title, lines in accuracies),
        chart.figure("Cost on the training examples", "", costs),
    ]
    tables = [parts.named(models, place, _table(shown.model.training.reports)) for place, shown in trained]
    return parts.section(
        "curves",
        "Learning curves",
        parts.note(
            "Training figures are running averages over the epoch. Solid lines: validation; dashed lines: "
            "training. The ring marks the best epoch on the validation examples."
        ),
        parts.block("charts", *figures),
        parts.details("The figures of each epoch", *tables),
    )


def _apart(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """A chart for validation and one for training: the lines of several models together hide each other."""
    parts_of = {
        "Accuracy on the validation examples": [line for line in lines if not line.dashed],
        "Accuracy on the training examples": [line for line in lines if line.dashed],
    }
    return [(title, found) for title, found in parts_of.items() if found]


def _name(shown: Shown, several: bool, part: str) -> str:
    return shown.name if several else part


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


def _table(reports: Sequence[EpochReport]) -> Element:
    """The reports of a model: of a long training evenly spaced ones, the best and the last."""
    best = best_epoch(reports)
    kept = thinned(len(reports), MAX_ROWS, [] if best is None else [best - 1])
    rows = [_row(reports[place], place + 1 == best) for place in kept]
    header = ["epoch", "learning rate", "cost", "training accuracy", "validation accuracy"]
    return parts.table("Epochs", header, rows)


def _row(report: EpochReport, best: bool) -> parts.Cells:
    held = report.validation_accuracy
    return [
        f"{report.epoch:,}" + (" (best)" if best else ""),
        f"{report.learning_rate:.4g}",
        f"{report.cost:.4f}",
        parts.percent(report.train_accuracy),
        "–" if held is None else parts.percent(held),
    ]
