"""Backpropagation: the gradient of the cost, one backward pass per mini-batch.

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
biases are its weights (network.py), and so BP3 is the last row of BP4.
"""

from collections.abc import Sequence

import numpy as np

from nnbp.arrays import Array
from nnbp.costs import Cost
from nnbp.dropout import Dropout
from nnbp.network import ForwardPass, Network
from nnbp.sigmoid import sigmoid_prime


class Workspace:
    """Buffers for passes of up to B examples through one network, made once and shared by all passes."""

    def __init__(self, network: Network, batch_size: int, dropout: Dropout | None = None) -> None:
        widths = [*(n + 1 for n in network.sizes[1:-1]), network.sizes[-1]]
        self.network = network
        self.dropout = dropout
        self.hidden = network.hidden_buffers(batch_size)
        self.deltas = [np.empty((batch_size, width), network.dtype) for width in widths]
        self.scratch = [np.empty_like(buffer) for buffer in self.deltas]
        self.products = [np.empty_like(layer) for layer in network.parameters]


class Backpropagation:
    """A forward and a backward pass of one mini-batch, in the buffers of a workspace.

        deltas[l]  (B, n_l)   what `run` fills

    As in the forward pass, every operand is a view made once.
    """

    def __init__(self, workspace: Workspace, inputs: Array, targets: Array, z: Array, cost: Cost) -> None:
        """inputs (B, n_0 + 1), the last column 1; targets (B, n_L), one-hot; z (B, n_L), filled by `run`."""
        network, dropout, count = workspace.network, workspace.dropout, len(inputs)
        padded = [buffer[:count] for buffer in workspace.deltas]
        scratch = [buffer[:count] for buffer in workspace.scratch]
        self.deltas = [buffer[:, :n] for buffer, n in zip(padded, network.sizes[1:], strict=True)]
        masks = dropout.masks if dropout else ()
        self.forward = ForwardPass(network, inputs, workspace.hidden, z, masks)
        self._sigmoid_prime = dropout.sigmoid_prime if dropout else sigmoid_prime
        self._output = z, targets, scratch[-1], padded[-1]
        self._output_error = cost.output_error
        self._hidden_layers = [
            (activations, above, parameters.T, slope, delta)
            for activations, above, parameters, slope, delta in zip(
                self.forward.hidden,
                self.deltas[1:],
                network.parameters[1:],
                scratch[:-1],
                padded[:-1],
                strict=True,
            )
        ][::-1]
        self._gradients = [
            (delta, scaled, below.T, scaled[:, :n], product)
            for delta, scaled, below, n, product in zip(
                padded, scratch, self.forward.below, network.sizes[1:], workspace.products, strict=True
            )
        ]
        self._share = 1.0 / count

    def run(self) -> None:
        """Fill z and the deltas."""
        self.forward.run()
        z, targets, slope, delta = self._output
        self._output_error(z, targets, slope=slope, out=delta)  # BP1
        for activations, above, weights, slope, delta in self._hidden_layers:
            self._sigmoid_prime(activations, out=slope)
            np.matmul(above, weights, out=delta)
            np.multiply(delta, slope, out=delta)  # BP2

    def add_mean_gradients(self, factor: float, to: Sequence[Array]) -> None:
        """Add `factor` times the mean of the examples' gradients to the arrays `to`, one per layer.

        This is the one place where gradients are averaged. The factor meets the deltas, (B, n_l), since
        they are the smaller operand; the sum over the examples is the matrix product itself.
        """
        share = np.array(factor * self._share, self.deltas[0].dtype)
        for (delta, scaled, below, scaled_delta, product), target in zip(self._gradients, to, strict=True):
            np.multiply(delta, share, out=scaled)
            np.matmul(below, scaled_delta, out=product)  # BP4 and, in the last row, BP3
            np.add(target, product, out=target)


def mean_gradients(network: Network, inputs: Array, targets: Array, cost: Cost) -> list[tuple[Array, Array]]:
    """The mean over the examples of ∂C_x/∂weights (n_in, n_out) and ∂C_x/∂biases (n_out,), per layer.

    inputs (B, n_0) and targets (B, n_L) are in the precision of the network. Raises ValueError where the
    shapes do not match the network.
    """
    sizes, count = network.sizes, len(inputs)
    if not count or inputs.shape != (count, sizes[0]) or targets.shape != (count, sizes[-1]):
        raise ValueError(f"inputs {inputs.shape} and targets {targets.shape} do not match the sizes {sizes}")
    padded = np.ones((count, sizes[0] + 1), network.dtype)
    padded[:, :-1] = inputs
    z = np.empty((count, sizes[-1]), network.dtype)
    gradients = [np.zeros_like(layer) for layer in network.parameters]
    backpropagation = Backpropagation(Workspace(network, count), padded, targets, z, cost)
    backpropagation.run()
    backpropagation.add_mean_gradients(factor=1.0, to=gradients)
    return [(gradient[:-1], gradient[-1]) for gradient in gradients]
