"""The algorithm as on a blackboard: the forward pass, the costs, and the four equations.

Start here. B examples are the rows of `inputs` (B, n_0) and of `targets` y (B, n_L), one-hot; layer l has
weights (n_{l-1}, n_l) and biases (n_l,), and the lists of both start at layer 1.

    z_l = a_{l-1} @ weights[l] + biases[l],  a_l = σ(z_l)
    BP1   δ_L = ∂C_x/∂a_L ⊙ σ′(z_L)
    BP2   δ_l = (δ_{l+1} @ weights[l+1]ᵀ) ⊙ σ′(z_l),  where σ′(z) = a(1 − a)
    BP3   ∂C/∂biases[l]  = the mean of δ_l over the examples
    BP4   ∂C/∂weights[l] = a_{l-1}ᵀ @ δ_l / B

This file shares nothing with the fast code in the other files, so that `gradcheck` has an independent
reference. `gradcheck` differentiates the costs by the complex step, which works only for analytic functions:
no absolute values, no maxima, no case distinctions. The price is that e^z can overflow, so |z| has to stay
below LARGEST_Z.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

# Real or, for the complex step, complex.
Numbers = npt.NDArray[Any]

# e^709 is the largest power of e that float64 can hold.
LARGEST_Z = 700.0


def sigmoid(z: Numbers) -> Numbers:
    """σ(z) = 1/(1 + e^−z)."""
    return np.asarray(1.0 / (1.0 + np.exp(-z)))


def softmax(z: Numbers) -> Numbers:
    """e^z / Σ e^z, the sum over each row."""
    return np.asarray(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))


def weighted_inputs(weights: Sequence[Numbers], biases: Sequence[Numbers], inputs: Numbers) -> list[Numbers]:
    """z of every layer above the input, (B, n_l) each."""
    found: list[Numbers] = []
    for w, b in zip(weights, biases, strict=True):
        activations = sigmoid(found[-1]) if found else inputs
        found.append(activations @ w + b)
    return found


def mean_cost(
    cost: str, weights: Sequence[Numbers], biases: Sequence[Numbers], inputs: Numbers, targets: Numbers
) -> Any:
    """The mean of the examples' costs, real or complex as the weights and biases are."""
    z = weighted_inputs(weights, biases, inputs)[-1]
    return COSTS[cost](z, targets).sum() / len(inputs)


def quadratic(z: Numbers, y: Numbers) -> Numbers:
    """½ (a − y)² of each output."""
    return np.asarray(0.5 * (sigmoid(z) - y) ** 2)


def cross_entropy(z: Numbers, y: Numbers) -> Numbers:
    """−[y ln a + (1 − y) ln(1 − a)] of each output, where ln a = −ln(1 + e^−z), ln(1 − a) = −ln(1 + e^z)."""
    return np.asarray(y * np.log(1.0 + np.exp(-z)) + (1.0 - y) * np.log(1.0 + np.exp(z)))


def log_likelihood(z: Numbers, y: Numbers) -> Numbers:
    """−y ln a of each output, where ln a = z − ln Σ e^z."""
    return np.asarray(y * (np.log(np.exp(z).sum(axis=1, keepdims=True)) - z))


COSTS: dict[str, Callable[[Numbers, Numbers], Numbers]] = {
    "quadratic": quadratic,
    "cross-entropy": cross_entropy,
    "log-likelihood": log_likelihood,
}


def bp1(a: Numbers, y: Numbers, slope: Numbers) -> Numbers:
    """δ_L of each example; slope is σ′(z_L), or 1 if the cost cancels it (costs.py shows how)."""
    return np.asarray((a - y) * slope)


def bp2(delta: Numbers, weights: Numbers, a: Numbers) -> Numbers:
    """δ_l from δ_{l+1}, weights[l+1] and a_l."""
    return np.asarray((delta @ weights.T) * a * (1 - a))


def bp3(delta: Numbers) -> Numbers:
    """The mean of ∂C_x/∂biases[l], from δ_l."""
    return np.asarray(delta.sum(axis=0) / len(delta))


def bp4(a: Numbers, delta: Numbers) -> Numbers:
    """The mean of ∂C_x/∂weights[l], from a_{l-1} and δ_l."""
    return np.asarray(a.T @ delta / len(delta))


@dataclass(frozen=True)
class Equations:
    """BP1 to BP4; the planted faults of gradcheck/faults.py replace some of them."""

    bp1: Callable[[Numbers, Numbers, Numbers], Numbers] = bp1
    bp2: Callable[[Numbers, Numbers, Numbers], Numbers] = bp2
    bp3: Callable[[Numbers], Numbers] = bp3
    bp4: Callable[[Numbers, Numbers], Numbers] = bp4

    def mean_gradients(
        self,
        cost: str,
        weights: Sequence[Numbers],
        biases: Sequence[Numbers],
        inputs: Numbers,
        targets: Numbers,
    ) -> list[tuple[Numbers, Numbers]]:
        """Backpropagation: the means of ∂C_x/∂weights and ∂C_x/∂biases, in a pair for each layer."""
        *hidden, z = weighted_inputs(weights, biases, inputs)
        below = [inputs, *(sigmoid(z_l) for z_l in hidden)]
        a = softmax(z) if cost == "log-likelihood" else sigmoid(z)
        slope = a * (1 - a) if cost == "quadratic" else np.ones_like(a)
        deltas = [self.bp1(a, targets, slope)]
        for w, a_l in zip(weights[:0:-1], below[:0:-1], strict=True):
            deltas.insert(0, self.bp2(deltas[0], w, a_l))
        return [(self.bp4(a_l, delta), self.bp3(delta)) for a_l, delta in zip(below, deltas, strict=True)]
