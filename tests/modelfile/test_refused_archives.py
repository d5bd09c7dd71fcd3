"""Archives that are not stored like a model file, or are too large for one, are refused."""

import io
import struct
import zipfile
import zlib

import pytest
from support.modelfiles import CONTENT, archive, members

from nnbp import RejectedFileError, modelfile


def test_a_local_header_that_disagrees_with_the_directory_is_refused() -> None:
    # The sizes in the local header of the first member, at bytes 18 and 22.
    content = bytearray(CONTENT)
    struct.pack_into("<LL", content, 18, 0, 0)
    with pytest.raises(RejectedFileError, match="not stored as a model file"):
        modelfile.loads(bytes(content), "here")


def test_a_member_whose_two_sizes_differ_is_refused() -> None:
    # Its compressed size, in its own header and in the directory: a stored member has one size.
    content = bytearray(CONTENT)
    for at in (18, content.index(b"PK\x01\x02") + 20):
        struct.pack_into("<L", content, at, 0)
    with pytest.raises(RejectedFileError, match="not stored as a model file"):
        modelfile.loads(bytes(content), "here")


@pytest.mark.parametrize("part", ["comment", "extra"])
def test_a_member_with_a_part_that_models_do_not_have_is_refused(part: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, body in members().items():
            info = zipfile.ZipInfo(name)
            setattr(info, part, b"\x01\x00\x01\x00x")
            file.writestr(info, body)
    with pytest.raises(RejectedFileError, match=r"'format\.npy' is not (stored as a model|where it belongs)"):
        modelfile.loads(buffer.getvalue(), "here")


def test_overlapping_members_are_refused() -> None:
    # Two entries of the directory that point to the same bytes.
    content = bytearray(CONTENT)
    directory = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", directory + 1)
    content[second + 42 : second + 46] = content[directory + 42 : directory + 46]
    with pytest.raises(RejectedFileError):
        modelfile.loads(bytes(content), "here")


def test_an_archive_of_very_many_members_is_refused_at_once() -> None:
    many = archive([(f"{number}.npy", b"") for number in range(6_200)])
    with pytest.raises(RejectedFileError, match="more than 6,100 members"):
        modelfile.loads(many, "here")


def test_an_archive_may_have_as_many_members_as_the_largest_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modelfile.content, "MAX_MEMBERS", len(members()))
    modelfile.loads(CONTENT, "here")
    monkeypatch.setattr(modelfile.content, "MAX_MEMBERS", len(members()) - 1)
    with pytest.raises(RejectedFileError, match=f"more than {len(members()) - 1} members"):
        modelfile.loads(CONTENT, "here")


def test_a_directory_that_lies_about_its_length_is_refused_at_once() -> None:
    entry = CONTENT.index(b"PK\x01\x02")
    end = CONTENT.index(b"PK\x05\x06")
    directory = CONTENT[entry:end] + CONTENT[entry : entry + 46] * 20_000
    tail = bytearray(CONTENT[end:])
    struct.pack_into("<L", tail, 12, len(directory))
    with pytest.raises(RejectedFileError, match="more than 6,100 members"):
        modelfile.loads(CONTENT[:entry] + directory + bytes(tail), "here")


def test_a_gap_between_members_is_refused() -> None:
    second = CONTENT.index(b"PK\x03\x04", 1)
    content = bytearray(CONTENT[:second] + b"gap!" + CONTENT[second:])
    at, entry = content.index(b"PK\x01\x02"), 0
    while content[at : at + 4] == b"PK\x01\x02":
        offset = struct.unpack_from("<L", content, at + 42)[0]
        struct.pack_into("<L", content, at + 42, offset + (4 if entry else 0))
        at, entry = at + 46 + struct.unpack_from("<H", content, at + 28)[0], entry + 1
    struct.pack_into("<L", content, at + 16, struct.unpack_from("<L", content, at + 16)[0] + 4)
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    with pytest.raises(RejectedFileError, match="not where it belongs"):
        modelfile.loads(bytes(content), "here")


def test_a_wrong_checksum_in_both_headers_is_refused() -> None:
    crc = struct.pack("<L", zlib.crc32(members()["format.npy"]))
    assert CONTENT.count(crc) == 2
    with pytest.raises(RejectedFileError, match="checksum"):
        modelfile.loads(CONTENT.replace(crc, b"\1\2\3\4"), "here")


def test_no_more_of_a_file_is_read_than_a_model_can_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            assert 0 < size <= 1_000_001
            return b"\0" * size

    monkeypatch.setattr(modelfile.content, "MAX_BYTES", 1_000_000)
    with pytest.raises(RejectedFileError, match="larger than any model file, 1,000,000 bytes"):
        modelfile.read(Endless(), "here")  # type: ignore[arg-type] # it only needs read()
