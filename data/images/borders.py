"""The border of a picture, which shows whether its paper is bright."""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

HALF = 127.5  # greys


def first_bright(pictures: "NDArray[Any]") -> int | None:
    """The index of the first picture (rows, columns) of n whose outermost pixels are bright, or None.

    Bright is a mean above HALF.
    """
    is_border = np.ones(pictures.shape[1:], np.bool_)
    is_border[1:-1, 1:-1] = False
    is_bright = pictures[:, is_border].mean(axis=1) > HALF
    return int(is_bright.argmax()) if is_bright.any() else None
