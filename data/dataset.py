"""A data set as arrays."""

from dataclasses import dataclass
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
