"""A data set as arrays, and what must hold between its four files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from nnbp.data import idx
from nnbp.data.mapped import MappedFile
from nnbp.errors import RejectedFileError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nnbp.data.idx import Content

_HASHED_AT_ONCE = 1 << 24  # bytes; a signal waits for so many


class Source(NamedTuple):
    """An IDX file: where it is from, for errors; its bytes, gzipped or not; their SHA-256, if it is known."""

    where: str
    content: Content
    sha256: bytes | None = None


class Split(NamedTuple):
    """Images and their labels."""

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]


@dataclass(frozen=True)
class Dataset:
    """Training and test examples: images (n, rows·columns) as bytes 0–255, labels (n,) below `classes`.

    `sha256` is the SHA-256 of four SHA-256 digests (32 bytes each, one after the other): those of the
    unpacked files of training images, training labels, test images and test labels. The arrays are read-only.
    Images in large files stay there, in `mapped`: see `check_unchanged`.
    """

    name: str
    sha256: str
    image_shape: tuple[int, int]
    classes: int
    train_images: NDArray[np.uint8]
    train_labels: NDArray[np.uint8]
    test_images: NDArray[np.uint8]
    test_labels: NDArray[np.uint8]
    mapped: tuple[MappedFile, ...] = ()

    def check_unchanged(self) -> None:
        """Raise RejectedFileError unless the images are still those that `sha256` speaks of.

        To be asked after their use: others may write to a file that is mapped.
        """
        for file in self.mapped:
            file.check_unchanged()

    @property
    def training(self) -> Split:
        """The training examples."""
        return Split(self.train_images, self.train_labels)

    @property
    def test(self) -> Split:
        """The test examples."""
        return Split(self.test_images, self.test_labels)

    @property
    def pixels(self) -> int:
        return self.image_shape[0] * self.image_shape[1]


def assemble(name: str, sources: Sequence[Source], classes: int | None = None) -> Dataset:
    """The data set in four IDX files: training images, training labels, test images, test labels.

    `classes`, unless given, is one more than the largest training label, and at least 2.
    Raises RejectedFileError.
    """
    train, test = _part(*sources[:2]), _part(*sources[2:])
    if train.images.shape[1:] != test.images.shape[1:]:
        expected, found = ("×".join(map(str, part.images.shape[1:])) for part in (train, test))
        reason = f"expected images of {expected} pixels, as in {sources[0].where}, found {found}"
        raise RejectedFileError(sources[2].where, reason, "use training and test images of one size")
    classes = classes or max(int(train.labels.max()) + 1, 2)
    for source, part in zip(sources[1::2], (train, test), strict=True):
        _check_labels(source.where, part.labels, classes)
    rows, columns = train.images.shape[1:]
    dataset = Dataset(
        name=name,
        sha256=hashlib.sha256(b"".join(train.digests + test.digests)).hexdigest(),
        image_shape=(rows, columns),
        classes=classes,
        train_images=train.images.reshape(-1, rows * columns),
        train_labels=train.labels,
        test_images=test.images.reshape(-1, rows * columns),
        test_labels=test.labels,
        mapped=train.mapped + test.mapped,
    )
    dataset.check_unchanged()
    for file in dataset.mapped:
        file.expect_random_use()
    return dataset


def check_counts(images: Source, labels: Source) -> tuple[int, ...]:
    """The dimensions of the images. Raises RejectedFileError unless the headers speak of as many labels."""
    shape = idx.header(images.content, images.where, idx.IMAGES)
    (count,) = idx.header(labels.content, labels.where, idx.LABELS)
    if count != shape[0]:
        reason = f"expected {shape[0]} labels, one for each image in {images.where}, found {count}"
        raise RejectedFileError(labels.where, reason, "use images and labels that belong together")
    return shape


class _Part(NamedTuple):
    """One half of a data set, with the SHA-256 digests of its two unpacked files."""

    images: NDArray[np.uint8]  # (n, rows, columns)
    labels: NDArray[np.uint8]  # (n,)
    digests: list[bytes]
    mapped: tuple[MappedFile, ...]


def _part(images: Source, labels: Source) -> _Part:
    check_counts(images, labels)
    image_bytes = idx.plain(images.content, images.where, idx.IMAGES)
    label_bytes = idx.plain(labels.content, labels.where, idx.LABELS)
    return _Part(
        idx.parse(image_bytes, images.where, idx.IMAGES),
        idx.parse(label_bytes, labels.where, idx.LABELS),
        [_digest(images, image_bytes), _digest(labels, label_bytes)],
        tuple(content for content in (image_bytes, label_bytes) if isinstance(content, MappedFile)),
    )


def _digest(source: Source, unpacked: Content) -> bytes:
    if source.sha256 is not None and unpacked is source.content:
        return source.sha256
    digest = hashlib.sha256()
    view = memoryview(unpacked)
    for start in range(0, len(view), _HASHED_AT_ONCE):
        digest.update(view[start : start + _HASHED_AT_ONCE])
    return digest.digest()


def _check_labels(where: str, labels: NDArray[np.uint8], classes: int) -> None:
    wrong = (labels >= classes).nonzero()[0]
    if wrong.size:
        first = int(wrong[0])
        reason = f"expected labels below {classes}, found {labels[first]} at index {first}"
        raise RejectedFileError(where, reason, "use test labels that occur in training")
