"""Ink told from paper: the paper is a smooth surface of greys, and ink is what differs from it."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Points of the picture, in each direction, that the surface is fitted to.
POINTS = 64
PLANE_ROUNDS, SURFACE_ROUNDS = 6, 8
# Greys: deviations below this count alike, so that no point gets an infinite weight.
SMALLEST = 1.0
# Noise reaches this many standard deviations; a normal distribution's is 1.4826 times the median deviation.
NOISE, MEDIAN_TO_DEVIATION = 4.0, 1.4826
# Ink differs from its paper by at least this many greys: a faint pencil does, the grain of paper does not.
FAINTEST = 12.0
# Steps of a grey that the surface is rounded to: the last bits of a sum decide nothing, here or in a browser.
STEPS = 1024.0
# Fraction of full ink that is taken for the shadow of an edge.
FLOOR = 0.1


def ink(grey: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """How much ink each pixel of a picture (h, w) has: 0 for paper, 1 for full ink; all 0 if there is none.

    Ink may be darker or brighter than its paper, and the light uneven.
    """
    surface = _surface(grey)
    difference = grey - surface.values
    noise = max(NOISE * surface.deviation, FAINTEST)
    darker = float(np.maximum(-difference - noise, 0).sum())
    brighter = float(np.maximum(difference - noise, 0).sum())
    if darker > brighter:
        difference = -difference
    most = float(difference.max())
    if most <= noise:
        return np.zeros_like(grey)
    full = float(np.median(difference[difference > max(most / 2, noise)]))
    amount = np.minimum(difference / full, 1.0)
    return np.where(amount > max(noise / full, FLOOR), amount, 0.0)


class Surface(NamedTuple):
    """The grey of the paper at each pixel (h, w), and the standard deviation of its noise."""

    values: "NDArray[np.float64]"
    deviation: float


def _surface(grey: "NDArray[np.float64]") -> Surface:
    """A quadratic surface through the greys of the paper, which most of the points belong to.

    First the plane with the least absolute deviation (Schlossmacher 1973, "An iterative technique for
    absolute deviations curve fitting"), then the surface, in which points far from it count for nothing
    (Geman and McClure 1985, "Bayesian image analysis"): both by weighted least squares, with weights that
    follow from the deviations of the round before.
    """
    height, width = grey.shape
    rows, columns = _points(height), _points(width)
    terms = _terms(rows / max(height - 1, 1), columns / max(width - 1, 1)).reshape(-1, 6)
    greys = grey[np.ix_(rows, columns)].ravel()
    deviations = np.abs(greys - np.median(greys))
    for _ in range(PLANE_ROUNDS):
        plane = _least_squares(terms[:, :3], greys, 1.0 / np.maximum(deviations, SMALLEST))
        deviations = np.abs(greys - terms[:, :3] @ plane)
    for _ in range(SURFACE_ROUNDS):
        near = max(FAINTEST, 2.0 * MEDIAN_TO_DEVIATION * float(np.median(deviations)))
        factors = _least_squares(terms, greys, (1.0 + (deviations / near) ** 2) ** -2)
        deviations = np.abs(greys - terms @ factors)
    deviation = MEDIAN_TO_DEVIATION * np.median(deviations)
    return Surface(_stepped(_everywhere(factors, height, width)), float(_stepped(deviation)))


def _everywhere(factors: "NDArray[np.float64]", height: int, width: int) -> "NDArray[np.float64]":
    """The surface at each pixel (h, w), without the six terms of each of them in memory."""
    one, by_x, by_y, by_xx, by_xy, by_yy = factors
    y = 2.0 * (np.arange(height) / max(height - 1, 1)) - 1.0
    x = 2.0 * (np.arange(width) / max(width - 1, 1)) - 1.0
    values = np.outer(y, by_xy * x)
    values += (by_y * y + by_yy * y * y)[:, None]
    values += one + by_x * x + by_xx * x * x
    return values


def _least_squares(
    terms: "NDArray[np.float64]", greys: "NDArray[np.float64]", weights: "NDArray[np.float64]"
) -> "NDArray[np.float64]":
    weighted = terms * weights[:, None]
    # A picture of one row or column does not decide all factors; a little of the identity does.
    system = weighted.T @ terms + 1e-9 * np.eye(terms.shape[1])
    return np.asarray(np.linalg.solve(system, weighted.T @ greys))


def _stepped(values: "NDArray[np.float64]") -> "NDArray[np.float64]":
    return np.asarray(np.floor(values * STEPS + 0.5) / STEPS)


def _points(length: int) -> "NDArray[np.int64]":
    """At most POINTS places, evenly spaced from the first to the last."""
    count = min(length, POINTS)
    return np.arange(count) * (length - 1) // max(count - 1, 1)


def _terms(y: "NDArray[np.float64]", x: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """The six terms of a quadratic surface at y (h,) and x (w,), from 0 to 1: (h, w, 6)."""
    down, across = np.meshgrid(2.0 * y - 1.0, 2.0 * x - 1.0, indexing="ij")
    return np.stack([np.ones_like(down), across, down, across * across, across * down, down * down], axis=-1)
