"""Numerical differentiation against backpropagation.

Two methods, in float64, of the mean cost C as `textbook` computes it, sharing no code with backpropagation:

    central differences   [C(w + h) − C(w − h)] / 2h    h = ε^⅓ ≈ 6·10⁻⁶, or as many times |w|
    complex step          Im C(w + ih) / h              h = 10⁻²⁰

Central differences lose h²C‴/6 by truncation and about εC/h by rounding; they balance at h ≈ ε^⅓, where
both are near 10⁻¹¹ (Nocedal and Wright, "Numerical Optimization", section 8.1). The complex step subtracts
nothing, so that its h can be too small for truncation, and it errs by a few ε (Squire and Trapp, "Using
complex variables to estimate derivatives of real functions", SIAM Review 40, 1998).

The relative difference of a layer's weights, or of its biases, is the largest |backpropagation − numerical|
over a scale: the largest numerical derivative among them, or a floor where that is less. Below the floor a
difference is rounding and would be made large by dividing:

    central differences   10⁻³ max(1, C)   C is a sum of terms as large as 1, and rounded as such
    complex step          10⁻² u           a − y and σ′ = a(1 − a) are rounded as numbers of size 1, however
                                           small saturation makes them; u is what errors of size 1 at the
                                           output come to in the layer where nothing is saturated (σ′ = ¼)

In 200 networks of random sizes and all costs the largest were then 6·10⁻⁸ and 5·10⁻¹⁵, and with parameters 30
times as large, which saturates them, 3·10⁻⁷ and 4·10⁻¹⁴: below the tolerances of 10⁻⁶ and 10⁻¹².
"""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nnbp import textbook
from nnbp.arrays import Array, Integers, Layers
from nnbp.backprop import mean_gradients
from nnbp.costs import Cost
from nnbp.network import Network, count_parameters

CENTRAL_TOLERANCE = 1e-6
COMPLEX_TOLERANCE = 1e-12
CENTRAL_STEP = float(np.finfo(np.float64).eps) ** (1 / 3)
COMPLEX_STEP = 1e-20

# Up to so many parameters all of them are differentiated, in about a second; of more, so many of each layer.
FEW_PARAMETERS = 5_000
SAMPLES = 100

# The imaginary part of a derivative this small, times COMPLEX_STEP, is still far from underflow.
_SMALLEST_SCALE = 1e-200


@dataclass(frozen=True)
class Difference:
    """How far backpropagation is from numerical differentiation in `checked` of `total` numbers.

    central, complex_step    the largest relative differences; nan where a gradient is not a number
    """

    checked: int
    total: int
    central: float
    complex_step: float

    @property
    def agrees(self) -> bool:
        """Whether both are within their tolerances, which nan is not."""
        return self.central <= CENTRAL_TOLERANCE and self.complex_step <= COMPLEX_TOLERANCE


@dataclass(frozen=True)
class LayerCheck:
    """The check of a layer, counted from 1; `central_seconds`, the time of its central differences."""

    layer: int
    weights: Difference
    biases: Difference
    central_seconds: float

    @property
    def agrees(self) -> bool:
        return self.weights.agrees and self.biases.agrees


def samples_for(sizes: Sequence[int]) -> int | None:
    """How many weights and biases of each layer are enough to check: None for all, in a small network."""
    return None if count_parameters(sizes) <= FEW_PARAMETERS else SAMPLES


