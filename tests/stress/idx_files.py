"""Damaged IDX files and gzip archives, also with checksums that match, and bombs."""

import functools
import gzip
import random
import struct
import zlib

from support.bombs import archive
from support.datasets import CONTENTS, NAMES, idx_bytes

from stress import mutations

ORIGINALS = {3: CONTENTS[NAMES[0]], 1: CONTENTS[NAMES[1]]}

_DIMENSIONS = (0, 1, 2, 3, 4, 5, 6, 30, 255, 256, 65_536, 2**30, 2**31, 2**32 - 1)
_SIZES = ((5, 2, 3), (1, 1, 1), (3, 2, 3), (5, 3, 2), (30, 1, 1))
_BOMB = 96 << 20  # bytes


def damaged(rng: random.Random, dimensions: int) -> bytes:
    """An IDX file of images (3 dimensions) or labels (1), damaged, gzipped or not."""
    original, others = ORIGINALS[dimensions], list(CONTENTS.values())
    content = _plain(rng, original, dimensions, others)
    action = rng.randrange(10)
    if action < 3:
        return content
    archived = packed(rng, content if rng.random() < 0.5 else original)
    if action < 6:
        return archived
    if action < 9:
        return mutations.mutate(rng, archived, [gzip.compress(other, mtime=0) for other in others])
    return archived + rng.choice(
        (archived, bytes(8), gzip.compress(b"", mtime=0), gzip.compress(original, mtime=0))
    )


@functools.cache
def bombs(dimensions: int) -> tuple[bytes, ...]:
    """Small archives that claim or contain far more than they should."""
    little = ORIGINALS[dimensions]
    claim = idx_bytes((1,) * (dimensions - 1) + (_BOMB,), b"")
    largest = idx_bytes((2**32 - 1,) * dimensions, b"")
    return (
        archive(little, _BOMB),
        gzip.compress(little) + archive(b"", _BOMB),
        gzip.compress(claim),
        claim,
        archive(largest, _BOMB),
        gzip.compress(archive(little, _BOMB)),
    )


def _plain(rng: random.Random, original: bytes, dimensions: int, others: list[bytes]) -> bytes:
    """Bytes changed anywhere, or another header, or another array."""
    action = rng.randrange(4)
    if action == 0:
        shape = [rng.choice(_DIMENSIONS) for _ in range(dimensions)]
        return original[:4] + struct.pack(f">{dimensions}I", *shape) + original[4 + 4 * dimensions :]
    if action == 1:
        shape = list(rng.choice(_SIZES)[:dimensions])
        size = shape[0] * (shape[1] * shape[2] if dimensions == 3 else 1)
        return idx_bytes(tuple(shape), bytes(rng.choices(range(5), k=size)))
    return mutations.mutate(rng, original, others)


def packed(rng: random.Random, content: bytes) -> bytes:
    """A gzip archive with one of the headers and trailers of RFC 1952, right or wrong."""
    engine = zlib.compressobj(rng.choice((0, 1, 9)), zlib.DEFLATED, -zlib.MAX_WBITS)
    body = engine.compress(content) + engine.flush()
    trailer = struct.pack("<LL", zlib.crc32(content), len(content))
    if rng.random() < 0.1:
        trailer = rng.choice(
            (trailer[:4] + rng.randbytes(4), bytes(8), trailer[:5], trailer[4:] + trailer[:4])
        )
    return _gzip_header(rng) + body + trailer


def _gzip_header(rng: random.Random) -> bytes:
    flags = 0 if rng.random() < 0.5 else rng.choice((2, 4, 8, 16, rng.randrange(32), rng.randrange(256)))
    header = struct.pack("<2sBBLBB", b"\x1f\x8b", 8, flags, rng.randrange(2**32), rng.choice((0, 2, 4)), 255)
    if flags & 4:
        extra = rng.randbytes(rng.choice((0, 1, 300)))
        header += struct.pack("<H", len(extra)) + extra
    for flag in (8, 16):
        if flags & flag:
            header += bytes(rng.choices(range(1, 256), k=rng.choice((0, 1, 300)))) + b"\0"
    if flags & 2:
        header += struct.pack("<H", zlib.crc32(header) & 0xFFFF)
    return header
