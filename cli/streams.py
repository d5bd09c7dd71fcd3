"""The standard streams when something is wrong with them: closed, full, or without a reader."""

import errno
import io
import os
import sys


def secure() -> None:
    """Occupy the descriptors of closed streams, which the next opened file would otherwise get.

    Raises OSError if standard output is closed: results would be lost with status 0.
    """
    closed = [descriptor for descriptor in (0, 1, 2) if not _is_open(descriptor)]
    for _ in closed:
        # The lowest free descriptor, and so each of them in turn.
        os.open(os.devnull, os.O_RDWR)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w")
    for stream in (sys.stdout, sys.stderr):
        # A file name that is not text, or a character that the terminal lacks, is better escaped than fatal.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if 1 in closed:
        raise OSError(errno.EBADF, "it is closed", "standard output")


def abandon() -> None:
    """Discard the buffered standard output, instead of failing again at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
