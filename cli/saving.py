"""Saving for the commands: the file that -o names, or standard output for -."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from nnbp.cli import signals
from nnbp.cli.loading import STANDARD
from nnbp.cli.text import one_line

# A new file cannot take the place of these, as it does of others.
_STANDARD_OUTPUT = ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")


def destination(output: str, models: Sequence[str] = ()) -> str:
    """What -o names: a path, or - for standard output, also by one of its other names.

    Raises a usage error if it is a terminal, or one of these models, which would be lost.
    """
    name = STANDARD if output in _STANDARD_OUTPUT else output
    if name == STANDARD:
        if sys.stdout.isatty():
            raise click.UsageError(
                f"-o is {output}, but standard output is a terminal; redirect it to a file or a pipe, "
                "or name a file"
            )
        return name
    for model in models:
        if _is_same_file(model, name):
            raise click.BadParameter(
                f"{one_line(output)} is the model itself, which would be lost; name another file",
                param_hint="'-o'",
            )
    return name


def write(name: str, content: bytes) -> None:
    """Write the file or to standard output. Raises OSError, and Interrupted if a signal arrives."""
    from nnbp import atomic

    if name == STANDARD:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        signals.install()
        atomic.write(Path(name), content, signals.sleep)


def _is_same_file(model: str, name: str) -> bool:
    """Whether both are the same regular file; standard input may be redirected from it."""
    try:
        read = os.fstat(0) if model == STANDARD else Path(model).stat()
        return Path(name).is_file() and os.path.samestat(read, Path(name).stat())
    except OSError:
        return False
