"""The settings of a training and their defaults, without NumPy, so that `--help` can show them quickly."""

import math
from dataclasses import dataclass
from numbers import Integral

COST_NAMES = ("quadratic", "cross-entropy", "log-likelihood")
INITIALIZATIONS = ("scaled", "standard")
SCHEDULES = ("constant", "linear", "cosine", "step")
KEEPS = ("last", "best")

# auto: the compiled engine if it is built, otherwise NumPy.
ENGINES = ("auto", "native", "numpy")

# Each epoch leaves a report in the model file.
MAX_EPOCHS = 100_000


@dataclass(frozen=True)
class Settings:
    """The hyperparameters of a training.

    learning_rate  η, which `schedule` and `warmup` change from epoch to epoch (see `rate`)
    step_every     epochs after which the step schedule multiplies the rate by `step_factor`
    warmup         epochs over which the rate rises linearly to its full value
    l1, l2         λ₁ and λ of the terms λ₁/n Σ|w| and λ/2n Σw² over n training examples
    momentum       fraction μ of the previous step added to the next; `nesterov`: Nesterov momentum
    dropout        fraction of the hidden neurons dropped for each example
    init           standard deviation of the initial weights: 1/√n_in (scaled) or 1 (standard)
    patience       epochs without a better validation accuracy after which training stops; 0: never
    keep           which network to keep: the last epoch's, or the best epoch's

    Raises ValueError for a value out of range.
    """

    epochs: int = 30
    batch_size: int = 10
    learning_rate: float = 0.5
    schedule: str = "linear"
    step_every: int = 10
    step_factor: float = 0.1
    warmup: int = 0
    cost: str = "cross-entropy"
    l1: float = 0.0
    l2: float = 5.0
    momentum: float = 0.0
    nesterov: bool = False
    dropout: float = 0.0
    init: str = "scaled"
    patience: int = 0
    keep: str = "last"

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "step_every", "warmup", "patience"):
            if not isinstance(getattr(self, name), Integral):
                raise ValueError(f"{name} is {getattr(self, name)!a:.40}; it has to be a whole number")
        for name, sound, needed in (
            ("epochs", 1 <= self.epochs <= MAX_EPOCHS, f"1 to {MAX_EPOCHS:,}"),
            ("batch_size", self.batch_size >= 1, "at least 1"),
            ("learning_rate", 0 < self.learning_rate < math.inf, "a finite number above 0"),
            ("schedule", self.schedule in SCHEDULES, _one_of(SCHEDULES)),
            ("step_every", self.step_every >= 1, "at least 1"),
            ("step_factor", 0 < self.step_factor <= 1, "above 0 and at most 1"),
            ("warmup", 0 <= self.warmup < self.epochs, "0 or more, and fewer than the epochs"),
            ("cost", self.cost in COST_NAMES, _one_of(COST_NAMES)),
            ("l1", 0 <= self.l1 < math.inf, "a finite number, 0 or more"),
            ("l2", 0 <= self.l2 < math.inf, "a finite number, 0 or more"),
            ("momentum", 0 <= self.momentum < 1, "0 or more and below 1"),
            ("nesterov", self.momentum > 0 or not self.nesterov, "False without momentum"),
            ("dropout", 0 <= self.dropout < 1, "0 or more and below 1"),
            ("init", self.init in INITIALIZATIONS, _one_of(INITIALIZATIONS)),
            ("patience", self.patience >= 0, "0 or more"),
            ("keep", self.keep in KEEPS, _one_of(KEEPS)),
        ):
            if not sound:
                raise ValueError(f"{name} is {getattr(self, name)!a:.40}; it has to be {needed}")

    @property
    def needs_validation(self) -> bool:
        """Whether a setting uses the validation accuracy."""
        return self.patience > 0 or self.keep == "best"

    def rate(self, epoch: int) -> float:
        """The learning rate of an epoch, counted from 1.

        With e = epoch − 1 of E epochs: η (constant), η (1 − e/E) (linear), η (1 + cos(π e/E))/2 (cosine;
        Loshchilov and Hutter 2017, "SGDR"), η step_factor^⌊e/step_every⌋ (step). During
        warm-up it is multiplied by epoch/(warmup + 1).

        >>> [Settings(epochs=4, learning_rate=2.0).rate(epoch) for epoch in (1, 2, 3, 4)]
        [2.0, 1.5, 1.0, 0.5]
        """
        e, epochs = epoch - 1, self.epochs
        factor = {
            "constant": 1.0,
            "linear": 1.0 - e / epochs,
            "cosine": (1.0 + math.cos(math.pi * e / epochs)) / 2.0,
            "step": self.step_factor ** (e // self.step_every),
        }[self.schedule]
        return self.learning_rate * factor * min(1.0, epoch / (self.warmup + 1))


def _one_of(names: tuple[str, ...]) -> str:
    return f"one of {', '.join(names)}"
