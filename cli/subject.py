"""What a command is about: a model, and the data set that it is shown."""

from typing import TYPE_CHECKING

from nnbp import data
from nnbp.cli import modelfiles, signals
from nnbp.cli.output import Terminal
from nnbp.errors import RejectedFileError

if TYPE_CHECKING:
    from nnbp.storage import Model


def load(where: str, dataset: str | None) -> tuple["Model", "data.Dataset"]:
    """The model at MODEL, and the data set of that name or else its own.

    Raises RejectedFileError where they do not match, a usage error where the model's own has no name, and
    what reading and downloading raise.
    """
    model = modelfiles.read(where)
    name = modelfiles.dataset_of(model) if dataset is None else dataset
    _check_shape(where, model, name, data.shape(name))
    return model, load_dataset(name)


def load_dataset(name: str | None, bars: bool = True) -> "data.Dataset":
    """The data set of that name or folder. Raises what `nnbp.data.load` raises."""
    # A download that is interrupted takes its temporary file away.
    signals.install()
    with Terminal(bars) as terminal:
        return data.load(name, terminal)


def _check_shape(where: str, model: "Model", name: str, shape: data.Shape) -> None:
    sizes = model.network.sizes
    # Fewer classes than outputs are no hindrance: a folder may lack some of them.
    if sizes[0] != shape.pixels or sizes[-1] < shape.classes:
        raise RejectedFileError(
            where,
            f"the model takes {sizes[0]:,} pixels and knows {sizes[-1]:,} classes; "
            f"{name} has {shape.pixels:,} pixels and {shape.classes:,} classes",
            "name the data set that it was made for with --dataset",
        )
