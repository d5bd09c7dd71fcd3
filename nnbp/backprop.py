"""Backpropagation: both passes of a mini-batch, and the mean gradient of its examples.

B examples per mini-batch; layer l has n_l neurons; layer 0 is the input and layer L the output.

    activations[l]  (B, n_l)         rows are examples; those of the input are its pixels
    weights[l]      (n_{l-1}, n_l)
    biases[l]       (n_l,)
    deltas[l]       (B, n_l)         δ = ∂C_x/∂z of each example x, never averaged

The four equations, with a and δ as rows:

    BP1   δ_L = ∂C_x/∂a_L ⊙ σ′(z_L)                 in costs.py, one for each cost
    BP2   δ_l = (δ_{l+1} @ weights[l+1]ᵀ) ⊙ σ′(z_l)
    BP3   ∂C_x/∂biases[l] = δ_l
    BP4   ∂C_x/∂weights[l] = a_{l-1}ᵀ @ δ_l

In the code, lists of weights, biases and deltas start at layer 1, and `below` is the list of activations
starting at layer 0: `below[i]` feeds the layer whose error is `deltas[i]`.
"""

import numpy as np

from nnbp.arrays import Array, Layers
from nnbp.costs import Cost, find_cost
from nnbp.dropout import Dropout
from nnbp.network import ForwardPass, Network
from nnbp.sigmoid import sigmoid_prime


class Backpropagation:
    """Forward and backward passes of mini-batches of size B through one network, in preallocated buffers.

    forward   the forward pass
    below     the inputs of the last `run`, after their mask, and the activations of the hidden layers
    deltas    of each layer
    """

    def __init__(self, network: Network, batch_size: int, cost: Cost, dropout: Dropout | None = None) -> None:
        self.network = network
        self.cost = cost
        self.dropout = dropout
        self.forward = ForwardPass(network, batch_size, dropout)
        self.below: list[Array] = []
        self.deltas = [np.empty((batch_size, n), network.dtype) for n in network.sizes[1:]]
        self._batch_size = batch_size
        self._slopes = [np.empty_like(delta) for delta in self.deltas]
        self._multiplied = [np.empty_like(delta) for delta in self.deltas]
        self._gradients = [(np.empty_like(w), np.empty_like(b)) for w, b in network.layers]
        self._sigmoid_prime = sigmoid_prime if dropout is None else dropout.sigmoid_prime

    def run(self, inputs: Array, targets: Array, z: Array) -> None:
        """Fill z (B, n_L) and the deltas, from inputs (B, n_0) and one-hot targets (B, n_L)."""
        if self.dropout is not None:
            inputs = self.dropout.of_inputs(inputs)
        self.forward.run(inputs, z)
        self.below = [inputs, *self.forward.activations]
        self.cost.output_error(z, targets, slope=self._slopes[-1], out=self.deltas[-1])  # BP1
        for i in range(len(self.deltas) - 1, 0, -1):
            delta, slope = self.deltas[i - 1], self._slopes[i - 1]
            self._sigmoid_prime(self.below[i], out=slope)
            np.matmul(self.deltas[i], self.network.weights[i].T, out=delta)
            delta *= slope  # BP2

    def mean_gradients(self, times: float | Array | tuple[float, ...] = 1.0) -> Layers:
        """The mean over the examples of ∂C_x/∂weights and ∂C_x/∂biases, per layer, in its own buffers.

        The gradients are multiplied by `times` first: one number; (B, 1), one for each example; or a tuple,
        one for each layer. This is the only place where gradients are averaged.
        """
        each = times if isinstance(times, tuple) else (times,) * len(self.deltas)
        for below, delta, multiplied, (weights, biases), layer_times in zip(
            self.below, self.deltas, self._multiplied, self._gradients, each, strict=True
        ):
            # The factor is applied to the deltas, which are smaller than the gradients.
            factor = np.asarray(layer_times / self._batch_size, self.network.dtype)
            np.multiply(delta, factor, out=multiplied)
            np.add.reduce(multiplied, axis=0, out=biases)  # BP3
            np.matmul(below.T, multiplied, out=weights)  # BP4
        return self._gradients


def backpropagate(network: Network, inputs: Array, targets: Array, cost: str | Cost) -> Backpropagation:
    """Both passes of one mini-batch, in new buffers.

    inputs (B, n_0) and targets (B, n_L) are in the precision of the network; the cost is one of COSTS, or
    its name. Raises ValueError if the shapes do not match the network, or for an unknown name.
    """
    inputs, targets = np.asarray(inputs), np.asarray(targets)
    if {inputs.dtype, targets.dtype} != {network.dtype}:
        raise ValueError(
            f"inputs are {inputs.dtype} and targets {targets.dtype}; {network.dtype} was expected for both, "
            "with pixels 0–1"
        )
    sizes, count = network.sizes, len(inputs)
    if not count or inputs.shape != (count, sizes[0]) or targets.shape != (count, sizes[-1]):
        raise ValueError(f"inputs {inputs.shape} and targets {targets.shape} do not match the sizes {sizes}")
    passes = Backpropagation(network, count, find_cost(cost))
    passes.run(inputs, targets, z=np.empty((count, sizes[-1]), network.dtype))
    return passes


def mean_gradients(network: Network, inputs: Array, targets: Array, cost: str | Cost) -> Layers:
    """The mean over the examples of ∂C_x/∂weights (n_in, n_out) and ∂C_x/∂biases (n_out,), per layer.

    Arguments and errors are those of `backpropagate`.

    >>> network = Network.random((4, 3), np.random.default_rng(0), dtype=np.float64)
    >>> ((weights, biases),) = mean_gradients(network, np.ones((5, 4)), np.zeros((5, 3)), "cross-entropy")
    >>> weights.shape, biases.shape
    ((4, 3), (3,))
    """
    return backpropagate(network, inputs, targets, cost).mean_gradients()
