"""Images of every kind, as NumPy, Pillow and the hand write them."""

import io
import struct
import sys
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from support.arriving import Arriving

from nnbp.data.images import preparation, read
from nnbp.errors import MissingPackageError, RejectedFileError

FOUR = [[1, 2, 3, 4], [5, 6, 7, 255]]


def npy(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def picture(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def found(content: bytes, pixels: int = 4, prepare: str = "never", sizes: tuple[int, ...] = ()) -> Any:
    """The images, or the images before an error and the error."""
    source: Any = Arriving(content, sizes) if sizes else io.BytesIO(content)
    images: list[list[float]] = []
    try:
        for block in read(source, "here", pixels, prepare):
            assert block.images.dtype in (np.uint8, np.float32)
            assert block.images.shape[1:] == (pixels,)
            images += block.images.tolist()
    except RejectedFileError as error:
        return images, str(error)
    return images


KINDS = {
    "npy": npy(np.array(FOUR, np.uint8)),
    "npy of other integers": npy(np.array(FOUR, ">i4")),
    "npy of pictures": npy(np.array(FOUR, np.uint16).reshape(2, 2, 2)),
    "csv": b"1,2,3,4\n5,6,7,255\n",
    "csv with names": b"a,b,c,d\r\n1,2,3,4\r\n5, 6,7,255",
    "csv with a mark": b"\xef\xbb\xbf1,2,3,4\n\n5,6,7,255\n",
    "pgm": b"P5\n# a comment\n2 2 255\n\1\2\3\4P5 2 2\n255 \5\6\7\xff",
    "plain pgm": b"P2\n2 2\n255\n1 2 3\n4\nP2 # 9 9\n2 2 255 5 6 7 255",
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20, deadline=None)
@given(sizes=st.lists(st.integers(1, 7), min_size=1))
def test_every_kind_is_read_in_whatever_pieces_it_arrives(kind: str, sizes: list[int]) -> None:
    assert found(KINDS[kind]) == FOUR
    assert found(KINDS[kind], sizes=tuple(sizes)) == FOUR


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (npy(np.array([[0.0, 0.5, 0.25, 1.0]])), [[0, 0.5, 0.25, 1]]),
        (npy(np.array([0.0, 0.5, 0.25, 1.0], np.float16)), [[0, 0.5, 0.25, 1]]),
        (npy(np.array([[True, False], [False, True]])), [[255, 0, 0, 255]]),
        (npy(np.array([[1, 2], [3, 4]], np.uint8)), [[1, 2, 3, 4]]),
        (b"0,0.5,2.5e-1,1\n", [[0, 0.5, 0.25, 1]]),
        (b"0,3,1,1\n0,0.5,0,1\n0,1,1,0\n", [[0, 3, 1, 1], [0, 0.5, 0, 1], [0, 1, 1, 0]]),
        (b"5E-1,0,0,1\n", [[0.5, 0, 0, 1]]),
        (b"P5 2 2 65535\n\0\0\x01\x01\x80\x80\xff\xff", [[0, 1, 128, 255]]),
        (b"P2 2 2 15 0 1 2 15", [[0, 17, 34, 255]]),
    ],
)
def test_other_scales_are_converted(content: bytes, expected: list[list[float]]) -> None:
    assert found(content) == expected


