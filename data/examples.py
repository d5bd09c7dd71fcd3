"""A data set in memory, and what must hold between its four files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnbp.data import idx
from nnbp.errors import RejectedFileError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Arrays = tuple[NDArray[np.uint8], NDArray[np.uint8]]

Source = tuple[str, bytes]  # where it is from, for errors, and its bytes, gzipped or not


@dataclass(frozen=True)
class Dataset:
    """Training and test examples: images (n, rows·columns) as bytes 0–255, labels (n,) below `classes`.

    `sha256` is the SHA-256 of four SHA-256 digests (32 bytes each, one after the other): those of the
    unpacked files of training images, training labels, test images and test labels. The arrays are read-only.
    """

    name: str
    sha256: str
    image_shape: tuple[int, int]
    classes: int
    train_images: NDArray[np.uint8]
    train_labels: NDArray[np.uint8]
    test_images: NDArray[np.uint8]
    test_labels: NDArray[np.uint8]

    @property
    def pixels(self) -> int:
        return self.image_shape[0] * self.image_shape[1]


def assemble(name: str, sources: Sequence[Source], classes: int | None = None) -> Dataset:
    """The data set in four IDX files: training images, training labels, test images, test labels.

    `classes`, unless given, is one more than the largest training label, and at least 2.
    Raises RejectedFileError.
    """
    train, train_digests = _split(*sources[:2])
    test, test_digests = _split(*sources[2:])
    if train[0].shape[1:] != test[0].shape[1:]:
        expected, found = (f"{images.shape[1]}×{images.shape[2]}" for images in (train[0], test[0]))
        reason = f"expected images of {expected} pixels, as in {sources[0][0]}, found {found}"
        raise RejectedFileError(sources[2][0], reason, "use training and test images of one size")
    classes = classes or max(int(train[1].max()) + 1, 2)
    for (where, _), labels in zip(sources[1::2], (train[1], test[1]), strict=True):
        _check_labels(where, labels, classes)
    rows, columns = train[0].shape[1:]
    return Dataset(
        name=name,
        sha256=hashlib.sha256(b"".join(train_digests + test_digests)).hexdigest(),
        image_shape=(rows, columns),
        classes=classes,
        train_images=train[0].reshape(-1, rows * columns),
        train_labels=train[1],
        test_images=test[0].reshape(-1, rows * columns),
        test_labels=test[1],
    )


def _split(images: Source, labels: Source) -> tuple[Arrays, list[bytes]]:
    """Images (n, rows, columns) and labels (n,), and the SHA-256 digests of their unpacked files."""
    image_bytes = idx.plain(images[1], images[0], idx.IMAGES)
    label_bytes = idx.plain(labels[1], labels[0], idx.LABELS)
    arrays = idx.parse(image_bytes, images[0], idx.IMAGES), idx.parse(label_bytes, labels[0], idx.LABELS)
    if len(arrays[0]) != len(arrays[1]):
        reason = (
            f"expected {len(arrays[0])} labels, one for each image in {images[0]}, found {len(arrays[1])}"
        )
        raise RejectedFileError(labels[0], reason, "use images and labels that belong together")
    return arrays, [hashlib.sha256(content).digest() for content in (image_bytes, label_bytes)]


def _check_labels(where: str, labels: NDArray[np.uint8], classes: int) -> None:
    wrong = (labels >= classes).nonzero()[0]
    if wrong.size:
        first = int(wrong[0])
        reason = f"expected labels below {classes}, found {labels[first]} at index {first}"
        raise RejectedFileError(where, reason, "use test labels that occur in training")
