"""IDX files against bytes written by hand."""

import gzip
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnbp.data import gzipped, idx
from nnbp.errors import RejectedFileError

# Two images of 1×3 pixels, and two labels.
IMAGES = bytes.fromhex("00000803 00000002 00000001 00000003 01 02 03 fd fe ff")
LABELS = bytes.fromhex("00000801 00000002 07 09")


def rejection(content: bytes, dimensions: int = idx.IMAGES) -> str:
    with pytest.raises(RejectedFileError) as caught:
        idx.decode(content, "the-file", dimensions)
    assert caught.value.where == "the-file"
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzipped"])
def test_files_written_by_hand_are_read(pack: type[bytes]) -> None:
    images = idx.decode(pack(IMAGES), "images", idx.IMAGES)
    labels = idx.decode(pack(LABELS), "labels", idx.LABELS)
    assert images.dtype == labels.dtype == np.uint8
    assert images.tolist() == [[[1, 2, 3]], [[253, 254, 255]]]
    assert labels.tolist() == [7, 9]


def test_arrays_are_written_as_by_hand() -> None:
    assert idx.serialize(np.array([[[1, 2, 3]], [[253, 254, 255]]], np.uint8)) == IMAGES
    assert idx.serialize(np.array([7, 9], np.uint8)) == LABELS


def test_only_arrays_of_at_least_one_byte_are_written() -> None:
    with pytest.raises(ValueError, match="float32"):
        idx.serialize(np.ones(3, np.float32))
    with pytest.raises(ValueError, match="at least one"):
        idx.serialize(np.zeros((0, 28, 28), np.uint8))


