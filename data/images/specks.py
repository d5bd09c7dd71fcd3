"""Specks of dirt told from strokes: connected spots of ink that are small beside the largest one."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A spot with less than this fraction of the largest spot's ink is dirt: the bar of a 5 has more.
SMALLEST = 0.05


def without_specks(amount: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """The ink (h, w) without its small spots. Pixels belong to one spot if they touch, corners included."""
    spots = label(amount > 0)
    inked = np.bincount(spots.ravel(), amount.ravel())
    inked[0] = 0.0
    kept = inked >= SMALLEST * inked.max()
    kept[0] = False
    return np.where(kept[spots], amount, 0.0)


def label(mask: "NDArray[np.bool_]") -> "NDArray[np.int64]":
    """The number of the spot that each pixel (h, w) belongs to, from 1; 0 for paper."""
    numbers = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    while True:
        before = numbers
        # The largest number of a spot spreads: along its rows and columns at once, and over corners.
        for axis in (0, 1):
            numbers = _spread(numbers, mask, axis)
        padded = np.pad(numbers, 1)
        corners = (padded[:-2, :-2], padded[:-2, 2:], padded[2:, :-2], padded[2:, 2:])
        numbers = np.where(mask, np.maximum.reduce([numbers, *corners]), 0)
        if np.array_equal(numbers, before):
            return np.unique(numbers, return_inverse=True)[1].reshape(mask.shape) + int(mask.all())


def _spread(numbers: "NDArray[np.int64]", mask: "NDArray[np.bool_]", axis: int) -> "NDArray[np.int64]":
    """The largest number of each run of ink along an axis, in all of its pixels."""
    lines, inked = (numbers, mask) if axis == 1 else (numbers.T, mask.T)
    starts = inked & ~np.pad(inked, ((0, 0), (1, 0)))[:, :-1]
    runs = np.where(inked, np.cumsum(starts).reshape(inked.shape), 0)
    largest = np.zeros(int(runs.max()) + 1, np.int64)
    np.maximum.at(largest, runs.ravel(), lines.ravel())
    spread = np.where(inked, largest[runs], 0)
    return spread if axis == 1 else spread.T
