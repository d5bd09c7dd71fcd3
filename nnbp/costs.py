"""The costs: the cost of an example, and BP1, the error of the output layer.

Both are computed from the weighted inputs z of the output layer, not from its activations: a saturated
activation would give log 0. A target is the one-hot vector y of an example's label. The cost determines
the activations of the output layer: sigmoids, a = σ(z), or for the log-likelihood a softmax, a = e^z / Σ e^z.

BP1 subtracts y from a. For a well-learned example they are almost equal, and few digits of the difference are
right: enough for a step, which changes little there. `precise_output_error` and `values` subtract nothing.
"""

from abc import ABC, abstractmethod

import numpy as np

from nnbp.arrays import Array
from nnbp.sigmoid import (
    SMALLEST_EXPONENT,
    precise_sigmoid,
    precise_sigmoid_prime,
    sigmoid,
    sigmoid_prime,
    softmax,
    softplus,
)


class Cost(ABC):
    """A cost C_x of an example x; the cost of many examples is the mean of C_x."""

    name: str
    output = "sigmoid"

    def activations(self, z: Array) -> Array:
        """The activations of the output layer from z (B, n_L), as a new array."""
        return precise_sigmoid(z)

    @abstractmethod
    def values(self, z: Array, targets: Array) -> Array:
        """C_x of each example, (B,), from z and targets (B, n_L)."""

    @abstractmethod
    def output_error(self, z: Array, targets: Array, slope: Array, out: Array) -> None:
        """BP1: write δ = ∂C_x/∂z of each example into `out`; `slope` is room for σ′(z). All (B, n_L)."""

    @abstractmethod
    def precise_output_error(self, z: Array, targets: Array) -> Array:
        """BP1 to all digits, as a new array (B, n_L)."""


class Quadratic(Cost):
    """C_x = ½‖a − y‖²."""

    name = "quadratic"

    def values(self, z: Array, targets: Array) -> Array:
        difference = precise_sigmoid(_sign(targets) * z)
        return np.asarray(0.5 * np.einsum("bo,bo->b", difference, difference))

    def output_error(self, z: Array, targets: Array, slope: Array, out: Array) -> None:
        sigmoid(z, out=out)
        sigmoid_prime(out, out=slope)
        out -= targets
        out *= slope  # BP1: δ = (a − y) ⊙ σ′(z)

    def precise_output_error(self, z: Array, targets: Array) -> Array:
        sign = _sign(targets)
        return np.asarray(sign * precise_sigmoid(sign * z) * precise_sigmoid_prime(z))


class CrossEntropy(Cost):
    """C_x = −Σ [y ln a + (1 − y) ln(1 − a)], where −ln a = ln(1 + e^−z) and −ln(1 − a) = ln(1 + e^z)."""

    name = "cross-entropy"

    def values(self, z: Array, targets: Array) -> Array:
        return np.asarray(softplus(_sign(targets) * z).sum(axis=1))

    def output_error(self, z: Array, targets: Array, slope: Array, out: Array) -> None:
        # BP1: ∂C_x/∂a = (a − y)/(a(1 − a)), and its denominator is σ′(z): δ = a − y.
        sigmoid(z, out=out)
        out -= targets

    def precise_output_error(self, z: Array, targets: Array) -> Array:
        sign = _sign(targets)
        return sign * precise_sigmoid(sign * z)


class LogLikelihood(Cost):
    """C_x = −ln a_y, where a_y is the label's output of a softmax: ln Σ e^z − z_y."""

    name = "log-likelihood"
    output = "softmax"

    def activations(self, z: Array) -> Array:
        a = np.empty_like(z)
        softmax(z, out=a)
        return a

    def values(self, z: Array, targets: Array) -> Array:
        # The largest z is subtracted first: its term is 1, which log1p adds, and no term is larger.
        rows, label, largest = np.arange(len(z)), targets.argmax(axis=1), z.argmax(axis=1)
        below = z - z[rows, largest][:, np.newaxis]
        rest = np.exp(np.maximum(below, SMALLEST_EXPONENT[z.dtype]))
        rest[rows, largest] = 0.0
        return np.asarray(np.log1p(rest.sum(axis=1)) - below[rows, label])

    def output_error(self, z: Array, targets: Array, slope: Array, out: Array) -> None:
        # BP1 with all of ∂a/∂z, not only its diagonal: Σ_j (−y_j/a_j) a_j (1_{ij} − a_i) = a_i − y_i.
        softmax(z, out=out)
        out -= targets

    def precise_output_error(self, z: Array, targets: Array) -> Array:
        # The outputs sum to 1: a_y − 1 is the negative sum of the others.
        others = self.activations(z) * (1.0 - targets)
        return np.asarray(others - targets * others.sum(axis=1, keepdims=True))


COSTS: dict[str, Cost] = {cost.name: cost for cost in (Quadratic(), CrossEntropy(), LogLikelihood())}


def find_cost(cost: str | Cost) -> Cost:
    """The cost with this name, or the cost itself. Raises ValueError for an unknown name.

    >>> find_cost("quadratic").name
    'quadratic'
    """
    if isinstance(cost, Cost):
        return cost
    if cost not in COSTS:
        raise ValueError(f"cost {cost!r} is not one of {', '.join(COSTS)}")
    return COSTS[cost]


def _sign(targets: Array) -> Array:
    """1 where y = 0 and −1 where y = 1: a − y is that sign times σ(sign z), which subtracts nothing."""
    return np.asarray(1.0 - 2.0 * targets)
