"""Small files of images of every kind, and damage to them that gets past checksums and headers."""

import functools
import gzip
import io
import random
import struct
import zlib
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image
from support.bombs import archive

from nnbp.data.images import writing
from stress import idx_files, mutations

SIDE = 4
IMAGES = np.random.default_rng(12).integers(0, 256, (3, SIDE, SIDE)).astype(np.uint8)

_BOMB = 640 << 20  # bytes
_NUMBERS = (
    b"", b" ", b"nan", b"-inf", b"1e999", b"1e-999", b"-1", b"-0", b"+1", b"256", b"1.5", b".5", b"1.", b"1e",
    b"0x10", b"1_0", b"1 0", b'"1"', b"\0", b"\r", b"\xef\xbb\xbf", "١".encode(), b"9" * 30,
    b"0" * 5_000 + b"1", b"65535", b"2147483648", b"4294967296",
    b"18446744073709551616", b"label", b"\x1b[31m",
)  # fmt: skip
_TYPES = (
    b"|u1", b"|b1", b"|i1", b"<u2", b">u2", b"<i4", b">i8", b"<f2", b"<f4", b">f4", b"<f8", b"<c8", b"|O",
    b"<U4", b"|V4", b"|S4", b"<M8[s]", b"", b"u1", b"=f4", b"float64", b"\x1b[2J",
)  # fmt: skip
_SHAPES = (
    b"()", b"(16,)", b"(3, 16)", b"(3, 4, 4)", b"(4, 4)", b"(48,)", b"(0, 16)", b"(1, 17)", b"(-1, 16)",
    b"(3, 16", b"(3, 4, 4, 1)", b"(4294967296, 16)", b"(99999999999999999999, 16)", b"(7000, 8000)",
    b"(1, 60000000)", b"(" + b"1, " * 3_000 + b")", b"3", b"(3, 16, )", b"[3, 16]",
)  # fmt: skip
_CHUNKS = (
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"tEXt", b"zTXt", b"iTXt", b"iCCP", b"eXIf", b"gAMA",
    b"pHYs", b"acTL", b"fcTL", b"fdAT", b"cHRM", b"sRGB", b"ABCD", b"abcd",
)  # fmt: skip


def damaged(rng: random.Random) -> bytes:
    """A file of images, damaged, gzipped or not."""
    original = rng.choice(originals())
    kind = next((change for start, change in _CHANGES if original.startswith(start)), _in_text)
    content = original
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        content = mutations.mutate(rng, content, originals()) if rng.random() < 0.5 else kind(rng, content)
    action = rng.randrange(8)
    if action == 0:
        return idx_files.packed(rng, content)
    if action == 1:
        return mutations.mutate(rng, gzip.compress(original, mtime=0), originals())
    return content


@functools.cache
def originals() -> tuple[bytes, ...]:
    """Files of three images, or of one, of every kind."""
    numbers = (IMAGES.reshape(3, -1) / 255).astype(np.float32)
    lines = "\n".join(",".join(f"{value:.3f}" for value in row) for row in numbers)
    plain = "".join(f"P2\n# a\n4 4 255\n{' '.join(map(str, image.ravel()))}\n" for image in IMAGES)
    return (
        writing.encode(IMAGES, "idx"),
        writing.encode(IMAGES, "npy"),
        *map(_npy, (numbers, numbers.astype(">f8"), IMAGES.astype("<i4"), IMAGES > 99, IMAGES[0])),
        writing.encode(IMAGES, "csv"),
        b"\xef\xbb\xbfa,b,c\r\n" + writing.encode(IMAGES, "csv").replace(b"\n", b"\r\n"),
        lines.encode(),
        writing.encode(IMAGES, "pgm"),
        b"P5 4 4 1000\n"
        + (IMAGES[0].astype(np.uint16) * 3).astype(">u2").tobytes()
        + b"P5 4 4 9\n"
        + (IMAGES[1] % 10).tobytes(),
        plain.encode(),
        *_pictures(),
    )


def bomb(rng: random.Random) -> bytes:
    """A small file that claims or contains far more than it should."""
    return rng.choice(BOMBS)()


BOMBS: tuple[Callable[[], bytes], ...] = (
    lambda: archive(struct.pack(">4I", 0x803, 2**32 - 1, SIDE, SIDE), _BOMB),
    lambda: archive(originals()[0], _BOMB),
    lambda: archive(originals()[-1], _BOMB),
    lambda: archive(b"1,2,3\n", _BOMB),
    lambda: archive(b"P2 4 4 255\n1 2 3", _BOMB),
    lambda: gzip.compress(writing.encode(IMAGES, "csv") + b"\n" * (64 << 20)),
    lambda: gzip.compress(b"P2 4 4 255\n" + b" " * (64 << 20)),
    lambda: gzip.compress(writing.encode(IMAGES, "pgm") + b" " * (64 << 20)),
    lambda: b"P5 7500 8000 65535\n" + bytes(100),
    lambda: _saved(Image.new("L", (7_500, 8_000)), "PNG"),
    lambda: _saved(Image.new("L", (7_500, 8_000)), "JPEG"),
    lambda: _saved(Image.new("L", (5_000, 5_000)), "JPEG", progressive=True),
    lambda: b"BM" + struct.pack("<4I2i2H6I", 54, 0, 54, 40, 60_000, 60_000, 1, 24, *bytes(6)),
    lambda: _joined([b"IHDR" + bytes([0, 0, 0, 4] * 2 + [8, 0, 0, 0, 0]), b"zTXta\0\0" + _packed_zeros()]),
)


