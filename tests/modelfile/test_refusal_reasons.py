"""Why a file is refused, in whole sentences: what was expected, what was found, and what to do."""

import io
import math
import struct
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support.modelfiles import CONTENT, MODEL, altered, equal, members, npy, with_metadata
from support.models import small_model

from nnbp import EpochReport, RejectedFileError, Settings, Training, modelfile
from nnbp.modelfile import Model, Origin, Score


def _with_a_gap_before_the_directory() -> bytes:
    directory = CONTENT.index(b"PK\x01\x02")
    content = bytearray(CONTENT[:directory] + b"gap!" + CONTENT[directory:])
    struct.pack_into("<L", content, content.index(b"PK\x05\x06") + 16, directory + 4)
    return bytes(content)


WEIGHTS = MODEL.network.weights[0]
DESCRIBED = "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 3), }"
FILES: dict[str, bytes] = {
    "the file is empty": b"",
    "not an .npz file (it does not begin like a ZIP archive)": b"hello",
    "weights_1 is not an .npy file of version 1.0": altered(weights_1=npy(WEIGHTS, version=(2, 0))),
    f"weights_1 is described as {DESCRIBED.replace('f4', 'f8')!a}; {DESCRIBED} was expected": altered(
        weights_1=npy(WEIGHTS.astype("f8"))
    ),
    "weights_1 has an .npy header without an end": altered(weights_1=npy(WEIGHTS).replace(b" \n", b"  ")),
    "weights_1 has 44 bytes, which is not what its shape (4, 3) needs": altered(weights_1=npy(WEIGHTS)[:-4]),
    "'format.npy' is not stored as a model file stores its members": altered(format=b"").replace(
        b"PK\x03\x04\x14\x00", b"PK\x03\x04\x15\x00", 1
    ),
    "metadata is missing": altered(metadata=None),
    "biases_2.npy was expected and 'metadata.npy' found": altered(biases_2=None),
    "unexpected member 'more.npy'": altered(more=npy(WEIGHTS)),
    "the archive has bytes that belong to no member": _with_a_gap_before_the_directory(),
    "its format is 5, and this nnbp reads formats up to 4": altered(format=npy(np.array(5))),
    "its metadata has more values than a model can have": with_metadata(lambda m: m.update(more=[])),
    "a key occurs twice": altered(
        metadata=npy(
            np.frombuffer(members()["metadata.npy"][128:].replace(b'"seed":1', b'"seed":1,"seed":1'), "u1")
        )
    ),
    "NaN is not a number": with_metadata(lambda m: m["settings"].update(l2=float("nan"))),
    "metadata has 7 for version": with_metadata(lambda m: m.update(version=7)),
    "its version is not a version": with_metadata(lambda m: m.update(version="\n")),
    "its output is not sigmoid, which its cost requires": with_metadata(lambda m: m.update(output="softmax")),
    "generator is not a state of PCG64": with_metadata(lambda m: m["generator"].update(more=1)),
    "there is momentum without a velocity": with_metadata(lambda m: m["settings"].update(momentum=0.5)),
}


@pytest.mark.parametrize("reason", FILES)
def test_a_refused_file_is_named_with_the_reason_and_a_remedy(reason: str) -> None:
    with pytest.raises(RejectedFileError) as refused:
        modelfile.loads(FILES[reason], "here")
    assert str(refused.value) == f"here: not a model file: {reason}; name a file that `nnbp train` wrote"


@pytest.mark.parametrize("path", [("state", "state"), ("state", "inc"), ("has_uint32",), ("uinteger",)])
def test_every_number_of_a_generator_is_0_or_more(path: tuple[str, ...]) -> None:
    def change(metadata: dict[str, Any]) -> None:
        place = metadata["generator"]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = -1

    with pytest.raises(RejectedFileError, match=": generator has a number below 0; "):
        modelfile.loads(with_metadata(change), "here")


def test_a_header_is_filled_up_with_spaces_and_nothing_else() -> None:
    for filling in (b" X\n", b"X \n", b"\t \n", b" \0\n"):
        with pytest.raises(RejectedFileError, match="weights_1 is described as"):
            modelfile.loads(altered(weights_1=npy(WEIGHTS).replace(b"  \n", filling)), "here")


