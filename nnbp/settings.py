"""The choices of a training, with their defaults; free of NumPy, so that `--help` can show them at once."""

import math
from collections.abc import Callable
from dataclasses import dataclass

COST_NAMES = ("quadratic", "cross-entropy", "log-likelihood")
INITIALIZATIONS = ("scaled", "standard")

# The share of the learning rate in force in an epoch, counted from 1, of so many.
SCHEDULES: dict[str, Callable[[int, int], float]] = {
    "constant": lambda epoch, epochs: 1.0,
    "linear": lambda epoch, epochs: 1.0 - (epoch - 1) / epochs,
}

# Each epoch leaves a report in the model file.
MAX_EPOCHS = 100_000


@dataclass(frozen=True)
class Settings:
    """What can be chosen about a training.

    learning_rate   η of the first epoch; `schedule` says what becomes of it
    l2              λ of the term λ/2n Σw² over n training examples
    init            standard deviation of the first weights: 1/√n_in (scaled) or 1 (standard)

    Raises ValueError for a value out of range.
    """

    epochs: int = 30
    batch_size: int = 10
    learning_rate: float = 0.5
    schedule: str = "linear"
    cost: str = "cross-entropy"
    l2: float = 5.0
    init: str = "scaled"

    def __post_init__(self) -> None:
        if not 1 <= self.epochs <= MAX_EPOCHS:
            raise ValueError(f"epochs is {self.epochs}; 1 to {MAX_EPOCHS:,} can be run")
        if self.batch_size < 1:
            raise ValueError(f"batch_size is {self.batch_size}; a mini-batch has at least one example")
        if not 0 < self.learning_rate < math.inf:
            raise ValueError(f"learning_rate is {self.learning_rate}; it is a finite number above 0")
        if not 0 <= self.l2 < math.inf:
            raise ValueError(f"l2 is {self.l2}; it is a finite number, 0 or more")
        for value, known in (
            (self.schedule, tuple(SCHEDULES)),
            (self.cost, COST_NAMES),
            (self.init, INITIALIZATIONS),
        ):
            if value not in known:
                raise ValueError(f"{value!a:.40} is none of {', '.join(known)}")

    def rate(self, epoch: int) -> float:
        """The learning rate in force in an epoch, counted from 1."""
        return self.learning_rate * SCHEDULES[self.schedule](epoch, self.epochs)
