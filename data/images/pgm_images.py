"""Greys in the formats PGM, plain and raw, one picture after another.

The source is https://netpbm.sourceforge.net/doc/pgm.html.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from nnbp.data.images.fitting import Fitting
from nnbp.data.images.in_parts import as_bytes
from nnbp.data.images.stream import Stream

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAGICS = (b"P2", b"P5")
LONGEST = 10_000  # bytes of a header, or of white space, at most

_SPACE = b" \t\n\v\f\r"
_REMEDY = "save the picture again as PGM"
_AT_ONCE = 1 << 18  # bytes
_FEW = 1 << 9  # bytes, more than most headers have
# White space or a comment. No part of these patterns can match in two ways, so none takes long; possessive
# quantifiers would say so, but match wrongly in Python 3.11.2.
_GAP = rb"(?:[ \t\n\v\f\r]|#[^\n]*\n)"
_HEADER = re.compile(rb"P[25]" + (_GAP + rb"+(\d{1,9})") * 3 + _GAP)
_BEGUN = re.compile(rb"P[25](?:\d|" + _GAP + rb")*(?:#[^\n]*)?")


class _Header(NamedTuple):
    text: bytes
    columns: int
    rows: int
    most: int


def read(stream: Stream, fitting: Fitting) -> Iterator["NDArray[np.uint8]"]:
    """The pictures in blocks (n, rows, columns), their greys scaled to 0–255; raises RejectedFileError."""
    number = 0
    while magic := _start(stream):
        what = f"image {number}: "
        if magic not in MAGICS:
            raise fitting.rejected(f"{what}expected P2 or P5, found {magic.hex(' ')}", _REMEDY)
        header = _header(stream, fitting, what)
        rows, columns, most = header.rows, header.columns, header.most
        fitting.check(rows, columns, what)
        if not 0 < most < 65536:
            raise fitting.rejected(f"{what}expected a largest grey from 1 to 65535, found {most}", _REMEDY)
        values = (_plain if magic == b"P2" else _raw)(stream, fitting, rows * columns, most, what)
        yield _scaled(values, most).reshape(1, rows, columns)
        number += 1
        if magic == b"P5" and most < 256 and len(more := _alike(stream, header)):
            yield _scaled(more, most).reshape(-1, rows, columns)
            number += len(more)


def _start(stream: Stream) -> bytes:
    """The two bytes a picture begins with, after white space; none at the end."""
    for _ in range(LONGEST):
        start = stream.peek(1)
        if not start or start not in _SPACE:
            break
        stream.read(1)
    return stream.peek(2)


def _header(stream: Stream, fitting: Fitting, what: str) -> _Header:
    """The header up to the character after its last number; numbers have at most nine digits."""
    head = stream.some(_FEW)
    while not (found := _HEADER.match(head)):
        is_begun = len(head) <= LONGEST and _BEGUN.fullmatch(head)
        if not is_begun or not (part := stream.some(_FEW)):
            raise fitting.rejected(f"{what}expected a number, found another character or the end", _REMEDY)
        head += part
    stream.back(head[found.end() :])
    return _Header(found[0], *map(int, found.groups()))


def _raw(stream: Stream, fitting: Fitting, count: int, most: int, what: str) -> "NDArray[Any]":
    import numpy as np

    values = np.empty(count, ">u2" if most > 255 else "u1")
    view = values.view(np.uint8).data
    if (found := stream.fill(view, len(view))) < len(view):
        reason = f"{what}expected {len(view)} bytes of pixels, found {found}"
        raise fitting.rejected(reason, "get the file again")
    if values.max() > most:
        raise fitting.rejected(f"{what}expected greys up to {most}, found {values.max()}", _REMEDY)
    return values


def _alike(stream: Stream, header: _Header) -> "NDArray[np.uint8]":
    """The pictures (n, rows · columns) that have arrived and have the same header, n may be 0."""
    import numpy as np

    begin, size = len(header.text), len(header.text) + header.rows * header.columns
    if size > _AT_ONCE:
        return np.empty((0, size), np.uint8)
    part = stream.some(_AT_ONCE)
    pictures = np.frombuffer(part, np.uint8, len(part) // size * size).reshape(-1, size)
    is_alike = (pictures[:, :begin] == np.frombuffer(header.text, np.uint8)).all(axis=1)
    is_alike &= pictures[:, begin:].max(axis=1) <= header.most
    count = len(pictures) if is_alike.all() else int(is_alike.argmin())
    stream.back(part[count * size :])
    return pictures[:count, begin:].copy()


def _plain(stream: Stream, fitting: Fitting, count: int, most: int, what: str) -> "NDArray[Any]":
    import numpy as np

    values = np.empty(count, np.uint16)
    done, over, blank = 0, b"", 0
    while done < count:
        part = stream.some(min(1 << 16, 4 * (count - done)))
        text = over + (part or b"\n")
        # The last word may go on in the next part.
        end = max(text.rfind(space) for space in _SPACE) + 1
        words = text[:end].split(None, count - done)
        over = (words.pop() if len(words) > count - done else b"") + text[end:]
        if words:
            values[done : done + len(words)] = _greys(words, most, fitting, what)
        done += len(words)
        blank = 0 if words else blank + len(part)
        if done < count and (not part or blank > LONGEST):
            raise fitting.rejected(f"{what}expected {count} greys, found {done}", "get the file again")
    stream.back(over)
    return values


def _greys(words: list[bytes], most: int, fitting: Fitting, what: str) -> "NDArray[Any]":
    import numpy as np

    if b"".join(words).isdigit():
        # A number that is too long becomes the largest one.
        greys = np.fromstring(b" ".join(words).decode(), np.int64, sep=" ")
        if greys.max() <= most:
            return greys
    raise fitting.rejected(f"{what}expected greys from 0 to {most}, found others", _REMEDY)


def _scaled(values: "NDArray[Any]", most: int) -> "NDArray[np.uint8]":
    import numpy as np

    if most == 255:
        return values if values.dtype == np.uint8 else as_bytes(values, lambda part: part)
    return as_bytes(values, lambda part: (part.astype(np.uint32) * 255 + most // 2) // most)
