"""One IDX file on its way into memory: checked by its header, then read or unpacked, and hashed."""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from nnbp.data import gzipped, idx
from nnbp.data.idx import Content
from nnbp.data.mapped import MappedFile
from nnbp.data.unread import UnreadFile
from nnbp.errors import RejectedFileError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Unpacked bytes of archives that are not worth a first pass; all of MNIST's together are 55 MB.
UNCHECKED = 56 << 20


class Source(NamedTuple):
    """An IDX file: its name in errors; its dimensions; its bytes, gzipped or not; their SHA-256, if known."""

    where: str
    dimensions: int
    content: Content | UnreadFile
    sha256: bytes | None = None


class Part(NamedTuple):
    """The array in a source, the SHA-256 of the unpacked file, and that file if the array stays there."""

    array: "NDArray[np.uint8]"
    sha256: bytes
    mapped: MappedFile | None


def header(source: Source) -> tuple[int, ...]:
    """The dimensions that a file declares. Raises RejectedFileError, and OSError."""
    return idx.header(source.content, source.where, source.dimensions)


def check_sizes(sources: Sequence[Source]) -> None:
    """Raise RejectedFileError for a file that is not as long as it declares, before any is in memory.

    An archive has to be unpacked for that, and again for its content, so only large ones are checked: damage
    to others is found when they are used.
    """
    packed = [source for source in sources if gzipped.is_packed(source.content)]
    large = sum(idx.declared_size(s.content, s.where, s.dimensions) for s in packed) > UNCHECKED
    for source in sources:
        if large or not gzipped.is_packed(source.content):
            idx.check_size(source.content, source.where, source.dimensions)


def read(source: Source, shape: tuple[int, ...]) -> Part:
    """The array, of the shape that the header declared.

    Raises RejectedFileError, and OSError.
    """
    content = idx.plain(source.content, source.where, source.dimensions)
    if isinstance(content, UnreadFile):
        # Labels are never mapped: a byte each is little compared with the eight bytes of a shuffled index.
        content = content.read() if source.dimensions == idx.LABELS else content.read_or_map()
    array = idx.parse(content, source.where, source.dimensions)
    if array.shape != shape:
        raise RejectedFileError(source.where, "it changed while it was being read", "start again")
    known = source.sha256 if content is source.content else None
    return Part(array, known or digest(content), content if isinstance(content, MappedFile) else None)


def digest(content: Content, at_once: int = 1 << 24) -> bytes:
    """The SHA-256 of the content, hashed in pieces of `at_once` bytes: a signal waits for one of them."""
    hashed = hashlib.sha256()
    view = memoryview(content)
    for start in range(0, len(view), at_once):
        hashed.update(view[start : start + at_once])
    return hashed.digest()
