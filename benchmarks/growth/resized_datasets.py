"""Folders of IDX files with any number of examples: another data set, truncated or repeated.

It is copied piece by piece, so that the measuring process stays small.
"""

import gzip
import struct
from pathlib import Path
from typing import IO, cast

PIECE = 1 << 20  # bytes
FILES = {
    "train-images-idx3-ubyte": 16,
    "train-labels-idx1-ubyte": 8,
    "t10k-images-idx3-ubyte": 16,
    "t10k-labels-idx1-ubyte": 8,
}


def write(source: Path, target: Path, count: int) -> None:
    """Write a folder with `count` training examples and all test examples, unpacked."""
    target.mkdir()
    for name, header_size in FILES.items():
        with (target / name).open("wb") as out:
            with opened(source, name) as file:
                header = file.read(header_size)
            total = struct.unpack(">I", header[4:8])[0]
            wanted = count if name.startswith("train") else total
            out.write(header[:4] + struct.pack(">I", wanted) + header[8:])
            bytes_each = _bytes_each(header)
            while wanted:
                now = min(wanted, total)
                with opened(source, name) as file:
                    file.read(header_size)
                    _copy(file, out, now * bytes_each)
                wanted -= now


def opened(folder: Path, name: str) -> IO[bytes]:
    """Open a file of the folder, gzipped or not."""
    path = folder / name
    if path.exists():
        return path.open("rb")
    return cast(IO[bytes], gzip.open(folder / f"{name}.gz"))


def _bytes_each(header: bytes) -> int:
    """Bytes of one example: the product of the dimensions after the first."""
    size = 1
    for (dimension,) in struct.iter_unpack(">I", header[8:]):
        size *= dimension
    return size


def _copy(file: IO[bytes], out: IO[bytes], size: int) -> None:
    while size:
        piece = file.read(min(PIECE, size))
        if not piece:
            raise EOFError(f"{file.name} is shorter than its header says")
        out.write(piece)
        size -= len(piece)
