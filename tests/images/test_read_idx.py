"""IDX images read block by block, against bytes written by hand."""

import gzip
import io
import os
import struct
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.arriving import Arriving

from nnbp.data.images import Block, read
from nnbp.errors import RejectedFileError

SIX = bytes(range(1, 7))


def idx(count: int, rows: int, columns: int, content: bytes) -> bytes:
    return struct.pack(">4I", 0x803, count, rows, columns) + content


def packed(content: bytes) -> bytes:
    # The time would make the names of tests differ between processes.
    return gzip.compress(content, mtime=0)


def rows(content: bytes | BinaryIO, pixels: int, prepare: str = "auto") -> tuple[list[list[int]], str]:
    """The images until the end or an error, and the error."""
    images: list[list[int]] = []
    source = io.BytesIO(content) if isinstance(content, bytes) else content
    try:
        for block in read(source, "here", pixels, prepare):
            assert block.images.dtype == np.uint8
            images += block.images.tolist()
    except RejectedFileError as error:
        return images, str(error)
    return images, ""


def test_images_are_rows_in_the_order_of_the_file() -> None:
    assert rows(idx(3, 1, 2, SIX), 2) == ([[1, 2], [3, 4], [5, 6]], "")
    assert rows(packed(idx(1, 2, 3, SIX)), 6) == ([[1, 2, 3, 4, 5, 6]], "")


def test_a_file_is_read_by_its_path_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "pictures.png"
    path.write_bytes(idx(1, 2, 3, SIX))
    (block,) = read(path, "here", 6)
    assert isinstance(block, Block)
    assert not block.prepared
    assert block.images.tolist() == [[1, 2, 3, 4, 5, 6]]


@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(st.integers(1, 7), min_size=1), is_packed=st.booleans(), cut=st.integers(0, 3))
def test_images_do_not_depend_on_the_pieces_in_which_they_arrive(
    sizes: list[int], is_packed: bool, cut: int
) -> None:
    content = idx(3, 1, 2, SIX)
    content = content[: len(content) - cut]
    source: BinaryIO = Arriving(packed(content) if is_packed else content, sizes)  # type: ignore[assignment]  # as much of one as is read
    found, error = rows(source, 2)
    assert found == [[1, 2], [3, 4], [5, 6]][: 3 - (cut + 1) // 2]
    assert bool(error) == bool(cut)


@pytest.mark.parametrize(
    ("content", "count", "reason"),
    [
        (idx(3, 1, 2, SIX[:5]), 2, "expected 22 bytes, as its header says, found 21: image 2 is cut off"),
        (idx(2**32 - 1, 1, 2, SIX), 3, "found 22: image 3 is cut off"),
        (idx(3, 1, 2, b""), 0, "found 16: image 0 is cut off"),
        (idx(3, 1, 2, SIX + b"x"), 3, "expected 22 bytes, as its header says (3 images), found more"),
        (packed(idx(3, 1, 2, SIX)) + b"x", 3, "bytes after the end of the gzip archive"),
        (packed(idx(3, 1, 2, SIX))[:-9], 3, "gzip archive truncated"),
        (packed(idx(3, 1, 2, SIX))[:-8] + bytes(8), 3, "damaged gzip archive"),
        (packed(packed(SIX)), 0, "a gzip archive within a gzip archive"),
        (
            struct.pack(">2I", 0x801, 6) + SIX,
            0,
            "expected IDX images (first bytes 00 00 08 03), found IDX labels",
        ),
        (idx(0, 1, 2, b""), 0, "it is empty: its header says 0×1×2"),
        (
            idx(1, 2**32 - 1, 2**32 - 1, SIX),
            0,
            "at most 60000000 pixels, found 4294967295×4294967295",
        ),
        (b"", 0, "found nothing"),
        (b"\x7fELF....", 0, "found first bytes 7f 45 4c 46"),
    ],
)
def test_a_bad_file_is_rejected_after_the_good_images(content: bytes, count: int, reason: str) -> None:
    found, error = rows(content, 2)
    assert found == [[1, 2], [3, 4], [5, 6]][:count]
    assert error.startswith("here: ")
    assert reason in error


def test_images_of_another_size_are_rejected_if_they_may_not_be_prepared() -> None:
    assert "expected images of 4 pixels, found 1×2 pixels" in rows(idx(3, 1, 2, SIX), 4, "never")[1]


def test_images_cannot_be_prepared_for_a_network_whose_input_is_no_square() -> None:
    assert "the network's 5 pixels are not a square" in rows(idx(3, 1, 2, SIX), 5)[1]


def test_images_are_yielded_as_they_arrive() -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as file, os.fdopen(writer, "wb", buffering=0) as sender:
        sender.write(idx(3, 1, 2, SIX[:3]))
        blocks = read(file, "here", 2)
        assert next(blocks).images.tolist() == [[1, 2]]
        sender.write(SIX[3:])
        assert next(blocks).images.tolist() == [[3, 4], [5, 6]]


def test_a_named_pipe_is_a_stream(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb"):
        with os.fdopen(writer, "wb") as sender:
            sender.write(idx(3, 1, 2, SIX))
        assert [len(block.images) for block in read(Path(f"/dev/fd/{reader}"), "here", 2)] == [3]


def test_a_folder_is_rejected_and_a_missing_file_named(tmp_path: Path) -> None:
    with pytest.raises(RejectedFileError, match="found a folder"):
        list(read(tmp_path, "here", 2))
    with pytest.raises(FileNotFoundError, match="missing"):
        list(read(tmp_path / "missing", "here", 2))


def test_a_way_to_prepare_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ValueError, match="auto, always, never"):
        list(read(io.BytesIO(), "here", 2, "sometimes"))


def test_each_block_is_new_and_of_bounded_size() -> None:
    content = idx(9, 1000, 1000, bytes(range(9)) * 1_000_000)
    blocks = [block.images for block in read(io.BytesIO(content), "here", 1_000_000)]
    assert [len(images) for images in blocks] == [8, 1]
    assert b"".join(images.tobytes() for images in blocks) == content[16:]
