"""Photographs of a digit become images of MNIST's kind: the nearest training digit stays the same."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from support.pictures import Greys, photograph

import nnbp.data
from nnbp.data.images.preparation import prepare

KINDS: dict[str, dict[str, Any]] = {
    "gradient": {},
    "bright ink": {"dark_ink": False},
    "smooth": {"resample": "BILINEAR"},
    "grain": {"noise": 6.0},
    "shadow": {"light": "shadow"},
    "faint": {"contrast": 0.2},
    "small": {"scale": (0.15, 0.25)},
    "wide": {"shape": (300, 400), "resample": "LANCZOS"},
}


@pytest.fixture(scope="module")
def digits() -> Greys:
    """Digits of the sample, (n, 28, 28)."""
    return np.asarray(nnbp.data.load("sample").test.images).reshape(-1, 28, 28)


def nearest(images: Greys, digits: Greys) -> NDArray[np.int64]:
    """The digit with the smallest Euclidean distance from each image."""
    a, b = (x.reshape(len(x), -1).astype(np.float64) for x in (images, digits))
    return np.asarray(np.argmin((b * b).sum(axis=1) - 2 * a @ b.T, axis=1))


@pytest.mark.parametrize("kind", KINDS)
def test_a_photograph_of_a_digit_is_prepared_as_that_digit(kind: str, digits: Greys) -> None:
    rng = np.random.default_rng(5)
    prepared = np.stack([prepare(photograph(digit, rng, **KINDS[kind])) for digit in digits[:20]])

    assert (nearest(prepared, digits) == np.arange(20)).mean() >= 0.9


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 3), (1, 1000), (30, 20)])
@pytest.mark.parametrize("grey", [0, 77, 255])
def test_paper_without_ink_is_black(shape: tuple[int, int], grey: int) -> None:
    assert not prepare(np.full(shape, grey, np.uint8)).any()


def test_any_picture_gives_an_image() -> None:
    rng = np.random.default_rng(2)
    for shape in [(1, 1), (1, 2), (2, 1), (1, 40), (3, 3), (5, 900), (28, 28)]:
        for side in (1, 8, 28):
            assert prepare(rng.integers(0, 256, shape, dtype=np.uint8), side).shape == (side, side)


def test_a_stroke_fills_the_box_and_its_centre_of_mass_is_near_pixel_14() -> None:
    paper = np.full((200, 300), 255, np.uint8)
    paper[30:130, 200:220] = 0

    image = prepare(paper)

    expected = np.zeros((28, 28), np.uint8)
    expected[5:25, 13:17] = 255
    assert np.array_equal(image, expected)


def test_a_speck_is_dropped() -> None:
    paper = np.full((200, 300), 255, np.uint8)
    paper[30:130, 200:220] = 0
    clean = prepare(paper)
    paper[180:183, 20:23] = 0

    assert np.array_equal(prepare(paper), clean)


def test_a_large_picture_is_prepared_as_a_small_one() -> None:
    paper = np.full((200, 400), 255, np.uint8)
    paper[30:130, 200:220] = 0

    assert np.array_equal(prepare(np.kron(paper, np.ones((3, 3), np.uint8))), prepare(paper))


def test_the_ten_digits_are_read_in_photographs(digits: Greys) -> None:
    sample = nnbp.data.load("sample")
    rng = np.random.default_rng(4)
    chosen = [int(np.flatnonzero(sample.test.labels == label)[0]) for label in range(10)]

    prepared = np.stack([prepare(photograph(digits[place], rng, (400, 300))) for place in chosen])

    assert nearest(prepared, digits).tolist() == chosen
