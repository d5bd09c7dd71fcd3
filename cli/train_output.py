"""--output as the shell gives it: a path, or - for standard output; and storing models there."""

import errno
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Self

import click

from nnbp.background import Background
from nnbp.cli.loading import STANDARD


class ModelOutput:
    """Where the models of a training go: into a file after every epoch, or to standard output at the end."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.to_stdout = name == STANDARD
        self.content = b""

    def check(self) -> None:
        """Raise the errors of writing, before there is anything to lose."""
        from nnbp import atomic

        if self.name.endswith("/"):
            raise IsADirectoryError(errno.EISDIR, "a folder, where a file was expected", self.name)
        if not self.to_stdout:
            atomic.check(Path(self.name))
        elif sys.stdout.isatty():
            raise click.UsageError("a model is not for a terminal; send it to a file or a pipe")

    def store(self, content: bytes) -> None:
        """Store the content of a model file; once this returns, it is `self.content`."""
        from nnbp import atomic

        if not self.to_stdout:
            atomic.write(Path(self.name), content)
        self.content = content

    def end(self) -> None:
        """Write the last epoch's model to standard output, where it is to go there."""
        if self.to_stdout:
            sys.stdout.buffer.write(self.content)
            sys.stdout.buffer.flush()


class Storing:
    """Stores one model after another, each while the training goes on.

    Writing them takes little of a processor's time, and much of a disk's.
    """

    def __init__(self, output: ModelOutput) -> None:
        self._output = output
        self._last: Background[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()

    def begin(self, content: bytes, stored: Callable[[], None]) -> None:
        """Store this once the last is stored, and then call `stored`. Raises what the last raised."""
        self.finish()

        def store() -> None:
            self._output.store(content)
            stored()

        self._last = Background(store)

    def finish(self) -> None:
        """Wait for the last; raises what it raised."""
        if self._last is not None:
            self._last.result()
