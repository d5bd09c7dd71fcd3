"""The diagnosis in a model file: format 3, which a file has only if it has one."""

import json
from dataclasses import asdict, replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from support.modelfiles import CONTENT, altered, equal, members, npy, with_metadata
from support.models import diagnosed_model, small_model

from nnbp import RejectedFileError, Settings, modelfile
from nnbp.diagnoses import Diagnosis, LayerFigures, epochs_kept, keep
from nnbp.modelfile import Model, Score

MODEL = diagnosed_model()
DIAGNOSED = modelfile.dumps(MODEL)
LAYERS = (LayerFigures(1, 0.0, 0.0, 0.0), LayerFigures(2, 1.0, None, 3.0))


def file_format(content: bytes) -> int:
    return int.from_bytes(members(content)["format.npy"][128:], "little")


def test_a_diagnosis_comes_back_from_its_file() -> None:
    assert equal(modelfile.loads(DIAGNOSED, "here"), MODEL)
    assert modelfile.dumps(modelfile.loads(DIAGNOSED, "here")) == DIAGNOSED
    metadata = json.loads(members(DIAGNOSED)["metadata.npy"][128:])
    assert metadata["diagnosis"] == [json.loads(json.dumps(asdict(d))) for d in MODEL.training.diagnosis]
    assert metadata["diagnosis"][0]["layers"][0] == {
        "layer": 1,
        "saturated": 0.25,
        "delta_norm": None,
        "update": None,
    }


def test_a_file_has_the_lowest_format_that_can_hold_it() -> None:
    assert (file_format(CONTENT), file_format(DIAGNOSED)) == (2, 3)
    assert b"diagnosis" not in CONTENT


def test_a_diagnosed_file_under_an_older_format_is_refused() -> None:
    for older in (1, 2):
        with pytest.raises(RejectedFileError, match=r"does not have the keys|more values than"):
            modelfile.loads(altered(DIAGNOSED, format=npy(np.array(older))), "here")


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("diagnosis", [], "it has no diagnosis, without which its format is 2"),
        ("diagnosis", {}, "metadata has {} for diagnosis"),
        ("diagnosis", None, "metadata has None for diagnosis"),
        ("diagnosis.0", [], "diagnosis does not have the keys epoch, layers, remark"),
        ("diagnosis.0.more", 1, "diagnosis does not have the keys epoch, layers, remark"),
        ("diagnosis.0.epoch", True, "diagnosis has True for epoch"),
        ("diagnosis.0.epoch", 0, "the diagnosed epochs are not epochs of the training in their order"),
        ("diagnosis.0.epoch", 2, "the diagnosed epochs are not epochs of the training in their order"),
        ("diagnosis.1.epoch", 3, "the diagnosed epochs are not epochs of the training in their order"),
        ("diagnosis.0.remark", 1, "diagnosis has 1 for remark"),
        ("diagnosis.0.remark", "", "a remark is not a printable sentence"),
        ("diagnosis.0.remark", "a\nb", "a remark is not a printable sentence"),
        ("diagnosis.0.remark", "a" * 301, "a remark is not a printable sentence"),
        ("diagnosis.0.layers", {}, "diagnosis has {} for layers"),
        ("diagnosis.0.layers", [], "a diagnosis has not as many layers as the network"),
        (
            "diagnosis.1.layers.0",
            7,
            "LayerFigures does not have the keys layer, saturated, delta_norm, update",
        ),
        ("diagnosis.1.layers.0.layer", 2, "the layers of a diagnosis are not numbered 1, 2, 3, …"),
        ("diagnosis.1.layers.0.layer", 1.0, "LayerFigures has 1.0 for layer"),
        ("diagnosis.1.layers.1.saturated", 1.5, "figures of layer 2 are out of range"),
        ("diagnosis.1.layers.1.saturated", -0.5, "figures of layer 2 are out of range"),
        ("diagnosis.1.layers.1.saturated", 1, "LayerFigures has 1 for saturated"),
        ("diagnosis.1.layers.1.delta_norm", -0.5, "figures of layer 2 are out of range"),
        ("diagnosis.1.layers.1.update", -0.5, "figures of layer 2 are out of range"),
        ("diagnosis.1.layers.1.update", "1", "LayerFigures has '1' for update"),
        ("diagnosis.1.layers.1.update", float("nan"), "NaN is not a number"),
    ],
)
def test_a_diagnosis_with_a_wrong_type_or_value_is_refused(path: str, value: Any, reason: str) -> None:
    def change(metadata: dict[str, Any]) -> None:
        *way, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
        place: Any = metadata
        for step in way:
            place = place[step]
        place[last] = value

    with pytest.raises(RejectedFileError) as refused:
        modelfile.loads(with_metadata(change, DIAGNOSED), "here")
    assert str(refused.value) == f"here: not a model file: {reason}; name a file that `nnbp train` wrote"


