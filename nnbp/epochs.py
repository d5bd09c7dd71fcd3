"""The epochs of a training, step by step: by one process, or by several, each with a part of the network."""

import json
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
from nnbp.parts import Cut, Part, shared
from nnbp.settings import Settings
from nnbp.team import Team
from nnbp.updates import Descent, MomentumDescent


class Epochs:
    """Epochs by this process: of a network, or of its part of one; in buffers that are made once."""

    def __init__(
        self,
        network: Network,
        velocity: Sequence[Array],
        training: Examples,
        settings: Settings,
        rng: np.random.Generator,
        part: Part | None = None,
    ) -> None:
        """Works in `network`, `velocity` and `rng`; of a part, `network` and `velocity` are the whole's."""
        self.rng = rng
        self.settings = settings
        self.cost = COSTS[settings.cost]
        self.total = total = len(training.labels)
        self.batch_size = min(settings.batch_size, total)
        self.dropout = (
            Dropout(network, self.batch_size, settings.dropout, rng, part.neurons if part else ())
            if settings.dropout
            else None
        )
        if part is not None:
            network, velocity = part.network, part.velocity
        self.network = network
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


class TeamEpochs:
    """Epochs by several processes: this one and forks of it, which end when it is closed."""

    def __init__(
        self,
        network: Network,
        velocity: Sequence[Array],
        training: Examples,
        settings: Settings,
        rng: np.random.Generator,
        processes: int,
    ) -> None:
        self.network = network
        self.velocity = velocity
        self.training = training
        self.settings = settings
        self.rng = rng
        self.total = len(training.labels)
        training.check(network.sizes)
        self.team = Team(processes)
        self.cut = Cut(network, velocity, min(settings.batch_size, self.total), self.team)
        self.order = shared((self.total,), np.int64)
        try:
            self.team.start(self._begin, self._follow)
            self._begin()
        except BaseException:
            self.team.close()
            raise

    def run(self, epoch: int) -> Evaluation:
        """As one process does; raises ProcessError, too, if another one has ended."""
        self.order[:] = self.rng.permutation(self.total)
        for ours, own in self._pairs():
            np.copyto(ours, own)
        self.team.tell(json.dumps([epoch, self.rng.bit_generator.state]))
        seen = self._run(epoch)
        for ours, own in self._pairs():
            np.copyto(own, ours)
        check_finite(self.network, epoch, self.settings, self.total)
        return seen

    def close(self) -> None:
        """End the other processes."""
        self.team.close()

    def _begin(self) -> None:
        """What each process has for itself."""
        cut = self.cut
        self.part = Part(cut)
        self.epochs = Epochs(cut.whole, cut.velocity, self.training, self.settings, self.rng, self.part)

    def _run(self, epoch: int) -> Evaluation:
        self.part.take()
        seen = self.epochs.steps(epoch, self.order)
        self.part.give()
        return seen

    def _follow(self, line: str) -> None:
        """What the other processes do at each epoch."""
        epoch, self.rng.bit_generator.state = json.loads(line)
        self._run(epoch)

    def _pairs(self) -> list[tuple[Array, Array]]:
        """The parameters and velocity in shared memory, and those that the training works in."""
        cut = self.cut
        return [
            *zip(cut.whole.parameters, self.network.parameters, strict=True),
            *zip(cut.velocity, self.velocity, strict=True),
        ]


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
