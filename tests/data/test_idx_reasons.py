"""Why an IDX file or a gzip archive is rejected, in whole sentences, and at which sizes."""

import gzip
import math
import struct
from typing import Any

import numpy as np
import pytest

from nnbp.data import gzipped, idx
from nnbp.errors import RejectedFileError

IMAGES = bytes.fromhex("00000803 00000002 00000001 00000003 01 02 03 fd fe ff")
LABELS = bytes.fromhex("00000801 00000002 07 09")
NAMES = {"images": "IDX images (first bytes 00 00 08 03)", "labels": "IDX labels (first bytes 00 00 08 01)"}
AGAIN, CHECK = "get the file again", "check which file it is"


def bomb(*shape: int) -> bytes:
    return gzip.compress(struct.pack(">I3I", 0x803, *shape))


REASONS: dict[str, tuple[bytes, str]] = {
    f"expected {NAMES['images']}, found nothing": (b"", CHECK),
    f"expected {NAMES['images']}, found first bytes 00 00 08": (b"\0\0\x08", CHECK),
    f"expected {NAMES['images']}, found first bytes 00 00 08 02": (b"\0\0\x08\x02" + IMAGES[4:], CHECK),
    f"expected {NAMES['images']}, found first bytes 00 00 09 03": (b"\0\0\x09\x03" + IMAGES[4:], CHECK),
    f"expected {NAMES['images']}, found first bytes 00 01 08 03": (b"\0\x01\x08\x03" + IMAGES[4:], CHECK),
    f"expected {NAMES['images']}, found {NAMES['labels']}": (LABELS, CHECK),
    "expected a header of 16 bytes, found 15 bytes in all": (IMAGES[:15], AGAIN),
    "it is empty: its header says 2×0×3": (struct.pack(">I3I", 0x803, 2, 0, 3), "use a file with examples"),
    "expected 22 bytes, as its header says (2×1×3), found 21": (IMAGES[:-1], AGAIN),
    "expected 22 bytes, as its header says (2×1×3), found 23": (IMAGES + b"\0", AGAIN),
    "expected at most 22 bytes, found more": (gzip.compress(IMAGES + b"\0"), AGAIN),
    "expected at most 1073741824 bytes in a gzip archive, as its header says, found 1073741840": (
        bomb(1 << 10, 1 << 10, 1 << 10),
        "unpack it: an uncompressed file may be larger",
    ),
    "a gzip archive within a gzip archive": (gzip.compress(gzip.compress(IMAGES)), CHECK),
    "9 bytes after the end of the gzip archive": (gzip.compress(IMAGES) + bytes(9), AGAIN),
}


@pytest.mark.parametrize("reason", [reason for reason in REASONS if "within" not in reason])
def test_a_rejected_file_is_named_with_the_reason_and_a_remedy(reason: str) -> None:
    content, remedy = REASONS[reason]
    with pytest.raises(RejectedFileError) as rejected:
        idx.decode(content, "here", idx.IMAGES)
    assert str(rejected.value) == f"here: {reason}; {remedy}"


ARCHIVES: dict[str, tuple[bytes, str]] = {
    "gzip archive truncated after 20 bytes": (gzip.compress(IMAGES, mtime=0)[:20], AGAIN),
    "a gzip archive within a gzip archive": (gzip.compress(gzip.compress(IMAGES)), "unpack it once"),
    "it is an empty gzip archive": (gzip.compress(b""), AGAIN),
    "1 bytes after the end of the gzip archive": (gzip.compress(IMAGES) + b"\0", AGAIN),
    "expected at most 22 bytes, found more": (gzip.compress(IMAGES + b"\0"), AGAIN),
    "damaged gzip archive (Error -3 while decompressing data: incorrect data check)": (
        gzip.compress(IMAGES)[:-8] + bytes(8),
        AGAIN,
    ),
}


@pytest.mark.parametrize("reason", ARCHIVES)
def test_a_rejected_archive_is_named_with_the_reason_and_a_remedy(reason: str) -> None:
    content, remedy = ARCHIVES[reason]
    with pytest.raises(RejectedFileError) as rejected:
        gzipped.unpack(content, "here", len(IMAGES))
    assert str(rejected.value) == f"here: {reason}; {remedy}"


def test_what_follows_an_archive_is_counted_wherever_it_is_read() -> None:
    # The archive ends within the first 64 KiB that are read, at their end, or after them.
    for length in (1, 70_000, 200_000):
        packed = gzip.compress(np.random.default_rng(0).bytes(length))
        for after in (1, 70_000):
            with pytest.raises(RejectedFileError, match=f": {after} bytes after the end"):
                gzipped.unpack(packed + bytes(after), "here", length)
        assert len(gzipped.unpack(packed, "here", length)) == length


