"""Pictures as PNG (W3C, "Portable Network Graphics Specification", https://www.w3.org/TR/png-3/)."""

import struct
import zlib

import numpy as np
import numpy.typing as npt

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _PALETTE = 0, 3


def encode(pixels: npt.NDArray[np.uint8], palette: npt.NDArray[np.uint8] | None = None) -> bytes:
    """A PNG of pixels (rows, columns): greys, or indices into a palette (at most 256, 3).

    Colour 0 of a palette is half transparent, so that it works on light and dark backgrounds.
    """
    height, width = pixels.shape
    colours = [] if palette is None else [_chunk(b"PLTE", palette.tobytes()), _chunk(b"tRNS", b"\x80")]
    kind = _GREY if palette is None else _PALETTE
    # Each row begins with the number of its filter: none.
    rows = np.pad(pixels, ((0, 0), (1, 0)))
    return b"".join(
        [
            SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)),
            *colours,
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
