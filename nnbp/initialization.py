"""The first weights and biases of a network, drawn at random.

All weights are normally distributed, of mean 0. Of a layer with n_in inputs they have standard deviation

    standard   1
    scaled     1/√n_in, so that the neurons of wide layers do not saturate (Nielsen, "Neural Networks and Deep
               Learning", chapter 3)
    centred    g/√n_in, in the output layer half of it; g = 2, or 3 with more than one hidden layer

The biases of standard and scaled networks are drawn, too, with standard deviation 1.

A centred network takes into account that sigmoids are ½ on average, not 0, and that their slope is at most ¼:
through several layers, the differences between examples fade unless the weights are larger. A bias above a
hidden layer is −½ times the sum of its neuron's weights, which cancels the mean of the weighted inputs, so
that every sigmoid starts around the middle of its range. In layer 1 the biases are 0, since most pixels are.
"""

from collections.abc import Sequence

import numpy as np

from nnbp.arrays import Array


def initial_layer(
    init: str, sizes: Sequence[int], layer: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """The weights (n_in, n_out) and biases (n_out,) of a layer, counted from 1, in float64."""
    n_in, n_out = sizes[layer - 1], sizes[layer]
    weights = _deviation(init, sizes, layer) * rng.standard_normal((n_in, n_out))
    if init == "centred":
        return weights, -0.5 * weights.sum(axis=0) if layer > 1 else np.zeros(n_out)
    return weights, rng.standard_normal(n_out)


def _deviation(init: str, sizes: Sequence[int], layer: int) -> float:
    layers = len(sizes) - 1
    gain = 1.0
    if init == "centred":
        gain = (2.0 if layers <= 2 else 3.0) / (2.0 if layer == layers else 1.0)
    return 1.0 if init == "standard" else gain / float(np.sqrt(sizes[layer - 1]))
