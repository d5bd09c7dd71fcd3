"""The model file: a training, with everything needed to continue it exactly, and its data set.

    format      ()         version of this layout
    sizes       (L + 1,)   neurons of each layer
    weights_1   (n_0, n_1) and biases_1 (n_1,), up to weights_L and biases_L, float32
    velocity_…             the same, with momentum: velocity_weights_1, velocity_biases_1, …
    last_…                 the same, if the network above is the best epoch's and not the last
    metadata    (bytes,)   JSON: output, settings, data set, seed, epoch reports, generator state, test score,
                           and in format 3 the diagnoses of epochs

The file contains only data, and nothing in it depends on the clock, the folder or the file name: the same
training produces the same bytes. It is written by `atomic.py`, and every name, type, shape and value is
checked when it is read.
"""

from pathlib import Path

from nnbp import atomic
from nnbp.modelfile.content import dumps as dumps
from nnbp.modelfile.content import loads as loads
from nnbp.modelfile.content import read as read
from nnbp.modelfile.model import Model as Model
from nnbp.modelfile.model import Origin as Origin
from nnbp.modelfile.model import Score as Score


def save(model: Model, path: str | Path) -> None:
    """Write the model to a file atomically. Raises OSError, and ValueError as `dumps` does."""
    atomic.write(Path(path), dumps(model))


def load(path: str | Path) -> Model:
    """The model in a file. Raises OSError, or RejectedFileError if the file is not a model."""
    try:
        with Path(path).open("rb") as file:
            return read(file, str(path))
    except OSError as error:
        # An error while reading does not name the file, unlike an error while opening it.
        error.filename = str(path)
        raise
