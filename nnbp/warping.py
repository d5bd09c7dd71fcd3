"""Images warped, each by a map and two windows of a field of displacements.

Every pixel of a distorted image has a source, a place in the image between four pixels, and becomes the mean
of those, weighted by nearness (bilinear interpolation); outside the image all is 0. The source is found by an
affine map about the image's centre, plus the displacement that a smooth random field has at the pixel.

The arithmetic is in integers, so that the compiled engine's images are the same to the last bit. Lengths are
in 1/256 pixel, and the factors of maps in 1/65536.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from nnbp.elastic import SIDE, Field

Bytes = npt.NDArray[np.uint8]
# (n, 12), for each image: the four factors of its map, x from x, x from y, y from x and y from y; the offsets
# of x and of y, in 1/65536 pixel; and two windows of the field, of which the first displaces x and the second
# y: the row and the column of the corner, and the sign, 1 or −1 (0: no displacement).
Maps = npt.NDArray[np.int32]
FACTORS, OFFSETS, WINDOW_X, WINDOW_Y = slice(0, 4), slice(4, 6), slice(6, 9), slice(9, 12)

LONGEST_SIDE = 1024
# Few enough pixels at a time to stay in the processor's cache.
AT_ONCE = 1 << 15


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
