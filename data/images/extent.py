"""Where a PNG, JPEG or BMP picture ends in a stream, found without decoding it."""

import re
from collections.abc import Callable

from nnbp.data.images.stream import Stream

_AT_ONCE = 1 << 16  # bytes
_MOST_MARKERS = 10_000  # of one JPEG; millions of them, which nobody needs, would take a minute
# A marker of JPEG (ITU-T T.81, B.1.1.2): not a stuffed 0, not a restart amid the data, not a fill byte.
_MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])", re.DOTALL)
_WITHOUT_LENGTH = (0x01, 0xD8)  # TEM, SOI
_END, _APP1, _APP2 = 0xD9, 0xE1, 0xE2
_INDEX, _INDEX_COUNT = b"MPF\0", 0xB001
_CONTAINER = b"http://ns.google.com/photos/1.0/container/"


class Beginning:
    """The first bytes of a stream, as many as were asked for and at most `most`."""

    def __init__(self, stream: Stream, most: int) -> None:
        self._stream, self._most = stream, most
        self.content = bytearray()

    def has(self, size: int) -> bool:
        """Read until there are so many bytes; False if there are fewer."""
        while len(self.content) < size:
            part = self._stream.some(min(_AT_ONCE, self._most - len(self.content)))
            if not part:
                return False
            self.content += part
        return True


def end(beginning: Beginning, format_: str) -> int | None:
    """The number of bytes of the picture, or None if it has no end or does not say where it is."""
    return _ENDS[format_](beginning)


def _png(beginning: Beginning) -> int | None:
    """After the chunk IEND (PNG specification, 5.3)."""
    at, kind = 8, b""
    while kind != b"IEND":
        if not beginning.has(at + 8):
            return None
        kind = bytes(beginning.content[at + 4 : at + 8])
        at += 12 + int.from_bytes(beginning.content[at : at + 4], "big")
    return at if beginning.has(at) else None


def _bmp(beginning: Beginning) -> int | None:
    """What the header says; 0 is a program's way not to say it."""
    if not beginning.has(6):
        return None
    size = int.from_bytes(beginning.content[2:6], "little")
    return size if size >= 14 and beginning.has(size) else None


def _jpeg(beginning: Beginning) -> int | None:
    """After the marker EOI: the last one, if an index says how many pictures belong together."""
    at, pictures = 2, 0
    for _ in range(_MOST_MARKERS):
        if not (marker := _next_marker(beginning, at)):
            return None
        at, kind = marker
        if kind == _END:
            pictures = max(pictures, 1) - 1
            if not pictures:
                return at
        elif kind not in _WITHOUT_LENGTH:
            if not beginning.has(at + 2):
                return None
            start, at = at + 2, at + max(2, int.from_bytes(beginning.content[at : at + 2], "big"))
            if kind in (_APP1, _APP2) and not pictures and beginning.has(at):
                segment = bytes(beginning.content[start:at])
                if _CONTAINER in segment:
                    return None
                pictures = _indexed(segment)
    return None


def _next_marker(beginning: Beginning, at: int) -> tuple[int, int] | None:
    """Where the first marker from `at` on ends, and its code; None at the end."""
    while not (found := _MARKER.search(beginning.content, at)):
        at = max(at, len(beginning.content) - 1)
        if not beginning.has(len(beginning.content) + 1):
            return None
    return found.end(), found[1][0]


def _indexed(segment: bytes) -> int:
    """The number of pictures in a multi-picture file, which phones write (CIPA DC-007, 5.2.3), or 0."""
    if not segment.startswith(_INDEX):
        return 0
    tiff = segment[len(_INDEX) :]

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], "little" if tiff[:2] == b"II" else "big")

    entries = number(4, 4) + 2
    for entry in range(entries, min(entries + 12 * number(entries - 2, 2), len(tiff)), 12):
        if number(entry, 2) == _INDEX_COUNT:
            return number(entry + 8, 4)
    return 0


_ENDS: dict[str, Callable[[Beginning], int | None]] = {"PNG": _png, "JPEG": _jpeg, "BMP": _bmp}
