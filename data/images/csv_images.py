"""Numbers with commas, an image a line: whole numbers from 0 to 255, or numbers from 0 to 1."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nnbp.data.images.fitting import Fitting
from nnbp.data.images.stream import Stream

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST = 32  # bytes of a number, and of a name in the first line, at most

_REMEDY = "write whole numbers from 0 to 255, or numbers from 0 to 1"
_NUMBER = b"0123456789+-.eE \t"
_AT_ONCE = 1 << 18  # bytes


def looks_like(start: bytes) -> bool:
    """Whether a file that begins like this may be lines of text with commas."""
    line = start.removeprefix(b"\xef\xbb\xbf").split(b"\n")[0].rstrip(b"\r")
    return (
        bool(line.strip())
        and all(32 <= byte < 127 or byte == 9 for byte in line)
        and (b"," in line or not line.strip(_NUMBER))
    )


def read(stream: Stream, fitting: Fitting) -> Iterator["NDArray[np.uint8] | NDArray[np.float32]"]:
    """The images (1, rows, columns), a square if there are so many pixels; empty lines are left out.

    A first line with a name in it is left out. Raises RejectedFileError, naming the line from 1.
    """
    side = math.isqrt(fitting.pixels)
    rows, columns = (side, side) if side * side == fitting.pixels else (1, fitting.pixels)
    fitting.check(rows, columns)
    is_empty = True
    for number, line in enumerate(_lines(stream, fitting), 1):
        text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        fields = text.strip().split(b",")
        is_header = number == 1 and any(not _is_number(field) for field in fields)
        if text.strip() and not is_header:
            yield _image(fields, number, fitting).reshape(1, rows, columns)
            is_empty = False
    if is_empty:
        raise fitting.rejected("expected a line of numbers, found none", "write an image a line")


def _lines(stream: Stream, fitting: Fitting) -> Iterator[bytes]:
    longest = LONGEST * (fitting.pixels + 2)
    number, over = 1, b""
    while part := stream.some(_AT_ONCE):
        *whole, over = (over + part).split(b"\n")
        for line in whole:
            yield line
            number += 1
        if len(over) > longest:
            reason = f"line {number}: expected at most {longest} bytes, found more"
            raise fitting.rejected(reason, "write an image a line")
    if over:
        yield over


def _image(fields: list[bytes], number: int, fitting: Fitting) -> "NDArray[np.uint8] | NDArray[np.float32]":
    import numpy as np

    pixels, found = fitting.pixels, len(fields)
    if found == pixels + 1:
        reason = f"line {number}: expected {pixels} numbers, found {found}: the first or last may be a label"
        raise fitting.rejected(reason, f"cut it off with `cut -d, -f2-` or `cut -d, -f1-{pixels}`")
    if found != pixels:
        reason = f"line {number}: expected {pixels} numbers, found {found}"
        raise fitting.rejected(reason, "write an image a line, with commas")
    joined = b",".join(fields)
    if len(joined) < 4 * pixels and joined.replace(b",", b"").isdigit() and b"" not in fields:
        whole = [int(field) for field in fields]
        if max(whole) <= 255:
            return np.array(whole, np.uint8)
    is_fraction = any(byte in joined for byte in b".eE")
    most = 1 if is_fraction else 255
    for column, field in enumerate(fields, 1):
        if not _is_number(field) or not 0 <= float(field) <= most:
            shown = field[:LONGEST].decode("ascii", "backslashreplace")
            reason = f"line {number}, number {column}: expected 0 to {most}, found {shown!r}"
            raise fitting.rejected(reason, _REMEDY)
    if is_fraction:
        return np.array([float(field) for field in fields], np.float32)
    return np.array([int(float(field)) for field in fields], np.uint8)


def _is_number(field: bytes) -> bool:
    if len(field) > LONGEST or field.strip(_NUMBER):
        return False
    try:
        float(field)
    except ValueError:
        return False
    return True
