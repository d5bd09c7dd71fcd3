"""Atomic file replacement: a crash at any moment leaves either the complete old content or the complete new.

The new content goes to a temporary file next to the target, is flushed to disk, and replaces the target in
one step. The target's mode is kept, and a link stays a link. At most one temporary file, `.NAME.partial`, is
ever left behind, by a process that was killed; the next process reuses it.
"""

import contextlib
import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from pathlib import Path

# Non-blocking, because opening a named pipe would otherwise wait for a reader.
_PARTIAL = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


def check(path: Path) -> None:
    """Raise the OSError that `write` would raise: no such folder, no permission, not a regular file."""
    with _naming(path):
        target = _target(path)
        if target is None:
            return
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, "the file is not writable")
        descriptor, partial = _open_partial(target)
        partial.unlink()
        os.close(descriptor)


def write(path: Path, content: bytes) -> None:
    """Replace the content of the file or device at the path, following links.

    Raises OSError, and then leaves the old content in place.
    """
    with _naming(path):
        target = _target(path)
        if target is None:
            path.write_bytes(content)
        else:
            _replace(target, content)


def replace(path: Path, content: bytes) -> None:
    """Put a file with this content at the path; a link is replaced rather than followed.

    Raises OSError, and then leaves everything as it was.
    """
    with _naming(path):
        _replace(path, content)


@contextlib.contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Make every OSError name the caller's file, not the temporary one."""
    try:
        yield
    except OSError as error:
        error.filename = str(path)
        raise


def _replace(target: Path, content: bytes) -> None:
    descriptor, partial = _open_partial(target)
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


def _target(path: Path) -> Path | None:
    """The regular file that the path resolves to, existing or not; None for a device such as /dev/null."""
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, "a symbolic link that leads to itself")
    if not target.exists() or target.is_file():
        return target
    if target.is_char_device():
        return None
    reason = "a folder" if target.is_dir() else "neither a regular file nor a device"
    raise OSError(errno.EISDIR, f"{reason}, where a file was expected")


def _open_partial(target: Path) -> tuple[int, Path]:
    """The temporary file, open for writing and locked until it is closed."""
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "no such folder")
    partial = target.with_name(f".{target.name}.partial")
    while True:
        descriptor = os.open(partial, _PARTIAL, 0o666)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(errno.EEXIST, f"{partial.name} is in the way, and is not a regular file")
        # On a file system without locks, two processes that write the same file may still collide.
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        # Another process may have renamed the file to the target while this one waited for the lock.
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), partial.lstat()):
                return descriptor, partial
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """Flush the rename to disk, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
