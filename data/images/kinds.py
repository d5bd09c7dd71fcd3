"""Kinds of pictures told by their first bytes: those that are read, and others that people have."""

from pathlib import Path

# Pillow's names of the formats that are read with it.
FORMATS = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG", b"BM": "BMP"}
LONGEST = 12  # bytes that decide
BOX = b"ftyp"  # from byte 4 on in HEIC and AVIF

_OTHERS = {
    b"GIF8": "a GIF picture",
    b"II*\0": "a TIFF picture",
    b"MM\0*": "a TIFF picture",
    b"%PDF": "a PDF document",
}
# The brand in the first box of a file (ISO/IEC 23008-12; AV1 Image File Format).
_BRANDS = {
    **dict.fromkeys(
        (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"), "a HEIC picture"
    ),
    **dict.fromkeys((b"avif", b"avis"), "an AVIF picture"),
}


def format_of(start: bytes) -> str | None:
    """The format, one of FORMATS, of a picture that begins like this, or None."""
    return next((name for magic, name in FORMATS.items() if start.startswith(magic)), None)


def of_file(path: Path) -> str | None:
    """The kind of picture in a file, read or not, in words; None if it is no picture. Raises OSError."""
    # A pipe may keep its reader waiting.
    if not path.is_file():
        return None
    with path.open("rb") as file:
        start = file.read(LONGEST)
    format_ = format_of(start)
    return f"a {format_} picture" if format_ else other(start)


def other(start: bytes) -> str | None:
    """The kind of picture that begins like this, in words, if it is one that is not read, or None."""
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "a WEBP picture"
    if start[4:8] == BOX:
        return _BRANDS.get(start[8:12])
    return _OTHERS.get(start[:4])