def test_a_header_has_at_most_512_bytes() -> None:
    def weights(length: int) -> bytes:
        text = f"{DESCRIBED:<{length - 1}}\n".encode()
        return b"\x93NUMPY\x01\x00" + length.to_bytes(2, "little") + text + WEIGHTS.tobytes()

    assert equal(modelfile.loads(altered(weights_1=weights(512)), "here"), MODEL)
    with pytest.raises(RejectedFileError, match=r"weights_1 is not an .npy file of version 1\.0"):
        modelfile.loads(altered(weights_1=weights(513)), "here")


class Watched(io.BytesIO):
    """A file that counts the bytes read from it."""

    count = 0

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(size)
        self.count += len(found)
        return found


def test_a_file_that_is_no_model_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modelfile.content, "MAX_BYTES", len(CONTENT))
    for wrong in (b"hello" * 100, CONTENT + b"\0"):
        file = Watched(wrong)
        with pytest.raises(RejectedFileError):
            modelfile.read(file, "here")
        assert file.count == 4


def test_both_networks_of_a_file_have_its_sizes() -> None:
    model = small_model(keep="best", learning_rate=9.0, epochs=9)
    assert model.training.best is not None
    found = modelfile.loads(modelfile.dumps(model), "here").training
    assert found.best is not None
    assert found.best.sizes == found.network.sizes == (4, 3, 2)


def changed(**parts: Any) -> Model:
    """The small model with other parts of its training."""
    return replace(MODEL, training=replace(MODEL.training, **parts))


def trained(velocity: bool = False, **choices: Any) -> Model:
    """A model with momentum whose velocity is taken away, or the other way round."""
    training = small_model(**choices).training
    object.__setattr__(training, "velocity", small_model(momentum=0.5).training.velocity if velocity else [])
    return Model(training)


SECOND = EpochReport(2, 0.5, 1.0, 0.5, None)
MODELS: dict[str, Model] = {
    "the epoch reports are not numbered 1, 2, 3, …": changed(reports=[SECOND]),
    "there are more epoch reports than epochs": changed(
        reports=[replace(SECOND, epoch=number) for number in (1, 2, 3)], settings=Settings(epochs=2)
    ),
    "there is a velocity without momentum, or momentum without a velocity": trained(momentum=0.5),
    "the best network is missing, or not needed": changed(best=MODEL.network),
    "patience and keep='best' need validation examples, held out from the training examples": changed(
        settings=Settings(patience=1), held_out=0
    ),
    "weights, biases or velocities do not have the shapes that the sizes require": changed(
        network=replace(MODEL.network, sizes=(4, 3, 3))
    ),
    "a weight, bias or velocity is not a finite number": changed(
        network=replace(MODEL.network, biases=[np.full_like(b, np.inf) for b in MODEL.network.biases])
    ),
    "the random numbers are not those of NumPy's PCG64, which a model file can hold": changed(
        rng=np.random.Generator(np.random.MT19937(1))
    ),
}


@pytest.mark.parametrize("reason", MODELS)
def test_a_model_that_no_file_can_hold_is_refused_with_the_reason(reason: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the whole reason is compared
        MODELS[reason].check()
    assert str(refused.value) == reason


@pytest.mark.parametrize("cost", [math.nan, math.inf])
def test_a_report_whose_cost_is_not_finite_cannot_be_stored(cost: float) -> None:
    reports = [EpochReport(1, 0.5, cost, 0.5, None)]
    with pytest.raises(ValueError, match="not JSON compliant"):
        modelfile.dumps(changed(reports=reports))


@pytest.mark.parametrize("choices", [{"momentum": 0.5, "velocity": False}, {"velocity": True}], ids=str)
def test_momentum_and_a_velocity_come_together(choices: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="velocity"):
        trained(**choices).check()


ORIGIN = {
    "dataset": "digits",
    "dataset_sha256": "0" * 64,
    "validation": 0,
    "seed": 0,
    "engine": None,
    "blas_threads": None,
    "fused": None,
}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"dataset_sha256": "0" * 63}, "dataset_sha256 is not a SHA-256 in hexadecimal"),
        ({"dataset_sha256": "0" * 63 + "A"}, "dataset_sha256 is not a SHA-256 in hexadecimal"),
        ({"dataset_sha256": "X" * 64}, "dataset_sha256 is not a SHA-256 in hexadecimal"),
        ({"dataset": ""}, "dataset is not a name"),
        ({"dataset": "x" * 101}, "dataset is not a name"),
        ({"dataset": "a\tb"}, "dataset is not a name"),
        ({"seed": -1}, "seed or validation is out of range"),
        ({"seed": 2**64}, "seed or validation is out of range"),
        ({"validation": -1}, "seed or validation is out of range"),
        ({"engine": "auto"}, "engine is neither native nor numpy"),
        ({"engine": "steam"}, "engine is neither native nor numpy"),
        ({"blas_threads": 0}, "blas_threads is below 1"),
    ],
)
def test_an_origin_out_of_range_is_refused_with_the_reason(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}$"):
        Origin(**{**ORIGIN, **change})


