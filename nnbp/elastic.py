"""The displacements of elastic distortions: a torus of smoothed noise, the same on every machine."""

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt

# The field is a torus: its last row and column continue in the first. A larger one takes longer, both to make
# and, since it leaves the second-level cache, to read.
SIDE = 512
FARTHEST = 127 * 256

# Displacements (SIDE, SIDE), in 1/256 pixel.
Field = npt.NDArray[np.int16]


def elastic_field(alpha: float, sigma: float, rng: np.random.Generator) -> Field:
    """Noise, uniform on (−1, 1), smoothed by a Gaussian of σ pixels and multiplied by α, in 1/256 pixel.

    Displacements of more than 127 pixels are cut off.
    """
    noise = np.frombuffer(rng.bytes(SIDE * SIDE), np.uint8).reshape(SIDE, SIDE)
    smooth = smoothing(sigma)
    # Whole numbers below 2²⁴, which float32 holds exactly: sums are the same in any order, on any machine.
    # The noise is in 1/256, from −255 to 255; then the sums are in 1/1024, and in 1/2²⁴.
    across = np.rint((2 * noise.astype(np.float32) - 255) @ smooth / 2**12)
    displacements = np.rint(smooth @ across * np.float32(alpha / 2**16))
    field: Field = np.clip(displacements, -FARTHEST, FARTHEST).astype(np.int16)
    return field


@lru_cache(maxsize=1)
def smoothing(sigma: float) -> npt.NDArray[np.float32]:
    """A symmetric matrix that smooths rows from its right, columns from its left, (SIDE, SIDE).

    It consists of whole numbers, 2¹⁴ in each row and column.
    """
    radius = math.ceil(4 * sigma)
    distances = np.arange(-radius, radius + 1)
    kernel = np.exp(-0.5 * np.square(distances / sigma))
    ring = np.zeros(SIDE, np.float32)
    ring[distances] = np.rint(kernel * (2**14 / kernel.sum()))
    ring[0] += 2**14 - ring.sum()
    places = np.arange(SIDE)
    matrix: npt.NDArray[np.float32] = ring[(places[:, None] - places) % SIDE]
    return matrix
