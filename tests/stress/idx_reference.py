"""IDX files and data sets as a second reader reads them, which shares no code with `nnbp.data`."""

import gzip
import hashlib
import math
import struct
import zlib
from collections.abc import Sequence
from typing import NamedTuple

GZIP = b"\x1f\x8b"
LIMIT = 1 << 20  # more than any array in these files has


class Array(NamedTuple):
    """The dimensions and the items of an IDX file."""

    shape: tuple[int, ...]
    items: bytes


def unpacked(content: bytes, limit: int = LIMIT) -> bytes | None:
    """The content of a gzip archive of one member, or other bytes as they are; None for none or too many."""
    if not content.startswith(GZIP):
        return content if 0 < len(content) <= limit else None
    engine = zlib.decompressobj(31)
    try:
        engine.decompress(content, limit + 1)
        if not engine.eof or engine.unused_data:
            return None
        plain = gzip.decompress(content)
    except (zlib.error, OSError, EOFError):
        return None
    return None if plain.startswith(GZIP) or len(plain) > limit else plain or None


def decoded(content: bytes, dimensions: int) -> Array | None:
    """The array in an IDX file of bytes, gzipped or not; None if it is not exactly one."""
    plain, size = unpacked(content) or b"", 4 + 4 * dimensions
    if plain[:4] != bytes([0, 0, 8, dimensions]) or len(plain) < size:
        return None
    shape = struct.unpack_from(f">{dimensions}I", plain, 4)
    fits = len(plain) == size + math.prod(shape) and 0 not in shape
    return Array(shape, plain[size:]) if fits else None


def data_set(contents: Sequence[bytes]) -> tuple[object, ...] | None:
    """Four files as a data set: its arrays, classes and SHA-256; None if they do not belong together."""
    arrays = [
        decoded(content, dimensions) for content, dimensions in zip(contents, (3, 1, 3, 1), strict=True)
    ]
    images, labels, test_images, test_labels = arrays
    if not (images and labels and test_images and test_labels):
        return None
    classes = max(2, max(labels.items) + 1)
    counts = images.shape[0] == labels.shape[0] and test_images.shape[0] == test_labels.shape[0]
    if not counts or images.shape[1:] != test_images.shape[1:] or max(test_labels.items) >= classes:
        return None
    digests = [hashlib.sha256(unpacked(content) or b"").digest() for content in contents]
    items = tuple(each.items for each in (images, labels, test_images, test_labels))
    return images.shape[1:], classes, items, hashlib.sha256(b"".join(digests)).hexdigest()
