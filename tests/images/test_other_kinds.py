"""Kinds of pictures that are not read are named, as Pillow and the phones write them."""

import io
from pathlib import Path

import pytest
from PIL import Image
from support.hostile_images import found

from nnbp.data.images import kinds

GREY = Image.new("L", (2, 2), 128)


def saved(format_: str) -> bytes:
    file = io.BytesIO()
    GREY.save(file, format_)
    return file.getvalue()


# A box of ISO base media: its length, its type, the brand, a version, compatible brands.
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
FILES = {
    "a GIF picture": saved("GIF"),
    "a WEBP picture": saved("WEBP"),
    "a TIFF picture": saved("TIFF"),
    "a HEIC picture": HEIC,
    "an AVIF picture": HEIC.replace(b"heic", b"avif"),
    "a PDF document": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
}


@pytest.mark.parametrize("kind", FILES)
def test_another_kind_of_picture_is_named_with_what_to_do(kind: str) -> None:
    assert found(FILES[kind]) == (
        [],
        f"here: expected images as IDX, NPY, CSV, PGM, PNG, JPEG or BMP, found {kind}; "
        "save it as PNG or JPEG",
    )


def test_a_big_endian_tiff_is_one_too() -> None:
    assert "found a TIFF picture" in found(b"MM\0*\0\0\0\x08")[1]


@pytest.mark.parametrize("content", [b"RIFF\x24\0\0\0WAVEfmt ", HEIC.replace(b"heic", b"isom"), b"GIF7\0\0"])
def test_what_is_no_picture_is_shown_by_its_first_bytes(content: bytes) -> None:
    assert f"found first bytes {content[:8].hex(' ')}; check which file it is" in found(content)[1]


def test_the_kind_of_a_file_is_said_in_words(tmp_path: Path) -> None:
    for format_ in ("PNG", "JPEG", "BMP", "GIF"):
        (tmp_path / format_).write_bytes(saved(format_))
        assert kinds.of_file(tmp_path / format_) == f"a {format_} picture"
    (tmp_path / "text").write_text("a,b\n")
    assert kinds.of_file(tmp_path / "text") is None
    # Neither a device nor a pipe is opened, which could wait.
    assert kinds.of_file(Path("/dev/zero")) is None
    assert kinds.of_file(tmp_path) is None
