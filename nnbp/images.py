"""Images as the input of a network: rows of bytes 0–255, or of floating-point numbers 0–1."""

from typing import Any

import numpy as np
import numpy.typing as npt

from nnbp.arrays import Array

WHITE = 255.0


def check_images(images: npt.NDArray[Any], pixels: int) -> None:
    """Raise ValueError unless images is (n, pixels), of bytes or of floating-point numbers 0–1."""
    if images.dtype != np.uint8 and not np.issubdtype(images.dtype, np.floating):
        raise ValueError(f"images are {images.dtype}; bytes or floating-point numbers were expected")
    if images.ndim != 2 or images.shape[1] != pixels:
        raise ValueError(f"images have shape {images.shape}; (n, {pixels}) was expected")
    # Comparisons with nan are false: a training on it diverges, and says where.
    if images.dtype != np.uint8 and images.size and (images.min() < 0 or images.max() > 1):
        raise ValueError(
            f"images have numbers from {images.min():g} to {images.max():g}; 0 to 1 were expected, or bytes"
        )


def as_inputs(images: npt.NDArray[Any], out: Array) -> Array:
    """The pixels as numbers 0–1, in `out` (n, n_0), which is returned."""
    np.copyto(out, images, casting="same_kind")
    if images.dtype == np.uint8:
        out *= 1.0 / WHITE
    return out
