"""Derivatives of the mean cost with respect to single parameters, by two methods."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from nnbp import textbook
from nnbp.arrays import Array, Integers
from nnbp.costs import Cost
from nnbp.network import Network

CENTRAL_STEP = float(np.finfo(np.float64).eps) ** (1 / 3)
# As a fraction of the parameter: 4,096 times the distance of two numbers.
SMALLEST_STEP = 2.0**-40
COMPLEX_STEP = 1e-20


class Numerical:
    """Derivatives of the mean cost with respect to single parameters, which are changed and restored.

    `progress` is called with 1 after each of them.
    """

    def __init__(
        self, network: Network, inputs: Array, targets: Array, cost: Cost, progress: Callable[[int], object]
    ) -> None:
        self._problem = cost.name, inputs, targets
        self._progress = progress
        self._real = cast(np.float64, network)
        self._complex = cast(np.complex128, network)
        with np.errstate(over="ignore"):
            z = textbook.weighted_inputs(network.weights, network.biases, inputs)
            largest = max(float(np.abs(z_l).max()) for z_l in z)
        if not largest <= textbook.LARGEST_Z:
            raise ValueError(
                f"a weighted input is {largest:g}; the textbook formulas allow at most {textbook.LARGEST_Z:g}"
            )
        self.cost = float(self._cost(self._real))

    def central(self, kind: str, layer: int, which: Integers) -> Array:
        """By central differences: with respect to the numbers `which` of the layer's weights or biases."""

        def slope(place: "np.flatiter[npt.NDArray[Any]]", index: int) -> float:
            kept = place[index]
            step = max(CENTRAL_STEP, SMALLEST_STEP * abs(kept))
            above, below = kept + step, kept - step
            place[index] = above
            difference = self._cost(self._real)
            place[index] = below
            difference -= self._cost(self._real)
            place[index] = kept
            self._progress(1)
            # Rounding makes the distance between the two differ from 2h.
            return float(difference / (above - below))

        place = getattr(self._real, kind)[layer].flat
        return np.array([slope(place, index) for index in which])

    def complex_step(self, kind: str, layer: int, which: Integers) -> Array:
        """By the complex step: with respect to the same numbers."""

        def slope(place: "np.flatiter[npt.NDArray[Any]]", index: int) -> float:
            kept = place[index]
            place[index] = kept + 1j * COMPLEX_STEP
            moved = self._cost(self._complex)
            place[index] = kept
            self._progress(1)
            return float(moved.imag / COMPLEX_STEP)

        place = getattr(self._complex, kind)[layer].flat
        return np.array([slope(place, index) for index in which])

    def _cost(self, network: Network) -> Any:
        cost, inputs, targets = self._problem
        return textbook.mean_cost(cost, network.weights, network.biases, inputs, targets)


def cast(dtype: npt.DTypeLike, network: Network) -> Network:
    """A copy of the network with another number type."""
    weights, biases = ([a.astype(dtype) for a in arrays] for arrays in (network.weights, network.biases))
    return Network(network.sizes, weights, biases)
