"""The files in the cache, trusted only if their SHA-256 matches."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nnbp.data import files
from nnbp.data.registry import Entry, File
from nnbp.errors import RejectedFileError

SAMPLE_FOLDER = Path(__file__).parent / "sample"


@dataclass(frozen=True)
class FileState:
    """The file at `path`: its size in bytes, SHA-256 expected and found, and the problem, if there is one."""

    path: Path
    state: Literal["good", "missing", "damaged"]
    bytes: int | None
    expected: str
    found: str | None
    problem: str = ""


# The state of a stored file, and exactly the bytes that were hashed; empty unless the state is good.
Inspected = tuple[FileState, bytes]


def root() -> Path:
    """The cache folder: $NNBP_CACHE_DIR, or nnbp's folder in the user's cache folder on this platform."""
    named = os.environ.get("NNBP_CACHE_DIR")
    if named:
        return Path(named)
    import platformdirs

    return platformdirs.user_cache_path("nnbp", appauthor=False)


def folder(entry: Entry) -> Path:
    """The folder of one data set's files."""
    return SAMPLE_FOLDER if entry.bundled else root() / entry.name


def inspect_all(entry: Entry) -> list[Inspected]:
    """The states of a data set's four files."""
    return [inspect(entry, file) for file in entry.files]


def inspect(entry: Entry, file: File) -> Inspected:
    """The state of one file."""
    path = folder(entry) / entry.stored_name(file)
    try:
        content = files.read(path)
    except (FileNotFoundError, NotADirectoryError):
        return FileState(path, "missing", None, file.sha256, None, "missing"), b""
    except (OSError, RejectedFileError) as error:
        return FileState(path, "damaged", None, file.sha256, None, _unreadable(error)), b""
    found = hashlib.sha256(content).hexdigest()
    if found == file.sha256:
        return FileState(path, "good", len(content), file.sha256, found), content
    problem = f"damaged (expected SHA-256 {file.sha256[:16]}…, found {found[:16]}…)"
    return FileState(path, "damaged", len(content), file.sha256, found, problem), b""


def _unreadable(error: OSError | RejectedFileError) -> str:
    if isinstance(error, RejectedFileError):
        return error.reason
    return f"cannot be read ({error.strerror or error})"
