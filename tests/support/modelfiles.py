"""Model files, whole and altered, and whether two models are equal."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np

from nnbp import modelfile
from support import oracles
from support.models import small_model

MODEL = small_model()
CONTENT = modelfile.dumps(MODEL)


def members(content: bytes = CONTENT) -> dict[str, bytes]:
    """The members of an archive, by their names."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archive(
    files: list[tuple[str, bytes]], compression: int = zipfile.ZIP_STORED, comment: bytes = b""
) -> bytes:
    """An archive with these members, in this order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        for name, body in files:
            file.writestr(zipfile.ZipInfo(name), body, compression)
        file.comment = comment
    return buffer.getvalue()


def npy(array: np.ndarray[Any, Any], version: tuple[int, int] = (1, 0), pickled: bool = False) -> bytes:
    """An array as an npy file."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version=version, allow_pickle=pickled)
    return buffer.getvalue()


def altered(content: bytes = CONTENT, **changes: bytes | None) -> bytes:
    """The model file with some members replaced, or left out."""
    files = {**members(content), **{f"{name}.npy": body for name, body in changes.items()}}
    return archive([(name, body) for name, body in files.items() if body is not None])


def with_metadata(change: Callable[[dict[str, Any]], Any], content: bytes = CONTENT) -> bytes:
    """The model file with its metadata changed in place."""
    metadata = json.loads(members(content)["metadata.npy"][128:])
    change(metadata)
    return altered(content, metadata=npy(np.frombuffer(json.dumps(metadata).encode(), np.uint8)))


def equal(a: modelfile.Model, b: modelfile.Model) -> bool:
    """Whether two models are equal in all their parts, regardless of their bytes."""
    return parts(a) == parts(b) and all(
        np.array_equal(x, y) for x, y in zip(arrays(a), arrays(b), strict=True)
    )


def parts(model: modelfile.Model) -> tuple[object, ...]:
    """All of a model but its arrays."""
    training = model.training
    state = training.rng.bit_generator.state
    return (
        model.settings,
        model.origin,
        model.version,
        training.reports,
        training.diagnosis,
        model.score,
        state,
    )


def arrays(model: modelfile.Model) -> list[oracles.Array]:
    """The arrays of a model: the network, the last one, the velocity."""
    training = model.training
    return list(oracles.flatten([*model.network.layers, *training.network.layers, *training.velocity]))
