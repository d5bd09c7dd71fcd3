"""The network: layer sizes, weights and biases, and the forward pass.

A layer is `a @ weights + biases`, followed by the sigmoid. The output layer's activations depend on the cost
(costs.py), so the forward pass ends with the weighted inputs z of that layer.

    weights[l]  (n_{l-1}, n_l)
    biases[l]   (n_l,)

Lists of weights and biases start at the first layer above the input.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nnbp.arrays import Array, Integers, Layers
from nnbp.costs import Cost, find_cost
from nnbp.dropout import Dropout
from nnbp.images import as_inputs, check_images
from nnbp.initialization import initial_layer
from nnbp.settings import INITIALIZATIONS
from nnbp.sigmoid import sigmoid
from nnbp.sizes import check_sizes

# Examples of a mini-batch where nothing is trained.
BATCH_SIZE = 250


@dataclass(frozen=True, eq=False, repr=False)
class Network:
    """Layer sizes, and the weights and biases, which training updates in place.

    weights   (n_{l-1}, n_l) of each layer, beginning with layer 1
    biases    (n_l,) of each layer
    """

    sizes: tuple[int, ...]
    weights: list[Array]
    biases: list[Array]

    @classmethod
    def random(
        cls,
        sizes: Sequence[int],
        rng: np.random.Generator,
        init: str = "scaled",
        dtype: npt.DTypeLike = np.float32,
    ) -> "Network":
        """A network with normally distributed weights of mean 0.

        Those of a `standard` network have standard deviation 1. In a `scaled` network they have 1/√n_in, so
        that the neurons of wide layers do not saturate; in a `centred` network a few times that, with biases
        that let the sigmoids start around the middle of their range (see initialization.py).

        Raises ValueError for sizes that cannot be built.
        """
        check_sizes(sizes)
        if np.dtype(dtype) not in (np.float32, np.float64):
            raise ValueError(f"a network computes in float32 or float64, not in {np.dtype(dtype)}")
        if init not in INITIALIZATIONS:
            raise ValueError(f"init {init!r} is not one of {', '.join(INITIALIZATIONS)}")
        weights, biases = [], []
        for layer in range(1, len(sizes)):
            layer_weights, layer_biases = initial_layer(init, sizes, layer, rng)
            weights.append(layer_weights.astype(dtype))
            biases.append(layer_biases.astype(dtype))
        return cls(tuple(sizes), weights, biases)

    def predict(self, images: npt.NDArray[Any]) -> Integers:
        """The predicted label of each image, (n,): the index of its largest output.

        Takes the same images as `weighted_inputs`.

        >>> network = Network((2, 2), [np.array([[1.0, 0.0], [0.0, 1.0]])], [np.zeros(2)])
        >>> network.predict(np.array([[0, 255], [255, 0]], np.uint8)).tolist()
        [1, 0]
        """
        return np.asarray(self.weighted_inputs(images).argmax(axis=1))

    def outputs(self, images: npt.NDArray[Any], cost: str | Cost) -> Array:
        """The activations of the output layer, (n, n_L), for the cost that the network was trained with.

        Takes the same images as `weighted_inputs`. With the log-likelihood they sum to 1.
        """
        return find_cost(cost).activations(self.weighted_inputs(images))

    def weighted_inputs(self, images: npt.NDArray[Any]) -> Array:
        """z (n, n_L) of the output layer, for images (n, n_0) of bytes 0–255 or of numbers 0–1.

        Raises ValueError for images of the wrong shape or type.
        """
        images = np.asarray(images)
        check_images(images, self.sizes[0])
        z = np.empty((len(images), self.sizes[-1]), self.dtype)
        for start in range(0, len(images), BATCH_SIZE):
            rows = images[start : start + BATCH_SIZE]
            inputs = as_inputs(rows, out=np.empty(rows.shape, self.dtype))
            ForwardPass(self, len(rows)).run(inputs, z[start : start + len(rows)])
        return z

    def copy(self) -> "Network":
        """An independent network with the same weights and biases."""
        return Network(self.sizes, [w.copy() for w in self.weights], [b.copy() for b in self.biases])

    def in_float64(self) -> "Network":
        """A copy with the same weights and biases, which computes in float64."""
        weights: list[Array] = [array.astype(np.float64) for array in self.weights]
        biases: list[Array] = [array.astype(np.float64) for array in self.biases]
        return Network(self.sizes, weights, biases)

    def __repr__(self) -> str:
        return f"<Network {','.join(map(str, self.sizes))} in {self.dtype}>"

    @property
    def layers(self) -> Layers:
        """A pair of weights and biases for each layer: the arrays themselves, not copies."""
        return list(zip(self.weights, self.biases, strict=True))

    @property
    def dtype(self) -> np.dtype[np.floating]:
        """The precision of the network: float32 or float64."""
        return self.weights[0].dtype

    def _repr_html_(self) -> str:
        from nnbp.notebook import network

        return network.html(self)


class ForwardPass:
    """Forward passes of mini-batches of size B, in preallocated buffers.

    activations   (B, n_l) of each hidden layer, filled by `run`; with dropout, after the masks
    """

    def __init__(self, network: Network, batch_size: int, dropout: Dropout | None = None) -> None:
        self.network = network
        self.activations = [np.empty((batch_size, n), network.dtype) for n in network.sizes[1:-1]]
        self._masks = dropout.masks if dropout else []

    def run(self, inputs: Array, z: Array) -> None:
        """Fill z (B, n_L), the weighted inputs of the output layer, from inputs (B, n_0)."""
        weights, biases = self.network.weights, self.network.biases
        below = inputs
        for layer, a in enumerate(self.activations):
            np.matmul(below, weights[layer], out=a)
            a += biases[layer]
            sigmoid(a, out=a)
            if self._masks:
                a *= self._masks[layer]
            below = a
        np.matmul(below, weights[-1], out=z)
        z += biases[-1]
