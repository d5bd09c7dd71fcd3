"""Evaluations with the compiled library; `nnbp.evaluation` uses NumPy."""

import numpy as np

from nnbp.costs import Cost
from nnbp.evaluation import Evaluation
from nnbp.minibatches import Examples
from nnbp.native.epochs import exchange, multiply_adds_of
from nnbp.native.library import instructions, library
from nnbp.native.pace import DENSE, processors
from nnbp.native.parts import Part
from nnbp.network import Network

# Examples in an evaluation's mini-batch, and the multiply-adds from which it uses several threads.
EVALUATION_BATCH = 128
WORTH_THREADS = 1 << 25


class Evaluator:
    """Repeated evaluations of one network on the same examples.

    Raises ValueError if the examples do not match the network's sizes.
    """

    def __init__(self, network: Network, examples: Examples, cost: Cost, threads: int | None = None) -> None:
        examples.check(network.sizes)
        self._network = network
        self._examples = Part.of(examples)
        self._engine = library().Network(
            sizes=network.sizes,
            batch_size=min(EVALUATION_BATCH, len(examples.labels)),
            cost=cost.name,
            velocity=False,
            dropout=False,
            instructions=instructions(),
        )
        large = multiply_adds_of(network) * len(examples.labels) >= WORTH_THREADS
        self._threads = 1 if not large else processors() if threads is None else threads

    def run(self) -> Evaluation:
        """Evaluate the network in its current state."""
        classes = self._network.sizes[-1]
        confusion = np.zeros((classes, classes), np.int64)
        exchange(self._engine.set_layer, self._network, [])
        cost_sum, _ = self._engine.evaluate(
            images=self._examples.images,
            dense=self._examples.density > DENSE,
            labels=self._examples.labels,
            threads=self._threads,
            confusion=confusion,
        )
        return Evaluation(cost_sum / len(self._examples.labels), confusion)
