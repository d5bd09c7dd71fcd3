"""Numbers with commas, an image a line: whole numbers from 0 to 255, or numbers from 0 to 1.

From the first line with a fraction on, the numbers of a file are from 0 to 1, also in a line of only 0 and 1.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import dropwhile
from typing import TYPE_CHECKING

from nnbp.data.images.fitting import Fitting
from nnbp.data.images.stream import Stream
from nnbp.errors import RejectedFileError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Images = NDArray[np.uint8] | NDArray[np.float32]

LONGEST = 32  # bytes of a number, and of a name in the first line, on average at most

_MARK = b"\xef\xbb\xbf"
_REMEDY = "write whole numbers from 0 to 255, or numbers from 0 to 1"
_NUMBER = b"0123456789+-.eE \t"
_AT_ONCE = 1 << 18  # bytes
_SHOWN = 32  # bytes


def looks_like(start: bytes) -> bool:
    """Whether a file that begins like this may be lines of text with commas."""
    line = start.removeprefix(_MARK).split(b"\n")[0].rstrip(b"\r")
    return (
        bool(line.strip())
        and all(32 <= byte < 127 or byte == 9 for byte in line)
        and (b"," in line or not line.strip(_NUMBER))
    )


def read(stream: Stream, fitting: Fitting) -> Iterator["Images"]:
    """The images in blocks (n, rows, columns), squares if there are so many pixels; empty lines are left out.

    A first line of names is left out. Raises RejectedFileError, naming the line from 1.
    """
    side = math.isqrt(fitting.pixels)
    rows, columns = (side, side) if side * side == fitting.pixels else (1, fitting.pixels)
    fitting.check(rows, columns)
    is_empty, has_fractions = True, False
    for first, lines in _lines(stream, fitting):
        if first == 1:
            lines[0] = lines[0].removeprefix(_MARK)
            lines[0] = b"" if _is_header(lines[0]) else lines[0]
        for images in _images(lines, first, has_fractions, fitting):
            yield images.reshape(-1, rows, columns)
            is_empty = False
            has_fractions = images.dtype.kind == "f"
    if is_empty:
        raise fitting.rejected("expected a line of numbers, found none", "write an image a line")


def _lines(stream: Stream, fitting: Fitting) -> Iterator[tuple[int, list[bytes]]]:
    """The number of a line, and it and the lines after it that have arrived."""
    longest = LONGEST * (fitting.pixels + 2)
    number, over = 1, bytearray()
    while len(over) <= longest and (part := stream.some(_AT_ONCE)):
        if not over and not part.strip(b"\n"):
            # A small archive can have billions of empty lines.
            number += len(part)
            continue
        end = part.rfind(b"\n")
        if end < 0:
            over += part
            continue
        lines = bytes(over + part[:end]).split(b"\n")
        over = bytearray(part[end + 1 :])
        if max(map(len, lines)) > longest:
            # However much has arrived after it, the line is too long.
            whole = next(index for index, line in enumerate(lines) if len(line) > longest)
            lines, over = lines[:whole], bytearray(lines[whole])
        if lines:
            yield number, lines
        number += len(lines)
    if len(over) > longest:
        reason = f"line {number}: expected at most {longest} bytes, found more"
        raise fitting.rejected(reason, "write an image a line")
    if over:
        yield number, [bytes(over)]


def _images(lines: list[bytes], first: int, has_fractions: bool, fitting: Fitting) -> Iterator["Images"]:
    """The images (n, pixels) of the lines before the first fraction, and of those from there on."""
    numbered = [(number, line) for number, line in enumerate(map(bytes.strip, lines), first) if line]
    fractions = list(dropwhile(lambda each: not has_fractions and not _is_fraction(each[1]), numbered))
    for is_fraction, alike in ((False, numbered[: len(numbered) - len(fractions)]), (True, fractions)):
        images = _parsed([line for _, line in alike], is_fraction, fitting.pixels)
        if images is not None:
            yield images
            continue
        for number, line in alike:
            images = _parsed([line], is_fraction, fitting.pixels)
            if images is None:
                raise _why(line.split(b","), number, is_fraction, fitting)
            yield images


def _parsed(lines: Sequence[bytes], is_fraction: bool, pixels: int) -> "Images | None":
    """The images of lines that are all good, or None."""
    import numpy as np

    text = b"\n".join(lines)
    # NumPy also takes nan, inf, and underscores between digits.
    if text.translate(None, _NUMBER + b",\n") or any(line.count(b",") != pixels - 1 for line in lines):
        return None
    if not text.strip():
        return None  # NumPy warns
    try:
        kind = np.float64 if is_fraction else np.int16
        values = np.loadtxt(lines, kind, comments=None, delimiter=",", ndmin=2, encoding="latin-1")
    except ValueError:
        return None
    if not 0 <= values.min() <= values.max() <= _most(is_fraction):
        return None
    if is_fraction:
        return values.astype(np.float32)
    return values.astype(np.uint8)


def _why(fields: list[bytes], number: int, is_fraction: bool, fitting: Fitting) -> RejectedFileError:
    """The error about a bad line."""
    pixels, found = fitting.pixels, len(fields)
    if found == pixels + 1:
        reason = f"line {number}: expected {pixels} numbers, found {found}: the first or last may be a label"
        return fitting.rejected(reason, f"cut it off with `cut -d, -f2-` or `cut -d, -f1-{pixels}`")
    if found != pixels:
        reason = f"line {number}: expected {pixels} numbers, found {found}"
        return fitting.rejected(reason, "write an image a line, with commas")
    column = next(n for n, field in enumerate(fields) if _parsed([field], is_fraction, 1) is None)
    shown = fields[column][:_SHOWN].decode("ascii", "backslashreplace")
    reason = f"line {number}, number {column + 1}: expected 0 to {_most(is_fraction)}, found {shown!r}"
    return fitting.rejected(reason, _REMEDY)


def _is_fraction(line: bytes) -> bool:
    return b"." in line or b"e" in line or b"E" in line


def _most(is_fraction: bool) -> int:
    return 1 if is_fraction else 255


def _is_header(line: bytes) -> bool:
    """Whether no field is a number, not even one that is not allowed."""
    return bool(line.strip(b", \t\r")) and not any(map(_is_number, line.split(b",")))


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
