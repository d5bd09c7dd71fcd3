"""Backpropagation compared with numerical differentiation, layer by layer."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from nnbp.arrays import Array, Integers, Layers
from nnbp.backprop import mean_gradients
from nnbp.costs import Cost, find_cost
from nnbp.gradcheck.numerical import Numerical, cast
from nnbp.gradcheck.result import Difference, LayerCheck
from nnbp.network import Network
from nnbp.sizes import count_parameters

# Up to FEW_PARAMETERS, all are differentiated, in about a second; above that, SAMPLES of each layer's weights
# and biases.
FEW_PARAMETERS = 5_000
SAMPLES = 100

# The imaginary part of a derivative this small, times COMPLEX_STEP, is still far from underflow.
_SMALLEST_MAGNITUDE = 1e-200


def samples_for(sizes: Sequence[int]) -> int | None:
    """How many weights and biases of each layer are enough to check: None for all, in a small network."""
    return None if count_parameters(sizes) <= FEW_PARAMETERS else SAMPLES


def count_derivatives(sizes: Sequence[int], samples: int | None) -> int:
    """How many derivatives a check takes: two of each parameter that it checks."""
    totals = [n for n_in, n_out in pairwise(sizes) for n in (n_in * n_out, n_out)]
    return 2 * sum(total if samples is None else min(total, samples) for total in totals)


def check_gradients(
    network: Network,
    inputs: Array,
    targets: Array,
    cost: str | Cost,
    gradients: Layers | None = None,
    samples: int | None = None,
    rng: np.random.Generator | None = None,
    progress: Callable[[int], object] = lambda n: None,
) -> Iterator[LayerCheck]:
    """Compare gradients with numerical differentiation; yields the check of each layer.

    inputs      (B, n_0), 0–1; targets (B, n_L), one-hot
    gradients   to check, as `mean_gradients` returns them (default: those of backpropagation)
    samples     how many weights and how many biases of a layer to check, picked by `rng`; None for all
    progress    called with 1 after each numerical derivative, `count_derivatives` times in all

    Computes in float64, and leaves the network unchanged. Raises ValueError if the shapes do not match the
    network, or if a weighted input is too large for the textbook's formulas.

    >>> from nnbp import COSTS
    >>> rng = np.random.default_rng(0)
    >>> network, inputs, targets = Network.random((4, 3, 2), rng), rng.random((2, 4)), np.eye(2)
    >>> [layer.agrees for layer in check_gradients(network, inputs, targets, COSTS["quadratic"])]
    [True, True]
    """
    network = cast(np.float64, network)
    inputs, targets = inputs.astype(np.float64), targets.astype(np.float64)
    cost = find_cost(cost)
    gradients = mean_gradients(network, inputs, targets, cost) if gradients is None else gradients
    rng = np.random.default_rng() if rng is None else rng
    numerical = Numerical(network, inputs, targets, cost, progress)
    return _layers(numerical, gradients, _usual_errors(network), samples, rng)


def _layers(
    numerical: Numerical,
    gradients: Layers,
    usual: Sequence[float],
    samples: int | None,
    rng: np.random.Generator,
) -> Iterator[LayerCheck]:
    for layer, pair in enumerate(gradients):
        floors = 1e-3 * max(1.0, numerical.cost), 1e-2 * usual[layer]
        weights, w_seconds = _compare(numerical, "weights", layer, pair[0], floors, samples, rng)
        biases, b_seconds = _compare(numerical, "biases", layer, pair[1], floors, samples, rng)
        yield LayerCheck(layer + 1, weights, biases, w_seconds + b_seconds)


def _compare(
    numerical: Numerical,
    kind: str,
    layer: int,
    gradient: Array,
    floors: tuple[float, float],
    samples: int | None,
    rng: np.random.Generator,
) -> tuple[Difference, float]:
    """The differences of a layer's weights or biases, and the seconds that central differences took.

    `floors` are those of the two methods.
    """
    which = _pick(gradient.size, samples, rng)
    began = time.perf_counter()
    central = numerical.central(kind, layer, which)
    seconds = time.perf_counter() - began
    complex_step = numerical.complex_step(kind, layer, which)
    checked = gradient.ravel()[which]
    return Difference(
        checked=len(which),
        total=gradient.size,
        central=_relative_difference(checked, central, floors[0]),
        complex_step=_relative_difference(checked, complex_step, floors[1]),
    ), seconds


def _pick(total: int, samples: int | None, rng: np.random.Generator) -> Integers:
    if samples is None or samples >= total:
        return np.arange(total)
    return rng.choice(total, samples, replace=False)


def _relative_difference(checked: Array, numerical: Array, floor: float) -> float:
    magnitude = max(float(np.abs(numerical).max()), floor, _SMALLEST_MAGNITUDE)
    return float(np.abs(checked - numerical).max()) / magnitude


def _usual_errors(network: Network) -> list[float]:
    """The root mean square of each layer's δ if that of the output is 1, signs are random and σ′ is ¼."""
    found = [1.0]
    for weights in reversed(network.weights[1:]):
        found.append(found[-1] * float(np.linalg.norm(weights)) / math.sqrt(len(weights)) / 4)
    return found[::-1]
