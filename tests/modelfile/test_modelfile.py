"""The model file: it returns the same model and the same bytes, with all parts that the settings need."""

import io
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.modelfiles import CONTENT, MODEL, altered, archive, equal, members, npy
from support.models import small_model

from nnbp import EpochReport, RejectedFileError, Settings, Training, modelfile
from nnbp.modelfile import Score


def test_the_helpers_of_these_tests_write_a_model_file() -> None:
    assert archive(list(members().items())) != b""
    assert equal(modelfile.loads(altered(), "x"), MODEL)
    assert json.loads(members()["metadata.npy"][128:])["version"] == MODEL.version


def test_a_model_comes_back_from_its_file_with_its_settings_and_origin(tmp_path: Path) -> None:
    modelfile.save(MODEL, tmp_path / "model")
    found = modelfile.load(tmp_path / "model")
    assert equal(found, MODEL)
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert found.network.dtype == np.float32
    found.network.weights[0][0, 0] = 1.0  # they can be trained on


def test_a_model_that_is_read_and_written_has_the_same_bytes() -> None:
    assert modelfile.dumps(modelfile.loads(CONTENT, "x")) == CONTENT


def test_the_same_training_writes_the_same_bytes() -> None:
    assert modelfile.dumps(small_model()) == CONTENT
    assert modelfile.dumps(small_model(seed=2)) != CONTENT


def test_numpy_reads_the_arrays_under_their_documented_names() -> None:
    with np.load(io.BytesIO(CONTENT), allow_pickle=False) as arrays:
        assert arrays.files == [
            "format",
            "sizes",
            "weights_1",
            "biases_1",
            "weights_2",
            "biases_2",
            "metadata",
        ]
        assert arrays["sizes"].tolist() == [4, 3, 2]
        for number, (weights, biases) in enumerate(
            zip(MODEL.network.weights, MODEL.network.biases, strict=True), 1
        ):
            np.testing.assert_array_equal(arrays[f"weights_{number}"], weights)
            np.testing.assert_array_equal(arrays[f"biases_{number}"], biases)
            assert arrays[f"weights_{number}"].dtype == np.float32


def test_numbers_of_numpy_and_integers_given_for_floats_are_stored_as_floats() -> None:
    settings = Settings(epochs=2, learning_rate=np.float64(3), l2=5)
    reports = [EpochReport(1, 3, 1, np.float64(0.5), 1)]
    given_loosely = replace(MODEL, training=replace(MODEL.training, settings=settings, reports=reports))
    assert modelfile.loads(modelfile.dumps(given_loosely), "x").settings.learning_rate == 3.0


def test_a_setting_that_needs_validation_examples_is_refused_without_them() -> None:
    model = small_model(keep="best")
    with pytest.raises(ValueError, match="need validation examples"):
        modelfile.dumps(replace(model, training=replace(model.training, held_out=0)))


def parts(prefix: str) -> dict[str, bytes]:
    """Members named like those of a velocity or a last network."""
    layers = enumerate(zip(MODEL.network.weights, MODEL.network.biases, strict=True), 1)
    return {
        f"{prefix}_{kind}_{number}": npy(array)
        for number, pair in layers
        for kind, array in zip(("weights", "biases"), pair, strict=True)
    }


@pytest.mark.parametrize("prefix", ["velocity", "last", "first"])
def test_parts_that_the_settings_do_not_need_are_refused(prefix: str) -> None:
    files = members()
    metadata = files.pop("metadata.npy")
    more = {f"{name}.npy": body for name, body in parts(prefix).items()}
    with pytest.raises(RejectedFileError):
        modelfile.loads(archive([*files.items(), *more.items(), ("metadata.npy", metadata)]), "here")


@pytest.mark.parametrize("choices", [{"momentum": 0.9}, {"keep": "best", "learning_rate": 9.0, "epochs": 9}])
def test_parts_that_the_settings_need_come_back_and_may_not_be_left_out(choices: dict[str, Any]) -> None:
    model = small_model(**choices)
    content = modelfile.dumps(model)
    assert equal(modelfile.loads(content, "here"), model)
    extra = [name for name in members(content) if name.startswith(("velocity_", "last_"))]
    assert len(extra) == 4
    for left_out in (extra, extra[:1], extra[-1:]):
        files = [(name, body) for name, body in members(content).items() if name not in left_out]
        with pytest.raises(RejectedFileError):
            modelfile.loads(archive(files), "here")


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_network_that_is_not_finite_cannot_be_stored(wrong: float) -> None:
    model = small_model()
    model.network.weights[1][0, 0] = wrong
    with pytest.raises(ValueError, match="not a finite number"):
        modelfile.dumps(replace(model))


def test_a_training_that_keeps_the_best_network_can_be_stored_before_its_first_epoch() -> None:
    training = Training.begin((4, 3, 2), Settings(keep="best"), seed=1)
    training.held_out = 5
    assert modelfile.loads(modelfile.dumps(modelfile.Model(training)), "here").training.reports == []


def test_random_numbers_that_a_file_cannot_hold_are_refused() -> None:
    network = Training.begin((4, 2), seed=1).network
    training = Training(network, Settings(), np.random.Generator(np.random.PCG64DXSM(1)))
    with pytest.raises(ValueError, match="not those of NumPy's PCG64"):
        modelfile.dumps(modelfile.Model(training))


def test_a_score_comes_back_from_its_file() -> None:
    model = replace(MODEL, score=Score(9, 10), blas_threads=3)
    found = modelfile.loads(modelfile.dumps(model), "here")
    assert found.score == Score(9, 10)
    assert found.score.accuracy == 0.9
    assert found.blas_threads == 3


@pytest.mark.parametrize("counts", [(11, 10), (-1, 10), (0, 0)])
def test_an_impossible_score_is_refused(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="impossible"):
        Score(*counts)


def test_a_training_in_float64_cannot_be_stored() -> None:
    training = Training.begin((4, 3, 2), Settings(momentum=0.5), seed=1)
    training.velocity = [(w.astype(np.float64), b) for w, b in training.velocity]
    with pytest.raises(ValueError, match="in float64; a model file holds float32"):
        modelfile.dumps(modelfile.Model(training))
    with pytest.raises(ValueError, match="in float64; a model file holds float32"):
        modelfile.dumps(modelfile.Model(Training.begin((4, 3, 2), seed=1, dtype=np.float64)))


def test_arrays_of_other_shapes_cannot_be_stored() -> None:
    training = Training.begin((4, 3, 2), Settings(momentum=0.5), seed=1)
    training.velocity = training.velocity[:1]
    with pytest.raises(ValueError, match="do not have the shapes"):
        modelfile.dumps(modelfile.Model(training))


def test_arrays_are_stored_in_c_order_whatever_their_own_order_is() -> None:
    training = replace(MODEL.training, network=MODEL.network.copy())
    training.network.weights[:] = [np.asfortranarray(weights) for weights in MODEL.network.weights]
    assert modelfile.dumps(replace(MODEL, training=training)) == CONTENT


def test_a_model_has_the_name_and_the_hash_of_its_data_set() -> None:
    @dataclass
    class Digits:
        name = "digits"
        sha256 = "ab" * 32

    model = modelfile.Model.of(MODEL.training, Digits())
    assert (model.dataset, model.dataset_sha256) == ("digits", "ab" * 32)
    found = modelfile.loads(modelfile.dumps(model), "here")
    assert (found.dataset, found.dataset_sha256) == ("digits", "ab" * 32)
    unknown = modelfile.Model.of(MODEL.training, None)
    assert (unknown.dataset, unknown.dataset_sha256) == ("unnamed", "")
