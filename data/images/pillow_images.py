"""PNG, JPEG and BMP pictures, one after another, decoded by Pillow, as greys."""

import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from nnbp import optional
from nnbp.data.images import kinds
from nnbp.data.images.extent import Beginning, end
from nnbp.data.images.fitting import LARGEST, Fitting
from nnbp.data.images.stream import Stream
from nnbp.errors import RejectedFileError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGEST_FILE = 100_000_000  # bytes
LARGEST_PROGRESSIVE = 25_000_000  # pixels

_WHITE = (255, 255, 255, 255)
_ORIENTATION = 0x0112
_STRIP = 1 << 20  # pixels


def read(stream: Stream, fitting: Fitting) -> Iterator["NDArray[np.uint8]"]:
    """Each picture (1, rows, columns), upright as its EXIF data say, transparent pixels on white paper.

    Raises RejectedFileError, and MissingPackageError.
    """
    pillow = optional.require("PIL.Image", stream.where, "images")
    number = 0
    while format_ := kinds.format_of(stream.peek(kinds.LONGEST)):
        what = f"image {number}: " if number else ""
        yield _decoded(_content(stream, fitting, format_, what), pillow, fitting, format_, what)[None]
        number += 1


def _content(stream: Stream, fitting: Fitting, format_: str, what: str) -> BytesIO:
    """The picture, with what programs leave behind it, unless another picture follows."""
    beginning = Beginning(stream, LARGEST_FILE + 1)
    if (size := end(beginning, format_)) is not None:
        beginning.has(size + kinds.LONGEST)
        if kinds.format_of(bytes(beginning.content[size : size + kinds.LONGEST])):
            stream.back(bytes(beginning.content[size:]))
            del beginning.content[size:]
            return BytesIO(beginning.content)
    if beginning.has(LARGEST_FILE + 1):
        reason = f"{what}expected a {format_} picture of at most {LARGEST_FILE} bytes, found more"
        raise fitting.rejected(reason, "make it smaller")
    return BytesIO(beginning.content)


def _decoded(content: BytesIO, pillow: Any, fitting: Fitting, format_: str, what: str) -> "NDArray[np.uint8]":
    try:
        with warnings.catch_warnings():
            # Pillow warns of fewer pixels than are allowed here, and of oddities that change nothing.
            warnings.simplefilter("ignore")
            with pillow.open(content, formats=[format_]) as picture:
                _check(picture, fitting, format_, what)
                return _upright(_grey(picture, pillow), picture.getexif().get(_ORIENTATION, 1))
    except (RejectedFileError, MemoryError):
        raise
    except pillow.DecompressionBombError as error:
        reason = f"{what}expected at most {LARGEST} pixels, found many more"
        raise fitting.rejected(reason, "make it smaller") from error
    except pillow.UnidentifiedImageError as error:
        # Its text is an address in memory, which says nothing and differs each time.
        raise fitting.rejected(f"{what}damaged {format_} picture (bad header)", "save it again") from error
    # Pillow raises errors of many kinds for damaged pictures: OSError, SyntaxError, ValueError, struct.error.
    except Exception as error:
        said = " ".join(str(error).split())[:80] or type(error).__name__
        raise fitting.rejected(f"{what}damaged {format_} picture ({said})", "save it again") from error


def _check(picture: Any, fitting: Fitting, format_: str, what: str) -> None:
    fitting.check(picture.height, picture.width, what)
    # Decoding one takes up to four times as much memory as others do: all its coefficients are kept.
    if picture.info.get("progressive") and picture.height * picture.width > LARGEST_PROGRESSIVE:
        size = f"{picture.height}×{picture.width} pixels"
        reason = (
            f"{what}expected at most {LARGEST_PROGRESSIVE} pixels in a progressive {format_}, found {size}"
        )
        raise fitting.rejected(reason, "make it smaller, or save it as a baseline JPEG")


def _grey(picture: Any, pillow: Any) -> "NDArray[np.uint8]":
    """The greys (height, width), converted a strip at a time: a large picture takes little memory beside."""
    import numpy as np

    picture.load()
    width, height = picture.size
    grey = np.empty((height, width), np.uint8)
    is_transparent = picture.has_transparency_data
    rows = max(1, _STRIP // width)
    for top in range(0, height, rows):
        strip = picture.crop((0, top, width, min(height, top + rows)))
        if picture.mode.startswith(("I", "F")):
            # Greys of 16 bits; Pillow would cut them off at 255.
            strip = np.clip(np.rint(np.asarray(strip) / 257.0), 0, 255)
        else:
            if is_transparent:
                paper = pillow.new("RGBA", strip.size, _WHITE)
                strip = pillow.alpha_composite(paper, strip.convert("RGBA"))
            strip = strip.convert("L")
        grey[top : top + rows] = strip
    return grey


def _upright(grey: "NDArray[np.uint8]", orientation: int) -> "NDArray[np.uint8]":
    """The picture turned and mirrored (EXIF 2.3, tag Orientation)."""
    if orientation in (5, 6, 7, 8):
        grey = grey.T
    if orientation in (3, 4, 7, 8):
        grey = grey[::-1]
    if orientation in (2, 3, 6, 7):
        grey = grey[:, ::-1]
    return grey
