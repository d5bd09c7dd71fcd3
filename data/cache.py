"""Files on disk, trusted for their SHA-256 and nothing else."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from nnbp.data import files
from nnbp.errors import RejectedFileError

if TYPE_CHECKING:
    from nnbp.data.registry import Entry, File

_SAMPLE = Path(__file__).parent / "sample"


@dataclass(frozen=True)
class FileState:
    """What lies at `path`: its size in bytes, the SHA-256 pinned and found, what is wrong, if anything."""

    path: Path
    state: Literal["good", "missing", "damaged"]
    bytes: int | None
    expected: str
    found: str | None
    problem: str = ""


# The state of a stored file, and its bytes: those that were hashed (none unless the state is good).
Inspected = tuple[FileState, bytes]


def root() -> Path:
    """The folder of the cache: $NNBP_CACHE_DIR, else the platform's for this user."""
    named = os.environ.get("NNBP_CACHE_DIR")
    if named:
        return Path(named)
    import platformdirs

    return platformdirs.user_cache_path("nnbp", appauthor=False)


def folder(entry: Entry) -> Path:
    """The folder of one data set's files."""
    return _SAMPLE if entry.bundled else root() / entry.name


def inspect_all(entry: Entry) -> list[Inspected]:
    """What there is of a data set's four files."""
    return [inspect(entry, file) for file in entry.files]


def inspect(entry: Entry, file: File) -> Inspected:
    """What there is of one file."""
    path = folder(entry) / entry.stored_name(file)
    try:
        content = files.read(path)
    except (FileNotFoundError, NotADirectoryError):
        return FileState(path, "missing", None, file.sha256, None, "missing"), b""
    except (OSError, RejectedFileError) as error:
        problem = (
            error.reason
            if isinstance(error, RejectedFileError)
            else f"cannot be read ({error.strerror or error})"
        )
        return FileState(path, "damaged", None, file.sha256, None, problem), b""
    found = hashlib.sha256(content).hexdigest()
    if found == file.sha256:
        return FileState(path, "good", len(content), file.sha256, found), content
    problem = f"damaged (expected SHA-256 {file.sha256[:16]}…, found {found[:16]}…)"
    return FileState(path, "damaged", len(content), file.sha256, found, problem), b""
