"""Wrong backpropagation for testing the gradient check: each fault is in one or two of the equations.

Production code contains no trace of them: a fault replaces equations of textbook.py.
"""

from dataclasses import replace

import numpy as np

from nnbp.arrays import Array, Layers
from nnbp.costs import Cost
from nnbp.gradcheck.fault import Fault
from nnbp.network import Network
from nnbp.textbook import Equations

RIGHT = Equations()

FAULTS: dict[str, Equations] = {
    Fault.BP1_WITHOUT_SIGMA_PRIME: replace(RIGHT, bp1=lambda a, y, slope: a - y),
    # The weights in their own order, in the shape of the transpose: if a layer is as wide as the one below,
    # that is the matrix itself, and otherwise a scrambled matrix of the shape that the product needs.
    Fault.MISSING_TRANSPOSE: replace(
        RIGHT, bp2=lambda delta, weights, a: (delta @ weights.reshape(weights.shape[::-1])) * a * (1 - a)
    ),
    Fault.BP2_WITHOUT_SIGMA_PRIME: replace(RIGHT, bp2=lambda delta, weights, a: delta @ weights.T),
    # Assigned instead of added, so that only the last example counts; then divided by their number.
    Fault.BIASES_NOT_SUMMED: replace(RIGHT, bp3=lambda delta: delta[-1] / len(delta)),
    Fault.AVERAGED_TWICE: replace(
        RIGHT,
        bp3=lambda delta: RIGHT.bp3(delta) / len(delta),
        bp4=lambda a, delta: RIGHT.bp4(a, delta) / len(delta),
    ),
}


def plant(fault: str, network: Network, inputs: Array, targets: Array, cost: Cost) -> Layers:
    """The gradients that backpropagation with this fault computes, in the shapes of `mean_gradients`.

    Raises ValueError if the fault changes nothing: BP1 has σ′ only for the quadratic cost, BP2 is only for
    hidden layers, a single row and its transpose have the same order, and one example is its own sum and
    mean.
    """
    problem = cost.name, network.weights, network.biases, inputs, targets
    wrong, right = FAULTS[fault].mean_gradients(*problem), RIGHT.mean_gradients(*problem)
    if all(
        np.array_equal(a, b) for pair in zip(wrong, right, strict=True) for a, b in zip(*pair, strict=True)
    ):
        sizes = ",".join(map(str, network.sizes))
        raise ValueError(
            f"{fault} has no effect in a {sizes} network with the {cost.name} cost "
            f"and a mini-batch of {len(inputs)}"
        )
    return wrong
