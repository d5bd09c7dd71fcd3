"""The model file: a training, with everything needed to continue it exactly, and its data set.

    format      ()         version of this layout
    sizes       (L + 1,)   neurons of each layer
    weights_1   (n_0, n_1) and biases_1 (n_1,), up to weights_L and biases_L, float32
    velocity_…             likewise, with momentum: velocity_weights_1, velocity_biases_1, …
    last_…                 likewise, if the network above is the best epoch's and not the last
    metadata    (bytes,)   JSON: output, settings, data set, seed, epoch reports, generator state

The file holds data only, and nothing in it depends on the clock, the folder or its own name: the same
training makes the same bytes. It is written by `atomic.py` and read with every name, type, shape and value
checked.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from nnbp import __version__, atomic, engines
from nnbp.arrays import Layers
from nnbp.costs import COSTS
from nnbp.errors import RejectedFileError
from nnbp.modelfile import npz, records
from nnbp.network import BYTES_PER_PARAMETER, MAX_PARAMETERS, Network, check_sizes
from nnbp.settings import ENGINES, MAX_EPOCHS, Settings
from nnbp.training import EpochReport, NamedData, Training, best_epoch

FORMAT = 1

# The name of a data set that has none.
UNNAMED = "unnamed"

MAX_METADATA_BYTES = 32 * 1024 * 1024
# The result, the velocity and the last network, and 16 MiB for headers.
MAX_BYTES = 3 * MAX_PARAMETERS * BYTES_PER_PARAMETER + MAX_METADATA_BYTES + 16 * 1024 * 1024

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
    """Everything, besides sizes and settings, that is needed to make the same network again.

    Raises ValueError for a bad value.

    dataset         name of the data set
    dataset_sha256  of its contents; empty if unknown
    validation      number of examples held out from the end of the training set
    seed            of the generator that draws the first weights and shuffles the examples
    engine          native or numpy
    """

    dataset: str
    dataset_sha256: str
    validation: int
    seed: int
    engine: str

    def __post_init__(self) -> None:
        if len(self.dataset_sha256) not in (0, 64) or set(self.dataset_sha256) - set("0123456789abcdef"):
            raise ValueError("dataset_sha256 is not a SHA-256 in hexadecimal")
        if not self.dataset.isprintable() or not 0 < len(self.dataset) <= 100:
            raise ValueError("dataset is not a name")
        if not (0 <= self.seed < 2**64 and self.validation >= 0):
            raise ValueError("seed or validation is out of range")
        if self.engine not in ENGINES or self.engine == "auto":
            raise ValueError("engine is neither native nor numpy")


@dataclass(frozen=True)
class Model:
    """A training as it is stored, with the name and the SHA-256 of its data set."""

    training: Training
    dataset: str = UNNAMED
    dataset_sha256: str = ""
    version: str = __version__

    @classmethod
    def of(cls, training: Training, dataset: NamedData | None) -> "Model":
        """The model of a training on this data set."""
        return cls(training) if dataset is None else cls(training, dataset.name, dataset.sha256)

    def check(self) -> None:
        """Raise ValueError if the parts do not match one another, or a number is not finite."""
        state, settings = self.training, self.settings
        if [report.epoch for report in state.reports] != list(range(1, len(state.reports) + 1)):
            raise ValueError("the epoch reports are not numbered 1, 2, 3, …")
        if len(state.reports) > settings.epochs:
            raise ValueError("there are more epoch reports than epochs")
        if bool(state.velocity) != (settings.momentum > 0):
            raise ValueError("there is a velocity without momentum, or momentum without a velocity")
        if (state.best is not None) != (
            settings.keep == "best" and best_epoch(state.reports) != len(state.reports)
        ):
            raise ValueError("the best network is missing, or not needed")
        if settings.needs_validation and not state.held_out:
            raise ValueError(
                "patience and keep='best' need validation examples, held out from the training examples"
            )
        if state.network.dtype != np.float32:
            raise ValueError(f"the network is in {state.network.dtype}; a model file holds float32")
        best = [] if state.best is None else state.best.layers
        pairs = [*state.network.layers, *state.velocity, *best]
        if not all(np.isfinite(array).all() for pair in pairs for array in pair):
            raise ValueError("a weight, bias or velocity is not a finite number")

    @property
    def network(self) -> Network:
        """The network to use: the best one if that is kept, otherwise the last."""
        return self.training.result

    @property
    def settings(self) -> Settings:
        """The settings of the training."""
        return self.training.settings

    @property
    def origin(self) -> Origin:
        """Everything, besides sizes and settings, that is needed to make the same network again."""
        training = self.training
        engine = training.engine or engines.choose_engine("auto", training.network)
        return Origin(self.dataset, self.dataset_sha256, training.held_out, training.seed, engine)

    def save(self, path: str | Path) -> None:
        """As `nnbp.save`."""
        save(self, path)

    def _repr_html_(self) -> str:
        from nnbp.notebook import training

        return training.html(self.training, self.dataset)


def dumps(model: Model) -> bytes:
    """The content of the model's file. Raises ValueError for a model that a file cannot hold."""
    model.check()
    training = model.training
    metadata = {
        "version": model.version,
        "output": COSTS[model.settings.cost].output,
        "settings": records.plain(model.settings),
        "origin": records.plain(model.origin),
        "reports": [records.plain(report) for report in training.reports],
        "generator": training.rng.bit_generator.state,
    }
    arrays = {
        "format": np.array(FORMAT, "<i8"),
        "sizes": np.array(training.network.sizes, "<i8"),
        **_members("", model.network.layers),
        **_members("velocity_", training.velocity),
        **_members("last_", [] if training.best is None else training.network.layers),
        "metadata": np.frombuffer(records.serialize(metadata), np.uint8),
    }
    return npz.pack(arrays)


