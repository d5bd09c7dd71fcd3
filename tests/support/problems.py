"""Small networks of several depths, with examples to show them."""

import numpy as np
import numpy.typing as npt

from nnbp import Network
from support import oracles

SIZES = [(3, 2), (5, 4, 3), (7, 6, 5, 4, 3), (2, 1, 2), (12, 9, 10)]


def problem(
    sizes: tuple[int, ...], batch: int, seed: int = 0
) -> tuple[Network, oracles.Array, oracles.Array]:
    rng = np.random.default_rng(seed)
    network = Network.random(sizes, rng, dtype=np.float64)
    inputs = rng.random((batch, sizes[0]))
    return network, inputs, oracles.one_hot(rng.integers(0, sizes[-1], batch), sizes[-1])


def network_in(dtype: npt.DTypeLike, network: Network) -> Network:
    """The network in another precision."""
    weights, biases = ([a.astype(dtype) for a in arrays] for arrays in (network.weights, network.biases))
    return Network(network.sizes, weights, biases)
