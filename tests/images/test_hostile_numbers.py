"""Hostile CSV, PGM and NPY files: lines, numbers and headers that are nearly right."""

import io

import numpy as np
import pytest
from support.hostile_images import PICTURE, found, npy

from nnbp.data.images import fitting


@pytest.mark.parametrize("first", ["1,nan,3,4", "1,,3,4", "1,2,x,4", ",,,", "1,1e999,0,0", "nan,nan,nan,nan"])
def test_a_bad_first_line_is_an_error_and_no_header(first: str) -> None:
    images, error = found(f"{first}\n1,2,3,4\n".encode())
    assert images == []
    assert error.startswith("here: line 1, number ")


def test_a_number_of_any_length_is_read() -> None:
    assert found(b"0" * 4500 + b"7" + b",1" * 1599 + b"\n", pixels=1600)[0] == [[7] + [1] * 1599]


def test_a_line_is_too_long_whatever_comes_after_it() -> None:
    content = b"1,2,3,4\n" + b" " * 300 + b"1,2,3,4\n5,6,7,8\n"
    expected = [[1, 2, 3, 4]], "here: line 2: expected at most 192 bytes, found more; write an image a line"
    assert found(content) == found(content, (1,)) == expected


def test_empty_lines_are_counted() -> None:
    # More than are read at once.
    images, error = found(b"1,2,3,4\n" + b"\n" * 600_000 + b"1,2,3\n")
    assert images == [[1, 2, 3, 4]]
    assert "line 600002: expected 4 numbers, found 3" in error


def test_a_bad_image_has_its_number_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "AT_ONCE", 1)
    header = "{'descr': '<u2', 'fortran_order': False, 'shape': (3, 4), }"
    images, error = found(npy(header, bytes(8 + 8 + 6) + b"\0\1"))
    assert images == [[0] * 4] * 2
    assert "image 2: expected values from 0 to 255, found 256" in error


def test_any_byte_but_0_is_true() -> None:
    header = "{'descr': '|b1', 'fortran_order': False, 'shape': (1, 4), }"
    assert found(npy(header, b"\0\1\2\xff")) == ([[0, 255, 255, 255]], "")


@pytest.mark.parametrize(
    ("end", "is_read"),
    [
        ("(1, 4), }", True),
        ("(4,), }", True),
        ("(1,4,)}", True),
        ("(1, 4), }  \n", True),
        ("(1, 4), }\xa0\n", False),
        ("(1, 4), }\v", False),
        ("(4), }", False),
        ("(1, 04), }", False),
        ("(1, 4,,), }", False),
        ("(1 4), }", False),
    ],
)
def test_an_npy_header_is_read_if_numpy_reads_it(end: str, is_read: bool) -> None:
    content = npy(f"{{'descr': '|u1', 'fortran_order': False, 'shape': {end}", b"\1\2\3\4")
    if is_read:
        assert np.load(io.BytesIO(content)).ravel().tolist() == [1, 2, 3, 4]
        assert found(content) == ([[1, 2, 3, 4]], "")
    else:
        assert "found another NPY header" in found(content)[1]


def test_npy_headers_of_version_3_are_read() -> None:
    header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 4), }\n"
    assert found(npy(header, b"\1\2\3\4", version=3)) == ([[1, 2, 3, 4]], "")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (PICTURE + b" " * 20_000, "image 1: expected P2 or P5, found 20 20"),
        (b"P2 2 2 255 1 2 3 " + b" " * 20_000 + b"4 ", "image 0: expected 4 greys, found 3"),
        (b"P2 2 2 255 1 2 3 " + b"4" * 20_000, "image 0: expected 4 greys, found 3"),
    ],
)
def test_endless_white_space_and_words_are_refused(content: bytes, reason: str) -> None:
    for sizes in ((), (7, 5_000)):
        assert reason in found(content, sizes)[1]


@pytest.mark.parametrize("word", ["256", "-1", "+1", "1_0", "1.0", "9" * 30, "1" * 5000, "0x1"])
def test_a_word_that_is_no_grey_is_refused(word: str) -> None:
    assert "image 0: expected greys from 0 to 255" in found(f"P2 2 2 255 1 2 3 {word} ".encode())[1]


def test_pictures_whose_headers_differ_follow_one_another() -> None:
    first, other = b"P5 2 2 9\n\1\2\3\4", b"P5 4 1 255\n\5\6\7\x08"
    scaled = [round(255 * grey / 9) for grey in (1, 2, 3, 4)]
    images, error = found(first * 3 + other + first + first[:-1] + b"\x0a" + first)
    assert images == [scaled] * 3 + [[5, 6, 7, 8]] + [scaled]
    assert "image 5: expected greys up to 9, found 10" in error
