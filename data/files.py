"""Reading and writing whole files."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nnbp import atomic
from nnbp.errors import RejectedFileError

_LIMIT = 1 << 30  # bytes of a file that is read


def read(path: Path, size: int = -1) -> bytes:
    """The bytes of a regular file of at most 1 GiB, or the first `size` of one of any length.

    Raises RejectedFileError for anything else, and OSError.
    """
    with opened(path) as descriptor:
        length = os.fstat(descriptor).st_size
        if size < 0 and length > _LIMIT:
            reason = f"expected at most {_LIMIT} bytes, found {length}"
            raise RejectedFileError(str(path), reason, "check which file it is")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(size)


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """The descriptor of a regular file, open for reading; an OSError within the block names the file.

    Raises RejectedFileError for anything else, and OSError.
    """
    try:
        # Without O_NONBLOCK, opening a FIFO would wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise RejectedFileError(
                    str(path), "expected a regular file, found something else", "name a file"
                )
            yield descriptor
        finally:
            os.close(descriptor)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def store(path: Path, content: bytes) -> None:
    """Write a file atomically, creating its folder if necessary. Raises OSError, naming the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.replace(path, content)
