"""A tiny data set, written without the code under test, and an observer that records its calls."""

import gzip
import hashlib
import struct
from pathlib import Path

import numpy as np

import nnbp.data
from nnbp.data.registry import FILE_NAMES, Entry, pinned

NAMES = [name for name, _ in FILE_NAMES]


def idx_bytes(shape: tuple[int, ...], items: bytes) -> bytes:
    """An IDX file."""
    return struct.pack(f">I{len(shape)}I", 0x800 + len(shape), *shape) + items


# Five training and three test images of 2×3 pixels, in four classes.
CONTENTS = dict(
    zip(
        NAMES,
        [
            idx_bytes((5, 2, 3), bytes(range(30))),
            idx_bytes((5,), bytes([3, 0, 1, 2, 3])),
            idx_bytes((3, 2, 3), bytes(range(200, 218))),
            idx_bytes((3,), bytes([2, 0, 3])),
        ],
        strict=True,
    )
)
ARCHIVES = {name: gzip.compress(content, mtime=0) for name, content in CONTENTS.items()}
DIGEST = hashlib.sha256(
    b"".join(hashlib.sha256(content).digest() for content in CONTENTS.values())
).hexdigest()


def tiny_entry(name: str, mirrors: tuple[str, ...], *, packed: bool = False) -> Entry:
    """An entry of the registry for the tiny data set."""
    stored = ARCHIVES if packed else CONTENTS
    pins = [(hashlib.sha256(content).hexdigest(), len(content)) for content in stored.values()]
    return Entry(name, pinned(*pins), (2, 3), 4, 5, 3, "none", mirrors, packed)


def assert_tiny(data: nnbp.data.Dataset) -> None:
    """The data set is the tiny one."""
    assert data.train_images.tolist() == np.arange(30).reshape(5, 6).tolist()
    assert data.train_labels.tolist() == [3, 0, 1, 2, 3]
    assert data.test_images.tolist() == np.arange(200, 218).reshape(3, 6).tolist()
    assert data.test_labels.tolist() == [2, 0, 3]
    assert (data.image_shape, data.pixels, data.classes) == ((2, 3), 6, 4)
    assert data.sha256 == DIGEST


def write(folder: Path, files: dict[str, bytes]) -> str:
    """Write these files, and return the folder."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return str(folder)


class Recorder:
    """An observer that keeps the warnings and the names of the downloaded files."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.downloads: set[str] = set()

    def warning(self, message: str) -> None:
        assert "\n" not in message
        self.warnings.append(message)

    def downloading(self, filename: str, received: int, expected: int | None) -> None:
        self.downloads.add(filename)
