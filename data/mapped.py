"""Large files: their bytes stay in the page cache of the system, where they are in nobody's way."""

from __future__ import annotations

import mmap
import os
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING

from nnbp.data import files
from nnbp.errors import RejectedFileError

if TYPE_CHECKING:
    from pathlib import Path

# Bytes of a file that is read. All of MNIST's are smaller, and in memory nobody else can change them.
LARGEST_READ = 1 << 26


class MappedFile(mmap.mmap):
    """The bytes of a file, read-only, and whether it is still the file that it was.

    What somebody writes to the file shows in them. If it is cut short, the process ends by SIGBUS as soon as
    it looks at what is no longer there.
    """

    _path: str
    _descriptor: int
    _version: tuple[int, int]

    @classmethod
    def of(cls, path: Path) -> MappedFile:
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

        Another file under its name is no change: this one stays as it was.
        """
        if _version(self._descriptor) != self._version:
            raise RejectedFileError(
                self._path, "it was changed while it was in use", "leave it alone and start again"
            )

    def expect_random_use(self) -> None:
        """Tell the system that what it reads from the disk need not be read with much of what is around it.

        Where the file does not fit into memory, shuffled examples would each wait for megabytes otherwise.
        """
        self.madvise(mmap.MADV_RANDOM)


def read_or_map(path: Path) -> bytes | MappedFile:
    """The bytes of a regular file; mapped, if there are more than 64 MiB of them.

    Raises RejectedFileError for anything else, and OSError.
    """
    with files.opened(path) as descriptor:
        large = os.fstat(descriptor).st_size > LARGEST_READ
    if large:
        # Some file systems map nothing; they may still be read from.
        with suppress(OSError, ValueError):
            return MappedFile.of(path)
    return files.read(path)


def _version(descriptor: int) -> tuple[int, int]:
    """What a write changes."""
    status = os.fstat(descriptor)
    return status.st_size, status.st_mtime_ns
