"""Atomic file replacement: a crash at any moment leaves either the complete old content or the complete new.

The new content goes to a temporary file next to the target, is flushed to disk, and replaces the target in
one step. The target's mode is kept, and a link stays a link. At most one temporary file, `.NAME.partial`, is
ever left behind, by a process that was killed; the next process reuses it. Processes that write the same file
take turns.
"""

import contextlib
import errno
import os
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from nnbp import locks

# Seconds to wait while other processes write the same file, and between two attempts.
PATIENCE = 10.0
_PAUSE = 0.01

# Sleeps for some seconds, or raises an exception to give up waiting.
Sleep = Callable[[float], object]


def check(path: Path) -> None:
    """Raise the OSError that `write` would raise: no such folder, no permission, a folder."""
    with _naming(path):
        target = regular_file(path)
        if target is None:
            return
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, "the file is not writable")
        descriptor, partial = _open_partial(target, time.sleep)
        partial.unlink()
        os.close(descriptor)


def write(path: Path, content: bytes, sleep: Sleep = time.sleep) -> None:
    """Replace the content of the file at the path, following links; write to a device or pipe.

    `sleep` is called while another process writes the file. Raises OSError, and then leaves the old content
    in place.
    """
    with _naming(path):
        target = regular_file(path)
        if target is None:
            path.write_bytes(content)
        else:
            _replace(target, content, sleep)


def replace(path: Path, content: bytes) -> None:
    """Put a file with this content at the path; a link is replaced rather than followed.

    Raises OSError, and then leaves everything as it was.
    """
    with _naming(path):
        _replace(path, content, time.sleep)


def regular_file(path: Path) -> Path | None:
    """The regular file that the path resolves to, existing or not; None for a device such as /dev/null.

    None, too, for a pipe, such as the >(…) of a shell. Raises OSError for anything else.
    """
    # Before the path is resolved: that of a pipe without a name, such as pipe:[123], does not exist.
    if path.is_char_device() or path.is_fifo():
        return None
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, "a symbolic link that leads to itself", str(path))
    if not target.exists() or target.is_file():
        return target
    reason = "a folder" if target.is_dir() else "neither a regular file nor a device or pipe"
    raise OSError(errno.EISDIR, f"{reason}, where a file was expected", str(path))


@contextlib.contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Make every OSError name the caller's file, not the temporary one."""
    try:
        yield
    except OSError as error:
        error.filename = str(path)
        raise


def _replace(target: Path, content: bytes, sleep: Sleep) -> None:
    descriptor, partial = _open_partial(target, sleep)
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        try:
            if target.exists():
                os.fchmod(descriptor, stat.S_IMODE(target.stat().st_mode))
            file.truncate()
            rest = memoryview(content)
            while rest:
                rest = rest[file.write(rest) :]
            os.fsync(descriptor)
            partial.replace(target)
        except BaseException:
            # Before the lock is released: after that the file may belong to another process.
            partial.unlink(missing_ok=True)
            raise
    _sync_folder(target.parent)


def _open_partial(target: Path, sleep: Sleep) -> tuple[int, Path]:
    """The temporary file, open for writing and locked until it is closed."""
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "no such folder")
    partial = target.with_name(f".{target.name}.partial")
    until = time.monotonic() + PATIENCE
    while (descriptor := locks.open_locked(partial)) is None:
        if time.monotonic() > until:
            raise BlockingIOError(errno.EAGAIN, "another process is writing it")
        sleep(_PAUSE)
    return descriptor, partial


def _sync_folder(folder: Path) -> None:
    """Flush the rename to disk, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
