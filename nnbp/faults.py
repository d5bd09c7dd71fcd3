"""Wrong backpropagation, to test the gradient check on: each fault is in one or two of the equations.

Production code knows of no fault. The equations stand here once more, as plain as they are, and a fault
replaces some of them:

    bp1(a, y, slope)         δ_L of each example; slope is σ′(z_L), or 1 where the cost cancels it
    bp2(delta, weights, a)   δ_l from δ_{l+1}, weights[l+1] and a_l
    bp3(delta)               the mean of ∂C_x/∂biases
    bp4(a, delta)            the mean of ∂C_x/∂weights
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from nnbp import textbook
from nnbp.arrays import Array
from nnbp.costs import Cost
from nnbp.network import Network


@dataclass(frozen=True)
class Equations:
    """BP1 to BP4, right unless replaced."""

    bp1: Callable[[Array, Array, Array], Array] = lambda a, y, slope: (a - y) * slope
    bp2: Callable[[Array, Array, Array], Array] = lambda delta, weights, a: (delta @ weights.T) * a * (1 - a)
    bp3: Callable[[Array], Array] = lambda delta: delta.sum(axis=0) / len(delta)
    bp4: Callable[[Array, Array], Array] = lambda a, delta: a.T @ delta / len(delta)

    def gradients(
        self, network: Network, inputs: Array, targets: Array, cost: Cost
    ) -> list[tuple[Array, Array]]:
        """What `mean_gradients` would return if these were the equations."""
        *hidden, z = textbook.weighted_inputs(network.parameters, inputs)
        below = [inputs, *(textbook.sigmoid(z_l) for z_l in hidden)]
        a = cost.activations(z)
        slope = a * (1 - a) if cost.name == "quadratic" else np.ones_like(a)
        deltas = [self.bp1(a, targets, slope)]
        for weights, a_l in zip(network.weights[:0:-1], below[:0:-1], strict=True):
            deltas.insert(0, self.bp2(deltas[0], weights, a_l))
        return [(self.bp4(a_l, delta), self.bp3(delta)) for a_l, delta in zip(below, deltas, strict=True)]


RIGHT = Equations()

FAULTS: dict[str, Equations] = {
    "bp1-without-sigma-prime": replace(RIGHT, bp1=lambda a, y, slope: a - y),
    # The weights read in their own order as if they were transposed: where a layer is as wide as the one
    # below, that is the matrix itself, and elsewhere a matrix of the shape that the product wants.
    "missing-transpose": replace(
        RIGHT, bp2=lambda delta, weights, a: (delta @ weights.reshape(weights.shape[::-1])) * a * (1 - a)
    ),
    "bp2-without-sigma-prime": replace(RIGHT, bp2=lambda delta, weights, a: delta @ weights.T),
    # Set where it should be added to, so that the last example is left; then divided by their number.
    "biases-not-summed": replace(RIGHT, bp3=lambda delta: delta[-1] / len(delta)),
    "averaged-twice": replace(
        RIGHT,
        bp3=lambda delta: RIGHT.bp3(delta) / len(delta),
        bp4=lambda a, delta: RIGHT.bp4(a, delta) / len(delta),
    ),
}


def plant(
    fault: str, network: Network, inputs: Array, targets: Array, cost: Cost
) -> list[tuple[Array, Array]]:
    """The gradients that backpropagation with this fault computes, in the shapes of `mean_gradients`.

    Raises ValueError where the fault changes nothing: BP1 has σ′ for the quadratic cost only, BP2 is for
    hidden layers, the transpose of a single row has the same order, and one example is its own sum and mean.
    """
    wrong = FAULTS[fault].gradients(network, inputs, targets, cost)
    right = RIGHT.gradients(network, inputs, targets, cost)
    if all(
        np.array_equal(a, b) for pair in zip(wrong, right, strict=True) for a, b in zip(*pair, strict=True)
    ):
        sizes = ",".join(map(str, network.sizes))
        raise ValueError(
            f"{fault} changes nothing in a {sizes} network with the {cost.name} cost "
            f"and a mini-batch of {len(inputs)}"
        )
    return wrong