@pytest.mark.parametrize(
    ("content", "good", "reason"),
    [
        (b"1,2,3,4\n1,2,3,256\n", 1, "line 2, number 4: expected 0 to 255, found '256'"),
        (b"1,2,3,4\n1,,3,4\n", 1, "line 2, number 2: expected 0 to 255, found ''"),
        (b"1,2,3,4\n0.5,nan,0,0\n", 1, "line 2, number 2: expected 0 to 1, found 'nan'"),
        (b"7,1,2,3,4\n", 0, "line 1: expected 4 numbers, found 5: the first or last may be a label"),
        (b"1,2,3\n", 0, "line 1: expected 4 numbers, found 3"),
        (b"a,b,c,d\n", 0, "expected a line of numbers, found none"),
        (b"1,2,3,4\n" + b"1" * 1_000_000, 1, "line 2: expected at most 192 bytes, found more"),
        (b"0,0.5,0,1\n0,2,1,0\n", 1, "line 2, number 2: expected 0 to 1, found '2'"),
        (npy(np.array([[0, 0.5, np.nan, 1]])), 0, "image 0: expected values from 0 to 1, found nan"),
        (npy(np.array([[0, 1, 2, 256]])), 0, "image 0: expected values from 0 to 255, found 256"),
        (npy(np.array([[0, 1, 2, -1]])), 0, "found -1"),
        (npy(np.array([[0.5] * 4] * 2 + [[0, 0, 2, 9.0]])), 2, "image 2: expected values from 0 to 1"),
        (npy(np.array([[1j] * 4])), 0, "expected an array of numbers, found '<c16'"),
        (npy(np.array([[None] * 4])), 0, "expected an array of numbers, found '|O'"),
        (npy(np.zeros(2, [("a", "u1")])), 0, "expected an array of numbers"),
        (npy(np.asfortranarray(np.zeros((3, 4), np.uint8))), 0, "Fortran order"),
        (npy(np.zeros((3, 5), np.uint8)), 0, "expected shape (n, 4), (n, rows, columns) or (rows, columns)"),
        (npy(np.zeros((0, 4), np.uint8)), 0, "it is empty: its shape is (0, 4)"),
        (npy(np.array(FOUR, np.uint8))[:-1], 1, "image 1 is cut off"),
        (npy(np.array(FOUR, np.uint8)) + b"x", 2, "found more"),
        (b"\x93NUMPY\2\0\0\0\0\x40", 0, "NPY header of at most 10000 bytes, found 1073741824"),
        (b"\x93NUMPY\x09\0", 0, "version 1 to 3"),
        (npy(np.array(FOUR, np.uint8)).replace(b"Y\1\0", b"Y\1\1"), 0, "version 1 to 3"),
        (b"P5 2 2 255\n\1\2\3\4P5 2 2 255\n\1", 1, "image 1: expected 4 bytes of pixels, found 1"),
        (b"P5 2 2 255\n\1\2\3\4P6", 1, "image 1: expected P2 or P5, found 50 36"),
        (b"P5 2 2 70000\n", 0, "image 0: expected a largest grey from 1 to 65535, found 70000"),
        (b"P5 2 2 9\n\1\2\3\x0a", 0, "image 0: expected greys up to 9, found 10"),
        (b"P5 999999 999999 255\n", 0, "expected at most 60000000 pixels, found image 0: 999999×999999"),
        (b"P5 2 x 255\n", 0, "image 0: expected a number"),
        (b"P5 #" + b"x" * 100_000, 0, "image 0: expected a number"),
        (b"P2 2 2 255 1 2 3", 0, "image 0: expected 4 greys, found 3"),
        (b"P2 2 2 255 1 2 3 256", 0, "image 0: expected greys from 0 to 255"),
        (b"P5 2 1 255\n\1\2", 0, "expected images of 4 pixels, found image 0: 1×2 pixels"),
        (picture(Image.new("L", (2, 2)), "PNG")[:-28], 0, "damaged PNG picture"),
        (b"\xff\xd8\xff", 0, "damaged JPEG picture"),
        (b"BM", 0, "damaged BMP picture"),
        (b"hello\0", 0, "expected images as IDX, NPY, CSV, PGM, PNG, JPEG or BMP, found first bytes 68 65"),
    ],
)  # fmt: skip
def test_a_bad_file_is_rejected_after_its_good_images(content: bytes, good: int, reason: str) -> None:
    images, error = found(content)
    assert len(images) == good
    assert error.startswith("here: ")
    assert reason in error


