"""Distortions drawn at random for each image: rotated, sheared, scaled, shifted, and elastically.

The random numbers, and the maps made of them, are computed here for both engines. What a map does to an image
is in warping.py.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from nnbp.distortions import Distortion
from nnbp.elastic import SIDE, elastic_field
from nnbp.warping import Bytes, Maps, check_shape, distort

# Where the signs of both windows are in a map.
SIGNS = slice(8, 12, 3)
# How many values each number of the windows can have.
WINDOWS = (SIDE, SIDE, 2) * 2


class Distorter:
    """Distortions for one epoch's images: its field, and maps drawn at random.

    shape  rows and columns of the images

    Raises ValueError for an image of no pixels, or more than 1,024 rows or columns.
    """

    def __init__(self, distortion: Distortion, shape: tuple[int, int], rng: np.random.Generator) -> None:
        check_shape(shape)
        self._distortion, self._shape, self._rng = distortion, shape, rng
        alpha, sigma = distortion.elastic
        self.field = elastic_field(alpha, sigma, rng) if alpha else np.zeros((SIDE, SIDE), np.int16)

    def draw(self, count: int) -> Maps:
        """The maps of the next `count` images, (count, 12): the same ones, in however many calls."""
        by = self._distortion
        draws = self._rng.random((count, 12))
        angle, shear, scale_x, scale_y, shift_x, shift_y = 2.0 * draws[:, :6].T - 1.0
        places = inverse_map(
            np.radians(by.rotate * angle),
            by.shear * shear,
            1.0 + by.scale * scale_x,
            1.0 + by.scale * scale_y,
            by.shift * shift_x,
            by.shift * shift_y,
        )
        maps = np.empty((count, 12), np.int32)
        maps[:, :6] = np.rint(65536.0 * places).T
        maps[:, 6:] = draws[:, 6:] * WINDOWS
        maps[:, SIGNS] = 2 * maps[:, SIGNS] - 1 if by.elastic[0] else 0
        return maps

    def distort(self, images: Bytes) -> Bytes:
        """The next images, (n, pixels), distorted. Raises ValueError unless they are bytes of its shape."""
        return distort(images, self.draw(len(images)), self.field, self._shape)


def for_epoch(distortion: Distortion, shape: tuple[int, int], rng: np.random.Generator) -> Distorter:
    """The distorter of an epoch, with a generator of its own, so that images can be distorted ahead."""
    return Distorter(distortion, shape, np.random.Generator(np.random.PCG64(int(rng.integers(2**63)))))


def inverse_map(
    angle: Any, shear: Any, scale_x: Any, scale_y: Any, shift_x: Any, shift_y: Any
) -> npt.NDArray[np.float64]:
    """From a pixel to its source in an image that is sheared, scaled, rotated (in radians) and then shifted.

    Returns the four factors and two offsets of each map, (6, n), in pixels from the centre.
    """
    cos, sin = np.cos(angle), np.sin(angle)
    # Undone in the opposite order: rotated back, scaled back, sheared back.
    yx, yy = -sin / scale_y, cos / scale_y
    xx, xy = cos / scale_x - shear * yx, sin / scale_x - shear * yy
    return np.array([xx, xy, yx, yy, -(xx * shift_x + xy * shift_y), -(yx * shift_x + yy * shift_y)])


def shape_of(pixels: int, shape: tuple[int, int] | None) -> tuple[int, int]:
    """The shape; if there is none, that of square images. Raises ValueError if they cannot be square."""
    side = math.isqrt(pixels)
    if shape is None and side * side != pixels:
        raise ValueError(f"images of {pixels:,} pixels are not square; give their shape, rows and columns")
    return (side, side) if shape is None else shape
