"""One PNG, JPEG or BMP picture, decoded by Pillow, as greys."""

import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from nnbp import optional
from nnbp.data.images.fitting import Fitting
from nnbp.data.images.stream import Stream
from nnbp.errors import MissingPackageError, RejectedFileError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORMATS = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG", b"BM": "BMP"}
LARGEST_FILE = 100_000_000  # bytes

_WHITE = (255, 255, 255, 255)


def read(stream: Stream, fitting: Fitting) -> Iterator["NDArray[np.uint8]"]:
    """The picture (1, rows, columns), upright as its EXIF data say, transparent pixels on white paper.

    Raises RejectedFileError, and MissingPackageError.
    """
    pillow = optional.require("PIL.Image", stream.where, "images")
    format_ = next(name for magic, name in FORMATS.items() if stream.peek(8).startswith(magic))
    content = bytearray()
    while part := stream.some(min(1 << 20, LARGEST_FILE + 1 - len(content))):
        content += part
        if len(content) > LARGEST_FILE:
            reason = f"expected a {format_} picture of at most {LARGEST_FILE} bytes, found more"
            raise fitting.rejected(reason, "make it smaller")
    try:
        with warnings.catch_warnings():
            # Pillow warns of fewer pixels than are allowed here, and of oddities that change nothing.
            warnings.simplefilter("ignore")
            with pillow.open(BytesIO(content), formats=[format_]) as picture:
                fitting.check(picture.height, picture.width)
                grey = _grey(picture, pillow, optional.require("PIL.ImageOps", stream.where, "images"))
    except (RejectedFileError, MissingPackageError, MemoryError):
        raise
    except pillow.UnidentifiedImageError as error:
        # Its text is an address in memory, which says nothing and differs each time.
        raise fitting.rejected(f"damaged {format_} picture (bad header)", "save it again") from error
    # Pillow raises errors of many kinds for damaged pictures: OSError, SyntaxError, ValueError, struct.error.
    except Exception as error:
        said = " ".join(str(error).split())[:80] or type(error).__name__
        raise fitting.rejected(f"damaged {format_} picture ({said})", "save it again") from error
    yield grey[None]


def _grey(picture: Any, pillow: Any, operations: Any) -> "NDArray[np.uint8]":
    import numpy as np

    picture.load()
    picture = operations.exif_transpose(picture)
    if picture.mode.startswith(("I", "F")):
        # Greys of 16 bits; Pillow would cut them off at 255.
        return np.asarray(np.clip(np.rint(np.asarray(picture) / 257.0), 0, 255), np.uint8)
    if picture.has_transparency_data:
        paper = pillow.new("RGBA", picture.size, _WHITE)
        picture = pillow.alpha_composite(paper, picture.convert("RGBA"))
    return np.array(picture.convert("L"))
