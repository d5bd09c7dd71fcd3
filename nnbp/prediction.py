"""Outputs with NumPy, block of images after block."""

from typing import Any

import numpy as np
import numpy.typing as npt

from nnbp.arrays import Array, Integers
from nnbp.costs import Cost
from nnbp.network import Network


class Predictor:
    """The outputs of one network, whose parameters are copied here."""

    def __init__(self, network: Network, cost: Cost) -> None:
        self._network, self._cost = network.copy(), cost

    def answers(self, images: npt.NDArray[Any]) -> tuple[Integers, Array]:
        """The index of the largest output (n,) and all outputs (n, n_L) for images (n, n_0).

        Raises ValueError for images of the wrong shape or type.
        """
        # Enormous weights give outputs of 0, 1 or nan, which is the right answer.
        with np.errstate(over="ignore", invalid="ignore"):
            z = self._network.weighted_inputs(images)
            return z.argmax(axis=1).astype(np.int32), self._cost.activations(z)
