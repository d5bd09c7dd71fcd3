"""Reading and writing whole files."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nnbp import atomic
from nnbp.errors import RejectedFileError

# What may be found instead of a regular file.
_KINDS = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket"}


def read(path: Path, limit: int = 1 << 30) -> bytes:
    """The bytes of a regular file of at most `limit` (1 GiB).

    Raises RejectedFileError for anything else, and OSError.
    """
    with opened(path) as descriptor:
        length = os.fstat(descriptor).st_size
        if length > limit:
            reason = f"expected at most {limit} bytes, found {length}"
            raise RejectedFileError(str(path), reason, "check which file it is")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(min(length + 1, limit))  # one more, to see a file that grows


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """The descriptor of a regular file, open for reading; an OSError within the block names the file.

    Raises RejectedFileError for anything else, and OSError.
    """
    with naming(path):
        # Without O_NONBLOCK, opening a FIFO would wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            mode = os.fstat(descriptor).st_mode
            if not stat.S_ISREG(mode):
                found = _KINDS.get(stat.S_IFMT(mode), "a device")
                raise RejectedFileError(str(path), f"expected a regular file, found {found}", "name a file")
            yield descriptor
        finally:
            os.close(descriptor)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Make an OSError name this file."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def store(path: Path, content: bytes) -> None:
    """Write a file atomically, creating its folder if necessary. Raises OSError, naming the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.replace(path, content)
