"""Images distorted with the compiled library: NumPy's bytes, and the arguments that it refuses."""

import contextlib
import math
import signal
import sys
from typing import Any

import numpy as np
import pytest
from support import door
from support.compiled import AVAILABLE
from support.door import read_only

from nnbp import warping
from nnbp.distorter import Distorter
from nnbp.distortions import PRESETS, Distortion
from nnbp.elastic import SIDE
from nnbp.native.library import VARIABLE, library
from nnbp.native.warping import distort

LARGEST = Distortion(elastic=(1000.0, 0.5), rotate=180, scale=0.5, shear=1, shift=100)
COUNT = door.DISTORTED
SHAPES = [(1, 1), (3, 5), (28, 28), (40, 17), (600, 20), (5, 1024)]


@pytest.mark.parametrize("instructions", AVAILABLE)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_bytes_are_numpys(
    shape: tuple[int, int], instructions: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, instructions)
    rng = np.random.default_rng(8)
    images = rng.integers(0, 256, (12, math.prod(shape)), np.uint8)
    for by in (*PRESETS.values(), Distortion(shift=2.5), LARGEST):
        distorter = Distorter(by, shape, rng)
        maps, field = distorter.draw(12), distorter.field
        exact = warping.distort(images, maps, field, shape)
        assert np.array_equal(distort(images, maps, field, shape), exact)


@pytest.mark.parametrize("instructions", AVAILABLE)
def test_the_bytes_are_numpys_at_the_largest_numbers_that_are_accepted(
    instructions: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, instructions)
    rng = np.random.default_rng(9)
    field = rng.choice(np.array([-(2**15), 2**15 - 1, 0, 255], np.int16), (SIDE, SIDE))
    for shape in ((1024, 1024), (2, 600)):
        # White, so that a place that is wrongly found within the image is seen.
        images = np.full((2, math.prod(shape)), 255, np.uint8)
        maps = np.zeros((2, 12), np.int32)
        maps[:, :4] = rng.choice([-(2**18), 2**18, 0], (2, 4))
        maps[:, 4:6] = rng.choice([-(2**26), 2**26, 0], (2, 2))
        maps[:, 6:] = [SIDE - 1, 0, -1, SIDE - 1, SIDE - 1, 1]
        assert np.array_equal(
            distort(images, maps, field, shape), warping.distort(images, maps, field, shape)
        )


def test_images_are_taken_in_an_order_by_any_number_of_threads() -> None:
    rng = np.random.default_rng(10)
    images, order = rng.integers(0, 256, (9, 35), np.uint8), np.array([8, 0, 3, 3, 7, 8, 1])
    distorter = Distorter(PRESETS["full"], (5, 7), rng)
    maps = distorter.draw(len(order))
    exact = warping.distort(images[order], maps, distorter.field, (5, 7))
    for threads in (1, 2, 3, 7, 8, 1000):
        assert np.array_equal(distort(images, maps, distorter.field, (5, 7), order, threads), exact)
    none = distort(images, maps[:0], distorter.field, (5, 7), order[:0])
    assert none.shape == (0, 35)


def test_images_that_are_not_bytes_of_the_shape_are_refused_as_with_numpy() -> None:
    for images in (np.zeros((1, 4)), np.zeros((1, 5), np.uint8)):
        with pytest.raises(ValueError, match=r"only bytes|\(n, 2 · 2\) was expected"):
            distort(images, np.zeros((1, 12), np.int32), np.zeros((SIDE, SIDE), np.int16), (2, 2))  # type: ignore[arg-type]


def maps_with(place: int, value: int) -> Any:
    """Maps of which the last one has this number."""
    maps = np.zeros((COUNT, 12), np.int32)
    maps[-1, place] = value
    return maps