def test_an_archive_may_declare_as_much_as_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    content = struct.pack(">I3I", 0x803, 1, 50, 20) + bytes(1000)
    monkeypatch.setattr(idx, "LIMIT", 1016)
    assert idx.decode(gzip.compress(content), "here", idx.IMAGES).shape == (1, 50, 20)
    monkeypatch.setattr(idx, "LIMIT", 1015)
    with pytest.raises(RejectedFileError, match="expected at most 1015 bytes in a gzip archive"):
        idx.decode(gzip.compress(content), "here", idx.IMAGES)
    # A file that is not packed may be larger.
    assert idx.decode(content, "here", idx.IMAGES).shape == (1, 50, 20)


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzipped"])
def test_the_size_of_a_file_is_checked_without_keeping_it(pack: type[bytes]) -> None:
    for content, dimensions in ((IMAGES, idx.IMAGES), (LABELS, idx.LABELS)):
        idx.check_size(pack(content), "here", dimensions)
        assert idx.declared_size(pack(content), "here", dimensions) == len(content)
        with pytest.raises(RejectedFileError, match=f"^here: .*found {len(content) - 1}; get"):
            idx.check_size(pack(content[:-1]), "here", dimensions)
        with pytest.raises(RejectedFileError, match=f"^here: .*found {len(content) + 1}; get"):
            idx.check_size(pack(content + b"\0"), "here", dimensions)


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzipped"])
def test_a_file_whose_size_cannot_be_checked_is_named(pack: type[bytes]) -> None:
    for wrong in (LABELS, IMAGES[:9]):
        with pytest.raises(RejectedFileError) as rejected:
            idx.check_size(pack(wrong), "here", idx.IMAGES)
        assert rejected.value.where == "here"


def test_an_archive_of_the_right_size_is_unpacked_to_check_it() -> None:
    packed, size = gzip.compress(IMAGES), struct.pack("<L", len(IMAGES))
    longer = gzip.compress(IMAGES + b"\0")[:-4] + size
    for damaged in (packed[:-8] + bytes(4) + size, longer, packed[:12] + b"\xff" + packed[13:]):
        assert gzipped.size_at_end(damaged) == len(IMAGES)
        with pytest.raises(RejectedFileError, match=r"^here: "):
            idx.check_size(damaged, "here", idx.IMAGES)


def test_the_size_at_the_end_of_an_archive_is_that_of_its_content() -> None:
    for length in (1, 256, 70_000):
        assert gzipped.size_at_end(gzip.compress(bytes(length))) == length
    assert gzipped.size_at_end(b"") == 0
    assert gzipped.size_at_end(b"\x01\x02") == 0x0201


def test_a_header_is_read_from_a_beginning_as_long_as_it() -> None:
    for content, dimensions, shape in ((IMAGES, idx.IMAGES, (2, 1, 3)), (LABELS, idx.LABELS, (2,))):
        length = len(content) - math.prod(shape)
        assert idx.header(content[:length], "here", dimensions) == shape
        assert gzipped.beginning(gzip.compress(content), "here", length) == content[:length]


def test_only_unsigned_bytes_are_written() -> None:
    integers: Any = np.zeros((2, 1), np.int64)
    with pytest.raises(
        ValueError, match=r"^expected unsigned bytes, at least one, found int64 of shape \(2, 1\)$"
    ):
        idx.serialize(integers)
    with pytest.raises(ValueError, match=r"found uint8 of shape \(0,\)$"):
        idx.serialize(np.zeros(0, np.uint8))


def test_what_is_read_cannot_be_written_to() -> None:
    for content in (IMAGES, bytearray(IMAGES), gzip.compress(IMAGES)):
        assert not idx.decode(content, "here", idx.IMAGES).flags.writeable


def test_an_archive_of_several_pieces_is_unpacked_no_further_than_the_limit() -> None:
    for length, limit in ((1_000_000, 300_000), (300_001, 300_000), (600_001, 600_000)):
        with pytest.raises(RejectedFileError, match=f": expected at most {limit} bytes, found more; "):
            list(gzipped.pieces(gzip.compress(bytes(length)), "here", limit))
    assert sum(map(len, gzipped.pieces(gzip.compress(bytes(600_000)), "here", 600_000))) == 600_000


def test_an_archive_may_begin_with_a_name_longer_than_what_is_read_at_once() -> None:
    packed = gzip.compress(IMAGES)
    named = packed[:3] + b"\x08" + packed[4:10] + b"n" * 70_000 + b"\0" + packed[10:]
    assert gzipped.unpack(named, "here", len(IMAGES)) == IMAGES


def test_no_more_than_a_byte_beyond_the_limit_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked, original = [], gzipped._unpack

    def counted(*arguments: Any) -> bytes:
        unpacked.append(original(*arguments))
        return unpacked[-1]

    monkeypatch.setattr(gzipped, "_unpack", counted)
    with pytest.raises(RejectedFileError, match="found more"):
        list(gzipped.pieces(gzip.compress(bytes(1_000_000)), "here", 300_000))
    assert sum(map(len, unpacked)) == 300_001