def loads(content: bytes, where: str) -> Model:
    """The model in this content of a model file. Raises RejectedFileError, which names `where`."""
    try:
        if len(content) > MAX_BYTES:
            raise ValueError(f"larger than any model file, {MAX_BYTES:,} bytes")
        return _parse(npz.Reader(content))
    # A malicious file can raise nearly any exception in the libraries underneath.
    except Exception as error:
        raise RejectedFileError(
            where, f"not a model file: {error}", "name a file that `nnbp train` wrote"
        ) from error


def save(model: Model, path: str | Path) -> None:
    """Write the model to a file, whole or not at all. Raises OSError, and ValueError as `dumps` does."""
    atomic.write(Path(path), dumps(model))


def load(path: str | Path) -> Model:
    """The model in a file. Raises OSError, or RejectedFileError if the file is not a model."""
    try:
        with Path(path).open("rb") as file:
            return read(file, str(path))
    except OSError as error:
        # Unlike an error of opening, one of reading does not name the file.
        error.filename = str(path)
        raise


def read(file: BinaryIO, where: str) -> Model:
    """The model in an open file; reads no more than the largest model file has."""
    return loads(file.read(MAX_BYTES + 1), where)


def _members(prefix: str, layers: Layers) -> dict[str, np.ndarray[Any, Any]]:
    """The weights and biases of each layer under their names in the file."""
    return {
        f"{prefix}{kind}_{number}": array.astype("<f4", copy=False)
        for number, pair in enumerate(layers, 1)
        for kind, array in zip(("weights", "biases"), pair, strict=True)
    }


def _parse(reader: npz.Reader) -> Model:
    version = int(reader.take("format", "<i8", ()))
    if version != FORMAT:
        raise ValueError(f"its format is {version}, and this nnbp reads format {FORMAT}")
    sizes = tuple(reader.take("sizes", "<i8").tolist())
    check_sizes(sizes)
    result = _take(reader, "", sizes)
    velocity = _take(reader, "velocity_", sizes) if reader.comes("velocity_weights_1") else []
    last = _take(reader, "last_", sizes) if reader.comes("last_weights_1") else []
    metadata = _read_metadata(reader.take("metadata", "|u1").tobytes())
    reader.end()
    origin = metadata["origin"]
    if bool(velocity) != (metadata["settings"].momentum > 0):
        raise ValueError("there is a velocity without momentum, or momentum without a velocity")
    training = Training(
        network=_network(sizes, last or result),
        settings=metadata["settings"],
        rng=metadata["rng"],
        velocity=velocity,
        reports=metadata["reports"],
        best=_network(sizes, result) if last else None,
        seed=origin.seed,
        engine=origin.engine,
        held_out=origin.validation,
    )
    model = Model(training, origin.dataset, origin.dataset_sha256, metadata["version"])
    model.check()
    return model


def _take(reader: npz.Reader, prefix: str, sizes: tuple[int, ...]) -> Layers:
    """The arrays of all layers, from the members with that prefix; copies, which may be written to."""
    return [
        (
            reader.take(f"{prefix}weights_{number}", "<f4", (n_in, n_out)).astype(np.float32),
            reader.take(f"{prefix}biases_{number}", "<f4", (n_out,)).astype(np.float32),
        )
        for number, (n_in, n_out) in enumerate(pairwise(sizes), 1)
    ]


def _network(sizes: tuple[int, ...], layers: Layers) -> Network:
    return Network(sizes, [weights for weights, _ in layers], [biases for _, biases in layers])


def _read_metadata(text: bytes) -> dict[str, Any]:
    """The parts of the metadata, by name: version, settings, origin, reports, rng."""
    if len(text) > MAX_METADATA_BYTES:
        raise ValueError(f"its metadata are larger than {MAX_METADATA_BYTES:,} bytes")
    # Parsed, a text of many small values takes up to thirty times its size in memory.
    if text.count(b"[") > 1 or text.count(b"{") > MAX_EPOCHS + 5 or text.count(b",") > 10 * (MAX_EPOCHS + 5):
        raise ValueError("its metadata have more values than a model can have")
    metadata = records.parse(text)
    records.check("metadata", metadata, _METADATA)
    if not metadata["version"].isprintable() or len(metadata["version"]) > 40:
        raise ValueError("its version is not a version")
    settings = records.build(Settings, metadata["settings"])
    expected = COSTS[settings.cost].output
    if metadata["output"] != expected:
        raise ValueError(f"its output is not {expected}, which its cost requires")
    return {
        "version": metadata["version"],
        "settings": settings,
        "origin": records.build(Origin, metadata["origin"]),
        "reports": [records.build(EpochReport, report) for report in metadata["reports"]],
        "rng": _generator(metadata["generator"]),
    }


def _generator(state: Any) -> np.random.Generator:
    """The generator in that state, which NumPy checks."""
    inner = state["state"]
    if min(inner["state"], inner["inc"], state["has_uint32"], state["uinteger"]) < 0:
        raise ValueError("generator has a number below 0")
    bits = np.random.PCG64()
    bits.state = state
    if bits.state != state:
        raise ValueError("generator is not a state of PCG64")
    return np.random.Generator(bits)
