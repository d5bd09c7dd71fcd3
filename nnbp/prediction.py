"""Outputs with NumPy, block of images after block: computed in float64."""

from typing import Any

import numpy as np
import numpy.typing as npt

from nnbp.arrays import Array, Integers
from nnbp.costs import Cost
from nnbp.network import Network


class Predictor:
    """The outputs of one network, whose parameters are copied here."""

    def __init__(self, network: Network, cost: Cost) -> None:
        self._wide, self._cost, self._dtype = network.in_float64(), cost, network.dtype

    def answers(self, images: npt.NDArray[Any]) -> tuple[Integers, Array]:
        """The index of the largest output (n,) and all outputs (n, n_L) for images (n, n_0).

        The outputs have the precision of the network. Raises ValueError for images of the wrong shape or
        type.
        """
        # Enormous weights give outputs of 0, 1 or nan, which is the right answer.
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            z = self._wide.weighted_inputs(images)
            return z.argmax(axis=1).astype(np.int32), self._cost.activations(z).astype(self._dtype)
