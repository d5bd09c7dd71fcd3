"""Mini-batch stochastic gradient descent: the state of a training, and `train()`, which takes it further."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from nnbp.arrays import Array
from nnbp.costs import COSTS
from nnbp.epochs import Epochs
from nnbp.evaluation import Evaluator
from nnbp.minibatches import Examples
from nnbp.network import Network
from nnbp.settings import Settings
from nnbp.team import can_share
from nnbp.teamwork import TeamEpochs


@dataclass(frozen=True)
class EpochReport:
    """What an epoch came to.

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
    rng       orders the examples anew in each epoch, and draws what dropout leaves out
    velocity  of each layer's parameters, of their shape; none without momentum
    reports   of the epochs so far
    best      the network after the best epoch, where that is to be kept and is not the last
    """

    network: Network
    rng: np.random.Generator
    velocity: list[Array] = field(default_factory=list)
    reports: list[EpochReport] = field(default_factory=list)
    best: Network | None = None

    @classmethod
    def begin(
        cls, sizes: Sequence[int], settings: Settings, seed: int, dtype: npt.DTypeLike = np.float32
    ) -> "State":
        """A training that has not begun. Raises ValueError for sizes that cannot be built."""
        rng = np.random.Generator(np.random.PCG64(seed))
        network = Network.random(sizes, rng, settings.init, dtype)
        velocity = [np.zeros_like(layer) for layer in network.parameters] if settings.momentum else []
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
    """Whether all epochs are done, or as many as `patience` have brought no better validation accuracy."""
    best = best_epoch(reports) or len(reports)
    impatient = settings.patience and len(reports) - best >= settings.patience
    return len(reports) >= settings.epochs or bool(impatient)


def train(
    state: State,
    training: Examples,
    validation: Examples | None,
    settings: Settings,
    processes: int = 1,
) -> Iterator[EpochReport]:
    """Take a training further, epoch by epoch, until it is over; a report after each.

    Works in `state`, which may be read, stored and trained on later between two reports. Raises ValueError
    at the first epoch, where examples do not match the network or a choice needs validation
    examples, and DivergenceError once a cost or a parameter is no longer finite.

    With more than one of `processes`, where `can_share` says that they can, forks of this process take a
    share in each step and are gone when the iterator is closed; ProcessError if one of them dies, ValueError
    for a generator other than PCG64. BLAS should have one thread then, as `processor.set_up` sees to.
    """
    if settings.needs_validation and validation is None:
        raise ValueError("patience and keep='best' need validation examples")
    network = state.network
    unseen = None if validation is None else Evaluator(network, validation, COSTS[settings.cost])
    runs = (
        TeamEpochs(network, state.velocity, training, settings, state.rng, processes)
        if can_share(network.sizes, processes)
        else Epochs(network, state.velocity, training, settings, state.rng)
    )
    with closing(runs):
        yield from _reports(state, runs, unseen, settings)


def _reports(
    state: State, epochs: Epochs | TeamEpochs, unseen: Evaluator | None, settings: Settings
) -> Iterator[EpochReport]:
    network = state.network
    while not is_over(state.reports, settings):
        epoch = len(state.reports) + 1
        # What was best so far stays as it is while the network is trained on.
        if settings.keep == "best" and state.best is None and state.reports:
            state.best = network.copy()
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
