"""Where the models of a training go, and how they are stored while the training continues."""

import errno
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Self

import click

from nnbp.background import Background
from nnbp.cli.loading import STANDARD


class Destination:
    """A file, written after every epoch, or standard output (-), written at the end.

    content   of the last model stored; empty before the first
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.to_stdout = name == STANDARD
        self.content = b""

    def check(self) -> None:
        """Raise any error that writing would raise, before any work is done."""
        from nnbp import atomic

        if self.name.endswith("/"):
            raise IsADirectoryError(errno.EISDIR, "a folder, where a file was expected", self.name)
        if not self.to_stdout:
            atomic.check(Path(self.name))
        elif sys.stdout.isatty():
            raise click.UsageError("a model cannot be printed on a terminal; redirect it to a file or a pipe")

    def store(self, content: bytes) -> None:
        """Store the content of a model file."""
        from nnbp import atomic

        if not self.to_stdout:
            atomic.write(Path(self.name), content)
        self.content = content

    def end(self) -> None:
        """Write the last epoch's model to standard output, if that is the destination."""
        if self.to_stdout:
            sys.stdout.buffer.write(self.content)
            sys.stdout.buffer.flush()


class Storing:
    """Stores models in the background, one at a time: writing waits for the disk, not the processor."""

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        self._last: Background[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()

    def begin(self, content: bytes, stored: Callable[[], None]) -> None:
        """Store this content after the previous one, then call `stored`. Raises the previous one's error."""
        self.finish()

        def store() -> None:
            self._destination.store(content)
            stored()

        self._last = Background(store)

    def finish(self) -> None:
        """Wait until the last content is stored. Raises its error."""
        if self._last is not None:
            self._last.result()
