"""A damaged file of images is refused in one line, after the same good images from a file and from a pipe."""

import functools
import hashlib
import io
import os
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from support.arriving import Arriving

from nnbp import RejectedFileError
from nnbp.data import images
from stress import image_files, image_reference, reading
from stress.case import Case, each

CASES = 100_000
SECONDS = 400

PIXELS = image_files.SIDE**2
# The most that one picture may take, and files are no more than that.
MEMORY = 500 << 20  # bytes
SLOWEST = 60.0  # seconds of a processor; most cases take less than a millisecond

_BOMB_SHARE = 1 / 8_000
_FOLDER_SHARE = 1 / 100


class Answer(NamedTuple):
    """How many images there were, their SHA-256, and the error after them, or nothing."""

    images: int
    sha256: str
    error: str


def run(cases: int, seed: int, folder: Path) -> Iterator[int]:
    """Read this many damaged files."""
    memory()
    return each("images", check, cases, seed, folder)


def check(case: Case, folder: Path) -> None:
    """Read one damaged file at once, in pieces and, sometimes, by its name and through a pipe."""
    memory()
    rng = case.rng()
    is_bomb = rng.random() < _BOMB_SHARE
    content = image_files.bomb(rng) if is_bomb else image_files.damaged(rng)
    # What is prepared is slower to read, and tests more.
    prepare = rng.choice(("auto", "never", "never", "never"))
    began = time.process_time()
    expected = answer(case, "at once", io.BytesIO(content), content, prepare)
    sizes = [rng.choice((1, 7, 64, 500, 4_096)) for _ in range(3)]
    ways: dict[str, Callable[[], Any]] = {f"in pieces of {sizes}": lambda: Pausing(content, sizes)}
    if rng.random() < _FOLDER_SHARE:
        (folder / "file").write_bytes(content)
        ways["by its name"] = lambda: folder / "file"
        if len(content) < 60_000:
            ways["through a pipe"] = lambda: piped(content)
    for way, source in ways.items():
        found = answer(case, way, source(), content, prepare)
        if found != expected:
            case.fail(f"{way}: found {found!a:.200}, at once {expected!a:.200}", bin=content)
    if (taken := time.process_time() - began) > SLOWEST:
        case.fail(f"it took {taken:.0f} s", bin=content)
    if not expected.error and not is_bomb:
        check_meaning(case, content)
    memory().check(case, content)


def answer(case: Case, way: str, source: Any, content: bytes, prepare: str) -> Answer:
    """What the reader answers; fails at any other exception or warning."""
    count, digest, error = 0, hashlib.sha256(), ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for block in images.read(source, "here", PIXELS, prepare):
                count += len(block.images)
                digest.update(block.images.data)
    except RejectedFileError as refusal:
        error = reading.checked(case, way, refusal, content)
    except Exception as other:
        case.fail(f"{way}: {type(other).__name__}: {other!s:.300}", bin=content)
    finally:
        if isinstance(source, io.FileIO):
            source.close()
    return Answer(count, digest.hexdigest(), error)


class Pausing(Arriving):
    """The content in pieces, none of which has arrived before it is read, as far as a poll can see."""

    def fileno(self) -> int:
        return silent_pipe()


@functools.cache
def silent_pipe() -> int:
    """The end to read of a pipe that stays open and empty."""
    return os.pipe()[0]


def piped(content: bytes) -> BinaryIO:
    """A pipe with this content, which fits into it."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb") as file:
        file.write(content)
    return os.fdopen(reader, "rb", buffering=0)


def check_meaning(case: Case, content: bytes) -> None:
    """Another reader, if there is one for this kind, finds the same pixels, as numbers from 0 to 1."""
    expected = image_reference.pixels(content, PIXELS)
    if expected is None:
        return
    scaled = [
        block.images / 255 if block.images.dtype == "u1" else block.images
        for block in images.read(io.BytesIO(content), "here", PIXELS, "never")
    ]
    if not image_reference.are_near(scaled, expected):
        case.fail("the images read are not those in the file", bin=content)


@functools.cache
def memory() -> reading.Memory:
    """The bound on memory, once NumPy and Pillow are loaded."""
    for content in image_files.originals():
        for _ in images.read(io.BytesIO(content), "here", PIXELS):
            pass
    return reading.Memory(MEMORY)