WRONG = [
    *({"images": images} for images in (np.zeros((4, 6), np.int8), np.zeros((4, 5), np.uint8))),
    *({"images": images} for images in (np.zeros(24, np.uint8), np.zeros((6, 4), np.uint8).T, None)),
    *({"order": np.array([0, place, 0])} for place in (-1, 4, 2**40, -(2**63))),
    *({"order": order} for order in (np.zeros(COUNT, np.int32), np.zeros((COUNT, 1), np.int64), [0] * COUNT)),
    {"order": np.zeros(2 * COUNT, np.int64)[::2]},
    *({"maps": np.zeros(shape, np.int32)} for shape in ((COUNT, 11), (COUNT, 13), (2, 12), (4, 12), (36,))),
    *({"maps": np.zeros((COUNT, 12), kind)} for kind in (np.int64, np.uint32, np.float32)),
    {"maps": np.zeros((COUNT, 24), np.int32)[:, ::2]},
    *({"maps": maps_with(place, sign * (2**18 + 1))} for place in range(4) for sign in (-1, 1)),
    *({"maps": maps_with(place, sign * (2**26 + 1))} for place in (4, 5) for sign in (-1, 1)),
    *({"maps": maps_with(place, -(2**31))} for place in range(12)),
    *({"maps": maps_with(place, value)} for place in (6, 7, 9, 10) for value in (-1, SIDE)),
    *({"maps": maps_with(place, value)} for place in (8, 11) for value in (-2, 2)),
    *({"field": np.zeros(shape, np.int16)} for shape in ((SIDE, SIDE - 1), (SIDE + 1, SIDE), (SIDE * SIDE,))),
    *({"field": np.zeros((SIDE, SIDE), kind)} for kind in (np.uint16, np.int32, np.float16)),
    *({"out": np.zeros(shape, np.uint8)} for shape in ((COUNT, 5), (COUNT + 1, 6), (COUNT - 1, 6), (18,))),
    {"out": read_only(np.zeros((COUNT, 6), np.uint8))},
    {"out": np.zeros((COUNT, 6), np.int8)},
    *({"rows": rows} for rows in (0, -2, 1025, 2**62, 3)),
    *({"columns": columns} for columns in (0, -3, 1025, 2**62, 2)),
    {"rows": -2, "columns": -3},
    *({"threads": threads} for threads in (0, -1)),
    {"instructions": "v5"},
]


@pytest.mark.parametrize("changes", WRONG, ids=lambda changes: "-".join(changes))
def test_arguments_that_do_not_fit_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(
        ValueError, match=r"^(images|order|maps|field|out|rows and columns|threads|instructions): "
    ):
        library().distort(**door.distortion(**changes))


def test_the_arguments_with_which_these_begin_are_accepted() -> None:
    assert library().distort(**door.distortion()) is None
    for place, value in ((0, 2**18), (3, -(2**18)), (4, 2**26), (7, SIDE - 1), (8, -1), (11, 1)):
        assert library().distort(**door.distortion(maps=maps_with(place, value))) is None


def test_no_array_is_held_after_a_call() -> None:
    names = ("images", "order", "maps", "field", "out")
    for changes, refusal in (({}, None), ({"maps": maps_with(8, 2)}, ValueError)):
        given = door.distortion(**changes)
        before = [sys.getrefcount(given[name]) for name in names]
        with pytest.raises(refusal) if refusal else contextlib.nullcontext():
            library().distort(**given)
        assert [sys.getrefcount(given[name]) for name in names] == before


def test_a_signal_ends_a_long_call() -> None:
    def alarm(*_: object) -> None:
        raise TimeoutError

    side, count = 1024, 500
    given = door.distortion(rows=side, columns=side, threads=2)
    # Every pixel comes from the centre, which is white.
    given |= {"images": np.full((1, side * side), 255, np.uint8), "order": np.zeros(count, np.int64)}
    # Pages that are never written take no memory.
    given |= {"maps": np.zeros((count, 12), np.int32), "out": np.zeros((count, side * side), np.uint8)}
    before = signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_REAL, 0.03)
    try:
        with pytest.raises(TimeoutError):
            library().distort(**given)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    last_of_each_thread = given["out"][[count // 2 - 1, count - 1]]
    assert given["out"][0].all()
    assert not last_of_each_thread.any()
