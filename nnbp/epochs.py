"""The epochs of a training, step by step."""

from collections.abc import Sequence

import numpy as np

from nnbp.arrays import Array, Integers
from nnbp.backprop import Backpropagation, Workspace
from nnbp.costs import COSTS
from nnbp.dropout import Dropout
from nnbp.errors import DivergenceError
from nnbp.evaluation import Evaluation, Tally
from nnbp.minibatches import Examples, MiniBatch, MiniBatches
from nnbp.network import Network
from nnbp.parts import Part
from nnbp.settings import Settings
from nnbp.updates import Descent, MomentumDescent


class Epochs:
    """Epochs by this process, in buffers that are made once: of a network, or of its part of one."""

    def __init__(
        self,
        network: Network,
        velocity: Sequence[Array],
        training: Examples,
        settings: Settings,
        rng: np.random.Generator,
        part: Part | None = None,
    ) -> None:
        """Works in `network`, `velocity` and `rng`; the first two are the part's, where there is one.

        Raises ValueError where the examples do not match the network.
        """
        training.check(network.sizes)
        self.network = network
        self.rng = rng
        self.settings = settings
        self.cost = COSTS[settings.cost]
        self.total = total = len(training.labels)
        self.batch_size = min(settings.batch_size, total)
        whole, neurons = (network, ()) if part is None else (part.whole, part.neurons)
        self.dropout = (
            Dropout(whole, self.batch_size, settings.dropout, rng, neurons) if settings.dropout else None
        )
        self.update = (
            MomentumDescent(network, settings, total, velocity)
            if settings.momentum
            else Descent(network, settings, total)
        )
        self.workspace = Workspace(network, self.batch_size, self.dropout, self.update.shrinkage, part)
        self.minibatches = MiniBatches(training, network, self.batch_size, self._prepare)

    def run(self, epoch: int) -> Evaluation:
        """One step for each mini-batch; how the examples were answered, each before its step.

        Raises DivergenceError once a cost or a parameter is no longer finite.
        """
        seen = self.steps(epoch, self.rng.permutation(self.total))
        check_finite(self.network, epoch, self.settings, self.total)
        return seen

    def steps(self, epoch: int, order: Integers) -> Evaluation:
        """The same in this order, with a look at the costs only."""
        # What overflows is not finite, and that is looked for, once for each block.
        with np.errstate(over="ignore", invalid="ignore"):
            try:
                return self._steps(epoch, order).result()
            finally:
                self.update.settle()

    def close(self) -> None:
        """There is nothing to close."""

    def _prepare(self, minibatch: MiniBatch) -> Backpropagation:
        return Backpropagation(self.workspace, *minibatch, self.cost)

    def _steps(self, epoch: int, order: Integers) -> Tally:
        rate = self.settings.rate(epoch)
        tally = Tally(self.network.sizes[-1], self.cost)
        seen = 0
        for block in self.minibatches.blocks(order):
            for minibatch in block.minibatches:
                if self.dropout:
                    self.dropout.draw()
                minibatch.run()
                self.update.step(minibatch, rate)
            finite = np.isfinite(tally.add(block.z, block.targets, block.labels))
            if not finite.all():
                raise _diverged(epoch, seen + int(finite.argmin()), self.settings)
            seen += len(block.labels)
        return tally


def check_finite(network: Network, epoch: int, settings: Settings, total: int) -> None:
    """Raise DivergenceError unless all parameters are finite at the end of the epoch."""
    if not all(np.isfinite(layer).all() for layer in network.parameters):
        raise _diverged(epoch, total - 1, settings)


def _diverged(epoch: int, example: int, settings: Settings) -> DivergenceError:
    minibatch = example // settings.batch_size + 1
    return DivergenceError(
        f"epoch {epoch}, mini-batch {minibatch:,}",
        "training diverged: its numbers are no longer finite",
        f"try a learning rate of {settings.learning_rate / 10:g}",
    )
