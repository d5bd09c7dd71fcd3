"""The examples of an epoch in parts, one for each call of the library; distorted ones are made ahead."""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from nnbp.arrays import Integers
from nnbp.background import Background
from nnbp.distortion import Distorter, check_bytes, for_epoch
from nnbp.distortions import Distortion
from nnbp.minibatches import Examples
from nnbp.native.distortion import distort
from nnbp.native.library import instructions, library

# Lists of lit pixels, 4 bytes each, are kept up to this size; for all of MNIST they take 36 MB.
MOST_LIST_BYTES = 64 * 1024 * 1024

# Pixels that are distorted for one call: few enough that the first call of an epoch begins soon, and that
# they are still in the processor's cache when it comes.
DISTORTED_PIXELS = 1 << 20


class Part(NamedTuple):
    """The examples of a call: the library's images, their labels, and the order in which they are met."""

    images: Any
    labels: npt.NDArray[np.int32]
    order: Integers

    @classmethod
    def of(cls, examples: Examples, order: Integers | None = None) -> "Part":
        """The examples, in their order unless another one is given."""
        images = library().Images(examples.images, MOST_LIST_BYTES, instructions())
        labels = np.array(examples.labels, np.int32)
        return cls(images, labels, np.arange(len(labels)) if order is None else order)

    @property
    def density(self) -> float:
        """The fraction of pixels that are not 0, estimated from a sample."""
        return float(self.images.density)


class AsTheyAre:
    """The examples as they are."""

    def __init__(self, examples: Examples) -> None:
        self._all = Part.of(examples)
        self.density = self._all.density

    def parts(self, order: Integers, at_once: int, rng: np.random.Generator) -> Iterator[Part]:
        """The examples in this order, `at_once` in a part."""
        for start in range(0, len(order), at_once):
            yield self._all._replace(order=order[start : start + at_once])


class Distorted:
    """The examples distorted, anew for each epoch.

    shape  rows and columns of the images
    ahead  whether a part is made in the background while the library trains on the one before

    Raises ValueError for images that cannot be distorted.
    """

    def __init__(
        self, examples: Examples, distortion: Distortion, shape: tuple[int, int], ahead: bool
    ) -> None:
        check_bytes(examples.images, shape)
        self._examples, self._distortion, self._shape, self._ahead = examples, distortion, shape, ahead
        self.density = float(library().Images(examples.images, 0, instructions()).density)

    def parts(self, order: Integers, at_once: int, rng: np.random.Generator) -> Iterator[Part]:
        """The examples in this order, `at_once` in a part, distorted at random."""
        distorter = for_epoch(self._distortion, self._shape, rng)
        chunks = [order[start : start + at_once] for start in range(0, len(order), at_once)]
        if not self._ahead:
            yield from (self._part(distorter, chunk) for chunk in chunks)
            return
        coming = Background(partial(self._part, distorter, chunks[0]))
        for chunk in chunks[1:]:
            part = coming.result()
            coming = Background(partial(self._part, distorter, chunk))
            yield part
        yield coming.result()

    def _part(self, distorter: Distorter, chunk: Integers) -> Part:
        maps = distorter.draw(len(chunk))
        images = distort(self._examples.images, maps, distorter.field, self._shape, chunk)
        return Part.of(Examples(images, self._examples.labels[chunk]))
