"""Small random networks of several depths, with examples for them."""

import numpy as np
import numpy.typing as npt

from nnbp import Examples, Network
from support import oracles

SIZES = [(3, 2), (5, 4, 3), (7, 6, 5, 4, 3), (2, 1, 2), (12, 9, 10)]

Problem = tuple[Network, oracles.Array, oracles.Array]


def problem(sizes: tuple[int, ...], batch: int = 5, seed: int = 0, factor: float = 1.0) -> Problem:
    """A network in float64, its weights and biases times `factor`, with inputs 0–1 and one-hot targets."""
    rng = np.random.default_rng(seed)
    network = Network.random(sizes, rng, dtype=np.float64)
    for array in oracles.flatten(network.layers):
        array *= factor
    inputs = rng.random((batch, sizes[0]))
    return network, inputs, oracles.one_hot(rng.integers(0, sizes[-1], batch), sizes[-1])


def training_problem(
    sizes: tuple[int, ...] = (5, 4, 3), count: int = 23, seed: int = 0
) -> tuple[Network, Examples]:
    """A network in float64, with examples to train it on: images of numbers 0–1."""
    rng = np.random.default_rng(seed)
    network = Network.random(sizes, rng, dtype=np.float64)
    return network, Examples(rng.random((count, sizes[0])), rng.integers(0, sizes[-1], count))


def byte_examples(count: int, pixels: int, classes: int, lit: float = 0.3, seed: int = 0) -> Examples:
    """Random images of bytes of which about this fraction of the pixels is not black."""
    rng = np.random.default_rng(seed)
    images = rng.integers(1, 256, (count, pixels), np.uint8) * (rng.random((count, pixels)) < lit)
    return Examples(images.astype(np.uint8), rng.integers(0, classes, count).astype(np.int32))


def network_in(dtype: npt.DTypeLike, network: Network) -> Network:
    """The network in another precision."""
    weights, biases = ([a.astype(dtype) for a in arrays] for arrays in (network.weights, network.biases))
    return Network(network.sizes, weights, biases)
