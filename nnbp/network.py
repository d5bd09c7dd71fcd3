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
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from nnbp.arrays import Array
from nnbp.settings import INITIALIZATIONS
from nnbp.shrinkage import Shrinkage
from nnbp.sigmoid import sigmoid

if TYPE_CHECKING:
    from nnbp.parts import Part

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
        if np.dtype(dtype) not in (np.float32, np.float64):
            raise ValueError(f"a network computes in float32 or float64, not in {np.dtype(dtype)}")
        if init not in INITIALIZATIONS:
            raise ValueError(f"init {init!r} is none of {', '.join(INITIALIZATIONS)}")
        parameters = []
        for n_in, n_out in pairwise(sizes):
            layer = rng.standard_normal((n_in + 1, n_out))
            if init == "scaled":
                layer[:-1] /= np.sqrt(n_in)
            parameters.append(layer.astype(dtype))
        return cls(tuple(sizes), parameters)

    def copy(self) -> "Network":
        """A network of its own with the same parameters."""
        return Network(self.sizes, [layer.copy() for layer in self.parameters])

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

    def hidden_buffers(self, batch_size: int) -> list[Array]:
        """Room for the activations of each hidden layer and a constant 1 beside them, (B, n_l + 1)."""
        return [np.ones((batch_size, n + 1), self.dtype) for n in self.sizes[1:-1]]


class ForwardPass:
    """The way of one mini-batch through a network, in buffers that it is handed.

    Every operand is a view made once, since to make it takes as long as to compute with it.

        inputs     (B, n_0 + 1)    the last column is 1
        hidden[l]  (≥ B, n_l + 1)  from `hidden_buffers`
        z          (B, n_L)        weighted inputs of the output layer
        masks[l]   (≥ B, n_l + 1)  factors of the activations, for dropout
        shrinkage                  the factor that the parameters lack while they are trained
        part                       the network is one of several parts; else it is whole
    """

    def __init__(
        self,
        network: Network,
        inputs: Array,
        hidden: Sequence[Array],
        z: Array,
        masks: Sequence[Array] = (),
        shrinkage: Shrinkage | None = None,
        part: "Part | None" = None,
    ) -> None:
        count = len(inputs)
        each_mask: Sequence[Array | None] = [mask[:count] for mask in masks] or [None] * len(hidden)
        constants = [1.0] * len(hidden) if part is None else part.constants
        sums = [None] * len(network.parameters) if part is None else part.z
        self.hidden = [buffer[:count] for buffer in hidden]
        self.below = [inputs, *self.hidden]
        self._hidden_layers = [
            (below, parameters, padded, padded[:, :-1], total, padded[:, -1], constant, mask)
            for below, parameters, padded, total, constant, mask in zip(
                self.below, network.parameters, self.hidden, sums, constants, each_mask, strict=False
            )
        ]
        self._output_layer = self.below[-1], network.parameters[-1], z, sums[-1]
        self._scale = None if shrinkage is None else shrinkage.scale
        self._half_scale = None if shrinkage is None else shrinkage.half

    def run(self) -> None:
        """Fill `hidden` with the activations and `z` with the weighted inputs."""
        for below, parameters, padded, activations, total, last, constant, mask in self._hidden_layers:
            np.matmul(below, parameters, out=activations)
            if total is not None:
                total.run(activations)
            # The whole buffer, since an array without gaps takes half the time; then the constant again.
            sigmoid(padded, out=padded, half_scale=self._half_scale)
            if mask is not None:
                np.multiply(padded, mask, out=padded)
            last.fill(constant)
        below, parameters, z, total = self._output_layer
        # For a product this small, the call itself counts: np.dot's takes half a microsecond less.
        np.dot(below, parameters, out=z)
        if total is not None:
            total.run(z)
        if self._scale is not None:
            np.multiply(z, self._scale, out=z)
