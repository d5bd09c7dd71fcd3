"""Files read whole and written whole."""

import os
import secrets
import stat
import time
from contextlib import suppress
from pathlib import Path

from nnbp.errors import RejectedFileError

_LIMIT = 1 << 30  # bytes of a file that is read
_ABANDONED = 60.0  # seconds after its last write at which a temporary file is taken for a killed process's


def read(path: Path, size: int = -1) -> bytes:
    """The bytes of a regular file of at most 1 GiB, or the first `size` of them.

    Raises RejectedFileError for anything else, and OSError.
    """
    # Without O_NONBLOCK, opening a FIFO would wait for a writer.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise RejectedFileError(str(path), "expected a regular file, found something else", "name a file")
        if status.st_size > _LIMIT:
            reason = f"expected at most {_LIMIT} bytes, found {status.st_size}"
            raise RejectedFileError(str(path), reason, "check which file it is")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(size)
    finally:
        os.close(descriptor)


def store(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; racing processes leave one of their files. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(8)}.part")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _remove_abandoned(path: Path) -> None:
    for temporary in path.parent.glob(f".{path.name}.*.part"):
        with suppress(OSError):  # another process may be quicker
            if time.time() - temporary.stat().st_mtime > _ABANDONED:
                temporary.unlink()
