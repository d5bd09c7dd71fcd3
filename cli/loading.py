"""Loading for the commands: MODEL, a path or - for standard input, and the data set for it."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nnbp import data
from nnbp.cli import signals
from nnbp.cli.output import Terminal
from nnbp.cli.text import one_line
from nnbp.errors import RejectedFileError

if TYPE_CHECKING:
    from nnbp.modelfile import Model
    from nnbp.settings import Settings

STANDARD = "-"

# What a model file has in place of the name of a built-in data set.
_UNNAMED = {"folder": "a folder", "unnamed": "a data set that it does not name"}


def read(name: str) -> "Model":
    """The model in a file, or on standard input. Raises RejectedFileError, OSError, or a usage error."""
    from nnbp import modelfile

    if name != STANDARD:
        return modelfile.load(Path(name))
    check_standard_input("MODEL is -, but standard input", "pipe a model in, or name a file")
    try:
        return modelfile.read(sys.stdin.buffer, "standard input")
    except OSError as error:
        error.filename = "standard input"
        raise


def check_standard_input(subject: str, remedy: str) -> None:
    """Raise a usage error, such as "standard input is closed; name files", if it cannot be read."""
    if sys.stdin is None or sys.stdin.isatty():
        found = "closed" if sys.stdin is None else "a terminal"
        raise click.UsageError(f"{subject} is {found}; {remedy}")


def dataset_of(where: str, model: "Model") -> str:
    """The name of the data set that the model at MODEL was trained on.

    Raises a usage error if it has no name.
    """
    name = model.origin.dataset
    if name not in data.names():
        shown = "the model on standard input" if where == STANDARD else one_line(where)
        raise click.UsageError(
            f"{shown} was trained on {_UNNAMED.get(name, ascii(name))}; name the data set with --dataset"
        )
    return name


def check_names(models: Sequence[str]) -> None:
    """Raise a usage error if standard input is more than one of these models."""
    if models.count(STANDARD) > 1:
        raise click.UsageError("only one MODEL can be -, because standard input is read once")


def load_both(where: str, dataset: str | None) -> tuple["Model", "data.Dataset"]:
    """The model at MODEL, and the data set of that name (default: the one the model was trained on).

    The data set is as the model sees it. Raises RejectedFileError if they do not match, a usage error if
    there is no default because the data set of the model has no name, and the errors of reading and
    downloading.
    """
    model, name = read_for(where, dataset)
    return model, seen_with(model.settings, load_dataset(name))


def seen_with(settings: "Settings", dataset: "data.Dataset") -> "data.Dataset":
    """The data set as a network sees that is trained with these settings: deskewed or as it is."""
    return dataset.deskewed if settings.deskew else dataset


def read_for(where: str, dataset: str | None) -> tuple["Model", str]:
    """The model at MODEL, and the name of the data set that `load_both` would load. Raises its errors."""
    model = read(where)
    name = dataset_of(where, model) if dataset is None else dataset
    _check_shape(where, model, name, data.shape(name))
    return model, name


def load_dataset(name: str | None, bars: bool = True) -> "data.Dataset":
    """The data set with this name, or in this folder. Raises the errors of `nnbp.data.load`."""
    return finish(data.Loading(name), bars)


def finish(loading: "data.Loading", bars: bool = True) -> "data.Dataset":
    """Wait for a data set that is being loaded. Raises the errors of `nnbp.data.load`."""
    # An interrupted download has to remove its temporary file.
    signals.install()
    with Terminal(bars) as terminal:
        return loading.dataset(terminal)


def _check_shape(where: str, model: "Model", name: str, shape: data.Shape) -> None:
    sizes = model.network.sizes
    # Fewer classes than outputs are fine: a folder may lack some of them.
    if sizes[0] != shape.pixels or sizes[-1] < shape.classes:
        raise RejectedFileError(
            where,
            f"the model takes {sizes[0]:,} pixels and has {sizes[-1]:,} classes; "
            f"{name} has {shape.pixels:,} pixels and {shape.classes:,} classes",
            "name the data set that the model was made for with --dataset",
        )
