"""A data set as arrays."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnbp.data.mapped import MappedFile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


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
    train_images: "NDArray[np.uint8]"
    train_labels: "NDArray[np.uint8]"
    test_images: "NDArray[np.uint8]"
    test_labels: "NDArray[np.uint8]"
    mapped: tuple[MappedFile, ...] = ()

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
        """Pixels of an image: rows times columns."""
        return self.image_shape[0] * self.image_shape[1]

    def check_unchanged(self) -> None:
        """Raise RejectedFileError if images that stay in their file have been changed since they were hashed.

        Call it after using them: other programs may write to a file that is mapped.
        """
        for file in self.mapped:
            file.check_unchanged()
