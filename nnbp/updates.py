"""The update rules: from the mean gradient of a mini-batch to the next weights and biases.

With rate η, regularization λ₁ and λ over n training examples, and g the mean gradient, a step is

    weights:  s = −η (g + λ₁/n sgn(weights) + λ/n weights)
    biases:   s = −η g

Without momentum the parameters move by s. With momentum μ they move by the velocity v ← μv + s; with
Nesterov's by μv + s of that new v (Sutskever and others 2013, "On the importance of initialization and
momentum in deep learning", in the variables of the point that is looked ahead to).
"""

from collections.abc import Sequence

import numpy as np

from nnbp.arrays import Array
from nnbp.backprop import Backpropagation
from nnbp.network import Network
from nnbp.settings import Settings
from nnbp.shrinkage import Shrinkage


class Descent:
    """Steps without momentum. With L2, the weights shrink by a factor that the passes have to know of."""

    def __init__(self, network: Network, settings: Settings, examples: int) -> None:
        self.parameters = network.parameters
        self.weights = network.weights
        self.l1 = settings.l1 / examples
        self.l2 = settings.l2 / examples
        self.dtype = network.dtype
        self.shrinkage = Shrinkage(network.parameters) if settings.l2 and not settings.momentum else None

    def step(self, minibatch: Backpropagation, rate: float) -> None:
        """Change the parameters by what the pass over a mini-batch has found."""
        if self.shrinkage is not None:
            self.shrinkage.shrink(1.0 - rate * self.l2)
            rate /= self.shrinkage.value
        if self.l1:
            # The decay above has left every sign as it was.
            for weights in self.weights:
                weights -= np.sign(weights) * self._number(rate * self.l1)
        minibatch.add_mean_gradients(-rate, to=self.parameters)

    def settle(self) -> None:
        """Leave the parameters as what they stand for; to be called before anyone else reads them."""
        if self.shrinkage is not None:
            self.shrinkage.settle()

    def _number(self, value: float) -> Array:
        """A number in the precision of the network, which costs less than Python's own."""
        return np.array(value, self.dtype)


class MomentumDescent(Descent):
    """Steps with momentum; the velocity, shaped as the parameters, is a buffer that it is handed."""

    def __init__(
        self, network: Network, settings: Settings, examples: int, velocity: Sequence[Array]
    ) -> None:
        super().__init__(network, settings, examples)
        self.velocity = velocity
        self.momentum = self._number(settings.momentum)
        self.nesterov = settings.nesterov
        self.scratch = [np.empty_like(layer) for layer in velocity]

    def step(self, minibatch: Backpropagation, rate: float) -> None:
        """Change the velocity and the parameters by what the pass over a mini-batch has found."""
        for velocity in self.velocity:
            np.multiply(velocity, self.momentum, out=velocity)
        if self.nesterov:
            # s is v − μ(old v), of which the last part is at hand now: it is kept until v is new.
            for velocity, scratch in zip(self.velocity, self.scratch, strict=True):
                np.copyto(scratch, velocity)
        for velocity, weights in zip(self.velocity, self.weights, strict=True):
            if self.l1:
                velocity[:-1] -= np.sign(weights) * self._number(rate * self.l1)
            if self.l2:
                velocity[:-1] -= weights * self._number(rate * self.l2)
        minibatch.add_mean_gradients(-rate, to=self.velocity)
        for layer, velocity, scratch in zip(self.parameters, self.velocity, self.scratch, strict=True):
            np.add(layer, velocity, out=layer)
            if self.nesterov:
                # μv + s = v + μv − μ(old v)
                np.subtract(layer, scratch, out=layer)
                np.multiply(velocity, self.momentum, out=scratch)
                np.add(layer, scratch, out=layer)
