"""Named arrays as the bytes of an .npz file, and back, without trusting the file.

An .npz file is a ZIP archive of .npy files. The bytes written depend only on the arrays, and NumPy's own
`np.load` can read them. Reading accepts only files written this way: members stored one after another without
gap, overlap or remainder, each with exactly the .npy header that its type and shape require. That header is
compared, never evaluated, so the file cannot influence what is allocated.
"""

import io
import math
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

# Format version 1.0 of numpy/lib/format.py: magic string, version, length of the header, header.
_NPY_MAGIC = b"\x93NUMPY\x01\x00"
_NPY_HEADER_LIMIT = 512

# An archive begins with the header of its first member.
MAGIC = b"PK\x03\x04"

# APPNOTE.TXT of PKWARE, 4.3.7 and 4.3.16: the fixed parts of a local header and of the end of the archive.
_LOCAL_HEADER = struct.Struct("<4sHHHHHLLLHH")
_END = struct.Struct("<4sHHHHLLH")


def pack(arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """The arrays, each in C order, as the bytes of an .npz file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            stored = np.asarray(array, order="C")
            np.lib.format.write_array(member, stored, version=(1, 0), allow_pickle=False)
            # A ZipInfo created directly has the year 1980 instead of the current time.
            info = zipfile.ZipInfo(f"{name}.npy")
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, member.getvalue())
    return buffer.getvalue()


def check_beginning(content: bytes) -> None:
    """Raise ValueError if the file is empty or begins differently from an .npz file."""
    if not content:
        raise ValueError("the file is empty")
    if not content.startswith(MAGIC):
        raise ValueError("not an .npz file (it does not begin like a ZIP archive)")


class Reader:
    """The members of an .npz file, to be taken in order. Raises ValueError for anything unexpected."""

    def __init__(self, content: bytes, most_members: int) -> None:
        check_beginning(content)
        self._members = _members(content, most_members)

    def next_is(self, name: str) -> bool:
        """Whether the next member has this name."""
        return bool(self._members) and self._members[0][0] == f"{name}.npy"

    def read(self, name: str, dtype: str, shape: tuple[int, ...] | None = None) -> npt.NDArray[Any]:
        """The next member, which must have this name, type and shape; without a shape, any one dimension."""
        if not self._members:
            raise ValueError(f"{name} is missing")
        found, member = self._members.pop(0)
        if found != f"{name}.npy":
            raise ValueError(f"{name}.npy was expected and {found!a:.60} found")
        header, body = _split(member, name)
        itemsize = np.dtype(dtype).itemsize
        if shape is None:
            shape = (len(body) // itemsize,)
        expected = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}"
        if header != expected:
            raise ValueError(f"{name} is described as {header!a:.80}; {expected} was expected")
        if len(body) != math.prod(shape) * itemsize:
            raise ValueError(f"{name} has {len(body):,} bytes, which is not what its shape {shape} needs")
        return np.frombuffer(body, dtype).reshape(shape)

    def expect_end(self) -> None:
        """Refuse members that were not taken."""
        if self._members:
            raise ValueError(f"unexpected member {self._members[0][0]!a:.60}")


def _members(content: bytes, most: int) -> list[tuple[str, memoryview]]:
    """Names and contents, as views, once every byte of the archive is accounted for."""
    # The directory is read by its size, whatever count it declares; an entry takes 46 bytes and its name.
    if len(content) >= _END.size:
        *_, count, size, _, _ = _END.unpack_from(content, len(content) - _END.size)
        if count > most or size > 100 * most:
            raise ValueError(f"an archive of more than {most:,} members")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members, position = [], 0
        for info in archive.infolist():
            name = info.filename.encode("utf-8")
            begin = position + _LOCAL_HEADER.size + len(name)
            body = memoryview(content)[begin : begin + info.file_size]
            if info.header_offset != position or len(body) != info.file_size:
                raise ValueError(f"{info.filename!a:.60} is not where it belongs in the archive")
            if not _is_plain(info) or _in_its_header(content, position, begin) != _in_the_directory(info):
                raise ValueError(f"{info.filename!a:.60} is not stored as a model file stores its members")
            if zlib.crc32(body) != info.CRC:
                raise ValueError(f"{info.filename!a:.60} is damaged: its checksum does not match")
            members.append((info.filename, body))
            position = begin + info.file_size
        _check_end(content, position, len(members), archive.start_dir)
    return members


def _is_plain(info: zipfile.ZipInfo) -> bool:
    """Neither compressed nor encrypted, and without a second name, an extra field or a comment."""
    odd = info.flag_bits or info.compress_type or info.extra or info.comment
    return not odd and info.orig_filename == info.filename and info.compress_size == info.file_size


def _in_the_directory(info: zipfile.ZipInfo) -> tuple[object, ...]:
    """The fields that the member's own header must have, from the directory at the end of the archive."""
    name = info.filename.encode("utf-8")
    sizes = (info.compress_size, info.file_size, len(name), len(info.extra))
    return MAGIC, info.extract_version, info.flag_bits, info.compress_type, info.CRC, *sizes, name


def _in_its_header(content: bytes, position: int, begin: int) -> tuple[object, ...]:
    """Its fields, except time and date, which have no meaning in a model file."""
    fields = _LOCAL_HEADER.unpack_from(content, position)
    return *fields[:4], *fields[6:], content[position + _LOCAL_HEADER.size : begin]


def _check_end(content: bytes, position: int, count: int, directory: int) -> None:
    """The directory follows the last member, and the end of the archive is the end of the file."""
    end = len(content) - _END.size
    expected = (b"PK\x05\x06", 0, 0, count, count, end - directory, directory, 0)
    if directory != position or _END.unpack_from(content, end) != expected:
        raise ValueError("the archive has bytes that belong to no member")


def _split(member: memoryview, name: str) -> tuple[str, memoryview]:
    """The header and the data of an .npy file."""
    begin = len(_NPY_MAGIC) + 2
    length = int.from_bytes(member[len(_NPY_MAGIC) : begin], "little")
    if member[: len(_NPY_MAGIC)] != _NPY_MAGIC or length > min(_NPY_HEADER_LIMIT, len(member) - begin):
        raise ValueError(f"{name} is not an .npy file of version 1.0")
    header = bytes(member[begin : begin + length])
    if not header.endswith(b"\n"):
        raise ValueError(f"{name} has an .npy header without an end")
    return header[:-1].decode("latin-1").rstrip(" "), member[begin + length :]
