"""What a network makes of each single example: its answer, its cost, and how much it pulls at the weights."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from nnbp.arrays import Array, Integers
from nnbp.backprop import Backpropagation, Workspace, squared_gradient_norms_by_layer
from nnbp.costs import Cost
from nnbp.minibatches import Block, Examples, MiniBatches
from nnbp.network import Network

BATCH_SIZE = 250


class Diagnostics(NamedTuple):
    """Figures of n consecutive examples."""

    labels: Integers  # (n,)
    predictions: Integers  # (n,), the largest output
    probabilities: Array  # (n,), the activation of the label's output, 0–1
    costs: Array  # (n,), without the L2 term
    gradient_norms: Array  # (n,), ‖∂C_x/∂(all weights and biases)‖
    layer_norms: Array  # (n, L), the same for each layer


def per_example_diagnostics(network: Network, examples: Examples, cost: Cost) -> Iterator[Diagnostics]:
    """Show the network each example once, in order; yields their figures block by block, in new arrays.

    What overflows is inf or nan. Raises ValueError where the examples do not match the network's sizes.
    """
    workspace = Workspace(network, BATCH_SIZE)
    minibatches = MiniBatches(
        examples, network, BATCH_SIZE, lambda minibatch: Backpropagation(workspace, *minibatch, cost)
    )
    for block in minibatches.blocks():
        with np.errstate(over="ignore", invalid="ignore"):
            figures = _figures(block, cost)
        yield figures


def _figures(block: Block[Backpropagation], cost: Cost) -> Diagnostics:
    # The deltas of a mini-batch are overwritten by the next one.
    squares = np.concatenate([_squared_norms(backpropagation) for backpropagation in block.minibatches])
    labels, z = block.labels.copy(), block.z
    return Diagnostics(
        labels=labels,
        predictions=z.argmax(axis=1),
        probabilities=cost.activations(z)[np.arange(len(labels)), labels],
        costs=cost.values(z, block.targets),
        gradient_norms=np.sqrt(squares.sum(axis=1)),
        layer_norms=np.sqrt(squares),
    )


def _squared_norms(backpropagation: Backpropagation) -> Array:
    """Those of each example and layer, (B, L), in float64, where no square of a float32 is 0 or inf."""
    backpropagation.run()
    deltas = [d.astype(np.float64) for d in backpropagation.deltas]
    return squared_gradient_norms_by_layer(backpropagation.activations, deltas)
