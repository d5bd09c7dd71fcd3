"""One training at a time writes a model file."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nnbp import atomic, locks
from nnbp.cli import signals


@contextmanager
def reserved(path: Path) -> Iterator[None]:
    """Hold the lock on a model file: `.NAME.lock` next to it.

    Raises BlockingIOError if another training holds it. Where no lock can be created, the file
    cannot be written either, and `atomic.check` gives the reason.
    """
    lock, descriptor = _lock_of(path), None
    try:
        # A signal waits until it is known that there is a lock to remove.
        with signals.held_back():
            descriptor = None if lock is None else _open(lock, path)
        yield
    finally:
        if lock is not None and descriptor is not None:
            # Before it is unlocked: after that it may be another training's.
            lock.unlink(missing_ok=True)
            os.close(descriptor)


def _lock_of(path: Path) -> Path | None:
    """The path of a file's lock, the same for every link to the file; None for a device."""
    try:
        target = atomic.regular_file(path)
    except OSError:
        return None
    return None if target is None else target.with_name(f".{target.name}.lock")


def _open(lock: Path, path: Path) -> int | None:
    try:
        descriptor = locks.open_locked(lock)
    except OSError:
        return None
    if descriptor is None:
        raise BlockingIOError(errno.EAGAIN, "another nnbp is training into it", str(path))
    return descriptor
