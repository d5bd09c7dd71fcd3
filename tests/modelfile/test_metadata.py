"""The metadata of a model file: each key has its type and its range."""

from typing import Any

import pytest
from support.modelfiles import CONTENT, with_metadata

from nnbp import RejectedFileError, modelfile


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("version", 1),
        ("version", "1\x1b[31m"),
        ("version", "1" * 41),
        ("output", "softmax"),
        ("settings", []),
        ("settings.epochs", 0),
        ("settings.epochs", 2.0),
        ("settings.epochs", True),
        ("settings.epochs", 1),
        ("settings.batch_size", -1),
        ("settings.learning_rate", 0.0),
        ("settings.learning_rate", "0.5"),
        ("settings.learning_rate", 10**400),
        ("settings.l2", None),
        ("settings.cost", "hinge"),
        ("settings.schedule", ["linear"]),
        ("settings.init", "zero"),
        ("settings.momentum", 0.5),
        ("origin.dataset", ""),
        ("origin.dataset", "a\nb"),
        ("origin.dataset_sha256", "zz" * 32),
        ("origin.dataset_sha256", "00"),
        ("origin.validation", -1),
        ("origin.seed", -1),
        ("origin.seed", 2**64),
        ("origin.seed", 1.0),
        ("origin.blas_threads", 0),
        ("origin.blas_threads", "1"),
        ("origin.fused", 1),
        ("score", []),
        ("score", {"correct": 1}),
        ("score", {"correct": 2, "total": 1}),
        ("reports", {}),
        ("reports.0.epoch", 2),
        ("reports.1", {}),
        ("reports.0.cost", float("nan")),
        ("reports.0.cost", float("inf")),
        ("reports.0.train_accuracy", 1.5),
        ("reports.0.validation_accuracy", -0.5),
        ("reports.0.validation_accuracy", 1.5),
        ("reports.0.validation_accuracy", "x"),
        ("generator", {}),
        ("generator.bit_generator", "MT19937"),
        ("generator.state", 7),
        ("generator.state.state", -1),
        ("generator.state.state", 2**128),
        ("generator.uinteger", 2**32),
        ("generator.more", 1),
    ],
)
def test_metadata_with_a_wrong_type_or_value_are_refused(path: str, value: Any) -> None:
    def change(metadata: dict[str, Any]) -> None:
        *way, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
        place: Any = metadata
        for step in way:
            place = place[step]
        place[last] = value

    with pytest.raises(RejectedFileError, match="not a model file"):
        modelfile.loads(with_metadata(change), "here")


@pytest.mark.parametrize("key", ["version", "settings", "origin", "reports", "generator", "output", "score"])
def test_metadata_that_lack_a_key_are_refused(key: str) -> None:
    with pytest.raises(RejectedFileError, match="does not have the keys"):
        modelfile.loads(with_metadata(lambda metadata: metadata.pop(key)), "here")


def test_metadata_that_are_too_large_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modelfile.metadata, "MAX_BYTES", 10)
    with pytest.raises(RejectedFileError, match="metadata is larger than 10 bytes"):
        modelfile.loads(CONTENT, "here")
