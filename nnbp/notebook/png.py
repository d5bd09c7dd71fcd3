"""A picture of few colours as PNG (W3C 2003, "Portable Network Graphics Specification", second edition)."""

import struct
import zlib

import numpy as np
import numpy.typing as npt

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def encode(pixels: npt.NDArray[np.uint8], palette: npt.NDArray[np.uint8]) -> bytes:
    """A PNG of pixels (rows, columns), which are indices into the palette (at most 256, 3).

    Colour 0 is half transparent, so that it works on light and dark backgrounds.
    """
    height, width = pixels.shape
    # Each row begins with the number of its filter: none.
    rows = np.pad(pixels, ((0, 0), (1, 0)))
    return b"".join(
        [
            SIGNATURE,
            # 8 bits per pixel, of colour type 3: a palette.
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", palette.tobytes()),
            _chunk(b"tRNS", b"\x80"),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
