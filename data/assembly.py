"""The arrays of a data set from its four IDX files, and checks that the files are consistent."""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nnbp.data.dataset import Dataset
from nnbp.data.source import Source, check_sizes, header, read
from nnbp.errors import RejectedFileError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def assemble(name: str, sources: Sequence[Source], classes: int | None = None) -> Dataset:
    """The data set in four IDX files: training images, training labels, test images, test labels.

    `classes` defaults to one more than the largest training label, and at least 2.
    Raises RejectedFileError, if possible before images are in memory, and OSError.
    """
    train, test = check_counts(*sources[:2]), check_counts(*sources[2:])
    _check_one_size(sources[0].where, train[1:], sources[2].where, test[1:])
    check_sizes(sources)
    train_labels, test_labels = read(sources[1], train[:1]), read(sources[3], test[:1])
    classes = classes or max(int(train_labels.array.max()) + 1, 2)
    _check_labels(sources[1].where, train_labels.array, classes)
    _check_labels(sources[3].where, test_labels.array, classes)
    train_images, test_images = read(sources[0], train), read(sources[2], test)
    parts = (train_images, train_labels, test_images, test_labels)
    dataset = Dataset(
        name=name,
        sha256=hashlib.sha256(b"".join(part.sha256 for part in parts)).hexdigest(),
        image_shape=train[1:],
        classes=classes,
        train_images=train_images.array.reshape(len(train_images.array), -1),
        train_labels=train_labels.array,
        test_images=test_images.array.reshape(len(test_images.array), -1),
        test_labels=test_labels.array,
        mapped=tuple(part.mapped for part in parts if part.mapped is not None),
    )
    dataset.check_unchanged()
    for file in dataset.mapped:
        file.expect_random_use()
    return dataset


def check_counts(images: Source, labels: Source) -> tuple[int, int, int]:
    """The dimensions of the images. Raises RejectedFileError if the headers disagree on their number."""
    number, rows, columns = header(images)
    (count,) = header(labels)
    if count != number:
        reason = f"expected {number} labels, one for each image in {images.where}, found {count}"
        raise RejectedFileError(labels.where, reason, "use images and labels that belong together")
    return number, rows, columns


def _check_one_size(
    train_where: str, expected: tuple[int, int], test_where: str, found: tuple[int, int]
) -> None:
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
