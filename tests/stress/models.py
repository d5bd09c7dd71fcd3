"""A damaged model file is refused in one line, or what is read is what is in the file."""

import functools
import json
import random
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from support.modelfiles import equal
from support.models import diagnosed_model, small_model

from nnbp import Model, Settings, Training, modelfile
from stress import archives, model_parts, mutations, reading
from stress.case import Case, each

CASES = 500_000
SECONDS = 360


def run(cases: int, seed: int, folder: Path) -> Iterator[int]:
    """Read this many damaged model files."""
    memory()
    return each("models", check, cases, seed, folder)


def check(case: Case, folder: Path) -> None:
    """Read one damaged model file."""
    rng = case.rng()
    content = damaged(rng)
    model = reading.outcome(case, "a model file", read, content)
    if model is not None:
        _check_meaning(case, model, content)
    memory().check(case, content)


def read(content: bytes) -> Model:
    """The model in this content."""
    return modelfile.loads(content, "here")


def damaged(rng: random.Random) -> bytes:
    """A model file changed in its bytes, or in its parts, with checksums that match."""
    original = rng.choice(originals())
    if rng.random() < 0.3:
        return mutations.mutate(rng, original, originals())
    files = list(_members(original))
    for _ in range(rng.choice((1, 1, 1, 2))):
        rng.choice(model_parts.CHANGES)(rng, files)
    return archives.pack(files, rng if rng.random() < 0.2 else None)


@functools.cache
def memory() -> reading.Memory:
    """The bound on memory, once the originals have been read and written."""
    for original in originals():
        _meaning(modelfile.dumps(read(original)))
    return reading.Memory()


@functools.cache
def originals() -> tuple[bytes, ...]:
    """Small model files of every kind: with a velocity, with a best network, diagnosed, begun, deep."""
    models = [
        small_model(),
        small_model(momentum=0.5, nesterov=True, dropout=0.2),
        small_model(epochs=4, keep="best", momentum=0.9, cost="quadratic", l1=0.5),
        diagnosed_model(),
        diagnosed_model(epochs=4, keep="best", momentum=0.9),
        Model(Training.begin((2, 1), Settings(cost="log-likelihood"), 3)),
        Model(Training.begin((3, 2, 2, 1), Settings(epochs=7, patience=0), 2**64 - 1)),
    ]
    return tuple(modelfile.dumps(model) for model in models)


@functools.cache
def _members(original: bytes) -> tuple[tuple[bytes, bytes], ...]:
    return tuple(archives.members(original))


def _check_meaning(case: Case, model: Model, content: bytes) -> None:
    """NumPy and `json` find in the file what the model has, and writing the model changes nothing."""
    written = modelfile.dumps(model)
    if not equal(read(written), model) or modelfile.dumps(read(written)) != written:
        case.fail("a model read from a damaged file changes when it is written", npz=content)
    try:
        found = _meaning(content)
    except Exception as error:  # damage that the reader has not seen
        case.fail(f"a model is read, but the file is damaged: {error}", npz=content)
    if _meaning(written) != found:
        case.fail("the model read is not the one in the file", npz=content)


def _meaning(content: bytes) -> dict[str, Any]:
    arrays = dict(np.load(BytesIO(content)))
    metadata = json.loads(arrays.pop("metadata").tobytes())
    return {"metadata": metadata, **{name: (a.dtype, a.shape, a.tobytes()) for name, a in arrays.items()}}
