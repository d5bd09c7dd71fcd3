"""The model file: a network, and everything that made it.

    format      ()         version of this layout
    sizes       (L + 1,)   neurons of each layer
    weights_1   (n_0, n_1) and biases_1 (n_1,), up to weights_L and biases_L, float32
    metadata    (bytes,)   JSON: output, settings, data set, seed, epoch reports, generator state

The file holds data only, and nothing in it depends on the clock, the folder or its own name: the same
training makes the same bytes. It is written by `durable.py` and read with every name, type, shape and value
checked.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from nnbp import __version__, container, durable, records
from nnbp.costs import COSTS
from nnbp.errors import RejectedFileError
from nnbp.network import Network, check_sizes
from nnbp.settings import Settings
from nnbp.sgd import EpochReport

FORMAT = 1
MAX_BYTES = 256 * 1024 * 1024
MAX_METADATA_BYTES = 32 * 1024 * 1024

_METADATA = {
    "version": str,
    "output": str,
    "settings": dict,
    "origin": dict,
    "reports": list,
    "generator": dict,
}


@dataclass(frozen=True)
class Origin:
    """What, beside the settings, it takes to make a network again. Raises ValueError for a bad value.

    dataset         name of the data set
    dataset_sha256  of its contents
    validation      how many examples were held out from the end of the training set
    seed            of the generator that drew the first weights and orders the examples
    """

    dataset: str
    dataset_sha256: str
    validation: int
    seed: int

    def __post_init__(self) -> None:
        if len(self.dataset_sha256) != 64 or set(self.dataset_sha256) - set("0123456789abcdef"):
            raise ValueError("dataset_sha256 is not a SHA-256 in hexadecimal")
        if not self.dataset.isprintable() or not 0 < len(self.dataset) <= 100:
            raise ValueError("dataset is not a name")
        if not (0 <= self.seed < 2**64 and self.validation >= 0):
            raise ValueError("seed or validation is out of range")


@dataclass(frozen=True)
class Model:
    """A network with its history; `generator` is the state of the random numbers after the last epoch."""

    network: Network
    settings: Settings
    origin: Origin
    reports: tuple[EpochReport, ...]
    generator: Any
    version: str = __version__

    def __post_init__(self) -> None:
        if [report.epoch for report in self.reports] != list(range(1, len(self.reports) + 1)):
            raise ValueError("the epoch reports are not numbered 1, 2, 3, …")
        if len(self.reports) > self.settings.epochs:
            raise ValueError("there are more epoch reports than epochs")
        if not all(np.isfinite(layer).all() for layer in self.network.parameters):
            raise ValueError("a weight or bias is not a finite number")
        # NumPy is the judge of a state of its generator.
        judge = np.random.PCG64()
        judge.state = self.generator
        if judge.state != self.generator:
            raise ValueError("generator is not a state of PCG64")


def dumps(model: Model) -> bytes:
    """The model as the content of a model file."""
    metadata = {
        "version": model.version,
        "output": COSTS[model.settings.cost].output,
        "settings": records.plain(model.settings),
        "origin": records.plain(model.origin),
        "reports": [records.plain(report) for report in model.reports],
        "generator": model.generator,
    }
    arrays = {"format": np.array(FORMAT, "<i8"), "sizes": np.array(model.network.sizes, "<i8")}
    for number, layer in enumerate(model.network.parameters, 1):
        arrays[f"weights_{number}"] = layer[:-1].astype("<f4")
        arrays[f"biases_{number}"] = layer[-1].astype("<f4")
    arrays["metadata"] = np.frombuffer(records.serialize(metadata), np.uint8)
    return container.pack(arrays)


def loads(content: bytes, where: str) -> Model:
    """The model in the content of a model file; RejectedFileError, naming `where`, if it is none."""
    try:
        if len(content) > MAX_BYTES:
            raise ValueError(f"larger than any model file, {MAX_BYTES:,} bytes")
        return _parse(container.Reader(content))
    # A file that someone made to be misread can raise nearly anything in the libraries underneath.
    except Exception as error:
        raise RejectedFileError(
            where, f"not a model file: {error}", "name a file that `nnbp train` wrote"
        ) from error


def save(model: Model, path: Path) -> None:
    """Replace the file's content by the model, whole or not at all. Raises OSError."""
    durable.write(path, dumps(model))


def load(path: Path) -> Model:
    """The model in a file. Raises OSError, or RejectedFileError if the file is no model."""
    with path.open("rb") as file:
        return read(file, str(path))


def read(file: BinaryIO, where: str) -> Model:
    """The model in an open file, of which no more is read than a model file can hold."""
    return loads(file.read(MAX_BYTES + 1), where)


def _parse(reader: container.Reader) -> Model:
    version = int(reader.take("format", "<i8", ()))
    if version != FORMAT:
        raise ValueError(f"its format is {version}, and this nnbp reads format {FORMAT}")
    sizes = tuple(reader.take("sizes", "<i8").tolist())
    check_sizes(sizes)
    parameters = []
    for number, (n_in, n_out) in enumerate(pairwise(sizes), 1):
        weights = reader.take(f"weights_{number}", "<f4", (n_in, n_out))
        biases = reader.take(f"biases_{number}", "<f4", (n_out,))
        parameters.append(np.vstack([weights, biases]).astype(np.float32, copy=False))
    metadata = _read_metadata(reader.take("metadata", "|u1").tobytes())
    reader.end()
    return Model(network=Network(sizes, parameters), **metadata)


def _read_metadata(text: bytes) -> dict[str, Any]:
    """The arguments of a Model that are not arrays."""
    if len(text) > MAX_METADATA_BYTES:
        raise ValueError(f"its metadata are larger than {MAX_METADATA_BYTES:,} bytes")
    metadata = records.parse(text)
    records.check("metadata", metadata, _METADATA)
    if not metadata["version"].isprintable() or len(metadata["version"]) > 40:
        raise ValueError("its version is not a version")
    settings = records.build(Settings, metadata["settings"])
    expected = COSTS[settings.cost].output
    if metadata.pop("output") != expected:
        raise ValueError(f"its output is not {expected}, which its cost goes with")
    return {
        **metadata,
        "settings": settings,
        "origin": records.build(Origin, metadata["origin"]),
        "reports": tuple(records.build(EpochReport, report) for report in metadata["reports"]),
    }
