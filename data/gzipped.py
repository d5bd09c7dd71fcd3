"""Gzip archives of exactly one member (RFC 1952), unpacked in pieces.

An archive is recognized by its first two bytes, whatever the file's name. `where` names the file in errors;
RejectedFileError is raised for anything but one whole member with the right checksum and nothing after it.
"""

import zlib
from collections.abc import Iterator
from typing import Protocol

from nnbp.errors import RejectedFileError

_MAGIC = b"\x1f\x8b"
_CONTAINER = 31  # zlib's wbits: the largest window, in a gzip header and trailer
_AT_ONCE = 1 << 16  # bytes that are read
_PIECE = 1 << 18  # bytes that are unpacked: they fit into the processor's cache


class Bytes(Protocol):
    """Bytes in memory or in a file; slices of them are in memory."""

    def __len__(self) -> int: ...
    def __getitem__(self, part: slice, /) -> bytes | bytearray: ...


def is_packed(content: Bytes) -> bool:
    """Whether this is an archive."""
    return content[: len(_MAGIC)] == _MAGIC


def beginning(content: Bytes, where: str, size: int) -> bytes:
    """The first `size` unpacked bytes, or fewer if more than 64 KiB would have to be read for them."""
    unpacked = _unpack(zlib.decompressobj(_CONTAINER), content[:_AT_ONCE], where, size)
    _check_nesting(unpacked, where)
    return unpacked


def size_at_end(content: Bytes) -> int:
    """The size of the content modulo 2³², as the archive's last four bytes have it."""
    end = len(content)
    return int.from_bytes(content[max(end - 4, 0) : end], "little")


def pieces(content: Bytes, where: str, limit: int) -> Iterator[bytes]:
    """The content in pieces of at most 256 KiB; at most one byte more than `limit` is unpacked."""
    engine = zlib.decompressobj(_CONTAINER)
    read = length = 0
    while not engine.eof:
        packed = engine.unconsumed_tail or content[read : read + _AT_ONCE]
        if packed is not engine.unconsumed_tail:
            read += len(packed)
        piece = _unpack(engine, packed, where, min(_PIECE, limit + 1 - length))
        if not packed and not piece and not engine.eof:
            raise _rejected(where, f"gzip archive truncated after {len(content)} bytes")
        if not length:
            _check_nesting(piece, where)
        length += len(piece)
        if length > limit:
            raise _rejected(where, f"expected at most {limit} bytes, found more")
        if piece:
            yield piece
    after = len(content) - read + len(engine.unused_data)
    if after:
        raise _rejected(where, f"{after} bytes after the end of the gzip archive")
    if not length:
        raise _rejected(where, "it is an empty gzip archive")


def unpack(content: Bytes, where: str, size: int) -> bytearray:
    """The content, at most `size` bytes: that much memory is allocated at once."""
    unpacked, length = bytearray(size), 0
    for piece in pieces(content, where, size):
        unpacked[length : length + len(piece)] = piece
        length += len(piece)
    del unpacked[length:]
    return unpacked


def _unpack(engine: "zlib._Decompress", packed: bytes | bytearray, where: str, most: int) -> bytes:
    try:
        return engine.decompress(packed, most)
    except zlib.error as error:
        raise _rejected(where, f"damaged gzip archive ({error})") from error


def _check_nesting(unpacked: bytes, where: str) -> None:
    if is_packed(unpacked):
        raise _rejected(where, "a gzip archive within a gzip archive", "unpack it once")


def _rejected(where: str, reason: str, remedy: str = "get the file again") -> RejectedFileError:
    return RejectedFileError(where, reason, remedy)
