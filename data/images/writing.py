"""Images as the bytes of a file: PGM, PNG, NPY, CSV or IDX."""

import gzip
import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from nnbp.data import idx

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Images = NDArray[np.uint8]


def encode(images: "Images", kind: str) -> bytes:
    """The file of a kind, one of KINDS, with these images (n, rows, columns) of bytes 0–255, n ≥ 1.

    Raises ValueError for several images in a PNG. The bytes depend on nothing else.

    >>> import numpy as np
    >>> encode(np.array([[[0, 255]]], np.uint8), "pgm")
    b'P5\\n2 1\\n255\\n\\x00\\xff'
    """
    return KINDS[kind](images)


def kind_of(name: str) -> str | None:
    """The kind that the name of a file ends in, or None."""
    return next((kind for ending, kind in _ENDINGS.items() if name.lower().endswith(ending)), None)


def _pgm(images: "Images") -> bytes:
    """Binary PGM, one image after the other (https://netpbm.sourceforge.net/doc/pgm.html)."""
    rows, columns = images.shape[1:]
    header = f"P5\n{columns} {rows}\n255\n".encode()
    return b"".join(header + image.tobytes() for image in images)


def _png(images: "Images") -> bytes:
    if len(images) != 1:
        raise ValueError(f"a PNG holds one image, not {len(images)}")
    from nnbp import png

    return png.encode(images[0])


def _npy(images: "Images") -> bytes:
    """An array (n, rows, columns)."""
    import numpy as np

    written = io.BytesIO()
    np.save(written, images, allow_pickle=False)
    return written.getvalue()


def _csv(images: "Images") -> bytes:
    """A line for each image: its pixels row by row, 0–255."""
    lines = (",".join(map(str, image.ravel().tolist())) + "\n" for image in images)
    return "".join(lines).encode()


def _packed(images: "Images") -> bytes:
    return gzip.compress(idx.serialize(images), mtime=0)


KINDS: "dict[str, Callable[[Images], bytes]]" = {
    "idx": idx.serialize,
    "idx.gz": _packed,
    "pgm": _pgm,
    "png": _png,
    "npy": _npy,
    "csv": _csv,
}

_ENDINGS = {
    ".pgm": "pgm",
    ".png": "png",
    ".npy": "npy",
    ".csv": "csv",
    ".idx": "idx",
    "-ubyte": "idx",
    ".idx.gz": "idx.gz",
    "-ubyte.gz": "idx.gz",
}
