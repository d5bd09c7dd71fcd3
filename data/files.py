"""Files read whole and written whole."""

import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nnbp.errors import RejectedFileError

_LIMIT = 1 << 30  # bytes of a file that is read
_ABANDONED = 60.0  # seconds after its last write at which a temporary file is taken for a killed process's


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
    """The descriptor of a regular file, to be read; an OSError meanwhile names the file.

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
    """Write a file whole or not at all; racing processes leave one of their files.

    Raises OSError, which names the file and not the temporary one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(8)}.part")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise


def _remove_abandoned(path: Path) -> None:
    for temporary in path.parent.glob(f".{path.name}.*.part"):
        with suppress(OSError):  # another process may be quicker
            if time.time() - temporary.stat().st_mtime > _ABANDONED:
                temporary.unlink()
