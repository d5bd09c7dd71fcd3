"""Images distorted at random, against plain loops in float64."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from nnbp.distorter import Distorter, inverse_map
from nnbp.distortions import PRESETS, Distortion
from nnbp.elastic import SIDE, Field
from nnbp.warping import Bytes, Maps, distort

STILL = np.zeros((SIDE, SIDE), np.int16)
EVERYTHING = Distortion(elastic=(60.0, 4.0), rotate=40.0, scale=0.3, shear=0.4, shift=3.0)


class Chosen:
    """A generator whose uniform numbers are these, one row for each image."""

    def __init__(self, rows: Any) -> None:
        self.rows = np.asarray(rows, float)

    def random(self, shape: tuple[int, int]) -> npt.NDArray[np.float64]:
        assert shape == self.rows.shape
        return self.rows

    def bytes(self, count: int) -> bytes:
        return np.random.default_rng(0).bytes(count)


def random_images(count: int, shape: tuple[int, int], seed: int = 0) -> Bytes:
    return np.random.default_rng(seed).integers(0, 256, (count, math.prod(shape)), np.uint8)


def maps_of(count: int = 1, **changes: float) -> Maps:
    """Maps of whole numbers that change nothing, with changes."""
    plain = dict.fromkeys(("xx", "xy", "yx", "yy", "x", "y", "row_x", "column_x", "sign_x"), 0.0)
    plain |= dict.fromkeys(("row_y", "column_y", "sign_y"), 0.0)
    return np.array([list({**plain, "xx": 65536, "yy": 65536, **changes}.values())] * count, np.int32)


def source_by_hand(by: Distortion, draws: Any, field: Field, shape: tuple[int, int]) -> Any:
    """A function from a pixel (row, column) to its source, by inverting the matrix of the forward map."""
    angle, shear, scale_x, scale_y, shift_x, shift_y = 2 * draws[:6] - 1
    turn = math.radians(by.rotate * angle)
    forward = (
        np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
        @ np.diag([1 + by.scale * scale_x, 1 + by.scale * scale_y])
        @ np.array([[1, by.shear * shear], [0, 1]])
    )
    centre = np.array([(shape[1] - 1) / 2, (shape[0] - 1) / 2])
    moved = centre + by.shift * np.array([shift_x, shift_y])

    def source(i: int, j: int) -> tuple[float, float]:
        x, y = centre + np.linalg.solve(forward, np.array([j, i]) - moved)
        displaced = [
            (1 if sign >= 0.5 else -1)
            * float(field[(int(row * SIDE) + i) % SIDE, (int(column * SIDE) + j) % SIDE])
            / 256
            for row, column, sign in (draws[6:9], draws[9:12])
        ]
        return x + displaced[0], y + displaced[1]

    return source


def value_by_hand(image: Any, x: float, y: float) -> float:
    """The mean of the four pixels around a place, weighted by nearness."""
    rows, columns = image.shape
    total = 0.0
    for i in (math.floor(y), math.floor(y) + 1):
        for j in (math.floor(x), math.floor(x) + 1):
            if 0 <= i < rows and 0 <= j < columns:
                total += float(image[i, j]) * (1 - abs(y - i)) * (1 - abs(x - j))
    return total


@pytest.mark.parametrize("shape", [(9, 9), (12, 7)])
@pytest.mark.parametrize(
    "by", [EVERYTHING, Distortion(rotate=180, scale=0.5, shear=1, shift=2)], ids=["", "affine"]
)
def test_images_are_those_of_plain_loops_within_a_grey_level(by: Distortion, shape: tuple[int, int]) -> None:
    draws = np.random.default_rng(3).random((4, 12))
    draws[0, [6, 7, 9, 10]] = 1 - 1 / 1024  # windows that begin in the last row and column of the field
    images = random_images(4, shape)
    distorter = Distorter(by, shape, Chosen(draws))  # type: ignore[arg-type]
    found = distort(images, distorter.draw(4), distorter.field, shape)
    for image, drawn, seen in zip(images, draws, found, strict=True):
        source = source_by_hand(by, drawn, distorter.field, shape)
        exact = [
            value_by_hand(image.reshape(shape), *source(i, j))
            for i in range(shape[0])
            for j in range(shape[1])
        ]
        # Each coordinate is rounded to 1/256 pixel, up to half a grey level, as is the last rounding.
        assert np.abs(seen - exact).max() < 1.6
        assert np.abs(seen - exact).mean() < 0.4


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (28, 28)])
def test_a_map_that_changes_nothing_changes_nothing(shape: tuple[int, int]) -> None:
    images = random_images(5, shape)
    assert np.array_equal(distort(images, maps_of(5), STILL, shape), images)
    assert np.array_equal(
        distort(images, Distorter(Distortion(), shape, np.random.default_rng()).draw(5), STILL, shape), images
    )


def test_a_shift_by_whole_pixels_moves_the_pixels_and_leaves_black() -> None:
    image = random_images(1, (6, 8)).reshape(6, 8)
    moved = np.zeros((6, 8), np.uint8)
    moved[:4, 3:] = image[2:, :5]
    places = inverse_map(0.0, 0.0, 1.0, 1.0, 3.0, -2.0)
    seen = distort(image.reshape(1, -1), maps_of(x=65536 * places[4], y=65536 * places[5]), STILL, (6, 8))
    assert np.array_equal(seen.reshape(6, 8), moved)


@pytest.mark.parametrize("side", [5, 28])
def test_a_right_angle_is_turned_clockwise_exactly(side: int) -> None:
    images = random_images(3, (side, side))
    xx, xy, yx, yy, *_ = np.rint(65536 * inverse_map(math.pi / 2, 0.0, 1.0, 1.0, 0.0, 0.0))
    seen = distort(images, maps_of(3, xx=xx, xy=xy, yx=yx, yy=yy), STILL, (side, side))
    turned = np.rot90(images.reshape(3, side, side), -1, axes=(1, 2))
    assert np.array_equal(seen.reshape(3, side, side), turned)


def test_a_displacement_of_half_a_pixel_is_a_mean_rounded_to_nearest() -> None:
    image = np.array([[10, 21, 5, 200]], np.uint8)
    field = np.full((SIDE, SIDE), 128, np.int16)
    assert distort(image, maps_of(sign_x=1), field, (1, 4)).tolist() == [[16, 13, 103, 100]]
    assert distort(image, maps_of(sign_x=-1), field, (1, 4)).tolist() == [[5, 16, 13, 103]]
    assert distort(image, maps_of(sign_y=1), field, (4, 1)).tolist() == [[16, 13, 103, 100]]
    assert distort(image, maps_of(sign_y=1), field, (1, 4)).tolist() == [[5, 11, 3, 100]]


@pytest.mark.parametrize("far", [32512, -32512])
def test_pixels_displaced_far_away_are_black(far: int) -> None:
    field = np.full((SIDE, SIDE), far, np.int16)
    white = np.full((1, 12), 255, np.uint8)
    assert not distort(white, maps_of(sign_x=1), field, (3, 4)).any()
    assert not distort(white, maps_of(sign_y=1), field, (3, 4)).any()


def test_maps_are_the_same_in_however_many_calls() -> None:
    together, apart = (Distorter(EVERYTHING, (28, 28), np.random.default_rng(7)) for _ in range(2))
    assert np.array_equal(together.field, apart.field)
    assert np.array_equal(together.draw(10), np.concatenate([apart.draw(n) for n in (1, 0, 4, 5)]))


def is_uniform(values: Any, low: float, high: float) -> bool:
    """Whether the Kolmogorov-Smirnov distance of n values is one that is exceeded once in 100,000 times."""
    uniform = (np.sort(values) - low) / (high - low)
    steps = np.arange(len(values)) / len(values)
    distance = max(np.max(uniform - steps), np.max(steps + 1 / len(values) - uniform))
    return bool(distance < 2.47 / math.sqrt(len(values)))


def test_each_strength_is_drawn_uniformly_up_to_its_largest_value() -> None:
    def drawn(**by: float) -> Any:
        return Distorter(Distortion(**by), (28, 28), np.random.default_rng(5)).draw(4000).T / 65536  # type: ignore[arg-type]

    turned = drawn(rotate=10.0)
    assert is_uniform(np.degrees(np.arctan2(-turned[2], turned[0])), -10, 10)
    scaled = drawn(scale=0.12)
    assert is_uniform(1 / scaled[0], 0.88, 1.12)
    assert is_uniform(1 / scaled[3], 0.88, 1.12)
    assert abs(np.corrcoef(scaled[0], scaled[3])[0, 1]) < 0.08
    assert is_uniform(drawn(shear=0.2)[1], -0.2, 0.2)
    shifted = drawn(shift=0.5)
    assert is_uniform(shifted[4], -0.5, 0.5)
    assert is_uniform(shifted[5], -0.5, 0.5)
    assert abs(np.corrcoef(shifted[4], shifted[5])[0, 1]) < 0.08


def test_windows_lie_anywhere_in_the_field_with_either_sign() -> None:
    maps = Distorter(PRESETS["elastic"], (28, 28), np.random.default_rng(6)).draw(4000)
    for place in (6, 7, 9, 10):
        assert (maps[:, place].min(), maps[:, place].max()) == (0, SIDE - 1)
        assert is_uniform(maps[:, place] + 0.5, 0, SIDE)
    for sign in (8, 11):
        assert abs(maps[:, sign].mean()) < 0.07
        assert set(maps[:, sign]) == {-1, 1}
    assert np.abs(np.corrcoef(maps[:, 6:].T) - np.eye(6)).max() < 0.08


def test_a_shape_beyond_1024_rows_or_columns_is_refused() -> None:
    rng = np.random.default_rng()
    for shape in ((0, 1), (1, 0), (1025, 1), (1, 1025)):
        with pytest.raises(ValueError, match="1 to 1,024 rows and columns"):
            Distorter(Distortion(), shape, rng)
        with pytest.raises(ValueError, match="1 to 1,024 rows and columns"):
            distort(np.zeros((1, math.prod(shape)), np.uint8), maps_of(), STILL, shape)
    for shape in ((1, 1024), (1024, 1)):
        assert not distort(np.zeros((1, 1024), np.uint8), maps_of(), STILL, shape).any()


def test_images_that_are_not_bytes_of_the_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="only bytes can be distorted"):
        distort(np.zeros((1, 4)), maps_of(), STILL, (2, 2))  # type: ignore[arg-type]
    for images in (np.zeros((1, 5), np.uint8), np.zeros(4, np.uint8)):
        with pytest.raises(ValueError, match=r"images have shape .*; \(n, 2 · 2\) was expected"):
            distort(images, maps_of(), STILL, (2, 2))
    with pytest.raises(ValueError, match=r"maps have shape \(2, 12\); \(1, 12\) was expected"):
        distort(np.zeros((1, 4), np.uint8), maps_of(2), STILL, (2, 2))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("elastic", (-1.0, 5.0)),
        ("elastic", (1000.1, 5.0)),
        ("elastic", (1.0, 0.4)),
        ("elastic", (1.0, 20.1)),
        ("elastic", (math.nan, 5.0)),
        ("elastic", (1.0, math.nan)),
        ("elastic", (0.0, math.nan)),
        ("elastic", (0.0, -1.0)),
        ("elastic", (1.0,)),
        ("rotate", -1.0),
        ("rotate", 180.1),
        ("scale", 0.51),
        ("scale", math.nan),
        ("shear", 1.1),
        ("shift", 100.1),
        ("shift", math.inf),
    ],
)
def test_a_strength_out_of_range_is_refused_by_its_name(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name} is .*; it has to be "):
        Distortion(**{name: value})


def test_the_largest_strengths_are_accepted_and_only_no_strength_has_no_effect() -> None:
    assert Distortion(elastic=(1000.0, 0.5), rotate=180, scale=0.5, shear=1, shift=100).has_effect
    assert Distortion(elastic=(1.0, 20.0)).has_effect
    assert Distortion(shift=0.1).has_effect
    assert not Distortion(elastic=(0.0, 5.0)).has_effect
    assert all(preset.has_effect for preset in PRESETS.values())
