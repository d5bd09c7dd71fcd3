"""The arrays of a data set from its four IDX files, and checks that the files are consistent."""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from nnbp.data import idx
from nnbp.data.dataset import Dataset
from nnbp.data.idx import Content
from nnbp.data.mapped import MappedFile
from nnbp.errors import RejectedFileError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Source(NamedTuple):
    """An IDX file: its name in errors; its bytes, gzipped or not; their SHA-256, if known."""

    where: str
    content: Content
    sha256: bytes | None = None


def assemble(name: str, sources: Sequence[Source], classes: int | None = None) -> Dataset:
    """The data set in four IDX files: training images, training labels, test images, test labels.

    `classes` defaults to one more than the largest training label, and at least 2.
    Raises RejectedFileError.
    """
    train, test = _half(*sources[:2]), _half(*sources[2:])
    _check_one_size(sources[0].where, train, sources[2].where, test)
    classes = classes or max(int(train.labels.max()) + 1, 2)
    for source, half in zip(sources[1::2], (train, test), strict=True):
        _check_labels(source.where, half.labels, classes)
    _, rows, columns = train.images.shape
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
    """The dimensions of the images. Raises RejectedFileError if the headers disagree on their number."""
    shape = idx.header(images.content, images.where, idx.IMAGES)
    (count,) = idx.header(labels.content, labels.where, idx.LABELS)
    if count != shape[0]:
        reason = f"expected {shape[0]} labels, one for each image in {images.where}, found {count}"
        raise RejectedFileError(labels.where, reason, "use images and labels that belong together")
    return shape


def digest(content: Content, at_once: int = 1 << 24) -> bytes:
    """The SHA-256 of the content, hashed in pieces of `at_once` bytes: a signal waits for one of them."""
    hashed = hashlib.sha256()
    view = memoryview(content)
    for start in range(0, len(view), at_once):
        hashed.update(view[start : start + at_once])
    return hashed.digest()


class _Half(NamedTuple):
    """One half of a data set, with the SHA-256 digests of its two unpacked files."""

    images: "NDArray[np.uint8]"  # (n, rows, columns)
    labels: "NDArray[np.uint8]"  # (n,)
    digests: list[bytes]
    mapped: tuple[MappedFile, ...]


def _half(images: Source, labels: Source) -> _Half:
    check_counts(images, labels)
    image_bytes = idx.plain(images.content, images.where, idx.IMAGES)
    label_bytes = idx.plain(labels.content, labels.where, idx.LABELS)
    return _Half(
        idx.parse(image_bytes, images.where, idx.IMAGES),
        idx.parse(label_bytes, labels.where, idx.LABELS),
        [_digest_of(images, image_bytes), _digest_of(labels, label_bytes)],
        tuple(content for content in (image_bytes, label_bytes) if isinstance(content, MappedFile)),
    )


def _digest_of(source: Source, unpacked: Content) -> bytes:
    known = source.sha256 if unpacked is source.content else None
    return known or digest(unpacked)


def _check_one_size(train_where: str, train: _Half, test_where: str, test: _Half) -> None:
    expected, found = train.images.shape[1:], test.images.shape[1:]
    if expected != found:
        sizes = ["×".join(map(str, shape)) for shape in (expected, found)]
        reason = f"expected images of {sizes[0]} pixels, as in {train_where}, found {sizes[1]}"
        raise RejectedFileError(test_where, reason, "use training and test images of one size")


def _check_labels(where: str, labels: "NDArray[np.uint8]", classes: int) -> None:
    wrong = (labels >= classes).nonzero()[0]
    if wrong.size:
        first = int(wrong[0])
        reason = f"expected labels below {classes}, found {labels[first]} at index {first}"
        raise RejectedFileError(where, reason, "use test labels that occur in training")
