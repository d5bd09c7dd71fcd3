"""Backpropagation: the gradients of the examples of a mini-batch and their mean, one backward pass for all.

B examples per mini-batch; layer l has n_l neurons; layer 0 is the input and layer L the output.

    activations[l]  (B, n_l)         rows are examples
    weights[l]      (n_{l-1}, n_l)
    biases[l]       (n_l,)
    deltas[l]       (B, n_l)         δ = ∂C_x/∂z of each example x, never averaged

The four equations, with a and δ as rows:

    BP1   δ_L = ∂C_x/∂a_L ⊙ σ′(z_L)                 in costs.py, one for each cost
    BP2   δ_l = (δ_{l+1} @ weights[l+1]ᵀ) ⊙ σ′(z_l)
    BP3   ∂C_x/∂biases[l] = δ_l
    BP4   ∂C_x/∂weights[l] = a_{l-1}ᵀ @ δ_l

The buffers of a hidden layer have one column more, that of a constant neuron whose activation is 1. The
biases are its weights (network.py), and so BP3 is the last row of BP4. In a training with L2 the parameters
lack a factor, by which both passes multiply (shrinkage.py).

The gradient of an example in a layer is an outer product, aᵀ @ δ, and that of its biases is δ. So whatever
is asked of the examples' gradients is answered by activations and deltas:

    ‖g_x‖² = Σ_l ‖δ_x‖² (1 + ‖a_x‖²)        ⟨g_x, g_y⟩ = Σ_l (δ_x·δ_y) (1 + a_x·a_y)

with a of layer l − 1 and δ of layer l (Goodfellow, "Efficient Per-Example Gradient Computations", 2015,
arXiv:1510.01799). The functions below take lists of both, with an item for each layer above the input.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nnbp.arrays import Array
from nnbp.costs import Cost
from nnbp.dropout import Dropout
from nnbp.network import ForwardPass, Network
from nnbp.products import accumulation
from nnbp.shrinkage import Shrinkage
from nnbp.sigmoid import sigmoid_prime

if TYPE_CHECKING:
    from nnbp.parts import Part


class Workspace:
    """Buffers for passes of up to B examples through one network, made once and shared by all passes."""

    def __init__(
        self,
        network: Network,
        batch_size: int,
        dropout: Dropout | None = None,
        shrinkage: Shrinkage | None = None,
        part: "Part | None" = None,
    ) -> None:
        self.network = network
        self.dropout = dropout
        self.shrinkage = shrinkage
        self.part = part
        self.hidden = network.hidden_buffers(batch_size)
        self.deltas = [np.empty((batch_size, n), network.dtype) for n in network.sizes[1:]]
        self.slopes = [np.empty_like(buffer) for buffer in (*self.hidden, self.deltas[-1])]
        self.scaled = [np.empty_like(buffer) for buffer in self.deltas]
        self.products = [np.empty_like(layer) for layer in network.parameters]


class Backpropagation:
    """A forward and a backward pass of one mini-batch, in the buffers of a workspace.

        activations[l]  (B, n_{l-1})   those below the layer: the inputs, and what `run` fills
        deltas[l]       (B, n_l)       what `run` fills

    As in the forward pass, every operand is a view made once.
    """

    def __init__(self, workspace: Workspace, inputs: Array, targets: Array, z: Array, cost: Cost) -> None:
        """inputs (B, n_0 + 1), the last column 1; targets (B, n_L), one-hot; z (B, n_L), filled by `run`."""
        network, dropout, shrinkage = workspace.network, workspace.dropout, workspace.shrinkage
        part = workspace.part
        count = len(inputs)
        self.deltas = [buffer[:count] for buffer in workspace.deltas]
        slopes = [buffer[:count] for buffer in workspace.slopes]
        masks = dropout.masks if dropout else ()
        self.forward = ForwardPass(network, inputs, workspace.hidden, z, masks, shrinkage, part)
        self._scale = None if shrinkage is None else shrinkage.scale
        self._sigmoid_prime = dropout.sigmoid_prime if dropout else sigmoid_prime
        self.activations = [below[:, :-1] for below in self.forward.below]
        self._output = z, targets, slopes[-1], self.deltas[-1]
        self._output_error = cost.output_error
        sums = [None] * len(self.deltas) if part is None else part.deltas
        self._hidden_layers = [
            (activations, above, weights.T, total, padded, padded[:, :-1], delta)
            for activations, above, weights, total, padded, delta in zip(
                self.forward.hidden,
                self.deltas[1:],
                network.weights[1:],
                sums[1:],
                slopes[:-1],
                self.deltas[:-1],
                strict=True,
            )
        ][::-1]
        self._gradients = [
            accumulation(below, delta, scaled[:count], product)
            for below, delta, scaled, product in zip(
                self.forward.below, self.deltas, workspace.scaled, workspace.products, strict=True
            )
        ]
        self._share = 1.0 / count

    def run(self) -> None:
        """Fill z and the deltas."""
        self.forward.run()
        z, targets, slope, delta = self._output
        self._output_error(z, targets, slope=slope, out=delta)  # BP1
        for activations, above, weights, total, padded, slope, delta in self._hidden_layers:
            # Of the whole buffer, as in the forward pass: the constant neuron's is not looked at.
            self._sigmoid_prime(activations, out=padded)
            np.dot(above, weights, out=delta)
            if total is not None:
                total.run(delta)
            np.multiply(delta, slope, out=delta)  # BP2
            if self._scale is not None:
                np.multiply(delta, self._scale, out=delta)

    def add_mean_gradients(self, factor: float, to: Sequence[Array], scales: Array | None = None) -> None:
        """Add `factor` times the mean of the examples' gradients to the arrays `to`, one per layer.

        With `scales`, (B,), each example's gradient is multiplied by its own first. This is the one place
        where gradients are averaged; the sum over the examples is the matrix product itself.
        """
        factor *= self._share
        if scales is not None:
            scales = scales.astype(self.deltas[0].dtype)[:, np.newaxis]
        for gradient, target in zip(self._gradients, to, strict=True):
            gradient.add(factor, target, scales)  # BP4 and, in the last row, BP3


def activations_and_deltas(
    network: Network, inputs: Array, targets: Array, cost: Cost
) -> tuple[list[Array], list[Array]]:
    """The activations below each layer, (B, n_{l-1}), and the deltas of each layer, (B, n_l), in new arrays.

    inputs (B, n_0) and targets (B, n_L) are in the precision of the network. Raises ValueError where the
    shapes do not match the network.
    """
    done = _run(network, inputs, targets, cost)
    return done.activations, done.deltas


def per_example_gradients(activations: Sequence[Array], deltas: Sequence[Array]) -> list[tuple[Array, Array]]:
    """∂C_x/∂weights (B, n_in, n_out) and ∂C_x/∂biases (B, n_out) of each example, per layer.

    Takes B times the memory of the parameters: 5.7 GB for 784,30,10 in float32 and 60,000 examples.
    """
    return [(np.einsum("bi,bo->bio", a, d), d.copy()) for a, d in zip(activations, deltas, strict=True)]


def squared_gradient_norms_by_layer(activations: Sequence[Array], deltas: Sequence[Array]) -> Array:
    """‖∂C_x/∂weights‖² + ‖∂C_x/∂biases‖² of each example and layer, (B, L), without forming the gradients.

    A norm below 1e-22 has a square that is 0 in float32; with deltas in float64 the squares are, too.
    """
    return np.stack(_squared_norms(activations, deltas), axis=1)


def squared_gradient_norms(activations: Sequence[Array], deltas: Sequence[Array]) -> Array:
    """‖g_x‖² of each example, (B,): the sum of `squared_gradient_norms_by_layer` over the layers."""
    return np.asarray(sum(_squared_norms(activations, deltas)))


def gradient_inner_products(
    activations_x: Sequence[Array],
    deltas_x: Sequence[Array],
    activations_y: Sequence[Array],
    deltas_y: Sequence[Array],
) -> Array:
    """⟨g_x, g_y⟩ of every x of one batch and y of another, (B_x, B_y), without forming the gradients."""
    return np.asarray(
        sum(
            (d_x @ d_y.T) * (1.0 + a_x @ a_y.T)
            for a_x, d_x, a_y, d_y in zip(activations_x, deltas_x, activations_y, deltas_y, strict=True)
        )
    )


def clipping_scales(squared_norms: Array, max_norm: float) -> Array:
    """min(1, max_norm/‖g_x‖), which takes each gradient to at most that norm, from ‖g_x‖² (B,); (B,).

    Raises ValueError unless max_norm is a finite number above 0.
    """
    if not 0 < max_norm < math.inf:
        raise ValueError(f"max_norm is {max_norm}; it is a finite number above 0")
    # The larger of both is never 0, as a norm may be.
    return np.asarray(max_norm / np.maximum(np.sqrt(squared_norms, dtype=np.float64), max_norm))


def mean_gradients(network: Network, inputs: Array, targets: Array, cost: Cost) -> list[tuple[Array, Array]]:
    """The mean over the examples of ∂C_x/∂weights (n_in, n_out) and ∂C_x/∂biases (n_out,), per layer.

    Takes and raises what `activations_and_deltas` does.
    """
    return _mean_gradients(network, _run(network, inputs, targets, cost))


def mean_clipped_gradients(
    network: Network, inputs: Array, targets: Array, cost: Cost, max_norm: float
) -> list[tuple[Array, Array]]:
    """As `mean_gradients`, of gradients that are first shortened to a norm of at most `max_norm` each.

    The norm is that of all layers together. Raises what `clipping_scales` does, too.
    """
    done = _run(network, inputs, targets, cost)
    scales = clipping_scales(squared_gradient_norms(done.activations, done.deltas), max_norm)
    return _mean_gradients(network, done, scales)


def _squared_norms(activations: Sequence[Array], deltas: Sequence[Array]) -> list[Array]:
    return [_row_squares(d) * (1.0 + _row_squares(a)) for a, d in zip(activations, deltas, strict=True)]


def _row_squares(rows: Array) -> Array:
    """The squared norm of each row, (B,), as a product of matrices: that takes half the time of an einsum."""
    return np.asarray(np.matmul(rows[:, np.newaxis, :], rows[:, :, np.newaxis])[:, 0, 0])


def _run(network: Network, inputs: Array, targets: Array, cost: Cost) -> Backpropagation:
    """Both passes, in buffers of their own."""
    sizes, count = network.sizes, len(inputs)
    if not count or inputs.shape != (count, sizes[0]) or targets.shape != (count, sizes[-1]):
        raise ValueError(f"inputs {inputs.shape} and targets {targets.shape} do not match the sizes {sizes}")
    padded = np.ones((count, sizes[0] + 1), network.dtype)
    padded[:, :-1] = inputs
    z = np.empty((count, sizes[-1]), network.dtype)
    backpropagation = Backpropagation(Workspace(network, count), padded, targets, z, cost)
    backpropagation.run()
    return backpropagation


def _mean_gradients(
    network: Network, backpropagation: Backpropagation, scales: Array | None = None
) -> list[tuple[Array, Array]]:
    gradients = [np.zeros_like(layer) for layer in network.parameters]
    backpropagation.add_mean_gradients(1.0, to=gradients, scales=scales)
    return [(gradient[:-1], gradient[-1]) for gradient in gradients]
