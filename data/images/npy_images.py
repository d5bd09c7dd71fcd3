"""Arrays in NumPy's format (NEP 1), read without unpickling anything."""

import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nnbp.data.images.arrays import blocks
from nnbp.data.images.fitting import Fitting
from nnbp.data.images.stream import Stream

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAGIC = b"\x93NUMPY"
LARGEST_HEADER = 10_000  # bytes, as in numpy.load
LARGEST_PICTURE = 200_000_000  # bytes of one picture, at most

# As numpy.save writes it.
_SIZE = r"(?:0|[1-9]\d{0,17})"
_FIELDS = re.compile(
    r"\{'descr': '([^']*)', 'fortran_order': (True|False), "
    rf"'shape': \((|{_SIZE},|{_SIZE}(?:, ?{_SIZE})+,?)\),? ?\}}[ \n]*",
    re.ASCII,
)
_SCALAR = re.compile(r"[<>|=]?(?:b1|[ui][1248]|f[248])")
_SHOWN = 60  # characters
_REMEDY = "store whole numbers from 0 to 255, or numbers from 0 to 1"


def read(stream: Stream, fitting: Fitting) -> Iterator["NDArray[np.uint8] | NDArray[np.float32]"]:
    """The pictures in blocks (n, rows, columns), uint8 0–255 or float32 0–1.

    The array is (n, pixels), (n, rows, columns), (rows, columns) or (pixels,). Raises RejectedFileError.
    """
    import numpy as np

    kind, shape = _header(stream, fitting)
    count, rows, columns = _pictures(shape, fitting)
    fitting.check(rows, columns)
    stored = np.dtype(kind)
    size = rows * columns * stored.itemsize
    if size > max(LARGEST_PICTURE, fitting.pixels * stored.itemsize):
        reason = f"expected at most {LARGEST_PICTURE} bytes in a picture, found {size}"
        raise fitting.rejected(reason, "make it smaller, or store it as bytes")
    if stored == np.uint8:
        yield from blocks(stream, fitting, count, rows, columns)
        return
    done = 0
    for block in blocks(stream, fitting, count, rows, columns, stored.itemsize):
        values = block.view(stored)
        bad = _bad(values)
        good = len(values) if bad is None else bad // (rows * columns)
        if good:
            yield _converted(values[:good])
        if bad is not None:
            reason = (
                f"image {done + good}: expected values from 0 to {_most(stored)}, found {values.flat[bad]}"
            )
            raise fitting.rejected(reason, _REMEDY)
        done += len(values)


def _header(stream: Stream, fitting: Fitting) -> tuple[str, tuple[int, ...]]:
    """The type and the shape."""
    start = stream.read(8)
    width = {b"\1\0": 2, b"\2\0": 4, b"\3\0": 4}.get(start[6:])
    if width is None:
        raise fitting.rejected(
            f"expected an NPY file, version 1 to 3, found {start.hex(' ')}", "save it again"
        )
    length = int.from_bytes(stream.read(width), "little")
    if length > LARGEST_HEADER:
        reason = f"expected an NPY header of at most {LARGEST_HEADER} bytes, found {length}"
        raise fitting.rejected(reason, "save a plain array")
    header = stream.read(length).decode("latin-1")
    if not (fields := _FIELDS.fullmatch(header)):
        raise fitting.rejected("expected an array of numbers, found another NPY header", _REMEDY)
    kind, is_fortran, shape = fields.groups()
    if not _SCALAR.fullmatch(kind):
        raise fitting.rejected(f"expected an array of numbers, found {kind[:40]!r}", _REMEDY)
    sizes = tuple(int(size) for size in shape.split(",") if size.strip())
    if is_fortran == "True" and len(sizes) > 1:
        raise fitting.rejected("the array is in Fortran order", "save numpy.ascontiguousarray(array)")
    return kind, sizes


def _pictures(shape: tuple[int, ...], fitting: Fitting) -> tuple[int, int, int]:
    """How many pictures, their rows and columns; rows of pixels are squares if they can be."""
    pixels, side = fitting.pixels, math.isqrt(fitting.pixels)
    flat = (side, side) if side * side == pixels else (1, pixels)
    if not math.prod(shape):
        raise fitting.rejected(f"it is empty: its shape is {_shown(shape)}", "use a file with images")
    if shape == (pixels,):
        return (1, *flat)
    if len(shape) == 3:
        return shape[0], shape[1], shape[2]
    if len(shape) == 2 and shape[1] == pixels:
        return (shape[0], *flat)
    if len(shape) == 2 and shape[1] != pixels + 1:
        return (1, *shape)
    reason = f"expected shape (n, {pixels}), (n, rows, columns) or (rows, columns), found {_shown(shape)}"
    raise fitting.rejected(reason, "reshape the array")


def _shown(shape: tuple[int, ...]) -> str:
    """A shape, which may have any number of dimensions, shortened."""
    text = str(shape)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _most(stored: "np.dtype[Any]") -> int:
    return 1 if stored.kind == "f" else 255


def _bad(values: "NDArray[Any]") -> int | None:
    """The index of the first value that is not allowed, if there is one."""
    most = _most(values.dtype)
    # Not a number is neither below nor above.
    if values.dtype.kind == "b" or 0 <= values.min() <= values.max() <= most:
        return None
    return int(((values >= 0) & (values <= most)).argmin())


def _converted(values: "NDArray[Any]") -> "NDArray[np.uint8] | NDArray[np.float32]":
    """Values as they are stored as uint8 0–255 or float32 0–1."""
    import numpy as np

    from nnbp.data.images.in_parts import as_bytes

    if values.dtype.kind == "f":
        return values.astype(np.float32, copy=False)
    if values.dtype.kind == "b":
        # A byte of an array of booleans may be any.
        return as_bytes(values.view(np.uint8), lambda part: (part != 0) * np.uint8(255))
    return as_bytes(values, lambda part: part)
