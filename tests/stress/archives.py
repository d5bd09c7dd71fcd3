"""ZIP archives with checksums that match, so that damage within gets past them, and with any odd field."""

import random
import struct
import zipfile
import zlib
from io import BytesIO
from typing import Any

Members = list[tuple[bytes, bytes]]

# APPNOTE.TXT of PKWARE, 4.3.7, 4.3.12 and 4.3.16: a member's header, its entry in the directory, the end.
_LOCAL = struct.Struct("<4sHHHHHLLLHH")
_ENTRY = struct.Struct("<4sHHHHHHLLLHHHHHLL")
_END = struct.Struct("<4sHHHHLLH")

_ODD = (0, 1, 8, 20, 45, 0x800, 2**16 - 1, 2**31, 2**32 - 1)


def members(content: bytes) -> Members:
    """Names and contents of an archive's members."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return [(info.filename.encode(), archive.read(info)) for info in archive.infolist()]


def pack(files: Members, rng: random.Random | None = None) -> bytes:
    """An archive written like a model file; with `rng`, one field of its headers is odd."""
    headers, entries, end = _headers(files)
    if rng is not None:
        _spoil(rng, headers, entries, end)
    pieces = [
        *(_LOCAL.pack(*header) + name + body for header, (name, body) in zip(headers, files, strict=True)),
        *(_ENTRY.pack(*entry) + name for entry, (name, _) in zip(entries, files, strict=True)),
        _END.pack(*end),
    ]
    return b"".join(pieces)


def _headers(files: Members) -> tuple[list[list[Any]], list[list[Any]], list[Any]]:
    """The fields of the members' headers, of their entries, and of the end."""
    headers, entries, position = [], [], 0
    for name, body in files:
        header = [b"PK\x03\x04", 20, 0, 0, 0, 33, zlib.crc32(body), len(body), len(body), len(name), 0]
        headers.append(header)
        entries.append([b"PK\x01\x02", 20 + 3 * 256, *header[1:], 0, 0, 0, 0o644 << 16, position])
        position += _LOCAL.size + len(name) + len(body)
    size = sum(_ENTRY.size + len(name) for name, _ in files)
    return headers, entries, [b"PK\x05\x06", 0, 0, len(files), len(files), size, position, 0]


def _spoil(rng: random.Random, headers: list[list[Any]], entries: list[list[Any]], end: list[Any]) -> None:
    """Set one field of a header, of an entry or of both to the same odd value, or one of the end."""
    place = rng.choice(("header", "entry", "both", "end")) if headers else "end"
    chosen = rng.randrange(len(headers)) if headers else 0
    if place == "end":
        _set(rng, _END, end)
    elif place == "entry":
        _set(rng, _ENTRY, entries[chosen])
    else:
        field = _set(rng, _LOCAL, headers[chosen])
        if place == "both":
            entries[chosen][field + 1] = headers[chosen][field]


def _set(rng: random.Random, layout: struct.Struct, fields: list[Any]) -> int:
    """Set a field, and return its index; the first one, four bytes that identify the header, stays."""
    index = rng.randrange(1, len(fields))
    size = {"H": 2**16, "L": 2**32}[layout.format.removeprefix("<4s")[index - 1]]
    fields[index] = rng.choice((*_ODD, rng.randrange(3000), fields[index] + 1, rng.randrange(2**32))) % size
    return index
