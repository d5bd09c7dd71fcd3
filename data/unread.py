"""A file that is open and has not been read: its header decides whether the rest is."""

import os
import weakref
from pathlib import Path

from nnbp.data import files
from nnbp.data.mapped import MappedFile, read_or_map


class UnreadFile:
    """A regular file. A slice of it is read when it is asked for, and not kept."""

    def __init__(self, path: Path) -> None:
        """Open it. Raises RejectedFileError if it is not a regular file, and OSError."""
        self._path = path
        with files.opened(path) as descriptor:
            self._size = os.fstat(descriptor).st_size
            self._file = os.fdopen(os.dup(descriptor), "rb")
        weakref.finalize(self, self._file.close)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        start, stop = part.start or 0, len(self) if part.stop is None else part.stop
        with files.naming(self._path):
            self._file.seek(start)
            return self._file.read(max(stop - start, 0))

    def read(self) -> bytes:
        """All of the file at this path, at most 1 GiB."""
        return files.read(self._path)

    def read_or_map(self) -> bytes | MappedFile:
        """All of the file at this path, mapped if it is large."""
        return read_or_map(self._path)
