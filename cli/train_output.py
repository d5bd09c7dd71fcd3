"""--output as the shell gives it: a path, or - for standard output."""

import errno
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nnbp.cli.loading import STANDARD

if TYPE_CHECKING:
    from nnbp.modelfile import Model


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

    def epoch(self, model: "Model") -> None:
        """Store the model of an epoch."""
        from nnbp import atomic, modelfile

        self.content = modelfile.dumps(model)
        if not self.to_stdout:
            atomic.write(Path(self.name), self.content)

    def end(self) -> None:
        """Write the last epoch's model to standard output, where it is to go there."""
        if self.to_stdout:
            sys.stdout.buffer.write(self.content)
            sys.stdout.buffer.flush()