def _packed_zeros() -> bytes:
    return zlib.compress(bytes(100 << 20))


def _pictures() -> Iterator[bytes]:
    grey = Image.fromarray(IMAGES[0])
    colour = Image.merge("RGB", [Image.fromarray(image) for image in IMAGES])
    transparent = colour.copy()
    transparent.putalpha(grey)
    exif = Image.Exif()
    exif[0x0112] = 6
    for image in (grey, colour, transparent, grey.convert("P"), grey.convert("1"), grey.convert("I;16")):
        yield _saved(image, "PNG")
    yield _saved(grey.convert("P"), "PNG", transparency=3, exif=exif)
    for image in (grey, colour, colour.convert("CMYK")):
        yield _saved(image, "JPEG", exif=exif)
        yield _saved(image, "JPEG", progressive=True)
    for image in (colour, grey, grey.convert("1")):
        yield _saved(image, "BMP")


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _npy(array: "np.ndarray[tuple[int, ...], np.dtype[np.generic]]") -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def _in_npy(rng: random.Random, content: bytes) -> bytes:
    """Another type or shape, another order, or another version of the format."""
    start, end = content.find(b"{"), content.find(b"}") + 1
    if start < 0 or end <= start:
        return content
    header, data = content[start:end], content[end:].lstrip(b" \n")
    action = rng.randrange(4)
    if action == 0:
        header = _between(header, b"'descr': '", b"'", rng.choice(_TYPES))
    elif action == 1:
        header = _between(header, b"'shape': ", b", }", rng.choice(_SHAPES))
    elif action == 2:
        header = header.replace(b"False", rng.choice((b"True", b"None", b"0")))
    version = rng.choice((1, 1, 2, 3, 4))
    header += b"\n"
    length = struct.pack("<H" if version == 1 else "<I", len(header))
    return b"\x93NUMPY" + bytes([version, 0]) + length + header + data


def _in_text(rng: random.Random, content: bytes) -> bytes:
    """Another number in a CSV or PGM file."""
    separator = b"," if b"," in content else b" "
    fields = content.split(separator)
    at = rng.randrange(len(fields))
    before, newline, after = fields[at].partition(b"\n")
    number = rng.choice(_NUMBERS)
    fields[at] = before + newline + number if newline and rng.random() < 0.5 else number + newline + after
    return separator.join(fields)


def _in_png(rng: random.Random, content: bytes) -> bytes:
    """Other bytes in a chunk, or a chunk more, less or elsewhere, with checksums that match."""
    chunks = list(_chunks(content))
    if not chunks:
        return content
    at, action = rng.randrange(len(chunks)), rng.randrange(4)
    if action == 0:
        chunks.insert(at, rng.choice(_CHUNKS) + rng.randbytes(rng.choice((0, 1, 4, 13, 100))))
    elif action == 1:
        del chunks[at]
    elif action == 2:
        chunks.insert(rng.randrange(len(chunks)), chunks.pop(at))
    else:
        name, data = chunks[at][:4], chunks[at][4:]
        is_packed = name == b"IDAT" and rng.random() < 0.7
        try:
            data = zlib.decompress(data) if is_packed else data
        except zlib.error:
            is_packed = False
        data = mutations.mutate(rng, data, [data, bytes(20)])
        chunks[at] = name + (zlib.compress(data) if is_packed else data)
    return _joined(chunks)


def _chunks(content: bytes) -> Iterator[bytes]:
    """The names and data of the chunks of a PNG file (RFC 2083)."""
    at = 8
    while at + 12 <= len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        yield content[at + 4 : at + 8 + size]
        at += 12 + size


def _joined(chunks: list[bytes]) -> bytes:
    parts = [
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _in_header(rng: random.Random, content: bytes) -> bytes:
    """Another number near the beginning of a binary file, where sizes are."""
    changed = bytearray(content[:64])
    mutations.set_number(rng, changed, [content])
    return bytes(changed) + content[64:]


def _between(content: bytes, begin: bytes, end: bytes, new: bytes) -> bytes:
    before, found, rest = content.partition(begin)
    return before + found + new + end + rest.partition(end)[2]


_CHANGES: tuple[tuple[bytes, Callable[[random.Random, bytes], bytes]], ...] = (
    (b"\x93NUMPY", _in_npy),
    (b"\x89PNG", _in_png),
    (b"\0\0", _in_header),
    (b"\xff\xd8", _in_header),
    (b"BM", _in_header),
)
