"""Deskewed images: compared with loops in floating point, and measured again."""

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from support.datasets import CONTENTS, write
from support.pictures import Greys

import nnbp.data
from nnbp.data import deskew
from nnbp.data.images import deskewing

SHAPES = [(28, 28), (9, 14), (17, 6), (2, 3)]


def moments(image: NDArray[np.uint8]) -> tuple[float, float, float]:
    """Centre of mass of the rows, and the slant, by their definitions; 0 without ink in two rows."""
    places = [(y, x, float(image[y, x])) for y in range(image.shape[0]) for x in range(image.shape[1])]
    mass = sum(p for _, _, p in places) or 1.0
    cy, cx = (sum(place[axis] * place[2] for place in places) / mass for axis in (0, 1))
    mu11 = sum((y - cy) * (x - cx) * p for y, x, p in places)
    mu02 = sum((y - cy) ** 2 * p for y, _, p in places)
    return cy, cx, mu11 / mu02 if mu02 > 1e-9 else 0.0


def upright(image: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The image deskewed pixel by pixel."""
    cy, _, slant = moments(image)
    slant = max(-1.0, min(1.0, slant))
    made = np.zeros(image.shape)
    for y, x in np.ndindex(*image.shape):
        place = x + (y - cy) * slant
        left = math.floor(place)
        for column in (left, left + 1):
            if 0 <= column < image.shape[1]:
                made[y, x] += image[y, column] * (1 - abs(place - column))
    return made


def strokes(shape: tuple[int, int], count: int) -> Greys:
    """Random images in which most pixels are black, some of them cut off by the border."""
    rng = np.random.default_rng(sum(shape))
    images = rng.integers(1, 256, (count, *shape), dtype=np.uint8)
    return np.where(rng.random((count, *shape)) < 0.3, images, np.uint8(0))


@pytest.fixture(scope="module")
def digits() -> Greys:
    """Some digits of the sample, (n, 784)."""
    return np.asarray(nnbp.data.load("sample").test.images[:200])


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_deskewed_images_equal_those_of_loops_within_a_grey(shape: tuple[int, int], digits: Greys) -> None:
    images = digits[:30].reshape(-1, 28, 28) if shape == (28, 28) else strokes(shape, 30)
    made = deskew(images.reshape(len(images), -1), shape)
    assert made.dtype == np.uint8
    expected = np.stack([upright(image) for image in images])
    # Shifts are rounded to 1/256 pixel, which is half a grey between black and white.
    assert np.abs(made.reshape(expected.shape) - expected).max() <= 1


def test_deskewed_digits_have_no_slant_and_stay_where_they_were(digits: Greys) -> None:
    made = deskew(digits, (28, 28))
    before = np.array([moments(image.reshape(28, 28)) for image in digits])
    after = np.array([moments(image.reshape(28, 28)) for image in made])
    within = np.abs(before[:, 2]) < 1
    assert np.abs(before[:, 2]).mean() > 0.15
    assert np.abs(after[within, 2]).max() < 0.02
    np.testing.assert_allclose(after[:, :2], before[:, :2], atol=0.05)


def test_an_upright_figure_stays_as_it_is() -> None:
    figure = np.zeros((28, 28), np.uint8)
    figure[4:24, 12:16] = 255
    figure[10, 6:22] = 90
    assert (deskew(figure.reshape(1, -1), (28, 28)) == figure.reshape(1, -1)).all()


def test_black_images_and_strokes_in_one_row_or_column_stay_as_they_are() -> None:
    images = np.zeros((3, 20), np.uint8)
    images[1, 5:10] = [1, 0, 255, 30, 7]
    images[2, 0] = 9
    for shape in ((4, 5), (1, 20), (20, 1)):
        assert (deskew(images, shape) == images).all()


def test_steep_strokes_are_sheared_by_45_degrees_and_no_more() -> None:
    # Two pixels, 6 columns and 1 row apart: a slant of 6.
    image = np.zeros((5, 9), np.uint8)
    image[2, 1] = image[3, 7] = 200
    made = deskew(image.reshape(1, -1), (5, 9)).reshape(5, 9)
    assert made[2, 1:3].tolist() == [100, 100]
    assert made[3, 6:8].tolist() == [100, 100]
    assert made.sum() == 400


def test_rows_that_are_shifted_out_of_the_image_are_black() -> None:
    for row, column in ((0, 0), (25, 2)):
        image = np.zeros((26, 3), np.uint8)
        image[12, 0] = image[13, 2] = 255
        # Faint and far away, it moves by twice the width of the image.
        image[row, column] = 3
        made = deskew(image.reshape(1, -1), image.shape).reshape(image.shape)
        assert abs(moments(image)[2] * 12.5) > 5
        assert not made[row].any()
        assert np.abs(made - upright(image)).max() <= 1


def test_numbers_from_0_to_1_are_rounded_to_bytes_first(digits: Greys) -> None:
    expected = deskew(digits[:5], (28, 28))
    for kind in (np.float32, np.float64):
        for off in (-0.001, 0.001):
            numbers = (digits[:5] / 255 + off).clip(0, 1).astype(kind)
            assert (deskew(numbers, (28, 28)) == expected).all()


def test_blocks_change_nothing(digits: Greys, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = deskew(digits[:20], (28, 28))
    for at_once in (1, 3 * 784, 20 * 784):
        monkeypatch.setattr(deskewing, "AT_ONCE", at_once)
        assert (deskew(digits[:20], (28, 28)) == expected).all()
    assert deskew(digits[:0], (28, 28)).shape == (0, 784)


def test_sums_do_not_overflow() -> None:
    # With 2000 × 500 white pixels, a product of two sums is of the order of 10²³.
    image = np.zeros((2000, 500), np.uint8)
    for y in range(2000):
        image[y, y // 8 : y // 8 + 250] = 255
    made = deskew(image.reshape(1, -1), image.shape).reshape(image.shape)
    first = (made > 127).argmax(axis=1)
    assert first.max() - first.min() <= 1


@pytest.mark.parametrize(
    "images",
    [
        np.zeros((2, 5), np.uint8),
        np.zeros((2, 2, 3), np.uint8),
        np.zeros((2, 6), np.int64),
        np.full((2, 6), 1.5),
        np.full((2, 6), np.nan),
    ],
    ids=["pixels", "dimensions", "integers", "greys", "nan"],
)
def test_other_arrays_are_refused(images: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="images"):
        deskew(images, (2, 3))


def test_a_data_set_deskews_each_half_when_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = nnbp.data.load(write(tmp_path, CONTENTS))
    seen: list[int] = []

    def counted(images: Greys, shape: tuple[int, int]) -> Greys:
        seen.append(len(images))
        return deskew(images, shape)

    monkeypatch.setattr(deskewing, "deskew", counted)
    upright_set = raw.deskewed
    assert (upright_set.name, upright_set.sha256, upright_set.image_shape) == ("folder", raw.sha256, (2, 3))
    assert upright_set.training.labels is raw.train_labels
    del seen[:]
    for _ in range(2):
        assert (upright_set.test.images == deskew(raw.test_images, (2, 3))).all()
    assert seen == [3]
    assert (upright_set.training.images == deskew(raw.train_images, (2, 3))).all()
    assert upright_set.deskewed is upright_set is raw.deskewed
