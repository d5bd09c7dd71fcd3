"""Outputs with the compiled library, block of images after block: computed in float64 (wide.h)."""

import numpy as np
import numpy.typing as npt

from nnbp.arrays import Array, Integers
from nnbp.costs import Cost
from nnbp.images import check_images
from nnbp.native.epochs import exchange, multiply_adds_of
from nnbp.native.evaluation import EVALUATION_BATCH, WORTH_THREADS
from nnbp.native.library import instructions, library
from nnbp.native.pace import processors
from nnbp.network import Network

# Lists of lit pixels are not kept: each image is seen once.
NO_LISTS = 0


class Predictor:
    """The outputs of one network, whose parameters are copied here, in the library's buffers.

    threads  at most so many, or one per processor
    """

    def __init__(self, network: Network, cost: Cost, threads: int | None = None) -> None:
        self._inputs, self._classes = network.sizes[0], network.sizes[-1]
        self._instructions = instructions()
        self._engine = library().Network(
            sizes=network.sizes,
            batch_size=EVALUATION_BATCH,
            cost=cost.name,
            velocity=False,
            dropout=False,
            instructions=self._instructions,
        )
        exchange(self._engine.set_layer, network, [])
        self._multiply_adds = multiply_adds_of(network)
        self._threads = processors() if threads is None else threads

    def answers(self, images: npt.NDArray[np.uint8]) -> tuple[Integers, Array]:
        """The index of the largest output (n,) and all outputs (n, n_L), for images of bytes (n, n_0).

        The outputs are float32. Raises ValueError for images of another shape.
        """
        check_images(images, self._inputs)
        shown = library().Images(images, NO_LISTS, self._instructions)
        outputs = np.empty((len(images), self._classes), np.float32)
        labels = np.empty(len(images), np.int32)
        self._engine.predict(
            images=shown,
            threads=self._threads if self._multiply_adds * len(images) >= WORTH_THREADS else 1,
            outputs=outputs,
            answers=labels,
        )
        return labels, outputs
