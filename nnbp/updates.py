"""The update rules: from the mean gradient of a mini-batch to the next weights and biases.

With rate η, which may differ from layer to layer, regularization λ₁ and λ over n training examples, and g the
mean gradient, a step is

    weights:  s = −η (g + λ₁/n sgn(weights) + λ/n weights)
    biases:   s = −η g

Gradient descent moves the parameters by s; the part −ηλ/n weights, weight decay, multiplies the weights by
1 − ηλ/n. With momentum μ they move by the velocity v ← μv + s; with Nesterov momentum by μv + s, where v
is already the new velocity (Sutskever et al. 2013, "On the importance of initialization and momentum in deep
learning", in the variables of the look-ahead point).
"""

from collections.abc import Sequence

import numpy as np

from nnbp.arrays import Array, Layers
from nnbp.network import Network
from nnbp.settings import Settings


def layer_rates(settings: Settings, network: Network) -> tuple[float, ...]:
    """The factor of the learning rate of each layer, from layer 1 on.

    Raises ValueError for settings that are for another number of layers.
    """
    layers, factors = len(network.weights), settings.layer_rates
    if len(factors) not in (0, layers):
        raise ValueError(
            f"layer_rates has {len(factors)} factors; the sizes {network.sizes} need {layers}, "
            "one for each layer above the input, or none"
        )
    return factors or (1.0,) * layers


class GradientDescent:
    """Steps without momentum."""

    def __init__(self, network: Network, settings: Settings, examples: int) -> None:
        self.layers = network.layers
        self.l1 = settings.l1 / examples
        self.l2 = settings.l2 / examples

    def step(self, gradients: Layers, rates: Sequence[float]) -> None:
        """Update the weights and biases with a rate for each layer.

        `gradients` are ηg, the rates included, and are overwritten.
        """
        for (weights, biases), (weights_step, biases_step), rate in zip(
            self.layers, gradients, rates, strict=True
        ):
            if self.l1:
                weights_step += rate * self.l1 * np.sign(weights)
            if self.l2:
                weights *= 1.0 - rate * self.l2
            weights -= weights_step
            biases -= biases_step


class MomentumDescent:
    """Steps with momentum; they update `velocity`, a pair of arrays for each layer, in place."""

    def __init__(self, network: Network, settings: Settings, examples: int, velocity: Layers) -> None:
        self.layers = network.layers
        self.velocity = velocity
        self.momentum = settings.momentum
        self.nesterov = settings.nesterov
        self.l1 = settings.l1 / examples
        self.l2 = settings.l2 / examples

    def step(self, gradients: Layers, rates: Sequence[float]) -> None:
        """Update the velocity, the weights and the biases, from the arguments of `GradientDescent`."""
        for (weights, biases), (weights_velocity, biases_velocity), (weights_step, biases_step), rate in zip(
            self.layers, self.velocity, gradients, rates, strict=True
        ):
            if self.l1:
                weights_step += rate * self.l1 * np.sign(weights)
            if self.l2:
                weights_step += rate * self.l2 * weights
            self._move(weights, weights_velocity, weights_step)
            self._move(biases, biases_velocity, biases_step)

    def _move(self, parameters: Array, velocity: Array, step: Array) -> None:
        velocity *= self.momentum
        velocity -= step
        if self.nesterov:
            parameters += self.momentum * velocity
            parameters -= step
        else:
            parameters += velocity


def limit_norms(network: Network, most: float) -> None:
    """Max-norm: scale down the weights into each hidden neuron to a Euclidean norm of at most `most`.

    See Srivastava et al. 2014, section 5.1. The norms are computed in float64.
    """
    for weights in network.weights[:-1]:
        norms = np.sqrt(np.einsum("ij,ij->j", weights, weights, dtype=np.float64))
        large = norms > most
        if large.any():
            weights[:, large] *= (most / norms[large]).astype(weights.dtype)


def regularization(network: Network, settings: Settings, examples: int) -> float:
    """λ₁/n Σ|w| + λ/2n Σw², the term that L1 and L2 add to the cost of n training examples."""
    absolute = sum(float(np.abs(weights).sum(dtype=np.float64)) for weights in network.weights)
    squared = sum(float(np.square(weights, dtype=np.float64).sum()) for weights in network.weights)
    return (settings.l1 * absolute + settings.l2 * squared / 2) / examples
