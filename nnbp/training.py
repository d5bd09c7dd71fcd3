"""A training: its state, `train()`, which takes it further, and the choice of the engine that computes.

There are two engines. The NumPy engine (sgd.py, evaluation.py) is the algorithm as it is read; the compiled
one (native/) does the same faster. No other file of the core knows that there are two.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from nnbp import evaluation, native, sgd
from nnbp.arrays import Layers
from nnbp.costs import COSTS, Cost
from nnbp.errors import EngineError
from nnbp.evaluation import Evaluation
from nnbp.minibatches import Examples
from nnbp.network import Network
from nnbp.settings import ENGINES, Settings

ENGINE_VARIABLE = "NNBP_ENGINE"


@dataclass(frozen=True)
class EpochReport:
    """The figures of an epoch.

    cost and train_accuracy are those of the training examples as they were met, each before the update
    that it took part in; cost is without the L2 term. Accuracies are shares, 0–1.
    """

    epoch: int
    learning_rate: float
    cost: float
    train_accuracy: float
    validation_accuracy: float | None

    def __post_init__(self) -> None:
        if not (0 <= self.train_accuracy <= 1 and 0 <= (self.validation_accuracy or 0) <= 1):
            raise ValueError(f"accuracies are 0-1: {self.train_accuracy}, {self.validation_accuracy}")


@dataclass
class State:
    """All that a training changes from epoch to epoch, and so all that it takes to go on with it exactly.

    network   as it is after the last epoch
    rng       orders the examples anew in each epoch, and draws the masks of dropout
    velocity  of each layer's weights and biases, of their shapes; none without momentum
    reports   of the epochs so far
    best      the network after the best epoch, where that is to be kept and is not the last
    """

    network: Network
    rng: np.random.Generator
    velocity: Layers = field(default_factory=list)
    reports: list[EpochReport] = field(default_factory=list)
    best: Network | None = None

    @classmethod
    def begin(
        cls, sizes: Sequence[int], settings: Settings, seed: int, dtype: npt.DTypeLike = np.float32
    ) -> "State":
        """A training that has not begun. Raises ValueError for sizes that cannot be built."""
        rng = np.random.Generator(np.random.PCG64(seed))
        network = Network.random(sizes, rng, settings.init, dtype)
        velocity = _at_rest(network) if settings.momentum else []
        return cls(network, rng, velocity)

    @property
    def result(self) -> Network:
        """The network that the training has come to: the best one, where that is to be kept."""
        return self.network if self.best is None else self.best


def best_epoch(reports: Sequence[EpochReport]) -> int | None:
    """The first epoch of the highest validation accuracy; None where nothing was held out."""
    shares = [report.validation_accuracy for report in reports if report.validation_accuracy is not None]
    return shares.index(max(shares)) + 1 if shares else None


def is_over(reports: Sequence[EpochReport], settings: Settings) -> bool:
    """Whether all epochs are done, or `patience` epochs have brought no better validation accuracy."""
    best = best_epoch(reports) or len(reports)
    impatient = settings.patience and len(reports) - best >= settings.patience
    return len(reports) >= settings.epochs or bool(impatient)


def train(
    state: State,
    training: Examples,
    validation: Examples | None,
    settings: Settings,
    engine: str = "auto",
    threads: int | None = None,
) -> Iterator[EpochReport]:
    """Take a training further, epoch by epoch, until it is over; a report after each.

    Works in `state`, which may be read, stored and trained on later between two reports. The engine is as
    `choose_engine` takes it; `threads` is the most that the compiled one uses.

    Raises ValueError where examples or settings do not match the state, or validation examples are needed,
    and EngineError; and from an epoch DivergenceError, once a cost or a parameter is no longer finite.
    """
    if settings.needs_validation and validation is None:
        raise ValueError("patience and keep='best' need validation examples")
    if bool(state.velocity) != (settings.momentum > 0):
        raise ValueError("the state has a velocity without momentum, or the other way round")
    network, shown = state.network, [training] if validation is None else [training, validation]
    for examples in shown:
        examples.check(network.sizes)
    chosen = choose_engine(engine, network, *shown)
    unseen = (
        None if validation is None else _evaluator(chosen, network, validation, COSTS[settings.cost], threads)
    )
    epochs = (
        native.Epochs(network, state.velocity, training, settings, state.rng, threads)
        if chosen == "native"
        else sgd.Epochs(network, state.velocity, training, settings, state.rng)
    )
    return _reports(state, epochs, unseen, settings)


def evaluate(
    network: Network, examples: Examples, cost: Cost, engine: str = "auto", threads: int | None = None
) -> Evaluation:
    """Show the network all of the examples, once.

    Raises ValueError where they do not match its sizes, and EngineError as `choose_engine` does.
    """
    examples.check(network.sizes)
    return _evaluator(choose_engine(engine, network, examples), network, examples, cost, threads).run()


def choose_engine(wanted: str, network: Network, *examples: Examples) -> str:
    """The engine for these examples: "native" or "numpy".

    auto is the compiled engine where it is built, for networks in float32 and images of bytes, unless
    NNBP_ENGINE says numpy. With native in NNBP_ENGINE it has to be built. Raises EngineError where the
    compiled engine is wanted and cannot be used.
    """
    if wanted not in ENGINES:
        raise ValueError(f"engine {wanted!r} is none of {', '.join(ENGINES)}")
    asked = _engine_of_the_environment() if wanted == "auto" else wanted
    if asked == "numpy":
        return "numpy"
    reason = native.missing()
    if reason and asked == "native":
        raise EngineError("engine native", reason, "reinstall nnbp with a C compiler, or use --engine numpy")
    suits = all(native.suits(network, each) for each in examples)
    if not suits and wanted == "native":
        raise EngineError(
            "engine native", "it takes networks in float32 and images of bytes", "use --engine numpy"
        )
    return "native" if suits and not reason else "numpy"


def _engine_of_the_environment() -> str:
    named = os.environ.get(ENGINE_VARIABLE) or "auto"
    if named not in ENGINES:
        raise EngineError(ENGINE_VARIABLE, f"it is {named!a:.40}", "set it to native or numpy, or unset it")
    return named


class _Epochs(Protocol):
    def run(self, epoch: int) -> Evaluation: ...


class _Evaluator(Protocol):
    def run(self) -> Evaluation: ...


def _evaluator(
    engine: str, network: Network, examples: Examples, cost: Cost, threads: int | None
) -> _Evaluator:
    if engine == "native":
        return native.Evaluator(network, examples, cost, threads)
    return evaluation.Evaluator(network, examples, cost)


def _reports(
    state: State, epochs: _Epochs, unseen: _Evaluator | None, settings: Settings
) -> Iterator[EpochReport]:
    while not is_over(state.reports, settings):
        epoch = len(state.reports) + 1
        # The best network so far stays as it is while training goes on.
        if settings.keep == "best" and state.best is None and state.reports:
            state.best = state.network.copy()
        seen = epochs.run(epoch)
        report = EpochReport(
            epoch=epoch,
            learning_rate=settings.rate(epoch),
            cost=seen.cost,
            train_accuracy=seen.accuracy,
            validation_accuracy=None if unseen is None else unseen.run().accuracy,
        )
        state.reports.append(report)
        if best_epoch(state.reports) == epoch:
            state.best = None
        yield report


def _at_rest(network: Network) -> Layers:
    return [(np.zeros_like(weights), np.zeros_like(biases)) for weights, biases in network.layers]
