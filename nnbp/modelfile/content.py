"""A model as the content of its file, and back, with every name, type, shape and value checked."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from typing import Any, BinaryIO

import numpy as np

from nnbp.arrays import Layers
from nnbp.errors import RejectedFileError
from nnbp.modelfile import metadata, npz
from nnbp.modelfile.model import Model
from nnbp.network import Network
from nnbp.sizes import BYTES_PER_PARAMETER, MAX_LAYERS, MAX_PARAMETERS, check_sizes
from nnbp.training import Training

# The result, the velocity and the last network, and 16 MiB for headers.
MAX_BYTES = 3 * MAX_PARAMETERS * BYTES_PER_PARAMETER + metadata.MAX_BYTES + 16 * 1024 * 1024

# Weights and biases of the network, the velocity and the last network, and a few members more.
MAX_MEMBERS = 2 * 3 * MAX_LAYERS + 100


def dumps(model: Model) -> bytes:
    """The model as the content of a file. Raises ValueError for a model that a file cannot hold."""
    model.check()
    training = model.training
    arrays = {
        "format": np.array(metadata.format_of(model), "<i8"),
        "sizes": np.array(training.network.sizes, "<i8"),
        **_members("", model.network.layers),
        **_members("velocity_", training.velocity),
        **_members("last_", [] if training.best is None else training.network.layers),
        "metadata": np.frombuffer(metadata.serialize(model), np.uint8),
    }
    return npz.pack(arrays)


def loads(content: bytes, where: str) -> Model:
    """The model in this content of a model file. Raises RejectedFileError, which names `where`."""
    with _rejecting(where):
        _check_length(len(content))
        return _parse(npz.Reader(content, MAX_MEMBERS))


def read(file: BinaryIO, where: str) -> Model:
    """The model in an open file. Raises OSError, and RejectedFileError, which names `where`.

    A file that begins differently or is longer than any model file is refused before it is read.
    """
    if file.seekable():
        start, beginning = file.tell(), file.read(len(npz.MAGIC))
        length = file.seek(0, os.SEEK_END) - start
        file.seek(start)
        with _rejecting(where):
            npz.check_beginning(beginning)
            _check_length(length)
    return loads(file.read(MAX_BYTES + 1), where)


def _check_length(length: int) -> None:
    if length > MAX_BYTES:
        raise ValueError(f"larger than any model file, {MAX_BYTES:,} bytes")


@contextmanager
def _rejecting(where: str) -> Iterator[None]:
    """Turn any exception into a RejectedFileError."""
    try:
        yield
    # A malicious file can raise nearly any exception in the libraries underneath.
    except Exception as error:
        raise RejectedFileError(
            where, f"not a model file: {error}", "name a file that `nnbp train` wrote"
        ) from error


def _members(prefix: str, layers: Layers) -> dict[str, np.ndarray[Any, Any]]:
    """The weights and biases of each layer under their names in the file."""
    return {
        f"{prefix}{kind}_{number}": array.astype("<f4", copy=False)
        for number, pair in enumerate(layers, 1)
        for kind, array in zip(("weights", "biases"), pair, strict=True)
    }


def _parse(reader: npz.Reader) -> Model:
    file_format = int(reader.read("format", "<i8", ()))
    if file_format not in metadata.KEYS:
        newest = max(metadata.KEYS)
        raise ValueError(f"its format is {file_format}, and this nnbp reads formats up to {newest}")
    sizes = tuple(reader.read("sizes", "<i8").tolist())
    check_sizes(sizes)
    result = _read_layers(reader, "", sizes)
    velocity = _read_layers(reader, "velocity_", sizes) if reader.next_is("velocity_weights_1") else []
    last = _read_layers(reader, "last_", sizes) if reader.next_is("last_weights_1") else []
    rest = metadata.parse(reader.read("metadata", "|u1").tobytes(), file_format)
    reader.expect_end()
    origin = rest.origin
    # Training would begin with a velocity of zero, and it refuses the opposite by itself.
    if rest.settings.momentum and not velocity:
        raise ValueError("there is momentum without a velocity")
    training = Training(
        network=_network(sizes, last or result),
        settings=rest.settings,
        rng=rest.rng,
        velocity=velocity,
        reports=rest.reports,
        best=_network(sizes, result) if last else None,
        seed=origin.seed,
        engine=origin.engine,
        held_out=origin.validation,
        diagnosis=rest.diagnosis,
    )
    model = Model(
        training,
        dataset=origin.dataset,
        dataset_sha256=origin.dataset_sha256,
        version=rest.version,
        score=rest.score,
        blas_threads=origin.blas_threads,
        fused=origin.fused,
    )
    model.check()
    return _writable(model)


def _writable(model: Model) -> Model:
    """The model with copies of its arrays. They are made last, so that a bad file is refused before."""
    training = model.training
    copy = replace(
        training,
        network=training.network.copy(),
        velocity=[(weights.copy(), biases.copy()) for weights, biases in training.velocity],
        best=None if training.best is None else training.best.copy(),
    )
    return replace(model, training=copy)


def _read_layers(reader: npz.Reader, prefix: str, sizes: tuple[int, ...]) -> Layers:
    """The arrays of all layers, from the members with that prefix, as views of the file's content."""
    return [
        (
            reader.read(f"{prefix}weights_{number}", "<f4", (n_in, n_out)).astype(np.float32, copy=False),
            reader.read(f"{prefix}biases_{number}", "<f4", (n_out,)).astype(np.float32, copy=False),
        )
        for number, (n_in, n_out) in enumerate(pairwise(sizes), 1)
    ]


def _network(sizes: tuple[int, ...], layers: Layers) -> Network:
    return Network(sizes, [weights for weights, _ in layers], [biases for _, biases in layers])
