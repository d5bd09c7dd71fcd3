"""Images of any kind, read as rows for a network from a file or an endless stream, in constant memory."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from nnbp.data.images import csv_images, idx_images, kinds, npy_images, pgm_images, pillow_images
from nnbp.data.images.fitting import MODES, Block, Fitting
from nnbp.data.images.gathering import gathered
from nnbp.data.images.stream import Stream, opened
from nnbp.data.images.unpacking import unpacked

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    # Pictures (n, rows, columns) of one kind of file.
    Reader = Callable[[Stream, Fitting], Iterator[NDArray[np.uint8] | NDArray[np.float32]]]

_EXPECTED = "expected images as IDX, NPY, CSV, PGM, PNG, JPEG or BMP"


def read(source: Path | BinaryIO, where: str, pixels: int, prepare: str = "auto") -> Iterator[Block]:
    """The images in blocks of at most 8 MB, or of what has arrived; each block is new and may be kept.

    The kind is told by the content. Pictures of another size than `pixels` are prepared as MNIST was made
    ("auto"), all pictures are ("always"), or such pictures are rejected ("never"). Raises
    RejectedFileError after the good images before a bad one, and OSError, also for a lack of memory.
    """
    if prepare not in MODES:
        raise ValueError(f"expected prepare to be one of {', '.join(MODES)}, found {prepare}")
    fitting = Fitting(where, pixels, prepare)
    try:
        with opened(source, where) as stream:
            content = unpacked(stream)
            reader = _kind(content, fitting)
            fitting = fitting._replace(has_paper=reader in _WITH_PAPER)
            yield from gathered(map(fitting.block, reader(content, fitting)), content.ready)
    except MemoryError as error:
        # Another file may need less.
        raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM), where) from error


def _kind(stream: Stream, fitting: Fitting) -> "Reader":
    start = stream.peek(8)
    for magics, reader in _READERS.items():
        # A HEIC picture begins with zeros, as IDX does.
        if start.startswith(magics) and start[4:8] != kinds.BOX:
            return reader
    if csv_images.looks_like(stream.peek(min(256, 2 * fitting.pixels - 1))):
        return csv_images.read
    if kind := kinds.other(stream.peek(kinds.LONGEST)):
        raise fitting.rejected(f"{_EXPECTED}, found {kind}", "save it as PNG or JPEG")
    found = f"first bytes {start.hex(' ')}" if start else "nothing"
    raise fitting.rejected(f"{_EXPECTED}, found {found}", "check which file it is")


_READERS: "dict[tuple[bytes, ...], Reader]" = {
    (idx_images.MAGIC,): idx_images.read,
    (npy_images.MAGIC,): npy_images.read,
    pgm_images.MAGICS: pgm_images.read,
    tuple(kinds.FORMATS): pillow_images.read,
}
# The kinds in which people keep black ink on white paper.
_WITH_PAPER = (pgm_images.read, pillow_images.read)
