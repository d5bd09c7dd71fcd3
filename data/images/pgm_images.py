"""Greys in the formats PGM, plain and raw, one picture after another.

The source is https://netpbm.sourceforge.net/doc/pgm.html.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from nnbp.data.images.fitting import Fitting
from nnbp.data.images.stream import Stream

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAGICS = (b"P2", b"P5")
LONGEST = 10_000  # bytes of a comment, or of white space, at most

_SPACE = b" \t\n\v\f\r"
_REMEDY = "save the picture again as PGM"


def read(stream: Stream, fitting: Fitting) -> Iterator["NDArray[np.uint8]"]:
    """The pictures (1, rows, columns), their greys scaled to 0–255; raises RejectedFileError."""
    number = 0
    while magic := _start(stream):
        what = f"image {number}: "
        if magic not in MAGICS:
            raise fitting.rejected(f"{what}expected P2 or P5, found {magic.hex(' ')}", _REMEDY)
        stream.read(2)
        columns, rows, most = (_number(stream, fitting, what) for _ in range(3))
        fitting.check(rows, columns, what)
        if not 0 < most < 65536:
            raise fitting.rejected(f"{what}expected a largest grey from 1 to 65535, found {most}", _REMEDY)
        values = (_plain if magic == b"P2" else _raw)(stream, fitting, rows * columns, most, what)
        if values.max() > most:
            raise fitting.rejected(f"{what}expected greys up to {most}, found {values.max()}", _REMEDY)
        yield _scaled(values, most).reshape(1, rows, columns)
        number += 1


def _start(stream: Stream) -> bytes:
    """The two bytes a picture begins with, after white space; none at the end."""
    while (start := stream.peek(1)) and start in _SPACE:
        stream.read(1)
    return stream.peek(2)


def _number(stream: Stream, fitting: Fitting, what: str) -> int:
    """The next number, of at most nine digits, after white space and comments, and the character after it."""
    digits, comment = b"", False
    for _ in range(LONGEST):
        byte = stream.read(1)
        comment = (comment or byte == b"#") and byte != b"\n"
        if comment or (not digits and byte and byte in _SPACE):
            continue
        if byte.isdigit() and len(digits) < 9:
            digits += byte
        elif digits and (not byte or byte in _SPACE):
            return int(digits)
        else:
            break
    raise fitting.rejected(f"{what}expected a number, found another character or the end", _REMEDY)


def _raw(stream: Stream, fitting: Fitting, count: int, most: int, what: str) -> "NDArray[Any]":
    import numpy as np

    kind = np.dtype(">u2" if most > 255 else "u1")
    content = stream.read(count * kind.itemsize)
    if len(content) < count * kind.itemsize:
        reason = f"{what}expected {count * kind.itemsize} bytes of pixels, found {len(content)}"
        raise fitting.rejected(reason, "get the file again")
    return np.frombuffer(content, kind)


def _plain(stream: Stream, fitting: Fitting, count: int, most: int, what: str) -> "NDArray[Any]":
    import numpy as np

    values = np.empty(count, np.uint16)
    done, over = 0, b""
    while done < count:
        part = stream.some(1 << 16)
        chunk = over + (part or b"\n")
        # The last word may go on in the next part.
        end, taken = max(chunk.rfind(space) for space in _SPACE) + 1, 0
        for match in islice(re.finditer(rb"\S+", chunk[:end]), count - done):
            word = match[0]
            if not word.isdigit() or len(word) > 5 or int(word) > most:
                raise fitting.rejected(f"{what}expected greys from 0 to {most}, found others", _REMEDY)
            values[done] = int(word)
            done, taken = done + 1, match.end()
        over = chunk[taken:].lstrip(_SPACE) if done < count else chunk[taken:]
        if done < count and (not part or len(over) > LONGEST):
            raise fitting.rejected(f"{what}expected {count} greys, found {done}", "get the file again")
    stream.back(over)
    return values


def _scaled(values: "NDArray[Any]", most: int) -> "NDArray[np.uint8]":
    import numpy as np

    if most == 255:
        return np.asarray(values, np.uint8)
    return ((values.astype(np.uint32) * 255 + most // 2) // most).astype(np.uint8)
