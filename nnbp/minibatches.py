"""Examples on their way into the network: gathered, converted to 0–1 and split into mini-batches.

Images stay bytes until they are gathered, a block of mini-batches at a time, into preallocated buffers.
A block is large enough to make gathering cheap, and small enough to stay in the processor's cache.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from nnbp.arrays import Array, Integers
from nnbp.distorter import Distorter
from nnbp.images import as_inputs, check_images
from nnbp.network import Network

BLOCK_BYTES = 512 * 1024

# Images (n, n_0) and labels (n,): Examples, or any pair of such arrays.
ImagesAndLabels = tuple[npt.NDArray[Any], Integers]


class Examples(NamedTuple):
    """Images (n, n_0), as bytes 0–255 or as floating-point numbers 0–1, and their labels (n,)."""

    images: npt.NDArray[Any]
    labels: Integers

    @classmethod
    def of(cls, pair: ImagesAndLabels) -> "Examples":
        """The examples in a pair of images and labels. Raises ValueError for anything else."""
        try:
            images, labels = pair
        except (TypeError, ValueError):
            raise ValueError(
                f"a pair of images and labels was expected, as digits.training is, not {type(pair).__name__}"
            ) from None
        return cls(np.asarray(images), np.asarray(labels))

    def hold_out(self, count: int) -> "tuple[Examples, Examples]":
        """All but the last `count` examples, for training, and the last `count`, for validation.

        Raises ValueError if none are left for training.

        >>> training, validation = Examples(np.zeros((10, 4)), np.arange(10)).hold_out(3)
        >>> training.labels.tolist(), validation.labels.tolist()
        ([0, 1, 2, 3, 4, 5, 6], [7, 8, 9])
        """
        if not 0 <= count < len(self.labels):
            raise ValueError(f"{count:,} of {len(self.labels):,} examples cannot be held out")
        cut = len(self.labels) - count
        return Examples(self.images[:cut], self.labels[:cut]), Examples(self.images[cut:], self.labels[cut:])

    def check(self, sizes: tuple[int, ...]) -> None:
        """Raise ValueError if these examples do not match a network of these sizes."""
        check_images(self.images, sizes[0])
        if not np.issubdtype(self.labels.dtype, np.integer):
            raise ValueError(f"labels are {self.labels.dtype}; integers were expected")
        if self.labels.shape != (len(self.images),):
            raise ValueError(f"labels have shape {self.labels.shape}; ({len(self.images)},) was expected")
        if not len(self.labels):
            raise ValueError("there are no examples")
        if self.labels.min() < 0 or self.labels.max() >= sizes[-1]:
            raise ValueError(
                f"labels are {self.labels.min()} to {self.labels.max()}; 0 to {sizes[-1] - 1} was expected"
            )


class MiniBatch(NamedTuple):
    """B examples, as views of a block's buffers."""

    inputs: Array  # (B, n_0), pixels 0–1
    targets: Array  # (B, n_L), one-hot
    z: Array  # (B, n_L), room for the weighted inputs of the output layer


class Block(NamedTuple):
    """Some consecutive mini-batches, and the arrays of all their n examples."""

    minibatches: list[MiniBatch]
    labels: Integers  # (n,)
    targets: Array  # (n, n_L)
    z: Array  # (n, n_L), filled mini-batch by mini-batch


class MiniBatches:
    """The examples in mini-batches of `batch_size`; the last one has the remainder.

    sizes   the batch sizes in use: one, or two if there is a remainder
    """

    def __init__(self, examples: Examples, network: Network, batch_size: int) -> None:
        examples.check(network.sizes)
        n_0, n_L = network.sizes[0], network.sizes[-1]  # noqa: N806 - L is the output layer, as in the equations
        total, dtype = len(examples.labels), network.dtype
        batch_size = min(batch_size, total)
        self.sizes = {batch_size, total % batch_size or batch_size}
        self.examples = examples
        per_block = _minibatches_per_block(batch_size * n_0 * dtype.itemsize, total, batch_size) * batch_size
        self._rows = np.empty((per_block, n_0), examples.images.dtype)
        self._inputs = np.empty((per_block, n_0), dtype)
        self._targets = np.empty((per_block, n_L), dtype)
        self._z = np.empty((per_block, n_L), dtype)
        self._one_hot = np.eye(n_L, dtype=dtype)
        # Making a view takes as long as one of a step's smaller operations, so they are made once.
        self._full = self._cut(per_block, batch_size)
        self._last = self._cut(total % per_block or per_block, batch_size)

    def blocks(self, order: Integers | None = None, distorter: Distorter | None = None) -> Iterator[Block]:
        """Every example once, in this order or in the original one, distorted or not.

        Each block overwrites the last.
        """
        per_block, total = len(self._inputs), len(self.examples.labels)
        for start in range(0, total, per_block):
            stop = min(start + per_block, total)
            labels = self._gather(slice(start, stop) if order is None else order[start:stop], distorter)
            minibatches = self._full if stop < total else self._last
            yield Block(minibatches, labels, self._targets[: stop - start], self._z[: stop - start])

    def _cut(self, count: int, batch_size: int) -> list[MiniBatch]:
        """Views of the first `count` rows of the buffers, in mini-batches."""
        starts = range(0, count, batch_size)
        places = [slice(start, min(start + batch_size, count)) for start in starts]
        return [MiniBatch(self._inputs[place], self._targets[place], self._z[place]) for place in places]

    def _gather(self, which: slice | Integers, distorter: Distorter | None) -> Integers:
        """Fill the inputs and targets of a block, and return its labels."""
        images, labels = self.examples.images, self.examples.labels[which]
        if isinstance(which, slice):
            rows = images[which]
        else:
            # With mode="raise" NumPy would gather into a temporary array first.
            rows = np.take(images, which, axis=0, out=self._rows[: len(labels)], mode="clip")
        if distorter is not None:
            rows = distorter.distort(rows)
        as_inputs(rows, out=self._inputs[: len(labels)])
        np.take(self._one_hot, labels, axis=0, out=self._targets[: len(labels)], mode="clip")
        return labels


def _minibatches_per_block(bytes_per_minibatch: int, total: int, batch_size: int) -> int:
    """As many as fit into a block, but at most all of them."""
    return min(max(1, BLOCK_BYTES // bytes_per_minibatch), -(-total // batch_size))
