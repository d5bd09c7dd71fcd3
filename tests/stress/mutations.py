"""Random changes of bytes: what disks, transfers, editors and attackers do to a file."""

import random
from collections.abc import Callable, Sequence
from typing import Literal

Mutation = Callable[[random.Random, bytearray, Sequence[bytes]], None]

_EXTREMES = (
    0, 1, 2, 127, 128, 255, 256, 32_767, 32_768, 65_535, 2**31 - 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1,
)  # fmt: skip


def mutate(rng: random.Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """The content after one to four changes; `others` are files to take pieces from."""
    changed = bytearray(content)
    # Most files are damaged in one place, which reaches deeper than damage everywhere.
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        rng.choice(MUTATIONS)(rng, changed, others)
    return bytes(changed)


def flip_bit(rng: random.Random, content: bytearray, others: Sequence[bytes]) -> None:
    """Flip one bit."""
    if content:
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)


def set_byte(rng: random.Random, content: bytearray, others: Sequence[bytes]) -> None:
    """Set one byte."""
    if content:
        content[rng.randrange(len(content))] = rng.randrange(256)


def set_number(rng: random.Random, content: bytearray, others: Sequence[bytes]) -> None:
    """Set the bytes of a number of 2, 4 or 8 bytes to one at the end of a range."""
    size = rng.choice((2, 4, 8))
    order: Literal["little", "big"] = rng.choice(("little", "big"))
    number = (rng.choice(_EXTREMES) % 256**size).to_bytes(size, order)
    at, _ = _slice(rng, content)
    content[at : at + size] = number


def truncate(rng: random.Random, content: bytearray, others: Sequence[bytes]) -> None:
    """Cut the end off."""
    del content[rng.randrange(len(content) + 1) :]


def insert(rng: random.Random, content: bytearray, others: Sequence[bytes]) -> None:
    """Insert random bytes, zeros or spaces."""
    at, size = rng.randrange(len(content) + 1), rng.choice((1, 2, 4, 16, 100))
    content[at:at] = rng.choice((rng.randbytes(size), bytes(size), b" " * size))


def delete(rng: random.Random, content: bytearray, others: Sequence[bytes]) -> None:
    """Delete a piece."""
    begin, end = _slice(rng, content)
    del content[begin:end]


def repeat(rng: random.Random, content: bytearray, others: Sequence[bytes]) -> None:
    """Insert a piece of the file somewhere else in it."""
    begin, end = _slice(rng, content)
    at = rng.randrange(len(content) + 1)
    content[at:at] = content[begin:end]


def splice(rng: random.Random, content: bytearray, others: Sequence[bytes]) -> None:
    """Replace a piece by a piece of another file."""
    begin, end = _slice(rng, content)
    other = rng.choice(others)
    first, last = _slice(rng, other)
    content[begin:end] = other[first:last]


def swap(rng: random.Random, content: bytearray, others: Sequence[bytes]) -> None:
    """Exchange two pieces of the same length."""
    begin, end = _slice(rng, content)
    at = rng.randrange(len(content) + 1 - (end - begin))
    piece, other = content[begin:end], content[at : at + end - begin]
    if abs(at - begin) >= end - begin:
        content[begin:end], content[at : at + end - begin] = other, piece


def append(rng: random.Random, content: bytearray, others: Sequence[bytes]) -> None:
    """Append random bytes, zeros, or a file."""
    content += rng.choice((rng.randbytes(rng.randrange(1, 40)), bytes(512), rng.choice(others)))


MUTATIONS: tuple[Mutation, ...] = (
    flip_bit, flip_bit, set_byte, set_byte, set_number, set_number, truncate, insert, delete, repeat, splice,
    swap, append,
)  # fmt: skip


def _slice(rng: random.Random, content: bytes | bytearray) -> tuple[int, int]:
    """The ends of a piece, mostly a short one."""
    begin = rng.randrange(len(content) + 1)
    size = rng.choice((1, 2, 4, 16, 64, len(content)))
    return begin, min(len(content), begin + rng.randrange(size + 1))
