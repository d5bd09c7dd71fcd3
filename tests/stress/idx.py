"""A damaged IDX file or gzip archive is refused in one line, or read as an independent reader reads it."""

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from support.datasets import CONTENTS, NAMES

from nnbp import data
from nnbp.data import assembly, gzipped
from nnbp.data import idx as reader
from nnbp.data.gzipped import is_packed
from nnbp.data.source import Source
from stress import idx_files, idx_reference, reading
from stress.case import Case, each
from stress.idx_reference import Array

CASES = 500_000
SECONDS = 180

# Bytes that an archive by itself may have.
_LIMIT = 1 << 20

_BOMB_SHARE = 1 / 5_000
_FOLDER_SHARE = 1 / 100


def run(cases: int, seed: int, folder: Path) -> Iterator[int]:
    """Read this many damaged files."""
    return each("idx", check, cases, seed, folder)


def check(case: Case, folder: Path) -> None:
    """Read one damaged file by itself, and as a part of a data set."""
    memory()
    rng = case.rng()
    dimensions = rng.choice((3, 1))
    is_bomb = rng.random() < _BOMB_SHARE
    content = rng.choice(idx_files.bombs(dimensions)) if is_bomb else idx_files.damaged(rng, dimensions)
    for name, (read, expect) in READERS.items():
        compare(case, name, functools.partial(read, dimensions), expect(dimensions, content), content)
    contents = list(CONTENTS.values())
    # Training or test files.
    contents[rng.choice((0, 2)) + (dimensions == 1)] = content
    expected = idx_reference.data_set(contents)
    compare(case, "a data set", lambda _: assembled(contents), expected, content)
    if rng.random() < _FOLDER_SHARE:
        compare(case, "a folder", lambda _: loaded(contents, folder), expected, content)
    memory().check(case, content)


def compare(case: Case, what: str, read: Callable[[bytes], Any], expected: Any, content: bytes) -> None:
    """Fail unless a reader finds what the independent one found, or refuses what that one refused."""
    found = reading.outcome(case, what, read, content)
    if found != expected:
        case.fail(f"{what}: found {found!a:.100}, expected {expected!a:.100}", bin=content)


def decode(dimensions: int, content: bytes) -> Array:
    """The whole file, checked before memory is allocated for it, as a data set's are."""
    reader.check_size(content, "here", dimensions)
    array = reader.decode(content, "here", dimensions)
    return Array(array.shape, array.tobytes())


def header_if_whole(dimensions: int, content: bytes) -> tuple[int, ...] | None:
    """The header, if the file as a whole can be read, too."""
    shape = reader.header(content, "here", dimensions)
    return shape if idx_reference.decoded(content, dimensions) else None


def expected_header(dimensions: int, content: bytes) -> tuple[int, ...] | None:
    """The header that `header_if_whole` should find."""
    array = idx_reference.decoded(content, dimensions)
    return array.shape if array else None


def assembled(contents: list[bytes]) -> tuple[object, ...]:
    """The data set in four files."""
    dimensions = (3, 1, 3, 1)
    sources = [Source(*each) for each in zip(NAMES, dimensions, contents, strict=True)]
    return _parts(assembly.assemble("folder", sources))


def loaded(contents: list[bytes], folder: Path) -> tuple[object, ...]:
    """The data set in a folder with four files."""
    for name, content in zip(NAMES, contents, strict=True):
        (folder / name).write_bytes(content)
    shape, found = data.shape(folder), data.load(folder)
    assert shape == (found.pixels, found.classes)
    return _parts(found)


READERS: dict[str, tuple[Callable[[int, bytes], Any], Callable[[int, bytes], Any]]] = {
    "decode": (decode, lambda dimensions, content: idx_reference.decoded(content, dimensions)),
    "unpack": (
        lambda _, content: bytes(gzipped.unpack(content, "here", _LIMIT)) if is_packed(content) else None,
        lambda _, content: idx_reference.unpacked(content, _LIMIT) if is_packed(content) else None,
    ),
    "header": (header_if_whole, expected_header),
}


@functools.cache
def memory() -> reading.Memory:
    """The bound on memory, once the bombs have been made."""
    for dimensions in (1, 3):
        idx_files.bombs(dimensions)
    return reading.Memory()


def _parts(found: data.Dataset) -> tuple[object, ...]:
    arrays = (*found.training, *found.test)
    return found.image_shape, found.classes, tuple(array.tobytes() for array in arrays), found.sha256
