"""A stream unpacked from a gzip archive of one member (RFC 1952), in constant memory."""

import zlib
from contextlib import suppress

from nnbp.data.images.stream import Stream
from nnbp.errors import RejectedFileError

_CONTAINER = 31  # zlib's wbits: the largest window, in a gzip header and trailer
_AT_ONCE = 1 << 16  # packed bytes that are read at most
_PIECE = 1 << 18  # bytes that are unpacked at most: they fit into the processor's cache


def unpacked(stream: Stream) -> Stream:
    """The stream itself or, if it is an archive, its content.

    Reading raises RejectedFileError for damage, after what was unpacked before it, for bytes after the
    archive, and for an archive in it.
    """
    if stream.peek(2) != b"\x1f\x8b":
        return stream
    archive = _Archive(stream)
    content = Stream(stream.where, archive.read, archive.ready)
    if content.peek(2) == b"\x1f\x8b":
        raise RejectedFileError(stream.where, "a gzip archive within a gzip archive", "unpack it once")
    return content


class _Archive:
    def __init__(self, packed: Stream) -> None:
        self._packed, self._where = packed, packed.where
        self._engine = zlib.decompressobj(_CONTAINER)
        self._damage: zlib.error | None = None

    def ready(self) -> bool:
        return bool(self._damage or self._engine.unconsumed_tail) or self._packed.ready()

    def read(self, view: memoryview) -> int:
        piece = b""
        while not piece and not self._engine.eof:
            if self._damage:
                raise self._rejected(f"damaged gzip archive ({self._damage})")
            piece = self._unpack(min(len(view), _PIECE))
        view[: len(piece)] = piece
        if not piece and (self._engine.unused_data or self._packed.peek(1)):
            raise self._rejected("bytes after the end of the gzip archive")
        return len(piece)

    def _unpack(self, most: int) -> bytes:
        packed = self._engine.unconsumed_tail or self._packed.some(_AT_ONCE)
        before = self._engine.copy()
        try:
            piece = self._engine.decompress(packed, most)
        except zlib.error as error:
            self._damage = error
            return _before_damage(before, packed)
        if not packed and not piece and not self._engine.eof:
            raise self._rejected("gzip archive truncated")
        return piece

    def _rejected(self, reason: str) -> RejectedFileError:
        return RejectedFileError(self._where, reason, "get the file again")


def _before_damage(engine: "zlib._Decompress", packed: bytes) -> bytes:
    """What zlib makes of these bytes one by one: the same, however many arrive at once."""
    pieces: list[bytes] = []
    with suppress(zlib.error):
        pieces.extend(engine.decompress(packed[at : at + 1]) for at in range(len(packed)))
    return b"".join(pieces)
