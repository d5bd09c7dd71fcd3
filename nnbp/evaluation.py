"""How good a network is on examples: accuracy, cost, confusion counts."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from nnbp.arrays import Array, Integers
from nnbp.costs import Cost
from nnbp.minibatches import Examples, MiniBatches
from nnbp.network import BATCH_SIZE, ForwardPass, Network


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation:
    """How well a network answered some examples.

    cost       mean cost per example, without the L1 and L2 terms
    confusion  (n_L, n_L): how many examples of label [row] were classified as [column]
    """

    cost: float
    confusion: npt.NDArray[np.int64]

    def __repr__(self) -> str:
        counts = f"{self.correct:,} of {self.total:,}"
        return f"<Evaluation: accuracy {self.accuracy:.4f} ({counts}), cost {self.cost:.4f}>"

    @cached_property
    def correct(self) -> int:
        """The number of correct answers."""
        return int(self.confusion.trace())

    @cached_property
    def total(self) -> int:
        """The number of examples."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """The fraction of correct answers, 0–1."""
        return self.correct / self.total

    def _repr_html_(self) -> str:
        from nnbp.notebook import evaluation

        return evaluation.html(self)


class Tally:
    """Accumulates the answers, block by block, into an Evaluation."""

    def __init__(self, classes: int, cost: Cost) -> None:
        self._cost = cost
        self._sum = 0.0
        self._confusion = np.zeros((classes, classes), np.int64)

    def add(self, z: Array, targets: Array, labels: Integers) -> Array:
        """Add the answers z (n, n_L) to examples with these targets and labels; returns their costs, (n,)."""
        classes = len(self._confusion)
        pairs = labels.astype(np.int64) * classes + z.argmax(axis=1)
        self._confusion += np.bincount(pairs, minlength=classes**2).reshape(classes, classes)
        costs = self._cost.values(z, targets)
        self._sum += float(costs.sum(dtype=np.float64))
        return costs

    def result(self) -> Evaluation:
        """The evaluation of everything added so far."""
        return Evaluation(self._sum / int(self._confusion.sum()), self._confusion)


class Evaluator:
    """Repeated evaluations of one network on the same examples, in preallocated buffers.

    Raises ValueError if the examples do not match the network's sizes.
    """

    def __init__(self, network: Network, examples: Examples, cost: Cost) -> None:
        self._classes = network.sizes[-1]
        self._cost = cost
        self._minibatches = MiniBatches(examples, network, BATCH_SIZE)
        self._passes = {size: ForwardPass(network, size) for size in self._minibatches.sizes}

    def run(self) -> Evaluation:
        """Evaluate the network in its current state."""
        tally = Tally(self._classes, self._cost)
        # Enormous weights give a cost of inf or nan, which is the right answer.
        with np.errstate(over="ignore", invalid="ignore"):
            for block in self._minibatches.blocks():
                for inputs, _, z in block.minibatches:
                    self._passes[len(inputs)].run(inputs, z)
                tally.add(block.z, block.targets, block.labels)
        return tally.result()
