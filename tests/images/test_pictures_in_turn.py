"""Several pictures in one stream, as `cat *.png` writes them: each is read, as Pillow reads it alone."""

import io
import warnings
from typing import Any

import numpy as np
import pytest
from PIL import Image
from support.hostile_images import found

from nnbp.data.images import extent, pillow_images, read
from nnbp.data.images.stream import Stream

SIDE = 16
NOISE = [Image.effect_noise((SIDE, SIDE), 90 + n) for n in range(3)]
# Segments of JPEG before the frame: a comment that holds the markers of an end and a beginning.
DECOY = b"\xff\xfe\x00\x0a\xff\xd9\xff\xd8\xff\xe0\xff\xd9"
CONTAINER = b"http://ns.google.com/photos/1.0/container/"


def saved(image: Image.Image, format_: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format_, **options)
    return file.getvalue()


def multi(*images: Image.Image) -> bytes:
    return saved(images[0], "MPO", save_all=True, append_images=list(images[1:]))


def alone(content: bytes) -> list[float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an index without offsets
        return np.asarray(Image.open(io.BytesIO(content))).ravel().tolist()


def with_decoy(jpeg: bytes) -> bytes:
    return jpeg[:2] + DECOY + jpeg[2:]


WAYS: dict[str, list[bytes]] = {
    "png": [saved(image, "PNG") for image in NOISE],
    "bmp": [saved(image, "BMP") for image in NOISE],
    "jpeg": [saved(image, "JPEG") for image in NOISE],
    "progressive": [saved(image, "JPEG", progressive=True) for image in NOISE],
    "with restarts": [saved(image, "JPEG", restart_marker_blocks=1) for image in NOISE],
    "decoys": [with_decoy(saved(image, "JPEG")) for image in NOISE],
    "mixed": [saved(image, kind) for image, kind in zip(NOISE, ("JPEG", "BMP", "PNG"), strict=True)],
    "filled": [b"\xff" + saved(NOISE[0], "JPEG")[1:-2] + b"\xff\xff\xff\xd9", saved(NOISE[1], "PNG")],
    "phones": [multi(*NOISE), multi(*NOISE[1:]), saved(NOISE[2], "PNG")],
}


@pytest.mark.parametrize("way", WAYS)
def test_each_picture_is_read_in_whatever_pieces_they_arrive(way: str) -> None:
    pictures = WAYS[way]
    expected = [alone(picture) for picture in pictures]
    assert found(b"".join(pictures), pixels=SIDE**2) == (expected, "")
    for sizes in ((1, 700, 3), (1,)):
        assert found(b"".join(pictures), sizes, pixels=SIDE**2) == (expected, "")


@pytest.mark.parametrize("order", ["little", "big"])
def test_the_pictures_that_a_phone_appends_are_part_of_the_first(order: str) -> None:
    content = multi(*NOISE)
    assert content.count(b"\xff\xd8\xff") == 3
    if order == "little":
        content = with_index(saved(NOISE[0], "JPEG"), 2, order) + saved(NOISE[1], "JPEG")
    assert found(content, pixels=SIDE**2) == ([alone(content)], "")


def with_index(jpeg: bytes, count: int, order: Any) -> bytes:
    """A JPEG with the segment that says how many pictures follow one another (CIPA DC-007)."""

    def number(value: int, size: int) -> bytes:
        return value.to_bytes(size, order)

    version = number(0xB000, 2) + number(7, 2) + number(4, 4) + b"0100"
    pictures = number(0xB001, 2) + number(4, 2) + number(1, 4) + number(count, 4)
    tiff = (b"II" if order == "little" else b"MM") + number(42, 2) + number(8, 4) + number(2, 2)
    segment = b"MPF\0" + tiff + version + pictures + number(0, 4)
    return jpeg[:2] + b"\xff\xe2" + (len(segment) + 2).to_bytes(2, "big") + segment + jpeg[2:]


@pytest.mark.parametrize("order", ["little", "big"])
def test_a_picture_after_those_of_an_index_is_another_one(order: str) -> None:
    first = with_index(saved(NOISE[0], "JPEG"), 2, order) + bytes(9)
    first += with_index(saved(NOISE[1], "JPEG"), 2, order)
    content = first + saved(NOISE[2], "PNG")
    assert found(content, pixels=SIDE**2) == ([alone(first), alone(saved(NOISE[2], "PNG"))], "")


def test_the_pictures_in_a_container_are_part_of_the_first() -> None:
    jpeg = saved(NOISE[0], "JPEG")
    segment = b"http://ns.adobe.com/xap/1.0/\0" + CONTAINER
    first = jpeg[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + jpeg[2:]
    assert found(first + saved(NOISE[1], "JPEG"), pixels=SIDE**2) == ([alone(first)], "")


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "BMP"])
@pytest.mark.parametrize("rest", [b"\0", b"SEFT" * 99, b"\xff\xd8"])
def test_what_else_follows_a_picture_is_ignored(format_: str, rest: bytes) -> None:
    content = saved(NOISE[0], format_)
    assert found(content + rest, pixels=SIDE**2) == ([alone(content)], "")


