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

Each buffer of a layer has one column more, that of a constant neuron whose activation is 1 and whose σ′ is
therefore 0. The biases are its weights (network.py), and so BP3 is the last row of BP4.
"""

from collections.abc import Sequence
from copy import copy

import numpy as np

from nnbp.arrays import Array
from nnbp.costs import Cost
from nnbp.network import HiddenLayer, Network
from nnbp.sigmoid import sigmoid_prime


class Workspace:
    """Buffers for passes of B examples through one network: made once, overwritten by every pass.

    hidden            activations of each hidden layer
    deltas  (B, n_l)  of each layer above the input
    """

    def __init__(self, network: Network, batch_size: int) -> None:
        widths = [*(n + 1 for n in network.sizes[1:-1]), network.sizes[-1]]
        self.network = network
        self.hidden = network.hidden_layers(batch_size)
        self._padded_deltas = [np.empty((batch_size, width), network.dtype) for width in widths]
        self._scratch = [np.empty_like(buffer) for buffer in self._padded_deltas]
        self._products = [np.empty_like(layer) for layer in network.parameters]
        self._view()

    def _view(self) -> None:
        """Make the views that passes would otherwise make over and over."""
        outputs = self.network.sizes[1:]
        self.deltas = [buffer[:, :n] for buffer, n in zip(self._padded_deltas, outputs, strict=True)]
        self._scaled = [buffer[:, :n] for buffer, n in zip(self._scratch, outputs, strict=True)]

    def first(self, count: int) -> "Workspace":
        """The same buffers for mini-batches of fewer examples."""
        fewer = copy(self)
        fewer.hidden = [HiddenLayer.of(layer.padded[:count]) for layer in self.hidden]
        fewer._padded_deltas = [buffer[:count] for buffer in self._padded_deltas]
        fewer._scratch = [buffer[:count] for buffer in self._scratch]
        fewer._view()
        return fewer

    def backpropagate(self, inputs: Array, z: Array, targets: Array, cost: Cost) -> None:
        """A forward pass, which fills `hidden` and `z`, and a backward pass, which fills `deltas`.

        inputs   (B, n_0 + 1)   the last column is 1
        z        (B, n_L)
        targets  (B, n_L)       one-hot
        """
        self.network.forward(inputs, self.hidden, z)
        deltas, slopes = self._padded_deltas, self._scratch
        cost.output_error(z, targets, slope=slopes[-1], out=deltas[-1])  # BP1
        for layer in reversed(range(len(self.hidden))):
            sigmoid_prime(self.hidden[layer].padded, out=slopes[layer])
            np.matmul(self.deltas[layer + 1], self.network.parameters[layer + 1].T, out=deltas[layer])
            np.multiply(deltas[layer], slopes[layer], out=deltas[layer])  # BP2

    def add_mean_gradients(self, inputs: Array, factor: float, to: Sequence[Array]) -> None:
        """Add `factor` times the mean of the examples' gradients to the arrays `to`, one per layer.

        This is the one place where gradients are averaged. The factor meets the deltas, (B, n_l), since
        they are the smaller operand; the sum over the examples is the matrix product itself.
        """
        share = np.array(factor / len(inputs), inputs.dtype)
        activations = inputs
        for layer, (product, target) in enumerate(zip(self._products, to, strict=True)):
            np.multiply(self._padded_deltas[layer], share, out=self._scratch[layer])
            np.matmul(activations.T, self._scaled[layer], out=product)  # BP4 and, in the last row, BP3
            np.add(target, product, out=target)
            if layer < len(self.hidden):
                activations = self.hidden[layer].padded


def mean_gradients(network: Network, inputs: Array, targets: Array, cost: Cost) -> list[tuple[Array, Array]]:
    """The mean over the examples of ∂C_x/∂weights (n_in, n_out) and ∂C_x/∂biases (n_out,), per layer.

    inputs (B, n_0) and targets (B, n_L) are in the precision of the network. Raises ValueError where the
    shapes do not match the network.
    """
    sizes, count = network.sizes, len(inputs)
    if not count or inputs.shape != (count, sizes[0]) or targets.shape != (count, sizes[-1]):
        raise ValueError(f"inputs {inputs.shape} and targets {targets.shape} do not match the sizes {sizes}")
    padded = np.ones((len(inputs), network.sizes[0] + 1), network.dtype)
    padded[:, :-1] = inputs
    workspace = Workspace(network, len(inputs))
    gradients = [np.zeros_like(layer) for layer in network.parameters]
    workspace.backpropagate(padded, np.empty(targets.shape, network.dtype), targets, cost)
    workspace.add_mean_gradients(padded, factor=1.0, to=gradients)
    return [(gradient[:-1], gradient[-1]) for gradient in gradients]
