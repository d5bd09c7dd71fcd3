"""The settings of a training and their defaults, without NumPy, so that `--help` can show them quickly."""

import math
from dataclasses import dataclass
from numbers import Integral, Real

from nnbp.distortions import Distortion

COST_NAMES = ("quadratic", "cross-entropy", "log-likelihood")
INITIALIZATIONS = ("scaled", "standard", "centred")
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
    layer_rates    factors of η, one for each layer from layer 1 on; (): 1 for all
    step_every     epochs after which the step schedule multiplies the rate by `step_factor`
    warmup         epochs over which the rate rises linearly to its full value
    l1, l2         λ₁ and λ of the terms λ₁/n Σ|w| and λ/2n Σw² over n training examples
    momentum       fraction μ of the previous step added to the next; `nesterov`: Nesterov momentum
    dropout        fraction of the hidden neurons dropped for each example
    input_dropout  fraction of the pixels dropped for each example
    max_norm       largest Euclidean norm of the weights into a hidden neuron; 0: any
    init           initial weights and biases: see `nnbp.Network.random`
    deskew         whether images are deskewed before the network sees them, in training and afterwards
    elastic, rotate, scale, shear, shift   how far each image is distorted, anew in every epoch: see
                   `nnbp.distortions.Distortion`
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
    layer_rates: tuple[float, ...] = ()
    cost: str = "cross-entropy"
    l1: float = 0.0
    l2: float = 5.0
    momentum: float = 0.0
    nesterov: bool = False
    dropout: float = 0.0
    input_dropout: float = 0.0
    max_norm: float = 0.0
    init: str = "scaled"
    patience: int = 0
    keep: str = "last"
    deskew: bool = False
    elastic: tuple[float, float] = (0.0, 0.0)
    rotate: float = 0.0
    scale: float = 0.0
    shear: float = 0.0
    shift: float = 0.0

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
            ("input_dropout", 0 <= self.input_dropout < 1, "0 or more and below 1"),
            ("max_norm", 0 <= self.max_norm < math.inf, "a finite number, 0 or more"),
            # Far enough apart for any purpose, and float32 holds the quotient of any two.
            (
                "layer_rates",
                _are_numbers(self.layer_rates) and all(1e-6 <= factor <= 1e6 for factor in self.layer_rates),
                "a tuple of numbers from 1e-6 to 1e6, one for each layer",
            ),
            ("elastic", _are_numbers(self.elastic), "a tuple of two numbers, α and σ"),
            ("init", self.init in INITIALIZATIONS, _one_of(INITIALIZATIONS)),
            ("patience", self.patience >= 0, "0 or more"),
            ("keep", self.keep in KEEPS, _one_of(KEEPS)),
        ):
            if not sound:
                raise ValueError(f"{name} is {getattr(self, name)!a:.40}; it has to be {needed}")
        # It checks its own five.
        self._distortion()

    @property
    def distortion(self) -> Distortion | None:
        """How each image is distorted; None if it is not."""
        distortion = self._distortion()
        return distortion if distortion.has_effect else None

    def _distortion(self) -> Distortion:
        return Distortion(self.elastic, self.rotate, self.scale, self.shear, self.shift)

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


def _are_numbers(values: object) -> bool:
    return isinstance(values, tuple) and all(isinstance(value, Real) for value in values)


def _one_of(names: tuple[str, ...]) -> str:
    return f"one of {', '.join(names)}"
