"""How a training looks: its facts and settings, its learning curve, and its first and last reports."""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import pairwise

from nnbp.notebook import learning_curve, markup
from nnbp.reports import EpochReport, best_epoch
from nnbp.settings import Settings
from nnbp.training import Training

# Reports shown from the beginning, and from the end.
ENDS = 3


def html(training: Training, dataset: str | None = None) -> str:
    """The training, and the name of its data set if known."""
    reports = training.reports
    pictures = [learning_curve.draw(reports), _table(reports)] if reports else []
    return markup.write(_heading(training, dataset), markup.note(_settings(training.settings)), *pictures)


def _heading(training: Training, dataset: str | None) -> markup.Element:
    done, planned = len(training.reports), training.settings.epochs
    early = ", stopped early" if training.is_over and done < planned else ""
    return markup.heading(
        ",".join(map(str, training.network.sizes)),
        training.settings.cost,
        *([] if dataset is None else [f"data set {dataset}"]),
        f"{done:,} of {planned:,} epochs{early}",
        *([] if training.seed is None else [f"seed {training.seed}"]),
        *([] if training.engine is None else [f"engine {training.engine}"]),
    )


def _settings(settings: Settings) -> str:
    """The settings that differ from the defaults, as Python code."""
    defaults = asdict(Settings())
    changed = [f"{name}={value!r}" for name, value in asdict(settings).items() if value != defaults[name]]
    return f"Settings({', '.join(changed)})"


def _table(reports: list[EpochReport]) -> markup.Element:
    header = ["epoch", "rate", "cost", "train", "validation"]
    return markup.table("reports", header, list(_rows(reports)))


def _rows(reports: list[EpochReport]) -> Iterator[markup.Element]:
    """The first, the best and the last reports, with a row of dots wherever some are left out."""
    count, best = len(reports), best_epoch(reports)
    shown = {*range(1, count + 1)[:ENDS], *range(1, count + 1)[-ENDS:], *([best] if best else [])}
    for before, epoch in pairwise([0, *sorted(shown)]):
        if epoch > before + 1:
            yield markup.row(*"⋮⋮⋮⋮⋮")
        yield _row(reports[epoch - 1], epoch == best)


def _row(report: EpochReport, best: bool) -> markup.Element:
    validation = "–" if report.validation_accuracy is None else f"{report.validation_accuracy:.4f}"
    return markup.row(
        f"{report.epoch} (best)" if best else str(report.epoch),
        f"{report.learning_rate:.4g}",
        f"{report.cost:.4f}",
        f"{report.train_accuracy:.4f}",
        validation,
        **({"style": "font-weight:bold"} if best else {}),
    )
