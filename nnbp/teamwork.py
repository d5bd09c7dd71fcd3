"""The epochs of a training by several processes, each with a part of the network."""

import json
from collections.abc import Sequence

import numpy as np

from nnbp.arrays import Array
from nnbp.epochs import Epochs, check_finite
from nnbp.evaluation import Evaluation
from nnbp.minibatches import Examples
from nnbp.network import Network
from nnbp.parts import Cut, Part, shared
from nnbp.settings import Settings
from nnbp.team import Team


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
        if not isinstance(rng.bit_generator, np.random.PCG64):
            raise ValueError(
                f"several processes draw from PCG64, not from {type(rng.bit_generator).__name__}"
            )
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
        self.part = Part(self.cut)
        self.epochs = Epochs(
            self.part.network, self.part.velocity, self.training, self.settings, self.rng, self.part
        )

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
