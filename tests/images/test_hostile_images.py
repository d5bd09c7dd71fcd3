"""Hostile files of images: the good ones before the damage are answered, and the error is one line."""

import gzip
import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from support.hostile_images import PICTURE, found, npy

from nnbp.data.images import read
from nnbp.errors import RejectedFileError

IDX = struct.pack(">4I", 0x803, 500, 2, 2) + bytes(i * 7 % 251 for i in range(2000))


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


def test_a_lack_of_memory_names_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: Any, **options: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr("nnbp.data.images.fitting.Fitting.block", fail)
    with pytest.raises(OSError, match="Cannot allocate memory: 'here'"):
        list(read(io.BytesIO(b"1,2,3,4\n"), "here", 4))


def test_devices_and_folders_are_refused_at_once(tmp_path: Path) -> None:
    for path in (Path("/dev/zero"), Path("/dev/full"), tmp_path, Path("/dev/null")):
        with pytest.raises(RejectedFileError):
            list(read(path, "here", 4))
