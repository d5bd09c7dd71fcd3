"""A data set that is a folder of four IDX files under MNIST's names, gzipped or not."""

from __future__ import annotations

from pathlib import Path

from nnbp.data import files, idx
from nnbp.data.examples import Source
from nnbp.data.registry import FILE_NAMES, Shape
from nnbp.errors import RejectedFileError

_HEADER = 1 << 16  # bytes of a file, gzipped or not, that hold its header


def sources(folder: Path) -> list[Source]:
    """The four files: training images, training labels, test images, test labels.

    Raises RejectedFileError where one is missing, and OSError.
    """
    paths = [_find(folder, name) for name, _ in FILE_NAMES]
    return [(str(path), files.read(path)) for path in paths]


def shape(folder: Path) -> Shape:
    """Pixels and classes, from the header of the training images and the training labels."""
    images, labels = (_find(folder, name) for name, _ in FILE_NAMES[:2])
    _, rows, columns = idx.header(files.read(images, _HEADER), str(images), idx.IMAGES)
    largest = int(idx.decode(files.read(labels), str(labels), idx.LABELS).max())
    return Shape(rows * columns, max(largest + 1, 2))


def _find(folder: Path, name: str) -> Path:
    """The one file of that name, with a dot in place of its second hyphen or not, with .gz or not."""
    dotted = name.replace("-idx", ".idx")
    variants = [folder / f"{variant}{ending}" for variant in (name, dotted) for ending in ("", ".gz")]
    for path in variants:
        if path.exists():
            return path
    beside = sorted(path.name for path in folder.iterdir())[:8]
    found = f"found {', '.join(map(ascii, beside))}" if beside else "the folder is empty"
    raise RejectedFileError(
        str(folder), f"expected {name} or {name}.gz, {found}", "name a folder with the four files"
    )
