"""IDX bytes to arrays and back: the format of the MNIST files, gzipped or not.

An IDX file is two zero bytes, a type, the number of dimensions, each dimension as a big-endian 32-bit
integer, and the items in C order (http://yann.lecun.com/exdb/mnist/, "The IDX file format"). Only type 0x08,
unsigned bytes, is accepted: images (n, rows, columns) and labels (n,).

Content is bytes, or a memory-mapped file, which is never copied; headers and sizes are also checked of files
that have not been read. `where` names the file in errors; anything that is not exactly as expected raises
RejectedFileError.
"""

import math
import mmap
import struct
from typing import TYPE_CHECKING, TypeVar

from nnbp.data import gzipped
from nnbp.errors import RejectedFileError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Content = bytes | bytearray | mmap.mmap
_Content = TypeVar("_Content", bound=gzipped.Bytes)

LABELS, IMAGES = 1, 3  # dimensions
LIMIT = 1 << 30  # largest unpacked size of an archive, in bytes: twenty times MNIST's largest file

_KINDS = {LABELS: "labels", IMAGES: "images"}
_UNSIGNED_BYTE = 0x08
_REMEDY = "get the file again"


def decode(content: Content, where: str, dimensions: int) -> "NDArray[np.uint8]":
    """The array in an IDX file, gzipped or not; read-only."""
    return parse(plain(content, where, dimensions), where, dimensions)


def plain(content: _Content, where: str, dimensions: int) -> _Content | bytearray:
    """An IDX file's bytes, unpacked if it is gzipped, but no more than its header declares."""
    if not gzipped.is_packed(content):
        return content
    return gzipped.unpack(content, where, declared_size(content, where, dimensions))


def declared_size(content: gzipped.Bytes, where: str, dimensions: int) -> int:
    """The bytes of an IDX file as its header declares them; if it is gzipped, at most LIMIT."""
    declared = _header_size(dimensions) + math.prod(header(content, where, dimensions))
    size = max(declared, len(content))
    if gzipped.is_packed(content) and size > LIMIT:
        reason = f"expected at most {LIMIT} bytes in a gzip archive, as its header says, found {size}"
        raise _rejected(where, reason, "unpack it: an uncompressed file may be larger")
    return declared


def check_size(content: gzipped.Bytes, where: str, dimensions: int) -> None:
    """Check that the file is as long as its header declares, and keep none of it in memory.

    An archive is unpacked for that, unless the size at its end is already another one.
    """
    declared = declared_size(content, where, dimensions)
    if not gzipped.is_packed(content):
        found = len(content)
    elif (found := gzipped.size_at_end(content)) == declared:
        found = sum(map(len, gzipped.pieces(content, where, declared)))
    _check_found(found, content, where, dimensions)


def parse(content: Content, where: str, dimensions: int) -> "NDArray[np.uint8]":
    """The array in uncompressed IDX bytes, as a read-only view of them."""
    _check_found(len(content), content, where, dimensions)
    shape = header(content, where, dimensions)
    import numpy as np

    array = np.frombuffer(content, dtype=np.uint8, offset=_header_size(dimensions)).reshape(shape)
    array.flags.writeable = False
    return array


def serialize(array: "NDArray[np.uint8]") -> bytes:
    """The IDX bytes of an array of unsigned bytes."""
    if array.dtype != "u1" or not array.size:
        raise ValueError(f"expected unsigned bytes, at least one, found {array.dtype} of shape {array.shape}")
    return struct.pack(f">HBB{array.ndim}I", 0, _UNSIGNED_BYTE, array.ndim, *array.shape) + array.tobytes()


def header(content: gzipped.Bytes, where: str, dimensions: int) -> tuple[int, ...]:
    """The dimensions that an IDX file, gzipped or not, declares. Its first 64 KiB are enough to read them."""
    size = _header_size(dimensions)
    packed = gzipped.is_packed(content)
    start = gzipped.beginning(content, where, size) if packed else bytes(content[:size])
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


def _check_found(found: int, content: gzipped.Bytes, where: str, dimensions: int) -> None:
    shape = header(content, where, dimensions)
    expected = _header_size(dimensions) + math.prod(shape)
    if found != expected:
        sizes = "×".join(map(str, shape))
        raise _rejected(where, f"expected {expected} bytes, as its header says ({sizes}), found {found}")


def _header_size(dimensions: int) -> int:
    return 4 + 4 * dimensions


def _describe(magic: bytes) -> str:
    if len(magic) == 4 and magic[:3] == bytes([0, 0, _UNSIGNED_BYTE]) and magic[3] in _KINDS:
        return f"IDX {_KINDS[magic[3]]} (first bytes {magic.hex(' ')})"
    return f"first bytes {magic.hex(' ')}" if magic else "nothing"


def _rejected(where: str, reason: str, remedy: str = _REMEDY) -> RejectedFileError:
    return RejectedFileError(where, reason, remedy)
