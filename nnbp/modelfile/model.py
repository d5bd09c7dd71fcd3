"""A model: a training, its data set by name and SHA-256, and its score on the test set."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from nnbp import __version__, diagnoses
from nnbp.arrays import Layers
from nnbp.network import Network
from nnbp.reports import best_epoch
from nnbp.settings import ENGINES, Settings
from nnbp.training import NamedData, Training
from nnbp.updates import layer_rates

# Stands for the name of a data set that a training was saved without.
UNNAMED = "unnamed"


@dataclass(frozen=True)
class Origin:
    """Everything needed to reproduce the network, except sizes and settings.

    Raises ValueError for a bad value.

    dataset         name of the data set
    dataset_sha256  of its contents; empty if unknown
    validation      number of examples held out from the end of the training set
    seed            of the generator that draws the initial weights and shuffles the examples; None: unknown
    engine          native or numpy; None before the first epoch
    blas_threads    threads of NumPy's BLAS, on which the bytes of the numpy engine depend; None: unknown
    fused           whether the processor has fused multiply-add, on which those of the native engine depend;
                    None: unknown
    """

    dataset: str
    dataset_sha256: str
    validation: int
    seed: int | None
    engine: str | None
    blas_threads: int | None
    fused: bool | None

    def __post_init__(self) -> None:
        if len(self.dataset_sha256) not in (0, 64) or set(self.dataset_sha256) - set("0123456789abcdef"):
            raise ValueError("dataset_sha256 is not a SHA-256 in hexadecimal")
        if not self.dataset.isprintable() or not 0 < len(self.dataset) <= 100:
            raise ValueError("dataset is not a name")
        if not (0 <= (self.seed or 0) < 2**64 and self.validation >= 0):
            raise ValueError("seed or validation is out of range")
        if self.engine is not None and (self.engine not in ENGINES or self.engine == "auto"):
            raise ValueError("engine is neither native nor numpy")
        if self.blas_threads is not None and self.blas_threads < 1:
            raise ValueError("blas_threads is below 1")


@dataclass(frozen=True)
class Score:
    """The answers of the network to the test examples. Raises ValueError for impossible counts."""

    correct: int
    total: int

    def __post_init__(self) -> None:
        if not 0 <= self.correct <= self.total or not self.total:
            raise ValueError(f"{self.correct} of {self.total} correct answers are impossible")

    @property
    def accuracy(self) -> float:
        """The fraction of correct answers, 0–1."""
        return self.correct / self.total


@dataclass(frozen=True, repr=False)
class Model:
    """A training as it is stored, with the name and the SHA-256 of its data set.

    score                of the network on the test set, if it has been evaluated there
    blas_threads, fused  as in `Origin`
    """

    training: Training
    dataset: str = UNNAMED
    dataset_sha256: str = ""
    version: str = __version__
    score: Score | None = None
    blas_threads: int | None = None
    fused: bool | None = None

    @classmethod
    def of(cls, training: Training, dataset: NamedData | None) -> "Model":
        """The model of a training on this data set."""
        return cls(training) if dataset is None else cls(training, dataset.name, dataset.sha256)

    def __repr__(self) -> str:
        return f"<Model on {self.dataset}: {self.training!r}>"

    def check(self) -> None:
        """Raise ValueError if the parts do not match each other, or a number is not finite."""
        training, settings = self.training, self.settings
        if [report.epoch for report in training.reports] != list(range(1, len(training.reports) + 1)):
            raise ValueError("the epoch reports are not numbered 1, 2, 3, …")
        if len(training.reports) > settings.epochs:
            raise ValueError("there are more epoch reports than epochs")
        diagnoses.check(training.diagnosis, len(training.reports), len(training.network.weights))
        if bool(training.velocity) != (settings.momentum > 0):
            raise ValueError("there is a velocity without momentum, or momentum without a velocity")
        # It refuses another number of factors than of layers.
        layer_rates(settings, training.network)
        if (training.best is not None) != (
            settings.keep == "best" and (best_epoch(training.reports) or 0) != len(training.reports)
        ):
            raise ValueError("the best network is missing, or not needed")
        if settings.needs_validation and not training.held_out:
            raise ValueError(
                "patience and keep='best' need validation examples, held out from the training examples"
            )
        if not isinstance(training.rng.bit_generator, np.random.PCG64):
            raise ValueError("the random numbers are not those of NumPy's PCG64, which a model file can hold")
        best = [] if training.best is None else training.best.layers
        for layers in filter(None, (training.network.layers, training.velocity, best)):
            _check_layers(layers, training.network.sizes)

    @property
    def network(self) -> Network:
        """The network to use: the best one if that is kept, otherwise the last."""
        return self.training.result

    @property
    def settings(self) -> Settings:
        """The settings of the training."""
        return self.training.settings

    @property
    def origin(self) -> Origin:
        """Everything needed to reproduce the network, except sizes and settings."""
        training = self.training
        return Origin(
            dataset=self.dataset,
            dataset_sha256=self.dataset_sha256,
            validation=training.held_out,
            seed=training.seed,
            engine=training.engine,
            blas_threads=self.blas_threads,
            fused=self.fused,
        )

    def save(self, path: str | Path) -> None:
        """As `nnbp.save`."""
        from nnbp import modelfile

        modelfile.save(self, path)

    def _repr_html_(self) -> str:
        from nnbp.notebook import training

        return training.html(self.training, self.dataset)


def _check_layers(layers: Layers, sizes: tuple[int, ...]) -> None:
    """Raise ValueError for arrays that a model file of these sizes cannot hold."""
    shapes = [((n_in, n_out), (n_out,)) for n_in, n_out in pairwise(sizes)]
    if [(weights.shape, biases.shape) for weights, biases in layers] != shapes:
        raise ValueError("weights, biases or velocities do not have the shapes that the sizes require")
    for array in (array for pair in layers for array in pair):
        if array.dtype != np.float32:
            raise ValueError(f"the training is in {array.dtype}; a model file holds float32")
        if not np.isfinite(array).all():
            raise ValueError("a weight, bias or velocity is not a finite number")
