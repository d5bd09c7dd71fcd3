"""A data set that is a folder of four IDX files under MNIST's names, gzipped or not."""

from pathlib import Path

from nnbp.data.assembly import check_counts
from nnbp.data.registry import FILE_NAMES, Shape
from nnbp.data.source import Source, check_sizes, read
from nnbp.data.unread import UnreadFile
from nnbp.errors import RejectedFileError


def sources(folder: Path) -> list[Source]:
    """The four files: training images, training labels, test images, test labels. None is read yet.

    Raises RejectedFileError if one is missing, and OSError.
    """
    return [_source(folder, name, dimensions) for name, dimensions in FILE_NAMES]


def shape(folder: Path) -> Shape:
    """Pixels and classes, from the header of the training images and the training labels."""
    images, labels = (_source(folder, name, dimensions) for name, dimensions in FILE_NAMES[:2])
    count, rows, columns = check_counts(images, labels)
    check_sizes([labels])
    largest = int(read(labels, (count,)).array.max())
    return Shape(rows * columns, max(largest + 1, 2))


def _source(folder: Path, name: str, dimensions: int) -> Source:
    path = _find(folder, name)
    return Source(str(path), dimensions, UnreadFile(path))


def _find(folder: Path, name: str) -> Path:
    """The file with this name; `.idx` instead of `-idx`, and `.gz` at the end, are also accepted."""
    dotted = name.replace("-idx", ".idx")
    variants = [folder / f"{variant}{ending}" for variant in (name, dotted) for ending in ("", ".gz")]
    for path in variants:
        if path.exists() or path.is_symlink():
            return path
    others = sorted(path.name for path in folder.iterdir())[:8]
    found = f"found {', '.join(map(ascii, others))}" if others else "the folder is empty"
    raise RejectedFileError(
        str(folder), f"expected {name} or {name}.gz, {found}", "name a folder with the four files"
    )
