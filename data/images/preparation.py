"""Pictures of a handwritten digit, prepared as the images of MNIST were.

The digit is cropped, fitted into a box of 20 × 20 pixels that keeps its shape, and placed in 28 × 28 pixels
with its centre of mass in the middle (LeCun, Cortes and Burges, "The MNIST database of handwritten digits").
nnbp/report/prepare.js does the same in a browser; a test compares them.
"""

from typing import TYPE_CHECKING

import numpy as np

from nnbp.data.images.paper import ink
from nnbp.data.images.specks import without_specks

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Larger pictures are reduced first: a digit loses nothing, and a photograph takes little time.
LARGEST_SIDE = 400
# The digit's box, as a fraction of the side.
BOX = 20 / 28
# A stroke ends where its ink falls below this fraction of the most; beyond is the blur of a lens.
STROKE = 0.3
WHITE = 255.0
# Moves a value that lies exactly between two greys, so that the last bit of a sum does not decide.
ABOVE_A_TIE = 1e-6


def prepare(grey: "NDArray[np.uint8]", side: int = 28) -> "NDArray[np.uint8]":
    """A picture (h, w) as an image (side, side) of MNIST's kind: white ink, 255, on black paper, 0.

    Ink may be darker or brighter than its paper, and the light uneven. Without any ink the image is black.
    """
    amount = ink(_reduced(grey))
    if not amount.any():
        return np.zeros((side, side), np.uint8)
    spots = without_specks(_cropped(amount))
    fitted = _fitted(_cropped(spots, STROKE * spots.max()), max(1, round(BOX * side)))
    # A thin stroke covers only a part of each pixel.
    values = np.floor(fitted / fitted.max() * WHITE + 0.5 + ABOVE_A_TIE)
    return _centred(np.minimum(values, WHITE), side).astype(np.uint8)


def _reduced(grey: "NDArray[np.uint8]") -> "NDArray[np.float64]":
    """Means of squares of pixels, the last row and column of squares being narrower."""
    factor = -(-max(grey.shape) // LARGEST_SIDE)
    if factor == 1:
        return grey.astype(np.float64)
    # Along the longer side first, a few lines at a time: few sums, and no copy of the picture.
    is_high = grey.shape[0] >= grey.shape[1]
    lines = grey if is_high else grey.T
    tops, lefts = (np.arange(0, length, factor) for length in lines.shape)
    rows = np.stack([lines[top : top + factor].sum(axis=0, dtype=np.int64) for top in tops])
    sums = np.add.reduceat(rows, lefts, axis=1)
    heights, widths = (
        np.diff(np.append(starts, length)) for starts, length in zip((tops, lefts), lines.shape, strict=True)
    )
    means = sums / np.outer(heights, widths)
    return np.ascontiguousarray(means if is_high else means.T)


def _cropped(amount: "NDArray[np.float64]", floor: float = 0.0) -> "NDArray[np.float64]":
    """The part of a picture that encloses everything above the floor."""
    rows, columns = (np.flatnonzero((amount > floor).any(axis=axis)) for axis in (1, 0))
    return amount[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _fitted(amount: "NDArray[np.float64]", box: int) -> "NDArray[np.float64]":
    """The crop resampled so that its longer side has `box` pixels; each is the mean of the area it covers."""
    scale = box / max(amount.shape)
    height, width = (max(1, int(scale * length + 0.5)) for length in amount.shape)
    return np.asarray(_shares(amount.shape[0], height) @ amount @ _shares(amount.shape[1], width).T)


def _shares(before: int, after: int) -> "NDArray[np.float64]":
    """How much of each new pixel is made of each old one, (after, before): rows sum to 1."""
    edges = np.arange(after + 1) * (before / after)
    starts, ends = edges[:-1, None], edges[1:, None]
    old = np.arange(before)
    overlap = np.minimum(ends, old + 1.0) - np.maximum(starts, old)
    return np.asarray(np.maximum(overlap, 0.0) * (after / before))


def _centred(values: "NDArray[np.float64]", side: int) -> "NDArray[np.float64]":
    """The values on a black square, their centre of mass as near to its middle pixel as whole pixels allow.

    That is pixel 14 of 0–27: those of MNIST's images are between 13.5 and 14.5.
    """
    frame = np.zeros((side, side))
    top = _start(values.sum(axis=1), side)
    left = _start(values.sum(axis=0), side)
    frame[top : top + values.shape[0], left : left + values.shape[1]] = values
    return frame


def _start(mass: "NDArray[np.float64]", side: int) -> int:
    """Where a row of masses begins, within the square."""
    centre = float((mass * np.arange(len(mass))).sum() / mass.sum())
    return min(max(int(side / 2 - centre + 0.5 + ABOVE_A_TIE), 0), side - len(mass))
