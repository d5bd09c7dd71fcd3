"""Images distorted with the compiled library, to the same bytes as with NumPy."""

import numpy as np

from nnbp.arrays import Integers
from nnbp.elastic import Field
from nnbp.native.library import instructions, library
from nnbp.warping import Bytes, Maps, check_bytes


def distort(
    images: Bytes,
    maps: Maps,
    field: Field,
    shape: tuple[int, int],
    order: Integers | None = None,
    threads: int = 1,
) -> Bytes:
    """As `nnbp.warping.distort`, of images[order] if an order is given, (n, pixels), in so many threads.

    Raises ValueError as that does, and for an index out of range.
    """
    check_bytes(images, shape)
    order = np.arange(len(images)) if order is None else order
    out = np.empty((len(order), images.shape[1]), np.uint8)
    rows, columns = shape
    library().distort(
        images=images,
        order=order,
        maps=maps,
        field=field,
        out=out,
        rows=rows,
        columns=columns,
        threads=threads,
        instructions=instructions(),
    )
    return out
