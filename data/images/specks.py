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
    """A number for the spot that each pixel (h, w) belongs to, above 0; 0 for paper."""
    starts = mask & ~np.pad(mask, ((0, 0), (1, 0)))[:, :-1]
    runs = np.where(mask, np.cumsum(starts).reshape(mask.shape), 0)
    one, other = _touching(runs)
    # Each run of ink in a row points to a run of the same spot, in the end all of them to the same one.
    points_to = np.arange(int(runs.max()) + 1)
    while True:
        ends = np.minimum(points_to[one], points_to[other]), np.maximum(points_to[one], points_to[other])
        if np.array_equal(*ends):
            return points_to[runs]
        np.minimum.at(points_to, ends[1], ends[0])
        while not np.array_equal(points_to[points_to], points_to):
            points_to = points_to[points_to]


def _touching(runs: "NDArray[np.int64]") -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
    """The pairs of runs, in one row and the next, that touch: straight or over a corner."""
    above, below = runs[:-1], runs[1:]
    neighbours = [(above, below), (above[:, 1:], below[:, :-1]), (above[:, :-1], below[:, 1:])]
    one, other = (np.concatenate([pair[i].ravel() for pair in neighbours]) for i in (0, 1))
    both = (one > 0) & (other > 0)
    return one[both], other[both]
