"""The report of an epoch, and the best of them."""

from collections.abc import Sequence
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


def best_epoch(reports: Sequence[EpochReport]) -> int | None:
    """The first epoch with the highest validation accuracy; None without validation examples."""
    # The first epochs may have been trained without validation examples.
    accuracies = {r.epoch: r.validation_accuracy for r in reports if r.validation_accuracy is not None}
    return max(accuracies, key=accuracies.__getitem__, default=None)
