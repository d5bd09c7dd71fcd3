"""Pictures of a digit as a camera or a scanner may take them, enlarged and distorted by Pillow and NumPy."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

Greys = NDArray[np.uint8]


def photograph(
    digit: Greys,
    rng: np.random.Generator,
    shape: tuple[int, int] = (400, 300),
    *,
    resample: str = "BICUBIC",
    scale: tuple[float, float] = (0.5, 0.9),
    dark_ink: bool = True,
    light: str = "gradient",
    contrast: float = 0.7,
    noise: float = 0.0,
) -> Greys:
    """A digit (28, 28), white on black, as a picture of `shape`, on paper, somewhere in it.

    scale     the digit's 28 pixels as a part of the picture's shorter side, drawn between two numbers
    light     "even", "gradient" (brighter on one side) or "shadow" (darker towards the corners)
    contrast  the difference of ink and paper, as a fraction of white
    noise     standard deviation of each pixel, in greys
    """
    pil: Any = pytest.importorskip("PIL.Image", reason="pictures are enlarged by Pillow")
    height, width = shape
    side = int(min(shape) * rng.uniform(*scale))
    large = pil.fromarray(digit).resize((side, side), getattr(pil.Resampling, resample))
    ink = np.zeros(shape)
    top, left = rng.integers(height - side + 1), rng.integers(width - side + 1)
    ink[top : top + side, left : left + side] = np.asarray(large) / 255
    level = 225.0 if dark_ink else 25.0
    sign = -1.0 if dark_ink else 1.0
    picture = level + sign * 255 * contrast * ink + _light(light, shape, rng) * sign
    picture += rng.normal(0.0, noise, shape) if noise else 0.0
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _light(kind: str, shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float64]:
    """What uneven light takes from bright paper, in greys, at most 50."""
    y, x = np.meshgrid(*(np.linspace(-1, 1, n) for n in shape), indexing="ij")
    angle = rng.uniform(0, 2 * np.pi)
    if kind == "gradient":
        return np.asarray(25 * (1 + (np.cos(angle) * x + np.sin(angle) * y) / np.sqrt(2)))
    if kind == "shadow":
        return np.asarray(25 * ((x - 0.3 * np.cos(angle)) ** 2 + (y - 0.3 * np.sin(angle)) ** 2) / 1.7)
    return np.zeros(shape)
