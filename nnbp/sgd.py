"""Stochastic gradient descent: an epoch takes one step for each mini-batch of the shuffled examples."""

from collections.abc import Callable

import numpy as np

from nnbp.advice import after_divergence
from nnbp.arrays import Integers, Layers
from nnbp.backprop import Backpropagation
from nnbp.costs import COSTS
from nnbp.distorter import Distorter, for_epoch, shape_of
from nnbp.dropout import Dropout
from nnbp.errors import DivergenceError
from nnbp.evaluation import Evaluation, Tally
from nnbp.minibatches import Examples, MiniBatches
from nnbp.network import Network
from nnbp.settings import Settings
from nnbp.updates import GradientDescent, MomentumDescent, layer_rates, limit_norms
from nnbp.warping import check_bytes

# Called with the number of examples seen so far in an epoch.
Progress = Callable[[int], object]


def ignore(seen: int) -> None:
    """Ignore the progress."""


class Epochs:
    """The epochs of a training, in preallocated buffers.

    They update `network`, `velocity` and `rng` in place.

    shape  rows and columns of the images, if they are distorted; None: they are square

    Raises ValueError if the examples or the layers' rates do not match the network, and for images that
    cannot be distorted.
    """

    def __init__(
        self,
        network: Network,
        velocity: Layers,
        examples: Examples,
        settings: Settings,
        rng: np.random.Generator,
        shape: tuple[int, int] | None = None,
    ) -> None:
        self.network = network
        self.settings = settings
        self.rng = rng
        self.shape = None if settings.distortion is None else shape_of(network.sizes[0], shape)
        if self.shape is not None:
            check_bytes(examples.images, self.shape)
        self.total = len(examples.labels)
        self.layer_rates = layer_rates(settings, network)
        self.minibatches = MiniBatches(examples, network, settings.batch_size)
        self.passes = {size: self._backpropagation(size) for size in self.minibatches.sizes}
        self.update = (
            MomentumDescent(network, settings, self.total, velocity)
            if settings.momentum
            else GradientDescent(network, settings, self.total)
        )

    def run(self, epoch: int, progress: Progress = ignore) -> Evaluation:
        """Train for one epoch; returns the cost and answers of the examples, each measured before its step.

        Raises DivergenceError if a cost or a parameter is no longer finite.
        """
        order = self.rng.permutation(self.total)
        # An overflow leaves inf or nan, which each block is checked for.
        with np.errstate(over="ignore", invalid="ignore"):
            figures = self._descend(epoch, order, progress)
        check_finite(self.network, epoch, self.settings, self.total)
        return figures

    def _descend(self, epoch: int, order: Integers, progress: Progress) -> Evaluation:
        rates = tuple(self.settings.rate(epoch) * factor for factor in self.layer_rates)
        tally = Tally(self.network.sizes[-1], COSTS[self.settings.cost])
        seen = 0
        for block in self.minibatches.blocks(order, self._distorter()):
            for minibatch in block.minibatches:
                passes = self.passes[len(minibatch.inputs)]
                if passes.dropout is not None:
                    passes.dropout.draw()
                passes.run(*minibatch)
                self.update.step(passes.mean_gradients(times=rates), rates)
                if self.settings.max_norm:
                    limit_norms(self.network, self.settings.max_norm)
            costs = tally.add(block.z, block.targets, block.labels)
            finite = np.isfinite(costs)
            if not finite.all():
                raise diverged(epoch, seen + int(finite.argmin()), self.settings, self.total)
            seen += len(costs)
            progress(seen)
        return tally.result()

    def _distorter(self) -> Distorter | None:
        """How the images of an epoch are distorted, if they are."""
        if self.settings.distortion is None or self.shape is None:
            return None
        return for_epoch(self.settings.distortion, self.shape, self.rng)

    def _backpropagation(self, batch_size: int) -> Backpropagation:
        network, settings = self.network, self.settings
        dropout = (
            Dropout(
                network.sizes, batch_size, settings.dropout, self.rng, network.dtype, settings.input_dropout
            )
            if settings.dropout or settings.input_dropout
            else None
        )
        return Backpropagation(network, batch_size, COSTS[settings.cost], dropout)


def check_finite(network: Network, epoch: int, settings: Settings, total: int) -> None:
    """Raise DivergenceError if a parameter is not finite after an epoch of `total` examples."""
    if not all(np.isfinite(array).all() for array in (*network.weights, *network.biases)):
        raise diverged(epoch, total - 1, settings, total)


def diverged(epoch: int, example: int, settings: Settings, total: int) -> DivergenceError:
    """The error for a cost that is not finite, at this position among the `total` examples of the epoch."""
    number = example // settings.batch_size + 1
    return DivergenceError(
        f"epoch {epoch}, mini-batch {number:,}",
        "training diverged: the cost or a weight became infinite or NaN",
        after_divergence(settings, total),
    )
