"""Hostile images: the good ones before the damage are answered, and the error is one readable line."""

import gzip
import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from support.arriving import Arriving

from nnbp.data.images import fitting, read
from nnbp.errors import RejectedFileError

IDX = struct.pack(">4I", 0x803, 500, 2, 2) + bytes(i * 7 % 251 for i in range(2000))
PICTURE = b"P5 2 2 255\n\1\2\3\4"


def found(content: bytes, sizes: tuple[int, ...] = (), pixels: int = 4) -> tuple[list[list[float]], str]:
    """The images before the end or an error, and the error."""
    source: Any = Arriving(content, sizes) if sizes else io.BytesIO(content)
    images: list[list[float]] = []
    try:
        for block in read(source, "here", pixels, "never"):
            images += block.images.tolist()
    except RejectedFileError as error:
        message = str(error)
    else:
        return images, ""
    assert len(message) < 300
    assert message.isprintable()
    return images, message


def npy(header: str, data: bytes = b"", version: int = 1) -> bytes:
    width = "<H" if version == 1 else "<I"
    return (
        b"\x93NUMPY" + bytes([version, 0]) + struct.pack(width, len(header)) + header.encode("latin-1") + data
    )


@pytest.mark.parametrize("content", [IDX, b"1,2,3,4\n" * 3, PICTURE * 3], ids=["idx", "csv", "pgm"])
def test_images_before_a_wrong_checksum_are_answered(content: bytes) -> None:
    whole = gzip.compress(content, mtime=0)
    expected, _ = found(content)
    for sizes in ((), (1,), (1000, 3)):
        assert found(whole[:-8] + bytes(8), sizes) == (
            expected,
            "here: damaged gzip archive (Error -3 while decompressing data: incorrect data check); "
            "get the file again",
        )


def test_damage_within_an_archive_is_found_after_the_same_images_however_they_arrive() -> None:
    rng = np.random.default_rng(1)
    packed = gzip.compress(struct.pack(">4I", 0x803, 500, 2, 2) + rng.bytes(600) * 4, mtime=0)[:-8]
    counts = set()
    for at in range(40, len(packed), 37):
        damaged = packed[:at] + bytes([packed[at] ^ 0x55]) + packed[at + 1 :]
        images, error = found(damaged)
        assert all(found(damaged, sizes) == (images, error) for sizes in ((1,), (13,), (999, 1)))
        # As many as zlib makes of the bytes one by one, until it notices.
        assert len(images) == max(0, len(before_the_damage(damaged)) - 16) // 4
        counts.add(len(images))
    assert len(counts) > 5


def before_the_damage(packed: bytes) -> bytes:
    engine, whole = zlib.decompressobj(31), b""
    try:
        for byte in packed:
            whole += engine.decompress(bytes([byte]))
    except zlib.error:
        pass
    return whole[: 16 + 2000]


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
    "content",
    [
        npy("{'descr': '|u1', 'fortran_order': False, 'shape': (" + "1, " * 2000 + "), }"),
        npy("{'descr': '" + "\x1b[31m" * 200 + "', 'fortran_order': False, 'shape': (1, 4), }"),
        npy("{'descr': '|u1', 'fortran_order': False, 'shape': (" + "9" * 18 + ", " + "9" * 18 + "), }"),
        npy("{'descr': '|u1', 'fortran_order': False, 'shape': (-1, 4), }", bytes(4)),
        npy("", version=3),
        b"\x93NUMPY\x01\x00\xff\xff",
        b"1,2,3," + b"\x7f" * 400 + b"\n",
        b"1,2,3,\x1b[31m\n",
        b"BM" + b"\xff" * 60,
    ],
)
def test_an_error_is_one_readable_line_whatever_the_content(content: bytes) -> None:
    images, error = found(content)
    assert images == []
    assert error


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


TWO = bytes([1, 2, 3, 4, 5, 6, 7, 255])
PAIRS = {
    "idx": struct.pack(">4I", 0x803, 2, 2, 2) + TWO,
    "npy": npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 4), }", TWO),
    "csv": b"1,2,3,4\n5,6,7,255\n",
    "pgm": b"P5 2 2 255\n\1\2\3\4P5 2 2 255\n\5\6\7\xff",
    "plain": b"P2 2 2 255\n1 2 3 4 P2 2 2 255\n5 6 7 255\n",
    "gz": gzip.compress(struct.pack(">4I", 0x803, 2, 2, 2) + TWO, mtime=0),
}


@pytest.mark.parametrize("kind", PAIRS)
def test_a_file_cut_at_any_byte_has_its_whole_images(kind: str) -> None:
    content = PAIRS[kind]
    for length in range(len(content)):
        whole, error = found(content[:length])
        # A number or a line of text that is cut is another one.
        assert whole == [[1, 2, 3, 4], [5, 6, 7, 255]][: len(whole)] or kind in ("csv", "plain")
        assert error or kind in ("csv", "pgm", "plain")
        assert found(content[:length], (1,)) == (whole, error)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_jpeg_pictures_are_turned_as_pillow_turns_them(orientation: int) -> None:
    from PIL import ImageOps

    image = Image.fromarray(np.arange(12, dtype=np.uint8).reshape(3, 4) * 20)
    exif, file = Image.Exif(), io.BytesIO()
    exif[0x0112] = orientation
    image.save(file, "PNG", exif=exif)
    upright = ImageOps.exif_transpose(Image.open(file))
    assert found(file.getvalue(), pixels=12)[0] == [np.asarray(upright).ravel().tolist()]


def test_another_format_of_pictures_is_refused_by_its_first_bytes() -> None:
    file = io.BytesIO()
    frames = [Image.new("L", (2, 2), grey) for grey in (0, 255)]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    assert (
        "expected images as IDX, NPY, CSV, PGM, PNG, JPEG or BMP, found first bytes 47 49 46 38"
        in (found(file.getvalue())[1])
    )


def test_a_lack_of_memory_names_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr("nnbp.data.images.fitting.Fitting.block", fail)
    with pytest.raises(OSError, match="Cannot allocate memory: 'here'"):
        list(read(io.BytesIO(b"1,2,3,4\n"), "here", 4))


def test_devices_and_folders_are_refused_at_once(tmp_path: Path) -> None:
    for path in (Path("/dev/zero"), Path("/dev/full"), tmp_path, Path("/dev/null")):
        with pytest.raises(RejectedFileError):
            list(read(path, "here", 4))


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