@given(st.data())
def test_a_written_array_is_read_back(data: st.DataObject) -> None:
    shape = data.draw(st.tuples(*[st.integers(1, 5)] * 3))
    items = data.draw(st.binary(min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
    content = struct.pack(">I3I", 0x803, *shape) + items
    array = idx.parse(content, "x", idx.IMAGES)
    assert array.shape == shape
    assert bytes(array.ravel().tolist()) == items
    assert idx.serialize(array) == content


@given(st.binary(max_size=40), st.sampled_from([idx.IMAGES, idx.LABELS]), st.booleans())
def test_any_bytes_are_read_or_rejected(content: bytes, dimensions: int, prefixed: bool) -> None:
    content = (struct.pack(">I", 0x800 + dimensions) if prefixed else b"") + content
    try:
        array = idx.decode(content, "x", dimensions)
    except RejectedFileError:
        return
    assert idx.serialize(array) == content


@given(st.integers(0, 8 * len(gzip.compress(IMAGES, mtime=0)) - 1))
def test_a_flipped_bit_in_an_archive_never_changes_the_array(bit: int) -> None:
    packed = bytearray(gzip.compress(IMAGES, mtime=0))
    packed[bit // 8] ^= 1 << bit % 8
    try:
        array = idx.decode(bytes(packed), "x", idx.IMAGES)
    except RejectedFileError:
        return
    assert idx.serialize(array) == IMAGES  # some bits of gzip's header have no meaning


@pytest.mark.parametrize("end", range(len(IMAGES)))
def test_a_truncated_file_is_rejected(end: int) -> None:
    rejection(IMAGES[:end])
    rejection(gzip.compress(IMAGES[:end]))


@pytest.mark.parametrize("extra", [b"\0", b"\n", IMAGES, b"x" * 1000])
def test_a_file_with_trailing_bytes_is_rejected(extra: bytes) -> None:
    assert "expected 22 bytes" in rejection(IMAGES + extra)
    rejection(gzip.compress(IMAGES + extra))


def test_labels_given_as_images_are_named_and_the_reverse() -> None:
    assert "expected IDX images" in rejection(LABELS)
    assert "found IDX labels" in rejection(LABELS)
    assert "expected IDX labels" in rejection(IMAGES, idx.LABELS)
    assert "found IDX images" in rejection(IMAGES, idx.LABELS)


@pytest.mark.parametrize(
    "magic", ["00000903", "00000d03", "01000803", "00010803", "00000804", "00000800", "3c21444f"]
)
def test_other_kinds_of_file_are_rejected(magic: str) -> None:
    assert bytes.fromhex(magic).hex(" ") in rejection(bytes.fromhex(magic) + IMAGES[4:])


@pytest.mark.parametrize("shape", [(0, 28, 28), (60000, 0, 28), (2, 28, 0)])
def test_a_dimension_of_zero_is_rejected(shape: tuple[int, ...]) -> None:
    assert "empty" in rejection(struct.pack(">I3I", 0x803, *shape))


@pytest.mark.parametrize("shape", [(2**31, 2**31, 4), (2**32 - 1,) * 3, (2**16, 2**16, 2**32 - 1)])
def test_dimensions_whose_product_overflows_are_rejected(shape: tuple[int, ...]) -> None:
    """In 64-bit arithmetic the first product overflows to 0."""
    content = struct.pack(">I3I", 0x803, *shape)
    assert "found 16" in rejection(content)
    size = 16 + shape[0] * shape[1] * shape[2]
    assert f"at most 1073741824 bytes in a gzip archive, as its header says, found {size}" in rejection(
        gzip.compress(content)
    )


PACKED = gzip.compress(LABELS, mtime=0)


@pytest.mark.parametrize(
    "content",
    [
        *(PACKED[:end] for end in range(len(PACKED))),
        PACKED[:-8] + bytes(4) + PACKED[-4:],
        PACKED[:-4] + struct.pack("<I", len(LABELS) + 1),
        PACKED + PACKED,
        PACKED + gzip.compress(b"", mtime=0),
        PACKED + bytes(8),
        gzip.compress(b"", mtime=0),
        gzip.compress(PACKED, mtime=0),
        b"\x1f\x8b",
        b"\x1f\x8b\x08\xff" + PACKED[4:],
        zlib.compress(LABELS),
    ],
)
def test_an_archive_that_is_not_exactly_one_member_is_rejected(content: bytes) -> None:
    rejection(content, idx.LABELS)


def test_an_uncompressed_file_is_read_even_if_its_name_says_gzip() -> None:
    assert idx.decode(LABELS, "labels.gz", idx.LABELS).tolist() == [7, 9]


@pytest.mark.parametrize("content", [b"", gzip.compress(b"", mtime=0), gzip.compress(PACKED, mtime=0)])
def test_nothing_and_a_nested_archive_are_not_unpacked(content: bytes) -> None:
    with pytest.raises(RejectedFileError):
        gzipped.unpack(content, "x", 100)


def test_unpacking_stops_at_the_limit() -> None:
    assert gzipped.unpack(gzip.compress(b"x" * 100), "x", 100) == b"x" * 100
    with pytest.raises(RejectedFileError, match="at most 100 bytes"):
        gzipped.unpack(gzip.compress(b"x" * 101), "x", 100)


def test_an_archive_is_unpacked_piece_by_piece() -> None:
    content = np.random.default_rng(1).bytes(300_000) + bytes(3_000_000)
    pieces = list(gzipped.pieces(gzip.compress(content), "x", len(content)))
    assert b"".join(pieces) == content
    assert max(map(len, pieces)) <= 1 << 18


def test_a_bomb_is_unpacked_no_further_than_its_header_declares() -> None:
    """64 MiB in 64 KiB, which claim to be two labels: memory stays below 1 MiB."""
    import tracemalloc

    bomb = gzip.compress(LABELS + bytes(64 << 20))
    tracemalloc.start()
    try:
        assert "expected at most" in rejection(bomb, idx.LABELS)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_the_array_shares_the_memory_of_the_bytes() -> None:
    assert not idx.parse(LABELS, "x", idx.LABELS).flags.owndata


def test_the_header_is_read_from_the_first_bytes_of_a_file() -> None:
    assert idx.header(IMAGES[:16], "x", idx.IMAGES) == (2, 1, 3)
    assert idx.header(gzip.compress(IMAGES, mtime=0)[:30], "x", idx.IMAGES) == (2, 1, 3)
