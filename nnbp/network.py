"""The network: layer sizes, weights and biases, how they begin, and the forward pass.

A layer is `a @ weights + biases`, then the sigmoid. The weights and the biases of a layer are the rows of
one matrix, its parameters:

    parameters  (n_in + 1, n_out)   the weights and, in the last row, the biases

An input that carries a constant 1 in one more column then needs a single product for both. Lists of
parameters, weights and biases begin with the first layer above the input.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nnbp.arrays import Array
from nnbp.settings import INITIALIZATIONS
from nnbp.sigmoid import sigmoid

MAX_PARAMETERS = 32_000_000
MAX_LAYERS = 1_000
BYTES_PER_PARAMETER = 4


def count_parameters(sizes: Sequence[int]) -> int:
    """The weights and biases of a network of these layer sizes."""
    return sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))


def check_sizes(sizes: Sequence[int]) -> None:
    """Raise ValueError unless a network of these layer sizes can be built, trained and stored."""
    if len(sizes) < 2:
        raise ValueError("a network has at least two layers, an input and an output")
    if len(sizes) > MAX_LAYERS:
        raise ValueError(f"{len(sizes):,} layers; at most {MAX_LAYERS:,} can be stored")
    if min(sizes) < 1:
        raise ValueError("every layer has at least one neuron")
    parameters = count_parameters(sizes)
    if parameters > MAX_PARAMETERS:
        raise ValueError(
            f"{parameters:,} parameters ({parameters * BYTES_PER_PARAMETER:,} bytes); "
            f"at most {MAX_PARAMETERS:,} ({MAX_PARAMETERS * BYTES_PER_PARAMETER:,} bytes) are allowed"
        )


@dataclass(frozen=True)
class Network:
    """Layer sizes and the parameters between them, which training changes in place."""

    sizes: tuple[int, ...]
    parameters: list[Array]

    @classmethod
    def random(
        cls,
        sizes: Sequence[int],
        rng: np.random.Generator,
        init: str = "scaled",
        dtype: npt.DTypeLike = np.float32,
    ) -> "Network":
        """A network with normally distributed weights and biases of mean 0.

        The biases have standard deviation 1, and so have the weights of a `standard` network; those of a
        `scaled` one have 1/√n_in, which keeps the weighted inputs of wide layers from saturating (Nielsen,
        "Neural Networks and Deep Learning", chapter 3). Raises ValueError for sizes that cannot be built.
        """
        check_sizes(sizes)
        if init not in INITIALIZATIONS:
            raise ValueError(f"init {init!r} is none of {', '.join(INITIALIZATIONS)}")
        parameters = []
        for n_in, n_out in pairwise(sizes):
            layer = rng.standard_normal((n_in + 1, n_out))
            if init == "scaled":
                layer[:-1] /= np.sqrt(n_in)
            parameters.append(layer.astype(dtype))
        return cls(tuple(sizes), parameters)

    @property
    def weights(self) -> list[Array]:
        """Views of the weights, (n_in, n_out) each."""
        return [layer[:-1] for layer in self.parameters]

    @property
    def biases(self) -> list[Array]:
        """Views of the biases, (n_out,) each."""
        return [layer[-1] for layer in self.parameters]

    @property
    def dtype(self) -> np.dtype[np.floating]:
        """The precision in which the network computes."""
        return self.parameters[0].dtype

    def hidden_layers(self, batch_size: int) -> list["HiddenLayer"]:
        """Room for the activations of each hidden layer, of mini-batches of `batch_size` examples."""
        return [HiddenLayer.of(np.ones((batch_size, n + 1), self.dtype)) for n in self.sizes[1:-1]]

    def forward(self, inputs: Array, hidden: Sequence["HiddenLayer"], z: Array) -> None:
        """Work out the layers above `inputs`, in the buffers `hidden` and `z`.

        inputs  (B, n_0 + 1)   the last column is 1
        hidden                 filled with the activations of each hidden layer
        z       (B, n_L)       filled with the weighted inputs of the output layer
        """
        below = inputs
        for layer, buffers in zip(self.parameters, hidden, strict=False):
            np.matmul(below, layer, out=buffers.activations)
            # The whole buffer, since an array without gaps takes half the time; then the 1 again.
            sigmoid(buffers.padded, out=buffers.padded)
            buffers.constant.fill(1.0)
            below = buffers.padded
        np.matmul(below, self.parameters[-1], out=z)


class HiddenLayer(NamedTuple):
    """Room for the activations of a hidden layer, and for the constant 1 that stands beside them."""

    padded: Array  # (B, n_l + 1)
    activations: Array  # (B, n_l), a view of it
    constant: Array  # (B,), a view of it

    @classmethod
    def of(cls, padded: Array) -> "HiddenLayer":
        """The views of a buffer."""
        return cls(padded, padded[:, :-1], padded[:, -1])
