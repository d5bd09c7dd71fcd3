"""The examples of an epoch in parts, one for each call of the library; distorted ones may be made ahead."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from nnbp.arrays import Integers
from nnbp.background import Background
from nnbp.distorter import for_epoch
from nnbp.distortions import Distortion
from nnbp.minibatches import Examples
from nnbp.native.library import instructions, library
from nnbp.native.warping import distort
from nnbp.warping import check_bytes

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
    def of(cls, examples: Examples, most_list_bytes: int = MOST_LIST_BYTES) -> "Part":
        """The examples in their order, with lists of lit pixels if these take so many bytes at most."""
        images = library().Images(examples.images, most_list_bytes, instructions())
        labels = np.array(examples.labels, np.int32)
        return cls(images, labels, np.arange(len(labels)))

    @property
    def density(self) -> float:
        """The fraction of pixels that are not 0, estimated from a sample."""
        return float(self.images.density)


class Ready:
    """A part that is there already."""

    begun = True

    def __init__(self, part: Part) -> None:
        self._part, self.count = part, len(part.order)

    def begin(self) -> None:
        """Do nothing."""

    def get(self, threads: int) -> Part:
        """The part."""
        return self._part


class Coming:
    """A part of `count` examples that is made once: when it is wanted, or ahead in the background."""

    def __init__(self, make: Callable[[int], Part], count: int) -> None:
        """`make` takes a number of threads."""
        self.count = count
        self._make = make
        self._background: Background[Part] | None = None

    @property
    def begun(self) -> bool:
        """Whether it is being made, or has been."""
        return self._background is not None

    def begin(self) -> None:
        """Make it in a thread of the background."""
        self._background = self._background or Background(partial(self._make, 1))

    def get(self, threads: int) -> Part:
        """Wait for it, or make it with so many threads. Called once, unless it was begun."""
        return self._make(threads) if self._background is None else self._background.result()


class AsTheyAre:
    """The examples as they are."""

    def __init__(self, examples: Examples) -> None:
        self._all = Part.of(examples)
        self.density = self._all.density

    def parts(self, order: Integers, at_once: int, rng: np.random.Generator) -> Sequence[Ready]:
        """The examples in this order, `at_once` in a part."""
        return [Ready(self._all._replace(order=chunk)) for chunk in _chunks(order, at_once)]


class Distorted:
    """The examples distorted, anew for each epoch. Raises ValueError for images that cannot be distorted.

    shape  rows and columns of the images
    """

    def __init__(self, examples: Examples, distortion: Distortion, shape: tuple[int, int]) -> None:
        check_bytes(examples.images, shape)
        self._examples, self._distortion, self._shape = examples, distortion, shape
        self.density = Part.of(examples, most_list_bytes=0).density

    def parts(self, order: Integers, at_once: int, rng: np.random.Generator) -> Sequence[Coming]:
        """The examples in this order, `at_once` in a part; to be made in their order, one after the other."""
        distorter = for_epoch(self._distortion, self._shape, rng)

        def make(chunk: Integers, threads: int) -> Part:
            maps = distorter.draw(len(chunk))
            images = distort(
                self._examples.images, maps, distorter.field, self._shape, chunk, threads=threads
            )
            # Each thread of the training lists the pixels of its own images.
            return Part.of(Examples(images, self._examples.labels[chunk]), most_list_bytes=0)

        return [Coming(partial(make, chunk), len(chunk)) for chunk in _chunks(order, at_once)]


def _chunks(order: Integers, at_once: int) -> list[Integers]:
    return [order[start : start + at_once] for start in range(0, len(order), at_once)]