def test_a_remark_may_have_300_characters() -> None:
    content = with_metadata(lambda m: m["diagnosis"][0].update(remark="δ" * 300), DIAGNOSED)
    assert modelfile.loads(content, "here").training.diagnosis[0].remark == "δ" * 300


def test_a_file_may_have_as_many_values_as_its_diagnosis_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    # Every object and list that there can be in two epochs of a network with one layer.
    diagnoses = [Diagnosis(epoch, LAYERS[:1], "a, b, c") for epoch in (1, 2)]
    small = small_model().training
    network = replace(
        small.network, sizes=(4, 3), weights=small.network.weights[:1], biases=small.network.biases[:1]
    )
    content = modelfile.dumps(Model(replace(small, network=network, diagnosis=diagnoses), score=Score(1, 2)))
    monkeypatch.setattr(modelfile.metadata, "MAX_EPOCHS", 2)
    monkeypatch.setattr(modelfile.metadata, "MAX_LAYERS_KEPT", 2)
    modelfile.loads(content, "here")
    monkeypatch.setattr(modelfile.metadata, "MAX_LAYERS_KEPT", 1)
    with pytest.raises(RejectedFileError, match="more values than a model can have"):
        modelfile.loads(content, "here")


def test_lists_objects_and_commas_are_counted_before_they_are_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modelfile.metadata, "MAX_EPOCHS", 2)
    monkeypatch.setattr(modelfile.metadata, "MAX_LAYERS_KEPT", 4)
    modelfile.loads(DIAGNOSED, "here")
    for character, count in (("[", 10), ("{", 20), (",", 200)):
        content = with_metadata(partial(dict.update, version=character * count), DIAGNOSED)
        with pytest.raises(RejectedFileError, match="more values than a model can have"):
            modelfile.loads(content, "here")


def test_the_longest_diagnosis_that_is_kept_fits_into_a_file() -> None:
    assert (epochs_kept(1), epochs_kept(2), epochs_kept(999)) == (30_000, 15_000, 30)
    training = replace(small_model().training, settings=Settings(epochs=100_000))
    number = 0.12345678901234567
    training.reports[:] = [
        replace(training.reports[0], epoch=epoch, cost=number, train_accuracy=number)
        for epoch in range(1, 15_003)
    ]
    figures = tuple(LayerFigures(layer, number, number, 1.2345678901234567e-100) for layer in (1, 2))
    for report in training.reports:
        keep(training.diagnosis, Diagnosis(report.epoch, figures, "a remark, as long as remarks are: " * 4))
    content = modelfile.dumps(Model(training))
    found = modelfile.loads(content, "here").training.diagnosis
    assert [found[0].epoch, found[-1].epoch, len(found)] == [3, 15_002, 15_000]
    # With a report of each of 100,000 epochs the metadata is still within its bound.
    assert len(content) + 100_000 * 170 < modelfile.metadata.MAX_BYTES


def test_more_diagnoses_than_are_kept_are_refused() -> None:
    training = small_model().training
    diagnoses = [Diagnosis(epoch, LAYERS, None) for epoch in range(1, 15_002)]
    reports = [replace(training.reports[0], epoch=epoch) for epoch in range(1, 15_002)]
    many = replace(training, settings=Settings(epochs=20_000), reports=reports, diagnosis=diagnoses)
    with pytest.raises(ValueError, match="more diagnoses than a model file can hold"):
        modelfile.dumps(Model(many))
