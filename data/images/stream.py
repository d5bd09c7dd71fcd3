"""Bytes of a file or an endless stream, gzipped or not, read once from front to back in bounded memory."""

import io
import os
import select
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from nnbp.data import files
from nnbp.errors import RejectedFileError

_PIPE = 1 << 20  # the largest pipe that Linux grants everybody, in bytes
_SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ, which Python names on Linux only

Read = Callable[[memoryview], int]  # as readinto(): 0 at the end, otherwise waits for the first byte
Ready = Callable[[], bool]  # whether bytes, or the end, can be read without waiting


class Stream:
    """Bytes that arrive; `where` names them in errors."""

    def __init__(self, where: str, read: Read, ready: Ready) -> None:
        self.where = where
        self._read, self._ready = read, ready
        self._ahead = b""
        self._failed: Exception | None = None

    def ready(self) -> bool:
        """Whether bytes, or the end, can be read without waiting."""
        return bool(self._ahead) or self._ready()

    def readinto(self, view: memoryview) -> int:
        """Read the bytes that have arrived; waits for the first one, 0 at the end."""
        if not self._ahead:
            if self._failed:
                raise self._failed
            return self._read(view) if view else 0
        part, self._ahead = self._ahead[: len(view)], self._ahead[len(view) :]
        view[: len(part)] = part
        return len(part)

    def fill(self, view: memoryview, least: int) -> int:
        """Read at least `least` bytes, and more if they have arrived; fewer only at the end.

        An error after some bytes ends them, and is raised by the next call.
        """
        length = 0
        while length < len(view) and (length < least or self.ready()):
            try:
                count = self.readinto(view[length:])
            except (RejectedFileError, OSError) as error:
                if not length:
                    raise
                self._failed = error
                break
            if not count:
                break
            length += count
        return length

    def read(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end; that much memory is allocated at once."""
        buffer = bytearray(size)
        return bytes(memoryview(buffer)[: self.fill(memoryview(buffer), size)])

    def some(self, most: int) -> bytes:
        """The next bytes, as many as have arrived and at most `most`; none at the end."""
        buffer = bytearray(most)
        return bytes(memoryview(buffer)[: self.readinto(memoryview(buffer))])

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end; they are read again."""
        if (missing := size - len(self._ahead)) > 0:
            ahead, self._ahead = self._ahead, b""
            self._ahead = ahead + self.read(missing)
        return self._ahead[:size]

    def back(self, content: bytes) -> None:
        """Put bytes back, to be read next."""
        self._ahead = content + self._ahead


@contextmanager
def opened(source: Path | BinaryIO, where: str) -> Iterator[Stream]:
    """The bytes of a file, a named pipe or a device, or of an open file, which stays open.

    Raises RejectedFileError for a folder, and OSError.
    """
    if not isinstance(source, Path):
        yield _stream(source, where)
        return
    with files.naming(source), open(source, "rb", buffering=0, opener=_opener(where)) as file:
        yield _stream(file, where)


def _opener(where: str) -> Callable[[str, int], int]:
    def opener(path: str, flags: int) -> int:
        descriptor = os.open(path, flags | os.O_CLOEXEC)
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise RejectedFileError(where, "expected a file of images, found a folder", "name a file")
        return descriptor

    return opener


def _stream(file: BinaryIO | io.FileIO, where: str) -> Stream:
    # A buffered file reads into its own buffer first, unless it is asked for what has arrived.
    readinto = getattr(file, "readinto1", None) or getattr(file, "readinto", None) or _copying(file)
    try:
        descriptor = file.fileno()
    except (OSError, AttributeError):
        return Stream(where, readinto, lambda: True)
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return Stream(where, readinto, lambda: True)
    if stat.S_ISFIFO(mode):
        _enlarge(descriptor)
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)

    def read(view: memoryview) -> int:
        # A file that does not block answers None while there is nothing.
        while (count := readinto(view)) is None:
            poll.poll()
        return int(count)

    return Stream(where, read, lambda: bool(poll.poll(0)))


def _copying(file: BinaryIO | io.FileIO) -> Read:
    def readinto(view: memoryview) -> int:
        part = file.read(len(view)) or b""
        view[: len(part)] = part
        return len(part)

    return readinto


def _enlarge(descriptor: int) -> None:
    """Let a pipe hold more, which saves calls; not all systems and users may."""
    with suppress(ImportError, OSError):
        import fcntl

        fcntl.fcntl(descriptor, _SET_PIPE_SIZE, _PIPE)
