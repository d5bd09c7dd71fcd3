"""Images without their slant: each is sheared horizontally until its strokes stand upright.

"Deslanted" images of LeCun, Bottou, Bengio and Haffner 1998, "Gradient-based learning applied to document
recognition", section III: lines are shifted so that the principal axis is vertical. Here pixels count by
their grey. Everything is computed in whole numbers, so that the same bytes come out on every machine;
nnbp/report/deskew.js does the same in a browser, and a test compares them.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from nnbp.data.images.in_parts import as_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Columns per row, at most: a digit that leans further than 45° is a horizontal stroke.
STEEPEST = 1
# Slants and centres are multiples of 1/65,536, and shifts of 1/256 of a pixel.
STEP, SHIFT_STEP = 1 << 16, 1 << 8
AT_ONCE = 1 << 18  # pixels: so few fit into the cache of a processor


def deskew(images: "NDArray[Any]", image_shape: tuple[int, int]) -> "NDArray[np.uint8]":
    """Images (n, rows·columns) sheared about their centres of mass until their slant is 0; a new array.

    images       bytes 0–255, or numbers 0–1, which are rounded to bytes first
    image_shape  rows and columns

    The slant is μ₁₁/μ₀₂, the central moments of the pixels: the columns by which the ink moves to the right
    from a row to the next. Row y is shifted to the left by the slant, at most 1, times its distance from the
    centre, and interpolated linearly between its pixels; beyond the image they are 0. An image that is black
    or has ink in one row only stays as it is.

    Raises ValueError for images of another shape or type.

    >>> leaning = np.array([[0, 0, 200, 0, 200, 0, 200, 0, 0]], np.uint8)
    >>> deskew(leaning, (3, 3)).reshape(3, 3)[:, 1].tolist()
    [200, 200, 200]
    """
    rows, columns = image_shape
    greys = _greys(np.asarray(images), rows * columns).reshape(-1, rows, columns)
    made = np.empty(greys.shape, np.uint8)
    size = max(1, AT_ONCE // (rows * columns))
    for start in range(0, len(greys), size):
        block = slice(start, start + size)
        _shift(greys[block], _shifts(greys[block]), made[block])
    return made.reshape(-1, rows * columns)


def _greys(images: "NDArray[Any]", pixels: int) -> "NDArray[np.uint8]":
    if images.ndim != 2 or images.shape[1] != pixels:
        raise ValueError(f"images have shape {images.shape}; (n, {pixels}) was expected")
    if images.dtype == np.uint8:
        return images
    if images.dtype.kind != "f" or (images.size and not 0 <= images.min() <= images.max() <= 1):
        raise ValueError("images are neither bytes nor floating-point numbers from 0 to 1")
    return as_bytes(images, lambda part: np.rint(part * 255))


def _shifts(greys: "NDArray[np.uint8]") -> "NDArray[np.int64]":
    """How far to the right of each pixel of a row the pixel for its place is, in steps: (n, rows)."""
    rows, columns = greys.shape[1:]
    x, y = np.arange(columns), np.arange(rows)
    # Products of whole numbers below 2⁵³ are exact in float64, and fast.
    sums = greys.reshape(-1, columns).astype(np.float64) @ np.stack([np.ones(columns), x], axis=1)
    mass, mass_x = sums.astype(np.int64).T.reshape(2, -1, rows)
    # Python's integers: the products of sums have no limit.
    m, m_x, m_y, m_xy, m_yy = (
        part.sum(axis=1).astype(object) for part in (mass, mass_x, mass * y, mass_x * y, mass * y * y)
    )
    slant = _ratio(m * m_xy - m_x * m_y, m * m_yy - m_y * m_y, STEEPEST)
    distance = y * STEP - _ratio(m_y, m, rows)[:, None]
    unit = STEP * STEP // SHIFT_STEP
    return np.asarray((distance * slant[:, None] + unit // 2) // unit)


def _ratio(numerators: "NDArray[Any]", denominators: "NDArray[Any]", most: int) -> "NDArray[np.int64]":
    """Quotients from -most to most, in steps, rounded; 0 where the denominator is 0."""
    is_zero = denominators == 0
    ratios = (2 * STEP * numerators + denominators) // np.where(is_zero, 1, 2 * denominators)
    return np.where(is_zero, 0, ratios).clip(-most * STEP, most * STEP).astype(np.int64)


def _shift(greys: "NDArray[np.uint8]", shifts: "NDArray[np.int64]", out: "NDArray[np.uint8]") -> None:
    """Each row (columns,) with its shift, in `out`; all are (n, rows, columns)."""
    columns = greys.shape[2]
    whole = (shifts // SHIFT_STEP).clip(-columns - 1, columns)
    # Black between the rows, so that what lies beyond one is not another.
    gap = int(np.abs(whole).max(initial=0)) + 1
    line = np.zeros(gap + shifts.size * (columns + gap), np.uint8)
    line[gap:].reshape(-1, columns + gap)[:, :columns] = greys.reshape(-1, columns)
    starts = gap + np.arange(shifts.size) * (columns + gap) + whole.reshape(-1)
    pixels = np.lib.stride_tricks.sliding_window_view(line, columns + 1)[starts]
    # At most 256 · 255 + 128, which is below 2¹⁶.
    right = (shifts.reshape(-1, 1) % SHIFT_STEP).astype(np.uint16)
    mixed = (SHIFT_STEP - right) * pixels[:, :-1]
    mixed += right * pixels[:, 1:]
    mixed += SHIFT_STEP // 2
    mixed //= SHIFT_STEP
    out.reshape(-1, columns)[:] = mixed
