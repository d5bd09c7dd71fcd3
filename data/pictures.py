"""A data set in a notebook: a line of text and a picture of its first training images."""

import base64
import html
from typing import TYPE_CHECKING

import numpy as np

from nnbp import png

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nnbp.data.dataset import Dataset

ACROSS, DOWN = 10, 2  # images in the picture
_LARGEST = 128  # rows or columns of an image that fits into it


def describe(dataset: "Dataset") -> str:
    """HTML of the data set's name and counts, with a picture unless its images are large."""
    rows, columns = dataset.image_shape
    counts = f"{len(dataset.train_images):,} training and {len(dataset.test_images):,} test images"
    text = f"{counts} of {rows}×{columns} pixels, {dataset.classes} classes"
    described = f"<div><b>{html.escape(dataset.name)}</b>: {text}"
    if max(rows, columns) <= _LARGEST:
        described += f"<br>{_image(sheet(dataset.train_images, dataset.image_shape))}"
    return described + "</div>"


def sheet(images: "NDArray[np.uint8]", image_shape: tuple[int, int]) -> "NDArray[np.uint8]":
    """The first images side by side, ACROSS in a row, at most DOWN rows; missing ones are black.

    `images` is (n, rows·columns); the sheet is (DOWN·rows, ACROSS·columns), or fewer rows if n is small.
    """
    rows, columns = image_shape
    shown = images[: ACROSS * DOWN]
    down = -(-len(shown) // ACROSS)
    tiles = np.zeros((down * ACROSS, rows, columns), np.uint8)
    tiles[: len(shown)] = shown.reshape(-1, rows, columns)
    return tiles.reshape(down, ACROSS, rows, columns).swapaxes(1, 2).reshape(down * rows, ACROSS * columns)


def _image(pixels: "NDArray[np.uint8]") -> str:
    encoded = base64.b64encode(png.encode(pixels)).decode("ascii")
    return (
        f'<img src="data:image/png;base64,{encoded}" alt="the first training images" '
        f'style="image-rendering: pixelated">'
    )