def test_a_cut_picture_of_any_length_is_rejected_in_one_line() -> None:
    for kind in ("PNG", "JPEG", "BMP"):
        whole = picture(Image.effect_noise((8, 8), 90), kind)
        for length in range(3, len(whole) // 2):
            images, error = found(whole[:length], 64)
            assert images == []
            assert "\n" not in error


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (Image.frombytes("L", (2, 2), bytes([0, 50, 100, 255])), [0, 50, 100, 255]),
        (Image.frombytes("RGBA", (2, 2), bytes([0, 0, 0, 0] * 2 + [0, 0, 0, 255] * 2)), [255, 255, 0, 0]),
        (Image.frombytes("LA", (2, 2), bytes([0, 0] * 2 + [9, 255] * 2)), [255, 255, 9, 9]),
        (Image.frombytes("1", (2, 2), b"\x80\x40"), [255, 0, 0, 255]),
        (Image.frombytes("L", (2, 2), bytes([0, 0, 255, 255])).convert("P"), [0, 0, 255, 255]),
        (Image.fromarray(np.array([[0, 257], [32896, 65535]], np.uint16)), [0, 1, 128, 255]),
    ],
    ids=["grey", "transparent", "transparent grey", "black and white", "palette", "16 bits"],
)
def test_png_pictures_of_any_mode_are_greys_on_white_paper(image: Image.Image, expected: list[int]) -> None:
    assert found(picture(image, "PNG")) == [expected]


def test_jpeg_pictures_are_turned_upright_and_may_have_four_inks() -> None:
    halves = Image.frombytes("L", (16, 8), (bytes(8) + bytes([255] * 8)) * 8)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter, clockwise
    (turned,) = found(picture(halves, "JPEG", exif=exif), 128)
    assert np.array(turned).reshape(16, 8)[:8].max() < 20
    assert np.array(turned).reshape(16, 8)[8:].min() > 235
    (inks,) = found(picture(Image.new("CMYK", (2, 2), (0, 0, 0, 0)), "JPEG"))
    assert min(inks) > 250


def test_bmp_pictures_are_read() -> None:
    image = Image.frombytes("L", (2, 2), bytes([0, 50, 100, 255]))
    assert found(picture(image, "BMP")) == [[0, 50, 100, 255]]


def test_a_huge_picture_is_refused_before_it_is_decoded() -> None:
    # Pillow checks no more than the header: the pixels are missing.
    header = b"BM" + struct.pack("<IHHIIiiHHIIiiII", 0, 0, 0, 54, 40, 11_000, 11_000, 1, 24, 0, 0, 0, 0, 0, 0)
    assert "expected at most 60000000 pixels, found 11000×11000 pixels" in found(header)[1]


def test_a_damaged_picture_is_refused_in_the_same_words_each_time() -> None:
    whole = picture(Image.new("L", (2, 2)), "PNG")
    wrong_checksum = whole[:29] + bytes(4) + whole[33:]
    assert found(wrong_checksum) == ([], "here: damaged PNG picture (bad header); save it again")


def test_a_lack_of_memory_is_no_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(self: Image.Image) -> None:
        raise MemoryError

    content = picture(Image.new("L", (2, 2)), "PNG")
    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", load)
    with pytest.raises(OSError, match="Cannot allocate memory: 'here'"):
        found(content)


def test_png_needs_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    content = picture(Image.new("L", (2, 2)), "PNG")
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(MissingPackageError, match=r"nnbp\[images\]"):
        found(content)


@pytest.mark.parametrize("content", [npy(np.zeros((5, 9, 9))), b"P5 9 9 255\n" + bytes(81)])
def test_pictures_of_another_size_are_prepared(content: bytes) -> None:
    blocks = list(read(io.BytesIO(content), "here", 784))
    assert all(block.prepared and block.images.shape[1] == 784 for block in blocks)
    (always,) = read(io.BytesIO(b"1,2,3,4\n"), "here", 4, "always")
    assert always.prepared


def test_tiny_pictures_are_prepared_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    # Preparing so many takes long.
    monkeypatch.setattr(preparation, "prepare", lambda grey, side: np.zeros((side, side), np.uint8))
    content = struct.pack(">4I", 0x803, 200_000, 1, 1)
    blocks = read(io.BytesIO(content + bytes(200_000)), "here", 784)
    tracemalloc.start()
    assert len(next(blocks).images) <= 10_204
    assert tracemalloc.get_traced_memory()[1] < 40_000_000
    tracemalloc.stop()
