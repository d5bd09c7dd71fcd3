"""What to do if the standard streams are closed, full, or without a reader."""

import errno
import io
import os
import sys


def secure() -> None:
    """Occupy the descriptors of closed streams, which the next file opened would otherwise get.

    Raises OSError if standard output is closed: results would be lost with status 0.
    """
    closed = [descriptor for descriptor in (0, 1, 2) if not _is_open(descriptor)]
    for _ in closed:
        # open() takes the lowest free descriptor, so this fills each of them in turn.
        os.open(os.devnull, os.O_RDWR)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w")
    for stream in (sys.stdout, sys.stderr):
        # Escaping a file name that is not text, or a character the terminal lacks, is better than failing.
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
