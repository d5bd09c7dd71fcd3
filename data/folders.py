"""A data set that is a folder of four IDX files under MNIST's names, gzipped or not."""

from pathlib import Path

from nnbp.data import files, idx
from nnbp.data.assembly import Source, check_counts
from nnbp.data.mapped import read_or_map
from nnbp.data.registry import FILE_NAMES, Shape
from nnbp.errors import RejectedFileError

_HEADER = 1 << 16  # bytes of a file, gzipped or not, that hold its header


def sources(folder: Path) -> list[Source]:
    """The four files: training images, training labels, test images, test labels. Large images are mapped.

    Raises RejectedFileError if one is missing, and OSError.
    """
    paths = [(_find(folder, name), dimensions) for name, dimensions in FILE_NAMES]
    # Labels are always read: a byte each is little compared with the eight bytes of a shuffled index.
    return [
        Source(str(path), read_or_map(path) if dimensions == idx.IMAGES else files.read(path))
        for path, dimensions in paths
    ]


def shape(folder: Path) -> Shape:
    """Pixels and classes, from the header of the training images and the training labels."""
    images, labels = (_find(folder, name) for name, _ in FILE_NAMES[:2])
    beginning = Source(str(images), files.read(images, _HEADER))
    labels_source = Source(str(labels), files.read(labels))
    _, rows, columns = check_counts(beginning, labels_source)
    largest = int(idx.decode(labels_source.content, labels_source.where, idx.LABELS).max())
    return Shape(rows * columns, max(largest + 1, 2))


def _find(folder: Path, name: str) -> Path:
    """The file with this name; `.idx` instead of `-idx`, and `.gz` at the end, are also accepted."""
    dotted = name.replace("-idx", ".idx")
    variants = [folder / f"{variant}{ending}" for variant in (name, dotted) for ending in ("", ".gz")]
    for path in variants:
        if path.exists():
            return path
    others = sorted(path.name for path in folder.iterdir())[:8]
    found = f"found {', '.join(map(ascii, others))}" if others else "the folder is empty"
    raise RejectedFileError(
        str(folder), f"expected {name} or {name}.gz, {found}", "name a folder with the four files"
    )
