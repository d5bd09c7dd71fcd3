"""A data set as arrays."""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from nnbp.data.mapped import MappedFile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Split(NamedTuple):
    """The training or the test examples: images (n, rows·columns) as bytes 0–255, labels (n,)."""

    images: "NDArray[np.uint8]"
    labels: "NDArray[np.uint8]"


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Training and test examples: images (n, rows·columns) as bytes 0–255, labels (n,) below `classes`.

    >>> import nnbp.data
    >>> digits = nnbp.data.load("sample")
    >>> images, labels = digits.test
    >>> images.shape, labels.shape, digits.image_shape
    ((2000, 784), (2000,), (28, 28))
    >>> digits.training.labels[:5].tolist()
    [5, 1, 3, 6, 1]

    A notebook displays the first training images.

    `sha256` is the SHA-256 of four SHA-256 digests (32 bytes each, one after the other): those of the
    unpacked files of training images, training labels, test images and test labels. The arrays are read-only.
    Images in large files stay there, in `mapped`: see `check_unchanged`.
    """

    name: str
    sha256: str
    image_shape: tuple[int, int]
    classes: int
    train_images: "NDArray[np.uint8]"
    train_labels: "NDArray[np.uint8]"
    test_images: "NDArray[np.uint8]"
    test_labels: "NDArray[np.uint8]"
    mapped: tuple[MappedFile, ...] = ()

    def __repr__(self) -> str:
        rows, columns = self.image_shape
        counts = f"{len(self.train_labels):,} training and {len(self.test_labels):,} test images"
        return f"<Dataset {self.name}: {counts} of {rows}×{columns} pixels>"

    @property
    def training(self) -> Split:
        """Images and labels for training."""
        return Split(self.train_images, self.train_labels)

    @property
    def test(self) -> Split:
        """Images and labels for testing."""
        return Split(self.test_images, self.test_labels)

    @property
    def pixels(self) -> int:
        """Pixels of an image: rows times columns."""
        return self.image_shape[0] * self.image_shape[1]

    @cached_property
    def deskewed(self) -> "Dataset":
        """The same data set with its images deskewed (see `nnbp.data.deskew`), for models trained so.

        Training and test images are deskewed when they are first used, and then take a byte of memory for
        each pixel, also if those of this data set stay in their file.
        """
        return _Deskewed(self)

    def check_unchanged(self) -> None:
        """Raise RejectedFileError if images that stay in their file have changed since they were hashed.

        Call it after using them, because other programs may write to a mapped file.
        """
        for file in self.mapped:
            file.check_unchanged()

    def _repr_html_(self) -> str:
        """The data set as a notebook shows it."""
        from nnbp.data import pictures  # not at the top, because it imports NumPy

        return pictures.describe(self)


class _Deskewed(Dataset):
    """A data set of which images are deskewed on first use: commands need only one of its halves."""

    _raw: Dataset

    def __init__(self, raw: Dataset) -> None:
        as_they_are = {field.name for field in fields(raw)} - {"train_images", "test_images"}
        vars(self).update({name: getattr(raw, name) for name in as_they_are}, _raw=raw)

    @cached_property
    def train_images(self) -> "NDArray[np.uint8]":
        return self._of(self._raw.train_images)

    @cached_property
    def test_images(self) -> "NDArray[np.uint8]":
        return self._of(self._raw.test_images)

    @property
    def deskewed(self) -> Dataset:
        return self

    def _of(self, images: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
        from nnbp.data.images.deskewing import deskew  # not at the top, because it imports NumPy

        return deskew(images, self.image_shape)
