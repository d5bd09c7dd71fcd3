"""A training: a network, its settings, and everything that changes from epoch to epoch."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from nnbp import engines
from nnbp.arrays import Layers
from nnbp.costs import COSTS
from nnbp.diagnoses import Diagnosis
from nnbp.engines import Threads
from nnbp.evaluation import Evaluation
from nnbp.minibatches import Examples, ImagesAndLabels
from nnbp.network import Network
from nnbp.reports import EpochReport, best_report, is_better, stops_early
from nnbp.settings import Settings
from nnbp.sgd import Progress, ignore


class NamedData(Protocol):
    """A data set, as returned by `nnbp.data.load`: its name, and the hexadecimal SHA-256 of its contents."""

    @property
    def name(self) -> str:
        """As `nnbp train --dataset` takes it."""

    @property
    def sha256(self) -> str:
        """Of its contents, in hexadecimal."""


@dataclass(eq=False, repr=False)
class Training:
    """A training, with everything needed to continue it exactly.

    network   after the last epoch
    settings  the hyperparameters
    rng       shuffles the examples of each epoch, seeds their distortions, and draws the dropout masks
    velocity  of each layer's weights and biases; zero unless given, empty without momentum
    reports   of the epochs so far
    best      the network after the best epoch, if that is kept and is not the last
    seed      that the network and `rng` began with; None: unknown
    engine    native or numpy; None until it is chosen
    held_out  number of examples held out for validation, from the end of the training examples
    diagnosis of the epochs that were diagnosed, if any; added by `nnbp train --diagnose`
    """

    network: Network
    settings: Settings
    rng: np.random.Generator
    velocity: Layers = field(default_factory=list)
    reports: list[EpochReport] = field(default_factory=list)
    best: Network | None = None
    seed: int | None = None
    engine: str | None = None
    held_out: int = 0
    diagnosis: list[Diagnosis] = field(default_factory=list)

    @classmethod
    def begin(
        cls,
        sizes: Sequence[int],
        settings: Settings = Settings(),  # noqa: B008 - it is frozen
        seed: int | None = None,
        dtype: npt.DTypeLike = np.float32,
    ) -> "Training":
        """A new training of a random network; without a seed, one is drawn.

        sizes   neurons of each layer, from the pixels of an image to the classes
        seed    0 to 2⁶⁴ − 1
        dtype   float32, or float64, which only NumPy computes in

        Raises ValueError for sizes, a seed or a precision out of range.

        >>> training = Training.begin((4, 3, 2), Settings(epochs=3), seed=1)
        >>> images = np.array([[0, 0, 255, 255], [255, 255, 0, 0]], np.uint8)
        >>> [report.epoch for report in training.run((images, np.array([0, 1])))]
        [1, 2, 3]
        """
        seed = secrets.randbelow(2**32) if seed is None else seed
        if not 0 <= seed < 2**64:
            raise ValueError(f"seed is {seed}; it has to be from 0 to 2**64 - 1")
        rng = np.random.Generator(np.random.PCG64(seed))
        network = Network.random(sizes, rng, settings.init, dtype)
        return cls(network, settings, rng, seed=seed)

    def __post_init__(self) -> None:
        if self.settings.momentum and not self.velocity:
            self.velocity = _at_rest(self.network)
        if self.velocity and not self.settings.momentum:
            raise ValueError("there is a velocity without momentum")

    def __repr__(self) -> str:
        sizes = ",".join(map(str, self.network.sizes))
        return f"<Training of {sizes}: {len(self.reports)} of {self.settings.epochs} epochs>"

    @property
    def result(self) -> Network:
        """The network to use: the best one if that is kept, otherwise the last."""
        return self.network if self.best is None else self.best

    @property
    def is_over(self) -> bool:
        """Whether all epochs are done, or the last `patience` did not improve the validation accuracy."""
        return self._is_over_with(best_report(self.reports))

    def _is_over_with(self, best: EpochReport | None) -> bool:
        done = len(self.reports)
        return done >= self.settings.epochs or stops_early(done, best, self.settings.patience)

    def run(
        self,
        examples: ImagesAndLabels,
        validation: ImagesAndLabels | int | None = None,
        engine: str = "auto",
        threads: Threads = "auto",
        progress: Progress = ignore,
        shape: tuple[int, int] | None = None,
    ) -> Iterator[EpochReport]:
        """Train until the training is over; yields a report after each epoch.

        Between reports the training can be inspected and saved. An exception within an epoch leaves it in the
        middle of that epoch: continue from a saved one. Only one run may be in progress.

        examples    images (n, n_0), bytes 0–255 or numbers 0–1, and labels (n,), 0 to n_L − 1
        validation  how many of them to hold out from the end (default: as many as before, at first none), or
                    separate examples; with these, a training that uses patience or keep cannot be saved
        engine      as for `nnbp.choose_engine`; auto keeps the engine of the previous epochs
        threads     maximum for the compiled engine; auto: as many as help
        progress    called with the number of examples seen so far in the epoch
        shape       rows and columns of the images, for a distortion; without it they are square

        Raises ValueError if examples do not match the network, if validation examples are missing, or if
        images cannot be distorted, and EngineError; the iterator raises DivergenceError if a cost or a
        parameter is no longer finite.
        """
        training, held_out, validation_examples = self._split(Examples.of(examples), validation)
        shown = [training] if validation_examples is None else [training, validation_examples]
        chosen = engines.choose_engine(self._wanted(engine), self.network, *shown)
        epochs = engines.epochs(
            chosen, self.network, self.velocity, training, self.settings, self.rng, threads, shape
        )
        evaluator = (
            None
            if validation_examples is None
            else engines.evaluator(
                chosen, self.network, validation_examples, COSTS[self.settings.cost], threads
            )
        )
        self.engine, self.held_out = chosen, held_out
        return self._reports(epochs, evaluator, progress)

    def evaluate(
        self, examples: ImagesAndLabels, engine: str = "auto", threads: Threads = "auto"
    ) -> Evaluation:
        """Evaluate the resulting network on these examples; engine and threads as in `run`.

        Raises the errors of `nnbp.evaluate`.
        """
        wanted = self._wanted(engine)
        return engines.evaluate(self.result, examples, self.settings.cost, wanted, threads)

    def save(self, path: str | Path, dataset: NamedData | None = None) -> None:
        """Write the training to a model file atomically.

        `dataset`, as returned by `nnbp.data.load`, lets `nnbp evaluate` find the data set by its name.
        Raises OSError, and ValueError for a training that a model file cannot hold.
        """
        from nnbp import modelfile

        modelfile.Model.of(self, dataset).save(path)

    def _repr_html_(self) -> str:
        from nnbp.notebook import training

        return training.html(self)

    def _wanted(self, engine: str) -> str:
        """The engine to choose: for auto, that of the previous epochs, if any."""
        return self.engine or "auto" if engine == "auto" else engine

    def _split(
        self, examples: Examples, validation: ImagesAndLabels | int | None
    ) -> tuple[Examples, int, Examples | None]:
        """The training examples, the number held out, and the validation examples, if any."""
        examples.check(self.network.sizes)
        if validation is None or isinstance(validation, int | np.integer):
            held_out = self.held_out if validation is None else int(validation)
            training, rest = examples.hold_out(held_out)
            separate = rest if held_out else None
        else:
            held_out, training, separate = 0, examples, Examples.of(validation)
            separate.check(self.network.sizes)
        if self.settings.needs_validation and separate is None:
            raise ValueError("patience and keep='best' need validation examples")
        return training, held_out, separate

    def _reports(
        self, epochs: engines.Epochs, evaluator: engines.Evaluator | None, progress: Progress
    ) -> Iterator[EpochReport]:
        # Followed from epoch to epoch, because a search would take time with the square of their number.
        best = best_report(self.reports)
        while not self._is_over_with(best):
            epoch = len(self.reports) + 1
            # Training changes the network in place, so the best one so far is kept as a copy.
            if self.settings.keep == "best" and self.best is None and self.reports:
                self.best = self.network.copy()
            figures = epochs.run(epoch, progress)
            report = EpochReport(
                epoch=epoch,
                learning_rate=self.settings.rate(epoch),
                cost=figures.cost,
                train_accuracy=figures.accuracy,
                validation_accuracy=None if evaluator is None else evaluator.run().accuracy,
            )
            self.reports.append(report)
            if is_better(report, best):
                self.best, best = None, report
            yield report


def _at_rest(network: Network) -> Layers:
    return [(np.zeros_like(weights), np.zeros_like(biases)) for weights, biases in network.layers]
