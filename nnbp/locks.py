"""Files locked by one process at a time; the lock ends with the process, even if it is killed."""

import errno
import fcntl
import os
import stat
from pathlib import Path

# Non-blocking, because opening a named pipe would otherwise wait for a reader.
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


def open_locked(path: Path) -> int | None:
    """The file at the path, created if necessary, open for writing, and locked until it is closed.

    None if another process has locked it. On a file system without locks it is only opened. Remove or rename
    it before closing it. Raises OSError, also for anything but a regular file.
    """
    while True:
        descriptor = os.open(path, _FLAGS, 0o666)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise FileExistsError(errno.EEXIST, f"{path.name} is in the way, and is not a regular file")
            locked = _lock(descriptor)
            # Another process may have removed or renamed it between the opening and the locking.
            if locked and _is_at(path, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        if not locked:
            return None


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass  # a file system without locks
    return True


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False
