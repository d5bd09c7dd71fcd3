"""Changes of the parts of a model file: its members, their .npy headers, numbers and metadata."""

import random
import struct
from collections.abc import Callable

from stress import json_texts, mutations
from stress.archives import Members

HEADER = 128  # bytes of an .npy header in a model file

_INTEGERS = (0, 1, 2, 3, 5, -1, 1000, 2**20, 2**31, 2**32, 2**62, 2**63 - 1, -(2**63))
_FLOATS = (0.0, -0.0, 1e-45, 3e38, float("nan"), float("inf"), float("-inf"))
_NAMES = (b"", b"../model.npy", b"weights_9.npy", b"velocity_weights_1.npy", b"last_weights_1.npy",
          b"\xff.npy", b"format.npy\0", b"x\n.npy", b"a" * 3000, "é.npy".encode())  # fmt: skip
_WORDS = (
    (b"<f4", b"<f8"), (b"<f4", b">f4"), (b"<f4", b"|O4"), (b"<i8", b"<u8"), (b"False", b"True "),
    (b"|u1", b"|i1"), (b"(", b"["), (b", }", b"}  "), (b"'shape'", b"'SHAPE'"), (b"\n", b" "),
    (b"{", b"__import__('os')"),
    (b"NUMPY\x01", b"NUMPY\x02"), (b"\x00{", b"\xff{"), (b"),", b",),"), (b",", b",1,"), (b"1", b"1_0"),
)  # fmt: skip


def change_bytes(rng: random.Random, files: Members) -> None:
    """Damage a member."""
    number, name, body = _one(rng, files)
    files[number] = name, mutations.mutate(rng, body, [other for _, other in files])


def change_metadata(rng: random.Random, files: Members) -> None:
    """Change the metadata, under a header that says its new length."""
    name, body = files[-1]
    if name == b"metadata.npy":
        files[-1] = name, with_header("|u1", json_texts.change(rng, body[HEADER:]))


def change_header(rng: random.Random, files: Members) -> None:
    """Exchange a word of an .npy header."""
    number, name, body = _one(rng, files)
    word, other = rng.choice(_WORDS)
    files[number] = name, body[:HEADER].replace(word, other) + body[HEADER:]


def change_number(rng: random.Random, files: Members) -> None:
    """Set a number of an array to one of its type that is odd."""
    number, name, body = _one(rng, files)
    size, code, odd = (8, "<q", _INTEGERS) if b"<i8" in body[:HEADER] else (4, "<f", _FLOATS)
    if len(body) >= HEADER + size:
        at = HEADER + size * rng.randrange((len(body) - HEADER) // size)
        files[number] = name, body[:at] + struct.pack(code, rng.choice(odd)) + body[at + size :]


def lie_about_sizes(rng: random.Random, files: Members) -> None:
    """Claim other sizes, and an array of them that would take any amount of memory."""
    sizes = [rng.choice(_INTEGERS) for _ in range(rng.choice((0, 1, 2, 3, 1001)))]
    claim = with_header("<i8", struct.pack(f"<{len(sizes)}q", *sizes), len(sizes))
    files[:] = [(name, claim if name == b"sizes.npy" else body) for name, body in files]
    number, name, body = _one(rng, files)
    if b"<f4" in body[:HEADER]:
        files[number] = name, with_header("<f4", body[HEADER:], *sizes[:2])


def move_member(rng: random.Random, files: Members) -> None:
    """Remove, repeat or move a member."""
    number, *_ = _one(rng, files)
    place, action = rng.randrange(len(files)), rng.randrange(3)
    moved = files[number] if action == 0 else files.pop(number)
    if action < 2:
        files.insert(place, moved)


def exchange_bodies(rng: random.Random, files: Members) -> None:
    """Give a member the content of another."""
    (number, name, _), (_, _, other) = _one(rng, files), _one(rng, files)
    files[number] = name, other


def rename_member(rng: random.Random, files: Members) -> None:
    """Give a member an odd name, or that of another."""
    number, _, body = _one(rng, files)
    files[number] = rng.choice((*_NAMES, rng.choice(files)[0])), body


def with_header(dtype: str, body: bytes, *shape: int) -> bytes:
    """The .npy file of this body as a model file has it; without a shape, of one dimension of bytes."""
    text = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape or (len(body),)}, }}"
    length = max(HEADER - 10, len(text) + 1)
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", length) + text.ljust(length - 1).encode() + b"\n" + body


CHANGES: tuple[Callable[[random.Random, Members], None], ...] = (
    change_bytes, change_metadata, change_metadata, change_metadata, change_header, change_number,
    lie_about_sizes, move_member, exchange_bodies, rename_member,
)  # fmt: skip


def _one(rng: random.Random, files: Members) -> tuple[int, bytes, bytes]:
    """The index, the name and the content of a member; of an empty one if there is none."""
    if not files:
        files.append((b"format.npy", b""))
    number = rng.randrange(len(files))
    return number, *files[number]
