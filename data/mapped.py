"""Large files, memory-mapped: their bytes stay in the system's page cache and use no process memory."""

import mmap
import os
import weakref
from contextlib import suppress
from pathlib import Path

from nnbp.data import files
from nnbp.errors import RejectedFileError

# Bytes; larger files are mapped. All of MNIST's are smaller, and once read, no other program can change them.
LARGEST_READ = 1 << 26


class MappedFile(mmap.mmap):
    """The bytes of a file, read-only, and whether the file has been changed.

    The bytes change if another program writes to the file. If it is truncated, reading beyond its new end
    kills the process with SIGBUS.
    """

    _path: str
    _descriptor: int
    _version: tuple[int, int]

    @classmethod
    def of(cls, path: Path) -> "MappedFile":
        """A regular file, mapped. Raises RejectedFileError, OSError, and ValueError if it is empty."""
        with files.opened(path) as descriptor:
            version = _version(descriptor)
            mapped = cls(descriptor, 0, access=mmap.ACCESS_READ)
            own = os.dup(descriptor)
        weakref.finalize(mapped, os.close, own)
        mapped._path, mapped._descriptor, mapped._version = str(path), own, version
        return mapped

    def check_unchanged(self) -> None:
        """Raise RejectedFileError if the file has been written to since it was opened.

        Replacing it with another file is not a change: this one stays as it was.
        """
        if _version(self._descriptor) != self._version:
            raise RejectedFileError(
                self._path, "it changed while it was in use", "do not modify it, and start again"
            )

    def expect_random_use(self) -> None:
        """Advise the system not to read ahead.

        If the file does not fit into memory, each shuffled example would otherwise wait for megabytes.
        """
        self.madvise(mmap.MADV_RANDOM)


def read_or_map(path: Path) -> bytes | MappedFile:
    """The bytes of a regular file, mapped if it is larger than LARGEST_READ (64 MiB).

    Raises RejectedFileError for anything else, and OSError.
    """
    with files.opened(path) as descriptor:
        large = os.fstat(descriptor).st_size > LARGEST_READ
    if large:
        # Some file systems cannot map files, but the files can still be read.
        with suppress(OSError, ValueError):
            return MappedFile.of(path)
    return files.read(path)


def _version(descriptor: int) -> tuple[int, int]:
    """Size and time of the last change, both of which a write affects."""
    status = os.fstat(descriptor)
    return status.st_size, status.st_mtime_ns
