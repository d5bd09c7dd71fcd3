"""The prediction and the cost of single examples and the norms of their gradients, to nine correct digits.

The better an example is learned, the closer to 0 are its cost and its deltas. In float32, or where a is
subtracted from y and from 1, only noise is left of them. So these passes compute in float64, keep the
weighted inputs of every layer, and use the forms of costs.py and sigmoid.py in which nothing cancels.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from nnbp.arrays import Array, Integers
from nnbp.costs import Cost, find_cost
from nnbp.minibatches import Examples, ImagesAndLabels, MiniBatch, MiniBatches
from nnbp.network import BATCH_SIZE, Network
from nnbp.sigmoid import precise_sigmoid, precise_sigmoid_prime


class Diagnostics(NamedTuple):
    """Predictions, costs and gradient norms of n consecutive examples, in float64."""

    labels: Integers  # (n,)
    predictions: Integers  # (n,), the largest output
    probabilities: Array  # (n,), the activation of the label's output, 0–1
    costs: Array  # (n,), without the L1 and L2 terms
    gradient_norms: Array  # (n,), ‖∂C_x/∂(all weights and biases)‖
    layer_norms: Array  # (n, L), the same for each layer


def per_example_diagnostics(
    network: Network, examples: ImagesAndLabels, cost: str | Cost
) -> Iterator[Diagnostics]:
    """Pass each example through the network once, in order; yields the results in blocks, in new arrays.

    Nine digits or more are right, whatever the network's precision, but an activation below 5e-154, and what
    is computed from it, is rounded up to that. Overflows give inf or nan. Raises ValueError if the examples
    do not match the network's sizes.
    """
    cost, wide = find_cost(cost), network.in_float64()
    minibatches = MiniBatches(Examples.of(examples), wide, BATCH_SIZE)
    for block in minibatches.blocks():
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            norms = np.concatenate([_layer_norms(wide, each, cost) for each in block.minibatches])
            labels, z = block.labels.copy(), block.z
            figures = Diagnostics(
                labels=labels,
                predictions=z.argmax(axis=1),
                probabilities=cost.activations(z)[np.arange(len(labels)), labels],
                costs=cost.values(z, block.targets),
                gradient_norms=_row_norms(norms),
                layer_norms=norms,
            )
        yield figures


def _layer_norms(network: Network, minibatch: MiniBatch, cost: Cost) -> Array:
    """‖∂C_x/∂(weights and biases)‖ of each example and layer, (B, L); fills the z of the mini-batch."""
    below, slopes = [minibatch.inputs], []
    for weights, biases in network.layers[:-1]:
        z = below[-1] @ weights + biases
        below.append(precise_sigmoid(z))
        slopes.append(precise_sigmoid_prime(z))
    minibatch.z[:] = below[-1] @ network.weights[-1] + network.biases[-1]
    deltas = [cost.precise_output_error(minibatch.z, minibatch.targets)]  # BP1
    for weights, slope in zip(network.weights[:0:-1], reversed(slopes), strict=True):
        deltas.insert(0, (deltas[0] @ weights.T) * slope)  # BP2
    # The gradient with respect to the biases is δ, and to the weights the outer product of a and δ.
    norms = [
        _row_norms(d) * np.sqrt(1.0 + np.einsum("bi,bi->b", a, a)) for a, d in zip(below, deltas, strict=True)
    ]
    return np.stack(norms, axis=1)


def _row_norms(rows: Array) -> Array:
    """The norm of each row, (B,). Each is divided by its largest number first: no square underflows."""
    largest = np.abs(rows).max(axis=1)
    divided = rows / np.where(largest > 0, largest, 1.0)[:, np.newaxis]
    return np.asarray(largest * np.sqrt(np.einsum("bo,bo->b", divided, divided)))
