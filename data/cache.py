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
    """The file at `path`: its size in bytes, SHA-256 expected and found, and the problem, if there is one.

    No download can repair it while something else is `in_the_way`: a folder.
    """

    path: Path
    state: Literal["good", "missing", "damaged"]
    bytes: int | None
    expected: str
    found: str | None
    problem: str = ""
    in_the_way: bool = False


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
        content = files.read(path, file.size)
    except (OSError, RejectedFileError) as error:
        return _unreadable(path, file, error), b""
    found = hashlib.sha256(content).hexdigest()
    if found == file.sha256:
        return FileState(path, "good", len(content), file.sha256, found), content
    problem = f"damaged (expected SHA-256 {file.sha256[:16]}…, found {found[:16]}…)"
    return FileState(path, "damaged", len(content), file.sha256, found, problem), b""


def _unreadable(path: Path, file: File, error: OSError | RejectedFileError) -> FileState:
    in_the_way = False
    match error:
        case FileNotFoundError() if path.is_symlink():
            problem = "a symbolic link to a file that does not exist"
        case FileNotFoundError() | NotADirectoryError():
            return FileState(path, "missing", None, file.sha256, None, "missing")
        case RejectedFileError():
            problem = error.reason
            in_the_way = path.is_dir() and not path.is_symlink()
        case _:
            problem = f"cannot be read ({error.strerror or error})"
    return FileState(path, "damaged", None, file.sha256, None, problem, in_the_way)
