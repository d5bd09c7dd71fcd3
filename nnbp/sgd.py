"""Mini-batch stochastic gradient descent: schedules, the update rule, and `train()`.

After a mini-batch of B examples, with rate η and L2 regularization λ over n training examples:

    weights ← (1 − ηλ/n) weights − η/B Σ_x ∂C_x/∂weights
    biases  ←               biases  − η/B Σ_x ∂C_x/∂biases
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nnbp.arrays import Array, Integers
from nnbp.backprop import Backpropagation, Workspace
from nnbp.costs import COSTS
from nnbp.errors import DivergenceError
from nnbp.evaluation import Evaluation, Evaluator, Tally
from nnbp.minibatches import Examples, MiniBatch, MiniBatches
from nnbp.network import Network
from nnbp.settings import Settings


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


def best_epoch(reports: Sequence[EpochReport]) -> int | None:
    """The first epoch of the highest validation accuracy; None where nothing was held out."""
    shares = [report.validation_accuracy for report in reports if report.validation_accuracy is not None]
    return shares.index(max(shares)) + 1 if shares else None


def train(
    network: Network,
    training: Examples,
    validation: Examples | None,
    settings: Settings,
    rng: np.random.Generator,
) -> Iterator[EpochReport]:
    """Train the network in place, epoch by epoch; a report after each.

    `rng` orders the examples anew in each epoch. Between reports the caller may read the network and store
    it. Raises ValueError where examples do not match the network, and DivergenceError once a cost or a
    parameter is no longer finite.
    """
    unseen = None if validation is None else Evaluator(network, validation, COSTS[settings.cost])
    descent = _Descent(network, training, settings)
    for epoch in range(1, settings.epochs + 1):
        seen = descent.epoch(epoch, rng.permutation(len(training.labels)))
        yield EpochReport(
            epoch=epoch,
            learning_rate=settings.rate(epoch),
            cost=seen.cost,
            train_accuracy=seen.accuracy,
            validation_accuracy=None if unseen is None else unseen.run().accuracy,
        )


class _Descent:
    """One training: its buffers, made once, and the steps of an epoch."""

    def __init__(self, network: Network, training: Examples, settings: Settings) -> None:
        self.network = network
        self.weights = network.weights
        self.settings = settings
        self.cost = COSTS[settings.cost]
        self.total = len(training.labels)
        self.batch_size = min(settings.batch_size, self.total)
        self.workspace = Workspace(network, self.batch_size)
        self.minibatches = MiniBatches(training, network, self.batch_size, self._prepare)

    def _prepare(self, minibatch: MiniBatch) -> Backpropagation:
        return Backpropagation(self.workspace, *minibatch, self.cost)

    def epoch(self, epoch: int, order: Integers) -> Evaluation:
        """One step for each mini-batch; how the examples were answered, each before its step."""
        rate = self.settings.rate(epoch)
        tally = Tally(self.network.sizes[-1], self.cost)
        seen = 0
        # What overflows is not finite, and that is looked for here, once for each block.
        with np.errstate(over="ignore", invalid="ignore"):
            decay = np.array(1.0 - rate * self.settings.l2 / self.total, self.network.dtype)
            for block in self.minibatches.blocks(order):
                for minibatch in block.minibatches:
                    self._step(minibatch, rate, decay)
                finite = np.isfinite(tally.add(block.z, block.targets, block.labels))
                if not finite.all():
                    raise self._diverged(epoch, seen + int(finite.argmin()))
                seen += len(block.labels)
        if not all(np.isfinite(layer).all() for layer in self.network.parameters):
            raise self._diverged(epoch, self.total - 1)
        return tally.result()

    def _step(self, minibatch: Backpropagation, rate: float, decay: Array) -> None:
        """The update rule, for one mini-batch."""
        minibatch.run()
        for weights in self.weights:
            np.multiply(weights, decay, out=weights)
        minibatch.add_mean_gradients(factor=-rate, to=self.network.parameters)

    def _diverged(self, epoch: int, example: int) -> DivergenceError:
        minibatch = example // self.batch_size + 1
        return DivergenceError(
            f"epoch {epoch}, mini-batch {minibatch:,}",
            "training diverged: the cost is no longer a finite number",
            f"try a learning rate of {self.settings.learning_rate / 10:g}",
        )
