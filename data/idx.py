"""IDX bytes to arrays and back: the format of the MNIST files, gzipped or not.

An IDX file is two zero bytes, a type, the number of dimensions, each dimension as a big-endian 32-bit
integer, and the items in C order (http://yann.lecun.com/exdb/mnist/, "The IDX file format"). Only type 0x08,
unsigned bytes, is accepted: images (n, rows, columns) and labels (n,).

All functions are pure. Content is bytes, or a memory-mapped file, which is never copied. `where` names the
file in errors; anything that is not exactly as expected raises RejectedFileError before memory is allocated
for it.
"""

import math
import mmap
import struct
import zlib
from typing import TYPE_CHECKING

from nnbp.errors import RejectedFileError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Content = bytes | mmap.mmap

LABELS, IMAGES = 1, 3  # dimensions
LIMIT = 1 << 30  # largest unpacked size of an archive, in bytes: twenty times MNIST's largest file

_KINDS = {LABELS: "labels", IMAGES: "images"}
_UNSIGNED_BYTE = 0x08
_GZIP = b"\x1f\x8b"
_GZIP_CONTAINER = 31  # zlib's wbits: the largest window, in a gzip header and trailer (RFC 1952)
_REMEDY = "get the file again"


def decode(content: Content, where: str, dimensions: int) -> "NDArray[np.uint8]":
    """The array in an IDX file, gzipped or not; read-only."""
    return parse(plain(content, where, dimensions), where, dimensions)


def plain(content: Content, where: str, dimensions: int) -> Content:
    """An IDX file's bytes, unpacked if it is gzipped, but no more than its header declares."""
    declared = _header_size(dimensions) + math.prod(header(content, where, dimensions))
    if not _is_packed(content):
        return content
    size = max(declared, len(content))
    if size > LIMIT:
        reason = f"expected at most {LIMIT} bytes in a gzip archive, as its header says, found {size}"
        raise _rejected(where, reason, "unpack it: an uncompressed file may be larger")
    return _unzip(content, where, declared)


def parse(content: Content, where: str, dimensions: int) -> "NDArray[np.uint8]":
    """The array in uncompressed IDX bytes, as a read-only view of them."""
    shape = header(content, where, dimensions)
    expected = _header_size(dimensions) + math.prod(shape)
    if len(content) != expected:
        sizes = "×".join(map(str, shape))
        raise _rejected(
            where, f"expected {expected} bytes, as its header says ({sizes}), found {len(content)}"
        )
    import numpy as np

    return np.frombuffer(content, dtype=np.uint8, offset=_header_size(dimensions)).reshape(shape)


def serialize(array: "NDArray[np.uint8]") -> bytes:
    """The IDX bytes of an array of unsigned bytes."""
    if array.dtype != "u1" or not array.size:
        raise ValueError(f"expected unsigned bytes, at least one, found {array.dtype} of shape {array.shape}")
    return struct.pack(f">HBB{array.ndim}I", 0, _UNSIGNED_BYTE, array.ndim, *array.shape) + array.tobytes()


def header(content: Content, where: str, dimensions: int) -> tuple[int, ...]:
    """The dimensions that an IDX file, gzipped or not, declares. Its first 64 KiB are enough to read them."""
    size = _header_size(dimensions)
    start = _first_bytes(content, where, size)
    expected = struct.pack(">HBB", 0, _UNSIGNED_BYTE, dimensions)
    if start[:4] != expected:
        raise _rejected(
            where, f"expected {_describe(expected)}, found {_describe(start[:4])}", "check which file it is"
        )
    if len(start) < size:
        raise _rejected(where, f"expected a header of {size} bytes, found {len(start)} bytes in all")
    shape = struct.unpack(f">{dimensions}I", start[4:])
    if 0 in shape:
        raise _rejected(
            where, f"it is empty: its header says {'×'.join(map(str, shape))}", "use a file with examples"
        )
    return shape


def unpack(content: bytes, where: str, limit: int = LIMIT) -> bytes:
    """The content of a gzip archive of exactly one member; other bytes are returned as they are.

    An archive is recognized by its first two bytes, whatever the file's name. At most `limit` bytes are
    unpacked.
    """
    if not content:
        raise _rejected(where, "it is empty")
    if _is_packed(content):
        return _unzip(content, where, limit)
    if len(content) > limit:
        raise _too_long(where, limit)
    return content


def _is_packed(content: Content) -> bool:
    return content[: len(_GZIP)] == _GZIP


def _unzip(content: Content, where: str, limit: int) -> bytes:
    """The content of the archive's one member; at most one byte more than `limit` is unpacked."""
    engine = zlib.decompressobj(_GZIP_CONTAINER)
    try:
        unpacked = engine.decompress(content, limit + 1)
    except zlib.error as error:
        raise _rejected(where, f"damaged gzip archive ({error})") from error
    if len(unpacked) > limit:
        raise _too_long(where, limit)
    if not engine.eof:
        raise _rejected(where, f"gzip archive truncated after {len(content)} bytes")
    if engine.unused_data:
        raise _rejected(where, f"{len(engine.unused_data)} bytes after the end of the gzip archive")
    if unpacked.startswith(_GZIP):
        raise _rejected(where, "a gzip archive within a gzip archive", "unpack it once")
    if not unpacked:
        raise _rejected(where, "it is an empty gzip archive")
    return unpacked


def _first_bytes(content: Content, where: str, size: int) -> bytes:
    if not _is_packed(content):
        return content[:size]
    try:
        return zlib.decompressobj(_GZIP_CONTAINER).decompress(content[: 1 << 16], size)
    except zlib.error as error:
        raise _rejected(where, f"damaged gzip archive ({error})") from error


def _header_size(dimensions: int) -> int:
    return 4 + 4 * dimensions


def _describe(magic: bytes) -> str:
    if len(magic) == 4 and magic[:3] == bytes([0, 0, _UNSIGNED_BYTE]) and magic[3] in _KINDS:
        return f"IDX {_KINDS[magic[3]]} (first bytes {magic.hex(' ')})"
    return f"first bytes {magic.hex(' ')}" if magic else "nothing"


def _too_long(where: str, limit: int) -> RejectedFileError:
    return _rejected(where, f"expected at most {limit} bytes, found more")


def _rejected(where: str, reason: str, remedy: str = _REMEDY) -> RejectedFileError:
    return RejectedFileError(where, reason, remedy)
