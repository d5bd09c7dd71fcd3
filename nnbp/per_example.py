"""The gradients of single examples: formed, measured, clipped.

The gradient of an example with respect to a layer's weights is an outer product, aᵀ @ δ, and with respect to
its biases it is δ. So activations and deltas are all that is needed to compute with these gradients:

    ‖g_x‖² = Σ_l ‖δ_x‖² (1 + ‖a_x‖²)        ⟨g_x, g_y⟩ = Σ_l (δ_x·δ_y) (1 + a_x·a_y)

with a from layer l − 1 and δ from layer l (Goodfellow, "Efficient Per-Example Gradient Computations", 2015,
arXiv:1510.01799). The functions below take lists of both, `below` and `deltas`, as backprop.py has them.
The letters in `einsum` are b for the example, i for the input of a layer, and o for its output.
"""

import math
from collections.abc import Sequence

import numpy as np

from nnbp.arrays import Array, Layers
from nnbp.backprop import backpropagate
from nnbp.costs import Cost
from nnbp.network import Network


def activations_and_deltas(
    network: Network, inputs: Array, targets: Array, cost: str | Cost
) -> tuple[list[Array], list[Array]]:
    """The activations below each layer, (B, n_{l-1}), and the deltas of each layer, (B, n_l), in new arrays.

    Arguments and errors are those of `backpropagate`.
    """
    passes = backpropagate(network, inputs, targets, cost)
    return [inputs.copy(), *passes.below[1:]], passes.deltas


def per_example_gradients(below: Sequence[Array], deltas: Sequence[Array]) -> Layers:
    """∂C_x/∂weights (B, n_in, n_out) and ∂C_x/∂biases (B, n_out) of each example, per layer.

    Takes B times the memory of the parameters: 5.7 GB for 784,30,10 in float32 and 60,000 examples.

    >>> below, deltas = [np.array([[1.0, 2.0], [0.0, 3.0]])], [np.array([[0.5], [1.0]])]
    >>> ((weights, biases),) = per_example_gradients(below, deltas)
    >>> weights.tolist(), biases.tolist()
    ([[[0.5], [1.0]], [[0.0], [3.0]]], [[0.5], [1.0]])
    """
    return [(np.einsum("bi,bo->bio", a, d), d.copy()) for a, d in zip(below, deltas, strict=True)]


def squared_gradient_norms_by_layer(below: Sequence[Array], deltas: Sequence[Array]) -> Array:
    """‖∂C_x/∂weights‖² + ‖∂C_x/∂biases‖² of each example and layer, (B, L), without forming the gradients.

    The square of a norm below 1e-22 is 0 in float32; if the deltas are float64, so are the squares.
    """
    return np.stack(_squared_norms(below, deltas), axis=1)


def squared_gradient_norms(below: Sequence[Array], deltas: Sequence[Array]) -> Array:
    """‖g_x‖² of each example, (B,): the sum of `squared_gradient_norms_by_layer` over the layers.

    >>> below, deltas = [np.array([[1.0, 2.0], [0.0, 3.0]])], [np.array([[0.5], [1.0]])]
    >>> squared_gradient_norms(below, deltas).tolist()
    [1.5, 10.0]
    """
    return np.asarray(sum(_squared_norms(below, deltas)))


def gradient_inner_products(
    below_x: Sequence[Array],
    deltas_x: Sequence[Array],
    below_y: Sequence[Array],
    deltas_y: Sequence[Array],
) -> Array:
    """⟨g_x, g_y⟩ of every x of one batch and y of another, (B_x, B_y), without forming the gradients.

    >>> below, deltas = [np.array([[1.0, 2.0], [0.0, 3.0]])], [np.array([[0.5], [1.0]])]
    >>> gradient_inner_products(below, deltas, below, deltas).tolist()
    [[1.5, 3.5], [3.5, 10.0]]
    """
    return np.asarray(
        sum(
            (d_x @ d_y.T) * (1.0 + a_x @ a_y.T)
            for a_x, d_x, a_y, d_y in zip(below_x, deltas_x, below_y, deltas_y, strict=True)
        )
    )


def clipping_factors(squared_norms: Array, max_norm: float) -> Array:
    """min(1, max_norm/‖g_x‖), the factor that clips each gradient to that norm, from ‖g_x‖² (B,); (B,).

    Raises ValueError if max_norm is not a finite number above 0.
    """
    if not 0 < max_norm < math.inf:
        raise ValueError(f"max_norm is {max_norm}; it has to be a finite number above 0")
    # The larger of the two is never 0, although a norm may be.
    return np.asarray(max_norm / np.maximum(np.sqrt(squared_norms, dtype=np.float64), max_norm))


def mean_clipped_gradients(
    network: Network, inputs: Array, targets: Array, cost: str | Cost, max_norm: float
) -> Layers:
    """The mean gradients, after clipping each example's gradient to a norm of at most `max_norm`.

    The norm is taken over all layers together. Raises the errors of `mean_gradients` and `clipping_factors`.

    >>> network = Network((1, 1), [np.array([[0.0]])], [np.array([0.0])])
    >>> one, zero = np.array([[1.0]]), np.array([[0.0]])
    >>> ((weights, biases),) = mean_clipped_gradients(network, one, zero, "cross-entropy", max_norm=0.1)
    >>> print(f"{np.hypot(weights.item(), biases.item()):.3f}")
    0.100
    """
    passes = backpropagate(network, inputs, targets, cost)
    factors = clipping_factors(squared_gradient_norms(passes.below, passes.deltas), max_norm)
    return passes.mean_gradients(times=factors[:, np.newaxis])


def _squared_norms(below: Sequence[Array], deltas: Sequence[Array]) -> list[Array]:
    return [_row_squares(d) * (1.0 + _row_squares(a)) for a, d in zip(below, deltas, strict=True)]


def _row_squares(rows: Array) -> Array:
    """The squared norm of each row, (B,); as a matrix product, which takes half the time of an einsum."""
    return np.asarray(np.matmul(rows[:, np.newaxis, :], rows[:, :, np.newaxis])[:, 0, 0])
