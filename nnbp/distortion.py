"""Images distorted at random: rotated, sheared, scaled, shifted, and elastically.

Every pixel of a distorted image has a source, a place in the image between four pixels, and becomes the mean
of those, weighted by nearness (bilinear interpolation); outside the image all is 0. The source is found by an
affine map about the image's centre, plus the displacement that a smooth random field has at the pixel.

The random numbers, and the maps made of them, are computed here for both engines. From there on, the
arithmetic is in integers, so that the compiled engine's images are the same to the last bit. Lengths are in
1/256 pixel, and the factors of maps in 1/65536.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from nnbp.distortions import Distortion
from nnbp.elastic import SIDE, Field, elastic_field

Bytes = npt.NDArray[np.uint8]
# (n, 12), for each image: the four factors of its map, x from x, x from y, y from x and y from y; the offsets
# of x and of y, in 1/65536 pixel; and two windows of the field, of which the first displaces x and the second
# y: the row and the column of the corner, and the sign, 1 or −1 (0: no displacement).
Maps = npt.NDArray[np.int32]
FACTORS, OFFSETS, WINDOW_X, WINDOW_Y = slice(0, 4), slice(4, 6), slice(6, 9), slice(9, 12)
SIGNS = slice(8, 12, 3)
# How many values each number of the windows can have.
WINDOWS = (SIDE, SIDE, 2) * 2

LONGEST_SIDE = 1024
# Few enough pixels at a time to stay in the processor's cache.
AT_ONCE = 1 << 15


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


def distort(images: Bytes, maps: Maps, field: Field, shape: tuple[int, int]) -> Bytes:
    """The images, (n, pixels), distorted.

    maps   as drawn by a Distorter, (n, 12)
    field  the Distorter's
    shape  rows and columns of the images

    Raises ValueError for images that are not bytes of this shape, and for another number of maps.
    """
    check_bytes(images, shape)
    if maps.shape != (len(images), 12):
        raise ValueError(f"maps have shape {maps.shape}; ({len(images)}, 12) was expected")
    distorted = np.empty(images.shape, np.uint8)
    at_once = max(1, AT_ONCE // images.shape[1])
    for start in range(0, len(images), at_once):
        part = slice(start, start + at_once)
        x, y = sources(maps[part, :, None, None], field, shape)
        distorted[part] = interpolate(images[part].reshape(-1, *shape), x, y).reshape(-1, images.shape[1])
    return distorted


def sources(maps: Maps, field: Field, shape: tuple[int, int]) -> tuple[Maps, Maps]:
    """Where each pixel comes from, x and y, (n, rows, columns), in 1/256 pixel; maps are (n, 12, 1, 1)."""
    # In half pixels from the centre, which can lie between two pixels.
    down, across = (np.arange(1 - side, side, 2, dtype=np.int32) for side in shape)
    xx, xy, yx, yy = np.moveaxis(maps[:, FACTORS], 1, 0)
    offset_x, offset_y = np.moveaxis(maps[:, OFFSETS], 1, 0)
    from_centre_x = (xx * across + xy * down[:, None] + 2 * offset_x + 256) >> 9
    from_centre_y = (yx * across + yy * down[:, None] + 2 * offset_y + 256) >> 9
    x = from_centre_x + 128 * (shape[1] - 1) + displacements(maps[:, WINDOW_X], field, shape)
    y = from_centre_y + 128 * (shape[0] - 1) + displacements(maps[:, WINDOW_Y], field, shape)
    return x, y


def displacements(windows: Maps, field: Field, shape: tuple[int, int]) -> Maps:
    """The windows (n, 3, 1, 1) of the field, times their signs: (n, rows, columns)."""
    row, column, sign = np.moveaxis(windows, 1, 0)
    down, across = (np.arange(side) for side in shape)
    displaced: Maps = sign * field[(row + down[:, None]) % SIDE, (column + across) % SIDE]
    return displaced


def interpolate(images: Bytes, x: Maps, y: Maps) -> Bytes:
    """The images (n, rows, columns) at these places, in 1/256 pixel, with 0 outside."""
    count, rows, columns = images.shape
    # One black pixel before the first and two after the last: a place is at most one pixel outside.
    pixels = np.zeros((count, rows + 3, columns + 3), np.int32)
    pixels[:, 1:-2, 1:-2] = images
    x, y = np.clip(x, -256, 256 * columns) + 256, np.clip(y, -256, 256 * rows) + 256
    first = np.arange(count)[:, None, None] * pixels[0].size + (y >> 8) * (columns + 3) + (x >> 8)
    right, below = x & 255, y & 255
    flat = pixels.ravel()
    upper = flat[first] * (256 - right) + flat[first + 1] * right
    first += columns + 3
    lower = flat[first] * (256 - right) + flat[first + 1] * right
    values: Bytes = ((upper * (256 - below) + lower * below + 32768) >> 16).astype(np.uint8)
    return values


def shape_of(pixels: int, shape: tuple[int, int] | None) -> tuple[int, int]:
    """The shape; if there is none, that of square images. Raises ValueError if they cannot be square."""
    side = math.isqrt(pixels)
    if shape is None and side * side != pixels:
        raise ValueError(f"images of {pixels:,} pixels are not square; give their shape, rows and columns")
    return (side, side) if shape is None else shape


def check_shape(shape: tuple[int, int]) -> None:
    """Raise ValueError unless images of this shape can be distorted."""
    if not all(1 <= side <= LONGEST_SIDE for side in shape):
        rows, columns = shape
        raise ValueError(
            f"images of {rows} × {columns} pixels; 1 to {LONGEST_SIDE:,} rows and columns were expected"
        )


def check_bytes(images: npt.NDArray[Any], shape: tuple[int, int]) -> None:
    """Raise ValueError unless these images, (n, pixels), are bytes of this shape."""
    check_shape(shape)
    if images.dtype != np.uint8:
        raise ValueError(f"images are {images.dtype}; only bytes can be distorted")
    if images.ndim != 2 or images.shape[1] != shape[0] * shape[1]:
        raise ValueError(f"images have shape {images.shape}; (n, {shape[0]} · {shape[1]}) was expected")
