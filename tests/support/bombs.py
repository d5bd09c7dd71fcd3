"""Gzip archives of any size, made in no time."""

import struct
import zlib

_PIECE = 1 << 20
_HEADER = b"\x1f\x8b\x08" + bytes(7)


def archive(beginning: bytes, zeros: int, *, crc: int | None = None, size: int | None = None) -> bytes:
    """An archive of these bytes and many zeros, with the right CRC and size at its end, or with others."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = engine.compress(beginning) + engine.flush(zlib.Z_FULL_FLUSH)
    # After a full flush, the same bytes are always packed in the same way.
    piece = engine.compress(bytes(_PIECE)) + engine.flush(zlib.Z_FULL_FLUSH)
    packed += piece * (zeros // _PIECE) + engine.compress(bytes(zeros % _PIECE)) + engine.flush()
    actual = len(beginning) + zeros
    crc = crc_of(beginning, zeros) if crc is None else crc
    return _HEADER + packed + struct.pack("<II", crc, (actual if size is None else size) & 0xFFFFFFFF)


def crc_of(beginning: bytes, zeros: int) -> int:
    """The CRC-32 of these bytes and zeros."""
    crc = zlib.crc32(beginning)
    for start in range(0, zeros, _PIECE):
        crc = zlib.crc32(bytes(min(_PIECE, zeros - start)), crc)
    return crc
