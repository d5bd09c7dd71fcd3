"""Why a network is not learning: statistics of each layer after an epoch, and the problem they point to."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nnbp.arrays import Array
from nnbp.backprop import Backpropagation
from nnbp.costs import COSTS
from nnbp.minibatches import Examples, MiniBatches
from nnbp.network import BATCH_SIZE, Network
from nnbp.reports import EpochReport
from nnbp.settings import Settings

# After each epoch, this many examples from the start of the training set are passed through the network.
PROBE = 1_000
# An activation within this distance of 0 or 1 is saturated: σ′ is then below a fifth of its maximum.
SATURATED = 0.05


@dataclass(frozen=True)
class LayerHealth:
    """The figures of a layer, counted from 1 above the input.

    saturated   fraction of activations below 0.05 or above 0.95
    delta_norm  mean over the examples of ‖δ‖, the error of the layer
    update      norm of the epoch's change of the weights, relative to the norm of the weights
    """

    layer: int
    saturated: float
    delta_norm: float
    update: float


@dataclass(frozen=True)
class Health:
    """The layers after an epoch, and a remark in plain words if they match a known problem."""

    layers: tuple[LayerHealth, ...]
    remark: str | None


class Checkup:
    """Examines a network between the epochs of its training, without changing it.

    Raises ValueError if the examples do not match the network.
    """

    def __init__(self, network: Network, examples: Examples, settings: Settings) -> None:
        probe = Examples(examples.images[:PROBE], examples.labels[:PROBE])
        self._network = network
        self._settings = settings
        self._cost = COSTS[settings.cost]
        self._minibatches = MiniBatches(probe, network, BATCH_SIZE)
        self._passes = {size: Backpropagation(network, size, self._cost) for size in self._minibatches.sizes}
        self._before = [weights.copy() for weights in network.weights]
        self._lowest_cost = np.inf

    def after(self, report: EpochReport) -> Health:
        """The health after the epoch of this report; call it after every epoch, in order."""
        saturated, norms, stuck = self._look()
        layers = tuple(
            LayerHealth(number, fraction, norm, update)
            for number, (fraction, norm, update) in enumerate(
                zip(saturated, norms, self._updates(), strict=True), 1
            )
        )
        remark = self._remark(report, layers, stuck)
        self._lowest_cost = min(self._lowest_cost, report.cost)
        return Health(layers, remark)

    def _look(self) -> tuple[list[float], list[float], float]:
        """Saturation and ‖δ‖ of each layer, and the fraction of examples with a saturated wrong output."""
        saturated: list[list[Array]] = []
        norms: list[list[Array]] = []
        stuck: list[npt.NDArray[np.bool_]] = []
        for block in self._minibatches.blocks():
            for minibatch in block.minibatches:
                passes = self._passes[len(minibatch.inputs)]
                passes.run(*minibatch)
                outputs = self._cost.activations(minibatch.z)
                saturated.append([_extreme(a).mean(axis=1) for a in (*passes.below[1:], outputs)])
                norms.append([np.sqrt(np.square(delta).sum(axis=1)) for delta in passes.deltas])
                wrong = np.abs(outputs - minibatch.targets) > 0.5
                stuck.append(np.asarray((wrong & _extreme(outputs)).any(axis=1)))
        means = (np.concatenate(each, axis=1).mean(axis=1).tolist() for each in (saturated, norms))
        return next(means), next(means), float(np.concatenate(stuck).mean())

    def _updates(self) -> list[float]:
        """The change of each layer's weights since the last call, relative to their norm."""
        moved = []
        for weights, before in zip(self._network.weights, self._before, strict=True):
            moved.append(float(np.linalg.norm(weights - before)) / max(float(np.linalg.norm(before)), 1e-30))
            np.copyto(before, weights)
        return moved

    def _remark(self, report: EpochReport, layers: tuple[LayerHealth, ...], stuck: float) -> str | None:
        """The first known problem that matches."""
        rate, chance = report.learning_rate, 1.0 / self._network.sizes[-1]
        nothing_learned = report.train_accuracy < 1.5 * chance
        *hidden, output = layers
        if self._settings.cost == "quadratic" and stuck > 0.3:
            return (
                f"outputs are saturated and wrong for {stuck:.0%} of the examples, where the quadratic "
                "cost has almost no gradient: try the cross-entropy cost"
            )
        if report.cost > 1.1 * self._lowest_cost:
            return f"the cost is rising: the learning rate is too high, try {rate / 3:.2g}"
        if nothing_learned and hidden and max(layer.saturated for layer in hidden) > 0.8:
            return (
                "a dead start: hidden neurons are saturated and pass no error on: "
                "try scaled initial weights, or a lower learning rate"
            )
        if hidden and layers[0].delta_norm < 0.005 * output.delta_norm:
            return (
                f"deltas vanish towards the input: ‖δ‖ is {layers[0].delta_norm:.1e} in the first layer and "
                f"{output.delta_norm:.1e} in the last: try fewer layers"
            )
        if nothing_learned and max(layer.update for layer in layers) < 0.05:
            return f"hardly anything moves: the learning rate is too low, try {rate * 10:.2g}"
        return None


def _extreme(activations: Array) -> npt.NDArray[np.bool_]:
    """True for each saturated activation."""
    return np.asarray(np.abs(activations - 0.5) > 0.5 - SATURATED, np.bool_)
