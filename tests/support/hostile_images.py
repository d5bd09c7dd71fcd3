"""Files of images to attack the readers with, and what the readers make of them."""

import io
import struct
from typing import Any

from nnbp.data.images import read
from nnbp.errors import RejectedFileError
from support.arriving import Arriving

PICTURE = b"P5 2 2 255\n\1\2\3\4"


def found(content: bytes, sizes: tuple[int, ...] = (), pixels: int = 4) -> tuple[list[list[float]], str]:
    """The images (2×2, or `pixels`) before the end or an error, and the error, which is one readable line."""
    source: Any = Arriving(content, sizes) if sizes else io.BytesIO(content)
    images: list[list[float]] = []
    try:
        for block in read(source, "here", pixels, "never"):
            images += block.images.tolist()
    except RejectedFileError as error:
        message = str(error)
    else:
        return images, ""
    assert len(message) < 300
    assert message.isprintable()
    return images, message


def npy(header: str, data: bytes = b"", version: int = 1) -> bytes:
    """An NPY file with this header."""
    width = "<H" if version == 1 else "<I"
    return (
        b"\x93NUMPY" + bytes([version, 0]) + struct.pack(width, len(header)) + header.encode("latin-1") + data
    )
