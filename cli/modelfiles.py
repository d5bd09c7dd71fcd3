"""MODEL and --output as the shell gives them: a path, or - for standard input or output."""

import errno
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nnbp import data

if TYPE_CHECKING:
    from nnbp.storage import Model

STANDARD = "-"


def read(name: str) -> "Model":
    """The model in a file, or on standard input. Raises RejectedFileError, OSError, or a usage error."""
    from nnbp import storage

    if name != STANDARD:
        return storage.load(Path(name))
    if sys.stdin is None or sys.stdin.isatty():
        found = "closed" if sys.stdin is None else "a terminal"
        raise click.UsageError(f"MODEL is -, and standard input is {found}; pipe a model in, or name a file")
    try:
        return storage.read(sys.stdin.buffer, "standard input")
    except OSError as error:
        error.filename = "standard input"
        raise


def dataset_of(model: "Model") -> str:
    """The data set that the model was trained on, if it goes by a name; else a usage error."""
    name = model.origin.dataset
    if name not in data.names():
        raise click.UsageError(f"the model was trained on a {name}; name the data set with --dataset")
    return name


class Output:
    """Where the models of a training go: into a file after every epoch, or to standard output at the end."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.to_stdout = name == STANDARD
        self.content = b""

    def check(self) -> None:
        """Raise what writing would raise, before there is anything to lose."""
        from nnbp import durable

        if self.name.endswith("/"):
            raise IsADirectoryError(errno.EISDIR, "a folder, where a file was expected", self.name)
        if not self.to_stdout:
            durable.check(Path(self.name))
        elif sys.stdout.isatty():
            raise click.UsageError("a model is not for a terminal; send it to a file or a pipe")

    def epoch(self, model: "Model") -> None:
        """Store the model of an epoch."""
        from nnbp import durable, storage

        self.content = storage.dumps(model)
        if not self.to_stdout:
            durable.write(Path(self.name), self.content)

    def end(self) -> None:
        """Hand the last epoch's model over to whoever reads standard output."""
        if self.to_stdout:
            sys.stdout.buffer.write(self.content)
            sys.stdout.buffer.flush()
