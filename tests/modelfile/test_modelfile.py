"""The model file: it gives back the same model and the same bytes, and nothing else is taken for one."""

import io
import json
import pickle
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import oracles
from support.models import small_model

from nnbp import EpochReport, RejectedFileError, Settings, modelfile

MODEL = small_model()
CONTENT = modelfile.dumps(MODEL)


def members(content: bytes = CONTENT) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archive(
    files: list[tuple[str, bytes]], compression: int = zipfile.ZIP_STORED, comment: bytes = b""
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        for name, body in files:
            file.writestr(zipfile.ZipInfo(name), body, compression)
        file.comment = comment
    return buffer.getvalue()


def npy(array: np.ndarray[Any, Any], version: tuple[int, int] = (1, 0), pickled: bool = False) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version=version, allow_pickle=pickled)
    return buffer.getvalue()


def altered(**changes: bytes | None) -> bytes:
    """The model file with some members replaced, or left out."""
    files = {**members(), **{f"{name}.npy": body for name, body in changes.items()}}
    return archive([(name, body) for name, body in files.items() if body is not None])


def with_metadata(change: Callable[[dict[str, Any]], Any]) -> bytes:
    metadata = json.loads(members()["metadata.npy"][128:])
    change(metadata)
    return altered(metadata=npy(np.frombuffer(json.dumps(metadata).encode(), np.uint8)))


def equal(a: modelfile.Model, b: modelfile.Model) -> bool:
    """Whether two models are equal in all their parts, whatever their bytes."""
    return (
        (a.settings, a.origin, a.version, a.training.reports)
        == (
            b.settings,
            b.origin,
            b.version,
            b.training.reports,
        )
        and all(
            np.array_equal(x, y)
            for x, y in zip(
                oracles.flatten([*a.network.layers, *a.training.network.layers, *a.training.velocity]),
                oracles.flatten([*b.network.layers, *b.training.network.layers, *b.training.velocity]),
                strict=True,
            )
        )
        and a.training.rng.bit_generator.state == b.training.rng.bit_generator.state
    )


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


