"""Large pictures: how much memory they take, and how large they may be."""

import io
import struct
import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from support.hostile_images import npy

from nnbp.data.images import fitting, in_parts, pillow_images, preparation, read
from nnbp.errors import RejectedFileError


def refusal(content: bytes) -> str:
    """The error about this content, or nothing."""
    try:
        list(read(io.BytesIO(content), "here", 4))
    except RejectedFileError as error:
        return str(error)
    return ""


def peak(work: Callable[[], object]) -> int:
    """The most bytes that the work has allocated at a time."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("shape", [(1, 2_000_000), (2_000_000, 1), (1000, 2000)])
def test_a_large_picture_is_reduced_in_little_memory(shape: tuple[int, int]) -> None:
    grey = np.full(shape, 200, np.uint8)
    assert peak(lambda: preparation._reduced(grey)) < 8_000_000


def test_a_picture_that_is_reduced_has_the_means_of_its_squares() -> None:
    for shape in ((401, 3), (3, 401), (7, 999)):
        grey = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
        side = -(-max(shape) // 400)
        rows, columns = range(0, shape[0], side), range(0, shape[1], side)
        means = [[grey[y : y + side, x : x + side].mean() for x in columns] for y in rows]
        assert preparation._reduced(grey) == pytest.approx(np.array(means), rel=1e-12)


@pytest.mark.parametrize("kind", ["<f2", "<f4", "<f8", "<i8", "|b1"])
def test_numbers_of_a_large_picture_are_converted_in_little_memory(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparation, "prepare", lambda grey, side: np.zeros((side, side)))
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': (1000, 1000), }}"
    stored = np.dtype(kind).itemsize
    content = io.BytesIO(npy(header, bytes(stored * 1_000_000)))
    # The picture as it is stored, as float32, and as bytes.
    assert peak(lambda: list(read(content, "here", 4))) < (stored + 4 + 1) * 1_000_000 + 4_000_000


def test_pictures_that_take_more_memory_have_lower_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (5000, 6000), }"
    assert "at most 200000000 bytes in a picture, found 240000000" in refusal(npy(header))
    monkeypatch.setattr(pillow_images, "LARGEST_PROGRESSIVE", 3)
    for is_progressive, reason in (
        (True, "expected at most 3 pixels in a progressive JPEG, found 2×2 pixels"),
        (False, ""),
    ):
        file = io.BytesIO()
        Image.new("L", (2, 2)).save(file, "JPEG", progressive=is_progressive)
        assert reason in refusal(file.getvalue())


def test_a_picture_that_pillow_takes_for_a_bomb_is_too_large_not_damaged() -> None:
    header = b"BM" + struct.pack("<IHHIIiiHHIIiiII", 0, 0, 0, 54, 40, 30_000, 30_000, 1, 24, 0, 0, 0, 0, 0, 0)
    assert f"expected at most {fitting.LARGEST} pixels" in refusal(header)


def test_values_converted_in_parts_are_those_converted_at_once() -> None:
    values = np.random.default_rng(1).random((3, 999, 211))
    assert values.size > 2 * in_parts.AT_ONCE
    made = in_parts.as_bytes(values, lambda part: np.rint(part * 255))
    assert (made == np.rint(values * 255)).all()


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1", "I;16"])
def test_a_picture_converted_in_strips_is_the_one_converted_at_once(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    greys = np.random.default_rng(1).integers(0, 256, (7, 5)).astype(np.uint8)
    image, file = Image.fromarray(greys).convert(mode), io.BytesIO()
    if mode == "RGBA":
        image.putalpha(Image.fromarray(greys[::-1].copy()))
    image.save(file, "PNG", **({"transparency": 3} if mode == "P" else {}))
    found = []
    for strip in (1 << 20, 12, 1):
        monkeypatch.setattr(pillow_images, "_STRIP", strip)
        (block,) = read(io.BytesIO(file.getvalue()), "here", 35)
        found.append(block.images.tobytes())
    assert len(set(found)) == 1
    if mode == "L":
        assert found[0] == greys.tobytes()