@pytest.mark.parametrize("size", [0, 1, 60, 10**9])
def test_a_bmp_may_state_a_wrong_size(size: int) -> None:
    content = saved(NOISE[0], "BMP")
    wrong = content[:2] + size.to_bytes(4, "little") + content[6:]
    assert found(wrong, pixels=SIDE**2) == ([alone(content)], "")


def test_a_damaged_picture_is_named_by_its_index() -> None:
    good = saved(NOISE[0], "PNG")
    damaged = good[:40] + bytes(9) + good[49:]
    images, error = found(good + damaged + good, pixels=SIDE**2)
    assert images == [alone(good)]
    assert error.startswith("here: image 1: damaged PNG picture")
    small = saved(Image.new("L", (2, 3)), "PNG")
    assert "found image 1: 3×2 pixels" in found(good + small, pixels=SIDE**2)[1]


def test_the_limit_on_the_size_is_that_of_each_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = WAYS["png"]
    monkeypatch.setattr(pillow_images, "LARGEST_FILE", max(map(len, pictures)) + 20)
    assert len(found(b"".join(pictures), pixels=SIDE**2)[0]) == 3
    images, error = found(b"".join(pictures) + bytes(21), pixels=SIDE**2)
    assert len(images) == 2
    assert "image 2: expected a PNG picture of at most" in error


def test_only_squares_of_the_network_s_size_are_taken_as_they_are() -> None:
    content = b"P5 8 2 255\n" + bytes(16) + b"P5 4 4 255\n" + bytes(16) + b"P5 2 2 255\n" + bytes(4)
    for mode, expected in ("auto", [True, False, True]), ("always", [True] * 3):
        blocks = list(read(io.BytesIO(content), "here", 16, mode))
        assert [block.prepared for block in blocks for _ in block.images] == expected
        assert [block.raw for block in blocks for _ in block.images] == [not each for each in expected]
        assert {block.shape for block in blocks} == {(4, 4)}


def test_strips_are_taken_as_they_are_if_asked_or_if_the_network_s_pixels_are_no_square() -> None:
    strip = b"P5 8 2 255\n" + bytes(16)
    (block,) = read(io.BytesIO(strip), "here", 16, "never")
    assert (block.shape, block.prepared, block.raw) == ((2, 8), False, True)
    (block,) = read(io.BytesIO(b"P5 3 2 255\n" + bytes(6)), "here", 6)
    assert (block.shape, block.prepared, block.raw) == ((2, 3), False, True)


def test_images_of_a_data_set_are_taken_as_they_are_in_any_shape() -> None:
    idx = bytes([0, 0, 8, 3]) + b"".join(n.to_bytes(4, "big") for n in (1, 2, 8)) + bytes(16)
    (block,) = read(io.BytesIO(idx), "here", 16)
    assert (block.shape, block.prepared, block.raw) == ((2, 8), False, False)


def test_a_jpeg_of_millions_of_segments_is_given_up_at_once() -> None:
    content = io.BytesIO(b"\xff\xd8" + b"\xff\xfe\x00\x02" * 1_000_000)
    stream = Stream("here", content.readinto, lambda: True)
    assert extent.end(extent.Beginning(stream, 10_000_000), "JPEG") is None
    assert content.tell() < 1_000_000


def test_many_small_pictures_take_no_more_than_each_of_them() -> None:
    small = saved(Image.new("L", (2, 2), 9), "PNG")
    images, error = found(small * 1_000)
    assert (len(images), error) == (1_000, "")
