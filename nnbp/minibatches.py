"""Examples on their way into the network: gathered, scaled to 0–1 and cut into mini-batches.

Images stay bytes until they are gathered, a block of mini-batches at a time, into buffers that are made once.
A block is large enough to make the gathering cheap, and small enough to stay in the processor's cache.
"""

from collections.abc import Callable, Iterator
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from nnbp.arrays import Array, Integers
from nnbp.network import Network

BLOCK_BYTES = 512 * 1024
WHITE = 255.0

Prepared = TypeVar("Prepared")


class Examples(NamedTuple):
    """Images (n, n_0), as bytes 0–255 or as floating-point numbers 0–1, and their labels (n,)."""

    images: npt.NDArray[Any]
    labels: Integers

    def hold_out(self, count: int) -> "tuple[Examples, Examples]":
        """All but the last `count`, to train on, and those, to validate with.

        Raises ValueError unless some are left to train on.
        """
        if not 0 <= count < len(self.labels):
            raise ValueError(f"{count:,} of {len(self.labels):,} examples cannot be held out")
        cut = len(self.labels) - count
        return Examples(self.images[:cut], self.labels[:cut]), Examples(self.images[cut:], self.labels[cut:])

    def check(self, sizes: tuple[int, ...]) -> None:
        """Raise ValueError unless a network of these sizes can be shown these examples."""
        if self.images.dtype != np.uint8 and not np.issubdtype(self.images.dtype, np.floating):
            raise ValueError(f"images are {self.images.dtype}; bytes or floating-point numbers were expected")
        if not np.issubdtype(self.labels.dtype, np.integer):
            raise ValueError(f"labels are {self.labels.dtype}; integers were expected")
        if self.images.ndim != 2 or self.images.shape[1] != sizes[0]:
            raise ValueError(f"images have shape {self.images.shape}; (n, {sizes[0]}) was expected")
        if self.labels.shape != (len(self.images),):
            raise ValueError(f"labels have shape {self.labels.shape}; ({len(self.images)},) was expected")
        if not len(self.labels):
            raise ValueError("there are no examples")
        if self.labels.min() < 0 or self.labels.max() >= sizes[-1]:
            raise ValueError(f"labels run to {self.labels.max()}; the network has {sizes[-1]} outputs")


class MiniBatch(NamedTuple):
    """B examples, as views of a block's buffers."""

    inputs: Array  # (B, n_0 + 1), pixels 0–1; the last column is 1
    targets: Array  # (B, n_L), one-hot
    z: Array  # (B, n_L), room for the weighted inputs of the output layer


class Block(NamedTuple, Generic[Prepared]):
    """Some consecutive mini-batches, and what belongs to all of their examples together."""

    minibatches: list[Prepared]
    labels: Integers  # (n,)
    targets: Array  # (n, n_L)
    z: Array  # (n, n_L), filled mini-batch by mini-batch


class MiniBatches(Generic[Prepared]):
    """The examples in mini-batches of `batch_size`; the last one holds what is left over.

    `prepare` is called once for each place of a mini-batch in the buffers; what it makes of it comes again
    and again, with the examples of the moment in its views.
    """

    def __init__(
        self,
        examples: Examples,
        network: Network,
        batch_size: int,
        prepare: Callable[[MiniBatch], Prepared],
    ) -> None:
        examples.check(network.sizes)
        n_0, n_L = network.sizes[0], network.sizes[-1]  # noqa: N806 - L is the output layer, as in the equations
        bytes_per_minibatch = batch_size * (n_0 + 1) * network.dtype.itemsize
        needed = -(-len(examples.labels) // batch_size)
        per_block = min(max(1, BLOCK_BYTES // bytes_per_minibatch), needed) * batch_size
        self.examples = examples
        self._rows = np.empty((per_block, n_0), examples.images.dtype)
        self._inputs = np.ones((per_block, n_0 + 1), network.dtype)
        self._targets = np.empty((per_block, n_L), network.dtype)
        self._z = np.empty((per_block, n_L), network.dtype)
        self._one_hot = np.eye(n_L, dtype=network.dtype)
        is_bytes = examples.images.dtype == np.uint8
        self._scale = np.array(1.0 / WHITE, network.dtype) if is_bytes else None
        places = [slice(i, i + batch_size) for i in range(0, per_block, batch_size)]
        self._full = [prepare(self._views(place)) for place in places]
        left = len(examples.labels) % per_block
        self._left = self._full[: left // batch_size]
        if left % batch_size:
            self._left.append(prepare(self._views(slice(left - left % batch_size, left))))

    def blocks(self, order: Integers | None = None) -> Iterator[Block[Prepared]]:
        """Every example once, in the given order or as they stand; each block overwrites the one before."""
        per_block, total = len(self._inputs), len(self.examples.labels)
        for start in range(0, total, per_block):
            stop = min(start + per_block, total)
            labels = self._gather(slice(start, stop) if order is None else order[start:stop])
            count = stop - start
            minibatches = self._full if count == per_block else self._left
            yield Block(minibatches, labels, self._targets[:count], self._z[:count])

    def _views(self, place: slice) -> MiniBatch:
        return MiniBatch(self._inputs[place], self._targets[place], self._z[place])

    def _gather(self, which: slice | Integers) -> Integers:
        """Fill the inputs and targets of a block; its labels."""
        images, labels = self.examples
        count = len(labels[which])
        if isinstance(which, slice):
            rows = images[which]
        else:
            # With mode="raise" NumPy would gather into a copy of `out` first.
            rows = np.take(images, which, axis=0, out=self._rows[:count], mode="clip")
        inputs = self._inputs[:count]
        np.copyto(inputs[:, :-1], rows, casting="same_kind")
        if self._scale is not None:
            # Of the whole buffer, since an array without gaps takes a fourth of the time; then the 1 again.
            np.multiply(inputs, self._scale, out=inputs)
            inputs[:, -1] = 1.0
        np.take(self._one_hot, labels[which], axis=0, out=self._targets[:count], mode="clip")
        return labels[which]
