"""The outputs of a network for block after block of images, by the engine that suits each block.

Both engines compute them in float64 and round them to the precision of the network.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from nnbp import engines
from nnbp.arrays import Array, Integers
from nnbp.costs import Cost, find_cost
from nnbp.engines import Threads, choose_engine_for
from nnbp.network import Network


class Predictor:
    """The outputs of one network, whose parameters are copied here, for block after block of images.

    cost        one of COSTS, or its name: the one that the network was trained with
    engine      as for `choose_engine`; auto uses NumPy for blocks of numbers 0–1
    threads     maximum for the compiled engine; auto: as many as help

    The outputs are exact within 1e-6.

    Raises ValueError for an unknown cost or engine, and fewer threads than 1; and EngineError as
    `choose_engine` does.
    """

    def __init__(
        self, network: Network, cost: str | Cost, engine: str = "auto", threads: Threads = "auto"
    ) -> None:
        self._wanted, self._threads = engine, threads
        self._network, self._cost = network.copy(), find_cost(cost)
        self._made: dict[str, engines.Predictor] = {}
        # Of most images; it raises the errors about the engine and the threads now.
        self._engine_for()

    def run(self, images: npt.NDArray[Any]) -> Array:
        """The activations of the output layer, (n, n_L), for images (n, n_0), bytes 0–255 or numbers 0–1.

        Raises ValueError for images of the wrong shape or type, and EngineError as `choose_engine` does.
        """
        return self.answers(images)[1]

    def answers(self, images: npt.NDArray[Any]) -> tuple[Integers, Array]:
        """The predicted labels (n,), and what `run` returns.

        The label is the index of the largest weighted input: several outputs may be rounded to 1.
        `Network.predict` in float32 may find another where two are almost equal.
        """
        images = np.asarray(images)
        return self._engine_for(images).answers(images)

    def _engine_for(self, *images: npt.NDArray[Any]) -> engines.Predictor:
        engine = choose_engine_for(self._wanted, self._network, *images)
        if engine not in self._made:
            self._made[engine] = engines.predictor(engine, self._network, self._cost, self._threads)
        return self._made[engine]


def outputs(
    network: Network,
    images: npt.NDArray[Any],
    cost: str | Cost,
    engine: str = "auto",
    threads: Threads = "auto",
) -> Array:
    """The activations of the output layer, (n, n_L), as `Predictor.run` returns them.

    >>> import numpy as np
    >>> network = Network.random((4, 3), np.random.default_rng(0))
    >>> outputs(network, np.zeros((5, 4), np.uint8), "log-likelihood").shape
    (5, 3)
    """
    return Predictor(network, cost, engine, threads).run(images)