class Canary:
    """Unpickled, it would create a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str, str]]:
        return open, (str(self.path), "w")


CANARY = Path(tempfile.mkdtemp()) / "canary"


def bad_files() -> dict[str, bytes]:
    files = list(members().items())
    twice = members()["metadata.npy"][128:].replace(b'"seed":1', b'"seed":1,"seed":1')
    payload = np.array([Canary(CANARY)], object)
    half = len(CONTENT) // 2
    weights = MODEL.network.weights[0]
    nan = weights.copy()
    nan[1, 1] = np.nan
    return {
        "empty": b"",
        "text": b"hello, world\n",
        "pickle": pickle.dumps(Canary(CANARY)),
        "pickled member": altered(weights_1=npy(payload, pickled=True)),
        "pickled metadata": altered(metadata=npy(payload, pickled=True)),
        "no members": archive([]),
        "half": CONTENT[:half],
        "all but a byte": CONTENT[:-1],
        "a byte too many": CONTENT + b"\0",
        "a byte before": b"\0" + CONTENT,
        "a comment": archive(files, comment=b"hello"),
        "deflated": archive(files, zipfile.ZIP_DEFLATED),
        "a member twice": archive([*files[:3], ("weightz_1.npy", files[2][1]), *files[3:]]).replace(
            b"weightz_1", b"weights_1"
        ),
        "a member more": archive([*files, ("extra.npy", files[0][1])]),
        "a path": archive([("../../x.npy", files[0][1]), *files]),
        "members in another order": archive([files[1], files[0], *files[2:]]),
        "a member less": altered(biases_2=None),
        "no metadata": altered(metadata=None),
        "format 2": altered(format=npy(np.array(2))),
        "no engine": with_metadata(lambda m: m["origin"].pop("engine")),
        "an engine that is a choice": with_metadata(lambda m: m["origin"].update(engine="auto")),
        "an unknown engine": with_metadata(lambda m: m["origin"].update(engine="steam")),
        "an engine that is no name": with_metadata(lambda m: m["origin"].update(engine=None)),
        "format 0": altered(format=npy(np.array(0))),
        "format -1": altered(format=npy(np.array(-1))),
        "npy version 2": altered(weights_1=npy(weights, version=(2, 0))),
        "no npy": altered(weights_1=b"x" * 200),
        "short npy": altered(weights_1=b"\x93NUMPY\x01\x00\xff"),
        "float64": altered(weights_1=npy(weights.astype("f8"))),
        "float16": altered(weights_1=npy(weights.astype("f2"))),
        "big-endian": altered(weights_1=npy(weights.astype(">f4"))),
        "complex": altered(weights_1=npy(weights.astype("c8"))),
        "Fortran order": altered(weights_1=npy(np.asfortranarray(weights))),
        "other shape": altered(weights_1=npy(weights.T.copy())),
        "one dimension": altered(weights_1=npy(weights.ravel())),
        "short body": altered(weights_1=npy(weights)[:-4]),
        "long body": altered(weights_1=npy(weights) + b"\0\0\0\0"),
        "not a number": altered(weights_1=npy(nan)),
        "infinite": altered(biases_2=npy(np.array([0, np.inf], "f4"))),
        "one size": altered(sizes=npy(np.array([4]))),
        "no sizes": altered(sizes=npy(np.array([], "i8"))),
        "a size of 0": altered(sizes=npy(np.array([4, 0, 2]))),
        "a negative size": altered(sizes=npy(np.array([4, -3, 2]))),
        "sizes that overflow": altered(sizes=npy(np.array([2**32, 2**32, 2]))),
        "sizes of another network": altered(sizes=npy(np.array([4, 2, 2]))),
        "sizes in a matrix": altered(sizes=npy(np.array([[4, 3, 2]]))),
        "header bomb": altered(weights_1=b"\x93NUMPY\x01\x00\xff\xff" + b" " * 65_534 + b"\n"),
        "deep header": altered(weights_1=b"\x93NUMPY\x01\x00\x2c\x01" + b"(" * 299 + b"\n"),
        "deflate bomb": archive([("format.npy", b"\0" * 50_000_000)], zipfile.ZIP_DEFLATED),
        "metadata no JSON": altered(metadata=npy(np.frombuffer(b"{", np.uint8))),
        "a key twice": altered(metadata=npy(np.frombuffer(twice, np.uint8))),
        "metadata of very many parts": altered(
            metadata=npy(np.frombuffer(b"[" + b"[]," * 99 + b"1]", np.uint8))
        ),
        "metadata of very many numbers": altered(metadata=npy(np.frombuffer(b"1," * 1_100_000, np.uint8))),
        "metadata not ASCII": altered(metadata=npy(np.frombuffer("«".encode(), np.uint8))),
        "deep metadata": altered(metadata=npy(np.frombuffer(b"[" * 100_000, np.uint8))),
    }


BAD_FILES = bad_files()


@pytest.mark.parametrize("kind", BAD_FILES)
def test_anything_but_a_model_file_is_refused(kind: str) -> None:
    with pytest.raises(RejectedFileError, match=r"^here: not a model file: "):
        modelfile.loads(BAD_FILES[kind], "here")
    assert not CANARY.exists()


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


@pytest.mark.parametrize("key", ["version", "settings", "origin", "reports", "generator", "output"])
def test_metadata_that_lack_a_key_are_refused(key: str) -> None:
    with pytest.raises(RejectedFileError, match="has not the keys"):
        modelfile.loads(with_metadata(lambda metadata: metadata.pop(key)), "here")


def test_every_flipped_bit_is_refused_or_changes_nothing() -> None:
    harmless = 0
    for position in range(len(CONTENT)):
        for bit in range(8):
            flipped = bytearray(CONTENT)
            flipped[position] ^= 1 << bit
            try:
                found = modelfile.loads(bytes(flipped), "here")
            except RejectedFileError:
                continue
            assert equal(found, MODEL)
            harmless += 1
    # Dates and attributes of the members mean nothing; all else is looked at.
    assert harmless < 0.1 * 8 * len(CONTENT)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_mutated_file_raises_nothing_but_a_rejection(data: st.DataObject) -> None:
    content = bytearray(CONTENT)
    for _ in range(data.draw(st.integers(1, 6))):
        position = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(st.binary(max_size=8))
        content[position : position + data.draw(st.integers(0, 8))] = piece
    try:
        found = modelfile.loads(bytes(content), "here")
    except RejectedFileError:
        return
    assert equal(found, MODEL)


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_any_bytes_at_all_raise_nothing_but_a_rejection(content: bytes) -> None:
    for beginning in (b"", b"PK\x03\x04"):
        with pytest.raises(RejectedFileError):
            modelfile.loads(beginning + content, "here")


def test_a_local_header_that_disagrees_with_the_directory_is_refused() -> None:
    # The sizes in the local header of the first member, at bytes 18 and 22.
    content = bytearray(CONTENT)
    struct.pack_into("<LL", content, 18, 0, 0)
    with pytest.raises(RejectedFileError, match="not stored as a model file"):
        modelfile.loads(bytes(content), "here")


def test_overlapping_members_are_refused() -> None:
    # Two entries of the directory that point to the same bytes.
    content = bytearray(CONTENT)
    directory = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", directory + 1)
    content[second + 42 : second + 46] = content[directory + 42 : directory + 46]
    with pytest.raises(RejectedFileError):
        modelfile.loads(bytes(content), "here")


def test_an_archive_of_very_many_members_is_refused_at_once() -> None:
    many = archive([(f"{number}.npy", b"") for number in range(6_200)])
    with pytest.raises(RejectedFileError, match="more than 6,100 members"):
        modelfile.loads(many, "here")


def test_a_directory_that_lies_about_its_length_is_refused_at_once() -> None:
    entry = CONTENT.index(b"PK\x01\x02")
    end = CONTENT.index(b"PK\x05\x06")
    directory = CONTENT[entry:end] + CONTENT[entry : entry + 46] * 20_000
    tail = bytearray(CONTENT[end:])
    struct.pack_into("<L", tail, 12, len(directory))
    with pytest.raises(RejectedFileError, match="more than 6,100 members"):
        modelfile.loads(CONTENT[:entry] + directory + bytes(tail), "here")


def test_a_setting_that_needs_validation_examples_is_refused_without_them() -> None:
    model = small_model(keep="best")
    with pytest.raises(ValueError, match="need validation examples"):
        modelfile.dumps(replace(model, training=replace(model.training, held_out=0)))


def test_a_gap_between_members_is_refused() -> None:
    second = CONTENT.index(b"PK\x03\x04", 1)
    content = bytearray(CONTENT[:second] + b"gap!" + CONTENT[second:])
    at, entry = content.index(b"PK\x01\x02"), 0
    while content[at : at + 4] == b"PK\x01\x02":
        offset = struct.unpack_from("<L", content, at + 42)[0]
        struct.pack_into("<L", content, at + 42, offset + (4 if entry else 0))
        at, entry = at + 46 + struct.unpack_from("<H", content, at + 28)[0], entry + 1
    struct.pack_into("<L", content, at + 16, struct.unpack_from("<L", content, at + 16)[0] + 4)
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    with pytest.raises(RejectedFileError, match="not where it belongs"):
        modelfile.loads(bytes(content), "here")


def test_a_wrong_checksum_in_both_headers_is_refused() -> None:
    crc = struct.pack("<L", zlib.crc32(members()["format.npy"]))
    assert CONTENT.count(crc) == 2
    with pytest.raises(RejectedFileError, match="checksum"):
        modelfile.loads(CONTENT.replace(crc, b"\1\2\3\4"), "here")


def test_no_more_of_a_file_is_read_than_a_model_can_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            assert 0 < size <= 1_000_001
            return b"\0" * size

    monkeypatch.setattr(modelfile.content, "MAX_BYTES", 1_000_000)
    with pytest.raises(RejectedFileError, match="larger than any model file, 1,000,000 bytes"):
        modelfile.read(Endless(), "here")  # type: ignore[arg-type] # it only needs read()


def test_metadata_that_are_too_large_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modelfile.content, "MAX_METADATA_BYTES", 10)
    with pytest.raises(RejectedFileError, match="metadata are larger than 10 bytes"):
        modelfile.loads(CONTENT, "here")


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
