"""The forward pass and the costs as textbooks write them, for real and for complex numbers.

`gradcheck` differentiates these by the complex step, which only analytic functions allow: no absolute values,
no maxima, no case distinctions. Nothing here is shared with the fast forms in `network`, `sigmoid` and
`costs`, and so they are checked against an independent witness. The price is that e^z overflows: |z| stays
below LARGEST_Z.

    layers   (n_in + 1, n_out) each   parameters as in network.py: the last row holds the biases
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]

# e^709 is the last that float64 can hold.
LARGEST_Z = 700.0


def sigmoid(z: Numbers) -> Numbers:
    """σ(z) = 1/(1 + e^−z)."""
    return np.asarray(1.0 / (1.0 + np.exp(-z)))


def weighted_inputs(layers: Sequence[Numbers], inputs: Numbers) -> list[Numbers]:
    """z of every layer above the input, (B, n_l) each."""
    found: list[Numbers] = []
    for layer in layers:
        activations = sigmoid(found[-1]) if found else inputs
        found.append(activations @ layer[:-1] + layer[-1])
    return found


def mean_cost(cost: str, layers: Sequence[Numbers], inputs: Numbers, targets: Numbers) -> Any:
    """The mean of the examples' costs, a number of the kind that the layers hold."""
    return _COSTS[cost](weighted_inputs(layers, inputs)[-1], targets).sum() / len(inputs)


def _quadratic(z: Numbers, y: Numbers) -> Numbers:
    """½ (a − y)² of each output."""
    return np.asarray(0.5 * (sigmoid(z) - y) ** 2)


def _cross_entropy(z: Numbers, y: Numbers) -> Numbers:
    """−[y ln a + (1 − y) ln(1 − a)] of each output, where ln a = −ln(1 + e^−z), ln(1 − a) = −ln(1 + e^z)."""
    return np.asarray(y * np.log(1.0 + np.exp(-z)) + (1.0 - y) * np.log(1.0 + np.exp(z)))


def _log_likelihood(z: Numbers, y: Numbers) -> Numbers:
    """−y ln a of each output, where ln a = z − ln Σ e^z."""
    return np.asarray(y * (np.log(np.exp(z).sum(axis=1, keepdims=True)) - z))


_COSTS: dict[str, Callable[[Numbers, Numbers], Numbers]] = {
    "quadratic": _quadratic,
    "cross-entropy": _cross_entropy,
    "log-likelihood": _log_likelihood,
}
