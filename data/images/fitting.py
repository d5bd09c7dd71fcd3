"""Pictures as rows for a network: as they are if the size is right, otherwise prepared."""

import math
from typing import TYPE_CHECKING, NamedTuple

from nnbp.errors import RejectedFileError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGEST = 60_000_000  # pixels of one picture, at most
AT_ONCE = 8_000_000  # pixels of pictures that are read at once, at most, unless one has more

MODES = ("auto", "always", "never")


class Block(NamedTuple):
    """Images (n, pixels), uint8 from 0 to 255 or float32 from 0 to 1.

    shape     the rows and columns of each
    prepared  whether they were prepared
    raw       whether they were not, although pictures of their kind may show paper
    """

    images: "NDArray[np.uint8] | NDArray[np.float32]"
    shape: tuple[int, int]
    prepared: bool
    raw: bool


class Fitting(NamedTuple):
    """What a network needs: this many pixels; which pictures to prepare ("auto", "always", "never").

    has_paper  whether people keep black ink on white paper in files of this kind (PGM, PNG, JPEG, BMP)
    """

    where: str
    pixels: int
    mode: str
    has_paper: bool = False

    def prepares(self, rows: int, columns: int) -> bool:
        """Whether pictures of this size are prepared."""
        if self.mode == "always" or rows * columns != self.pixels:
            return True
        # A strip cut from a page can have the area of the network's squares by chance.
        is_strip = rows != columns and math.isqrt(self.pixels) ** 2 == self.pixels
        return self.mode == "auto" and self.has_paper and is_strip

    def check(self, rows: int, columns: int, what: str = "") -> None:
        """Raise RejectedFileError if pictures of this size cannot be used; `what` names one of many."""
        size = f"{what}{rows}×{columns} pixels"
        if rows * columns > max(LARGEST, self.pixels):
            raise self.rejected(f"expected at most {LARGEST} pixels, found {size}", "make it smaller")
        if not rows * columns:
            raise self.rejected(f"expected a picture, found {size}", "use a picture that is not empty")
        if not self.prepares(rows, columns):
            return
        if self.mode == "never":
            reason = f"expected images of {self.pixels} pixels, found {size}"
            raise self.rejected(reason, "let them be prepared, or make them of that size")
        if math.isqrt(self.pixels) ** 2 != self.pixels:
            reason = f"cannot prepare {size}: the network's {self.pixels} pixels are not a square"
            raise self.rejected(reason, f"use images of {self.pixels} pixels")

    def block(self, pictures: "NDArray[np.uint8] | NDArray[np.float32]") -> Block:
        """A block of pictures (n, rows, columns) whose size is checked; not copied unless prepared."""
        count, rows, columns = pictures.shape
        if not self.prepares(rows, columns):
            return Block(pictures.reshape(count, self.pixels), (rows, columns), False, raw=self.has_paper)
        import numpy as np

        from nnbp.data.images.in_parts import as_bytes
        from nnbp.data.images.preparation import prepare

        side = math.isqrt(self.pixels)
        is_bytes = pictures.dtype == np.uint8
        greys = pictures if is_bytes else as_bytes(pictures, lambda part: np.rint(part * 255))
        prepared = np.empty((count, self.pixels), np.uint8)
        for row, grey in zip(prepared, greys, strict=True):
            row[:] = prepare(grey, side).reshape(-1)
        return Block(prepared, (side, side), prepared=True, raw=False)

    def at_once(self, rows: int, columns: int) -> int:
        """How many pictures of this size are read at once."""
        return max(1, AT_ONCE // max(rows * columns, self.pixels))

    def rejected(self, reason: str, remedy: str) -> RejectedFileError:
        """The error for this file."""
        return RejectedFileError(self.where, reason, remedy)
