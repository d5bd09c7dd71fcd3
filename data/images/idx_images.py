"""IDX images (n, rows, columns), block by block; the header's count is never believed in memory."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nnbp.data import idx
from nnbp.data.images.arrays import blocks
from nnbp.data.images.fitting import Fitting
from nnbp.data.images.stream import Stream

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_HEADER = 16  # bytes
MAGIC = b"\0\0"


def read(stream: Stream, fitting: Fitting) -> Iterator["NDArray[np.uint8]"]:
    """The pictures, in blocks (n, rows, columns).

    Raises RejectedFileError, for a file that ends early or late after all the pictures before that.
    """
    count, rows, columns = idx.header(stream.peek(_HEADER), stream.where, idx.IMAGES)
    fitting.check(rows, columns)
    stream.read(_HEADER)
    yield from blocks(stream, fitting, count, rows, columns, header=_HEADER)