@pytest.mark.parametrize(
    "change",
    [
        {"dataset_sha256": ""},
        {"dataset_sha256": "0123456789abcdef" * 4},
        {"dataset": "x"},
        {"dataset": "x" * 100},
        {"seed": None},
        {"seed": 2**64 - 1},
        {"validation": 1},
        {"engine": "native"},
        {"engine": "numpy"},
        {"blas_threads": 1},
        {"fused": True},
    ],
    ids=str,
)
def test_an_origin_at_the_bounds_is_accepted(change: dict[str, Any]) -> None:
    for name, value in change.items():
        assert getattr(Origin(**{**ORIGIN, **change}), name) == value


def test_a_score_may_be_anything_from_none_to_all() -> None:
    assert [Score(correct, 2).accuracy for correct in (0, 1, 2)] == [0.0, 0.5, 1.0]
    with pytest.raises(ValueError, match=r"^3 of 2 correct answers are impossible$"):
        Score(3, 2)


def test_the_velocity_of_a_new_training_is_a_velocity_of_zeros() -> None:
    training = Training.begin((4, 3, 2), Settings(momentum=0.5), seed=1)
    found = modelfile.loads(modelfile.dumps(Model(training)), "here").training
    assert [(w.shape, b.shape) for w, b in found.velocity] == [((4, 3), (3,)), ((3, 2), (2,))]
    assert not any(array.any() for pair in found.velocity for array in pair)


def test_a_file_may_be_as_long_as_the_longest_model_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modelfile.content, "MAX_BYTES", len(CONTENT))
    modelfile.loads(CONTENT, "here")
    modelfile.read(io.BytesIO(CONTENT), "here")
    monkeypatch.setattr(modelfile.content, "MAX_BYTES", len(CONTENT) - 1)
    reason = f"larger than any model file, {len(CONTENT) - 1:,} bytes"
    with pytest.raises(RejectedFileError, match=reason):
        modelfile.loads(CONTENT, "here")
    with pytest.raises(RejectedFileError, match=reason):
        modelfile.read(io.BytesIO(CONTENT), "here")


def test_a_model_is_read_from_the_middle_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modelfile.content, "MAX_BYTES", len(CONTENT))
    file = io.BytesIO(b"before" + CONTENT)
    file.seek(6)
    assert modelfile.dumps(modelfile.read(file, "here")) == CONTENT


def test_metadata_may_have_as_many_values_as_its_reports_need(monkeypatch: pytest.MonkeyPatch) -> None:
    # Two reports, and the most other objects that there can be, since the model has a score.
    content = modelfile.dumps(replace(MODEL, score=Score(1, 2)))
    monkeypatch.setattr(modelfile.metadata, "MAX_EPOCHS", 2)
    modelfile.loads(content, "here")
    many = "its metadata has more values than a model can have"
    with pytest.raises(RejectedFileError, match=many):
        modelfile.loads(with_metadata(lambda m: m.update(version="," * 60)), "here")
    monkeypatch.setattr(modelfile.metadata, "MAX_EPOCHS", 1)
    with pytest.raises(RejectedFileError, match=many):
        modelfile.loads(content, "here")


def test_a_version_has_at_most_40_characters() -> None:
    found = modelfile.loads(with_metadata(lambda metadata: metadata.update(version="1" * 40)), "here")
    assert found.version == "1" * 40