def check_gradients(
    network: Network,
    inputs: Array,
    targets: Array,
    cost: Cost,
    gradients: Layers | None = None,
    samples: int | None = None,
    rng: np.random.Generator | None = None,
) -> Iterator[LayerCheck]:
    """Compare gradients with numerical differentiation, layer by layer; a report after each.

    inputs      (B, n_0), 0–1; targets (B, n_L), one-hot
    gradients   those to check, as `mean_gradients` returns them; those of backpropagation unless given
    samples     how many weights and how many biases of a layer to check, as `rng` picks them; None for all

    All is computed in float64, and the network is left alone. Raises ValueError where the shapes do not match
    the network, and where a weighted input is too large for the textbook's formulas.
    """
    network = _in(np.float64, network)
    inputs, targets = inputs.astype(np.float64), targets.astype(np.float64)
    found = mean_gradients(network, inputs, targets, cost)
    rng = np.random.default_rng() if rng is None else rng
    numerical = _Numerical(network, inputs, targets, cost)
    checked_gradients = found if gradients is None else gradients
    for layer, (pair, usual) in enumerate(zip(checked_gradients, _usual_errors(network), strict=True)):
        differences, seconds = [], 0.0
        for kind, gradient in zip(("weights", "biases"), pair, strict=True):
            which = _pick(gradient.size, samples, rng)
            began = time.perf_counter()
            central = numerical.central(kind, layer, which)
            seconds += time.perf_counter() - began
            complex_step = numerical.complex_step(kind, layer, which)
            checked = gradient.ravel()[which]
            differences.append(
                Difference(
                    checked=len(which),
                    total=gradient.size,
                    central=_relative_difference(checked, central, 1e-3 * max(1.0, numerical.cost)),
                    complex_step=_relative_difference(checked, complex_step, 1e-2 * usual),
                )
            )
        yield LayerCheck(layer + 1, differences[0], differences[1], seconds)


class _Numerical:
    """Derivatives of the mean cost with respect to single parameters, which are moved and put back."""

    def __init__(self, network: Network, inputs: Array, targets: Array, cost: Cost) -> None:
        self._problem = cost.name, inputs, targets
        self._real = network
        self._complex = _in(np.complex128, network)
        with np.errstate(over="ignore"):
            z = textbook.weighted_inputs(network.weights, network.biases, inputs)
            largest = max(float(np.abs(z_l).max()) for z_l in z)
        if not largest <= textbook.LARGEST_Z:
            raise ValueError(
                f"a weighted input is {largest:g}; textbook formulas take up to {textbook.LARGEST_Z:g}"
            )
        self.cost = float(self._cost(self._real))

    def central(self, kind: str, layer: int, which: Integers) -> Array:
        """By central differences: with respect to the numbers `which` of the layer's weights or biases."""

        def slope(place: "np.flatiter[npt.NDArray[Any]]", index: int) -> float:
            kept = place[index]
            step = CENTRAL_STEP * max(1.0, abs(kept))
            above, below = kept + step, kept - step
            place[index] = above
            difference = self._cost(self._real)
            place[index] = below
            difference -= self._cost(self._real)
            place[index] = kept
            # Rounding makes the distance of the two differ from 2h.
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
            return float(moved.imag / COMPLEX_STEP)

        place = getattr(self._complex, kind)[layer].flat
        return np.array([slope(place, index) for index in which])

    def _cost(self, network: Network) -> Any:
        cost, inputs, targets = self._problem
        return textbook.mean_cost(cost, network.weights, network.biases, inputs, targets)


def _in(dtype: npt.DTypeLike, network: Network) -> Network:
    """A copy of the network in another type of numbers."""
    weights, biases = ([a.astype(dtype) for a in arrays] for arrays in (network.weights, network.biases))
    return Network(network.sizes, weights, biases)


def _pick(total: int, samples: int | None, rng: np.random.Generator) -> Integers:
    if samples is None or samples >= total:
        return np.arange(total)
    return rng.choice(total, samples, replace=False)


def _relative_difference(checked: Array, numerical: Array, floor: float) -> float:
    scale = max(float(np.abs(numerical).max()), floor, _SMALLEST_SCALE)
    return float(np.abs(checked - numerical).max()) / scale


def _usual_errors(network: Network) -> list[float]:
    """The root mean square of each layer's δ when that of the output is 1, signs are random and σ′ is ¼."""
    found = [1.0]
    for weights in reversed(network.weights[1:]):
        found.append(found[-1] * float(np.linalg.norm(weights)) / math.sqrt(len(weights)) / 4)
    return found[::-1]
