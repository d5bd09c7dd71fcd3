"""Statistics of each layer after an epoch, for `nnbp train --diagnose`; remarks.py draws the conclusions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nnbp.arrays import Array, Integers
from nnbp.backprop import Backpropagation
from nnbp.costs import COSTS
from nnbp.evidence import Evidence, LayerHealth
from nnbp.minibatches import Examples, MiniBatches
from nnbp.network import BATCH_SIZE, Network
from nnbp.remarks import remark
from nnbp.reports import EpochReport
from nnbp.settings import Settings

# After each epoch, this many examples from the start of the training set are passed through the network,
# undistorted and without dropout.
PROBE = 1_000
# An activation within this distance of 0 or 1 is saturated: σ′ is then below a fifth of its maximum.
SATURATED = 0.05


@dataclass(frozen=True)
class Health:
    """The layers after an epoch, and a remark in plain words if they match a known problem."""

    layers: tuple[LayerHealth, ...]
    remark: str | None


class Checkup:
    """Examines a network between the epochs of its training, without changing it.

    reports   of the epochs before, if the training is resumed

    Raises ValueError if the examples do not match the network.
    """

    def __init__(
        self, network: Network, examples: Examples, settings: Settings, reports: Sequence[EpochReport] = ()
    ) -> None:
        probe = Examples(examples.images[:PROBE], examples.labels[:PROBE])
        self._network = network
        self._settings = settings
        self._reports = list(reports)
        self._cost = COSTS[settings.cost]
        self._minibatches = MiniBatches(probe, network, BATCH_SIZE)
        self._passes = {size: Backpropagation(network, size, self._cost) for size in self._minibatches.sizes}
        self._before = [weights.copy() for weights in network.weights]
        self._examples = len(examples.labels)
        self._frequencies = _frequencies(examples.labels, network.sizes[-1])

    def after(self, report: EpochReport) -> Health:
        """The health after the epoch of this report; call it after every epoch, in order."""
        self._reports.append(report)
        # Enormous weights overflow, which shows in the figures.
        with np.errstate(all="ignore"):
            saturated, norms, stuck = self._look()
            updates = self._updates()
        layers = tuple(map(LayerHealth, range(1, len(updates) + 1), saturated, norms, updates))
        evidence = Evidence(
            settings=self._settings,
            reports=self._reports,
            layers=layers,
            stuck=stuck,
            examples=self._examples,
            chance=float(self._frequencies.max()),
            blind_cost=blind_cost(self._settings.cost, self._frequencies),
        )
        return Health(layers, remark(evidence))

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
                norms.append([np.linalg.norm(delta.astype(np.float64), axis=1) for delta in passes.deltas])
                wrong = np.abs(outputs - minibatch.targets) > 0.5
                stuck.append(np.asarray((wrong & _extreme(outputs)).any(axis=1)))
        means = (np.concatenate(each, axis=1).mean(axis=1).tolist() for each in (saturated, norms))
        return next(means), next(means), float(np.concatenate(stuck).mean())

    def _updates(self) -> list[float]:
        """The change of each layer's weights since the last call, relative to their norm."""
        moved = []
        for weights, before in zip(self._network.weights, self._before, strict=True):
            # In float64 no square of a float32 overflows.
            was = before.astype(np.float64)
            moved.append(float(np.linalg.norm(weights - was)) / max(float(np.linalg.norm(was)), 1e-30))
            np.copyto(before, weights)
        return moved


def blind_cost(cost: str, frequencies: Array) -> float:
    """The cost of answering every example with the frequencies of the classes, (n_L,).

    >>> round(blind_cost("log-likelihood", np.full(10, 0.1)), 3)
    2.303
    """
    p = np.clip(frequencies, 1e-12, 1.0 - 1e-12)
    terms = {
        "quadratic": p * (1.0 - p) / 2.0,
        "cross-entropy": -p * np.log(p) - (1.0 - p) * np.log1p(-p),
        "log-likelihood": -p * np.log(p),
    }
    return float(terms[cost].sum())


def _frequencies(labels: Integers, classes: int) -> Array:
    return np.asarray(np.bincount(labels, minlength=classes) / len(labels))


def _extreme(activations: Array) -> npt.NDArray[np.bool_]:
    """True for each saturated activation."""
    return np.asarray(np.abs(activations - 0.5) > 0.5 - SATURATED, np.bool_)
