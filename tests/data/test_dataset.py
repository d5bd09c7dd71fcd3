"""A data set in Python: its two halves, its picture in a notebook, and the examples of the docstrings."""

import base64
import doctest
import importlib
import re
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from support.datasets import CONTENTS, write

import nnbp.data
from nnbp import png


@pytest.fixture
def tiny_digits(tmp_path: Path) -> nnbp.data.Dataset:
    """The tiny data set: five training images of 2×3 pixels."""
    return nnbp.data.load(write(tmp_path, CONTENTS))


def test_each_half_is_a_pair_of_images_and_labels(tiny_digits: nnbp.data.Dataset) -> None:
    images, labels = tiny_digits.training
    assert images is tiny_digits.train_images
    assert labels is tiny_digits.train_labels
    assert tiny_digits.test.images is tiny_digits.test_images
    assert tiny_digits.test.labels is tiny_digits.test_labels
    assert isinstance(tiny_digits.test, nnbp.data.Split)


def decoded(png: bytes) -> NDArray[np.uint8]:
    """The pixels of an 8-bit greyscale PNG without filters, read without the code under test."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, rest = {}, png[8:]
    while rest:
        length, kind = struct.unpack(">I4s", rest[:8])
        data = rest[8 : 8 + length]
        assert struct.unpack(">I", rest[8 + length : 12 + length]) == (zlib.crc32(kind + data),)
        chunks[kind], rest = data, rest[12 + length :]
    assert [*chunks] == [b"IHDR", b"IDAT", b"IEND"]
    columns, rows, *kind_of_image = struct.unpack(">2I5B", chunks[b"IHDR"])
    assert kind_of_image == [8, 0, 0, 0, 0]
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(rows, columns + 1)
    assert not lines[:, 0].any()
    return lines[:, 1:]


def picture(html: str) -> NDArray[np.uint8]:
    """The picture in the HTML of a data set."""
    (encoded,) = re.findall(r'<img src="data:image/png;base64,([A-Za-z0-9+/=]+)"', html)
    return decoded(base64.b64decode(encoded))


def test_a_notebook_shows_name_counts_and_the_first_twenty_training_images() -> None:
    digits = nnbp.data.load("sample")
    html = digits._repr_html_()
    assert "<b>sample</b>: 10,000 training and 2,000 test images of 28×28 pixels, 10 classes" in html
    shown = picture(html)
    assert shown.shape == (56, 280)
    for number in range(20):
        row, column = divmod(number, 10)
        tile = shown[28 * row : 28 * (row + 1), 28 * column : 28 * (column + 1)]
        np.testing.assert_array_equal(tile.ravel(), digits.train_images[number])


def test_a_picture_of_few_oblong_images_is_filled_up_with_black(tiny_digits: nnbp.data.Dataset) -> None:
    shown = picture(tiny_digits._repr_html_())
    assert shown.shape == (2, 30)
    assert shown[:, :6].tolist() == [[0, 1, 2, 6, 7, 8], [3, 4, 5, 9, 10, 11]]
    assert not shown[:, 15:].any()


def test_the_name_of_a_data_set_is_escaped(tiny_digits: nnbp.data.Dataset) -> None:
    html = replace(tiny_digits, name="<script>&")._repr_html_()
    assert "&lt;script&gt;&amp;" in html
    assert "<script" not in html


def test_large_images_are_described_without_a_picture() -> None:
    images, labels = np.zeros((3, 129 * 2), np.uint8), np.zeros(3, np.uint8)
    large = nnbp.data.Dataset("large", "", (129, 2), 2, images, labels, images, labels)
    assert "3 training and 3 test images of 129×2 pixels" in large._repr_html_()
    assert "<img" not in large._repr_html_()


def test_a_png_holds_the_pixels_of_any_array() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (7, 13), dtype=np.uint8)
    np.testing.assert_array_equal(decoded(png.encode(pixels)), pixels)
    np.testing.assert_array_equal(decoded(png.encode(pixels.T)), pixels.T)


@pytest.mark.parametrize(("module", "examples"), [("dataset", 5), ("loading", 4)])
def test_the_examples_in_the_docstrings_are_right(module: str, examples: int) -> None:
    result = doctest.testmod(importlib.import_module(f"nnbp.data.{module}"))
    assert (result.failed, result.attempted) == (0, examples)
