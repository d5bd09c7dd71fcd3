"""L2 regularization without a pass over the weights: a factor beside them, which shrinks in their place.

A step multiplies every weight by 1 − ηλ/n and leaves the biases. While a network is trained its parameters
are therefore kept as

    parameters = scale · stored

so that a step has but to change the scale, and the stored biases by its inverse. The passes multiply by the
scale where the arrays are small: z = scale · (a @ stored), and δ @ weightsᵀ = scale · (δ @ storedᵀ).
(Bottou 2012, "Stochastic Gradient Descent Tricks", section 5.1, keeps the weights of a linear model so.)
"""

from collections.abc import Sequence

import numpy as np

from nnbp.arrays import Array

# Below this the factor is multiplied into the parameters, which then grow no larger than twice themselves.
SMALLEST = 0.5


class Shrinkage:
    """The scale of a network's parameters, (n_in + 1, n_out) each; 1 where they are what they stand for.

    `scale` and `half`, a half of it, are arrays without dimensions in the precision of the network: the
    passes hold on to them, and `shrink` and `settle` change what is in them.
    """

    def __init__(self, parameters: Sequence[Array]) -> None:
        self.scale = np.array(1.0, parameters[0].dtype)
        self.half = np.array(0.5, parameters[0].dtype)
        self.value = 1.0
        self._parameters = parameters
        self._biases = [layer[-1] for layer in parameters]

    def shrink(self, decay: float) -> None:
        """Multiply the weights by `decay`, and not the biases."""
        value = self.value * decay
        if value < SMALLEST:
            self.settle()
            for layer in self._parameters:
                layer[:-1] *= decay
            return
        before = float(self.scale)
        self._set(value)
        # What the scale has become in its own precision, so that the biases do not drift away from it.
        ratio = float(self.scale) / before
        for biases in self._biases:
            np.divide(biases, ratio, out=biases)

    def settle(self) -> None:
        """Multiply the scale into the parameters: from here on it is 1."""
        if self.value != 1.0:
            for layer in self._parameters:
                np.multiply(layer, self.scale, out=layer)
            self._set(1.0)

    def _set(self, value: float) -> None:
        self.value = value
        self.scale.fill(value)
        self.half.fill(value / 2.0)
