"""Files that are not model files: each is refused, no matter what is wrong, and nothing in it is executed."""

import pickle
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.modelfiles import CONTENT, MODEL, altered, archive, equal, members, npy, with_metadata

from nnbp import RejectedFileError, modelfile


class Canary:
    """Unpickled, it would create a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str, str]]:
        return open, (str(self.path), "w")


CANARY = Path(tempfile.mkdtemp()) / "canary"


def bad_archives() -> dict[str, bytes]:
    files = list(members().items())
    payload = np.array([Canary(CANARY)], object)
    half = len(CONTENT) // 2
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
        "deflate bomb": archive([("format.npy", b"\0" * 50_000_000)], zipfile.ZIP_DEFLATED),
    }


def bad_arrays() -> dict[str, bytes]:
    weights = MODEL.network.weights[0]
    nan = weights.copy()
    nan[1, 1] = np.nan
    return {
        "format 5": altered(format=npy(np.array(5))),
        "format 3 without its parts": altered(format=npy(np.array(3))),
        "format 1 with parts of format 2": altered(format=npy(np.array(1))),
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
    }


def bad_metadata() -> dict[str, bytes]:
    twice = members()["metadata.npy"][128:].replace(b'"seed":1', b'"seed":1,"seed":1')
    return {
        "no engine": with_metadata(lambda m: m["origin"].pop("engine")),
        "an engine that is a choice": with_metadata(lambda m: m["origin"].update(engine="auto")),
        "an unknown engine": with_metadata(lambda m: m["origin"].update(engine="steam")),
        "an engine that is no name": with_metadata(lambda m: m["origin"].update(engine=1)),
        "metadata no JSON": altered(metadata=npy(np.frombuffer(b"{", np.uint8))),
        "a key twice": altered(metadata=npy(np.frombuffer(twice, np.uint8))),
        "metadata of very many parts": altered(
            metadata=npy(np.frombuffer(b"[" + b"[]," * 99 + b"1]", np.uint8))
        ),
        "metadata of very many numbers": altered(metadata=npy(np.frombuffer(b"1," * 1_100_000, np.uint8))),
        "metadata not ASCII": altered(metadata=npy(np.frombuffer("«".encode(), np.uint8))),
        "deep metadata": altered(metadata=npy(np.frombuffer(b"[" * 100_000, np.uint8))),
    }


BAD_FILES = bad_archives() | bad_arrays() | bad_metadata()


@pytest.mark.parametrize("kind", BAD_FILES)
def test_anything_but_a_model_file_is_refused(kind: str) -> None:
    with pytest.raises(RejectedFileError, match=r"^here: not a model file: "):
        modelfile.loads(BAD_FILES[kind], "here")
    assert not CANARY.exists()


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
    # Dates and attributes of the members are ignored; everything else is checked.
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
