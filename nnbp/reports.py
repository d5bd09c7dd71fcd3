"""The report of an epoch, the best of them, and early stopping."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class EpochReport:
    """The report of an epoch.

    cost and train_accuracy are running averages over the training examples, each measured before the update
    that the example takes part in; cost excludes the L1 and L2 terms. Accuracies are fractions, 0–1.

    Raises ValueError for an accuracy out of range.
    """

    epoch: int
    learning_rate: float
    cost: float
    train_accuracy: float
    validation_accuracy: float | None

    def __post_init__(self) -> None:
        if not (0 <= self.train_accuracy <= 1 and 0 <= (self.validation_accuracy or 0) <= 1):
            raise ValueError(f"accuracies are 0-1: {self.train_accuracy}, {self.validation_accuracy}")


def is_better(report: EpochReport, best: EpochReport | None) -> bool:
    """Whether the validation accuracy of this report is higher than that of the best one before it."""
    # The first epochs may have been trained without validation examples.
    if report.validation_accuracy is None or best is None or best.validation_accuracy is None:
        return report.validation_accuracy is not None
    return report.validation_accuracy > best.validation_accuracy


def best_report(reports: Iterable[EpochReport]) -> EpochReport | None:
    """The first report with the highest validation accuracy; None without validation examples."""
    best = None
    for report in reports:
        if is_better(report, best):
            best = report
    return best


def best_epoch(reports: Iterable[EpochReport]) -> int | None:
    """The epoch of the best report; None without validation examples."""
    best = best_report(reports)
    return None if best is None else best.epoch


def stops_early(epoch: int, best: EpochReport | None, patience: int) -> bool:
    """Whether the last `patience` epochs brought no better validation accuracy; never if that is 0."""
    return patience > 0 and best is not None and epoch - best.epoch >= patience
